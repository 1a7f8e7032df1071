/* SPDX-License-Identifier: MIT
 *
 * The listening side of the control socket, in one thread with its clients.
 */
#include "suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/pack.h"
#include "crawler/control/server.h"
#include "store_directory.h"

enum { ASKED_MOST = 200 };

static char *directory;
static struct server *server;

/* What came in. */
static struct {
    uint64_t client;
    enum question question;
    char payload[16];
    size_t length;
} asked[ASKED_MOST];
static size_t asked_count;

static void note_question(void *owner, uint64_t client, enum question question,
                          struct bytes payload)
{
    ck_assert_ptr_eq(owner, &asked);
    ck_assert_uint_lt(asked_count, ASKED_MOST);
    asked[asked_count].client = client;
    asked[asked_count].question = question;
    asked[asked_count].length = payload.length;
    for (size_t i = 0; i < payload.length && i < sizeof(asked[0].payload); i++)
        asked[asked_count].payload[i] = payload.data[i];
    asked_count++;
}

static void open_server(void)
{
    directory = directory_new();
    asked_count = 0;
    ck_assert_int_eq(server_open(&server, directory, note_question, &asked), STATUS_OK);
}

static void close_server(void)
{
    server_close(server);
    directory_remove(directory);
}

/* Works until nothing is left to do. */
static void process(void)
{
    struct pollfd watched = { .fd = server_descriptor(server), .events = POLLIN };
    for (int i = 0; poll(&watched, 1, 0) > 0; i++) {
        ck_assert_int_lt(i, 10000);
        server_process(server);
    }
}

/* Until so many questions came in. */
static void process_until(size_t count)
{
    struct pollfd watched = { .fd = server_descriptor(server), .events = POLLIN };
    while (asked_count < count) {
        poll(&watched, 1, -1);
        server_process(server);
    }
}

static int connect_client(void)
{
    int client = wire_connect(directory, 0);
    ck_assert_int_ge(client, 0);
    process();
    return client;
}

static void send_bytes(int client, const void *bytes, size_t length)
{
    ck_assert_int_eq(send(client, bytes, length, MSG_NOSIGNAL), (ssize_t)length);
}

static void send_question(int client, enum question question, const char *payload)
{
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    pack_u8(&frame, WIRE_VERSION);
    pack_u8(&frame, (uint8_t)question);
    buf_append_string(&frame, payload);
    ck_assert_int_eq(wire_send(client, buf_bytes(&frame)), STATUS_OK);
    buf_clear(&frame);
}

/* The next answer as text: its status and its reply. */
static const char *receive(int client)
{
    static char text[256];
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    if (wire_receive(client, &frame) == STATUS_OK)
        snprintf(text, sizeof(text), "%d %.*s", frame.data[0], (int)frame.length - 1,
                 frame.data + 1);
    else
        snprintf(text, sizeof(text), "closed");
    buf_clear(&frame);
    return text;
}

START_TEST(a_question_comes_in_whole_however_it_is_cut)
{
    static const char frame[] = { 0, 0, 0, 5, WIRE_VERSION, QUESTION_CAT, 'a', 'b', 'c' };
    open_server();
    int client = connect_client();
    for (size_t i = 0; i < sizeof(frame); i++) {
        ck_assert_uint_eq(asked_count, 0);
        send_bytes(client, &frame[i], 1);
        process();
    }
    ck_assert_uint_eq(asked_count, 1);
    ck_assert_int_eq(asked[0].question, QUESTION_CAT);
    ck_assert_uint_eq(asked[0].length, 3);
    ck_assert_mem_eq(asked[0].payload, "abc", 3);
    server_answer(server, asked[0].client, STATUS_NOT_FOUND, BYTES("not here"));
    process();
    char wanted[32];
    snprintf(wanted, sizeof(wanted), "%d not here", STATUS_NOT_FOUND);
    ck_assert_str_eq(receive(client), wanted);
    close(client);
    close_server();
}
END_TEST

