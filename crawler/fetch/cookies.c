/* SPDX-License-Identifier: MIT
 *
 * Cookies lie in a hash table by their site, as what a request can match is all of one site, and in
 * a list by their last use, which is the order in which they go when there are too many.
 */
#include "crawler/fetch/cookies.h"

#include <stdlib.h>

#include "base/hash.h"
#include "base/memory.h"
#include "base/pack.h"
#include "base/site.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/set_cookie.h"

enum {
    BUCKETS_FIRST = 64, /* A power of two, as all that follow. */
    RECORD_VERSION = 1,
    DOMAIN_BYTES = 256, /* The DNS has no longer names. */
};

struct item {
    struct cookie cookie; /* First: a cookie that was listed is its item. */
    struct bytes site;
    uint64_t order; /* Of creation. */
    uint64_t used;  /* Of last use. */
    size_t size;
    struct item *next;  /* In the bucket. */
    struct item *older; /* By last use. */
    struct item *newer;
    char text[];
};

struct cookies {
    struct item **buckets;
    size_t bucket_count;
    size_t count;
    size_t bytes;
    size_t bytes_most;
    uint64_t secret;
    uint64_t created;
    uint64_t uses;
    struct item *oldest;
    struct item *newest;
};

struct cookies *cookies_new(size_t bytes_most, uint64_t secret)
{
    struct cookies *jar = xcalloc(1, sizeof(*jar));
    jar->bucket_count = BUCKETS_FIRST;
    jar->buckets = xcalloc(jar->bucket_count, sizeof(*jar->buckets));
    jar->bytes_most = bytes_most;
    jar->secret = secret;
    return jar;
}

void cookies_free(struct cookies *jar)
{
    if (!jar)
        return;
    for (struct item *item = jar->oldest; item;) {
        struct item *newer = item->newer;
        free(item);
        item = newer;
    }
    free(jar->buckets);
    free(jar);
}

size_t cookies_count(const struct cookies *jar)
{
    return jar->count;
}

/* ---- The table and the list */

static struct item **bucket_of(const struct cookies *jar, struct bytes site)
{
    return &jar->buckets[hash_bytes(site, jar->secret) & (jar->bucket_count - 1)];
}

static void grow(struct cookies *jar)
{
    free(jar->buckets);
    jar->bucket_count *= 2;
    jar->buckets = xcalloc(jar->bucket_count, sizeof(*jar->buckets));
    for (struct item *item = jar->oldest; item; item = item->newer) {
        struct item **bucket = bucket_of(jar, item->site);
        item->next = *bucket;
        *bucket = item;
    }
}

static void list_append(struct cookies *jar, struct item *item)
{
    item->older = jar->newest;
    item->newer = NULL;
    item->used = ++jar->uses;
    *(jar->newest ? &jar->newest->newer : &jar->oldest) = item;
    jar->newest = item;
}

static void list_remove(struct cookies *jar, struct item *item)
{
    *(item->older ? &item->older->newer : &jar->oldest) = item->newer;
    *(item->newer ? &item->newer->older : &jar->newest) = item->older;
}

static void use(struct cookies *jar, struct item *item)
{
    list_remove(jar, item);
    list_append(jar, item);
}

static void remove_item(struct cookies *jar, struct item *item)
{
    struct item **place = bucket_of(jar, item->site);
    while (*place != item)
        place = &(*place)->next;
    *place = item->next;
    list_remove(jar, item);
    jar->count--;
    jar->bytes -= item->size;
    free(item);
}

static struct bytes copy_text(char **at, struct bytes text)
{
    struct bytes copy = { *at, text.length };
    if (text.length > 0)
        memcpy(*at, text.data, text.length);
    *at += text.length;
    return copy;
}

static size_t size_of(const struct cookie *cookie)
{
    return sizeof(struct item) + cookie->name.length + cookie->value.length +
           cookie->domain.length + cookie->path.length;
}

