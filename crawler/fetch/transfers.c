/* SPDX-License-Identifier: MIT
 *
 * One curl multi handle, its sockets on the poller and its timer kept here. Easy handles are
 * pooled: what never changes is set when one is made, the rest with each request.
 *
 * Every socket that libcurl opens is put to the guard, whose rules never change; so a connection
 * that is used again needs no second question. It must also be one of the transfer's own
 * destination, as two hosts may share a stand-in there.
 *
 * libcurl's callbacks write down what came and return. A response that was stopped has its verdict;
 * the error that libcurl then reports is only the echo.
 */
#include "crawler/fetch/transfers.h"

#include <assert.h>
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/memory.h"
#include "crawler/fetch/destination.h"
#include "crawler/fetch/header_lines.h"
#include "crawler/fetch/response.h"

/* One read takes a usual page whole; libcurl reads a plain socket once each time it is ready. */
#define READ_BYTES (64L * 1024)

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

    struct destination destination;
    struct curl_slist connect_to_node;
    struct curl_slist resolve_node;
    char curl_error[CURL_ERROR_SIZE];

    struct response response;
    unsigned sockets_opened;
    unsigned sockets_refused; /* By the guard. */
    bool is_misled;           /* libcurl went to another host's address. */
    bool was_misled;

    int64_t started_ms;
    int64_t attempt_ms;     /* When the last attempt to connect began; libcurl counts from there. */
    int64_t window_ends_ms; /* The slowness window; -1 before the first byte. */
    uint64_t window_bytes;  /* bytes_in when it began. */
};

#define SET(easy, option, value)                                                                   \
    do {                                                                                           \
        CURLcode set_code = curl_easy_setopt(easy, option, value);                                 \
        assert(set_code == CURLE_OK);                                                              \
    } while (0)

struct transfers {
    CURLM *multi;
    struct poller *poller;
    struct transfers_options options;
    struct transfer *in_flight;
    struct transfer *idle;
    struct transfer *done_first;
    struct transfer **done_last;
    size_t count;
    uint64_t bytes_held;
    int64_t timer_ms; /* When libcurl wants to run; -1: not at all. */
    int64_t check_ms; /* No deadline of ours is earlier; -1: there is none. */
};

/* Ends. */

struct curl_end {
    CURLcode code;
    enum transfer_end end;
};

/* What is not listed is a breach of the protocol: cut off, framing broken, not HTTP. */
static const struct curl_end curl_ends[] = {
    { CURLE_OK, TRANSFER_DONE },
    { CURLE_COULDNT_RESOLVE_HOST, TRANSFER_FAILED_CONNECT },
    { CURLE_COULDNT_CONNECT, TRANSFER_FAILED_CONNECT },
    { CURLE_INTERFACE_FAILED, TRANSFER_FAILED_CONNECT },
    { CURLE_OPERATION_TIMEDOUT, TRANSFER_TIMED_OUT },
    { CURLE_SSL_CONNECT_ERROR, TRANSFER_FAILED_TLS },
    { CURLE_SSL_ENGINE_NOTFOUND, TRANSFER_FAILED_TLS },
    { CURLE_SSL_ENGINE_SETFAILED, TRANSFER_FAILED_TLS },
    { CURLE_SSL_ENGINE_INITFAILED, TRANSFER_FAILED_TLS },
    { CURLE_SSL_CERTPROBLEM, TRANSFER_FAILED_TLS },
    { CURLE_SSL_CIPHER, TRANSFER_FAILED_TLS },
    { CURLE_PEER_FAILED_VERIFICATION, TRANSFER_FAILED_TLS },
    { CURLE_SSL_SHUTDOWN_FAILED, TRANSFER_FAILED_TLS },
    { CURLE_SSL_CACERT_BADFILE, TRANSFER_FAILED_TLS },
    { CURLE_SSL_CRL_BADFILE, TRANSFER_FAILED_TLS },
    { CURLE_SSL_ISSUER_ERROR, TRANSFER_FAILED_TLS },
    { CURLE_SSL_PINNEDPUBKEYNOTMATCH, TRANSFER_FAILED_TLS },
    { CURLE_SSL_INVALIDCERTSTATUS, TRANSFER_FAILED_TLS },
    { CURLE_SSL_CLIENTCERT, TRANSFER_FAILED_TLS },
};

