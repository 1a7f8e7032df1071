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
#include "crawler/fetch/attempts.h"
#include "crawler/fetch/header_lines.h"
#include "crawler/fetch/intake.h"
#include "crawler/fetch/patience.h"
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

    struct attempts attempts;
    struct address asked; /* To which its request goes ... */
    bool is_asking;       /* ... and libcurl has it in hand. */
    struct transfer *next_asking;
    struct curl_slist connect_to_node;
    struct curl_slist resolve_node;
    char curl_error[CURL_ERROR_SIZE];

    struct response response;
    struct patience patience;
    struct intake_part intake;
    int64_t waited_ms; /* For what holds us up, as patience knows. */
};

static struct transfer *transfer_of_intake(struct intake_part *part)
{
    return (struct transfer *)((char *)part - offsetof(struct transfer, intake));
}

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
    struct transfer *asking; /* Those whose request leaves while libcurl runs. */
    struct transfer *idle;
    struct transfer *done_first;
    struct transfer **done_last;
    size_t count;
    struct intake intake;
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
    if (code == CURLE_COULDNT_CONNECT && attempts_are_refused(&transfer->attempts))
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

/* While we take nothing, nothing is late. */
static int64_t deadline_ms(const struct transfer *transfer)
{
    if (intake_part_waits(&transfer->intake))
        return -1;
    return earlier(patience_deadline_ms(&transfer->patience, transfer->result.bytes_in),
                   transfer->attempts.retry_at_ms);
}

static void look_by_its_deadline(struct transfer *transfer)
{
    struct transfers *transfers = transfer->transfers;
    transfers->check_ms = earlier(transfers->check_ms, deadline_ms(transfer));
}

/* Attempts to connect. */

