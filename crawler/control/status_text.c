/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/clock.h"
#include "crawler/control/phrases.h"
#include "crawler/control/status_view.h"

static const struct {
    enum counter counter;
    const char *word;
} causes[] = {
#define ROW(name, word, what) { COUNTER_##name, word },
    STATUS_CAUSE_TABLE(ROW)
#undef ROW
};

/* ---- The lines */

static void show_run(const struct status_view *view, struct buf *out)
{
    const struct answerer *answerer = view->answerer;
    const struct run_facts *run = &answerer->run;
    char when[CLOCK_TEXT_BYTES];
    if (!run->is_running) {
        buf_printf(out, "run        none; the last one began %s\n",
                   clock_format(when, (int64_t)view->values[COUNTER_LAST_RUN_MS]));
        return;
    }
    buf_append_string(out, "run        since ");
    phrase_time(out, run->started_ms, answerer->now_ms);
    buf_printf(out,
               "\n           %" PRIu64 " pages, %" PRIu64 " fetches, %.1f a second, %" PRIu64
               " under way, %" PRIu64 " hosts awake\n",
               run->pages, run->fetches, run->fetches_per_s, run->in_flight, run->awake_hosts);
}

static void show_counts(const struct status_view *view, struct buf *out)
{
    const uint64_t *values = view->values;
    buf_printf(out,
               "urls       %" PRIu64 " known, %" PRIu64 " queued, %" PRIu64 " held, %" PRIu64
               " tried, %s%" PRIu64 " due\n",
               values[COUNTER_URLS_KNOWN], values[COUNTER_URLS_QUEUED], values[COUNTER_URLS_HELD],
               values[COUNTER_URLS_TRIED], view->outlook->is_about ? "about " : "", view->due);
    buf_printf(out, "pages      %" PRIu64 " live, %" PRIu64 " gone, on %" PRIu64 " hosts\n",
               values[COUNTER_PAGES_LIVE], values[COUNTER_PAGES_GONE], values[COUNTER_HOSTS]);
    buf_printf(out,
               "fetches    %" PRIu64 ", %" PRIu64 " not modified, %" PRIu64 " unchanged, %" PRIu64
               " redirects, %.1f MB received\n",
               values[COUNTER_FETCHES], values[COUNTER_NOT_MODIFIED], values[COUNTER_UNCHANGED],
               values[COUNTER_REDIRECTS], (double)values[COUNTER_BYTES] / 1e6);
    buf_printf(out, "refused    %" PRIu64 " by robots.txt, %" PRIu64 " by scope\n",
               values[COUNTER_ROBOTS_REFUSED], values[COUNTER_SCOPE_REFUSED]);
    if (values[COUNTER_RULE_LIMITS] > 0)
        buf_printf(out,
                   "rules      took too long %" PRIu64
                   " times, and did not match;\n           forage test scope URL says which\n",
                   values[COUNTER_RULE_LIMITS]);
}

/* What waits for a budget, and what to do. */
static void show_budgets(const uint64_t *values, struct buf *out)
{
    static const struct {
        enum counter counter;
        enum budget budget;
    } rows[] = {
#define ROW(name, option, text) { COUNTER_OVER_##name, BUDGET_##name },
        BUDGET_TABLE(ROW)
#undef ROW
    };
    const char *label = "budgets    ";
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t hosts = values[rows[i].counter];
        if (hosts == 0)
            continue;
        buf_append_string(out, label);
        phrase_count(out, hosts, "host");
        buf_printf(out, " without new URLs: %s\n", budget_text(rows[i].budget));
        label = "           ";
    }
    if (values[COUNTER_LINKS_DROPPED] > 0) {
        buf_append_string(out, label);
        phrase_count(out, values[COUNTER_LINKS_DROPPED], "link");
        buf_append_string(out, " dropped: as many URLs were known as known_max allows\n");
        label = "           ";
    }
    if (label[0] == ' ')
        buf_printf(out, "%sraise what is named in forage.conf; forage ls --hosts names the hosts\n",
                   label);
}

static void show_failures(const uint64_t *values, struct buf *out)
{
    const char *separator = "";
    buf_append_string(out, "failures   ");
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if (values[causes[i].counter] == 0)
            continue;
        buf_printf(out, "%s%s %" PRIu64, separator, causes[i].word, values[causes[i].counter]);
        separator = ", ";
    }
    buf_append_string(out, *separator ? "\n" : "none\n");
}

