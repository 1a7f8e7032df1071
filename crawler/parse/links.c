/* SPDX-License-Identifier: MIT */
#include "crawler/parse/links.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/parse/scan.h"
#include "crawler/parse/srcset.h"
#include "crawler/parse/wellformed.h"

static const struct {
    const char *word;
    bool is_followed;
} kinds[] = {
#define ROW(name, word, followed) { word, followed },
    LINK_KIND_TABLE(ROW)
#undef ROW
};

const char *link_kind_word(enum link_kind kind)
{
    return kinds[kind].word;
}

bool link_kind_is_followed(enum link_kind kind)
{
    return kinds[kind].is_followed;
}

void link_list_init(struct link_list *list)
{
    *list = (struct link_list){ 0 };
}

void link_list_clear(struct link_list *list)
{
    free(list->links);
    link_list_init(list);
}

void link_list_reset(struct link_list *list, struct arena *arena, size_t most)
{
    list->arena = arena;
    list->count = 0;
    list->most = most;
    list->is_truncated = false;
}

void link_list_add(struct link_list *list, enum link_kind kind, struct bytes text, bool is_nofollow)
{
    text = bytes_trim(text);
    if (bytes_start_with_nocase(text, BYTES("data:")) || bytes_find(text, '\0') < text.length)
        return;
    if (list->count >= list->most || text.length > LINK_BYTES_MOST) {
        list->is_truncated = true;
        return;
    }
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? 2 * list->capacity : 128;
        list->links = xreallocarray(list->links, list->capacity, sizeof(*list->links));
    }
    list->links[list->count++] = (struct raw_link){
        .text = arena_copy(list->arena, text),
        .kind = (uint8_t)kind,
        .is_nofollow = is_nofollow,
        .priority = LINK_PRIORITY,
    };
}

/* How an attribute is read. */
enum syntax { PLAIN, SRCSET };

struct rule {
    const char *attribute;
    enum link_kind kind;
    enum syntax syntax;
};

enum { RULES_MOST = 2 };

static const struct rule rules[ELEMENT_COUNT][RULES_MOST] = {
    [ELEMENT_A] = { { "href", LINK_A, PLAIN }, { "xlink:href", LINK_A, PLAIN } },
    [ELEMENT_AREA] = { { "href", LINK_AREA, PLAIN } },
    [ELEMENT_AUDIO] = { { "src", LINK_MEDIA, PLAIN } },
    [ELEMENT_BODY] = { { "background", LINK_IMAGE, PLAIN } },
    [ELEMENT_EMBED] = { { "src", LINK_EMBED, PLAIN } },
    [ELEMENT_FORM] = { { "action", LINK_FORM, PLAIN } },
    [ELEMENT_FRAME] = { { "src", LINK_FRAME, PLAIN } },
    [ELEMENT_IFRAME] = { { "src", LINK_IFRAME, PLAIN } },
    [ELEMENT_IMG] = { { "src", LINK_IMAGE, PLAIN }, { "srcset", LINK_IMAGE, SRCSET } },
    [ELEMENT_IMAGE] = { { "src", LINK_IMAGE, PLAIN }, { "srcset", LINK_IMAGE, SRCSET } },
    [ELEMENT_INPUT] = { { "src", LINK_IMAGE, PLAIN } },
    [ELEMENT_LINK] = { { "href", LINK_LINK, PLAIN }, { "imagesrcset", LINK_IMAGE, SRCSET } },
    [ELEMENT_OBJECT] = { { "data", LINK_EMBED, PLAIN } },
    [ELEMENT_SCRIPT] = { { "src", LINK_SCRIPT, PLAIN } },
    [ELEMENT_SOURCE] = { { "src", LINK_MEDIA, PLAIN }, { "srcset", LINK_IMAGE, SRCSET } },
    [ELEMENT_TABLE] = { { "background", LINK_IMAGE, PLAIN } },
    [ELEMENT_TD] = { { "background", LINK_IMAGE, PLAIN } },
    [ELEMENT_TH] = { { "background", LINK_IMAGE, PLAIN } },
    [ELEMENT_TRACK] = { { "src", LINK_MEDIA, PLAIN } },
    [ELEMENT_VIDEO] = { { "src", LINK_MEDIA, PLAIN }, { "poster", LINK_IMAGE, PLAIN } },
};

/* What the tokens of a rel attribute come to. */
enum {
    REL_NOFOLLOW = 1 << 0,
    REL_CANONICAL = 1 << 1,
    REL_ALTERNATE = 1 << 2,
    REL_NEXT_PREV = 1 << 3,
    REL_FEED = 1 << 4,
    REL_STYLESHEET = 1 << 5,
    REL_DOCUMENT = 1 << 6,
};

