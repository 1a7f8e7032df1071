/* SPDX-License-Identifier: MIT
 *
 * bare - the rate that a machine and its server allow a polite client that does nothing but ask.
 *
 *     bare DELAY_MS LIST
 *
 * LIST holds http URLs, a line each, with addresses as hosts. Each host has one connection, over
 * which its URLs are asked for in order, DELAY_MS after the end of the answer before. Nothing is
 * parsed but Content-Length, nothing kept. Hosts begin spread over the delay. Ends with 1 where an
 * answer is not of that form.
 */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "base/url.h"

enum { HOSTS_MOST = 256, REQUEST_BYTES = 1024, ANSWER_BYTES = 1 << 20 };

struct host {
    char *name;
    uint16_t port;
    char **paths;
    size_t count;
    size_t next;
    int64_t ready_us; /* INT64_MAX: it is being asked, or has nothing left. */
    int descriptor;
};

struct bare {
    struct host hosts[HOSTS_MOST];
    size_t count;
    size_t left; /* Answers that are still to come. */
    int64_t delay_us;
    int epoll;
    char answer[ANSWER_BYTES + 1];
};

static void fail(const char *what)
{
    fprintf(stderr, "bare: %s\n", what);
    exit(1);
}

/* ---- The list */

static struct host *host_named(struct bare *bare, struct bytes name, uint16_t port)
{
    for (size_t i = 0; i < bare->count; i++)
        if (bytes_equal(bytes_from_string(bare->hosts[i].name), name))
            return &bare->hosts[i];
    if (bare->count == HOSTS_MOST)
        fail("too many hosts");
    struct host *host = &bare->hosts[bare->count++];
    *host = (struct host){ .name = xbytesdup(name), .port = port };
    return host;
}

static void read_list(struct bare *bare, const char *path)
{
    char line[URL_BYTES_MAX + 2];
    char storage[URL_BYTES_MAX + 1];
    struct url url;
    FILE *list = fopen(path, "r");
    if (!list)
        fail("there is no such list");
    while (fgets(line, sizeof(line), list)) {
        if (url_parse(&url, storage, sizeof(storage), bytes_from_string(line), NULL) !=
            URL_ERROR_NONE)
            fail("a line is no URL");
        struct host *host = host_named(bare, url_host(&url), url.port);
        host->paths = xreallocarray(host->paths, host->count + 1, sizeof(*host->paths));
        host->paths[host->count++] = xbytesdup(url_path_query(&url));
        bare->left++;
    }
    fclose(list);
}

/* ---- The hosts */

static void connect_host(struct bare *bare, struct host *host)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons(host->port) };
    struct epoll_event event = { .events = EPOLLIN, .data.ptr = host };
    host->descriptor = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (inet_pton(AF_INET, host->name, &address.sin_addr) != 1 || host->descriptor < 0 ||
        connect(host->descriptor, (struct sockaddr *)&address, sizeof(address)) != 0 ||
        epoll_ctl(bare->epoll, EPOLL_CTL_ADD, host->descriptor, &event) != 0)
        fail("a host cannot be reached");
}

static void connect_hosts(struct bare *bare)
{
    bare->epoll = epoll_create1(EPOLL_CLOEXEC);
    int64_t start_us = clock_monotonic_us();
    for (size_t i = 0; i < bare->count; i++) {
        connect_host(bare, &bare->hosts[i]);
        bare->hosts[i].ready_us =
            start_us + bare->delay_us * (int64_t)(i + 1) / (int64_t)bare->count;
    }
}

static void ask(struct host *host)
{
    char request[REQUEST_BYTES];
    int length = snprintf(request, sizeof(request),
                          "GET %s HTTP/1.1\r\nHost: %s:%u\r\nAccept-Encoding: gzip\r\n\r\n",
                          host->paths[host->next], host->name, host->port);
    if (length >= (int)sizeof(request) ||
        send(host->descriptor, request, (size_t)length, MSG_NOSIGNAL) != length)
        fail("a request cannot be sent");
    host->ready_us = INT64_MAX;
}

/* Asks who is ready; when the next one will be. */
static int64_t ask_ready(struct bare *bare)
{
    int64_t next_us = INT64_MAX, now_us = clock_monotonic_us();
    for (size_t i = 0; i < bare->count; i++) {
        struct host *host = &bare->hosts[i];
        if (host->ready_us <= now_us)
            ask(host);
        else if (host->ready_us < next_us)
            next_us = host->ready_us;
    }
    return next_us;
}

/* Of a whole answer; 0: its head is not. */
static size_t answer_length(const char *answer)
{
    static const char field[] = "\r\nContent-Length:";
    const char *end = strstr(answer, "\r\n\r\n");
    const char *length = strcasestr(answer, field);
    if (!end)
        return 0;
    if (strncmp(answer, "HTTP/1.1 200 ", 13) != 0 || !length || length > end)
        fail("an answer is not 200 with a Content-Length");
    return (size_t)(end + 4 - answer) + strtoul(length + sizeof(field) - 1, NULL, 10);
}

static void take_answer(struct bare *bare, struct host *host)
{
    size_t had = 0;
    for (size_t whole = 0; whole == 0 || had < whole;) {
        ssize_t came = recv(host->descriptor, bare->answer + had, ANSWER_BYTES - had, 0);
        if (came <= 0)
            fail("an answer ends early");
        had += (size_t)came;
        bare->answer[had] = '\0';
        if (whole == 0)
            whole = answer_length(bare->answer);
    }
    bare->left--;
    if (++host->next < host->count)
        host->ready_us = clock_monotonic_us() + bare->delay_us;
}

/* ---- The program */

static void wait_for_answers(struct bare *bare, int64_t until_us)
{
    struct epoll_event events[HOSTS_MOST];
    int64_t wait_us = until_us - clock_monotonic_us();
    if (wait_us < 0)
        wait_us = 0;
    struct timespec wait = { .tv_sec = wait_us / US_PER_S, .tv_nsec = wait_us % US_PER_S * 1000 };
    int count =
        epoll_pwait2(bare->epoll, events, HOSTS_MOST, until_us == INT64_MAX ? NULL : &wait, NULL);
    for (int i = 0; i < count; i++)
        take_answer(bare, events[i].data.ptr);
}

static void clear(struct bare *bare)
{
    for (size_t i = 0; i < bare->count; i++) {
        struct host *host = &bare->hosts[i];
        for (size_t path = 0; path < host->count; path++)
            free(host->paths[path]);
        free(host->paths);
        free(host->name);
        close(host->descriptor);
    }
    close(bare->epoll);
}

int main(int argc, char **argv)
{
    static struct bare bare;
    bare.delay_us = argc == 3 ? US_PER_MS * strtol(argv[1], NULL, 10) : 0;
    if (bare.delay_us <= 0) {
        fprintf(stderr, "usage: bare DELAY_MS LIST\n");
        return 64;
    }
    (void)prctl(PR_SET_TIMERSLACK, 1UL);
    read_list(&bare, argv[2]);
    connect_hosts(&bare);
    while (bare.left > 0)
        wait_for_answers(&bare, ask_ready(&bare));
    clear(&bare);
    return 0;
}
