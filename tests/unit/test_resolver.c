/* SPDX-License-Identifier: MIT
 *
 * The resolver against a name server in this process: one thread that answers by a table of names.
 */
#include "suite.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "crawler/fetch/resolver.h"

enum { TYPE_A = 1, TYPE_CNAME = 5, TYPE_AAAA = 28 };
enum { CODE_OK = 0, CODE_SERVFAIL = 2, CODE_NXDOMAIN = 3 };

struct record {
    const char *name;
    int code;
    int ipv4_count; /* -1: no answer at all. */
    int ipv6_count;
    unsigned ttl_s;
    unsigned alias_ttl_s; /* 0: no alias. */
    bool is_garbage;
};

static const struct record records[] = {
    { "both.test", CODE_OK, 2, 1, 300, 0, false },
    { "a_b--c.test", CODE_OK, 1, 0, 300, 0, false },
    { "short.test", CODE_OK, 1, 0, 1, 0, false },
    { "long.test", CODE_OK, 1, 0, 864000, 0, false },
    { "alias.test", CODE_OK, 1, 0, 300, 100, false },
    { "many.test", CODE_OK, 20, 10, 300, 0, false }, /* As many as 512 bytes hold. */
    { "none.test", CODE_OK, 0, 0, 300, 0, false },
    { "missing.test", CODE_NXDOMAIN, 0, 0, 0, 0, false },
    { "broken.test", CODE_SERVFAIL, 0, 0, 0, 0, false },
    { "silent.test", CODE_OK, -1, -1, 0, 0, false },
    { "half.test", CODE_OK, 1, -1, 300, 0, false },
    { "garbage.test", CODE_OK, 1, 1, 300, 0, true },
    { "moving.test", CODE_OK, 1, 0, 60, 0, false },
};

struct server {
    int socket;
    uint16_t port;
    pthread_t thread;
    atomic_int questions; /* Of type A. */
};

static size_t put16(unsigned char *at, unsigned number)
{
    at[0] = (unsigned char)(number >> 8);
    at[1] = (unsigned char)number;
    return 2;
}

static size_t put_record(unsigned char *at, int type, unsigned ttl_s, const void *data,
                         size_t length)
{
    size_t size = put16(at, 0xc00c); /* The name in the question. */
    size += put16(at + size, (unsigned)type);
    size += put16(at + size, 1);
    size += put16(at + size, ttl_s >> 16);
    size += put16(at + size, ttl_s & 0xffff);
    size += put16(at + size, (unsigned)length);
    memcpy(at + size, data, length);
    return size + length;
}

/* "name.test" of the question into text; returns the position behind the question, 0 if it makes no
 * sense. */
static size_t read_question(const unsigned char *message, size_t length, char text[256], int *type)
{
    size_t at = 12;
    size_t written = 0;
    while (at < length && message[at] != 0 && message[at] < 64 && at + message[at] + 5 < length) {
        for (size_t i = 1; i <= message[at]; i++)
            text[written++] = ascii_lower((char)message[at + i]);
        text[written++] = '.';
        at += message[at] + 1U;
    }
    text[written > 0 ? written - 1 : 0] = '\0';
    *type = message[at + 1] << 8 | message[at + 2];
    return at + 5 <= length ? at + 5 : 0;
}

static const struct record *find_record(const char *name)
{
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
        if (strcmp(records[i].name, name) == 0)
            return &records[i];
    return NULL;
}

/* Writes the answer behind the question; returns the whole length, 0 for silence. asked: how often
 * before. */
static size_t write_answer(unsigned char *message, size_t end, const struct record *record,
                           int type, int asked)
{
    int count = type == TYPE_A ? record->ipv4_count : record->ipv6_count;
    if (count < 0)
        return 0;
    put16(message + 2, 0x8180U | (unsigned)record->code);
    put16(message + 6, (unsigned)count + (record->alias_ttl_s ? 1 : 0));
    put16(message + 10, 0);
    if (record->alias_ttl_s)
        end += put_record(message + end, TYPE_CNAME, record->alias_ttl_s, "\xc0\x0c", 2);
    for (int i = 0; i < count; i++) {
        unsigned char ipv4[4] = { 192, 0, 2, (unsigned char)(i + 1) };
        unsigned char ipv6[16] = { 0x20, 0x01, 0x0d, 0xb8, [15] = (unsigned char)(i + 1) };
        if (strcmp(record->name, "moving.test") == 0 && asked > 1)
            memcpy(ipv4, "\x7f\0\0\1", 4);
        end += type == TYPE_A ? put_record(message + end, type, record->ttl_s, ipv4, 4)
                              : put_record(message + end, type, record->ttl_s, ipv6, 16);
    }
    if (record->is_garbage)
        memset(message + 12, 0xc0, end - 12);
    return end;
}

