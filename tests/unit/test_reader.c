/* SPDX-License-Identifier: MIT
 *
 * A visit with what was received in, a visit with what it says out.
 */
#include "suite.h"

#include <zlib.h>

#include "crawler/control/tables.h"
#include "crawler/engine/crawl.h"
#include "crawler/engine/reader.h"
#include "crawler/parse/page_facts.h"
#include "store/coding.h"
#include "store/origins.h"
#include "store_directory.h"

struct rig {
    char *directory;
    struct config *config;
    struct tables tables;
    struct crawl crawl;
    struct reader *reader;
};

static const char page_url[] = "http://example.org/dir/page?q=1";

static void rig_init_with(struct rig *rig, const char *const *options, size_t option_count)
{
    struct config_overrides overrides = { options, option_count };
    static const struct scope_options scope = { .span = SCOPE_SPAN_HOST, .max_depth = 10 };
    const struct scope_rule rule = { .pattern = "/private/", .file = "f", .line = 1 };
    struct bytes seed = BYTES("http://example.org/");
    char *error = NULL;
    *rig = (struct rig){ .directory = directory_new() };
    page_parser_global_init();
    ck_assert_int_eq(config_load(&rig->config, NULL, NULL, &overrides, &error), STATUS_OK);
    rig->crawl.config = rig->config;
    rig->crawl.settings = config_settings(rig->config);
    ck_assert_int_eq(tables_open(&rig->tables, rig->directory, rig->config, false), STATUS_OK);
    rig->crawl.frontier = rig->tables.frontier;
    shared_scope_init(&rig->crawl.scope, scope_new(&scope, &rule, 1, &seed, 1, &error));
    rig->reader = reader_new(&rig->crawl);
}

static void rig_init(struct rig *rig)
{
    static const char *const options[] = { "user_agent=Trial/1.0 (+https://example.org/bot)" };
    rig_init_with(rig, options, 1);
}

static void rig_clear(struct rig *rig)
{
    reader_free(rig->reader);
    shared_scope_clear(&rig->crawl.scope);
    tables_close(&rig->tables);
    config_free(rig->config);
    page_parser_global_clear();
    directory_remove(rig->directory);
}

static struct visit *visit_of(const char *headers, struct bytes body)
{
    struct task like = { .host = 1, .url = BYTES(page_url), .depth = 2, .hops = 3, .referrer = 44 };
    struct visit *visit = visit_new(task_new(&like), 1);
    visit->outcome = OUTCOME_PAGE;
    visit->status = 200;
    visit->fetched_at_ms = INT64_C(1750000000000);
    buf_init(&visit->result.headers, BUF_UNBOUNDED);
    buf_init(&visit->result.body, BUF_UNBOUNDED);
    buf_append_string(&visit->result.headers, headers);
    buf_append_bytes(&visit->result.body, body);
    return visit;
}

static struct visit *read_page(struct rig *rig, const char *headers, const char *body)
{
    struct visit *visit = visit_of(headers, bytes_from_string(body));
    reader_read(rig->reader, visit);
    return visit;
}

static struct visit *read_redirect(struct rig *rig, const char *location, uint8_t hops)
{
    char *headers = xasprintf("Location: %s\r\n", location);
    struct visit *visit = visit_of(headers, (struct bytes){ 0 });
    visit->outcome = OUTCOME_REDIRECT;
    visit->status = 301;
    visit->task->hops = hops;
    reader_read(rig->reader, visit);
    free(headers);
    return visit;
}

/* What was found, as text: "http://example.org/a http://example.org/b". */
static const char *found(const struct visit *visit)
{
    static char text[2048];
    size_t length = 0;
    text[0] = '\0';
    for (size_t i = 0; i < visit->found_count; i++)
        length +=
            (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s", length ? " " : "",
                             (int)visit->found[i].url.length, visit->found[i].url.data);
    return text;
}

#define HTML "Content-Type: text/html; charset=utf-8\r\n"
#define XML  "Content-Type: application/xml\r\n"

