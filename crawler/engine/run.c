/* SPDX-License-Identifier: MIT */
#include "crawler/engine/run_parts.h"

#include <assert.h>
#include <errno.h>
#include <inttypes.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/eventfd.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/control/answers.h"
#include "crawler/control/network_options.h"
#include "crawler/control/server.h"
#include "crawler/control/session.h"
#include "crawler/control/tables.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/messages.h"
#include "crawler/engine/progress.h"
#include "crawler/engine/reload.h"
#include "crawler/engine/writer.h"
#include "crawler/parse/page_facts.h"
#include "robots/robots.h"
#include "store/keeper.h"
#include "store/lock.h"

enum {
    DRAIN_MS = 9 * 1000, /* Of the 10 s that a signal may take. */
    OTHER_FILES = 128,   /* Tables, logs, pollers, clients of the control socket. */
    TICK_MS = 500,       /* Progress, free space. */
};

/* ---- Getting ready */

/* Thousands of sockets are usual here: those in flight, and as many that are kept. Where the system
 * allows fewer, hosts would seem to refuse connections. */
static void fit_to_open_files(struct crawl *crawl)
{
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    uint64_t wanted = 2 * (uint64_t)crawl->transfers_most + OTHER_FILES;
    if (limit.rlim_cur == RLIM_INFINITY || limit.rlim_cur >= wanted)
        return;
    size_t fewer = limit.rlim_cur > OTHER_FILES + 2 ? (limit.rlim_cur - OTHER_FILES) / 2 : 1;
    log_warning("the system allows %" PRIu64 " open files: %zu transfers at once, not %zu",
                (uint64_t)limit.rlim_cur, fewer, crawl->transfers_most);
    crawl_limit_transfers(crawl, fewer);
}

static void take_signals(struct run *run)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigaddset(&wanted, SIGHUP);
    sigaddset(&wanted, SIGUSR1);
    /* Blocked before any thread starts, so that all threads have them blocked. */
    pthread_sigmask(SIG_BLOCK, &wanted, &run->old_signals);
    run->signals = signalfd(-1, &wanted, SFD_CLOEXEC | SFD_NONBLOCK);
    signal(SIGPIPE, SIG_IGN);
}

static void leave_signals(struct run *run)
{
    close(run->signals);
    pthread_sigmask(SIG_SETMASK, &run->old_signals, NULL);
}

static void ring_answers(void *owner)
{
    const struct run *run = owner;
    uint64_t one = 1;
    if (write(run->answers_bell, &one, sizeof(one)) < 0)
        return; /* The counter is full: it rings already. */
}

static const char *environment(const char *name)
{
    return getenv(name);
}

static enum status make_logins(struct run *run)
{
    char *error = NULL;
    run->logins = logins_new(run->crawl.config, run->crawl.directory, environment, &error);
    run->crawl.logins = run->logins;
    if (run->logins)
        return STATUS_OK;
    log_error("%s", error);
    free(error);
    return STATUS_CONFIG;
}

/* Checked, before there is anything that would be at a loss. */
static enum status open_network(struct run *run)
{
    const struct text_list *allowed = &run->crawl.settings->allow_address;
    char *error = network_options_error(run->crawl.config);
    if (!error)
        run->crawl.address_rules = address_rules_new(allowed->items, allowed->count, &error);
    if (!error)
        return STATUS_OK;
    log_error("%s", error);
    free(error);
    return STATUS_CONFIG;
}

static enum status make_scope(struct run *run)
{
    char *error = NULL;
    struct scope *scope = tables_scope(&run->tables, run->crawl.config, &error);
    if (!scope) {
        log_error("%s", error);
        free(error);
        return STATUS_CONFIG;
    }
    shared_scope_init(&run->crawl.scope, scope);
    return STATUS_OK;
}

static enum status add_seeds(struct run *run, struct txn *txn)
{
    for (size_t i = 0; i < run->request->seed_count; i++) {
        struct url url;
        char storage[URL_BYTES_MAX + 1];
        enum url_error error = url_parse_link(&url, storage, sizeof(storage),
                                              bytes_from_string(run->request->seeds[i]), NULL);
        if (error != URL_ERROR_NONE) {
            log_error("seed %s: %s", run->request->seeds[i], url_error_text(error));
            return STATUS_DATA;
        }
        url_apply_rules(&url, storage, sizeof(storage),
                        config_url_rules(run->crawl.config, url_host(&url)));
        frontier_add_seed(run->tables.frontier, txn, &url, run->crawl.started_ms);
    }
    return STATUS_OK;
}

