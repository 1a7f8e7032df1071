/* SPDX-License-Identifier: MIT
 *
 * site_server - a web server for tests: what a folder holds, or what a scenario says.
 *
 * Prints its port, alone on the first line; a scenario's server also prints "port2 N" (a second
 * origin of each host), "closed N" (a port where nobody listens), "deaf N" (one that answers no
 * connection) and "dns N" (its name server).
 * Ends on SIGTERM, SIGINT, or with the process that started it.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "tests/server/connection.h"
#include "tests/server/folder.h"
#include "tests/server/names.h"
#include "tests/server/scenario.h"

enum {
    LISTENERS_MOST = 64,
    PORT_TRIES = 50, /* A port must be free on all addresses. */
    BACKLOG = 1024,
    EVENTS_AT_ONCE = 64,
    PORT_TEXT = 8,
};

struct client {
    struct client *next;
    struct connection *connection;
    bool is_watched_for_room;
};

struct server {
    const char *address;
    struct scenario *scenario; /* One of the two. */
    struct folder *folder;
    struct request_log *log;
    int epoll, signals, names, closed, deaf;
    int listeners[LISTENERS_MOST];
    size_t listener_count;
    unsigned port, port2;
    char port_text[PORT_TEXT], port2_text[PORT_TEXT], closed_text[PORT_TEXT];
    char deaf_text[PORT_TEXT];
    const char *values[9]; /* What $PORT and the like stand for. */
    struct client *clients;
    unsigned connections;
    bool is_stopping;
};

__attribute__((noreturn)) static void die(const char *what)
{
    fprintf(stderr, "site_server: %s: %s\n", what, strerror(errno));
    exit(2);
}

/* ---- Answers */

static void answer_request(void *owner, const struct request *request, struct plan *plan)
{
    struct server *server = owner;
    uint64_t count = 1;
    if (server->scenario) {
        const struct answer *answer = scenario_answer(server->scenario, request, &count);
        answer_plan(answer, request, server->values, count, plan);
        return;
    }
    struct answer *answer = folder_answer(server->folder, request);
    answer_plan(answer, request, server->values, count, plan);
    answer_free(answer);
}

static void answer_name(struct server *server)
{
    char data[NAMES_MESSAGE_BYTES];
    struct sockaddr_in from;
    socklen_t from_length = sizeof(from);
    struct name_query query;
    struct buf reply;
    ssize_t length = recvfrom(server->names, data, sizeof(data), MSG_DONTWAIT,
                              (struct sockaddr *)&from, &from_length);
    if (length < 0 || !name_query_read(&query, bytes_of(data, (size_t)length)))
        return;
    buf_init(&reply, NAMES_MESSAGE_BYTES);
    request_log_name(server->log, query.name, query.type);
    name_reply(
        &reply, bytes_of(data, (size_t)length), &query,
        scenario_name(server->scenario, bytes_from_string(query.name), query.type == NAMES_TYPE_A));
    if (reply.length > 0 && sendto(server->names, reply.data, reply.length, 0,
                                   (struct sockaddr *)&from, from_length) < 0)
        perror("name server");
    buf_clear(&reply);
}

/* ---- Sockets */

static void watch(const struct server *server, int descriptor, void *data)
{
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = data };
    if (epoll_ctl(server->epoll, EPOLL_CTL_ADD, descriptor, &event) != 0)
        die("epoll_ctl");
}

static unsigned port_of(int socket)
{
    struct sockaddr_in name;
    socklen_t length = sizeof(name);
    if (getsockname(socket, (struct sockaddr *)&name, &length) != 0)
        die("getsockname");
    return ntohs(name.sin_port);
}

