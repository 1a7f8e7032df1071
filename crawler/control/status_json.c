/* SPDX-License-Identifier: MIT
 *
 * status as JSON. fields.c has a line on every member: they stay what they are.
 */
#include "base/json.h"
#include "crawler/control/status_view.h"

static const struct {
    enum counter counter;
    const char *word;
} shown[] = {
#define ROW(name, word, is_total, what) { COUNTER_##name, word },
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

struct consumer_walk {
    const struct status_view *view;
    struct json *json;
};

static void write_consumer(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct consumer_walk *walk = owner;
    json_object_begin(walk->json, NULL);
    json_text(walk->json, "name", name);
    json_unsigned(walk->json, "cursor", cursor);
    json_unsigned(walk->json, "pending",
                  changes_pending(walk->view->answerer->tables->changes, cursor, PENDING_MOST));
    json_unsigned(walk->json, "behind", status_behind(walk->view, cursor));
    json_time(walk->json, "at", at_ms);
    json_object_end(walk->json);
}

static void write_run(const struct run_facts *run, struct json *json)
{
    json_bool(json, "running", run->is_running);
    if (!run->is_running) {
        json_null(json, "run");
        return;
    }
    json_object_begin(json, "run");
    json_time(json, "started", run->started_ms);
    json_bool(json, "all", run->is_all);
    json_unsigned(json, "fetches", run->fetches);
    json_unsigned(json, "pages", run->pages);
    json_unsigned(json, "bytes", run->bytes);
    json_unsigned(json, "under_way", run->in_flight);
    json_unsigned(json, "awake_hosts", run->awake_hosts);
    json_double(json, "fetches_per_second", run->fetches_per_s);
    json_object_end(json);
}

static void write_slowest(const struct outlook *outlook, struct json *json)
{
    json_array_begin(json, "slowest_hosts");
    for (size_t i = 0; i < outlook->slowest_count; i++) {
        json_object_begin(json, NULL);
        json_text(json, "host", outlook->slowest[i].name);
        json_unsigned(json, "urls", outlook->slowest[i].backlog);
        json_integer(json, "delay_ms", outlook->slowest[i].delay_ms);
        json_integer(json, "eta_ms", outlook->slowest[i].span_ms);
        json_object_end(json);
    }
    json_array_end(json);
}

static void write_outlook(const struct status_view *view, struct json *json)
{
    const struct outlook *outlook = view->outlook;
    json_object_begin(json, "work");
    json_unsigned(json, "urls", outlook->backlog);
    json_unsigned(json, "hosts", outlook->hosts);
    json_unsigned(json, "hosts_resting", outlook->hosts_resting);
    json_integer(json, "eta_ms", view->eta_ms);
    json_integer(json, "slowest_eta_ms", outlook->span_ms);
    write_slowest(outlook, json);
    json_bool(json, "is_estimate", outlook->is_about);
    json_bool(json, "is_complete", outlook->is_complete);
    json_time(json, "at", outlook->at_ms);
    json_object_end(json);
}

static void write_insecure(const struct config *config, struct json *json)
{
    struct buf hosts;
    buf_init(&hosts, BUF_UNBOUNDED);
    config_insecure_hosts(config, &hosts);
    buf_append_char(&hosts, '\0');
    json_text(json, "insecure_hosts", hosts.length > 1 ? hosts.data : NULL);
    buf_clear(&hosts);
}

static void write_paused(void *owner, struct bytes pattern)
{
    json_string(owner, NULL, pattern);
}

void status_show_json(const struct status_view *view, struct buf *out)
{
    const uint64_t *values = view->values;
    struct json json;
    struct consumer_walk walk = { view, &json };
    json_init(&json, out);
    json_object_begin(&json, NULL);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        json_unsigned(&json, shown[i].word, values[shown[i].counter]);
    json_unsigned(&json, "urls_due", view->due);
    json_object_begin(&json, "failures");
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        json_unsigned(&json, causes[i].word, values[causes[i].counter]);
    json_object_end(&json);
    json_time(&json, "last_change", (int64_t)values[COUNTER_LAST_CHANGE_MS]);
    json_time(&json, "last_run", (int64_t)values[COUNTER_LAST_RUN_MS]);
    json_time(&json, "next_due", view->next_due_ms == INT64_MAX ? 0 : view->next_due_ms);
    write_run(&view->answerer->run, &json);
    write_outlook(view, &json);
    write_insecure(view->answerer->config, &json);
    json_array_begin(&json, "paused");
    frontier_walk_paused(view->answerer->tables->frontier, write_paused, &json);
    json_array_end(&json);
    json_array_begin(&json, "consumers");
    consumers_walk(view->answerer->tables->changes, write_consumer, &walk);
    json_array_end(&json);
    json_object_end(&json);
    buf_append_char(out, '\n');
}
