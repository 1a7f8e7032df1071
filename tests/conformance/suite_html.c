/* SPDX-License-Identifier: MIT
 *
 * suite_html - crawler/parse against tests of HTML: links, base, references, refresh, srcset,
 * directives, and whole trees of damaged markup.
 */
#include <stdlib.h>

#include "crawler/parse/links.h"
#include "crawler/parse/srcset.h"
#include "robots/directives.h"
#include "tests/conformance/page.h"
#include "tests/conformance/suite.h"

static void read_html(struct page_facts *facts, const struct row *row)
{
    page_read(facts, row_bytes(row, "html"), BYTES("text/html"), (struct bytes){ 0 });
}

/* ---- html-links */

/* A link that stands in the data and not in ours: the base is a fact, and buttons without
 * type=image load nothing. */
static bool is_other_fact(const json_t *link)
{
    struct bytes element = json_bytes(json_array_get(link, 0));
    return bytes_equal(element, BYTES("base")) || bytes_equal(element, BYTES("input"));
}

static bool is_link_attribute(const json_t *link)
{
    struct bytes attribute = json_bytes(json_array_get(link, 1));
    return bytes_equal(attribute, BYTES("href")) || bytes_equal(attribute, BYTES("src"));
}

static struct bytes link_text(const json_t *links, size_t i)
{
    return json_bytes(json_array_get(json_array_get(links, i), 2));
}

static bool is_among(const json_t *links, struct bytes text)
{
    for (size_t i = 0; i < json_array_size(links); i++)
        if (bytes_equal(link_text(links, i), text))
            return true;
    return false;
}

/* What stands in the page before the link's text. */
static struct bytes before_link(struct bytes html, struct bytes text)
{
    const char *found = memmem(html.data, html.length, text.data, text.length);
    return bytes_slice(html, 0, found ? (size_t)(found - html.data) : 0);
}

/* A link that HTML's tree does not hold, and why we have it; NULL: no reason. */
static const char *excuse_for(struct bytes html, struct bytes text)
{
    struct bytes before = before_link(html, text);
    if (text_has(before, "<svg") || text_has(before, "<math"))
        return "links inside svg and math, which browsers follow too";
    if (text_has(before, "<select"))
        return "links inside select, which newer browsers show";
    return text_has(html, "<frameset") ? "frameset and content, of which only one is in the tree"
                                       : NULL;
}

/* The same set of links; nothing less, and nothing more without a reason. */
static struct answer answer_planted(const struct row *row)
{
    struct page_facts facts;
    const json_t *links = row_value(row, "links");
    struct answer answer = answer_pass();
    read_html(&facts, row);
    for (size_t i = 0; i < facts.link_count && answer.kind != ANSWER_FAILED; i++) {
        if (is_among(links, facts.links[i].text))
            continue;
        const char *excuse = excuse_for(row_bytes(row, "html"), facts.links[i].text);
        answer = excuse ? answer_skip(excuse)
                        : answer_fail("found too much: %s", facts.links[i].text.data);
    }
    for (size_t i = 0; i < json_array_size(links); i++)
        if (!is_other_fact(json_array_get(links, i)) && !page_has_link(&facts, link_text(links, i)))
            answer = answer_fail("not found: %s", link_text(links, i).data);
    page_facts_clear(&facts);
    return answer;
}

static struct answer answer_own_links(const struct row *row)
{
    struct page_facts facts;
    const json_t *links = row_value(row, "links");
    struct answer answer = answer_pass();
    read_html(&facts, row);
    for (size_t i = 0; i < json_array_size(links); i++)
        if (is_link_attribute(json_array_get(links, i)) &&
            !page_has_link(&facts, link_text(links, i)))
            answer = answer_fail("not found: %s", link_text(links, i).data);
    page_facts_clear(&facts);
    return answer;
}

