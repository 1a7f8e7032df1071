/* SPDX-License-Identifier: MIT */
#include "frontier/pace.h"

#include "base/clock.h"
#include "frontier/outcome.h"

enum {
    SECOND_MS = 1000,
    DAY_MS = PACE_AHEAD_MOST_MS,           /* A mistake of either side is over tomorrow. */
    FACTOR_DELAY_MOST_MS = 30 * SECOND_MS, /* Of a slow answer; more is for Crawl-delay to say. */
    BUSY_REST_MS =
        60 * SECOND_MS,       /* The first rest that a 429 or 503 without Retry-After brings. */
    QUICK_MS = 1 * SECOND_MS, /* A response that takes longer is slow. */
    FORGIVEN_AFTER_MS = 30 * 60 * SECOND_MS /* Without a new rest since the end of the last one. */
};

/* Jitter adds at most this part of a rest: hosts that failed together come back apart. */
enum { JITTER_PART = 4 };

static int64_t at_least(int64_t value, int64_t least)
{
    return value < least ? least : value;
}

static int64_t at_most(int64_t value, int64_t most)
{
    return value > most ? most : value;
}

static int64_t within(int64_t value, int64_t least, int64_t most)
{
    return at_most(at_least(value, least), most);
}

/* Never before the contact ended. */
static int64_t end_ms(const struct contact_end *end)
{
    return (end->now_us + US_PER_MS - 1) / US_PER_MS;
}

void pace_pack(struct buf *out, const struct pace *pace)
{
    pack_signed(out, pace->last_contact_ms);
    pack_signed(out, pace->last_response_ms);
    pack_signed(out, pace->crawl_delay_ms);
    pack_signed(out, pace->lanes_until_ms);
    pack_signed(out, pace->rest_until_ms);
    pack_signed(out, pace->rest_ms);
    pack_signed(out, pace->last_trouble_ms);
    pack_number(out, pace->failures_in_row);
    pack_u8(out, pace->rest_reason);
}

void pace_unpack(struct unpacker *from, struct pace *pace)
{
    /* Half of the range leaves room for every sum of a time and a day. */
    const int64_t time_most = INT64_MAX / 2;
    pace->last_contact_ms = within(unpack_signed(from), 0, time_most);
    pace->last_response_ms = within(unpack_signed(from), 0, DAY_MS);
    pace->crawl_delay_ms = within(unpack_signed(from), -1, DAY_MS);
    pace->lanes_until_ms = within(unpack_signed(from), 0, time_most);
    pace->rest_until_ms = within(unpack_signed(from), 0, time_most);
    pace->rest_ms = within(unpack_signed(from), 0, DAY_MS);
    pace->last_trouble_ms = within(unpack_signed(from), 0, time_most);
    uint64_t failures = unpack_number(from);
    pace->failures_in_row = failures > UINT32_MAX ? UINT32_MAX : (uint32_t)failures;
    uint8_t reason = unpack_u8(from);
    pace->rest_reason = reason < OUTCOME_COUNT ? reason : OUTCOME_NONE;
}

void pace_bound(struct pace *pace, int64_t now_ms)
{
    pace->last_contact_ms = at_most(pace->last_contact_ms, now_ms);
    pace->last_trouble_ms = at_most(pace->last_trouble_ms, now_ms);
    pace->lanes_until_ms = at_most(pace->lanes_until_ms, now_ms + DAY_MS);
    pace->rest_until_ms = at_most(pace->rest_until_ms, now_ms + DAY_MS);
    pace->last_response_ms = within(pace->last_response_ms, 0, DAY_MS);
}

int64_t pace_delay_ms(const struct pace *pace, const struct pace_policy *policy)
{
    int64_t delay_ms = at_least(policy->delay_ms, pace->crawl_delay_ms);
    if (policy->delay_ms > 0) {
        double by_factor = policy->delay_factor * (double)pace->last_response_ms;
        if (by_factor > FACTOR_DELAY_MOST_MS)
            by_factor = FACTOR_DELAY_MOST_MS;
        delay_ms = at_least(delay_ms, (int64_t)by_factor);
    }
    return within(delay_ms, 0, DAY_MS);
}

