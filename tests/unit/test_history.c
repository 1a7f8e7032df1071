/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/bytes.h"
#include "frontier/frontier.h"
#include "frontier/history.h"

#define SECOND INT64_C(1000)
#define DAY    (86400 * SECOND)
#define START  INT64_C(1750000000000)

/* A URL on its way from one outcome to the next. */
struct life {
    struct url_record record;
    struct buf history;
};

static void life_init(struct life *life)
{
    *life = (struct life){ .record = { .reason = OUTCOME_NONE } };
    buf_init(&life->history, BUF_UNBOUNDED);
}

static void come(struct life *life, enum outcome outcome, int64_t at_ms)
{
    struct buf next;
    buf_init(&next, BUF_UNBOUNDED);
    if (life->record.reason != OUTCOME_NONE)
        history_extend(&next, &life->record, at_ms);
    buf_clear(&life->history);
    life->history = next;
    life->record.reason = (uint8_t)outcome;
    life->record.checked_at_ms = at_ms;
    life->record.history = buf_bytes(&life->history);
}

static size_t past_of(const struct life *life, struct past_outcome *past)
{
    return history_unpack(life->record.history, life->record.checked_at_ms, past);
}

START_TEST(equal_outcomes_in_a_row_are_one_run)
{
    static const struct {
        enum outcome outcome;
        int64_t at_ms;
    } visits[] = {
        { OUTCOME_PAGE, START },
        { OUTCOME_NOT_MODIFIED, START + 7 * DAY },
        { OUTCOME_NOT_MODIFIED, START + 14 * DAY },
        { OUTCOME_NOT_MODIFIED, START + 21 * DAY + 400 },
        { OUTCOME_FAILED_TIMEOUT, START + 28 * DAY },
        { OUTCOME_PAGE, START + 28 * DAY + 60 * SECOND },
    };
    static const struct past_outcome wanted[] = {
        { OUTCOME_FAILED_TIMEOUT, 1, START + 28 * DAY },
        { OUTCOME_NOT_MODIFIED, 3, START + 21 * DAY },
        { OUTCOME_PAGE, 1, START },
    };
    struct life life;
    struct past_outcome past[HISTORY_RUNS_MOST];
    life_init(&life);
    ck_assert_uint_eq(past_of(&life, past), 0);
    for (size_t i = 0; i < sizeof(visits) / sizeof(visits[0]); i++)
        come(&life, visits[i].outcome, visits[i].at_ms);
    ck_assert_uint_eq(past_of(&life, past), 3);
    for (size_t i = 0; i < 3; i++) {
        ck_assert_int_eq(past[i].outcome, wanted[i].outcome);
        ck_assert_uint_eq(past[i].times, wanted[i].times);
        ck_assert_int_le(past[i].last_ms - wanted[i].last_ms, SECOND);
        ck_assert_int_ge(past[i].last_ms - wanted[i].last_ms, -SECOND);
    }
    /* What it costs. */
    ck_assert_uint_le(life.history.length, 3 * 6);
    buf_clear(&life.history);
}
END_TEST

START_TEST(the_oldest_runs_go)
{
    struct life life;
    struct past_outcome past[HISTORY_RUNS_MOST];
    life_init(&life);
    for (int i = 0; i < 100; i++)
        come(&life, i % 2 ? OUTCOME_PAGE : OUTCOME_UNCHANGED, START + i * DAY);
    ck_assert_uint_eq(past_of(&life, past), HISTORY_RUNS_MOST);
    for (int i = 0; i < HISTORY_RUNS_MOST; i++) {
        ck_assert_int_eq(past[i].outcome, (98 - i) % 2 ? OUTCOME_PAGE : OUTCOME_UNCHANGED);
        ck_assert_int_eq(past[i].last_ms, START + (98 - i) * DAY);
    }
    buf_clear(&life.history);
}
END_TEST

START_TEST(a_page_that_was_fresh_was_not_tried)
{
    struct life life;
    struct past_outcome past[HISTORY_RUNS_MOST];
    life_init(&life);
    come(&life, OUTCOME_PAGE, START);
    /* Twice it is looked at and left alone: the last try stays the one before. */
    come(&life, OUTCOME_FRESH, START);
    come(&life, OUTCOME_FRESH, START);
    come(&life, OUTCOME_NOT_MODIFIED, START + DAY);
    ck_assert_uint_eq(past_of(&life, past), 1);
    ck_assert_int_eq(past[0].outcome, OUTCOME_PAGE);
    ck_assert_int_eq(past[0].last_ms, START);
    buf_clear(&life.history);
}
END_TEST

START_TEST(any_bytes_are_a_history)
{
    struct past_outcome past[HISTORY_RUNS_MOST];
    static const struct {
        struct bytes bytes;
        size_t count;
    } rows[] = {
        { BYTES(""), 0 },
        { BYTES("\x01"), 0 },
        { BYTES("\x01\x02"), 0 },
        { BYTES("\xff\x01\x01"), 0 },
        { BYTES("\x01\x01\x01\x01\xff"), 1 },
        { BYTES("\x01\x01\x01\x02\x01\x01\x01\x01\x01\x02\x01\x01\x01\x01\x01"),
          HISTORY_RUNS_MOST },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(history_unpack(rows[i].bytes, START, past) == rows[i].count, "row %zu", i);
    /* A clock that went back: no time lies ahead of the one after it. */
    struct life life;
    life_init(&life);
    come(&life, OUTCOME_PAGE, START);
    come(&life, OUTCOME_GONE, START - DAY);
    ck_assert_uint_eq(past_of(&life, past), 1);
    ck_assert_int_eq(past[0].last_ms, START - DAY);
    buf_clear(&life.history);
}
END_TEST

SUITE_MAIN("history", equal_outcomes_in_a_row_are_one_run, the_oldest_runs_go,
           a_page_that_was_fresh_was_not_tried, any_bytes_are_a_history)
