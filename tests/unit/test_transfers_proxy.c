/* SPDX-License-Identifier: MIT
 *
 * What goes through proxies, and how their failures are told from those of what lies behind.
 */
#include "suite.h"

#include "transfers_world.h"

#define OK_BODY "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello"

/* The server of the world is an HTTP proxy: it is asked for whole URLs, and for tunnels. */
static const struct page pages[] = {
    { "http://origin.test/", OK_BODY, KEEP, NULL, 0 },
    { "http://origin.test/a?b", OK_BODY, KEEP, NULL, 0 },
    { "http://origin.test:8080/", OK_BODY, KEEP, NULL, 0 },
    { "http://teapot.test/", "HTTP/1.1 418 Tea\r\nContent-Length: 0\r\n\r\n", KEEP, NULL, 0 },
    { "http://login.test/",
      "HTTP/1.1 407 Login\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 2\r\n\r\nno",
      KEEP, NULL, 0 },
    { "http://dead.test/",
      "HTTP/1.1 503 Dead\r\nX-Squid-Error: ERR_CONNECT_FAIL 111\r\nContent-Length: 0\r\n\r\n", KEEP,
      NULL, 0 },
    { "http://lost.test/",
      "HTTP/1.1 503 Lost\r\nX-Squid-Error: ERR_DNS_FAIL 0\r\nContent-Length: 0\r\n\r\n", KEEP, NULL,
      0 },
    { "http://busy.test/", "HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n", KEEP, NULL, 0 },
    { "http://cut.test/", "HTTP/1.1 200 OK\r\nContent-Length: 50\r\n\r\nhello", CLOSE, NULL, 0 },
    { "http://silent.test/", "", CLOSE, NULL, 0 },
    { "http://deaf.test/", "", STALL, NULL, 0 },
    { "forbidden.test:443", "HTTP/1.1 403 No\r\n\r\n", CLOSE, NULL, 0 },
    { "law.test:443", "HTTP/1.1 451 No\r\n\r\n", CLOSE, NULL, 0 },
    { "login.test:443", "HTTP/1.1 407 No\r\nProxy-Authenticate: Basic realm=\"p\"\r\n\r\n", CLOSE,
      NULL, 0 },
    { "dead.test:443", "HTTP/1.1 502 No\r\n\r\n", CLOSE, NULL, 0 },
    { "late.test:443", "HTTP/1.1 504 No\r\n\r\n", CLOSE, NULL, 0 },
    { "broken.test:443", "HTTP/1.1 500 No\r\n\r\n", CLOSE, NULL, 0 },
    { "odd.test:443", "HTTP/1.1 400 No\r\n\r\n", CLOSE, NULL, 0 },
    { "closed.test:443", "", CLOSE, NULL, 0 },
    { "deaf.test:443", "", STALL, NULL, 0 },
    { "garbage.test:443", "HTTP/1.1 200 OK\r\n\r\nno TLS at all, but many letters", CLOSE, NULL,
      0 },
};

struct through {
    const char *proxy; /* "http", with what stands before its host. */
    const char *url;
    const char *ip; /* Of the host; NULL: the proxy is to know. */
};

/* Through the world's server as a proxy; its port follows. */
static struct transfer_result fetch_through(struct world *world, const struct through *through)
{
    char *text = xasprintf("%s127.0.0.1:%u", through->proxy, world->server.port);
    char *problem = NULL;
    char storage[512];
    struct proxy proxy;
    struct url url;
    struct address address;
    ck_assert_msg(proxy_parse(&proxy, bytes_from_string(text), &problem), "%s", problem);
    ck_assert_int_eq(
        url_parse(&url, storage, sizeof(storage), bytes_from_string(through->url), NULL),
        URL_ERROR_NONE);
    ck_assert(!through->ip || address_parse(&address, bytes_from_string(through->ip)));
    struct proxy_route route = { &proxy, &world->server.address, 1 };
    struct transfer_request request = { .url = url.href,
                                        .host = url_host(&url),
                                        .port = url.port,
                                        .addresses = through->ip ? &address : NULL,
                                        .address_count = through->ip ? 1 : 0,
                                        .proxy = &route,
                                        .limits = world->limits };
    transfers_start(world->transfers, &request, world);
    struct transfer_result result = wait_for_one(world);
    proxy_clear(&proxy);
    free(text);
    return result;
}