static void insert_item(struct cookies *jar, const struct cookie *cookie, uint64_t order)
{
    size_t size = size_of(cookie);
    struct item *item = xmalloc(size);
    char *at = item->text;
    item->cookie = *cookie;
    item->cookie.name = copy_text(&at, cookie->name);
    item->cookie.value = copy_text(&at, cookie->value);
    item->cookie.domain = copy_text(&at, cookie->domain);
    item->cookie.path = copy_text(&at, cookie->path);
    item->site = site_of_host(item->cookie.domain);
    item->order = order;
    item->size = size;
    struct item **bucket = bucket_of(jar, item->site);
    item->next = *bucket;
    *bucket = item;
    list_append(jar, item);
    jar->bytes += size;
    if (++jar->count > jar->bucket_count)
        grow(jar);
}

/* ---- Whose it is */

/* RFC 6265, 5.1.3. */
static bool domain_matches(struct bytes host, struct bytes domain)
{
    if (bytes_equal(host, domain))
        return true;
    return domain.length > 0 && host.length > domain.length && bytes_end_with(host, domain) &&
           host.data[host.length - domain.length - 1] == '.' && !url_host_is_address(host);
}

/* RFC 6265, 5.1.4. */
static bool path_matches(struct bytes path, struct bytes cookie_path)
{
    if (!bytes_start_with(path, cookie_path))
        return false;
    return path.length == cookie_path.length || cookie_path.data[cookie_path.length - 1] == '/' ||
           path.data[cookie_path.length] == '/';
}

/* Up to the last slash, and without it unless it is the first: RFC 6265, 5.1.4. */
static struct bytes default_path(const struct url *url)
{
    struct bytes path = url_path(url);
    size_t end = path.length;
    while (end > 1 && path.data[end - 1] != '/')
        end--;
    return end > 1 ? bytes_slice(path, 0, end - 1) : BYTES("/");
}

static bool is_https(const struct url *url)
{
    return url->scheme == URL_SCHEME_HTTPS;
}

static bool is_same_cookie(const struct cookie *a, const struct cookie *b)
{
    return bytes_equal(a->name, b->name) && bytes_equal(a->domain, b->domain) &&
           bytes_equal(a->path, b->path) && a->is_host_only == b->is_host_only;
}

static struct item *find(const struct cookies *jar, const struct cookie *cookie)
{
    struct item *item = *bucket_of(jar, site_of_host(cookie->domain));
    while (item && !is_same_cookie(&item->cookie, cookie))
        item = item->next;
    return item;
}

/* ---- Setting */

static bool is_over(const struct cookie *cookie, int64_t now_ms)
{
    return cookie->expires_ms <= now_ms;
}

static int64_t expiry_of(const struct set_cookie *parsed, int64_t now_ms)
{
    if (!parsed->has_max_age && parsed->expires_ms < 0)
        return COOKIE_SESSION;
    int64_t most_ms = now_ms + COOKIES_LIFE_MOST_MS;
    int64_t expires_ms =
        parsed->has_max_age ? now_ms + parsed->max_age_s * 1000 : parsed->expires_ms;
    return expires_ms < most_ms ? expires_ms : most_ms;
}

/* Lower-cased into storage: false where the attribute is longer than any host. */
static bool lower_domain(struct cookie *cookie, struct bytes domain, char storage[DOMAIN_BYTES])
{
    if (domain.length >= DOMAIN_BYTES)
        return false;
    for (size_t i = 0; i < domain.length; i++)
        storage[i] = ascii_lower(domain.data[i]);
    cookie->domain = bytes_of(storage, domain.length);
    return true;
}

/* One that begins with a dot (the URL standard lets it pass) could not be told from a domain in a
 * cookie file. */
static bool is_sound_domain(struct bytes domain)
{
    return domain.length > 0 && domain.length < DOMAIN_BYTES && domain.data[0] != '.';
}

