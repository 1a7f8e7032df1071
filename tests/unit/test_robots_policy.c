/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "robots/policy.h"
#include "robots/robots.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

#define MINUTE INT64_C(60000)
#define HOUR   (60 * MINUTE)
#define DAY    (24 * HOUR)

/* Any time: all below is relative to it. */
#define START INT64_C(1700000000000)

static struct robots_answer answer_of(uint16_t status, const char *body)
{
    return (struct robots_answer){
        .status = status,
        .is_conditional = true,
        .body = bytes_from_string(body),
        .max_age_ms = -1,
    };
}

static void record_answer(struct origin_record *record, uint16_t status, const char *body,
                          int64_t at)
{
    struct robots_answer answer = answer_of(status, body);
    robots_record_answer(record, &answer, START + at);
}

START_TEST(nothing_is_decided_before_the_first_answer)
{
    struct origin_record record = { 0 };
    ck_assert_int_eq(robots_verdict(&record, START), ROBOTS_VERDICT_ASK);
}
END_TEST

START_TEST(each_status_means_what_the_standard_says)
{
    static const struct {
        uint16_t status;
        enum robots_verdict first; /* To an origin never heard of. */
        enum robots_verdict later; /* To one whose rules we have. */
    } rows[] = {
        { 200, ROBOTS_VERDICT_RULES, ROBOTS_VERDICT_RULES },
        { 204, ROBOTS_VERDICT_RULES, ROBOTS_VERDICT_RULES },
        { 206, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 304, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 400, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 401, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 403, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 404, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 410, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 499, ROBOTS_VERDICT_ALLOW_ALL, ROBOTS_VERDICT_ALLOW_ALL },
        { 429, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 500, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 503, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 599, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 0, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 100, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 301, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
        { 999, ROBOTS_VERDICT_DISALLOW_ALL, ROBOTS_VERDICT_RULES },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct origin_record unknown = { 0 };
        struct origin_record known = { 0 };
        record_answer(&unknown, rows[i].status, "", 0);
        record_answer(&known, 200, "user-agent: *\n", 0);
        record_answer(&known, rows[i].status, "", 2 * DAY);
        ck_assert_msg(robots_verdict(&unknown, START + 1) == rows[i].first, "status %u",
                      rows[i].status);
        ck_assert_msg(robots_verdict(&known, START + 2 * DAY + 1) == rows[i].later, "status %u",
                      rows[i].status);
        ck_assert_uint_eq(unknown.status, rows[i].status);
        ck_assert_int_eq(unknown.checked_at_ms, START);
    }
}
END_TEST

START_TEST(an_answer_is_kept_for_a_day_or_as_its_max_age_says)
{
    static const struct {
        int64_t max_age_ms;
        int64_t kept_ms;
    } rows[] = {
        { -1, DAY },          { 0, 5 * MINUTE },  { MINUTE, 5 * MINUTE }, { HOUR, HOUR },
        { DAY - 1, DAY - 1 }, { 365 * DAY, DAY }, { INT64_MAX, DAY },
    };
    static const uint16_t statuses[] = { 200, 304, 404 };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t s = 0; s < COUNT(statuses); s++) {
            struct origin_record record = { .good_at_ms = START - DAY };
            struct robots_answer answer = answer_of(statuses[s], "");
            answer.max_age_ms = rows[i].max_age_ms;
            robots_record_answer(&record, &answer, START);
            ck_assert_int_eq(record.expires_at_ms, START + rows[i].kept_ms);
            ck_assert_int_ne(robots_verdict(&record, START + rows[i].kept_ms - 1),
                             ROBOTS_VERDICT_ASK);
            ck_assert_int_eq(robots_verdict(&record, START + rows[i].kept_ms), ROBOTS_VERDICT_ASK);
        }
}
END_TEST

START_TEST(a_silent_origin_is_asked_again_after_twice_the_time_and_at_least_daily)
{
    static const int64_t wanted_minutes[] = { 1,  1,   2,   4,   8,    16,   32,
                                              64, 128, 256, 512, 1024, 1440, 1440 };
    struct origin_record record = { 0 };
    int64_t at = 0;
    for (size_t i = 0; i < COUNT(wanted_minutes); i++) {
        record_answer(&record, i % 2 ? 503 : 0, "", at);
        ck_assert_msg(record.expires_at_ms - START - at == wanted_minutes[i] * MINUTE,
                      "try %zu: %lld", i, (long long)(record.expires_at_ms - START - at));
        ck_assert_int_eq(record.unreachable_since_ms, START);
        at = record.expires_at_ms - START;
    }
}
END_TEST

