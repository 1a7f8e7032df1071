/* SPDX-License-Identifier: MIT */
#include "crawler/control/turns.h"

static const char *const part_words[] = {
#define ROW(name, word) [DELAY_PART_##name] = word,
    DELAY_PART_TABLE(ROW)
#undef ROW
};

const char *delay_part_word(enum delay_part part)
{
    return part_words[part];
}

struct turns turns_of(const struct pace *pace, const struct settings *settings)
{
    struct pace_policy policy = { .delay_ms = settings->delay_ms,
                                  .delay_factor = settings->delay_factor,
                                  .connections = (uint16_t)settings->connections };
    struct turns turns = { .delay_ms = pace_delay_ms(pace, &policy),
                           .response_ms = pace->last_response_ms,
                           .connections = settings->connections,
                           .ip_delay_ms = settings->ip_delay_ms };
    if (turns.delay_ms <= settings->delay_ms)
        turns.part = DELAY_PART_OURS;
    else if (turns.delay_ms <= pace->crawl_delay_ms)
        turns.part = DELAY_PART_CRAWL_DELAY;
    else
        turns.part = DELAY_PART_FACTOR;
    return turns;
}

/* From one request to the next, over all connections. */
static double step_ms(const struct turns *turns)
{
    return (double)(turns->delay_ms + turns->response_ms) / (double)turns->connections;
}

bool turns_are_by_address(const struct turns *turns)
{
    return (double)turns->ip_delay_ms > step_ms(turns);
}

int64_t turns_span_ms(const struct turns *turns, uint64_t fetches)
{
    double every_ms = turns_are_by_address(turns) ? (double)turns->ip_delay_ms : step_ms(turns);
    double span_ms = every_ms * (double)fetches;
    /* Beyond any crawl; what an estimate says of it does not matter. */
    const double most_ms = 1e15;
    return (int64_t)(span_ms < most_ms ? span_ms : most_ms);
}

int64_t turns_start_ms(const struct turns *turns, const struct host_record *host, int64_t now_ms)
{
    const struct pace *pace = &host->pace;
    int64_t start_ms = now_ms;
    if (pace->last_contact_ms > 0 && pace->last_contact_ms <= now_ms &&
        pace->last_contact_ms + turns->delay_ms > start_ms)
        start_ms = pace->last_contact_ms + turns->delay_ms;
    if (start_ms < pace->rest_until_ms)
        start_ms = pace->rest_until_ms;
    return start_ms > host->hold.until_ms ? start_ms : host->hold.until_ms;
}

uint64_t turns_backlog(const struct host_view *view, const struct config *config)
{
    if (view->host.over_budget != BUDGET_NONE)
        return view->due;
    uint64_t fresh = host_view_new(view);
    uint64_t most = config_host_settings(config, view->host.name)->max_pages;
    uint64_t room = most > view->host.pages ? most - view->host.pages : 0;
    return view->due + (most > 0 && fresh > room ? room : fresh);
}
