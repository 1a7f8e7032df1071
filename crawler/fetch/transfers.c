/* SPDX-License-Identifier: MIT
 *
 * One curl multi handle, its sockets on the poller and its timer kept here. Easy handles are
 * pooled: what never changes is set when one is made, the rest with each request.
 *
 * libcurl is told the addresses of a name through CURLOPT_RESOLVE, which puts them into its DNS
 * cache; that way it tries several in turn and still keeps a connection for the name. The cache is
 * never pruned by age (that is a walk through all of it at each end of a transfer): a name that
 * nobody uses any more is removed with the next request.
 *
 * libcurl's callbacks write down what came and return. A transfer that ends early is given its
 * verdict first; the error that libcurl then reports is only the echo.
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
#include "base/hash.h"
#include "base/log.h"
#include "base/memory.h"
#include "crawler/fetch/headers.h"

/* One read takes a usual page whole; libcurl reads a plain socket once for each time it is ready.
 */
#define READ_BYTES (64L * 1024)
/* As much as a Content-Length may reserve at once; a longer body must really come. */
#define BODY_HINT_MOST ((size_t)1024 * 1024)
/* Bodies begin with this much where no length is known. */
#define BODY_FIRST_BYTES ((size_t)16 * 1024)
/* Buckets that count which names are in use; two names in one bucket only wait longer for their
 * removal. */
#define NAME_BUCKETS 4096
/* IPv6 literals cannot be removed from libcurl's DNS cache by name, so those leave it by age. */
#define LITERAL_SECONDS 3600L

struct transfer {
    struct transfers *transfers;
    struct transfer *previous; /* In flight. */
    struct transfer *next;     /* In flight, done or idle. */
    CURL *easy;
    struct transfer_result result;
    struct transfer_limits limits;
    struct buf text;          /* URL, request target and all lines, each with its NUL. */
    struct curl_slist *lines; /* Header lines and address lines: two lists, one array. */
    size_t lines_most;
    char *name; /* "host:port" as in libcurl's DNS cache; NULL for an IPv6 literal. */
    char curl_error[CURL_ERROR_SIZE];

    enum transfer_end verdict; /* DONE until we ended it early. */
    bool is_inside_block;      /* A status line came, the empty line has not. */
    bool has_final_headers;
    size_t header_bytes; /* Of all blocks: interim, final and trailers. */
    size_t header_fields;
    unsigned sockets_opened;
    unsigned sockets_refused;

    int64_t started_ms;
    int64_t window_ends_ms; /* The slowness window; -1 before the first byte. */
    uint64_t window_bytes;  /* bytes_in when it began. */
};

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
    uint32_t names_in_use[NAME_BUCKETS];
    char **names_left; /* In libcurl's DNS cache, unused as far as we know. */
    size_t names_left_count;
    size_t names_left_most;
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
    if (code == CURLE_OUT_OF_MEMORY && !transfer->has_final_headers)
        return TRANSFER_HEADERS_TOO_LARGE;
    if (code == CURLE_COULDNT_CONNECT && transfer->sockets_opened == 0 &&
        transfer->sockets_refused > 0)
        return TRANSFER_REFUSED_ADDRESS;
    for (size_t i = 0; i < sizeof(curl_ends) / sizeof(curl_ends[0]); i++)
        if (curl_ends[i].code == code)
            return curl_ends[i].end;
    return TRANSFER_FAILED_PROTOCOL;
}

