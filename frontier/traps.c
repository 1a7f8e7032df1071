/* SPDX-License-Identifier: MIT */
#include "frontier/traps.h"

/* Repeats are looked for among so many segments or parameters from the first on, as each is
 * compared with all before it. */
enum { PARTS_SEEN = 256 };

/* ---- Paths */

struct segment {
    struct bytes text;
    size_t words; /* So many segments from the first on end with the last one that is no number. */
    size_t changes; /* And so many with the last that is not as the one before it. */
};

static bool is_number(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_digit(text.data[i]))
            return false;
    return true;
}

static void add_segment(struct segment *segments, size_t count, struct bytes text)
{
    struct segment *added = &segments[count];
    *added = (struct segment){ text, count + 1, count + 1 };
    if (count == 0 || bytes_equal(text, added[-1].text))
        added->changes = count > 0 ? added[-1].changes : 0;
    if (is_number(text))
        added->words = count > 0 ? added[-1].words : 0;
}

static uint32_t count_segments(const struct segment *segments, size_t count, struct bytes wanted)
{
    uint32_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += bytes_equal(segments[i].text, wanted);
    return same;
}

/* Are the segments from start to the last one more than a single one said again, and more than
 * numbers? Dates repeat (/11/11/11/11/), and folders named by digits (/1/2/1/2/12123/). */
static bool is_group(const struct segment *last, size_t start)
{
    return last->changes > start + 1 && last->words > start;
}

/* Does a group of two or more segments stand so many times in a row? */
static bool has_repeated_group(const struct segment *segments, size_t count, uint32_t times)
{
    for (size_t size = 2; size * times <= count; size++) {
        size_t same = 0; /* Segments in a row that are as those one group before. */
        for (size_t i = size; i < count; i++) {
            same = bytes_equal(segments[i].text, segments[i - size].text) ? same + 1 : 0;
            if (same >= size * (times - 1) && is_group(&segments[i], i + 1 - size))
                return true;
        }
    }
    return false;
}

static bool is_path_trap(const struct scope_limits *limits, struct bytes path,
                         enum scope_reason *reason)
{
    struct segment segments[PARTS_SEEN];
    size_t seen = 0;
    uint32_t count = 0;
    for (struct bytes text; bytes_split(&path, '/', &text);) {
        if (text.length == 0)
            continue;
        *reason = SCOPE_OUT_TRAP_SEGMENT_LENGTH;
        if (limits->segment_bytes && text.length > limits->segment_bytes)
            return true;
        *reason = SCOPE_OUT_TRAP_SEGMENTS;
        if (limits->segment_repeats && seen < PARTS_SEEN &&
            count_segments(segments, seen, text) + 1 >= limits->segment_repeats)
            return true;
        *reason = SCOPE_OUT_TRAP_DEPTH;
        if (++count > limits->segments && limits->segments)
            return true;
        if (seen < PARTS_SEEN)
            add_segment(segments, seen++, text);
    }
    *reason = SCOPE_OUT_TRAP_GROUPS;
    return limits->group_repeats && has_repeated_group(segments, seen, limits->group_repeats);
}

/* ---- Queries */

static uint32_t count_names(const struct bytes *names, size_t count, struct bytes wanted)
{
    uint32_t same = 0;
    for (size_t i = 0; i < count; i++)
        same += bytes_equal(names[i], wanted);
    return same;
}

static bool is_query_trap(const struct scope_limits *limits, struct bytes query,
                          enum scope_reason *reason)
{
    struct bytes names[PARTS_SEEN];
    size_t seen = 0;
    uint32_t count = 0;
    struct bytes rest = bytes_slice(query, 1, query.length);
    for (struct bytes parameter; bytes_split(&rest, '&', &parameter);) {
        if (parameter.length == 0)
            continue;
        *reason = SCOPE_OUT_TRAP_QUERY;
        if (++count > limits->parameters && limits->parameters)
            return true;
        struct bytes name = bytes_slice(parameter, 0, bytes_find(parameter, '='));
        *reason = SCOPE_OUT_TRAP_PARAMETERS;
        if (limits->parameter_repeats && seen < PARTS_SEEN &&
            count_names(names, seen, name) + 1 >= limits->parameter_repeats)
            return true;
        if (seen < PARTS_SEEN)
            names[seen++] = name;
    }
    return false;
}

