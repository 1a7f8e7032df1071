/* SPDX-License-Identifier: MIT */
#include "tests/server/scenario.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/server/encoder.h"

struct page {
    struct page *next;
    struct page *variants; /* For some requests alone; the last of the file first. */
    char *field, *text;    /* Of a variant: whose value holds that text. */
    char *host;            /* NULL: any. */
    char *path;
    bool is_prefix;
    uint64_t requests;
    struct answer *answers;
};

struct name {
    struct name *next;
    char *name;
    char *answer;
    char *later;    /* What stands behind "then"; NULL: nothing. */
    uint64_t asked; /* Queries for its IPv4 addresses. */
};

struct scenario {
    struct page *pages; /* The last of the file first. */
    struct name *names;
    char **addresses;
    size_t address_count;
    struct answer *not_found;
};

/* ---- Reading */

struct reader {
    struct scenario *scenario;
    const char *path;
    double slow;
    unsigned line;
    char *host;
    struct page *page;
    struct answer *answer;
};

__attribute__((noreturn, format(printf, 2, 3))) static void fail(const struct reader *reader,
                                                                 const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    fprintf(stderr, "%s:%u: ", reader->path, reader->line);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(2);
}

static uint64_t read_number(const struct reader *reader, struct bytes text)
{
    uint64_t number;
    if (!bytes_to_u64(text, (uint64_t)1 << 40, &number))
        fail(reader, "\"%.*s\" is no number", (int)text.length, text.data);
    return number;
}

/* The next word of *rest; empty at the end. */
static struct bytes next_word(struct bytes *rest)
{
    *rest = bytes_trim(*rest);
    size_t end = 0;
    while (end < rest->length && !ascii_is_space(rest->data[end]))
        end++;
    struct bytes word = bytes_slice(*rest, 0, end);
    *rest = bytes_trim(bytes_slice(*rest, end, rest->length));
    return word;
}

/* "forever" or milliseconds. */
static int64_t read_wait(const struct reader *reader, struct bytes text)
{
    if (bytes_equal(text, BYTES("forever")))
        return -1;
    return (int64_t)((double)read_number(reader, text) * reader->slow);
}

static struct buf *body_of(struct reader *reader)
{
    reader->answer->has_body = true;
    return &reader->answer->body;
}

/* \r, \n, \t, \\ and \xNN. */
static void append_escaped(struct reader *reader, struct buf *out, struct bytes text)
{
    static const char letters[] = "r\rn\nt\t\\\\";
    for (size_t i = 0; i < text.length; i++) {
        const char *letter = letters;
        if (text.data[i] != '\\' || i + 1 == text.length) {
            buf_append_char(out, text.data[i]);
            continue;
        }
        char c = text.data[++i];
        while (*letter && *letter != c)
            letter += 2;
        if (*letter) {
            buf_append_char(out, letter[1]);
        } else if (c == 'x' && i + 2 < text.length) {
            buf_append_char(out, (char)(ascii_hex_value(text.data[i + 1]) << 4 |
                                        ascii_hex_value(text.data[i + 2])));
            i += 2;
        } else {
            fail(reader, "\\%c means nothing", c);
        }
    }
}

/* ---- The words of an answer */

static void word_status(struct reader *reader, struct bytes rest)
{
    reader->answer->status = (int)read_number(reader, next_word(&rest));
    if (rest.length > 0)
        reader->answer->reason = xbytesdup(rest);
}

static void word_header(struct reader *reader, struct bytes rest)
{
    buf_append_bytes(&reader->answer->fields, rest);
    buf_append_string(&reader->answer->fields, "\r\n");
}

static void word_type(struct reader *reader, struct bytes rest)
{
    reader->answer->type = xbytesdup(rest);
}

static void word_redirect(struct reader *reader, struct bytes rest)
{
    reader->answer->status = (int)read_number(reader, next_word(&rest));
    buf_printf(&reader->answer->fields, "Location: %.*s\r\n", (int)rest.length, rest.data);
}

static void word_etag(struct reader *reader, struct bytes rest)
{
    reader->answer->etag = xbytesdup(rest);
}

static void word_modified(struct reader *reader, struct bytes rest)
{
    reader->answer->modified = xbytesdup(rest);
}

static void word_ranges(struct reader *reader, struct bytes rest)
{
    (void)rest;
    reader->answer->takes_ranges = true;
}

static void word_body(struct reader *reader, struct bytes rest)
{
    buf_append_bytes(body_of(reader), rest);
    buf_append_char(body_of(reader), '\n');
}

static void word_bytes(struct reader *reader, struct bytes rest)
{
    append_escaped(reader, body_of(reader), rest);
}

