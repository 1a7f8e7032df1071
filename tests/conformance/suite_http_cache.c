/* SPDX-License-Identifier: MIT
 *
 * suite_http_cache - a private cache over our rules against the tests that browsers and proxies
 * are put to.
 *
 * A row is a play in steps. In each a client asks the cache for something, and the step says what
 * the server answers if the question gets there, what the client must be given, and what the
 * server must have seen. The clock is ours; a pause takes no time.
 */
#include <stdio.h>

#include "base/httpdate.h"
#include "crawler/fetch/headers.h"
#include "tests/conformance/private_cache.h"
#include "tests/conformance/suite.h"

/* 2027-01-15, a whole second: dates have no parts of one. */
#define START_MS INT64_C(1800000000000)
#define PAUSE_MS 3000

/* What every response says beside its step's own fields: in which step, counted from 1, the server
 * was asked for it, and when. */
#define ASKED_IN "Server-Request-Count"
#define ASKED_AT "Server-Now"

struct play {
    struct bytes name; /* Of the row: part of its URLs, and the body where a step has none. */
    const json_t *steps;
    size_t at; /* The step, from 0. */
    int64_t now_ms;
    bool was_asked; /* The server, in this step. */
    struct buf seen_method;
    struct buf seen_headers;
    struct buf etag; /* As the server sent it last. */
    struct buf last_modified;
};

static const json_t *step_of(const struct play *play)
{
    return json_array_get(play->steps, play->at);
}

/* ---- The server */

