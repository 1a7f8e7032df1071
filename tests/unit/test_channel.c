/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

#include "crawler/engine/channel.h"

enum { MANY = 20000, SENDERS = 3, TAKERS = 3 };

static struct channel channel;
static struct message messages[MANY];
static atomic_int rings;

static void count_ring(void *owner)
{
    ck_assert_ptr_eq(owner, &rings);
    atomic_fetch_add(&rings, 1);
}

static size_t length_of(const struct message *message)
{
    size_t length = 0;
    for (; message; message = message->next)
        length++;
    return length;
}

START_TEST(messages_leave_in_the_order_in_which_they_came)
{
    channel_init(&channel, NULL, NULL);
    for (int i = 0; i < 5; i++) {
        messages[i].kind = i;
        channel_push(&channel, &messages[i]);
    }
    ck_assert_ptr_eq(channel_take(&channel), &messages[0]);
    struct message *list = channel_take_all(&channel, 0);
    for (int i = 1; i < 5; i++, list = list->next)
        ck_assert_int_eq(list->kind, i);
    ck_assert_ptr_null(list);
    ck_assert_ptr_null(channel_take_all(&channel, 0));
    channel_push(&channel, &messages[0]);
    ck_assert_ptr_eq(channel_take_all(&channel, -1), &messages[0]);
    channel_clear(&channel);
}
END_TEST

START_TEST(a_list_is_pushed_as_it_is)
{
    channel_init(&channel, NULL, NULL);
    messages[0].next = &messages[1];
    messages[1].next = &messages[2];
    messages[2].next = NULL;
    channel_push_list(&channel, &messages[0]);
    channel_push_list(&channel, NULL);
    channel_push(&channel, &messages[3]);
    ck_assert_uint_eq(length_of(channel_take_all(&channel, 0)), 4);
    channel_clear(&channel);
}
END_TEST

START_TEST(the_bell_rings_for_the_first_message_and_at_the_end)
{
    atomic_store(&rings, 0);
    channel_init(&channel, count_ring, &rings);
    channel_push(&channel, &messages[0]);
    channel_push(&channel, &messages[1]);
    ck_assert_int_eq(atomic_load(&rings), 1);
    channel_take_all(&channel, 0);
    channel_push(&channel, &messages[2]);
    ck_assert_int_eq(atomic_load(&rings), 2);
    channel_close(&channel);
    ck_assert_int_eq(atomic_load(&rings), 3);
    channel_take_all(&channel, 0);
    channel_clear(&channel);
}
END_TEST

START_TEST(a_wait_ends_after_its_time)
{
    channel_init(&channel, NULL, NULL);
    ck_assert_ptr_null(channel_take_all(&channel, 1));
    channel_clear(&channel);
}
END_TEST

START_TEST(a_closed_channel_gives_what_is_left_and_then_nothing)
{
    channel_init(&channel, NULL, NULL);
    channel_push(&channel, &messages[0]);
    channel_push(&channel, &messages[1]);
    channel_close(&channel);
    ck_assert_ptr_eq(channel_take(&channel), &messages[0]);
    ck_assert_ptr_eq(channel_take_all(&channel, -1), &messages[1]);
    ck_assert_ptr_null(channel_take(&channel));
    ck_assert_ptr_null(channel_take_all(&channel, -1));
    channel_clear(&channel);
}
END_TEST

/* ---- Threads */

static void *send_share(void *argument)
{
    size_t share = (size_t)(uintptr_t)argument;
    for (size_t i = share; i < MANY; i += SENDERS) {
        messages[i].kind = 1;
        channel_push(&channel, &messages[i]);
    }
    return NULL;
}

static void *take_some(void *argument)
{
    size_t *taken = argument;
    struct message *message;
    while ((message = channel_take(&channel)) != NULL) {
        ck_assert_int_eq(message->kind, 1);
        message->kind = 2;
        ++*taken;
    }
    return NULL;
}

START_TEST(each_message_reaches_one_taker)
{
    pthread_t senders[SENDERS], takers[TAKERS];
    size_t taken[TAKERS] = { 0 };
    size_t sum = 0;
    channel_init(&channel, NULL, NULL);
    for (size_t i = 0; i < TAKERS; i++)
        ck_assert_int_eq(pthread_create(&takers[i], NULL, take_some, &taken[i]), 0);
    for (size_t i = 0; i < SENDERS; i++)
        ck_assert_int_eq(pthread_create(&senders[i], NULL, send_share, (void *)(uintptr_t)i), 0);
    for (size_t i = 0; i < SENDERS; i++)
        pthread_join(senders[i], NULL);
    channel_close(&channel);
    for (size_t i = 0; i < TAKERS; i++) {
        pthread_join(takers[i], NULL);
        sum += taken[i];
    }
    ck_assert_uint_eq(sum, MANY);
    for (size_t i = 0; i < MANY; i++)
        ck_assert_int_eq(messages[i].kind, 2);
    channel_clear(&channel);
}
END_TEST