static void word_fill(struct reader *reader, struct bytes rest)
{
    uint64_t count = read_number(reader, next_word(&rest));
    char filler = rest.length > 0 ? rest.data[0] : 'x';
    char *place = buf_reserve(body_of(reader), count);
    memset(place, filler, count);
    body_of(reader)->length += count;
}

/* N TEXT */
static void append_repeated(struct reader *reader, struct buf *out, struct bytes rest)
{
    uint64_t count = read_number(reader, next_word(&rest));
    for (uint64_t i = 0; i < count; i++) {
        struct bytes left = rest, part;
        for (bool is_first = true; bytes_split(&left, '#', &part); is_first = false) {
            if (!is_first)
                buf_printf(out, "%" PRIu64, i);
            append_escaped(reader, out, part);
        }
    }
}

static void word_repeat(struct reader *reader, struct bytes rest)
{
    append_repeated(reader, body_of(reader), rest);
}

static void word_raw_repeat(struct reader *reader, struct bytes rest)
{
    append_repeated(reader, &reader->answer->raw, rest);
}

static void word_title(struct reader *reader, struct bytes rest)
{
    buf_printf(body_of(reader), "<title>%.*s</title>\n", (int)rest.length, rest.data);
}

static void word_links(struct reader *reader, struct bytes rest)
{
    for (struct bytes link = next_word(&rest); link.length > 0; link = next_word(&rest))
        buf_printf(body_of(reader), "<p><a href=\"%.*s\">%.*s</a>\n", (int)link.length, link.data,
                   (int)link.length, link.data);
}

static void word_coding(struct reader *reader, struct bytes rest)
{
    struct bytes left = rest, coding;
    while (bytes_split(&left, ' ', &coding))
        if (!encoder_is_known(coding))
            fail(reader, "no such coding");
    reader->answer->coding = xbytesdup(rest);
}

static void word_packed(struct reader *reader, struct bytes rest)
{
    word_coding(reader, rest);
    reader->answer->is_packed = true;
}

static void word_chunks(struct reader *reader, struct bytes rest)
{
    reader->answer->framing = FRAMING_CHUNKS;
    reader->answer->length = read_number(reader, rest);
    if (reader->answer->length == 0)
        fail(reader, "chunks of at least one byte");
}

static void word_length(struct reader *reader, struct bytes rest)
{
    reader->answer->framing =
        bytes_equal(rest, BYTES("none")) ? FRAMING_CLOSE : FRAMING_WRONG_LENGTH;
    if (reader->answer->framing == FRAMING_WRONG_LENGTH)
        reader->answer->length = read_number(reader, rest);
}

static void word_stall(struct reader *reader, struct bytes rest)
{
    static const char *const places[STALL_PLACES] = { "before", "in-headers", "before-body",
                                                      "in-body" };
    struct bytes place = next_word(&rest);
    for (int i = 0; i < STALL_PLACES; i++)
        if (bytes_equal(place, bytes_from_string(places[i]))) {
            reader->answer->stall_ms[i] = read_wait(reader, rest);
            return;
        }
    fail(reader, "stall before, in-headers, before-body or in-body");
}

static void word_drip(struct reader *reader, struct bytes rest)
{
    reader->answer->drip_bytes = read_number(reader, next_word(&rest));
    reader->answer->drip_ms = read_wait(reader, rest);
}

static void word_drip_whole(struct reader *reader, struct bytes rest)
{
    word_drip(reader, rest);
    reader->answer->is_dripping_whole = true;
}

static void word_cut(struct reader *reader, struct bytes rest)
{
    reader->answer->is_cut = true;
    reader->answer->cut_bytes = read_number(reader, rest);
}

static void word_reset(struct reader *reader, struct bytes rest)
{
    (void)rest;
    reader->answer->is_reset = true;
}

static void word_raw(struct reader *reader, struct bytes rest)
{
    append_escaped(reader, &reader->answer->raw, rest);
}

static void word_interim(struct reader *reader, struct bytes rest)
{
    append_escaped(reader, &reader->answer->interim, rest);
}

static void word_flood(struct reader *reader, struct bytes rest)
{
    struct bytes what = next_word(&rest), size = next_word(&rest);
    uint64_t kib = bytes_equal(size, BYTES("forever")) ? PLAN_FOR_EVER : read_number(reader, size);
    append_escaped(reader, &reader->answer->flood, rest);
    if (bytes_equal(what, BYTES("headers")))
        reader->answer->field_flood = kib;
    else if (bytes_equal(what, BYTES("body")))
        reader->answer->body_flood = kib;
    else
        fail(reader, "flood headers or body");
}

static void word_close(struct reader *reader, struct bytes rest)
{
    (void)rest;
    reader->answer->is_closing = true;
}

static void word_times(struct reader *reader, struct bytes rest)
{
    reader->answer->times = read_number(reader, rest);
}

