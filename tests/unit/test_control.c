/* SPDX-License-Identifier: MIT */
#include <sys/stat.h>
#include <unistd.h>

#include "base/pack.h"
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

SUITE_MAIN("control", an_answer_that_no_frame_holds_is_said_to_be_too_large,
           a_client_of_a_server_that_stands_still_gives_up,
           the_socket_is_reached_however_long_its_path_is)