START_TEST(who_takes_all_misses_nothing)
{
    pthread_t senders[SENDERS];
    size_t sum = 0;
    channel_init(&channel, NULL, NULL);
    for (size_t i = 0; i < SENDERS; i++)
        ck_assert_int_eq(pthread_create(&senders[i], NULL, send_share, (void *)(uintptr_t)i), 0);
    while (sum < MANY)
        sum += length_of(channel_take_all(&channel, -1));
    ck_assert_uint_eq(sum, MANY);
    for (size_t i = 0; i < SENDERS; i++)
        pthread_join(senders[i], NULL);
    channel_clear(&channel);
}
END_TEST

/* ---- Messages that can wait */

enum { WANTED = 4 };

static void *gather(void *argument)
{
    size_t *length = argument;
    *length = length_of(channel_take_gathered(&channel, WANTED, -1));
    return NULL;
}

static void wait_for_sleeper(void)
{
    for (bool is_asleep = false; !is_asleep; sched_yield()) {
        pthread_mutex_lock(&channel.lock);
        is_asleep = channel.sleepers > 0;
        pthread_mutex_unlock(&channel.lock);
    }
}

/* How many messages somebody who sleeps gets by what `push` does. */
static size_t gathered_by(void (*push)(void))
{
    pthread_t taker;
    size_t length = 0;
    channel_init(&channel, NULL, NULL);
    ck_assert_int_eq(pthread_create(&taker, NULL, gather, &length), 0);
    wait_for_sleeper();
    push();
    pthread_join(taker, NULL);
    channel_clear(&channel);
    return length;
}

/* After each of them but the last one the taker sleeps on. */
static void push_until_enough(void)
{
    channel_push_patient(&channel, &messages[0], 1);
    wait_for_sleeper();
    channel_push_patient(&channel, &messages[1], 2);
    wait_for_sleeper();
    channel_push_patient(&channel, &messages[2], 1);
}

static void push_heavy(void)
{
    channel_push_patient(&channel, &messages[0], 2 * WANTED);
}

static void push_one_that_cannot_wait(void)
{
    channel_push_patient(&channel, &messages[0], 1);
    wait_for_sleeper();
    channel_push(&channel, &messages[1]);
}

static void push_and_close(void)
{
    channel_push_patient(&channel, &messages[0], 1);
    channel_close(&channel);
}

START_TEST(patient_messages_wait_until_there_is_enough_of_them)
{
    ck_assert_uint_eq(gathered_by(push_until_enough), 3);
    ck_assert_uint_eq(gathered_by(push_heavy), 1);
    ck_assert_uint_eq(gathered_by(push_one_that_cannot_wait), 2);
    ck_assert_uint_eq(gathered_by(push_and_close), 1);
}
END_TEST

START_TEST(patient_messages_leave_when_the_time_is_over_and_for_who_wants_any)
{
    channel_init(&channel, NULL, NULL);
    channel_push_patient(&channel, &messages[0], 1);
    ck_assert_ptr_eq(channel_take_gathered(&channel, WANTED, 1), &messages[0]);
    channel_push_patient(&channel, &messages[1], 1);
    ck_assert_ptr_eq(channel_take_all(&channel, -1), &messages[1]);
    /* What went counts no more. */
    channel_push_patient(&channel, &messages[2], WANTED - 1);
    ck_assert_ptr_eq(channel_take_gathered(&channel, WANTED - 1, -1), &messages[2]);
    ck_assert_ptr_null(channel_take_gathered(&channel, WANTED, 1));
    channel_clear(&channel);
}
END_TEST

SUITE_MAIN("channel", messages_leave_in_the_order_in_which_they_came, a_list_is_pushed_as_it_is,
           the_bell_rings_for_the_first_message_and_at_the_end, a_wait_ends_after_its_time,
           a_closed_channel_gives_what_is_left_and_then_nothing, each_message_reaches_one_taker,
           who_takes_all_misses_nothing, patient_messages_wait_until_there_is_enough_of_them,
           patient_messages_leave_when_the_time_is_over_and_for_who_wants_any)