static void *serve(void *data)
{
    struct server *server = data;
    for (;;) {
        unsigned char message[2048];
        struct sockaddr_storage from;
        socklen_t from_length = sizeof(from);
        ssize_t length =
            recvfrom(server->socket, message, 512, 0, (struct sockaddr *)&from, &from_length);
        if (length <= 12)
            return NULL;
        char name[256];
        int type;
        size_t end = read_question(message, (size_t)length, name, &type);
        const struct record *record = find_record(name);
        if (type == TYPE_A)
            atomic_fetch_add(&server->questions, 1);
        if (end == 0 || !record)
            continue;
        size_t answer = write_answer(message, end, record, type, atomic_load(&server->questions));
        if (answer > 0)
            sendto(server->socket, message, answer, 0, (struct sockaddr *)&from, from_length);
    }
}

struct world {
    struct server server;
    struct poller *poller;
    struct resolver *resolver;
    struct resolved resolved;
    char hosts[64];
};

static void server_start(struct server *server)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(at);
    server->socket = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(server->socket, (struct sockaddr *)&at, length), 0);
    getsockname(server->socket, (struct sockaddr *)&at, &length);
    server->port = ntohs(at.sin_port);
    ck_assert_int_eq(pthread_create(&server->thread, NULL, serve, server), 0);
}

