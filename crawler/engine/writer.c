/* SPDX-License-Identifier: MIT */
#include "crawler/engine/writer_parts.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/control/answers.h"
#include "crawler/engine/commit.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/joining.h"
#include "crawler/engine/telling.h"

enum {
    BATCH_VISITS = 256,
    BATCH_BYTES = 8 << 20,
    BATCH_AGE_MS = 200,       /* A visit waits no longer for company ... */
    BATCH_AGE_HUNGRY_MS = 10, /* ... than this, where its links are waited for. */
    IDLE_MS = 2000, /* A host without work stays awake so long: its next link may be under way. */
    WAIT_MOST_MS = 1000,
    LOG_BYTES_MOST = 128 << 20, /* Log since the last checkpoint at which the writer slows down. */
    SLOW_DOWN_MS = 50,
};

static int64_t now_of(const struct writer *writer)
{
    return crawl_now_ms(writer->crawl);
}

/* ---- Batches */

static void add_to_batch(struct writer *writer, struct visit *visit)
{
    struct awake_host *host = awake_find(&writer->awake, visit->host);
    if (host) {
        host->in_batch++;
        awake_host_pace(host, &visit->pace, visit->pace_number);
    } else {
        assert(!visit->task);
        visit->host = 0;
    }
    if (writer->batch_count == 0)
        writer->batch_since_ms = clock_monotonic_ms();
    visit->message.next = NULL;
    *writer->batch_last = visit;
    writer->batch_last = (struct visit **)&visit->message.next;
    writer->batch_count++;
    writer->batch_bytes += visit->body.length + visit->page_record.length;
}

/* The scope that the seeds span changed. */
static bool renew_scope(struct writer *writer)
{
    char *error = NULL;
    struct scope *scope = tables_scope(writer->tables, writer->crawl->config, &error);
    if (scope)
        shared_scope_replace(&writer->crawl->scope, scope);
    else
        log_warning("the scope stays as it is: %s", error);
    free(error);
    return scope != NULL;
}

/* Rules that took too long to match, in all threads, since the last time. */
static void count_rule_limits(struct writer *writer)
{
    uint64_t hits = shared_scope_limit_hits(&writer->crawl->scope);
    writer->tables->counters.values[COUNTER_RULE_LIMITS] += hits - writer->rule_limits;
    writer->rule_limits = hits;
}

static void settle_visit(struct writer *writer, struct visit *visit, int64_t now_ms)
{
    struct awake_host *host = awake_find(&writer->awake, visit->host);
    if (host) {
        host->in_batch--;
        host->idle_since_ms = now_ms;
        host->feed_at_ms = 0; /* Its pages link to its pages. */
    }
    if (host && visit->is_errand)
        host->errands--;
    if (host && visit->task) {
        host->outstanding--;
        writer->outstanding--;
    }
    crawl_end_visit(writer->crawl, visit);
}

static void commit_batch(struct writer *writer)
{
    struct crawl *crawl = writer->crawl;
    struct tables *tables = writer->tables;
    struct commit commit;
    int64_t now_ms = now_of(writer);
    frontier_load_seen(tables->frontier);
    struct scope_version *scope = shared_scope_hold(&crawl->scope);
    struct txn *txn = database_begin(tables->database);
    commit_begin(&commit, tables, crawl->config, scope_version_scope(scope), txn, now_ms);
    for (struct visit *visit = writer->batch; visit; visit = (struct visit *)visit->message.next)
        commit_visit(&commit, visit);
    supply_put_cookies(writer->supply, txn);
    frontier_flush(tables->frontier, txn, now_ms);
    count_rule_limits(writer);
    counters_save(&tables->counters, txn, tables->database);
    database_commit(txn);
    frontier_committed(tables->frontier);
    shared_scope_let_go(&crawl->scope, scope);
    atomic_fetch_add(&crawl->pages, commit.pages);
    atomic_fetch_add(&crawl->failures, commit.failures);
    if (commit.is_scope_wider)
        renew_scope(writer);
    commit_clear(&commit);
    while (writer->batch) {
        struct visit *next = (struct visit *)writer->batch->message.next;
        atomic_fetch_add(&crawl->fetches, writer->batch->is_contact);
        settle_visit(writer, writer->batch, now_ms);
        writer->batch = next;
    }
    writer->batch_last = &writer->batch;
    writer->batch_count = 0;
    writer->batch_bytes = 0;
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        fetcher_ring(crawl->fetchers[i]);
}

