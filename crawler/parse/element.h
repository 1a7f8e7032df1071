/* SPDX-License-Identifier: MIT
 *
 * element - the elements of HTML that say something to us: one row each, in alphabetical order.
 *
 * LINE: what it holds stands on lines of its own. CELL: it ends a word. RAW: what it holds is not
 * markup. TELLS: its attributes may hold links or facts.
 */
#ifndef CRAWLER_PARSE_ELEMENT_H
#define CRAWLER_PARSE_ELEMENT_H

#include "base/bytes.h"

enum {
    ELEMENT_LINE = 1 << 0,
    ELEMENT_CELL = 1 << 1,
    ELEMENT_RAW = 1 << 2,
    ELEMENT_TELLS = 1 << 3,
};

#define ELEMENT_TABLE(ROW)                                                                         \
    ROW(A, "a", ELEMENT_TELLS)                                                                     \
    ROW(ADDRESS, "address", ELEMENT_LINE)                                                          \
    ROW(AREA, "area", ELEMENT_TELLS)                                                               \
    ROW(ARTICLE, "article", ELEMENT_LINE)                                                          \
    ROW(ASIDE, "aside", ELEMENT_LINE)                                                              \
    ROW(AUDIO, "audio", ELEMENT_TELLS)                                                             \
    ROW(BASE, "base", ELEMENT_TELLS)                                                               \
    ROW(BLOCKQUOTE, "blockquote", ELEMENT_LINE)                                                    \
    ROW(BODY, "body", ELEMENT_LINE | ELEMENT_TELLS)                                                \
    ROW(BR, "br", ELEMENT_LINE)                                                                    \
    ROW(BUTTON, "button", ELEMENT_CELL)                                                            \
    ROW(CAPTION, "caption", ELEMENT_LINE)                                                          \
    ROW(CENTER, "center", ELEMENT_LINE)                                                            \
    ROW(DD, "dd", ELEMENT_LINE)                                                                    \
    ROW(DETAILS, "details", ELEMENT_LINE)                                                          \
    ROW(DIALOG, "dialog", ELEMENT_LINE)                                                            \
    ROW(DIR, "dir", ELEMENT_LINE)                                                                  \
    ROW(DIV, "div", ELEMENT_LINE)                                                                  \
    ROW(DL, "dl", ELEMENT_LINE)                                                                    \
    ROW(DT, "dt", ELEMENT_LINE)                                                                    \
    ROW(EMBED, "embed", ELEMENT_TELLS)                                                             \
    ROW(FIELDSET, "fieldset", ELEMENT_LINE)                                                        \
    ROW(FIGCAPTION, "figcaption", ELEMENT_LINE)                                                    \
    ROW(FIGURE, "figure", ELEMENT_LINE)                                                            \
    ROW(FOOTER, "footer", ELEMENT_LINE)                                                            \
    ROW(FOREIGNOBJECT, "foreignobject", 0)                                                         \
    ROW(FORM, "form", ELEMENT_LINE | ELEMENT_TELLS)                                                \
    ROW(FRAME, "frame", ELEMENT_TELLS)                                                             \
    ROW(FRAMESET, "frameset", ELEMENT_LINE)                                                        \
    ROW(H1, "h1", ELEMENT_LINE)                                                                    \
    ROW(H2, "h2", ELEMENT_LINE)                                                                    \
    ROW(H3, "h3", ELEMENT_LINE)                                                                    \
    ROW(H4, "h4", ELEMENT_LINE)                                                                    \
    ROW(H5, "h5", ELEMENT_LINE)                                                                    \
    ROW(H6, "h6", ELEMENT_LINE)                                                                    \
    ROW(HEADER, "header", ELEMENT_LINE)                                                            \
    ROW(HGROUP, "hgroup", ELEMENT_LINE)                                                            \
    ROW(HR, "hr", ELEMENT_LINE)                                                                    \
    ROW(HTML, "html", ELEMENT_LINE | ELEMENT_TELLS)                                                \
    ROW(IFRAME, "iframe", ELEMENT_RAW | ELEMENT_TELLS)                                             \
    ROW(IMAGE, "image", ELEMENT_TELLS)                                                             \
    ROW(IMG, "img", ELEMENT_TELLS)                                                                 \
    ROW(INPUT, "input", ELEMENT_TELLS)                                                             \
    ROW(LEGEND, "legend", ELEMENT_LINE)                                                            \
    ROW(LI, "li", ELEMENT_LINE)                                                                    \
    ROW(LINK, "link", ELEMENT_TELLS)                                                               \
    ROW(MAIN, "main", ELEMENT_LINE)                                                                \
    ROW(MATH, "math", 0)                                                                           \
    ROW(MENU, "menu", ELEMENT_LINE)                                                                \
    ROW(META, "meta", ELEMENT_TELLS)                                                               \
    ROW(NAV, "nav", ELEMENT_LINE)                                                                  \
    ROW(NOEMBED, "noembed", ELEMENT_RAW)                                                           \
    ROW(NOFRAMES, "noframes", ELEMENT_RAW)                                                         \
    ROW(NOSCRIPT, "noscript", 0)                                                                   \
    ROW(OBJECT, "object", ELEMENT_TELLS)                                                           \
    ROW(OL, "ol", ELEMENT_LINE)                                                                    \
    ROW(OPTGROUP, "optgroup", ELEMENT_LINE)                                                        \
    ROW(OPTION, "option", ELEMENT_LINE)                                                            \
    ROW(P, "p", ELEMENT_LINE)                                                                      \
    ROW(PLAINTEXT, "plaintext", ELEMENT_LINE | ELEMENT_RAW)                                        \
    ROW(PRE, "pre", ELEMENT_LINE)                                                                  \
    ROW(SCRIPT, "script", ELEMENT_RAW | ELEMENT_TELLS)                                             \
    ROW(SEARCH, "search", ELEMENT_LINE)                                                            \
    ROW(SECTION, "section", ELEMENT_LINE)                                                          \
    ROW(SELECT, "select", ELEMENT_CELL)                                                            \
    ROW(SOURCE, "source", ELEMENT_TELLS)                                                           \
    ROW(STYLE, "style", ELEMENT_RAW)                                                               \
    ROW(SUMMARY, "summary", ELEMENT_LINE)                                                          \
    ROW(SVG, "svg", 0)                                                                             \
    ROW(TABLE, "table", ELEMENT_LINE | ELEMENT_TELLS)                                              \
    ROW(TBODY, "tbody", ELEMENT_LINE)                                                              \
    ROW(TD, "td", ELEMENT_CELL | ELEMENT_TELLS)                                                    \
    ROW(TEMPLATE, "template", 0)                                                                   \
    ROW(TEXTAREA, "textarea", ELEMENT_RAW)                                                         \
    ROW(TFOOT, "tfoot", ELEMENT_LINE)                                                              \
    ROW(TH, "th", ELEMENT_CELL | ELEMENT_TELLS)                                                    \
    ROW(THEAD, "thead", ELEMENT_LINE)                                                              \
    ROW(TITLE, "title", ELEMENT_RAW)                                                               \
    ROW(TR, "tr", ELEMENT_LINE)                                                                    \
    ROW(TRACK, "track", ELEMENT_TELLS)                                                             \
    ROW(UL, "ul", ELEMENT_LINE)                                                                    \
    ROW(VIDEO, "video", ELEMENT_TELLS)                                                             \
    ROW(XMP, "xmp", ELEMENT_LINE | ELEMENT_RAW)                                                    \
    ROW(OTHER, "", 0)

enum element {
#define ROW(name, text, flags) ELEMENT_##name,
    ELEMENT_TABLE(ROW)
#undef ROW
        ELEMENT_COUNT
};

/* By its name, without regard to case; ELEMENT_OTHER for one that is not in the table. */
enum element element_by_name(struct bytes name);

/* In lower case. */
struct bytes element_name(enum element element);

/* ELEMENT_LINE and so on. */
unsigned element_flags(enum element element);

#endif
