/* SPDX-License-Identifier: MIT
 *
 * lock - who holds the crawl directory: a lock on an open file, so that a crash frees it.
 *
 * The file DIR/lock holds the holder's pid, verb and start time as text for messages; the lock
 * itself is the kernel's (flock) and never outlives its owner.
 */
#ifndef STORE_LOCK_H
#define STORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/status.h"

struct lock_holder {
    pid_t pid;
    char verb[16];
    int64_t since_ms; /* Wall clock. */
};

struct lock;

/* STATUS_BUSY where another process holds it: *holder then says who (zeros where it does not say
 * yet). Any other failure leaves its errno. */
enum status lock_take(struct lock **out, const char *directory, const char *verb, int64_t now_ms,
                      struct lock_holder *holder);
void lock_release(struct lock *lock);

#endif
