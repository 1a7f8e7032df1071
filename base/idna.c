/* SPDX-License-Identifier: MIT
 *
 * UTS 46, non-transitional, step by step: map each character, normalise the domain, take Punycode
 * apart, check the labels. libidn2 is asked only what it maps a character to, and libunistring for
 * the rest of what Unicode says. One call for the whole domain would not do: libidn2 also applies
 * IDNA 2008, which refuses what browsers take (emoji), and insists on the lengths of the DNS.
 */
#include "base/idna.h"

#include <idn2.h>
#include <unictype.h>
#include <uninorm.h>

#include "base/punycode.h"
#include "base/utf8.h"

/* Characters of the longest domain that is looked at; one that the DNS knows has 253 in ASCII. */
#define DOMAIN_CHARACTERS_MAX 512

/* The longest that one character is mapped to: U+FDFA, with the guards. */
#define MAPPED_CHARACTERS_MAX 32

/* The library minds what a label begins or ends with, so a character is asked between two digits.
 */
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

/* What newer versions of UTS 46 than the library's map otherwise. The first of the range becomes
 * the character, the others follow in step; with the character 0 all are ignored. */
static const struct {
    struct range range;
    uint32_t character;
} mappings[] = {
    { { 0x04c0, 0x04c0 }, 0x04cf }, { { 0x10a0, 0x10c5 }, 0x2d00 },  { { 0x115f, 0x1160 }, 0 },
    { { 0x17b4, 0x17b5 }, 0 },      { { 0x1e9e, 0x1e9e }, SHARP_S }, { { 0x2132, 0x2132 }, 0x214e },
    { { 0x2183, 0x2183 }, 0x2184 }, { { 0x3164, 0x3164 }, 0 },       { { 0xffa0, 0xffa0 }, 0 },
};

/* Valid as they stand: the four that non-transitional processing keeps; the letters of most
 * domains, so that the library need not be asked; and ideographs that came with Unicode 15 to 17,
 * which it does not know. */
static const struct range valid[] = {
    { SHARP_S, 0x00f6 },    { 0x03b1, 0x03c9 },   { 0x0430, 0x045f },   { 0x05d0, 0x05ea },
    { 0x0620, 0x063f },     { 0x0641, 0x064a },   { 0x0905, 0x0939 },   { 0x0e01, 0x0e30 },
    { NON_JOINER, JOINER }, { 0x3041, 0x3096 },   { 0x30a1, 0x30fa },   { 0x4e00, 0x9fff },
    { 0xac00, 0xd7a3 },     { 0x2ebf0, 0x2ee5d }, { 0x31350, 0x323af }, { 0x323b0, 0x33479 },
};

/* Mapped to their compatible form, and not by the library: it finds the brackets around ideographs
 * and Hangul wrong where they stand beside them, and lacks some ideographs for compatibility. */
static const struct range compatible[] = {
    { 0x3200, 0x321e },
    { 0x3220, 0x3243 },
    { 0x2f800, 0x2fa1d },
};

static bool is_in(uint32_t character, const struct range *ranges, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (character >= ranges[i].first && character <= ranges[i].last)
            return true;
    return false;
}

#define IS_IN(character, ranges) is_in((character), (ranges), sizeof(ranges) / sizeof((ranges)[0]))

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

static bool is_ascii(const struct text *text)
{
    for (size_t i = 0; i < text->count; i++)
        if (text->characters[i] >= 0x80)
            return false;
    return true;
}

static bool is_same(const struct text *a, const struct text *b)
{
    return a->count == b->count &&
           memcmp(a->characters, b->characters, a->count * sizeof(a->characters[0])) == 0;
}

/* ---- Mapping */

/* Appends what the library's answer holds between the guards: characters in ASCII, dots among
 * them, or one label in Punycode. */
static bool append_guarded(struct text *to, struct bytes ascii)
{
    uint32_t decoded[MAPPED_CHARACTERS_MAX];
    size_t count = 0;
    if (!bytes_start_with(ascii, BYTES("xn--"))) {
        for (; count < ascii.length && count < MAPPED_CHARACTERS_MAX; count++)
            decoded[count] = (unsigned char)ascii.data[count];
    } else if (!punycode_decode(bytes_slice(ascii, 4, ascii.length), decoded, MAPPED_CHARACTERS_MAX,
                                &count)) {
        return false;
    }
    return count >= 2 && append_all(to, decoded + 1, count - 2);
}

