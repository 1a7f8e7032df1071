/* SPDX-License-Identifier: MIT */
#include "base/url_rules.h"

#include <assert.h>

#include "base/url_class.h"

/* The least length of what is taken for a session's token. */
#define TOKEN_HEX_LEAST   16
#define TOKEN_ALNUM_LEAST 26

struct parameter {
    struct bytes name; /* In lower case; a '*' at its end stands for anything. */
    bool is_enough;    /* The name says it all; the value need not be looked at. */
};

static const struct parameter tracking[] = {
#define ROW(name, origin) { { name, sizeof(name) - 1 }, true },
    URL_TRACKING_TABLE(ROW)
#undef ROW
};

static const struct parameter sessions[] = {
#define ROW(name, is_enough, origin) { { name, sizeof(name) - 1 }, is_enough },
    URL_SESSION_TABLE(ROW)
#undef ROW
};

/* Takes bytes out and moves what lies behind them, the NUL too. */
static void take_out(struct url *url, char *storage, uint32_t at, uint32_t count)
{
    memmove(storage + at, storage + at + count, url->length + 1 - at - count);
    uint32_t *const offsets[] = { &url->host_end, &url->path_start, &url->query_start,
                                  &url->length };
    for (size_t i = 0; i < sizeof(offsets) / sizeof(offsets[0]); i++)
        if (*offsets[i] > at)
            *offsets[i] -= count;
}

static bool drop_host_dot(struct url *url, char *storage)
{
    struct bytes host = url_host(url);
    if (!bytes_end_with(host, BYTES(".")) || host.length == 1 ||
        bytes_end_with(host,
                       BYTES(".."))) /* No name of the DNS; without dots it could become one. */
        return false;
    take_out(url, storage, url->host_end - 1, 1);
    return true;
}

