/* SPDX-License-Identifier: MIT
 *
 * The page is walked once, from tag to tag: text is taken on the way, and the tags that say
 * something are copied aside. libxml2 then reads these, and what it finds in their attributes
 * becomes links and facts.
 */
#include "crawler/parse/html.h"

#include "crawler/parse/element.h"
#include "crawler/parse/links.h"
#include "crawler/parse/reference.h"
#include "crawler/parse/tokenizer.h"

struct html_reader {
    struct tokenizer tokenizer;
    struct tags *tags;
    struct findings *findings;
    struct bytes content_language; /* Of the first meta that gives one; in the arena. */
    unsigned template_depth;       /* Above 0 nothing counts. */
    unsigned noscript_depth;
    bool is_foreign; /* Inside of svg or math. */
    bool is_in_form;
    bool has_frameset;
    bool has_base;
    bool has_title;
};

/* The attributes that are copied. Those that are worth a tag by themselves, and those that only say
 * more about it. */
static const struct {
    struct bytes name;
    bool is_enough;
} copied[] = {
    { { "href", 4 }, true },    { { "src", 3 }, true },         { { "srcset", 6 }, true },
    { { "rel", 3 }, false },    { { "type", 4 }, false },       { { "hreflang", 8 }, false },
    { { "content", 7 }, true }, { { "name", 4 }, false },       { { "http-equiv", 10 }, false },
    { { "lang", 4 }, true },    { { "xml:lang", 8 }, true },    { { "action", 6 }, true },
    { { "method", 6 }, false }, { { "background", 10 }, true }, { { "data", 4 }, true },
    { { "poster", 6 }, true },  { { "xlink:href", 10 }, true }, { { "imagesrcset", 11 }, true },
};

enum { COPIED_COUNT = sizeof(copied) / sizeof(copied[0]) };

/* Longer values are left out: no link is as long, and no set of them that is one. */
enum { VALUE_BYTES_MOST = 64 * 1024 };

static size_t find_copied(struct bytes name)
{
    size_t i = 0;
    while (i < COPIED_COUNT &&
           (copied[i].name.length != name.length || !bytes_equal_nocase(name, copied[i].name)))
        i++;
    return i;
}

/* A place in this page, or a medium written out: nothing to fetch. */
static bool is_no_link(const struct html_reader *reader, struct bytes value)
{
    value = bytes_trim(value);
    return (value.length > 0 && value.data[0] == '#' && !reader->has_base) ||
           bytes_start_with_nocase(value, BYTES("data:"));
}

/* The tag with the attributes that matter, the first of each name. */
static void copy_tag(struct html_reader *reader, enum element element)
{
    struct bytes name, value;
    uint32_t seen = 0;
    bool is_enough = false;
    tags_begin(reader->tags, element);
    while (tokenizer_attribute(&reader->tokenizer, &name, &value)) {
        size_t which = find_copied(name);
        if (which == COPIED_COUNT || seen & 1u << which)
            continue;
        seen |= 1u << which;
        if (value.length > VALUE_BYTES_MOST ||
            (copied[which].is_enough && is_no_link(reader, value)))
            continue;
        tags_add_attribute(reader->tags, copied[which].name.data, value);
        is_enough |= copied[which].is_enough;
    }
    if (is_enough && !reader->tokenizer.is_cut)
        tags_keep(reader->tags);
    else
        tags_drop(reader->tags);
}

static void leave_gap(struct html_reader *reader, unsigned flags)
{
    if (flags & ELEMENT_LINE)
        text_gap(&reader->findings->text, TEXT_GAP_LINE);
    else if (flags & ELEMENT_CELL)
        text_gap(&reader->findings->text, TEXT_GAP_SPACE);
}

static void add_text(struct text *text, struct bytes source)
{
    while (source.length > 0) {
        size_t at = bytes_find(source, '&');
        text_add(text, bytes_slice(source, 0, at));
        source = bytes_slice(source, at, source.length);
        if (source.length == 0)
            break;
        char decoded[REFERENCE_BYTES_MOST] = "&";
        size_t length;
        size_t taken = reference_read(source, false, decoded, &length);
        text_add(text, bytes_of(taken ? decoded : "&", taken ? length : 1));
        source = bytes_slice(source, taken ? taken : 1, source.length);
    }
}

static void read_title(struct html_reader *reader)
{
    struct bytes title = tokenizer_take_raw(&reader->tokenizer, BYTES("title"));
    if (reader->has_title || reader->is_foreign || reader->template_depth > 0)
        return;
    reader->has_title = true;
    add_text(&reader->findings->title, title);
}

/* Behind the start tag of an element whose content is not markup. */
static void read_raw(struct html_reader *reader, enum element element)
{
    switch (element) {
    case ELEMENT_TITLE:
        read_title(reader);
        break;
    case ELEMENT_SCRIPT:
        tokenizer_take_script(&reader->tokenizer);
        break;
    case ELEMENT_XMP:
        text_add(&reader->findings->text, tokenizer_take_raw(&reader->tokenizer, BYTES("xmp")));
        break;
    case ELEMENT_PLAINTEXT:
        text_add(&reader->findings->text, tokenizer_take_rest(&reader->tokenizer));
        break;
    default:
        tokenizer_take_raw(&reader->tokenizer, element_name(element));
        break;
    }
}

