/* SPDX-License-Identifier: MIT
 *
 * suite_http - header fields against tests of reading their values.
 */
#include <stdlib.h>

#include "base/httpdate.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/response.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/links.h"
#include "robots/directives.h"
#include "tests/conformance/suite.h"

#define DAY_MS INT64_C(86400000)

/* A number of seconds that is too large counts as this many (RFC 9111, 1.2.2). */
#define WAIT_MS_MOST INT64_C(2147483648000)

enum { ESSENCE_BYTES = 128, LINKS_MOST = 1000, CENTURY_DAYS = 36525 };

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

/* The data names encodings, and we give the label as it stands. Null is a label that none has. */
static struct answer judge_charset(struct bytes label, const json_t *encoding)
{
    if (!encoding || charset_by_label(label) == charset_by_label(json_bytes(encoding)))
        return answer_pass();
    if (bytes_find(label, '\\') < label.length)
        return answer_skip("a backslash in the charset, which we leave where it is");
    return answer_same(label, json_bytes(encoding));
}

static struct answer judge_type(const struct row *row, const json_t *values, const json_t *mime)
{
    char essence[ESSENCE_BYTES];
    struct bytes charset;
    struct buf headers;
    if (essence_of(mime).length >= ESSENCE_BYTES)
        return answer_skip("longer than any type that we keep");
    buf_init(&headers, BUF_UNBOUNDED);
    write_fields(&headers, "Content-Type", values);
    header_content_type(buf_bytes(&headers), essence, &charset);
    struct answer answer = answer_same(bytes_from_string(essence), essence_of(mime));
    if (answer.kind == ANSWER_PASSED)
        answer = judge_charset(charset, row_value(row, "encoding"));
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

/* ---- Content-Length: what is no one number ends the exchange */

static bool ends_exchange(const json_t *values)
{
    static const struct transfer_limits limits = { .header_bytes = 1 << 16, .header_fields = 256 };
    struct transfer_result result = { 0 };
    struct response response;
    struct buf line;
    buf_init(&line, BUF_UNBOUNDED);
    response_begin(&response, &result, &limits);
    bool goes_on = response_take_line(&response, BYTES("HTTP/1.1 200 OK\r\n"), 200);
    for (size_t i = 0; goes_on && i < json_array_size(values); i++) {
        buf_reset(&line);
        buf_append_string(&line, "Content-Length: ");
        buf_append_bytes(&line, json_bytes(json_array_get(values, i)));
        buf_append_string(&line, "\r\n");
        goes_on = response_take_line(&response, buf_bytes(&line), 200);
    }
    goes_on = goes_on && response_take_line(&response, BYTES("\r\n"), 200);
    buf_clear(&line);
    transfer_result_clear(&result);
    return !goes_on;
}

/* A length where one is none is that of the body as it came to the connection's end. */
static struct answer answer_length(const struct row *row)
{
    bool has_length = json_is_integer(row_value(row, "length"));
    bool is_refused = ends_exchange(row_value(row, "headers"));
    if (has_length && is_refused)
        return answer_skip("no number: RFC 9112, 6.3 ends there, browsers read on");
    return has_length == !is_refused ? answer_pass() : answer_fail("not refused");
}

/* ---- Link */

/* What says something about another page is no link of ours, and the page itself none either. */
static bool is_ours(const json_t *link)
{
    return !json_object_get(link, "anchor") && json_field(link, "url").length > 0;
}

static struct answer judge_links(const struct link_list *list, const json_t *links)
{
    size_t at = 0;
    for (size_t i = 0; i < json_array_size(links); i++) {
        const json_t *link = json_array_get(links, i);
        if (!is_ours(link))
            continue;
        struct answer answer =
            answer_same(at < list->count ? list->links[at].text : (struct bytes){ 0 },
                        bytes_trim(json_field(link, "url")));
        if (answer.kind == ANSWER_FAILED)
            return answer;
        at++;
    }
    return at == list->count ? answer_pass() : answer_fail("%zu links", list->count);
}

static struct answer answer_link(const struct row *row)
{
    struct link_list list;
    struct buf headers;
    link_list_init(&list);
    link_list_reset(&list, row->arena, LINKS_MOST);
    buf_init(&headers, BUF_UNBOUNDED);
    buf_append_string(&headers, "Link: ");
    buf_append_bytes(&headers, row_bytes(row, "value"));
    buf_append_string(&headers, "\r\n");
    links_from_headers(&list, buf_bytes(&headers));
    struct answer answer = judge_links(&list, row_value(row, "links"));
    buf_clear(&headers);
    link_list_clear(&list);
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
    if (json_is_null(wait) || !wait)
        return judge_ms(wait_ms, -1);
    double wanted_ms = json_number_value(wait) * 1000;
    return wanted_ms > (double)WAIT_MS_MOST ? judge_ms(wait_ms, WAIT_MS_MOST)
                                            : judge_ms(wait_ms, (int64_t)wanted_ms);
}

static bool ends_in_small_letters(struct bytes text)
{
    text = bytes_trim(text);
    char last = text.length > 0 ? text.data[text.length - 1] : ' ';
    return last >= 'a' && last <= 'z';
}

static bool is_century_apart(int64_t a_ms, int64_t b_ms)
{
    int64_t days = llabs(a_ms - b_ms) / DAY_MS;
    return a_ms >= 0 && b_ms >= 0 && (days == CENTURY_DAYS || days == CENTURY_DAYS - 1);
}

/* curl reads much that RFC 9110 does not know; there we may differ where a rule says how. A date
 * before 1970 is for us no date. */
static struct answer answer_date(const struct row *row)
{
    struct bytes input = row_bytes(row, "input");
    const json_t *epoch = row_value(row, "epoch");
    int64_t wanted = json_is_integer(epoch) ? json_integer_value(epoch) * 1000 : -1;
    int64_t ours = httpdate_parse(input);
    struct answer answer = judge_ms(ours, wanted < 0 ? -1 : wanted);
    if (answer.kind == ANSWER_PASSED || !bytes_equal(row_bytes(row, "rfc9110"), BYTES("none")))
        return answer;
    if (ours == -1)
        return answer_skip("outside RFC 9110, and refused");
    if (wanted == -1 && ends_in_small_letters(input))
        return answer_skip("a zone in small letters (RFC 9111, 4.2)");
    return is_century_apart(ours, wanted) ? answer_skip("the century of a year of two digits")
                                          : answer;
}

/* ---- X-Robots-Tag */

/* What a row says nothing of is not asked. */
static bool is_as_wanted(const json_t *wanted, const char *name, bool ours)
{
    const json_t *value = json_object_get(wanted, name);
    return !json_is_boolean(value) || json_is_true(value) == ours;
}

static struct answer answer_x_robots_tag(const struct row *row)
{
    struct directives directives = { 0 };
    const json_t *headers = row_value(row, "headers");
    const json_t *wanted = row_value(row, "expect");
    for (size_t i = 0; i < json_array_size(headers); i++)
        directives_from_header(&directives, json_bytes(json_array_get(headers, i)),
                               row_bytes(row, "bot"));
    return answer_if(is_as_wanted(wanted, "noindex", directives.noindex) &&
                     is_as_wanted(wanted, "nofollow", directives.nofollow) &&
                     is_as_wanted(wanted, "noarchive", directives.noarchive) &&
                     is_as_wanted(wanted, "nosnippet", directives.nosnippet));
}

static const struct suite_file files[] = {
    { .name = "content-type-headers.jsonl", .row = answer_types },
    { .name = "mime-types.jsonl", .row = answer_type },
    { .name = "generated-mime-types.jsonl", .row = answer_type },
    { .name = "content-length.jsonl", .row = answer_length },
    { .name = "link-header.jsonl", .row = answer_link },
    { .name = "retry-after.jsonl", .row = answer_retry_after },
    { .name = "dates-curl.jsonl", .row = answer_date },
    { .name = "x-robots-tag.jsonl", .row = answer_x_robots_tag },
};

const struct suite suite_http = { .name = "http", SUITE_FILES(files) };