/* What the tables must know before the first fetch: seeds, a new epoch, and that a run is under
 * way. */
static enum status begin_in_tables(struct run *run)
{
    struct counters *counters = &run->tables.counters;
    run->crawl.is_after_crash =
        counters->values[COUNTER_LAST_RUN_MS] > 0 && counters->values[COUNTER_RUN_IS_CLEAN] == 0;
    bool was_clock_ahead = (int64_t)counters->values[COUNTER_LAST_RUN_MS] > run->crawl.started_ms;
    counters->values[COUNTER_LAST_RUN_MS] = (uint64_t)run->crawl.started_ms;
    counters->values[COUNTER_RUN_IS_CLEAN] = 0;
    if (run->request->is_all && counters->values[COUNTER_EPOCH_IS_OPEN] == 0) {
        counters->values[COUNTER_EPOCH]++;
        counters->values[COUNTER_EPOCH_IS_OPEN] = 1;
    }
    if (run->request->seed_count > 0)
        frontier_load_seen(run->tables.frontier);
    struct budgets budgets = tables_budgets(run->crawl.config);
    frontier_set_config(run->tables.frontier, &budgets, config_hash(run->crawl.config),
                        run->crawl.started_ms);
    if (was_clock_ahead)
        frontier_clock_went_back(run->tables.frontier, run->crawl.started_ms);
    struct txn *txn = database_begin(run->tables.database);
    enum status status = add_seeds(run, txn);
    if (status) {
        database_abort(txn);
        return status;
    }
    frontier_flush(run->tables.frontier, txn, run->crawl.started_ms);
    counters_save(counters, txn, run->tables.database);
    database_commit(txn);
    frontier_committed(run->tables.frontier);
    database_flush(run->tables.database);
    return STATUS_OK;
}

static size_t reader_count(const struct settings *settings)
{
    if (settings->parse_threads > 0)
        return settings->parse_threads;
    long processors = sysconf(_SC_NPROCESSORS_ONLN);
    return processors > 1 ? (size_t)processors : 1;
}

static void asked_free(struct asked *asked)
{
    buf_clear(&asked->payload);
    free(asked);
}

static void asked(void *owner, uint64_t client, enum question question, struct bytes payload)
{
    struct run *run = owner;
    if (question == QUESTION_YIELD) {
        server_answer(run->server, client, STATUS_BUSY, (struct bytes){ 0 });
        return;
    }
    struct asked *asked = xcalloc(1, sizeof(*asked));
    asked->message.kind = TO_WRITER_QUESTION;
    asked->client = client;
    asked->question = question;
    buf_init(&asked->payload, BUF_UNBOUNDED);
    buf_append_bytes(&asked->payload, payload);
    channel_push(&run->crawl.to_writer, &asked->message);
}

static void init_crawl(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    crawl_init(crawl, run->request->config);
    fit_to_open_files(crawl);
    crawl->directory = run->request->directory;
    crawl->is_forced = run->request->is_forced;
    crawl->is_all = run->request->is_all;
    crawl->drain_ms = run->request->drain_ms > 0 ? run->request->drain_ms : DRAIN_MS;
    channel_init(&run->answers, ring_answers, run);
    run->answers_bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
}

static enum status open_log(const struct run *run)
{
    const char *name = run->crawl.settings->log_file;
    if (!name[0])
        return STATUS_OK;
    char *path = name[0] == '/' ? xstrdup(name) : xasprintf("%s/%s", run->crawl.directory, name);
    enum status status = log_open(path);
    if (status)
        log_error("%s: the log cannot be opened: %s", path, strerror(errno));
    free(path);
    return status;
}