/* The first verdict stands. Returns 0: what a callback tells libcurl to stop it. */
static size_t end_early(struct transfer *transfer, enum transfer_end verdict, const char *detail)
{
    if (transfer->verdict == TRANSFER_DONE) {
        transfer->verdict = verdict;
        snprintf(transfer->result.detail, sizeof(transfer->result.detail), "%s", detail);
    }
    return 0;
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

/* Names in libcurl's DNS cache. */

static size_t name_bucket(const char *name)
{
    return hash_bytes(bytes_from_string(name), 0) % NAME_BUCKETS;
}

/* The name goes to the list of those that can be removed. */
static void leave_name(struct transfers *transfers, struct transfer *transfer)
{
    if (!transfer->name)
        return;
    transfers->names_in_use[name_bucket(transfer->name)]--;
    if (transfers->names_left_count == transfers->names_left_most) {
        transfers->names_left_most =
            transfers->names_left_most ? 2 * transfers->names_left_most : 64;
        transfers->names_left = xreallocarray(transfers->names_left, transfers->names_left_most,
                                              sizeof(*transfers->names_left));
    }
    transfers->names_left[transfers->names_left_count++] = transfer->name;
    transfer->name = NULL;
}

/* Result. */

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
    char *ip = NULL;
    long connects = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(transfer->easy, CURLINFO_NUM_CONNECTS, &connects);
    int64_t connect_ms = time_ms(transfer->easy, CURLINFO_CONNECT_TIME_T);
    int64_t secured_ms = time_ms(transfer->easy, CURLINFO_APPCONNECT_TIME_T);
    curl_off_t connect_us = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    bool has_address = address_parse(&result->address, bytes_from_string(ip));
    result->is_connected = has_address && (connect_us > 0 || transfer->result.bytes_in > 0);
    result->is_reused = result->is_connected && connects == 0;
    result->connect_ms = secured_ms > connect_ms ? secured_ms : connect_ms;
    result->first_byte_ms = time_ms(transfer->easy, CURLINFO_STARTTRANSFER_TIME_T);
    result->total_ms = time_ms(transfer->easy, CURLINFO_TOTAL_TIME_T);
    result->http_version = result->status ? http_version(transfer->easy) : 0;
}

/* From in flight to done. Not from within a callback of libcurl. */
static void finish(struct transfer *transfer, CURLcode code)
{
    struct transfers *transfers = transfer->transfers;
    struct transfer_result *result = &transfer->result;
    take_facts(transfer);
    if (transfer->verdict != TRANSFER_DONE) {
        result->end = transfer->verdict;
    } else {
        result->end = end_of_code(transfer, code);
        if (code != CURLE_OK)
            snprintf(result->detail, sizeof(result->detail), "%.*s",
                     (int)sizeof(result->detail) - 1,
                     transfer->curl_error[0] ? transfer->curl_error : curl_easy_strerror(code));
    }
    /* Takes the connection down when the exchange is not over; HTTP/2 resets the stream only. */
    curl_multi_remove_handle(transfers->multi, transfer->easy);
    leave_name(transfers, transfer);
    in_flight_remove(transfers, transfer);
    done_add(transfers, transfer);
}

static void collect_finished(struct transfers *transfers)
{
    CURLMsg *message;
    int left;
    while ((message = curl_multi_info_read(transfers->multi, &left)) != NULL) {
        struct transfer *transfer = NULL;
        curl_easy_getinfo(message->easy_handle, CURLINFO_PRIVATE, &transfer);
        finish(transfer, message->data.result);
    }
}

/* Callbacks of one transfer. */

static void begin_block(struct transfer *transfer)
{
    transfer->transfers->bytes_held -= transfer->result.headers.length;
    buf_reset(&transfer->result.headers);
    transfer->header_fields = 0;
    transfer->is_inside_block = true;
}

/* RFC 9112, 6.3: lengths that differ cannot be repaired; whichever is taken, the next response on
 * the connection could be made up by the body of this one. */
static bool lengths_conflict(struct bytes headers)
{
    struct bytes first = header_get(headers, BYTES("content-length"));
    struct bytes other;
    for (size_t from = 0; header_next(headers, BYTES("content-length"), &from, &other);)
        if (!bytes_equal(first, other))
            return true;
    return false;
}