static const struct {
    struct bytes token;
    unsigned meaning;
} rel_tokens[] = {
    { { "nofollow", 8 }, REL_NOFOLLOW },
    { { "ugc", 3 }, REL_NOFOLLOW },
    { { "sponsored", 9 }, REL_NOFOLLOW },
    { { "canonical", 9 }, REL_CANONICAL },
    { { "alternate", 9 }, REL_ALTERNATE },
    { { "next", 4 }, REL_NEXT_PREV },
    { { "prev", 4 }, REL_NEXT_PREV },
    { { "previous", 8 }, REL_NEXT_PREV },
    { { "feed", 4 }, REL_FEED },
    { { "stylesheet", 10 }, REL_STYLESHEET },
    /* Hyperlinks to other documents, by HTML's list and by that of HTML 4 (6.12), which manuals use
       still. */
    { { "author", 6 }, REL_DOCUMENT },
    { { "help", 4 }, REL_DOCUMENT },
    { { "license", 7 }, REL_DOCUMENT },
    { { "search", 6 }, REL_DOCUMENT },
    { { "start", 5 }, REL_DOCUMENT },
    { { "home", 4 }, REL_DOCUMENT },
    { { "contents", 8 }, REL_DOCUMENT },
    { { "toc", 3 }, REL_DOCUMENT },
    { { "index", 5 }, REL_DOCUMENT },
    { { "glossary", 8 }, REL_DOCUMENT },
    { { "copyright", 9 }, REL_DOCUMENT },
    { { "chapter", 7 }, REL_DOCUMENT },
    { { "section", 7 }, REL_DOCUMENT },
    { { "subsection", 10 }, REL_DOCUMENT },
    { { "appendix", 8 }, REL_DOCUMENT },
    { { "bookmark", 8 }, REL_DOCUMENT },
    { { "up", 2 }, REL_DOCUMENT },
    { { "top", 3 }, REL_DOCUMENT },
    { { "first", 5 }, REL_DOCUMENT },
    { { "last", 4 }, REL_DOCUMENT },
};

static unsigned rel_meaning(struct bytes rel)
{
    unsigned meaning = 0;
    struct bytes word;
    while (scan_word(&rel, &word)) {
        for (size_t i = 0; i < sizeof(rel_tokens) / sizeof(rel_tokens[0]); i++) {
            if (bytes_equal_nocase(word, rel_tokens[i].token))
                meaning |= rel_tokens[i].meaning;
        }
    }
    return meaning;
}

bool links_rel_is_nofollow(struct bytes rel)
{
    return rel_meaning(rel) & REL_NOFOLLOW;
}

/* type without its parameters. */
static struct bytes essence(struct bytes type)
{
    return bytes_trim(bytes_slice(type, 0, bytes_find(type, ';')));
}

static bool is_feed_type(struct bytes type)
{
    return bytes_equal_nocase(type, BYTES("application/rss+xml")) ||
           bytes_equal_nocase(type, BYTES("application/atom+xml")) ||
           bytes_equal_nocase(type, BYTES("application/rdf+xml"));
}

static bool is_page_type(struct bytes type)
{
    return type.length == 0 || bytes_equal_nocase(type, BYTES("text/html")) ||
           bytes_equal_nocase(type, BYTES("application/xhtml+xml"));
}

enum link_kind links_kind_by_rel(struct bytes rel, struct bytes type, struct bytes hreflang)
{
    unsigned meaning = rel_meaning(rel);
    type = essence(type);
    if (meaning & REL_STYLESHEET)
        return LINK_LINK;
    if (meaning & REL_CANONICAL)
        return LINK_CANONICAL;
    if ((meaning & (REL_ALTERNATE | REL_FEED)) && is_feed_type(type))
        return LINK_FEED;
    if (meaning & REL_FEED && is_page_type(type) && hreflang.length == 0)
        return LINK_FEED;
    if (meaning & REL_ALTERNATE && (hreflang.length > 0 || is_page_type(type)))
        return LINK_ALTERNATE;
    if (meaning & REL_NEXT_PREV)
        return LINK_NEXT_PREV;
    return meaning & REL_DOCUMENT && is_page_type(type) ? LINK_RELATED : LINK_LINK;
}

static void add_srcset(struct link_list *list, enum link_kind kind, struct bytes srcset)
{
    struct bytes url;
    while (!list->is_truncated && srcset_next(&srcset, &url))
        link_list_add(list, kind, url, false);
}

