/* SPDX-License-Identifier: MIT */
#include "tests/conformance/private_cache.h"

#include <stdlib.h>

#include "base/httpdate.h"
#include "base/memory.h"
#include "base/url.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/stored_fields.h"
#include "crawler/fetch/validators.h"
#include "crawler/fetch/vary.h"

enum { STORED_MAX = 16 };

struct stored {
    char *url; /* NULL: the place is free. */
    uint64_t vary;
    struct cache_reply reply;
    struct cache_entry entry;
};

struct private_cache {
    private_cache_server *server;
    void *context;
    struct stored stored[STORED_MAX];
};

void cache_reply_init(struct cache_reply *reply)
{
    reply->status = 0;
    buf_init(&reply->headers, BUF_UNBOUNDED);
    buf_init(&reply->body, BUF_UNBOUNDED);
}

void cache_reply_clear(struct cache_reply *reply)
{
    reply->status = 0;
    buf_clear(&reply->headers);
    buf_clear(&reply->body);
}

struct private_cache *private_cache_new(private_cache_server *server, void *context)
{
    struct private_cache *cache = xcalloc(1, sizeof(*cache));
    cache->server = server;
    cache->context = context;
    return cache;
}

static void drop(struct stored *stored)
{
    cache_reply_clear(&stored->reply);
    free(stored->url);
    stored->url = NULL;
}

void private_cache_free(struct private_cache *cache)
{
    for (size_t i = 0; cache && i < STORED_MAX; i++)
        if (cache->stored[i].url)
            drop(&cache->stored[i]);
    free(cache);
}

static bool is_for_url(const struct stored *stored, struct bytes url)
{
    return stored->url && bytes_equal(bytes_from_string(stored->url), url);
}

static struct stored *find(struct private_cache *cache, const struct cache_request *request)
{
    for (size_t i = 0; i < STORED_MAX; i++) {
        struct stored *stored = &cache->stored[i];
        if (is_for_url(stored, request->url) &&
            vary_matches(stored->vary, buf_bytes(&stored->reply.headers), request->headers))
            return stored;
    }
    return NULL;
}

/* ---- Storing */

static void make_entry(struct stored *stored, const struct cache_request *request,
                       int64_t requested_ms, int64_t received_ms)
{
    struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .request = request->headers,
        .status = stored->reply.status,
        .response = buf_bytes(&stored->reply.headers),
        .requested_ms = requested_ms,
        .received_ms = received_ms,
    };
    cache_entry_make(&stored->entry, &exchange);
    stored->vary = vary_fingerprint(exchange.response, exchange.request);
}

/* A place for it: that of the response it replaces, or a free one. */
static struct stored *place_for(struct private_cache *cache, const struct cache_request *request)
{
    struct stored *place = find(cache, request);
    for (size_t i = 0; !place && i < STORED_MAX; i++)
        if (!cache->stored[i].url)
            place = &cache->stored[i];
    return place ? place : &cache->stored[0];
}

static void store(struct private_cache *cache, const struct cache_request *request,
                  const struct cache_reply *reply, int64_t requested_ms, int64_t received_ms)
{
    struct stored fresh = { .url = xbytesdup(request->url) };
    cache_reply_init(&fresh.reply);
    fresh.reply.status = reply->status;
    stored_fields_take(&fresh.reply.headers, buf_bytes(&reply->headers));
    buf_append_bytes(&fresh.reply.body, buf_bytes(&reply->body));
    make_entry(&fresh, request, requested_ms, received_ms);
    if (!fresh.entry.is_reusable) {
        drop(&fresh);
        return;
    }
    struct stored *place = place_for(cache, request);
    if (place->url)
        drop(place);
    *place = fresh;
}

static void update(struct stored *stored, const struct cache_request *request,
                   const struct cache_reply *reply, int64_t requested_ms, int64_t received_ms)
{
    struct buf updated;
    buf_init(&updated, BUF_UNBOUNDED);
    stored_fields_update(&updated, buf_bytes(&stored->reply.headers), buf_bytes(&reply->headers));
    buf_clear(&stored->reply.headers);
    stored->reply.headers = updated;
    make_entry(stored, request, requested_ms, received_ms);
}