static bool is_date(const char *name)
{
    static const char *const names[] = { "Date", "Expires", "Last-Modified", "If-Modified-Since" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (bytes_equal_nocase(bytes_from_string(name), bytes_from_string(names[i])))
            return true;
    return false;
}

/* A number of a date field is seconds from now. */
static void write_value(struct buf *out, const char *name, const json_t *value, int64_t now_ms)
{
    char date[HTTPDATE_TEXT_BYTES];
    if (json_is_integer(value) && is_date(name))
        buf_append_string(out, httpdate_format(date, now_ms + 1000 * json_integer_value(value)));
    else if (json_is_integer(value))
        buf_printf(out, "%lld", (long long)json_integer_value(value));
    else
        buf_append_bytes(out, json_bytes(value));
}

static void write_fields(struct buf *out, const json_t *fields, int64_t now_ms)
{
    for (size_t i = 0; i < json_array_size(fields); i++) {
        const json_t *field = json_array_get(fields, i);
        const char *name = json_string_value(json_array_get(field, 0));
        buf_printf(out, "%s: ", name);
        write_value(out, name, json_array_get(field, 1), now_ms);
        buf_append_string(out, "\r\n");
    }
}

static void write_missing(struct buf *headers, const char *name, const char *value)
{
    if (!header_get(buf_bytes(headers), bytes_from_string(name)).data)
        buf_printf(headers, "%s: %s\r\n", name, value);
}

static void copy(struct buf *out, struct bytes bytes)
{
    buf_reset(out);
    buf_append_bytes(out, bytes);
}

/* Does the request carry the validator that the step wants to see? */
static bool is_validated(const struct play *play, struct bytes type)
{
    struct bytes seen = buf_bytes(&play->seen_headers);
    if (bytes_equal(type, BYTES("etag_validated")))
        return play->etag.length > 0 &&
               bytes_equal(header_get(seen, BYTES("if-none-match")), buf_bytes(&play->etag));
    return bytes_equal(type, BYTES("lm_validated")) && play->last_modified.length > 0 &&
           bytes_equal(header_get(seen, BYTES("if-modified-since")),
                       buf_bytes(&play->last_modified));
}

static void write_body(struct play *play, const json_t *step, struct cache_reply *reply)
{
    const json_t *body = json_object_get(step, "response_body");
    if (reply->status != 304 && !bytes_equal(buf_bytes(&play->seen_method), BYTES("HEAD")))
        buf_append_bytes(&reply->body, body ? json_bytes(body) : play->name);
}

static void serve(void *context, const struct cache_request *request, struct cache_reply *reply,
                  int64_t *now_ms)
{
    struct play *play = context;
    const json_t *step = step_of(play);
    const json_t *status = json_object_get(step, "response_status");
    char text[HTTPDATE_TEXT_BYTES];
    play->was_asked = true;
    copy(&play->seen_method, request->method);
    copy(&play->seen_headers, request->headers);
    *now_ms += 1000 * json_integer_value(json_object_get(step, "response_pause"));
    if (json_is_true(json_object_get(step, "disconnect")))
        return;
    reply->status = (uint16_t)(status ? json_integer_value(json_array_get(status, 0)) : 200);
    if (is_validated(play, json_field(step, "expected_type")))
        reply->status = 304;
    buf_printf(&reply->headers, "HTTP/1.1 %u Status\r\n", reply->status);
    write_fields(&reply->headers, json_object_get(step, "response_headers"), *now_ms);
    write_missing(&reply->headers, "Date", httpdate_format(text, *now_ms));
    write_missing(&reply->headers, ASKED_AT, httpdate_format(text, *now_ms));
    snprintf(text, sizeof(text), "%zu", play->at + 1);
    write_missing(&reply->headers, ASKED_IN, text);
    write_missing(&reply->headers, "Client-Request-Count", text);
    write_body(play, step, reply);
    copy(&play->etag, header_get(buf_bytes(&reply->headers), BYTES("etag")));
    copy(&play->last_modified, header_get(buf_bytes(&reply->headers), BYTES("last-modified")));
}

/* ---- What the client was given */

static struct bytes given(const struct cache_reply *reply, const char *name)
{
    return header_get(buf_bytes(&reply->headers), bytes_from_string(name));
}

static struct answer judge_type(const struct play *play, const struct cache_reply *reply,
                                struct bytes type)
{
    uint64_t asked_in = 0;
    bytes_to_u64(given(reply, ASKED_IN), UINT32_MAX, &asked_in);
    bool is_new = asked_in == play->at + 1;
    if (bytes_equal(type, BYTES("cached")) && (reply->status == 0 || is_new))
        return answer_fail("step %zu: not from the cache", play->at + 1);
    if (bytes_equal(type, BYTES("not_cached")) && !is_new)
        return answer_fail("step %zu: from the cache", play->at + 1);
    const char *condition = bytes_equal(type, BYTES("etag_validated")) ? "if-none-match"
                            : bytes_equal(type, BYTES("lm_validated")) ? "if-modified-since"
                                                                       : NULL;
    if (condition &&
        (!play->was_asked ||
         !header_get(buf_bytes(&play->seen_headers), bytes_from_string(condition)).data))
        return answer_fail("step %zu: no %s sent", play->at + 1, condition);
    return answer_pass();
}

static struct answer judge_status(const struct play *play, const struct cache_reply *reply)
{
    const json_t *step = step_of(play);
    const json_t *wanted = json_object_get(step, "expected_status");
    const json_t *sent = json_array_get(json_object_get(step, "response_status"), 0);
    json_int_t status = json_is_integer(wanted) ? json_integer_value(wanted)
                        : sent                  ? json_integer_value(sent)
                                                : 200;
    if (json_is_null(wanted) || reply->status == status)
        return answer_pass();
    return answer_fail("step %zu: status %u", play->at + 1, reply->status);
}

/* "name", ["name", value] or ["name", ">", number]. */
static bool has_field(const struct cache_reply *reply, const json_t *wanted)
{
    const char *name =
        json_string_value(json_is_array(wanted) ? json_array_get(wanted, 0) : wanted);
    struct bytes value = given(reply, name);
    uint64_t number;
    if (!value.data || !json_is_array(wanted))
        return value.data != NULL;
    if (json_array_size(wanted) == 3)
        return bytes_equal(json_bytes(json_array_get(wanted, 1)), BYTES(">")) &&
               bytes_to_u64(value, UINT32_MAX, &number) &&
               (json_int_t)number > json_integer_value(json_array_get(wanted, 2));
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    write_value(&text, name, json_array_get(wanted, 1), httpdate_parse(given(reply, ASKED_AT)));
    bool is_same = bytes_equal(value, buf_bytes(&text));
    buf_clear(&text);
    return is_same;
}

static struct answer judge_fields(const struct play *play, const struct cache_reply *reply)
{
    const json_t *wanted = json_object_get(step_of(play), "expected_response_headers");
    const json_t *missing = json_object_get(step_of(play), "expected_response_headers_missing");
    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!has_field(reply, json_array_get(wanted, i)))
            return answer_fail("step %zu: expected field %zu", play->at + 1, i);
    for (size_t i = 0; i < json_array_size(missing); i++)
        if (has_field(reply, json_array_get(missing, i)))
            return answer_fail("step %zu: unwanted field %zu", play->at + 1, i);
    return answer_pass();
}

