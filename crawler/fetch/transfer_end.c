/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/transfer_parts.h"

#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "crawler/fetch/ftp_listing.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/tls_trouble.h"

/* ---- Codes */

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
    { CURLE_USE_SSL_FAILED, TRANSFER_FAILED_TLS },
};

static enum transfer_end end_of_code(CURLcode code)
{
    for (size_t i = 0; i < sizeof(curl_ends) / sizeof(curl_ends[0]); i++)
        if (curl_ends[i].code == code)
            return curl_ends[i].end;
    return TRANSFER_FAILED_PROTOCOL;
}

/* ---- Facts */

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

void transfer_take_facts(struct transfer *transfer)
{
    struct transfer_result *result = &transfer->result;
    CURL *easy = transfer->easy;
    char *ip = NULL;
    long connects = 0;
    curl_off_t connect_us = 0;
    curl_easy_getinfo(easy, CURLINFO_PRIMARY_IP, &ip);
    curl_easy_getinfo(easy, CURLINFO_NUM_CONNECTS, &connects);
    curl_easy_getinfo(easy, CURLINFO_CONNECT_TIME_T, &connect_us);
    transfer->has_peer = address_parse(&result->address, bytes_from_string(ip));
    result->is_connected =
        transfer->has_peer &&
        (transfer->relay.is_used ? transfer->has_asked : connect_us > 0 || result->bytes_in > 0);
    result->is_reused = result->is_connected && connects == 0;
    int64_t secured_ms = time_ms(easy, CURLINFO_APPCONNECT_TIME_T);
    /* libcurl counts from the last attempt. */
    int64_t before_ms = transfer->attempts.begun_ms - transfer->attempts.started_ms;
    result->connect_ms = before_ms + (secured_ms > 0 ? secured_ms : connect_us / 1000);
    result->first_byte_ms = before_ms + time_ms(easy, CURLINFO_STARTTRANSFER_TIME_T);
    result->total_ms = before_ms + time_ms(easy, CURLINFO_TOTAL_TIME_T) -
                       intake_part_waited_us(&transfer->intake, clock_monotonic_us()) / US_PER_MS;
    result->http_version = result->status && !transfer->ftp.is_used ? http_version(easy) : 0;
}

/* ---- Proxies */

/* What a proxy's word means: that of a tunnel (RFC 9110, 9.3.6), and those of SOCKS. */
struct proxy_word {
    long code;
    enum proxy_fate fate;
    const char *text; /* NULL: libcurl's will do. */
};

static const struct proxy_word tunnel_words[] = {
    { 0, PROXY_FAILED, NULL },
    { 403, PROXY_REFUSED, "refuses to connect there: 403" },
    { 404, PROXY_WORKED, "found no such host: 404" },
    { 405, PROXY_REFUSED, "makes no tunnels: 405" },
    { 407, PROXY_FAILED, "wants another login: 407" },
    { 451, PROXY_REFUSED, "refuses to connect there: 451" },
    { 500, PROXY_SILENT, "could not connect: 500" },
    { 502, PROXY_WORKED, "could not connect: 502" },
    { 503, PROXY_WORKED, "could not connect: 503" },
    { 504, PROXY_WORKED, "got no connection in time: 504" },
};

/* Of other answers: it speaks, and what it says is about this target. */
static const struct proxy_word tunnel_refused = { 0, PROXY_REFUSED, "refuses to connect there" };
static const struct proxy_word tunnel_failed = { 0, PROXY_WORKED, "could not connect" };