/* RFC 6265, 5.3, steps 4 to 6. A public suffix that is itself the host gets a cookie of its own. */
static bool resolve_domain(struct cookie *cookie, const struct set_cookie *parsed,
                           struct bytes host, char storage[DOMAIN_BYTES])
{
    cookie->domain = host;
    cookie->is_host_only = true;
    if (parsed->domain.length == 0)
        return is_sound_domain(host);
    if (!lower_domain(cookie, parsed->domain, storage) || !is_sound_domain(cookie->domain) ||
        !domain_matches(host, cookie->domain))
        return false;
    if (site_is_suffix(cookie->domain))
        return bytes_equal(host, cookie->domain);
    cookie->is_host_only = false;
    return true;
}

/* 6265bis, 4.1.3: a name that says how its cookie was set tells the truth. A cookie without a name
 * is sent as its value alone, which must not look like such a name. */
static bool keeps_promise(const struct cookie *cookie, const struct set_cookie *parsed)
{
    struct bytes name = cookie->name.length > 0 ? cookie->name : cookie->value;
    bool says_secure = bytes_start_with_nocase(name, BYTES("__Secure-"));
    bool says_host = bytes_start_with_nocase(name, BYTES("__Host-"));
    if (!says_secure && !says_host)
        return true;
    if (cookie->name.length == 0 || !cookie->is_secure)
        return false;
    return !says_host || (!parsed->has_domain && bytes_equal(parsed->path, BYTES("/")));
}

/* 6265bis, 5.7: one of the same name that is Secure and would be sent to the same pages. */
static bool hides_secure(const struct cookies *jar, const struct cookie *cookie, int64_t now_ms)
{
    struct item *item = *bucket_of(jar, site_of_host(cookie->domain));
    for (; item; item = item->next)
        if (item->cookie.is_secure && !is_over(&item->cookie, now_ms) &&
            bytes_equal(item->cookie.name, cookie->name) &&
            (domain_matches(item->cookie.domain, cookie->domain) ||
             domain_matches(cookie->domain, item->cookie.domain)) &&
            path_matches(cookie->path, item->cookie.path))
            return true;
    return false;
}

/* Cookies that share a limit. */
struct crowd {
    size_t count;
    size_t live;
    struct item *victim; /* What is over, else what was used least recently. */
};

static bool is_worse(const struct item *item, const struct item *victim, int64_t now_ms)
{
    bool is_item_over = is_over(&item->cookie, now_ms);
    bool is_victim_over = is_over(&victim->cookie, now_ms);
    return is_item_over == is_victim_over ? item->used < victim->used : is_item_over;
}

/* Of one domain of the site or, domain empty, of all. */
static struct crowd crowd_of(const struct cookies *jar, struct bytes site, struct bytes domain,
                             int64_t now_ms)
{
    struct crowd crowd = { 0 };
    for (struct item *item = *bucket_of(jar, site); item; item = item->next) {
        if (!bytes_equal(item->site, site) ||
            (domain.length > 0 && !bytes_equal(item->cookie.domain, domain)))
            continue;
        crowd.count++;
        crowd.live += !is_over(&item->cookie, now_ms);
        if (!crowd.victim || is_worse(item, crowd.victim, now_ms))
            crowd.victim = item;
    }
    return crowd;
}

static void limit(struct cookies *jar, struct bytes site, struct bytes domain, size_t most,
                  int64_t now_ms)
{
    struct crowd crowd = crowd_of(jar, site, domain, now_ms);
    if (crowd.count > most)
        remove_item(jar, crowd.victim);
}

static void limit_bytes(struct cookies *jar)
{
    while (jar->bytes > jar->bytes_most)
        remove_item(jar, jar->oldest);
}

