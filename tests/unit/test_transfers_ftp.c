/* SPDX-License-Identifier: MIT
 *
 * FTP against a server in this process that says what each test wants to hear.
 */
#include "suite.h"

#include <netinet/in.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/fetch/transfers.h"

/* What it says to a command. Where it speaks of a connection for data, "@" stands for its port,
 * "#" for that in the form of PASV; data goes out between the reply and "226 Done". */
struct reply {
    const char *command;
    const char *reply;
    const char *data; /* NULL: none. */
};

struct ftp_server {
    const struct reply *replies;
    int listener;
    int data_listener;
    uint16_t port;
    uint16_t data_port;
    pthread_t thread;
    atomic_int sessions;
};

static int listen_at(uint16_t *port)
{
    struct sockaddr_in at = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    socklen_t length = sizeof(at);
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(bind(listener, (struct sockaddr *)&at, sizeof(at)), 0);
    ck_assert_int_eq(listen(listener, 16), 0);
    getsockname(listener, (struct sockaddr *)&at, &length);
    *port = ntohs(at.sin_port);
    return listener;
}

static void say(const struct ftp_server *server, int peer, const char *text)
{
    for (; *text; text++) {
        char port[32] = { *text, '\0' };
        if (*text == '@')
            snprintf(port, sizeof(port), "%u", server->data_port);
        else if (*text == '#')
            snprintf(port, sizeof(port), "%u,%u", server->data_port >> 8, server->data_port & 255);
        send(peer, port, strlen(port), MSG_NOSIGNAL);
    }
    send(peer, "\r\n", 2, MSG_NOSIGNAL);
}

static void answer(struct ftp_server *server, int peer, const char *command)
{
    const struct reply *reply = server->replies;
    while (reply->command && strncmp(command, reply->command, strlen(reply->command)) != 0)
        reply++;
    say(server, peer, reply->reply);
    if (!reply->data)
        return;
    int data = accept(server->data_listener, NULL, NULL);
    send(data, reply->data, strlen(reply->data), MSG_NOSIGNAL);
    close(data);
    say(server, peer, "226 Done");
}

static void *serve(void *argument)
{
    struct ftp_server *server = argument;
    int peer;
    while ((peer = accept(server->listener, NULL, NULL)) >= 0) {
        FILE *in = fdopen(dup(peer), "re");
        char line[256];
        atomic_fetch_add(&server->sessions, 1);
        answer(server, peer, "hello");
        while (fgets(line, sizeof(line), in) && strncmp(line, "QUIT", 4) != 0)
            answer(server, peer, line);
        fclose(in);
        close(peer);
    }
    return NULL;
}

struct world {
    struct ftp_server server;
    struct poller *poller;
    struct address_rules *rules;
    struct transfers *transfers;
    int judged;
    bool judge_says;
    int turns;
};

static bool judge(void *owner, uint16_t status, struct bytes headers)
{
    struct world *world = owner;
    world->judged++;
    ck_assert_uint_eq(status, 200);
    ck_assert(bytes_start_with(headers, BYTES("FTP\r\nContent-Type: ")));
    return world->judge_says;
}

static int64_t give_turn(void *owner, const struct address *address)
{
    (void)address;
    ((struct world *)owner)->turns++;
    return 0;
}

static void world_open(struct world *world, const struct reply *replies)
{
    const char *allowed = "127.0.0.1/32";
    char *error = NULL;
    signal(SIGPIPE, SIG_IGN);
    *world = (struct world){ .judge_says = true };
    world->server.replies = replies;
    world->server.listener = listen_at(&world->server.port);
    world->server.data_listener = listen_at(&world->server.data_port);
    ck_assert_int_eq(pthread_create(&world->server.thread, NULL, serve, &world->server), 0);
    world->poller = poller_new();
    world->rules = address_rules_new(&allowed, 1, &error);
    transfers_global_init();
    struct transfers_options options = {
        .rules = world->rules, .judge = judge, .turn = give_turn, .connections_most = 4
    };
    world->transfers = transfers_new(world->poller, &options);
}

static void world_close(struct world *world)
{
    transfers_free(world->transfers);
    transfers_global_clear();
    address_rules_free(world->rules);
    poller_free(world->poller);
    shutdown(world->server.listener, SHUT_RDWR);
    pthread_join(world->server.thread, NULL);
    close(world->server.listener);
    close(world->server.data_listener);
}

static struct transfer_result fetch(struct world *world, const char *path)
{
    struct transfer_result result;
    struct address address;
    char *url = xasprintf("ftp://files.test:%u%s", world->server.port, path);
    address_parse(&address, BYTES("127.0.0.1"));
    struct transfer_request request = { .url = url,
                                        .host = BYTES("files.test"),
                                        .port = world->server.port,
                                        .addresses = &address,
                                        .address_count = 1,
                                        .limits = { .header_bytes = 4096,
                                                    .header_fields = 100,
                                                    .body_bytes = 1000,
                                                    .connect_ms = 20000,
                                                    .total_ms = 20000 } };
    transfers_start(world->transfers, &request, world);
    while (!transfers_next_done(world->transfers, &result)) {
        poller_wait(world->poller, US_PER_MS * transfers_timeout_ms(world->transfers));
        transfers_process_timeouts(world->transfers);
    }
    free(url);
    return result;
}

#define LOGIN                                                                                      \
    { "hello", "220 Hello", NULL }, { "USER", "331 Your name?", NULL },                            \
        { "PASS", "230 In", NULL }, { "PWD", "257 \"/\"", NULL },                                  \
    {                                                                                              \
        "TYPE", "200 Fine", NULL                                                                   \
    }
