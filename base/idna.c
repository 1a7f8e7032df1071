/* SPDX-License-Identifier: MIT
 *
 * UTS 46 by libidn2, but not by one call: libidn2 also applies the rules of IDNA 2008, which refuse
 * what browsers take (emoji), insists on the lengths of the DNS and looks at hyphens. Without those
 * rules it only works in its transitional mode, which replaces four characters that we must keep.
 *
 * So the domain is cut into pieces, around those four and where normalisation cannot reach across;
 * each piece is mapped alone, guarded by digits where the library would mind what it begins or ends
 * with; and its Punycode is taken apart again. What the standard still wants checked of a whole
 * label (joiners, writing direction) is asked of the library's stricter mode, where only its answer
 * to that question counts.
 */
#include "base/idna.h"

#include <idn2.h>

#include "base/punycode.h"
#include "base/utf8.h"

/* Characters of the longest domain that is looked at; one that the DNS knows has 253 in ASCII. */
#define DOMAIN_CHARACTERS_MAX 512

/* A piece may be this long before it is cut where it can be; its Punycode has to stay below the
 * library's 63 bytes. */
#define PIECE_CHARACTERS_MIN 12

/* Longer pieces have no place to be cut; their Punycode would not fit anyway. */
#define PIECE_CHARACTERS_MAX 64

#define GUARD '0'

enum { SHARP_S = 0xdf, FINAL_SIGMA = 0x3c2, NON_JOINER = 0x200c, JOINER = 0x200d };

struct text {
    uint32_t characters[DOMAIN_CHARACTERS_MAX];
    size_t count;
};

struct range {
    uint32_t first;
    uint32_t last;
};

/* What newer versions of UTS 46 than the library's map otherwise, and what we map to keep out of
 * its way: dots, hyphens. A row with the character 0 is ignored. */
static const struct {
    struct range range;
    uint32_t character; /* That the first one becomes; the others follow in step. */
} mappings[] = {
    { { 0x04c0, 0x04c0 }, 0x04cf }, { { 0x10a0, 0x10c5 }, 0x2d00 },  { { 0x115f, 0x1160 }, 0 },
    { { 0x17b4, 0x17b5 }, 0 },      { { 0x1e9e, 0x1e9e }, SHARP_S }, { { 0x2132, 0x2132 }, 0x214e },
    { { 0x2183, 0x2183 }, 0x2184 }, { { 0x3002, 0x3002 }, '.' },     { { 0x3164, 0x3164 }, 0 },
    { { 0xfe63, 0xfe63 }, '-' },    { { 0xff0d, 0xff0d }, '-' },     { { 0xff0e, 0xff0e }, '.' },
    { { 0xff61, 0xff61 }, '.' },    { { 0xffa0, 0xffa0 }, 0 },
};

/* Letters that never join what stands before them when a text is normalised. */
static const struct range separable[] = {
    { 0x00c0, 0x02af }, { 0x0370, 0x0482 }, { 0x048a, 0x0556 }, { 0x05d0, 0x05ea },
    { 0x0620, 0x064a }, { 0x0e01, 0x0e30 }, { 0x1e00, 0x1fff }, { 0x3041, 0x3096 },
    { 0x30a1, 0x30fa }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xac00, 0xd7a3 },
};

/* Blocks of characters written from right to left, without the digits in their midst that are not.
 */
