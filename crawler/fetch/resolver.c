/* SPDX-License-Identifier: MIT
 *
 * One table holds every name: those of the hosts file for good, answers until their time is over,
 * and names that are being asked for. Answers that nobody looks up go first when the table is full
 * (a list in order of use).
 *
 * c-ares is asked for names as they stand, without the machine's search list: what a crawl means
 * must not depend on it. It reads no hosts file either, as it would do so for each question.
 *
 * The life of a name:
 *
 *     (unknown) -> asking -> answered -> asking ...
 *               lookup    on_answer   lookup, once it has expired
 */
#include "crawler/fetch/resolver.h"

#include <ares.h>
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/fetch/dns_servers.h"

/* RFC 1035, 2.3.4, without the last dot. */
#define NAME_BYTES_MOST 253
#define TTL_LEAST_MS    (INT64_C(60) * 1000)
#define TTL_MOST_MS     (INT64_C(24) * 3600 * 1000)
#define FAILURE_MS      (INT64_C(60) * 1000)
/* Each try waits twice as long as the one before. */
#define TRIES 3
/* Long lists of unwanted names are kept in hosts files; a larger one is no hosts file. */
#define HOSTS_BYTES_MOST ((size_t)32 * 1024 * 1024)

enum name_state { NAME_ASKING, NAME_ANSWERED, NAME_FIXED };

struct name {
    struct name *next; /* In its bucket. */
    struct name *newer;
    struct name *older; /* In the list in order of use. */
    struct name *next_done;
    struct resolver *resolver;
    uint64_t hash;
    enum name_state state;
    bool is_in_call; /* c-ares has not come back from the question yet. */
    bool is_done;    /* Waits for resolver_done. */
    bool is_listed;  /* May be dropped: it is answered, and nobody waits to hear of it. */
    int failure;     /* Of c-ares, where there is no address. */
    int64_t ttl_ms;
    int64_t expires_ms; /* -1: nobody looked since the answer came; the time runs from then. */
    size_t count;
    struct address *addresses;
    struct address preferred; /* That was connected to last. */
    bool has_preferred;
    size_t length;
    char text[];
};

struct resolver {
    struct poller *poller;
    ares_channel channel;
    size_t cache_most;
    struct name **buckets;
    size_t bucket_count; /* A power of two. */
    size_t count;
    struct name *newest;
    struct name *oldest;
    struct name *done_first;
    struct name **done_last;
    char done_text[NAME_BYTES_MOST + 1];
};

/* The table. */

static struct name **bucket_of(struct resolver *resolver, uint64_t hash)
{
    return &resolver->buckets[hash & (resolver->bucket_count - 1)];
}

static struct name *find_name(struct resolver *resolver, struct bytes text, uint64_t hash)
{
    struct name *name = *bucket_of(resolver, hash);
    while (name && (name->hash != hash || !bytes_equal(bytes_of(name->text, name->length), text)))
        name = name->next;
    return name;
}

static void grow_table(struct resolver *resolver)
{
    struct name **old = resolver->buckets;
    size_t old_count = resolver->bucket_count;
    resolver->bucket_count = old_count ? 2 * old_count : 256;
    resolver->buckets = xcalloc(resolver->bucket_count, sizeof(*resolver->buckets));
    for (size_t i = 0; i < old_count; i++)
        for (struct name *name = old[i], *next; name; name = next) {
            next = name->next;
            struct name **bucket = bucket_of(resolver, name->hash);
            name->next = *bucket;
            *bucket = name;
        }
    free(old);
}

/* With a seed that no site can know, so that none can fill one bucket. */
static uint64_t hash_of(const struct resolver *resolver, struct bytes text)
{
    return hash_bytes(text, (uint64_t)(uintptr_t)resolver);
}

static struct name *add_name(struct resolver *resolver, struct bytes text, uint64_t hash,
                             enum name_state state)
{
    if (resolver->count >= resolver->bucket_count)
        grow_table(resolver);
    struct name *name = xcalloc(1, sizeof(*name) + text.length + 1);
    memcpy(name->text, text.data, text.length);
    name->length = text.length;
    name->resolver = resolver;
    name->hash = hash;
    name->state = state;
    name->next = *bucket_of(resolver, hash);
    *bucket_of(resolver, hash) = name;
    resolver->count++;
    return name;
}

