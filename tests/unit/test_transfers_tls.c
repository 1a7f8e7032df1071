/* SPDX-License-Identifier: MIT
 *
 * Whom we believe, and what we say where we do not.
 */
#include "suite.h"

#include "tls_server.h"

#include <poll.h>
#include <signal.h>
#include <sys/inotify.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/fetch/transfers.h"

struct world {
    char folder[64];
    char *ca_file; /* The authority's certificate. */
    struct identity authority;
    struct poller *poller;
    struct address_rules *rules;
    struct transfers *transfers;
};

static char *path_in(const struct world *world, const char *name)
{
    return xasprintf("%s/%s", world->folder, name);
}

static void world_open(struct world *world)
{
    const char *allowed = "127.0.0.0/8";
    char *error = NULL;
    signal(SIGPIPE, SIG_IGN);
    snprintf(world->folder, sizeof(world->folder), "/tmp/forage-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(world->folder));
    world->authority = identity_new("Authority", NULL, -1, 10);
    world->ca_file = path_in(world, "ca.pem");
    identity_write(&world->authority, false, world->ca_file);
    world->poller = poller_new();
    world->rules = address_rules_new(&allowed, 1, &error);
    transfers_global_init();
    struct transfers_options options = { .rules = world->rules,
                                         .connections_most = 8,
                                         .ca_file = world->ca_file };
    world->transfers = transfers_new(world->poller, &options);
}

static void world_close(struct world *world)
{
    transfers_free(world->transfers);
    transfers_global_clear();
    address_rules_free(world->rules);
    poller_free(world->poller);
    identity_clear(&world->authority);
    unlink(world->ca_file);
    free(world->ca_file);
    ck_assert_int_eq(rmdir(world->folder), 0);
}

static struct transfer_result fetch(struct world *world, const struct tls_server *server,
                                    const struct transfer_tls *tls)
{
    struct address address;
    char url[64];
    struct transfer_result result;
    address_parse(&address, BYTES("127.0.0.1"));
    snprintf(url, sizeof(url), "https://good.test:%u/", server->port);
    struct transfer_request request = { .url = url,
                                        .host = BYTES("good.test"),
                                        .port = server->port,
                                        .addresses = &address,
                                        .address_count = 1,
                                        .tls = tls,
                                        .limits = { .header_bytes = 4096,
                                                    .header_fields = 100,
                                                    .body_bytes = 100,
                                                    .connect_ms = 20000,
                                                    .total_ms = 20000 } };
    transfers_start(world->transfers, &request, world);
    while (!transfers_next_done(world->transfers, &result)) {
        poller_wait(world->poller, US_PER_MS * transfers_timeout_ms(world->transfers));
        transfers_process_timeouts(world->transfers);
    }
    return result;
}

/* Fetches once and says how that ended. */
static void expect(struct world *world, const struct tls_server *server,
                   const struct transfer_tls *tls, const char *detail)
{
    struct transfer_result result = fetch(world, server, tls);
    enum transfer_end end = detail[0] ? TRANSFER_FAILED_TLS : TRANSFER_DONE;
    ck_assert_msg(result.end == end && strcmp(result.detail, detail) == 0, "%d, \"%s\", not \"%s\"",
                  (int)result.end, result.detail, detail);
    transfer_result_clear(&result);
}

START_TEST(certificates_that_are_no_good_are_told_apart)
{
    static const struct {
        const char *name;
        bool is_signed;
        long from_days;
        long until_days;
        const char *detail;
    } rows[] = {
        { "good.test", true, -1, 1, "" },
        { "good.test", true, -3, -1, "certificate expired" },
        { "good.test", true, 1, 3, "certificate not yet valid" },
        { "other.test", true, -1, 1, "certificate for another name" },
        { "good.test", false, -1, 1, "certificate not trusted: self-signed" },
    };
    static const struct transfer_tls insecure = { .is_insecure = true };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct tls_server server;
        struct identity identity =
            identity_new(rows[i].name, rows[i].is_signed ? &world.authority : NULL,
                         rows[i].from_days, rows[i].until_days);
        tls_server_start(&server, &identity, TLS1_3_VERSION, NULL);
        expect(&world, &server, NULL, rows[i].detail);
        /* Who believes all believes this as well, and what was believed is not remembered. */
        expect(&world, &server, &insecure, "");
        expect(&world, &server, NULL, rows[i].detail);
        tls_server_stop(&server);
        identity_clear(&identity);
    }
    world_close(&world);
}
END_TEST