static enum cookies_change insert_new(struct cookies *jar, const struct cookie *cookie,
                                      int64_t now_ms)
{
    struct bytes site = site_of_host(cookie->domain);
    insert_item(jar, cookie, ++jar->created);
    limit(jar, site, cookie->domain, COOKIES_HOST_MOST, now_ms);
    limit(jar, site, (struct bytes){ 0 }, COOKIES_SITE_MOST, now_ms);
    limit_bytes(jar);
    return COOKIES_CHANGED;
}

/* RFC 6265, 5.3, step 11: a cookie that takes the place of another is as old as that one. */
static enum cookies_change place(struct cookies *jar, const struct cookie *cookie, int64_t now_ms)
{
    struct item *old = find(jar, cookie);
    if (is_over(cookie, now_ms)) {
        if (!old)
            return COOKIES_SAME;
        remove_item(jar, old);
        return COOKIES_CHANGED;
    }
    if (!old)
        return insert_new(jar, cookie, now_ms);
    if (bytes_equal(old->cookie.value, cookie->value) &&
        old->cookie.is_secure == cookie->is_secure) {
        old->cookie.expires_ms = cookie->expires_ms;
        old->cookie.is_http_only = cookie->is_http_only;
        use(jar, old);
        return COOKIES_SAME;
    }
    uint64_t order = old->order;
    remove_item(jar, old);
    insert_item(jar, cookie, order);
    limit_bytes(jar);
    return COOKIES_CHANGED;
}

enum cookies_change cookies_set(struct cookies *jar, struct bytes field, const struct url *url,
                                int64_t now_ms)
{
    struct set_cookie parsed;
    char storage[DOMAIN_BYTES];
    struct cookie cookie = { 0 };
    if (!set_cookie_parse(&parsed, field) ||
        !resolve_domain(&cookie, &parsed, url_host(url), storage))
        return COOKIES_REFUSED;
    cookie.name = parsed.name;
    cookie.value = parsed.value;
    cookie.path = parsed.path.length > 0 ? parsed.path : default_path(url);
    cookie.expires_ms = expiry_of(&parsed, now_ms);
    cookie.is_secure = parsed.is_secure;
    cookie.is_http_only = parsed.is_http_only;
    if (!keeps_promise(&cookie, &parsed) || !set_cookie_path_is_sound(cookie.path))
        return COOKIES_REFUSED;
    if (!is_https(url) && (cookie.is_secure || hides_secure(jar, &cookie, now_ms)))
        return COOKIES_REFUSED;
    return place(jar, &cookie, now_ms);
}

enum cookies_change cookies_take(struct cookies *jar, struct bytes headers, const struct url *url,
                                 int64_t now_ms)
{
    enum cookies_change change = COOKIES_REFUSED;
    struct bytes field;
    for (size_t from = 0; header_next(headers, BYTES("set-cookie"), &from, &field);) {
        enum cookies_change one = cookies_set(jar, field, url, now_ms);
        if (one > change)
            change = one;
    }
    return change;
}

/* ---- Sending */

static bool is_for(const struct cookie *cookie, const struct url *url)
{
    return (cookie->is_host_only ? bytes_equal(url_host(url), cookie->domain)
                                 : domain_matches(url_host(url), cookie->domain)) &&
           path_matches(url_path(url), cookie->path) && (!cookie->is_secure || is_https(url));
}

/* RFC 6265, 5.4, step 2. */
static int compare_for_sending(const void *left, const void *right)
{
    const struct item *a = *(struct item *const *)left;
    const struct item *b = *(struct item *const *)right;
    if (a->cookie.path.length != b->cookie.path.length)
        return a->cookie.path.length > b->cookie.path.length ? -1 : 1;
    return a->order < b->order ? -1 : a->order > b->order;
}

