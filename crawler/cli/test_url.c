/* SPDX-License-Identifier: MIT
 *
 * test url - what becomes of a link, step by step: parsed by the standard, normalised by the
 * options of [urls], or refused.
 */
#include <stdlib.h>

#include "base/json.h"
#include "base/site.h"
#include "base/surt.h"
#include "base/unicode_host.h"
#include "crawler/cli/testing.h"
#include "crawler/cli/typed_url.h"

static const struct step {
    struct url_rules rules; /* One alone. */
    const char *option;
} steps[] = {
#define ROW(field, option) { { .field = true }, option },
    URL_RULE_TABLE(ROW)
#undef ROW
};

enum { STEPS = sizeof(steps) / sizeof(steps[0]) };

/* Of one link. */
struct link_test {
    const struct config *config;
    struct bytes input;
    const struct url *base; /* NULL: none. */
    bool is_assumed;        /* No scheme was typed: https. */
    enum url_error error;   /* As a URL ... */
    enum url_error refused; /* ... and as a link that is followed. */
    struct url url;
    char storage[URL_BYTES_MAX + 1];
};

/* ---- Finding out */

/* As a page's link is read, where there is a base; else as people type. */
static void parse(struct link_test *test)
{
    char scratch[URL_BYTES_MAX + 1];
    struct url link;
    size_t size = config_settings(test->config)->max_url_bytes + 1;
    test->error =
        url_parse(&test->url, test->storage, sizeof(test->storage), test->input, test->base);
    test->refused = url_parse_link(&link, scratch, size, test->input, test->base);
    if (!test->error || test->base ||
        typed_url_parse(&link, scratch, size, bytes_trim(test->input)) != URL_ERROR_NONE)
        return;
    test->is_assumed = true;
    test->refused = URL_ERROR_NONE;
    test->error =
        url_parse(&test->url, test->storage, sizeof(test->storage), url_bytes(&link), NULL);
}

/* Applies one of the crawl's rules; true where the URL is another one now. */
static bool take_step(struct link_test *test, const struct step *step)
{
    const struct url_rules *all = config_url_rules(test->config, url_host(&test->url));
    struct url_rules one = step->rules;
#define ROW(field, option) one.field = one.field && all->field;
    URL_RULE_TABLE(ROW)
#undef ROW
    one.dropped = all->dropped;
    one.kept = all->kept;
    return url_apply_rules(&test->url, test->storage, sizeof(test->storage), &one);
}

/* "longer than the limit" is said with the limit. */
static void append_refusal(const struct link_test *test, struct buf *out)
{
    buf_append_string(out, url_error_text(test->refused));
    if (test->refused == URL_ERROR_TOO_LONG)
        buf_printf(out, " (max_url = %llu)",
                   (unsigned long long)config_settings(test->config)->max_url_bytes);
}

/* ---- For people */

static void print_parts(const struct url *url, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    testing_line(out, "parsed", url_bytes(url));
    testing_line(out, "scheme", bytes_from_string(url_scheme_text(url->scheme)));
    testing_line(out, "host", url_host(url));
    if (unicode_host(&text, url_host(url)))
        testing_line(out, "in Unicode", buf_bytes(&text));
    buf_printf(out, "%-10s %u\n", "port", url->port);
    testing_line(out, "path", url_path(url));
    if (url_query(url).length > 0)
        testing_line(out, "query", url_query(url));
    buf_clear(&text);
}

static void print_steps(struct link_test *test, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t i = 0; i < STEPS; i++) {
        if (!take_step(test, &steps[i]))
            continue;
        buf_reset(&text);
        buf_printf(&text, "%s: %s", steps[i].option, test->url.href);
        testing_line(out, "step", buf_bytes(&text));
    }
    testing_line(out, "url", url_bytes(&test->url));
    testing_line(out, "site", site_of_host(url_host(&test->url)));
    buf_reset(&text);
    surt_key(&text, &test->url);
    testing_line(out, "key", buf_bytes(&text));
    buf_clear(&text);
}

