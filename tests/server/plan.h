/* SPDX-License-Identifier: MIT
 *
 * plan - a response as the steps in which it leaves: send, wait, repeat, and how it ends.
 *
 * Whatever a server can do wrong is a list of such steps, so the connection that carries them out
 * knows nothing of HTTP.
 */
#ifndef TESTS_SERVER_PLAN_H
#define TESTS_SERVER_PLAN_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"

#define PLAN_FOR_EVER UINT64_MAX

enum step_kind {
    STEP_SEND,  /* count times the bytes, at_once of them each interval_ms. */
    STEP_WAIT,  /* interval_ms; negative: until the peer goes away. */
    STEP_CLOSE, /* The connection ends here in order ... */
    STEP_RESET, /* ... or with a RST. */
};

struct step {
    enum step_kind kind;
    size_t start, length; /* In plan.bytes. */
    uint64_t count;
    size_t at_once;
    int64_t interval_ms;
};

struct plan {
    int status;       /* For the log. */
    struct buf bytes; /* Of all steps. */
    struct step *steps;
    size_t step_count;
};

void plan_init(struct plan *plan);
void plan_clear(struct plan *plan);

void plan_send(struct plan *plan, struct bytes bytes);
/* at_once bytes, then interval_ms of silence, and so on. */
void plan_drip(struct plan *plan, struct bytes bytes, size_t at_once, int64_t interval_ms);
void plan_repeat(struct plan *plan, struct bytes bytes, uint64_t count);
void plan_wait(struct plan *plan, int64_t ms);
void plan_end(struct plan *plan, enum step_kind how);

#endif