/* Those that go with the request, in their order. What is over is dropped on the way. */
static size_t collect(struct cookies *jar, const struct url *url, int64_t now_ms,
                      struct item *found[COOKIES_SITE_MOST])
{
    size_t count = 0;
    struct item *next;
    for (struct item *item = *bucket_of(jar, site_of_host(url_host(url))); item; item = next) {
        next = item->next;
        if (is_over(&item->cookie, now_ms))
            remove_item(jar, item);
        else if (is_for(&item->cookie, url) && count < COOKIES_SITE_MOST)
            found[count++] = item;
    }
    qsort(found, count, sizeof(*found), compare_for_sending);
    return count;
}

bool cookies_write(struct cookies *jar, const struct url *url, int64_t now_ms, struct buf *out)
{
    struct item *found[COOKIES_SITE_MOST];
    size_t count = jar->count > 0 ? collect(jar, url, now_ms, found) : 0;
    size_t start = out->length;
    for (size_t i = 0; i < count; i++) {
        const struct cookie *cookie = &found[i]->cookie;
        size_t length = cookie->name.length + cookie->value.length + 3; /* "; " and '='. */
        if (out->length - start + length > COOKIES_FIELD_BYTES_MOST)
            break;
        if (i > 0)
            buf_append_string(out, "; ");
        buf_append_bytes(out, cookie->name);
        if (cookie->name.length > 0)
            buf_append_char(out, '=');
        buf_append_bytes(out, cookie->value);
        use(jar, found[i]);
    }
    return out->length > start;
}

/* ---- Keeping */

static bool is_sound(const struct cookie *cookie)
{
    return set_cookie_is_sound(cookie->name, cookie->value) && is_sound_domain(cookie->domain) &&
           set_cookie_path_is_sound(cookie->path) &&
           (cookie->is_host_only || !site_is_suffix(cookie->domain));
}

static bool has_room(const struct cookies *jar, const struct cookie *cookie, int64_t now_ms)
{
    struct bytes site = site_of_host(cookie->domain);
    return find(jar, cookie) ||
           (crowd_of(jar, site, cookie->domain, now_ms).live < COOKIES_HOST_MOST &&
            crowd_of(jar, site, (struct bytes){ 0 }, now_ms).live < COOKIES_SITE_MOST &&
            jar->bytes + size_of(cookie) <= jar->bytes_most);
}

bool cookies_put(struct cookies *jar, const struct cookie *cookie, int64_t now_ms)
{
    if (!is_sound(cookie) || is_over(cookie, now_ms) || !has_room(jar, cookie, now_ms))
        return false;
    place(jar, cookie, now_ms);
    return true;
}

void cookies_drop(struct cookies *jar, struct bytes host)
{
    struct bytes site = site_of_host(host);
    struct item *next;
    for (struct item *item = *bucket_of(jar, site); item; item = next) {
        next = item->next;
        if (bytes_equal(item->site, site))
            remove_item(jar, item);
    }
}

bool cookies_have(const struct cookies *jar, const struct url *url, struct bytes name,
                  int64_t now_ms)
{
    const struct item *item = *bucket_of(jar, site_of_host(url_host(url)));
    while (item && (!bytes_equal(item->cookie.name, name) || is_over(&item->cookie, now_ms) ||
                    !is_for(&item->cookie, url)))
        item = item->next;
    return item != NULL;
}

void cookies_end_session(struct cookies *jar)
{
    struct item *newer;
    for (struct item *item = jar->oldest; item; item = newer) {
        newer = item->newer;
        if (item->cookie.expires_ms == COOKIE_SESSION)
            remove_item(jar, item);
    }
}

static int compare_for_listing(const void *left, const void *right)
{
    const struct item *a = *(struct item *const *)left;
    const struct item *b = *(struct item *const *)right;
    int order = bytes_compare(a->site, b->site);
    return order ? order : a->order < b->order ? -1 : a->order > b->order;
}

