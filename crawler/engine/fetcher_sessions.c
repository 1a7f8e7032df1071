/* SPDX-License-Identifier: MIT
 *
 * As whom a fetch thread asks (sessions.h), and the cookies of its sites on their way from and to
 * the writer.
 *
 * What an answer changes of a site's cookies is sent at the end of a round of finishing, once for
 * all its answers, and the visits that brought it wait until then: no page is ever stored whose
 * cookies are lost.
 */
#include "crawler/engine/fetcher_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/messages.h"

/* ---- Cookies */

/* A site that was not loaded does not take the place of what the store has of it: its hosts began
 * to keep cookies while they were awake, and do so from their next waking on. */
static void send_cookies(struct fetcher *fetcher, struct awake_site *site)
{
    struct buf record;
    awake_sites_settle(&fetcher->sites, site);
    if (!site->is_loaded)
        return;
    buf_init(&record, BUF_UNBOUNDED);
    cookies_pack(fetcher->sites.jar, bytes_from_string(site->name), crawl_now_ms(fetcher->crawl),
                 &record);
    cookie_mail_send(&site->letter, &fetcher->crawl->to_writer, TO_WRITER_COOKIES, site->name,
                     &record);
}

static bool keeps_cookies(const struct host *host)
{
    return host->settings->cookies == COOKIES_KEEP;
}

void fetcher_enter_site(struct fetcher *fetcher, struct host *host, const struct bytes *cookies)
{
    host->site = awake_sites_enter(&fetcher->sites, bytes_from_string(host->name), cookies,
                                   crawl_now_ms(fetcher->crawl));
}

void fetcher_leave_site(struct fetcher *fetcher, struct host *host)
{
    if (!host->site)
        return;
    if (host->site->has_news)
        send_cookies(fetcher, host->site);
    awake_sites_leave(&fetcher->sites, host->site, host->site->is_loaded && keeps_cookies(host));
    host->site = NULL;
}

void given_cookies_free(struct given_cookies *given)
{
    buf_clear(&given->packed);
    free(given);
}

void fetcher_take_given_cookies(struct fetcher *fetcher, struct given_cookies *given)
{
    for (struct unpacker from = unpacker_of(buf_bytes(&given->packed)); from.left > 0;) {
        struct awake_site *site = awake_sites_find(&fetcher->sites, unpack_bytes(&from));
        struct bytes record = unpack_bytes(&from);
        if (site && cookies_unpack_over(fetcher->sites.jar, record, crawl_now_ms(fetcher->crawl)))
            send_cookies(fetcher, site);
    }
    given_cookies_free(given);
}

/* Cookies that only live longer now: the store hears of that when the host sleeps. */
static void note_cookies(struct fetcher *fetcher, const struct host *host,
                         enum cookies_change change)
{
    if (change == COOKIES_REFUSED || !keeps_cookies(host))
        return;
    host->site->has_news = true;
    if (change == COOKIES_CHANGED)
        awake_sites_change(&fetcher->sites, host->site);
}

void fetcher_send_page(struct fetcher *fetcher, const struct host *host, struct channel *station,
                       struct visit *visit)
{
    bool is_to_be_read = station == &fetcher->crawl->to_readers;
    struct held_visits *held = is_to_be_read ? &fetcher->to_readers : &fetcher->to_writer;
    if (!is_to_be_read && !host->site->is_changed) {
        crawl_send_visit(fetcher->crawl, visit);
        return;
    }
    visit->message.kind = TO_WRITER_VISIT;
    visit->message.next = NULL;
    *(held->first ? held->last : &held->first) = &visit->message;
    held->last = &visit->message.next;
}

static void let_go(struct held_visits *held, struct channel *station)
{
    channel_push_list(station, held->first);
    held->first = NULL;
}

void fetcher_end_round(struct fetcher *fetcher)
{
    while (fetcher->sites.changed)
        send_cookies(fetcher, fetcher->sites.changed);
    let_go(&fetcher->to_readers, &fetcher->crawl->to_readers);
    let_go(&fetcher->to_writer, &fetcher->crawl->to_writer);
}

/* ---- Sessions */

struct session_at fetcher_session_at(const struct fetcher *fetcher, const struct host *host,
                                     const struct url *url)
{
    return (struct session_at){ host->name, host->settings, url, crawl_now_ms(fetcher->crawl) };
}

void fetcher_take_login(struct fetcher *fetcher, struct fetch *fetch,
                        const struct transfer_result *result)
{
    struct url url;
    bool is_url = url_split(&url, bytes_from_string(fetch->login_url));
    struct session_at at = fetcher_session_at(fetcher, fetch->host, is_url ? &url : NULL);
    note_cookies(fetcher, fetch->host,
                 sessions_take_login(&fetcher->sessions, &at, &fetch->mark, result));
}

enum session_step fetcher_take_session(struct fetcher *fetcher, struct fetch *fetch,
                                       const struct session_at *at,
                                       const struct transfer_result *result)
{
    enum cookies_change change;
    enum session_step step =
        sessions_take(&fetcher->sessions, at, &fetch->mark, fetch->visit, result, &change);
    note_cookies(fetcher, fetch->host, change);
    return step;
}

void fetcher_hold_for_login(struct host *host, const struct url *url, int64_t until_ms)
{
    struct url other;
    for (const struct task *task = host->first; task; task = task->next)
        if (!url_split(&other, task->url) || !url_same_origin(&other, url))
            return;
    host->hold = (struct hold){ until_ms, OUTCOME_REFUSED_LOGIN };
}
