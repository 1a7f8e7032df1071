/* SPDX-License-Identifier: MIT */
#include "crawler/engine/fetcher.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/prctl.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/fetcher_parts.h"
#include "crawler/engine/messages.h"

enum {
    WINDOW_MOST = 128,          /* Tasks asked for at a time. */
    WINDOW_LOW = 64,            /* Asked for again below this. */
    HELD_UP_US = 20 * 1000,     /* Whoever finds no room is looked at again after so long. */
    HOLD_MOST_MS = 60 * 1000,   /* A host that must rest for longer goes back to the store. */
    GATE_ROOM_BYTES = 64 << 20, /* Of what robots.txt files said, in each thread. */
    ERRANDS_MOST = 32,          /* Of one host: those beyond would wait for long. */
};

/* ---- Hosts that come and go */

void fetcher_note_pace(struct fetcher *fetcher, const struct host *host, struct visit *visit)
{
    visit->pace = *scheduler_pace(host->turn);
    visit->pace_number = ++fetcher->pace_number;
}

/* It is not waited for: whose gate it is keeps away, and tries again later. */
static void fail_errand(struct fetcher *fetcher, struct host *host, struct errand *errand)
{
    snprintf(errand->trouble, sizeof(errand->trouble), "%s cannot be asked for it soon",
             host->name);
    crawl_begin_visit_anyway(fetcher->crawl);
    fetcher_end_errand(fetcher, host, errand, visit_new(NULL, host->id));
}

static void fail_errands(struct fetcher *fetcher, struct host *host)
{
    struct errand *errand;
    while ((errand = host_pop_errand(host)) != NULL)
        fail_errand(fetcher, host, errand);
}

/* until_ms 0: its pace says when it may be asked. What is paused is known to all without. */
static void leave(struct fetcher *fetcher, struct host *host, int64_t until_ms, enum outcome reason)
{
    struct leave *leave = xcalloc(1, sizeof(*leave));
    leave->message.kind = TO_WRITER_LEAVE;
    leave->host = host->id;
    leave->tasks = host_take_tasks(host);
    leave->pace = *scheduler_pace(host->turn);
    leave->pace_number = ++fetcher->pace_number;
    if (reason != OUTCOME_HELD_PAUSED)
        leave->hold = (struct hold){ until_ms, (uint8_t)reason };
    host->is_leaving = true;
    fail_errands(fetcher, host);
    channel_push(&fetcher->crawl->to_writer, &leave->message);
}

void fetcher_leave_if_due(struct fetcher *fetcher, struct host *host)
{
    if (host->is_leaving || scheduler_busy(host->turn) > 0)
        return;
    int64_t now_ms = crawl_now_ms(fetcher->crawl);
    int64_t ready_at_us = scheduler_ready_at_us(host->turn);
    int64_t ready_ms = ready_at_us / US_PER_MS;
    if (host->hold.until_ms > 0)
        leave(fetcher, host, host->hold.until_ms, (enum outcome)host->hold.reason);
    else if (ready_ms > now_ms + fetcher->hold_most_ms && ready_at_us != INT64_MAX)
        leave(fetcher, host, ready_ms, OUTCOME_NONE);
}

void fetcher_forget_host(struct fetcher *fetcher, struct host *host)
{
    host->is_forgotten = true;
    if (scheduler_busy(host->turn) > 0)
        return;
    assert(!host->first && !host->errands);
    if (host->waiting_name) {
        struct host **place = &fetcher->waiting;
        while (*place != host)
            place = &(*place)->next_waiting;
        *place = host->next_waiting;
    }
    scheduler_remove(fetcher->scheduler, host->turn);
    fetcher_leave_site(fetcher, host);
    hosts_remove(&fetcher->hosts, host);
}

