/* SPDX-License-Identifier: MIT */
#include "crawler/parse/xml.h"

#include <stdint.h>
#include <string.h>

#include "crawler/parse/xml_repair.h"

/* The elements that mean something, by their local names. */
#define NAME_TABLE(ROW)                                                                            \
    ROW(RSS, "rss")                                                                                \
    ROW(RDF, "RDF")                                                                                \
    ROW(FEED, "feed")                                                                              \
    ROW(URLSET, "urlset")                                                                          \
    ROW(SITEMAPINDEX, "sitemapindex")                                                              \
    ROW(AUTHOR, "author")                                                                          \
    ROW(CHANNEL, "channel")                                                                        \
    ROW(COMMENTS, "comments")                                                                      \
    ROW(CONTENT, "content")                                                                        \
    ROW(CONTRIBUTOR, "contributor")                                                                \
    ROW(DESCRIPTION, "description")                                                                \
    ROW(ENCLOSURE, "enclosure")                                                                    \
    ROW(ENTRY, "entry")                                                                            \
    ROW(GUID, "guid")                                                                              \
    ROW(HOMEPAGE, "homepage")                                                                      \
    ROW(IMAGE, "image")                                                                            \
    ROW(ITEM, "item")                                                                              \
    ROW(LANGUAGE, "language")                                                                      \
    ROW(LINK, "link")                                                                              \
    ROW(LOC, "loc")                                                                                \
    ROW(PRIORITY, "priority")                                                                      \
    ROW(SITEMAP, "sitemap")                                                                        \
    ROW(SOURCE, "source")                                                                          \
    ROW(SUBTITLE, "subtitle")                                                                      \
    ROW(THUMBNAIL, "thumbnail")                                                                    \
    ROW(TITLE, "title")                                                                            \
    ROW(URI, "uri")                                                                                \
    ROW(URL, "url")                                                                                \
    ROW(OTHER, "")

enum name {
#define ROW(name, text) NAME_##name,
    NAME_TABLE(ROW)
#undef ROW
        NAME_COUNT
};

static const char *const names[] = {
#define ROW(name, text) text,
    NAME_TABLE(ROW)
#undef ROW
};

enum format { FORMAT_UNKNOWN, FORMAT_RSS, FORMAT_ATOM, FORMAT_SITEMAP };

/* libxml2 itself goes no deeper. */
enum { DEPTH_MOST = 256 };

struct xml_reader {
    struct findings *findings;
    struct buf value; /* Text of the innermost element so far. */
    enum format format;
    size_t depth;
    size_t depth_most;
    uint8_t open[DEPTH_MOST];
    bool item_has_link;
    bool is_permalink;      /* Of the guid that is being read. */
    struct bytes item_guid; /* In the arena; of the current item, if it is a URL. */
    size_t entry_link;      /* Of the current entry of a sitemap: its place in the links, + 1. */
    uint8_t entry_priority;
};

static enum name name_of(const char *name)
{
    const char *colon = strchr(name, ':');
    const char *local = colon ? colon + 1 : name;
    size_t i = 0;
    while (i < NAME_OTHER && strcmp(names[i], local) != 0)
        i++;
    return (enum name)i;
}

static enum format format_of_root(enum name root)
{
    switch (root) {
    case NAME_RSS:
    case NAME_RDF:
        return FORMAT_RSS;
    case NAME_FEED:
        return FORMAT_ATOM;
    case NAME_URLSET:
    case NAME_SITEMAPINDEX:
        return FORMAT_SITEMAP;
    default:
        return FORMAT_UNKNOWN;
    }
}

/* Of the innermost element, that many levels up. */
static enum name ancestor(const struct xml_reader *reader, size_t levels)
{
    return levels < reader->depth ? (enum name)reader->open[reader->depth - 1 - levels]
                                  : NAME_OTHER;
}

static void add_link(struct xml_reader *reader, enum link_kind kind, struct bytes text)
{
    if (bytes_trim(text).length > 0)
        link_list_add(&reader->findings->links, kind, text, false);
}

/* Relations of a feed's links that lead to something to read. */
static void add_feed_link(struct xml_reader *reader, markup_attributes attributes)
{
    static const struct {
        struct bytes rel;
        enum link_kind kind;
    } relations[] = {
        { { "", 0 }, LINK_FEED },
        { { "alternate", 9 }, LINK_FEED },
        { { "related", 7 }, LINK_FEED },
        { { "via", 3 }, LINK_FEED },
        { { "replies", 7 }, LINK_FEED },
        { { "canonical", 9 }, LINK_FEED },
        { { "next", 4 }, LINK_NEXT_PREV },
        { { "prev", 4 }, LINK_NEXT_PREV },
        { { "previous", 8 }, LINK_NEXT_PREV },
        { { "first", 5 }, LINK_NEXT_PREV },
        { { "last", 4 }, LINK_NEXT_PREV },
        { { "prev-archive", 12 }, LINK_NEXT_PREV },
        { { "next-archive", 12 }, LINK_NEXT_PREV },
        { { "enclosure", 9 }, LINK_MEDIA },
        { { "image", 5 }, LINK_IMAGE },
    };
    struct bytes href = markup_attribute(attributes, "href");
    struct bytes rel = bytes_trim(markup_attribute(attributes, "rel"));
    for (size_t i = 0; i < sizeof(relations) / sizeof(relations[0]); i++) {
        if (bytes_equal_nocase(rel, relations[i].rel)) {
            add_link(reader, relations[i].kind, href);
            reader->item_has_link |= relations[i].kind == LINK_FEED;
        }
    }
}

