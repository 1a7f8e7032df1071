/* SPDX-License-Identifier: MIT */
#include "crawler/engine/crawl.h"

#include "base/clock.h"
#include "crawler/engine/fetcher.h"
#include "crawler/engine/messages.h"

/* Credits beyond what may be in flight: for reading and storing. */
enum { VISITS_BEYOND = 512 };

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

void crawl_init(struct crawl *crawl, const struct config *config)
{
    const struct settings *settings = config_settings(config);
    *crawl = (struct crawl){ .config = config, .settings = settings };
    crawl->started_ms = clock_wall_ms();
    crawl->clock_offset_ms = crawl->started_ms - clock_monotonic_ms();
    crawl->addresses = addresses_new(US_PER_MS * crawl->started_ms);
    crawl->fetcher_count = settings->fetch_threads;
    crawl_limit_transfers(crawl, settings->transfers);
    rate_init(&crawl->rate, settings->max_rate_bytes);
    channel_init(&crawl->to_readers, NULL, NULL);
    channel_init(&crawl->to_writer, NULL, NULL);
    forecast_init(&crawl->forecast);
}

void crawl_limit_transfers(struct crawl *crawl, size_t transfers)
{
    crawl->transfers_most = transfers;
    crawl->visits_most = transfers + VISITS_BEYOND;
    room_init(&crawl->room, crawl->settings->inflight_bytes, transfers);
}

void crawl_clear(struct crawl *crawl)
{
    addresses_free(crawl->addresses);
    forecast_clear(&crawl->forecast);
    channel_clear(&crawl->to_readers);
    channel_clear(&crawl->to_writer);
}

int64_t crawl_at_us(const struct crawl *crawl, int64_t monotonic_us)
{
    return monotonic_us + US_PER_MS * crawl->clock_offset_ms;
}

int64_t crawl_now_us(const struct crawl *crawl)
{
    return crawl_at_us(crawl, clock_monotonic_us());
}

int64_t crawl_now_ms(const struct crawl *crawl)
{
    return crawl_now_us(crawl) / US_PER_MS;
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
    return visits <= crawl->visits_most && !atomic_load(&crawl->is_short_of_space) &&
           room_has_share(&crawl->room) && has_pages_for(crawl, visits);
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
        room_free(&crawl->room, visit->counted_bytes);
    atomic_fetch_sub(&crawl->visits, 1);
    visit_free(visit);
}

void crawl_send_visit(struct crawl *crawl, struct visit *visit)
{
    visit->message.kind = TO_WRITER_VISIT;
    channel_push_patient(&crawl->to_writer, &visit->message, visit_weight(visit));
}

void crawl_hold_bytes(struct crawl *crawl, struct visit *visit, uint64_t bytes)
{
    visit->counted_bytes += bytes;
    room_keep(&crawl->room, bytes);
}

void crawl_count_bytes(struct crawl *crawl, struct visit *visit, uint64_t bytes)
{
    crawl_hold_bytes(crawl, visit, bytes);
    atomic_fetch_add(&crawl->bytes, bytes);
}
