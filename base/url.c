/* SPDX-License-Identifier: MIT
 *
 * The parser of the URL Standard, chapter 4.4, as one pass per part instead of one step per
 * character: find where a part ends, then copy it to the storage in runs that need no encoding. All
 * special schemes that we take share one path through its states, which keeps this short.
 */
#include "base/url.h"

#include <assert.h>

#include "base/url_class.h"
#include "base/url_host.h"
#include "base/utf8.h"

/* The longest input, without its fragment, that is looked at: canonical forms can be shorter than
 * what is written, but nothing honest shrinks to a quarter. */
#define INPUT_BYTES_MAX (4 * URL_BYTES_MAX)

/* Where the canonical form grows. After is_full nothing more is written, and the result is void. */
struct writer {
    char *start;
    char *at;
    char *end; /* One byte before the true end, for the NUL. */
    bool is_full;
};

struct parse {
    struct bytes rest; /* Input that is still to be parsed; no fragment, no tabs and line ends. */
    struct writer out;
    struct url *url;
    bool is_cut; /* The input was longer than we look at. */
};

static const struct {
    struct bytes prefix; /* With what stands in front of the host in a canonical URL. */
    uint16_t port;
    const char *text;
} schemes[] = {
#define ROW(name, text, port) { { text "://", sizeof(text "://") - 1 }, port, text },
    URL_SCHEME_TABLE(ROW)
#undef ROW
};

static uint32_t position(const struct writer *out)
{
    return (uint32_t)(out->at - out->start);
}

static void put(struct writer *out, const char *data, size_t length)
{
    if (length > (size_t)(out->end - out->at)) {
        out->is_full = true;
        return;
    }
    memcpy(out->at, data, length);
    out->at += length;
}

static void put_percent(struct writer *out, unsigned char byte)
{
    static const char digits[] = "0123456789ABCDEF";
    put(out, (char[]){ '%', digits[byte >> 4], digits[byte & 15] }, 3);
}

/* Encodes the character at *at; bytes that are no UTF-8 stand for U+FFFD. */
static void put_encoded(struct writer *out, struct bytes text, size_t *at)
{
    char bytes[UTF8_BYTES_MAX];
    size_t length = utf8_put(bytes, utf8_next(text, at));
    for (size_t i = 0; i < length; i++)
        put_percent(out, (unsigned char)bytes[i]);
}

/* Copies from *at, encoding what the class names, up to a byte of class `stop` (0: to the end). */
static void put_until(struct writer *out, struct bytes text, size_t *at, unsigned class,
                      unsigned stop)
{
    for (;;) {
        size_t start = *at;
        size_t end = start;
        while (end < text.length && !url_class_has(text.data[end], class | stop))
            end++;
        if (end > start)
            put(out, text.data + start, end - start);
        *at = end;
        if (end == text.length || url_class_has(text.data[end], stop))
            return;
        put_encoded(out, text, at);
    }
}

/* Input. */

static struct bytes trim(struct bytes input)
{
    while (input.length > 0 && (unsigned char)input.data[0] <= ' ') {
        input.data++;
        input.length--;
    }
    while (input.length > 0 && (unsigned char)input.data[input.length - 1] <= ' ')
        input.length--;
    return input;
}

/* Ends the input at its fragment and at what we look at most, and tells the classes it holds. */
static unsigned cut_input(struct parse *parse, struct bytes input)
{
    size_t most = input.length < INPUT_BYTES_MAX ? input.length : INPUT_BYTES_MAX;
    unsigned found = 0;
    size_t end = 0;
    while (end < most && input.data[end] != '#')
        found |= url_classes[(unsigned char)input.data[end++]];
    parse->is_cut = end == INPUT_BYTES_MAX && end < input.length;
    parse->rest = (struct bytes){ input.data, end };
    return found;
}

static struct bytes strip(struct bytes input, char clean[INPUT_BYTES_MAX])
{
    size_t length = 0;
    for (size_t i = 0; i < input.length; i++)
        if (!url_class_has(input.data[i], URL_CLASS_STRIPPED))
            clean[length++] = input.data[i];
    return (struct bytes){ clean, length };
}

static bool is_slash(struct bytes text, size_t at)
{
    return at < text.length && url_class_has(text.data[at], URL_CLASS_SLASH);
}

