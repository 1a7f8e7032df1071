/* SPDX-License-Identifier: MIT */
#include "crawler/engine/gate.h"

#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

/* ---- The room */

static void enter_room(struct gate *gate)
{
    struct gate_room *room = gate->gates->room;
    gate->newer = NULL;
    gate->older = room->newest;
    if (room->newest)
        room->newest->newer = gate;
    else
        room->oldest = gate;
    room->newest = gate;
}

static void leave_room(struct gate *gate)
{
    struct gate_room *room = gate->gates->room;
    if (gate->newer)
        gate->newer->older = gate->older;
    else
        room->newest = gate->older;
    if (gate->older)
        gate->older->newer = gate->newer;
    else
        room->oldest = gate->newer;
}

static void gate_free(struct gate *gate)
{
    leave_room(gate);
    gate->gates->room->bytes -= gate->bytes;
    robots_free(gate->robots);
    buf_clear(&gate->kept);
    free(gate->redirect);
    free(gate->origin);
    free(gate);
}

static int64_t own_delay_ms(const struct gate *gate)
{
    return gate->robots ? robots_crawl_delay_ms(gate->robots) : -1;
}

static int64_t delay_until_ms(const struct gate *gate)
{
    return gate->record.expires_at_ms + ROBOTS_FRESH_MOST_MS;
}

/* Its wish for a delay stays. */
static void drop(struct gate *gate)
{
    struct gates *gates = gate->gates;
    struct gate **place = &gates->first;
    while (*place != gate)
        place = &(*place)->next;
    *place = gate->next;
    gates->count--;
    if (own_delay_ms(gate) > gates->gone_delay_ms) {
        gates->gone_delay_ms = own_delay_ms(gate);
        gates->gone_until_ms = delay_until_ms(gate);
    }
    gate_free(gate);
}

static bool is_in_use(const struct gate *gate)
{
    return gate->is_fetching || gate->is_awaited || gate->redirect;
}

static void make_room(struct gate_room *room)
{
    struct gate *gate = room->oldest;
    while (room->bytes > room->most && gate != room->newest) {
        struct gate *newer = gate->newer;
        if (!is_in_use(gate))
            drop(gate);
        gate = newer;
    }
}

/* The same among those of a host. */
static void make_room_in_host(struct gates *gates)
{
    struct gate *unused = NULL;
    if (gates->count <= GATES_OF_HOST_MOST)
        return;
    for (struct gate *gate = gates->first->next; gate; gate = gate->next)
        if (!is_in_use(gate))
            unused = gate;
    if (unused)
        drop(unused);
}

/* After what it holds has changed. */
static void weigh(struct gate *gate)
{
    struct gate_room *room = gate->gates->room;
    room->bytes -= gate->bytes;
    gate->bytes = sizeof(*gate) + strlen(gate->origin) + gate->kept.length +
                  (gate->robots ? robots_memory_bytes(gate->robots) : 0);
    room->bytes += gate->bytes;
}

/* ---- The gates of a host */

void gates_init(struct gates *gates, struct gate_room *room, int64_t crawl_delay_ms,
                int64_t last_contact_ms)
{
    /* Whatever asked for it was asked for before that contact, and is out of date a day later. */
    *gates = (struct gates){ .room = room,
                             .gone_delay_ms = crawl_delay_ms,
                             .gone_until_ms = last_contact_ms + ROBOTS_FRESH_MOST_MS };
}

void gates_clear(struct gates *gates)
{
    while (gates->first) {
        struct gate *next = gates->first->next;
        gate_free(gates->first);
        gates->first = next;
    }
}

static struct gate *gate_new(struct gates *gates, struct bytes origin)
{
    struct gate *gate = xcalloc(1, sizeof(*gate));
    gate->gates = gates;
    gate->origin = xbytesdup(origin);
    buf_init(&gate->kept, BUF_UNBOUNDED);
    enter_room(gate);
    weigh(gate);
    return gate;
}