static int64_t batch_age_most(const struct writer *writer)
{
    return writer->hungry > 0 ? BATCH_AGE_HUNGRY_MS : BATCH_AGE_MS;
}

static bool is_batch_due(const struct writer *writer)
{
    if (writer->batch_count == 0)
        return false;
    return writer->batch_count >= BATCH_VISITS || writer->batch_bytes >= BATCH_BYTES ||
           writer->batch_count >= atomic_load(&writer->crawl->visits) ||
           clock_monotonic_ms() - writer->batch_since_ms >= batch_age_most(writer) ||
           crawl_is_stopping(writer->crawl);
}

/* A transaction without visits: hosts go to sleep. */
static void commit_sleep(struct writer *writer, int64_t since_ms)
{
    struct tables *tables = writer->tables;
    struct txn *txn = database_begin(tables->database);
    lending_put_to_sleep(writer, txn, since_ms);
    supply_put_cookies(writer->supply, txn);
    frontier_flush(tables->frontier, txn, now_of(writer));
    count_rule_limits(writer);
    counters_save(&tables->counters, txn, tables->database);
    database_commit(txn);
    frontier_committed(tables->frontier);
}

/* Hosts that the configuration before held, or that were over a budget, have another chance. */
static void set_config(struct writer *writer)
{
    const struct config *config = writer->crawl->config;
    struct budgets budgets = tables_budgets(config);
    frontier_set_config(writer->tables->frontier, &budgets, config_hash(config), now_of(writer));
}

static void keep_house(struct writer *writer)
{
    struct tables *tables = writer->tables;
    int64_t until_ms = clock_monotonic_ms() + WRITER_SLICE_MS;
    while (frontier_has_housekeeping(tables->frontier) && clock_monotonic_ms() < until_ms) {
        struct txn *txn = database_begin(tables->database);
        frontier_housekeeping(tables->frontier, txn, now_of(writer));
        database_commit(txn);
    }
}

/* The end of a run: what was tried goes to the tables where it is looked for. */
static void settle_all(struct writer *writer)
{
    struct tables *tables = writer->tables;
    while (!frontier_is_settled(tables->frontier)) {
        struct txn *txn = database_begin(tables->database);
        frontier_settle(tables->frontier, txn, now_of(writer));
        database_commit(txn);
    }
}

/* ---- What comes in */

static void take_ask_origin(struct writer *writer, struct ask_origin *ask)
{
    const struct awake_host *host = awake_find(&writer->awake, ask->host);
    if (host) {
        struct known_origin *known = xcalloc(1, sizeof(*known));
        known->message.kind = TO_FETCHER_KNOWN_ORIGIN;
        known->host = ask->host;
        buf_init(&known->packed, BUF_UNBOUNDED);
        telling_pack_origin(writer->tables, &known->packed, bytes_from_string(ask->origin));
        fetcher_send(writer->crawl->fetchers[host->fetcher], &known->message);
    }
    free(ask->origin);
    free(ask);
}

static double rate_of(const struct writer *writer)
{
    return pulse_per_s(&writer->pulse, atomic_load(&writer->crawl->fetches), now_of(writer));
}

