/* SPDX-License-Identifier: MIT */
#include "crawler/control/answer_parts.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/memory.h"

enum { PENDING_MOST = 1000000 };

/* Counters shown as they are, in this order. */
static const enum counter shown[] = {
    COUNTER_URLS_KNOWN,     COUNTER_URLS_QUEUED,   COUNTER_URLS_HELD,   COUNTER_URLS_TRIED,
    COUNTER_PAGES_LIVE,     COUNTER_PAGES_GONE,    COUNTER_HOSTS,       COUNTER_FETCHES,
    COUNTER_NOT_MODIFIED,   COUNTER_UNCHANGED,     COUNTER_REDIRECTS,   COUNTER_ROBOTS_FETCHES,
    COUNTER_ROBOTS_REFUSED, COUNTER_SCOPE_REFUSED, COUNTER_RULE_LIMITS, COUNTER_LINKS,
    COUNTER_BYTES,          COUNTER_BODY_BYTES,
};

static const enum counter causes[] = {
    COUNTER_FAILED_DNS,      COUNTER_FAILED_CONNECT,  COUNTER_FAILED_TLS,
    COUNTER_FAILED_TIMEOUT,  COUNTER_FAILED_PROTOCOL, COUNTER_FAILED_ADDRESS,
    COUNTER_FAILED_HTTP_4XX, COUNTER_FAILED_HTTP_5XX, COUNTER_FAILED_LIMIT,
};

/* "failed_dns" -> "dns". */
static const char *cause_word(enum counter counter)
{
    return counter_word(counter) + strlen("failed_");
}

struct consumer_walk {
    struct answerer *answerer;
    struct json *json;
    struct buf *text;
};

static void show_consumer(void *owner, const char *name, uint64_t cursor, int64_t at_ms)
{
    struct consumer_walk *walk = owner;
    char when[CLOCK_TEXT_BYTES];
    uint64_t pending = changes_pending(walk->answerer->tables->changes, cursor, PENDING_MOST);
    if (walk->json) {
        json_object_begin(walk->json, NULL);
        json_text(walk->json, "name", name);
        json_unsigned(walk->json, "cursor", cursor);
        json_unsigned(walk->json, "pending", pending);
        json_time(walk->json, "at", at_ms);
        json_object_end(walk->json);
        return;
    }
    buf_printf(walk->text, "consumer %s: %" PRIu64 " changes to come, last export %s\n", name,
               pending, clock_format(when, at_ms));
}

static void status_json(struct answerer *answerer, uint64_t due, int64_t next_due_ms,
                        struct buf *reply)
{
    const uint64_t *values = answerer->tables->counters.values;
    struct json json;
    json_init(&json, reply);
    json_object_begin(&json, NULL);
    for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
        json_unsigned(&json, counter_word(shown[i]), values[shown[i]]);
    json_unsigned(&json, "urls_due", due);
    json_object_begin(&json, "failures");
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        json_unsigned(&json, cause_word(causes[i]), values[causes[i]]);
    json_object_end(&json);
    json_time(&json, "last_change", (int64_t)values[COUNTER_LAST_CHANGE_MS]);
    json_time(&json, "last_run", (int64_t)values[COUNTER_LAST_RUN_MS]);
    json_time(&json, "next_due", next_due_ms == INT64_MAX ? 0 : next_due_ms);
    json_bool(&json, "running", answerer->run.is_running);
    if (answerer->run.is_running) {
        json_object_begin(&json, "run");
        json_time(&json, "started", answerer->run.started_ms);
        json_unsigned(&json, "fetches", answerer->run.fetches);
        json_unsigned(&json, "pages", answerer->run.pages);
        json_unsigned(&json, "bytes", answerer->run.bytes);
        json_unsigned(&json, "under_way", answerer->run.in_flight);
        json_unsigned(&json, "awake_hosts", answerer->run.awake_hosts);
        json_object_end(&json);
    }
    struct consumer_walk walk = { answerer, &json, NULL };
    json_array_begin(&json, "consumers");
    consumers_walk(answerer->tables->changes, show_consumer, &walk);
    json_array_end(&json);
    json_object_end(&json);
    buf_append_char(reply, '\n');
}

