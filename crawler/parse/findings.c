/* SPDX-License-Identifier: MIT */
#include "crawler/parse/findings.h"

void findings_init(struct findings *findings)
{
    *findings = (struct findings){ 0 };
    link_list_init(&findings->links);
    text_init(&findings->text);
    text_init(&findings->title);
}

void findings_clear(struct findings *findings)
{
    link_list_clear(&findings->links);
    text_clear(&findings->text);
    text_clear(&findings->title);
}

void findings_begin(struct findings *findings, struct page_facts *facts,
                    const struct page_limits *limits)
{
    findings->facts = facts;
    findings->entries_most = limits->entries_most;
    link_list_reset(&findings->links, &facts->arena, limits->links_most);
    text_reset(&findings->text, limits->text_most);
    text_reset(&findings->title, FIELD_BYTES_MOST);
}

void findings_are_entries(struct findings *findings)
{
    findings->links.most = findings->entries_most;
}

static const void *copy_array(struct arena *arena, const void *array, size_t bytes)
{
    void *copy = arena_alloc(arena, bytes);
    if (bytes > 0)
        memcpy(copy, array, bytes);
    return copy;
}

void findings_end(struct findings *findings)
{
    struct page_facts *facts = findings->facts;
    struct link_list *links = &findings->links;
    facts->title = arena_copy(&facts->arena, text_bytes(&findings->title));
    facts->text = arena_copy(&facts->arena, text_bytes(&findings->text));
    facts->is_text_truncated = findings->text.is_truncated;
    facts->links = copy_array(&facts->arena, links->links, links->count * sizeof(*links->links));
    facts->link_count = links->count;
    facts->is_links_truncated = links->is_truncated;
    facts->metas =
        copy_array(&facts->arena, findings->metas, facts->meta_count * sizeof(*findings->metas));
}

void findings_set(struct findings *findings, struct bytes *field, struct bytes value)
{
    if (field->length > 0)
        return;
    struct text text;
    text_init(&text);
    text_reset(&text, FIELD_BYTES_MOST);
    text_add(&text, value);
    *field = arena_copy(&findings->facts->arena, text_bytes(&text));
    text_clear(&text);
}

/* Any robot may be named, and names of metas are anybody's to make up. So a meta is taken for one
 * of a robot when one of the parts of its content, between commas and up to a colon, is a word of
 * these. */
static bool is_directive(struct bytes part)
{
    static const struct bytes words[] = {
        { "noindex", 7 },
        { "nofollow", 8 },
        { "none", 4 },
        { "noarchive", 9 },
        { "nocache", 7 },
        { "nosnippet", 9 },
        { "index", 5 },
        { "follow", 6 },
        { "all", 3 },
        { "unavailable_after", 17 },
        { "indexifembedded", 15 },
        { "noimageindex", 12 },
        { "notranslate", 11 },
        { "max-snippet", 11 },
        { "max-image-preview", 17 },
        { "max-video-preview", 17 },
        { "noodp", 5 },
        { "noydir", 6 },
    };
    part = bytes_trim(bytes_slice(part, 0, bytes_find(part, ':')));
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (bytes_equal_nocase(part, words[i]))
            return true;
    return false;
}

static bool has_directive(struct bytes content)
{
    struct bytes part;
    while (bytes_split(&content, ',', &part))
        if (is_directive(part))
            return true;
    return false;
}

static bool has_space(struct bytes bytes)
{
    for (size_t i = 0; i < bytes.length; i++)
        if (ascii_is_space(bytes.data[i]))
            return true;
    return false;
}

void findings_add_meta(struct findings *findings, struct bytes name, struct bytes content)
{
    struct page_facts *facts = findings->facts;
    name = bytes_trim(name);
    content = bytes_trim(bytes_slice(content, 0, FIELD_BYTES_MOST));
    bool is_robots = bytes_equal_nocase(name, BYTES("robots"));
    if (facts->meta_count == METAS_MOST || name.length == 0 || name.length > FIELD_BYTES_MOST ||
        (!is_robots && (has_space(name) || !has_directive(content))))
        return;
    findings->metas[facts->meta_count++] = (struct raw_meta){
        .name = arena_copy(&facts->arena, name),
        .content = arena_copy(&facts->arena, content),
    };
}
