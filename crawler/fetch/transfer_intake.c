/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/transfer_parts.h"

#include <sys/socket.h>

#include "base/clock.h"

/* Callbacks of one transfer. */

static size_t held_bytes(const struct transfer *transfer)
{
    const struct transfer_result *result = &transfer->result;
    return result->headers.length + result->body.length + result->trailers.length;
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
    transfer_look_by_its_deadline(transfer);
}

/* A line of the talk with an ftp server: there is an end to it. */
static bool take_reply(struct transfer *transfer, size_t length)
{
    struct response *response = &transfer->response;
    transfer->result.bytes_in += length;
    response->header_bytes += length;
    return response->header_bytes <= response->limits->header_bytes ||
           response_stop(response, TRANSFER_HEADERS_TOO_LARGE, "more words than the limit");
}

/* libcurl brings one line at a time. Anything but the length returned makes it stop. */
size_t transfer_on_header(char *data, size_t size, size_t count, void *user)
{
    struct transfer *transfer = user;
    struct response *response = &transfer->response;
    size_t length = size * count;
    bool had_final_headers = response->has_final_headers;
    long status = 0;
    if (transfer->result.bytes_in == 0)
        take_first_byte(transfer);
    if (transfer->ftp.is_used)
        return take_reply(transfer, length) ? length : 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &status);
    bool goes_on = response_take_line(response, bytes_of(data, length), status);
    intake_take_anyway(&transfer->transfers->intake, &transfer->intake, length,
                       held_bytes(transfer), clock_monotonic_us());
    if (goes_on && response->has_final_headers && !had_final_headers)
        goes_on = is_wanted(transfer);
    return goes_on ? length : 0;
}

size_t transfer_on_body(char *data, size_t size, size_t count, void *user)
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

/* A proxy may stand anywhere: the user named it. */
static bool may_open(struct transfer *transfer, const struct address *address)
{
    if (transfer->relay.is_used)
        return relay_has_address(&transfer->relay, address);
    return attempts_may_open(&transfer->attempts, address, transfer->transfers->options.turn,
                             transfer->result.owner);
}

curl_socket_t transfer_on_open_socket(void *user, curlsocktype purpose, struct curl_sockaddr *to)
{
    struct transfer *transfer = user;
    struct address address;
    if (purpose != CURLSOCKTYPE_IPCXN || !address_from_sockaddr(&address, &to->addr) ||
        !may_open(transfer, &address))
        return CURL_SOCKET_BAD;
    transfer->sockets[0] = transfer->sockets[1];
    transfer->sockets[1] =
        socket(to->family, to->socktype | SOCK_CLOEXEC | SOCK_NONBLOCK, to->protocol);
    /* libcurl closes some without a word: those that lost a race to connect. */
    if (transfer->sockets[1] >= 0)
        poller_watch(transfer->transfers->poller, transfer->sockets[1], 0, NULL, NULL);
    return transfer->sockets[1];
}

/* The address of the host that the connection leads to, as far as we know it. */
static bool find_asked(struct transfer *transfer, const char *to_ip)
{
    const struct destination *destination = &transfer->attempts.destination;
    if (!transfer->relay.is_used)
        return address_parse(&transfer->asked, bytes_from_string(to_ip));
    if (destination->count > 0)
        transfer->asked = destination->addresses[0];
    return destination->count > 0;
}

/* What is known of a file by its name is all that there is to judge it by. */
static bool is_wanted_of_ftp(struct transfer *transfer)
{
    struct response *response = &transfer->response;
    if (response->has_final_headers)
        return true;
    ftp_fields(&transfer->ftp, &transfer->result.headers);
    response->has_final_headers = true;
    transfer->result.status = 200;
    return is_wanted(transfer);
}

/* A connection is there, and the request is sent next. */
int transfer_on_request(void *user, char *to_ip, char *from_ip, int to_port, int from_port)
{
    struct transfer *transfer = user;
    struct transfers *transfers = transfer->transfers;
    (void)from_ip, (void)to_port, (void)from_port;
    transfer->has_asked = true;
    transfer->has_asked_address = find_asked(transfer, to_ip);
    if (transfer->ftp.is_used && !is_wanted_of_ftp(transfer))
        return CURL_PREREQFUNC_ABORT;
    if (transfer->is_asking || (!transfer->relay.is_used && !transfer->has_asked_address))
        return CURL_PREREQFUNC_OK;
    transfer->is_asking = true;
    transfer->next_asking = transfers->asking;
    transfers->asking = transfer;
    return CURL_PREREQFUNC_OK;
}

int transfer_on_debug(CURL *easy, curl_infotype kind, char *data, size_t length, void *user)
{
    static const enum transfers_voice voices[] = {
        [CURLINFO_TEXT] = VOICE_NOTE,
        [CURLINFO_HEADER_IN] = VOICE_RECEIVED,
        [CURLINFO_HEADER_OUT] = VOICE_SENT,
    };
    const struct transfer *transfer = user;
    (void)easy;
    if (kind <= CURLINFO_HEADER_OUT)
        transfer->transfers->options.listener(transfer->result.owner, voices[kind],
                                              bytes_of(data, length));
    return 0;
}
