/* SPDX-License-Identifier: MIT
 *
 * conf_parse DIR - crawler/parse/ against public test data.
 *
 * DIR holds the folders html-links, html-base, html-entities, html-meta-refresh, html-srcset,
 * html-robots-meta, html-tree, charset, feeds and sitemaps, each with its README. One line of
 * counts is printed for each file and one for all. Rows that we answer otherwise on purpose stand
 * in tests/conformance/parse.exceptions, one "id reason" a line; one that passes after all counts
 * as failed, so that the list stays true.
 */
#include <dirent.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/url.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/decoder.h"
#include "crawler/parse/links.h"
#include "crawler/parse/page_facts.h"
#include "crawler/parse/prescan.h"
#include "crawler/parse/srcset.h"
#include "store/coding.h"

#define EXCEPTIONS_PATH "tests/conformance/parse.exceptions"

enum verdict { PASSED, FAILED, SKIPPED_ENCODING, SKIPPED_FORM, SKIPPED_EXCEPTION, VERDICT_COUNT };

static const char *const reasons[VERDICT_COUNT] = {
    [SKIPPED_ENCODING] = "not UTF-8",
    [SKIPPED_FORM] = "not for this interface",
    [SKIPPED_EXCEPTION] = "answered otherwise on purpose",
};

struct counts {
    size_t of[VERDICT_COUNT];
};

static struct page_parser *parser;
static const char *root;
static struct buf exceptions;

/* ---- Reading rows */

static int base64_value(char c)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = c ? strchr(digits, c) : NULL;
    return found ? (int)(found - digits) : -1;
}

static void decode_base64(struct buf *out, struct bytes text)
{
    unsigned held = 0;
    unsigned bits = 0;
    for (size_t i = 0; i < text.length; i++) {
        int value = base64_value(text.data[i]);
        if (value < 0)
            continue;
        held = held << 6 | (unsigned)value;
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_append_char(out, (char)(held >> bits & 0xff));
        }
    }
}

static struct bytes string_of(const json_t *value)
{
    return (struct bytes){ json_string_value(value), json_string_length(value) };
}

/* A null pointer where the row has no such field. */
static struct bytes field(const json_t *row, const char *name)
{
    return string_of(json_object_get(row, name));
}

/* The bytes of a field, plain or as NAME_b64, into buf. */
static struct bytes field_bytes(const json_t *row, const char *name, struct buf *buf)
{
    char *coded = xasprintf("%s_b64", name);
    struct bytes base64 = field(row, coded);
    free(coded);
    buf_reset(buf);
    if (base64.data)
        decode_base64(buf, base64);
    else
        buf_append_bytes(buf, field(row, name));
    return buf_bytes(buf);
}

static bool read_file(struct buf *out, const char *path)
{
    FILE *file = fopen(path, "rb");
    char chunk[4096];
    size_t length;
    if (!file)
        return false;
    while ((length = fread(chunk, 1, sizeof(chunk), file)) > 0)
        buf_append(out, chunk, length);
    fclose(file);
    return true;
}

/* ---- Asking the parser */

static void parse(struct page_facts *facts, struct bytes body, const char *type, bool is_sitemap)
{
    struct page_input input = {
        .body = body,
        .content_type = bytes_from_string(type),
        .limits = { 50000, 1 << 20, 512 },
        .is_sitemap = is_sitemap,
    };
    page_parse(parser, &input, facts);
}

static bool has_link(const struct page_facts *facts, struct bytes text)
{
    for (size_t i = 0; i < facts->link_count; i++)
        if (bytes_equal(facts->links[i].text, text))
            return true;
    return false;
}

/* The link as an absolute URL, or empty. */
static struct bytes resolve(const struct page_facts *facts, struct bytes page, struct bytes link)
{
    static char page_text[URL_BYTES_MAX + 1], base_text[URL_BYTES_MAX + 1], text[URL_BYTES_MAX + 1];
    struct url page_url, base_url, url;
    if (url_parse(&page_url, page_text, sizeof(page_text), page, NULL))
        return (struct bytes){ 0 };
    if (!facts->base.length ||
        url_parse(&base_url, base_text, sizeof(base_text), facts->base, &page_url))
        base_url = page_url;
    return url_parse(&url, text, sizeof(text), link, &base_url) ? (struct bytes){ 0 }
                                                                : url_bytes(&url);
}

