/* SPDX-License-Identifier: MIT
 *
 * shared_scope - the scope in force, which a live seed or an edited file replaces while threads use
 * it.
 *
 * A scope never changes itself; a new one takes its place, and the old one goes when its last user
 * lets go.
 */
#ifndef CRAWLER_ENGINE_SHARED_SCOPE_H
#define CRAWLER_ENGINE_SHARED_SCOPE_H

#include <pthread.h>

#include "frontier/scope.h"

struct scope_version;

struct shared_scope {
    pthread_mutex_t lock;
    struct scope_version *current;
    uint64_t limit_hits; /* Guarded by the lock; see shared_scope_limit_hits. */
};

/* Takes scope. */
void shared_scope_init(struct shared_scope *shared, struct scope *scope);
void shared_scope_clear(struct shared_scope *shared);
void shared_scope_replace(struct shared_scope *shared, struct scope *scope);

/* Between the two the scope stays as it is. */
struct scope_version *shared_scope_hold(struct shared_scope *shared);
void shared_scope_let_go(struct shared_scope *shared, struct scope_version *version);
const struct scope *scope_version_scope(const struct scope_version *version);

/* Times that a rule of any version so far hit a limit; never less than before. What was hit in a
 * version that is replaced and still held counts when it is let go. */
uint64_t shared_scope_limit_hits(struct shared_scope *shared);

#endif
