/* SPDX-License-Identifier: MIT
 *
 * Cookies of a site on their way to the writer.
 */
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/cookie_mail.h"

enum { COOKIES = 7 };

static struct buf record_of(const char *text)
{
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    buf_append_string(&record, text);
    return record;
}

static void send(struct cookie_letter **last, struct channel *to, const char *text)
{
    struct buf record = record_of(text);
    cookie_mail_send(last, to, COOKIES, "a.example", &record);
    ck_assert_uint_eq(record.length, 0);
}

static void check_letter(struct message *message, const char *text)
{
    char *site;
    struct buf record;
    ck_assert_int_eq(message->kind, COOKIES);
    cookie_mail_take((struct cookie_letter *)message, &site, &record);
    ck_assert_str_eq(site, "a.example");
    ck_assert(bytes_equal(buf_bytes(&record), bytes_from_string(text)));
    free(site);
    buf_clear(&record);
}

START_TEST(what_was_not_taken_is_replaced)
{
    struct channel channel;
    struct cookie_letter *last = NULL;
    channel_init(&channel, NULL, NULL);
    send(&last, &channel, "1");
    send(&last, &channel, "2");
    send(&last, &channel, "3");
    struct message *message = channel_take_all(&channel, 0);
    ck_assert_ptr_null(message->next);
    check_letter(message, "3");
    send(&last, &channel, "4");
    send(&last, &channel, "");
    message = channel_take_all(&channel, 0);
    ck_assert_ptr_null(message->next);
    check_letter(message, "");
    cookie_mail_end(&last);
    ck_assert_ptr_null(last);
    channel_clear(&channel);
}
END_TEST

/* The site sleeps, and wakes again, while its letter is under way. */
START_TEST(a_letter_arrives_though_its_sender_is_gone)
{
    struct channel channel;
    struct cookie_letter *last = NULL;
    channel_init(&channel, NULL, NULL);
    send(&last, &channel, "1");
    cookie_mail_end(&last);
    send(&last, &channel, "2");
    cookie_mail_end(&last);
    struct message *first = channel_take_all(&channel, 0);
    struct message *second = first->next;
    check_letter(first, "1");
    check_letter(second, "2");
    channel_clear(&channel);
}
END_TEST

/* ---- Both sides at once */

enum { STATES = 20000 };

struct writing {
    struct channel channel;
    atomic_bool is_over;
    size_t letters;
    uint64_t last;
};

static void take_states(struct writing *writing)
{
    struct message *message = channel_take_all(&writing->channel, 1);
    for (struct message *next; message; message = next) {
        char *site;
        struct buf record;
        uint64_t state = 0;
        next = message->next;
        cookie_mail_take((struct cookie_letter *)message, &site, &record);
        ck_assert(bytes_to_u64(buf_bytes(&record), UINT64_MAX, &state));
        ck_assert_uint_gt(state, writing->last);
        writing->last = state;
        writing->letters++;
        free(site);
        buf_clear(&record);
    }
}

static void *write_states(void *argument)
{
    struct writing *writing = argument;
    while (!atomic_load(&writing->is_over))
        take_states(writing);
    take_states(writing);
    return NULL;
}

START_TEST(the_last_state_arrives_and_none_comes_behind_a_later_one)
{
    struct writing writing = { .last = 0 };
    struct cookie_letter *last = NULL;
    pthread_t thread;
    channel_init(&writing.channel, NULL, NULL);
    ck_assert_int_eq(pthread_create(&thread, NULL, write_states, &writing), 0);
    for (unsigned state = 1; state <= STATES; state++) {
        char text[16];
        snprintf(text, sizeof(text), "%u", state);
        send(&last, &writing.channel, text);
    }
    atomic_store(&writing.is_over, true);
    pthread_join(thread, NULL);
    ck_assert_uint_eq(writing.last, STATES);
    ck_assert_uint_le(writing.letters, STATES);
    cookie_mail_end(&last);
    channel_clear(&writing.channel);
}
END_TEST

SUITE_MAIN("cookie_mail", what_was_not_taken_is_replaced,
           a_letter_arrives_though_its_sender_is_gone,
           the_last_state_arrives_and_none_comes_behind_a_later_one)