/* HTML, 13.2.6.5: most of HTML's own elements end an svg that was left open. */
static void note_foreign(struct html_reader *reader, enum element element, unsigned flags)
{
    if (element == ELEMENT_SVG || element == ELEMENT_MATH)
        reader->is_foreign = !reader->tokenizer.is_self_closing;
    else if (flags & (ELEMENT_LINE | ELEMENT_CELL) || element == ELEMENT_FOREIGNOBJECT)
        reader->is_foreign = false;
    reader->tokenizer.takes_cdata = reader->is_foreign;
}

static void note_start(struct html_reader *reader, enum element element)
{
    switch (element) {
    case ELEMENT_TEMPLATE:
        reader->template_depth++;
        break;
    case ELEMENT_NOSCRIPT:
        reader->noscript_depth++;
        break;
    case ELEMENT_BASE:
        reader->has_base = true;
        break;
    case ELEMENT_FORM:
        reader->is_in_form = true;
        break;
    case ELEMENT_FRAMESET:
        reader->has_frameset = true;
        break;
    default:
        break;
    }
}

/* Tags that a browser passes over where they stand. */
static bool is_misplaced(const struct html_reader *reader, enum element element)
{
    switch (element) {
    case ELEMENT_BASE: /* For those without scripting alone it would turn all links of the page. */
        return reader->noscript_depth > 0;
    case ELEMENT_FORM:
        return reader->is_in_form;
    case ELEMENT_FRAME:
        return !reader->has_frameset;
    default:
        return false;
    }
}

static void read_start(struct html_reader *reader, enum element element)
{
    unsigned flags = element_flags(element);
    if (reader->template_depth == 0 && flags & ELEMENT_TELLS && !is_misplaced(reader, element))
        copy_tag(reader, element);
    else
        tokenizer_finish_tag(&reader->tokenizer);
    if (reader->tokenizer.is_cut)
        return;
    leave_gap(reader, flags);
    note_foreign(reader, element, flags);
    note_start(reader, element);
    if (flags & ELEMENT_RAW && !(reader->is_foreign && reader->tokenizer.is_self_closing))
        read_raw(reader, element);
}

static void read_end(struct html_reader *reader, enum element element)
{
    leave_gap(reader, element_flags(element));
    if (element == ELEMENT_TEMPLATE && reader->template_depth > 0)
        reader->template_depth--;
    else if (element == ELEMENT_NOSCRIPT && reader->noscript_depth > 0)
        reader->noscript_depth--;
    else if (element == ELEMENT_FORM)
        reader->is_in_form = false;
    else if (element == ELEMENT_SVG || element == ELEMENT_MATH)
        reader->is_foreign = reader->tokenizer.takes_cdata = false;
}

static void walk(struct html_reader *reader)
{
    struct token token;
    while (tokenizer_next(&reader->tokenizer, &token)) {
        if (token.kind == TOKEN_START)
            read_start(reader, element_by_name(token.bytes));
        else if (token.kind == TOKEN_END)
            read_end(reader, element_by_name(token.bytes));
        else if (reader->template_depth == 0)
            add_text(&reader->findings->text, token.bytes);
    }
}

static void note_base(struct html_reader *reader, markup_attributes attributes)
{
    struct page_facts *facts = reader->findings->facts;
    struct bytes href = markup_attribute(attributes, "href");
    if (href.data && !facts->base.data)
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

/* HTML, 4.2.5.1: the last one holds that is a policy, none of which is longer. */
static void note_referrer(struct page_facts *facts, struct bytes content)
{
    enum { POLICY_BYTES_MOST = 40 };
    if (content.length > 0 && content.length <= POLICY_BYTES_MOST)
        facts->referrer = arena_copy(&facts->arena, content);
}

static void note_meta(struct html_reader *reader, markup_attributes attributes)
{
    struct findings *findings = reader->findings;
    struct bytes content = markup_attribute(attributes, "content");
    struct bytes name = bytes_trim(markup_attribute(attributes, "name"));
    struct bytes pragma = bytes_trim(markup_attribute(attributes, "http-equiv"));
    if (pragma.length > 0)
        note_pragma(reader, pragma, content);
    if (bytes_equal_nocase(name, BYTES("description")))
        findings_set(findings, &findings->facts->description, content);
    else if (bytes_equal_nocase(name, BYTES("keywords")))
        findings_set(findings, &findings->facts->keywords, content);
    else if (bytes_equal_nocase(name, BYTES("referrer")))
        note_referrer(findings->facts, bytes_trim(content));
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

static void on_tag(void *user, enum element element, markup_attributes attributes)
{
    struct html_reader *reader = user;
    if (element == ELEMENT_BASE)
        note_base(reader, attributes);
    else if (element == ELEMENT_META)
        note_meta(reader, attributes);
    else if (element == ELEMENT_HTML)
        note_language(reader, attributes);
    else
        links_from_element(&reader->findings->links, element, attributes);
}

void html_read(struct bytes utf8, struct tags *tags, struct markup *markup,
               struct findings *findings)
{
    struct html_reader reader = {
        .tokenizer = tokenizer_of(utf8),
        .tags = tags,
        .findings = findings,
    };
    tags_reset(tags);
    walk(&reader);
    tags_read(tags, markup, on_tag, &reader);
    struct page_facts *facts = findings->facts;
    if (facts->lang.length == 0)
        facts->lang = reader.content_language;
}
