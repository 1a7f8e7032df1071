/* SPDX-License-Identifier: MIT
 *
 * suite_url - base/url.h against the URL Standard's own tests, and others' of the same questions.
 *
 * Rows of schemes that we refuse by design are skipped where we did refuse them, and fail where we
 * did not. Fragments, which are never kept, are taken off the expected URL.
 */
#include "base/url.h"
#include "tests/conformance/suite.h"

static const char not_crawled[] = "scheme not crawled";
static const char not_asked[] = "not for this interface";

struct parsed {
    enum url_error error;
    struct url url;
    char text[URL_BYTES_MAX + 1];
};

static bool is_crawled(struct bytes href)
{
    return bytes_start_with(href, BYTES("http:")) || bytes_start_with(href, BYTES("https:")) ||
           bytes_start_with(href, BYTES("ftp:"));
}

static void parse(struct parsed *parsed, struct bytes input, const struct url *base)
{
    parsed->error = url_parse(&parsed->url, parsed->text, sizeof(parsed->text), input, base);
}

/* Serialising and parsing again, or splitting, must change nothing. */
static bool is_stable(const struct parsed *parsed)
{
    static struct parsed again;
    struct url split;
    parse(&again, url_bytes(&parsed->url), NULL);
    return !again.error && bytes_equal(url_bytes(&again.url), url_bytes(&parsed->url)) &&
           url_split(&split, url_bytes(&parsed->url)) && split.host_start == again.url.host_start &&
           split.host_end == again.url.host_end && split.path_start == again.url.path_start &&
           split.query_start == again.url.query_start && split.port == again.url.port &&
           split.scheme == again.url.scheme && split.has_credentials == again.url.has_credentials;
}

/* The parts that the row names, where it names them. */
static bool has_parts(const struct row *row, const struct url *url)
{
    struct bytes host = row_bytes(row, "hostname");
    struct bytes path = row_bytes(row, "pathname");
    struct bytes query = row_bytes(row, "search");
    struct bytes ours = url_query(url);
    if (ours.length == 1)
        ours.length = 0; /* An empty query shows in href alone. */
    return (!host.data || bytes_equal(host, url_host(url))) &&
           (!path.data || bytes_equal(path, url_path(url))) &&
           (!query.data || bytes_equal(query, ours));
}

static struct answer judge_failure(const struct parsed *parsed)
{
    return parsed->error ? answer_pass()
                         : answer_fail("must fail, ours is \"%s\"", parsed->url.href);
}

static struct answer judge_url(const struct parsed *parsed, struct bytes ours, struct bytes wanted)
{
    if (parsed->error)
        return answer_fail("refused: %s", url_error_text(parsed->error));
    return is_stable(parsed) ? answer_same(ours, wanted)
                             : answer_fail("\"%s\" is not stable", parsed->url.href);
}

static struct answer judge_href(const struct row *row, const struct parsed *parsed)
{
    struct bytes href = row_bytes(row, "href");
    if (!is_crawled(href))
        return parsed->error == URL_ERROR_SCHEME || parsed->error == URL_ERROR_RELATIVE
                   ? answer_skip(not_crawled)
                   : answer_fail("its scheme is not refused");
    href.length = bytes_find(href, '#');
    struct answer answer = judge_url(parsed, url_bytes(&parsed->url), href);
    if (answer.kind == ANSWER_PASSED && !has_parts(row, &parsed->url))
        return answer_fail("its parts differ");
    return answer;
}

/* input and base -> href, or failure. */
static struct answer answer_resolve(const struct row *row)
{
    static struct parsed base;
    static struct parsed parsed;
    struct bytes base_text = row_bytes(row, "base");
    bool must_fail = row_says(row, "failure");
    if (!must_fail && !row_bytes(row, "href").data)
        return answer_skip(not_asked);
    if (base_text.data) {
        parse(&base, base_text, NULL);
        if (base.error && must_fail)
            return answer_pass();
        if (base.error == URL_ERROR_SCHEME && !is_crawled(row_bytes(row, "href")))
            return answer_skip(not_crawled);
    }
    parse(&parsed, row_bytes(row, "input"), base_text.data && !base.error ? &base.url : NULL);
    return must_fail ? judge_failure(&parsed) : judge_href(row, &parsed);
}

/* Parses prefix + text + suffix. */
static void parse_around(struct parsed *parsed, const char *prefix, struct bytes text,
                         const char *suffix)
{
    struct buf buf;
    buf_init(&buf, BUF_UNBOUNDED);
    buf_append_string(&buf, prefix);
    buf_append_bytes(&buf, text);
    buf_append_string(&buf, suffix);
    parse(parsed, buf_bytes(&buf), NULL);
    buf_clear(&buf);
}

static struct answer judge_host(struct bytes input, struct bytes output)
{
    static struct parsed parsed;
    parse_around(&parsed, "https://", input, "/x");
    return output.data ? judge_url(&parsed, url_host(&parsed.url), output) : judge_failure(&parsed);
}

/* The host input -> output, or null. */
static struct answer answer_host(const struct row *row)
{
    return judge_host(row_bytes(row, "input"), row_bytes(row, "output"));
}

/* A query's output by the document's encoding; we are given UTF-8 always. */
static struct answer answer_percent(const struct row *row)
{
    static struct parsed parsed;
    struct bytes wanted = json_field(row_value(row, "output"), "utf-8");
    if (!wanted.data)
        return answer_skip("not UTF-8");
    parse_around(&parsed, "http://host/?", row_bytes(row, "input"), "");
    struct bytes query = url_query(&parsed.url);
    return judge_url(&parsed, bytes_slice(query, 1, query.length), wanted);
}

/* A label and its Punycode. What is no valid label in the end cannot be asked of a URL parser. */
static struct answer answer_punycode(const struct row *row)
{
    struct buf ascii;
    buf_init(&ascii, BUF_UNBOUNDED);
    buf_append_string(&ascii, "xn--");
    buf_append_bytes(&ascii, row_bytes(row, "encoded"));
    for (size_t i = 0; i < ascii.length; i++)
        ascii.data[i] = ascii_lower(ascii.data[i]);
    struct answer answer = judge_host(row_bytes(row, "decoded"), buf_bytes(&ascii));
    buf_clear(&ascii);
    return answer.kind == ANSWER_FAILED ? answer_skip(not_asked) : answer;
}

static const struct suite_file files[] = {
    { .name = "whatwg-urltestdata.jsonl", .row = answer_resolve },
    { .name = "ada-extra.jsonl", .row = answer_resolve },
    { .name = "resolve-crawler-commons.jsonl", .row = answer_resolve },
    { .name = "toascii.jsonl", .row = answer_host },
    { .name = "idna.jsonl", .row = answer_host },
    { .name = "percent.jsonl", .row = answer_percent },
    { .name = "punycode.jsonl", .row = answer_punycode },
};

const struct suite suite_url = {
    .name = "url",
    SUITE_FILES(files),
    .mends_surrogates = true,
};
