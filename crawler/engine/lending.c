/* SPDX-License-Identifier: MIT
 *
 * What fetch threads have on loan: hosts that wake and sleep, and their tasks.
 */
#include "crawler/engine/writer_parts.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/hash.h"
#include "base/memory.h"
#include "base/site.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/held.h"

enum {
    TASKS_AT_ONCE = 128,
    HOSTS_AWAKE_MOST = 4096,
    /* Of a host for which there is nothing, the tables are asked so seldom: thousands of them would
     * be more work than all that is fetched. */
    FEED_WAIT_MOST_MS = 320,
};

/* ---- Handing out */

static size_t send_work(struct writer *writer, struct awake_host *host,
                        const struct host_record *record, struct task *tasks)
{
    struct work *work = xcalloc(1, sizeof(*work));
    size_t count = 0;
    for (struct task *task = tasks; task; task = task->next)
        count++;
    work->message.kind = TO_FETCHER_WORK;
    work->host = host->id;
    work->tasks = tasks;
    work->name = xbytesdup(record->name);
    work->pace = record->pace;
    supply_work(writer->supply, writer->crawl->config, &writer->awake, host, work);
    host->outstanding += count;
    writer->outstanding += count;
    fetcher_send(writer->crawl->fetchers[host->fetcher], &work->message);
    return count;
}

/* Tasks for a host that wants some. */
void lending_feed(struct writer *writer, struct awake_host *host, int64_t now_ms)
{
    if (host->wanted == 0 || crawl_is_stopping(writer->crawl))
        return;
    struct task *tasks = frontier_take(writer->tables->frontier, host->id, host->wanted, now_ms);
    struct host_record record = { .name = BYTES("") };
    if (!tasks) {
        host->feed_wait_ms = host->feed_wait_ms < FEED_WAIT_MOST_MS
                                 ? 2 * host->feed_wait_ms + WRITER_LOOK_MS
                                 : FEED_WAIT_MOST_MS;
        host->feed_at_ms = now_ms + host->feed_wait_ms;
        return;
    }
    host->feed_wait_ms = 0;
    host->wanted = 0;
    writer->hungry--;
    send_work(writer, host, &record, tasks);
}

void lending_note_hunger(struct writer *writer, struct awake_host *host, size_t wanted)
{
    if (host->wanted == 0)
        writer->hungry++;
    host->wanted = wanted;
}

/* In the fetch thread that has its site. */
static struct awake_host *wake_host(struct writer *writer, const struct host_record *record,
                                    int64_t now_ms)
{
    uint64_t site = hash_bytes(site_of_host(record->name), 0);
    struct awake_host *host =
        awake_add(&writer->awake, record->id, site % writer->crawl->fetcher_count);
    host->idle_since_ms = now_ms;
    return host;
}

/* A host outside its hours goes back to sleep without having been handed out. */
static bool put_off(struct writer *writer, struct awake_host *host,
                    const struct host_record *record, int64_t now_ms)
{
    struct crawl *crawl = writer->crawl;
    struct hold hold;
    if (!host_is_held(crawl, record->name, config_host_settings(crawl->config, record->name),
                      now_ms, &hold))
        return false;
    frontier_host_hold(writer->tables->frontier, record->id, hold);
    host->is_leaving = true;
    return true;
}

static void send_first_work(struct writer *writer, struct awake_host *host,
                            const struct host_record *record, int64_t now_ms)
{
    struct task *tasks = frontier_take(writer->tables->frontier, host->id, TASKS_AT_ONCE, now_ms);
    if (tasks)
        send_work(writer, host, record, tasks);
}

void lending_wake_hosts(struct writer *writer, int64_t now_ms)
{
    struct crawl *crawl = writer->crawl;
    struct host_record record;
    int64_t until_ms = clock_monotonic_ms() + WRITER_SLICE_MS;
    writer->has_more_to_wake = false;
    while (writer->awake.count < HOSTS_AWAKE_MOST && !crawl_is_stopping(crawl) &&
           frontier_next_host(writer->tables->frontier, now_ms, &record)) {
        struct awake_host *host = wake_host(writer, &record, now_ms);
        if (!put_off(writer, host, &record, now_ms))
            send_first_work(writer, host, &record, now_ms);
        if (clock_monotonic_ms() >= until_ms) {
            writer->has_more_to_wake = true;
            break;
        }
    }
    atomic_store(&crawl->awake_hosts, writer->awake.count);
}

