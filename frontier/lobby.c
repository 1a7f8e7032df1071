/* SPDX-License-Identifier: MIT */
#include "frontier/lobby.h"

#include <stdlib.h>

#include "base/memory.h"

void lobby_init(struct lobby *lobby)
{
    *lobby = (struct lobby){ 0 };
}

void lobby_clear(struct lobby *lobby)
{
    free(lobby->rests);
    lobby_init(lobby);
}

static void append(struct lobby *lobby, struct host *host)
{
    host->is_ready = true;
    host->next_ready = NULL;
    if (lobby->last)
        lobby->last->next_ready = host;
    else
        lobby->first = host;
    lobby->last = host;
}

static void push_rest(struct lobby *lobby, struct lobby_rest rest)
{
    if (lobby->rest_count == lobby->rest_capacity) {
        lobby->rest_capacity = lobby->rest_capacity ? 2 * lobby->rest_capacity : 64;
        lobby->rests = xreallocarray(lobby->rests, lobby->rest_capacity, sizeof(*lobby->rests));
    }
    size_t at = lobby->rest_count++;
    while (at > 0 && lobby->rests[(at - 1) / 2].until_ms > rest.until_ms) {
        lobby->rests[at] = lobby->rests[(at - 1) / 2];
        at = (at - 1) / 2;
    }
    lobby->rests[at] = rest;
    rest.host->is_resting = true;
}

static struct host *pop_rest(struct lobby *lobby)
{
    struct host *host = lobby->rests[0].host;
    struct lobby_rest last = lobby->rests[--lobby->rest_count];
    size_t at = 0;
    for (size_t child = 1; child < lobby->rest_count; child = 2 * at + 1) {
        if (child + 1 < lobby->rest_count &&
            lobby->rests[child + 1].until_ms < lobby->rests[child].until_ms)
            child++;
        if (lobby->rests[child].until_ms >= last.until_ms)
            break;
        lobby->rests[at] = lobby->rests[child];
        at = child;
    }
    lobby->rests[at] = last;
    host->is_resting = false;
    return host;
}

void lobby_enter(struct lobby *lobby, struct host *host, int64_t until_ms, int64_t now_ms)
{
    if (host->is_ready || host->is_resting)
        return;
    if (until_ms > now_ms)
        push_rest(lobby, (struct lobby_rest){ until_ms, host });
    else
        append(lobby, host);
}

struct host *lobby_leave(struct lobby *lobby, int64_t now_ms)
{
    while (lobby->rest_count > 0 && lobby->rests[0].until_ms <= now_ms)
        append(lobby, pop_rest(lobby));
    struct host *host = lobby->first;
    if (!host)
        return NULL;
    lobby->first = host->next_ready;
    if (!lobby->first)
        lobby->last = NULL;
    host->next_ready = NULL;
    host->is_ready = false;
    return host;
}

void lobby_prune(struct lobby *lobby, bool (*is_kept)(const void *owner, const struct host *host),
                 const void *owner)
{
    struct host *host = lobby->first;
    lobby->first = NULL;
    lobby->last = NULL;
    while (host) {
        struct host *next = host->next_ready;
        host->is_ready = false;
        if (is_kept(owner, host))
            append(lobby, host);
        host = next;
    }
    size_t count = lobby->rest_count;
    lobby->rest_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct lobby_rest rest = lobby->rests[i];
        rest.host->is_resting = false;
        if (is_kept(owner, rest.host))
            push_rest(lobby, rest);
    }
}

void lobby_renew(struct lobby *lobby,
                 int64_t (*until_ms)(const void *owner, const struct host *host), const void *owner)
{
    size_t count = lobby->rest_count;
    lobby->rest_count = 0;
    for (size_t i = 0; i < count; i++) {
        struct host *host = lobby->rests[i].host;
        push_rest(lobby, (struct lobby_rest){ until_ms(owner, host), host });
    }
}

int64_t lobby_next_ms(const struct lobby *lobby, int64_t now_ms)
{
    if (lobby->first)
        return now_ms;
    return lobby->rest_count > 0 ? lobby->rests[0].until_ms : INT64_MAX;
}
