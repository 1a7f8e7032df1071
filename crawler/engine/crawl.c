/* SPDX-License-Identifier: MIT */
#include "crawler/engine/crawl.h"

#include "base/clock.h"
#include "crawler/engine/fetcher.h"

static const struct {
    enum status status;
    const char *word;
} stops[] = {
#define ROW(name, status, word) { STATUS_##status, word },
    STOP_TABLE(ROW)
#undef ROW
};

enum status stop_status(enum stop stop)
{
    return stops[stop].status;
}

const char *stop_word(enum stop stop)
{
    return stops[stop].word;
}

int64_t crawl_now_ms(const struct crawl *crawl)
{
    return clock_monotonic_ms() + crawl->clock_offset_ms;
}

void crawl_stop(struct crawl *crawl, enum stop why)
{
    int not_yet = STOP_NOT;
    if (!atomic_compare_exchange_strong(&crawl->stop, &not_yet, (int)why))
        return;
    for (size_t i = 0; i < crawl->fetcher_count; i++)
        fetcher_ring(crawl->fetchers[i]);
}

bool crawl_is_stopping(const struct crawl *crawl)
{
    return atomic_load(&crawl->stop) != STOP_NOT;
}

/* A page limit is exact: these visits may all become pages. */
static bool has_pages_for(struct crawl *crawl, uint64_t visits)
{
    uint64_t pages_most = crawl->settings->max_pages;
    return pages_most == 0 || atomic_load(&crawl->pages) + visits <= pages_most;
}

static bool is_within_limits(struct crawl *crawl, uint64_t visits)
{
    return visits <= crawl->visits_most &&
           atomic_load(&crawl->visit_bytes) < crawl->settings->inflight_bytes &&
           has_pages_for(crawl, visits);
}

bool crawl_begin_visit(struct crawl *crawl)
{
    uint64_t visits = atomic_load(&crawl->visits);
    do {
        if (crawl_is_stopping(crawl) || !is_within_limits(crawl, visits + 1))
            return false;
    } while (!atomic_compare_exchange_weak(&crawl->visits, &visits, visits + 1));
    /* Between the two that were looked at, another visit may have become a page and its credit
     * another thread's. Now this one counts, and the sum of both errs on the safe side alone: a
     * page is counted before its visit ends. */
    if (has_pages_for(crawl, atomic_load(&crawl->visits)))
        return true;
    atomic_fetch_sub(&crawl->visits, 1);
    return false;
}

void crawl_begin_visit_anyway(struct crawl *crawl)
{
    atomic_fetch_add(&crawl->visits, 1);
}

void crawl_end_visit(struct crawl *crawl, struct visit *visit)
{
    if (visit)
        atomic_fetch_sub(&crawl->visit_bytes, visit->counted_bytes);
    atomic_fetch_sub(&crawl->visits, 1);
    visit_free(visit);
}

void crawl_count_bytes(struct crawl *crawl, struct visit *visit, uint64_t bytes)
{
    visit->counted_bytes += bytes;
    atomic_fetch_add(&crawl->visit_bytes, bytes);
    atomic_fetch_add(&crawl->bytes, bytes);
}
