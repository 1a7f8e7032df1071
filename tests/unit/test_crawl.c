/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>

#include "crawler/engine/crawl.h"

static struct settings settings;
static struct crawl crawl;

static void reset(uint64_t visits_most, uint64_t max_pages)
{
    settings = (struct settings){ .max_pages = max_pages };
    crawl = (struct crawl){ .settings = &settings, .visits_most = visits_most };
    room_init(&crawl.room, 1000, 1);
}

START_TEST(a_visit_begins_while_there_are_credits)
{
    reset(2, 0);
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(!crawl_begin_visit(&crawl));
    crawl_end_visit(&crawl, NULL);
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert_uint_eq(atomic_load(&crawl.visits), 2);
}
END_TEST

START_TEST(a_visit_begins_while_its_bytes_have_room_and_gives_them_back)
{
    reset(10, 0);
    struct visit *visit = visit_new(NULL, 1);
    ck_assert(crawl_begin_visit(&crawl));
    crawl_count_bytes(&crawl, visit, 400);
    crawl_count_bytes(&crawl, visit, 600);
    ck_assert(!crawl_begin_visit(&crawl));
    crawl_end_visit(&crawl, visit);
    ck_assert_uint_eq(room_used(&crawl.room), 0);
    ck_assert_uint_eq(atomic_load(&crawl.bytes), 1000);
    ck_assert(crawl_begin_visit(&crawl));
}
END_TEST

START_TEST(what_is_under_way_counts_against_the_limit_of_pages)
{
    reset(10, 3);
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(!crawl_begin_visit(&crawl));
    /* One came to nothing, the others became pages. */
    crawl_end_visit(&crawl, NULL);
    atomic_fetch_add(&crawl.pages, 2);
    crawl_end_visit(&crawl, NULL);
    crawl_end_visit(&crawl, NULL);
    ck_assert(crawl_begin_visit(&crawl));
    ck_assert(!crawl_begin_visit(&crawl));
}
END_TEST

START_TEST(nothing_begins_once_the_crawl_stops_and_the_first_reason_stays)
{
    reset(10, 0);
    ck_assert(!crawl_is_stopping(&crawl));
    crawl_stop(&crawl, STOP_BYTES);
    crawl_stop(&crawl, STOP_INTERRUPT);
    ck_assert(crawl_is_stopping(&crawl));
    ck_assert_int_eq(atomic_load(&crawl.stop), STOP_BYTES);
    ck_assert(!crawl_begin_visit(&crawl));
}
END_TEST

START_TEST(each_stop_has_its_status)
{
    static const struct {
        enum stop stop;
        enum status status;
    } rows[] = {
        { STOP_NOT, STATUS_OK },
        { STOP_DONE, STATUS_OK },
        { STOP_PAGES, STATUS_LIMIT },
        { STOP_TIME, STATUS_LIMIT },
        { STOP_BYTES, STATUS_LIMIT },
        { STOP_STORE, STATUS_LIMIT },
        { STOP_SPACE, STATUS_NO_SPACE },
        { STOP_INTERRUPT, STATUS_INTERRUPTED },
        { STOP_TERMINATE, STATUS_TERMINATED },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_int_eq(stop_status(rows[i].stop), rows[i].status);
        ck_assert(*stop_word(rows[i].stop));
    }
}
END_TEST

/* ---- Several fetch threads against one writer */

enum { ROUNDS = 5000, PAGES_MOST = 2, THREADS = 4 };

static pthread_barrier_t barrier;
static atomic_uint taken; /* Credits that were taken in this round. */

static void *take_and_store(void *argument)
{
    (void)argument;
    for (int i = 0; i < ROUNDS; i++) {
        pthread_barrier_wait(&barrier);
        for (int tries = 0; tries < 8; tries++)
            if (crawl_begin_visit(&crawl)) {
                /* It becomes a page: the writer counts it before it gives the credit back. */
                atomic_fetch_add(&taken, 1);
                atomic_fetch_add(&crawl.pages, 1);
                crawl_end_visit(&crawl, NULL);
            }
        pthread_barrier_wait(&barrier);
    }
    return NULL;
}

START_TEST(the_limit_of_pages_is_exact_with_several_threads)
{
    pthread_t threads[THREADS];
    reset(100, PAGES_MOST);
    pthread_barrier_init(&barrier, NULL, THREADS + 1);
    for (int i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, take_and_store, NULL), 0);
    unsigned most = 0;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_store(&taken, 0);
        atomic_store(&crawl.pages, 0);
        pthread_barrier_wait(&barrier);
        pthread_barrier_wait(&barrier);
        if (atomic_load(&taken) > most)
            most = atomic_load(&taken);
    }
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    ck_assert_uint_eq(most, PAGES_MOST);
    pthread_barrier_destroy(&barrier);
}
END_TEST

SUITE_MAIN("crawl", a_visit_begins_while_there_are_credits,
           a_visit_begins_while_its_bytes_have_room_and_gives_them_back,
           what_is_under_way_counts_against_the_limit_of_pages,
           nothing_begins_once_the_crawl_stops_and_the_first_reason_stays, each_stop_has_its_status,
           the_limit_of_pages_is_exact_with_several_threads)