static void world_open(struct world *world)
{
    /* Not even the loopback is allowed: a proxy may stand anywhere. */
    world_open_with(world, "127.0.0.1", "203.0.113.0/24", pages, sizeof(pages) / sizeof(pages[0]));
}

START_TEST(a_proxy_is_asked_for_the_whole_url)
{
    static const struct {
        struct through through;
        const char *wanted;
    } rows[] = {
        { { "http://", "http://origin.test/", NULL },
          "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n" },
        { { "http://", "http://origin.test/a?b", NULL },
          "GET http://origin.test/a?b HTTP/1.1\r\nHost: origin.test\r\n" },
        { { "http://", "http://origin.test:8080/", NULL },
          "GET http://origin.test:8080/ HTTP/1.1\r\nHost: origin.test:8080\r\n" },
        { { "http://", "http://u:p@origin.test/", NULL },
          "GET http://origin.test/ HTTP/1.1\r\nHost: origin.test\r\n" },
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result = fetch_through(&world, &rows[i].through);
        ck_assert_msg(result.end == TRANSFER_DONE, "row %zu: %s", i, result.detail);
        ck_assert_int_eq(result.proxy_fate, PROXY_WORKED);
        ck_assert_msg(
            strncmp(server_request(&world.server), rows[i].wanted, strlen(rows[i].wanted)) == 0,
            "row %zu: %s", i, server_request(&world.server));
        assert_body(&result, "hello");
        transfer_result_clear(&result);
    }
    /* Nobody's turn, and nothing learned of the origin's addresses. */
    ck_assert_int_eq(world.turns, 0);
    ck_assert_int_eq(world.tried, 0);
    ck_assert_int_eq(world.sent, 4);
    ck_assert(!world.has_sent_to);
    /* One connection to the proxy for all. */
    ck_assert_int_eq(atomic_load(&world.server.accepts), 1);
    world_close(&world);
}
END_TEST