/* By validators_confirm() or validators_same(). */
static bool is_about(const struct cache_reply *reply, const struct stored *stored,
                     bool (*judge)(const struct validators *stored, const struct validators *reply))
{
    struct validators ours = validators_read(buf_bytes(&stored->reply.headers));
    struct validators theirs = validators_read(buf_bytes(&reply->headers));
    return judge(&ours, &theirs);
}

/* ---- Asking the server */

static void ask(struct private_cache *cache, const struct cache_request *request,
                struct cache_reply *reply, int64_t *now_ms)
{
    cache_reply_clear(reply);
    cache_reply_init(reply);
    cache->server(cache->context, request, reply, now_ms);
}

static void forward(struct private_cache *cache, const struct cache_request *request,
                    struct cache_reply *reply, int64_t *now_ms)
{
    int64_t requested_ms = *now_ms;
    ask(cache, request, reply, now_ms);
    if (reply->status > 0)
        store(cache, request, reply, requested_ms, *now_ms);
}

/* Does a condition of the client's own say that it has this response (RFC 9111, 4.3.2)? Without
 * Last-Modified the Date stands for it. */
static bool client_has(const struct stored *stored, struct bytes request)
{
    struct validators ours = validators_read(buf_bytes(&stored->reply.headers));
    struct header_members walk = { 0 };
    struct bytes tag;
    if (header_get(request, BYTES("if-none-match")).data) {
        while (header_next_member(request, BYTES("if-none-match"), &walk, &tag)) {
            const struct validators theirs = { .etag = tag };
            if (ours.etag.data && validators_same(&ours, &theirs))
                return true;
        }
        return false;
    }
    struct bytes since = header_get(request, BYTES("if-modified-since"));
    struct bytes modified = ours.last_modified.data
                                ? ours.last_modified
                                : header_get(buf_bytes(&stored->reply.headers), BYTES("date"));
    int64_t modified_ms = httpdate_parse(modified);
    return since.data && modified_ms >= 0 && modified_ms <= httpdate_parse(since);
}

/* The stored response as it is handed out: with its age, RFC 9111, 4. */
static void serve(const struct stored *stored, const struct cache_request *request,
                  struct cache_reply *reply, int64_t now_ms)
{
    struct header_field field;
    bool is_known = client_has(stored, request->headers);
    cache_reply_clear(reply);
    cache_reply_init(reply);
    reply->status = is_known ? 304 : stored->reply.status;
    for (size_t from = 0; header_walk(buf_bytes(&stored->reply.headers), &from, &field);)
        if (!bytes_equal_nocase(field.name, BYTES("age")))
            buf_append_bytes(&reply->headers, field.line);
    buf_printf(&reply->headers, "Age: %lld\r\n",
               (long long)(cache_age_ms(&stored->entry, now_ms) / 1000));
    if (!is_known)
        buf_append_bytes(&reply->body, buf_bytes(&stored->reply.body));
}

static void add_field(struct buf *headers, const char *name, struct bytes value)
{
    if (value.data)
        buf_printf(headers, "%s: %.*s\r\n", name, (int)value.length, value.data);
}

static void take_validation(struct private_cache *cache, struct stored *stored,
                            const struct cache_request *request, struct cache_reply *reply,
                            int64_t requested_ms, int64_t *now_ms)
{
    if (cache_covers_error(&stored->entry, reply->status, *now_ms)) {
        serve(stored, request, reply, *now_ms);
    } else if (reply->status == 304 && is_about(reply, stored, validators_confirm)) {
        update(stored, request, reply, requested_ms, *now_ms);
        serve(stored, request, reply, *now_ms);
    } else if (reply->status == 304) {
        forward(cache, request, reply, now_ms);
    } else if (reply->status > 0) {
        store(cache, request, reply, requested_ms, *now_ms);
    }
}