static const struct proxy_word socks_words[] = {
    { CURLPX_REPLY_GENERAL_SERVER_FAILURE, PROXY_SILENT, "general failure" },
    { CURLPX_REQUEST_FAILED, PROXY_SILENT, "request rejected or failed" },
    { CURLPX_REPLY_NOT_ALLOWED, PROXY_REFUSED, "not allowed by its rules" },
    { CURLPX_REPLY_NETWORK_UNREACHABLE, PROXY_WORKED, "network unreachable" },
    { CURLPX_REPLY_HOST_UNREACHABLE, PROXY_WORKED, "host unreachable" },
    { CURLPX_REPLY_CONNECTION_REFUSED, PROXY_WORKED, "connection refused" },
    { CURLPX_REPLY_TTL_EXPIRED, PROXY_WORKED, "time to live expired" },
    { CURLPX_REPLY_ADDRESS_TYPE_NOT_SUPPORTED, PROXY_REFUSED, "knows no such addresses" },
    { CURLPX_USER_REJECTED, PROXY_FAILED, "rejects the login" },
    { CURLPX_NO_AUTH, PROXY_FAILED, "wants a login" },
};

static const struct proxy_word *find_word(const struct proxy_word *words, size_t count, long code)
{
    for (size_t i = 0; i < count; i++)
        if (words[i].code == code)
            return &words[i];
    return NULL;
}

/* The proxy was reached, and what it then said or did not say ended the transfer. */
static struct proxy_word word_of_proxy(const struct transfer *transfer, CURLcode code)
{
    static const struct proxy_word failed = { 0, PROXY_FAILED, NULL };
    static const struct proxy_word silent = { 0, PROXY_SILENT, NULL };
    const struct proxy_word *word = NULL;
    long said = 0;
    if (code == CURLE_OPERATION_TIMEDOUT)
        return silent;
    if (code == CURLE_PROXY) {
        curl_easy_getinfo(transfer->easy, CURLINFO_PROXY_ERROR, &said);
        word = find_word(socks_words, sizeof(socks_words) / sizeof(socks_words[0]), said);
    } else {
        curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &said);
        word = find_word(tunnel_words, sizeof(tunnel_words) / sizeof(tunnel_words[0]), said);
        if (!word && said >= 400)
            word = said < 500 ? &tunnel_refused : &tunnel_failed;
    }
    return word ? *word : failed;
}
/* How far a transfer through a proxy came. */
enum stage {
    STAGE_BEFORE,   /* The proxy was not reached. */
    STAGE_TUNNEL,   /* It was, and made no way to the origin. */
    STAGE_ASKED,    /* The request left. */
    STAGE_ANSWERED, /* The origin spoke, though perhaps of TLS alone. */
};

static bool is_tls_code(CURLcode code)
{
    return end_of_code(code) == TRANSFER_FAILED_TLS;
}

static enum stage stage_of(const struct transfer *transfer, CURLcode code)
{
    long tunnel_status = 0;
    if (transfer->result.bytes_in > 0 || code == CURLE_OK)
        return STAGE_ANSWERED;
    if (transfer->has_asked)
        return STAGE_ASKED;
    if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_PROXY ||
        (code == CURLE_OPERATION_TIMEDOUT && !transfer->has_peer))
        return STAGE_BEFORE;
    if (!is_tls_code(code))
        return STAGE_TUNNEL;
    /* TLS with the proxy, or behind it. */
    curl_easy_getinfo(transfer->easy, CURLINFO_HTTP_CONNECTCODE, &tunnel_status);
    return transfer->relay.kind == PROXY_KIND_HTTPS && tunnel_status != 200 ? STAGE_BEFORE
                                                                            : STAGE_ANSWERED;
}

/* Squid marks pages of its own. There is no such mark of other proxies: what they answer passes for
 * the origin's. */
static bool says_it_could_not_connect(const struct transfer_result *result)
{
    struct bytes error = header_get(buf_bytes(&result->headers), BYTES("x-squid-error"));
    return result->status >= 500 && (bytes_start_with(error, BYTES("ERR_CONNECT_FAIL ")) ||
                                     bytes_start_with(error, BYTES("ERR_DNS_FAIL ")));
}

