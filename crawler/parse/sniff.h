/* SPDX-License-Identifier: MIT
 *
 * sniff - which reader a document gets: by its type, and by its first bytes where the type says
 * nothing.
 */
#ifndef CRAWLER_PARSE_SNIFF_H
#define CRAWLER_PARSE_SNIFF_H

#include <stdbool.h>

#include "base/bytes.h"

enum document_kind {
    DOCUMENT_HTML,
    DOCUMENT_XML,
    DOCUMENT_TEXT,
    DOCUMENT_OTHER /* Neither text nor links. */
};

struct sniff_input {
    struct bytes type;  /* Essence by the header, in lower case; may be empty. */
    struct bytes field; /* The whole value of the last Content-Type, as received; may be empty. */
    bool is_nosniff;    /* X-Content-Type-Options: nosniff. */
};

struct sniffed {
    enum document_kind kind;
    struct bytes type; /* The given one, or a literal. */
};

/* The computed type of the MIME Sniffing Standard, section 7. */
struct sniffed sniff(const struct sniff_input *input, struct bytes body);

/* What the document itself says, whatever its type: a feed sent as HTML, or XHTML sent as XML. */
enum document_kind sniff_root(enum document_kind kind, struct bytes utf8);

#endif