/* The length of a scheme in front of its ':', or 0 where the input has none. */
static size_t scheme_length(struct bytes text)
{
    if (text.length == 0 || !ascii_is_alpha(text.data[0]))
        return 0;
    for (size_t i = 1; i < text.length; i++) {
        char c = text.data[i];
        if (c == ':')
            return i;
        if (!ascii_is_alpha(c) && !ascii_is_digit(c) && c != '+' && c != '-' && c != '.')
            return 0;
    }
    return 0;
}

static enum url_scheme scheme_of(struct bytes text)
{
    for (unsigned i = 0; i < URL_SCHEME_OTHER; i++)
        if (bytes_equal_nocase(text, bytes_from_string(schemes[i].text)))
            return (enum url_scheme)i;
    return URL_SCHEME_OTHER;
}

/* Authority. */

static void put_credentials(struct parse *parse, struct bytes credentials)
{
    size_t colon = bytes_find(credentials, ':');
    struct bytes password = bytes_slice(credentials, colon + 1, credentials.length);
    struct bytes name = bytes_slice(credentials, 0, colon);
    if (name.length == 0 && password.length == 0)
        return;
    size_t at = 0;
    put_until(&parse->out, name, &at, URL_CLASS_USER, 0);
    if (password.length > 0) {
        put(&parse->out, ":", 1);
        at = 0;
        put_until(&parse->out, password, &at, URL_CLASS_USER, 0);
    }
    put(&parse->out, "@", 1);
    parse->url->has_credentials = true;
}

/* Where the host ends: at a colon outside of brackets. */
static size_t host_end(struct bytes text)
{
    bool is_inside = false;
    for (size_t i = 0; i < text.length; i++) {
        char c = text.data[i];
        if (c == ':' && !is_inside)
            return i;
        if (c == '[' || c == ']')
            is_inside = c == '[';
    }
    return text.length;
}

/* The digits behind the host's colon; none at all means the default, too. */
static enum url_error parse_port(struct parse *parse, struct bytes digits)
{
    uint64_t port;
    if (digits.length == 0)
        return URL_ERROR_NONE;
    if (!bytes_to_u64(digits, UINT16_MAX, &port))
        return URL_ERROR_PORT;
    if (port == parse->url->port)
        return URL_ERROR_NONE;
    parse->url->port = (uint16_t)port;
    char text[6] = ":";
    size_t at = sizeof(text);
    do
        text[--at] = (char)('0' + port % 10);
    while ((port /= 10) > 0);
    put(&parse->out, ":", 1);
    put(&parse->out, text + at, sizeof(text) - at);
    return URL_ERROR_NONE;
}

static enum url_error parse_authority(struct parse *parse)
{
    struct url *url = parse->url;
    struct writer *out = &parse->out;
    size_t end = 0;
    size_t host = 0;
    for (; end < parse->rest.length && !is_slash(parse->rest, end); end++) {
        if (parse->rest.data[end] == '?')
            break;
        if (parse->rest.data[end] == '@')
            host = end + 1;
    }
    struct bytes authority = bytes_slice(parse->rest, 0, end);
    parse->rest = bytes_slice(parse->rest, end, parse->rest.length);
    if (host > 0)
        put_credentials(parse, bytes_slice(authority, 0, host - 1));
    if (out->is_full)
        return URL_ERROR_TOO_LONG;
    authority = bytes_slice(authority, host, authority.length);
    size_t colon = host_end(authority);
    size_t length = 0;
    url->host_start = position(out);
    enum url_error error = url_host_parse(bytes_slice(authority, 0, colon), out->at,
                                          (size_t)(out->end - out->at), &length);
    if (error)
        return error;
    out->at += length;
    url->host_end = position(out);
    return parse_port(parse, bytes_slice(authority, colon + 1, authority.length));
}

/* Path and query. */

/* 1 for ".", 2 for "..", with any dot spelled "%2e"; else 0. */
static int count_dots(struct bytes segment)
{
    int dots = 0;
    for (size_t i = 0; i < segment.length; dots++) {
        if (segment.data[i] == '.')
            i++;
        else if (bytes_start_with_nocase(bytes_slice(segment, i, segment.length), BYTES("%2e")))
            i += 3;
        else
            return 0;
        if (dots == 2)
            return 0;
    }
    return dots;
}

/* Appends the segments of the path in front of any '?', each with a slash before it, to the path
 * that is there already, and takes dot segments out. A slash that begins the text adds no empty
 * segment. */