START_TEST(failures_of_a_proxy_are_told_from_those_behind_it)
{
    static const struct {
        const char *url;
        enum transfer_end end;
        enum proxy_fate fate;
        uint16_t status;
        const char *detail; /* Behind the proxy's name; NULL: whatever. */
    } rows[] = {
        { "http://teapot.test/", TRANSFER_DONE, PROXY_WORKED, 418, "" },
        { "http://busy.test/", TRANSFER_DONE, PROXY_WORKED, 503, "" },
        { "http://cut.test/", TRANSFER_FAILED_PROTOCOL, PROXY_WORKED, 200, NULL },
        { "http://login.test/", TRANSFER_FAILED_PROXY, PROXY_FAILED, 0,
          "wants another login: 407" },
        { "http://dead.test/", TRANSFER_FAILED_CONNECT, PROXY_WORKED, 0, "could not connect" },
        { "http://lost.test/", TRANSFER_FAILED_CONNECT, PROXY_WORKED, 0, "could not connect" },
        { "http://silent.test/", TRANSFER_FAILED_PROTOCOL, PROXY_SILENT, 0,
          "Empty reply from server" },
        { "http://deaf.test/", TRANSFER_TIMED_OUT, PROXY_SILENT, 0, "no answer within 300 ms" },
        { "https://forbidden.test/", TRANSFER_FAILED_PROXY, PROXY_REFUSED, 0,
          "refuses to connect there: 403" },
        { "https://law.test/", TRANSFER_FAILED_PROXY, PROXY_REFUSED, 0,
          "refuses to connect there: 451" },
        { "https://login.test/", TRANSFER_FAILED_PROXY, PROXY_FAILED, 0,
          "wants another login: 407" },
        { "https://dead.test/", TRANSFER_FAILED_CONNECT, PROXY_WORKED, 0,
          "could not connect: 502" },
        { "https://late.test/", TRANSFER_FAILED_CONNECT, PROXY_WORKED, 0,
          "got no connection in time: 504" },
        { "https://broken.test/", TRANSFER_FAILED_CONNECT, PROXY_SILENT, 0,
          "could not connect: 500" },
        { "https://odd.test/", TRANSFER_FAILED_PROXY, PROXY_REFUSED, 0,
          "refuses to connect there" },
        { "https://closed.test/", TRANSFER_FAILED_PROXY, PROXY_FAILED, 0, NULL },
        { "https://deaf.test/", TRANSFER_TIMED_OUT, PROXY_SILENT, 0, NULL },
        { "https://garbage.test/", TRANSFER_FAILED_TLS, PROXY_WORKED, 0, NULL },
    };
    struct world world;
    char wanted[256];
    world_open(&world);
    world.limits.first_byte_ms = 300;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct through through = { "http://", rows[i].url, NULL };
        struct transfer_result result = fetch_through(&world, &through);
        ck_assert_msg(result.end == rows[i].end && result.proxy_fate == rows[i].fate &&
                          result.status == rows[i].status,
                      "%s: end %d, fate %d, status %u: %s", rows[i].url, (int)result.end,
                      (int)result.proxy_fate, result.status, result.detail);
        bool is_told = rows[i].detail && rows[i].detail[0];
        snprintf(wanted, sizeof(wanted), "proxy http://127.0.0.1:%u: %s", world.server.port,
                 is_told ? rows[i].detail : "");
        ck_assert_msg(!rows[i].detail || strcmp(result.detail, is_told ? wanted : "") == 0,
                      "%s: %s", rows[i].url, result.detail);
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(a_proxy_that_is_not_there_has_failed)
{
    static const char *const kinds[] = { "http://", "https://", "socks4://", "socks5://",
                                         "socks5h://" };
    struct world world;
    world_open(&world);
    shutdown(world.server.listener, SHUT_RDWR);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        struct through through = { kinds[i], "http://origin.test/", "203.0.113.7" };
        struct transfer_result result = fetch_through(&world, &through);
        ck_assert_int_eq(result.end, TRANSFER_FAILED_PROXY);
        ck_assert_int_eq(result.proxy_fate, PROXY_FAILED);
        ck_assert_ptr_nonnull(strstr(result.detail, "Connection refused"));
        ck_assert_int_eq(world.sent, 0);
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(what_is_not_allowed_is_not_asked_of_a_proxy_either)
{
    struct world world;
    world_open(&world);
    static const struct {
        struct through through;
        enum transfer_end end;
    } rows[] = {
        { { "socks5://", "http://origin.test/", "127.0.0.1" }, TRANSFER_REFUSED_ADDRESS },
        { { "socks4://", "http://origin.test/", "10.1.2.3" }, TRANSFER_REFUSED_ADDRESS },
        { { "socks4://", "http://origin.test/", "2001:db9::1" }, TRANSFER_FAILED_CONNECT },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct transfer_result result = fetch_through(&world, &rows[i].through);
        ck_assert_int_eq(result.end, rows[i].end);
        ck_assert_int_eq(result.proxy_fate, PROXY_UNUSED);
        transfer_result_clear(&result);
    }
    ck_assert_int_eq(atomic_load(&world.server.accepts), 0);
    ck_assert_uint_eq(room_used(&world.room), 0);
    world_close(&world);
}
END_TEST

START_TEST(a_login_goes_to_the_proxy_alone)
{
    struct world world;
    world_open(&world);
    /* Asked for a login, it is given, and it is refused again. */
    struct through through = { "http://alice:s3cret@", "http://login.test/", NULL };
    struct transfer_result result = fetch_through(&world, &through);
    ck_assert_int_eq(result.end, TRANSFER_FAILED_PROXY);
    ck_assert_ptr_nonnull(strstr(server_request(&world.server),
                                 "\r\nProxy-Authorization: Basic YWxpY2U6czNjcmV0\r\n"));
    ck_assert_ptr_null(strstr(result.detail, "s3cret"));
    transfer_result_clear(&result);
    struct through other = { "http://", "http://origin.test/", NULL };
    result = fetch_through(&world, &other);
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert_ptr_null(strstr(server_request(&world.server), "Authorization"));
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers_proxy", a_proxy_is_asked_for_the_whole_url,
           failures_of_a_proxy_are_told_from_those_behind_it, a_proxy_that_is_not_there_has_failed,
           what_is_not_allowed_is_not_asked_of_a_proxy_either, a_login_goes_to_the_proxy_alone)
