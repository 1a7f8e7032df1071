/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/validators.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define T1          "Sun, 06 Nov 1994 08:49:37 GMT"
#define T2          "Sun, 06 Nov 1994 08:49:38 GMT"

START_TEST(what_a_reply_says_of_the_stored_response_follows_from_their_validators)
{
    static const struct {
        const char *stored;
        const char *reply;
        bool confirms; /* As a 304. */
        bool is_same;  /* As the answer to a HEAD. */
    } rows[] = {
        { "ETag: \"a\"\r\n", "ETag: \"a\"\r\n", true, true },
        { "ETag: \"a\"\r\n", "ETag: \"b\"\r\n", false, false },
        { "ETag: \"a\"\r\n", "ETag: W/\"a\"\r\n", true, true },
        { "ETag: W/\"a\"\r\n", "ETag: \"a\"\r\n", true, true },
        { "ETag: W/\"a\"\r\n", "ETag: w/\"a\"\r\n", true, true },
        { "ETag: W/\"a\"\r\n", "ETag: W/\"b\"\r\n", false, false },
        { "ETag: \"a\"\r\n", "ETag: \"A\"\r\n", false, false },
        { "ETag: a\r\n", "ETag: \"a\"\r\n", false, false },
        { "ETag: \"a\"\r\n", "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", true, false },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "ETag: \"a\"\r\nLast-Modified: " T2 "\r\n",
          true, false },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "ETag: \"b\"\r\nLast-Modified: " T1 "\r\n",
          false, false },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "Last-Modified: " T1 "\r\n", true, true },
        { "Last-Modified: " T1 "\r\n", "Last-Modified: " T1 "\r\n", true, true },
        { "Last-Modified: " T1 "\r\n", "Last-Modified: " T2 "\r\n", true, false },
        { "Last-Modified: " T2 "\r\n", "Last-Modified: " T1 "\r\n", false, false },
        { "Last-Modified: yesterday\r\n", "Last-Modified: yesterday\r\n", true, true },
        { "Last-Modified: yesterday\r\n", "Last-Modified: today\r\n", true, false },
        { "Last-Modified: yesterday\r\n", "Last-Modified: " T1 "\r\n", true, false },
        { "Last-Modified: " T1 "\r\n", "Last-Modified: yesterday\r\n", true, false },
        { "ETag: \"a\"\r\n", "", true, true },
        { "ETag: \"a\"\r\n", "ETag:\r\n", true, true },
        { "Last-Modified: " T1 "\r\n", "", true, true },
        { "", "", true, true },
        { "", "ETag: \"a\"\r\n", false, false },
        { "", "Last-Modified: " T1 "\r\n", false, false },
        { "ETag: \"a\"\r\n", "Last-Modified: " T1 "\r\n", false, false },
        { "Last-Modified: " T1 "\r\n", "ETag: \"a\"\r\n", false, false },
        { "Last-Modified: " T1 "\r\n", "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", true, false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct validators stored = validators_read(bytes_from_string(rows[i].stored));
        struct validators reply = validators_read(bytes_from_string(rows[i].reply));
        ck_assert_msg(validators_confirm(&stored, &reply) == rows[i].confirms, "row %zu: %s and %s",
                      i, rows[i].stored, rows[i].reply);
        ck_assert_msg(validators_same(&stored, &reply) == rows[i].is_same, "row %zu: %s and %s", i,
                      rows[i].stored, rows[i].reply);
    }
}
END_TEST

static void check_sent(struct bytes sent, const char *wanted, size_t row)
{
    ck_assert_msg((sent.data == NULL) == (wanted == NULL) &&
                      (!wanted || bytes_equal(sent, bytes_from_string(wanted))),
                  "row %zu: %.*s", row, (int)sent.length, sent.data ? sent.data : "");
}

START_TEST(conditions_are_made_of_what_the_response_came_with)
{
    static const struct {
        const char *stored;
        const char *if_none_match; /* NULL: not sent. */
        const char *if_modified_since;
    } rows[] = {
        { "", NULL, NULL },
        { "ETag: \"a\"\r\n", "\"a\"", NULL },
        { "ETag: W/\"a\"\r\nDate: " T2 "\r\n", "W/\"a\"", NULL },
        { "ETag: a\r\n", "a", NULL },
        { "ETag:\r\n", NULL, NULL },
        { "ETag: \"a\rX: y\"\r\n", NULL, NULL },
        { "Last-Modified: " T1 "\r\nDate: " T2 "\r\n", NULL, T1 },
        { "Last-Modified: sometime\r\n", NULL, "sometime" },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "\"a\"", T1 },
        { "Date: " T2 "\r\n", NULL, T1 },
        { "Date: Sunday, 06-Nov-94 08:49:38 GMT\r\n", NULL, T1 },
        { "Date: now\r\n", NULL, NULL },
        { "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct conditional_fields sent;
        validators_conditions(&sent, bytes_from_string(rows[i].stored));
        check_sent(sent.if_none_match, rows[i].if_none_match, i);
        check_sent(sent.if_modified_since, rows[i].if_modified_since, i);
    }
}
END_TEST

SUITE_MAIN("validators", what_a_reply_says_of_the_stored_response_follows_from_their_validators,
           conditions_are_made_of_what_the_response_came_with)
