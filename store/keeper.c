/* SPDX-License-Identifier: MIT */
#include "store/keeper.h"

#include <assert.h>
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <time.h>

#include "base/memory.h"

enum {
    /* How often the log is measured: at 200 MB/s of log a checkpoint begins at most 20 MB late. */
    TURN_MS = 100,
    FLUSH_TURNS = 10,
    /* Share of the cache that is kept clean. Most pages are written once and never again, so it
     * costs nothing to write them at once; and what is clean already, no checkpoint has to write,
     * nor the end of a run while nothing else happens. */
    CLEAN_PERCENT = 90,
    /* To find the pages to write, the library looks at each one in the cache: not for less than so
     * much of new log, unless a second has passed. */
    TRICKLE_BYTES = 1024 * 1024,
};

struct keeper {
    struct database *database;
    uint64_t checkpoint_bytes;
    pthread_t thread;
    pthread_mutex_t lock; /* Guards is_stopping. */
    pthread_cond_t wake;
    bool is_stopping;
};

/* True when a turn has passed, false when it is time to stop. */
static bool wait_for_turn(struct keeper *keeper)
{
    struct timespec until;
    clock_gettime(CLOCK_MONOTONIC, &until);
    until.tv_nsec += TURN_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    pthread_mutex_lock(&keeper->lock);
    int error = 0;
    while (!keeper->is_stopping && error == 0)
        error = pthread_cond_timedwait(&keeper->wake, &keeper->lock, &until);
    bool is_stopping = keeper->is_stopping;
    pthread_mutex_unlock(&keeper->lock);
    return !is_stopping;
}

static void *keep(void *argument)
{
    struct keeper *keeper = argument;
    uint64_t trickled_at = 0; /* Bytes of log behind the last checkpoint. */
    for (unsigned turn = 1; wait_for_turn(keeper); turn++) {
        bool is_second = turn % FLUSH_TURNS == 0;
        if (is_second)
            database_flush(keeper->database);
        uint64_t log_bytes = database_log_bytes(keeper->database);
        if (log_bytes > keeper->checkpoint_bytes) {
            database_checkpoint(keeper->database);
            trickled_at = 0;
        } else if (is_second || log_bytes >= trickled_at + TRICKLE_BYTES) {
            database_trickle(keeper->database, CLEAN_PERCENT);
            trickled_at = log_bytes;
        }
    }
    database_flush(keeper->database);
    return NULL;
}

/* Signals are the main thread's: the keeper is born with all of them blocked. */
static void start_thread(struct keeper *keeper)
{
    sigset_t all, before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int error = pthread_create(&keeper->thread, NULL, keep, keeper);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    /* As with memory: without so small a thing the program cannot go on. */
    if (error)
        abort();
}

struct keeper *keeper_start(struct database *database, uint64_t checkpoint_bytes)
{
    assert(database);
    struct keeper *keeper = xcalloc(1, sizeof(*keeper));
    keeper->database = database;
    keeper->checkpoint_bytes = checkpoint_bytes;
    pthread_mutex_init(&keeper->lock, NULL);
    pthread_condattr_t monotonic;
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&keeper->wake, &monotonic);
    pthread_condattr_destroy(&monotonic);
    start_thread(keeper);
    return keeper;
}

void keeper_stop(struct keeper *keeper)
{
    if (!keeper)
        return;
    pthread_mutex_lock(&keeper->lock);
    keeper->is_stopping = true;
    pthread_cond_signal(&keeper->wake);
    pthread_mutex_unlock(&keeper->lock);
    pthread_join(keeper->thread, NULL);
    pthread_cond_destroy(&keeper->wake);
    pthread_mutex_destroy(&keeper->lock);
    free(keeper);
}