static enum transfer_end end_of_code(const struct transfer *transfer, CURLcode code)
{
    /* libcurl 7.88 says so of a header line longer than its own 100 KiB. */
    if (code == CURLE_OUT_OF_MEMORY && !transfer->response.has_final_headers)
        return TRANSFER_HEADERS_TOO_LARGE;
    if (code == CURLE_COULDNT_CONNECT && transfer->sockets_opened == 0 &&
        transfer->sockets_refused > 0)
        return TRANSFER_REFUSED_ADDRESS;
    for (size_t i = 0; i < sizeof(curl_ends) / sizeof(curl_ends[0]); i++)
        if (curl_ends[i].code == code)
            return curl_ends[i].end;
    return TRANSFER_FAILED_PROTOCOL;
}

static void in_flight_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->previous = NULL;
    transfer->next = transfers->in_flight;
    if (transfer->next)
        transfer->next->previous = transfer;
    transfers->in_flight = transfer;
    transfers->count++;
}

static void in_flight_remove(struct transfers *transfers, struct transfer *transfer)
{
    if (transfer->previous)
        transfer->previous->next = transfer->next;
    else
        transfers->in_flight = transfer->next;
    if (transfer->next)
        transfer->next->previous = transfer->previous;
    transfers->count--;
}

static void done_add(struct transfers *transfers, struct transfer *transfer)
{
    transfer->next = NULL;
    *transfers->done_last = transfer;
    transfers->done_last = &transfer->next;
}

/* When to look at a transfer. */

static int64_t earlier(int64_t a_ms, int64_t b_ms)
{
    return a_ms < 0 ? b_ms : b_ms < 0 || a_ms < b_ms ? a_ms : b_ms;
}

/* The next time at which this transfer must be looked at; -1: never. */
static int64_t deadline_ms(const struct transfer *transfer)
{
    const struct transfer_limits *limits = &transfer->limits;
    int64_t deadline = limits->total_ms > 0 ? transfer->started_ms + limits->total_ms : -1;
    if (transfer->window_ends_ms >= 0)
        return earlier(deadline, transfer->window_ends_ms);
    if (transfer->result.bytes_in == 0 && limits->first_byte_ms > 0)
        return earlier(deadline, transfer->started_ms + limits->first_byte_ms);
    return deadline;
}

/* Slowness is judged by whole windows from the first byte on. */
static void begin_window(struct transfer *transfer, int64_t now_ms)
{
    if (transfer->limits.slow_ms <= 0)
        return;
    struct transfers *transfers = transfer->transfers;
    transfer->window_bytes = transfer->result.bytes_in;
    transfer->window_ends_ms = now_ms + transfer->limits.slow_ms;
    transfers->check_ms = earlier(transfers->check_ms, transfer->window_ends_ms);
}

/* Attempts to connect. */

/* What is left of the time to connect, half of it where more addresses wait. */
static long connect_budget_ms(const struct transfer *transfer, int64_t now_ms)
{
    if (transfer->limits.connect_ms <= 0)
        return 0;
    int64_t left_ms = transfer->started_ms + transfer->limits.connect_ms - now_ms;
    if (destination_has_untried(&transfer->destination))
        left_ms /= 2;
    return left_ms > 1 ? (long)left_ms : 1;
}

static void begin_attempt(struct transfer *transfer)
{
    if (!transfer->is_misled)
        destination_pick(&transfer->destination);
    transfer->is_misled = false;
    transfer->attempt_ms = clock_monotonic_ms();
    SET(transfer->easy, CURLOPT_RESOLVE, &transfer->resolve_node);
    SET(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS,
        connect_budget_ms(transfer, transfer->attempt_ms));
    CURLMcode code = curl_multi_add_handle(transfer->transfers->multi, transfer->easy);
    assert(code == CURLM_OK);
}

