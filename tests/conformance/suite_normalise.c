/* SPDX-License-Identifier: MIT
 *
 * suite_normalise - base/url.h and base/url_rules.h against other normalisers.
 *
 * For each the table says which of our rules it has too, and what it does beyond. See normaliser.h
 * for what then counts as the same.
 */
#include "tests/conformance/normaliser.h"
#include "tests/conformance/suite.h"

#define R NORMALISER_RULE

/* What the archives' tools do to a URL before it becomes a key. */
#define ARCHIVE_RULES                                                                              \
    (R(DROPS_WWW) | R(UNESCAPES) | R(ESCAPES_PERCENT) | R(SQUEEZES_SLASHES) | R(SQUEEZES_HOST) |   \
     R(DROPS_PATH_SESSION) | R(DROPS_SESSION) | R(DROPS_TLS) | R(KEEPS_APOSTROPHE) | R(LOWERS) |   \
     R(DROPS_EMPTY) | R(SORTS) | R(DROPS_SLASH) | R(DROPS_QUERY_MARK) | R(DROPS_USER) |            \
     R(DROPS_SEPARATORS) | R(KEEPS_SCHEME_CASE))

/* Nothing but the URL Standard. */
static const struct normaliser standard = {
    .rules = R(DOTS_ARE_ZERO),
    .keeps_fragment = true,
};

static const struct normaliser crawler_commons = {
    .ours = { .upper_hex = true,
              .decode_unreserved = true,
              .drop_empty_query = true,
              .drop_host_dot = true },
    .rules = R(ESCAPES_PERCENT) | R(ESCAPES_MORE) | R(KEEPS_APOSTROPHE) | R(SQUEEZES_SLASHES) |
             R(DROPS_EMPTY) | R(DROPS_EQUALS) | R(SORTS) | R(DROPS_QUERY_MARK),
    .guesses_scheme = true,
};

static const struct normaliser w3lib_canonical = {
    .ours = { .upper_hex = true, .decode_unreserved = true, .drop_empty_query = true },
    .rules = R(KEEPS_ODD_HOST) | R(KEEPS_PORT) | R(ESCAPES_PERCENT) | R(ESCAPES_MORE) |
             R(ESCAPES_QUERY) | R(PLUS_FOR_SPACE) | R(DROPS_EMPTY) | R(DROPS_BLANK) |
             R(ADDS_EQUALS) | R(SORTS),
    .keeps_fragment = true,
};

static const struct normaliser w3lib_safe = {
    .rules = R(DECODES_USER) | R(KEEPS_ODD_HOST) | R(KEEPS_PORT) | R(KEEPS_NO_PATH) |
             R(ESCAPES_PERCENT) | R(ESCAPES_MORE),
    .keeps_fragment = true,
};

static const struct normaliser safe_browsing = {
    .rules = R(SQUEEZES_HOST) | R(UNESCAPES) | R(SQUEEZES_SLASHES) | R(DROPS_USER) |
             R(DROPS_SEPARATORS) | R(KEEPS_SCHEME_CASE),
    .guesses_scheme = true,
};

static const struct normaliser archive = {
    .ours = { .drop_sessions = true, .drop_empty_query = true, .drop_host_dot = true },
    .rules = ARCHIVE_RULES,
    .guesses_scheme = true,
    .knows_sessions = true,
};

static const struct normaliser urlcanon_precise = {
    .rules = R(KEEPS_APOSTROPHE) | R(DROPS_USER) | R(DOTS_ARE_ZERO) | R(UNESCAPES) |
             R(UNESCAPES_BUT) | R(SORTS),
    .guesses_scheme = true,
    .keeps_fragment = true,
};

static const struct normaliser urlcanon_aggressive = {
    .ours = { .drop_sessions = true, .drop_empty_query = true, .drop_host_dot = true },
    .rules = ARCHIVE_RULES,
    .guesses_scheme = true,
    .knows_sessions = true,
};

static struct answer judge(const struct normaliser *normaliser, const struct row *row)
{
    return normaliser_judge(normaliser, row, row_bytes(row, "input"), row_bytes(row, "normalised"));
}

static struct answer answer_crawler_commons(const struct row *row)
{
    return judge(&crawler_commons, row);
}

static struct answer answer_w3lib_canonical(const struct row *row)
{
    return judge(&w3lib_canonical, row);
}

static struct answer answer_w3lib_safe(const struct row *row)
{
    return judge(&w3lib_safe, row);
}

static struct answer answer_safe_browsing(const struct row *row)
{
    return judge(&safe_browsing, row);
}

static struct answer answer_urlcanon_precise(const struct row *row)
{
    return judge(&urlcanon_precise, row);
}