static void begin_attempt(struct transfer *transfer)
{
    struct attempts *attempts = &transfer->attempts;
    int64_t now_ms = clock_monotonic_ms();
    attempts_begin(attempts, now_ms);
    SET(transfer->easy, CURLOPT_CONNECT_TO, &transfer->connect_to_node);
    SET(transfer->easy, CURLOPT_RESOLVE, &transfer->resolve_node);
    SET(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS, attempts_budget_ms(attempts, now_ms));
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
    /* libcurl counts from the last attempt. */
    int64_t before_ms = transfer->attempts.begun_ms - transfer->attempts.started_ms;
    result->connect_ms = before_ms + (secured_ms > 0 ? secured_ms : connect_us / 1000);
    result->first_byte_ms = before_ms + time_ms(easy, CURLINFO_STARTTRANSFER_TIME_T);
    result->total_ms = before_ms + time_ms(easy, CURLINFO_TOTAL_TIME_T) -
                       intake_part_waited_us(&transfer->intake, clock_monotonic_us()) / US_PER_MS;
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

static void tell_what_was_tried(const struct transfer *transfer)
{
    const struct transfer_result *result = &transfer->result;
    const struct destination *destination = &transfer->attempts.destination;
    struct address lost[DESTINATION_ADDRESSES_MOST];
    const struct address *won = result->is_connected ? &result->address : NULL;
    transfers_tried *tried = transfer->transfers->options.tried;
    if (!tried || destination->opened == 0)
        return;
    size_t lost_count = destination_lost(destination, won, lost);
    tried(result->owner, won, lost, lost_count);
}

/* From in flight to done. Not from within a callback of libcurl. */
static void finish(struct transfer *transfer, CURLcode code)
{
    struct transfers *transfers = transfer->transfers;
    take_facts(transfer);
    tell_what_was_tried(transfer);
    intake_stop(&transfers->intake, &transfer->intake);
    set_end(transfer, code);
    /* Takes the connection down when the exchange is not over; HTTP/2 resets the stream only. */
    curl_multi_remove_handle(transfers->multi, transfer->easy);
    in_flight_remove(transfers, transfer);
    done_add(transfers, transfer);
}

/* Did this attempt fail before there was a connection, and may another begin? */
static bool deserves_another_attempt(const struct transfer *transfer, CURLcode code)
{
    return (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) &&
           transfer->response.verdict == TRANSFER_DONE &&
           time_ms(transfer->easy, CURLINFO_CONNECT_TIME_T) == 0 &&
           attempts_have_another(&transfer->attempts, clock_monotonic_ms());
}

static void try_again(struct transfer *transfer)
{
    curl_multi_remove_handle(transfer->transfers->multi, transfer->easy);
    if (attempts_must_wait(&transfer->attempts, clock_monotonic_ms()))
        look_by_its_deadline(transfer);
    else
        begin_attempt(transfer);
}

static void collect_finished(struct transfers *transfers)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        CURLcode code = message->data.result;
        if (deserves_another_attempt(transfer, code))
            try_again(transfer);
        else
            finish(transfer, code);
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

static void take_first_byte(struct transfer *transfer)
{
    patience_first_byte(&transfer->patience, clock_monotonic_ms());
    look_by_its_deadline(transfer);
}

/* libcurl brings one line at a time. Anything but the length returned makes it stop. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct response *response = &transfer->response;
    size_t length = size * count;
    bool had_final_headers = response->has_final_headers;
    long status = 0;
    if (transfer->result.bytes_in == 0)
        take_first_byte(transfer);
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool goes_on = response_take_line(response, bytes_of(data, length), status);
    intake_take_anyway(&transfer->transfers->intake, &transfer->intake, length,
                       held_bytes(transfer), clock_monotonic_us());
    if (goes_on && response->has_final_headers && !had_final_headers)
        goes_on = is_wanted(transfer);
    return goes_on ? length : 0;
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    size_t length = size * count;
    size_t kept = response_body_kept(&transfer->response, length);
    curl_off_t said = -1;
    if (!intake_take(&transfer->transfers->intake, &transfer->intake, length, kept,
                     clock_monotonic_us()))
        return CURL_WRITEFUNC_PAUSE;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &said);
    return response_take_body(&transfer->response, bytes_of(data, length), said) ? length : 0;
}

static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *transfer = user;
    struct address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_from_sockaddr(&address, &to->addr) ||
        !attempts_may_open(&transfer->attempts, &address, transfer->transfers->options.turn,
                           transfer->result.owner))
        return CURL_SOCKET_BAD;
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

/* A connection is there, and the request is sent next. */
static int on_request(void *user, char *to_ip, char *from_ip, int to_port, int from_port)
{
    struct transfer *transfer = user;
    struct transfers *transfers = transfer->transfers;
    (void)from_ip, (void)to_port, (void)from_port;
    if (!address_parse(&transfer->asked, bytes_from_string(to_ip)) || transfer->is_asking)
        return CURL_PREREQFUNC_OK;
    transfer->is_asking = true;
    transfer->next_asking = transfers->asking;
    transfers->asking = transfer;
    return CURL_PREREQFUNC_OK;
}

/* Requests left while libcurl ran: now at the latest, and never later than we say. */
static void tell_who_asked(struct transfers *transfers)
{
    while (transfers->asking) {
        struct transfer *transfer = transfers->asking;
        transfers->asking = transfer->next_asking;
        transfer->is_asking = false;
        if (transfers->options.sent)
            transfers->options.sent(transfer->result.owner, &transfer->asked);
    }
}

static void act(struct transfers *transfers, curl_socket_t socket, int mask)
{
    int running;
    curl_multi_socket_action(transfers->multi, socket, mask, &running);
    tell_who_asked(transfers);
    collect_finished(transfers);
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
    act(transfers, descriptor, mask);
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

static const char *system_ca_file(void)
{
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
    SET(easy, CURLOPT_BUFFERSIZE, READ_BYTES);
    /* The store of certificates is parsed once only where the file is the single source of them. */
    SET(easy, CURLOPT_CAPATH, NULL);
    SET(easy, CURLOPT_HEADERFUNCTION, on_header);
    SET(easy, CURLOPT_HEADERDATA, transfer);
    SET(easy, CURLOPT_WRITEFUNCTION, on_body);
    SET(easy, CURLOPT_WRITEDATA, transfer);
    SET(easy, CURLOPT_OPENSOCKETFUNCTION, on_open_socket);
    SET(easy, CURLOPT_OPENSOCKETDATA, transfer);
    SET(easy, CURLOPT_PREREQFUNCTION, on_request);
    SET(easy, CURLOPT_PREREQDATA, transfer);
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

static void set_version(CURL *easy, enum http_version_wanted version)
{
    static const long versions[] = {
        [HTTP_VERSION_AUTO] = CURL_HTTP_VERSION_2TLS,
        [HTTP_VERSION_1] = CURL_HTTP_VERSION_1_1,
        [HTTP_VERSION_2_PRIOR] = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE,
    };
    SET(easy, CURLOPT_HTTP_VERSION, versions[version]);
}

static void set_tls(CURL *easy, const struct transfer_tls *tls)
{
    SET(easy, CURLOPT_CAINFO, tls && tls->ca_file ? tls->ca_file : system_ca_file());
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
    set_version(transfer->easy, request->version);
    set_tls(transfer->easy, request->tls);
}

static void reset_transfer(struct transfer *transfer, const struct transfer_request *request,
                           void *owner)
{
    transfer->result = (struct transfer_result){ .owner = owner };
    transfer->limits = request->limits;
    response_begin(&transfer->response, &transfer->result, &transfer->limits);
    transfer->curl_error[0] = '\0';
    int64_t now_ms = clock_monotonic_ms();
    patience_begin(&transfer->patience, &transfer->limits, now_ms);
    attempts_init(&transfer->attempts, transfer->transfers->options.rules, request, now_ms);
    transfer->connect_to_node.data = transfer->attempts.destination.connect_to;
    transfer->resolve_node.data = transfer->attempts.destination.resolve;
    transfer->waited_ms = 0;
    intake_begin(&transfer->transfers->intake, &transfer->intake, request->rate);
}

/* Deadlines. */

static void check_transfer(struct transfer *transfer, int64_t now_ms)
{
    char detail[sizeof(transfer->result.detail)];
    if (!patience_is_over(&transfer->patience, transfer->result.bytes_in, now_ms, detail,
                          sizeof(detail))) {
        int64_t retry_at_ms = transfer->attempts.retry_at_ms;
        if (retry_at_ms >= 0 && now_ms >= retry_at_ms)
            begin_attempt(transfer);
        return;
    }
    response_stop(&transfer->response, TRANSFER_TIMED_OUT, detail);
    finish(transfer, CURLE_OPERATION_TIMEDOUT);
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

/* Those that waited. */

/* libcurl brings what it kept before this returns; what fails then, it leaves to us to end. */
static void go_on_taking(struct intake_part *part)
{
    struct transfer *transfer = transfer_of_intake(part);
    int64_t waited_ms = part->waited_us / US_PER_MS;
    patience_extend(&transfer->patience, waited_ms - transfer->waited_ms);
    transfer->waited_ms = waited_ms;
    CURLcode code = curl_easy_pause(transfer->easy, CURLPAUSE_CONT);
    if (code != CURLE_OK)
        finish(transfer, code);
    else
        look_by_its_deadline(transfer);
}

/* Public. */

void transfer_result_clear(struct transfer_result *result)
{
    buf_clear(&result->headers);
    buf_clear(&result->body);
    buf_clear(&result->trailers);
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
    intake_init(&transfers->intake, options->rate, options->room);
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
    struct transfer_result result;
    transfers_abort_all(transfers);
    while (transfers_next_done(transfers, &result))
        transfer_result_clear(&result);
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
    in_flight_add(transfers, transfer);
    look_by_its_deadline(transfer);
    begin_attempt(transfer);
}

size_t transfers_in_flight(const struct transfers *transfers)
{
    return transfers->count;
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
    intake_end(&transfers->intake, &transfer->intake);
    transfer->next = transfers->idle;
    transfers->idle = transfer;
    return true;
}

int64_t transfers_timeout_ms(struct transfers *transfers)
{
    if (transfers->done_first)
        return 0;
    int64_t now_us = clock_monotonic_us();
    int64_t intake_us = intake_timeout_us(&transfers->intake, now_us);
    int64_t intake_ms = intake_us < 0 ? -1 : (intake_us + US_PER_MS - 1) / US_PER_MS;
    int64_t due_ms = earlier(transfers->timer_ms, transfers->check_ms);
    if (due_ms < 0)
        return intake_ms;
    int64_t now_ms = now_us / US_PER_MS;
    return earlier(intake_ms, due_ms > now_ms ? due_ms - now_ms : 0);
}

void transfers_process_timeouts(struct transfers *transfers)
{
    int64_t now_ms = clock_monotonic_ms();
    if (transfers->timer_ms >= 0 && transfers->timer_ms <= now_ms) {
        transfers->timer_ms = -1;
        act(transfers, CURL_SOCKET_TIMEOUT, 0);
    }
    if (transfers->check_ms >= 0 && transfers->check_ms <= now_ms)
        check_deadlines(transfers, now_ms);
    intake_go_on(&transfers->intake, clock_monotonic_us(), go_on_taking);
}
