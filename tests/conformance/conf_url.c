/* SPDX-License-Identifier: MIT
 *
 * conf_url - base/url.h against public test data: conf_url DIR reads DIR/url/ and what agrees with
 * the URL Standard in DIR/url-normalise/, and prints one line of counts for each file and one for
 * all.
 *
 * Rows of schemes that we refuse by design are counted as skipped when we did refuse them, and as
 * failed when we did not. Fragments, which are never kept, are taken off the expected URL.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "base/memory.h"
#include "base/url.h"

enum verdict {
    PASSED,
    FAILED,
    SKIPPED_SCHEME,
    SKIPPED_ENCODING,
    SKIPPED_FORM,
    SKIPPED_RULE,
    SKIPPED_UNICODE,
    VERDICT_COUNT
};

static const char *const reasons[VERDICT_COUNT] = {
    [SKIPPED_SCHEME] = "scheme not crawled",
    [SKIPPED_ENCODING] = "not UTF-8",
    [SKIPPED_FORM] = "not for this interface",
    [SKIPPED_RULE] = "keeps backslashes, which the standard does not",
    [SKIPPED_UNICODE] = "newer than libidn2's Unicode",
};

/* Rows with characters that were assigned after Debian 12's libidn2 was made (U+32B9A). */
static const char *const too_new[] = { "idna-1912" };

struct counts {
    size_t of[VERDICT_COUNT];
};

struct answer {
    enum url_error error;
    struct url url;
    char text[URL_BYTES_MAX + 1];
};

static struct bytes field(const json_t *row, const char *name)
{
    json_t *value = json_object_get(row, name);
    return (struct bytes){ json_string_value(value), json_string_length(value) };
}

static bool is_crawled(struct bytes href)
{
    return bytes_start_with(href, BYTES("http:")) || bytes_start_with(href, BYTES("https:")) ||
           bytes_start_with(href, BYTES("ftp:"));
}

static void parse(struct answer *answer, struct bytes input, const struct url *base)
{
    answer->error = url_parse(&answer->url, answer->text, sizeof(answer->text), input, base);
}

/* Serialising and parsing again, or splitting, must change nothing. */
static bool is_stable(const struct answer *answer)
{
    struct answer again;
    struct url split;
    parse(&again, url_bytes(&answer->url), NULL);
    return !again.error && bytes_equal(url_bytes(&again.url), url_bytes(&answer->url)) &&
           url_split(&split, url_bytes(&answer->url)) && split.host_start == again.url.host_start &&
           split.host_end == again.url.host_end && split.path_start == again.url.path_start &&
           split.query_start == again.url.query_start && split.port == again.url.port &&
           split.scheme == again.url.scheme && split.has_credentials == again.url.has_credentials;
}

/* The parts that the row names, where it names them. */
static bool has_parts(const json_t *row, const struct url *url)
{
    struct bytes host = field(row, "hostname");
    struct bytes path = field(row, "pathname");
    struct bytes query = field(row, "search");
    struct bytes ours = url_query(url);
    if (ours.length == 1)
        ours.length = 0; /* An empty query shows in href alone. */
    return (!host.data || bytes_equal(host, url_host(url))) &&
           (!path.data || bytes_equal(path, url_path(url))) &&
           (!query.data || bytes_equal(query, ours));
}

static enum verdict judge_failure(const struct answer *answer)
{
    return answer->error ? PASSED : FAILED;
}

static enum verdict judge_href(const json_t *row, const struct answer *answer)
{
    struct bytes href = field(row, "href");
    if (!is_crawled(href))
        return answer->error == URL_ERROR_SCHEME || answer->error == URL_ERROR_RELATIVE
                   ? SKIPPED_SCHEME
                   : FAILED;
    href.length = bytes_find(href, '#');
    return !answer->error && bytes_equal(href, url_bytes(&answer->url)) &&
                   has_parts(row, &answer->url) && is_stable(answer)
               ? PASSED
               : FAILED;
}

/* input and base -> href, or failure. */
static enum verdict check_resolve(const json_t *row)
{
    static struct answer base;
    static struct answer answer;
    struct bytes base_text = field(row, "base");
    bool must_fail = json_is_true(json_object_get(row, "failure"));
    if (!must_fail && !field(row, "href").data)
        return SKIPPED_FORM;
    if (base_text.data) {
        parse(&base, base_text, NULL);
        if (base.error && must_fail)
            return PASSED;
        if (base.error == URL_ERROR_SCHEME && !is_crawled(field(row, "href")))
            return SKIPPED_SCHEME;
    }
    parse(&answer, field(row, "input"), base_text.data && !base.error ? &base.url : NULL);
    return must_fail ? judge_failure(&answer) : judge_href(row, &answer);
}