static void put_path(struct parse *parse, size_t path_start)
{
    struct writer *out = &parse->out;
    struct bytes text = parse->rest;
    size_t at = is_slash(text, 0) ? 1 : 0;
    for (bool is_last = false; !is_last; at++) {
        char *segment = out->at;
        put(out, "/", 1);
        put_until(out, text, &at, URL_CLASS_PATH, URL_CLASS_SLASH);
        is_last = at == text.length;
        size_t length = (size_t)(out->at - segment);
        if (length < 2 || length > 7 || (segment[1] != '.' && segment[1] != '%'))
            continue;
        int dots = count_dots((struct bytes){ segment + 1, length - 1 });
        if (dots == 0)
            continue;
        out->at = segment;
        if (dots == 2 && out->at > out->start + path_start)
            do
                out->at--;
            while (*out->at != '/');
        if (is_last)
            put(out, "/", 1);
    }
}

static void put_query(struct parse *parse, struct bytes query)
{
    size_t at = 1;
    put(&parse->out, "?", 1);
    put_until(&parse->out, query, &at, URL_CLASS_QUERY, 0);
}

static void parse_path_query(struct parse *parse)
{
    struct bytes text = parse->rest;
    size_t query = bytes_find(text, '?');
    parse->rest.length = query;
    put_path(parse, parse->url->path_start);
    parse->url->query_start = position(&parse->out);
    if (query < text.length)
        put_query(parse, bytes_slice(text, query, text.length));
}

/* The two ways in: with a scheme and an authority, and relative to a base. */

static enum url_error parse_absolute(struct parse *parse, enum url_scheme scheme)
{
    struct url *url = parse->url;
    url->scheme = (uint8_t)scheme;
    url->port = schemes[scheme].port;
    size_t slashes = 0;
    while (is_slash(parse->rest, slashes))
        slashes++;
    parse->rest = bytes_slice(parse->rest, slashes, parse->rest.length);
    put(&parse->out, schemes[scheme].prefix.data, schemes[scheme].prefix.length);
    enum url_error error = parse_authority(parse);
    if (error)
        return error;
    url->path_start = position(&parse->out);
    parse_path_query(parse);
    return URL_ERROR_NONE;
}

static enum url_error parse_relative(struct parse *parse, const struct url *base)
{
    struct url *url = parse->url;
    struct bytes text = parse->rest;
    if (is_slash(text, 0) && is_slash(text, 1))
        return parse_absolute(parse, base->scheme);
    *url = *base;
    if (is_slash(text, 0)) {
        put(&parse->out, base->href, base->path_start);
        parse_path_query(parse);
    } else if (text.length == 0) {
        put(&parse->out, base->href, base->length);
    } else if (text.data[0] == '?') {
        put(&parse->out, base->href, base->query_start);
        put_query(parse, text);
    } else {
        size_t kept = base->query_start;
        while (base->href[--kept] != '/')
            ;
        put(&parse->out, base->href, kept);
        parse_path_query(parse);
    }
    return URL_ERROR_NONE;
}

static enum url_error parse_any(struct parse *parse, const struct url *base)
{
    struct bytes text = parse->rest;
    size_t length = scheme_length(text);
    if (length == 0 && !base)
        return URL_ERROR_RELATIVE;
    enum url_scheme scheme = URL_SCHEME_OTHER;
    if (length > 0) {
        scheme = scheme_of(bytes_slice(text, 0, length));
        if (scheme == URL_SCHEME_OTHER)
            return URL_ERROR_SCHEME;
        parse->rest = text = bytes_slice(text, length + 1, text.length);
    }
    if (parse->is_cut)
        return URL_ERROR_TOO_LONG;
    /* "http:page" is relative to a base of the same scheme; "http://page" never is. */
    bool is_relative =
        length == 0 || (base && base->scheme == scheme && !bytes_start_with(text, BYTES("//")));
    enum url_error error =
        is_relative ? parse_relative(parse, base) : parse_absolute(parse, scheme);
    return !error && parse->out.is_full ? URL_ERROR_TOO_LONG : error;
}

/* Apart, for the sake of its large frame: tabs and line ends inside of a URL are rare. */
__attribute__((noinline)) static enum url_error parse_stripped(struct parse *parse,
                                                               const struct url *base)
{
    char clean[INPUT_BYTES_MAX];
    parse->rest = strip(parse->rest, clean);
    return parse_any(parse, base);
}

