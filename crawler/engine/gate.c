/* SPDX-License-Identifier: MIT */
#include "crawler/engine/gate.h"

#include <stdlib.h>

#include "base/memory.h"

static void gate_free(struct gate *gate)
{
    robots_free(gate->robots);
    buf_clear(&gate->kept);
    free(gate->redirect);
    free(gate->origin);
    free(gate);
}

void gates_free(struct gate *gates)
{
    while (gates) {
        struct gate *next = gates->next;
        gate_free(gates);
        gates = next;
    }
}

struct gate *gate_for(struct gate **gates, const struct url *url)
{
    struct bytes origin = url_origin(url);
    for (struct gate *gate = *gates; gate; gate = gate->next)
        if (bytes_equal(bytes_from_string(gate->origin), origin))
            return gate;
    struct gate *gate = xcalloc(1, sizeof(*gate));
    gate->origin = xbytesdup(origin);
    buf_init(&gate->kept, BUF_UNBOUNDED);
    gate->next = *gates;
    *gates = gate;
    return gate;
}

/* Takes the record in `kept` for the truth. */
static void read_kept(struct gate *gate, struct bytes product_token)
{
    robots_free(gate->robots);
    gate->robots = NULL;
    if (!origin_decode(&gate->record, buf_bytes(&gate->kept)))
        gate->record = (struct origin_record){ 0 };
    if (gate->record.good_at_ms > 0)
        gate->robots = robots_new(gate->record.body, product_token);
}

void gate_restore(struct gate *gate, struct bytes record, struct bytes product_token)
{
    buf_reset(&gate->kept);
    buf_append_bytes(&gate->kept, record);
    read_kept(gate, product_token);
}

void gates_read_again(struct gate *gates, struct bytes product_token)
{
    for (struct gate *gate = gates; gate; gate = gate->next)
        if (gate->robots)
            read_kept(gate, product_token);
}

enum robots_verdict gate_verdict(const struct gate *gate, int64_t now_ms)
{
    return robots_verdict(&gate->record, now_ms);
}

void gate_answer(struct gate *gate, const struct robots_answer *answer, enum outcome trouble,
                 struct bytes product_token, int64_t now_ms)
{
    struct origin_record record = gate->record;
    robots_record_answer(&record, answer, now_ms);
    struct buf encoded;
    buf_init(&encoded, BUF_UNBOUNDED);
    origin_encode(&record, &encoded);
    buf_clear(&gate->kept);
    gate->kept = encoded;
    read_kept(gate, product_token);
    gate->trouble = trouble;
    gate->detail[0] = '\0';
    gate->is_fetching = false;
    gate->hops = 0;
    free(gate->redirect);
    gate->redirect = NULL;
}

void gate_url(const struct gate *gate, struct buf *out)
{
    if (gate->redirect)
        buf_append_string(out, gate->redirect);
    else
        buf_printf(out, "%s/robots.txt", gate->origin);
}

bool gate_redirect(struct gate *gate, struct bytes location)
{
    char storage[URL_BYTES_MAX + 1];
    struct buf asked;
    struct url base, target;
    buf_init(&asked, BUF_UNBOUNDED);
    gate_url(gate, &asked);
    bool goes_on =
        ++gate->hops <= GATE_HOPS_MOST && location.length > 0 &&
        url_split(&base, buf_bytes(&asked)) &&
        url_parse_link(&target, storage, sizeof(storage), location, &base) == URL_ERROR_NONE;
    if (goes_on) {
        free(gate->redirect);
        gate->redirect = xbytesdup(url_bytes(&target));
        gate->is_fetching = false;
    }
    buf_clear(&asked);
    return goes_on;
}