/* Both as canonical URLs, which keep no fragment. */
static bool is_same_url(const struct page_facts *facts, struct bytes page, struct bytes link,
                        struct bytes wanted)
{
    static char wanted_text[URL_BYTES_MAX + 1];
    struct url url;
    if (url_parse(&url, wanted_text, sizeof(wanted_text), wanted, NULL))
        return false;
    return bytes_equal(resolve(facts, page, link), url_bytes(&url));
}

static bool has_url(const struct page_facts *facts, struct bytes page, struct bytes wanted)
{
    for (size_t i = 0; i < facts->link_count; i++)
        if (is_same_url(facts, page, facts->links[i].text, wanted))
            return true;
    return false;
}

/* ---- HTML */

/* A link that stands in the data and not in ours: the base is a fact, and buttons without
 * type=image load nothing. */
static bool is_other_fact(const json_t *link)
{
    struct bytes element = string_of(json_array_get(link, 0));
    return bytes_equal(element, BYTES("base")) || bytes_equal(element, BYTES("input"));
}

static bool is_link_attribute(const json_t *link)
{
    struct bytes attribute = string_of(json_array_get(link, 1));
    return bytes_equal(attribute, BYTES("href")) || bytes_equal(attribute, BYTES("src"));
}

static bool is_among(const json_t *links, struct bytes text)
{
    for (size_t i = 0; i < json_array_size(links); i++)
        if (bytes_equal(string_of(json_array_get(json_array_get(links, i), 2)), text))
            return true;
    return false;
}

