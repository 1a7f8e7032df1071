/* SPDX-License-Identifier: MIT */
#include "crawler/engine/supply.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/site.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/referrals.h"
#include "crawler/engine/telling.h"

/* The record of a site, as it is from now on. */
struct news {
    struct news *next;
    char *site;
    struct buf record; /* Empty: none is left. */
};

struct supply {
    struct tables *tables;
    struct referrals *referrals;
    struct news *cookies; /* One of a site. */
};

struct supply *supply_new(struct tables *tables)
{
    struct supply *supply = xcalloc(1, sizeof(*supply));
    supply->tables = tables;
    supply->referrals = referrals_new(tables->pages);
    return supply;
}

/* ---- Cookies */

static void drop_cookies(struct supply *supply)
{
    while (supply->cookies) {
        struct news *news = supply->cookies;
        supply->cookies = news->next;
        buf_clear(&news->record);
        free(news->site);
        free(news);
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

static struct news *find_news(const struct supply *supply, struct bytes site)
{
    struct news *news = supply->cookies;
    while (news && !bytes_equal(bytes_from_string(news->site), site))
        news = news->next;
    return news;
}

/* True where the host is to bring them. */
static bool add_cookies(struct supply *supply, const struct config *config, struct awake *awake,
                        struct awake_host *host, struct bytes name, struct buf *record)
{
    struct bytes site = site_of_host(name);
    if (config_host_settings(config, name)->cookies != COOKIES_KEEP ||
        !awake_host_brings_cookies(awake, host, site))
        return false;
    const struct news *news = find_news(supply, site);
    if (news)
        buf_append_bytes(record, buf_bytes(&news->record));
    else if (site_cookies_get(supply->tables->cookies, NULL, site, record) != STATUS_OK)
        buf_reset(record);
    return true;
}

void supply_take_cookies(struct supply *supply, struct cookie_letter *letter)
{
    char *site;
    struct buf record;
    cookie_mail_take(letter, &site, &record);
    struct news *news = find_news(supply, bytes_from_string(site));
    if (news) {
        free(site);
    } else {
        news = xcalloc(1, sizeof(*news));
        news->site = site;
        news->next = supply->cookies;
        supply->cookies = news;
    }
    buf_clear(&news->record);
    news->record = record;
}

void supply_put_cookies(struct supply *supply, struct txn *txn)
{
    for (const struct news *news = supply->cookies; news; news = news->next)
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

void supply_work(struct supply *supply, const struct config *config, struct awake *awake,
                 struct awake_host *host, struct work *work)
{
    buf_init(&work->origins, BUF_UNBOUNDED);
    buf_init(&work->cookies, BUF_UNBOUNDED);
    telling_add_origins(supply->tables, host, work);
    if (work->name[0])
        work->has_cookies =
            add_cookies(supply, config, awake, host, bytes_from_string(work->name), &work->cookies);
    for (struct task *task = work->tasks; task; task = task->next)
        referrals_tell(supply->referrals, config, task);
}

void supply_errand(struct supply *supply, const struct config *config, struct awake *awake,
                   struct awake_host *host, struct errand *errand)
{
    struct url url = errand_url(errand);
    errand->has_cookies =
        add_cookies(supply, config, awake, host, url_host(&url), &errand->cookies);
}
