/* SPDX-License-Identifier: MIT
 *
 * Verbs and runs in turn at one crawl directory, in one process.
 */
#include "suite.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/memory.h"
#include "base/pack.h"
#include "crawler/control/server.h"
#include "crawler/control/session.h"
#include "store/lock.h"
#include "store_directory.h"

static char *directory;
static struct config *config;
static struct buf question;
static struct buf reply;

static void open_crawl(void)
{
    static const char *const options[] = { "db_cache=1Mi" };
    static const struct config_overrides overrides = { options, 1 };
    char *error = NULL;
    directory = directory_new();
    char *path = xasprintf("%s/forage.conf", directory);
    close(open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600));
    free(path);
    ck_assert_int_eq(config_load(&config, directory, NULL, &overrides, &error), STATUS_OK);
    buf_init(&question, BUF_UNBOUNDED);
    buf_init(&reply, BUF_UNBOUNDED);
}

static void close_crawl(void)
{
    buf_clear(&question);
    buf_clear(&reply);
    config_free(config);
    directory_remove(directory);
}

static struct session *open_session(const char *verb)
{
    struct session *session;
    ck_assert_int_eq(session_open(&session, directory, config, verb), STATUS_OK);
    return session;
}

/* Adds a seed; returns how many of it are new. */
static uint64_t seed(struct session *session, const char *url)
{
    buf_reset(&question);
    pack_bytes(&question, bytes_from_string(url));
    ck_assert_int_eq(session_ask(session, QUESTION_SEED, buf_bytes(&question), &reply), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    return unpack_number(&from);
}

/* ---- A run, as far as verbs can tell */

struct run {
    struct lock *lock;
    struct server *server;
    pthread_t thread;
    int bell;
    atomic_int questions;
};

static void answer_as_run(void *owner, uint64_t client, enum question asked, struct bytes payload)
{
    struct run *run = owner;
    (void)payload;
    atomic_fetch_add(&run->questions, 1);
    server_answer(run->server, client, asked == QUESTION_YIELD ? STATUS_BUSY : STATUS_OK,
                  BYTES("\7"));
}

static void *run_serve(void *argument)
{
    struct run *run = argument;
    struct pollfd watched[] = { { .fd = server_descriptor(run->server), .events = POLLIN },
                                { .fd = run->bell, .events = POLLIN } };
    while ((watched[1].revents & POLLIN) == 0) {
        poll(watched, 2, -1);
        server_process(run->server);
    }
    return NULL;
}

static void run_start(struct run *run)
{
    *run = (struct run){ .bell = eventfd(0, EFD_CLOEXEC) };
    ck_assert_int_eq(session_take_over(&run->lock, directory), STATUS_OK);
    ck_assert_int_eq(server_open(&run->server, directory, answer_as_run, run), STATUS_OK);
    ck_assert_int_eq(pthread_create(&run->thread, NULL, run_serve, run), 0);
}

static void run_stop(struct run *run)
{
    uint64_t one = 1;
    ck_assert_int_eq(write(run->bell, &one, sizeof(one)), sizeof(one));
    pthread_join(run->thread, NULL);
    server_close(run->server);
    lock_release(run->lock);
    close(run->bell);
}

/* ---- */

START_TEST(without_a_crawl_there_is_no_session)
{
    struct session *session = NULL;
    char *empty = directory_new();
    open_crawl();
    ck_assert_int_eq(session_open(&session, empty, config, "status"), STATUS_NO_INPUT);
    ck_assert_ptr_null(session);
    session_close(session);
    directory_remove(empty);
    close_crawl();
}
END_TEST

START_TEST(a_verb_alone_holds_the_crawl_itself)
{
    struct lock_holder who;
    struct lock *lock = NULL;
    open_crawl();
    struct session *session = open_session("seed");
    ck_assert_int_eq(lock_take(&lock, directory, "test", 0, &who), STATUS_BUSY);
    ck_assert_str_eq(who.verb, "seed");
    ck_assert_int_eq(who.pid, getpid());
    ck_assert_uint_eq(seed(session, "http://example.org/"), 1);
    ck_assert_uint_eq(seed(session, "http://example.org/"), 0);
    session_close(session);
    ck_assert_int_eq(lock_take(&lock, directory, "test", 0, &who), STATUS_OK);
    lock_release(lock);
    /* It is on disk. */
    session = open_session("seed");
    ck_assert_uint_eq(seed(session, "http://example.org/"), 0);
    session_close(session);
    close_crawl();
}
END_TEST

START_TEST(an_answer_that_says_no_has_its_text)
{
    open_crawl();
    struct session *session = open_session("cat");
    buf_reset(&question);
    pack_bytes(&question, BYTES("http://example.org/"));
    ck_assert_int_eq(session_ask(session, QUESTION_CAT, buf_bytes(&question), &reply),
                     STATUS_NOT_FOUND);
    ck_assert_str_eq(reply.data, "http://example.org/: no page is stored; forage explain says why");
    session_close(session);
    close_crawl();
}
END_TEST

START_TEST(a_second_verb_is_the_firsts_client_and_then_takes_its_place)
{
    open_crawl();
    struct session *first = open_session("seed"), *second = open_session("status");
    ck_assert_uint_eq(seed(first, "http://example.org/1"), 1);
    ck_assert_uint_eq(seed(second, "http://example.org/1"), 0);
    ck_assert_uint_eq(seed(second, "http://example.org/2"), 1);
    ck_assert_uint_eq(seed(first, "http://example.org/2"), 0);
    session_close(first);
    ck_assert_uint_eq(seed(second, "http://example.org/2"), 0);
    ck_assert_uint_eq(seed(second, "http://example.org/3"), 1);
    session_close(second);
    close_crawl();
}
END_TEST

START_TEST(a_verb_yields_to_a_run_and_goes_on_as_its_client)
{
    struct run run;
    open_crawl();
    struct session *session = open_session("seed");
    ck_assert_uint_eq(seed(session, "http://example.org/"), 1);
    run_start(&run);
    ck_assert_uint_eq(seed(session, "http://example.org/"), 7); /* The run's answer. */
    ck_assert_int_eq(atomic_load(&run.questions), 1);
    run_stop(&run);
    /* And back, once the run is over. */
    ck_assert_uint_eq(seed(session, "http://example.org/"), 0);
    run_start(&run);
    ck_assert_uint_eq(seed(session, "http://example.org/"), 7);
    session_close(session);
    run_stop(&run);
    close_crawl();
}
END_TEST

START_TEST(a_verb_that_comes_during_a_run_is_its_client)
{
    struct run run;
    open_crawl();
    run_start(&run);
    struct session *session = open_session("status");
    ck_assert_uint_eq(seed(session, "http://example.org/"), 7);
    session_close(session);
    run_stop(&run);
    close_crawl();
}
END_TEST

START_TEST(a_run_does_not_yield_to_a_run)
{
    struct run run;
    struct lock *lock = NULL;
    open_crawl();
    run_start(&run);
    ck_assert_int_eq(session_take_over(&lock, directory), STATUS_BUSY);
    ck_assert_ptr_null(lock);
    run_stop(&run);
    ck_assert_int_eq(session_take_over(&lock, directory), STATUS_OK);
    lock_release(lock);
    close_crawl();
}
END_TEST

START_TEST(a_run_takes_over_from_several_verbs)
{
    struct run run;
    open_crawl();
    struct session *sessions[3];
    for (size_t i = 0; i < 3; i++)
        sessions[i] = open_session("seed");
    run_start(&run);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(seed(sessions[i], "http://example.org/"), 7);
    run_stop(&run);
    for (size_t i = 0; i < 3; i++)
        ck_assert_uint_eq(seed(sessions[i], "http://example.org/"), i == 0);
    for (size_t i = 0; i < 3; i++)
        session_close(sessions[i]);
    close_crawl();
}
END_TEST

SUITE_MAIN("session", without_a_crawl_there_is_no_session, a_verb_alone_holds_the_crawl_itself,
           an_answer_that_says_no_has_its_text,
           a_second_verb_is_the_firsts_client_and_then_takes_its_place,
           a_verb_yields_to_a_run_and_goes_on_as_its_client,
           a_verb_that_comes_during_a_run_is_its_client, a_run_does_not_yield_to_a_run,
           a_run_takes_over_from_several_verbs)