void fetcher_settle_crawl_delay(struct fetcher *fetcher, struct host *host)
{
    int64_t delay_ms = gates_crawl_delay_ms(&host->gates, crawl_now_ms(fetcher->crawl));
    scheduler_crawl_delay(fetcher->scheduler, host->turn, delay_ms);
}

/* The settings of the host, as they are now. */
static void configure(struct host *host, const struct config *config)
{
    host->settings = config_host_settings(config, bytes_from_string(host->name));
    host->product_token = exchange_product_token(config, host->settings);
    rate_init(&host->rate, host->settings->max_rate_bytes);
}

static struct host *wake_host(struct fetcher *fetcher, uint64_t id, struct bytes name,
                              const struct pace *stored, const struct bytes *cookies)
{
    struct crawl *crawl = fetcher->crawl;
    struct host *host = hosts_add(&fetcher->hosts, id, name);
    configure(host, crawl->config);
    fetcher_enter_site(fetcher, host, cookies);
    struct pace_policy policy = exchange_policy(host->settings);
    struct pace pace = *stored;
    if (host->settings->robots == ROBOTS_IGNORE)
        pace.crawl_delay_ms = -1;
    gates_init(&host->gates, &fetcher->gate_room, pace.crawl_delay_ms, pace.last_contact_ms);
    /* After a crash the last contacts are not known: keep away for one delay from the start. */
    int64_t not_before_ms =
        crawl->is_after_crash ? crawl->started_ms + pace_delay_ms(stored, &policy) : 0;
    host->turn = scheduler_add(fetcher->scheduler, &pace, &policy, crawl_now_us(crawl),
                               US_PER_MS * not_before_ms, host);
    return host;
}

/* packed: what the store knows of some of its origins. */
static void tell_gates(struct fetcher *fetcher, struct host *host, struct bytes packed)
{
    struct unpacker from = unpacker_of(packed);
    while (from.left > 0) {
        struct url url;
        struct bytes origin = unpack_bytes(&from);
        struct bytes record = unpack_bytes(&from);
        char storage[URL_BYTES_MAX + 1];
        if (from.is_bad ||
            url_parse(&url, storage, sizeof(storage), origin, NULL) != URL_ERROR_NONE)
            return;
        gate_tell(gate_for(&host->gates, &url), record, host->product_token);
    }
    fetcher_settle_crawl_delay(fetcher, host);
}

static void work_free(struct work *work)
{
    buf_clear(&work->origins);
    buf_clear(&work->cookies);
    free(work->name);
    free(work);
}

static void take_work(struct fetcher *fetcher, struct work *work)
{
    struct host *host = hosts_find(&fetcher->hosts, work->host);
    struct bytes cookies = buf_bytes(&work->cookies);
    if (!host)
        host = wake_host(fetcher, work->host, bytes_from_string(work->name), &work->pace,
                         work->has_cookies ? &cookies : NULL);
    if (host->settings->robots == ROBOTS_OBEY)
        tell_gates(fetcher, host, buf_bytes(&work->origins));
    host->is_hungry = false;
    host->is_leaving = false;
    host->is_forgotten = false;
    host->hold = (struct hold){ 0 };
    host_push_tasks(host, work->tasks);
    if (!host->waiting_name)
        scheduler_wake(fetcher->scheduler, host->turn);
    /* The writer may have sent it before it heard that the host leaves. */
    fetcher_leave_if_due(fetcher, host);
    work_free(work);
}

/* A host that must wait for longer goes back to the store. */
static void set_hold_most(struct fetcher *fetcher)
{
    int64_t wait_max_ms = fetcher->crawl->settings->wait_max_ms;
    fetcher->hold_most_ms = wait_max_ms < HOLD_MOST_MS ? wait_max_ms : HOLD_MOST_MS;
}

/* New settings hold at once. A hold is looked at when the host's turn comes, and what its
 * robots.txt says may be for another name. */