/* ---- Escapes */

/* An escape, and how often it was escaped again: "%2F" is 1 deep, "%252F" 2. */
struct escape {
    char byte; /* That it stands for in the end. */
    size_t length;
    uint32_t depth; /* 0: there is none. */
};

static bool is_hex_pair(struct bytes text, size_t at)
{
    return at + 1 < text.length && ascii_hex_value(text.data[at]) >= 0 &&
           ascii_hex_value(text.data[at + 1]) >= 0;
}

static struct escape escape_at(struct bytes text, size_t at)
{
    struct escape escape = { '%', 1, 0 };
    if (text.data[at] != '%')
        return (struct escape){ text.data[at], 1, 0 };
    for (size_t i = at + 1; is_hex_pair(text, i); i += 2) {
        int byte = ascii_hex_value(text.data[i]) << 4 | ascii_hex_value(text.data[i + 1]);
        escape = (struct escape){ (char)byte, i + 2 - at, escape.depth + 1 };
        if (byte != '%')
            break;
    }
    return escape;
}

static bool is_escaped_deeper(struct bytes text, uint32_t most)
{
    for (size_t i = bytes_find(text, '%'); i < text.length;) {
        struct escape escape = escape_at(text, i);
        if (escape.depth > most)
            return true;
        i += escape.length;
        i += bytes_find(bytes_slice(text, i, text.length), '%');
    }
    return false;
}

/* As it is meant in the end; false where there is no room for it. */
static bool unescape(struct bytes text, char out[URL_BYTES_MAX], struct bytes *meant)
{
    if (text.length > URL_BYTES_MAX)
        return false;
    *meant = (struct bytes){ out, 0 };
    for (size_t i = 0; i < text.length;) {
        struct escape escape = escape_at(text, i);
        out[meant->length++] = escape.byte;
        i += escape.length;
    }
    return true;
}

/* A longer path that begins so is another one. */
static bool ends_path(struct bytes text, size_t at)
{
    return at == text.length || strchr("?&#", text.data[at]);
}

/* Does the path of the URL stand so often in its own query? The root stands in any URL. Apart, for
 * the sake of its large frame: most URLs have no query. */
__attribute__((noinline)) static bool holds_own_path(const struct url *url, uint32_t times)
{
    char path_text[URL_BYTES_MAX], query_text[URL_BYTES_MAX];
    struct bytes path, query;
    if (url_path(url).length < 2 || url_query(url).length <= url_path(url).length / 3 ||
        !unescape(url_path(url), path_text, &path) || !unescape(url_query(url), query_text, &query))
        return false;
    uint32_t count = 0;
    const char *found;
    while (count < times && query.length > 0 &&
           (found = memmem(query.data, query.length, path.data, path.length)) != NULL) {
        size_t end = (size_t)(found - query.data) + path.length;
        count += ends_path(query, end);
        query = bytes_slice(query, end, query.length);
    }
    return count >= times;
}

bool trap_has(const struct scope_limits *limits, const struct url *url, enum scope_reason *reason)
{
    struct bytes query = url_query(url);
    if (is_path_trap(limits, url_path(url), reason))
        return true;
    if (query.length > 0 && is_query_trap(limits, query, reason))
        return true;
    *reason = SCOPE_OUT_TRAP_ESCAPES;
    if (limits->escape_depth && is_escaped_deeper(url_path_query(url), limits->escape_depth))
        return true;
    *reason = SCOPE_OUT_TRAP_OWN_PATH;
    return limits->own_paths && query.length > 0 && holds_own_path(url, limits->own_paths);
}