static struct answer judge_body(const struct play *play, const struct cache_reply *reply)
{
    const json_t *step = step_of(play);
    const json_t *wanted = json_object_get(step, "expected_response_text");
    if (!wanted)
        wanted = json_object_get(step, "response_body");
    if (json_is_false(json_object_get(step, "check_body")) || json_is_null(wanted) ||
        reply->status == 0 || reply->status == 304 ||
        bytes_equal(json_field(step, "request_method"), BYTES("HEAD")) ||
        bytes_equal(buf_bytes(&reply->body), wanted ? json_bytes(wanted) : play->name))
        return answer_pass();
    return answer_fail("step %zu: body %.*s", play->at + 1, (int)reply->body.length,
                       reply->body.data ? reply->body.data : "");
}

/* ---- What the server saw */

/* ["name", value], or, what must not be sent, also "name". */
static bool was_sent(const struct play *play, const json_t *wanted)
{
    struct bytes name = json_bytes(json_is_array(wanted) ? json_array_get(wanted, 0) : wanted);
    struct bytes seen = header_get(buf_bytes(&play->seen_headers), name);
    return play->was_asked && seen.data &&
           (!json_is_array(wanted) || bytes_equal(seen, json_bytes(json_array_get(wanted, 1))));
}

/* Interim responses come through whenever the server is asked, and are never kept. */
static struct answer judge_server(const struct play *play)
{
    const json_t *step = step_of(play);
    const json_t *fields = json_object_get(step, "expected_request_headers");
    const json_t *missing = json_object_get(step, "expected_request_headers_missing");
    const json_t *interim = json_object_get(step, "expected_interim_responses");
    struct bytes method = json_field(step, "expected_method");
    if (interim && (json_array_size(interim) > 0) != play->was_asked)
        return answer_fail("step %zu: interim responses", play->at + 1);
    if (method.data && (!play->was_asked || !bytes_equal(method, buf_bytes(&play->seen_method))))
        return answer_fail("step %zu: no %.*s", play->at + 1, (int)method.length, method.data);
    for (size_t i = 0; i < json_array_size(fields); i++)
        if (!was_sent(play, json_array_get(fields, i)))
            return answer_fail("step %zu: expected field %zu of the request", play->at + 1, i);
    for (size_t i = 0; i < json_array_size(missing); i++)
        if (was_sent(play, json_array_get(missing, i)))
            return answer_fail("step %zu: unwanted field %zu of the request", play->at + 1, i);
    return answer_pass();
}

static struct answer judge_step(const struct play *play, const struct cache_reply *reply)
{
    struct answer answer = judge_type(play, reply, json_field(step_of(play), "expected_type"));
    if (answer.kind == ANSWER_PASSED)
        answer = judge_status(play, reply);
    if (answer.kind == ANSWER_PASSED)
        answer = judge_fields(play, reply);
    if (answer.kind == ANSWER_PASSED)
        answer = judge_body(play, reply);
    if (answer.kind == ANSWER_PASSED)
        answer = judge_server(play);
    return answer;
}

