/* SPDX-License-Identifier: MIT
 *
 * suite_robots - robots/ against the tests of other readers of robots.txt, and real files.
 */
#include <math.h>

#include "robots/policy.h"
#include "robots/robots.h"
#include "tests/conformance/suite.h"

static const char no_rates[] = "Request-rate and Visit-time lines are not read";
static const char no_urls[] = "URLs are parsed elsewhere";

/* Of several names of one crawler we have the first only; of none, the nameless one. */
static struct bytes user_agent(const struct row *row)
{
    const json_t *ua = row_value(row, "ua");
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

struct question {
    const struct row *row;
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

static struct answer answer_crawl_delay(const struct question *question)
{
    int64_t ms = robots_crawl_delay_ms(question->robots);
    const json_t *wanted = row_value(question->row, "expect_s");
    if (!wanted) /* Longer than a machine word counts: any bounded answer. */
        return answer_if(ms > 0);
    if (json_is_null(wanted))
        return answer_if(ms == -1);
    return answer_if(ms == llround(json_number_value(wanted) * 1000));
}

static struct answer answer_sitemaps(const struct question *question)
{
    const json_t *wanted = row_value(question->row, "expect");
    bool is_right = robots_sitemap_count(question->robots) == json_array_size(wanted);
    for (size_t i = 0; is_right && i < json_array_size(wanted); i++)
        is_right =
            bytes_equal(robots_sitemap(question->robots, i), json_bytes(json_array_get(wanted, i)));
    return answer_if(is_right);
}

static json_int_t wanted_number(const struct question *question)
{
    return json_integer_value(row_value(question->row, "expect"));
}

static struct answer answer_sitemap_count(const struct question *question)
{
    return answer_if((json_int_t)robots_sitemap_count(question->robots) == wanted_number(question));
}

static struct answer answer_sitemap_nth(const struct question *question)
{
    size_t n = (size_t)json_integer_value(row_value(question->row, "n"));
    return answer_if(n < robots_sitemap_count(question->robots) &&
                     bytes_equal(robots_sitemap(question->robots, n),
                                 json_bytes(row_value(question->row, "expect"))));
}

static struct answer answer_matching_line(const struct question *question)
{
    struct bytes url = json_bytes(row_value(question->row, "url"));
    return answer_if(decide(question->robots, url).line == wanted_number(question));
}

static struct answer answer_explicitly_disallowed(const struct question *question)
{
    const json_t *wanted = row_value(question->row, "expect");
    struct bytes url = json_bytes(row_value(question->row, "url"));
    struct robots_decision decision = decide(question->robots, url);
    bool is_explicit = !decision.is_allowed && !bytes_equal(decision.agent, BYTES("*"));
    return json_is_null(wanted) ? answer_skip(no_urls)
                                : answer_if(is_explicit == json_is_true(wanted));
}

/* A user agent with commas is a crawler that goes by several names: what is forbidden to one of
 * them is forbidden. */
static struct answer answer_access(const struct question *question)
{
    struct bytes names = user_agent(question->row);
    struct bytes name = names;
    bool is_allowed = true;
    struct bytes url = row_bytes(question->row, "url");
    bytes_split(&names, ',', &name);
    do {
        struct robots *robots = robots_new(question->text, robots_product_token(name));
        is_allowed &= decide(robots, url).is_allowed;
        robots_free(robots);
    } while (bytes_split(&names, ',', &name));
    return answer_if(is_allowed == json_is_true(row_value(question->row, "allow")));
}

static struct answer answer_http_status(const struct question *question)
{
    struct origin_record record = { 0 };
    struct robots_answer answer = { .max_age_ms = -1 };
    answer.status = (uint16_t)json_integer_value(row_value(question->row, "status"));
    robots_record_answer(&record, &answer, 1);
    bool is_allowed = robots_verdict(&record, 2) == ROBOTS_VERDICT_ALLOW_ALL;
    return answer_if(is_allowed == json_is_true(row_value(question->row, "allow")));
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

static struct answer answer_last_line_seen(const struct question *question)
{
    uint32_t line = line_of_rule(question->text, BYTES("bar"), BYTES("/x"));
    return answer_if(line == wanted_number(question));
}

/* Where every line is understood, the rule is found. */
static struct answer answer_unknown_directives(const struct question *question)
{
    uint32_t line = line_of_rule(question->text, BYTES("foo"), BYTES("/AnyValue"));
    return answer_if((line > 0) == (wanted_number(question) == 0));
}

/* A kind that is not ours has no function, and a reason for skipping it. */
static const struct kind {
    const char *name;
    struct answer (*answer)(const struct question *question);
    const char *reason;
} kinds[] = {
    { "access", answer_access, NULL },
    { "crawl_delay", answer_crawl_delay, NULL },
    { "sitemaps", answer_sitemaps, NULL },
    { "sitemap_count", answer_sitemap_count, NULL },
    { "sitemap_nth", answer_sitemap_nth, NULL },
    { "matching_line", answer_matching_line, NULL },
    { "explicitly_disallowed", answer_explicitly_disallowed, NULL },
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

static const struct kind *find_kind(struct bytes name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
        if (bytes_equal(name, bytes_from_string(kinds[i].name)))
            return &kinds[i];
    return NULL;
}

static struct answer answer_row(const struct row *row)
{
    const struct kind *kind = find_kind(row_bytes(row, "kind"));
    struct bytes text = row_bytes(row, "robots");
    if (!kind)
        return answer_skip("a question that we do not know");
    if (!kind->answer)
        return answer_skip(kind->reason);
    struct robots *robots = robots_new(text, robots_product_token(user_agent(row)));
    struct answer answer = kind->answer(&(struct question){ row, text, robots });
    robots_free(robots);
    return answer;
}

/* ---- Real files */

static struct answer answer_probe(const struct row *row)
{
    struct bytes text;
    if (!json_is_boolean(row_value(row, "allow")))
        return answer_skip("the readers that made the answers differ");
    if (!row_file(row, json_string_value(row_value(row, "file")), &text))
        return answer_fail("its file is not there");
    return answer_access(&(struct question){ .row = row, .text = text });
}

static const struct suite_file files[] = { { .name = "*.jsonl", .row = answer_row } };
static const struct suite_file corpus_files[] = {
    { .name = "probes.jsonl", .row = answer_probe },
};

const struct suite suite_robots = { .name = "robots", SUITE_FILES(files) };
const struct suite suite_robots_corpus = { .name = "robots-corpus", SUITE_FILES(corpus_files) };
