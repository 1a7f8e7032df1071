/* SPDX-License-Identifier: MIT
 *
 * suite_robots - robots/ against the tests of other readers of robots.txt, and real files.
 *
 * Where a reader goes beyond RFC 9309 or against it, the table of choices says whether we go with
 * it. Whatever else we answer otherwise has a rule here that can be seen in the row itself.
 */
#include <math.h>
#include <time.h>

#include "base/url.h"
#include "robots/lines.h"
#include "robots/pattern.h"
#include "robots/policy.h"
#include "robots/robots.h"
#include "tests/conformance/suite.h"

/* More than any real file takes, by far. */
enum { PARSE_MS_MOST = 1000 };

static const char other_origin[] = "the caller brings the file of the URL's origin";
static const char several_names[] = "a crawler of several names, we have one";

struct question {
    const struct row *row;
    struct bytes text;
    const struct robots *robots; /* The text, for the row's user agent. */
};

/* ---- What a row says */

/* Of several names of one crawler we have the first only; of none, the nameless one. */
static struct bytes user_agent(const struct row *row)
{
    const json_t *ua = row_value(row, "ua");
    return json_bytes(json_is_array(ua) ? json_array_get(ua, 0) : ua);
}

static bool has_several_names(const struct row *row)
{
    return json_array_size(row_value(row, "ua")) > 1;
}

/* "Mozilla/5.0 (compatible; ExampleBot)", "Mozilla examplebot": our token is the first word. */
static bool has_further_words(const struct row *row)
{
    return bytes_find(bytes_trim(user_agent(row)), ' ') < bytes_trim(user_agent(row)).length;
}

/* A URL, or only a path, which is taken as one of any host. */
static bool read_url(struct url *url, char storage[URL_BYTES_MAX + 1], struct bytes text)
{
    static char base_storage[URL_STORAGE_LEAST + 16];
    static struct url base;
    if (!base.href)
        url_parse(&base, base_storage, sizeof(base_storage), BYTES("http://host/"), NULL);
    return url_parse(url, storage, URL_BYTES_MAX + 1, text, &base) == URL_ERROR_NONE;
}

/* Of a URL that is longer than any we fetch: the question is still one for robots/. */
static struct bytes raw_path(struct bytes text)
{
    const char *scheme = memmem(text.data, text.length, "://", 3);
    struct bytes rest =
        scheme ? bytes_slice(text, (size_t)(scheme - text.data) + 3, text.length) : text;
    return bytes_slice(rest, bytes_find(rest, '/'), rest.length);
}

static struct robots_decision decide(const struct robots *robots, const struct row *row)
{
    static char storage[URL_BYTES_MAX + 1];
    struct url url;
    struct bytes text = row_bytes(row, "url");
    struct robots_decision decision = { 0 };
    robots_allows(robots, read_url(&url, storage, text) ? url_path_query(&url) : raw_path(text),
                  &decision);
    return decision;
}

/* Is the file that of another origin, so that nobody would ask it? A row without one does not say.
 */
static bool is_other_origin(const struct row *row)
{
    static char of_file[URL_BYTES_MAX + 1];
    static char of_url[URL_BYTES_MAX + 1];
    struct url file, url;
    return url_parse(&file, of_file, sizeof(of_file), row_bytes(row, "robots_url"), NULL) ||
           url_parse(&url, of_url, sizeof(of_url), row_bytes(row, "url"), NULL) ||
           !url_same_origin(&file, &url);
}

/* ---- What a file says */

static bool begins_before_any_agent(struct bytes text)
{
    struct robots_reader reader = robots_reader_of(text);
    struct robots_line line;
    bool has_line;
    while ((has_line = robots_reader_next(&reader, &line)) && line.key == ROBOTS_KEY_SITEMAP)
        continue;
    return has_line && line.key != ROBOTS_KEY_USER_AGENT;
}

static bool has_star_in_name(struct bytes text)
{
    struct robots_reader reader = robots_reader_of(text);
    struct robots_line line;
    while (robots_reader_next(&reader, &line))
        if (line.key == ROBOTS_KEY_USER_AGENT && line.value.length > 1 &&
            bytes_find(line.value, '*') < line.value.length)
            return true;
    return false;
}

/* Several names on one user-agent line, the token among them. */
static bool lists_token(struct bytes text, struct bytes token)
{
    struct robots_reader reader = robots_reader_of(text);
    struct robots_line line;
    while (robots_reader_next(&reader, &line)) {
        struct bytes names = line.value;
        struct bytes name;
        if (line.key != ROBOTS_KEY_USER_AGENT || bytes_find(names, ',') == names.length)
            continue;
        while (bytes_split(&names, ',', &name))
            if (bytes_equal_nocase(bytes_trim(name), token))
                return true;
    }
    return false;
}