static size_t end_block(struct transfer *transfer, size_t length)
{
    struct transfer_result *result = &transfer->result;
    transfer->is_inside_block = false;
    long status = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    if (status == 101)
        return end_early(transfer, TRANSFER_FAILED_PROTOCOL,
                         "switched protocols without being asked");
    if (status < 200) {
        begin_block(transfer);
        transfer->is_inside_block = false;
        return length;
    }
    transfer->has_final_headers = true;
    result->status = (uint16_t)status;
    if (lengths_conflict(buf_bytes(&result->headers)))
        return end_early(transfer, TRANSFER_FAILED_PROTOCOL, "more than one Content-Length");
    const struct transfers_options *options = &transfer->transfers->options;
    if (options->judge &&
        !options->judge(result->owner, result->status, buf_bytes(&result->headers)))
        return end_early(transfer, TRANSFER_STOPPED, "stopped at the headers");
    return length;
}

/* libcurl brings one line at a time: interim responses, the final one, and trailers behind the
 * body. */
static size_t on_header(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    size_t length = size * count;
    if (transfer->result.bytes_in == 0)
        begin_window(transfer, clock_monotonic_ms());
    transfer->result.bytes_in += length;
    transfer->header_bytes += length;
    if (transfer->header_bytes > transfer->limits.header_bytes)
        return end_early(transfer, TRANSFER_HEADERS_TOO_LARGE, "more header bytes than the limit");
    if (transfer->has_final_headers)
        return length;
    if (length == 0 || data[0] == '\n' || (data[0] == '\r' && length <= 2))
        return end_block(transfer, length);
    if (!transfer->is_inside_block)
        begin_block(transfer);
    else if (++transfer->header_fields > transfer->limits.header_fields)
        return end_early(transfer, TRANSFER_HEADERS_TOO_LARGE, "more header fields than the limit");
    buf_append(&transfer->result.headers, data, length);
    transfer->transfers->bytes_held += length;
    return length;
}

static void reserve_body(struct transfer *transfer)
{
    curl_off_t said = -1;
    curl_easy_getinfo(transfer->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &said);
    size_t hint = said < 0                          ? BODY_FIRST_BYTES
                  : (uint64_t)said > BODY_HINT_MOST ? BODY_HINT_MOST
                                                    : (size_t)said;
    struct buf *body = &transfer->result.body;
    buf_reserve(body, hint < body->most ? hint : body->most);
}

static size_t on_body(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct buf *body = &transfer->result.body;
    size_t length = size * count;
    transfer->result.bytes_in += length;
    if (!body->data)
        reserve_body(transfer);
    size_t room = body->most - body->length;
    size_t taken = length < room ? length : room;
    buf_append(body, data, taken);
    transfer->transfers->bytes_held += taken;
    if (taken < length)
        return end_early(transfer, TRANSFER_BODY_TOO_LARGE, "a larger body than the limit");
    return length;
}

static curl_socket_t on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *transfer = user;
    struct address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_from_sockaddr(&address, &to->addr) ||
        !address_is_allowed(transfer->transfers->options.rules, &address)) {
        transfer->sockets_refused++;
        return CURL_SOCKET_BAD;
    }
    transfer->sockets_opened++;
    return socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
}

/* libcurl reports some sockets as gone only after it has closed them. */
static int on_close_socket(void *user, curl_socket_t socket)
{
    struct transfers *transfers = user;
    poller_watch(transfers->poller, socket, 0, NULL, NULL);
    return close(socket);
}

/* Every name was given its addresses, so libcurl has nothing to resolve. Literals pass here as
 * well. */
