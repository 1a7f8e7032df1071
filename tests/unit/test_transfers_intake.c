/* SPDX-License-Identifier: MIT
 *
 * Transfers that must wait for a rate or for room, against a server in this process: what libcurl
 * makes of that. Who waits and when is in test_intake.c.
 */
#include "suite.h"

#include <malloc.h>

#include "transfers_world.h"

/* Of a body that is repeated: 1,000,000 bytes of it. */
#define TEN(text) text text text text text text text text text text
#define REPEATED  TEN(TEN("0123456789abcdefghijABCDEFGHIJ!#$%&()*+,"))
enum { REPEATS = 250, LARGE_BYTES = 1000000 };

static const struct page pages[] = {
    { "/large", OK_HEAD "Content-Length: 1000000\r\n\r\n", KEEP, REPEATED, REPEATS },
    { "/plain", OK_HEAD "Content-Length: 5\r\n\r\nhello", KEEP, NULL, 0 },
    { "/to-the-end", OK_HEAD "\r\nhello", CLOSE, NULL, 0 },
    { "/chunked", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
      KEEP, NULL, 0 },
    { "/cut", OK_HEAD "Content-Length: 50\r\n\r\nhello", CLOSE, NULL, 0 },
    { "/empty", OK_HEAD "Content-Length: 0\r\n\r\n", KEEP, NULL, 0 },
};

static void open_world(struct world *world)
{
    world_open_with(world, "127.0.0.1", "127.0.0.0/8", pages, sizeof(pages) / sizeof(pages[0]));
    world->limits.body_bytes = 10 * LARGE_BYTES;
}

/* Nothing may come from now on, until the limit is taken away. */
static void shut_rate(struct world *world)
{
    rate_set(&world->rate, 1);
    rate_charge(&world->rate, UINT64_C(1) << 30, clock_monotonic_us());
}

/* Until the server has sent all and nothing is to be done here. */
static void turn_until_all_wait(struct world *world, const char *path)
{
    start(world, "example.test", path);
    for (int idle = 0; idle < 3;) {
        int64_t before_us = clock_monotonic_us();
        poller_wait(world->poller, 5 * US_PER_MS);
        transfers_process_timeouts(world->transfers);
        idle = clock_monotonic_us() - before_us >= 5 * US_PER_MS ? idle + 1 : 0;
    }
    ck_assert_uint_eq(transfers_in_flight(world->transfers), 1);
}

static void assert_whole(const struct transfer_result *result)
{
    ck_assert_msg(result->end == TRANSFER_DONE, "%s", result->detail);
    ck_assert_uint_eq(result->body.length, LARGE_BYTES);
    for (size_t i = 0; i < LARGE_BYTES; i += strlen(REPEATED))
        ck_assert_mem_eq(result->body.data + i, REPEATED, strlen(REPEATED));
}