/* An empty message ends the thread. */
static void server_stop(struct server *server)
{
    struct sockaddr_in at = { .sin_family = AF_INET,
                              .sin_port = htons(server->port),
                              .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int sender = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    sendto(sender, "", 0, 0, (struct sockaddr *)&at, sizeof(at));
    pthread_join(server->thread, NULL);
    close(sender);
    close(server->socket);
}

static void world_open_with(struct world *world, int timeout_ms, size_t cache_most,
                            const char *hosts)
{
    memset(world, 0, sizeof(*world));
    server_start(&world->server);
    snprintf(world->hosts, sizeof(world->hosts), "/tmp/test_resolver.XXXXXX");
    int file = mkstemp(world->hosts);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(write(file, hosts, strlen(hosts)), (ssize_t)strlen(hosts));
    close(file);
    char servers[32];
    snprintf(servers, sizeof(servers), "127.0.0.1:%u", world->server.port);
    world->poller = poller_new();
    world->resolver =
        resolver_new(world->poller, &(struct resolver_options){ .servers = servers,
                                                                .hosts = world->hosts,
                                                                .timeout_ms = timeout_ms,
                                                                .cache_most = cache_most });
    unlink(world->hosts);
}

/* With more patience than any loaded machine needs. */
static void world_open(struct world *world)
{
    world_open_with(world, 20000, 100, "");
}

static void world_close(struct world *world)
{
    resolver_free(world->resolver);
    poller_free(world->poller);
    server_stop(&world->server);
}

static enum resolver_answer lookup(struct world *world, const char *host, int64_t now_ms)
{
    return resolver_lookup(world->resolver, bytes_from_string(host), now_ms, &world->resolved);
}

static void wait_for_name(struct world *world, const char *wanted)
{
    struct bytes host;
    while (!resolver_done(world->resolver, &host)) {
        int64_t timeout_ms = resolver_timeout_ms(world->resolver);
        ck_assert_int_ge(timeout_ms, 0);
        poller_wait(world->poller, US_PER_MS * timeout_ms);
        resolver_process_timeouts(world->resolver);
    }
    ck_assert_msg(bytes_equal(host, bytes_from_string(wanted)), "%.*s is done", (int)host.length,
                  host.data);
}

/* Asked for, waited for, looked up again. */
static enum resolver_answer resolve(struct world *world, const char *host, int64_t now_ms)
{
    ck_assert_int_eq(lookup(world, host, now_ms), RESOLVER_PENDING);
    wait_for_name(world, host);
    enum resolver_answer answer = lookup(world, host, now_ms);
    ck_assert_int_ne(answer, RESOLVER_PENDING);
    return answer;
}

static const char *address_at(struct world *world, size_t index)
{
    static char text[ADDRESS_TEXT_BYTES];
    ck_assert_uint_lt(index, world->resolved.count);
    return address_text(&world->resolved.addresses[index], text);
}

START_TEST(a_name_has_addresses_of_both_families_in_turn)
{
    struct world world;
    world_open(&world);
    ck_assert_int_eq(resolve(&world, "both.test", 0), RESOLVER_FOUND);
    ck_assert_uint_eq(world.resolved.count, 3);
    ck_assert_str_eq(address_at(&world, 0), "192.0.2.1");
    ck_assert_str_eq(address_at(&world, 1), "2001:db8::1");
    ck_assert_str_eq(address_at(&world, 2), "192.0.2.2");
    ck_assert_int_eq(resolve(&world, "many.test", 0), RESOLVER_FOUND);
    ck_assert_uint_eq(world.resolved.count, RESOLVER_ADDRESSES_MOST);
    ck_assert_str_eq(address_at(&world, 6), "192.0.2.4");
    ck_assert_str_eq(address_at(&world, 7), "2001:db8::4");
    world_close(&world);
}
END_TEST

static void learn(struct world *world, const char *host, const char *won, const char *lost)
{
    struct address addresses[2];
    if (won)
        ck_assert(address_parse(&addresses[0], bytes_from_string(won)));
    if (lost)
        ck_assert(address_parse(&addresses[1], bytes_from_string(lost)));
    resolver_learn(world->resolver, bytes_from_string(host), won ? &addresses[0] : NULL,
                   &addresses[1], lost ? 1 : 0);
}

static void assert_order(struct world *world, int64_t now_ms, const char *const *wanted)
{
    ck_assert_int_eq(lookup(world, "both.test", now_ms), RESOLVER_FOUND);
    ck_assert_uint_eq(world->resolved.count, 3);
    for (size_t i = 0; i < 3; i++)
        ck_assert_str_eq(address_at(world, i), wanted[i]);
}

START_TEST(what_was_connected_to_goes_first_and_what_failed_last)
{
    static const char first[] = "192.0.2.1";
    static const char second[] = "2001:db8::1";
    static const char third[] = "192.0.2.2";
    struct world world;
    world_open(&world);
    ck_assert_int_eq(resolve(&world, "both.test", 0), RESOLVER_FOUND);
    learn(&world, "both.test", NULL, first);
    assert_order(&world, 1, (const char *const[]){ second, third, first });
    learn(&world, "BOTH.test.", third, second);
    assert_order(&world, 2, (const char *const[]){ third, first, second });
    learn(&world, "both.test", NULL, "192.0.2.77");
    learn(&world, "other.test", first, NULL);
    learn(&world, "192.0.2.1", first, NULL);
    assert_order(&world, 3, (const char *const[]){ third, first, second });
    /* Another answer forgets who failed, not who is known to work. */
    ck_assert_int_eq(lookup(&world, "both.test", 300000), RESOLVER_PENDING);
    learn(&world, "both.test", first, third); /* While it is asked for: nothing. */
    wait_for_name(&world, "both.test");
    assert_order(&world, 300000, (const char *const[]){ third, first, second });
    /* Nor does one that is no longer among them come back. */
    learn(&world, "both.test", "192.0.2.77", NULL);
    assert_order(&world, 300001, (const char *const[]){ third, first, second });
    world_close(&world);
}
END_TEST

START_TEST(a_name_is_asked_once_however_many_wait_and_however_it_is_spelled)
{
    struct world world;
    world_open(&world);
    struct bytes host;
    for (int i = 0; i < 5; i++)
        ck_assert_int_eq(lookup(&world, "both.test", 0), RESOLVER_PENDING);
    ck_assert_int_eq(lookup(&world, "BOTH.Test.", 0), RESOLVER_PENDING);
    wait_for_name(&world, "both.test");
    ck_assert(!resolver_done(world.resolver, &host));
    ck_assert_int_eq(lookup(&world, "Both.test", 0), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "both.test.", 0), RESOLVER_FOUND);
    ck_assert_int_eq(atomic_load(&world.server.questions), 1);
    world_close(&world);
}
END_TEST

