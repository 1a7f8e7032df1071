/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/netrc.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/url_host.h"

enum { HOST_ROOM = 1024 };

struct reader {
    struct bytes text;
    size_t at;
    size_t line;
    struct buf word;
    bool is_quoted; /* The word. */
    const char *problem;
};

static bool at_end(const struct reader *reader)
{
    return reader->at >= reader->text.length;
}

static char next_char(struct reader *reader)
{
    char c = reader->text.data[reader->at++];
    reader->line += c == '\n';
    return c;
}

static void skip_line(struct reader *reader)
{
    while (!at_end(reader) && next_char(reader) != '\n')
        continue;
}

static char unescaped(char c)
{
    return c == 'n' ? '\n' : c == 'r' ? '\r' : c == 't' ? '\t' : c;
}

static bool read_quoted(struct reader *reader)
{
    while (!at_end(reader) && reader->text.data[reader->at] != '\n') {
        char c = next_char(reader);
        if (c == '"')
            return true;
        if (c == '\\' && !at_end(reader) && reader->text.data[reader->at] != '\n')
            c = unescaped(next_char(reader));
        buf_append_char(&reader->word, c);
    }
    reader->problem = "has a quote that is not closed";
    return false;
}

/* False at the end, or where there is a problem. */
static bool next_word(struct reader *reader)
{
    while (!at_end(reader) && ascii_is_space(reader->text.data[reader->at]))
        next_char(reader);
    if (at_end(reader))
        return false;
    buf_reset(&reader->word);
    buf_append_string(&reader->word, "");
    reader->is_quoted = reader->text.data[reader->at] == '"';
    if (reader->is_quoted) {
        reader->at++;
        return read_quoted(reader);
    }
    while (!at_end(reader) && !ascii_is_space(reader->text.data[reader->at]))
        buf_append_char(&reader->word, reader->text.data[reader->at++]);
    return true;
}

/* The word behind a keyword. */
static bool read_value(struct reader *reader)
{
    size_t line = reader->line;
    if (!next_word(reader)) {
        if (!reader->problem)
            reader->problem = "ends where a value should stand";
        reader->line = line;
        return false;
    }
    if (memchr(reader->word.data, '\0', reader->word.length)) {
        reader->problem = "holds a NUL";
        return false;
    }
    return true;
}

/* A macro goes on to the next empty line. */
static void skip_macro(struct reader *reader)
{
    bool is_empty = false;
    skip_line(reader);
    while (!at_end(reader) && !is_empty) {
        size_t start = reader->at;
        skip_line(reader);
        is_empty = bytes_trim(bytes_slice(reader->text, start, reader->at)).length == 0;
    }
}

static struct netrc_entry *add_entry(struct netrc *netrc)
{
    netrc->entries = xreallocarray(netrc->entries, netrc->count + 1, sizeof(*netrc->entries));
    netrc->entries[netrc->count] = (struct netrc_entry){ 0 };
    return &netrc->entries[netrc->count++];
}

static bool read_machine(struct reader *reader, struct netrc *netrc)
{
    char host[HOST_ROOM];
    size_t length = 0;
    if (!read_value(reader))
        return false;
    if (url_host_parse(buf_bytes(&reader->word), host, sizeof(host), &length) || length == 0) {
        reader->problem = "names a machine that is no host";
        return false;
    }
    add_entry(netrc)->machine = xbytesdup(bytes_of(host, length));
    return true;
}

static bool read_secret(struct reader *reader, char **field)
{
    if (!field) {
        reader->problem = "has a login or password before any machine";
        return false;
    }
    if (!read_value(reader))
        return false;
    if (*field) {
        reader->problem = "says twice what one machine has once";
        return false;
    }
    *field = xbytesdup(buf_bytes(&reader->word));
    return true;
}

static bool is_word(const struct reader *reader, const char *word)
{
    return !reader->is_quoted && bytes_equal(buf_bytes(&reader->word), bytes_from_string(word));
}

static bool read_keyword(struct reader *reader, struct netrc *netrc)
{
    struct netrc_entry *entry = netrc->count > 0 ? &netrc->entries[netrc->count - 1] : NULL;
    if (is_word(reader, "machine"))
        return read_machine(reader, netrc);
    if (is_word(reader, "login") || is_word(reader, "user"))
        return read_secret(reader, entry ? &entry->login : NULL);
    if (is_word(reader, "password"))
        return read_secret(reader, entry ? &entry->password : NULL);
    if (is_word(reader, "account"))
        return read_value(reader);
    if (is_word(reader, "default")) {
        add_entry(netrc);
    } else if (is_word(reader, "macdef")) {
        skip_macro(reader);
    } else {
        reader->problem = "has a word that is none of machine, default, login, password, account, "
                          "macdef";
        return false;
    }
    return true;
}

bool netrc_read(struct netrc *netrc, struct bytes text, struct netrc_problem *problem)
{
    struct reader reader = { .text = text, .line = 1 };
    *netrc = (struct netrc){ 0 };
    buf_init(&reader.word, BUF_UNBOUNDED);
    while (!reader.problem && next_word(&reader)) {
        /* A comment's first word may have been the last of its line: the line's end is still ahead.
         */
        if (!reader.is_quoted && reader.word.length > 0 && reader.word.data[0] == '#')
            skip_line(&reader);
        else
            read_keyword(&reader, netrc);
    }
    *problem = (struct netrc_problem){ reader.line, reader.problem };
    if (reader.word.data)
        explicit_bzero(reader.word.data, reader.word.capacity);
    buf_clear(&reader.word);
    if (reader.problem)
        netrc_clear(netrc);
    return !reader.problem;
}

static void free_secret(char *secret)
{
    if (secret)
        explicit_bzero(secret, strlen(secret));
    free(secret);
}

void netrc_clear(struct netrc *netrc)
{
    for (size_t i = 0; i < netrc->count; i++) {
        free(netrc->entries[i].machine);
        free_secret(netrc->entries[i].login);
        free_secret(netrc->entries[i].password);
    }
    free(netrc->entries);
    *netrc = (struct netrc){ 0 };
}

const struct netrc_entry *netrc_find(const struct netrc *netrc, struct bytes machine,
                                     struct bytes login)
{
    for (size_t i = 0; i < netrc->count; i++) {
        const struct netrc_entry *entry = &netrc->entries[i];
        if (entry->machine && bytes_equal(bytes_from_string(entry->machine), machine) &&
            entry->password &&
            (login.length == 0 ||
             (entry->login && bytes_equal(bytes_from_string(entry->login), login))))
            return entry;
    }
    return NULL;
}