static void take_question(struct writer *writer, struct asked *asked)
{
    struct crawl *crawl = writer->crawl;
    struct buf reply;
    struct scope_version *scope = shared_scope_hold(&crawl->scope);
    struct answerer answerer = {
        .tables = writer->tables,
        .config = crawl->config,
        .scope = scope_version_scope(scope),
        .directory = crawl->directory,
        .now_ms = now_of(writer),
        .run = {
            .is_running = true,
            .started_ms = crawl->started_ms,
            .in_flight = atomic_load(&crawl->visits),
            .fetches = atomic_load(&crawl->fetches),
            .pages = atomic_load(&crawl->pages),
            .bytes = atomic_load(&crawl->bytes),
            .awake_hosts = writer->awake.count,
            .fetches_per_s = rate_of(writer),
            .is_all = crawl->is_all,
        },
    };
    buf_init(&reply, BUF_UNBOUNDED);
    bool are_given = asked->question == QUESTION_SET_COOKIES;
    if (are_given || asked->question == QUESTION_COOKIES || asked->question == QUESTION_REQUEST)
        supply_commit_cookies(writer->supply);
    enum status status = answer(&answerer, asked->question, buf_bytes(&asked->payload), &reply);
    if (are_given && !status)
        supply_give_cookies(crawl, buf_bytes(&asked->payload));
    shared_scope_let_go(&crawl->scope, scope);
    if (answerer.seeds_changed)
        renew_scope(writer);
    buf_clear(&asked->payload);
    asked->payload = reply;
    asked->message.kind = (int)status;
    channel_push(writer->answers, &asked->message);
}

/* Until the run is over: see struct crawl. */
static void keep_config(struct writer *writer, const struct new_config *message)
{
    writer->configs =
        xreallocarray(writer->configs, writer->config_count + 1, sizeof(*writer->configs));
    writer->configs[writer->config_count++] =
        (struct read_again){ message->config, message->logins };
}

static void tell_fetchers(struct crawl *crawl)
{
    for (size_t i = 0; i < crawl->fetcher_count; i++) {
        struct message *message = xcalloc(1, sizeof(*message));
        message->kind = TO_FETCHER_CONFIG;
        fetcher_send(crawl->fetchers[i], message);
    }
}

/* A rule that does not compile changes nothing: what holds goes on to hold. */
static void take_config(struct writer *writer, struct new_config *message)
{
    struct crawl *crawl = writer->crawl;
    const struct config *before = crawl->config;
    keep_config(writer, message);
    crawl->config = message->config;
    if (renew_scope(writer)) {
        crawl->settings = config_settings(crawl->config);
        crawl->logins = message->logins;
        rate_set(&crawl->rate, crawl->settings->max_rate_bytes);
        set_config(writer);
        tell_fetchers(crawl);
    } else {
        crawl->config = before;
    }
    free(message);
}

static void take_message(struct writer *writer, struct message *message)
{
    switch ((enum to_writer)message->kind) {
    case TO_WRITER_VISIT:
        if (!joining_take(writer->crawl, writer->tables, (struct visit *)message))
            add_to_batch(writer, (struct visit *)message);
        return;
    case TO_WRITER_WANT: {
        struct want *want = (struct want *)message;
        struct awake_host *host = awake_find(&writer->awake, want->host);
        if (host) {
            host->is_leaving = false;
            lending_note_hunger(writer, host, want->most);
            lending_feed(writer, host, now_of(writer));
        }
        free(want);
        return;
    }
    case TO_WRITER_LEAVE:
        lending_take_leave(writer, (struct leave *)message);
        return;
    case TO_WRITER_ORIGIN:
        take_ask_origin(writer, (struct ask_origin *)message);
        return;
    case TO_WRITER_ERRAND:
        lending_take_errand(writer, (struct errand *)message);
        return;
    case TO_WRITER_ENDED:
        writer->fetchers_ended++;
        free(message);
        return;
    case TO_WRITER_QUESTION:
        take_question(writer, (struct asked *)message);
        return;
    case TO_WRITER_CONFIG:
        take_config(writer, (struct new_config *)message);
        return;
    case TO_WRITER_COOKIES:
        supply_take_cookies(writer->supply, (struct cookie_letter *)message);
        return;
    }
}

/* ---- The thread */

/* What there is to do, for whoever asks and for the line of progress. */
static void look_ahead(struct writer *writer)
{
    struct crawl *crawl = writer->crawl;
    struct tables *tables = writer->tables;
    int64_t now_ms = now_of(writer);
    pulse_beat(&writer->pulse, atomic_load(&crawl->fetches), now_ms);
    atomic_store(&crawl->urls_queued, tables->counters.values[COUNTER_URLS_QUEUED]);
    if (survey_keep_up(tables->survey, tables->frontier, crawl->config, now_ms)) {
        const struct outlook *outlook = survey_outlook(tables->survey);
        int64_t span_ms = outlook_span_ms(outlook, rate_of(writer));
        forecast_tell(&crawl->forecast, outlook->backlog > 0 ? outlook->at_ms + span_ms : 0,
                      outlook->slowest_count > 1 ? outlook->slowest[0].name : NULL);
    }
}