/* Those whose time to look has come by then. */
void lending_feed_hungry(struct writer *writer, int64_t now_ms, int64_t by_ms)
{
    if (writer->hungry == 0)
        return;
    for (struct awake_host *host = writer->awake.newest; host; host = host->older)
        if (host->feed_at_ms <= by_ms)
            lending_feed(writer, host, now_ms);
}

/* ---- Putting to sleep */

static bool is_idle(const struct awake_host *host, int64_t since_ms)
{
    return host->outstanding == 0 && host->in_batch == 0 && host->errands == 0 &&
           (host->is_leaving || host->idle_since_ms <= since_ms);
}

static void send_to_sleep(struct writer *writer, struct txn *txn, struct awake_host *host,
                          int64_t now_ms)
{
    struct forget *forget = xcalloc(1, sizeof(*forget));
    forget->message.kind = TO_FETCHER_FORGET;
    forget->host = host->id;
    frontier_host_sleep(writer->tables->frontier, txn, host->id, now_ms);
    fetcher_send(writer->crawl->fetchers[host->fetcher], &forget->message);
    if (host->wanted > 0)
        writer->hungry--;
    awake_remove(&writer->awake, host);
}

/* Hosts that have had nothing to do since then. */
void lending_put_to_sleep(struct writer *writer, struct txn *txn, int64_t since_ms)
{
    int64_t now_ms = crawl_now_ms(writer->crawl);
    struct awake_host *host = writer->awake.newest;
    while (host) {
        struct awake_host *older = host->older;
        if (is_idle(host, since_ms))
            send_to_sleep(writer, txn, host, now_ms);
        host = older;
    }
    atomic_store(&writer->crawl->awake_hosts, writer->awake.count);
}

bool lending_has_idle_hosts(const struct writer *writer, int64_t since_ms)
{
    for (struct awake_host *host = writer->awake.newest; host; host = host->older)
        if (is_idle(host, since_ms))
            return true;
    return false;
}
/* ---- What comes back */

/* Tasks that were handed out come back unfetched. */
void lending_give_back(struct writer *writer, struct task *tasks)
{
    while (tasks) {
        struct task *next = tasks->next;
        struct awake_host *host = awake_find(&writer->awake, tasks->host);
        if (host)
            host->outstanding--;
        writer->outstanding--;
        frontier_give_back(writer->tables->frontier, tasks);
        tasks = next;
    }
}

void lending_take_leave(struct writer *writer, struct leave *leave)
{
    struct awake_host *host = awake_find(&writer->awake, leave->host);
    lending_give_back(writer, leave->tasks);
    /* It may have been put to sleep before it said so, with nothing left to do. */
    if (host) {
        awake_host_pace(host, &leave->pace, leave->pace_number);
        frontier_host_update(writer->tables->frontier, leave->host, &leave->pace, 0);
        frontier_host_hold(writer->tables->frontier, leave->host, leave->hold);
        host->is_leaving = true;
        if (host->wanted > 0)
            writer->hungry--;
        host->wanted = 0;
    }
    free(leave);
}

void lending_take_errand(struct writer *writer, struct errand *errand)
{
    struct crawl *crawl = writer->crawl;
    int64_t now_ms = crawl_now_ms(writer->crawl);
    struct host_record record;
    struct url url = errand_url(errand);
    if (!frontier_wake_host(writer->tables->frontier, url_host(&url), now_ms, &record)) {
        snprintf(errand->trouble, sizeof(errand->trouble), "%.*s rests", (int)url_host(&url).length,
                 url_host(&url).data);
        errand->message.kind = TO_FETCHER_ERRAND_DONE;
        fetcher_send(crawl->fetchers[errand->home_fetcher], &errand->message);
        return;
    }
    struct awake_host *host = awake_find(&writer->awake, record.id);
    if (!host)
        host = wake_host(writer, &record, now_ms);
    host->errands++;
    errand->message.kind = TO_FETCHER_ERRAND;
    errand->host = record.id;
    errand->pace = record.pace;
    supply_errand(writer->supply, crawl->config, &writer->awake, host, errand);
    fetcher_send(crawl->fetchers[host->fetcher], &errand->message);
}
