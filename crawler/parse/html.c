/* SPDX-License-Identifier: MIT */
#include "crawler/parse/html.h"

#include "crawler/parse/element.h"
#include "crawler/parse/links.h"

struct html_reader {
    struct findings *findings;
    struct bytes content_language; /* Of the first meta that gives one; in the arena. */
    enum element silent;           /* We are inside of this silent element, */
    unsigned silent_depth;         /* and so many of its kind. 0: we listen. */
    unsigned svg_depth;            /* Its titles are not the page's. */
    unsigned noscript_depth;
    bool has_title;
    bool is_in_title;
};

static void note_base(struct html_reader *reader, markup_attributes attributes)
{
    struct page_facts *facts = reader->findings->facts;
    struct bytes href = markup_attribute(attributes, "href");
    /* A base for those without scripting alone would turn all links of the page. */
    if (href.data && !facts->base.data && reader->noscript_depth == 0 &&
        href.length <= LINK_BYTES_MOST)
        facts->base = arena_copy(&facts->arena, bytes_trim(href));
}

static void note_pragma(struct html_reader *reader, struct bytes pragma, struct bytes content)
{
    struct findings *findings = reader->findings;
    struct bytes url;
    if (bytes_equal_nocase(pragma, BYTES("refresh"))) {
        if (links_refresh(content, &url) && url.length > 0)
            link_list_add(&findings->links, LINK_REFRESH, url, false);
    } else if (bytes_equal_nocase(pragma, BYTES("content-language"))) {
        /* HTML, 4.2.5.3: a list of languages says nothing. */
        if (bytes_find(content, ',') == content.length)
            findings_set(findings, &reader->content_language, content);
    }
}

static void note_meta(struct html_reader *reader, markup_attributes attributes)
{
    struct findings *findings = reader->findings;
    struct bytes content = markup_attribute(attributes, "content");
    struct bytes name = bytes_trim(markup_attribute(attributes, "name"));
    struct bytes pragma = bytes_trim(markup_attribute(attributes, "http-equiv"));
    if (content.length == 0)
        return;
    if (pragma.length > 0)
        note_pragma(reader, pragma, content);
    if (bytes_equal_nocase(name, BYTES("description")))
        findings_set(findings, &findings->facts->description, content);
    else if (bytes_equal_nocase(name, BYTES("keywords")))
        findings_set(findings, &findings->facts->keywords, content);
    else if (name.length > 0)
        findings_add_meta(findings, name, content);
}

static void note_language(struct html_reader *reader, markup_attributes attributes)
{
    struct findings *findings = reader->findings;
    struct bytes lang = markup_attribute(attributes, "lang");
    if (!lang.data)
        lang = markup_attribute(attributes, "xml:lang");
    findings_set(findings, &findings->facts->lang, lang);
}

static void note_title(struct html_reader *reader)
{
    if (reader->has_title || reader->svg_depth > 0)
        return;
    reader->has_title = true;
    reader->is_in_title = true;
}

static void begin_element(struct html_reader *reader, enum element element,
                          markup_attributes attributes)
{
    switch (element) {
    case ELEMENT_BASE:
        note_base(reader, attributes);
        break;
    case ELEMENT_HTML:
        note_language(reader, attributes);
        break;
    case ELEMENT_META:
        note_meta(reader, attributes);
        break;
    case ELEMENT_NOSCRIPT:
        reader->noscript_depth++;
        break;
    case ELEMENT_SVG:
        reader->svg_depth++;
        break;
    case ELEMENT_TITLE:
        note_title(reader);
        break;
    default:
        break;
    }
}

static void leave_gap(struct html_reader *reader, unsigned flags)
{
    if (flags & ELEMENT_LINE)
        text_gap(&reader->findings->text, TEXT_GAP_LINE);
    else if (flags & ELEMENT_CELL)
        text_gap(&reader->findings->text, TEXT_GAP_SPACE);
}

static void on_start(void *user, const char *name, markup_attributes attributes)
{
    struct html_reader *reader = user;
    enum element element = element_by_name(name);
    unsigned flags = element_flags(element);
    if (reader->silent_depth > 0) {
        reader->silent_depth += element == reader->silent;
        return;
    }
    links_from_element(&reader->findings->links, element, attributes);
    begin_element(reader, element, attributes);
    leave_gap(reader, flags);
    if (flags & ELEMENT_SILENT) {
        reader->silent = element;
        reader->silent_depth = 1;
    }
}

static void on_end(void *user, const char *name)
{
    struct html_reader *reader = user;
    enum element element = element_by_name(name);
    if (reader->silent_depth > 0) {
        reader->silent_depth -= element == reader->silent;
        return;
    }
    leave_gap(reader, element_flags(element));
    if (element == ELEMENT_TITLE)
        reader->is_in_title = false;
    else if (element == ELEMENT_SVG && reader->svg_depth > 0)
        reader->svg_depth--;
    else if (element == ELEMENT_NOSCRIPT && reader->noscript_depth > 0)
        reader->noscript_depth--;
}

static void on_text(void *user, struct bytes text)
{
    struct html_reader *reader = user;
    if (reader->is_in_title)
        text_add(&reader->findings->title, text);
    else if (reader->silent_depth == 0)
        text_add(&reader->findings->text, text);
}

void html_read(struct markup *markup, struct bytes utf8, size_t depth_most,
               struct findings *findings)
{
    static const struct markup_handler handler = { on_start, on_end, on_text };
    struct html_reader reader = { .findings = findings };
    markup_read_html(markup, utf8, depth_most, &handler, &reader);
    struct page_facts *facts = findings->facts;
    if (facts->lang.length == 0)
        facts->lang = reader.content_language;
}
