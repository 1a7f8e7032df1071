/* SPDX-License-Identifier: MIT
 *
 * private_cache - a cache of one client, in memory: the rules of crawler/fetch put to use.
 *
 * It keeps what it is given, asks the server behind it where it must, and decides nothing itself:
 * cache_policy, vary, validators and stored_fields do.
 */
#ifndef TESTS_CONFORMANCE_PRIVATE_CACHE_H
#define TESTS_CONFORMANCE_PRIVATE_CACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct cache_request {
    struct bytes method;
    struct bytes url;
    struct bytes headers;
    bool is_reload;
};

struct cache_reply {
    uint16_t status;    /* 0: there was no answer. */
    struct buf headers; /* With the status line. */
    struct buf body;
};

void cache_reply_init(struct cache_reply *reply);
void cache_reply_clear(struct cache_reply *reply);

/* The server: fills in the reply, and moves the clock on by the time that it takes. */
typedef void private_cache_server(void *context, const struct cache_request *request,
                                  struct cache_reply *reply, int64_t *now_ms);

struct private_cache;

struct private_cache *private_cache_new(private_cache_server *server, void *context);
void private_cache_free(struct private_cache *cache);

void private_cache_fetch(struct private_cache *cache, const struct cache_request *request,
                         struct cache_reply *reply, int64_t *now_ms);

#endif