/* What a sitemap says about translations of a page. */
static void add_sitemap_link(struct xml_reader *reader, markup_attributes attributes)
{
    enum link_kind kind =
        links_kind_by_rel(markup_attribute(attributes, "rel"), markup_attribute(attributes, "type"),
                          markup_attribute(attributes, "hreflang"));
    if (kind == LINK_ALTERNATE)
        add_link(reader, kind, markup_attribute(attributes, "href"));
}

static void begin_root(struct xml_reader *reader, enum name name, markup_attributes attributes)
{
    struct page_facts *facts = reader->findings->facts;
    struct bytes base = markup_attribute(attributes, "xml:base");
    reader->format = format_of_root(name);
    if (reader->format == FORMAT_SITEMAP)
        findings_are_entries(reader->findings);
    if (base.length > 0 && base.length <= LINK_BYTES_MOST)
        facts->base = arena_copy(&facts->arena, bytes_trim(base));
    findings_set(reader->findings, &facts->lang, markup_attribute(attributes, "xml:lang"));
}

static void begin_in_feed(struct xml_reader *reader, enum name name, markup_attributes attributes)
{
    switch (name) {
    case NAME_ITEM:
    case NAME_ENTRY:
        reader->item_has_link = false;
        reader->item_guid = (struct bytes){ 0 };
        break;
    case NAME_LINK:
        add_feed_link(reader, attributes);
        break;
    case NAME_ENCLOSURE:
        add_link(reader, LINK_MEDIA, markup_attribute(attributes, "url"));
        break;
    case NAME_IMAGE: /* With an attribute: iTunes. */
        add_link(reader, LINK_IMAGE, markup_attribute(attributes, "href"));
        add_link(reader, LINK_IMAGE, markup_attribute(attributes, "url"));
        break;
    case NAME_THUMBNAIL:
        add_link(reader, LINK_IMAGE, markup_attribute(attributes, "url"));
        break;
    case NAME_CONTENT:
        if (reader->format == FORMAT_ATOM)
            add_link(reader, LINK_FEED, markup_attribute(attributes, "src"));
        break;
    case NAME_GUID:
        reader->is_permalink = !bytes_equal_nocase(
            bytes_trim(markup_attribute(attributes, "isPermaLink")), BYTES("false"));
        break;
    default:
        break;
    }
}

static void on_start(void *user, const char *full_name, markup_attributes attributes)
{
    struct xml_reader *reader = user;
    enum name name = name_of(full_name);
    text_gap(&reader->findings->text, TEXT_GAP_LINE);
    if (reader->depth++ >= reader->depth_most)
        return;
    reader->open[reader->depth - 1] = (uint8_t)name;
    if (reader->depth == 1)
        begin_root(reader, name, attributes);
    buf_reset(&reader->value);
    switch (reader->format) {
    case FORMAT_RSS:
    case FORMAT_ATOM:
        begin_in_feed(reader, name, attributes);
        break;
    case FORMAT_SITEMAP:
        if (name == NAME_LINK)
            add_sitemap_link(reader, attributes);
        if (name == NAME_URL) {
            reader->entry_link = 0;
            reader->entry_priority = LINK_PRIORITY;
        }
        break;
    case FORMAT_UNKNOWN:
        break;
    }
}

static bool is_entry(enum name name)
{
    return name == NAME_ITEM || name == NAME_ENTRY;
}

static bool is_feed(enum name name)
{
    return name == NAME_CHANNEL || name == NAME_FEED;
}

/* The title of the feed, or of a document that is neither feed nor sitemap. */
static void note_title(struct xml_reader *reader, struct bytes value)
{
    struct text *title = &reader->findings->title;
    if ((reader->format == FORMAT_UNKNOWN || is_feed(ancestor(reader, 1))) &&
        text_bytes(title).length == 0)
        text_add(title, value);
}

static void note_link(struct xml_reader *reader, enum name parent, struct bytes value)
{
    if (bytes_trim(value).length == 0 || !(is_entry(parent) || is_feed(parent)))
        return;
    add_link(reader, LINK_FEED, value);
    reader->item_has_link = true;
}

static void note_guid(struct xml_reader *reader, enum name parent, struct bytes value)
{
    struct page_facts *facts = reader->findings->facts;
    if (is_entry(parent) && reader->is_permalink)
        reader->item_guid = arena_copy(&facts->arena, value);
}