size_t cookies_list(const struct cookies *jar, struct bytes site, const struct cookie ***list)
{
    struct item **items = xcalloc(jar->count + 1, sizeof(*items));
    size_t count = 0;
    if (site.length == 0)
        for (struct item *item = jar->oldest; item; item = item->newer)
            items[count++] = item;
    else
        for (struct item *item = *bucket_of(jar, site); item; item = item->next)
            if (bytes_equal(item->site, site))
                items[count++] = item;
    qsort(items, count, sizeof(*items), compare_for_listing);
    *list = (const struct cookie **)items;
    return count;
}

struct cookies *cookies_copy(const struct cookies *jar)
{
    struct cookies *copy = cookies_new(jar->bytes_most, jar->secret);
    for (struct item *item = jar->oldest; item; item = item->newer)
        insert_item(copy, &item->cookie, item->order);
    copy->created = jar->created;
    return copy;
}

enum { FLAG_HOST_ONLY = 1, FLAG_SECURE = 2, FLAG_HTTP_ONLY = 4 };

static void pack_cookie(struct buf *out, const struct cookie *cookie)
{
    pack_u8(out, (uint8_t)((cookie->is_host_only ? FLAG_HOST_ONLY : 0) |
                           (cookie->is_secure ? FLAG_SECURE : 0) |
                           (cookie->is_http_only ? FLAG_HTTP_ONLY : 0)));
    pack_signed(out, cookie->expires_ms);
    pack_bytes(out, cookie->domain);
    pack_bytes(out, cookie->path);
    pack_bytes(out, cookie->name);
    pack_bytes(out, cookie->value);
}

static void unpack_cookie(struct unpacker *from, struct cookie *cookie)
{
    uint8_t flags = unpack_u8(from);
    *cookie = (struct cookie){
        .expires_ms = unpack_signed(from),
        .is_host_only = flags & FLAG_HOST_ONLY,
        .is_secure = flags & FLAG_SECURE,
        .is_http_only = flags & FLAG_HTTP_ONLY,
    };
    cookie->domain = unpack_bytes(from);
    cookie->path = unpack_bytes(from);
    cookie->name = unpack_bytes(from);
    cookie->value = unpack_bytes(from);
}

bool cookies_pack(const struct cookies *jar, struct bytes host, int64_t now_ms, struct buf *out)
{
    const struct cookie **list;
    size_t count = cookies_list(jar, site_of_host(host), &list);
    size_t kept = 0;
    for (size_t i = 0; i < count; i++)
        if (!is_over(list[i], now_ms))
            list[kept++] = list[i];
    if (kept > 0) {
        pack_u8(out, RECORD_VERSION);
        pack_number(out, kept);
    }
    for (size_t i = 0; i < kept; i++)
        pack_cookie(out, list[i]);
    free(list);
    return kept > 0;
}

static bool is_record(struct bytes record, uint64_t *count)
{
    struct unpacker from = unpacker_of(record);
    struct cookie cookie;
    bool is_known = unpack_u8(&from) == RECORD_VERSION;
    *count = unpack_number(&from);
    for (uint64_t i = 0; i < *count && !from.is_bad; i++)
        unpack_cookie(&from, &cookie);
    return is_known && !from.is_bad && from.left == 0;
}

static bool unpack(struct cookies *jar, struct bytes record, bool is_over_others, int64_t now_ms)
{
    uint64_t count;
    if (!is_record(record, &count))
        return false;
    struct unpacker from = unpacker_of(record);
    unpack_u8(&from);
    unpack_number(&from);
    for (uint64_t i = 0; i < count; i++) {
        struct cookie cookie;
        unpack_cookie(&from, &cookie);
        if (is_over_others || !find(jar, &cookie))
            cookies_put(jar, &cookie, now_ms);
    }
    return true;
}

bool cookies_unpack(struct cookies *jar, struct bytes record, int64_t now_ms)
{
    return unpack(jar, record, false, now_ms);
}

bool cookies_unpack_over(struct cookies *jar, struct bytes record, int64_t now_ms)
{
    return unpack(jar, record, true, now_ms);
}