/* ---- Links */

START_TEST(links_are_resolved_cleaned_and_found_once)
{
    static const struct {
        const char *headers;
        const char *body;
        const char *found;
        size_t links;
    } rows[] = {
        { HTML, "<a href=a>1</a> <a href=/b#x>2</a> <a href='/b'>3</a> <a href='?r=2'>4</a>",
          "http://example.org/dir/a http://example.org/b http://example.org/dir/page?r=2", 3 },
        /* Parts of a page are its links, but no pages. */
        { HTML, "<img src=i.png><script src=s.js></script><a href=a>a</a>",
          "http://example.org/dir/a", 3 },
        /* Scope, rules and other schemes. */
        { HTML,
          "<a href=http://example.com/>1</a><a href=/private/x>2</a><a href=mailto:x@y.z>3</a>", "",
          2 },
        { HTML, "<a href=a rel=nofollow>1</a><a href=b>2</a>", "http://example.org/dir/b", 2 },
        { HTML, "<base href=/other/><a href=a>1</a>", "http://example.org/other/a", 1 },
        { HTML, "<base href='javascript:x'><a href=a>1</a>", "http://example.org/dir/a", 1 },
        /* A header knows no base element. */
        { HTML "Link: <h>; rel=next\r\n", "<base href=/other/><a href=a>1</a>",
          "http://example.org/dir/h http://example.org/other/a", 2 },
        { HTML "X-Robots-Tag: nofollow\r\n", "<a href=a>1</a>", "", 1 },
        { HTML, "<meta name=robots content=nofollow><a href=a>1</a>", "", 1 },
        { HTML, "<meta name=trial content=nofollow><a href=a>1</a>", "", 1 },
        { HTML, "<meta name=otherbot content=nofollow><a href=a>1</a>", "http://example.org/dir/a",
          1 },
        { "Content-Type: application/xml\r\n",
          "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'><url><loc>"
          "http://example.org/s</loc></url></urlset>",
          "http://example.org/s", 1 },
    };
    struct rig rig;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visit *visit = read_page(&rig, rows[i].headers, rows[i].body);
        ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
        ck_assert_msg(strcmp(found(visit), rows[i].found) == 0, "row %zu: %s", i, found(visit));
        ck_assert_msg(visit->link_count == rows[i].links, "row %zu: %zu links", i,
                      visit->link_count);
        visit_free(visit);
    }
    rig_clear(&rig);
}
END_TEST

START_TEST(where_a_link_leads_and_what_a_sitemap_says_give_its_class)
{
    static const struct {
        const char *headers;
        const char *body;
        uint8_t url_class;
    } rows[] = {
        { HTML, "<a href=/x>", 2 },
        { HTML, "<a href=http://www.example.org/x>", 3 },
        { HTML, "<a href=http://example.com/x>", 3 },
        /* Another site's front page; not that of another host of the site, nor one with a query. */
        { HTML, "<a href=http://example.com>", 1 },
        { HTML, "<a href=http://www.example.com/>", 1 },
        { HTML, "<a href=http://www.example.org/>", 3 },
        { HTML, "<a href=http://example.com/?a>", 3 },
        { XML, "<urlset><url><loc>/s</loc></url></urlset>", 1 },
        { XML, "<urlset><url><loc>/s</loc><priority>0.3</priority></url></urlset>", 2 },
        { XML, "<urlset><url><priority>0.1</priority><loc>/s</loc></url></urlset>", 3 },
    };
    static const struct scope_options any = { .span = SCOPE_SPAN_ANY, .max_depth = 10 };
    struct rig rig;
    char *error = NULL;
    rig_init(&rig);
    shared_scope_replace(&rig.crawl.scope, scope_new(&any, NULL, 0, NULL, 0, &error));
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visit *visit = read_page(&rig, rows[i].headers, rows[i].body);
        ck_assert_uint_eq(visit->found_count, 1);
        ck_assert_msg(visit->found[0].url_class == rows[i].url_class, "row %zu: %u", i,
                      visit->found[0].url_class);
        visit_free(visit);
    }
    rig_clear(&rig);
}
END_TEST