/* Takes it out of the host's list; NULL where it is not there. */
static struct gate *take_gate(struct gates *gates, struct bytes origin)
{
    struct gate **place = &gates->first;
    while (*place && !bytes_equal(bytes_from_string((*place)->origin), origin))
        place = &(*place)->next;
    struct gate *gate = *place;
    if (gate)
        *place = gate->next;
    return gate;
}

struct gate *gate_for(struct gates *gates, const struct url *url)
{
    struct gate *gate = take_gate(gates, url_origin(url));
    if (!gate) {
        gate = gate_new(gates, url_origin(url));
        gates->count++;
    }
    gate->next = gates->first;
    gates->first = gate;
    leave_room(gate);
    enter_room(gate);
    make_room_in_host(gates);
    make_room(gates->room);
    return gate;
}

struct gate *gate_of_errand(const struct gates *gates, uint64_t number)
{
    struct gate *gate = gates->first;
    while (gate && !(gate->is_fetching && gate->errand == number))
        gate = gate->next;
    return gate;
}

int64_t gates_crawl_delay_ms(const struct gates *gates, int64_t now_ms)
{
    int64_t delay_ms = now_ms < gates->gone_until_ms ? gates->gone_delay_ms : -1;
    for (const struct gate *gate = gates->first; gate; gate = gate->next)
        if (now_ms < delay_until_ms(gate))
            delay_ms = time_later(delay_ms, own_delay_ms(gate));
    return delay_ms;
}

void gates_note_crawl_delay(struct gates *gates, int64_t crawl_delay_ms, int64_t now_ms)
{
    bool is_known = now_ms < gates->gone_until_ms && gates->gone_delay_ms > crawl_delay_ms;
    if (crawl_delay_ms < 0 || is_known)
        return;
    gates->gone_delay_ms = crawl_delay_ms;
    gates->gone_until_ms = now_ms + ROBOTS_FRESH_MOST_MS;
}

/* ---- One gate */

/* Takes the record in `kept` for the truth. */
static void read_kept(struct gate *gate, struct bytes product_token)
{
    robots_free(gate->robots);
    gate->robots = NULL;
    if (!origin_decode(&gate->record, buf_bytes(&gate->kept)))
        gate->record = (struct origin_record){ 0 };
    if (gate->record.good_at_ms > 0)
        gate->robots = robots_new(gate->record.body, product_token);
    gate->is_told = true;
    gate->is_awaited = false;
    weigh(gate);
}

void gate_tell(struct gate *gate, struct bytes record, struct bytes product_token)
{
    if (gate->is_told)
        return;
    buf_append_bytes(&gate->kept, record);
    read_kept(gate, product_token);
    /* It is the one that is remembered. */
    if (own_delay_ms(gate) == gate->gates->gone_delay_ms)
        gate->gates->gone_delay_ms = -1;
}

void gates_read_again(struct gates *gates, struct bytes product_token)
{
    for (struct gate *gate = gates->first; gate; gate = gate->next)
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
    gate->errand = 0;
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

enum gate_hop gate_redirect(struct gate *gate, struct bytes location)
{
    char storage[URL_BYTES_MAX + 1];
    struct buf asked;
    struct url base, target;
    if (++gate->hops > GATE_HOPS_MOST)
        return GATE_HOP_TOO_MANY;
    buf_init(&asked, BUF_UNBOUNDED);
    gate_url(gate, &asked);
    bool is_somewhere =
        location.length > 0 && url_split(&base, buf_bytes(&asked)) &&
        url_parse_link(&target, storage, sizeof(storage), location, &base) == URL_ERROR_NONE &&
        target.scheme != URL_SCHEME_FTP;
    if (is_somewhere) {
        free(gate->redirect);
        gate->redirect = xbytesdup(url_bytes(&target));
        gate->is_fetching = false;
        gate->errand = 0;
    }
    buf_clear(&asked);
    return is_somewhere ? GATE_HOP_NEXT : GATE_HOP_NOWHERE;
}
