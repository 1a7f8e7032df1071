/* SPDX-License-Identifier: MIT */
#include "crawler/control/survey.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/control/leave_alone.h"
#include "crawler/control/turns.h"

enum {
    /* Beside other work: a hundredth of the time, and a rest between two passes. */
    KEEP_UP_LOOKS = 1000,
    KEEP_UP_MS = 100,
    KEEP_UP_REST_MS = 5 * 1000,
};

struct survey {
    const struct config *config; /* For the slice under way. */
    struct host_walk walk;
    bool is_under_way;
    bool has_last;
    int64_t next_ms; /* When survey_keep_up goes on. */
    struct outlook current;
    struct outlook last;
};

struct survey *survey_new(void)
{
    struct survey *survey = xcalloc(1, sizeof(*survey));
    survey->current.next_due_ms = INT64_MAX;
    return survey;
}

void survey_free(struct survey *survey)
{
    free(survey);
}

/* Into its place among the slowest, if it has one. */
static void rank(struct outlook *outlook, const struct host_view *view, uint64_t backlog,
                 int64_t delay_ms, int64_t span_ms)
{
    struct slow_host *slowest = outlook->slowest;
    size_t at = outlook->slowest_count;
    if (at == SLOWEST_MOST && slowest[at - 1].span_ms >= span_ms)
        return;
    if (at < SLOWEST_MOST)
        outlook->slowest_count++;
    else
        at--;
    for (; at > 0 && slowest[at - 1].span_ms < span_ms; at--)
        slowest[at] = slowest[at - 1];
    slowest[at] =
        (struct slow_host){ .backlog = backlog, .delay_ms = delay_ms, .span_ms = span_ms };
    struct bytes name = bytes_slice(view->host.name, 0, SURVEY_HOST_BYTES - 1);
    memcpy(slowest[at].name, name.data, name.length);
}

/* A host that is left alone beyond the bound is none that a run would wait for. */
static void add_host(void *owner, const struct host_view *view)
{
    struct survey *survey = owner;
    struct outlook *outlook = &survey->current;
    int64_t now_ms = survey->walk.now_ms;
    uint64_t backlog = turns_backlog(view, survey->config);
    outlook->due += view->due;
    outlook->is_about |= view->is_due_about;
    struct leave_alone leave_alone = leave_alone_of(&view->host, now_ms);
    if (backlog == 0 || (leave_alone.is_left_alone && leave_alone.until_ms > survey->walk.until_ms))
        return;
    struct turns turns =
        turns_of(&view->host.pace, config_host_settings(survey->config, view->host.name));
    int64_t span_ms =
        turns_start_ms(&turns, &view->host, now_ms) - now_ms + turns_span_ms(&turns, backlog);
    outlook->hosts++;
    outlook->hosts_resting += leave_alone.is_left_alone;
    outlook->backlog += backlog;
    if (span_ms > outlook->span_ms)
        outlook->span_ms = span_ms;
    rank(outlook, view, backlog, turns.delay_ms, span_ms);
}

bool survey_step(struct survey *survey, struct frontier *frontier, const struct config *config,
                 int64_t now_ms, size_t looks)
{
    struct outlook *current = &survey->current;
    if (!survey->is_under_way) {
        survey->is_under_way = true;
        survey->walk =
            (struct host_walk){ .now_ms = now_ms,
                                .until_ms = now_ms + config_settings(config)->wait_max_ms };
        *current = (struct outlook){ .at_ms = now_ms };
    }
    survey->config = config;
    survey->is_under_way = frontier_walk_work(frontier, &survey->walk, looks, add_host, survey);
    current->next_due_ms = survey->walk.next_due_ms == 0 ? INT64_MAX : survey->walk.next_due_ms;
    if (survey->is_under_way)
        return true;
    current->is_complete = true;
    survey->last = *current;
    survey->has_last = true;
    return false;
}

bool survey_keep_up(struct survey *survey, struct frontier *frontier, const struct config *config,
                    int64_t now_ms)
{
    if (now_ms < survey->next_ms)
        return false;
    bool goes_on = survey_step(survey, frontier, config, now_ms, KEEP_UP_LOOKS);
    survey->next_ms = now_ms + (goes_on ? KEEP_UP_MS : KEEP_UP_REST_MS);
    return !goes_on;
}

const struct outlook *survey_outlook(const struct survey *survey)
{
    return survey->has_last ? &survey->last : &survey->current;
}

int64_t outlook_span_ms(const struct outlook *outlook, double fetches_per_s)
{
    const double most_ms = 1e15;
    double by_rate_ms = fetches_per_s > 0 ? (double)outlook->backlog * 1000 / fetches_per_s : 0;
    if (by_rate_ms <= (double)outlook->span_ms)
        return outlook->span_ms;
    return (int64_t)(by_rate_ms < most_ms ? by_rate_ms : most_ms);
}