int64_t writer_wait_ms(struct writer *writer)
{
    if (writer->looked_ms == 0)
        return 0;
    if (writer->batch_count > 0) {
        int64_t age = clock_monotonic_ms() - writer->batch_since_ms;
        int64_t most = batch_age_most(writer);
        return age >= most ? 0 : most - age;
    }
    if (frontier_has_housekeeping(writer->tables->frontier) || writer->has_more_to_wake)
        return 0;
    int64_t now_ms = now_of(writer);
    int64_t wake_ms = frontier_next_wake_ms(writer->tables->frontier, now_ms);
    if (wake_ms <= now_ms)
        return 10; /* It is awake, or there is no room for more. */
    int64_t wait = wake_ms - now_ms;
    int64_t most = writer->awake.count > 0 ? 200 : WAIT_MOST_MS;
    return wait < most ? wait : most;
}

static bool is_at_rest(const struct writer *writer)
{
    return writer->outstanding == 0 && writer->batch_count == 0 &&
           atomic_load(&writer->crawl->visits) == 0;
}

/* Nothing is under way: is the run over? Only sleeping hosts have a wake time, so all are put to
 * sleep first; and hosts that another configuration lets go of have it only when their slice of the
 * housekeeping was done. */
static void look_for_the_end(struct writer *writer)
{
    struct crawl *crawl = writer->crawl;
    int64_t now_ms = now_of(writer);
    bool may_find_work = frontier_has_housekeeping(writer->tables->frontier);
    if (!is_at_rest(writer) || may_find_work || crawl_is_stopping(crawl))
        return;
    if (writer->hungry > 0)
        lending_feed_hungry(writer, now_ms, INT64_MAX);
    if (is_at_rest(writer) && lending_has_idle_hosts(writer, now_ms))
        commit_sleep(writer, now_ms);
    lending_wake_hosts(writer, now_ms);
    if (!is_at_rest(writer))
        return;
    uint64_t pages_most = crawl->settings->max_pages;
    if (frontier_next_wake_ms(writer->tables->frontier, now_ms) >
        now_ms + crawl->settings->wait_max_ms)
        crawl_stop(crawl, STOP_DONE);
    else if (pages_most > 0 && atomic_load(&crawl->pages) >= pages_most)
        crawl_stop(crawl, STOP_PAGES);
}

static void look_for_limits(struct writer *writer)
{
    struct crawl *crawl = writer->crawl;
    const struct settings *settings = crawl->settings;
    if (crawl_is_stopping(crawl))
        return;
    if (settings->max_pages > 0 && atomic_load(&crawl->pages) >= settings->max_pages)
        crawl_stop(crawl, STOP_PAGES);
    else if (settings->max_total_bytes > 0 &&
             atomic_load(&crawl->bytes) >= settings->max_total_bytes)
        crawl_stop(crawl, STOP_BYTES);
    else if (settings->max_time_ms > 0 &&
             now_of(writer) - crawl->started_ms >= settings->max_time_ms)
        crawl_stop(crawl, STOP_TIME);
}

/* The keeper's checkpoint is behind: recovery would take too long. */
static void slow_down_for_the_keeper(struct writer *writer)
{
    for (int i = 0; i < 100 && database_log_bytes(writer->tables->database) > LOG_BYTES_MOST; i++) {
        struct timespec pause = { .tv_nsec = SLOW_DOWN_MS * 1000000 };
        nanosleep(&pause, NULL);
    }
}

static bool is_over(const struct writer *writer)
{
    return writer->fetchers_ended == writer->crawl->fetcher_count && writer->batch_count == 0 &&
           atomic_load(&writer->crawl->visits) == 0;
}

/* Nobody is woken for each visit that a batch waits for: not before it is full, or there are no
 * others under way. */
