/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/attempts.h"

#include "base/clock.h"

/* What a proxy is asked for: the first address that it can reach and the guard allows; -1: there is
 * none. */
static int pick_for_proxy(struct attempts *attempts, const struct transfer_request *request)
{
    bool is_ipv4_only = request->proxy->proxy->kind == PROXY_KIND_SOCKS4;
    for (size_t i = 0; i < request->address_count; i++) {
        const struct address *address = &request->addresses[i];
        if (is_ipv4_only && !address_is_ipv4(address))
            continue;
        if (address_is_allowed(attempts->rules, address))
            return (int)i;
        attempts->refused++;
    }
    return -1;
}

void attempts_init(struct attempts *attempts, const struct address_rules *rules,
                   const struct transfer_request *request, int64_t now_ms)
{
    *attempts = (struct attempts){ .rules = rules,
                                   .started_ms = now_ms,
                                   .connect_ms = request->limits.connect_ms,
                                   .retry_at_ms = -1 };
    const struct address *addresses = request->addresses;
    size_t count = request->address_count;
    if (request->proxy) {
        bool is_told = !proxy_resolves_names(request->proxy->proxy->kind);
        int picked = is_told ? pick_for_proxy(attempts, request) : -1;
        addresses = picked >= 0 ? &request->addresses[picked] : NULL;
        count = picked >= 0 ? 1 : 0;
        attempts->leads_nowhere = is_told && picked < 0;
    }
    destination_set(&attempts->destination, request->host, request->port, addresses, count);
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
