/* SPDX-License-Identifier: MIT
 *
 * What is sent, and what comes, byte by byte, against a server in this process.
 */
#include "suite.h"

#include "transfers_world.h"

static const struct page pages[] = {
    { "/plain", OK_HEAD "Content-Length: 5\r\n\r\nhello", KEEP, NULL, 0 },
    { "/other?a=1&a=2", OK_HEAD "Content-Length: 5\r\n\r\nother", KEEP, NULL, 0 },
    { "/chunked",
      OK_HEAD "Transfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n5\r\nhello\r\n6;x=y\r\n "
              "world\r\n0\r\nX-Sum: "
              "9\r\n\r\n",
      KEEP, NULL, 0 },
    { "/to-the-end", OK_HEAD "\r\nuntil closed", CLOSE, NULL, 0 },
    { "/old", "HTTP/1.0 200 Fine\r\n\r\nold", CLOSE, NULL, 0 },
    { "/digest",
      "HTTP/1.1 401 Who?\r\nWWW-Authenticate: Digest realm=\"r\", nonce=\"n\", qop=\"auth\", "
      "algorithm=SHA-256\r\nContent-Length: 2\r\n\r\nno",
      KEEP, NULL, 0 },
    { "/empty", "HTTP/1.1 204 No Content\r\nX: y\r\n\r\n", KEEP, NULL, 0 },
    { "/not-modified", "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\nContent-Length: 5\r\n\r\n",
      KEEP, NULL, 0 },
    { "/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\ngone", KEEP, NULL, 0 },
    { "/moved", "HTTP/1.1 301 Moved\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n", KEEP, NULL,
      0 },
    { "/head", OK_HEAD "Content-Length: 5\r\n\r\n", KEEP, NULL, 0 },
    { "/gzip", OK_HEAD "Content-Encoding: gzip\r\nContent-Length: 3\r\n\r\n\x1f\x8b!", KEEP, NULL,
      0 },
    { "/odd-fields",
      "HTTP/1.1 200 OK\nContent-Length: 2\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Folded: a\r\n  "
      "b\r\nX-Space : c\r\n\r\nok",
      KEEP, NULL, 0 },
    { "/interim",
      "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\nX-Early: 1\r\n\r\nHTTP/1.1 100 "
      "Continue\r\n\r\n" OK_HEAD "Content-Length: 5\r\n\r\nfinal",
      KEEP, NULL, 0 },
    { "/cut", OK_HEAD "Content-Length: 50\r\n\r\npartial", CLOSE, NULL, 0 },
    { "/cut-chunk", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n32\r\npartial", CLOSE, NULL, 0 },
    { "/reset", OK_HEAD "Content-Length: 50\r\n\r\n", RESET, NULL, 0 },
    { "/bad-chunk", OK_HEAD "Transfer-Encoding: chunked\r\n\r\nzz\r\n", STALL, NULL, 0 },
    { "/two-lengths", OK_HEAD "Content-Length: 5\r\nContent-Length: 7\r\n\r\nhello", STALL, NULL,
      0 },
    { "/same-lengths", OK_HEAD "Content-Length: 5\r\nContent-Length: 5\r\n\r\nhello", KEEP, NULL,
      0 },
    { "/negative-length", OK_HEAD "Content-Length: -5\r\n\r\nhello", CLOSE, NULL, 0 },
    { "/switch", "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n", STALL, NULL, 0 },
    { "/nothing", "", CLOSE, NULL, 0 },
    { "/http09", "<html>no status line", CLOSE, NULL, 0 },
    { "/bad-status", "HTTP/1.1 abc Odd\r\n\r\n", CLOSE, NULL, 0 },
    { "/low-status", "HTTP/1.1 042 Odd\r\nContent-Length: 0\r\n\r\n", CLOSE, NULL, 0 },
    { "/many-fields", OK_HEAD, STALL, "X: y\r\n", 300 },
    { "/many-bytes", OK_HEAD, STALL, "X-Long: 0123456789012345678901234567890123456789\r\n", 200 },
    { "/long-line", OK_HEAD "X-Long: ", STALL, "0123456789012345678901234567890123456789", 6000 },
    { "/many-interims", "", STALL, "HTTP/1.1 103 Early Hints\r\n\r\n", 100000 },
    { "/many-trailers", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n0\r\n", STALL,
      "X-Trailer: yes\r\n", 100000 },
    { "/large", OK_HEAD "Content-Length: 100000\r\n\r\n", STALL, "0123456789", 10000 },
    { "/exact", OK_HEAD "Content-Length: 4096\r\n\r\n", KEEP, "01234567", 512 },
    { "/endless", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n", STALL, "5\r\nhello\r\n", 1000000 },
    { "/much-behind", OK_HEAD "Content-Length: 5\r\n\r\nhello world, and more", CLOSE, NULL, 0 },
    { "/body-of-204", "HTTP/1.1 204 No\r\nContent-Length: 5\r\n\r\nhello", KEEP, NULL, 0 },
    { "/body-of-304", "HTTP/1.1 304 No\r\nContent-Length: 5\r\n\r\nhello", KEEP, NULL, 0 },
    { "/huge-chunk", OK_HEAD "Transfer-Encoding: chunked\r\n\r\nffffffffffffffffffffffff\r\nhello",
      CLOSE, NULL, 0 },
    { "/negative-chunk", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n-5\r\nhello", CLOSE, NULL, 0 },
    { "/chunked-and-long",
      OK_HEAD "Content-Length: 50\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      KEEP, NULL, 0 },
    { "/no-last-chunk", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n", CLOSE, NULL,
      0 },
    { "/odd-coding", OK_HEAD "Transfer-Encoding: rot13, chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
      CLOSE, NULL, 0 },
    { "/cut-head", "HTTP/1.1 200 OK\r\nContent-Le", CLOSE, NULL, 0 },
    { "/old-version", "HTTP/3.7 200 OK\r\nContent-Length: 0\r\n\r\n", CLOSE, NULL, 0 },
    { "/status-999", "HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n", CLOSE, NULL, 0 },
    { "/bare-status", "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", CLOSE, NULL, 0 },
    { "/boast", OK_HEAD "Content-Length: 9223372036854775807\r\n\r\nhello", CLOSE, NULL, 0 },
};

static void world_open(struct world *world)
{
    world_open_with(world, "127.0.0.1", "127.0.0.0/8", pages, sizeof(pages) / sizeof(pages[0]));
}

START_TEST(a_page_comes_with_its_headers_exactly_as_received)
{
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/plain");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert_ptr_eq(result.owner, &world);
    ck_assert_uint_eq(result.status, 200);
    ck_assert_uint_eq(result.http_version, 11);
    ck_assert(bytes_equal(buf_bytes(&result.headers), BYTES(OK_HEAD "Content-Length: 5\r\n")));
    assert_body(&result, "hello");
    ck_assert(result.is_connected);
    ck_assert(!result.is_reused);
    ck_assert_mem_eq(result.address.ip, world.server.address.ip, 16);
    ck_assert_uint_eq(result.bytes_in, strlen(OK_HEAD "Content-Length: 5\r\n\r\nhello"));
    ck_assert_int_ge(result.total_ms, result.first_byte_ms);
    ck_assert_int_eq(world.judged, 1);
    ck_assert_uint_eq(room_used(&world.room), 0);
    transfer_result_clear(&result);
    result = fetch(&world, "/odd-fields");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert_msg(
        bytes_equal(
            buf_bytes(&result.headers),
            BYTES(
                "HTTP/1.1 200 OK\nContent-Length: 2\r\nX-Twice: 1\r\nx-twice: 2\r\nX-Folded: a\r\n"
                "  b\r\nX-Space : c\r\n")),
        "%s", result.headers.data);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(responses_end_as_the_table_says)
{
    static const struct {
        const char *path;
        enum transfer_end end;
        uint16_t status;
        const char *body;
        int judged;
        bool is_truncated;
    } rows[] = {
        { "/chunked", TRANSFER_DONE, 200, "hello world", 1, false },
        { "/to-the-end", TRANSFER_DONE, 200, "until closed", 1, false },
        { "/old", TRANSFER_DONE, 200, "old", 1, false },
        { "/empty", TRANSFER_DONE, 204, "", 1, false },
        { "/not-modified", TRANSFER_DONE, 304, "", 1, false },
        { "/missing", TRANSFER_DONE, 404, "gone", 1, false },
        { "/moved", TRANSFER_DONE, 301, "", 1, false },
        { "/gzip", TRANSFER_DONE, 200, "\x1f\x8b!", 1, false },
        { "/same-lengths", TRANSFER_DONE, 200, "hello", 1, false },
        { "/cut", TRANSFER_FAILED_PROTOCOL, 200, "partial", 1, true },
        { "/cut-chunk", TRANSFER_FAILED_PROTOCOL, 200, "partial", 1, true },
        { "/reset", TRANSFER_FAILED_PROTOCOL, 200, "", 1, true },
        { "/bad-chunk", TRANSFER_FAILED_PROTOCOL, 200, "", 1, true },
        { "/two-lengths", TRANSFER_FAILED_PROTOCOL, 200, "", 0, false },
        { "/negative-length", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/much-behind", TRANSFER_DONE, 200, "hello", 1, false },
        { "/body-of-204", TRANSFER_DONE, 204, "", 1, false },
        { "/body-of-304", TRANSFER_DONE, 304, "", 1, false },
        { "/huge-chunk", TRANSFER_FAILED_PROTOCOL, 200, "", 1, true },
        { "/negative-chunk", TRANSFER_FAILED_PROTOCOL, 200, "", 1, true },
        { "/chunked-and-long", TRANSFER_DONE, 200, "hello", 1, false },
        { "/no-last-chunk", TRANSFER_FAILED_PROTOCOL, 200, "hello", 1, true },
        { "/odd-coding", TRANSFER_FAILED_PROTOCOL, 200, "", 0, false },
        { "/cut-head", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/old-version", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/status-999", TRANSFER_DONE, 999, "", 1, false },
        { "/bare-status", TRANSFER_DONE, 200, "", 1, false },
        { "/boast", TRANSFER_FAILED_PROTOCOL, 200, "hello", 1, true },
        { "/switch", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/nothing", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/http09", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/bad-status", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/low-status", TRANSFER_FAILED_PROTOCOL, 0, "", 0, false },
        { "/many-fields", TRANSFER_HEADERS_TOO_LARGE, 0, "", 0, false },
        { "/many-bytes", TRANSFER_HEADERS_TOO_LARGE, 0, "", 0, false },
        { "/long-line", TRANSFER_HEADERS_TOO_LARGE, 0, "", 0, false },
        { "/many-interims", TRANSFER_HEADERS_TOO_LARGE, 0, "", 0, false },
        { "/many-trailers", TRANSFER_HEADERS_TOO_LARGE, 200, "", 1, false },
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world.judged = 0;
        struct transfer_result result = fetch(&world, rows[i].path);
        ck_assert_msg(result.end == rows[i].end, "%s ended with %d: %s", rows[i].path,
                      (int)result.end, result.detail);
        ck_assert_msg(result.status == rows[i].status, "%s has status %u", rows[i].path,
                      result.status);
        ck_assert_msg(world.judged == rows[i].judged, "%s was judged %d times", rows[i].path,
                      world.judged);
        ck_assert_msg((result.detail[0] == '\0') == (result.end == TRANSFER_DONE), "%s: %s",
                      rows[i].path, result.detail);
        ck_assert_msg(result.is_truncated == rows[i].is_truncated, "%s", rows[i].path);
        assert_body(&result, rows[i].body);
        transfer_result_clear(&result);
    }
    ck_assert_uint_eq(room_used(&world.room), 0);
    world_close(&world);
}
END_TEST

START_TEST(interim_responses_and_their_fields_are_dropped)
{
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/interim");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert(bytes_equal(buf_bytes(&result.headers), BYTES(OK_HEAD "Content-Length: 5\r\n")));
    assert_body(&result, "final");
    ck_assert_int_eq(world.judged, 1);
    ck_assert_uint_eq(world.judged_status, 200);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(a_digest_is_computed_from_the_challenge)
{
    static const struct transfer_login alice = { AUTH_DIGEST, "alice", "s3cret" };
    static const struct transfer_login bob = { AUTH_DIGEST, "bob", "other" };
    struct world world;
    world_open(&world);
    const struct transfer_login *const logins[] = { &alice, &alice, NULL, &bob, &alice };
    /* Who has a login is asked for it, and then gives it. */
    static const int requests[] = { 2, 2, 1, 2, 2 };
    for (size_t i = 0; i < sizeof(logins) / sizeof(logins[0]); i++) {
        struct transfer_request request = { .login = logins[i] };
        char wanted[64];
        int before = atomic_load(&world.server.requests);
        start_like(&world, &request, "example.test", "/digest");
        struct transfer_result result = wait_for_one(&world);
        ck_assert_int_eq(result.end, TRANSFER_DONE);
        ck_assert_uint_eq(result.status, 401);
        int asked = atomic_load(&world.server.requests) - before;
        ck_assert_msg(asked == requests[i], "%zu: %d requests", i, asked);
        snprintf(wanted, sizeof(wanted), "Authorization: Digest username=\"%s\"",
                 logins[i] ? logins[i]->user : "");
        ck_assert_int_eq(strstr(server_request(&world.server), "Authorization") != NULL,
                         logins[i] != NULL);
        ck_assert(!logins[i] || strstr(server_request(&world.server), wanted));
        ck_assert_ptr_null(strstr(server_request(&world.server), "s3cret"));
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(trailers_come_apart_from_the_headers)
{
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/chunked");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    ck_assert(bytes_equal(buf_bytes(&result.trailers), BYTES("X-Sum: 9\r\n")));
    ck_assert_ptr_null(memmem(result.headers.data, result.headers.length, "X-Sum: ", 7));
    transfer_result_clear(&result);
    result = fetch(&world, "/plain");
    ck_assert_uint_eq(result.trailers.length, 0);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

/* The same handle serves one after the other. */
START_TEST(each_method_is_sent_as_such)
{
    static const struct {
        enum transfer_method method;
        const char *path;
        const char *body;
        const char *wanted; /* Behind the host. */
        uint16_t status;
    } rows[] = {
        { METHOD_HEAD, "/head", "", "HEAD /head", 200 },
        { METHOD_GET, "/plain", "", "GET /plain", 200 },
        { METHOD_OPTIONS, "/empty", "", "OPTIONS /empty", 204 },
        { METHOD_POST, "/plain", "a=b&c=d", "POST /plain", 200 },
        { METHOD_GET, "/plain", "", "GET /plain", 200 },
        { METHOD_POST, "/plain", "", "POST /plain", 200 },
        { METHOD_HEAD, "/head", "", "HEAD /head", 200 },
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char wanted[256], length[64] = "";
        struct transfer_request request = { .method = rows[i].method,
                                            .body = bytes_from_string(rows[i].body) };
        start_like(&world, &request, "example.test", rows[i].path);
        struct transfer_result result = wait_for_one(&world);
        ck_assert_msg(result.end == TRANSFER_DONE, "row %zu: %s", i, result.detail);
        ck_assert_uint_eq(result.status, rows[i].status);
        ck_assert(!result.is_truncated);
        if (rows[i].method == METHOD_POST)
            snprintf(length, sizeof(length), "Content-Length: %zu\r\n", strlen(rows[i].body));
        snprintf(wanted, sizeof(wanted),
                 "%s HTTP/1.1\r\nHost: example.test:%u\r\nUser-Agent: Test/1\r\n"
                 "Accept-Encoding: gzip\r\n%s\r\n%s",
                 rows[i].wanted, world.server.port, length, rows[i].body);
        ck_assert_str_eq(server_request(&world.server), wanted);
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(the_request_holds_our_lines_and_host_alone)
{
    struct world world;
    world_open(&world);
    struct transfer_result result = fetch(&world, "/other?a=1&a=2");
    assert_body(&result, "other");
    char wanted[256];
    snprintf(wanted, sizeof(wanted),
             "GET /other?a=1&a=2 HTTP/1.1\r\nHost: example.test:%u\r\nUser-Agent: Test/1\r\n"
             "Accept-Encoding: gzip\r\n\r\n",
             world.server.port);
    ck_assert_str_eq(server_request(&world.server), wanted);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(lines_that_are_not_whole_are_left_out)
{
    struct world world;
    world_open(&world);
    const char *const headers[] = { "X-Good: yes", "X-Empty:",
                                    "X-Blank:  ",  "X-Semicolon;",
                                    ": no name",   "X-Bad: a\r\nX-Injected: b",
                                    "Host:",       "accept: text/html",
                                    NULL };
    char url[64];
    snprintf(url, sizeof(url), "http://example.test:%u/plain", world.server.port);
    struct transfer_request request = { .url = url,
                                        .host = BYTES("example.test"),
                                        .port = world.server.port,
                                        .addresses = &world.server.address,
                                        .address_count = 1,
                                        .headers = headers,
                                        .limits = world.limits };
    transfers_start(world.transfers, &request, &world);
    struct transfer_result result = wait_for_one(&world);
    char wanted[256];
    snprintf(
        wanted, sizeof(wanted),
        "GET /plain HTTP/1.1\r\nHost: example.test:%u\r\nX-Good: yes\r\naccept: text/html\r\n\r\n",
        world.server.port);
    ck_assert_str_eq(server_request(&world.server), wanted);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(request_targets_go_out_untouched)
{
    static const char *const targets[] = {
        "/",
        "/?",
        "/a/../b/./c",
        "/a//b",
        "//x/y",
        "/%7Euser/%2e%2E/",
        "/a?b?c",
        "/a;b=c",
        "/a'(b)*!",
        "/a?x=%20+|",
        "/%ff%00",
        "/a?http://h/",
        "/\\x{}\"^`[]",
        "/a:b@c",
        "/a?%zz%",
        "/a%",
        "/-",
        "/?a=\"b\"",
        "/~a",
        "/a,b$c&d=e+f",
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++) {
        struct transfer_result result = fetch(&world, targets[i]);
        ck_assert_int_eq(result.end, TRANSFER_DONE);
        size_t length = strcspn(server_request(&world.server) + 4, " ");
        ck_assert_msg(length == strlen(targets[i]) &&
                          strncmp(server_request(&world.server) + 4, targets[i], length) == 0,
                      "%s became %.80s", targets[i], server_request(&world.server));
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

START_TEST(bodies_are_kept_up_to_the_limit)
{
    static const struct {
        const char *path;
        size_t limit;
        enum transfer_end end;
    } rows[] = {
        { "/large", 1000, TRANSFER_BODY_TOO_LARGE }, { "/endless", 70000, TRANSFER_BODY_TOO_LARGE },
        { "/exact", 4095, TRANSFER_BODY_TOO_LARGE }, { "/exact", 4096, TRANSFER_DONE },
        { "/boast", 4, TRANSFER_BODY_TOO_LARGE },    { "/plain", 0, TRANSFER_BODY_TOO_LARGE },
    };
    struct world world;
    world_open(&world);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        world.limits.body_bytes = rows[i].limit;
        struct transfer_result result = fetch(&world, rows[i].path);
        ck_assert_int_eq(result.end, rows[i].end);
        ck_assert_uint_eq(result.body.length, rows[i].limit);
        transfer_result_clear(&result);
    }
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers_messages", a_page_comes_with_its_headers_exactly_as_received,
           responses_end_as_the_table_says, interim_responses_and_their_fields_are_dropped,
           trailers_come_apart_from_the_headers, a_digest_is_computed_from_the_challenge,
           each_method_is_sent_as_such, the_request_holds_our_lines_and_host_alone,
           lines_that_are_not_whole_are_left_out, request_targets_go_out_untouched,
           bodies_are_kept_up_to_the_limit)
