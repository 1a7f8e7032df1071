/* SPDX-License-Identifier: MIT
 *
 * page_facts - one page's bytes in, what it says out: links, base, title, text, language,
 * directives.
 *
 * Bytes are the decoded body. The parser finds the charset by the WHATWG order (BOM, header,
 * prescan, then a guess), and reads HTML through libxml2's SAX interface; XML kinds (feeds,
 * sitemaps) and plain text have their own readers. Any bytes give facts; bounds cut, and say so.
 */
#ifndef CRAWLER_PARSE_PAGE_FACTS_H
#define CRAWLER_PARSE_PAGE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "crawler/parse/charset.h"

/* Where a link stood; FOLLOWED: a page may be behind it, else a part of this page. */
#define LINK_KIND_TABLE(ROW)                                                                       \
    ROW(A, "a", true)                                                                              \
    ROW(AREA, "area", true)                                                                        \
    ROW(FRAME, "frame", true)                                                                      \
    ROW(IFRAME, "iframe", true)                                                                    \
    ROW(REFRESH, "refresh", true)                                                                  \
    ROW(CANONICAL, "canonical", true)                                                              \
    ROW(ALTERNATE, "alternate", true)                                                              \
    ROW(NEXT_PREV, "next-prev", true)                                                              \
    ROW(FORM, "form", false)                                                                       \
    ROW(LINK, "link", false)                                                                       \
    ROW(IMAGE, "image", false)                                                                     \
    ROW(SCRIPT, "script", false)                                                                   \
    ROW(MEDIA, "media", false)                                                                     \
    ROW(EMBED, "embed", false)                                                                     \
    ROW(HEADER, "header", true)                                                                    \
    ROW(FEED, "feed", true)                                                                        \
    ROW(SITEMAP, "sitemap", true)                                                                  \
    ROW(RELATED, "related", true)                                                                  \
    ROW(SITEMAP_PART, "sitemap-part", true)

enum link_kind {
#define ROW(name, word, followed) LINK_##name,
    LINK_KIND_TABLE(ROW)
#undef ROW
        LINK_KIND_COUNT
};

const char *link_kind_word(enum link_kind kind);
bool link_kind_is_followed(enum link_kind kind);

/* As written, entities decoded, white space trimmed, UTF-8 (but what a query holds beyond ASCII is
 * percent-encoded in the charset of the page, as browsers send it); not resolved. Header fields
 * first, then in document order. Left out are places in the page itself (#...) where it has no
 * base, data: URLs, what is longer than any URL that is fetched, and empty ones other than of a and
 * area. */
struct raw_link {
    struct bytes text;
    uint8_t kind;
    bool is_nofollow;    /* rel=nofollow (also ugc and sponsored). */
    bool is_from_header; /* To be resolved against the page's URL, whatever its base says. */
    uint8_t priority;    /* Of a sitemap's entry (sitemaps.org), in tenths; else LINK_PRIORITY. */
};

enum { LINK_PRIORITY = 5 };

/* A meta element that names a robot: name and content, for robots/directives.h. */
struct raw_meta {
    struct bytes name;
    struct bytes content;
};

struct page_limits {
    size_t links_most; /* 5,000 */
    size_t text_most;  /* Bytes of text kept. */
    size_t depth_most; /* 512; of XML, HTML is read without a stack: what is deeper is not read. */
    size_t entries_most; /* Of a sitemap, in place of links_most. */
};

struct page_input {
    struct bytes body;         /* Decoded. */
    struct bytes content_type; /* Essence by the header, lower case; may be empty. */
    struct bytes type_field;   /* The header's whole value; may be empty. */
    bool is_nosniff;           /* X-Content-Type-Options says so. */
    struct bytes charset;      /* charset parameter of the header; may be empty. */
    struct bytes headers;      /* For Link fields; may be empty. */
    struct page_limits limits;
    bool is_sitemap; /* It was asked for as a sitemap: plain text is then a list of URLs. */
};

struct page_facts {
    struct arena arena;  /* All bytes below live here. */
    struct bytes type;   /* What it was read as, by its header and its first bytes. */
    const char *charset; /* WHATWG name in lower case, or "" for no text. */
    enum charset_source charset_source;
    struct bytes base;  /* href of the first base element, as written; empty: none. */
    struct bytes title; /* White space collapsed, UTF-8, as all that follows. */
    struct bytes description;
    struct bytes keywords;
    struct bytes lang;
    struct bytes text; /* Visible text, white space collapsed, blocks on lines of their own. */
    const struct raw_link *links;
    size_t link_count;
    struct bytes referrer; /* Content of the last meta element of that name. */
    const struct raw_meta *metas;
    size_t meta_count;
    bool is_links_truncated;
    bool is_text_truncated;
};

struct page_parser; /* One for each thread: holds what can be used again. */

/* Once in the program, before any thread; and at its end. */
void page_parser_global_init(void);
void page_parser_global_clear(void);

struct page_parser *page_parser_new(void);
void page_parser_free(struct page_parser *parser);

/* facts is filled; page_facts_clear frees it. */
void page_parse(struct page_parser *parser, const struct page_input *input,
                struct page_facts *facts);
void page_facts_clear(struct page_facts *facts);

#endif