START_TEST(what_is_found_lies_one_deeper_and_has_its_class)
{
    struct rig rig;
    rig_init(&rig);
    struct visit *visit = read_page(&rig, HTML, "<a href=/x>x</a>");
    ck_assert_uint_eq(visit->found_count, 1);
    ck_assert_uint_eq(visit->found[0].depth, 3);
    ck_assert_uint_eq(visit->found[0].found, FOUND_LINK);
    ck_assert_uint_eq(visit->found[0].hops, 0);
    ck_assert_uint_eq(visit->found[0].url_class, 2);
    ck_assert_uint_eq(visit->found[0].fingerprint,
                      frontier_fingerprint(rig.crawl.frontier, BYTES("http://example.org/x")));
    visit_free(visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_page_with_very_many_links_has_each_of_them_once)
{
    static const char *const options[] = { "max_links=100000" };
    struct rig rig;
    struct buf body;
    rig_init_with(&rig, options, 1);
    buf_init(&body, BUF_UNBOUNDED);
    for (unsigned i = 0; i < 20000; i++)
        buf_printf(&body, "<a href=/%u>l</a>", i % 10000);
    struct visit *visit = read_page(&rig, HTML, body.data);
    ck_assert_uint_eq(visit->link_count, 10000);
    ck_assert_uint_eq(visit->found_count, 10000);
    visit_free(visit);
    /* What one page had is not another's. */
    visit = read_page(&rig, HTML, "<a href=/1>l</a>");
    ck_assert_uint_eq(visit->found_count, 1);
    visit_free(visit);
    buf_clear(&body);
    rig_clear(&rig);
}
END_TEST

/* ---- The record */

static struct page page_of(const struct visit *visit, struct buf *scratch)
{
    struct page page;
    ck_assert(page_decode(&page, buf_bytes(&visit->page_record), scratch));
    return page;
}

START_TEST(the_record_holds_what_an_index_needs)
{
    static const char headers[] = HTML "ETag: \"e\"\r\nLast-Modified: then\r\n"
                                       "Content-Language: sv\r\n";
    static const char body[] = "<title>T</title><meta name=description content=D>"
                               "<meta name=keywords content=K><p>Text <a href=a>here</a>";
    struct rig rig;
    struct buf scratch, decoded;
    unsigned char digest[SHA256_BYTES];
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    buf_init(&decoded, BUF_UNBOUNDED);
    struct visit *visit = read_page(&rig, headers, body);
    struct page page = page_of(visit, &scratch);
    ck_assert(bytes_equal(page.url, BYTES(page_url)));
    ck_assert_uint_eq(page.status, 200);
    ck_assert_uint_eq(page.flags, PAGE_TEXT_IN_BODY);
    ck_assert_int_eq(page.fetched_at_ms, visit->fetched_at_ms);
    ck_assert(bytes_equal(page.headers, BYTES(headers)));
    ck_assert(bytes_equal(page.content_type, BYTES("text/html")));
    ck_assert(bytes_equal(page.charset, BYTES("utf-8")));
    ck_assert(bytes_equal(page.lang, BYTES("sv")));
    ck_assert(bytes_equal(page.title, BYTES("T")));
    ck_assert(bytes_equal(page.description, BYTES("D")));
    ck_assert(bytes_equal(page.keywords, BYTES("K")));
    /* The body is kept, and gives it. */
    ck_assert_uint_eq(page.text.length, 0);
    ck_assert(bytes_equal(page.etag, BYTES("\"e\"")));
    ck_assert(bytes_equal(page.last_modified, BYTES("then")));
    ck_assert_uint_eq(page.length, strlen(body));
    ck_assert_uint_eq(page.wire_bytes, strlen(body));
    ck_assert_uint_eq(page.depth, 2);
    ck_assert_uint_eq(page.referrer, 44);
    sha256(bytes_from_string(body), digest);
    ck_assert_mem_eq(page.digest, digest, sizeof(digest));
    ck_assert_mem_eq(visit->digest, digest, sizeof(digest));
    struct unpacker links = unpacker_of(page.links);
    struct stored_link link;
    ck_assert(links_unpack(&links, &link));
    ck_assert(bytes_equal(link.url, BYTES("http://example.org/dir/a")));
    ck_assert(!links_unpack(&links, &link));
    /* What came bare is compressed. */
    ck_assert(page.is_coded_by_us);
    ck_assert(coding_decompress(buf_bytes(&visit->body), &decoded));
    ck_assert(bytes_equal(buf_bytes(&decoded), bytes_from_string(body)));
    visit_free(visit);
    buf_clear(&scratch);
    buf_clear(&decoded);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_canonical_link_is_resolved_where_it_stands)
{
    static const struct {
        const char *headers;
        const char *body;
        const char *canonical;
    } rows[] = {
        { HTML, "<link rel=canonical href=c>", "http://example.org/dir/c" },
        { HTML, "<base href=/other/><link rel=canonical href=c>", "http://example.org/other/c" },
        { HTML "Link: <c>; rel=canonical\r\n", "<base href=/other/>", "http://example.org/dir/c" },
        { HTML, "<link rel=canonical href=http://example.com/>", "http://example.com/" },
        { HTML, "<link rel=canonical href=javascript:x>", "" },
        { HTML, "<link rel=canonical href=c?utm_source=x>", "http://example.org/dir/c" },
        { HTML, "none", "" },
    };
    struct rig rig;
    struct buf scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visit *visit = read_page(&rig, rows[i].headers, rows[i].body);
        struct page page = page_of(visit, &scratch);
        ck_assert_msg(bytes_equal(page.canonical, bytes_from_string(rows[i].canonical)),
                      "row %zu: %.*s", i, (int)page.canonical.length, page.canonical.data);
        visit_free(visit);
    }
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

START_TEST(directives_of_page_and_headers_are_heeded)
{
    static const struct {
        const char *headers;
        const char *body;
        bool is_noindex;
        uint32_t flags;
    } rows[] = {
        { HTML, "x", false, 0 },
        { HTML, "<meta name=robots content=noindex>", true, PAGE_NOINDEX },
        { HTML, "<meta name=TRIAL content=none>", true, PAGE_NOINDEX | PAGE_NOFOLLOW },
        { HTML, "<meta name=googlebot content=noindex>", false, 0 },
        { HTML "X-Robots-Tag: noindex\r\n", "x", true, PAGE_NOINDEX },
        { HTML "X-Robots-Tag: otherbot: noindex\r\nX-Robots-Tag: trial: noarchive\r\n", "x", false,
          PAGE_NOARCHIVE },
        { HTML "X-Robots-Tag: unavailable_after: 25 Jun 2010 15:00:00 GMT\r\n", "x", true,
          PAGE_NOINDEX },
        { HTML "X-Robots-Tag: unavailable_after: 25 Jun 2040 15:00:00 GMT\r\n", "x", false, 0 },
    };
    struct rig rig;
    struct buf scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visit *visit = read_page(&rig, rows[i].headers, rows[i].body);
        ck_assert_msg(visit->is_noindex == rows[i].is_noindex, "row %zu", i);
        ck_assert_msg((page_of(visit, &scratch).flags & ~(uint32_t)PAGE_TEXT_IN_BODY) ==
                          rows[i].flags,
                      "row %zu", i);
        visit_free(visit);
    }
    rig_clear(&rig);
    /* Whose site it is may say otherwise. */
    static const char *const options[] = { "robots=ignore" };
    rig_init_with(&rig, options, 1);
    struct visit *visit = read_page(&rig, HTML, "<meta name=robots content=none><a href=a>a</a>");
    ck_assert(!visit->is_noindex);
    ck_assert_uint_eq(visit->found_count, 1);
    visit_free(visit);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

/* ---- Bodies */

static void gzip(struct bytes text, struct buf *out)
{
    z_stream stream = { 0 };
    buf_init(out, BUF_UNBOUNDED);
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 31, 9, Z_DEFAULT_STRATEGY), Z_OK);
    uLong bound = deflateBound(&stream, (uLong)text.length);
    stream.next_in = (unsigned char *)text.data;
    stream.avail_in = (uInt)text.length;
    stream.next_out = (unsigned char *)buf_reserve(out, bound);
    stream.avail_out = (uInt)bound;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->length = stream.total_out;
    deflateEnd(&stream);
}