static void take_settings(void *owner, struct host *host)
{
    struct fetcher *fetcher = owner;
    configure(host, fetcher->crawl->config);
    gates_read_again(&host->gates, host->product_token);
    fetcher_settle_crawl_delay(fetcher, host);
    struct pace_policy policy = exchange_policy(host->settings);
    scheduler_policy(fetcher->scheduler, host->turn, &policy);
    if (!host->waiting_name)
        scheduler_wake(fetcher->scheduler, host->turn);
}

static void take_forget(struct fetcher *fetcher, struct forget *forget)
{
    struct host *host = hosts_find(&fetcher->hosts, forget->host);
    if (host)
        fetcher_forget_host(fetcher, host);
    free(forget);
}

static void known_origin_free(struct known_origin *known)
{
    buf_clear(&known->packed);
    free(known);
}

static void take_known_origin(struct fetcher *fetcher, struct known_origin *known)
{
    struct host *host = hosts_find(&fetcher->hosts, known->host);
    if (host) {
        tell_gates(fetcher, host, buf_bytes(&known->packed));
        if (!host->waiting_name)
            scheduler_wake(fetcher->scheduler, host->turn);
    }
    known_origin_free(known);
}

static void take_errand(struct fetcher *fetcher, struct errand *errand)
{
    struct host *host = hosts_find(&fetcher->hosts, errand->host);
    struct url url = errand_url(errand);
    struct bytes cookies = buf_bytes(&errand->cookies);
    if (!host)
        host = wake_host(fetcher, errand->host, url_host(&url), &errand->pace,
                         errand->has_cookies ? &cookies : NULL);
    if (host->is_forgotten) {
        host->is_leaving = host->is_hungry = host->is_forgotten = false;
        host->hold = (struct hold){ 0 };
    }
    if (host->is_leaving || host->errand_count >= ERRANDS_MOST) {
        fail_errand(fetcher, host, errand);
        return;
    }
    host_push_errand(host, errand);
    fetcher_ask_for_work(fetcher, host);
    if (!host->waiting_name)
        scheduler_wake(fetcher->scheduler, host->turn);
    fetcher_leave_if_due(fetcher, host);
}

static void take_message(struct fetcher *fetcher, struct message *message)
{
    switch ((enum to_fetcher)message->kind) {
    case TO_FETCHER_WORK:
        take_work(fetcher, (struct work *)message);
        return;
    case TO_FETCHER_FORGET:
        take_forget(fetcher, (struct forget *)message);
        return;
    case TO_FETCHER_CONFIG:
        hosts_walk(&fetcher->hosts, take_settings, fetcher);
        set_hold_most(fetcher);
        sessions_renew(&fetcher->sessions, fetcher->crawl->logins);
        free(message);
        return;
    case TO_FETCHER_KNOWN_ORIGIN:
        take_known_origin(fetcher, (struct known_origin *)message);
        return;
    case TO_FETCHER_ERRAND:
        take_errand(fetcher, (struct errand *)message);
        return;
    case TO_FETCHER_ERRAND_DONE:
        fetcher_take_errand_back(fetcher, (struct errand *)message);
        return;
    case TO_FETCHER_COOKIES:
        fetcher_take_given_cookies(fetcher, (struct given_cookies *)message);
        return;
    }
}

static void take_messages(struct fetcher *fetcher)
{
    struct message *message = channel_take_all(&fetcher->inbox, 0);
    while (message) {
        struct message *next = message->next;
        take_message(fetcher, message);
        message = next;
    }
}

void fetcher_ask_for_work(struct fetcher *fetcher, struct host *host)
{
    if (host->is_hungry || host->is_leaving || host->count >= WINDOW_LOW)
        return;
    struct want *want = xcalloc(1, sizeof(*want));
    want->message.kind = TO_WRITER_WANT;
    want->host = host->id;
    want->most = WINDOW_MOST - host->count;
    host->is_hungry = true;
    channel_push(&fetcher->crawl->to_writer, &want->message);
}

/* ---- The thread */