enum status run_open(struct run *run, const struct run_request *request)
{
    struct crawl *crawl = &run->crawl;
    run->request = request;
    memory_keep();
    transfers_global_init();
    page_parser_global_init();
    init_crawl(run);
    enum status status = open_log(run);
    if (!status)
        status = make_logins(run);
    if (!status)
        status = session_take_over(&run->lock, crawl->directory);
    if (!status)
        status = open_network(run);
    if (!status)
        status = tables_open(&run->tables, crawl->directory, crawl->config, run->request->is_all);
    run->are_tables_open = !status;
    if (!status)
        status = begin_in_tables(run);
    run->is_begun = !status;
    if (!status)
        status = make_scope(run);
    if (!status)
        status = server_open(&run->server, crawl->directory, asked, run);
    run->before = run->tables.counters;
    return status;
}

void run_make_stations(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    crawl->frontier = run->tables.frontier;
    crawl->fetchers = xcalloc(crawl->fetcher_count, sizeof(*crawl->fetchers));
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        crawl->fetchers[i] = fetcher_new(crawl, i);
    run->writer = writer_new(crawl, &run->tables, &run->answers);
}

static void start_threads(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    run->keeper = keeper_start(run->tables.database, crawl->settings->checkpoint_bytes);
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        fetcher_start(crawl->fetchers[i]);
    run->readers = readers_start(crawl, reader_count(crawl->settings));
    writer_start(run->writer);
}

/* A person who looks on is told each time; a log, if it wants to know. */
static void warn_of_insecure_hosts(const struct run *run)
{
    static const char format[] = "tls_insecure: whoever answers for %.*s is believed";
    struct buf hosts;
    buf_init(&hosts, BUF_UNBOUNDED);
    config_insecure_hosts(run->crawl.config, &hosts);
    if (hosts.length > 0 && progress_is_shown())
        log_warning(format, (int)hosts.length, hosts.data);
    else if (hosts.length > 0)
        log_info(format, (int)hosts.length, hosts.data);
    buf_clear(&hosts);
}

/* ---- While it runs */

static void warn_of_fixed_options(const struct config *before, const struct config *after)
{
    struct buf names;
    buf_init(&names, BUF_UNBOUNDED);
    reload_fixed_options(before, after, &names);
    if (names.length > 0)
        log_warning("edited, but fixed until the next run: %.*s", (int)names.length, names.data);
    buf_clear(&names);
}

/* SIGHUP: the log may have been moved away, and forage.conf edited. A file with a mistake changes
 * nothing. */
static void reload(struct run *run)
{
    struct config *config;
    struct logins *logins = NULL;
    char *error = NULL;
    open_log(run);
    if (!config_load(&config, run->request->directory, NULL, &run->request->overrides, &error))
        error = config_identity_error(config);
    if (!error)
        error = network_options_error(config);
    if (!error)
        logins = logins_new(config, run->request->directory, environment, &error);
    if (error) {
        log_warning("the configuration stays as it is: %s", error);
        config_free(config);
        free(error);
        return;
    }
    warn_of_fixed_options(run->crawl.config, config);
    struct new_config *message = xcalloc(1, sizeof(*message));
    message->message.kind = TO_WRITER_CONFIG;
    message->config = config;
    message->logins = logins;
    channel_push(&run->crawl.to_writer, &message->message);
}

static void take_signal(struct run *run)
{
    struct signalfd_siginfo about;
    while (read(run->signals, &about, sizeof(about)) == (ssize_t)sizeof(about)) {
        if (about.ssi_signo == SIGUSR1) {
            progress_log(&run->crawl);
        } else if (about.ssi_signo == SIGHUP) {
            reload(run);
        } else if (run->was_signalled) {
            /* The second one: at once. What was committed is on disk. */
            _exit(128 + (int)about.ssi_signo);
        } else {
            run->was_signalled = true;
            crawl_stop(&run->crawl, about.ssi_signo == SIGINT ? STOP_INTERRUPT : STOP_TERMINATE);
        }
    }
}

static void say_space(const struct run *run, uint64_t free_bytes, uint64_t floor, const char *what)
{
    log_warning("%s: %" PRIu64 " MB are left on the file system, and min_free asks for %" PRIu64
                ": %s",
                run->crawl.directory, free_bytes >> 20, floor >> 20, what);
}

