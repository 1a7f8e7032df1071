/* SPDX-License-Identifier: MIT
 *
 * conf_robots DIR - robots.txt, robots directives and dates against public test data.
 *
 * DIR holds the folders robots, robots-corpus, http and html-robots-meta, each with its README. For
 * each a line is printed: how many rows passed, failed, and were skipped and why. Rows that we
 * answer otherwise on purpose stand in tests/conformance/robots.exceptions, one "id reason" a line;
 * one that passes after all counts as failed, so that the list stays true.
 */
#include <dirent.h>
#include <jansson.h>
#include <libxml/HTMLparser.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/buf.h"
#include "base/httpdate.h"
#include "base/memory.h"
#include "robots/directives.h"
#include "robots/policy.h"
#include "robots/robots.h"

#define EXCEPTIONS_PATH "tests/conformance/robots.exceptions"

enum { REASONS_MAX = 16, NAME_BYTES = 64 };

enum answer { PASSED, FAILED, SKIPPED };

struct suite {
    const char *directory;
    const char *name;
    unsigned passed;
    unsigned failed;
    unsigned skipped;
    struct {
        const char *text;
        unsigned count;
    } reasons[REASONS_MAX];
    size_t reason_count;
    struct buf exceptions;
};

static void skip(struct suite *suite, const char *reason)
{
    size_t i = 0;
    suite->skipped++;
    while (i < suite->reason_count && strcmp(suite->reasons[i].text, reason) != 0)
        i++;
    if (i == REASONS_MAX)
        return;
    if (i == suite->reason_count)
        suite->reasons[suite->reason_count++].text = reason;
    suite->reasons[i].count++;
}

static bool is_exception(const struct suite *suite, const char *id)
{
    struct bytes rest = buf_bytes(&suite->exceptions);
    struct bytes line;
    while (bytes_split(&rest, '\n', &line))
        if (bytes_equal(bytes_slice(line, 0, bytes_find(line, ' ')), bytes_from_string(id)))
            return true;
    return false;
}

static void count(struct suite *suite, const json_t *row, enum answer answer, const char *reason)
{
    const char *id = json_string_value(json_object_get(row, "id"));
    bool is_expected_to_fail = id && is_exception(suite, id);
    if (answer == SKIPPED) {
        skip(suite, reason);
    } else if (is_expected_to_fail && answer == FAILED) {
        skip(suite, "answered otherwise on purpose");
    } else if (is_expected_to_fail || answer == FAILED) {
        suite->failed++;
        printf("failed: %s%s\n", id ? id : "?",
               answer == PASSED ? " (an exception that passes)" : "");
    } else {
        suite->passed++;
    }
}

static bool read_path(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rb");
    if (!file)
        return false;
    char *room;
    size_t got = 0;
    buf_reset(out);
    do {
        out->length += got;
        room = buf_reserve(out, 65536);
        got = room ? fread(room, 1, 65536, file) : 0;
    } while (got > 0);
    fclose(file);
    return true;
}

/* Fields of a row. */

static void decode_base64(struct bytes text, struct buf *out)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    unsigned bits = 0;
    uint32_t value = 0;
    for (size_t i = 0; i < text.length && text.data[i] != '='; i++) {
        const char *digit = strchr(digits, text.data[i]);
        value = value << 6 | (uint32_t)(digit ? digit - digits : 0);
        bits += 6;
        if (bits >= 8) {
            bits -= 8;
            buf_append_char(out, (char)(value >> bits & 0xff));
        }
    }
}

static struct bytes json_bytes(const json_t *value)
{
    return json_is_string(value) ? bytes_of(json_string_value(value), json_string_length(value))
                                 : (struct bytes){ 0 };
}

/* The field, or what FIELD_b64 stands for; storage is the caller's to clear. */
static struct bytes field(const json_t *row, const char *name, struct buf *storage)
{
    char encoded[NAME_BYTES];
    snprintf(encoded, sizeof(encoded), "%s_b64", name);
    const json_t *value = json_object_get(row, encoded);
    if (!value)
        return json_bytes(json_object_get(row, name));
    buf_reset(storage);
    decode_base64(json_bytes(value), storage);
    return buf_bytes(storage);
}

/* Of several names of one crawler we have the first only; of none, the nameless one. */
static struct bytes user_agent(const json_t *row)
{
    const json_t *ua = json_object_get(row, "ua");
    return json_bytes(json_is_array(ua) ? json_array_get(ua, 0) : ua);
}

/* Path and query of the URLs in the data, some of which are no URLs: they are taken as they stand.
 */