enum url_error url_parse(struct url *url, char *storage, size_t storage_size, struct bytes input,
                         const struct url *base)
{
    assert(storage_size >= URL_STORAGE_LEAST);
    *url = (struct url){ 0 };
    struct parse parse = { .out = { storage, storage, storage + storage_size - 1, false },
                           .url = url };
    unsigned found = cut_input(&parse, trim(input));
    enum url_error error =
        found & URL_CLASS_STRIPPED ? parse_stripped(&parse, base) : parse_any(&parse, base);
    if (error) {
        *url = (struct url){ 0 };
        return error;
    }
    *parse.out.at = '\0';
    url->href = storage;
    url->length = position(&parse.out);
    return URL_ERROR_NONE;
}

enum url_error url_parse_link(struct url *url, char *storage, size_t storage_size,
                              struct bytes input, const struct url *base)
{
    enum url_error error = url_parse(url, storage, storage_size, input, base);
    if (!error && url->scheme == URL_SCHEME_OTHER)
        error = URL_ERROR_SCHEME;
    if (!error && url->has_credentials)
        error = URL_ERROR_CREDENTIALS;
    if (error)
        *url = (struct url){ 0 };
    return error;
}

/* Finds host and port in what stands between the scheme and the path. */
static bool split_authority(struct url *url, uint32_t start)
{
    struct bytes authority = { url->href + start, url->path_start - start };
    size_t host = 0;
    for (size_t i = 0; i < authority.length; i++)
        if (authority.data[i] == '@')
            host = i + 1;
    struct bytes rest = bytes_slice(authority, host, authority.length);
    size_t end = host_end(rest);
    url->has_credentials = host > 0;
    url->host_start = start + (uint32_t)host;
    url->host_end = url->host_start + (uint32_t)end;
    if (end == rest.length)
        return end > 0;
    uint64_t port;
    if (!bytes_to_u64(bytes_slice(rest, end + 1, rest.length), UINT16_MAX, &port))
        return false;
    url->port = (uint16_t)port;
    return end > 0;
}

bool url_split(struct url *url, struct bytes href)
{
    *url = (struct url){ .href = href.data, .length = (uint32_t)href.length };
    while (url->scheme < URL_SCHEME_OTHER && !bytes_start_with(href, schemes[url->scheme].prefix))
        url->scheme++;
    if (url->scheme < URL_SCHEME_OTHER && href.length <= UINT32_MAX) {
        size_t start = schemes[url->scheme].prefix.length;
        struct bytes rest = bytes_slice(href, start, href.length);
        size_t path = bytes_find(rest, '/');
        url->port = schemes[url->scheme].port;
        url->path_start = (uint32_t)(start + path);
        url->query_start =
            url->path_start + (uint32_t)bytes_find(bytes_slice(rest, path, rest.length), '?');
        if (path < rest.length && split_authority(url, (uint32_t)start))
            return true;
    }
    *url = (struct url){ 0 };
    return false;
}

const char *url_error_text(enum url_error error)
{
    static const char *const texts[] = {
#define ROW(name, text) text,
        URL_ERROR_TABLE(ROW)
#undef ROW
    };
    return texts[error];
}

const char *url_scheme_text(enum url_scheme scheme)
{
    return schemes[scheme].text;
}

uint16_t url_scheme_port(enum url_scheme scheme)
{
    return schemes[scheme].port;
}

struct bytes url_origin(const struct url *url)
{
    if (url->has_credentials)
        return (struct bytes){ 0 };
    return (struct bytes){ url->href, url->path_start };
}

bool url_same_host(const struct url *a, const struct url *b)
{
    return bytes_equal(url_host(a), url_host(b));
}

bool url_same_origin(const struct url *a, const struct url *b)
{
    return a->scheme == b->scheme && a->port == b->port && url_same_host(a, b);
}

bool url_host_is_address(struct bytes host)
{
    if (host.length > 0 && host.data[0] == '[')
        return true;
    size_t count = 0;
    struct bytes part;
    while (bytes_split(&host, '.', &part)) {
        uint64_t number;
        if (++count > 4 || !bytes_to_u64(part, 255, &number))
            return false;
    }
    return count == 4;
}