static bool is_said(struct bytes line)
{
    line = bytes_trim(bytes_slice(line, 0, bytes_find(line, '#')));
    return line.length > 0;
}

/* Lines that say something, and those of them that we understand. */
static void count_lines(struct bytes text, size_t *said, size_t *understood)
{
    struct robots_reader reader = robots_reader_of(text);
    struct robots_line unused;
    struct bytes line;
    *said = *understood = 0;
    while (robots_reader_next(&reader, &unused))
        (*understood)++;
    while (bytes_split(&text, '\n', &line))
        *said += is_said(line);
}

static bool has_unknown_line(struct bytes text)
{
    size_t said, understood;
    count_lines(text, &said, &understood);
    return understood < said;
}

/* ---- Where others go beyond RFC 9309, or against it */

static bool is_always(const struct question *question)
{
    (void)question;
    return true;
}

static bool is_understood(const struct question *question)
{
    return !has_unknown_line(question->text) && !has_star_in_name(question->text);
}

static bool is_listed(const struct question *question)
{
    return lists_token(question->text, robots_product_token(user_agent(question->row)));
}

/* We go with the reader, always or where the file shows that it is meant; elsewhere RFC 9309's
 * answer counts. A reason that is not in the table is none of ours, so that RFC 9309 decides. */
static const struct choice {
    const char *why;
    bool (*is_ours)(const struct question *question);
} choices[] = {
    { "misspelt directive accepted", is_understood }, /* The misspellings of robots/lines.c. */
    { "line without a colon accepted", is_understood },
    { "UTF-16 robots.txt decoded", is_always },
    { "NUL bytes skipped", is_always },
    /* Names between commas; no prefixes, no words of a browser's user agent. */
    { "user-agent matched by prefix, by substring or by several names on a line", is_listed },
};

static bool is_choice_of_ours(const struct question *question)
{
    struct bytes why = row_bytes(question->row, "why");
    for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++)
        if (bytes_equal(why, bytes_from_string(choices[i].why)))
            return choices[i].is_ours(question);
    return false;
}

/* "RFC 9309 against: index.html equals its directory". */
static const char *kept_rfc(const struct row *row)
{
    struct buf text;
    struct bytes why = row_bytes(row, "why");
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "RFC 9309 against: ");
    buf_append_bytes(&text, why.data ? why : BYTES("no reason"));
    const char *kept = arena_copy(row->arena, buf_bytes(&text)).data;
    buf_clear(&text);
    return kept;
}

/* ---- One kind of question each */

/* A user agent with commas is a crawler that goes by several names: what is forbidden to one of
 * them is forbidden. */
static bool is_allowed_to_all(const struct question *question)
{
    struct bytes names = user_agent(question->row);
    struct bytes name = names;
    bool is_allowed = true;
    bytes_split(&names, ',', &name);
    do {
        struct robots *robots = robots_new(question->text, robots_product_token(name));
        is_allowed &= decide(robots, question->row).is_allowed;
        robots_free(robots);
    } while (bytes_split(&names, ',', &name));
    return is_allowed;
}

static struct answer answer_access(const struct question *question)
{
    const struct row *row = question->row;
    bool is_allowed = is_allowed_to_all(question);
    if (is_allowed == row_says(row, "allow"))
        return answer_pass();
    if (row_has(row, "robots_url") && is_other_origin(row))
        return answer_skip(other_origin);
    if (has_several_names(row))
        return answer_skip(several_names);
    if (bytes_equal(row_bytes(row, "class"), BYTES("extension")) &&
        is_allowed == row_says(row, "rfc9309") && !is_choice_of_ours(question))
        return answer_skip(kept_rfc(row));
    return answer_fail("ours %s", is_allowed ? "allows" : "forbids");
}

/* Nobody asks a file about another origin's URL, and a URL that is none is asked of no file. */
static struct answer answer_out_of_scope(const struct question *question)
{
    return answer_if(is_other_origin(question->row));
}

static struct answer answer_crawl_delay(const struct question *question)
{
    const struct row *row = question->row;
    const json_t *wanted = row_value(row, "expect_s");
    int64_t ms = robots_crawl_delay_ms(question->robots);
    if (!wanted) /* Longer than a machine word counts: any bounded answer. */
        return answer_if(ms > 0);
    int64_t wanted_ms = json_is_null(wanted) ? -1 : llround(json_number_value(wanted) * 1000);
    if (ms == wanted_ms)
        return answer_pass();
    if (robots_text_is_html(question->text))
        return answer_skip("a page in place of the file");
    if (begins_before_any_agent(question->text))
        return answer_skip("a delay above every user-agent line is nobody's");
    if (has_several_names(row))
        return answer_skip(several_names);
    if (has_further_words(row))
        return answer_skip("an agent found among the words of a user agent");
    return answer_fail("ours %lld ms, wanted %lld", (long long)ms, (long long)wanted_ms);
}