static void name_free(struct name *name)
{
    free(name->addresses);
    free(name);
}

static void list_add(struct resolver *resolver, struct name *name)
{
    assert(!name->is_listed && !name->is_done && name->state == NAME_ANSWERED);
    name->is_listed = true;
    name->newer = NULL;
    name->older = resolver->newest;
    if (resolver->newest)
        resolver->newest->newer = name;
    else
        resolver->oldest = name;
    resolver->newest = name;
}

static void list_remove(struct resolver *resolver, struct name *name)
{
    if (!name->is_listed)
        return;
    name->is_listed = false;
    if (name->newer)
        name->newer->older = name->older;
    else
        resolver->newest = name->older;
    if (name->older)
        name->older->newer = name->newer;
    else
        resolver->oldest = name->newer;
}

static void drop_oldest(struct resolver *resolver)
{
    while (resolver->oldest && resolver->count >= resolver->cache_most) {
        struct name *name = resolver->oldest;
        list_remove(resolver, name);
        struct name **at = bucket_of(resolver, name->hash);
        while (*at != name)
            at = &(*at)->next;
        *at = name->next;
        resolver->count--;
        name_free(name);
    }
}

/* The hosts file. */

static void add_host_line(struct resolver *resolver, struct bytes line)
{
    struct address address;
    bool has_address = false;
    struct bytes rest = bytes_slice(line, 0, bytes_find(line, '#'));
    while (rest.length > 0) {
        size_t start = 0;
        while (start < rest.length && ascii_is_space(rest.data[start]))
            start++;
        size_t end = start;
        while (end < rest.length && !ascii_is_space(rest.data[end]))
            end++;
        struct bytes word = bytes_slice(rest, start, end);
        rest = bytes_slice(rest, end, rest.length);
        if (word.length == 0 || word.length > NAME_BYTES_MOST)
            continue;
        if (!has_address) {
            if (!address_parse(&address, word))
                return;
            has_address = true;
            continue;
        }
        char text[NAME_BYTES_MOST];
        for (size_t i = 0; i < word.length; i++)
            text[i] = ascii_lower(word.data[i]);
        struct bytes key = bytes_of(text, word.length);
        uint64_t hash = hash_of(resolver, key);
        struct name *name = find_name(resolver, key, hash);
        if (!name)
            name = add_name(resolver, key, hash, NAME_FIXED);
        if (name->count == RESOLVER_ADDRESSES_MOST)
            continue;
        name->addresses = xreallocarray(name->addresses, name->count + 1, sizeof(*name->addresses));
        name->addresses[name->count++] = address;
    }
}

/* One that is missing or cannot be read has no names. */
static void read_hosts(struct resolver *resolver, const char *path)
{
    FILE *file = fopen(path, "re");
    if (!file)
        return;
    struct buf content;
    buf_init(&content, HOSTS_BYTES_MOST);
    char piece[16384];
    size_t length;
    while ((length = fread(piece, 1, sizeof(piece), file)) > 0 &&
           buf_append(&content, piece, length))
        ;
    fclose(file);
    if (content.is_full)
        log_warning("%s: only the first %zu bytes are read", path, content.length);
    struct bytes rest = buf_bytes(&content);
    struct bytes line;
    while (bytes_split(&rest, '\n', &line))
        add_host_line(resolver, line);
    buf_clear(&content);
}

/* The order of a name's addresses. */

/* Its place among them; count where it is none of them. */
static size_t place_of(const struct name *name, const struct address *address)
{
    size_t place = 0;
    while (place < name->count && memcmp(&name->addresses[place], address, sizeof(*address)) != 0)
        place++;
    return place;
}

static void move_address(struct name *name, size_t from, size_t to)
{
    struct address moved = name->addresses[from];
    struct address *addresses = name->addresses;
    if (from < to)
        memmove(&addresses[from], &addresses[from + 1], (to - from) * sizeof(moved));
    else
        memmove(&addresses[to + 1], &addresses[to], (from - to) * sizeof(moved));
    addresses[to] = moved;
}

