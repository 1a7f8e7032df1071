/* SPDX-License-Identifier: MIT */
#include "crawler/control/session.h"

#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/pack.h"
#include "crawler/control/answers.h"
#include "crawler/control/server.h"
#include "crawler/control/tables.h"
#include "store/lock.h"

enum {
    RETRY_MS = 20,           /* Between two tries to reach whoever holds the crawl. */
    PATIENCE_MS = 30 * 1000, /* Opening a large store after a crash takes seconds. */
    YIELD_POLL_MS = 50,
    YIELD_WAIT_MS = 2 * 1000,   /* A holder yields when it has answered the question in hand. */
    ANSWER_WAIT_MS = 60 * 1000, /* A run answers between two batches of pages. */
};

/* Owns the tables and serves the control socket, while no run does. */
struct holder {
    pthread_t thread;
    const struct config *config;
    const char *directory;
    struct lock *lock;
    struct tables tables;
    struct server *server;
    int bell; /* An event descriptor: the verb is done. */
    bool is_yielding;
};

struct session {
    const char *directory;
    const struct config *config;
    const char *verb;
    int descriptor;        /* To whoever holds the crawl; -1: not connected. */
    struct holder *holder; /* Ours; NULL: another process holds the crawl. */
};

/* ---- The holder */

static void asked(void *owner, uint64_t client, enum question question, struct bytes payload)
{
    struct holder *holder = owner;
    struct buf reply;
    enum status status = STATUS_OK;
    buf_init(&reply, BUF_UNBOUNDED);
    if (question == QUESTION_YIELD) {
        holder->is_yielding = true;
    } else {
        struct answerer answerer = {
            .tables = &holder->tables,
            .config = holder->config,
            .directory = holder->directory,
            .now_ms = clock_wall_ms(),
        };
        status = answer(&answerer, question, payload, &reply);
    }
    server_answer(holder->server, client, status, buf_bytes(&reply));
    buf_clear(&reply);
}

static void holder_close(struct holder *holder)
{
    server_close(holder->server);
    tables_close(&holder->tables);
    lock_release(holder->lock);
    holder->lock = NULL;
}

static void *holder_run(void *argument)
{
    struct holder *holder = argument;
    bool is_done = false;
    while (!is_done && !holder->is_yielding) {
        struct pollfd watched[] = {
            { .fd = server_descriptor(holder->server), .events = POLLIN },
            { .fd = holder->bell, .events = POLLIN },
        };
        poll(watched, 2, -1);
        server_process(holder->server);
        is_done = (watched[1].revents & POLLIN) != 0;
    }
    holder_close(holder);
    return NULL;
}

/* Takes the lock. */
static enum status holder_start(struct holder **out, const struct session *session,
                                struct lock *lock)
{
    struct holder *holder = xcalloc(1, sizeof(*holder));
    holder->config = session->config;
    holder->directory = session->directory;
    holder->lock = lock;
    enum status status = tables_open(&holder->tables, session->directory, session->config, false);
    if (!status)
        status = server_open(&holder->server, session->directory, asked, holder);
    if (status) {
        holder_close(holder);
        free(holder);
        return status;
    }
    holder->bell = eventfd(0, EFD_CLOEXEC);
    if (pthread_create(&holder->thread, NULL, holder_run, holder) != 0)
        abort();
    *out = holder;
    return STATUS_OK;
}

static void holder_stop(struct holder *holder)
{
    uint64_t one = 1;
    if (!holder)
        return;
    if (write(holder->bell, &one, sizeof(one)) < 0)
        log_warning("the holder's bell: %s", strerror(errno));
    pthread_join(holder->thread, NULL);
    close(holder->bell);
    free(holder);
}

/* ---- The session */

static void pause_ms(int64_t span_ms)
{
    struct timespec span = { span_ms / 1000, span_ms % 1000 * 1000000 };
    nanosleep(&span, NULL);
}

static void say_who_holds(const char *directory, const struct lock_holder *holder)
{
    char when[CLOCK_TEXT_BYTES];
    log_error("%s is held by %s (pid %d, since %s)", directory,
              holder->verb[0] ? holder->verb : "another process", (int)holder->pid,
              clock_format(when, holder->since_ms));
}

/* The caller's errno is the lock's. */
static enum status say_no_lock(const char *directory, enum status status)
{
    log_error(
        "%s/lock: %s; forage must be able to write in %s: run it as the user whose crawl this "
        "is, on a disk that is mounted for writing",
        directory, strerror(errno), directory);
    return status;
}

/* Connects to whoever holds the crawl, or becomes the holder. */
static enum status reach(struct session *session)
{
    struct lock_holder who = { 0 };
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    int64_t wait_ms = ANSWER_WAIT_MS;
    while (clock_monotonic_ms() < until_ms) {
        struct lock *lock = NULL;
        enum status status =
            lock_take(&lock, session->directory, session->verb, clock_wall_ms(), &who);
        if (status != STATUS_OK && status != STATUS_BUSY)
            return say_no_lock(session->directory, status);
        if (status == STATUS_OK) {
            wait_ms = 0; /* Our own thread answers, however long it takes. */
            holder_stop(session->holder);
            session->holder = NULL;
            status = holder_start(&session->holder, session, lock);
        }
        if (status != STATUS_OK && status != STATUS_BUSY)
            return status;
        session->descriptor = wire_connect(session->directory, wait_ms);
        if (session->descriptor >= 0)
            return STATUS_OK;
        pause_ms(RETRY_MS);
    }
    say_who_holds(session->directory, &who);
    return STATUS_BUSY;
}

