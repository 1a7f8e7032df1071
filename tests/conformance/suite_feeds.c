/* SPDX-License-Identifier: MIT
 *
 * suite_feeds - crawler/parse against tests of feeds and sitemaps.
 */
#include "store/coding.h"
#include "tests/conformance/page.h"
#include "tests/conformance/suite.h"

/* ---- feeds */

static bool is_link_path(struct bytes path)
{
    static const struct bytes ends[] = {
        { "['link']", 8 }, { "['href']", 8 }, { "['url']", 7 }, { "feed.link", 9 }
    };
    for (size_t i = 0; i < sizeof(ends) / sizeof(ends[0]); i++)
        if (bytes_end_with(path, ends[i]))
            return true;
    return false;
}

/* The page that the relative links of the data belong to. */
static struct bytes feed_page(const struct row *row)
{
    struct bytes header = json_bytes(json_array_get(row_value(row, "headers"), 0));
    struct bytes value =
        bytes_trim(bytes_slice(header, bytes_find(header, ':') + 1, header.length));
    return bytes_start_with(value, BYTES("http")) ? value
                                                  : BYTES("http://127.0.0.1:8097/feed/pg.cgi");
}

/* The Channel Definition Format: channels without a feed around them. */
static bool is_cdf(struct bytes body)
{
    return text_has(body, "<channel") && !text_has(body, "<rss") && !text_has(body, "rdf") &&
           !text_has(body, "<feed");
}

static struct answer answer_feed(const struct row *row)
{
    struct page_facts facts;
    struct bytes body;
    if (!is_link_path(row_bytes(row, "path")))
        return answer_skip("not a link");
    if (!row_file(row, row_bytes(row, "file").data, &body))
        return answer_fail("its file is not there");
    page_read(&facts, body, BYTES("application/xml"), (struct bytes){ 0 });
    bool is_same = page_has_url(&facts, feed_page(row), row_bytes(row, "value"));
    page_facts_clear(&facts);
    if (!is_same && text_has(row_bytes(row, "path"), "generator"))
        return answer_skip("the maker of the software is not what a feed is about");
    if (!is_same && is_cdf(body))
        return answer_skip("CDF, which is read like any XML, for its text");
    return answer_if(is_same);
}

/* ---- sitemaps */

static struct bytes gunzip(const struct row *row, struct bytes body)
{
    struct coding_limits limits = { 1 << 24, 200 };
    struct buf plain;
    buf_init(&plain, BUF_UNBOUNDED);
    if (bytes_start_with(body, BYTES("\x1f\x8b")) &&
        coding_decode(BYTES("gzip"), body, &plain, &limits) == CODING_OK)
        body = arena_copy(row->arena, buf_bytes(&plain));
    buf_clear(&plain);
    return body;
}

static bool read_sitemap(const struct row *row, struct page_facts *facts, const char *type)
{
    struct bytes file = row_bytes(row, "file");
    struct bytes body = row_bytes(row, "body");
    if (file.data && !row_file(row, file.data, &body))
        return false;
    page_read_sitemap(facts, gunzip(row, body), bytes_from_string(type));
    return true;
}

static struct answer judge_urls(const struct page_facts *facts, const json_t *urls)
{
    for (size_t i = 0; i < json_array_size(urls); i++)
        if (!page_has_link(facts, json_bytes(json_array_get(urls, i))))
            return answer_fail("not found: %s", json_string_value(json_array_get(urls, i)));
    return answer_pass();
}

static struct answer answer_sitemap_file(const struct row *row)
{
    struct page_facts facts;
    if (!read_sitemap(row, &facts, ""))
        return answer_fail("its file is not there");
    struct answer answer = judge_urls(&facts, row_value(row, "urls"));
    page_facts_clear(&facts);
    return answer;
}

static struct answer answer_sitemap(const struct row *row)
{
    struct page_facts facts;
    const json_t *expect = row_value(row, "expect");
    const json_t *wanted = json_object_get(expect, "count");
    struct bytes type = row_bytes(row, "content_type");
    if (row_has(row, "kind") || row_says(row, "strict_location"))
        return answer_skip("which pages a sitemap may name is not asked");
    bool is_gzip = type.data && strstr(type.data, "gzip");
    if (!read_sitemap(row, &facts, type.data && !is_gzip ? type.data : ""))
        return answer_fail("its file is not there");
    bool is_index = json_is_true(json_object_get(expect, "is_index"));
    size_t count = page_count(&facts, is_index ? LINK_SITEMAP_PART : LINK_SITEMAP);
    size_t in_feed = page_count(&facts, LINK_FEED);
    size_t least = json_is_integer(wanted) ? (size_t)json_integer_value(wanted) : 0;
    count += count > 0 ? 0 : in_feed;
    struct answer answer = judge_urls(&facts, json_object_get(expect, "contains"));
    if (json_object_get(expect, "error"))
        answer = count == 0 ? answer_pass() : answer_skip("read as far as it can be");
    else if (wanted && count > least && count == in_feed)
        answer = answer_skip("all links of a feed count, not one for each entry");
    else if (wanted && count != least)
        answer = answer_fail("%zu links", count);
    page_facts_clear(&facts);
    return answer;
}

static const struct suite_file feed_files[] = { { .name = "*.jsonl", .row = answer_feed } };
static const struct suite_file sitemap_files[] = {
    { .name = "files.jsonl", .row = answer_sitemap_file },
    { .name = "crawler-commons.jsonl", .row = answer_sitemap },
};

const struct suite suite_feeds = { .name = "feeds", SUITE_FILES(feed_files) };
const struct suite suite_sitemaps = { .name = "sitemaps", SUITE_FILES(sitemap_files) };