/* Results. */

static uint8_t http_version(CURL *easy)
{
    static const struct {
        long curl;
        uint8_t ours;
    } versions[] = {
        { CURL_HTTP_VERSION_1_0, 10 },
        { CURL_HTTP_VERSION_1_1, 11 },
        { CURL_HTTP_VERSION_2_0, 20 },
        { CURL_HTTP_VERSION_3, 30 },
    };
    long version = 0;
    curl_easy_getinfo(easy, CURLINFO_HTTP_VERSION, &version);
    for (size_t i = 0; i < sizeof(versions) / sizeof(versions[0]); i++)
        if (versions[i].curl == version)
            return versions[i].ours;
    return 0;
}

static int64_t time_ms(CURL *easy, CURLINFO which)
{
    curl_off_t time_us = 0;
    curl_easy_getinfo(easy, which, &time_us);
    return (int64_t)time_us / 1000;
}

/* What libcurl knows of the exchange; asked before the handle leaves the multi handle. */
static void take_facts(struct transfer *transfer)
{
    struct transfer_result *result = &transfer->result;
    CURL *easy = transfer->easy;
    char *ip = NULL;
    long connects = 0;
    curl_off_t connect_us = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    bool has_address = address_parse(&result->address, bytes_from_string(ip));
    result->is_connected = has_address && (connect_us > 0 || result->bytes_in > 0);
    result->is_reused = result->is_connected && connects == 0;
    int64_t secured_ms = time_ms(easy, CURLINFO_APPCONNECT_TIME_T);
    int64_t before_ms = transfer->attempt_ms - transfer->started_ms;
    result->connect_ms = before_ms + (secured_ms > 0 ? secured_ms : connect_us / 1000);
    result->first_byte_ms = before_ms + time_ms(easy, CURLINFO_STARTTRANSFER_TIME_T);
    result->total_ms = before_ms + time_ms(easy, CURLINFO_TOTAL_TIME_T);
    result->http_version = result->status ? http_version(easy) : 0;
}

/* libcurl's texts on connecting would name the stand-in. */
static void describe(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    long error = 0;
    if (code == CURLE_COULDNT_CONNECT)
        curl_easy_getinfo(transfer->easy, CURLINFO_OS_ERRNO, &error);
    const char *text = result->end == TRANSFER_REFUSED_ADDRESS ? "an address that is not allowed"
                       : code == CURLE_COULDNT_CONNECT
                           ? (error ? strerror((int)error) : "cannot connect")
                       : code == CURLE_OPERATION_TIMEDOUT ? "no connection in time"
                       : transfer->curl_error[0]          ? transfer->curl_error
                                                          : curl_easy_strerror(code);
    snprintf(result->detail, sizeof(result->detail), "%.*s", (int)sizeof(result->detail) - 1, text);
}

static void set_end(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    if (transfer->response.verdict != TRANSFER_DONE) {
        result->end = transfer->response.verdict;
        return;
    }
    result->end = end_of_code(transfer, code);
    if (code != CURLE_OK)
        describe(transfer, code);
}

/* From in flight to done. Not from within a callback of libcurl. */
static void finish(struct transfer *transfer, CURLcode code)
{
    struct transfers *transfers = transfer->transfers;
    take_facts(transfer);
    set_end(transfer, code);
    /* Takes the connection down when the exchange is not over; HTTP/2 resets the stream only. */
    curl_multi_remove_handle(transfers->multi, transfer->easy);
    in_flight_remove(transfers, transfer);
    done_add(transfers, transfer);
}

/* Did this attempt fail before there was a connection, and is there another address and time to try
 * it? */
static bool deserves_another_attempt(const struct transfer *transfer, CURLcode code)
{
    const struct transfer_limits *limits = &transfer->limits;
    if ((code != CURLE_COULDNT_CONNECT && code != CURLE_OPERATION_TIMEDOUT) ||
        transfer->response.verdict != TRANSFER_DONE ||
        time_ms(transfer->easy, CURLINFO_CONNECT_TIME_T) > 0)
        return false;
    if (!transfer->is_misled && !destination_has_untried(&transfer->destination))
        return false;
    return limits->connect_ms <= 0 ||
           clock_monotonic_ms() < transfer->started_ms + limits->connect_ms;
}