#define EPSV                                                                                       \
    {                                                                                              \
        "EPSV", "229 Here (|||@|)", NULL                                                           \
    }
#define REST                                                                                       \
    {                                                                                              \
        NULL, "500 What?", NULL                                                                    \
    }

START_TEST(files_and_directories_come_as_pages)
{
    static const struct reply replies[] = {
        LOGIN,
        EPSV,
        { "CWD pub", "250 There", NULL },
        { "MDTM", "213 20200102030405", NULL },
        { "SIZE", "213 5", NULL },
        { "LIST", "150 Comes", "-rw-r--r-- 1 0 0 5 Jan 01 12:00 a b.txt\r\n" },
        { "RETR a.txt", "150 Comes", "hello" },
        REST,
    };
    struct world world;
    world_open(&world, replies);
    struct transfer_result result = fetch(&world, "/pub/");
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert_uint_eq(result.status, 200);
    ck_assert_uint_eq(result.http_version, 0);
    ck_assert(bytes_equal(buf_bytes(&result.headers), BYTES("FTP\r\nContent-Type: text/html\r\n")));
    ck_assert_ptr_nonnull(
        memmem(result.body.data, result.body.length, "<a href=\"./a%20b.txt\">", 22));
    transfer_result_clear(&result);
    result = fetch(&world, "/pub/a.txt");
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert(bytes_equal(buf_bytes(&result.headers),
                          BYTES("FTP\r\nContent-Type: text/plain\r\n"
                                "Last-Modified: Thu, 02 Jan 2020 03:04:05 GMT\r\n")));
    ck_assert(bytes_equal(buf_bytes(&result.body), BYTES("hello")));
    transfer_result_clear(&result);
    /* One login for both, a turn for neither of the connections for data. */
    ck_assert_int_eq(atomic_load(&world.server.sessions), 1);
    ck_assert_int_eq(world.judged, 2);
    ck_assert_int_eq(world.turns, 0);
    world_close(&world);
}
END_TEST

START_TEST(where_a_server_sends_us_is_not_believed)
{
    static const struct reply replies[] = {
        LOGIN,
        { "EPSV", "500 What?", NULL },
        { "PASV", "227 There (10,9,8,7,#)", NULL },
        { "SIZE", "213 5", NULL },
        { "RETR a.txt", "150 Comes", "hello" },
        REST,
    };
    struct world world;
    world_open(&world, replies);
    struct transfer_result result = fetch(&world, "/a.txt");
    ck_assert_msg(result.end == TRANSFER_DONE, "%s", result.detail);
    ck_assert(bytes_equal(buf_bytes(&result.body), BYTES("hello")));
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(replies_mean_what_a_status_says)
{
    static const struct {
        struct reply replies[8];
        enum transfer_end end;
        uint16_t status;
    } rows[] = {
        { { LOGIN, EPSV, { NULL, "550 Not here", NULL } }, TRANSFER_DONE, 404 },
        { { LOGIN, EPSV, { NULL, "450 Not now", NULL } }, TRANSFER_DONE, 500 },
        { { { "hello", "421 Too many", NULL }, REST }, TRANSFER_DONE, 503 },
        { { { "hello", "220 Hello", NULL }, { NULL, "530 No", NULL } }, TRANSFER_DONE, 401 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct world world;
        world_open(&world, rows[i].replies);
        struct transfer_result result = fetch(&world, "/a.txt");
        ck_assert_msg(result.end == rows[i].end && result.status == rows[i].status,
                      "row %zu: end %d, status %u: %s", i, (int)result.end, result.status,
                      result.detail);
        ck_assert_uint_eq(result.body.length, 0);
        ck_assert(!result.is_truncated);
        transfer_result_clear(&result);
        world_close(&world);
    }
}
END_TEST

START_TEST(a_path_cannot_hold_a_command)
{
    static const struct reply replies[] = { LOGIN, EPSV, REST };
    struct world world;
    world_open(&world, replies);
    struct transfer_result result = fetch(&world, "/a%0d%0aDELE%20b");
    ck_assert_int_eq(result.end, TRANSFER_FAILED_PROTOCOL);
    ck_assert_uint_eq(result.status, 0);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(the_judge_goes_by_the_name)
{
    static const struct reply replies[] = { LOGIN, EPSV, REST };
    struct world world;
    world_open(&world, replies);
    world.judge_says = false;
    struct transfer_result result = fetch(&world, "/pub/x.bin");
    ck_assert_int_eq(result.end, TRANSFER_STOPPED);
    ck_assert_ptr_nonnull(strstr(result.headers.data, "application/octet-stream"));
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

START_TEST(words_without_end_are_too_many)
{
    static char many[6000];
    static const struct reply replies[] = { { "hello", many, NULL }, REST };
    struct world world;
    for (size_t i = 0; i + 1 < sizeof(many); i++)
        many[i] = i % 60 == 58 ? '\r' : i % 60 == 59 ? '\n' : i % 60 == 3 ? '-' : '2';
    world_open(&world, replies);
    struct transfer_result result = fetch(&world, "/");
    ck_assert_int_eq(result.end, TRANSFER_HEADERS_TOO_LARGE);
    transfer_result_clear(&result);
    world_close(&world);
}
END_TEST

SUITE_MAIN("transfers_ftp", files_and_directories_come_as_pages,
           where_a_server_sends_us_is_not_believed, replies_mean_what_a_status_says,
           a_path_cannot_hold_a_command, the_judge_goes_by_the_name, words_without_end_are_too_many)
