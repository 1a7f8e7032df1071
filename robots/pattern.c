/* SPDX-License-Identifier: MIT */
#include "robots/pattern.h"

/* What becomes of a byte (RFC 3986, 2.2 and 2.3): unreserved characters ('u') are themselves,
 * encoded or not; reserved ones ('r') stay as they were written; the rest is encoded, and with it
 * '$', '*' and '%'. */
static const char kinds[256] = "----------------" /* controls */
                               "----------------"
                               "-r-r--rrrr-rruur" /*  !"#$%&'()*+,-./ */
                               "uuuuuuuuuurr-r-r" /* 0123456789:;<=>? */
                               "ruuuuuuuuuuuuuuu" /* @A to O */
                               "uuuuuuuuuuur-r-u" /* P to Z [\]^_ */
                               "-uuuuuuuuuuuuuuu" /* `a to o */
                               "uuuuuuuuuuu---u-" /* p to z {|}~ */;

static size_t put_encoded(char *out, unsigned char c)
{
    static const char digits[] = "0123456789ABCDEF";
    out[0] = '%';
    out[1] = digits[c >> 4];
    out[2] = digits[c & 15];
    return 3;
}

/* The byte that "%XX" at this place stands for, or -1. */
static int encoded_byte(struct bytes text, size_t at)
{
    if (text.length - at < 3 || text.data[at] != '%')
        return -1;
    int high = ascii_hex_value(text.data[at + 1]);
    int low = ascii_hex_value(text.data[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

/* A '%' that encodes nothing is the sign itself. */
static size_t put_percent(char *out, struct bytes text, size_t *at)
{
    int byte = encoded_byte(text, *at);
    if (byte < 0) {
        *at += 1;
        return put_encoded(out, '%');
    }
    *at += 3;
    if (kinds[byte] != 'u')
        return put_encoded(out, (unsigned char)byte);
    out[0] = (char)byte;
    return 1;
}

static size_t put_normal(char *out, struct bytes text, bool is_pattern)
{
    size_t length = 0;
    for (size_t at = 0; at < text.length;) {
        unsigned char c = (unsigned char)text.data[at];
        if (kinds[c] == 'u' || kinds[c] == 'r' || (is_pattern && c == '*')) {
            out[length++] = (char)c;
            at++;
        } else if (c == '%') {
            length += put_percent(out + length, text, &at);
        } else {
            length += put_encoded(out + length, c);
            at++;
        }
    }
    return length;
}

static bool is_bare_in_query(int byte)
{
    return byte == ':' || byte == '/' || byte == '?' || byte == '@' || byte == '[' || byte == ']';
}

/* Decodes what means the same without its encoding behind the first '?'; returns the new length. */
static size_t bare_query(char *text, size_t length)
{
    struct bytes from = { text, length };
    size_t at = bytes_find(from, '?');
    size_t to = at;
    while (at < length) {
        int byte = encoded_byte(from, at);
        if (is_bare_in_query(byte)) {
            text[to++] = (char)byte;
            at += 3;
        } else {
            text[to++] = text[at++];
        }
    }
    return to;
}

static uint64_t load_eight(const char *from)
{
    uint64_t eight;
    memcpy(&eight, from, sizeof(eight));
    return eight;
}

/* The bytes of the pattern that every matching path begins with, as far as eight go. */
static void set_head(struct pattern *pattern, const char *normal)
{
    char head[8] = { 0 };
    char mask[8] = { 0 };
    for (size_t i = 0; i < sizeof(head) && i < pattern->length && normal[i] != '*'; i++) {
        head[i] = normal[i];
        mask[i] = (char)0xff;
    }
    pattern->head = load_eight(head);
    pattern->head_mask = load_eight(mask);
}

struct pattern pattern_write(char *text, uint32_t start, struct bytes value)
{
    struct pattern pattern = { .start = start };
    char *normal = text + start;
    size_t length;
    if (value.length > 0 && value.data[value.length - 1] == '$') {
        pattern.is_anchored = true;
        value.length--;
    }
    length = put_normal(normal, value, true);
    length = bare_query(normal, length);
    pattern.length = (uint32_t)length;
    pattern.has_star = memchr(normal, '*', length) != NULL;
    set_head(&pattern, normal);
    return pattern;
}

struct bytes path_write(char *out, struct bytes path_query)
{
    struct bytes text = path_query.length > 0 ? path_query : BYTES("/");
    size_t length = put_normal(out, text, false);
    memset(out + length, 0, PATTERN_PATH_PADDING);
    return bytes_of(out, length);
}

bool path_bare_query(struct bytes *path, char *out)
{
    size_t length = bare_query(out, path->length);
    if (length == path->length)
        return false;
    memset(out + length, 0, PATTERN_PATH_PADDING);
    *path = bytes_of(out, length);
    return true;
}

/* What follows the first '*': each literal part is taken at the first place where it occurs, which
 * leaves the most for those behind it; the last part of an anchored pattern must stand at the end.
 * No step is ever taken back, so the whole is linear. */
static bool parts_match(struct bytes parts, bool is_anchored, struct bytes rest)
{
    struct bytes part;
    while (bytes_split(&parts, '*', &part)) {
        if (!parts.data && is_anchored)
            return bytes_end_with(rest, part);
        if (part.length == 0)
            continue;
        const char *found = memmem(rest.data, rest.length, part.data, part.length);
        if (!found)
            return false;
        size_t taken = (size_t)(found - rest.data) + part.length;
        rest = bytes_of(rest.data + taken, rest.length - taken);
    }
    return true;
}

bool pattern_matches(const struct pattern *pattern, const char *text, struct bytes path)
{
    if ((load_eight(path.data) ^ pattern->head) & pattern->head_mask)
        return false;
    struct bytes normal = { text + pattern->start, pattern->length };
    if (!pattern->has_star)
        return pattern->is_anchored ? bytes_equal(path, normal) : bytes_start_with(path, normal);
    size_t star = bytes_find(normal, '*');
    if (!bytes_start_with(path, bytes_slice(normal, 0, star)))
        return false;
    /* What is behind the star may be empty, but is there: bytes_split() gives one part at least. */
    return parts_match(bytes_of(normal.data + star + 1, normal.length - star - 1),
                       pattern->is_anchored, bytes_of(path.data + star, path.length - star));
}