START_TEST(questions_may_come_together_and_be_answered_later)
{
    open_server();
    int client = connect_client();
    for (int i = 0; i < 100; i++)
        send_question(client, QUESTION_SEED, i % 2 ? "odd" : "even");
    process_until(100);
    for (size_t i = 0; i < 100; i++) {
        ck_assert_uint_eq(asked[i].length, i % 2 ? 3 : 4);
        server_answer(server, asked[i].client, STATUS_OK, i % 2 ? BYTES("1") : BYTES("0"));
    }
    process();
    for (size_t i = 0; i < 100; i++)
        ck_assert_str_eq(receive(client), i % 2 ? "0 1" : "0 0");
    close(client);
    close_server();
}
END_TEST

START_TEST(each_client_gets_its_own_answer)
{
    open_server();
    int first = connect_client(), second = connect_client();
    send_question(first, QUESTION_STATUS, "");
    process_until(1);
    send_question(second, QUESTION_STATUS, "");
    process_until(2);
    ck_assert_uint_ne(asked[0].client, asked[1].client);
    server_answer(server, asked[1].client, STATUS_OK, BYTES("second"));
    server_answer(server, asked[0].client, STATUS_OK, BYTES("first"));
    process();
    ck_assert_str_eq(receive(first), "0 first");
    ck_assert_str_eq(receive(second), "0 second");
    close(first);
    close(second);
    close_server();
}
END_TEST

START_TEST(a_client_that_speaks_nonsense_is_dropped)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        { "\0\0\0\0", 4 },                          /* No version, no question. */
        { "\0\0\0\1\1", 5 },                        /* No question. */
        { "\4\0\0\1\1\1", 6 },                      /* More than a frame may hold. */
        { "\0\0\0\2\2\1", 6 },                      /* Another version. */
        { "\0\0\0\2\0\1", 6 },                      /* None. */
        { "\0\0\0\2\1\xff", 6 },                    /* No such question. */
        { "\0\0\0\2\1\1\xff\xff\xff\xff\1\1", 12 }, /* One that is good before. */
        { "GET / HTTP/1.1\r\n", 16 },
    };
    open_server();
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        int good = connect_client(), bad = connect_client();
        asked_count = 0;
        send_bytes(bad, rows[i].bytes, rows[i].length);
        process();
        ck_assert_msg(strcmp(receive(bad), "closed") == 0, "row %zu", i);
        /* The others are not bothered, nor is an answer to the one that is gone. */
        send_question(good, QUESTION_STATUS, "");
        process_until(asked_count + 1);
        server_answer(server, asked[0].client, STATUS_OK, BYTES("yes"));
        server_answer(server, asked[asked_count - 1].client, STATUS_OK, BYTES("yes"));
        process();
        ck_assert_str_eq(receive(good), "0 yes");
        close(good);
        close(bad);
        process();
    }
    close_server();
}
END_TEST

START_TEST(an_answer_to_a_client_that_left_goes_nowhere)
{
    open_server();
    int client = connect_client();
    send_question(client, QUESTION_STATUS, "");
    process_until(1);
    close(client);
    process();
    int other = connect_client(); /* In its place. */
    server_answer(server, asked[0].client, STATUS_OK, BYTES("for the other"));
    send_question(other, QUESTION_STATUS, "");
    process_until(2);
    server_answer(server, asked[1].client, STATUS_OK, BYTES("mine"));
    process();
    ck_assert_str_eq(receive(other), "0 mine");
    close(other);
    close_server();
}
END_TEST

START_TEST(beyond_the_most_clients_are_sent_away)
{
    int clients[SERVER_CLIENTS_MOST];
    open_server();
    for (size_t i = 0; i < SERVER_CLIENTS_MOST; i++)
        clients[i] = connect_client();
    int beyond = connect_client();
    ck_assert_str_eq(receive(beyond), "closed");
    close(beyond);
    close(clients[0]);
    process();
    clients[0] = connect_client();
    send_question(clients[0], QUESTION_STATUS, "");
    process_until(1);
    for (size_t i = 0; i < SERVER_CLIENTS_MOST; i++)
        close(clients[i]);
    close_server();
}
END_TEST