static struct answer answer_nutch_links(const struct row *row)
{
    struct page_facts facts;
    const json_t *links = row_value(row, "links");
    read_html(&facts, row);
    size_t followed = 0;
    for (size_t i = 0; i < facts.link_count; i++)
        followed += !facts.links[i].is_nofollow && facts.links[i].kind != LINK_FORM;
    struct answer answer =
        followed == json_array_size(links) ? answer_pass() : answer_fail("%zu links", followed);
    for (size_t i = 0; i < json_array_size(links); i++) {
        struct bytes url = json_field(json_array_get(links, i), "url");
        if (!page_has_url(&facts, row_bytes(row, "base"), url))
            answer = answer_fail("not found: %s", url.data);
    }
    page_facts_clear(&facts);
    return answer;
}

/* ---- html-base, html-entities, html-meta-refresh, html-srcset, html-robots-meta */

static struct answer answer_base(const struct row *row)
{
    struct page_facts facts;
    struct bytes page = row_bytes(row, "base");
    struct bytes wanted = row_bytes(row, "expect");
    read_html(&facts, row);
    struct answer answer = wanted.length == 0
                               ? answer_same(facts.base, (struct bytes){ facts.base.data, 0 })
                               : answer_if(page_link_is(&facts, page.data ? page : wanted,
                                                        (struct bytes){ 0 }, wanted));
    page_facts_clear(&facts);
    return answer;
}

/* "&#157;", "&#x110000;": a control, or no character at all. HTML has an answer for them, which is
 * not to leave them out. */
static bool has_odd_number(struct bytes text)
{
    for (size_t at = 0; at + 2 < text.length; at++) {
        bool is_hex = ascii_lower(text.data[at + 2]) == 'x';
        unsigned long number;
        if (text.data[at] != '&' || text.data[at + 1] != '#')
            continue;
        number = strtoul(text.data + at + 2 + is_hex, NULL, is_hex ? 16 : 10);
        if (number < ' ' || (number >= 0x7f && number < 0xa0) || number > 0x10ffff ||
            (number >= 0xd800 && number < 0xe000))
            return true;
    }
    return false;
}

/* The text as a page; markup in it and outer white space are not part of the question. */
static struct answer answer_entities(const struct row *row)
{
    struct page_facts facts;
    struct bytes charset = row_bytes(row, "opt_encoding");
    if (row_has(row, "opt_keep") || row_has(row, "opt_remove_illegal"))
        return answer_skip("references kept or taken out by name");
    page_read(&facts, row_bytes(row, "text"), BYTES("text/html"),
              charset.data ? charset : BYTES("utf-8"));
    struct answer answer = answer_same(facts.text, bytes_trim(row_bytes(row, "expect")));
    page_facts_clear(&facts);
    return answer.kind == ANSWER_FAILED && has_odd_number(row_bytes(row, "text"))
               ? answer_skip("a reference to no character, for which HTML has an answer")
               : answer;
}

/* A URL parser takes no notice of these. */
static struct bytes without_breaks(const struct row *row, struct bytes url)
{
    char *plain = arena_alloc(row->arena, url.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] != '\t' && url.data[i] != '\n' && url.data[i] != '\r')
            plain[length++] = url.data[i];
    return bytes_of(plain, length);
}

static struct answer answer_refresh(const struct row *row)
{
    struct bytes url = { 0 };
    bool is_refresh = links_refresh(row_bytes(row, "content"), &url);
    return answer_same(is_refresh ? without_breaks(row, url) : (struct bytes){ 0 },
                       row_bytes(row, "url"));
}

/* Does the page end inside a tag? */
static bool is_cut(struct bytes html)
{
    size_t at = html.length;
    while (at > 0 && html.data[at - 1] != '<' && html.data[at - 1] != '>')
        at--;
    return at > 0 && html.data[at - 1] == '<';
}

