/* SPDX-License-Identifier: MIT */
#include "crawler/control/host_json.h"

#include "crawler/control/leave_alone.h"
#include "crawler/control/turns.h"

/* null where there is none, or it is over. */
static void json_ahead(struct json *json, const char *name, int64_t at_ms, int64_t now_ms)
{
    json_time(json, name, at_ms > now_ms && at_ms != INT64_MAX ? at_ms : 0);
}

static void write_work(struct json *json, const struct host_view *view)
{
    json_unsigned(json, "queued", host_view_new(view));
    json_unsigned(json, "held", view->host.held);
    json_unsigned(json, "due", view->due);
    json_bool(json, "is_due_estimate", view->is_due_about);
    json_unsigned(json, "under_way", view->in_flight);
    json_unsigned(json, "tried", view->tried);
    json_unsigned(json, "pages_live", view->host.pages);
    enum budget over = view->host.over_budget;
    json_text(json, "over_budget", over == BUDGET_NONE ? NULL : budget_option(over));
}

void host_json(struct json *json, const struct host_view *view, const struct config *config,
               int64_t now_ms)
{
    const struct pace *pace = &view->host.pace;
    struct turns turns = turns_of(pace, config_host_settings(config, view->host.name));
    uint64_t backlog = turns_backlog(view, config);
    int64_t start_ms = turns_start_ms(&turns, &view->host, now_ms);
    struct leave_alone leave_alone = leave_alone_of(&view->host, now_ms);
    json_string(json, "host", view->host.name);
    write_work(json, view);
    json_bool(json, "is_seeded", view->is_seeded);
    json_bool(json, "is_awake", view->is_awake);
    json_ahead(json, "asleep_until", view->is_awake ? 0 : view->host.wake_ms, now_ms);
    json_integer(json, "delay_ms", turns.delay_ms);
    json_text(json, "delay_by", delay_part_word(turns.part));
    json_unsigned(json, "connections", turns.connections);
    json_integer(json, "response_ms", turns.response_ms);
    json_integer(json, "eta_ms",
                 backlog > 0 ? start_ms - now_ms + turns_span_ms(&turns, backlog) : 0);
    json_bool(json, "is_paused", leave_alone.is_paused);
    json_ahead(json, "rests_until", leave_alone.until_ms, now_ms);
    json_text(json, "rests_for", leave_alone.is_left_alone ? leave_alone.reason : NULL);
    json_unsigned(json, "failures_in_row", pace->failures_in_row);
    json_time(json, "last_contact", pace->last_contact_ms);
}