static void show_failures(const uint64_t *values, struct buf *reply)
{
    const char *separator = "";
    buf_append_string(reply, "failures   ");
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++) {
        if (values[causes[i]] == 0)
            continue;
        buf_printf(reply, "%s%s %" PRIu64, separator, cause_word(causes[i]), values[causes[i]]);
        separator = ", ";
    }
    buf_append_string(reply, *separator ? "\n" : "none\n");
}

static void status_text_for_people(struct answerer *answerer, uint64_t due, int64_t next_due_ms,
                                   struct buf *reply)
{
    const uint64_t *values = answerer->tables->counters.values;
    char when[CLOCK_TEXT_BYTES];
    buf_printf(reply, "crawl      %s\n", answerer->directory);
    if (answerer->run.is_running)
        buf_printf(reply,
                   "run        since %s: %" PRIu64 " pages, %" PRIu64 " fetches, %" PRIu64
                   " under way, %" PRIu64 " hosts awake\n",
                   clock_format(when, answerer->run.started_ms), answerer->run.pages,
                   answerer->run.fetches, answerer->run.in_flight, answerer->run.awake_hosts);
    else
        buf_printf(reply, "run        none; the last one began %s\n",
                   clock_format(when, (int64_t)values[COUNTER_LAST_RUN_MS]));
    buf_printf(reply,
               "urls       %" PRIu64 " known, %" PRIu64 " queued, %" PRIu64 " held, %" PRIu64
               " tried, %" PRIu64 " due\n",
               values[COUNTER_URLS_KNOWN], values[COUNTER_URLS_QUEUED], values[COUNTER_URLS_HELD],
               values[COUNTER_URLS_TRIED], due);
    buf_printf(reply, "pages      %" PRIu64 " live, %" PRIu64 " gone, on %" PRIu64 " hosts\n",
               values[COUNTER_PAGES_LIVE], values[COUNTER_PAGES_GONE], values[COUNTER_HOSTS]);
    buf_printf(reply,
               "fetches    %" PRIu64 ", %" PRIu64 " not modified, %" PRIu64 " unchanged, %" PRIu64
               " redirects, %.1f MB received\n",
               values[COUNTER_FETCHES], values[COUNTER_NOT_MODIFIED], values[COUNTER_UNCHANGED],
               values[COUNTER_REDIRECTS], (double)values[COUNTER_BYTES] / 1e6);
    buf_printf(reply, "refused    %" PRIu64 " by robots.txt, %" PRIu64 " by scope\n",
               values[COUNTER_ROBOTS_REFUSED], values[COUNTER_SCOPE_REFUSED]);
    if (values[COUNTER_RULE_LIMITS] > 0)
        buf_printf(reply,
                   "rules      took too long %" PRIu64
                   " times, and did not match; forage test scope URL says which\n",
                   values[COUNTER_RULE_LIMITS]);
    show_failures(values, reply);
    buf_printf(reply, "changed    %s\n",
               clock_format(when, (int64_t)values[COUNTER_LAST_CHANGE_MS]));
    buf_printf(reply, "next due   %s\n",
               clock_format(when, next_due_ms == INT64_MAX ? 0 : next_due_ms));
    struct consumer_walk walk = { answerer, NULL, reply };
    consumers_walk(answerer->tables->changes, show_consumer, &walk);
}

enum status answer_status(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    bool is_json = unpack_u8(&from) != 0;
    int64_t next_due_ms = INT64_MAX;
    uint64_t due = frontier_due_count(answerer->tables->frontier, answerer->now_ms, &next_due_ms);
    /* A URL that was never tried is wanted at once. */
    uint64_t queued = answerer->tables->counters.values[COUNTER_URLS_QUEUED];
    due += queued;
    if (queued > 0 && next_due_ms > answerer->now_ms)
        next_due_ms = answerer->now_ms;
    if (is_json)
        status_json(answerer, due, next_due_ms, reply);
    else
        status_text_for_people(answerer, due, next_due_ms, reply);
    return STATUS_OK;
}
