/* SPDX-License-Identifier: MIT */
#include "crawler/control/answers.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/control/answer_parts.h"
#include "crawler/control/configured_scope.h"

enum status answer(struct answerer *answerer, enum question question, struct bytes payload,
                   struct buf *reply)
{
    static answer_part *const parts[QUESTION_COUNT] = {
        [QUESTION_STATUS] = answer_status,
        [QUESTION_SEED] = answer_seed,
        [QUESTION_EXPLAIN] = answer_explain,
        [QUESTION_LS] = answer_ls,
        [QUESTION_CAT] = answer_cat,
        [QUESTION_EXPORT] = answer_export,
        [QUESTION_ACKNOWLEDGE] = answer_acknowledge,
        [QUESTION_PAUSE] = answer_pause,
        [QUESTION_RESUME] = answer_resume,
        [QUESTION_PAUSED] = answer_paused,
        [QUESTION_SCOPE] = answer_scope,
        [QUESTION_ORIGIN] = answer_origin,
        [QUESTION_REQUEST] = answer_request,
        [QUESTION_HOSTS] = answer_hosts,
        [QUESTION_COOKIES] = answer_cookies,
        [QUESTION_SET_COOKIES] = answer_set_cookies,
    };
    buf_reset(reply);
    if (!parts[question])
        return STATUS_USAGE;
    return parts[question](answerer, payload, reply);
}

/* ---- The scope */

struct seed_list {
    struct bytes *seeds;
    size_t count;
};

static void collect_seed(void *owner, struct bytes seed)
{
    struct seed_list *list = owner;
    list->seeds = xreallocarray(list->seeds, list->count + 1, sizeof(*list->seeds));
    list->seeds[list->count++] = bytes_of(xbytesdup(seed), seed.length);
}

static void seed_list_clear(struct seed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->seeds[i].data);
    free(list->seeds);
}

struct scope *tables_scope(const struct tables *tables, const struct config *config, char **error)
{
    struct seed_list list = { 0 };
    frontier_walk_seeds(tables->frontier, collect_seed, &list);
    struct scope *scope = configured_scope(config, list.seeds, list.count, error);
    seed_list_clear(&list);
    return scope;
}

/* ---- Seeds */

/* The next URL of the payload, canonical; false with a text in reply for what is none. */
static bool unpack_seed(const struct answerer *answerer, struct unpacker *from, struct url *url,
                        char *storage, size_t size, struct buf *reply)
{
    struct bytes text = unpack_bytes(from);
    return answer_read_url(answerer, url, storage, size, from->is_bad ? (struct bytes){ 0 } : text,
                           reply);
}

/* All of them are looked at before the first is added: what was added cannot be taken back. */
enum status answer_seed(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct tables *tables = answerer->tables;
    uint64_t before = tables->counters.values[COUNTER_URLS_KNOWN];
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    for (struct unpacker from = unpacker_of(payload); from.left > 0;)
        if (!unpack_seed(answerer, &from, &url, storage, sizeof(storage), reply))
            return STATUS_DATA;
    frontier_load_seen(tables->frontier);
    struct txn *txn = database_begin(tables->database);
    for (struct unpacker from = unpacker_of(payload); from.left > 0;) {
        unpack_seed(answerer, &from, &url, storage, sizeof(storage), reply);
        frontier_add_seed(tables->frontier, txn, &url, answerer->now_ms);
    }
    frontier_flush(tables->frontier, txn, answerer->now_ms);
    counters_save(&tables->counters, txn, tables->database);
    database_commit(txn);
    frontier_committed(tables->frontier);
    database_flush(tables->database);
    answerer->seeds_changed = true;
    pack_number(reply, tables->counters.values[COUNTER_URLS_KNOWN] - before);
    return STATUS_OK;
}

/* ---- What several answers need */

bool answer_read_url(const struct answerer *answerer, struct url *url, char *storage, size_t size,
                     struct bytes text, struct buf *reply)
{
    enum url_error error = url_parse_link(url, storage, size, text, NULL);
    if (error != URL_ERROR_NONE) {
        buf_printf(reply, "%.*s: %s", (int)text.length, text.data ? text.data : "",
                   url_error_text(error));
        return false;
    }
    url_apply_rules(url, storage, size, config_url_rules(answerer->config, url_host(url)));
    return true;
}

bool url_facts_find(struct url_facts *facts, const struct answerer *answerer, struct bytes text,
                    struct buf *reply)
{
    *facts = (struct url_facts){ 0 };
    buf_init(&facts->scratch, BUF_UNBOUNDED);
    if (!answer_read_url(answerer, &facts->url, facts->storage, sizeof(facts->storage), text,
                         reply))
        return false;
    facts->is_tried = frontier_lookup(answerer->tables->frontier, NULL, &facts->url, &facts->record,
                                      &facts->scratch) == STATUS_OK;
    return true;
}

void url_facts_clear(struct url_facts *facts)
{
    buf_clear(&facts->scratch);
}

bool document_url(const struct answerer *answerer, uint64_t document, struct buf *out)
{
    struct buf record;
    struct page page;
    buf_init(&record, BUF_UNBOUNDED);
    bool is_there = document > 0 &&
                    page_get(answerer->tables->pages, NULL, document, &record) == STATUS_OK &&
                    page_decode_head(&page, buf_bytes(&record));
    if (is_there)
        buf_append_bytes(out, page.url);
    buf_clear(&record);
    return is_there;
}
