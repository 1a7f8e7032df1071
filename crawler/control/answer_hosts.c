/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/clock.h"
#include "base/printable.h"
#include "crawler/control/answer_parts.h"
#include "crawler/control/host_json.h"
#include "crawler/control/leave_alone.h"
#include "crawler/control/phrases.h"
#include "crawler/control/turns.h"

/* About 10 ms. */
enum { HOSTS_MOST = 500 };

struct hosts_page {
    struct answerer *answerer;
    bool is_json;
    struct buf *out;
};

static void show_json(const struct hosts_page *page, const struct host_view *view)
{
    struct json json;
    json_init(&json, page->out);
    json_object_begin(&json, NULL);
    host_json(&json, view, page->answerer->config, page->answerer->now_ms);
    json_object_end(&json);
    buf_append_char(page->out, '\n');
}

static void show_pace(const struct hosts_page *page, const struct host_view *view)
{
    const struct answerer *answerer = page->answerer;
    const struct pace *pace = &view->host.pace;
    struct turns turns = turns_of(pace, config_host_settings(answerer->config, view->host.name));
    uint64_t backlog = turns_backlog(view, answerer->config);
    char span[CLOCK_TEXT_BYTES];
    buf_printf(page->out, ", delay %s", clock_format_span(span, turns.delay_ms));
    if (turns.part != DELAY_PART_OURS)
        buf_printf(page->out, " (%s)", delay_part_word(turns.part));
    if (backlog > 0)
        buf_printf(page->out, ", %s left", clock_format_span(span, turns_span_ms(&turns, backlog)));
    struct leave_alone leave_alone = leave_alone_of(&view->host, answerer->now_ms);
    if (leave_alone.is_left_alone) {
        buf_append_string(page->out, ", ");
        leave_alone_print(&leave_alone, answerer->now_ms, page->out);
    }
    if (view->host.over_budget != BUDGET_NONE)
        buf_printf(page->out, ", gets no new URLs: %s", budget_text(view->host.over_budget));
    if (pace->failures_in_row > 0)
        buf_printf(page->out, ", failures in a row %" PRIu32, pace->failures_in_row);
}

static void show_line(const struct hosts_page *page, const struct host_view *view)
{
    printable_append(page->out, view->host.name, PRINTABLE_LINE);
    buf_printf(page->out,
               " %" PRIu64 " queued, %" PRIu64 " held, %s%" PRIu64 " due, %" PRIu64 " live",
               host_view_new(view), view->host.held, view->is_due_about ? "about " : "", view->due,
               view->host.pages);
    show_pace(page, view);
    buf_append_string(page->out, view->is_awake ? ", awake\n" : "\n");
}

/* The domain itself, or a name below it. */
static bool is_within(struct bytes host, struct bytes domain)
{
    return domain.length == 0 || bytes_equal(host, domain) ||
           (host.length > domain.length && bytes_end_with(host, domain) &&
            host.data[host.length - domain.length - 1] == '.');
}

/* A domain and what lies below it are one range in the order of the hosts. */
static bool find_next(const struct answerer *answerer, struct bytes after, struct bytes domain,
                      struct host_view *view, struct buf *name)
{
    struct frontier *frontier = answerer->tables->frontier;
    bool is_first = after.length == 0 && domain.length > 0;
    if (is_first && frontier_view_host(frontier, domain, answerer->now_ms, view) == STATUS_OK) {
        buf_reset(name);
        buf_append_bytes(name, domain);
        view->host.name = buf_bytes(name);
        return true;
    }
    return frontier_view_after(frontier, is_first ? domain : after, answerer->now_ms, view, name) &&
           is_within(view->host.name, domain);
}

enum status answer_hosts(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes after = unpack_bytes(&from);
    struct bytes domain = unpack_bytes(&from);
    struct buf lines, last, name;
    struct hosts_page page = { .answerer = answerer, .out = &lines };
    struct host_view view;
    page.is_json = unpack_u8(&from) != 0;
    uint64_t most = unpack_number(&from);
    if (from.is_bad)
        return STATUS_USAGE;
    if (most == 0 || most > HOSTS_MOST)
        most = HOSTS_MOST;
    buf_init(&lines, BUF_UNBOUNDED);
    buf_init(&last, BUF_UNBOUNDED);
    buf_init(&name, BUF_UNBOUNDED);
    buf_append_bytes(&last, after);
    uint64_t count = 0;
    while (count < most && find_next(answerer, buf_bytes(&last), domain, &view, &name)) {
        (page.is_json ? show_json : show_line)(&page, &view);
        buf_reset(&last);
        buf_append_bytes(&last, buf_bytes(&name));
        count++;
    }
    pack_u8(reply, count == most);
    pack_bytes(reply, buf_bytes(&last));
    buf_append_bytes(reply, buf_bytes(&lines));
    buf_clear(&lines);
    buf_clear(&last);
    buf_clear(&name);
    return STATUS_OK;
}
