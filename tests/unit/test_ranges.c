/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/ranges.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define T0          "Sun, 06 Nov 1994 08:49:37 GMT"
#define T1          "Sun, 06 Nov 1994 08:50:36 GMT" /* 59 seconds later. */
#define T2          "Sun, 06 Nov 1994 08:50:37 GMT" /* A minute later. */

START_TEST(a_response_is_finished_later_only_by_a_strong_validator_and_where_ranges_are_taken)
{
    static const struct {
        uint16_t status;
        const char *response;
        const char *if_range; /* "": there is none. */
        bool may_be;
    } rows[] = {
        { 200, "Accept-Ranges: bytes\r\nETag: \"a\"\r\n", "\"a\"", true },
        { 200, "accept-ranges: Bytes\r\netag: \"\"\r\n", "\"\"", true },
        { 200, "Accept-Ranges: none, bytes\r\nETag: \"a\"\r\n", "\"a\"", true },
        { 200, "Accept-Ranges: none\r\nETag: \"a\"\r\n", "\"a\"", false },
        { 200, "Accept-Ranges: bytes-unit\r\nETag: \"a\"\r\n", "\"a\"", false },
        { 200, "ETag: \"a\"\r\n", "\"a\"", false },
        { 203, "Accept-Ranges: bytes\r\nETag: \"a\"\r\n", "\"a\"", false },
        { 206, "Accept-Ranges: bytes\r\nETag: \"a\"\r\n", "\"a\"", false },
        { 200, "Accept-Ranges: bytes\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nETag: W/\"a\"\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nETag: a\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nETag: \"\r\n", "", false },
        /* Where there is a tag, a date will not do. */
        { 200, "Accept-Ranges: bytes\r\nETag: W/\"a\"\r\nLast-Modified: " T0 "\r\nDate: " T2 "\r\n",
          "", false },
        { 200, "Accept-Ranges: bytes\r\nLast-Modified: " T0 "\r\nDate: " T2 "\r\n", T0, true },
        { 200, "Accept-Ranges: bytes\r\nLast-Modified: " T0 "\r\nDate: " T1 "\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nLast-Modified: " T2 "\r\nDate: " T0 "\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nLast-Modified: " T0 "\r\n", "", false },
        { 200, "Accept-Ranges: bytes\r\nLast-Modified: long ago\r\nDate: " T2 "\r\n", "", false },
        { 200, "", "", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct bytes response = bytes_from_string(rows[i].response);
        struct bytes said = range_validator(response);
        ck_assert_msg(bytes_equal(said, bytes_from_string(rows[i].if_range)), "row %zu: %.*s", i,
                      (int)said.length, said.data ? said.data : "");
        ck_assert_msg(range_may_finish(rows[i].status, response) == rows[i].may_be, "row %zu", i);
    }
}
END_TEST

START_TEST(an_answer_is_the_rest_only_where_it_goes_on_at_the_cut)
{
    static const struct {
        uint16_t status;
        const char *response;
        enum range_answer answer;
        uint64_t whole_bytes;
    } rows[] = {
        { 200, "", RANGE_WHOLE, 0 },
        { 200, "Content-Range: bytes 10-19/20\r\n", RANGE_WHOLE, 0 },
        { 206, "Content-Range: bytes 10-19/20\r\n", RANGE_REST, 20 },
        { 206, "Content-Range: BYTES 10-10/11\r\n", RANGE_REST, 11 },
        { 206, "Content-Range: bytes 10-19/*\r\n", RANGE_REST, 0 },
        /* Less than was asked for may come (RFC 9110, 15.3.7). */
        { 206, "Content-Range: bytes 10-14/20\r\n", RANGE_REST, 20 },
        { 206, "Content-Range: bytes 10-19/20\r\nETag: \"a\"\r\n", RANGE_REST, 20 },
        { 206, "Content-Range: bytes 10-19/20\r\nETag: \"b\"\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-19/20\r\nETag: W/\"a\"\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-19/20\r\nLast-Modified: " T0 "\r\n", RANGE_REST, 20 },
        { 206, "Content-Range: bytes 10-19/20\r\nLast-Modified: " T2 "\r\n", RANGE_OTHER, 0 },
        { 206, "", RANGE_OTHER, 0 },
        { 206, "Content-Type: multipart/byteranges; boundary=x\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 9-19/20\r\n", RANGE_OTHER, 20 },
        { 206, "Content-Range: bytes 11-19/20\r\n", RANGE_OTHER, 20 },
        { 206, "Content-Range: bytes 10-9/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-20/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes -10/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-19\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-19/x\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes 10-99999999999999999999/*\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: lines 10-19/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: 10-19/20\r\n", RANGE_OTHER, 0 },
        { 206, "Content-Range: bytes */20\r\n", RANGE_OTHER, 20 },
        { 416, "Content-Range: bytes */10\r\n", RANGE_NOTHING, 10 },
        { 416, "Content-Range: bytes */10\r\nETag: \"b\"\r\n", RANGE_OTHER, 0 },
        { 416, "Content-Range: bytes */9\r\n", RANGE_OTHER, 9 },
        { 416, "Content-Range: bytes */11\r\n", RANGE_OTHER, 11 },
        { 416, "Content-Range: bytes */*\r\n", RANGE_OTHER, 0 },
        { 416, "Content-Range: bytes 10-19/20\r\n", RANGE_OTHER, 20 },
        { 416, "", RANGE_OTHER, 0 },
    };
    const struct validators stored = { BYTES("\"a\""), BYTES(T0) };
    for (size_t i = 0; i < COUNT(rows); i++) {
        uint64_t whole_bytes = 1;
        enum range_answer answer = range_judge(rows[i].status, bytes_from_string(rows[i].response),
                                               &stored, 10, &whole_bytes);
        ck_assert_msg(answer == rows[i].answer, "row %zu: %d", i, (int)answer);
        ck_assert_msg(whole_bytes == rows[i].whole_bytes, "row %zu: %llu", i,
                      (unsigned long long)whole_bytes);
    }
}
END_TEST

SUITE_MAIN("ranges",
           a_response_is_finished_later_only_by_a_strong_validator_and_where_ranges_are_taken,
           an_answer_is_the_rest_only_where_it_goes_on_at_the_cut)
