/* SPDX-License-Identifier: MIT
 *
 * suite_url - base/url.h against the URL Standard's own tests, and others' of the same questions;
 * and whether libcurl takes our URLs as they are.
 *
 * Rows of schemes that we refuse by design are skipped where we did refuse them, and fail where we
 * did not. Fragments, which are never kept, are taken off the expected URL.
 */
#include <curl/curl.h>
#include <unictype.h>

#include "base/punycode.h"
#include "base/url_rules.h"
#include "base/utf8.h"
#include "tests/conformance/suite.h"

static const char not_crawled[] = "scheme not crawled";

enum { LABEL_CHARACTERS_MAX = 16384, LABEL_BYTES_MAX = 63, DOMAIN_BYTES_MAX = 253 };

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

/* Resolves against the row's base. One of a scheme that we refuse is none: what is relative to it
 * is refused as well. One that is no URL leaves none. */
static void resolve(struct parsed *parsed, const struct row *row)
{
    static struct parsed base;
    struct bytes text = row_bytes(row, "base");
    base.error = URL_ERROR_NONE;
    if (text.data)
        parse(&base, text, NULL);
    parse(parsed, row_bytes(row, "input"), text.data && !base.error ? &base.url : NULL);
    if (base.error && (base.error != URL_ERROR_SCHEME || row_says(row, "failure")))
        parsed->error = base.error;
}

/* input and base -> href, or failure. */
static struct answer answer_resolve(const struct row *row)
{
    static struct parsed parsed;
    resolve(&parsed, row);
    return row_says(row, "failure") ? judge_failure(&parsed) : judge_href(row, &parsed);
}

/* Nothing of ours sets a part of a URL. What comes out of setting one is a URL that parsing leaves
 * alone. */