START_TEST(a_silent_origin_is_forbidden_until_it_has_been_silent_for_thirty_days)
{
    struct origin_record record = { 0 };
    record_answer(&record, 500, "", 0);
    record_answer(&record, 500, "", 29 * DAY + 12 * HOUR);
    ck_assert_int_eq(robots_verdict(&record, START + 30 * DAY - 1), ROBOTS_VERDICT_DISALLOW_ALL);
    ck_assert_int_eq(robots_verdict(&record, START + 30 * DAY), ROBOTS_VERDICT_ALLOW_ALL);
    record_answer(&record, 200, "user-agent: *\n", 30 * DAY + HOUR);
    record_answer(&record, 500, "", 32 * DAY);
    ck_assert_int_eq(record.unreachable_since_ms, START + 32 * DAY);
    ck_assert_int_eq(robots_verdict(&record, START + 32 * DAY), ROBOTS_VERDICT_RULES);
}
END_TEST

START_TEST(the_last_good_copy_goes_on_for_thirty_days_of_silence)
{
    struct origin_record record = { 0 };
    record_answer(&record, 200, "user-agent: *\ndisallow: /\n", 0);
    record_answer(&record, 0, "", 2 * DAY);
    record_answer(&record, 429, "", 31 * DAY + 12 * HOUR);
    ck_assert_int_eq(robots_verdict(&record, START + 32 * DAY - 1), ROBOTS_VERDICT_RULES);
    ck_assert(bytes_equal(record.body, BYTES("user-agent: *\ndisallow: /\n")));
    ck_assert_int_eq(record.good_at_ms, START);
    ck_assert_int_eq(robots_verdict(&record, START + 32 * DAY), ROBOTS_VERDICT_ALLOW_ALL);
}
END_TEST

START_TEST(not_modified_without_a_question_confirms_nothing)
{
    struct origin_record record = { 0 };
    struct robots_answer answer = answer_of(304, "");
    record_answer(&record, 200, "user-agent: *\n", 0);
    answer.is_conditional = false;
    robots_record_answer(&record, &answer, START + DAY);
    ck_assert_int_eq(record.good_at_ms, START);
    ck_assert_int_eq(record.unreachable_since_ms, START + DAY);
    ck_assert_int_eq(robots_verdict(&record, START + DAY + 1), ROBOTS_VERDICT_RULES);
}
END_TEST

START_TEST(a_file_that_was_taken_away_leaves_nothing_to_fall_back_on)
{
    struct origin_record record = { 0 };
    record_answer(&record, 200, "user-agent: *\n", 0);
    record_answer(&record, 404, "not found", DAY);
    ck_assert_uint_eq(record.body.length, 0);
    ck_assert_int_eq(record.good_at_ms, 0);
    ck_assert_uint_eq(record.version, 2);
    record_answer(&record, 404, "not found", 2 * DAY);
    ck_assert_uint_eq(record.version, 2);
    record_answer(&record, 500, "", 3 * DAY);
    ck_assert_int_eq(robots_verdict(&record, START + 3 * DAY), ROBOTS_VERDICT_DISALLOW_ALL);
}
END_TEST

START_TEST(not_modified_confirms_the_copy_and_may_renew_its_validators)
{
    struct origin_record record = { 0 };
    struct robots_answer answer = answer_of(200, "user-agent: *\n");
    answer.etag = BYTES("\"1\"");
    answer.last_modified = BYTES("Sun, 06 Nov 1994 08:49:37 GMT");
    robots_record_answer(&record, &answer, START);
    ck_assert(bytes_equal(record.etag, BYTES("\"1\"")));
    record_answer(&record, 500, "", DAY);
    answer = answer_of(304, "");
    answer.etag = BYTES("\"2\"");
    robots_record_answer(&record, &answer, START + 2 * DAY);
    ck_assert(bytes_equal(record.body, BYTES("user-agent: *\n")));
    ck_assert(bytes_equal(record.etag, BYTES("\"2\"")));
    ck_assert(bytes_equal(record.last_modified, BYTES("Sun, 06 Nov 1994 08:49:37 GMT")));
    ck_assert_uint_eq(record.version, 1);
    ck_assert_int_eq(record.good_at_ms, START + 2 * DAY);
    ck_assert_int_eq(record.unreachable_since_ms, 0);
    ck_assert_int_eq(robots_verdict(&record, START + 2 * DAY + HOUR), ROBOTS_VERDICT_RULES);
}
END_TEST