static void put_preferred_first(struct name *name)
{
    size_t place = name->has_preferred ? place_of(name, &name->preferred) : name->count;
    if (place < name->count)
        move_address(name, place, 0);
}

/* Questions and answers. */

static void on_ready(void *owner, int descriptor, unsigned events)
{
    struct resolver *resolver = owner;
    bool is_broken = events & POLLER_ERROR;
    ares_process_fd(resolver->channel,
                    (events & POLLER_READ) || is_broken ? descriptor : ARES_SOCKET_BAD,
                    (events & POLLER_WRITE) || is_broken ? descriptor : ARES_SOCKET_BAD);
}

static void on_socket(void *owner, ares_socket_t socket, int is_readable, int is_writable)
{
    struct resolver *resolver = owner;
    unsigned events = (is_readable ? POLLER_READ : 0U) | (is_writable ? POLLER_WRITE : 0U);
    poller_watch(resolver->poller, socket, events, on_ready, resolver);
}

/* Families in turn, IPv4 first: where many addresses are cut to a few, both stay; and a machine
 * without IPv6 meets no address that it cannot reach. */
static size_t pick_addresses(const struct ares_addrinfo *info, struct address *picked)
{
    const struct ares_addrinfo_node *at[2] = { info->nodes, info->nodes };
    static const int families[2] = { AF_INET, AF_INET6 };
    size_t count = 0;
    for (size_t turn = 0; count < RESOLVER_ADDRESSES_MOST && (at[0] || at[1]); turn ^= 1) {
        while (at[turn] && at[turn]->ai_family != families[turn])
            at[turn] = at[turn]->ai_next;
        if (!at[turn])
            continue;
        if (address_from_sockaddr(&picked[count], at[turn]->ai_addr))
            count++;
        at[turn] = at[turn]->ai_next;
    }
    return count;
}

static int64_t shortest_ttl_ms(const struct ares_addrinfo *info)
{
    int64_t ttl_ms = TTL_MOST_MS;
    for (const struct ares_addrinfo_node *node = info->nodes; node; node = node->ai_next)
        if (node->ai_ttl * INT64_C(1000) < ttl_ms)
            ttl_ms = node->ai_ttl * INT64_C(1000);
    for (const struct ares_addrinfo_cname *alias = info->cnames; alias; alias = alias->next)
        if (alias->ttl * INT64_C(1000) < ttl_ms)
            ttl_ms = alias->ttl * INT64_C(1000);
    return ttl_ms > TTL_LEAST_MS ? ttl_ms : TTL_LEAST_MS;
}

static void on_answer(void *owner, int status, int timeouts, struct ares_addrinfo *info)
{
    struct name *name = owner;
    struct resolver *resolver = name->resolver;
    (void)timeouts;
    if (status == ARES_EDESTRUCTION)
        return;
    struct address picked[RESOLVER_ADDRESSES_MOST];
    name->state = NAME_ANSWERED;
    name->count = info ? pick_addresses(info, picked) : 0;
    name->failure = status != ARES_SUCCESS ? status : ARES_ENODATA;
    name->ttl_ms = name->count > 0 ? shortest_ttl_ms(info) : FAILURE_MS;
    name->expires_ms = -1;
    if (name->count > 0) {
        name->addresses = xreallocarray(NULL, name->count, sizeof(*name->addresses));
        memcpy(name->addresses, picked, name->count * sizeof(*name->addresses));
        put_preferred_first(name);
    }
    if (info)
        ares_freeaddrinfo(info);
    if (name->is_done)
        return;
    if (name->is_in_call) {
        list_add(resolver, name);
        return;
    }
    name->is_done = true;
    name->next_done = NULL;
    *resolver->done_last = name;
    resolver->done_last = &name->next_done;
}