#define GZIP HTML "Content-Encoding: gzip\r\n"

START_TEST(a_packed_body_is_read_and_kept_as_it_came)
{
    struct rig rig;
    struct buf packed, scratch;
    rig_init(&rig);
    buf_init(&scratch, BUF_UNBOUNDED);
    gzip(BYTES("<title>Packed</title>"), &packed);
    struct visit *visit = visit_of(GZIP, buf_bytes(&packed));
    reader_read(rig.reader, visit);
    struct page page = page_of(visit, &scratch);
    ck_assert(bytes_equal(page.title, BYTES("Packed")));
    ck_assert(bytes_equal(page.coding, BYTES("gzip")));
    ck_assert(!page.is_coded_by_us);
    ck_assert_uint_eq(page.wire_bytes, packed.length);
    ck_assert_uint_eq(page.length, strlen("<title>Packed</title>"));
    ck_assert(bytes_equal(buf_bytes(&visit->body), buf_bytes(&packed)));
    visit_free(visit);
    buf_clear(&packed);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

START_TEST(bodies_are_not_kept_where_they_are_not_wanted)
{
    static const char *const options[] = { "keep_bodies=no" };
    struct rig rig;
    struct buf scratch;
    rig_init_with(&rig, options, 1);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct visit *visit = read_page(&rig, HTML, "<p>x");
    struct page page = page_of(visit, &scratch);
    ck_assert_uint_eq(visit->body.length, 0);
    ck_assert_uint_eq(page.wire_bytes, 4);
    ck_assert(bytes_equal(page.text, BYTES("x")));
    visit_free(visit);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

START_TEST(what_cannot_be_decoded_is_a_failure_and_what_is_cut_says_so)
{
    static const char *const options[] = { "max_body=2000", "max_links=2" };
    struct rig rig;
    struct buf packed, large, scratch;
    rig_init_with(&rig, options, 2);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct visit *visit = read_page(&rig, GZIP, "this is no gzip");
    ck_assert_int_eq(visit->outcome, OUTCOME_FAILED_PROTOCOL);
    ck_assert_uint_eq(visit->page_record.length, 0);
    ck_assert_uint_gt(visit->reason.length, 0);
    visit_free(visit);

    buf_init(&large, BUF_UNBOUNDED);
    for (int i = 0; i < 1000; i++)
        buf_append_string(&large, "<p>word");
    gzip(buf_bytes(&large), &packed);
    visit = visit_of(GZIP, buf_bytes(&packed));
    reader_read(rig.reader, visit);
    ck_assert_int_eq(visit->outcome, OUTCOME_PAGE);
    struct page page = page_of(visit, &scratch);
    ck_assert(page.flags & PAGE_BODY_TRUNCATED);
    ck_assert_uint_le(page.length, 2000);
    visit_free(visit);

    visit = visit_of(HTML, BYTES("<p>cut"));
    visit->result.end = TRANSFER_BODY_TOO_LARGE;
    reader_read(rig.reader, visit);
    ck_assert_uint_eq(page_of(visit, &scratch).flags & ~(uint32_t)PAGE_TEXT_IN_BODY,
                      PAGE_BODY_TRUNCATED);
    visit_free(visit);

    visit = read_page(&rig, HTML, "<a href=1>1</a><a href=2>2</a><a href=3>3</a>");
    ck_assert_uint_eq(page_of(visit, &scratch).flags & ~(uint32_t)PAGE_TEXT_IN_BODY,
                      PAGE_LINKS_TRUNCATED);
    ck_assert_uint_eq(visit->found_count, 2);
    visit_free(visit);
    buf_clear(&packed);
    buf_clear(&large);
    buf_clear(&scratch);
    rig_clear(&rig);
}
END_TEST

/* ---- Redirects */

START_TEST(a_redirect_has_its_target_for_a_link)
{
    struct rig rig;
    rig_init(&rig);
    struct visit *visit = read_redirect(&rig, "/to?utm_source=x#frag", 3);
    ck_assert_int_eq(visit->outcome, OUTCOME_REDIRECT);
    ck_assert(bytes_equal(visit->reason, BYTES("http://example.org/to")));
    ck_assert_str_eq(found(visit), "http://example.org/to");
    ck_assert_uint_eq(visit->found[0].found, FOUND_REDIRECT);
    ck_assert_uint_eq(visit->found[0].hops, 4);
    ck_assert_uint_eq(visit->found[0].depth, 2);
    /* Whoever linked here leads there, too. */
    ck_assert_uint_eq(visit->found[0].referrer, 44);
    visit_free(visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(redirects_that_lead_nowhere)
{
    static const struct {
        const char *location;
        uint8_t hops;
        enum outcome outcome;
        const char *reason;
    } rows[] = {
        { "http://example.com/away", 0, OUTCOME_REDIRECT, "http://example.com/away" },
        { "/private/x", 0, OUTCOME_REDIRECT, "http://example.org/private/x" },
        { "page?q=1", 0, OUTCOME_REDIRECT_LOOP, page_url },
        { "/next", 10, OUTCOME_REDIRECT_LOOP, "http://example.org/next" },
        { "mailto:somebody@example.org", 0, OUTCOME_REDIRECT_NOWHERE, "" },
        { "http://user:pw@example.org/", 0, OUTCOME_REDIRECT_NOWHERE, "" },
        { "http://[bad/", 0, OUTCOME_REDIRECT_NOWHERE, "" },
    };
    struct rig rig;
    rig_init(&rig);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct visit *visit = read_redirect(&rig, rows[i].location, rows[i].hops);
        ck_assert_msg(visit->outcome == rows[i].outcome, "row %zu: %s", i,
                      outcome_word(visit->outcome));
        ck_assert_msg(visit->found_count == 0, "row %zu", i);
        ck_assert_msg(bytes_equal(visit->reason, bytes_from_string(rows[i].reason)),
                      "row %zu: %.*s", i, (int)visit->reason.length, visit->reason.data);
        visit_free(visit);
    }
    rig_clear(&rig);
}
END_TEST

/* ---- The threads */

START_TEST(the_workers_read_all_that_is_there_before_they_end)
{
    struct rig rig;
    rig_init(&rig);
    channel_init(&rig.crawl.to_readers, NULL, NULL);
    channel_init(&rig.crawl.to_writer, NULL, NULL);
    struct readers *readers = readers_start(&rig.crawl, 3);
    for (int i = 0; i < 200; i++)
        channel_push(&rig.crawl.to_readers, &visit_of(HTML, BYTES("<title>t</title>"))->message);
    readers_stop(readers);
    size_t count = 0;
    struct message *message = channel_take_all(&rig.crawl.to_writer, 0);
    while (message) {
        struct message *next = message->next;
        struct visit *visit = (struct visit *)message;
        ck_assert_uint_gt(visit->page_record.length, 0);
        visit_free(visit);
        count++;
        message = next;
    }
    ck_assert_uint_eq(count, 200);
    channel_clear(&rig.crawl.to_readers);
    channel_clear(&rig.crawl.to_writer);
    rig_clear(&rig);
}
END_TEST

/* ---- robots.txt */

static struct visit *read_robots(struct rig *rig, const char *body)
{
    struct visit *visit = visit_new(NULL, 1);
    struct origin_record record = { .status = 200, .good_at_ms = 1 };
    visit->origin = BYTES("http://example.org");
    record.body = bytes_from_string(body);
    origin_encode(&record, &visit->origin_record);
    reader_read(rig->reader, visit);
    return visit;
}

START_TEST(sitemaps_of_robots_txt_are_found_where_scope_wants_them)
{
    struct rig rig;
    rig_init(&rig);
    struct visit *visit =
        read_robots(&rig, "Sitemap: http://example.org/1.xml\nUser-agent: other\nDisallow: /\n"
                          "Sitemap: /2.xml.gz\nsitemap: http://example.com/out.xml\n"
                          "Sitemap: http://example.org/private/3.xml\nSitemap: mailto:x@y.z\n"
                          "Sitemap: //example.org/4.txt?utm_source=robots#x\n");
    ck_assert_str_eq(found(visit), "http://example.org/1.xml http://example.org/2.xml.gz "
                                   "http://example.org/4.txt");
    for (size_t i = 0; i < visit->found_count; i++) {
        ck_assert_uint_eq(visit->found[i].found, FOUND_ROBOTS);
        ck_assert_uint_eq(visit->found[i].url_class, 1);
        ck_assert_uint_eq(visit->found[i].depth, 1);
        ck_assert_uint_eq(visit->found[i].referrer, 0);
    }
    visit_free(visit);
    rig_clear(&rig);
}
END_TEST

START_TEST(of_many_sitemap_lines_the_first_thousand_count)
{
    struct rig rig;
    struct buf body;
    rig_init(&rig);
    buf_init(&body, BUF_UNBOUNDED);
    for (int i = 0; i < 1001; i++)
        buf_printf(&body, "Sitemap: /%d.xml\n", i);
    struct visit *visit = read_robots(&rig, body.data);
    ck_assert_uint_eq(visit->found_count, 1000);
    visit_free(visit);
    buf_clear(&body);
    rig_clear(&rig);
}
END_TEST

START_TEST(a_text_that_robots_txt_calls_a_sitemap_is_a_list_of_urls)
{
    struct rig rig;
    rig_init(&rig);
    struct visit *visit = visit_of("Content-Type: text/plain\r\n",
                                   BYTES("http://example.org/1\nhttp://example.org/2\n"));
    visit->task->found = FOUND_ROBOTS;
    reader_read(rig.reader, visit);
    ck_assert_str_eq(found(visit), "http://example.org/1 http://example.org/2");
    ck_assert(visit->is_sitemap && visit->is_noindex);
    ck_assert_uint_eq(visit->found[0].found, FOUND_SITEMAP);
    visit_free(visit);
    rig_clear(&rig);
}
END_TEST

SUITE_MAIN("reader", links_are_resolved_cleaned_and_found_once,
           what_is_found_lies_one_deeper_and_has_its_class,
           where_a_link_leads_and_what_a_sitemap_says_give_its_class,
           a_page_with_very_many_links_has_each_of_them_once, the_record_holds_what_an_index_needs,
           a_canonical_link_is_resolved_where_it_stands, directives_of_page_and_headers_are_heeded,
           a_packed_body_is_read_and_kept_as_it_came, bodies_are_not_kept_where_they_are_not_wanted,
           what_cannot_be_decoded_is_a_failure_and_what_is_cut_says_so,
           a_redirect_has_its_target_for_a_link, redirects_that_lead_nowhere,
           the_workers_read_all_that_is_there_before_they_end,
           sitemaps_of_robots_txt_are_found_where_scope_wants_them,
           of_many_sitemap_lines_the_first_thousand_count,
           a_text_that_robots_txt_calls_a_sitemap_is_a_list_of_urls)