START_TEST(the_version_rises_with_each_body_that_differs)
{
    static const struct {
        uint16_t status;
        const char *body;
        uint64_t version;
    } rows[] = {
        { 200, "a", 1 }, { 200, "a", 1 }, { 200, "b", 2 }, { 500, "c", 2 }, { 304, "", 2 },
        { 200, "b", 2 }, { 200, "", 3 },  { 200, "", 3 },  { 404, "", 4 },  { 200, "", 5 },
    };
    struct origin_record record = { 0 };
    for (size_t i = 0; i < COUNT(rows); i++) {
        record_answer(&record, rows[i].status, rows[i].body, (int64_t)i * DAY);
        ck_assert_msg(record.version == rows[i].version, "row %zu", i);
    }
}
END_TEST

START_TEST(a_body_over_the_limit_is_kept_up_to_its_last_whole_line)
{
    static char body[ROBOTS_BYTES_MAX + 100];
    struct origin_record record = { 0 };
    struct robots_answer answer = { .status = 200, .max_age_ms = -1 };
    memset(body, 'x', sizeof(body));
    body[1000] = '\n';
    answer.body = bytes_of(body, sizeof(body));
    robots_record_answer(&record, &answer, START);
    ck_assert_uint_eq(record.body.length, 1001);
}
END_TEST

START_TEST(a_clock_that_went_back_does_not_stop_the_asking)
{
    struct origin_record record = { 0 };
    record_answer(&record, 200, "", 400 * DAY);
    ck_assert_int_eq(robots_verdict(&record, START), ROBOTS_VERDICT_ASK);
    record_answer(&record, 500, "", 400 * DAY);
    record_answer(&record, 500, "", 0);
    ck_assert_int_eq(record.unreachable_since_ms, START);
    ck_assert_int_eq(record.expires_at_ms, START + MINUTE);
}
END_TEST

START_TEST(a_damaged_record_gives_some_verdict)
{
    static const int64_t values[] = { INT64_MIN, -1, 0, 1, START, INT64_MAX };
    for (size_t i = 0; i < 6 * 6 * 6; i++) {
        struct origin_record record = {
            .checked_at_ms = 1,
            .expires_at_ms = values[i % 6],
            .unreachable_since_ms = values[i / 6 % 6],
            .good_at_ms = values[i / 36],
        };
        enum robots_verdict verdict = robots_verdict(&record, START);
        ck_assert(verdict <= ROBOTS_VERDICT_DISALLOW_ALL);
        record_answer(&record, 500, "", 0);
        ck_assert_int_gt(record.expires_at_ms, START);
        ck_assert_int_le(record.expires_at_ms, START + DAY);
    }
}
END_TEST

SUITE_MAIN("robots policy", nothing_is_decided_before_the_first_answer,
           each_status_means_what_the_standard_says,
           an_answer_is_kept_for_a_day_or_as_its_max_age_says,
           a_silent_origin_is_asked_again_after_twice_the_time_and_at_least_daily,
           a_silent_origin_is_forbidden_until_it_has_been_silent_for_thirty_days,
           the_last_good_copy_goes_on_for_thirty_days_of_silence,
           a_file_that_was_taken_away_leaves_nothing_to_fall_back_on,
           not_modified_without_a_question_confirms_nothing,
           not_modified_confirms_the_copy_and_may_renew_its_validators,
           the_version_rises_with_each_body_that_differs,
           a_body_over_the_limit_is_kept_up_to_its_last_whole_line,
           a_clock_that_went_back_does_not_stop_the_asking, a_damaged_record_gives_some_verdict)