START_TEST(an_authority_that_is_not_ours_is_none)
{
    struct world world;
    struct tls_server server;
    world_open(&world);
    struct identity stranger = identity_new("Stranger", NULL, -1, 10);
    struct identity identity = identity_new("good.test", &stranger, -1, 1);
    char *own_file = path_in(&world, "own.pem");
    identity_write(&stranger, false, own_file);
    tls_server_start(&server, &identity, TLS1_3_VERSION, NULL);
    expect(&world, &server, NULL, "certificate not trusted: its authority is unknown");
    struct transfer_tls own = { .ca_file = own_file };
    expect(&world, &server, &own, "");
    expect(&world, &server, NULL, "certificate not trusted: its authority is unknown");
    tls_server_stop(&server);
    identity_clear(&identity);
    identity_clear(&stranger);
    unlink(own_file);
    free(own_file);
    world_close(&world);
}
END_TEST

START_TEST(versions_and_ciphers_have_to_meet)
{
    static const struct transfer_tls least = { .least = TLS_1_3 };
    static const struct transfer_tls old = { .least = TLS_1_2 };
    static const struct transfer_tls one = { .ciphers = "ECDHE-ECDSA-AES128-GCM-SHA256" };
    static const struct transfer_tls other = { .ciphers = "ECDHE-RSA-AES128-GCM-SHA256" };
    static const struct transfer_tls none = { .ciphers = "no such thing" };
    struct world world;
    struct tls_server server;
    world_open(&world);
    struct identity identity = identity_new("good.test", &world.authority, -1, 1);
    tls_server_start(&server, &identity, TLS1_2_VERSION, NULL);
    expect(&world, &server, &least, "no TLS in common: tlsv1 alert protocol version");
    expect(&world, &server, &old, "");
    expect(&world, &server, &one, "");
    expect(&world, &server, &other, "no TLS in common: sslv3 alert handshake failure");
    expect(&world, &server, &none,
           "our own TLS settings: failed setting cipher list: no such thing");
    tls_server_stop(&server);
    identity_clear(&identity);
    world_close(&world);
}
END_TEST

START_TEST(who_asks_for_our_certificate_gets_it)
{
    struct world world;
    struct tls_server server;
    world_open(&world);
    struct identity identity = identity_new("good.test", &world.authority, -1, 1);
    struct identity visitor = identity_new("visitor.test", &world.authority, -1, 1);
    char *file = path_in(&world, "visitor.pem");
    identity_write(&visitor, true, file);
    struct transfer_tls tls = { .client_cert = file };
    for (int most = TLS1_2_VERSION; most <= TLS1_3_VERSION; most++) {
        tls_server_start(&server, &identity, most, &world.authority);
        struct transfer_result result = fetch(&world, &server, NULL);
        ck_assert_int_eq(result.end, TRANSFER_FAILED_TLS);
        ck_assert_msg(strncmp(result.detail, "no TLS in common: ", 18) == 0, "%s", result.detail);
        transfer_result_clear(&result);
        expect(&world, &server, &tls, "");
        tls_server_stop(&server);
    }
    unlink(file);
    free(file);
    identity_clear(&visitor);
    identity_clear(&identity);
    world_close(&world);
}
END_TEST

static size_t openings(int notices)
{
    _Alignas(struct inotify_event) char events[4096];
    size_t count = 0;
    struct pollfd ready = { .fd = notices, .events = POLLIN };
    while (poll(&ready, 1, 0) > 0) {
        ssize_t length = read(notices, events, sizeof(events));
        count += (size_t)length / sizeof(struct inotify_event);
    }
    return count;
}

START_TEST(the_authorities_are_read_once)
{
    struct world world;
    struct tls_server server;
    world_open(&world);
    struct identity identity = identity_new("good.test", &world.authority, -1, 1);
    struct identity stranger = identity_new("Stranger", NULL, -1, 10);
    char *own_file = path_in(&world, "own.pem");
    identity_write(&stranger, false, own_file);
    struct transfer_tls own = { .ca_file = own_file };
    struct transfer_tls insecure = { .is_insecure = true };
    struct transfer_tls same = { .ca_file = world.ca_file };
    tls_server_start(&server, &identity, TLS1_3_VERSION, NULL);
    int notices = inotify_init1(IN_CLOEXEC);
    ck_assert_int_ge(inotify_add_watch(notices, world.ca_file, IN_OPEN), 0);
    for (int i = 0; i < 5; i++) {
        expect(&world, &server, NULL, "");
        expect(&world, &server, &own, "certificate not trusted: its authority is unknown");
        expect(&world, &server, &same, "");
        expect(&world, &server, &insecure, "");
    }
    ck_assert_int_eq(atomic_load(&server.handshakes), 15);
    ck_assert_uint_eq(openings(notices), 1);
    close(notices);
    tls_server_stop(&server);
    unlink(own_file);
    free(own_file);
    identity_clear(&stranger);
    identity_clear(&identity);
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers_tls", certificates_that_are_no_good_are_told_apart,
           an_authority_that_is_not_ours_is_none, versions_and_ciphers_have_to_meet,
           who_asks_for_our_certificate_gets_it, the_authorities_are_read_once)
