/* SPDX-License-Identifier: MIT */
#include "crawler/parse/element.h"

#include <stdint.h>

static const struct {
    struct bytes name;
    unsigned flags;
} elements[] = {
#define ROW(name, text, flags) { { text, sizeof(text) - 1 }, flags },
    ELEMENT_TABLE(ROW)
#undef ROW
};

/* Where the names with each letter begin, and where those with 'z' end. */
static const uint8_t first_by_letter[] = {
    ELEMENT_A,        ELEMENT_BASE,   ELEMENT_CAPTION, ELEMENT_DD,     ELEMENT_EMBED,
    ELEMENT_FIELDSET, ELEMENT_H1,     ELEMENT_H1,      ELEMENT_IFRAME, ELEMENT_LEGEND,
    ELEMENT_LEGEND,   ELEMENT_LEGEND, ELEMENT_MAIN,    ELEMENT_NAV,    ELEMENT_OBJECT,
    ELEMENT_P,        ELEMENT_SCRIPT, ELEMENT_SCRIPT,  ELEMENT_SCRIPT, ELEMENT_TABLE,
    ELEMENT_UL,       ELEMENT_VIDEO,  ELEMENT_XMP,     ELEMENT_XMP,    ELEMENT_OTHER,
    ELEMENT_OTHER,    ELEMENT_OTHER,
};

enum element element_by_name(struct bytes name)
{
    unsigned letter =
        name.length > 0 ? (unsigned)(unsigned char)ascii_lower(name.data[0]) - 'a' : 26;
    if (letter >= 26)
        return ELEMENT_OTHER;
    for (unsigned i = first_by_letter[letter]; i < first_by_letter[letter + 1]; i++) {
        if (elements[i].name.length == name.length && bytes_equal_nocase(elements[i].name, name))
            return (enum element)i;
    }
    return ELEMENT_OTHER;
}

struct bytes element_name(enum element element)
{
    return elements[element].name;
}

unsigned element_flags(enum element element)
{
    return elements[element].flags;
}
