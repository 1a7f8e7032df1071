/* SPDX-License-Identifier: MIT */
#include "crawler/engine/awake_sites.h"

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

void awake_sites_init(struct awake_sites *sites, uint64_t secret)
{
    *sites = (struct awake_sites){ .bucket_count = BUCKETS_LEAST };
    sites->buckets = xcalloc(sites->bucket_count, sizeof(struct awake_site *));
    sites->jar = cookies_new(COOKIES_BYTES_MOST, secret);
}

static void site_free(struct awake_site *site)
{
    cookie_mail_end(&site->letter);
    free(site->name);
    free(site);
}

void awake_sites_clear(struct awake_sites *sites)
{
    for (size_t i = 0; i < sites->bucket_count; i++)
        while (sites->buckets[i]) {
            struct awake_site *site = sites->buckets[i];
            sites->buckets[i] = site->next;
            site_free(site);
        }
    free(sites->buckets);
    cookies_free(sites->jar);
    *sites = (struct awake_sites){ 0 };
}

static struct awake_site **bucket_of(const struct awake_sites *sites, struct bytes name)
{
    return &sites->buckets[hash_bytes(name, 0) & (sites->bucket_count - 1)];
}

static void grow(struct awake_sites *sites)
{
    struct awake_sites larger = { .bucket_count = 2 * sites->bucket_count };
    larger.buckets = xcalloc(larger.bucket_count, sizeof(struct awake_site *));
    for (size_t i = 0; i < sites->bucket_count; i++)
        while (sites->buckets[i]) {
            struct awake_site *site = sites->buckets[i];
            struct awake_site **bucket = bucket_of(&larger, bytes_from_string(site->name));
            sites->buckets[i] = site->next;
            site->next = *bucket;
            *bucket = site;
        }
    free(sites->buckets);
    sites->buckets = larger.buckets;
    sites->bucket_count = larger.bucket_count;
}

static struct awake_site *add(struct awake_sites *sites, struct bytes name)
{
    if (sites->count++ >= sites->bucket_count)
        grow(sites);
    struct awake_site **bucket = bucket_of(sites, name);
    struct awake_site *site = xcalloc(1, sizeof(*site));
    site->name = xbytesdup(name);
    site->next = *bucket;
    *bucket = site;
    return site;
}

struct awake_site *awake_sites_find(const struct awake_sites *sites, struct bytes name)
{
    struct awake_site *site = *bucket_of(sites, name);
    while (site && !bytes_equal(bytes_from_string(site->name), name))
        site = site->next;
    return site;
}

struct awake_site *awake_sites_enter(struct awake_sites *sites, struct bytes host,
                                     const struct bytes *cookies, int64_t now_ms)
{
    struct bytes name = site_of_host(host);
    struct awake_site *site = awake_sites_find(sites, name);
    if (!site)
        site = add(sites, name);
    /* Hosts that keep no cookies bring none, and may come first. */
    if (!site->is_loaded && cookies) {
        cookies_unpack(sites->jar, *cookies, now_ms);
        site->is_loaded = true;
    }
    site->hosts++;
    return site;
}

void awake_sites_leave(struct awake_sites *sites, struct awake_site *site, bool are_kept)
{
    struct bytes name = bytes_from_string(site->name);
    if (--site->hosts > 0)
        return;
    if (are_kept)
        cookies_drop(sites->jar, name);
    struct awake_site **place = bucket_of(sites, name);
    while (*place != site)
        place = &(*place)->next;
    *place = site->next;
    sites->count--;
    awake_sites_settle(sites, site);
    site_free(site);
}

void awake_sites_change(struct awake_sites *sites, struct awake_site *site)
{
    if (site->is_changed)
        return;
    site->is_changed = true;
    site->next_changed = sites->changed;
    sites->changed = site;
}

void awake_sites_settle(struct awake_sites *sites, struct awake_site *site)
{
    struct awake_site **place = &sites->changed;
    site->has_news = false;
    if (!site->is_changed)
        return;
    while (*place != site)
        place = &(*place)->next_changed;
    *place = site->next_changed;
    site->is_changed = false;
}
