/* SPDX-License-Identifier: MIT
 *
 * status in the text exposition format of Prometheus: a HELP and a TYPE line for each metric, then
 * its samples. Each sample is labelled with the crawl directory, as the files of several crawls may
 * be collected together.
 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/control/status_view.h"

static const struct {
    enum counter counter;
    const char *metric;
    const char *type;
    const char *what;
} shown[] = {
#define METRIC_true(word)               word "_total", "counter"
#define METRIC_false(word)              word, "gauge"
#define ROW(name, word, is_total, what) { COUNTER_##name, METRIC_##is_total(word), what },
    STATUS_COUNTER_TABLE(ROW)
#undef ROW
};

static const struct {
    enum counter counter;
    const char *word;
} causes[] = {
#define ROW(name, word, what) { COUNTER_##name, word },
    STATUS_CAUSE_TABLE(ROW)
#undef ROW
};

/* A page of metrics under way. */
struct metrics {
    const struct status_view *view;
    struct buf *out;
    char *crawl;        /* The directory, as it stands in a label. */
    const char *metric; /* The one under way. */
};

/* A label's value: backslash, quote and line feed are escaped, and all else is UTF-8 of the
 * system's. */
static char *label_value(const char *text)
{
    struct buf out;
    size_t length;
    buf_init(&out, BUF_UNBOUNDED);
    buf_append_string(&out, "");
    for (; *text; text++) {
        if (*text == '\\' || *text == '"')
            buf_append_char(&out, '\\');
        if (*text == '\n')
            buf_append_string(&out, "\\n");
        else
            buf_append_char(&out, *text);
    }
    buf_append_char(&out, '\0');
    return buf_detach(&out, &length);
}

static void begin_metric(struct metrics *metrics, const char *metric, const char *type,
                         const char *what)
{
    metrics->metric = metric;
    buf_printf(metrics->out, "# HELP forage_%s %c%s.\n# TYPE forage_%s %s\n", metric,
               what[0] >= 'a' && what[0] <= 'z' ? what[0] - 'a' + 'A' : what[0], what + 1, metric,
               type);
}

/* label is NULL where there is none but the crawl. */
static void add_sample(struct metrics *metrics, const char *label, const char *value, double number)
{
    buf_printf(metrics->out, "forage_%s{crawl=\"%s\"", metrics->metric, metrics->crawl);
    if (label)
        buf_printf(metrics->out, ",%s=\"%s\"", label, value);
    buf_printf(metrics->out, "} %.15g\n", number);
}

static void add_metric(struct metrics *metrics, const char *metric, const char *type,
                       const char *what, double number)
{
    begin_metric(metrics, metric, type, what);
    add_sample(metrics, NULL, NULL, number);
}

/* Seconds, 0 for never, as is usual. */
static void add_time(struct metrics *metrics, const char *metric, const char *what, int64_t at_ms)
{
    add_metric(metrics, metric, "gauge", what,
               at_ms > 0 && at_ms != INT64_MAX ? (double)at_ms / 1000 : 0);
}

static void add_pending(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct metrics *metrics = owner;
    (void)at_ms;
    add_sample(
        metrics, "consumer", name,
        (double)changes_pending(metrics->view->answerer->tables->changes, cursor, PENDING_MOST));
}

static void add_behind(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct metrics *metrics = owner;
    (void)at_ms;
    add_sample(metrics, "consumer", name, (double)status_behind(metrics->view, cursor));
}

static void add_export_time(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    (void)cursor;
    add_sample(owner, "consumer", name, (double)at_ms / 1000);
}

static void add_consumers(struct metrics *metrics)
{
    struct change_feed *changes = metrics->view->answerer->tables->changes;
    begin_metric(metrics, "consumer_pending_changes", "gauge",
                 "changes that a consumer has not acknowledged, counted up to 10000");
    consumers_walk(changes, add_pending, metrics);
    begin_metric(metrics, "consumer_behind", "gauge",
                 "change numbers between a consumer's cursor and the newest change");
    consumers_walk(changes, add_behind, metrics);
    begin_metric(metrics, "consumer_acknowledged_timestamp_seconds", "gauge",
                 "when a consumer last acknowledged an export");
    consumers_walk(changes, add_export_time, metrics);
}

static void add_run(struct metrics *metrics)
{
    const struct run_facts *run = &metrics->view->answerer->run;
    add_metric(metrics, "running", "gauge", "whether a run is under way", run->is_running);
    add_metric(metrics, "fetches_under_way", "gauge", "fetches under way", (double)run->in_flight);
    add_metric(metrics, "hosts_awake", "gauge", "hosts that fetch threads serve",
               (double)run->awake_hosts);
    add_metric(metrics, "fetches_per_second", "gauge", "fetches a second, of late",
               run->fetches_per_s);
}

static void add_outlook(struct metrics *metrics)
{
    const struct status_view *view = metrics->view;
    const struct outlook *outlook = view->outlook;
    add_metric(metrics, "urls_due", "gauge", "URLs that are wanted now, new or again",
               (double)view->due);
    add_metric(metrics, "work_urls", "gauge", "URLs that a run would ask for now",
               (double)outlook->backlog);
    add_metric(metrics, "work_hosts", "gauge", "hosts that have some of them",
               (double)outlook->hosts);
    add_metric(metrics, "work_hosts_resting", "gauge", "those of them that rest",
               (double)outlook->hosts_resting);
    add_metric(metrics, "work_eta_seconds", "gauge", "how long they take, by an estimate",
               (double)view->eta_ms / 1000);
}

void status_show_prom(const struct status_view *view, struct buf *out)
{
    char *path = realpath(view->answerer->directory, NULL);
    struct metrics metrics = { .view = view,
                               .out = out,
                               .crawl = label_value(path ? path : view->answerer->directory) };
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        add_metric(&metrics, shown[i].metric, shown[i].type, shown[i].what,
                   (double)view->values[shown[i].counter]);
    begin_metric(&metrics, "failures_total", "counter", "fetches that failed, by cause");
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        add_sample(&metrics, "cause", causes[i].word, (double)view->values[causes[i].counter]);
    add_time(&metrics, "last_change_timestamp_seconds", "when a page last changed",
             (int64_t)view->values[COUNTER_LAST_CHANGE_MS]);
    add_time(&metrics, "last_run_timestamp_seconds", "when the last run began",
             (int64_t)view->values[COUNTER_LAST_RUN_MS]);
    add_time(&metrics, "next_due_timestamp_seconds", "when the next URL is due", view->next_due_ms);
    add_run(&metrics);
    add_outlook(&metrics);
    add_consumers(&metrics);
    free(metrics.crawl);
    free(path);
}