static void look_at_free_space(struct run *run)
{
    struct statvfs about;
    struct crawl *crawl = &run->crawl;
    if (crawl->settings->min_free_bytes == 0 || statvfs(crawl->directory, &about) != 0)
        return;
    uint64_t floor = space_floor(crawl->settings, (uint64_t)about.f_blocks * about.f_frsize);
    uint64_t free_bytes = (uint64_t)about.f_bavail * about.f_frsize;
    enum space space = space_look(&run->space, free_bytes, floor, crawl->settings->wait_max_ms,
                                  clock_monotonic_ms());
    bool was_short = atomic_exchange(&crawl->is_short_of_space, space != SPACE_ENOUGH);
    if (space == SPACE_SHORT && !was_short)
        say_space(run, free_bytes, floor, "fetching pauses, for wait_max at the most");
    if (space == SPACE_ENOUGH && was_short)
        say_space(run, free_bytes, floor, "fetching goes on");
    if (space == SPACE_OUT) {
        say_space(run, free_bytes, floor, "stopping");
        crawl_stop(crawl, STOP_SPACE);
    }
}

static void look_at_space(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    if (crawl_is_stopping(crawl))
        return;
    look_at_free_space(run);
    uint64_t most = crawl->settings->max_store_bytes;
    if (most > 0 && space_store_bytes(crawl->directory) > most)
        crawl_stop(crawl, STOP_STORE);
}

static void give_answers(struct run *run)
{
    uint64_t rings;
    if (read(run->answers_bell, &rings, sizeof(rings)) < 0 && errno != EAGAIN)
        return;
    struct message *message = channel_take_all(&run->answers, 0);
    while (message) {
        struct message *next = message->next;
        struct asked *asked = (struct asked *)message;
        server_answer(run->server, asked->client, (enum status)asked->message.kind,
                      buf_bytes(&asked->payload));
        asked_free(asked);
        message = next;
    }
}

/* Until the crawl stops, and then until its fetch threads are done. */
static void serve_until(struct run *run, bool (*is_over)(const struct run *run))
{
    int64_t tick_ms = clock_monotonic_ms();
    while (!is_over(run)) {
        struct pollfd watched[] = {
            { .fd = run->signals, .events = POLLIN },
            { .fd = run->answers_bell, .events = POLLIN },
            { .fd = server_descriptor(run->server), .events = POLLIN },
        };
        poll(watched, 3, crawl_is_stopping(&run->crawl) ? 10 : 100);
        take_signal(run);
        give_answers(run);
        server_process(run->server);
        if (clock_monotonic_ms() - tick_ms < TICK_MS)
            continue;
        tick_ms = clock_monotonic_ms();
        look_at_space(run);
        progress_show(&run->crawl);
    }
}

static bool is_written(const struct run *run)
{
    return writer_is_over(run->writer);
}

/* ---- Ending in order */

static void stop_threads(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    writer_join(run->writer);
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        fetcher_join(crawl->fetchers[i]);
    readers_stop(run->readers);
    keeper_stop(run->keeper);
}

void run_free_stations(struct run *run)
{
    struct crawl *crawl = &run->crawl;
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        fetcher_free(crawl->fetchers[i]);
    run->failures_most = crawl->settings->failures_max;
    /* What was read again meanwhile goes with the writer. */
    crawl->config = run->request->config;
    crawl->settings = config_settings(crawl->config);
    crawl->logins = run->logins;
    writer_free(run->writer);
    free(crawl->fetchers);
    crawl->fetcher_count = 0;
}

struct seed_walk {
    struct frontier *frontier;
    bool are_all_unreachable;
};

/* Where the address guard stands before every seed, the run reached as little as one without a
 * network. */
static bool is_out_of_reach(const struct url_record *record)
{
    return record->state == URL_STATE_UNREACHABLE || record->reason == OUTCOME_REFUSED_ADDRESS;
}

static void look_at_seed(void *owner, struct bytes seed)
{
    struct seed_walk *walk = owner;
    struct url url;
    struct url_record record;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (url_split(&url, seed) &&
        (frontier_lookup(walk->frontier, NULL, &url, &record, &scratch) != STATUS_OK ||
         !is_out_of_reach(&record)))
        walk->are_all_unreachable = false;
    buf_clear(&scratch);
}

