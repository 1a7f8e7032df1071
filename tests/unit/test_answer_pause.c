/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"

static void ask_hosts(enum question which, const char *const *patterns, enum status wanted)
{
    for (; *patterns; patterns++)
        pack_bytes(&question, bytes_from_string(*patterns));
    ck_assert_int_eq(ask(which), wanted);
}

#define HOSTS(...)                                                                                 \
    (const char *const[])                                                                          \
    {                                                                                              \
        __VA_ARGS__, NULL                                                                          \
    }

static void assert_reply(const char *bytes, size_t length)
{
    ck_assert_uint_eq(reply.length, length);
    ck_assert_mem_eq(reply.data, bytes, length);
}

static void assert_paused(const char *wanted)
{
    char all[256] = "";
    ck_assert_int_eq(ask(QUESTION_PAUSED), STATUS_OK);
    for (struct unpacker from = unpacker_of(buf_bytes(&reply)); from.left > 0;) {
        struct bytes pattern = unpack_bytes(&from);
        size_t length = strlen(all);
        snprintf(all + length, sizeof(all) - length, "%.*s ", (int)pattern.length, pattern.data);
    }
    ck_assert_str_eq(all, wanted);
}

START_TEST(hosts_are_paused_and_resumed_once_each)
{
    open_answerer(SEED);
    ask_hosts(QUESTION_PAUSE, HOSTS("example.org", "*.b.test", "example.org"), STATUS_OK);
    assert_reply("\1\1\0", 3);
    assert_paused("*.b.test example.org ");
    ck_assert(frontier_is_paused(crawl.tables.frontier, BYTES("example.org")));
    ask_hosts(QUESTION_RESUME, HOSTS("example.org", "a.b.test"), STATUS_OK);
    assert_reply("\1\0", 2);
    assert_paused("*.b.test ");
    ask_hosts(QUESTION_RESUME, HOSTS("*.b.test"), STATUS_OK);
    assert_paused("");
    close_answerer();
}
END_TEST

START_TEST(one_that_is_no_host_pauses_none_of_them)
{
    static const char *const wrong[] = { "", "a b", "a.test:80", "a.test/x", "A.test", "*", "*." };
    open_answerer(SEED);
    for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
        ask_hosts(QUESTION_PAUSE, HOSTS("example.org", wrong[i]), STATUS_DATA);
        check_says("this is no host");
        assert_paused("");
    }
    pack_u8(&question, 200); /* A length beyond the end. */
    ck_assert_int_eq(ask(QUESTION_PAUSE), STATUS_DATA);
    close_answerer();
}
END_TEST

/* ---- What the others say of it */

/* As one line: where it is wrapped does not matter here. */
static void explain(const char *url)
{
    pack_bytes(&question, bytes_from_string(url));
    pack_bytes(&question, bytes_from_string(url));
    pack_u8(&question, false);
    pack_bytes(&question, (struct bytes){ 0 });
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_EXPLAIN), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert(!unpack_u8(&from));
    keep_rest(from);
    char *to = reply.data;
    for (const char *at = reply.data; *at; at++)
        if ((*at != ' ' && *at != '\n') || (to > reply.data && to[-1] != ' '))
            *to++ = *at == '\n' ? ' ' : *at;
    *to = '\0';
}

START_TEST(what_leaves_a_host_alone_is_told)
{
    struct host_record host;
    open_answerer(SEED);
    answerer.run.is_running = true;
    frontier_host(crawl.tables.frontier, BYTES("example.org"), &host);
    frontier_host_hold(crawl.tables.frontier, host.id,
                       (struct hold){ START + DAY, OUTCOME_HELD_HOURS });
    explain(SEED);
    check_says("waits until 2025-06-16T15:06:40Z (in 23h): outside its hours");
    check_says("its host waits until 2025-06-16T15:06:40Z (outside its hours)");
    ask_hosts(QUESTION_PAUSE, HOSTS("*.org"), STATUS_OK);
    explain(SEED);
    check_says("connection is paused");
    check_says("It will be fetched once its host, which is paused, is resumed:");
    ask_hosts(QUESTION_RESUME, HOSTS("*.org"), STATUS_OK);
    frontier_host_hold(crawl.tables.frontier, host.id, (struct hold){ 0 });
    explain(SEED);
    ck_assert(!says("waits until") && !says("is paused"));
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_pause", hosts_are_paused_and_resumed_once_each,
           one_that_is_no_host_pauses_none_of_them, what_leaves_a_host_alone_is_told)