/* As written, or as it leads from the file when that is what the row wants. */
static struct answer judge_sitemap(struct bytes ours, struct bytes wanted)
{
    static char base_text[URL_BYTES_MAX + 1];
    static char text[URL_BYTES_MAX + 1];
    struct url base, url;
    if (bytes_equal(ours, wanted) || url_parse(&base, base_text, sizeof(base_text), wanted, NULL) ||
        url_parse(&url, text, sizeof(text), ours, &base))
        return answer_same(ours, wanted);
    return answer_same(url_bytes(&url), url_bytes(&base));
}

static struct answer answer_sitemaps(const struct question *question)
{
    const json_t *wanted = row_value(question->row, "expect");
    size_t count = robots_sitemap_count(question->robots);
    if (count != json_array_size(wanted))
        return answer_fail("ours %zu", count);
    for (size_t i = 0; i < count; i++) {
        struct answer answer = judge_sitemap(robots_sitemap(question->robots, i),
                                             json_bytes(json_array_get(wanted, i)));
        if (answer.kind == ANSWER_FAILED)
            return answer;
    }
    return answer_pass();
}

static bool has_repeated_sitemap(const struct robots *robots)
{
    for (size_t i = 0; i < robots_sitemap_count(robots); i++)
        for (size_t j = 0; j < i; j++)
            if (bytes_equal(robots_sitemap(robots, i), robots_sitemap(robots, j)))
                return true;
    return false;
}

static size_t wanted_number(const struct question *question)
{
    return (size_t)json_integer_value(row_value(question->row, "expect"));
}

static struct answer judge_number(size_t ours, size_t wanted)
{
    return ours == wanted ? answer_pass() : answer_fail("ours %zu, wanted %zu", ours, wanted);
}

static struct answer answer_sitemap_count(const struct question *question)
{
    size_t count = robots_sitemap_count(question->robots);
    if (count > wanted_number(question) && has_repeated_sitemap(question->robots))
        return answer_skip("sitemaps are given as written; the frontier knows each URL once");
    return judge_number(count, wanted_number(question));
}

static struct answer answer_sitemap_nth(const struct question *question)
{
    size_t n = (size_t)json_integer_value(row_value(question->row, "n"));
    return n < robots_sitemap_count(question->robots)
               ? judge_sitemap(robots_sitemap(question->robots, n),
                               row_bytes(question->row, "expect"))
               : answer_fail("there are fewer");
}

static struct answer answer_matching_line(const struct question *question)
{
    return judge_number(decide(question->robots, question->row).line, wanted_number(question));
}

static struct answer answer_explicitly_disallowed(const struct question *question)
{
    struct robots_decision decision = decide(question->robots, question->row);
    bool is_explicit = !decision.is_allowed && !bytes_equal(decision.agent, BYTES("*"));
    if (!json_is_boolean(row_value(question->row, "expect")))
        return answer_skip(other_origin);
    return answer_if(is_explicit == row_says(question->row, "expect"));
}

static struct answer answer_http_status(const struct question *question)
{
    struct origin_record record = { 0 };
    uint16_t status = (uint16_t)json_integer_value(row_value(question->row, "status"));
    struct robots_answer answer = { .status = status, .body = question->text, .max_age_ms = -1 };
    robots_record_answer(&record, &answer, 1);
    enum robots_verdict verdict = robots_verdict(&record, 2);
    bool is_allowed =
        verdict == ROBOTS_VERDICT_ALLOW_ALL ||
        (verdict == ROBOTS_VERDICT_RULES && robots_allows(question->robots, BYTES("/"), NULL));
    if (is_allowed == row_says(question->row, "allow"))
        return answer_pass();
    if (is_allowed && status >= 400 && status < 500)
        return answer_skip("4xx means that there is no file (RFC 9309, 2.3.1.3)");
    return status == 429 ? answer_skip("429 asks to stay away") : answer_fail("ours otherwise");
}

static struct answer answer_last_line_seen(const struct question *question)
{
    struct robots_reader reader = robots_reader_of(question->text);
    struct robots_line line = { .number = 0 };
    while (robots_reader_next(&reader, &line))
        continue;
    return judge_number(line.number, wanted_number(question));
}