/* Parses prefix + text + suffix. */
static void parse_around(struct answer *answer, const char *prefix, struct bytes text,
                         const char *suffix)
{
    struct buf buf;
    buf_init(&buf, BUF_UNBOUNDED);
    buf_append_string(&buf, prefix);
    buf_append_bytes(&buf, text);
    buf_append_string(&buf, suffix);
    parse(answer, buf_bytes(&buf), NULL);
    buf_clear(&buf);
}

static enum verdict judge_host(struct bytes input, struct bytes output)
{
    static struct answer answer;
    parse_around(&answer, "https://", input, "/x");
    if (!output.data)
        return judge_failure(&answer);
    return !answer.error && bytes_equal(url_host(&answer.url), output) && is_stable(&answer)
               ? PASSED
               : FAILED;
}

/* The host input -> output, or null. */
static enum verdict check_host(const json_t *row)
{
    return judge_host(field(row, "input"), field(row, "output"));
}

static enum verdict check_ipv4(const json_t *row)
{
    return judge_host(field(row, "host"), field(row, "ipv4"));
}

/* A query's output by the document's encoding; we are given UTF-8 always. */
static enum verdict check_percent(const json_t *row)
{
    static struct answer answer;
    struct bytes wanted = field(json_object_get(row, "output"), "utf-8");
    if (!wanted.data)
        return SKIPPED_ENCODING;
    parse_around(&answer, "http://host/?", field(row, "input"), "");
    struct bytes query = url_query(&answer.url);
    return !answer.error && bytes_equal(bytes_slice(query, 1, query.length), wanted) ? PASSED
                                                                                     : FAILED;
}

static enum verdict check_dots(const json_t *row)
{
    static struct answer answer;
    if (!json_is_true(json_object_get(row, "special")))
        return SKIPPED_SCHEME;
    struct bytes resolved = field(row, "resolved");
    if (bytes_find(resolved, '\\') < resolved.length)
        return SKIPPED_RULE;
    parse_around(&answer, "http://host", field(row, "path"), "");
    return !answer.error && bytes_equal(url_path(&answer.url), resolved) ? PASSED : FAILED;
}

/* A label and its Punycode. What is no valid label in the end cannot be asked of a URL parser. */
static enum verdict check_punycode(const json_t *row)
{
    struct buf ascii;
    buf_init(&ascii, BUF_UNBOUNDED);
    buf_printf(&ascii, "xn--%s", json_string_value(json_object_get(row, "encoded")));
    for (size_t i = 0; i < ascii.length; i++)
        ascii.data[i] = ascii_lower(ascii.data[i]);
    enum verdict verdict = judge_host(field(row, "decoded"), buf_bytes(&ascii));
    buf_clear(&ascii);
    return verdict == FAILED ? SKIPPED_FORM : PASSED;
}

static const struct file {
    const char *name;
    enum verdict (*check)(const json_t *row);
} files[] = {
    { "url/whatwg-urltestdata", check_resolve },
    { "url/ada-extra", check_resolve },
    { "url/resolve-crawler-commons", check_resolve },
    { "url/toascii", check_host },
    { "url/idna", check_host },
    { "url/percent", check_percent },
    { "url/punycode", check_punycode },
    { "url-normalise/path-dots", check_dots },
    { "url-normalise/ipv4", check_ipv4 },
};

static void print_counts(const char *name, const struct counts *counts)
{
    size_t skipped = 0;
    for (unsigned i = SKIPPED_SCHEME; i < VERDICT_COUNT; i++)
        skipped += counts->of[i];
    printf("%s: %zu passed, %zu failed, %zu skipped", name, counts->of[PASSED], counts->of[FAILED],
           skipped);
    const char *separator = " (";
    for (unsigned i = SKIPPED_SCHEME; i < VERDICT_COUNT; i++) {
        if (counts->of[i] > 0) {
            printf("%s%s: %zu", separator, reasons[i], counts->of[i]);
            separator = ", ";
        }
    }
    printf("%s\n", skipped > 0 ? ")" : "");
}

static enum verdict check_row(const struct file *file, const json_t *row)
{
    struct bytes id = field(row, "id");
    enum verdict verdict = file->check(row);
    for (size_t i = 0; i < sizeof(too_new) / sizeof(too_new[0]); i++)
        if (verdict == FAILED && bytes_equal(id, bytes_from_string(too_new[i])))
            return SKIPPED_UNICODE;
    if (verdict == FAILED)
        printf("    failed: %.*s\n", (int)id.length, id.data);
    return verdict;
}

static bool check_file(const char *folder, const struct file *file, struct counts *total)
{
    char *path = xasprintf("%s/%s.jsonl", folder, file->name);
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

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: conf_url DIR\n");
        return EXIT_FAILURE;
    }
    struct counts total = { { 0 } };
    for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
        if (!check_file(argv[1], &files[i], &total))
            return EXIT_FAILURE;
    print_counts("url", &total);
    return total.of[FAILED] ? EXIT_FAILURE : EXIT_SUCCESS;
}