START_TEST(answers_are_kept_for_their_time_within_bounds)
{
    static const struct {
        const char *host;
        int64_t kept_ms;
    } rows[] = {
        { "both.test", 300000 },  { "short.test", 60000 },   { "long.test", 86400000 },
        { "alias.test", 100000 }, { "missing.test", 60000 }, { "none.test", 60000 },
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int64_t start_ms = 1000000;
        enum resolver_answer answer = resolve(&world, rows[i].host, start_ms);
        ck_assert_int_eq(lookup(&world, rows[i].host, start_ms + rows[i].kept_ms - 1), answer);
        ck_assert_msg(lookup(&world, rows[i].host, start_ms + rows[i].kept_ms) == RESOLVER_PENDING,
                      "%s", rows[i].host);
        wait_for_name(&world, rows[i].host);
        ck_assert_int_eq(lookup(&world, rows[i].host, start_ms + rows[i].kept_ms), answer);
    }
    world_close(&world);
}
END_TEST

START_TEST(the_time_of_an_answer_runs_from_the_first_look_at_it)
{
    struct world world;
    world_open(&world);
    ck_assert_int_eq(lookup(&world, "short.test", 0), RESOLVER_PENDING);
    wait_for_name(&world, "short.test");
    ck_assert_int_eq(lookup(&world, "short.test", 500000), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "short.test", 559999), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "short.test", 560000), RESOLVER_PENDING);
    wait_for_name(&world, "short.test");
    world_close(&world);
}
END_TEST

START_TEST(an_answer_nobody_took_may_expire_and_be_asked_for_again)
{
    struct world world;
    world_open(&world);
    struct bytes host;
    ck_assert_int_eq(lookup(&world, "short.test", 0), RESOLVER_PENDING);
    while (resolver_timeout_ms(world.resolver) != 0)
        poller_wait(world.poller, US_PER_MS * resolver_timeout_ms(world.resolver));
    ck_assert_int_eq(lookup(&world, "short.test", 0), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "short.test", 60000), RESOLVER_PENDING);
    ck_assert(resolver_done(world.resolver, &host));
    ck_assert_int_eq(lookup(&world, "short.test", 60000), RESOLVER_PENDING);
    wait_for_name(&world, "short.test");
    ck_assert_int_eq(lookup(&world, "short.test", 60000), RESOLVER_FOUND);
    ck_assert(!resolver_done(world.resolver, &host));
    world_close(&world);
}
END_TEST

START_TEST(failures_say_why)
{
    static const char *const hosts[] = { "missing.test", "none.test", "broken.test", "garbage.test",
                                         "silent.test" };
    struct world world;
    world_open_with(&world, 20, 100, "");
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        ck_assert_msg(resolve(&world, hosts[i], 0) == RESOLVER_FAILED, "%s", hosts[i]);
        ck_assert_uint_eq(world.resolved.count, 0);
        ck_assert_msg(world.resolved.error[0] != '\0', "%s", hosts[i]);
    }
    world_close(&world);
}
END_TEST

START_TEST(one_family_that_is_never_answered_does_not_lose_the_other)
{
    struct world world;
    world_open_with(&world, 100, 100, "");
    ck_assert_int_eq(resolve(&world, "half.test", 0), RESOLVER_FOUND);
    ck_assert_str_eq(address_at(&world, 0), "192.0.2.1");
    world_close(&world);
}
END_TEST

START_TEST(a_name_that_moves_is_seen_to_move)
{
    struct world world;
    world_open(&world);
    ck_assert_int_eq(resolve(&world, "moving.test", 0), RESOLVER_FOUND);
    ck_assert_str_eq(address_at(&world, 0), "192.0.2.1");
    ck_assert_int_eq(resolve(&world, "moving.test", 60000), RESOLVER_FOUND);
    ck_assert_str_eq(address_at(&world, 0), "127.0.0.1");
    world_close(&world);
}
END_TEST