/* Forms that send by POST (or close a dialog) ask for something to be done. */
static bool is_get_form(markup_attributes attributes)
{
    struct bytes method = bytes_trim(markup_attribute(attributes, "method"));
    return !bytes_equal_nocase(method, BYTES("post")) &&
           !bytes_equal_nocase(method, BYTES("dialog"));
}

static bool is_image_button(markup_attributes attributes)
{
    return bytes_equal_nocase(bytes_trim(markup_attribute(attributes, "type")), BYTES("image"));
}

static void add_by_rule(struct link_list *list, const struct rule *rule, enum element element,
                        markup_attributes attributes)
{
    struct bytes value = markup_attribute(attributes, rule->attribute);
    if (!value.data)
        return;
    if (rule->syntax == SRCSET) {
        add_srcset(list, rule->kind, value);
        return;
    }
    struct bytes rel = markup_attribute(attributes, "rel");
    enum link_kind kind = rule->kind;
    if (element == ELEMENT_LINK)
        kind = links_kind_by_rel(rel, markup_attribute(attributes, "type"),
                                 markup_attribute(attributes, "hreflang"));
    /* An empty URL names the page itself, which is no image, script or medium of its own. */
    if (bytes_trim(value).length > 0 || kind == LINK_A || kind == LINK_AREA)
        link_list_add(list, kind, value, rel.length > 0 && links_rel_is_nofollow(rel));
}

void links_from_element(struct link_list *list, enum element element, markup_attributes attributes)
{
    if (!attributes || !rules[element][0].attribute ||
        (element == ELEMENT_FORM && !is_get_form(attributes)) ||
        (element == ELEMENT_INPUT && !is_image_button(attributes)))
        return;
    for (size_t i = 0; i < RULES_MOST && rules[element][i].attribute; i++)
        add_by_rule(list, &rules[element][i], element, attributes);
}

/* What may stand before the URL: "url =". Left alone where it is not whole. */
static struct bytes skip_url_word(struct bytes text)
{
    if (!bytes_start_with_nocase(text, BYTES("url")))
        return text;
    struct bytes rest = scan_skip(scan_behind(text, 3), SCAN_SPACES);
    if (!scan_starts_with(rest, "="))
        return text;
    return scan_skip(scan_behind(rest, 1), SCAN_SPACES);
}

/* Up to the closing quote where it begins with one. The standard strips quotes only behind "url="
 * or where no "u" came first. */
static struct bytes unquote(struct bytes text)
{
    if (!scan_starts_with(text, "\"'"))
        return text;
    struct bytes inner = scan_behind(text, 1);
    return bytes_slice(inner, 0, bytes_find(inner, text.data[0]));
}

bool links_refresh(struct bytes content, struct bytes *url)
{
    struct bytes text = scan_skip(content, SCAN_SPACES);
    struct bytes rest = scan_skip(text, SCAN_DIGITS);
    *url = (struct bytes){ 0 };
    if (rest.length == text.length && !scan_starts_with(text, "."))
        return false;
    rest = scan_skip(rest, SCAN_DIGITS ".");
    if (rest.length == 0)
        return true;
    if (!scan_starts_with(rest, ";,") && !ascii_is_space(rest.data[0]))
        return false;
    rest = scan_skip(rest, SCAN_SPACES);
    if (scan_starts_with(rest, ";,"))
        rest = scan_skip(scan_behind(rest, 1), SCAN_SPACES);
    *url = bytes_trim(unquote(skip_url_word(rest)));
    return true;
}

/* A parameter of a link in a Link field; quoted values without their quotes, escapes as they are.
 */
static struct bytes take_parameter_value(struct bytes *rest)
{
    struct bytes value;
    if (scan_starts_with(*rest, "\"")) {
        size_t end = 1;
        while (end < rest->length && rest->data[end] != '"')
            end += rest->data[end] == '\\' ? 2 : 1;
        value = bytes_slice(*rest, 1, end);
        *rest = scan_behind(*rest, end + 1);
        return value;
    }
    size_t end = scan_until(*rest, ";,");
    value = bytes_trim(bytes_slice(*rest, 0, end));
    *rest = scan_behind(*rest, end);
    return value;
}

struct link_parameters {
    struct bytes rel;
    struct bytes type;
    struct bytes hreflang;
    bool has_other_context; /* anchor=: it says something about another page. */
};

static void note_parameter(struct link_parameters *parameters, struct bytes name,
                           struct bytes value)
{
    struct bytes *field = bytes_equal_nocase(name, BYTES("rel"))        ? &parameters->rel
                          : bytes_equal_nocase(name, BYTES("type"))     ? &parameters->type
                          : bytes_equal_nocase(name, BYTES("hreflang")) ? &parameters->hreflang
                                                                        : NULL;
    if (field && !field->data) /* RFC 8288, 3.3: the first rel counts. */
        *field = value;
    if (bytes_equal_nocase(name, BYTES("anchor")))
        parameters->has_other_context = true;
}