static void ask(struct resolver *resolver, struct name *name)
{
    free(name->addresses);
    name->addresses = NULL;
    name->count = 0;
    name->state = NAME_ASKING;
    list_remove(resolver, name);
    struct ares_addrinfo_hints hints = { .ai_family = AF_UNSPEC, .ai_flags = ARES_AI_NOSORT };
    name->is_in_call = true;
    ares_getaddrinfo(resolver->channel, name->text, NULL, &hints, on_answer, name);
    name->is_in_call = false;
}

/* Making. */

static int set_servers(struct resolver *resolver, struct bytes text)
{
    struct buf servers;
    buf_init(&servers, BUF_UNBOUNDED);
    char *problem = dns_servers_read(text, &servers);
    assert(!problem);
    buf_append_char(&servers, '\0');
    int status = ares_set_servers_ports_csv(resolver->channel, servers.data);
    buf_clear(&servers);
    return status;
}

static void open_channel(struct resolver *resolver, const struct resolver_options *options)
{
    char lookups[] = "b";
    struct ares_options ares = {
        .flags = ARES_FLAG_NOSEARCH | ARES_FLAG_NOALIASES,
        .timeout = options->timeout_ms,
        .tries = TRIES,
        .lookups = lookups,
        .sock_state_cb = on_socket,
        .sock_state_cb_data = resolver,
    };
    int mask = ARES_OPT_FLAGS | ARES_OPT_TIMEOUTMS | ARES_OPT_TRIES | ARES_OPT_LOOKUPS |
               ARES_OPT_SOCK_STATE_CB;
    int status = ares_init_options(&resolver->channel, &ares, mask);
    if (status == ARES_SUCCESS && options->servers)
        status = set_servers(resolver, bytes_from_string(options->servers));
    if (status != ARES_SUCCESS) {
        log_error("the resolver cannot be set up: %s", ares_strerror(status));
        abort();
    }
}

struct resolver *resolver_new(struct poller *poller, const struct resolver_options *options)
{
    struct resolver *resolver = xcalloc(1, sizeof(*resolver));
    resolver->poller = poller;
    resolver->done_last = &resolver->done_first;
    grow_table(resolver);
    open_channel(resolver, options);
    read_hosts(resolver, options->hosts ? options->hosts : "/etc/hosts");
    resolver->cache_most = resolver->count + options->cache_most;
    return resolver;
}

void resolver_free(struct resolver *resolver)
{
    if (!resolver)
        return;
    ares_destroy(resolver->channel);
    for (size_t i = 0; i < resolver->bucket_count; i++)
        for (struct name *name = resolver->buckets[i], *next; name; name = next) {
            next = name->next;
            name_free(name);
        }
    free(resolver->buckets);
    free(resolver);
}

/* Looking up. */

static enum resolver_answer fail(struct resolved *resolved, const char *error)
{
    *resolved = (struct resolved){ 0 };
    snprintf(resolved->error, sizeof(resolved->error), "%s", error);
    return RESOLVER_FAILED;
}

static enum resolver_answer find(struct resolved *resolved, const struct address *addresses,
                                 size_t count)
{
    *resolved = (struct resolved){ .count = count };
    memcpy(resolved->addresses, addresses, count * sizeof(*addresses));
    return RESOLVER_FOUND;
}

/* Lower-cased and without its last dot, with a NUL. False for what cannot be a host name. */
static bool make_key(struct bytes host, char text[NAME_BYTES_MOST + 1], struct bytes *key)
{
    if (bytes_end_with(host, BYTES(".")))
        host.length--;
    if (host.length == 0 || host.length > NAME_BYTES_MOST)
        return false;
    for (size_t i = 0; i < host.length; i++) {
        char c = host.data[i];
        /* c-ares takes a backslash for an escape; whatever else stands here is the name server's to
         * refuse. */
        if (c <= ' ' || c >= 0x7f || c == '\\')
            return false;
        text[i] = ascii_lower(c);
    }
    text[host.length] = '\0';
    *key = bytes_of(text, host.length);
    return true;
}

static bool is_in_domain(struct bytes name, struct bytes domain)
{
    return bytes_end_with(name, domain) &&
           (name.length == domain.length || name.data[name.length - domain.length - 1] == '.');
}

