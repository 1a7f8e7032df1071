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

START_TEST(what_is_empty_or_damaged_is_no_validator)
{
    static const struct {
        const char *headers;
        const char *etag; /* NULL: none. */
        const char *modified;
    } rows[] = {
        { "", NULL, NULL },
        { "ETag: W/\"a\"\r\n", "W/\"a\"", NULL },
        { "ETag: a\r\n", "a", NULL },
        { "ETag:\r\n", NULL, NULL },
        { "ETag: \"a\rX: y\"\r\n", NULL, NULL },
        { "Last-Modified: sometime\r\netag: \"b\"\r\n", "\"b\"", "sometime" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct validators read = validators_read(bytes_from_string(rows[i].headers));
        ck_assert_msg((read.etag.data != NULL) == (rows[i].etag != NULL) &&
                          bytes_equal(read.etag, bytes_from_string(rows[i].etag)),
                      "row %zu", i);
        ck_assert_msg((read.last_modified.data != NULL) == (rows[i].modified != NULL) &&
                          bytes_equal(read.last_modified, bytes_from_string(rows[i].modified)),
                      "row %zu", i);
    }
}
END_TEST

SUITE_MAIN("validators", what_a_reply_says_of_the_stored_response_follows_from_their_validators,
           what_is_empty_or_damaged_is_no_validator)
