/* SPDX-License-Identifier: MIT
 *
 * charset - the encodings of the Encoding Standard, their labels, and which of them a document is
 * in.
 *
 * Order for HTML (WHATWG): byte order mark, charset of the header, prescan of the first 1,024
 * bytes, a guess. A label from the net is only ever looked up here.
 */
#ifndef CRAWLER_PARSE_CHARSET_H
#define CRAWLER_PARSE_CHARSET_H

#include <stddef.h>

#include "base/bytes.h"

/* How an encoding becomes UTF-8. */
enum charset_family {
    CHARSET_UTF8,
    CHARSET_UTF16BE,
    CHARSET_UTF16LE,
    CHARSET_SINGLE_BYTE, /* By iconv, byte for byte. */
    CHARSET_MULTI_BYTE,  /* By iconv. */
    CHARSET_USER_DEFINED,
    CHARSET_REPLACEMENT, /* Encodings that are not safe to read: one U+FFFD. */
};

struct charset {
    const char *name; /* Lower case. */
    enum charset_family family;
    const char *iconv_name; /* NULL where iconv is not asked. */
    const char *labels;     /* Between spaces. */
};

/* In rows of one table: charset_index is below CHARSET_COUNT. */
enum { CHARSET_COUNT = 40 };

/* White space around and case do not count. NULL for a label that is not in the standard. */
const struct charset *charset_by_label(struct bytes label);

/* For labels that are known to be there. */
const struct charset *charset_utf8(void);

size_t charset_index(const struct charset *charset);

/* Which one won. */
enum charset_source {
    CHARSET_NONE,
    CHARSET_BOM,
    CHARSET_HEADER,
    CHARSET_PRESCAN,
    CHARSET_GUESS,
    CHARSET_XML
};

struct charset_choice {
    const struct charset *charset;
    enum charset_source source;
    size_t skip; /* Bytes of the byte order mark. */
};

/* header_label: charset parameter of the Content-Type, or empty. */
struct charset_choice charset_choose_for_html(struct bytes body, struct bytes header_label);
struct charset_choice charset_choose_for_xml(struct bytes body, struct bytes header_label);
struct charset_choice charset_choose_for_text(struct bytes body, struct bytes header_label);

#endif
