/* SPDX-License-Identifier: MIT */
#include "crawler/parse/element.h"

#include <stdint.h>
#include <string.h>

static const struct {
    const char *name;
    unsigned flags;
} elements[] = {
#define ROW(name, text, flags) { text, flags },
    ELEMENT_TABLE(ROW)
#undef ROW
};

/* The table is in alphabetical order: where the names with each letter begin, and where those with
 * 'z' end. */
static const uint8_t first_by_letter[] = {
    ELEMENT_A,        ELEMENT_BASE,   ELEMENT_CAPTION, ELEMENT_DD,     ELEMENT_EMBED,
    ELEMENT_FIELDSET, ELEMENT_H1,     ELEMENT_H1,      ELEMENT_IFRAME, ELEMENT_LEGEND,
    ELEMENT_LEGEND,   ELEMENT_LEGEND, ELEMENT_MAIN,    ELEMENT_NAV,    ELEMENT_OBJECT,
    ELEMENT_P,        ELEMENT_SCRIPT, ELEMENT_SCRIPT,  ELEMENT_SCRIPT, ELEMENT_TABLE,
    ELEMENT_UL,       ELEMENT_VIDEO,  ELEMENT_OTHER,   ELEMENT_OTHER,  ELEMENT_OTHER,
    ELEMENT_OTHER,    ELEMENT_OTHER,
};

enum element element_by_name(const char *name)
{
    unsigned letter = (unsigned)(unsigned char)name[0] - 'a';
    if (letter >= 26)
        return ELEMENT_OTHER;
    for (unsigned i = first_by_letter[letter]; i < first_by_letter[letter + 1]; i++) {
        if (elements[i].name[1] == name[1] && strcmp(elements[i].name, name) == 0)
            return (enum element)i;
    }
    return ELEMENT_OTHER;
}

unsigned element_flags(enum element element)
{
    return elements[element].flags;
}