static void word_then(struct reader *reader, struct bytes rest)
{
    (void)rest;
    reader->answer->next = answer_new();
    reader->answer = reader->answer->next;
}

/* ---- The words around pages */

static void word_host(struct reader *reader, struct bytes rest)
{
    free(reader->host);
    reader->host = xbytesdup(rest);
    reader->answer = NULL;
}

static void word_page(struct reader *reader, struct bytes rest)
{
    struct page *page = xcalloc(1, sizeof(*page));
    page->is_prefix = bytes_end_with(rest, BYTES("*"));
    page->host = reader->host ? xstrdup(reader->host) : NULL;
    page->path = xbytesdup(bytes_slice(rest, 0, rest.length - page->is_prefix));
    page->answers = answer_new();
    page->next = reader->scenario->pages;
    reader->scenario->pages = page;
    reader->page = page;
    reader->answer = page->answers;
}

static void word_if(struct reader *reader, struct bytes rest)
{
    struct page *variant = xcalloc(1, sizeof(*variant));
    size_t colon = bytes_find(rest, ':');
    variant->field = xbytesdup(bytes_slice(rest, 0, colon));
    variant->text = xbytesdup(bytes_trim(bytes_slice(rest, colon + 1, rest.length)));
    variant->answers = answer_new();
    variant->next = reader->page->variants;
    reader->page->variants = variant;
    reader->answer = variant->answers;
}

/* Where "then" stands; the length of the text where nowhere. */
static size_t find_then(struct bytes text)
{
    const char *place = memmem(text.data, text.length, "then", 4);
    return text.length > 0 && place ? (size_t)(place - text.data) : text.length;
}

static void word_dns(struct reader *reader, struct bytes rest)
{
    struct name *name = xcalloc(1, sizeof(*name));
    name->name = xbytesdup(next_word(&rest));
    size_t then = find_then(rest);
    name->answer = xbytesdup(bytes_trim(bytes_slice(rest, 0, then)));
    if (then < rest.length)
        name->later = xbytesdup(bytes_trim(bytes_slice(rest, then + 4, rest.length)));
    name->next = reader->scenario->names;
    reader->scenario->names = name;
}

static void word_listen(struct reader *reader, struct bytes rest)
{
    struct scenario *scenario = reader->scenario;
    scenario->addresses = xreallocarray(scenario->addresses, scenario->address_count + 1,
                                        sizeof(*scenario->addresses));
    scenario->addresses[scenario->address_count++] = xbytesdup(rest);
}

static const struct {
    const char *name;
    bool is_of_answer;
    void (*take)(struct reader *reader, struct bytes rest);
} words[] = {
    { "host", false, word_host },
    { "page", false, word_page },
    { "dns", false, word_dns },
    { "listen", false, word_listen },
    { "then", true, word_then },             /* Requests that follow get
                                                what follows. */
    { "if", true, word_if },                 /* NAME: TEXT, of a field of the request */
    { "times", true, word_times },           /* N: this answer serves N requests (1). */
    { "status", true, word_status },         /* CODE [REASON] */
    { "header", true, word_header },         /* NAME: VALUE */
    { "type", true, word_type },             /* CONTENT-TYPE | none */
    { "redirect", true, word_redirect },     /* CODE LOCATION */
    { "etag", true, word_etag },             /* "VALUE"; 304 to who has it */
    { "modified", true, word_modified },     /* DATE; 304 to who has it */
    { "ranges", true, word_ranges },         /* Range and If-Range are understood */
    { "body", true, word_body },             /* a line of it */
    { "bytes", true, word_bytes },           /* some of it, with \r \n \xNN */
    { "fill", true, word_fill },             /* N [C]: N times the character */
    { "repeat", true, word_repeat },         /* N TEXT: N times, with its number for each # */
    { "title", true, word_title },           /* an element */
    { "links", true, word_links },           /* URL...: a paragraph with a link each */
    { "coding", true, word_coding },         /* gzip | deflate | deflate-raw | br | zstd; several */
    { "packed", true, word_packed },         /* the same, and no field says so */
    { "chunks", true, word_chunks },         /* N: in chunks of N bytes */
    { "length", true, word_length },         /* N: a lie | none: ended by closing */
    { "stall", true, word_stall },           /* before|in-headers|before-body|in-body MS|forever */
    { "drip", true, word_drip },             /* N MS: N bytes of the body each MS */
    { "drip-whole", true, word_drip_whole }, /* The same of head and body. */
    { "cut", true, word_cut },               /* N: closes after N bytes of the body */
    { "reset", true, word_reset },           /* ends with a RST */
    { "raw", true, word_raw }, /* TEXT in place of a response, with \r\n \xNN; drips */
    { "raw-repeat", true, word_raw_repeat }, /* N TEXT: the same, as repeat */
    { "interim", true, word_interim },       /* TEXT before it, with \r\n */
    { "flood", true, word_flood },           /* headers|body KIB|forever [TEXT again and again] */
    { "close", true, word_close },           /* after the response */
};

