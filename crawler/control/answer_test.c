/* SPDX-License-Identifier: MIT
 *
 * answer_test - what `forage test` asks of a crawl: its scope, its copies of robots.txt, and what
 * it would ask for a page with.
 */
#include <stdlib.h>

#include "base/site.h"
#include "crawler/control/answer_parts.h"
#include "crawler/control/scope_report.h"

static void pack_verdict(const struct scope *scope, const struct url *url, uint32_t depth,
                         struct buf *reply)
{
    struct scope_answer answer;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    pack_u8(reply, scope_has(scope, url, depth, &answer));
    scope_answer_print(&answer, &text);
    pack_bytes(reply, buf_bytes(&text));
    buf_clear(&text);
}

enum status answer_scope(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes text = unpack_bytes(&from);
    uint64_t depth = unpack_number(&from);
    uint8_t form = unpack_u8(&from);
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    char *error = NULL;
    if (from.is_bad || depth > UINT32_MAX || form >= SCOPE_FORMS)
        return STATUS_USAGE;
    if (!answer_read_url(answerer, &url, storage, sizeof(storage), text, reply))
        return STATUS_DATA;
    struct scope *own_scope =
        answerer->scope ? NULL : tables_scope(answerer->tables, answerer->config, &error);
    const struct scope *scope = answerer->scope ? answerer->scope : own_scope;
    if (scope && form == SCOPE_VERDICT)
        pack_verdict(scope, &url, (uint32_t)depth, reply);
    else if (scope)
        scope_report(scope, &url, (uint32_t)depth, form == SCOPE_JSON, reply);
    else
        buf_append_string(reply, error);
    scope_free(own_scope);
    free(error);
    return scope ? STATUS_OK : STATUS_CONFIG;
}

enum status answer_origin(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes text = unpack_bytes(&from);
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    if (from.is_bad)
        return STATUS_USAGE;
    if (!answer_read_url(answerer, &url, storage, sizeof(storage), text, reply))
        return STATUS_DATA;
    if (origin_get(answerer->tables->origins, NULL, url_origin(&url), reply) != STATUS_OK)
        buf_reset(reply);
    return STATUS_OK;
}

static void pack_request(const struct answerer *answerer, const struct url_facts *facts,
                         struct buf *reply)
{
    const struct url_record *record = &facts->record;
    struct buf cookies;
    buf_init(&cookies, BUF_UNBOUNDED);
    if (site_cookies_get(answerer->tables->cookies, NULL, site_of_host(url_host(&facts->url)),
                         &cookies) != STATUS_OK)
        buf_reset(&cookies);
    pack_u8(reply, facts->is_tried);
    pack_signed(reply, record->fetched_at_ms);
    pack_signed(reply, record->fresh_until_ms);
    pack_number(reply, record->document);
    pack_bytes(reply, record->etag);
    pack_bytes(reply, record->last_modified);
    pack_bytes(reply, record->cached);
    pack_bytes(reply, buf_bytes(&cookies));
    buf_clear(&cookies);
}

enum status answer_request(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct bytes text = unpack_bytes(&from);
    struct url_facts facts;
    if (from.is_bad)
        return STATUS_USAGE;
    bool is_url = url_facts_find(&facts, answerer, text, reply);
    if (is_url)
        pack_request(answerer, &facts, reply);
    url_facts_clear(&facts);
    return is_url ? STATUS_OK : STATUS_DATA;
}
