/* SPDX-License-Identifier: MIT
 *
 * policy - the life of an origin's robots.txt: when to ask, and what the answer means.
 *
 * RFC 9309, 2.3.1. 2xx: the rules. 4xx except 429: everything is allowed. 429, 5xx and no answer:
 * everything is disallowed, but the last good copy goes on for as long as the RFC allows, and after
 * 30 days without an answer the file counts as unavailable (2.3.1.4). Cached for 24 hours (2.4) or
 * by Cache-Control up to that.
 */
#ifndef ROBOTS_POLICY_H
#define ROBOTS_POLICY_H

#include <stdbool.h>
#include <stdint.h>

#include "store/origins.h"

/* What max-age asks for is kept between these two; without one it is the longer. The shorter spares
 * an origin whose every answer says no-cache, and is below what anybody waits after an edit. */
#define ROBOTS_FRESH_LEAST_MS INT64_C(300000)
#define ROBOTS_FRESH_MOST_MS  INT64_C(86400000)

/* An origin that did not answer is asked again after as long as it has been silent, so that the
 * time doubles with each try; but at least and at most after this. */
#define ROBOTS_RETRY_LEAST_MS INT64_C(60000)
#define ROBOTS_RETRY_MOST_MS  INT64_C(86400000)

/* RFC 9309, 2.3.1.4: from then on a file that cannot be reached counts as one that is not there. */
#define ROBOTS_UNREACHABLE_MOST_MS INT64_C(2592000000)

enum robots_verdict {
    ROBOTS_VERDICT_ASK,   /* Fetch robots.txt first. */
    ROBOTS_VERDICT_RULES, /* record->body decides. */
    ROBOTS_VERDICT_ALLOW_ALL,
    ROBOTS_VERDICT_DISALLOW_ALL, /* Until expires_at_ms. */
};

/* A record that was never asked for is all zeros. */
enum robots_verdict robots_verdict(const struct origin_record *record, int64_t now_ms);

/* One fetch of robots.txt came back. status: the final HTTP status, 0 where there was no answer
 * (DNS, TCP, TLS, timeout, a body that was cut off or cannot be decoded; more than 5 redirects
 * count as 4xx by RFC 9309, 2.3.1.2: pass 404). 304 keeps the body. The record borrows body, etag
 * and last_modified from the arguments where it takes them. max_age_ms: from Cache-Control, -1 for
 * none. */
struct robots_answer {
    uint16_t status;
    bool is_conditional; /* The request carried a validator: 304 makes sense. */
    struct bytes body;   /* Decoded; cut to ROBOTS_BYTES_MAX at a line here. */
    struct bytes etag;
    struct bytes last_modified;
    int64_t max_age_ms;
};
void robots_record_answer(struct origin_record *record, const struct robots_answer *answer,
                          int64_t now_ms);

#endif
