/* SPDX-License-Identifier: MIT
 *
 * pace - how fast one host may be asked: what it taught us so far, and what a contact adds to that.
 *
 * Two things keep a contact away: the delay since the end of the last one, and a rest. A rest comes
 * from the server (429, 503: Retry-After or 60 s, doubling) or from failures in a row (1 h,
 * doubling); errors make either longer and never shorter. Nothing here lies more than a day ahead.
 */
#ifndef FRONTIER_PACE_H
#define FRONTIER_PACE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/pack.h"

/* What is kept over restarts, in the host's record. */
struct pace {
    int64_t last_contact_ms;  /* End of the last response. */
    int64_t last_response_ms; /* How long that response took; after an error the longest since a
                                 good one. */
    int64_t crawl_delay_ms;   /* Largest of the host's origins; -1: none. */
    int64_t lanes_until_ms; /* Where there are several lanes, the delays of all are over by then. */
    int64_t rest_until_ms;  /* No contact before; resting while that lies ahead. */
    int64_t rest_ms; /* Length of the last rest that we chose (not Retry-After), for doubling; 0:
                        forgiven. */
    int64_t last_trouble_ms;  /* When the last rest was ordered, for forgiving. */
    uint32_t failures_in_row; /* A rest leaves it: the first failure after one brings the next,
                                 twice as long. */
    uint8_t rest_reason;      /* enum outcome. */
};

/* Of a host that was never contacted. */
#define PACE_NEW ((struct pace){ .crawl_delay_ms = -1 })

/* The host's settings, from the configuration. */
struct pace_policy {
    int64_t delay_ms;         /* 0 switches delay_factor off as well. */
    double delay_factor;      /* Times the last response time, at most 30 s. */
    uint16_t connections;     /* Lanes, at least 1. */
    uint32_t failures_most;   /* In a row before the host rests (10); 0: it never does. */
    int64_t failures_rest_ms; /* The first such rest (1 h), doubling to 1 day. */
};

/* No rest or delay lies further ahead. */
#define PACE_AHEAD_MOST_MS (INT64_C(86400) * 1000)

/* How a contact ended, as far as politeness is concerned. */
enum contact {
    CONTACT_OK,     /* Any answer that is not one of the next two. */
    CONTACT_BUSY,   /* 429 or 503: the host rests at once. */
    CONTACT_FAILED, /* Other 5xx, timeout, network failure: counts towards failures_most. */
    CONTACT_ENDED,  /* We ended it, so that only the delay counts. */
    CONTACT_NONE /* No byte reached the host (DNS failure, guard): no delay, counts as failed where
                    DNS did. */
};

struct contact_end {
    enum contact contact;
    int64_t now_us;         /* What follows is counted from the next whole millisecond. */
    int64_t response_ms;    /* From request to end of response. */
    int64_t retry_after_ms; /* -1: none given. Clamped to 1 s .. 1 day. */
    uint8_t reason;         /* enum outcome. */
};

void pace_pack(struct buf *out, const struct pace *pace);
/* Whatever the bytes are, the pace is one that could be. */
void pace_unpack(struct unpacker *from, struct pace *pace);

/* The clock may have been ahead when the pace was written: no contact lies in the future, no rest
 * ends after now + 1 day. */
void pace_bound(struct pace *pace, int64_t now_ms);

/* The delay between the end of one response and the next request, in force now. */
int64_t pace_delay_ms(const struct pace *pace, const struct pace_policy *policy);

/* Its last answer was good, and did not keep us waiting. */
bool pace_is_quick(const struct pace *pace);

/* A contact ended. A rest that we choose is longer by up to a quarter, taken from the random number
 * jitter. */
void pace_contact(struct pace *pace, const struct pace_policy *policy,
                  const struct contact_end *end, uint64_t jitter);

#endif
