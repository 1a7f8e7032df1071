/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/attempts.h"

#include "base/clock.h"

void attempts_init(struct attempts *attempts, const struct address_rules *rules,
                   const struct transfer_request *request, int64_t now_ms)
{
    *attempts = (struct attempts){ .rules = rules,
                                   .started_ms = now_ms,
                                   .connect_ms = request->limits.connect_ms,
                                   .retry_at_ms = -1 };
    destination_set(&attempts->destination, request->host, request->port, request->addresses,
                    request->address_count);
}

void attempts_begin(struct attempts *attempts, int64_t now_ms)
{
    if (!attempts->is_misled)
        destination_pick(&attempts->destination);
    attempts->is_misled = false;
    attempts->turn_wait_us = 0;
    attempts->retry_at_ms = -1;
    attempts->begun_ms = now_ms;
}

long attempts_budget_ms(const struct attempts *attempts, int64_t now_ms)
{
    if (attempts->connect_ms <= 0)
        return 0;
    int64_t left_ms = attempts->started_ms + attempts->connect_ms - now_ms;
    if (destination_has_untried(&attempts->destination))
        left_ms /= 2;
    return left_ms > 1 ? (long)left_ms : 1;
}

/* The turn at the first address was the caller's to take. One that must wait is tried later. */
static bool has_turn(struct attempts *attempts, int number, transfers_turn *turn, void *owner)
{
    struct destination *destination = &attempts->destination;
    if (number == 0 || !turn || destination->opened >> number & 1)
        return true;
    int64_t wait_us = turn(owner, &destination->addresses[number]);
    if (wait_us <= 0)
        return true;
    destination_put_back(destination, number);
    if (attempts->turn_wait_us == 0 || wait_us < attempts->turn_wait_us)
        attempts->turn_wait_us = wait_us;
    return false;
}

bool attempts_may_open(struct attempts *attempts, const struct address *address,
                       transfers_turn *turn, void *owner)
{
    int number = destination_find_picked(&attempts->destination, address);
    if (number < 0) {
        /* A kept connection had died, and libcurl made another with what the stand-in has
         * meanwhile. */
        attempts->is_misled = !attempts->was_misled;
        attempts->was_misled = true;
        return false;
    }
    if (!address_is_allowed(attempts->rules, address)) {
        attempts->refused++;
        return false;
    }
    if (!has_turn(attempts, number, turn, owner))
        return false;
    attempts->destination.opened |= UINT32_C(1) << number;
    attempts->opened++;
    return true;
}

bool attempts_have_another(const struct attempts *attempts, int64_t now_ms)
{
    if (!attempts->is_misled && !destination_has_untried(&attempts->destination))
        return false;
    return attempts->connect_ms <= 0 || now_ms < attempts->started_ms + attempts->connect_ms;
}

bool attempts_must_wait(struct attempts *attempts, int64_t now_ms)
{
    if (attempts->turn_wait_us == 0)
        return false;
    attempts->retry_at_ms = now_ms + (attempts->turn_wait_us + US_PER_MS - 1) / US_PER_MS;
    return true;
}
