/* SPDX-License-Identifier: MIT */
#include "crawler/engine/referrals.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/referrer.h"

/* Some 30 KB. Links of more pages than that come mixed where many hosts take turns, and then a page
 * is looked at again. */
enum { PAGES_KEPT = 256 };

struct known_page {
    uint64_t document; /* 0: nothing is here. */
    char *url;         /* NULL: there is no such page. */
    enum referrer_policy policy;
};

struct referrals {
    struct page_store *pages;
    struct buf record;
    struct known_page known[PAGES_KEPT]; /* By their numbers. */
};

struct referrals *referrals_new(struct page_store *pages)
{
    struct referrals *referrals = xcalloc(1, sizeof(*referrals));
    referrals->pages = pages;
    buf_init(&referrals->record, BUF_UNBOUNDED);
    return referrals;
}

void referrals_free(struct referrals *referrals)
{
    if (!referrals)
        return;
    for (size_t i = 0; i < PAGES_KEPT; i++)
        free(referrals->known[i].url);
    buf_clear(&referrals->record);
    free(referrals);
}

static void look_up(struct referrals *referrals, struct known_page *known, uint64_t document)
{
    struct page page;
    free(known->url);
    *known = (struct known_page){ .document = document };
    if (page_get(referrals->pages, NULL, document, &referrals->record) != STATUS_OK ||
        !page_decode_head(&page, buf_bytes(&referrals->record)))
        return;
    known->url = xbytesdup(page.url);
    known->policy =
        (enum referrer_policy)((page.flags & PAGE_REFERRER_MASK) >> PAGE_REFERRER_SHIFT);
}

static const struct known_page *find(struct referrals *referrals, uint64_t document)
{
    struct known_page *known = &referrals->known[document % PAGES_KEPT];
    if (known->document != document)
        look_up(referrals, known, document);
    return known;
}

/* A sitemap is no page that somebody comes from. */
static bool has_referrer(const struct task *task)
{
    return task->referrer > 0 && (task->found == FOUND_LINK || task->found == FOUND_REDIRECT);
}

void referrals_tell(struct referrals *referrals, const struct config *config, struct task *task)
{
    struct url from, to;
    if (!has_referrer(task) || !url_split(&to, task->url) ||
        config_host_settings(config, url_host(&to))->referer == REFERER_NONE)
        return;
    const struct known_page *page = find(referrals, task->referrer);
    struct buf value;
    buf_init(&value, BUF_UNBOUNDED);
    if (page->url && url_split(&from, bytes_from_string(page->url)) &&
        referrer_write(page->policy, &from, &to, &value))
        task->referer = buf_detach(&value, NULL);
    buf_clear(&value);
}
