/* SPDX-License-Identifier: MIT */
#include "crawler/control/answer_parts.h"

/* ---- ls */

/* A slice: about 10 ms, of URLs or of hosts that have none. */
enum { ROWS_MOST = 2000, HOSTS_MOST = 1000 };

struct ls_walk {
    struct answerer *answerer;
    struct bytes prefix;
    uint8_t state; /* + 1; 0: all. */
    uint64_t most;
    uint64_t rows;
    struct buf *out;
};

static void add_row(struct ls_walk *walk, struct bytes url, const struct url_record *record)
{
    if ((walk->state && record->state != walk->state - 1) || !bytes_start_with(url, walk->prefix))
        return;
    pack_u8(walk->out, 1);
    pack_bytes(walk->out, url);
    pack_u8(walk->out, record->state);
    pack_u8(walk->out, record->reason);
    pack_number(walk->out, record->status);
    pack_signed(walk->out, record->checked_at_ms);
    pack_number(walk->out, record->document);
}

/* Rows of one host behind `after`; false when there is room for no more. after moves along. */
static bool ls_host(struct ls_walk *walk, struct bytes host, struct buf *after)
{
    struct url_record record;
    struct buf url, scratch;
    bool goes_on = true;
    buf_init(&url, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    while (goes_on && frontier_url_after(walk->answerer->tables->frontier, host, buf_bytes(after),
                                         &url, &record, &scratch)) {
        add_row(walk, buf_bytes(&url), &record);
        buf_reset(after);
        buf_append_bytes(after, buf_bytes(&url));
        goes_on = ++walk->rows < walk->most;
    }
    buf_clear(&url);
    buf_clear(&scratch);
    return goes_on;
}

static bool find_first_host(struct answerer *answerer, struct bytes host,
                            struct host_record *record, struct buf *scratch)
{
    if (host.length == 0)
        return frontier_host_after(answerer->tables->frontier, host, record, scratch);
    buf_reset(scratch);
    buf_append_bytes(scratch, host);
    bool is_there = frontier_host(answerer->tables->frontier, host, record) == STATUS_OK;
    record->name = buf_bytes(scratch);
    return is_there;
}

enum status answer_ls(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes host = unpack_bytes(&from);
    struct bytes after_url = unpack_bytes(&from);
    struct ls_walk walk = { .answerer = answerer };
    struct buf rows, name, after;
    struct host_record record;
    walk.prefix = unpack_bytes(&from);
    walk.state = unpack_u8(&from);
    walk.most = unpack_number(&from);
    if (walk.most == 0 || walk.most > ROWS_MOST)
        walk.most = ROWS_MOST;
    if (from.is_bad)
        return STATUS_USAGE;
    buf_init(&rows, BUF_UNBOUNDED);
    buf_init(&name, BUF_UNBOUNDED);
    buf_init(&after, BUF_UNBOUNDED);
    buf_append_bytes(&after, after_url);
    walk.out = &rows;
    /* A prefix that names its host whole needs no other. */
    struct url prefix_url;
    char storage[URL_BYTES_MAX + 1];
    bool is_one_host = walk.prefix.length > 0 &&
                       url_parse_link(&prefix_url, storage, sizeof(storage), walk.prefix, NULL) ==
                           URL_ERROR_NONE &&
                       bytes_start_with(walk.prefix, url_origin(&prefix_url)) &&
                       walk.prefix.length > url_origin(&prefix_url).length;
    if (is_one_host && host.length == 0)
        host = url_host(&prefix_url);
    bool is_there = find_first_host(answerer, host, &record, &name);
    bool has_room = true;
    for (int hosts = 0; is_there && has_room; hosts++) {
        has_room = ls_host(&walk, record.name, &after) && hosts < HOSTS_MOST;
        if (!has_room || is_one_host)
            break;
        buf_reset(&after);
        struct buf here;
        buf_init(&here, BUF_UNBOUNDED);
        buf_append_bytes(&here, record.name);
        is_there =
            frontier_host_after(answerer->tables->frontier, buf_bytes(&here), &record, &name);
        buf_clear(&here);
    }
    pack_u8(reply, !has_room);
    pack_bytes(reply, is_there ? record.name : (struct bytes){ 0 });
    pack_bytes(reply, buf_bytes(&after));
    buf_append_bytes(reply, buf_bytes(&rows));
    buf_clear(&rows);
    buf_clear(&name);
    buf_clear(&after);
    return STATUS_OK;
}

/* ---- cat */

enum status answer_cat(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes text = unpack_bytes(&from);
    struct url_facts facts;
    struct buf part;
    enum status status = STATUS_OK;
    if (!url_facts_find(&facts, answerer, text, reply)) {
        url_facts_clear(&facts);
        return STATUS_DATA;
    }
    buf_init(&part, BUF_UNBOUNDED);
    if (!facts.is_tried || facts.record.document == 0 ||
        page_get(answerer->tables->pages, NULL, facts.record.document, &part) != STATUS_OK) {
        buf_printf(reply, "%s: no page is stored; forage explain says why", facts.url.href);
        status = STATUS_NOT_FOUND;
    } else {
        pack_bytes(reply, buf_bytes(&part));
        if (body_get(answerer->tables->pages, NULL, facts.record.document, &part) != STATUS_OK)
            buf_reset(&part);
        pack_bytes(reply, buf_bytes(&part));
    }
    buf_clear(&part);
    url_facts_clear(&facts);
    return status;
}