/* The same set of links; nothing more, nothing less. */
static enum verdict check_planted(const json_t *row)
{
    struct page_facts facts;
    struct buf html;
    buf_init(&html, BUF_UNBOUNDED);
    const json_t *links = json_object_get(row, "links");
    parse(&facts, field_bytes(row, "html", &html), "text/html", false);
    bool is_same = true;
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        struct bytes text = string_of(json_array_get(link, 2));
        is_same &= is_other_fact(link) || has_link(&facts, text);
    }
    for (size_t i = 0; i < facts.link_count; i++)
        is_same &= is_among(links, facts.links[i].text);
    page_facts_clear(&facts);
    buf_clear(&html);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_own_links(const json_t *row)
{
    struct page_facts facts;
    bool is_same = true;
    const json_t *links = json_object_get(row, "links");
    parse(&facts, field(row, "html"), "text/html", false);
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        is_same &= !is_link_attribute(link) || has_link(&facts, string_of(json_array_get(link, 2)));
    }
    page_facts_clear(&facts);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_nutch_links(const json_t *row)
{
    struct page_facts facts;
    struct bytes page = field(row, "base");
    const json_t *links = json_object_get(row, "links");
    parse(&facts, field(row, "html"), "text/html", false);
    size_t followed = 0;
    for (size_t i = 0; i < facts.link_count; i++)
        followed += !facts.links[i].is_nofollow && facts.links[i].kind != LINK_FORM;
    bool is_same = followed == json_array_size(links);
    for (size_t i = 0; i < json_array_size(links); i++)
        is_same &= has_url(&facts, page, field(json_array_get(links, i), "url"));
    page_facts_clear(&facts);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_base(const json_t *row)
{
    struct page_facts facts;
    struct bytes page = field(row, "base");
    struct bytes wanted = field(row, "expect");
    parse(&facts, field(row, "html"), "text/html", false);
    bool is_same = wanted.length == 0 ? facts.base.length == 0
                                      : is_same_url(&facts, page.data ? page : wanted,
                                                    (struct bytes){ 0 }, wanted);
    page_facts_clear(&facts);
    return is_same ? PASSED : FAILED;
}

/* The text as a page; markup in it and outer white space are not part of the question. */
static enum verdict check_entities(const json_t *row)
{
    struct page_facts facts;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    struct bytes wanted = field(row, "expect");
    if (json_object_get(row, "opt_keep") || json_object_get(row, "opt_remove_illegal"))
        return SKIPPED_FORM;
    field_bytes(row, "text", &text);
    struct page_input input = {
        .body = buf_bytes(&text),
        .content_type = BYTES("text/html"),
        .charset =
            json_object_get(row, "opt_encoding") ? field(row, "opt_encoding") : BYTES("utf-8"),
        .limits = { 10, 1 << 20, 512 },
    };
    page_parse(parser, &input, &facts);
    bool is_same = bytes_equal(facts.text, bytes_trim(wanted));
    page_facts_clear(&facts);
    buf_clear(&text);
    return is_same ? PASSED : FAILED;
}

/* A URL parser takes no notice of these. */
static struct bytes without_breaks(struct bytes url, struct buf *buf)
{
    buf_reset(buf);
    for (size_t i = 0; i < url.length; i++)
        if (url.data[i] != '\t' && url.data[i] != '\n' && url.data[i] != '\r')
            buf_append_char(buf, url.data[i]);
    return buf_bytes(buf);
}

static enum verdict check_refresh(const json_t *row)
{
    struct bytes url;
    struct bytes wanted = field(row, "url");
    struct buf plain;
    buf_init(&plain, BUF_UNBOUNDED);
    bool is_refresh = links_refresh(field(row, "content"), &url);
    bool is_same = is_refresh == (wanted.data != NULL) &&
                   (!is_refresh || bytes_equal(without_breaks(url, &plain), wanted));
    buf_clear(&plain);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_refresh_page(const json_t *row)
{
    struct page_facts facts;
    struct buf html;
    buf_init(&html, BUF_UNBOUNDED);
    struct bytes page = field(row, "base");
    struct bytes wanted = string_of(json_array_get(json_object_get(row, "expect"), 1));
    struct page_input input = {
        .body = field_bytes(row, "html", &html),
        .content_type = BYTES("text/html"),
        .charset = field(row, "encoding"),
        .limits = { 100, 1 << 20, 512 },
    };
    page_parse(parser, &input, &facts);
    bool is_same = wanted.data ? has_url(&facts, page, wanted) : facts.link_count == 0;
    page_facts_clear(&facts);
    buf_clear(&html);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_srcset(const json_t *row)
{
    struct bytes rest = field(row, "srcset");
    struct bytes url;
    const json_t *candidates = json_object_get(row, "candidates");
    size_t count = 0;
    while (srcset_next(&rest, &url)) {
        if (!bytes_equal(url, field(json_array_get(candidates, count), "url")))
            return FAILED;
        count++;
    }
    return count == json_array_size(candidates) ? PASSED : FAILED;
}

static bool meta_says(const struct page_facts *facts, const char *word)
{
    for (size_t i = 0; i < facts->meta_count; i++) {
        char *content = xbytesdup(facts->metas[i].content);
        bool is_there = strcasestr(content, word) || strcasecmp(content, "none") == 0;
        free(content);
        if (is_there)
            return true;
    }
    return false;
}

static enum verdict check_robots(const json_t *row)
{
    struct page_facts facts;
    struct bytes base = field(row, "base");
    parse(&facts, field(row, "html"), "text/html", false);
    bool is_same =
        meta_says(&facts, "noindex") == json_is_true(json_object_get(row, "noindex")) &&
        meta_says(&facts, "nofollow") == json_is_true(json_object_get(row, "nofollow")) &&
        bytes_equal(facts.base, base);
    page_facts_clear(&facts);
    return is_same ? PASSED : FAILED;
}

/* ---- Charsets */

static enum verdict check_encoding(const json_t *row)
{
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    struct charset_choice choice =
        charset_choose_for_html(field_bytes(row, "body", &body), (struct bytes){ 0 });
    bool is_same =
        bytes_equal_nocase(bytes_from_string(choice.charset->name), field(row, "encoding"));
    buf_clear(&body);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_declared(const json_t *row)
{
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    const struct charset *charset = prescan_html(field_bytes(row, "body", &body));
    buf_clear(&body);
    return charset == charset_by_label(field(row, "expect")) ? PASSED : FAILED;
}

/* Their names are Python's: the label must lead to the charset that we found by the header. */
static enum verdict check_decode(const json_t *row)
{
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    const json_t *texts = json_object_get(row, "text");
    struct charset_choice choice =
        charset_choose_for_html(field_bytes(row, "body", &body), field(row, "content_type"));
    struct decoder *decoder = decoder_new();
    struct bytes rest = bytes_slice(buf_bytes(&body), choice.skip, body.length);
    struct bytes text = decoder_decode(decoder, choice.charset, rest);
    bool is_same = json_is_string(texts) && bytes_equal(text, string_of(texts));
    for (size_t i = 0; i < json_array_size(texts); i++)
        is_same |= bytes_equal(text, string_of(json_array_get(texts, i)));
    decoder_free(decoder);
    buf_clear(&body);
    return is_same ? PASSED : FAILED;
}

/* ---- Feeds and sitemaps */

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
static struct bytes feed_page(const json_t *row)
{
    struct bytes header = string_of(json_array_get(json_object_get(row, "headers"), 0));
    struct bytes value =
        bytes_trim(bytes_slice(header, bytes_find(header, ':') + 1, header.length));
    return bytes_start_with(value, BYTES("http")) ? value
                                                  : BYTES("http://127.0.0.1:8097/feed/pg.cgi");
}

static enum verdict check_feed(const json_t *row)
{
    struct page_facts facts;
    struct buf body;
    if (!is_link_path(field(row, "path")))
        return SKIPPED_FORM;
    buf_init(&body, BUF_UNBOUNDED);
    char *path = xasprintf("%s/feeds/%s", root, json_string_value(json_object_get(row, "file")));
    bool is_there = read_file(&body, path);
    free(path);
    parse(&facts, buf_bytes(&body), "application/xml", false);
    bool is_same = is_there && has_url(&facts, feed_page(row), field(row, "value"));
    page_facts_clear(&facts);
    buf_clear(&body);
    return is_same ? PASSED : FAILED;
}

static void gunzip(struct buf *body)
{
    struct coding_limits limits = { 1 << 24, 200 };
    struct buf plain;
    buf_init(&plain, BUF_UNBOUNDED);
    if (bytes_start_with(buf_bytes(body), BYTES("\x1f\x8b")) &&
        coding_decode(BYTES("gzip"), buf_bytes(body), &plain, &limits) == CODING_OK) {
        buf_clear(body);
        *body = plain;
    } else {
        buf_clear(&plain);
    }
}

static void read_sitemap(struct buf *body, const json_t *row)
{
    struct bytes file = field(row, "file");
    if (file.data) {
        char *path = xasprintf("%s/sitemaps/%s", root, file.data);
        read_file(body, path);
        free(path);
    } else {
        field_bytes(row, "body", body);
    }
    gunzip(body);
}

static size_t count_kind(const struct page_facts *facts, enum link_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < facts->link_count; i++)
        count += facts->links[i].kind == kind;
    return count;
}

static bool has_all(const struct page_facts *facts, const json_t *urls)
{
    for (size_t i = 0; i < json_array_size(urls); i++)
        if (!has_link(facts, string_of(json_array_get(urls, i))))
            return false;
    return true;
}

static enum verdict check_sitemap_file(const json_t *row)
{
    struct page_facts facts;
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    read_sitemap(&body, row);
    parse(&facts, buf_bytes(&body), "", true);
    bool is_same = has_all(&facts, json_object_get(row, "urls"));
    page_facts_clear(&facts);
    buf_clear(&body);
    return is_same ? PASSED : FAILED;
}

static enum verdict check_sitemap(const json_t *row)
{
    struct page_facts facts;
    struct buf body;
    const json_t *expect = json_object_get(row, "expect");
    if (field(row, "kind").data || json_is_true(json_object_get(row, "strict_location")) ||
        json_object_get(expect, "error"))
        return SKIPPED_FORM;
    buf_init(&body, BUF_UNBOUNDED);
    read_sitemap(&body, row);
    const json_t *type = json_object_get(row, "content_type");
    bool is_gzip = type && strstr(json_string_value(type), "gzip");
    parse(&facts, buf_bytes(&body), type && !is_gzip ? json_string_value(type) : "", true);
    bool is_index = json_is_true(json_object_get(expect, "is_index"));
    size_t count = count_kind(&facts, is_index ? LINK_SITEMAP_PART : LINK_SITEMAP);
    count = count ? count : count_kind(&facts, LINK_FEED);
    const json_t *wanted = json_object_get(expect, "count");
    bool is_same = (!wanted || count == (size_t)json_integer_value(wanted)) &&
                   has_all(&facts, json_object_get(expect, "contains"));
    page_facts_clear(&facts);
    buf_clear(&body);
    return is_same ? PASSED : FAILED;
}

/* ---- Files of rows */

static const struct file {
    const char *name;
    enum verdict (*check)(const json_t *row);
} files[] = {
    { "html-links/html5lib-planted", check_planted },
    { "html-links/html5lib-links", check_own_links },
    { "html-links/nutch", check_nutch_links },
    { "html-base/w3lib", check_base },
    { "html-entities/w3lib", check_entities },
    { "html-meta-refresh/wpt", check_refresh },
    { "html-meta-refresh/w3lib", check_refresh_page },
    { "html-srcset/wpt", check_srcset },
    { "html-robots-meta/nutch", check_robots },
    { "charset/html5lib-encoding", check_encoding },
    { "charset/w3lib-declared", check_declared },
    { "charset/w3lib-decode", check_decode },
    { "feeds/feedparser", check_feed },
    { "sitemaps/files", check_sitemap_file },
    { "sitemaps/crawler-commons", check_sitemap },
};

static void print_counts(const char *name, const struct counts *counts)
{
    size_t skipped = 0;
    for (unsigned i = SKIPPED_ENCODING; i < VERDICT_COUNT; i++)
        skipped += counts->of[i];
    printf("%s: %zu passed, %zu failed, %zu skipped", name, counts->of[PASSED], counts->of[FAILED],
           skipped);
    const char *separator = " (";
    for (unsigned i = SKIPPED_ENCODING; i < VERDICT_COUNT; i++) {
        if (counts->of[i] > 0) {
            printf("%s%s: %zu", separator, reasons[i], counts->of[i]);
            separator = ", ";
        }
    }
    printf("%s\n", skipped > 0 ? ")" : "");
}

static bool is_exception(struct bytes id)
{
    struct bytes rest = buf_bytes(&exceptions);
    struct bytes line;
    while (bytes_split(&rest, '\n', &line))
        if (bytes_equal(bytes_slice(line, 0, bytes_find(line, ' ')), id))
            return true;
    return false;
}

static enum verdict check_row(const struct file *file, const json_t *row)
{
    struct bytes id = field(row, "id");
    id = id.data ? id : field(row, "file");
    enum verdict verdict = file->check(row);
    if (is_exception(id) && (verdict == FAILED || verdict == PASSED))
        verdict = verdict == FAILED ? SKIPPED_EXCEPTION : FAILED;
    if (verdict == FAILED)
        printf("    failed: %.*s\n", (int)id.length, id.data);
    return verdict;
}

static bool check_file(const struct file *file, struct counts *total)
{
    char *path = xasprintf("%s/%s.jsonl", root, file->name);
    FILE *stream = fopen(path, "r");
    if (!stream)
        fprintf(stderr, "cannot open %s\n", path);
    free(path);
    if (!stream)
        return false;
    struct counts counts = { { 0 } };
    char *line = NULL;
    size_t capacity = 0;
    while (getline(&line, &capacity, stream) > 0) {
        json_t *row = json_loads(line, JSON_ALLOW_NUL, NULL);
        enum verdict verdict = row ? check_row(file, row) : SKIPPED_ENCODING;
        counts.of[verdict]++;
        total->of[verdict]++;
        json_decref(row);
    }
    free(line);
    fclose(stream);
    print_counts(file->name, &counts);
    return true;
}

/* ---- Whole trees of damaged HTML: nothing is asked but to come back */

static size_t read_tree_tests(struct bytes tests)
{
    static const struct bytes start = { "#data\n", 6 };
    static const struct bytes end = { "\n#errors", 8 };
    size_t count = 0;
    while (tests.length > 0) {
        const char *data = memmem(tests.data, tests.length, start.data, start.length);
        if (!data)
            break;
        tests = bytes_slice(tests, (size_t)(data - tests.data) + start.length, tests.length);
        const char *close = memmem(tests.data, tests.length, end.data, end.length);
        struct page_facts facts;
        parse(&facts, bytes_slice(tests, 0, close ? (size_t)(close - tests.data) : tests.length),
              "text/html", false);
        page_facts_clear(&facts);
        count++;
    }
    return count;
}

static bool read_trees(struct counts *total)
{
    struct counts counts = { { 0 } };
    char *path = xasprintf("%s/html-tree", root);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder)) != NULL;) {
        struct buf body;
        buf_init(&body, BUF_UNBOUNDED);
        char *file = xasprintf("%s/%s", path, entry->d_name);
        if (bytes_end_with(bytes_from_string(file), BYTES(".dat")) && read_file(&body, file))
            counts.of[PASSED] += read_tree_tests(buf_bytes(&body));
        free(file);
        buf_clear(&body);
    }
    free(path);
    if (!folder)
        return false;
    closedir(folder);
    total->of[PASSED] += counts.of[PASSED];
    print_counts("html-tree", &counts);
    return true;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: conf_parse DIR\n");
        return EXIT_FAILURE;
    }
    root = argv[1];
    buf_init(&exceptions, BUF_UNBOUNDED);
    read_file(&exceptions, EXCEPTIONS_PATH);
    page_parser_global_init();
    parser = page_parser_new();
    struct counts total = { { 0 } };
    bool is_read = true;
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]) && is_read; i++)
        is_read = check_file(&files[i], &total);
    is_read = is_read && read_trees(&total);
    print_counts("parse", &total);
    page_parser_free(parser);
    page_parser_global_clear();
    buf_clear(&exceptions);
    return is_read && !total.of[FAILED] ? EXIT_SUCCESS : EXIT_FAILURE;
}