enum scheduler_lines fetcher_lines(const struct fetcher *fetcher)
{
    const struct crawl *crawl = fetcher->crawl;
    if (!room_has_share(&crawl->room) || rate_wait_us(&crawl->rate, clock_monotonic_us()) > 0)
        return LINES_NONE;
    return places_lines(&fetcher->places);
}

/* Until a host may be served; -1 if only the end of a fetch of this thread can bring that about. */
static int64_t until_start_us(const struct fetcher *fetcher)
{
    int64_t next_us = scheduler_next_us(fetcher->scheduler, places_lines(&fetcher->places));
    if (next_us == INT64_MAX || crawl_is_stopping(fetcher->crawl))
        return -1;
    /* Room, credit and rate come back without a knock: whoever lacked them is looked at soon. */
    int64_t least_us = fetcher->is_held_up ? HELD_UP_US : 0;
    int64_t wait_us = next_us - crawl_now_us(fetcher->crawl);
    return wait_us > least_us ? wait_us : least_us;
}

static void wait_for_network(struct fetcher *fetcher)
{
    /* Requests that were begun leave now, not behind all the answers that wait. */
    transfers_process_timeouts(fetcher->transfers);
    int64_t wait_ms = time_earlier(transfers_timeout_ms(fetcher->transfers),
                                   resolver_timeout_ms(fetcher->resolver));
    if (fetcher->drain_until_ms > 0)
        wait_ms = time_earlier(wait_ms, 100);
    int64_t wait_us = wait_ms < 0 ? -1 : US_PER_MS * wait_ms;
    poller_wait(fetcher->poller, time_earlier(wait_us, until_start_us(fetcher)));
    resolver_process_timeouts(fetcher->resolver);
}

/* Stopping: what is in flight may finish for a while. */
static void drain(struct fetcher *fetcher)
{
    int64_t now_ms = clock_monotonic_ms();
    if (fetcher->drain_until_ms == 0)
        fetcher->drain_until_ms = now_ms + fetcher->crawl->drain_ms;
    else if (now_ms >= fetcher->drain_until_ms)
        transfers_abort_all(fetcher->transfers);
}

static void send_host_back(void *owner, struct host *host)
{
    if (!host->is_leaving || host->first)
        leave(owner, host, 0, OUTCOME_NONE);
}

static void leave_site(void *owner, struct host *host)
{
    fetcher_leave_site(owner, host);
}

static void say_that_it_ends(struct fetcher *fetcher)
{
    take_messages(fetcher);
    hosts_walk(&fetcher->hosts, send_host_back, fetcher);
    hosts_walk(&fetcher->hosts, leave_site, fetcher);
    struct ended *ended = xcalloc(1, sizeof(*ended));
    ended->message.kind = TO_WRITER_ENDED;
    channel_push(&fetcher->crawl->to_writer, &ended->message);
}

bool fetcher_turn(struct fetcher *fetcher)
{
    if (crawl_is_stopping(fetcher->crawl) && fetcher->fetch_count == 0) {
        say_that_it_ends(fetcher);
        return false;
    }
    take_messages(fetcher);
    fetcher_start_ready_fetches(fetcher);
    wait_for_network(fetcher);
    if (crawl_is_stopping(fetcher->crawl))
        drain(fetcher);
    fetcher_finish_fetches(fetcher);
    fetcher_finish_names(fetcher);
    return true;
}

static void *fetcher_run(void *argument)
{
    pthread_setname_np(pthread_self(), "forage-fetch");
    /* A host that may be asked is not kept waiting by the 50 us that others' timers may be late. */
    (void)prctl(PR_SET_TIMERSLACK, 1UL);
    memory_in_large_pages();
    while (fetcher_turn(argument))
        continue;
    return NULL;
}

static void ring(void *owner)
{
    poller_ring(owner);
}