START_TEST(a_long_answer_is_sent_as_the_client_reads_it)
{
    struct buf large, got;
    open_server();
    int client = connect_client();
    buf_init(&large, BUF_UNBOUNDED);
    buf_init(&got, BUF_UNBOUNDED);
    while (large.length < 5000000)
        buf_append_char(&large, (char)(large.length * 13));
    send_question(client, QUESTION_CAT, "");
    process_until(1);
    server_answer(server, asked[0].client, STATUS_OK, buf_bytes(&large));
    fcntl(client, F_SETFL, O_NONBLOCK);
    while (got.length < large.length + 5) {
        char piece[65536];
        ssize_t received = recv(client, piece, sizeof(piece), 0);
        if (received > 0)
            buf_append(&got, piece, (size_t)received);
        else
            server_process(server);
    }
    ck_assert(bytes_equal(bytes_slice(buf_bytes(&got), 5, got.length), buf_bytes(&large)));
    close(client);
    buf_clear(&large);
    buf_clear(&got);
    close_server();
}
END_TEST

START_TEST(an_answer_that_fits_no_frame_says_so)
{
    open_server();
    int client = connect_client();
    char *large = xmalloc(WIRE_FRAME_MOST);
    memset(large, 'x', WIRE_FRAME_MOST);
    send_question(client, QUESTION_CAT, "");
    process_until(1);
    server_answer(server, asked[0].client, STATUS_OK, bytes_of(large, WIRE_FRAME_MOST));
    process();
    char wanted[64];
    snprintf(wanted, sizeof(wanted), "%d the answer is too large", STATUS_DATA);
    ck_assert_int_eq(strncmp(receive(client), wanted, strlen(wanted)), 0);
    free(large);
    close(client);
    close_server();
}
END_TEST

START_TEST(a_client_does_not_wait_for_ever_for_a_server_that_stands_still)
{
    struct buf frame;
    buf_init(&frame, BUF_UNBOUNDED);
    open_server();
    int client = wire_connect(directory, 10);
    send_question(client, QUESTION_STATUS, "");
    ck_assert_int_eq(wire_receive(client, &frame), STATUS_BUSY);
    close(client);
    buf_clear(&frame);
    close_server();
}
END_TEST

START_TEST(a_question_may_be_as_large_as_a_frame)
{
    open_server();
    int client = connect_client();
    char *large = xmalloc(WIRE_FRAME_MOST + 4);
    size_t sent = 0;
    memset(large, 'x', WIRE_FRAME_MOST + 4);
    memcpy(large, "\4\0\0\0\1\2", 6);
    fcntl(client, F_SETFL, O_NONBLOCK);
    while (asked_count == 0) {
        ssize_t written = send(client, large + sent, WIRE_FRAME_MOST + 4 - sent, MSG_NOSIGNAL);
        ck_assert(written >= 0 || errno == EAGAIN);
        sent += written > 0 ? (size_t)written : 0;
        server_process(server);
    }
    ck_assert_uint_eq(asked[0].length, WIRE_FRAME_MOST - 2);
    free(large);
    close(client);
    close_server();
}
END_TEST

START_TEST(without_a_folder_there_is_no_server)
{
    struct server *none = NULL;
    ck_assert_int_ne(server_open(&none, "/nowhere/at/all", note_question, NULL), STATUS_OK);
    ck_assert_ptr_null(none);
    server_close(none);
}
END_TEST

SUITE_MAIN("server", a_question_comes_in_whole_however_it_is_cut,
           questions_may_come_together_and_be_answered_later, each_client_gets_its_own_answer,
           a_client_that_speaks_nonsense_is_dropped, an_answer_to_a_client_that_left_goes_nowhere,
           beyond_the_most_clients_are_sent_away, a_long_answer_is_sent_as_the_client_reads_it,
           an_answer_that_fits_no_frame_says_so,
           a_client_does_not_wait_for_ever_for_a_server_that_stands_still,
           a_question_may_be_as_large_as_a_frame, without_a_folder_there_is_no_server)
