/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crawler/fetch/poller.h"

struct pair {
    struct poller *poller;
    int ours;
    int theirs;
    unsigned events;
    int calls;
};

static void note(void *owner, int descriptor, unsigned events)
{
    struct pair *pair = owner;
    ck_assert_int_eq(descriptor, pair->ours);
    pair->events |= events;
    pair->calls++;
}

static void pair_open(struct pair *pair, struct poller *poller)
{
    int both[2];
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, both), 0);
    *pair = (struct pair){ .poller = poller, .ours = both[0], .theirs = both[1] };
}

static void pair_close(struct pair *pair)
{
    poller_watch(pair->poller, pair->ours, 0, NULL, NULL);
    close(pair->ours);
    close(pair->theirs);
}

START_TEST(a_descriptor_that_is_ready_is_called_back_for)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    poller_wait(poller, 0);
    ck_assert_int_eq(pair.calls, 0);
    ck_assert_int_eq(write(pair.theirs, "x", 1), 1);
    poller_wait(poller, -1);
    ck_assert_int_eq(pair.calls, 1);
    ck_assert_uint_eq(pair.events, POLLER_READ);
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

START_TEST(what_is_watched_for_can_change_and_end)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    ck_assert_int_eq(write(pair.theirs, "x", 1), 1);
    poller_watch(poller, pair.ours, POLLER_WRITE, note, &pair);
    poller_wait(poller, 0);
    ck_assert_uint_eq(pair.events, POLLER_WRITE);
    poller_watch(poller, pair.ours, POLLER_READ | POLLER_WRITE, note, &pair);
    poller_wait(poller, 0);
    ck_assert_uint_eq(pair.events, POLLER_READ | POLLER_WRITE);
    poller_watch(poller, pair.ours, 0, NULL, NULL);
    poller_watch(poller, pair.ours, 0, NULL, NULL);
    pair.calls = 0;
    poller_wait(poller, 0);
    ck_assert_int_eq(pair.calls, 0);
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

START_TEST(a_peer_that_went_away_is_an_error_event)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    poller_watch(poller, pair.ours, POLLER_WRITE, note, &pair);
    close(pair.theirs);
    poller_wait(poller, -1);
    ck_assert(pair.events & POLLER_ERROR);
    pair.theirs = -1;
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

/* Closes the other pair, and puts a new descriptor under its number. */
struct swap {
    struct pair *first;
    struct pair *second;
    int number;
    int calls;
};

static void replace_other(void *owner, int descriptor, unsigned events)
{
    struct swap *swap = owner;
    struct pair *other = descriptor == swap->first->ours ? swap->second : swap->first;
    (void)events;
    swap->calls++;
    if (swap->calls > 1)
        return;
    poller_watch(other->poller, other->ours, 0, NULL, NULL);
    swap->number = other->ours;
    ck_assert_int_eq(dup2(other->theirs, other->ours), other->ours);
    poller_watch(other->poller, other->ours, POLLER_READ, note, other);
}

START_TEST(an_event_of_a_closed_descriptor_does_not_reach_its_successor)
{
    struct poller *poller = poller_new();
    struct pair first;
    struct pair second;
    pair_open(&first, poller);
    pair_open(&second, poller);
    struct swap swap = { &first, &second, -1, 0 };
    poller_watch(poller, first.ours, POLLER_READ, replace_other, &swap);
    poller_watch(poller, second.ours, POLLER_READ, replace_other, &swap);
    ck_assert_int_eq(write(first.theirs, "x", 1), 1);
    ck_assert_int_eq(write(second.theirs, "x", 1), 1);
    poller_wait(poller, -1);
    ck_assert_int_eq(swap.calls, 1);
    ck_assert_int_eq(first.calls + second.calls, 0);
    pair_close(&first);
    pair_close(&second);
    poller_free(poller);
}
END_TEST

START_TEST(a_descriptor_closed_without_notice_can_still_be_removed)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    close(pair.ours);
    poller_watch(poller, pair.ours, 0, NULL, NULL);
    int again = dup(pair.theirs);
    ck_assert_int_eq(again, pair.ours);
    poller_watch(poller, again, POLLER_WRITE, note, &pair);
    poller_wait(poller, -1);
    ck_assert_int_eq(pair.calls, 1);
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

START_TEST(high_descriptors_are_watched_too)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    int high = fcntl(pair.ours, F_DUPFD_CLOEXEC, 900);
    ck_assert_int_ge(high, 900);
    close(pair.ours);
    pair.ours = high;
    poller_watch(poller, high, POLLER_WRITE, note, &pair);
    poller_wait(poller, -1);
    ck_assert_int_eq(pair.calls, 1);
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

static void *ring(void *poller)
{
    poller_ring(poller);
    return NULL;
}

START_TEST(the_bell_ends_a_wait_from_another_thread_and_beforehand)
{
    struct poller *poller = poller_new();
    poller_ring(poller);
    poller_ring(poller);
    poller_wait(poller, -1);
    poller_wait(poller, 0);
    pthread_t thread;
    ck_assert_int_eq(pthread_create(&thread, NULL, ring, poller), 0);
    poller_wait(poller, -1);
    pthread_join(thread, NULL);
    poller_free(poller);
}
END_TEST

/* Nothing is lost by it, nobody is called for it, and nobody spins. */
START_TEST(what_rests_is_silent_and_is_watched_again_as_it_was)
{
    struct poller *poller = poller_new();
    struct pair pair;
    pair_open(&pair, poller);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    poller_rest(poller, pair.ours);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    ck_assert_int_eq(write(pair.theirs, "x", 1), 1);
    poller_wait(poller, -1);
    ck_assert_int_eq(pair.calls, 1);
    poller_rest(poller, pair.ours);
    poller_wait(poller, -1); /* Something stirs: the kernel is told. */
    ck_assert_int_eq(pair.calls, 1);
    poller_wait(poller, 0);
    ck_assert_int_eq(pair.calls, 1);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    poller_wait(poller, -1);
    ck_assert_int_eq(pair.calls, 2);
    pair_close(&pair);
    poller_free(poller);
}
END_TEST

START_TEST(a_number_that_rested_and_was_closed_is_watched_anew)
{
    struct poller *poller = poller_new();
    struct pair pair, next;
    pair_open(&pair, poller);
    poller_watch(poller, pair.ours, POLLER_READ, note, &pair);
    poller_rest(poller, pair.ours);
    pair_close(&pair);
    pair_open(&next, poller);
    ck_assert_int_eq(next.ours, pair.ours);
    poller_watch(poller, next.ours, POLLER_READ, note, &next);
    ck_assert_int_eq(write(next.theirs, "x", 1), 1);
    poller_wait(poller, -1);
    ck_assert_int_eq(next.calls, 1);
    pair_close(&next);
    poller_free(poller);
}
END_TEST

SUITE_MAIN("poller", a_descriptor_that_is_ready_is_called_back_for,
           what_is_watched_for_can_change_and_end, a_peer_that_went_away_is_an_error_event,
           an_event_of_a_closed_descriptor_does_not_reach_its_successor,
           a_descriptor_closed_without_notice_can_still_be_removed,
           high_descriptors_are_watched_too,
           the_bell_ends_a_wait_from_another_thread_and_beforehand,
           what_rests_is_silent_and_is_watched_again_as_it_was,
           a_number_that_rested_and_was_closed_is_watched_anew)