/* A socket at the address, or -1 where the port is taken there. */
static int bind_socket(const char *address, unsigned port, int type)
{
    struct sockaddr_in name = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
    int yes = 1, bound = socket(AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (bound < 0)
        die("socket");
    if (inet_pton(AF_INET, address, &name.sin_addr) != 1) {
        errno = EINVAL;
        die(address);
    }
    if (type == SOCK_STREAM)
        setsockopt(bound, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof(yes));
    if (bind(bound, (struct sockaddr *)&name, sizeof(name)) == 0)
        return bound;
    if (errno != EADDRINUSE)
        die(address);
    close(bound);
    return -1;
}

static bool add_listener(struct server *server, const char *address, unsigned port)
{
    int yes = 1, listener = bind_socket(address, port, SOCK_STREAM);
    if (listener < 0)
        return false;
    /* Connections take it over. Set there, it would come too late for what arrives before they are
     * accepted, and the kernel notes no times at all while no socket wants them. */
    setsockopt(listener, SOL_SOCKET, SO_TIMESTAMPNS, &yes, sizeof(yes));
    if (server->listener_count == LISTENERS_MOST || listen(listener, BACKLOG) != 0)
        die("listen");
    server->listeners[server->listener_count++] = listener;
    return true;
}

/* A port that connections are made to in vain: its queue is full, and nobody takes from it. */
static int open_deaf(const char *address)
{
    int deaf = bind_socket(address, 0, SOCK_STREAM);
    struct sockaddr_in name;
    socklen_t length = sizeof(name);
    if (listen(deaf, 0) != 0 || getsockname(deaf, (struct sockaddr *)&name, &length) != 0)
        die("listen");
    for (int i = 0; i < 2; i++) {
        int caller = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
        if (caller < 0 ||
            (connect(caller, (struct sockaddr *)&name, length) != 0 && errno != EINPROGRESS))
            die("connect");
    }
    return deaf;
}

/* On the port that the kernel gave us at the first address. */
static bool listen_at_others(struct server *server, unsigned port)
{
    const char *address = NULL;
    for (size_t i = 0; server->scenario && (address = scenario_address(server->scenario, i)); i++)
        if (!add_listener(server, address, port))
            return false;
    return true;
}

/* One free port on all addresses. */
static unsigned listen_everywhere(struct server *server)
{
    size_t before = server->listener_count;
    for (int tries = 0; tries < PORT_TRIES && add_listener(server, server->address, 0); tries++) {
        unsigned port = port_of(server->listeners[before]);
        if (listen_at_others(server, port))
            return port;
        while (server->listener_count > before)
            close(server->listeners[--server->listener_count]);
    }
    errno = EADDRINUSE;
    die("no free port");
}

static void open_sockets(struct server *server)
{
    server->epoll = epoll_create1(EPOLL_CLOEXEC);
    server->port = listen_everywhere(server);
    if (server->scenario) {
        server->port2 = listen_everywhere(server);
        server->closed = bind_socket(server->address, 0, SOCK_STREAM);
        server->deaf = open_deaf(server->address);
        server->names = bind_socket(server->address, 0, SOCK_DGRAM);
        watch(server, server->names, &server->names);
    }
    for (size_t i = 0; i < server->listener_count; i++)
        watch(server, server->listeners[i], &server->listeners[i]);
    watch(server, server->signals, &server->signals);
}

static void say_ports(struct server *server)
{
    const char *const values[] = { "$PORT2",          server->port2_text, "$PORT",
                                   server->port_text, "$CLOSED",          server->closed_text,
                                   "$DEAF",           server->deaf_text,  NULL };
    memcpy(server->values, values, sizeof(values));
    snprintf(server->port_text, PORT_TEXT, "%u", server->port);
    printf("%u\n", server->port);
    if (server->scenario) {
        unsigned closed = port_of(server->closed);
        snprintf(server->port2_text, PORT_TEXT, "%u", server->port2);
        snprintf(server->closed_text, PORT_TEXT, "%u", closed);
        snprintf(server->deaf_text, PORT_TEXT, "%u", port_of(server->deaf));
        printf("port2 %u\nclosed %u\ndeaf %s\ndns %u\n", server->port2, closed, server->deaf_text,
               port_of(server->names));
    }
    fflush(stdout);
}

/* ---- Clients */

static void accept_client(struct server *server, int listener)
{
    int yes = 1, socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    struct sockaddr_in name = { 0 };
    socklen_t length = sizeof(name);
    char address[INET_ADDRSTRLEN] = "";
    if (socket < 0)
        return;
    /* The parts of a response are to leave when the plan says so. */
    setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof(yes));
    getsockname(socket, (struct sockaddr *)&name, &length);
    inet_ntop(AF_INET, &name.sin_addr, address, sizeof(address));
    request_log_open_connection(server->log, ++server->connections, address);
    struct client *client = xcalloc(1, sizeof(*client));
    client->connection =
        connection_new(socket, server->connections, server->log, answer_request, server);
    client->next = server->clients;
    server->clients = client;
    watch(server, socket, client);
}

