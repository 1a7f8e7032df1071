/* SPDX-License-Identifier: MIT */
#include "tests/politeness/life.h"

#include <assert.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/run_parts.h"
#include "tests/politeness/virtual.h"

enum { KEEPER_US = 100000 };

/* Gives the stations of one run their turns. */
struct driver {
    const struct life_options *options;
    struct life *life;
    struct run run;
    struct reader *reader;
    size_t fetchers_over;
    bool *is_fetcher_over;
    bool is_writer_over;
    int64_t writer_us; /* When the writer looks up by itself. */
    int64_t keeper_us;
    int64_t stop_us; /* When it is told to stop. */
};

static struct driver driver;

/* ---- The ends of a life */

/* As by kill -9: nothing is closed, nothing is written. What servers note is theirs. */
static void die(void)
{
    struct life *life = driver.life;
    virtual_break_connections();
    life->end = LIFE_KILLED;
    life->requests = server_log_requests(virtual_world.log);
    life->ended_us = virtual_world.now_us;
    /* Told to stop before or not: from here on the judge goes by the kill. */
    life->stopped_us = virtual_world.now_us;
    server_log_close(virtual_world.log);
    _exit(0);
}

static void look_for_the_end(void)
{
    const struct life_options *options = driver.options;
    int64_t now_us = virtual_world.now_us;
    bool is_enough = options->requests_most > 0 &&
                     server_log_requests(virtual_world.log) >= options->requests_most;
    if (is_enough && driver.stop_us == VIRTUAL_NEVER && !options->is_killed)
        driver.stop_us = now_us + options->moment_us;
    if (is_enough && virtual_world.kill_us == VIRTUAL_NEVER && options->is_killed)
        virtual_world.kill_us = now_us + options->moment_us;
    if (now_us < driver.stop_us || crawl_is_stopping(&driver.run.crawl))
        return;
    driver.life->stopped_us = now_us;
    crawl_stop(&driver.run.crawl, STOP_TERMINATE);
    if (options->kill_after_us > 0)
        virtual_world.kill_us = now_us + options->kill_after_us;
}

/* ---- Turns */

static bool give_fetchers_turns(void)
{
    bool is_any = false;
    for (size_t i = 0; i < driver.run.crawl.fetcher_count; i++) {
        const struct poller *poller = virtual_poller(i);
        if (driver.is_fetcher_over[i] || virtual_poller_next_us(poller) > virtual_world.now_us)
            continue;
        is_any = true;
        driver.is_fetcher_over[i] = !fetcher_turn(driver.run.crawl.fetchers[i]);
    }
    return is_any;
}

static bool give_reader_turns(void)
{
    bool is_any = false;
    while (driver.run.crawl.to_readers.first) {
        reader_turn(driver.reader);
        is_any = true;
    }
    return is_any;
}

static bool give_writer_turn(void)
{
    if (!driver.run.crawl.to_writer.first && driver.writer_us > virtual_world.now_us)
        return false;
    driver.is_writer_over = !writer_turn(driver.run.writer, 0);
    if (!driver.is_writer_over)
        driver.writer_us = virtual_world.now_us + writer_wait_ms(driver.run.writer) * 1000;
    return true;
}

/* What the keeper's thread does, but for flushes: a kill leaves the file system as it is. */
static void keep(void)
{
    struct database *database = driver.run.tables.database;
    if (driver.keeper_us > virtual_world.now_us)
        return;
    driver.keeper_us = virtual_world.now_us + KEEPER_US;
    if (database_log_bytes(database) > driver.run.crawl.settings->checkpoint_bytes)
        database_checkpoint(database);
}

static int64_t earlier(int64_t a_us, int64_t b_us)
{
    return a_us < b_us ? a_us : b_us;
}

static int64_t next_us(void)
{
    int64_t next_us = earlier(driver.writer_us, VIRTUAL_NEVER);
    for (size_t i = 0; i < driver.run.crawl.fetcher_count; i++)
        if (!driver.is_fetcher_over[i])
            next_us = earlier(next_us, virtual_poller_next_us(virtual_poller(i)));
    if (!crawl_is_stopping(&driver.run.crawl))
        next_us = earlier(next_us, driver.stop_us);
    return next_us;
}

static void take_turns(void)
{
    while (!driver.is_writer_over) {
        bool is_any = give_fetchers_turns();
        is_any |= give_reader_turns();
        is_any |= give_writer_turn();
        keep();
        look_for_the_end();
        if (!is_any)
            virtual_advance(next_us());
    }
}

/* ---- One run */

static enum status run_once(struct run_report *report)
{
    const struct life_options *options = driver.options;
    struct config *config = NULL;
    char *error = NULL;
    enum status status = config_load(&config, options->directory, NULL, NULL, &error);
    if (status) {
        fprintf(stderr, "%s\n", error);
        return status;
    }
    struct run_request request = {
        .directory = options->directory,
        .config = config,
        .seeds = options->seeds,
        .seed_count = options->seed_count,
        .is_quiet = true,
    };
    struct run *run = &driver.run;
    status = run_open(run, &request);
    if (!status) {
        run_make_stations(run);
        driver.is_fetcher_over = xcalloc(run->crawl.fetcher_count, sizeof(bool));
        driver.reader = reader_new(&run->crawl);
        take_turns();
        reader_free(driver.reader);
        free(driver.is_fetcher_over);
        run_free_stations(run);
        run_conclude(run, report);
    }
    run_close(run, report);
    config_free(config);
    return status;
}

static void be_alive(void)
{
    const struct life_options *options = driver.options;
    struct life *life = driver.life;
    struct run_report report = { .next_due_ms = INT64_MAX };
    virtual_world = (struct virtual_world){
        .world = options->world,
        .log = server_log_open(options->log_path),
        .now_us = options->begins_us,
        .kill_us = VIRTUAL_NEVER,
        .die = die,
    };
    driver.stop_us = VIRTUAL_NEVER;
    if (run_once(&report) != STATUS_OK)
        return;
    life->end = report.stop == STOP_DONE ? LIFE_DONE : LIFE_STOPPED;
    life->requests = server_log_requests(virtual_world.log);
    life->ended_us = virtual_world.now_us;
    if (life->end == LIFE_DONE)
        life->stopped_us = life->ended_us;
    life->urls_queued = report.urls_queued;
    life->next_due_ms = report.next_due_ms;
    life->pages = report.pages;
    server_log_close(virtual_world.log);
}

struct life *life_new(void)
{
    void *memory =
        mmap(NULL, sizeof(struct life), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    assert(memory != MAP_FAILED);
    return memory;
}

void life_live(struct life *life, const struct life_options *options)
{
    *life = (struct life){ .end = LIFE_FAILED };
    fflush(NULL);
    pid_t child = fork();
    assert(child >= 0);
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        driver = (struct driver){ .options = options, .life = life };
        be_alive();
        exit(0);
    }
    int how = 0;
    waitpid(child, &how, 0);
    if (!WIFEXITED(how) || WEXITSTATUS(how) != 0) {
        life->end = LIFE_FAILED;
        fprintf(stderr, "the crawler ended with %s %d\n", WIFEXITED(how) ? "status" : "signal",
                WIFEXITED(how) ? WEXITSTATUS(how) : WTERMSIG(how));
    }
}
