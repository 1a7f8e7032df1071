/* SPDX-License-Identifier: MIT
 *
 * fetcher_parts - the inside of a fetch thread, for the sources that make it up: fetcher.c (the
 * thread, its hosts and messages), asking.c (from task to transfer), finishing.c (from transfer to
 * visit) and fetcher_sessions.c (as whom we ask). Nothing else includes this.
 */
#ifndef CRAWLER_ENGINE_FETCHER_PARTS_H
#define CRAWLER_ENGINE_FETCHER_PARTS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

#include "crawler/control/proxying.h"
#include "crawler/engine/awake_sites.h"
#include "crawler/engine/crawl.h"
#include "crawler/engine/hosts.h"
#include "crawler/engine/places.h"
#include "crawler/engine/request_headers.h"
#include "crawler/engine/sessions.h"
#include "crawler/fetch/poller.h"
#include "crawler/fetch/resolver.h"
#include "frontier/scheduler.h"

struct given_cookies;

/* One transfer: a page, or a host's robots.txt (gate), or that of another host (errand). */
struct fetch {
    struct fetcher *fetcher;
    struct host *host; /* Stays while one of its lanes is busy. */
    struct gate *gate;
    struct errand *errand; /* Owned. */
    struct visit *visit;
    bool is_quick; /* Its host was, as it took its place. */
    bool has_address;
    struct address address;  /* Whose turn it has. */
    struct proxies *proxies; /* NULL: it goes directly. */
    size_t proxy;
    struct proxied proxied;
    bool is_sent;             /* The request left. */
    struct login *login;      /* A request of its host's login; else NULL. */
    char *login_url;          /* Its URL; owned. */
    struct session_mark mark; /* What it said of us. */
    int64_t ip_delay_ms;      /* There, and wherever else it leads. */
};

/* Pages that wait until their site's cookies are sent. */
struct held_visits {
    struct message *first;
    struct message **last;
};

struct fetcher {
    struct crawl *crawl;
    size_t number; /* Among the fetch threads. */
    pthread_t thread;
    struct channel inbox;
    struct poller *poller;
    struct resolver *resolver;
    struct transfers *transfers;
    struct proxying *proxying;
    struct places places;
    size_t fetch_count; /* Under way: in flight, or over and not looked at. */
    struct scheduler *scheduler;
    struct hosts hosts;
    struct awake_sites sites;
    struct sessions sessions; /* With the logins as of the last message about them. */
    struct held_visits to_readers, to_writer;
    struct gate_room gate_room;
    struct host *waiting; /* For names. */
    uint64_t pace_number; /* Of the last pace that was sent. */
    bool is_held_up;      /* A host may be ready, but there was no room or no credit for it. */
    uint64_t errand_number;
    int64_t hold_most_ms;
    int64_t drain_until_ms; /* 0: not draining. */
};

/* ---- fetcher.c: hosts that come and go */

/* A host that must rest for long, or may have no more pages, does not stay in memory: its tasks go
 * back to the writer, which will let go of it once it has all visits of the host. Not while a lane
 * is busy, so that all of them are on their way by the end of this round. */
void fetcher_leave_if_due(struct fetcher *fetcher, struct host *host);
/* The host's pace as it is now goes with the visit. */
void fetcher_note_pace(struct fetcher *fetcher, const struct host *host, struct visit *visit);
/* The writer let go of the host; it goes with its last busy lane. */
void fetcher_forget_host(struct fetcher *fetcher, struct host *host);
/* What its gates say of a Crawl-delay has changed. */
void fetcher_settle_crawl_delay(struct fetcher *fetcher, struct host *host);
/* Where its window runs low. */
void fetcher_ask_for_work(struct fetcher *fetcher, struct host *host);
/* From which lines of hosts may another transfer begin, as far as this thread goes? */
enum scheduler_lines fetcher_lines(const struct fetcher *fetcher);

/* ---- asking.c */

/* Serves the lanes that are ready, as far as transfers and credits go. */
void fetcher_start_ready_fetches(struct fetcher *fetcher);
/* For struct transfers_options: is the body wanted, is it our turn at another address, what came of
 * those that were tried, and to which one did the request go? */
bool fetcher_judge(void *owner, uint16_t status, struct bytes headers);
int64_t fetcher_turn_at(void *owner, const struct address *address);
void fetcher_tried(void *owner, const struct address *won, const struct address *lost,
                   size_t lost_count);
void fetcher_sent(void *owner, const struct address *address);
/* The turn at its address is over, whether a request left or not. */
void fetcher_end_turn_at_address(const struct fetch *fetch);

/* ---- fetcher_sessions.c */

/* A host woke: its site is known from now on, with the cookies that the store has. cookies: as for
 * awake_sites_enter. */
void fetcher_enter_site(struct fetcher *fetcher, struct host *host, const struct bytes *cookies);
void fetcher_leave_site(struct fetcher *fetcher, struct host *host);
void given_cookies_free(struct given_cookies *given);
/* A user's own, of any sites. Takes them. */
void fetcher_take_given_cookies(struct fetcher *fetcher, struct given_cookies *given);
/* A page goes on to this station, behind the cookies of its site. Those that are to be read go
 * together when the round ends, so that a reader is woken once. */
void fetcher_send_page(struct fetcher *fetcher, const struct host *host, struct channel *station,
                       struct visit *visit);
/* All transfers that were over are looked at: what the round changed of cookies goes to the writer,
 * and so does what waited for it. */
void fetcher_end_round(struct fetcher *fetcher);

/* For sessions.h. */
struct session_at fetcher_session_at(const struct fetcher *fetcher, const struct host *host,
                                     const struct url *url);
/* What came of a request of the host's login, and of a page's request for its session. */
void fetcher_take_login(struct fetcher *fetcher, struct fetch *fetch,
                        const struct transfer_result *result);
enum session_step fetcher_take_session(struct fetcher *fetcher, struct fetch *fetch,
                                       const struct session_at *at,
                                       const struct transfer_result *result);
/* The origin's login is refused: its host is to leave, unless it has other origins to be asked. */
void fetcher_hold_for_login(struct host *host, const struct url *url, int64_t until_ms);

/* ---- finishing.c */

/* Transfers that ended become visits, and their lanes wait for their next turn. */
void fetcher_finish_fetches(struct fetcher *fetcher);
/* Hosts that waited for names go on. */
void fetcher_finish_names(struct fetcher *fetcher);
/* robots.txt cannot be asked for, as its name leads nowhere: why. The lane's turn is over. */
void fetcher_fail_gate(struct fetcher *fetcher, struct host *host, struct gate *gate,
                       const char *why);
/* Takes the errand, and the visit that the host made for it: the writer hears of the one, and whose
 * gate waits of the other. */
void fetcher_end_errand(struct fetcher *fetcher, struct host *host, struct errand *errand,
                        struct visit *visit);
/* An errand of ours came back; takes it. */
void fetcher_take_errand_back(struct fetcher *fetcher, struct errand *errand);
/* The lane's turn is over, and no byte reached the host. */
void fetcher_finish_without_contact(struct fetcher *fetcher, struct host *host,
                                    enum outcome outcome);

#endif