struct fetcher *fetcher_new(struct crawl *crawl, size_t number)
{
    const struct settings *settings = crawl->settings;
    struct fetcher *fetcher = xcalloc(1, sizeof(*fetcher));
    fetcher->crawl = crawl;
    fetcher->number = number;
    fetcher->poller = poller_new();
    channel_init(&fetcher->inbox, ring, fetcher->poller);
    struct resolver_options names = exchange_names(settings);
    fetcher->resolver = resolver_new(fetcher->poller, &names);
    fetcher->places = places_of(crawl->transfers_most / crawl->fetcher_count);
    struct transfers_options options = {
        .rules = crawl->address_rules,
        .judge = fetcher_judge,
        .turn = fetcher_turn_at,
        .tried = fetcher_tried,
        .sent = fetcher_sent,
        .connections_most = 2 * fetcher->places.most,
        .rate = &crawl->rate,
        .room = &crawl->room,
        .ca_file = settings->tls_ca_file[0] ? settings->tls_ca_file : NULL,
    };
    fetcher->transfers = transfers_new(fetcher->poller, &options);
    fetcher->proxying = proxying_new();
    fetcher->scheduler = scheduler_new((uint64_t)crawl->started_ms + number);
    set_hold_most(fetcher);
    hosts_init(&fetcher->hosts);
    awake_sites_init(&fetcher->sites, frontier_fingerprint(crawl->frontier, BYTES("cookies")));
    fetcher->sessions.jar = fetcher->sites.jar;
    fetcher->sessions.configured = crawl->logins;
    fetcher->gate_room.most = GATE_ROOM_BYTES;
    return fetcher;
}

void fetcher_start(struct fetcher *fetcher)
{
    int error = pthread_create(&fetcher->thread, NULL, fetcher_run, fetcher);
    assert(error == 0);
    (void)error;
}

void fetcher_join(struct fetcher *fetcher)
{
    pthread_join(fetcher->thread, NULL);
}

static struct task *unread_tasks(struct message *message)
{
    struct task *tasks = NULL;
    switch ((enum to_fetcher)message->kind) {
    case TO_FETCHER_WORK:
        tasks = ((struct work *)message)->tasks;
        work_free((struct work *)message);
        break;
    case TO_FETCHER_FORGET:
    case TO_FETCHER_CONFIG:
        free(message);
        break;
    case TO_FETCHER_KNOWN_ORIGIN:
        known_origin_free((struct known_origin *)message);
        break;
    case TO_FETCHER_ERRAND:
    case TO_FETCHER_ERRAND_DONE:
        errand_free((struct errand *)message);
        break;
    case TO_FETCHER_COOKIES: /* They are in the tables. */
        given_cookies_free((struct given_cookies *)message);
        break;
    }
    return tasks;
}

struct task *fetcher_unread_tasks(struct fetcher *fetcher)
{
    struct task *tasks = NULL;
    struct task **last = &tasks;
    struct message *message = channel_take_all(&fetcher->inbox, 0);
    while (message) {
        struct message *next = message->next;
        *last = unread_tasks(message);
        while (*last)
            last = &(*last)->next;
        message = next;
    }
    return tasks;
}

void fetcher_free(struct fetcher *fetcher)
{
    if (!fetcher)
        return;
    tasks_free(fetcher_unread_tasks(fetcher));
    transfers_free(fetcher->transfers);
    resolver_free(fetcher->resolver);
    proxying_free(fetcher->proxying);
    scheduler_free(fetcher->scheduler);
    hosts_clear(&fetcher->hosts);
    awake_sites_clear(&fetcher->sites);
    sessions_clear(&fetcher->sessions);
    channel_clear(&fetcher->inbox);
    poller_free(fetcher->poller);
    free(fetcher);
}

void fetcher_send(struct fetcher *fetcher, struct message *message)
{
    channel_push(&fetcher->inbox, message);
}

void fetcher_ring(struct fetcher *fetcher)
{
    poller_ring(fetcher->poller);
}
