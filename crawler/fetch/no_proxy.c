/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/no_proxy.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/url_host.h"
#include "crawler/fetch/address.h"

enum { HOST_ROOM = 1024 };

enum kind { EVERY_HOST, HOST_AND_BELOW, BELOW, ADDRESSES };

struct entry {
    enum kind kind;
    uint16_t port; /* 0: any. */
    char *name;
    struct address_prefix prefix;
};

struct no_proxy {
    struct entry *entries;
    size_t count;
};

static bool is_separator(char c)
{
    return c == ',' || ascii_is_space(c);
}

static bool next_word(struct bytes *list, struct bytes *word)
{
    size_t start = 0;
    while (start < list->length && is_separator(list->data[start]))
        start++;
    size_t end = start;
    while (end < list->length && !is_separator(list->data[end]))
        end++;
    *word = bytes_slice(*list, start, end);
    *list = bytes_slice(*list, end, list->length);
    return word->length > 0;
}

/* Cuts ":port" off, which a bare IPv6 address only seems to have. False where the port is none. */
static bool take_port(struct bytes *word, uint16_t *port)
{
    struct address address;
    size_t colon = word->length;
    uint64_t number;
    while (colon > 0 && word->data[colon - 1] != ':' && word->data[colon - 1] != ']')
        colon--;
    if (colon == 0 || word->data[colon - 1] == ']' || address_parse(&address, *word) ||
        bytes_find(*word, '/') < word->length)
        return true;
    if (!bytes_to_u64(bytes_slice(*word, colon, word->length), UINT16_MAX, &number) || number == 0)
        return false;
    *port = (uint16_t)number;
    word->length = colon - 1;
    return true;
}

static struct bytes without_brackets(struct bytes word)
{
    bool is_bracketed = bytes_start_with(word, BYTES("[")) && bytes_end_with(word, BYTES("]"));
    return is_bracketed ? bytes_slice(word, 1, word.length - 1) : word;
}

static struct bytes without_dot(struct bytes name)
{
    if (bytes_end_with(name, BYTES(".")))
        name.length--;
    return name;
}

static const char *read_name(struct entry *entry, struct bytes word)
{
    char host[HOST_ROOM];
    size_t length = 0;
    entry->kind = HOST_AND_BELOW;
    if (bytes_start_with(word, BYTES("*.")))
        word = bytes_slice(word, 1, word.length);
    if (bytes_start_with(word, BYTES("."))) {
        entry->kind = BELOW;
        word = bytes_slice(word, 1, word.length);
    }
    if (bytes_find(word, '*') < word.length ||
        url_host_parse(without_dot(word), host, sizeof(host), &length) || length == 0)
        return "is no host, address or range";
    entry->name = xbytesdup(bytes_of(host, length));
    return NULL;
}

/* NULL, or what is wrong with it. */
static const char *read_entry(struct entry *entry, struct bytes word)
{
    if (!take_port(&word, &entry->port))
        return "has a port that is none";
    if (bytes_equal(word, BYTES("*"))) {
        entry->kind = EVERY_HOST;
        return NULL;
    }
    const char *wrong = address_prefix_parse(&entry->prefix, without_brackets(word));
    entry->kind = ADDRESSES;
    if (!wrong)
        return NULL;
    return bytes_find(word, '/') < word.length ? wrong : read_name(entry, word);
}

struct no_proxy *no_proxy_new(struct bytes list, char **problem)
{
    struct no_proxy *no_proxy = xcalloc(1, sizeof(*no_proxy));
    struct bytes word;
    while (next_word(&list, &word)) {
        struct entry entry = { 0 };
        const char *wrong = read_entry(&entry, word);
        if (wrong) {
            *problem = xasprintf("\"%.*s\" %s", (int)word.length, word.data, wrong);
            no_proxy_free(no_proxy);
            return NULL;
        }
        no_proxy->entries =
            xreallocarray(no_proxy->entries, no_proxy->count + 1, sizeof(*no_proxy->entries));
        no_proxy->entries[no_proxy->count++] = entry;
    }
    return no_proxy;
}

void no_proxy_free(struct no_proxy *no_proxy)
{
    for (size_t i = 0; no_proxy && i < no_proxy->count; i++)
        free(no_proxy->entries[i].name);
    if (no_proxy)
        free(no_proxy->entries);
    free(no_proxy);
}

static bool name_matches(const struct entry *entry, struct bytes host)
{
    struct bytes name = bytes_from_string(entry->name);
    if (bytes_equal(host, name))
        return entry->kind == HOST_AND_BELOW;
    return host.length > name.length && bytes_end_with(host, name) &&
           host.data[host.length - name.length - 1] == '.' && !url_host_is_address(host);
}

static bool entry_matches(const struct entry *entry, struct bytes host)
{
    struct address address;
    switch (entry->kind) {
    case EVERY_HOST:
        return true;
    case HOST_AND_BELOW:
    case BELOW:
        return name_matches(entry, host);
    case ADDRESSES:
        return address_parse_host(&address, host) && address_prefix_holds(&entry->prefix, &address);
    }
    return false;
}

bool no_proxy_matches(const struct no_proxy *no_proxy, const struct url *url)
{
    struct bytes host = without_dot(url_host(url));
    for (size_t i = 0; i < no_proxy->count; i++) {
        const struct entry *entry = &no_proxy->entries[i];
        if ((entry->port == 0 || entry->port == url->port) && entry_matches(entry, host))
            return true;
    }
    return false;
}
