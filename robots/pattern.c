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
    pattern.head_length = (uint32_t)bytes_find(bytes_of(normal, length), '*');
    return pattern;
}

struct bytes path_write(char *out, struct bytes path_query)
{
    struct bytes text = path_query.length > 0 ? path_query : BYTES("/");
    return bytes_of(out, put_normal(out, text, false));
}

bool path_bare_query(struct bytes *path, char *out)
{
    size_t length = bare_query(out, path->length);
    if (length == path->length)
        return false;
    *path = bytes_of(out, length);
    return true;
}

/* The last part of an anchored pattern must stand at the end, behind all others: what is left for
 * them loses it. */
static bool take_end(struct bytes *parts, struct bytes *rest)
{
    size_t start = parts->length;
    while (start > 0 && parts->data[start - 1] != '*')
        start--;
    struct bytes last = bytes_of(parts->data + start, parts->length - start);
    if (!bytes_end_with(*rest, last))
        return false;
    rest->length -= last.length;
    parts->length = start;
    return true;
}

/* Each part is taken at the first place where it occurs, which leaves the most for those behind it.
 * No step is ever taken back, so the whole is linear. */
static bool parts_match(struct bytes parts, struct bytes rest)
{
    struct bytes part;
    while (bytes_split(&parts, '*', &part)) {
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
    if (!pattern_has_star(pattern))
        return !pattern->is_anchored || path.length == pattern->length;
    struct bytes parts = pattern_parts(pattern, text);
    struct bytes rest =
        bytes_of(path.data + pattern->head_length, path.length - pattern->head_length);
    return (!pattern->is_anchored || take_end(&parts, &rest)) && parts_match(parts, rest);
}