static void collect_finished(struct transfers *transfers)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        CURLcode code = message->data.result;
        if (deserves_another_attempt(transfer, code)) {
            curl_multi_remove_handle(transfers->multi, transfer->easy);
            begin_attempt(transfer);
        } else {
            finish(transfer, code);
        }
    }
}

/* Callbacks of one transfer. */

static size_t held_bytes(const struct transfer *transfer)
{
    return transfer->result.headers.length + transfer->result.body.length;
}

static bool is_wanted(struct transfer *transfer)
{
    const struct transfer_result *result = &transfer->result;
    transfers_judge *judge = transfer->transfers->options.judge;
    return !judge || judge(result->owner, result->status, buf_bytes(&result->headers)) ||
           response_stop(&transfer->response, TRANSFER_STOPPED, "stopped at the headers");
}

/* libcurl brings one line at a time. Anything but the length returned makes it stop. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct response *response = &transfer->response;
    size_t length = size * count;
    size_t held = held_bytes(transfer);
    bool had_final_headers = response->has_final_headers;
    long status = 0;
    if (transfer->result.bytes_in == 0)
        begin_window(transfer, clock_monotonic_ms());
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool goes_on = response_take_line(response, bytes_of(data, length), status);
    transfer->transfers->bytes_held += held_bytes(transfer) - held;
    if (goes_on && response->has_final_headers && !had_final_headers)
        goes_on = is_wanted(transfer);
    return goes_on ? length : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    size_t length = size * count;
    size_t held = held_bytes(transfer);
    curl_off_t said = -1;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &said);
    bool goes_on = response_take_body(&transfer->response, bytes_of(data, length), said);
    transfer->transfers->bytes_held += held_bytes(transfer) - held;
    return goes_on ? length : 0;
}

static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *transfer = user;
    struct address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_from_sockaddr(&address, &to->addr))
        return CURL_SOCKET_BAD;
    if (!destination_is_picked(&transfer->destination, &address)) {
        /* A kept connection had died, and libcurl made another with what the stand-in has
         * meanwhile. */
        transfer->is_misled = !transfer->was_misled;
        transfer->was_misled = true;
        return CURL_SOCKET_BAD;
    }
    if (!address_is_allowed(transfer->transfers->options.rules, &address)) {
        transfer->sockets_refused++;
        return CURL_SOCKET_BAD;
    }
    transfer->sockets_opened++;
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

/* Stand-ins have their addresses, so there is nothing to resolve. */
static int on_resolve(void *resolver, void *reserved, void *user)
{
    (void)resolver;
    (void)reserved;
    (void)user;
    return 1;
}

/* Callbacks of the multi handle. */

static void on_ready(void *owner, int descriptor, unsigned events)
{
    struct transfers *transfers = owner;
    int mask = ((events & POLLER_READ) ? CURL_CSELECT_IN : 0) |
               ((events & POLLER_WRITE) ? CURL_CSELECT_OUT : 0) |
               ((events & POLLER_ERROR) ? CURL_CSELECT_ERR : 0);
    int running;
    curl_multi_socket_action(transfers->multi, descriptor, mask, &running);
    collect_finished(transfers);
}

static int on_socket(CURL *easy, curl_socket_t socket, int what, void *user, void *per_socket)
{
    struct transfers *transfers = user;
    (void)easy;
    (void)per_socket;
    unsigned events = what == CURL_POLL_REMOVE ? 0
                      : what == CURL_POLL_IN   ? POLLER_READ
                      : what == CURL_POLL_OUT  ? POLLER_WRITE
                                               : POLLER_READ | POLLER_WRITE;
    poller_watch(transfers->poller, socket, events, on_ready, transfers);
    return 0;
}