static void read_line(struct reader *reader, struct bytes rest)
{
    struct bytes name = next_word(&rest);
    if (name.length == 0 || name.data[0] == '#')
        return;
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
        if (!bytes_equal(name, bytes_from_string(words[i].name)))
            continue;
        if (words[i].is_of_answer && !reader->answer)
            fail(reader, "\"%s\" belongs below a page", words[i].name);
        words[i].take(reader, rest);
        return;
    }
    fail(reader, "\"%.*s\" means nothing", (int)name.length, name.data);
}

static void prepare_answers(struct scenario *scenario)
{
    for (struct page *page = scenario->pages; page; page = page->next)
        for (struct answer *answer = page->answers; answer; answer = answer->next)
            answer_prepare(answer);
}

struct scenario *scenario_load(const char *path, double slow)
{
    struct reader reader = { .path = path, .slow = slow };
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    FILE *file = fopen(path, "re");
    if (!file)
        fail(&reader, "%s", strerror(errno));
    reader.scenario = xcalloc(1, sizeof(*reader.scenario));
    reader.scenario->not_found = answer_new();
    reader.scenario->not_found->status = 404;
    while ((length = getline(&line, &capacity, file)) >= 0) {
        reader.line++;
        read_line(&reader, bytes_of(line, (size_t)length));
    }
    free(reader.host);
    free(line);
    fclose(file);
    prepare_answers(reader.scenario);
    return reader.scenario;
}

static void free_pages(struct page *page)
{
    while (page) {
        struct page *next = page->next;
        free_pages(page->variants);
        answer_free(page->answers);
        free(page->field);
        free(page->text);
        free(page->host);
        free(page->path);
        free(page);
        page = next;
    }
}

void scenario_free(struct scenario *scenario)
{
    free_pages(scenario->pages);
    while (scenario->names) {
        struct name *name = scenario->names;
        scenario->names = name->next;
        free(name->name);
        free(name->answer);
        free(name->later);
        free(name);
    }
    for (size_t i = 0; i < scenario->address_count; i++)
        free(scenario->addresses[i]);
    free(scenario->addresses);
    answer_free(scenario->not_found);
    free(scenario);
}

/* ---- Asking */

static bool is_wildcard_of(const struct page *page, const struct request *request)
{
    return page->is_prefix && !bytes_equal(request->target, BYTES("/robots.txt")) &&
           bytes_start_with(request->target, bytes_from_string(page->path));
}

static struct page *find_page(struct scenario *scenario, const struct request *request)
{
    struct page *best = NULL;
    for (struct page *page = scenario->pages; page; page = page->next) {
        if (page->host && !bytes_equal(request->host, bytes_from_string(page->host)))
            continue;
        if (!page->is_prefix && bytes_equal(request->target, bytes_from_string(page->path)))
            return page;
        if (is_wildcard_of(page, request) && (!best || strlen(page->path) > strlen(best->path)))
            best = page;
    }
    return best;
}

/* The first in the file that the request is one for; else the page. */
static struct page *find_variant(struct page *page, const struct request *request)
{
    struct page *found = page;
    for (struct page *variant = page->variants; variant; variant = variant->next) {
        struct bytes value = request_field(request, bytes_from_string(variant->field));
        if (value.length > 0 &&
            memmem(value.data, value.length, variant->text, strlen(variant->text)))
            found = variant;
    }
    return found;
}

const struct answer *scenario_answer(struct scenario *scenario, const struct request *request,
                                     uint64_t *count)
{
    struct page *page = find_page(scenario, request);
    *count = 1;
    if (!page)
        return scenario->not_found;
    page = find_variant(page, request);
    *count = ++page->requests;
    const struct answer *answer = page->answers;
    for (uint64_t passed = answer->times; answer->next && page->requests > passed;
         passed += answer->times)
        answer = answer->next;
    return answer;
}

const char *scenario_name(struct scenario *scenario, struct bytes wanted, bool is_for_ipv4)
{
    for (struct name *name = scenario->names; name; name = name->next) {
        if (!bytes_equal_nocase(wanted, bytes_from_string(name->name)) &&
            strcmp(name->name, "*") != 0)
            continue;
        name->asked += is_for_ipv4;
        return name->later && name->asked > 1 ? name->later : name->answer;
    }
    return NULL;
}

const char *scenario_address(const struct scenario *scenario, size_t number)
{
    return number < scenario->address_count ? scenario->addresses[number] : NULL;
}
