/* SPDX-License-Identifier: MIT
 *
 * transfer_parts - the inside of transfers, for the sources that make it up, and the door to
 * curl/curl.h: transfers.c (those in flight, from start to result), transfer_setup.c (what libcurl
 * is told of a request), transfer_intake.c (what it brings) and transfer_end.c (what came of it).
 * Nothing else includes this.
 */
#ifndef CRAWLER_FETCH_TRANSFER_PARTS_H
#define CRAWLER_FETCH_TRANSFER_PARTS_H

#include <curl/curl.h>
#include <stdbool.h>
#include <stdint.h>

#include "crawler/fetch/attempts.h"
#include "crawler/fetch/ftp.h"
#include "crawler/fetch/header_lines.h"
#include "crawler/fetch/intake.h"
#include "crawler/fetch/patience.h"
#include "crawler/fetch/relay.h"
#include "crawler/fetch/response.h"
#include "crawler/fetch/transfers.h"

struct transfer {
    struct transfers *transfers;
    struct transfer *previous; /* In flight. */
    struct transfer *next;     /* In flight, done or idle. */
    CURL *easy;
    struct transfer_result result;
    struct transfer_limits limits;
    struct header_lines headers;
    struct curl_slist *header_nodes; /* Of libcurl's lists, pointing to the lines. */
    size_t header_nodes_most;

    struct attempts attempts;
    struct address asked;   /* To which its request goes, */
    bool has_asked_address; /* if that is known ... */
    bool is_asking;         /* ... and libcurl has it in hand. */
    struct transfer *next_asking;
    struct relay relay;
    struct ftp ftp; /* Where it is ftp, and not told to an HTTP proxy. */
    bool is_tunnel; /* Through the relay, which does not read the request. */
    bool has_peer;  /* TCP reached somebody: the relay, where there is one. */
    bool has_asked; /* There was a connection for the request. */
    struct curl_slist connect_to_node;
    struct curl_slist resolve_nodes[2];
    bool is_for_once;         /* Its handle is not used again. */
    bool is_nudged;           /* See nudge(). */
    curl_socket_t sockets[2]; /* Those that it opened last. */
    char curl_error[CURL_ERROR_SIZE];

    struct response response;
    struct patience patience;
    struct intake_part intake;
    int64_t waited_ms; /* For what holds us up, as patience knows. */
};

struct transfers {
    CURLM *multi;
    struct poller *poller;
    struct transfers_options options;
    const char *ca_file; /* That is kept parsed. */
    struct transfer *in_flight;
    struct transfer *asking; /* Those whose request leaves while libcurl runs. */
    struct transfer *idle;
    struct transfer *done_first;
    struct transfer **done_last;
    size_t count;
    struct intake intake;
    int64_t nudge_ms; /* When those that need it are nudged; -1: there are none. */
    int64_t timer_ms; /* When libcurl wants to run; -1: not at all. */
    int64_t check_ms; /* No deadline of ours is earlier; -1: there is none. */
};

/* An option that libcurl has to know. */
#define SET(easy, option, value)                                                                   \
    do {                                                                                           \
        CURLcode set_code = curl_easy_setopt(easy, option, value);                                 \
        assert(set_code == CURLE_OK);                                                              \
    } while (0)

/* ---- transfer_setup.c */

/* A handle with all that never changes. */
CURL *transfer_new_easy(struct transfer *transfer);
/* All that is this request's; its relay is set. */
void transfer_set_request(struct transfer *transfer, const struct transfer_request *request);
/* The way to where the next attempt goes. */
void transfer_set_way(struct transfer *transfer);

/* ---- transfer_intake.c: for libcurl to call; they write down what came and return. */

size_t transfer_on_header(char *data, size_t size, size_t count, void *user);
size_t transfer_on_body(char *data, size_t size, size_t count, void *user);
curl_socket_t transfer_on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to);
int transfer_on_debug(CURL *easy, curl_infotype kind, char *data, size_t length, void *user);
int transfer_on_request(void *user, char *to_ip, char *from_ip, int to_port, int from_port);

/* ---- transfer_end.c */

/* What libcurl knows of the exchange; before the handle leaves the multi handle. */
void transfer_take_facts(struct transfer *transfer);
/* The result's end, and why. */
void transfer_set_end(struct transfer *transfer, CURLcode code);
/* Did the attempt to connect fail before there was a connection, and may another begin? */
bool transfer_deserves_another_attempt(const struct transfer *transfer, CURLcode code);

/* ---- transfers.c */

/* Its deadline has changed. */
void transfer_look_by_its_deadline(struct transfer *transfer);

#endif
