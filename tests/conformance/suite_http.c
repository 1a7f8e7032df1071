/* SPDX-License-Identifier: MIT
 *
 * suite_http - header fields against tests of reading their values.
 */
#include "base/httpdate.h"
#include "crawler/fetch/headers.h"
#include "robots/directives.h"
#include "tests/conformance/suite.h"

/* A block of fields, one for each value. */
static void write_fields(struct buf *headers, const char *name, const json_t *values)
{
    for (size_t i = 0; i < json_array_size(values); i++) {
        buf_printf(headers, "%s: ", name);
        buf_append_bytes(headers, json_bytes(json_array_get(values, i)));
        buf_append_string(headers, "\r\n");
    }
}

/* ---- Content-Type */

/* "text/html" of "text/html;charset=x". */
static struct bytes essence_of(const json_t *mime)
{
    struct bytes text = json_is_string(mime) ? json_bytes(mime) : BYTES("");
    text.length = bytes_find(text, ';');
    return text;
}

/* The data names encodings, we give the label as it stands: without regard to case they are the
 * same in these rows. */
static bool has_charset(const json_t *encoding, struct bytes charset)
{
    /* A label that no encoding has is null there. The value is borrowed, so a backslash in it
     * stays. */
    if (!json_is_string(encoding) || bytes_find(charset, '\\') < charset.length)
        return true;
    return bytes_equal_nocase(bytes_trim(charset), json_bytes(encoding));
}

static struct answer judge_type(const struct row *row, const json_t *values, const json_t *mime)
{
    char essence[128];
    struct bytes charset;
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    write_fields(&headers, "Content-Type", values);
    header_content_type(buf_bytes(&headers), essence, &charset);
    struct answer answer = answer_same(bytes_from_string(essence), essence_of(mime));
    if (answer.kind == ANSWER_PASSED && !has_charset(row_value(row, "encoding"), charset))
        answer = answer_fail("charset %.*s", (int)charset.length, charset.data);
    buf_clear(&headers);
    return answer;
}

static struct answer answer_types(const struct row *row)
{
    return judge_type(row, row_value(row, "headers"), row_value(row, "mime"));
}

static struct answer answer_type(const struct row *row)
{
    struct bytes input = row_bytes(row, "input");
    if (bytes_find(input, '\r') < input.length || bytes_find(input, '\n') < input.length)
        return answer_skip("a line end, which no value holds");
    if (bytes_find(input, '\0') < input.length)
        return answer_skip("a NUL, which makes the field unreadable");
    json_t *values = json_pack("[O]", row_value(row, "input"));
    struct answer answer = judge_type(row, values, row_value(row, "output"));
    json_decref(values);
    return answer;
}

/* ---- Times */

static struct answer judge_ms(int64_t ours, int64_t wanted)
{
    return ours == wanted
               ? answer_pass()
               : answer_fail("ours %lld ms, wanted %lld", (long long)ours, (long long)wanted);
}

static struct answer answer_retry_after(const struct row *row)
{
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    json_t *values = json_pack("[O]", row_value(row, "value"));
    write_fields(&headers, "Retry-After", values);
    json_decref(values);
    int64_t now_ms = json_integer_value(row_value(row, "now")) * 1000;
    int64_t wait_ms = header_retry_after_ms(buf_bytes(&headers), now_ms);
    buf_clear(&headers);
    const json_t *wait = row_value(row, "wait_s");
    return judge_ms(wait_ms, json_is_integer(wait) ? json_integer_value(wait) * 1000 : -1);
}

/* A date before 1970 is for us no date. */
static struct answer answer_date(const struct row *row)
{
    const json_t *epoch = row_value(row, "epoch");
    int64_t wanted = json_is_integer(epoch) ? json_integer_value(epoch) * 1000 : -1;
    return judge_ms(httpdate_parse(row_bytes(row, "input")), wanted < 0 ? -1 : wanted);
}

/* ---- X-Robots-Tag */

static struct answer answer_x_robots_tag(const struct row *row)
{
    struct directives directives = { 0 };
    const json_t *headers = row_value(row, "headers");
    const json_t *wanted = row_value(row, "expect");
    for (size_t i = 0; i < json_array_size(headers); i++)
        directives_from_header(&directives, json_bytes(json_array_get(headers, i)),
                               row_bytes(row, "bot"));
    return answer_if(directives.noindex == json_is_true(json_object_get(wanted, "noindex")) &&
                     directives.nofollow == json_is_true(json_object_get(wanted, "nofollow")));
}

static const struct suite_file files[] = {
    { .name = "content-type-headers.jsonl", .row = answer_types },
    { .name = "mime-types.jsonl", .row = answer_type },
    { .name = "generated-mime-types.jsonl", .row = answer_type },
    { .name = "retry-after.jsonl", .row = answer_retry_after },
    { .name = "dates-curl.jsonl", .row = answer_date },
    { .name = "x-robots-tag.jsonl", .row = answer_x_robots_tag },
};

const struct suite suite_http = { .name = "http", SUITE_FILES(files) };