static struct answer answer_setter(const struct row *row)
{
    static struct parsed parsed;
    struct bytes href = json_field(row_value(row, "expected"), "href");
    parse(&parsed, href, NULL);
    if (!is_crawled(href))
        return parsed.error == URL_ERROR_SCHEME ? answer_skip(not_crawled)
                                                : answer_fail("its scheme is not refused");
    href.length = bytes_find(href, '#');
    return judge_url(&parsed, url_bytes(&parsed.url), href);
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

/* ---- Domains */

static size_t read_characters(struct bytes text, uint32_t characters[LABEL_CHARACTERS_MAX])
{
    size_t count = 0;
    for (size_t at = 0; at < text.length && count < LABEL_CHARACTERS_MAX;)
        characters[count++] = utf8_next(text, &at);
    return count;
}

/* A character that the library's edition of Unicode does not know yet. */
static bool has_unassigned(struct bytes domain)
{
    for (size_t at = 0; at < domain.length;)
        if (uc_is_general_category(utf8_next(domain, &at), UC_CATEGORY_Cn))
            return true;
    return false;
}

/* The host input -> output, or null. */
static struct answer answer_host(const struct row *row)
{
    struct bytes input = row_bytes(row, "input");
    struct answer answer = judge_host(input, row_bytes(row, "output"));
    return answer.kind == ANSWER_FAILED && has_unassigned(input)
               ? answer_skip("newer Unicode than libidn2's and libunistring's")
               : answer;
}

/* Does the DNS know no such name? */
static bool breaks_dns_lengths(struct bytes domain)
{
    struct bytes label;
    if (bytes_end_with(domain, BYTES(".")))
        domain.length--;
    if (domain.length > DOMAIN_BYTES_MAX || bytes_end_with(domain, BYTES(".")))
        return true;
    while (bytes_split(&domain, '.', &label))
        if (label.length == 0 || label.length > LABEL_BYTES_MAX)
            return true;
    return false;
}

/* The URL Standard takes what the DNS has no room for. */
static struct answer answer_lengths(const struct row *row)
{
    static struct parsed parsed;
    parse(&parsed, row_bytes(row, "input"), NULL);
    if (parsed.error)
        return answer_fail("refused: %s", url_error_text(parsed.error));
    if (breaks_dns_lengths(url_host(&parsed.url)) != row_says(row, "failure"))
        return answer_fail("its host is another: \"%s\"", parsed.url.href);
    return row_says(row, "failure") ? answer_skip("lengths of the DNS, which the resolver minds")
                                    : answer_pass();
}

/* A label and its Punycode, both ways. */
static struct answer answer_punycode(const struct row *row)
{
    static uint32_t characters[LABEL_CHARACTERS_MAX];
    static uint32_t again[LABEL_CHARACTERS_MAX];
    static char ascii[LABEL_CHARACTERS_MAX];
    struct bytes encoded = row_bytes(row, "encoded");
    size_t count = read_characters(row_bytes(row, "decoded"), characters);
    size_t length = 0;
    if (row->is_mended)
        return answer_skip("a lone surrogate, which is no character");
    if (!punycode_encode(characters, count, ascii, sizeof(ascii), &length))
        return answer_fail("cannot be encoded");
    struct answer answer = answer_same(bytes_of(ascii, length), encoded);
    if (answer.kind == ANSWER_FAILED)
        return answer;
    if (!punycode_decode(encoded, again, LABEL_CHARACTERS_MAX, &length) || length != count)
        return answer_fail("cannot be decoded");
    return answer_if(memcmp(characters, again, count * sizeof(*again)) == 0);
}

/* A label that overflows an encoder, or Punycode of nothing: no host comes of it. */
static struct answer answer_bad_punycode(const struct row *row)
{
    static uint32_t characters[LABEL_CHARACTERS_MAX];
    static char ascii[LABEL_CHARACTERS_MAX];
    struct bytes decoded = row_bytes(row, "decoded");
    struct bytes encoded = row_bytes(row, "encoded");
    size_t length;
    if (encoded.data)
        return answer_if(!punycode_decode(encoded, characters, LABEL_CHARACTERS_MAX, &length));
    punycode_encode(characters, read_characters(decoded, characters), ascii, sizeof(ascii),
                    &length);
    return judge_host(decoded, (struct bytes){ 0 });
}

/* ---- What libcurl makes of our URLs */

/* libcurl takes host names that the DNS could know. */
static bool has_plain_host(const struct url *url)
{
    struct bytes host = url_host(url);
    if (host.data[0] == '[')
        return true;
    for (size_t i = 0; i < host.length; i++)
        if (!ascii_is_alpha(host.data[i]) && !ascii_is_digit(host.data[i]) &&
            !strchr("-._", host.data[i]))
            return false;
    return !breaks_dns_lengths(host);
}

/* A URL as crawler/fetch hands it over, when the rules went over it, must be taken and not changed.
 */
static struct answer judge_handed_over(struct parsed *parsed)
{
    CURLU *curl = curl_url();
    char *text = NULL;
    struct url *url = &parsed->url;
    const struct url_rules rules = url_rules_all();
    url_apply_rules(url, parsed->text, sizeof(parsed->text), &rules);
    CURLUcode code = curl_url_set(curl, CURLUPART_URL, url->href, CURLU_PATH_AS_IS);
    if (!code)
        code = curl_url_get(curl, CURLUPART_URL, &text, 0);
    struct answer answer = code ? answer_fail("libcurl: %s", curl_url_strerror(code))
                                : answer_same(bytes_from_string(text), url_bytes(url));
    curl_free(text);
    curl_url_cleanup(curl);
    return code && !has_plain_host(url) ? answer_skip("a host that is no name of the DNS") : answer;
}

static struct answer answer_curl_url(const struct row *row)
{
    static struct parsed parsed;
    parsed.error =
        url_parse_link(&parsed.url, parsed.text, sizeof(parsed.text), row_bytes(row, "url"), NULL);
    return parsed.error ? answer_skip("refused by us, so never handed to libcurl")
                        : judge_handed_over(&parsed);
}

/* libcurl's own resolving must lead where ours does. */
static struct answer answer_curl_resolve(const struct row *row)
{
    static struct parsed parsed;
    static struct parsed wanted;
    resolve(&parsed, row);
    parse(&wanted, row_bytes(row, "href"), NULL);
    if (wanted.error == URL_ERROR_SCHEME && parsed.error)
        return answer_skip(not_crawled);
    if (parsed.error)
        return answer_fail("refused: %s", url_error_text(parsed.error));
    struct answer answer = answer_same(url_bytes(&parsed.url), url_bytes(&wanted.url));
    return answer.kind == ANSWER_PASSED ? judge_handed_over(&parsed) : answer;
}

static const struct suite_file files[] = {
    { .name = "whatwg-urltestdata.jsonl", .row = answer_resolve },
    { .name = "ada-extra.jsonl", .row = answer_resolve },
    { .name = "resolve-crawler-commons.jsonl", .row = answer_resolve },
    { .name = "whatwg-setters.jsonl", .row = answer_setter },
    { .name = "dnslength.jsonl", .row = answer_lengths },
    { .name = "bad-punycode.jsonl", .row = answer_bad_punycode },
    { .name = "curl-url-api.jsonl", .row = answer_curl_url },
    { .name = "curl-resolve.jsonl", .row = answer_curl_resolve },
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
