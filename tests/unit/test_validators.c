/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/validators.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define T1          "Sun, 06 Nov 1994 08:49:37 GMT"
#define T2          "Sun, 06 Nov 1994 08:49:38 GMT"

START_TEST(a_reply_is_about_the_stored_response_when_their_validators_agree)
{
    static const struct {
        const char *stored;
        const char *reply;
        bool is_match;
    } rows[] = {
        { "ETag: \"a\"\r\n", "ETag: \"a\"\r\n", true },
        { "ETag: \"a\"\r\n", "ETag: \"b\"\r\n", false },
        { "ETag: \"a\"\r\n", "ETag: W/\"a\"\r\n", true },
        { "ETag: W/\"a\"\r\n", "ETag: \"a\"\r\n", true },
        { "ETag: W/\"a\"\r\n", "ETag: w/\"a\"\r\n", true },
        { "ETag: W/\"a\"\r\n", "ETag: W/\"b\"\r\n", false },
        { "ETag: \"a\"\r\n", "ETag: \"A\"\r\n", false },
        { "ETag: a\r\n", "ETag: \"a\"\r\n", false },
        { "ETag: \"a\"\r\n", "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", true },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "ETag: \"a\"\r\nLast-Modified: " T2 "\r\n",
          true },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "ETag: \"b\"\r\nLast-Modified: " T1 "\r\n",
          false },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "Last-Modified: " T1 "\r\n", true },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "Last-Modified: " T2 "\r\n", false },
        { "Last-Modified: " T1 "\r\n", "Last-Modified: Sunday, 06-Nov-94 08:49:37 GMT\r\n", true },
        { "Last-Modified: yesterday\r\n", "Last-Modified: yesterday\r\n", true },
        { "Last-Modified: yesterday\r\n", "Last-Modified: today\r\n", false },
        { "ETag: \"a\"\r\n", "", true },
        { "ETag: \"a\"\r\n", "ETag:\r\n", true },
        { "Last-Modified: " T1 "\r\n", "", true },
        { "", "", true },
        { "", "ETag: \"a\"\r\n", false },
        { "", "Last-Modified: " T1 "\r\n", false },
        { "ETag: \"a\"\r\n", "Last-Modified: " T1 "\r\n", false },
        { "Last-Modified: " T1 "\r\n", "ETag: \"a\"\r\n", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct validators stored = validators_read(bytes_from_string(rows[i].stored));
        struct validators reply = validators_read(bytes_from_string(rows[i].reply));
        ck_assert_msg(validators_match(&stored, &reply) == rows[i].is_match, "row %zu: %s and %s",
                      i, rows[i].stored, rows[i].reply);
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
        const char *of_variant; /* If-None-Match to another variant. */
    } rows[] = {
        { "", NULL, NULL, NULL },
        { "ETag: \"a\"\r\n", "\"a\"", NULL, "\"a\"" },
        { "ETag: W/\"a\"\r\nDate: " T2 "\r\n", "W/\"a\"", NULL, "W/\"a\"" },
        { "ETag: a\r\n", "a", NULL, "a" },
        { "ETag:\r\n", NULL, NULL, NULL },
        { "ETag: \"a\rX: y\"\r\n", NULL, NULL, NULL },
        { "Last-Modified: " T1 "\r\nDate: " T2 "\r\n", NULL, T1, NULL },
        { "Last-Modified: sometime\r\n", NULL, "sometime", NULL },
        { "ETag: \"a\"\r\nLast-Modified: " T1 "\r\n", "\"a\"", T1, "\"a\"" },
        { "Date: " T2 "\r\n", NULL, T1, NULL },
        { "Date: Sunday, 06-Nov-94 08:49:38 GMT\r\n", NULL, T1, NULL },
        { "Date: now\r\n", NULL, NULL, NULL },
        { "Date: Thu, 01 Jan 1970 00:00:00 GMT\r\n", NULL, NULL, NULL },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct conditions_sent sent;
        validators_conditions(&sent, bytes_from_string(rows[i].stored), true);
        check_sent(sent.if_none_match, rows[i].if_none_match, i);
        check_sent(sent.if_modified_since, rows[i].if_modified_since, i);
        validators_conditions(&sent, bytes_from_string(rows[i].stored), false);
        check_sent(sent.if_none_match, rows[i].of_variant, i);
        check_sent(sent.if_modified_since, NULL, i);
    }
}
END_TEST

SUITE_MAIN("validators", a_reply_is_about_the_stored_response_when_their_validators_agree,
           conditions_are_made_of_what_the_response_came_with)