static struct proxy_word judge_proxy(const struct transfer *transfer, CURLcode code)
{
    static const struct proxy_word worked = { 0, PROXY_WORKED, NULL };
    static const struct proxy_word silent = { 0, PROXY_SILENT, NULL };
    static const struct proxy_word failed = { 0, PROXY_FAILED, NULL };
    switch (stage_of(transfer, code)) {
    case STAGE_BEFORE:
        return failed;
    case STAGE_TUNNEL:
        return word_of_proxy(transfer, code);
    case STAGE_ASKED:
        return transfer->is_tunnel ? worked : silent;
    case STAGE_ANSWERED:
        break;
    }
    if (transfer->is_tunnel)
        return worked;
    if (transfer->result.status == 407)
        return (struct proxy_word){ 407, PROXY_FAILED, "wants another login: 407" };
    return says_it_could_not_connect(&transfer->result)
               ? (struct proxy_word){ 0, PROXY_WORKED, "could not connect" }
               : worked;
}

/* The end is the proxy's, where it is; where it says that the origin could not be reached, so it
 * is. */
static void set_fate(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    if (!transfer->relay.is_used || transfer->attempts.leads_nowhere ||
        result->end == TRANSFER_ABORTED)
        return;
    struct proxy_word word = judge_proxy(transfer, code);
    result->proxy_fate = word.fate;
    if (word.fate == PROXY_FAILED || word.fate == PROXY_REFUSED)
        result->end = TRANSFER_FAILED_PROXY;
    else if (word.text)
        result->end = TRANSFER_FAILED_CONNECT;
    if (word.fate == PROXY_WORKED && !word.text)
        return;
    result->status = 0; /* Whatever came, it is no response of the origin. */
    char detail[sizeof(result->detail)];
    snprintf(detail, sizeof(detail), "%s", word.text ? word.text : result->detail);
    snprintf(result->detail, sizeof(result->detail), "proxy %.56s: %.56s", transfer->relay.url,
             detail);
}

/* ---- Ends */

static enum tls_trouble trouble_of(CURLcode code)
{
    return code == CURLE_PEER_FAILED_VERIFICATION ? TLS_TROUBLE_CERTIFICATE
           : code == CURLE_SSL_CERTPROBLEM || code == CURLE_SSL_CIPHER ||
                   code == CURLE_SSL_CACERT_BADFILE
               ? TLS_TROUBLE_OWN
               : TLS_TROUBLE_HANDSHAKE;
}

static void describe_tls(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    bool is_proxys = transfer->relay.is_used && stage_of(transfer, code) == STAGE_BEFORE;
    long verify_result = 0;
    struct buf text;
    buf_init(&text, sizeof(result->detail) - 1);
    curl_easy_getinfo(transfer->easy,
                      is_proxys ? CURLINFO_PROXY_SSL_VERIFYRESULT : CURLINFO_SSL_VERIFYRESULT,
                      &verify_result);
    const char *said = transfer->curl_error[0] ? transfer->curl_error : curl_easy_strerror(code);
    tls_trouble_print(&text, trouble_of(code), verify_result, bytes_from_string(said));
    snprintf(result->detail, sizeof(result->detail), "%.*s", (int)text.length, text.data);
    buf_clear(&text);
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
                       : code == CURLE_OK                 ? "cut off in its header fields"
                       : code == CURLE_OPERATION_TIMEDOUT ? "no connection in time"
                       : transfer->curl_error[0]          ? transfer->curl_error
                                                          : curl_easy_strerror(code);
    snprintf(result->detail, sizeof(result->detail), "%.*s", (int)sizeof(result->detail) - 1, text);
}

static enum transfer_end end_of(const struct transfer *transfer, CURLcode code)
{
    /* libcurl 7.88 says so of a header line longer than its own 100 KiB. */
    if (code == CURLE_OUT_OF_MEMORY && !transfer->response.has_final_headers)
        return TRANSFER_HEADERS_TOO_LARGE;
    if (code == CURLE_COULDNT_CONNECT && attempts_are_refused(&transfer->attempts))
        return TRANSFER_REFUSED_ADDRESS;
    /* To libcurl a head that ends early is one. */
    if (code == CURLE_OK && !transfer->response.has_final_headers)
        return TRANSFER_FAILED_PROTOCOL;
    /* Who wants a certificate of ours says so behind TLS 1.3's handshake. */
    if ((code == CURLE_RECV_ERROR || code == CURLE_SEND_ERROR) && transfer->result.bytes_in == 0 &&
        tls_trouble_is_alert(bytes_from_string(transfer->curl_error)))
        return TRANSFER_FAILED_TLS;
    return end_of_code(code);
}