static struct answer answer_refresh_page(const struct row *row)
{
    struct page_facts facts;
    struct bytes wanted = json_bytes(json_array_get(row_value(row, "expect"), 1));
    page_read(&facts, row_bytes(row, "html"), BYTES("text/html"), row_bytes(row, "encoding"));
    bool is_right =
        wanted.data ? page_has_url(&facts, row_bytes(row, "base"), wanted) : facts.link_count == 0;
    page_facts_clear(&facts);
    return !is_right && is_cut(row_bytes(row, "html"))
               ? answer_skip("a tag that the page's end cuts is none")
               : answer_if(is_right);
}

static struct answer answer_srcset(const struct row *row)
{
    struct bytes rest = row_bytes(row, "srcset");
    struct bytes url;
    const json_t *candidates = row_value(row, "candidates");
    size_t count = 0;
    while (srcset_next(&rest, &url)) {
        struct answer answer =
            answer_same(url, json_field(json_array_get(candidates, count), "url"));
        if (answer.kind == ANSWER_FAILED)
            return answer;
        count++;
    }
    return count == json_array_size(candidates) ? answer_pass()
                                                : answer_fail("%zu candidates", count);
}

static struct answer answer_directives(const struct row *row)
{
    struct page_facts facts;
    struct directives directives = { 0 };
    read_html(&facts, row);
    for (size_t i = 0; i < facts.meta_count; i++)
        directives_from_meta(&directives, facts.metas[i].name, facts.metas[i].content,
                             BYTES("ExampleBot"));
    bool is_right = directives.noindex == row_says(row, "noindex") &&
                    directives.nofollow == row_says(row, "nofollow") &&
                    bytes_equal(facts.base, row_bytes(row, "base"));
    page_facts_clear(&facts);
    return answer_if(is_right);
}

/* ---- html-tree: nothing is asked but to come back */

static void read_trees(struct tally *tally, struct bytes rest)
{
    static const struct bytes start = { "#data\n", 6 };
    static const struct bytes end = { "\n#errors", 8 };
    const char *data;
    while (rest.length > 0 && (data = memmem(rest.data, rest.length, start.data, start.length))) {
        rest = bytes_slice(rest, (size_t)(data - rest.data) + start.length, rest.length);
        const char *close = memmem(rest.data, rest.length, end.data, end.length);
        struct page_facts facts;
        page_read(&facts, bytes_slice(rest, 0, close ? (size_t)(close - rest.data) : rest.length),
                  BYTES("text/html"), (struct bytes){ 0 });
        page_facts_clear(&facts);
        tally_add(tally, BYTES("#data"), answer_pass());
    }
}

#define SUITE(identifier, folder, table)                                                           \
    const struct suite suite_##identifier = { .name = folder, SUITE_FILES(table) };

static const struct suite_file link_files[] = {
    { .name = "html5lib-planted.jsonl", .row = answer_planted },
    { .name = "html5lib-links.jsonl", .row = answer_own_links },
    { .name = "nutch.jsonl", .row = answer_nutch_links },
};
SUITE(html_links, "html-links", link_files)

static const struct suite_file base_files[] = { { .name = "w3lib.jsonl", .row = answer_base } };
SUITE(html_base, "html-base", base_files)

static const struct suite_file entity_files[] = {
    { .name = "w3lib.jsonl", .row = answer_entities },
};
SUITE(html_entities, "html-entities", entity_files)

static const struct suite_file refresh_files[] = {
    { .name = "wpt.jsonl", .row = answer_refresh },
    { .name = "w3lib.jsonl", .row = answer_refresh_page },
};
SUITE(html_meta_refresh, "html-meta-refresh", refresh_files)

static const struct suite_file srcset_files[] = { { .name = "wpt.jsonl", .row = answer_srcset } };
SUITE(html_srcset, "html-srcset", srcset_files)

static const struct suite_file meta_files[] = {
    { .name = "nutch.jsonl", .row = answer_directives },
};
SUITE(html_robots_meta, "html-robots-meta", meta_files)

static const struct suite_file tree_files[] = { { .name = "*.dat", .whole = read_trees } };
SUITE(html_tree, "html-tree", tree_files)