START_TEST(literals_and_special_names_ask_nobody)
{
    static const struct {
        const char *host;
        const char *address; /* NULL: fails. */
    } rows[] = {
        { "192.0.2.7", "192.0.2.7" },
        { "[2001:db8::7]", "2001:db8::7" },
        { "[::ffff:10.0.0.1]", "10.0.0.1" },
        { "localhost", "127.0.0.1" },
        { "LOCALHOST.", "127.0.0.1" },
        { "a.b.localhost", "127.0.0.1" },
        { "listed.test", "192.0.2.99" },
        { "Second.Listed.test", "192.0.2.99" },
        { "six.test", "2001:db8::99" },
        { "xyz.onion", NULL },
        { "onion", NULL },
        { "", NULL },
        { ".", NULL },
        { "a b.test", NULL },
        { "a\\.test", NULL },
        { "caf\xc3\xa9.test", NULL },
        { "a..test", NULL },
        { "0123456789012345678901234567890123456789012345678901234567890123.test", NULL },
    };
    struct world world;
    world_open_with(&world, 20000, 100,
                    "# a comment\n192.0.2.99\tlisted.test  Second.Listed.TEST # "
                    "more.test\r\n2001:db8::99 six.test\n"
                    "not-an-address bad.test\n\n192.0.2.99\n127.0.0.1 localhost");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum resolver_answer answer = lookup(&world, rows[i].host, 0);
        ck_assert_msg(answer == (rows[i].address ? RESOLVER_FOUND : RESOLVER_FAILED), "%s",
                      rows[i].host);
        if (rows[i].address)
            ck_assert_str_eq(address_at(&world, 0), rows[i].address);
        else
            ck_assert(world.resolved.error[0] != '\0');
    }
    char longest[300];
    memset(longest, 'a', sizeof(longest));
    ck_assert_int_eq(resolver_lookup(world.resolver, bytes_of(longest, 254), 0, &world.resolved),
                     RESOLVER_FAILED);
    ck_assert_int_eq(resolver_lookup(world.resolver, bytes_of("a\0b", 3), 0, &world.resolved),
                     RESOLVER_FAILED);
    ck_assert_int_eq(atomic_load(&world.server.questions), 0);
    struct bytes host;
    ck_assert(!resolver_done(world.resolver, &host));
    ck_assert_int_eq(resolver_timeout_ms(world.resolver), -1);
    world_close(&world);
}
END_TEST

START_TEST(names_keep_to_their_own_characters)
{
    struct world world;
    world_open(&world);
    ck_assert_int_eq(resolve(&world, "a_b--c.test", 0), RESOLVER_FOUND);
    world_close(&world);
}
END_TEST

START_TEST(the_cache_forgets_what_was_not_used_for_longest)
{
    struct world world;
    world_open_with(&world, 20000, 2, "192.0.2.99 fixed.test");
    resolve(&world, "both.test", 0);
    resolve(&world, "short.test", 0);
    ck_assert_int_eq(lookup(&world, "both.test", 1), RESOLVER_FOUND);
    resolve(&world, "long.test", 2);
    ck_assert_int_eq(lookup(&world, "both.test", 3), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "long.test", 3), RESOLVER_FOUND);
    ck_assert_int_eq(lookup(&world, "fixed.test", 3), RESOLVER_FOUND);
    resolve(&world, "short.test", 3);
    ck_assert_int_eq(atomic_load(&world.server.questions), 4);
    world_close(&world);
}
END_TEST

START_TEST(many_names_at_once_are_each_done_once)
{
    struct world world;
    world_open_with(&world, 20000, 4, "");
    size_t count = 0;
    for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++)
        if (records[i].ipv6_count >= 0 && !records[i].is_garbage &&
            records[i].code != CODE_SERVFAIL) {
            ck_assert_int_eq(lookup(&world, records[i].name, 0), RESOLVER_PENDING);
            count++;
        }
    for (size_t done = 0; done < count;) {
        struct bytes host;
        poller_wait(world.poller, US_PER_MS * resolver_timeout_ms(world.resolver));
        resolver_process_timeouts(world.resolver);
        for (; resolver_done(world.resolver, &host); done++)
            ck_assert_int_ne(resolver_lookup(world.resolver, host, 0, &world.resolved),
                             RESOLVER_PENDING);
    }
    ck_assert_int_eq(atomic_load(&world.server.questions), (int)count);
    world_close(&world);
}
END_TEST

START_TEST(the_resolver_may_be_freed_while_names_are_asked_for)
{
    struct world world;
    world_open(&world);
    lookup(&world, "silent.test", 0);
    lookup(&world, "half.test", 0);
    world_close(&world);
}
END_TEST

SUITE_MAIN("resolver", a_name_has_addresses_of_both_families_in_turn,
           what_was_connected_to_goes_first_and_what_failed_last,
           a_name_is_asked_once_however_many_wait_and_however_it_is_spelled,
           answers_are_kept_for_their_time_within_bounds,
           the_time_of_an_answer_runs_from_the_first_look_at_it,
           an_answer_nobody_took_may_expire_and_be_asked_for_again, failures_say_why,
           one_family_that_is_never_answered_does_not_lose_the_other,
           a_name_that_moves_is_seen_to_move, literals_and_special_names_ask_nobody,
           names_keep_to_their_own_characters, the_cache_forgets_what_was_not_used_for_longest,
           many_names_at_once_are_each_done_once,
           the_resolver_may_be_freed_while_names_are_asked_for)
