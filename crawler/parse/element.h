/* SPDX-License-Identifier: MIT
 *
 * element - the elements of HTML that say something to us: one row each.
 *
 * LINE: what it holds stands on lines of its own. CELL: it ends a word. SILENT: nothing in it is
 * text of the page or a link of it, as a browser without scripting reads it.
 */
#ifndef CRAWLER_PARSE_ELEMENT_H
#define CRAWLER_PARSE_ELEMENT_H

enum { ELEMENT_LINE = 1 << 0, ELEMENT_CELL = 1 << 1, ELEMENT_SILENT = 1 << 2 };

#define ELEMENT_TABLE(ROW)                                                                         \
    ROW(A, "a", 0)                                                                                 \
    ROW(ADDRESS, "address", ELEMENT_LINE)                                                          \
    ROW(AREA, "area", 0)                                                                           \
    ROW(ARTICLE, "article", ELEMENT_LINE)                                                          \
    ROW(ASIDE, "aside", ELEMENT_LINE)                                                              \
    ROW(AUDIO, "audio", 0)                                                                         \
    ROW(BASE, "base", 0)                                                                           \
    ROW(BLOCKQUOTE, "blockquote", ELEMENT_LINE)                                                    \
    ROW(BODY, "body", ELEMENT_LINE)                                                                \
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
    ROW(EMBED, "embed", 0)                                                                         \
    ROW(FIELDSET, "fieldset", ELEMENT_LINE)                                                        \
    ROW(FIGCAPTION, "figcaption", ELEMENT_LINE)                                                    \
    ROW(FIGURE, "figure", ELEMENT_LINE)                                                            \
    ROW(FOOTER, "footer", ELEMENT_LINE)                                                            \
    ROW(FORM, "form", ELEMENT_LINE)                                                                \
    ROW(FRAME, "frame", 0)                                                                         \
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
    ROW(HTML, "html", ELEMENT_LINE)                                                                \
    ROW(IFRAME, "iframe", ELEMENT_SILENT)                                                          \
    ROW(IMG, "img", 0)                                                                             \
    ROW(INPUT, "input", 0)                                                                         \
    ROW(LEGEND, "legend", ELEMENT_LINE)                                                            \
    ROW(LI, "li", ELEMENT_LINE)                                                                    \
    ROW(LINK, "link", 0)                                                                           \
    ROW(MAIN, "main", ELEMENT_LINE)                                                                \
    ROW(MENU, "menu", ELEMENT_LINE)                                                                \
    ROW(META, "meta", 0)                                                                           \
    ROW(NAV, "nav", ELEMENT_LINE)                                                                  \
    ROW(NOEMBED, "noembed", ELEMENT_SILENT)                                                        \
    ROW(NOFRAMES, "noframes", ELEMENT_SILENT)                                                      \
    ROW(NOSCRIPT, "noscript", 0)                                                                   \
    ROW(OBJECT, "object", 0)                                                                       \
    ROW(OL, "ol", ELEMENT_LINE)                                                                    \
    ROW(OPTGROUP, "optgroup", ELEMENT_LINE)                                                        \
    ROW(OPTION, "option", ELEMENT_LINE)                                                            \
    ROW(P, "p", ELEMENT_LINE)                                                                      \
    ROW(PRE, "pre", ELEMENT_LINE)                                                                  \
    ROW(SCRIPT, "script", ELEMENT_SILENT)                                                          \
    ROW(SEARCH, "search", ELEMENT_LINE)                                                            \
    ROW(SECTION, "section", ELEMENT_LINE)                                                          \
    ROW(SELECT, "select", ELEMENT_CELL)                                                            \
    ROW(SOURCE, "source", 0)                                                                       \
    ROW(STYLE, "style", ELEMENT_SILENT)                                                            \
    ROW(SUMMARY, "summary", ELEMENT_LINE)                                                          \
    ROW(SVG, "svg", 0)                                                                             \
    ROW(TABLE, "table", ELEMENT_LINE)                                                              \
    ROW(TBODY, "tbody", ELEMENT_LINE)                                                              \
    ROW(TD, "td", ELEMENT_CELL)                                                                    \
    ROW(TEMPLATE, "template", ELEMENT_SILENT)                                                      \
    ROW(TEXTAREA, "textarea", ELEMENT_SILENT)                                                      \
    ROW(TFOOT, "tfoot", ELEMENT_LINE)                                                              \
    ROW(TH, "th", ELEMENT_CELL)                                                                    \
    ROW(THEAD, "thead", ELEMENT_LINE)                                                              \
    ROW(TITLE, "title", 0)                                                                         \
    ROW(TR, "tr", ELEMENT_LINE)                                                                    \
    ROW(TRACK, "track", 0)                                                                         \
    ROW(UL, "ul", ELEMENT_LINE)                                                                    \
    ROW(VIDEO, "video", 0)                                                                         \
    ROW(OTHER, "", 0)

enum element {
#define ROW(name, text, flags) ELEMENT_##name,
    ELEMENT_TABLE(ROW)
#undef ROW
        ELEMENT_COUNT
};

/* By its name in lower case; ELEMENT_OTHER for one that is not in the table. */
enum element element_by_name(const char *name);

/* ELEMENT_LINE and so on. */
unsigned element_flags(enum element element);

#endif