static void validate(struct private_cache *cache, struct stored *stored,
                     const struct cache_request *request, struct cache_reply *reply,
                     int64_t *now_ms)
{
    struct validators validators = validators_read(buf_bytes(&stored->reply.headers));
    struct buf headers;
    int64_t requested_ms = *now_ms;
    buf_init(&headers, BUF_UNBOUNDED);
    buf_append_bytes(&headers, request->headers);
    add_field(&headers, "If-None-Match", validators.etag);
    add_field(&headers, "If-Modified-Since", validators.last_modified);
    struct cache_request conditional = *request;
    conditional.headers = buf_bytes(&headers);
    ask(cache, &conditional, reply, now_ms);
    take_validation(cache, stored, request, reply, requested_ms, now_ms);
    buf_clear(&headers);
}

/* ---- Other methods */

/* RFC 9111, 4.3.5. */
static void take_head(struct private_cache *cache, const struct cache_request *request,
                      const struct cache_reply *reply, int64_t requested_ms, int64_t now_ms)
{
    struct stored *stored = find(cache, request);
    if (!stored || reply->status != 200)
        return;
    struct bytes length = header_get(buf_bytes(&reply->headers), BYTES("content-length"));
    struct bytes ours = header_get(buf_bytes(&stored->reply.headers), BYTES("content-length"));
    if (is_about(reply, stored, validators_same) && (!length.data || bytes_equal(length, ours)))
        update(stored, request, reply, requested_ms, now_ms);
    else
        cache_entry_spoil(&stored->entry);
}

static void invalidate(struct private_cache *cache, struct bytes url)
{
    for (size_t i = 0; i < STORED_MAX; i++)
        if (is_for_url(&cache->stored[i], url))
            drop(&cache->stored[i]);
}

/* Where a field leads, if that is on the same origin. */
static void invalidate_named(struct private_cache *cache, struct bytes url, struct bytes named)
{
    char base_storage[URL_BYTES_MAX];
    char storage[URL_BYTES_MAX];
    struct url base;
    struct url target;
    if (named.data && !url_parse(&base, base_storage, sizeof(base_storage), url, NULL) &&
        !url_parse(&target, storage, sizeof(storage), named, &base) &&
        url_same_origin(&base, &target))
        invalidate(cache, url_bytes(&target));
}

static void fetch_other(struct private_cache *cache, const struct cache_request *request,
                        struct cache_reply *reply, int64_t *now_ms)
{
    int64_t requested_ms = *now_ms;
    ask(cache, request, reply, now_ms);
    if (bytes_equal(request->method, BYTES("HEAD")))
        take_head(cache, request, reply, requested_ms, *now_ms);
    if (!cache_invalidates(request->method, reply->status))
        return;
    struct bytes headers = buf_bytes(&reply->headers);
    invalidate(cache, request->url);
    invalidate_named(cache, request->url, header_get(headers, BYTES("location")));
    invalidate_named(cache, request->url, header_get(headers, BYTES("content-location")));
}

void private_cache_fetch(struct private_cache *cache, const struct cache_request *request,
                         struct cache_reply *reply, int64_t *now_ms)
{
    if (!bytes_equal(request->method, BYTES("GET"))) {
        fetch_other(cache, request, reply, now_ms);
        return;
    }
    struct stored *stored = find(cache, request);
    struct cache_wish wish;
    cache_wish_read(&wish, request->headers, request->is_reload);
    switch (stored ? cache_use(&stored->entry, &wish, *now_ms) : CACHE_FETCH) {
    case CACHE_REUSE:
    case CACHE_REUSE_STALE:
        serve(stored, request, reply, *now_ms);
        break;
    case CACHE_REUSE_VALIDATE: {
        struct cache_reply unseen;
        cache_reply_init(&unseen);
        serve(stored, request, reply, *now_ms);
        validate(cache, stored, request, &unseen, now_ms);
        cache_reply_clear(&unseen);
        break;
    }
    case CACHE_VALIDATE:
        validate(cache, stored, request, reply, now_ms);
        break;
    case CACHE_FETCH:
        forward(cache, request, reply, now_ms);
        break;
    }
}