static const struct range right_to_left[] = {
    { 0x0590, 0x06ef }, { 0x06fa, 0x08ff },   { 0xfb1d, 0xfdff },
    { 0xfe70, 0xfeff }, { 0x10800, 0x10fff }, { 0x1e800, 0x1efff },
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

#define IS_IN(character, ranges) is_in((character), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

static bool is_deviation(uint32_t character)
{
    return character == SHARP_S || character == FINAL_SIGMA || character == NON_JOINER ||
           character == JOINER;
}

static bool append(struct text *text, uint32_t character)
{
    if (text->count == DOMAIN_CHARACTERS_MAX)
        return false;
    text->characters[text->count++] = character;
    return true;
}

static bool append_all(struct text *text, const uint32_t *characters, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (!append(text, characters[i]))
            return false;
    return true;
}

/* What the library makes of some characters: its verdict, and the result where it is IDN2_OK. */
static int ask_library(const uint32_t *characters, size_t count, int flags, char **result)
{
    char text[(DOMAIN_CHARACTERS_MAX + 2) * UTF8_BYTES_MAX + 1];
    size_t length = 0;
    for (size_t i = 0; i < count; i++)
        length += utf8_put(text + length, characters[i]);
    text[length] = '\0';
    return idn2_to_ascii_8z(text, result, flags);
}

/* Appends one label in ASCII as its characters, without the guards. */
static bool append_label(struct text *to, struct bytes ascii, size_t guards_before)
{
    uint32_t decoded[PIECE_CHARACTERS_MAX];
    size_t count = 0;
    if (bytes_find(ascii, '.') < ascii.length)
        return false;
    if (bytes_start_with(ascii, BYTES("xn--"))) {
        if (!punycode_decode(bytes_slice(ascii, 4, ascii.length), decoded, PIECE_CHARACTERS_MAX,
                             &count))
            return false;
    } else {
        for (; count < ascii.length && count < PIECE_CHARACTERS_MAX; count++)
            decoded[count] = (unsigned char)ascii.data[count];
    }
    if (count < guards_before + 1 || decoded[count - 1] != GUARD)
        return false;
    return append_all(to, decoded + guards_before, count - guards_before - 1);
}

/* Maps and normalises a piece, whose first character alone may be ASCII. The guard in front is left
 * out where a label begins, so that the library refuses labels that begin with a combining mark. */
static bool map_piece(struct text *to, const uint32_t *piece, size_t count, bool begins_label)
{
    uint32_t guarded[PIECE_CHARACTERS_MAX + 2];
    size_t length = 0;
    if (count == 0)
        return true;
    if (count == 1 && piece[0] < 0x80)
        return append(to, (unsigned char)ascii_lower((char)piece[0]));
    if (count > PIECE_CHARACTERS_MAX)
        return false;
    size_t guards_before = !begins_label || piece[0] < 0x80;
    if (guards_before)
        guarded[length++] = GUARD;
    memcpy(guarded + length, piece, count * sizeof(*piece));
    length += count;
    guarded[length++] = GUARD;
    char *ascii = NULL;
    if (ask_library(guarded, length, IDN2_TRANSITIONAL, &ascii) != IDN2_OK)
        return false;
    bool is_mapped = append_label(to, bytes_from_string(ascii), guards_before);
    idn2_free(ascii);
    return is_mapped;
}

/* Maps all characters; dots of any kind become '.'. */
static bool map_text(struct text *to, const struct text *from)
{
    size_t start = 0;
    size_t label = to->count;
    for (size_t i = 0; i <= from->count; i++) {
        bool is_end = i == from->count;
        uint32_t c = is_end ? '.' : from->characters[i];
        bool is_apart = c == '.' || is_deviation(c);
        bool is_cut =
            is_apart || c < 0x80 || (i - start >= PIECE_CHARACTERS_MIN && IS_IN(c, separable));
        if (!is_cut)
            continue;
        if (!map_piece(to, from->characters + start, i - start, to->count == label))
            return false;
        start = is_apart ? i + 1 : i;
        if (is_apart && !is_end && !append(to, c))
            return false;
        if (c == '.')
            label = to->count;
    }
    return true;
}

/* Decodes the domain and applies our own mappings. */
static bool read_domain(struct text *text, struct bytes domain)
{
    text->count = 0;
    for (size_t at = 0; at < domain.length;) {
        uint32_t c = utf8_next(domain, &at);
        bool is_ignored = false;
        for (size_t i = 0; i < sizeof(mappings) / sizeof(mappings[0]); i++) {
            if (!is_in(c, &mappings[i].range, 1))
                continue;
            is_ignored = mappings[i].character == 0;
            c = mappings[i].character + (c - mappings[i].range.first);
            break;
        }
        if (!is_ignored && !append(text, c))
            return false;
    }
    return true;
}

static bool has_joiner(const struct text *label)
{
    for (size_t i = 0; i < label->count; i++)
        if (label->characters[i] == NON_JOINER || label->characters[i] == JOINER)
            return true;
    return false;
}

/* Combining marks have no direction of their own; the library refuses labels that begin with one.
 */
static bool is_right_to_left(uint32_t character)
{
    char *unused = NULL;
    if (!IS_IN(character, right_to_left))
        return false;
    int verdict = ask_library(&character, 1, IDN2_TRANSITIONAL, &unused);
    idn2_free(unused);
    return verdict != IDN2_LEADING_COMBINING;
}

static bool has_right_to_left(const struct text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (is_right_to_left(text->characters[i]))
            return true;
    return false;
}

/* The rules for labels of a domain that holds right-to-left characters (RFC 5893, 2), as far as
 * these blocks and ASCII go: the library gives no verdict on labels that lie beside, nor on those
 * in which it finds something else to mind. */
static bool keeps_direction(const struct text *label)
{
    if (label->count == 0)
        return true;
    uint32_t first = label->characters[0];
    uint32_t last = label->characters[label->count - 1];
    bool is_turned = has_right_to_left(label);
    bool begins_well =
        is_turned ? is_right_to_left(first) : first >= 0x80 || ascii_is_alpha((char)first);
    for (size_t i = 0; i < label->count && is_turned; i++)
        if (label->characters[i] < 0x80 && ascii_is_alpha((char)label->characters[i]))
            return false;
    return begins_well &&
           (last >= 0x80 || ascii_is_alpha((char)last) || ascii_is_digit((char)last));
}

static bool has_valid_context(const struct text *label, bool is_bidi)
{
    bool joins = has_joiner(label);
    bool turns = is_bidi && has_right_to_left(label);
    if (is_bidi && !keeps_direction(label))
        return false;
    if (!joins && !turns)
        return true;
    char *unused = NULL;
    int verdict = ask_library(label->characters, label->count, IDN2_NONTRANSITIONAL, &unused);
    idn2_free(unused);
    return joins ? verdict == IDN2_OK : verdict != IDN2_BIDI;
}

/* A label that came as Punycode must be what the mapping would have left alone. */
static bool read_punycode(struct text *label)
{
    char ascii[DOMAIN_CHARACTERS_MAX];
    struct text decoded;
    struct text mapped = { .count = 0 };
    for (size_t i = 4; i < label->count; i++) {
        if (label->characters[i] >= 0x80)
            return false;
        ascii[i - 4] = (char)label->characters[i];
    }
    if (!punycode_decode((struct bytes){ ascii, label->count - 4 }, decoded.characters,
                         DOMAIN_CHARACTERS_MAX, &decoded.count) ||
        !map_text(&mapped, &decoded) || mapped.count != decoded.count ||
        memcmp(mapped.characters, decoded.characters,
               mapped.count * sizeof(mapped.characters[0])) != 0)
        return false;
    bool is_ascii = true;
    for (size_t i = 0; i < decoded.count; i++)
        is_ascii = is_ascii && decoded.characters[i] < 0x80;
    *label = decoded;
    return !is_ascii;
}

struct output {
    char *data;
    size_t room;
    size_t length;
};

static bool put(struct output *out, struct bytes bytes)
{
    if (bytes.length > out->room - out->length)
        return false;
    memcpy(out->data + out->length, bytes.data, bytes.length);
    out->length += bytes.length;
    return true;
}

static bool put_label(struct output *out, struct text *label, bool is_bidi)
{
    static const uint32_t mark[] = { 'x', 'n', '-', '-' };
    if (label->count >= 4 && memcmp(label->characters, mark, sizeof(mark)) == 0 &&
        !read_punycode(label))
        return false;
    if (!has_valid_context(label, is_bidi))
        return false;
    bool is_ascii = true;
    for (size_t i = 0; i < label->count; i++)
        is_ascii = is_ascii && label->characters[i] < 0x80;
    if (!is_ascii) {
        size_t length;
        if (!put(out, BYTES("xn--")) ||
            !punycode_encode(label->characters, label->count, out->data + out->length,
                             out->room - out->length, &length))
            return false;
        out->length += length;
        return true;
    }
    for (size_t i = 0; i < label->count; i++)
        if (!put(out, (struct bytes){ (char[]){ (char)label->characters[i] }, 1 }))
            return false;
    return true;
}

bool idna_to_ascii(struct bytes domain, char *out, size_t room, size_t *length)
{
    struct text text;
    struct text mapped = { .count = 0 };
    struct output output = { out, room, 0 };
    if (!read_domain(&text, domain) || !map_text(&mapped, &text))
        return false;
    bool is_bidi = has_right_to_left(&mapped);
    for (size_t at = 0; at <= mapped.count; at++) {
        struct text label = { .count = 0 };
        if (at > 0 && !put(&output, BYTES(".")))
            return false;
        while (at < mapped.count && mapped.characters[at] != '.')
            append(&label, mapped.characters[at++]);
        if (!put_label(&output, &label, is_bidi))
            return false;
    }
    *length = output.length;
    return true;
}