static bool is_crawl(const char *directory)
{
    struct stat about;
    char *path = xasprintf("%s/forage.conf", directory);
    bool is_there = stat(path, &about) == 0;
    free(path);
    return is_there;
}

enum status session_open(struct session **out, const char *directory, const struct config *config,
                         const char *verb)
{
    if (!is_crawl(directory)) {
        log_error("%s: there is no crawl here (no forage.conf); type: forage init %s", directory,
                  directory);
        return STATUS_NO_INPUT;
    }
    struct session *session = xcalloc(1, sizeof(*session));
    *session = (struct session){ directory, config, verb, -1, NULL };
    enum status status = reach(session);
    if (status) {
        session_close(session);
        return status;
    }
    *out = session;
    return STATUS_OK;
}

static void disconnect(struct session *session)
{
    if (session->descriptor >= 0)
        close(session->descriptor);
    session->descriptor = -1;
}

void session_close(struct session *session)
{
    if (!session)
        return;
    disconnect(session);
    holder_stop(session->holder);
    free(session);
}

/* STATUS_IO in *reached: whoever held the crawl is gone; STATUS_BUSY: it does not answer. */
static enum status ask_once(int descriptor, enum question question, struct bytes payload,
                            struct buf *reply, enum status *reached)
{
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    pack_u8(&frame, WIRE_VERSION);
    pack_u8(&frame, (uint8_t)question);
    buf_append_bytes(&frame, payload);
    *reached = wire_send(descriptor, buf_bytes(&frame));
    if (!*reached)
        *reached = wire_receive(descriptor, &frame);
    enum status status = STATUS_IO;
    buf_reset(reply);
    if (!*reached && frame.length > 0) {
        status = (enum status)(unsigned char)frame.data[0];
        buf_append(reply, frame.data + 1, frame.length - 1);
    }
    buf_clear(&frame);
    return status;
}

static enum status say_no_answer(const struct session *session)
{
    struct lock *lock = NULL;
    struct lock_holder who;
    log_error("%s: whoever holds the crawl does not answer", session->directory);
    if (lock_take(&lock, session->directory, session->verb, clock_wall_ms(), &who) == STATUS_BUSY)
        say_who_holds(session->directory, &who);
    lock_release(lock);
    return STATUS_BUSY;
}

enum status session_ask(struct session *session, enum question question, struct bytes payload,
                        struct buf *reply)
{
    for (int tries = 0; tries < 5; tries++) {
        enum status reached = STATUS_OK;
        if (session->descriptor < 0) {
            enum status status = reach(session);
            if (status)
                return status;
        }
        enum status status = ask_once(session->descriptor, question, payload, reply, &reached);
        if (!reached)
            return status;
        disconnect(session);
        if (reached == STATUS_BUSY)
            break;
    }
    return say_no_answer(session);
}

/* ---- For a run */

/* Asks the holder to yield. False where it is a run, which does not. */
static bool ask_to_yield(const char *directory)
{
    struct buf reply;
    enum status reached = STATUS_IO;
    int descriptor = wire_connect(directory, YIELD_WAIT_MS);
    if (descriptor < 0)
        return true; /* Just opening or closing: the lock will tell. */
    buf_init(&reply, BUF_UNBOUNDED);
    enum status status =
        ask_once(descriptor, QUESTION_YIELD, (struct bytes){ 0 }, &reply, &reached);
    buf_clear(&reply);
    close(descriptor);
    return reached != STATUS_OK || status != STATUS_BUSY;
}

/* The run has blocked the signals that end it, and does not look at them yet. One that is taken
 * here is pending no more, so that the run ends with the exit code for it. */
static enum status take_ending_signal(void)
{
    static const struct timespec at_once = { 0 };
    sigset_t ending;
    sigemptyset(&ending);
    sigaddset(&ending, SIGINT);
    sigaddset(&ending, SIGTERM);
    switch (sigtimedwait(&ending, NULL, &at_once)) {
    case SIGINT:
        return STATUS_INTERRUPTED;
    case SIGTERM:
        return STATUS_TERMINATED;
    default:
        return STATUS_OK;
    }
}

enum status session_take_over(struct lock **out, const char *directory)
{
    struct lock_holder who = { 0 };
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    while (clock_monotonic_ms() < until_ms) {
        enum status status = lock_take(out, directory, "run", clock_wall_ms(), &who);
        if (status == STATUS_OK)
            return STATUS_OK;
        if (status != STATUS_BUSY)
            return say_no_lock(directory, status);
        status = take_ending_signal();
        if (status)
            return status;
        if (strcmp(who.verb, "run") == 0 || !ask_to_yield(directory))
            break;
        pause_ms(YIELD_POLL_MS);
    }
    say_who_holds(directory, &who);
    return STATUS_BUSY;
}
