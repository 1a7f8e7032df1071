/* SPDX-License-Identifier: MIT */
#include "base/url_class.h"

/* The sets as the standard builds them, each upon the one before (URL Standard, 1.3 and 3.1). */
#define IS_BETWEEN(c, least, most) ((c) >= (least) && (c) <= (most))
#define IS_STRIPPED(c)             ((c) == '\t' || (c) == '\n' || (c) == '\r')
#define IS_CONTROL_OR_HIGH(c)      ((c) < 0x20 || (c) > 0x7e)
#define IS_ANY_ENCODED(c)                                                                          \
    (IS_CONTROL_OR_HIGH(c) || (c) == ' ' || (c) == '"' || (c) == '#' || (c) == '<' || (c) == '>')
#define IS_QUERY_ENCODED(c) (IS_ANY_ENCODED(c) || (c) == '\'')
#define IS_PATH_ENCODED(c)                                                                         \
    (IS_ANY_ENCODED(c) || (c) == '?' || (c) == '^' || (c) == '`' || (c) == '{' || (c) == '}')
#define IS_USER_ENCODED(c)                                                                         \
    (IS_PATH_ENCODED(c) || (c) == '/' || (c) == ':' || (c) == ';' || (c) == '=' || (c) == '@' ||   \
     IS_BETWEEN(c, '[', ']') || (c) == '|')
#define IS_NO_DOMAIN(c)                                                                            \
    (IS_CONTROL_OR_HIGH(c) || (c) == ' ' || (c) == '#' || (c) == '%' || (c) == '/' ||              \
     (c) == ':' || (c) == '<' || IS_BETWEEN(c, '>', '@') || IS_BETWEEN(c, '[', '^') || (c) == '|')
#define IS_UPPER(c) IS_BETWEEN(c, 'A', 'Z')
#define IS_UNRESERVED(c)                                                                           \
    (IS_UPPER(c) || IS_BETWEEN(c, 'a', 'z') || IS_BETWEEN(c, '0', '9') || (c) == '-' ||            \
     (c) == '.' || (c) == '_' || (c) == '~')

#define CLASS_OF(c)                                                                                \
    ((IS_STRIPPED(c) ? URL_CLASS_STRIPPED : 0) | (IS_PATH_ENCODED(c) ? URL_CLASS_PATH : 0) |       \
     (IS_QUERY_ENCODED(c) ? URL_CLASS_QUERY : 0) | (IS_USER_ENCODED(c) ? URL_CLASS_USER : 0) |     \
     (IS_NO_DOMAIN(c) ? URL_CLASS_NO_DOMAIN : 0) | (IS_UPPER(c) ? URL_CLASS_UPPER : 0) |           \
     ((c) == '/' || (c) == '\\' ? URL_CLASS_SLASH : 0) |                                           \
     (IS_UNRESERVED(c) ? URL_CLASS_UNRESERVED : 0))

#define FOUR(c)      CLASS_OF(c), CLASS_OF((c) + 1), CLASS_OF((c) + 2), CLASS_OF((c) + 3)
#define SIXTEEN(c)   FOUR(c), FOUR((c) + 4), FOUR((c) + 8), FOUR((c) + 12)
#define SIXTYFOUR(c) SIXTEEN(c), SIXTEEN((c) + 16), SIXTEEN((c) + 32), SIXTEEN((c) + 48)

const uint8_t url_classes[256] = { SIXTYFOUR(0), SIXTYFOUR(64), SIXTYFOUR(128), SIXTYFOUR(192) };