/* The parameters behind the URL, up to the comma that ends the link. */
static struct link_parameters take_parameters(struct bytes *rest)
{
    struct link_parameters parameters = { 0 };
    for (;;) {
        *rest = scan_skip(*rest, SCAN_SPACES);
        if (!scan_starts_with(*rest, ";"))
            break;
        *rest = scan_skip(scan_behind(*rest, 1), SCAN_SPACES);
        size_t end = scan_until(*rest, "=;,");
        struct bytes name = bytes_trim(bytes_slice(*rest, 0, end));
        *rest = scan_behind(*rest, end);
        struct bytes value = { 0 };
        if (scan_starts_with(*rest, "=")) {
            *rest = scan_skip(scan_behind(*rest, 1), SCAN_SPACES);
            value = take_parameter_value(rest);
        }
        note_parameter(&parameters, name, value);
    }
    *rest = scan_behind(*rest, bytes_find(*rest, ','));
    return parameters;
}

/* Relations that name something to load with the page, by words that are no relation between pages.
 */
static bool is_resource(struct bytes rel)
{
    static const struct bytes words[] = {
        { "stylesheet", 10 }, { "preload", 7 },       { "modulepreload", 13 },
        { "preconnect", 10 }, { "dns-prefetch", 12 }, { "prefetch", 8 },
        { "prerender", 9 },   { "icon", 4 },          { "manifest", 8 },
        { "pingback", 8 },    { "shortlink", 9 },     { "https://api.w.org/", 18 },
        { "edituri", 7 },     { "search", 6 },        { "hub", 3 },
        { "self", 4 },        { "alternate", 9 },
    };
    struct bytes word;
    while (scan_word(&rel, &word)) {
        for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
            if (bytes_equal_nocase(word, words[i]))
                return true;
    }
    return false;
}

/* RFC 8288, 3: <URL>; rel="next"; type="text/html", <URL> ... */
static void add_link_field(struct link_list *list, struct bytes value)
{
    for (struct bytes rest = scan_skip(value, SCAN_SPACES ","); scan_starts_with(rest, "<");
         rest = scan_skip(rest, SCAN_SPACES ",")) {
        size_t end = bytes_find(rest, '>');
        struct bytes url = bytes_slice(rest, 1, end);
        rest = scan_behind(rest, end + 1);
        struct link_parameters about = take_parameters(&rest);
        enum link_kind kind = links_kind_by_rel(about.rel, about.type, about.hreflang);
        if (kind == LINK_LINK && !is_resource(about.rel))
            kind = LINK_HEADER;
        /* RFC 8288, B.2: as many links as there are relations. */
        if (bytes_trim(about.rel).length > 0 && !about.has_other_context && url.length > 0)
            link_list_add(list, kind, url, links_rel_is_nofollow(about.rel));
    }
}

static void add_refresh_field(struct link_list *list, struct bytes value)
{
    struct bytes url;
    if (links_refresh(value, &url) && url.length > 0)
        link_list_add(list, LINK_REFRESH, url, false);
}

static void add_location_field(struct link_list *list, struct bytes value)
{
    if (value.length > 0)
        link_list_add(list, LINK_HEADER, value, false);
}

/* Header fields are in no charset. */
static struct bytes as_utf8(struct bytes text, struct arena *arena)
{
    if (wellformed_length(text) == text.length)
        return text;
    struct buf repaired;
    buf_init(&repaired, BUF_UNBOUNDED);
    wellformed_append(&repaired, text);
    text = arena_copy(arena, buf_bytes(&repaired));
    buf_clear(&repaired);
    return text;
}

void links_from_headers(struct link_list *list, struct bytes headers)
{
    static const struct {
        struct bytes name;
        void (*add)(struct link_list *list, struct bytes value);
    } fields[] = {
        { { "link", 4 }, add_link_field },
        { { "refresh", 7 }, add_refresh_field },
        { { "content-location", 16 }, add_location_field },
    };
    size_t first = list->count;
    struct bytes line;
    while (bytes_split(&headers, '\n', &line)) {
        size_t colon = bytes_find(line, ':');
        struct bytes name = bytes_trim(bytes_slice(line, 0, colon));
        for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
            if (colon < line.length && bytes_equal_nocase(name, fields[i].name))
                fields[i].add(list, bytes_trim(scan_behind(line, colon + 1)));
        }
    }
    for (size_t i = first; i < list->count; i++) {
        list->links[i].is_from_header = true;
        list->links[i].text = as_utf8(list->links[i].text, list->arena);
    }
}
