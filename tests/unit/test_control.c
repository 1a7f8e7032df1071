/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <unistd.h>

#include "base/pack.h"
#include "crawler/control/answers.h"
#include "crawler/control/server.h"
#include "tests/unit/store_directory.h"
#include "tests/unit/suite.h"

/* A server whose answers are `answer_bytes` long, and a client of it in the same thread. */
struct pair {
    struct server *server;
    size_t answer_bytes;
    int client;
};

static void asked(void *owner, uint64_t client, enum question question, struct bytes payload)
{
    struct pair *pair = owner;
    (void)question;
    (void)payload;
    char *answer = xcalloc(1, pair->answer_bytes + 1);
    server_answer(pair->server, client, STATUS_OK, bytes_of(answer, pair->answer_bytes));
    free(answer);
}

static void pair_open(struct pair *pair, const char *directory, size_t answer_bytes)
{
    *pair = (struct pair){ .answer_bytes = answer_bytes };
    ck_assert_int_eq(server_open(&pair->server, directory, asked, pair), STATUS_OK);
    pair->client = wire_connect(directory, 10);
    ck_assert_int_ge(pair->client, 0);
    server_process(pair->server);
}

static void pair_close(struct pair *pair)
{
    close(pair->client);
    server_close(pair->server);
}

static void ask(const struct pair *pair)
{
    static const char question[] = { WIRE_VERSION, QUESTION_STATUS };
    ck_assert_int_eq(wire_send(pair->client, bytes_of(question, sizeof(question))), STATUS_OK);
}

START_TEST(an_answer_that_no_frame_holds_is_said_to_be_too_large)
{
    char *directory = directory_new();
    struct pair pair;
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    pair_open(&pair, directory, WIRE_FRAME_MOST);
    ask(&pair);
    server_process(pair.server);
    ck_assert_int_eq(wire_receive(pair.client, &frame), STATUS_OK);
    ck_assert_int_eq(frame.data[0], STATUS_DATA);
    ck_assert_ptr_nonnull(strstr(frame.data + 1, "too large"));
    buf_clear(&frame);
    pair_close(&pair);
    directory_remove(directory);
}
END_TEST

START_TEST(a_client_of_a_server_that_stands_still_gives_up)
{
    char *directory = directory_new();
    struct pair pair;
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    pair_open(&pair, directory, 1);
    ask(&pair);
    ck_assert_int_eq(wire_receive(pair.client, &frame), STATUS_BUSY);
    buf_clear(&frame);
    pair_close(&pair);
    directory_remove(directory);
}
END_TEST

START_TEST(the_socket_is_reached_however_long_its_path_is)
{
    char *directory = directory_new();
    char *path = xstrdup(directory);
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    for (int depth = 0; depth < 4; depth++) {
        struct pair pair;
        pair_open(&pair, path, 1);
        ask(&pair);
        server_process(pair.server);
        ck_assert_int_eq(wire_receive(pair.client, &frame), STATUS_OK);
        pair_close(&pair);
        char *deeper = xasprintf("%s/a-folder-with-a-name-of-fifty-bytes-or-somewhat-less", path);
        ck_assert_int_eq(mkdir(deeper, 0700), 0);
        free(path);
        path = deeper;
    }
    free(path);
    buf_clear(&frame);
    directory_remove(directory);
}
END_TEST

static enum status seed(struct answerer *answerer, const char *const *urls, struct buf *reply)
{
    struct buf question;
    buf_init(&question, BUF_UNBOUNDED);
    for (size_t i = 0; urls[i]; i++)
        pack_bytes(&question, bytes_from_string(urls[i]));
    enum status status = answer(answerer, QUESTION_SEED, buf_bytes(&question), reply);
    buf_clear(&question);
    return status;
}

START_TEST(a_seed_that_is_no_url_leaves_none_of_the_others)
{
    static const char *const mixed[] = { "https://c.example/", "mailto:b@b.example", NULL };
    static const char *const good[] = { "https://a.example/", NULL };
    char *directory = directory_new();
    struct config_overrides overrides = { 0 };
    struct config *config;
    struct tables tables;
    struct buf reply;
    char *error;
    buf_init(&reply, BUF_UNBOUNDED);
    ck_assert_int_eq(config_load(&config, directory, NULL, &overrides, &error), STATUS_OK);
    ck_assert_int_eq(tables_open(&tables, directory, config_settings(config), false), STATUS_OK);
    struct answerer answerer = { .tables = &tables, .config = config, .directory = directory };
    ck_assert_int_eq(seed(&answerer, mixed, &reply), STATUS_DATA);
    ck_assert_ptr_nonnull(strstr(reply.data, "mailto:b@b.example"));
    ck_assert_uint_eq(tables.counters.values[COUNTER_URLS_KNOWN], 0);
    ck_assert_int_eq(seed(&answerer, good, &reply), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_number(&from), 1);
    buf_clear(&reply);
    tables_close(&tables);
    config_free(config);
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("control", an_answer_that_no_frame_holds_is_said_to_be_too_large,
           a_client_of_a_server_that_stands_still_gives_up,
           the_socket_is_reached_however_long_its_path_is,
           a_seed_that_is_no_url_leaves_none_of_the_others)