static struct bytes path_query(struct bytes url, struct buf *storage)
{
    url = bytes_slice(url, 0, bytes_find(url, '#'));
    const char *colon = url.length ? memmem(url.data, url.length, "://", 3) : NULL;
    bool has_scheme = colon && bytes_find(url, '/') > (size_t)(colon - url.data);
    if (has_scheme) {
        size_t at = (size_t)(colon - url.data) + 3;
        while (at < url.length && url.data[at] != '/' && url.data[at] != '?')
            at++;
        url = bytes_slice(url, at, url.length);
    }
    buf_reset(storage);
    if (url.length == 0 || url.data[0] != '/')
        buf_append_char(storage, '/');
    buf_append_bytes(storage, url);
    return buf_bytes(storage);
}

/* One kind of question each. */

static enum answer pass_if(bool is_right)
{
    return is_right ? PASSED : FAILED;
}

struct question {
    const json_t *row;
    struct bytes text;
    const struct robots *robots; /* The text, for the row's user agent. */
};

static struct robots_decision decide(const struct robots *robots, struct bytes url)
{
    struct robots_decision decision;
    struct buf path;
    buf_init(&path, BUF_UNBOUNDED);
    robots_allows(robots, path_query(url, &path), &decision);
    buf_clear(&path);
    return decision;
}

static enum answer answer_crawl_delay(const struct question *question)
{
    int64_t ms = robots_crawl_delay_ms(question->robots);
    const json_t *wanted = json_object_get(question->row, "expect_s");
    if (!wanted) /* Longer than a machine word counts: any bounded answer. */
        return pass_if(ms > 0);
    if (json_is_null(wanted))
        return pass_if(ms == -1);
    return pass_if(ms == llround(json_number_value(wanted) * 1000));
}

static enum answer answer_sitemaps(const struct question *question)
{
    const json_t *wanted = json_object_get(question->row, "expect");
    bool is_right = robots_sitemap_count(question->robots) == json_array_size(wanted);
    for (size_t i = 0; is_right && i < json_array_size(wanted); i++)
        is_right =
            bytes_equal(robots_sitemap(question->robots, i), json_bytes(json_array_get(wanted, i)));
    return pass_if(is_right);
}

static json_int_t wanted_number(const struct question *question)
{
    return json_integer_value(json_object_get(question->row, "expect"));
}

static enum answer answer_sitemap_count(const struct question *question)
{
    return pass_if((json_int_t)robots_sitemap_count(question->robots) == wanted_number(question));
}

static enum answer answer_sitemap_nth(const struct question *question)
{
    size_t n = (size_t)json_integer_value(json_object_get(question->row, "n"));
    return pass_if(n < robots_sitemap_count(question->robots) &&
                   bytes_equal(robots_sitemap(question->robots, n),
                               json_bytes(json_object_get(question->row, "expect"))));
}

static enum answer answer_matching_line(const struct question *question)
{
    struct bytes url = json_bytes(json_object_get(question->row, "url"));
    return pass_if(decide(question->robots, url).line == wanted_number(question));
}

static enum answer answer_explicitly_disallowed(const struct question *question)
{
    const json_t *wanted = json_object_get(question->row, "expect");
    struct bytes url = json_bytes(json_object_get(question->row, "url"));
    struct robots_decision decision = decide(question->robots, url);
    bool is_explicit = !decision.is_allowed && !bytes_equal(decision.agent, BYTES("*"));
    return json_is_null(wanted) ? SKIPPED : pass_if(is_explicit == json_is_true(wanted));
}

/* A user agent with commas is a crawler that goes by several names: what is forbidden to one of
 * them is forbidden. */
static enum answer answer_access(const struct question *question)
{
    struct bytes names = user_agent(question->row);
    struct bytes name = names;
    struct buf storage;
    bool is_allowed = true;
    buf_init(&storage, BUF_UNBOUNDED);
    struct bytes url = field(question->row, "url", &storage);
    bytes_split(&names, ',', &name);
    do {
        struct robots *robots = robots_new(question->text, robots_product_token(name));
        is_allowed &= decide(robots, url).is_allowed;
        robots_free(robots);
    } while (bytes_split(&names, ',', &name));
    buf_clear(&storage);
    return pass_if(is_allowed == json_is_true(json_object_get(question->row, "allow")));
}

static enum answer answer_http_status(const struct question *question)
{
    struct origin_record record = { 0 };
    struct robots_answer answer = { .max_age_ms = -1 };
    answer.status = (uint16_t)json_integer_value(json_object_get(question->row, "status"));
    robots_record_answer(&record, &answer, 1);
    bool is_allowed = robots_verdict(&record, 2) == ROBOTS_VERDICT_ALLOW_ALL;
    return pass_if(is_allowed == json_is_true(json_object_get(question->row, "allow")));
}