static int on_timer(CURLM *multi, long timeout_ms, void *user)
{
    struct transfers *transfers = user;
    (void)multi;
    transfers->timer_ms = timeout_ms < 0 ? -1 : clock_monotonic_ms() + timeout_ms;
    return 0;
}

/* Handles. */

static const char *ca_file(const struct transfers *transfers)
{
    if (transfers->options.ca_file)
        return transfers->options.ca_file;
    const char *built_in = curl_version_info(CURLVERSION_NOW)->cainfo;
    return built_in ? built_in : "/etc/ssl/certs/ca-certificates.crt";
}

static CURL *new_easy(struct transfer *transfer)
{
    CURL *easy = curl_easy_init();
    assert(easy);
    SET(easy, CURLOPT_PRIVATE, transfer);
    SET(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_PROTOCOLS_STR, "http,https");
    SET(easy, CURLOPT_PROXY, "");
    SET(easy, CURLOPT_PATH_AS_IS, 1L);
    SET(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(easy, CURLOPT_HTTP_VERSION,
        transfer->transfers->options.is_http1_only ? (long)CURL_HTTP_VERSION_1_1
                                                   : (long)CURL_HTTP_VERSION_2TLS);
    SET(easy, CURLOPT_BUFFERSIZE, READ_BYTES);
    /* The store of certificates is parsed once only where the file is the single source of them. */
    SET(easy, CURLOPT_CAINFO, ca_file(transfer->transfers));
    SET(easy, CURLOPT_CAPATH, NULL);
    SET(easy, CURLOPT_HEADERFUNCTION, on_header);
    SET(easy, CURLOPT_HEADERDATA, transfer);
    SET(easy, CURLOPT_WRITEFUNCTION, on_body);
    SET(easy, CURLOPT_WRITEDATA, transfer);
    SET(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(easy, CURLOPT_OPENSOCKETDATA, transfer);
    SET(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
    /* Never pruned: that would be a walk through all of it at the end of each transfer. */
    SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    return easy;
}

static struct transfer *take_idle(struct transfers *transfers)
{
    struct transfer *transfer = transfers->idle;
    if (transfer) {
        transfers->idle = transfer->next;
        return transfer;
    }
    transfer = xcalloc(1, sizeof(*transfer));
    transfer->transfers = transfers;
    transfer->easy = new_easy(transfer);
    header_lines_init(&transfer->headers);
    return transfer;
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer_result_clear(&transfer->result);
    header_lines_clear(&transfer->headers);
    free(transfer->header_nodes);
    free(transfer);
}

static void free_list(struct transfer *transfer)
{
    while (transfer) {
        struct transfer *next = transfer->next;
        transfer_free(transfer);
        transfer = next;
    }
}

/* Requests. */

static struct curl_slist *link_headers(struct transfer *transfer)
{
    size_t count = transfer->headers.count;
    if (count > transfer->header_nodes_most) {
        transfer->header_nodes_most = count + 16;
        transfer->header_nodes = xreallocarray(transfer->header_nodes, transfer->header_nodes_most,
                                               sizeof(*transfer->header_nodes));
    }
    char *line = transfer->headers.text.data;
    for (size_t i = 0; i < count; i++) {
        bool is_last = i + 1 == count;
        transfer->header_nodes[i] =
            (struct curl_slist){ line, is_last ? NULL : &transfer->header_nodes[i + 1] };
        line += strlen(line) + 1;
    }
    return transfer->header_nodes;
}

/* The URL that libcurl sees is scheme, host and port alone; the target goes into the request as it
 * stands, so that no rewriting of libcurl's can reach it. */
static void set_request(struct transfer *transfer, const struct transfer_request *request)
{
    struct bytes whole = bytes_from_string(request->url);
    size_t scheme_end = bytes_find(whole, ':');
    struct bytes rest = bytes_slice(whole, scheme_end + 3, whole.length);
    size_t target = scheme_end + 3 + bytes_find(rest, '/');
    char *url = xasprintf("%.*s://%.*s:%u/", (int)scheme_end, request->url,
                          (int)request->host.length, request->host.data, (unsigned)request->port);
    header_lines_set(&transfer->headers, request->headers);
    SET(transfer->easy, CURLOPT_URL, url);
    free(url);
    SET(transfer->easy, CURLOPT_REQUEST_TARGET,
        target < whole.length ? request->url + target : "/");
    SET(transfer->easy, CURLOPT_HTTPHEADER, link_headers(transfer));
}

static void set_destination(struct transfer *transfer, const struct transfer_request *request)
{
    struct destination *destination = &transfer->destination;
    destination_set(destination, request->host, request->port, request->addresses,
                    request->address_count);
    transfer->connect_to_node.data = destination->connect_to;
    transfer->resolve_node.data = destination->resolve;
    SET(transfer->easy, CURLOPT_CONNECT_TO, &transfer->connect_to_node);
}

static void reset_transfer(struct transfer *transfer, const struct transfer_request *request,
                           void *owner)
{
    transfer->result = (struct transfer_result){ .owner = owner };
    transfer->limits = request->limits;
    response_begin(&transfer->response, &transfer->result, &transfer->limits);
    transfer->curl_error[0] = '\0';
    transfer->sockets_opened = 0;
    transfer->sockets_refused = 0;
    transfer->is_misled = false;
    transfer->was_misled = false;
    transfer->started_ms = clock_monotonic_ms();
    transfer->window_ends_ms = -1;
    transfer->window_bytes = 0;
}

/* Deadlines. */

static void end_late(struct transfer *transfer, const char *what, int64_t limit_ms)
{
    char detail[sizeof(transfer->result.detail)];
    snprintf(detail, sizeof(detail), "%s %lld ms", what, (long long)limit_ms);
    response_stop(&transfer->response, TRANSFER_TIMED_OUT, detail);
    finish(transfer, CURLE_OPERATION_TIMEDOUT);
}

static bool is_too_slow(const struct transfer *transfer)
{
    const struct transfer_limits *limits = &transfer->limits;
    uint64_t came = transfer->result.bytes_in - transfer->window_bytes;
    return came * 1000 < (uint64_t)limits->slow_bytes_per_s * (uint64_t)limits->slow_ms;
}

static void check_transfer(struct transfer *transfer, int64_t now_ms)
{
    const struct transfer_limits *limits = &transfer->limits;
    if (limits->total_ms > 0 && now_ms >= transfer->started_ms + limits->total_ms)
        end_late(transfer, "not done within", limits->total_ms);
    else if (transfer->result.bytes_in == 0 && limits->first_byte_ms > 0 &&
             now_ms >= transfer->started_ms + limits->first_byte_ms)
        end_late(transfer, "no answer within", limits->first_byte_ms);
    else if (transfer->window_ends_ms >= 0 && now_ms >= transfer->window_ends_ms) {
        if (is_too_slow(transfer))
            end_late(transfer, "too slow for", limits->slow_ms);
        else
            begin_window(transfer, now_ms);
    }
}

/* All transfers in flight are looked at, but only when the earliest deadline has come, and that
 * moves with each look: with deadlines of many seconds it is a rare thing, and a transfer pays
 * nothing for it. */
static void check_deadlines(struct transfers *transfers, int64_t now_ms)
{
    transfers->check_ms = -1;
    for (struct transfer *transfer = transfers->in_flight, *next; transfer; transfer = next) {
        next = transfer->next;
        int64_t deadline = deadline_ms(transfer);
        if (deadline >= 0 && deadline <= now_ms)
            check_transfer(transfer, now_ms);
    }
    for (struct transfer *transfer = transfers->in_flight; transfer; transfer = transfer->next)
        transfers->check_ms = earlier(transfers->check_ms, deadline_ms(transfer));
}

/* Public. */

void transfer_result_clear(struct transfer_result *result)
{
    buf_clear(&result->headers);
    buf_clear(&result->body);
}

void transfers_global_init(void)
{
    CURLcode code = curl_global_init(CURL_GLOBAL_DEFAULT);
    assert(code == CURLE_OK);
}

void transfers_global_clear(void)
{
    curl_global_cleanup();
}

#define SET_MULTI(multi, option, value)                                                            \
    do {                                                                                           \
        CURLMcode set_code = curl_multi_setopt(multi, option, value);                              \
        assert(set_code == CURLM_OK);                                                              \
    } while (0)

struct transfers *transfers_new(struct poller *poller, const struct transfers_options *options)
{
    assert(options->rules);
    struct transfers *transfers = xcalloc(1, sizeof(*transfers));
    transfers->poller = poller;
    transfers->options = *options;
    transfers->done_last = &transfers->done_first;
    transfers->timer_ms = -1;
    transfers->check_ms = -1;
    transfers->multi = curl_multi_init();
    assert(transfers->multi);
    SET_MULTI(transfers->multi, CURLMOPT_SOCKETFUNCTION, on_socket);
    SET_MULTI(transfers->multi, CURLMOPT_SOCKETDATA, transfers);
    SET_MULTI(transfers->multi, CURLMOPT_TIMERFUNCTION, on_timer);
    SET_MULTI(transfers->multi, CURLMOPT_TIMERDATA, transfers);
    SET_MULTI(transfers->multi, CURLMOPT_MAXCONNECTS, (long)options->connections_most);
    return transfers;
}

void transfers_free(struct transfers *transfers)
{
    if (!transfers)
        return;
    transfers_abort_all(transfers);
    free_list(transfers->done_first);
    free_list(transfers->idle);
    curl_multi_cleanup(transfers->multi);
    free(transfers);
}

void transfers_start(struct transfers *transfers, const struct transfer_request *request,
                     void *owner)
{
    assert(request->address_count > 0);
    struct transfer *transfer = take_idle(transfers);
    reset_transfer(transfer, request, owner);
    set_request(transfer, request);
    set_destination(transfer, request);
    in_flight_add(transfers, transfer);
    transfers->check_ms = earlier(transfers->check_ms, deadline_ms(transfer));
    begin_attempt(transfer);
}

size_t transfers_in_flight(const struct transfers *transfers)
{
    return transfers->count;
}

uint64_t transfers_bytes_in_flight(const struct transfers *transfers)
{
    return transfers->bytes_held;
}

void transfers_abort_all(struct transfers *transfers)
{
    while (transfers->in_flight) {
        response_stop(&transfers->in_flight->response, TRANSFER_ABORTED, "aborted");
        finish(transfers->in_flight, CURLE_ABORTED_BY_CALLBACK);
    }
}

bool transfers_next_done(struct transfers *transfers, struct transfer_result *result)
{
    struct transfer *transfer = transfers->done_first;
    if (!transfer)
        return false;
    transfers->done_first = transfer->next;
    if (!transfers->done_first)
        transfers->done_last = &transfers->done_first;
    *result = transfer->result;
    transfer->result = (struct transfer_result){ 0 };
    transfers->bytes_held -= result->headers.length + result->body.length;
    transfer->next = transfers->idle;
    transfers->idle = transfer;
    return true;
}

int64_t transfers_timeout_ms(struct transfers *transfers)
{
    if (transfers->done_first)
        return 0;
    int64_t due_ms = earlier(transfers->timer_ms, transfers->check_ms);
    if (due_ms < 0)
        return -1;
    int64_t now_ms = clock_monotonic_ms();
    return due_ms > now_ms ? due_ms - now_ms : 0;
}

void transfers_process_timeouts(struct transfers *transfers)
{
    int64_t now_ms = clock_monotonic_ms();
    if (transfers->timer_ms >= 0 && transfers->timer_ms <= now_ms) {
        transfers->timer_ms = -1;
        int running;
        curl_multi_socket_action(transfers->multi, CURL_SOCKET_TIMEOUT, 0, &running);
        collect_finished(transfers);
    }
    if (transfers->check_ms >= 0 && transfers->check_ms <= now_ms)
        check_deadlines(transfers, now_ms);
}
