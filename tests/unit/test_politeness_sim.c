/* SPDX-License-Identifier: MIT
 *
 * Crawls of months in virtual time, with kills and restarts, before the judge of politeness.h.
 */
#include "suite.h"

#include "politeness.h"

START_TEST(hosts_are_treated_as_promised_over_kills_and_restarts)
{
    for (uint64_t seed = 1; seed <= 12; seed++) {
        struct world_options options = {
            .seed = seed, .hosts = 200, .contacts = 200, .unclean_stops = 30
        };
        struct world *world = world_new(&options);
        world_run(world);
        ck_assert_uint_eq(world->contacts, options.hosts * options.contacts);
        ck_assert_msg(world->latest_ms == 0, "seed %" PRIu64 ": %" PRId64 " ms late", seed,
                      world->latest_ms);
        world_free(world);
    }
}
END_TEST

SUITE_MAIN("politeness_sim", hosts_are_treated_as_promised_over_kills_and_restarts)