/* The line of the one rule that these files have for the agent. */
static uint32_t line_of_rule(struct bytes text, struct bytes agent, struct bytes path)
{
    struct robots_decision decision;
    struct robots *robots = robots_new(text, agent);
    robots_allows(robots, path, &decision);
    robots_free(robots);
    return decision.line;
}

static enum answer answer_last_line_seen(const struct question *question)
{
    uint32_t line = line_of_rule(question->text, BYTES("bar"), BYTES("/x"));
    return pass_if(line == wanted_number(question));
}

/* Where every line is understood, the rule is found. */
static enum answer answer_unknown_directives(const struct question *question)
{
    uint32_t line = line_of_rule(question->text, BYTES("foo"), BYTES("/AnyValue"));
    return pass_if((line > 0) == (wanted_number(question) == 0));
}

static const char no_rates[] = "Request-rate and Visit-time lines are not read";
static const char no_urls[] = "URLs are parsed elsewhere";

/* A kind that is not ours has no function, and a reason for skipping it. */
static const struct kind {
    const char *name;
    enum answer (*answer)(const struct question *question);
    const char *reason;
} kinds[] = {
    { "access", answer_access, NULL },
    { "crawl_delay", answer_crawl_delay, NULL },
    { "sitemaps", answer_sitemaps, NULL },
    { "sitemap_count", answer_sitemap_count, NULL },
    { "sitemap_nth", answer_sitemap_nth, NULL },
    { "matching_line", answer_matching_line, NULL },
    { "explicitly_disallowed", answer_explicitly_disallowed, no_urls },
    { "http_status", answer_http_status, NULL },
    { "last_line_seen", answer_last_line_seen, NULL },
    { "unknown_directives", answer_unknown_directives, NULL },
    { "access_out_of_scope", NULL, "the caller brings the file of the URL's origin" },
    { "ua_token", NULL, "the configuration checks user agents" },
    { "url_path", NULL, no_urls },
    { "pattern_escape", NULL, "no function of its own" },
    { "preferred_host", NULL, "Host lines are not read" },
    { "request_rate_seconds", NULL, no_rates },
    { "request_rate_requests", NULL, no_rates },
    { "request_rate_start_time", NULL, no_rates },
    { "request_rate_end_time", NULL, no_rates },
    { "visit_time_start_time", NULL, no_rates },
    { "visit_time_end_time", NULL, no_rates },
};

