/* SPDX-License-Identifier: MIT
 *
 * The resolver: names of the world, answered after a while, and kept as the real one keeps them.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/politeness/chance.h"
#include "tests/politeness/event_queue.h"
#include "tests/politeness/virtual.h"

enum {
    KEPT_MS = 10 * 60 * 1000,
    FAILURE_KEPT_MS = 60 * 1000,
};

struct name {
    bool is_asked;
    bool is_known;
    bool is_noted; /* The failure is in the log. */
    int64_t known_until_ms;
    bool has_preferred;
    struct address preferred; /* That was connected to last. */
    struct resolved resolved;
};

struct resolver {
    struct poller *poller;
    struct name *names; /* By the number of their host. */
    struct event_queue answers;
    struct buf done;
};

struct resolver *resolver_new(struct poller *poller, const struct resolver_options *options)
{
    struct resolver *resolver = xcalloc(1, sizeof(*resolver));
    (void)options;
    resolver->poller = poller;
    poller->resolver = resolver;
    resolver->names = xcalloc(virtual_world.world->host_count, sizeof(*resolver->names));
    buf_init(&resolver->done, BUF_UNBOUNDED);
    return resolver;
}

void resolver_free(struct resolver *resolver)
{
    free(resolver->names);
    free(resolver->answers.events);
    buf_clear(&resolver->done);
    free(resolver);
}

/* Whoever asks for robots.txt of this host now will not get it. */
static void note_failure(uint32_t host)
{
    const struct world *world = virtual_world.world;
    struct buf origin;
    buf_init(&origin, BUF_UNBOUNDED);
    for (int second = 0; second <= world->hosts[host].has_two_origins; second++) {
        buf_reset(&origin);
        world_append_origin(world, host, second, &origin);
        struct served served = {
            .start_us = virtual_world.now_us,
            .end_us = virtual_world.now_us,
            .address = "-",
            .origin = buf_bytes(&origin),
            .target = BYTES("/robots.txt"),
        };
        server_log_write(virtual_world.log, &served);
    }
    buf_clear(&origin);
}

static void put_preferred_first(struct name *name)
{
    struct resolved *resolved = &name->resolved;
    for (size_t i = 1; name->has_preferred && i < resolved->count; i++)
        if (memcmp(&resolved->addresses[i], &name->preferred, sizeof(name->preferred)) == 0) {
            resolved->addresses[i] = resolved->addresses[0];
            resolved->addresses[0] = name->preferred;
        }
}

void resolver_learn(struct resolver *resolver, struct bytes host, const struct address *won,
                    const struct address *lost, size_t lost_count)
{
    uint32_t number;
    (void)lost, (void)lost_count;
    if (!won || !world_find_host(virtual_world.world, host, &number))
        return;
    struct name *name = &resolver->names[number];
    name->preferred = *won;
    name->has_preferred = true;
    put_preferred_first(name);
}

enum resolver_answer resolver_lookup(struct resolver *resolver, struct bytes host, int64_t now_ms,
                                     struct resolved *resolved)
{
    uint32_t number;
    *resolved = (struct resolved){ .count = 0 };
    if (!world_find_host(virtual_world.world, host, &number)) {
        snprintf(resolved->error, sizeof(resolved->error), "no such name");
        return RESOLVER_FAILED;
    }
    struct name *name = &resolver->names[number];
    if (name->is_known && now_ms >= name->known_until_ms)
        name->is_known = false;
    if (!name->is_known) {
        uint64_t bits = chance(virtual_world.world->seed, number, (uint64_t)now_ms);
        int64_t takes_us = 1000 + (int64_t)chance_long_tailed(bits, 30000);
        if (!name->is_asked)
            event_queue_add(&resolver->answers, virtual_world.now_us + takes_us, name);
        name->is_asked = true;
        return RESOLVER_PENDING;
    }
    *resolved = name->resolved;
    if (resolved->count > 0)
        return RESOLVER_FOUND;
    if (!name->is_noted)
        note_failure(number);
    name->is_noted = true;
    return RESOLVER_FAILED;
}

bool resolver_done(struct resolver *resolver, struct bytes *host)
{
    struct name *name = event_queue_take(&resolver->answers, virtual_world.now_us);
    if (!name)
        return false;
    uint32_t number = (uint32_t)(name - resolver->names);
    int64_t now_ms = virtual_world.now_us / 1000;
    world_resolve(virtual_world.world, number, now_ms, &name->resolved);
    name->known_until_ms = now_ms + (name->resolved.count > 0 ? KEPT_MS : FAILURE_KEPT_MS);
    put_preferred_first(name);
    name->is_known = true;
    name->is_noted = false;
    name->is_asked = false;
    resolver->poller->is_rung = true;
    buf_reset(&resolver->done);
    world_append_name(virtual_world.world, number, &resolver->done);
    *host = buf_bytes(&resolver->done);
    return true;
}

int64_t resolver_timeout_ms(struct resolver *resolver)
{
    (void)resolver;
    return -1;
}

void resolver_process_timeouts(struct resolver *resolver)
{
    (void)resolver;
}

int64_t virtual_resolver_next_us(const struct resolver *resolver)
{
    return event_queue_next_us(&resolver->answers);
}