/* The run's own part of the counters is what they gained. */
static void fill_report(struct run *run, struct run_report *report)
{
    const struct counters *before = &run->before;
    const struct counters *after = &run->tables.counters;
    int64_t now_ms = crawl_now_ms(&run->crawl);
    report->stop = (enum stop)atomic_load(&run->crawl.stop);
    report->fetches = atomic_load(&run->crawl.fetches);
    report->pages = atomic_load(&run->crawl.pages);
    report->failures = atomic_load(&run->crawl.failures);
    report->bytes = atomic_load(&run->crawl.bytes);
    report->elapsed_ms = now_ms - run->crawl.started_ms;
    report->changes = after->values[COUNTER_NEXT_CHANGE] - before->values[COUNTER_NEXT_CHANGE];
    report->not_modified =
        after->values[COUNTER_NOT_MODIFIED] - before->values[COUNTER_NOT_MODIFIED];
    report->urls_queued = after->values[COUNTER_URLS_QUEUED];
    report->next_due_ms = frontier_next_wake_ms(run->tables.frontier, now_ms);
    uint64_t refused =
        after->values[COUNTER_FAILED_ADDRESS] - before->values[COUNTER_FAILED_ADDRESS];
    if (report->pages == 0 && report->not_modified == 0 && report->failures + refused > 0) {
        struct seed_walk walk = { run->tables.frontier, true };
        frontier_walk_seeds(run->tables.frontier, look_at_seed, &walk);
        report->are_seeds_unreachable = walk.are_all_unreachable;
    }
}

static void end_in_tables(struct run *run, const struct run_report *report)
{
    struct counters *counters = &run->tables.counters;
    counters->values[COUNTER_RUN_IS_CLEAN] = 1;
    if (run->request->is_all && report->stop == STOP_DONE)
        counters->values[COUNTER_EPOCH_IS_OPEN] = 0;
    struct txn *txn = database_begin(run->tables.database);
    counters_save(counters, txn, run->tables.database);
    database_commit(txn);
    database_flush(run->tables.database);
}

enum status run_conclude(struct run *run, struct run_report *report)
{
    fill_report(run, report);
    uint64_t most = run->failures_most;
    enum status status = stop_status(report->stop);
    bool is_work_left = report->urls_queued > 0 || report->next_due_ms <= crawl_now_ms(&run->crawl);
    if (status == STATUS_LIMIT && !is_work_left)
        status = STATUS_OK;
    if (status == STATUS_OK && report->are_seeds_unreachable)
        return STATUS_UNREACHABLE;
    if (status == STATUS_OK && most < 100 && report->failures * 100 > report->fetches * most)
        return STATUS_FAILURES;
    return status;
}

/* Questions that came too late: their clients see the socket close, and ask whoever comes next. */
static void drop_questions(struct channel *channel)
{
    struct message *message = channel_take_all(channel, 0);
    while (message) {
        struct message *next = message->next;
        asked_free((struct asked *)message);
        message = next;
    }
}

void run_close(struct run *run, const struct run_report *report)
{
    struct crawl *crawl = &run->crawl;
    if (run->is_begun)
        end_in_tables(run, report);
    server_close(run->server);
    drop_questions(&crawl->to_writer);
    drop_questions(&run->answers);
    shared_scope_clear(&crawl->scope);
    if (run->are_tables_open)
        tables_close(&run->tables);
    address_rules_free(crawl->address_rules);
    logins_free(run->logins);
    lock_release(run->lock);
    crawl_clear(crawl);
    channel_clear(&run->answers);
    close(run->answers_bell);
    page_parser_global_clear();
    transfers_global_clear();
    log_open(NULL);
}

enum status run_crawl(const struct run_request *request, struct run_report *report)
{
    struct run *run = xcalloc(1, sizeof(*run));
    *report = (struct run_report){ .next_due_ms = INT64_MAX };
    take_signals(run);
    enum status status = run_open(run, request);
    if (!status) {
        progress_start(!request->is_quiet);
        warn_of_insecure_hosts(run);
        run_make_stations(run);
        look_at_space(run);
        start_threads(run);
        serve_until(run, is_written);
        stop_threads(run);
        run_free_stations(run);
        progress_stop();
        status = run_conclude(run, report);
    }
    run_close(run, report);
    leave_signals(run);
    free(run);
    return status;
}