/* ---- The client */

/* A browser that is told to make sure says so to the caches on the way. */
static void write_request(struct play *play, bool is_reload, struct buf *url, struct buf *headers)
{
    const json_t *step = step_of(play);
    struct bytes file = json_field(step, "filename");
    struct bytes query = json_field(step, "query_arg");
    buf_printf(url, "http://origin.test/%.*s/%.*s", (int)play->name.length, play->name.data,
               (int)file.length, file.data ? file.data : "");
    if (query.data)
        buf_printf(url, "?%.*s", (int)query.length, query.data);
    write_fields(headers, json_object_get(step, "request_headers"), play->now_ms);
    if (is_reload)
        buf_append_string(headers, "Cache-Control: max-age=0\r\n");
}

static struct answer play_step(struct play *play, struct private_cache *cache)
{
    const json_t *step = step_of(play);
    struct bytes method = json_field(step, "request_method");
    struct cache_request request = {
        .method = method.data ? method : BYTES("GET"),
        .is_reload = bytes_equal(json_field(step, "cache"), BYTES("no-cache")),
    };
    struct buf url;
    struct buf headers;
    struct cache_reply reply;
    buf_init(&url, BUF_UNBOUNDED);
    buf_init(&headers, BUF_UNBOUNDED);
    cache_reply_init(&reply);
    write_request(play, request.is_reload, &url, &headers);
    request.url = buf_bytes(&url);
    request.headers = buf_bytes(&headers);
    play->was_asked = false;
    private_cache_fetch(cache, &request, &reply, &play->now_ms);
    struct answer answer = judge_step(play, &reply);
    if (json_is_true(json_object_get(step, "pause_after")))
        play->now_ms += PAUSE_MS;
    cache_reply_clear(&reply);
    buf_clear(&headers);
    buf_clear(&url);
    return answer;
}

static struct answer play_row(const struct row *row)
{
    struct play play = {
        .name = row->id,
        .steps = row_value(row, "requests"),
        .now_ms = START_MS,
    };
    buf_init(&play.seen_method, BUF_UNBOUNDED);
    buf_init(&play.seen_headers, BUF_UNBOUNDED);
    buf_init(&play.etag, BUF_UNBOUNDED);
    buf_init(&play.last_modified, BUF_UNBOUNDED);
    struct private_cache *cache = private_cache_new(serve, &play);
    struct answer answer = answer_pass();
    for (; play.at < json_array_size(play.steps) && answer.kind == ANSWER_PASSED; play.at++)
        answer = play_step(&play, cache);
    private_cache_free(cache);
    buf_clear(&play.seen_method);
    buf_clear(&play.seen_headers);
    buf_clear(&play.etag);
    buf_clear(&play.last_modified);
    return answer;
}

/* ---- What need not pass */

static bool is_question(const struct row *row)
{
    return bytes_equal(row_bytes(row, "kind"), BYTES("check"));
}

static bool is_for_shared_caches(const struct row *row)
{
    const char *name = json_string_value(row_value(row, "name"));
    return name && (strstr(name, "hared HTTP cache") || strstr(name, "HTTP shared cache"));
}

/* Why a row may fail. */
static const struct {
    bool (*fits)(const struct row *row);
    const char *why;
} rules[] = {
    { is_question, "a question that may be answered either way" },
    { is_for_shared_caches, "for caches that several clients share" },
};

static struct answer answer_row(const struct row *row)
{
    if (!row_says(row, "private_client"))
        return answer_skip("not for a private client");
    struct answer answer = play_row(row);
    for (size_t i = 0; answer.kind == ANSWER_FAILED && i < sizeof(rules) / sizeof(*rules); i++)
        if (rules[i].fits(row))
            answer = answer_skip(rules[i].why);
    return answer;
}

static const struct suite_file files[] = {
    { .name = "cache-tests.jsonl", .row = answer_row },
};

const struct suite suite_http_cache = { .name = "http-cache", SUITE_FILES(files) };
