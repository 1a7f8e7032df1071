/* SPDX-License-Identifier: MIT */
#include "crawler/engine/channel.h"

#include <assert.h>
#include <stdint.h>
#include <time.h>

/* So many messages wait for the taker that is awake. */
enum { LEFT_FOR_ONE = 1 };

void channel_init(struct channel *channel, void (*ring)(void *owner), void *owner)
{
    pthread_condattr_t attributes;
    *channel = (struct channel){ .wanted = 1, .ring = ring, .owner = owner };
    channel->last = &channel->first;
    pthread_mutex_init(&channel->lock, NULL);
    pthread_condattr_init(&attributes);
    pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
    pthread_cond_init(&channel->arrived, &attributes);
    pthread_condattr_destroy(&attributes);
}

void channel_clear(struct channel *channel)
{
    pthread_cond_destroy(&channel->arrived);
    pthread_mutex_destroy(&channel->lock);
}

/* What cannot wait weighs as much as any taker wants. */
static void push(struct channel *channel, struct message *first, struct message *last, size_t count,
                 size_t weight)
{
    pthread_mutex_lock(&channel->lock);
    bool was_empty = !channel->first;
    *channel->last = first;
    channel->last = &last->next;
    channel->count += count;
    channel->weight = weight < SIZE_MAX - channel->weight ? channel->weight + weight : SIZE_MAX;
    bool is_awaited = channel->sleepers > 0 && channel->weight >= channel->wanted;
    pthread_mutex_unlock(&channel->lock);
    /* Outside the lock, which whoever wakes takes first. */
    if (is_awaited)
        pthread_cond_signal(&channel->arrived);
    if (was_empty && channel->ring)
        channel->ring(channel->owner);
}

void channel_push(struct channel *channel, struct message *message)
{
    message->next = NULL;
    push(channel, message, message, 1, SIZE_MAX);
}

void channel_push_list(struct channel *channel, struct message *first)
{
    if (!first)
        return;
    struct message *last = first;
    size_t count = 1;
    for (; last->next; last = last->next)
        count++;
    push(channel, first, last, count, SIZE_MAX);
}

void channel_push_patient(struct channel *channel, struct message *message, size_t weight)
{
    assert(weight > 0);
    message->next = NULL;
    push(channel, message, message, 1, weight);
}

static struct timespec deadline_after(int64_t timeout_ms)
{
    struct timespec deadline;
    clock_gettime(CLOCK_MONOTONIC, &deadline);
    deadline.tv_sec += timeout_ms / 1000;
    deadline.tv_nsec += timeout_ms % 1000 * 1000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_sec++;
        deadline.tv_nsec -= 1000000000;
    }
    return deadline;
}

struct message *channel_take_all(struct channel *channel, int64_t timeout_ms)
{
    return channel_take_gathered(channel, 1, timeout_ms);
}

static int wait_for_arrival(struct channel *channel, const struct timespec *deadline)
{
    channel->sleepers++;
    int error = deadline ? pthread_cond_timedwait(&channel->arrived, &channel->lock, deadline)
                         : pthread_cond_wait(&channel->arrived, &channel->lock);
    channel->sleepers--;
    return error;
}

struct message *channel_take_gathered(struct channel *channel, size_t wanted, int64_t timeout_ms)
{
    assert(wanted > 0);
    struct timespec deadline = deadline_after(timeout_ms > 0 ? timeout_ms : 0);
    pthread_mutex_lock(&channel->lock);
    int error = 0;
    channel->wanted = wanted;
    while (channel->weight < wanted && !channel->is_closed && timeout_ms != 0 && error == 0)
        error = wait_for_arrival(channel, timeout_ms < 0 ? NULL : &deadline);
    struct message *list = channel->first;
    channel->first = NULL;
    channel->last = &channel->first;
    channel->count = 0;
    channel->weight = 0;
    pthread_mutex_unlock(&channel->lock);
    return list;
}

struct message *channel_take(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->wanted = 1;
    while (!channel->first && !channel->is_closed)
        wait_for_arrival(channel, NULL);
    struct message *message = channel->first;
    if (message) {
        channel->first = message->next;
        channel->count--;
        if (!channel->first) {
            channel->last = &channel->first;
            channel->weight = 0;
        }
        message->next = NULL;
    }
    bool needs_help = channel->count > LEFT_FOR_ONE && channel->sleepers > 0;
    pthread_mutex_unlock(&channel->lock);
    if (needs_help)
        pthread_cond_signal(&channel->arrived);
    return message;
}

void channel_close(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    channel->is_closed = true;
    pthread_cond_broadcast(&channel->arrived);
    pthread_mutex_unlock(&channel->lock);
    if (channel->ring)
        channel->ring(channel->owner);
}
