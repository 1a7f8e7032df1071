/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/vary.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static bool is_same(const char *vary, const char *first, const char *second)
{
    struct bytes response = bytes_from_string(vary);
    uint64_t kept = vary_fingerprint(response, bytes_from_string(first));
    return vary_matches(kept, response, bytes_from_string(second));
}

START_TEST(a_request_matches_when_the_named_fields_are_the_same)
{
    static const struct {
        const char *vary;
        const char *first;
        const char *second;
        bool is_same;
    } rows[] = {
        { "", "A: 1\r\n", "A: 2\r\n", true },
        { "Vary:\r\n", "A: 1\r\n", "A: 2\r\n", true },
        { "Vary: A\r\n", "A: 1\r\n", "A: 1\r\n", true },
        { "Vary: A\r\n", "A: 1\r\n", "A: 2\r\n", false },
        { "Vary: a\r\n", "A: 1\r\nB: 1\r\n", "B: 2\r\na: 1\r\n", true },
        { "Vary: A\r\n", "A: 1\r\n", "", false },
        { "Vary: A\r\n", "", "A: 1\r\n", false },
        { "Vary: A\r\n", "", "B: 1\r\n", true },
        { "Vary: A\r\n", "A:\r\n", "", false },
        { "Vary: A\r\n", "A: x\r\n", "A: X\r\n", false },
        { "Vary: A, B\r\n", "A: 1\r\nB: 2\r\n", "B: 2\r\nA: 1\r\n", true },
        { "Vary: A, B\r\n", "A: 1\r\nB: 2\r\n", "A: 2\r\nB: 1\r\n", false },
        { "Vary: A, B\r\n", "A: 1\r\nB: 2\r\n", "A: 1\r\n", false },
        { "Vary: A\r\nVary: B\r\n", "A: 1\r\nB: 2\r\n", "A: 1\r\nB: 3\r\n", false },
        { "Vary: ,A ,, B,\r\n", "A: 1\r\nB: 2\r\n", "A: 1\r\nB: 2\r\n", true },
        { "Vary: A, B\r\n", "A: 1, 2\r\n", "A: 1\r\nB: 2\r\n", false },
        /* A list is the same in one field or in two, with or without blanks. */
        { "Vary: A\r\n", "A: 1, 2\r\n", "A: 1\r\nA: 2\r\n", true },
        { "Vary: A\r\n", "A: 1,2\r\n", "A:  1 ,\t2\r\n", true },
        { "Vary: A\r\n", "A: 1, 2\r\n", "A: 2, 1\r\n", false },
        { "Vary: A\r\n", "A: 1, 1\r\n", "A: 1\r\n", false },
        { "Vary: A\r\n", "A: 12\r\n", "A: 1, 2\r\n", false },
        { "Vary: A\r\n", "A: \"1,2\"\r\n", "A: \"1, 2\"\r\n", false },
        /* The fields whose order and case say nothing. */
        { "Vary: Accept-Language\r\n", "Accept-Language: en, de;q=0.5\r\n",
          "Accept-Language: DE; q=0.5,En\r\n", true },
        { "Vary: Accept-Language\r\n", "Accept-Language: en, de;q=0.5\r\n",
          "Accept-Language: en, de\r\n", false },
        { "Vary: Accept-Language\r\n", "Accept-Language: en;q=0.5, de\r\n",
          "Accept-Language: en, de;q=0.5\r\n", false },
        { "Vary: Accept-Language\r\n", "Accept-Language: en, en\r\n", "Accept-Language: en\r\n",
          false },
        { "Vary: accept-encoding\r\n", "Accept-Encoding: gzip, br\r\n",
          "Accept-Encoding: BR,GZIP\r\n", true },
        { "Vary: Accept\r\n", "Accept: text/html\r\n", "Accept: text/*\r\n", false },
        { "Vary: User-Agent\r\n", "User-Agent: A/1 (x, y)\r\n", "User-Agent: A/1 (y, x)\r\n",
          false },
        /* What matches nothing, not even itself. */
        { "Vary: *\r\n", "A: 1\r\n", "A: 1\r\n", false },
        { "Vary: A, *\r\n", "A: 1\r\n", "A: 1\r\n", false },
        { "Vary: *, A\r\n", "A: 1\r\n", "A: 1\r\n", false },
        { "Vary:\r\nVary: *\r\n", "A: 1\r\n", "A: 1\r\n", false },
        { "Vary: *, *\r\n", "", "", false },
        { "Vary: A B\r\n", "A: 1\r\n", "A: 1\r\n", false },
        { "Vary: A; B\r\n", "A: 1\r\n", "A: 1\r\n", false },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        ck_assert_msg(is_same(rows[i].vary, rows[i].first, rows[i].second) == rows[i].is_same,
                      "row %zu: %s with %s and %s", i, rows[i].vary, rows[i].first, rows[i].second);
}
END_TEST

START_TEST(the_form_of_vary_itself_does_not_matter)
{
    struct bytes request = BYTES("A: 1\r\nB: 2\r\n");
    uint64_t kept = vary_fingerprint(BYTES("Vary: A, B\r\n"), request);
    ck_assert(vary_matches(kept, BYTES("vary: b\r\nVARY: a\r\n"), request));
    ck_assert(!vary_matches(kept, BYTES("Vary: A\r\n"), request));
    ck_assert(!vary_matches(kept, BYTES("Vary: *\r\n"), request));
    ck_assert_uint_eq(vary_fingerprint(BYTES("Server: x\r\n"), request), 0);
}
END_TEST

START_TEST(a_response_that_varies_by_very_many_fields_varies_by_everything)
{
    char vary[] = "Vary: a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,"
                  "a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,a,b";
    struct bytes request = BYTES("A: 1\r\n");
    struct bytes many = bytes_from_string(vary);
    ck_assert_uint_eq(vary_fingerprint(many, request), VARY_ANYTHING);
    many.length -= 2; /* 64 names. */
    ck_assert(vary_matches(vary_fingerprint(many, request), many, request));
}
END_TEST

SUITE_MAIN("vary", a_request_matches_when_the_named_fields_are_the_same,
           the_form_of_vary_itself_does_not_matter,
           a_response_that_varies_by_very_many_fields_varies_by_everything)