/* Names that never go to a name server: RFC 6761, 6.3, and RFC 7686. */
static bool lookup_special(struct bytes key, struct resolved *resolved,
                           enum resolver_answer *answer)
{
    static const struct address loopback[2] = {
        { { [10] = 0xff, [11] = 0xff, [12] = 127, [15] = 1 } },
        { { [15] = 1 } },
    };
    if (is_in_domain(key, BYTES("localhost")))
        *answer = find(resolved, loopback, 2);
    else if (is_in_domain(key, BYTES("onion")))
        *answer = fail(resolved, "onion names are not looked up");
    else
        return false;
    return true;
}

static enum resolver_answer answer_of(struct resolver *resolver, struct name *name, int64_t now_ms,
                                      struct resolved *resolved)
{
    if (name->state == NAME_ASKING)
        return RESOLVER_PENDING;
    if (name->state == NAME_ANSWERED && name->expires_ms < 0)
        name->expires_ms = now_ms + name->ttl_ms;
    if (name->is_listed) {
        list_remove(resolver, name);
        list_add(resolver, name);
    }
    return name->count > 0 ? find(resolved, name->addresses, name->count)
                           : fail(resolved, ares_strerror(name->failure));
}

enum resolver_answer resolver_lookup(struct resolver *resolver, struct bytes host, int64_t now_ms,
                                     struct resolved *resolved)
{
    struct address literal;
    if (address_parse_host(&literal, host))
        return find(resolved, &literal, 1);
    char text[NAME_BYTES_MOST + 1];
    struct bytes key;
    enum resolver_answer answer;
    if (!make_key(host, text, &key))
        return fail(resolved, "not a host name");
    if (lookup_special(key, resolved, &answer))
        return answer;
    uint64_t hash = hash_of(resolver, key);
    struct name *name = find_name(resolver, key, hash);
    if (!name) {
        drop_oldest(resolver);
        name = add_name(resolver, key, hash, NAME_ASKING);
        ask(resolver, name);
    } else if (name->state == NAME_ANSWERED && name->expires_ms >= 0 &&
               now_ms >= name->expires_ms) {
        ask(resolver, name);
    }
    return answer_of(resolver, name, now_ms, resolved);
}

void resolver_learn(struct resolver *resolver, struct bytes host, const struct address *won,
                    const struct address *lost, size_t lost_count)
{
    char text[NAME_BYTES_MOST + 1];
    struct bytes key;
    struct address literal;
    if (address_parse_host(&literal, host) || !make_key(host, text, &key))
        return;
    struct name *name = find_name(resolver, key, hash_of(resolver, key));
    if (!name || name->state == NAME_ASKING)
        return;
    for (size_t i = 0; i < lost_count; i++) {
        size_t place = place_of(name, &lost[i]);
        if (place < name->count)
            move_address(name, place, name->count - 1);
    }
    if (won) {
        name->preferred = *won;
        name->has_preferred = true;
        put_preferred_first(name);
    }
}

bool resolver_done(struct resolver *resolver, struct bytes *host)
{
    struct name *name = resolver->done_first;
    if (!name)
        return false;
    resolver->done_first = name->next_done;
    if (!resolver->done_first)
        resolver->done_last = &resolver->done_first;
    name->is_done = false;
    if (name->state == NAME_ANSWERED)
        list_add(resolver, name);
    memcpy(resolver->done_text, name->text, name->length);
    *host = bytes_of(resolver->done_text, name->length);
    return true;
}

int64_t resolver_timeout_ms(struct resolver *resolver)
{
    if (resolver->done_first)
        return 0;
    struct timeval left;
    if (!ares_timeout(resolver->channel, NULL, &left))
        return -1;
    /* Rounded up: woken a moment early, c-ares would find nothing to do. */
    return (int64_t)left.tv_sec * 1000 + (left.tv_usec + 999) / 1000;
}

void resolver_process_timeouts(struct resolver *resolver)
{
    ares_process_fd(resolver->channel, ARES_SOCKET_BAD, ARES_SOCKET_BAD);
}