static void show_insecure(const struct config *config, struct buf *out)
{
    struct buf hosts;
    buf_init(&hosts, BUF_UNBOUNDED);
    config_insecure_hosts(config, &hosts);
    if (hosts.length > 0)
        buf_printf(out, "INSECURE   tls_insecure: whoever answers for %.*s is believed\n",
                   (int)hosts.length, hosts.data);
    buf_clear(&hosts);
}

static void show_slowest(const struct outlook *outlook, struct buf *out)
{
    char span[CLOCK_TEXT_BYTES], delay[CLOCK_TEXT_BYTES];
    for (size_t i = 0; i < outlook->slowest_count; i++) {
        const struct slow_host *host = &outlook->slowest[i];
        buf_printf(out, "           %-8s %s: ", clock_format_span(span, host->span_ms), host->name);
        phrase_count(out, host->backlog, "URL");
        buf_printf(out, ", delay %s\n", clock_format_span(delay, host->delay_ms));
    }
}

/* A pass that takes long is shown as far as it came, or as it was. */
static void show_age(const struct status_view *view, struct buf *out)
{
    const struct outlook *outlook = view->outlook;
    if (!outlook->is_complete)
        buf_append_string(out, "           at least: not all hosts were looked at\n");
    else if (view->answerer->now_ms - outlook->at_ms >= 10 * 1000) {
        buf_append_string(out, "           as it was ");
        phrase_distance(out, outlook->at_ms, view->answerer->now_ms);
        buf_append_char(out, '\n');
    }
}

static void show_outlook(const struct status_view *view, struct buf *out)
{
    const struct outlook *outlook = view->outlook;
    char span[CLOCK_TEXT_BYTES];
    buf_append_string(out, "to do      ");
    if (outlook->backlog == 0) {
        buf_append_string(out, "nothing\n");
        show_age(view, out);
        return;
    }
    phrase_count(out, outlook->backlog, "URL");
    buf_append_string(out, " on ");
    phrase_count(out, outlook->hosts, "host");
    if (outlook->hosts_resting > 0)
        buf_printf(out, ", %" PRIu64 " of them resting", outlook->hosts_resting);
    buf_append_char(out, '\n');
    show_age(view, out);
    buf_printf(out, "time left  about %s%s\n", clock_format_span(span, view->eta_ms),
               outlook->slowest_count > 1 ? "; the hosts that take longest:" : "");
    show_slowest(outlook, out);
}

struct consumer_walk {
    const struct status_view *view;
    struct buf *out;
};

static void show_consumer(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct consumer_walk *walk = owner;
    char when[CLOCK_TEXT_BYTES];
    uint64_t pending = changes_pending(walk->view->answerer->tables->changes, cursor, PENDING_MOST);
    buf_printf(walk->out, "consumer   %s: %" PRIu64 " changes to come, last export %s\n", name,
               pending < PENDING_MOST ? pending : status_behind(walk->view, cursor),
               clock_format(when, at_ms));
}

static void show_paused(void *owner, struct bytes pattern)
{
    buf_printf(owner, "paused     %.*s\n", (int)pattern.length, pattern.data);
}

void status_show_text(const struct status_view *view, struct buf *out)
{
    const struct answerer *answerer = view->answerer;
    struct consumer_walk walk = { view, out };
    bool has_next = view->next_due_ms != INT64_MAX;
    buf_printf(out, "crawl      %s\n", answerer->directory);
    show_run(view, out);
    show_counts(view, out);
    show_budgets(view->values, out);
    show_failures(view->values, out);
    show_insecure(answerer->config, out);
    buf_append_string(out, "changed    ");
    phrase_time(out, (int64_t)view->values[COUNTER_LAST_CHANGE_MS], answerer->now_ms);
    buf_append_string(out, "\nnext due   ");
    phrase_time(out, has_next ? view->next_due_ms : 0, answerer->now_ms);
    buf_append_char(out, '\n');
    show_outlook(view, out);
    frontier_walk_paused(answerer->tables->frontier, show_paused, out);
    consumers_walk(answerer->tables->changes, show_consumer, &walk);
}

uint64_t status_behind(const struct status_view *view, uint64_t cursor)
{
    uint64_t next = view->values[COUNTER_NEXT_CHANGE];
    return next > cursor + 1 ? next - 1 - cursor : 0;
}