static void print_test(struct link_test *test, struct buf *out)
{
    testing_line(out, "input", test->input);
    if (test->base)
        testing_line(out, "base", url_bytes(test->base));
    if (test->is_assumed)
        testing_line(out, "assumed", BYTES("https, as no scheme was typed"));
    if (!test->error)
        print_parts(&test->url, out);
    if (!test->refused) {
        print_steps(test, out);
        return;
    }
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    append_refusal(test, &text);
    testing_line(out, "refused", buf_bytes(&text));
    buf_clear(&text);
}

/* ---- For programs */

static void json_parts(const struct url *url, struct json *json)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    json_string(json, "parsed", url_bytes(url));
    json_text(json, "scheme", url_scheme_text(url->scheme));
    json_string(json, "host", url_host(url));
    if (unicode_host(&text, url_host(url)))
        json_string(json, "host_unicode", buf_bytes(&text));
    json_unsigned(json, "port", url->port);
    json_string(json, "path", url_path(url));
    json_string(json, "query", url_query(url));
    buf_clear(&text);
}

static void json_steps(struct link_test *test, struct json *json)
{
    struct buf key;
    json_array_begin(json, "steps");
    for (size_t i = 0; i < STEPS; i++) {
        if (!take_step(test, &steps[i]))
            continue;
        json_object_begin(json, NULL);
        json_text(json, "option", steps[i].option);
        json_string(json, "url", url_bytes(&test->url));
        json_object_end(json);
    }
    json_array_end(json);
    json_string(json, "url", url_bytes(&test->url));
    json_string(json, "site", site_of_host(url_host(&test->url)));
    buf_init(&key, BUF_UNBOUNDED);
    surt_key(&key, &test->url);
    json_string(json, "key", buf_bytes(&key));
    buf_clear(&key);
}

static void json_test(struct link_test *test, struct buf *out)
{
    struct json json;
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "input", test->input);
    if (test->base)
        json_string(&json, "base", url_bytes(test->base));
    json_bool(&json, "scheme_assumed", test->is_assumed);
    if (!test->error)
        json_parts(&test->url, &json);
    if (!test->refused) {
        json_steps(test, &json);
    } else {
        struct buf text;
        buf_init(&text, BUF_UNBOUNDED);
        append_refusal(test, &text);
        json_string(&json, "refused", buf_bytes(&text));
        buf_clear(&text);
    }
    json_object_end(&json);
    buf_append_char(out, '\n');
}

/* ---- The command */

static enum status read_base(struct invocation *in, struct url *base, char *storage, size_t size)
{
    const char *text = invocation_value(in, "base");
    enum url_error error = typed_url_parse(base, storage, size, bytes_from_string(text));
    if (error)
        return invocation_fail(in, STATUS_DATA, "--base %s: %s", text, url_error_text(error));
    return STATUS_OK;
}

static enum status test_one(struct invocation *in, const struct config *config,
                            const struct url *base, size_t index)
{
    struct link_test test = {
        .config = config,
        .input = bytes_from_string(in->arguments[index]),
        .base = base,
    };
    struct buf report;
    buf_init(&report, BUF_UNBOUNDED);
    parse(&test);
    if (invocation_has(in, "json"))
        json_test(&test, &report);
    else
        print_test(&test, &report);
    enum status status = testing_print(in, index, &report);
    buf_clear(&report);
    return status;
}

enum status test_url(struct invocation *in)
{
    struct config *config;
    const char *directory;
    struct url base;
    char storage[URL_BYTES_MAX + 1];
    bool has_base = invocation_has(in, "base");
    enum status status = testing_load(in, &config, &directory);
    if (!status && has_base)
        status = read_base(in, &base, storage, sizeof(storage));
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = test_one(in, config, has_base ? &base : NULL, i);
    config_free(config);
    return status;
}