static const struct kind *find_kind(const json_t *row)
{
    const char *name = json_string_value(json_object_get(row, "kind"));
    for (size_t i = 0; name && i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (strcmp(name, kinds[i].name) == 0)
            return &kinds[i];
    return NULL;
}

static void answer_robots_row(struct suite *suite, const json_t *row)
{
    const struct kind *kind = find_kind(row);
    struct buf storage;
    buf_init(&storage, BUF_UNBOUNDED);
    struct bytes text = field(row, "robots", &storage);
    struct robots *robots = robots_new(text, robots_product_token(user_agent(row)));
    enum answer answer = SKIPPED;
    if (kind && kind->answer)
        answer = kind->answer(&(struct question){ row, text, robots });
    count(suite, row, answer, kind ? kind->reason : "a question that we do not know");
    robots_free(robots);
    buf_clear(&storage);
}

/* Real files. */

static void answer_probe(struct suite *suite, const json_t *row)
{
    char path[4096];
    struct buf text;
    if (json_is_null(json_object_get(row, "allow"))) {
        count(suite, row, SKIPPED, "the readers that made the answers differ");
        return;
    }
    snprintf(path, sizeof(path), "%s/%s/%s", suite->directory, suite->name,
             json_string_value(json_object_get(row, "file")));
    buf_init(&text, BUF_UNBOUNDED);
    bool is_there = read_path(path, &text);
    struct question question = { .row = row, .text = buf_bytes(&text) };
    count(suite, row, is_there ? answer_access(&question) : FAILED, NULL);
    buf_clear(&text);
}

/* Directives and dates. */

static bool has_directives(const json_t *wanted, const struct directives *directives)
{
    return directives->noindex == json_is_true(json_object_get(wanted, "noindex")) &&
           directives->nofollow == json_is_true(json_object_get(wanted, "nofollow"));
}

static void answer_x_robots_tag(struct suite *suite, const json_t *row)
{
    struct directives directives = { 0 };
    const json_t *headers = json_object_get(row, "headers");
    for (size_t i = 0; i < json_array_size(headers); i++)
        directives_from_header(&directives, json_bytes(json_array_get(headers, i)),
                               json_bytes(json_object_get(row, "bot")));
    count(suite, row, pass_if(has_directives(json_object_get(row, "expect"), &directives)), NULL);
}

/* A date before 1970 is for us no date. */
static void answer_date(struct suite *suite, const json_t *row)
{
    const json_t *epoch = json_object_get(row, "epoch");
    json_int_t wanted = json_integer_value(epoch);
    int64_t got = httpdate_parse(json_bytes(json_object_get(row, "input")));
    bool is_right = json_is_null(epoch) || wanted < 0 ? got == -1 : got == wanted * 1000;
    count(suite, row, pass_if(is_right), NULL);
}

static void see_element(void *context, const xmlChar *name, const xmlChar **attributes)
{
    struct bytes meta_name = { 0 };
    struct bytes content = { 0 };
    for (; xmlStrEqual(name, BAD_CAST "meta") && attributes && attributes[0]; attributes += 2) {
        struct bytes value = bytes_from_string((const char *)attributes[1]);
        if (xmlStrEqual(attributes[0], BAD_CAST "name"))
            meta_name = value;
        else if (xmlStrEqual(attributes[0], BAD_CAST "content"))
            content = value;
    }
    directives_from_meta(context, meta_name, content, BYTES("ExampleBot"));
}

static void answer_html(struct suite *suite, const json_t *row)
{
    struct directives directives = { 0 };
    xmlSAXHandler handler = { .startElement = see_element };
    xmlChar *html = xmlStrdup(BAD_CAST json_string_value(json_object_get(row, "html")));
    htmlSAXParseDoc(html, "UTF-8", &handler, &directives);
    xmlFree(html);
    count(suite, row, pass_if(has_directives(row, &directives)), NULL);
}

/* Files of rows. */

static void answer_file(struct suite *suite, const char *file,
                        void (*answer)(struct suite *suite, const json_t *row))
{
    char path[4096];
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    snprintf(path, sizeof(path), "%s/%s/%s", suite->directory, suite->name, file);
    if (!read_path(path, &text)) {
        printf("failed: cannot read %s\n", path);
        suite->failed++;
    }
    struct bytes rest = buf_bytes(&text);
    struct bytes line;
    while (bytes_split(&rest, '\n', &line)) {
        if (bytes_trim(line).length == 0)
            continue;
        json_t *row = json_loadb(line.data, line.length, JSON_ALLOW_NUL, NULL);
        if (row)
            answer(suite, row);
        else
            skip(suite, "a row that is not strict JSON");
        json_decref(row);
    }
    buf_clear(&text);
}

static bool is_row_file(const struct dirent *entry)
{
    return bytes_end_with(bytes_from_string(entry->d_name), BYTES(".jsonl"));
}

static void answer_robots_files(struct suite *suite)
{
    char path[4096];
    snprintf(path, sizeof(path), "%s/%s", suite->directory, suite->name);
    DIR *folder = opendir(path);
    if (!folder) {
        skip(suite, "the folder is not there");
        return;
    }
    for (const struct dirent *entry; (entry = readdir(folder)) != NULL;)
        if (is_row_file(entry))
            answer_file(suite, entry->d_name, answer_robots_row);
    closedir(folder);
}

static void answer_corpus(struct suite *suite)
{
    answer_file(suite, "probes.jsonl", answer_probe);
}

static void answer_http(struct suite *suite)
{
    answer_file(suite, "x-robots-tag.jsonl", answer_x_robots_tag);
    answer_file(suite, "dates-curl.jsonl", answer_date);
}

static void answer_html_meta(struct suite *suite)
{
    answer_file(suite, "nutch.jsonl", answer_html);
}

static void print_suite(const struct suite *suite)
{
    printf("%s: %u passed, %u failed, %u skipped", suite->name, suite->passed, suite->failed,
           suite->skipped);
    for (size_t i = 0; i < suite->reason_count; i++)
        printf("%s%s: %u", i == 0 ? " (" : "; ", suite->reasons[i].text, suite->reasons[i].count);
    printf("%s\n", suite->reason_count > 0 ? ")" : "");
}

int main(int argc, char **argv)
{
    static const struct {
        const char *name;
        void (*run)(struct suite *suite);
    } suites[] = {
        { "robots", answer_robots_files },
        { "robots-corpus", answer_corpus },
        { "http", answer_http },
        { "html-robots-meta", answer_html_meta },
    };
    unsigned failed = 0;
    if (argc != 2) {
        fprintf(stderr, "usage: conf_robots DIR\n");
        return EXIT_FAILURE;
    }
    for (size_t i = 0; i < sizeof(suites) / sizeof(suites[0]); i++) {
        struct suite suite = { .directory = argv[1], .name = suites[i].name };
        buf_init(&suite.exceptions, BUF_UNBOUNDED);
        read_path(EXCEPTIONS_PATH, &suite.exceptions);
        suites[i].run(&suite);
        print_suite(&suite);
        failed += suite.failed;
        buf_clear(&suite.exceptions);
    }
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
