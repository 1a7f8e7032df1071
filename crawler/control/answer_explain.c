/* SPDX-License-Identifier: MIT */
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/control/answer_parts.h"
#include "crawler/control/explained.h"

enum {
    SLICE_LOOKS = 50000,  /* About 10 ms of a host's queue ... */
    LOOKS_MOST = 2000000, /* ... which is searched no further than this. */
};

/* The search for the URL's place, from slice to slice: the client carries it. */
struct progress {
    struct queue_search search;
    uint64_t looked;
    bool is_over;
};

static void progress_pack(const struct progress *progress, struct buf *out)
{
    const struct queue_search *search = &progress->search;
    pack_number(out, progress->looked);
    pack_u8(out, search->is_in_flight);
    for (size_t i = 0; i <= URL_CLASSES; i++)
        pack_number(out, search->before[i]);
    pack_u8(out, (uint8_t)search->part);
    pack_u8(out, search->list);
    pack_number(out, search->number);
    pack_u8(out, search->has_place);
    pack_number(out, search->place);
}

/* Empty bytes: at the beginning. False where the bytes are none of ours. */
static bool progress_unpack(struct progress *progress, struct bytes bytes)
{
    struct unpacker from = unpacker_of(bytes);
    struct queue_search *search = &progress->search;
    *progress = (struct progress){ 0 };
    if (bytes.length == 0)
        return true;
    progress->looked = unpack_number(&from);
    search->is_in_flight = unpack_u8(&from) != 0;
    for (size_t i = 0; i <= URL_CLASSES; i++)
        search->before[i] = unpack_number(&from);
    uint8_t part = unpack_u8(&from);
    search->list = unpack_u8(&from);
    search->number = unpack_number(&from);
    search->has_place = unpack_u8(&from) != 0;
    search->place = (uint32_t)unpack_number(&from);
    if (from.is_bad || part >= SEARCH_OVER || search->list > URL_CLASS_HELD)
        return false;
    search->part = part;
    return true;
}

/* What was tried is in no queue. */
static void search_on(const struct answerer *answerer, const struct url_facts *facts,
                      struct progress *progress, uint64_t looks)
{
    progress->is_over =
        facts->is_tried ||
        !frontier_search_queue(answerer->tables->frontier, &facts->url, &progress->search, looks);
    progress->looked += looks;
}

static enum status explain(struct answerer *answerer, struct bytes typed, struct bytes meant,
                           bool is_json, const struct progress *progress, struct buf *reply)
{
    char *error = NULL;
    struct scope *own_scope =
        answerer->scope ? NULL : tables_scope(answerer->tables, answerer->config, &error);
    const struct scope *scope = answerer->scope ? answerer->scope : own_scope;
    if (!scope) {
        buf_append_string(reply, error);
        free(error);
        return STATUS_CONFIG;
    }
    struct explained *explained = xcalloc(1, sizeof(*explained));
    bool is_url = explained_gather(explained, answerer, typed, meant, scope, &progress->search,
                                   !progress->is_over, reply);
    if (is_url) {
        pack_u8(reply, false);
        (is_json ? explained_json : explained_text)(explained, reply);
    }
    explained_clear(explained);
    free(explained);
    scope_free(own_scope);
    return is_url ? STATUS_OK : STATUS_DATA;
}

enum status answer_explain(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes typed = unpack_bytes(&from);
    struct bytes meant = unpack_bytes(&from);
    bool is_json = unpack_u8(&from) != 0;
    struct bytes carried = unpack_bytes(&from);
    uint64_t looks = unpack_number(&from);
    struct progress progress;
    struct url_facts facts;
    if (from.is_bad || !progress_unpack(&progress, carried))
        return STATUS_USAGE;
    bool is_url = url_facts_find(&facts, answerer, meant, reply);
    if (is_url)
        search_on(answerer, &facts, &progress, looks > 0 ? looks : SLICE_LOOKS);
    url_facts_clear(&facts);
    if (!is_url)
        return STATUS_DATA;
    if (progress.is_over || progress.looked >= LOOKS_MOST)
        return explain(answerer, typed, meant, is_json, &progress, reply);
    struct buf next;
    buf_init(&next, BUF_UNBOUNDED);
    progress_pack(&progress, &next);
    pack_u8(reply, true);
    pack_bytes(reply, buf_bytes(&next));
    buf_clear(&next);
    return STATUS_OK;
}