/* ---- FTP */

static void make_page(struct transfer *transfer)
{
    struct transfer_result *result = &transfer->result;
    struct buf page;
    buf_init(&page, result->body.most);
    ftp_listing_page(buf_bytes(&result->body), bytes_from_string(transfer->ftp.path), &page);
    buf_clear(&result->body);
    result->body = page;
}

/* Where the last reply does not say it: over TLS libcurl has taken leave by then (221). */
static uint16_t ftp_status_of_code(CURLcode code)
{
    switch ((int)code) {
    case CURLE_REMOTE_FILE_NOT_FOUND:
    case CURLE_REMOTE_ACCESS_DENIED:
    case CURLE_FTP_COULDNT_RETR_FILE:
        return 404;
    case CURLE_LOGIN_DENIED:
        return 401;
    }
    return 0;
}

/* What became of it, as a response would say. */
static void finish_ftp(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    curl_off_t modified_s = -1;
    long reply = 0;
    curl_easy_getinfo(transfer->easy, CURLINFO_RESPONSE_CODE, &reply);
    curl_easy_getinfo(transfer->easy, CURLINFO_FILETIME_T, &modified_s);
    if (result->end == TRANSFER_DONE || result->end == TRANSFER_BODY_TOO_LARGE) {
        if (transfer->ftp.is_listing)
            make_page(transfer);
        else
            ftp_date_field(modified_s, &result->headers);
        return;
    }
    if (result->end == TRANSFER_STOPPED || result->body.length > 0)
        return;
    /* To libcurl a 421 is a time-out. */
    bool is_told = result->end == TRANSFER_FAILED_PROTOCOL || reply == 421;
    result->status = is_told ? ftp_status(reply) : 0;
    if (result->status > 0)
        snprintf(result->detail, sizeof(result->detail), "FTP reply %ld", reply);
    else if (is_told)
        result->status = ftp_status_of_code(code);
    if (result->status > 0)
        result->end = TRANSFER_DONE;
}

/* Did what came stop before its end, though nothing was wrong with it? */
static bool is_truncated(const struct transfer *transfer)
{
    const struct transfer_result *result = &transfer->result;
    bool is_cut = result->end == TRANSFER_FAILED_PROTOCOL || result->end == TRANSFER_TIMED_OUT ||
                  result->end == TRANSFER_ABORTED;
    return is_cut && transfer->response.has_final_headers &&
           (!transfer->ftp.is_used || result->body.length > 0) &&
           transfer->response.verdict != TRANSFER_FAILED_PROTOCOL;
}

void transfer_set_end(struct transfer *transfer, CURLcode code)
{
    struct transfer_result *result = &transfer->result;
    if (transfer->response.verdict != TRANSFER_DONE) {
        result->end = transfer->response.verdict;
    } else {
        result->end = end_of(transfer, code);
        if (result->end == TRANSFER_FAILED_TLS)
            describe_tls(transfer, code);
        else if (result->end != TRANSFER_DONE)
            describe(transfer, code);
    }
    if (transfer->ftp.is_used)
        finish_ftp(transfer, code);
    set_fate(transfer, code);
    result->is_truncated = is_truncated(transfer);
}

bool transfer_deserves_another_attempt(const struct transfer *transfer, CURLcode code)
{
    return (code == CURLE_COULDNT_CONNECT || code == CURLE_OPERATION_TIMEDOUT) &&
           transfer->response.verdict == TRANSFER_DONE &&
           time_ms(transfer->easy, CURLINFO_CONNECT_TIME_T) == 0 &&
           attempts_have_another(&transfer->attempts, clock_monotonic_ms());
}