static struct answer answer_urlcanon_aggressive(const struct row *row)
{
    return judge(&urlcanon_aggressive, row);
}

static struct answer answer_standard(const struct row *row)
{
    return judge(&standard, row);
}

/* The input, or a path of some host. */
static struct bytes on_a_host(const struct row *row, struct bytes text)
{
    struct buf url;
    buf_init(&url, BUF_UNBOUNDED);
    buf_append_string(&url, "http://host");
    buf_append_bytes(&url, text);
    struct bytes copy = arena_copy(row->arena, buf_bytes(&url));
    buf_clear(&url);
    return copy;
}

static bool has_slashes(struct bytes text)
{
    return text.length > 2 && memmem(text.data, text.length, "://", 3);
}

/* Files of several functions: of whole URLs, of paths, and others, which we have none of. */
static struct answer answer_archive(const struct row *row)
{
    struct bytes input = row_bytes(row, "input");
    struct bytes normalised = row_bytes(row, "normalised");
    if (has_slashes(normalised))
        return normaliser_judge(
            bytes_equal(row_bytes(row, "fn"), BYTES("basic-google")) ? &safe_browsing : &archive,
            row, input, normalised);
    if (bytes_start_with(input, BYTES("/")) && bytes_start_with(normalised, BYTES("/")))
        return normaliser_judge(&archive, row, on_a_host(row, input), on_a_host(row, normalised));
    return answer_skip("a function of its own, on part of a URL");
}

static struct answer answer_unescape(const struct row *row)
{
    (void)row;
    return answer_skip("a function of its own, on part of a URL");
}

/* ---- What agrees with the URL Standard */

static struct answer answer_dots(const struct row *row)
{
    struct bytes resolved = row_bytes(row, "resolved");
    if (!row_says(row, "special"))
        return answer_skip("scheme not crawled");
    if (bytes_find(resolved, '\\') < resolved.length)
        return answer_skip("keeps backslashes, which the standard does not");
    return normaliser_judge(&standard, row, on_a_host(row, row_bytes(row, "path")),
                            on_a_host(row, resolved));
}

static struct answer answer_ipv4(const struct row *row)
{
    static char storage[URL_BYTES_MAX + 1];
    struct url url;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text, "http://");
    buf_append_bytes(&text, row_bytes(row, "host"));
    enum url_error error = url_parse(&url, storage, sizeof(storage), buf_bytes(&text), NULL);
    buf_clear(&text);
    return answer_same(error ? (struct bytes){ 0 } : url_host(&url), row_bytes(row, "ipv4"));
}

/* Ours prints the canonical form; that one must come back as it is. */
static struct answer answer_round_trip(const struct row *row)
{
    static char storage[URL_BYTES_MAX + 1];
    static char again_storage[URL_BYTES_MAX + 1];
    struct url url, again;
    struct bytes input = row_bytes(row, "input");
    if (url_parse(&url, storage, sizeof(storage), input, NULL))
        return answer_skip("no URL of ours");
    if (url_parse(&again, again_storage, sizeof(again_storage), url_bytes(&url), NULL))
        return answer_fail("\"%s\" is refused", url.href);
    struct answer answer = answer_same(url_bytes(&again), url_bytes(&url));
    if (answer.kind == ANSWER_FAILED || bytes_equal(input, url_bytes(&url)))
        return answer;
    return answer_skip("the canonical form comes back, not what was written");
}

static const struct suite_file files[] = {
    { .name = "crawler-commons.jsonl", .row = answer_crawler_commons },
    { .name = "crawler-commons-invalid.jsonl", .row = answer_crawler_commons },
    { .name = "w3lib-canonicalize.jsonl", .row = answer_w3lib_canonical },
    { .name = "w3lib-safe-url.jsonl", .row = answer_w3lib_safe },
    { .name = "google-safebrowsing.jsonl", .row = answer_safe_browsing },
    { .name = "google-unescape-repeatedly.jsonl", .row = answer_unescape },
    { .name = "urlcanon-semantic-precise.jsonl", .row = answer_urlcanon_precise },
    { .name = "urlcanon-aggressive.jsonl", .row = answer_urlcanon_aggressive },
    { .name = "urlcanon-whatwg-extra.jsonl", .row = answer_standard },
    { .name = "archive-canonicalisers.jsonl", .row = answer_archive },
    { .name = "webarchive-commons.jsonl", .row = answer_archive },
    { .name = "path-dots.jsonl", .row = answer_dots },
    { .name = "ipv4.jsonl", .row = answer_ipv4 },
    { .name = "roundtrip.jsonl", .row = answer_round_trip },
};

const struct suite suite_url_normalise = {
    .name = "url-normalise",
    SUITE_FILES(files),
    .mends_surrogates = true,
};
