/* SPDX-License-Identifier: MIT */
#include "crawler/engine/shared_scope.h"

#include <stdlib.h>

#include "base/memory.h"

struct scope_version {
    struct scope *scope;
    unsigned users;        /* Guarded by the lock; the place in `current` counts as one. */
    uint64_t counted_hits; /* Of its scope's limit hits, those in shared->limit_hits. */
};

/* Under the lock. */
static void count_hits(struct shared_scope *shared, struct scope_version *version)
{
    uint64_t hits = scope_limit_hits(version->scope);
    shared->limit_hits += hits - version->counted_hits;
    version->counted_hits = hits;
}

static struct scope_version *version_new(struct scope *scope)
{
    struct scope_version *version = xcalloc(1, sizeof(*version));
    version->scope = scope;
    version->users = 1;
    return version;
}

void shared_scope_init(struct shared_scope *shared, struct scope *scope)
{
    pthread_mutex_init(&shared->lock, NULL);
    shared->current = version_new(scope);
    shared->limit_hits = 0;
}

void shared_scope_clear(struct shared_scope *shared)
{
    if (!shared->current)
        return;
    shared_scope_let_go(shared, shared->current);
    shared->current = NULL;
    pthread_mutex_destroy(&shared->lock);
}

void shared_scope_replace(struct shared_scope *shared, struct scope *scope)
{
    struct scope_version *fresh = version_new(scope);
    pthread_mutex_lock(&shared->lock);
    struct scope_version *old = shared->current;
    shared->current = fresh;
    pthread_mutex_unlock(&shared->lock);
    shared_scope_let_go(shared, old);
}

struct scope_version *shared_scope_hold(struct shared_scope *shared)
{
    pthread_mutex_lock(&shared->lock);
    struct scope_version *version = shared->current;
    version->users++;
    pthread_mutex_unlock(&shared->lock);
    return version;
}

void shared_scope_let_go(struct shared_scope *shared, struct scope_version *version)
{
    pthread_mutex_lock(&shared->lock);
    bool is_last = --version->users == 0;
    if (is_last)
        count_hits(shared, version);
    pthread_mutex_unlock(&shared->lock);
    if (!is_last)
        return;
    scope_free(version->scope);
    free(version);
}

const struct scope *scope_version_scope(const struct scope_version *version)
{
    return version->scope;
}

uint64_t shared_scope_limit_hits(struct shared_scope *shared)
{
    pthread_mutex_lock(&shared->lock);
    count_hits(shared, shared->current);
    uint64_t hits = shared->limit_hits;
    pthread_mutex_unlock(&shared->lock);
    return hits;
}