/* In its transitional mode the library applies none of IDNA 2008's rules. What that mode would map
 * otherwise is not asked. */
static bool map_by_library(struct text *to, uint32_t character)
{
    char text[UTF8_BYTES_MAX + 3] = { GUARD };
    size_t length = 1 + utf8_put(text + 1, character);
    char *ascii = NULL;
    text[length] = GUARD;
    if (idn2_to_ascii_8z(text, &ascii, IDN2_TRANSITIONAL) != IDN2_OK)
        return false;
    bool is_mapped = append_guarded(to, bytes_from_string(ascii));
    idn2_free(ascii);
    return is_mapped;
}

/* Appends the normal form of some characters. */
static bool append_normal(struct text *to, uninorm_t form, const uint32_t *characters, size_t count)
{
    uint32_t room[DOMAIN_CHARACTERS_MAX];
    size_t length = DOMAIN_CHARACTERS_MAX;
    uint32_t *normal = u32_normalize(form, characters, count, room, &length);
    bool is_appended = normal && append_all(to, normal, length);
    if (normal != room)
        free(normal);
    return is_appended;
}

static bool map_character(struct text *to, uint32_t c)
{
    if (c < 0x80)
        return append(to, (unsigned char)ascii_lower((char)c));
    for (size_t i = 0; i < sizeof(mappings) / sizeof(mappings[0]); i++)
        if (is_in(c, &mappings[i].range, 1))
            return mappings[i].character == 0 ||
                   append(to, mappings[i].character + (c - mappings[i].range.first));
    if (IS_IN(c, valid))
        return append(to, c);
    if (IS_IN(c, compatible))
        return append_normal(to, UNINORM_NFKC, &c, 1);
    return map_by_library(to, c);
}

static bool map_domain(struct text *to, struct bytes domain)
{
    struct text mapped = { .count = 0 };
    to->count = 0;
    for (size_t at = 0; at < domain.length;)
        if (!map_character(&mapped, utf8_next(domain, &at)))
            return false;
    return append_normal(to, UNINORM_NFC, mapped.characters, mapped.count);
}

/* ---- Labels */

/* Takes the next label off the domain; false behind the last. */
static bool next_label(const struct text *domain, size_t *at, struct text *label)
{
    label->count = 0;
    if (*at > domain->count)
        return false;
    while (*at < domain->count && domain->characters[*at] != '.')
        append(label, domain->characters[(*at)++]);
    (*at)++;
    return true;
}

static bool begins_as_punycode(const struct text *label)
{
    static const uint32_t mark[] = { 'x', 'n', '-', '-' };
    return label->count >= 4 && memcmp(label->characters, mark, sizeof(mark)) == 0;
}

/* Decodes a label that came as Punycode. It must be what mapping and normalising would have left
 * alone, beyond ASCII, and no Punycode again. */
static bool read_punycode(struct text *label)
{
    char ascii[DOMAIN_CHARACTERS_MAX];
    struct text decoded;
    struct text mapped = { .count = 0 };
    struct text normal = { .count = 0 };
    if (!is_ascii(label))
        return false;
    for (size_t i = 4; i < label->count; i++)
        ascii[i - 4] = (char)label->characters[i];
    if (!punycode_decode((struct bytes){ ascii, label->count - 4 }, decoded.characters,
                         DOMAIN_CHARACTERS_MAX, &decoded.count))
        return false;
    for (size_t i = 0; i < decoded.count; i++)
        if (!map_character(&mapped, decoded.characters[i]))
            return false;
    *label = decoded;
    return is_same(&mapped, &decoded) && !is_ascii(&decoded) && !begins_as_punycode(&decoded) &&
           append_normal(&normal, UNINORM_NFC, decoded.characters, decoded.count) &&
           is_same(&normal, &decoded);
}

/* Decodes the labels that are Punycode. */
static bool read_labels(struct text *to, const struct text *domain)
{
    struct text label;
    size_t at = 0;
    to->count = 0;
    while (next_label(domain, &at, &label)) {
        if (begins_as_punycode(&label) && !read_punycode(&label))
            return false;
        if (!append_all(to, label.characters, label.count) ||
            (at <= domain->count && !append(to, '.')))
            return false;
    }
    return true;
}

static bool joins(uint32_t character, int side)
{
    int type = uc_joining_type(character);
    return type == side || type == UC_JOINING_TYPE_D;
}