static struct answer answer_valid_directives(const struct question *question)
{
    size_t said, understood;
    count_lines(question->text, &said, &understood);
    return judge_number(understood, wanted_number(question));
}

static struct answer answer_unknown_directives(const struct question *question)
{
    size_t said, understood;
    count_lines(question->text, &said, &understood);
    return judge_number(said - understood, wanted_number(question));
}

/* RFC 9309, 2.2.1, and digits. Our token is what stands before the version; it must be all there
 * is. */
static struct answer answer_token(const struct question *question)
{
    struct bytes name = user_agent(question->row);
    struct bytes token = robots_product_token(name);
    bool is_token = token.length > 0 && token.length == name.length;
    for (size_t i = 0; i < token.length; i++)
        is_token &= ascii_is_alpha(token.data[i]) || ascii_is_digit(token.data[i]) ||
                    token.data[i] == '-' || token.data[i] == '_';
    return answer_if(is_token == row_says(question->row, "expect"));
}

static struct answer answer_url_path(const struct question *question)
{
    static char storage[URL_BYTES_MAX + 1];
    struct url url;
    if (url_parse(&url, storage, sizeof(storage), row_bytes(question->row, "url"), NULL))
        return answer_skip("no absolute URL");
    return answer_same(url_path_query(&url), row_bytes(question->row, "expect"));
}

static struct answer answer_pattern_escape(const struct question *question)
{
    struct bytes value = row_bytes(question->row, "url");
    char *text = arena_alloc(question->row->arena, PATTERN_NORMAL_BYTES(value.length));
    struct pattern pattern = pattern_write(text, 0, value);
    return answer_same(bytes_of(text, pattern.length), row_bytes(question->row, "expect"));
}

static const char no_rates[] = "Request-rate and Visit-time lines are not read";

/* A kind that is not ours has no function, and a reason for skipping it. */
static const struct kind {
    const char *name;
    struct answer (*answer)(const struct question *question);
    const char *reason;
} kinds[] = {
    { "access", answer_access, NULL },
    { "access_out_of_scope", answer_out_of_scope, NULL },
    { "crawl_delay", answer_crawl_delay, NULL },
    { "sitemaps", answer_sitemaps, NULL },
    { "sitemap_count", answer_sitemap_count, NULL },
    { "sitemap_nth", answer_sitemap_nth, NULL },
    { "matching_line", answer_matching_line, NULL },
    { "explicitly_disallowed", answer_explicitly_disallowed, NULL },
    { "http_status", answer_http_status, NULL },
    { "last_line_seen", answer_last_line_seen, NULL },
    { "valid_directives", answer_valid_directives, NULL },
    { "unknown_directives", answer_unknown_directives, NULL },
    { "ua_token", answer_token, NULL },
    { "url_path", answer_url_path, NULL },
    { "pattern_escape", answer_pattern_escape, NULL },
    { "preferred_host", NULL, "Host lines are not read" },
    { "request_rate_", NULL, no_rates },
    { "visit_time_", NULL, no_rates },
};

/* A name that ends in '_' stands for all that begin with it. */
static const struct kind *find_kind(struct bytes name)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct bytes known = bytes_from_string(kinds[i].name);
        if (bytes_equal(name, known) ||
            (bytes_end_with(known, BYTES("_")) && bytes_start_with(name, known)))
            return &kinds[i];
    }
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

static int64_t cpu_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return now.tv_sec * INT64_C(1000) + now.tv_nsec / 1000000;
}

/* Read without excess time, whatever is in it. */
static struct answer answer_file(const struct row *row)
{
    struct bytes text;
    if (!row_file(row, json_string_value(row_value(row, "file")), &text) ||
        text.length != (size_t)json_integer_value(row_value(row, "bytes")))
        return answer_fail("its file is not there, or another");
    int64_t start_ms = cpu_ms();
    struct robots *robots = robots_new(text, BYTES("ExampleBot"));
    int64_t took_ms = cpu_ms() - start_ms;
    robots_free(robots);
    return took_ms <= PARSE_MS_MOST ? answer_pass()
                                    : answer_fail("took %lld ms", (long long)took_ms);
}

static const struct suite_file files[] = { { .name = "*.jsonl", .row = answer_row } };
static const struct suite_file corpus_files[] = {
    { .name = "probes.jsonl", .row = answer_probe },
    { .name = "files.jsonl", .row = answer_file },
};

const struct suite suite_robots = { .name = "robots", SUITE_FILES(files) };
const struct suite suite_robots_corpus = { .name = "robots-corpus", SUITE_FILES(corpus_files) };