/* The byte that an escape at the start of text stands for, or -1. */
static int escaped_byte(struct bytes text)
{
    if (text.length < 3 || text.data[0] != '%')
        return -1;
    int high = ascii_hex_value(text.data[1]);
    int low = ascii_hex_value(text.data[2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static char upper_hex(char c)
{
    return c >= 'a' && c <= 'f' ? (char)(c & ~0x20) : c;
}

/* Could one more character complete an escape of a '%' that begins none? A separator behind it,
 * which is no digit, keeps it from that; so what is dropped later, with its separator, has no say
 * here. */
static bool follows_stray_percent(const char *at)
{
    return at[-1] == '%' || (at[-2] == '%' && ascii_hex_value(at[-1]) >= 0);
}

static bool edit_escapes(struct url *url, char *storage, const struct url_rules *rules)
{
    bool has_changed = false;
    uint32_t query_start = url->query_start;
    char *to = storage + url->path_start;
    for (uint32_t from = url->path_start; from < url->length;) {
        if (from == query_start)
            url->query_start = (uint32_t)(to - storage);
        int byte = escaped_byte((struct bytes){ storage + from, url->length - from });
        if (byte < 0) {
            *to++ = storage[from++];
            continue;
        }
        if (rules->decode_unreserved && url_class_has((char)byte, URL_CLASS_UNRESERVED) &&
            !follows_stray_percent(to)) {
            *to++ = (char)byte;
            has_changed = true;
        } else {
            for (uint32_t i = 0; i < 3; i++) {
                char c = rules->upper_hex ? upper_hex(storage[from + i]) : storage[from + i];
                has_changed |= c != storage[from + i];
                *to++ = c;
            }
        }
        from += 3;
    }
    if (query_start == url->length)
        url->query_start = (uint32_t)(to - storage);
    url->length = (uint32_t)(to - storage);
    *to = '\0';
    return has_changed;
}

static bool is_token(struct bytes value)
{
    bool is_hex = true;
    for (size_t i = 0; i < value.length; i++) {
        if (!ascii_is_alpha(value.data[i]) && !ascii_is_digit(value.data[i]))
            return false;
        is_hex = is_hex && ascii_hex_value(value.data[i]) >= 0;
    }
    return value.length >= (is_hex ? TOKEN_HEX_LEAST : TOKEN_ALNUM_LEAST);
}

static struct bytes name_of(struct bytes pair)
{
    return bytes_slice(pair, 0, bytes_find(pair, '='));
}

static bool is_name(struct bytes name, struct bytes wanted)
{
    bool is_prefix = wanted.data[wanted.length - 1] == '*';
    wanted.length -= is_prefix;
    return is_prefix ? bytes_start_with_nocase(name, wanted) : bytes_equal_nocase(name, wanted);
}

/* Is "name=value" one of these parameters? */
static bool is_among(const struct parameter *parameters, size_t count, struct bytes pair)
{
    struct bytes name = name_of(pair);
    if (name.length == 0)
        return false;
    char first = ascii_lower(name.data[0]);
    for (size_t i = 0; i < count; i++) {
        if (parameters[i].name.data[0] == first && is_name(name, parameters[i].name))
            return parameters[i].is_enough ||
                   is_token(bytes_slice(pair, name.length + 1, pair.length));
    }
    return false;
}

#define IS_AMONG(parameters, pair)                                                                 \
    is_among((parameters), sizeof(parameters) / sizeof((parameters)[0]), (pair))

static bool names_have(const struct url_names *names, struct bytes name)
{
    char first = name.length > 0 ? ascii_lower(name.data[0]) : '\0';
    for (size_t i = 0; i < names->count; i++) {
        char wanted = ascii_lower(names->items[i].data[0]);
        if ((wanted == first || wanted == '*') && is_name(name, names->items[i]))
            return true;
    }
    return false;
}

static bool is_dropped(const struct url_rules *rules, struct bytes pair)
{
    bool is_named = (rules->drop_tracking && IS_AMONG(tracking, pair)) ||
                    (rules->drop_sessions && IS_AMONG(sessions, pair)) ||
                    (rules->drop_parameters && names_have(&rules->dropped, name_of(pair)));
    return is_named && !names_have(&rules->kept, name_of(pair));
}

/* Keeps the other parameters where they are; a query of which nothing is left goes, with its '?'.
 */
static bool drop_parameters(struct url *url, char *storage, const struct url_rules *rules)
{
    char *const start = storage + url->query_start + 1;
    char *to = start;
    bool is_first = true;
    struct bytes rest = { start, url->length - url->query_start - 1 };
    const char *end = rest.data + rest.length;
    struct bytes pair;
    while (bytes_split(&rest, '&', &pair)) {
        if (is_dropped(rules, pair))
            continue;
        if (!is_first)
            *to++ = '&';
        is_first = false;
        if (to != pair.data)
            memmove(to, pair.data, pair.length);
        to += pair.length;
    }
    if (to == end)
        return false;
    if (to == start)
        to--;
    *to = '\0';
    url->length = (uint32_t)(to - storage);
    return true;
}

#define PATH_SESSION "jsessionid"

/* The length of a ";jsessionid=..." that text begins with, up to the next ';' or '/', or 0. */
static uint32_t path_session_length(struct bytes text)
{
    if (!bytes_start_with_nocase(text, BYTES(";" PATH_SESSION "=")))
        return 0;
    size_t end = 1;
    while (end < text.length && text.data[end] != ';' && text.data[end] != '/')
        end++;
    return (uint32_t)end;
}

/* Would the segment that ends at `end`, and is followed by `next`, be a dot segment? */
static bool is_dot_segment(const char *end, struct bytes next)
{
    bool is_end = next.length == 0 || next.data[0] == '/';
    return is_end && end[-1] == '.' && (end[-2] == '/' || (end[-2] == '.' && end[-3] == '/'));
}

static bool drop_path_sessions(struct url *url, char *storage)
{
    char *to = storage + url->path_start;
    uint32_t from = url->path_start;
    while (from < url->query_start) {
        struct bytes rest = { storage + from, url->query_start - from };
        uint32_t length = path_session_length(rest);
        if (length > 0 && !is_dot_segment(to, bytes_slice(rest, length, rest.length)))
            from += length;
        else
            *to++ = storage[from++];
    }
    uint32_t dropped = (uint32_t)(storage + from - to);
    if (dropped == 0)
        return false;
    url->query_start -= dropped;
    url->length -= dropped;
    memmove(to, storage + from, url->length - url->query_start + 1);
    return true;
}

static bool has(struct bytes text, char c)
{
    return bytes_find(text, c) < text.length;
}

bool url_name_is_good(struct bytes name)
{
    for (size_t i = 0; i < name.length; i++) {
        char c = name.data[i];
        if (c <= ' ' || c > '~' || strchr("&=#", c) || (c == '*' && i + 1 < name.length))
            return false;
    }
    return name.length > 0;
}

bool url_apply_rules(struct url *url, char *storage, size_t storage_size,
                     const struct url_rules *rules)
{
    assert(url->href == storage && url->length < storage_size);
    bool has_changed = false;
    if (rules->drop_host_dot)
        has_changed |= drop_host_dot(url, storage);
    if ((rules->upper_hex || rules->decode_unreserved) && has(url_path_query(url), '%'))
        has_changed |= edit_escapes(url, storage, rules);
    if (rules->drop_sessions && has(url_path(url), ';') &&
        !names_have(&rules->kept, BYTES(PATH_SESSION)))
        has_changed |= drop_path_sessions(url, storage);
    if ((rules->drop_tracking || rules->drop_sessions || rules->drop_parameters) &&
        url_query(url).length > 1)
        has_changed |= drop_parameters(url, storage, rules);
    if (rules->drop_empty_query && url_query(url).length == 1) {
        take_out(url, storage, url->query_start, 1);
        has_changed = true;
    }
    return has_changed;
}