static void watch_for_room(const struct server *server, struct client *client)
{
    bool is_blocked = connection_is_blocked(client->connection);
    struct epoll_event event = { .events = is_blocked ? EPOLLIN | EPOLLOUT : EPOLLIN,
                                 .data.ptr = client };
    if (is_blocked != client->is_watched_for_room)
        epoll_ctl(server->epoll, EPOLL_CTL_MOD, connection_socket(client->connection), &event);
    client->is_watched_for_room = is_blocked;
}

/* Lets every client go on, and frees those that are over. When the next one wants to go on. */
static int64_t advance_clients(struct server *server)
{
    int64_t next_us = INT64_MAX, now_us = clock_monotonic_us();
    struct client **place = &server->clients;
    while (*place) {
        struct client *client = *place;
        connection_advance(client->connection, now_us);
        if (connection_is_over(client->connection)) {
            *place = client->next;
            connection_free(client->connection);
            free(client);
            continue;
        }
        watch_for_room(server, client);
        if (connection_wake_us(client->connection) < next_us)
            next_us = connection_wake_us(client->connection);
        place = &client->next;
    }
    return next_us;
}

static void take_event(struct server *server, const struct epoll_event *event)
{
    int *descriptor = event->data.ptr;
    if (descriptor == &server->signals)
        server->is_stopping = true;
    else if (descriptor == &server->names)
        answer_name(server);
    else if (descriptor >= server->listeners &&
             descriptor < server->listeners + server->listener_count)
        accept_client(server, *descriptor);
    else if (event->events & (EPOLLIN | EPOLLHUP | EPOLLERR))
        connection_read(((struct client *)event->data.ptr)->connection);
}

static int wait_ms(int64_t next_us)
{
    int64_t left_us = next_us - clock_monotonic_us();
    if (next_us == INT64_MAX)
        return -1;
    return left_us <= 0 ? 0 : (int)((left_us + 999) / 1000);
}

static void serve(struct server *server)
{
    while (!server->is_stopping) {
        struct epoll_event events[EVENTS_AT_ONCE];
        int count =
            epoll_wait(server->epoll, events, EVENTS_AT_ONCE, wait_ms(advance_clients(server)));
        for (int i = 0; i < count; i++)
            take_event(server, &events[i]);
    }
}

static void close_server(struct server *server)
{
    while (server->clients) {
        struct client *client = server->clients;
        server->clients = client->next;
        connection_free(client->connection);
        free(client);
    }
    request_log_close(server->log);
    if (server->scenario)
        scenario_free(server->scenario);
    if (server->folder)
        folder_close(server->folder);
}

/* ---- The command line */

static void take_signals(struct server *server)
{
    sigset_t wanted;
    sigemptyset(&wanted);
    sigaddset(&wanted, SIGINT);
    sigaddset(&wanted, SIGTERM);
    sigprocmask(SIG_BLOCK, &wanted, NULL);
    server->signals = signalfd(-1, &wanted, SFD_CLOEXEC);
    prctl(PR_SET_PDEATHSIG, SIGTERM);
}

static void read_arguments(struct server *server, int argc, char **argv)
{
    const char *scenario = NULL, *log = NULL;
    double slow = 1;
    int option;
    while ((option = getopt(argc, argv, "a:s:l:x:")) != -1) {
        if (option == 'a')
            server->address = optarg;
        else if (option == 's')
            scenario = optarg;
        else if (option == 'l')
            log = optarg;
        else if (option == 'x')
            slow = strtod(optarg, NULL);
        else
            exit(2);
    }
    if ((scenario != NULL) == (optind < argc)) {
        fputs("usage: site_server [-a ADDRESS] [-l LOG] DIR | [-x FACTOR] -s SCENARIO\n", stderr);
        exit(2);
    }
    if (scenario)
        server->scenario = scenario_load(scenario, slow);
    else
        server->folder = folder_open(argv[optind]);
    server->log = request_log_open(log);
}

int main(int argc, char **argv)
{
    struct server server = { .address = "127.0.0.1" };
    read_arguments(&server, argc, argv);
    take_signals(&server);
    open_sockets(&server);
    say_ports(&server);
    serve(&server);
    close_server(&server);
    return EXIT_SUCCESS;
}