START_TEST(a_body_that_had_to_wait_comes_whole)
{
    static const struct {
        const char *path;
        enum transfer_end end;
    } rows[] = {
        { "/plain", TRANSFER_DONE },
        { "/to-the-end", TRANSFER_DONE },
        { "/chunked", TRANSFER_DONE },
        { "/cut", TRANSFER_FAILED_PROTOCOL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct world world;
        open_world(&world);
        shut_rate(&world);
        turn_until_all_wait(&world, rows[i].path);
        rate_set(&world.rate, 0);
        struct transfer_result result = wait_for_one(&world);
        ck_assert_msg(result.end == rows[i].end, "%s: %s", rows[i].path, result.detail);
        assert_body(&result, "hello");
        transfer_result_clear(&result);
        /* The connection is as good as before. */
        result = fetch(&world, "/plain");
        assert_body(&result, "hello");
        transfer_result_clear(&result);
        ck_assert_uint_eq(room_used(&world.room), 0);
        world_close(&world);
    }
}
END_TEST

START_TEST(what_has_no_body_waits_for_nothing)
{
    struct world world;
    open_world(&world);
    shut_rate(&world);
    struct transfer_result result = fetch(&world, "/empty");
    ck_assert_int_eq(result.end, TRANSFER_DONE);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(a_server_pays_nothing_for_our_waiting)
{
    struct world world;
    open_world(&world);
    world.limits.total_ms = 400;
    world.limits.slow_ms = 100;
    world.limits.slow_bytes_per_s = 1000000;
    shut_rate(&world);
    turn_until_all_wait(&world, "/large");
    /* Longer than any of its limits. */
    for (int64_t end_us = clock_monotonic_us() + 500 * US_PER_MS; clock_monotonic_us() < end_us;)
        turn(&world);
    ck_assert_uint_eq(transfers_in_flight(world.transfers), 1);
    world.limits.total_ms = 0;
    rate_set(&world.rate, 0);
    struct transfer_result result = wait_for_one(&world);
    assert_whole(&result);
    ck_assert_int_lt(result.total_ms, 400);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(who_waits_can_be_aborted_freed_and_found_too_large)
{
    struct world world;
    struct transfer_result result;
    open_world(&world);
    shut_rate(&world);
    turn_until_all_wait(&world, "/large");
    transfers_abort_all(world.transfers);
    turn(&world);
    ck_assert(transfers_next_done(world.transfers, &result));
    ck_assert_int_eq(result.end, TRANSFER_ABORTED);
    transfer_result_clear(&result);
    world.limits.body_bytes = 3;
    turn_until_all_wait(&world, "/plain");
    rate_set(&world.rate, 0);
    result = wait_for_one(&world);
    ck_assert_int_eq(result.end, TRANSFER_BODY_TOO_LARGE);
    assert_body(&result, "hel");
    transfer_result_clear(&result);
    shut_rate(&world);
    turn_until_all_wait(&world, "/plain");
    world_close(&world);
}
END_TEST

START_TEST(the_rate_of_a_host_holds_for_its_transfers_alone)
{
    struct world world;
    struct rate rate;
    open_world(&world);
    rate_init(&rate, 1);
    rate_charge(&rate, UINT64_C(1) << 30, clock_monotonic_us());
    char url[128];
    snprintf(url, sizeof(url), "http://slow.test:%u/plain", world.server.port);
    struct transfer_request request = { .url = url,
                                        .host = BYTES("slow.test"),
                                        .port = world.server.port,
                                        .addresses = &world.server.address,
                                        .address_count = 1,
                                        .headers = (const char *const[]){ NULL },
                                        .limits = world.limits,
                                        .rate = &rate };
    transfers_start(world.transfers, &request, &world);
    struct transfer_result result = fetch(&world, "/large");
    assert_whole(&result);
    transfer_result_clear(&result);
    rate_set(&rate, 0);
    result = wait_for_one(&world);
    assert_body(&result, "hello");
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

/* What the allocator has handed out; 0 where a sanitizer or valgrind stands in for it. */
static size_t allocated_bytes(void)
{
    struct mallinfo2 info = mallinfo2();
    return info.uordblks + info.hblkhd;
}

/* 60 bodies of a megabyte with room for four: all come, whole, and hardly more is ever held. */
START_TEST(bodies_under_way_take_no_more_memory_than_there_is_room)
{
    enum { BODIES = 60, ROOM = 4 * LARGE_BYTES, READ_BYTES = 64 * 1024 };
    struct world world;
    char host[32];
    open_world(&world);
    room_init(&world.room, ROOM, BODIES);
    size_t before = allocated_bytes();
    size_t most = 0;
    for (int i = 0; i < BODIES; i++) {
        snprintf(host, sizeof(host), "h%d.test", i);
        start(&world, host, "/large");
    }
    for (int done = 0; done < BODIES;) {
        struct transfer_result result;
        while (transfers_next_done(world.transfers, &result)) {
            assert_whole(&result);
            transfer_result_clear(&result);
            done++;
        }
        ck_assert_uint_le(room_used(&world.room), ROOM + LARGE_BYTES + READ_BYTES);
        size_t now = allocated_bytes();
        most = now > before + most ? now - before : most;
        if (done < BODIES)
            turn(&world);
    }
    ck_assert_uint_eq(room_used(&world.room), 0);
    /* Buffers grow by doubling; libcurl has one for each transfer, and what it keeps of one that
     * waits; the server is in this process, too. */
    size_t bound = 2 * (ROOM + LARGE_BYTES) + BODIES * (4 * READ_BYTES);
    ck_assert_msg(most <= bound, "%zu bytes, and %zu may be", most, bound);
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers_intake", a_body_that_had_to_wait_comes_whole,
           what_has_no_body_waits_for_nothing, a_server_pays_nothing_for_our_waiting,
           who_waits_can_be_aborted_freed_and_found_too_large,
           the_rate_of_a_host_holds_for_its_transfers_alone,
           bodies_under_way_take_no_more_memory_than_there_is_room)