static int on_resolve(void *resolver, void *reserved, void *user)
{
    const struct transfer *transfer = user;
    (void)resolver;
    (void)reserved;
    return transfer->name ? 1 : 0;
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

#define SET(easy, option, value)                                                                   \
    do {                                                                                           \
        CURLcode set_code = curl_easy_setopt(easy, option, value);                                 \
        assert(set_code == CURLE_OK);                                                              \
    } while (0)

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
    /* A connection outlives the transfer that opened it. */
    SET(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    SET(easy, CURLOPT_CLOSESOCKETDATA, transfer->transfers);
    SET(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
    SET(easy, CURLOPT_RESOLVER_START_DATA, transfer);
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
    buf_init(&transfer->text, BUF_UNBOUNDED);
    return transfer;
}

static void transfer_free(struct transfer *transfer)
{
    curl_easy_cleanup(transfer->easy);
    transfer_result_clear(&transfer->result);
    buf_clear(&transfer->text);
    free(transfer->lines);
    free(transfer->name);
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

/* "Name: value" with both present and no line end inside. libcurl takes "Name:" for a wish to leave
 * its own line out, and "Name;" for an empty one: neither may come from outside. */
static bool is_whole_line(const char *line)
{
    struct bytes text = bytes_from_string(line);
    size_t colon = bytes_find(text, ':');
    return colon > 0 && colon < text.length && !strpbrk(line, "\r\n") &&
           bytes_trim(bytes_slice(text, colon + 1, text.length)).length > 0;
}

/* The text is one buffer that moves as it grows, so lines are first counted and pointed to at the
 * end. */
static void end_line(struct transfer *transfer, size_t *count)
{
    buf_append_char(&transfer->text, '\0');
    ++*count;
}

static size_t write_header_lines(struct transfer *transfer, const char *const *headers)
{
    size_t count = 0;
    bool has_accept = false;
    for (; headers && *headers; headers++) {
        if (!is_whole_line(*headers))
            continue;
        has_accept |= bytes_start_with_nocase(bytes_from_string(*headers), BYTES("accept:"));
        buf_append_string(&transfer->text, *headers);
        end_line(transfer, &count);
    }
    if (!has_accept) {
        buf_append_string(&transfer->text, "Accept:");
        end_line(transfer, &count);
    }
    return count;
}

/* "-host:port" for each name that is no longer used. */
static size_t write_name_removals(struct transfer *transfer)
{
    struct transfers *transfers = transfer->transfers;
    size_t count = 0;
    size_t kept = 0;
    for (size_t i = 0; i < transfers->names_left_count; i++) {
        char *name = transfers->names_left[i];
        if (transfers->names_in_use[name_bucket(name)] > 0) {
            transfers->names_left[kept++] = name;
            continue;
        }
        buf_printf(&transfer->text, "-%s", name);
        end_line(transfer, &count);
        free(name);
    }
    transfers->names_left_count = kept;
    return count;
}

/* "+host:port:address,address". The plus makes libcurl take a host that begins with a sign as it
 * is. */
static size_t write_addresses(struct transfer *transfer, const struct transfer_request *request)
{
    size_t count = write_name_removals(transfer);
    if (!transfer->name)
        return count;
    buf_printf(&transfer->text, "+%s", transfer->name);
    for (size_t i = 0; i < request->address_count; i++) {
        char text[ADDRESS_TEXT_BYTES];
        bool is_ipv4 = address_is_ipv4(&request->addresses[i]);
        buf_printf(&transfer->text, is_ipv4 ? "%c%s" : "%c[%s]", i == 0 ? ':' : ',',
                   address_text(&request->addresses[i], text));
    }
    end_line(transfer, &count);
    return count;
}

static struct curl_slist *link_lines(struct curl_slist *lines, size_t count, const char **text)
{
    for (size_t i = 0; i < count; i++) {
        lines[i].data = (char *)(uintptr_t)*text;
        lines[i].next = i + 1 < count ? &lines[i + 1] : NULL;
        *text += strlen(*text) + 1;
    }
    return count > 0 ? lines : NULL;
}

/* The URL that libcurl sees is scheme, host and port alone; the target goes into the request as it
 * stands, so that no rewriting of libcurl's can reach it. */
static void set_request(struct transfer *transfer, const struct transfer_request *request)
{
    struct bytes url = bytes_from_string(request->url);
    size_t scheme_end = bytes_find(url, ':');
    struct bytes rest = bytes_slice(url, scheme_end + 3, url.length);
    struct bytes target = bytes_slice(rest, bytes_find(rest, '/'), rest.length);
    struct buf *text = &transfer->text;
    buf_reset(text);
    buf_printf(text, "%.*s://%.*s:%u/", (int)scheme_end, url.data, (int)request->host.length,
               request->host.data, (unsigned)request->port);
    buf_append_char(text, '\0');
    size_t target_at = text->length;
    buf_append_bytes(text, target.length > 0 ? target : BYTES("/"));
    buf_append_char(text, '\0');
    size_t lines_at = text->length;
    size_t headers = write_header_lines(transfer, request->headers);
    size_t addresses = write_addresses(transfer, request);
    if (headers + addresses > transfer->lines_most) {
        transfer->lines_most = headers + addresses + 16;
        transfer->lines =
            xreallocarray(transfer->lines, transfer->lines_most, sizeof(*transfer->lines));
    }
    const char *line = text->data + lines_at;
    struct curl_slist *header_list = link_lines(transfer->lines, headers, &line);
    struct curl_slist *address_list = link_lines(transfer->lines + headers, addresses, &line);
    SET(transfer->easy, CURLOPT_URL, text->data);
    SET(transfer->easy, CURLOPT_REQUEST_TARGET, text->data + target_at);
    SET(transfer->easy, CURLOPT_HTTPHEADER, header_list);
    SET(transfer->easy, CURLOPT_RESOLVE, address_list);
    SET(transfer->easy, CURLOPT_DNS_CACHE_TIMEOUT, transfer->name ? -1L : LITERAL_SECONDS);
    SET(transfer->easy, CURLOPT_CONNECTTIMEOUT_MS, (long)request->limits.connect_ms);
}

static void use_name(struct transfer *transfer, const struct transfer_request *request)
{
    transfer->name = NULL;
    if (bytes_find(request->host, ':') < request->host.length)
        return;
    transfer->name = xasprintf("%.*s:%u", (int)request->host.length, request->host.data,
                               (unsigned)request->port);
    transfer->transfers->names_in_use[name_bucket(transfer->name)]++;
}

static void reset_transfer(struct transfer *transfer, const struct transfer_request *request,
                           void *owner)
{
    transfer->result = (struct transfer_result){ .owner = owner };
    transfer->limits = request->limits;
    buf_init(&transfer->result.headers, request->limits.header_bytes);
    buf_init(&transfer->result.body, request->limits.body_bytes);
    transfer->curl_error[0] = '\0';
    transfer->verdict = TRANSFER_DONE;
    transfer->is_inside_block = false;
    transfer->has_final_headers = false;
    transfer->header_bytes = 0;
    transfer->header_fields = 0;
    transfer->sockets_opened = 0;
    transfer->sockets_refused = 0;
    transfer->started_ms = clock_monotonic_ms();
    transfer->window_ends_ms = -1;
    transfer->window_bytes = 0;
}

/* Deadlines. */

static void end_late(struct transfer *transfer, const char *what, int64_t limit_ms)
{
    char detail[sizeof(transfer->result.detail)];
    snprintf(detail, sizeof(detail), "%s %lld ms", what, (long long)limit_ms);
    end_early(transfer, TRANSFER_TIMED_OUT, detail);
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
    for (size_t i = 0; i < transfers->names_left_count; i++)
        free(transfers->names_left[i]);
    free(transfers->names_left);
    free(transfers);
}

void transfers_start(struct transfers *transfers, const struct transfer_request *request,
                     void *owner)
{
    assert(request->address_count > 0);
    struct transfer *transfer = take_idle(transfers);
    reset_transfer(transfer, request, owner);
    use_name(transfer, request);
    set_request(transfer, request);
    in_flight_add(transfers, transfer);
    transfers->check_ms = earlier(transfers->check_ms, deadline_ms(transfer));
    CURLMcode code = curl_multi_add_handle(transfers->multi, transfer->easy);
    assert(code == CURLM_OK);
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
        end_early(transfers->in_flight, TRANSFER_ABORTED, "aborted");
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
