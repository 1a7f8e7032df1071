/* SPDX-License-Identifier: MIT */
#include "crawler/control/answer_parts.h"
#include "crawler/control/status_view.h"
#include "crawler/control/survey.h"

/* 500 hosts that have work: 3 ms, and 12 where they are read from disk. */
enum { SLICE_LOOKS = 2000 };

static void show(struct answerer *answerer, const struct outlook *outlook, enum status_form form,
                 struct buf *reply)
{
    static void (*const forms[STATUS_FORMS])(const struct status_view *, struct buf *) = {
        [STATUS_TEXT] = status_show_text,
        [STATUS_JSON] = status_show_json,
        [STATUS_PROM] = status_show_prom,
    };
    const uint64_t *values = answerer->tables->counters.values;
    struct status_view view = {
        .answerer = answerer,
        .values = values,
        .outlook = outlook,
        .due = outlook->due + values[COUNTER_URLS_QUEUED],
        .next_due_ms = outlook->next_due_ms,
        .eta_ms = outlook_span_ms(outlook, answerer->run.fetches_per_s),
    };
    /* A URL that was never tried is wanted at once. */
    if (values[COUNTER_URLS_QUEUED] > 0 && view.next_due_ms > answerer->now_ms)
        view.next_due_ms = answerer->now_ms;
    forms[form](&view, reply);
}

enum status answer_status(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct tables *tables = answerer->tables;
    struct unpacker from = unpacker_of(payload);
    uint8_t form = unpack_u8(&from);
    bool is_last_time = unpack_u8(&from) != 0;
    uint64_t looks = unpack_number(&from);
    if (from.is_bad || form >= STATUS_FORMS)
        return STATUS_USAGE;
    survey_step(tables->survey, tables->frontier, answerer->config, answerer->now_ms,
                looks > 0 ? looks : SLICE_LOOKS);
    const struct outlook *outlook = survey_outlook(tables->survey);
    bool is_more = !outlook->is_complete && !is_last_time;
    pack_u8(reply, is_more);
    if (!is_more)
        show(answerer, outlook, (enum status_form)form, reply);
    return STATUS_OK;
}