bool pace_is_quick(const struct pace *pace)
{
    return pace->last_contact_ms > 0 && pace->failures_in_row == 0 &&
           pace->last_response_ms < QUICK_MS;
}

/* Rests that lie 30 quiet minutes back no longer count. A host that still fails has not been quiet,
 * it was only left alone. */
static void forgive(struct pace *pace, const struct pace_policy *policy, int64_t now_ms)
{
    int64_t quiet_since_ms = at_least(pace->last_trouble_ms, pace->rest_until_ms);
    bool is_failing = policy->failures_most && pace->failures_in_row >= policy->failures_most;
    if (now_ms >= quiet_since_ms + FORGIVEN_AFTER_MS && !is_failing)
        pace->rest_ms = 0;
}

/* Orders may overlap, as answers to requests sent before a rest come in during it: the longest
 * holds. */
static void rest(struct pace *pace, const struct contact_end *end, int64_t length_ms)
{
    int64_t now_ms = end_ms(end);
    pace->rest_until_ms = at_least(pace->rest_until_ms, now_ms + length_ms);
    pace->last_trouble_ms = now_ms;
    pace->rest_reason = end->reason;
}

/* A rest of a length that we choose: twice the last one, unless that one is still going on, for
 * then this is the same trouble once more. */
static void rest_longer(struct pace *pace, const struct contact_end *end, int64_t first_ms,
                        uint64_t jitter)
{
    bool is_resting = pace->rest_until_ms > end_ms(end);
    int64_t nominal_ms = is_resting ? pace->rest_ms : 2 * pace->rest_ms;
    pace->rest_ms = at_most(at_least(nominal_ms, first_ms), DAY_MS);
    int64_t extra_ms = (int64_t)(jitter % ((uint64_t)pace->rest_ms / JITTER_PART + 1));
    rest(pace, end, at_most(pace->rest_ms + extra_ms, DAY_MS));
}

static void contact_failed(struct pace *pace, const struct pace_policy *policy,
                           const struct contact_end *end, uint64_t jitter)
{
    if (pace->failures_in_row < UINT32_MAX)
        pace->failures_in_row++;
    bool is_resting = pace->rest_until_ms > end_ms(end);
    bool is_enough = policy->failures_most && pace->failures_in_row >= policy->failures_most;
    if (is_enough && !is_resting)
        rest_longer(pace, end, policy->failures_rest_ms, jitter);
}

void pace_contact(struct pace *pace, const struct pace_policy *policy,
                  const struct contact_end *end, uint64_t jitter)
{
    forgive(pace, policy, end_ms(end));
    if (end->contact != CONTACT_NONE) {
        pace->last_contact_ms = at_least(pace->last_contact_ms, end_ms(end));
        int64_t response_ms = within(end->response_ms, 0, DAY_MS);
        /* An error page that comes fast says nothing of the load: only a good answer lowers the
         * delay. */
        bool is_good = end->contact == CONTACT_OK;
        pace->last_response_ms =
            is_good ? response_ms : at_least(response_ms, pace->last_response_ms);
    }
    switch (end->contact) {
    case CONTACT_OK:
        pace->failures_in_row = 0;
        break;
    case CONTACT_BUSY:
        if (end->retry_after_ms >= 0)
            rest(pace, end, within(end->retry_after_ms, SECOND_MS, DAY_MS));
        else
            rest_longer(pace, end, BUSY_REST_MS, jitter);
        break;
    case CONTACT_FAILED:
        contact_failed(pace, policy, end, jitter);
        break;
    case CONTACT_ENDED:
        break;
    case CONTACT_NONE:
        if (end->reason == OUTCOME_FAILED_DNS)
            contact_failed(pace, policy, end, jitter);
        break;
    }
}
