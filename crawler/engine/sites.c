/* SPDX-License-Identifier: MIT */
#include "crawler/engine/sites.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/site.h"

enum {
    BUCKETS_LEAST = 256,
    /* Of all cookies of a fetch thread. A site has 300 at most, and most have a handful of 100
     * bytes: these are those of all hosts that can be awake, and of many that were. */
    COOKIES_BYTES_MOST = 32 << 20,
};

void sites_init(struct sites *sites, uint64_t secret)
{
    *sites = (struct sites){ .bucket_count = BUCKETS_LEAST };
    sites->buckets = xcalloc(sites->bucket_count, sizeof(struct site *));
    sites->jar = cookies_new(COOKIES_BYTES_MOST, secret);
}

void sites_clear(struct sites *sites)
{
    for (size_t i = 0; i < sites->bucket_count; i++)
        while (sites->buckets[i]) {
            struct site *site = sites->buckets[i];
            sites->buckets[i] = site->next;
            free(site->name);
            free(site);
        }
    free(sites->buckets);
    cookies_free(sites->jar);
    *sites = (struct sites){ 0 };
}

static struct site **bucket_of(const struct sites *sites, struct bytes name)
{
    return &sites->buckets[hash_bytes(name, 0) & (sites->bucket_count - 1)];
}

static void grow(struct sites *sites)
{
    struct sites larger = { .bucket_count = 2 * sites->bucket_count };
    larger.buckets = xcalloc(larger.bucket_count, sizeof(struct site *));
    for (size_t i = 0; i < sites->bucket_count; i++)
        while (sites->buckets[i]) {
            struct site *site = sites->buckets[i];
            struct site **bucket = bucket_of(&larger, bytes_from_string(site->name));
            sites->buckets[i] = site->next;
            site->next = *bucket;
            *bucket = site;
        }
    free(sites->buckets);
    sites->buckets = larger.buckets;
    sites->bucket_count = larger.bucket_count;
}

static struct site *add(struct sites *sites, struct bytes name)
{
    if (sites->count++ >= sites->bucket_count)
        grow(sites);
    struct site **bucket = bucket_of(sites, name);
    struct site *site = xcalloc(1, sizeof(*site));
    site->name = xbytesdup(name);
    site->next = *bucket;
    *bucket = site;
    return site;
}

struct site *sites_find(const struct sites *sites, struct bytes name)
{
    struct site *site = *bucket_of(sites, name);
    while (site && !bytes_equal(bytes_from_string(site->name), name))
        site = site->next;
    return site;
}

struct site *sites_enter(struct sites *sites, struct bytes host, struct bytes cookies,
                         int64_t now_ms)
{
    struct bytes name = site_of_host(host);
    struct site *site = sites_find(sites, name);
    if (!site) {
        site = add(sites, name);
        cookies_unpack(sites->jar, cookies, now_ms);
    }
    site->hosts++;
    return site;
}

void sites_leave(struct sites *sites, struct site *site, bool are_kept)
{
    struct bytes name = bytes_from_string(site->name);
    if (--site->hosts > 0)
        return;
    if (are_kept)
        cookies_drop(sites->jar, name);
    struct site **place = bucket_of(sites, name);
    while (*place != site)
        place = &(*place)->next;
    *place = site->next;
    sites->count--;
    free(site->name);
    free(site);
}
