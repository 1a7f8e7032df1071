/* SPDX-License-Identifier: MIT */
#include "crawler/engine/channel.h"

#include <time.h>

void channel_init(struct channel *channel, void (*ring)(void *owner), void *owner)
{
    pthread_condattr_t attributes;
    *channel = (struct channel){ .ring = ring, .owner = owner };
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

void channel_push(struct channel *channel, struct message *message)
{
    message->next = NULL;
    channel_push_list(channel, message);
}

void channel_push_list(struct channel *channel, struct message *first)
{
    if (!first)
        return;
    struct message *last = first;
    while (last->next)
        last = last->next;
    pthread_mutex_lock(&channel->lock);
    bool was_empty = !channel->first;
    *channel->last = first;
    channel->last = &last->next;
    if (first == last)
        pthread_cond_signal(&channel->arrived);
    else
        pthread_cond_broadcast(&channel->arrived);
    pthread_mutex_unlock(&channel->lock);
    if (was_empty && channel->ring)
        channel->ring(channel->owner);
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
    struct timespec deadline = deadline_after(timeout_ms > 0 ? timeout_ms : 0);
    pthread_mutex_lock(&channel->lock);
    int error = 0;
    while (!channel->first && !channel->is_closed && timeout_ms != 0 && error == 0) {
        if (timeout_ms < 0)
            error = pthread_cond_wait(&channel->arrived, &channel->lock);
        else
            error = pthread_cond_timedwait(&channel->arrived, &channel->lock, &deadline);
    }
    struct message *list = channel->first;
    channel->first = NULL;
    channel->last = &channel->first;
    pthread_mutex_unlock(&channel->lock);
    return list;
}

struct message *channel_take(struct channel *channel)
{
    pthread_mutex_lock(&channel->lock);
    while (!channel->first && !channel->is_closed)
        pthread_cond_wait(&channel->arrived, &channel->lock);
    struct message *message = channel->first;
    if (message) {
        channel->first = message->next;
        if (!channel->first)
            channel->last = &channel->first;
        message->next = NULL;
    }
    pthread_mutex_unlock(&channel->lock);
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