/* RFC 5892, A.1 and A.2: behind a virama; a non-joiner also between letters that would join. */
static bool is_joiner_in_place(const struct text *label, size_t at)
{
    size_t before = at;
    size_t behind = at + 1;
    if (at == 0)
        return false;
    if (uc_combining_class(label->characters[at - 1]) == UC_CCC_VR)
        return true;
    while (before > 0 && uc_joining_type(label->characters[before - 1]) == UC_JOINING_TYPE_T)
        before--;
    while (behind < label->count && uc_joining_type(label->characters[behind]) == UC_JOINING_TYPE_T)
        behind++;
    return label->characters[at] == NON_JOINER && before > 0 && behind < label->count &&
           joins(label->characters[before - 1], UC_JOINING_TYPE_L) &&
           joins(label->characters[behind], UC_JOINING_TYPE_R);
}

#define BIT(class) (UINT32_C(1) << (class))

/* Directions that letters and digits have, and those that go with either. */
enum {
    RIGHT_TO_LEFT = BIT(UC_BIDI_R) | BIT(UC_BIDI_AL),
    NEUTRAL = BIT(UC_BIDI_EN) | BIT(UC_BIDI_ES) | BIT(UC_BIDI_CS) | BIT(UC_BIDI_ET) |
              BIT(UC_BIDI_ON) | BIT(UC_BIDI_BN) | BIT(UC_BIDI_NSM),
};

/* The rules for each label of a domain that holds right-to-left characters (RFC 5893, 2). */
static bool keeps_direction(const struct text *label)
{
    uint32_t first = BIT(uc_bidi_class(label->characters[0]));
    uint32_t found = 0;
    uint32_t last = 0; /* But for combining marks. */
    for (size_t i = 0; i < label->count; i++) {
        uint32_t class = BIT(uc_bidi_class(label->characters[i]));
        found |= class;
        last = class == BIT(UC_BIDI_NSM) ? last : class;
    }
    if (first == BIT(UC_BIDI_L))
        return !(found & ~(BIT(UC_BIDI_L) | NEUTRAL)) &&
               (last & (BIT(UC_BIDI_L) | BIT(UC_BIDI_EN)));
    return (first & RIGHT_TO_LEFT) && !(found & ~(RIGHT_TO_LEFT | BIT(UC_BIDI_AN) | NEUTRAL)) &&
           (last & (RIGHT_TO_LEFT | BIT(UC_BIDI_EN) | BIT(UC_BIDI_AN))) &&
           !((found & BIT(UC_BIDI_EN)) && (found & BIT(UC_BIDI_AN)));
}

static bool has_right_to_left(const struct text *domain)
{
    for (size_t i = 0; i < domain->count; i++)
        if (BIT(uc_bidi_class(domain->characters[i])) & (RIGHT_TO_LEFT | BIT(UC_BIDI_AN)))
            return true;
    return false;
}

static bool is_valid_label(const struct text *label, bool is_bidi)
{
    if (label->count == 0)
        return true;
    if (uc_is_general_category_withtable(label->characters[0], UC_CATEGORY_MASK_M))
        return false;
    for (size_t i = 0; i < label->count; i++)
        if ((label->characters[i] == NON_JOINER || label->characters[i] == JOINER) &&
            !is_joiner_in_place(label, i))
            return false;
    return !is_bidi || keeps_direction(label);
}

/* ---- Output */

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

static bool put_label(struct output *out, const struct text *label)
{
    size_t length;
    if (is_ascii(label)) {
        for (size_t i = 0; i < label->count; i++)
            if (!put(out, (struct bytes){ (char[]){ (char)label->characters[i] }, 1 }))
                return false;
        return true;
    }
    if (!put(out, BYTES("xn--")) ||
        !punycode_encode(label->characters, label->count, out->data + out->length,
                         out->room - out->length, &length))
        return false;
    out->length += length;
    return true;
}

bool idna_to_ascii(struct bytes domain, char *out, size_t room, size_t *length)
{
    struct text mapped;
    struct text decoded;
    struct text label;
    struct output output = { out, room, 0 };
    if (!map_domain(&mapped, domain) || !read_labels(&decoded, &mapped))
        return false;
    bool is_bidi = has_right_to_left(&decoded);
    for (size_t at = 0; next_label(&decoded, &at, &label);) {
        if (!is_valid_label(&label, is_bidi) || !put_label(&output, &label) ||
            (at <= decoded.count && !put(&output, BYTES("."))))
            return false;
    }
    *length = output.length;
    return true;
}