static void end_in_feed(struct xml_reader *reader, enum name name, struct bytes value)
{
    struct page_facts *facts = reader->findings->facts;
    enum name parent = ancestor(reader, 1);
    switch (name) {
    case NAME_ITEM:
    case NAME_ENTRY:
        if (!reader->item_has_link)
            add_link(reader, LINK_FEED, reader->item_guid);
        break;
    case NAME_LINK:
        note_link(reader, parent, value);
        break;
    case NAME_GUID:
        note_guid(reader, parent, value);
        break;
    case NAME_COMMENTS:
        if (is_entry(parent))
            add_link(reader, LINK_FEED, value);
        break;
    case NAME_HOMEPAGE:
    case NAME_URL:
    case NAME_URI:
        if (parent == NAME_IMAGE)
            add_link(reader, LINK_IMAGE, value);
        else if (parent == NAME_AUTHOR || parent == NAME_CONTRIBUTOR)
            add_link(reader, LINK_FEED, value);
        break;
    case NAME_TITLE:
        note_title(reader, value);
        break;
    case NAME_DESCRIPTION:
    case NAME_SUBTITLE:
        if (is_feed(parent))
            findings_set(reader->findings, &facts->description, value);
        break;
    case NAME_LANGUAGE:
        if (is_feed(parent))
            findings_set(reader->findings, &facts->lang, value);
        break;
    default:
        break;
    }
}

/* "0.8" is 8 tenths; what is no number from 0 to 1 says nothing. */
static uint8_t priority_of(struct bytes text)
{
    text = bytes_trim(text);
    size_t dot = bytes_find(text, '.');
    struct bytes whole = bytes_slice(text, 0, dot);
    struct bytes tenths = bytes_slice(text, dot + 1, dot + 2);
    uint64_t ones = 0;
    uint64_t number = 0;
    bool is_good = (whole.length == 0 || bytes_to_u64(whole, 1, &ones)) &&
                   (tenths.length == 0 || bytes_to_u64(tenths, 9, &number)) &&
                   whole.length + tenths.length > 0;
    if (!is_good)
        return LINK_PRIORITY;
    return ones == 1 ? 10 : (uint8_t)number;
}

/* loc and priority come in any order. */
static void settle_entry(struct xml_reader *reader)
{
    if (reader->entry_link > 0)
        reader->findings->links.links[reader->entry_link - 1].priority = reader->entry_priority;
}

static void add_entry(struct xml_reader *reader, struct bytes value)
{
    size_t before = reader->findings->links.count;
    add_link(reader, LINK_SITEMAP, value);
    if (reader->findings->links.count > before)
        reader->entry_link = reader->findings->links.count;
    settle_entry(reader);
}

/* The URL of a page or of a part stands in loc, or in url or sitemap itself where somebody forgot
 * loc. Extensions for images and videos have a loc of their own, in elements of their own. */
static void end_in_sitemap(struct xml_reader *reader, enum name name, struct bytes value)
{
    enum name around = name == NAME_LOC ? ancestor(reader, 1) : name;
    if (name == NAME_PRIORITY && ancestor(reader, 1) == NAME_URL) {
        reader->entry_priority = priority_of(value);
        settle_entry(reader);
    } else if (around == NAME_URL || around == NAME_URLSET)
        add_entry(reader, value);
    else if (around == NAME_SITEMAP || around == NAME_SITEMAPINDEX)
        add_link(reader, LINK_SITEMAP_PART, value);
}

static void on_end(void *user, const char *full_name)
{
    struct xml_reader *reader = user;
    enum name name = name_of(full_name);
    struct bytes value = reader->value.is_full ? (struct bytes){ 0 } : buf_bytes(&reader->value);
    text_gap(&reader->findings->text, TEXT_GAP_LINE);
    if (reader->depth > reader->depth_most) {
        reader->depth--;
        return;
    }
    switch (reader->format) {
    case FORMAT_RSS:
    case FORMAT_ATOM:
        end_in_feed(reader, name, value);
        break;
    case FORMAT_SITEMAP:
        end_in_sitemap(reader, name, value);
        break;
    case FORMAT_UNKNOWN:
        if (name == NAME_TITLE)
            note_title(reader, value);
        break;
    }
    buf_reset(&reader->value);
    if (reader->depth > 0)
        reader->depth--;
}

static void on_text(void *user, struct bytes text)
{
    struct xml_reader *reader = user;
    if (reader->depth > reader->depth_most)
        return;
    buf_append_bytes(&reader->value, text);
    if (reader->format == FORMAT_UNKNOWN)
        text_add(&reader->findings->text, text);
}

void xml_read(struct bytes utf8, size_t depth_most, struct markup *markup,
              struct findings *findings)
{
    static const struct markup_handler handler = { on_start, on_end, on_text };
    struct xml_reader reader = {
        .findings = findings,
        .depth_most = depth_most < DEPTH_MOST ? depth_most : DEPTH_MOST,
        .entry_priority = LINK_PRIORITY,
    };
    struct buf repaired;
    buf_init(&repaired, BUF_UNBOUNDED);
    buf_init(&reader.value, LINK_BYTES_MOST);
    markup_read_xml(markup, xml_repair(utf8, &repaired), &handler, &reader);
    buf_clear(&reader.value);
    buf_clear(&repaired);
}
