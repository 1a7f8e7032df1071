/* SPDX-License-Identifier: MIT */
#include "crawler/engine/supply.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/site.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/referrals.h"
#include "crawler/engine/telling.h"

struct supply {
    struct tables *tables;
    struct referrals *referrals;
    struct new_cookies *cookies; /* One of a site. */
};

struct supply *supply_new(struct tables *tables)
{
    struct supply *supply = xcalloc(1, sizeof(*supply));
    supply->tables = tables;
    supply->referrals = referrals_new(tables->pages);
    return supply;
}

/* ---- Cookies */

static struct new_cookies *next_of(const struct new_cookies *news)
{
    return (struct new_cookies *)news->message.next;
}

static void new_cookies_free(struct new_cookies *news)
{
    buf_clear(&news->record);
    free(news->site);
    free(news);
}

static void drop_cookies(struct supply *supply)
{
    while (supply->cookies) {
        struct new_cookies *news = supply->cookies;
        supply->cookies = next_of(news);
        new_cookies_free(news);
    }
}

void supply_free(struct supply *supply)
{
    if (!supply)
        return;
    drop_cookies(supply);
    referrals_free(supply->referrals);
    free(supply);
}

/* Where the news of a site stand, or would. */
static struct new_cookies **find_news(struct supply *supply, struct bytes site)
{
    struct new_cookies **place = &supply->cookies;
    while (*place && !bytes_equal(bytes_from_string((*place)->site), site))
        place = (struct new_cookies **)&(*place)->message.next;
    return place;
}

void supply_cookies(struct supply *supply, struct bytes host, struct buf *record)
{
    struct bytes site = site_of_host(host);
    const struct new_cookies *news = *find_news(supply, site);
    buf_init(record, BUF_UNBOUNDED);
    if (news)
        buf_append_bytes(record, buf_bytes(&news->record));
    else if (site_cookies_get(supply->tables->cookies, NULL, site, record) != STATUS_OK)
        buf_reset(record);
}

void supply_take_cookies(struct supply *supply, struct new_cookies *news)
{
    struct new_cookies **place = find_news(supply, bytes_from_string(news->site));
    struct new_cookies *older = *place;
    news->message.next = older ? older->message.next : NULL;
    *place = news;
    if (older)
        new_cookies_free(older);
}

void supply_put_cookies(struct supply *supply, struct txn *txn)
{
    for (const struct new_cookies *news = supply->cookies; news; news = next_of(news))
        site_cookies_put(supply->tables->cookies, txn, bytes_from_string(news->site),
                         buf_bytes(&news->record));
    drop_cookies(supply);
}

void supply_commit_cookies(struct supply *supply)
{
    if (!supply->cookies)
        return;
    struct txn *txn = database_begin(supply->tables->database);
    supply_put_cookies(supply, txn);
    database_commit(txn);
}

void supply_give_cookies(struct crawl *crawl, struct bytes packed)
{
    for (size_t i = 0; i < crawl->fetcher_count; i++) {
        struct given_cookies *given = xcalloc(1, sizeof(*given));
        given->message.kind = TO_FETCHER_COOKIES;
        buf_init(&given->packed, BUF_UNBOUNDED);
        buf_append_bytes(&given->packed, packed);
        fetcher_send(crawl->fetchers[i], &given->message);
    }
}

void supply_work(struct supply *supply, const struct config *config, struct awake_host *host,
                 struct work *work)
{
    buf_init(&work->origins, BUF_UNBOUNDED);
    buf_init(&work->cookies, BUF_UNBOUNDED);
    telling_add_origins(supply->tables, host, work);
    if (work->name[0])
        supply_cookies(supply, bytes_from_string(work->name), &work->cookies);
    for (struct task *task = work->tasks; task; task = task->next)
        referrals_tell(supply->referrals, config, task);
}