static size_t weight_wanted(const struct writer *writer)
{
    uint64_t visits = atomic_load(&writer->crawl->visits);
    if (writer->batch_count == 0 || visits <= writer->batch_count ||
        writer->batch_bytes >= BATCH_BYTES)
        return 1;
    size_t wanted = visits < BATCH_VISITS ? (size_t)visits - writer->batch_count
                                          : BATCH_VISITS - writer->batch_count;
    size_t room = visit_weight_of(BATCH_BYTES - writer->batch_bytes);
    return wanted < room ? wanted : room;
}

static void take_messages(struct writer *writer, int64_t wait_ms)
{
    struct message *message =
        channel_take_gathered(&writer->crawl->to_writer, weight_wanted(writer), wait_ms);
    while (message) {
        struct message *next = message->next;
        take_message(writer, message);
        message = next;
        if (writer->batch_count >= BATCH_VISITS)
            commit_batch(writer);
    }
}

/* What was on its way to a fetch thread as it ended is work of the next run; errands are nobody's.
 */
static void take_back(struct writer *writer)
{
    for (size_t i = 0; i < writer->crawl->fetcher_count; i++)
        lending_give_back(writer, fetcher_unread_tasks(writer->crawl->fetchers[i]));
    for (struct awake_host *host = writer->awake.newest; host; host = host->older)
        host->errands = 0;
}

/* Who is hungry may have work now, who is idle sleeps, and sleepers wake. */
static void look_at_hosts(struct writer *writer)
{
    int64_t now_ms = now_of(writer);
    writer->looked_ms = clock_monotonic_ms();
    lending_feed_hungry(writer, now_ms, now_ms);
    lending_wake_hosts(writer, now_ms);
    if (lending_has_idle_hosts(writer, now_ms - IDLE_MS))
        commit_sleep(writer, now_ms - IDLE_MS);
}

static void end_in_order(struct writer *writer)
{
    take_back(writer);
    assert(writer->outstanding == 0);
    commit_sleep(writer, INT64_MAX);
    settle_all(writer);
    atomic_store(&writer->is_over, true);
    channel_close(writer->answers); /* Whoever waits for answers looks up. */
}

bool writer_turn(struct writer *writer, int64_t wait_ms)
{
    if (is_over(writer)) {
        end_in_order(writer);
        return false;
    }
    take_messages(writer, wait_ms);
    bool is_due = is_batch_due(writer);
    if (is_due) {
        commit_batch(writer);
        slow_down_for_the_keeper(writer);
    }
    if (is_due || clock_monotonic_ms() - writer->looked_ms >= WRITER_LOOK_MS)
        look_at_hosts(writer);
    keep_house(writer);
    look_ahead(writer);
    look_for_limits(writer);
    look_for_the_end(writer);
    return true;
}

static void *writer_run(void *argument)
{
    struct writer *writer = argument;
    pthread_setname_np(pthread_self(), "forage-write");
    memory_in_large_pages();
    while (writer_turn(writer, writer_wait_ms(writer)))
        continue;
    return NULL;
}

bool writer_is_over(const struct writer *writer)
{
    return atomic_load(&writer->is_over);
}

struct writer *writer_new(struct crawl *crawl, struct tables *tables, struct channel *answers)
{
    struct writer *writer = xcalloc(1, sizeof(*writer));
    writer->crawl = crawl;
    writer->tables = tables;
    writer->answers = answers;
    writer->batch_last = &writer->batch;
    writer->supply = supply_new(tables);
    awake_init(&writer->awake);
    return writer;
}

void writer_start(struct writer *writer)
{
    int error = pthread_create(&writer->thread, NULL, writer_run, writer);
    assert(error == 0);
    (void)error;
}

void writer_join(struct writer *writer)
{
    pthread_join(writer->thread, NULL);
}

void writer_free(struct writer *writer)
{
    if (!writer)
        return;
    awake_clear(&writer->awake);
    supply_free(writer->supply);
    for (size_t i = 0; i < writer->config_count; i++) {
        logins_free(writer->configs[i].logins);
        config_free(writer->configs[i].config);
    }
    free(writer->configs);
    free(writer);
}
