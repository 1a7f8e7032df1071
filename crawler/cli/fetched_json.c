/* SPDX-License-Identifier: MIT
 *
 * A hop for programs; secrets are masked, as for people.
 */
#include "crawler/cli/fetched.h"

#include "crawler/fetch/headers.h"

/* Each line of a head as a string. */
static void json_head(const struct fetched *fetched, struct json *json, const char *name,
                      struct bytes head)
{
    struct header_field field;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    json_array_begin(json, name);
    for (size_t from = 0; header_walk(head, &from, &field);) {
        buf_reset(&text);
        fetched_line(fetched, &field, &text);
        if (text.length > 0)
            json_string(json, NULL, buf_bytes(&text));
    }
    json_array_end(json);
    buf_clear(&text);
}

static void json_permission(const struct fetched *fetched, struct json *json)
{
    struct buf text;
    if (fetched->kind != HOP_PAGE)
        return;
    buf_init(&text, BUF_UNBOUNDED);
    json_object_begin(json, "scope");
    json_bool(json, "is_in", fetched->is_in_scope);
    json_string(json, "reason", buf_bytes(&fetched->scope));
    json_object_end(json);
    json_object_begin(json, "robots");
    json_bool(json, "ignored", fetched->is_robots_ignored);
    if (fetched->robots.copy) {
        robots_ruling_print(&fetched->robots, &text);
        json_bool(json, "allowed", fetched->robots.is_allowed);
        json_string(json, "reason", buf_bytes(&text));
        json_text(json, "detail", fetched->robots.copy->detail);
    }
    json_object_end(json);
    buf_clear(&text);
}

static void json_names(const struct inquiry_trace *trace, struct json *json)
{
    char address[ADDRESS_TEXT_BYTES];
    if (!trace->is_looked_up)
        return;
    json_array_begin(json, "names");
    for (size_t i = 0; i < trace->names.count; i++) {
        json_object_begin(json, NULL);
        json_text(json, "address", address_text(&trace->names.addresses[i], address));
        json_text(json, "range", address_range(&trace->names.addresses[i]));
        json_object_end(json);
    }
    json_array_end(json);
    json_integer(json, "names_ms", trace->names_ms);
}

static void json_connection(const struct fetched *fetched, struct json *json)
{
    static const char *const words[] = {
#define ROW(name, word, prefix) word,
        TLS_FACT_TABLE(ROW)
#undef ROW
    };
    const struct transfer_result *result = &fetched->result;
    char address[ADDRESS_TEXT_BYTES];
    if (fetched->trace.proxy.length > 0)
        json_string(json, "proxy", buf_bytes(&fetched->trace.proxy));
    if (result->is_connected) {
        json_text(json, "address", address_text(&result->address, address));
        json_bool(json, "reused", result->is_reused);
    }
    if (fetched->tls[TLS_FACT_CIPHER].length == 0)
        return;
    json_object_begin(json, "tls");
    for (size_t i = 0; i < TLS_FACT_COUNT; i++)
        if (fetched->tls[i].length > 0)
            json_string(json, words[i], fetched->tls[i]);
    json_object_end(json);
}

static void json_response(const struct fetched *fetched, struct json *json)
{
    const struct transfer_result *result = &fetched->result;
    if (fetched->trace.requested_ms == 0)
        return;
    json_head(fetched, json, "request", buf_bytes(&fetched->trace.sent));
    if (fetched->trace.form.length > 0)
        json_string(json, "form", buf_bytes(&fetched->trace.form));
    json_head(fetched, json, "response", buf_bytes(&fetched->trace.received));
    json_unsigned(json, "status", result->status);
    json_double(json, "http_version", result->http_version / 10.0);
    json_object_begin(json, "times_ms");
    json_integer(json, "connection", result->connect_ms);
    json_integer(json, "first_byte", result->first_byte_ms);
    json_integer(json, "whole", result->total_ms);
    json_object_end(json);
    json_object_begin(json, "body");
    json_unsigned(json, "bytes", result->body.length);
    json_string(json, "coding", header_get(buf_bytes(&result->headers), BYTES("content-encoding")));
    json_unsigned(json, "decoded", fetched->decoded.length);
    json_bool(json, "truncated",
              result->is_truncated || result->end == TRANSFER_BODY_TOO_LARGE ||
                  fetched->decoding == CODING_TOO_LARGE || fetched->decoding == CODING_TRUNCATED);
    json_object_end(json);
}

static void json_page(const struct fetched *fetched, struct json *json)
{
    const struct page_facts *facts = &fetched->facts;
    const struct directives *directives = &fetched->directives;
    if (!fetched->has_facts)
        return;
    json_object_begin(json, "page");
    json_text(json, "declared_type", fetched->declared);
    json_string(json, "type", facts->type);
    json_text(json, "charset", facts->charset);
    json_string(json, "title", facts->title);
    json_unsigned(json, "links", facts->link_count);
    json_bool(json, "noindex", directives->noindex);
    json_bool(json, "nofollow", directives->nofollow);
    json_bool(json, "noarchive", directives->noarchive);
    json_bool(json, "nosnippet", directives->nosnippet);
    json_time(json, "unavailable_after", directives->unavailable_after_ms);
    json_object_end(json);
}

static void json_cache(const struct fetched *fetched, struct json *json)
{
    const struct cache_entry *entry = &fetched->cached.entry;
    if (!fetched->has_cached)
        return;
    const struct reply_cache *caching = &fetched->visit->caching;
    json_object_begin(json, "cache");
    json_bool(json, "reusable", entry->is_reusable && !fetched->cached.is_part);
    json_bool(json, "no_store", caching->is_no_store);
    json_bool(json, "must_validate", entry->must_validate);
    json_bool(json, "heuristic", entry->is_heuristic);
    json_time(json, "fresh_until", entry->fresh_until_ms);
    json_string(json, "if_none_match", caching->validators.etag);
    json_string(json, "if_modified_since", caching->validators.last_modified);
    json_object_end(json);
}

static void json_session(const struct fetched *fetched, struct json *json)
{
    static const char *const kinds[] = {
        [HOP_PAGE] = "page", [HOP_AGAIN] = "again", [HOP_LOGIN] = "login"
    };
    json_text(json, "kind", kinds[fetched->kind]);
    json_unsigned(json, "cookies", fetched->cookies);
    json_bool(json, "repeats", fetched->step == SESSION_REPEATS);
}

static void json_road(const struct fetched *fetched, struct json *json)
{
    if (fetched->has_next)
        json_string(json, "redirect", url_bytes(&fetched->next));
    if (fetched->road == ROAD_REFRESH)
        json_bool(json, "is_refresh", true);
    if (fetched->end.length > 0)
        json_string(json, "redirect_end", fetched->end);
}

void fetched_json(const struct fetched *fetched, struct json *json)
{
    json_object_begin(json, NULL);
    json_string(json, "url", url_bytes(&fetched->url));
    json_session(fetched, json);
    json_permission(fetched, json);
    if (fetched->stored_at_ms > 0)
        json_time(json, "stored_at", fetched->stored_at_ms);
    json_names(&fetched->trace, json);
    json_connection(fetched, json);
    json_response(fetched, json);
    json_text(json, "outcome", outcome_word(fetched->outcome));
    json_text(json, "detail", fetched->result.detail);
    json_page(fetched, json);
    json_cache(fetched, json);
    json_road(fetched, json);
    json_object_end(json);
}
