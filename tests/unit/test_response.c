/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/response.h"

static const struct transfer_limits limits = { .header_bytes = 100,
                                               .header_fields = 3,
                                               .body_bytes = 10 };

/* Feeds lines, each with the status of its block, until one is not taken. Returns how many were. */
struct fed {
    const char *line;
    long status;
};

static size_t feed(struct response *response, const struct fed *lines)
{
    size_t count = 0;
    while (lines[count].line &&
           response_take_line(response, bytes_from_string(lines[count].line), lines[count].status))
        count++;
    return count;
}

START_TEST(lines_are_taken_as_the_table_says)
{
    static const struct {
        struct fed lines[8];
        size_t taken;
        enum transfer_end verdict;
        const char *headers;
        uint16_t status;
    } rows[] = {
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "A: b\r\n", 200 }, { "\r\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\nA: b\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\n", 200 }, { "A: b\n", 200 }, { "\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\nA: b\n",
          200 },
        /* Codings that nobody asked for. */
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "Transfer-Encoding: gzip, chunked\r\n", 200 },
            { "\r\n", 200 } },
          2,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "Transfer-Encoding: Chunked\r\n", 200 },
            { "\r\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n",
          200 },
        /* Without a login nothing is asked again: that is a trailer. */
        { { { "HTTP/1.1 401 No\r\n", 401 }, { "\r\n", 401 }, { "HTTP/1.1 200 OK\r\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 401 No\r\n",
          401 },
        /* Trailers. */
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "\r\n", 200 }, { "T: u\r\n", 200 }, { "\r\n", 200 } },
          4,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\n",
          200 },
        /* Interim responses. */
        { { { "HTTP/1.1 103 X\r\n", 103 },
            { "A: b\r\n", 103 },
            { "\r\n", 103 },
            { "HTTP/1.1 404 Y\r\n", 404 },
            { "C: d\r\n", 404 },
            { "\r\n", 404 } },
          6,
          TRANSFER_DONE,
          "HTTP/1.1 404 Y\r\nC: d\r\n",
          404 },
        { { { "HTTP/1.1 101 X\r\n", 101 }, { "\r\n", 101 } },
          1,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 101 X\r\n",
          0 },
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "A: 1\r\n", 200 },
            { "A: 2\r\n", 200 },
            { "A: 3\r\n", 200 },
            { "A: 4\r\n", 200 } },
          4,
          TRANSFER_HEADERS_TOO_LARGE,
          "HTTP/1.1 200 OK\r\nA: 1\r\nA: 2\r\nA: 3\r\n",
          0 },
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "A: "
              "34567890123456789012345678901234567890123456789012345678901234567890123456789012\r"
              "\n",
              200 } },
          1,
          TRANSFER_HEADERS_TOO_LARGE,
          "HTTP/1.1 200 OK\r\n",
          0 },
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "Content-Length: 1\r\n", 200 },
            { "content-length: 01\r\n", 200 },
            { "\r\n", 200 } },
          3,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 01\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 },
            { "Content-Length: 1\r\n", 200 },
            { "content-length: 1\r\n", 200 },
            { "\r\n", 200 } },
          4,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: 1,1\r\n", 200 }, { "\r\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\nContent-Length: 1,1\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: 1, 2\r\n", 200 }, { "\r\n", 200 } },
          2,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nContent-Length: 1, 2\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: 1,\r\n", 200 }, { "\r\n", 200 } },
          2,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nContent-Length: 1,\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: 1s\r\n", 200 }, { "\r\n", 200 } },
          2,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nContent-Length: 1s\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: 010\r\n", 200 }, { "\r\n", 200 } },
          3,
          TRANSFER_DONE,
          "HTTP/1.1 200 OK\r\nContent-Length: 010\r\n",
          200 },
        { { { "HTTP/1.1 200 OK\r\n", 200 }, { "Content-Length: -1\r\n", 200 }, { "\r\n", 200 } },
          2,
          TRANSFER_FAILED_PROTOCOL,
          "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n",
          200 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result = { 0 };
        struct response response;
        response_begin(&response, &result, &limits);
        ck_assert_msg(feed(&response, rows[i].lines) == rows[i].taken, "row %zu", i);
        ck_assert_int_eq(response.verdict, rows[i].verdict);
        ck_assert_msg(bytes_equal(buf_bytes(&result.headers), bytes_from_string(rows[i].headers)),
                      "row %zu", i);
        ck_assert_uint_eq(result.status, rows[i].status);
        ck_assert_int_eq(result.detail[0] == '\0', rows[i].verdict == TRANSFER_DONE);
        transfer_result_clear(&result);
    }
}
END_TEST

