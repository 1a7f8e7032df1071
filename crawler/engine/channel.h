/* SPDX-License-Identifier: MIT
 *
 * channel - how values move between threads: a list of messages under a lock, and a bell.
 *
 * A push never waits: what is under way is bounded by credits (see struct crawl), not by the
 * channel. Messages are owned by the channel from push to pop.
 *
 * To wake a thread costs more than most messages do. So a taker that sleeps is woken once for what
 * is pushed in one go, several takers wake each other while there is more than one can do soon, and
 * a taker of all can let patient messages gather.
 */
#ifndef CRAWLER_ENGINE_CHANNEL_H
#define CRAWLER_ENGINE_CHANNEL_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The first member of whatever travels. */
struct message {
    struct message *next;
    int kind; /* The receiver's enumeration. */
};

struct channel {
    pthread_mutex_t lock;
    pthread_cond_t arrived;
    struct message *first;
    struct message **last;
    size_t count;
    size_t sleepers; /* Takers that wait. */
    size_t weight;   /* Of what is there. */
    size_t wanted;   /* Whoever takes all sleeps until there is so much. */
    bool is_closed;
    void (*ring)(
        void *owner); /* Called after a push to an empty channel, outside the lock; may be NULL. */
    void *owner;
};

void channel_init(struct channel *channel, void (*ring)(void *owner), void *owner);
void channel_clear(struct channel *channel);

void channel_push(struct channel *channel, struct message *message);
/* A chain of messages, linked through next, kept in order. */
void channel_push_list(struct channel *channel, struct message *first);
/* One that can wait for others: see channel_take_gathered. Its weight is at least 1. */
void channel_push_patient(struct channel *channel, struct message *message, size_t weight);

/* All that is there, as a list in order; NULL where there is nothing. Waits up to timeout_ms for
 * the first (0: not at all; -1: for ever, or until the channel is closed). */
struct message *channel_take_all(struct channel *channel, int64_t timeout_ms);
/* The same, but it waits until patient messages weigh so much (at least 1), or another comes. */
struct message *channel_take_gathered(struct channel *channel, size_t wanted, int64_t timeout_ms);

/* The oldest one; waits for it. NULL when the channel is closed and empty. For several takers. */
struct message *channel_take(struct channel *channel);

/* Takers get what is left, then NULL. */
void channel_close(struct channel *channel);

#endif