START_TEST(a_body_is_kept_up_to_its_limit)
{
    static const struct {
        const char *pieces[3];
        int64_t said;
        size_t taken;
        const char *body;
    } rows[] = {
        { { "hello", NULL }, 5, 1, "hello" },
        { { "01234", "56789", NULL }, -1, 2, "0123456789" },
        { { "01234", "567890", NULL }, -1, 1, "0123456789" },
        { { "0123456789x", NULL }, INT64_MAX, 0, "0123456789" },
        { { "", "a", NULL }, 0, 2, "a" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result = { 0 };
        struct response response;
        response_begin(&response, &result, &limits);
        size_t taken = 0;
        while (
            rows[i].pieces[taken] &&
            response_take_body(&response, bytes_from_string(rows[i].pieces[taken]), rows[i].said))
            taken++;
        ck_assert_uint_eq(taken, rows[i].taken);
        ck_assert_int_eq(response.verdict,
                         rows[i].pieces[taken] ? TRANSFER_BODY_TOO_LARGE : TRANSFER_DONE);
        ck_assert(bytes_equal(buf_bytes(&result.body), bytes_from_string(rows[i].body)));
        transfer_result_clear(&result);
    }
}
END_TEST

START_TEST(a_boast_of_length_reserves_little)
{
    struct transfer_limits wide = limits;
    wide.body_bytes = SIZE_MAX / 4;
    struct transfer_result result = { 0 };
    struct response response;
    response_begin(&response, &result, &wide);
    ck_assert(response_take_body(&response, BYTES("x"), INT64_MAX));
    ck_assert_uint_le(result.body.capacity, 2 * 1024 * 1024 + 2);
    transfer_result_clear(&result);
}
END_TEST

START_TEST(the_first_verdict_stands)
{
    struct transfer_result result = { 0 };
    struct response response;
    response_begin(&response, &result, &limits);
    ck_assert(!response_stop(&response, TRANSFER_STOPPED, "first"));
    ck_assert(!response_stop(&response, TRANSFER_ABORTED, "second"));
    ck_assert_int_eq(response.verdict, TRANSFER_STOPPED);
    ck_assert_str_eq(result.detail, "first");
    transfer_result_clear(&result);
}
END_TEST

START_TEST(an_answer_that_asks_for_a_login_makes_room_for_the_next)
{
    static const struct fed lines[] = {
        { "HTTP/1.1 401 No\r\n", 401 }, { "A: b\r\n", 401 }, { "\r\n", 401 }, { "T: u\r\n", 401 },
        { "HTTP/1.1 200 OK\r\n", 200 }, { "C: d\r\n", 200 }, { "\r\n", 200 }, { "V: w\r\n", 200 },
        { "HTTP/1.1 204 OK\r\n", 200 }, { NULL, 0 }
    };
    struct transfer_result result = { 0 };
    struct response response;
    response_begin(&response, &result, &limits);
    response.may_be_asked_again = true;
    ck_assert_uint_eq(feed(&response, lines), 9);
    ck_assert_uint_eq(result.status, 200);
    ck_assert(bytes_equal(buf_bytes(&result.headers), BYTES("HTTP/1.1 200 OK\r\nC: d\r\n")));
    ck_assert(bytes_equal(buf_bytes(&result.trailers), BYTES("V: w\r\nHTTP/1.1 204 OK\r\n")));
    transfer_result_clear(&result);
}
END_TEST

SUITE_MAIN("response", an_answer_that_asks_for_a_login_makes_room_for_the_next,
           lines_are_taken_as_the_table_says, a_body_is_kept_up_to_its_limit,
           a_boast_of_length_reserves_little, the_first_verdict_stands)
