/* SPDX-License-Identifier: MIT
 *
 * Handles are pooled, so each request sets all that another one may have set.
 */
#include "crawler/fetch/transfer_parts.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/memory.h"

/* One read takes a usual page whole; libcurl reads a plain socket once each time it is ready. */
#define READ_BYTES (64L * 1024)

/* Certificate authorities change; the system's bundle is read again after so long. */
#define CA_FILE_KEPT_S (24L * 60 * 60)

/* ---- Handles */

/* Stand-ins and proxies have their addresses, so there is nothing to look up, unless a proxy's name
 * is an address. */
static int on_resolve(void *resolver, void *reserved, void *user)
{
    const struct transfer *transfer = user;
    (void)resolver;
    (void)reserved;
    /* ftp's second connection goes to the address of the first. */
    return transfer->relay.is_literal || transfer->ftp.is_used ? 0 : 1;
}

static int on_close_socket(void *user, curl_socket_t socket)
{
    struct transfers *transfers = user;
    poller_watch(transfers->poller, socket, 0, NULL, NULL);
    return close(socket);
}

static void set_callbacks(CURL *easy, struct transfer *transfer)
{
    SET(easy, CURLOPT_HEADERFUNCTION, transfer_on_header);
    SET(easy, CURLOPT_HEADERDATA, transfer);
    SET(easy, CURLOPT_WRITEFUNCTION, transfer_on_body);
    SET(easy, CURLOPT_WRITEDATA, transfer);
    SET(easy, CURLOPT_OPENSOCKETFUNCTION, transfer_on_open_socket);
    SET(easy, CURLOPT_OPENSOCKETDATA, transfer);
    SET(easy, CURLOPT_CLOSESOCKETFUNCTION, on_close_socket);
    SET(easy, CURLOPT_CLOSESOCKETDATA, transfer->transfers);
    SET(easy, CURLOPT_PREREQFUNCTION, transfer_on_request);
    SET(easy, CURLOPT_PREREQDATA, transfer);
    SET(easy, CURLOPT_RESOLVER_START_FUNCTION, on_resolve);
    SET(easy, CURLOPT_RESOLVER_START_DATA, transfer);
}

static void listen_to(CURL *easy, struct transfer *transfer)
{
    SET(easy, CURLOPT_DEBUGFUNCTION, transfer_on_debug);
    SET(easy, CURLOPT_DEBUGDATA, transfer);
    SET(easy, CURLOPT_VERBOSE, 1L);
}

CURL *transfer_new_easy(struct transfer *transfer)
{
    CURL *easy = curl_easy_init();
    assert(easy);
    SET(easy, CURLOPT_PRIVATE, transfer);
    SET(easy, CURLOPT_ERRORBUFFER, transfer->curl_error);
    SET(easy, CURLOPT_NOSIGNAL, 1L);
    SET(easy, CURLOPT_PROTOCOLS_STR, "http,https,ftp,ftps");
    SET(easy, CURLOPT_PATH_AS_IS, 1L);
    SET(easy, CURLOPT_HTTP_CONTENT_DECODING, 0L);
    SET(easy, CURLOPT_HTTP09_ALLOWED, 0L);
    SET(easy, CURLOPT_BUFFERSIZE, READ_BYTES);
    /* What a proxy says before there is a tunnel is none of the response; and our lines are not
     * for it. */
    SET(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
    SET(easy, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
    /* The store of certificates is parsed once only where the file is the single source of them. */
    SET(easy, CURLOPT_CAPATH, NULL);
    SET(easy, CURLOPT_PROXY_CAPATH, NULL);
    SET(easy, CURLOPT_PROXY_CAINFO, transfer->transfers->ca_file);
    /* One change of directory, then the name; and the server's word on where to connect to next is
     * not believed. */
    SET(easy, CURLOPT_FTP_FILEMETHOD, (long)CURLFTPMETHOD_SINGLECWD);
    SET(easy, CURLOPT_FTP_SKIP_PASV_IP, 1L);
    /* Never pruned: that would be a walk through all of it at the end of each transfer. */
    SET(easy, CURLOPT_DNS_CACHE_TIMEOUT, -1L);
    set_callbacks(easy, transfer);
    if (transfer->transfers->options.listener)
        listen_to(easy, transfer);
    return easy;
}

/* ---- Lines */

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

/* ---- What is asked for */

/* "http://docs.example.org/a?b", as it is asked of a proxy: without a login. */
static char *absolute_target(const struct transfer_request *request, int scheme_length,
                             const char *target)
{
    uint16_t usual = scheme_length == 3 ? 21 : scheme_length == 4 ? 80 : 443;
    char port[8] = "";
    if (request->port != usual)
        snprintf(port, sizeof(port), ":%u", (unsigned)request->port);
    return xasprintf("%.*s://%.*s%s%s", scheme_length, request->url, (int)request->host.length,
                     request->host.data, port, target);
}

/* libcurl asks for what the path says. */
static void set_ftp_target(struct transfer *transfer, const struct transfer_request *request)
{
    CURL *easy = transfer->easy;
    bool is_implicit = request->has_ftp_tls && request->port == 990;
    char *url = xasprintf("%s://%.*s:%u%s", is_implicit ? "ftps" : "ftp", (int)request->host.length,
                          request->host.data, (unsigned)request->port, transfer->ftp.path);
    SET(easy, CURLOPT_URL, url);
    free(url);
    SET(easy, CURLOPT_FILETIME, 1L);
    SET(easy, CURLOPT_USE_SSL, request->has_ftp_tls ? (long)CURLUSESSL_ALL : (long)CURLUSESSL_NONE);
}

/* The URL that libcurl sees is scheme, host and port alone; the target goes into the request as it
 * stands, so that no rewriting of libcurl's can reach it. */
static void set_http_target(struct transfer *transfer, const struct transfer_request *request)
{
    struct bytes whole = bytes_from_string(request->url);
    size_t scheme_end = bytes_find(whole, ':');
    struct bytes rest = bytes_slice(whole, scheme_end + 3, whole.length);
    size_t start = scheme_end + 3 + bytes_find(rest, '/');
    /* What libcurl made of a date would not be looked at. */
    SET(transfer->easy, CURLOPT_FILETIME, 0L);
    const char *target = start < whole.length ? request->url + start : "/";
    char *url = xasprintf("%.*s://%.*s:%u/", (int)scheme_end, request->url,
                          (int)request->host.length, request->host.data, (unsigned)request->port);
    SET(transfer->easy, CURLOPT_URL, url);
    free(url);
    if (relay_reads_requests(&transfer->relay) && !transfer->is_tunnel) {
        char *absolute = absolute_target(request, (int)scheme_end, target);
        SET(transfer->easy, CURLOPT_REQUEST_TARGET, absolute);
        free(absolute);
    } else {
        SET(transfer->easy, CURLOPT_REQUEST_TARGET, target);
    }
}

static void set_method(CURL *easy, const struct transfer_request *request)
{
    SET(easy, CURLOPT_CUSTOMREQUEST, request->method == METHOD_OPTIONS ? "OPTIONS" : NULL);
    if (request->method == METHOD_POST) {
        SET(easy, CURLOPT_POST, 1L);
        SET(easy, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)request->body.length);
        SET(easy, CURLOPT_COPYPOSTFIELDS, request->body.length > 0 ? request->body.data : "");
    } else if (request->method == METHOD_HEAD) {
        SET(easy, CURLOPT_NOBODY, 1L);
    } else {
        SET(easy, CURLOPT_HTTPGET, 1L);
    }
}

/* libcurl 7.88 cannot use a connection twice that began as HTTP/2 without TLS (its issue 10634). */
static bool can_keep_prior(void)
{
    return curl_version_info(CURLVERSION_NOW)->version_num >= 0x080000;
}

static void set_version(CURL *easy, const struct transfer_request *request)
{
    static const long versions[] = {
        [HTTP_VERSION_AUTO] = CURL_HTTP_VERSION_2TLS,
        [HTTP_VERSION_1] = CURL_HTTP_VERSION_1_1,
        [HTTP_VERSION_2_PRIOR] = CURL_HTTP_VERSION_2_PRIOR_KNOWLEDGE,
    };
    bool is_https = strncmp(request->url, "https:", 6) == 0;
    /* With TLS, ALPN tells it (RFC 9113, 3.2). */
    bool is_prior = request->version == HTTP_VERSION_2_PRIOR && !is_https;
    enum http_version_wanted version =
        is_https && request->version == HTTP_VERSION_2_PRIOR ? HTTP_VERSION_AUTO : request->version;
    /* libcurl 7.88 loses its place among the replies of an ftp connection with TLS that it kept. */
    bool is_once = (is_prior && !can_keep_prior()) || request->has_ftp_tls;
    bool may_be_2 = is_prior || (version == HTTP_VERSION_AUTO && is_https);
    SET(easy, CURLOPT_HTTP_VERSION, versions[version]);
    SET(easy, CURLOPT_PIPEWAIT, request->is_sharing && may_be_2 && !is_once ? 1L : 0L);
    SET(easy, CURLOPT_FRESH_CONNECT, is_once ? 1L : 0L);
    SET(easy, CURLOPT_FORBID_REUSE, is_once ? 1L : 0L);
}

/* ---- Who asks, and who answers */

static long curl_auth(enum auth_scheme scheme)
{
    static const struct {
        enum auth_scheme ours;
        unsigned long curl;
    } schemes[] = {
        { AUTH_BASIC, CURLAUTH_BASIC },
        { AUTH_DIGEST, CURLAUTH_DIGEST },
        { AUTH_NTLM, CURLAUTH_NTLM },
        { AUTH_NEGOTIATE, CURLAUTH_NEGOTIATE },
    };
    for (size_t i = 0; i < sizeof(schemes) / sizeof(schemes[0]); i++)
        if (schemes[i].ours == scheme)
            return (long)schemes[i].curl;
    return (long)CURLAUTH_NONE;
}

static void set_login(CURL *easy, const struct transfer_login *login)
{
    SET(easy, CURLOPT_HTTPAUTH, login ? curl_auth(login->scheme) : (long)CURLAUTH_NONE);
    SET(easy, CURLOPT_USERNAME, login ? login->user : NULL);
    SET(easy, CURLOPT_PASSWORD, login ? login->password : NULL);
}

/* OpenSSL has two lists: TLS 1.3 has suites of its own. */
static void set_ciphers(CURL *easy, const char *ciphers)
{
    struct buf lists[2];
    buf_init(&lists[0], BUF_UNBOUNDED);
    buf_init(&lists[1], BUF_UNBOUNDED);
    while (ciphers && *ciphers) {
        size_t length = strcspn(ciphers, ":");
        struct buf *list = &lists[strncmp(ciphers, "TLS_", 4) == 0];
        buf_printf(list, "%s%.*s", list->length > 0 ? ":" : "", (int)length, ciphers);
        ciphers += length + (ciphers[length] == ':');
    }
    SET(easy, CURLOPT_SSL_CIPHER_LIST, lists[0].data);
    SET(easy, CURLOPT_TLS13_CIPHERS, lists[1].data);
    buf_clear(&lists[0]);
    buf_clear(&lists[1]);
}

/* An authority of the host's own is not kept parsed: libcurl keeps one file, and that is not to be
 * lost to it. Nor is one read where nobody asks it. */
static void set_tls(struct transfer *transfer, const struct transfer_tls *given)
{
    static const struct transfer_tls none = { 0 };
    static const long versions[] = {
        [TLS_DEFAULT] = CURL_SSLVERSION_DEFAULT, [TLS_1_0] = CURL_SSLVERSION_TLSv1_0,
        [TLS_1_1] = CURL_SSLVERSION_TLSv1_1,     [TLS_1_2] = CURL_SSLVERSION_TLSv1_2,
        [TLS_1_3] = CURL_SSLVERSION_TLSv1_3,
    };
    const struct transfer_tls *tls = given ? given : &none;
    const char *shared = transfer->transfers->ca_file;
    const char *ca_file = tls->ca_file ? tls->ca_file : shared;
    CURL *easy = transfer->easy;
    SET(easy, CURLOPT_CAINFO, tls->is_insecure ? NULL : ca_file);
    SET(easy, CURLOPT_CA_CACHE_TIMEOUT, strcmp(ca_file, shared) == 0 ? CA_FILE_KEPT_S : 0L);
    SET(easy, CURLOPT_SSL_VERIFYPEER, tls->is_insecure ? 0L : 1L);
    SET(easy, CURLOPT_SSL_VERIFYHOST, tls->is_insecure ? 0L : 2L);
    SET(easy, CURLOPT_SSLCERT, tls->client_cert);
    SET(easy, CURLOPT_SSLKEY, tls->client_key);
    SET(easy, CURLOPT_SSLVERSION, versions[tls->least]);
    set_ciphers(easy, tls->ciphers);
}

/* ---- The way there */

static void set_relay(struct transfer *transfer, const struct proxy *proxy)
{
    CURL *easy = transfer->easy;
    bool has_login = proxy && proxy->user;
    /* NULL would be what the environment says. */
    SET(easy, CURLOPT_PROXY, proxy ? transfer->relay.url : "");
    SET(easy, CURLOPT_PROXYAUTH,
        has_login ? (long)(CURLAUTH_BASIC | CURLAUTH_DIGEST) : (long)CURLAUTH_NONE);
    SET(easy, CURLOPT_PROXYUSERNAME, has_login ? proxy->user : NULL);
    SET(easy, CURLOPT_PROXYPASSWORD, has_login && proxy->password ? proxy->password : NULL);
}

/* A SOCKS proxy is asked for ftp's second connection, too, on a port that is not known yet: only an
 * address itself stands for all ports. */
static void name_address(struct transfer *transfer)
{
    struct destination *destination = &transfer->attempts.destination;
    char text[ADDRESS_TEXT_BYTES];
    if (destination->count == 0)
        return;
    address_text(&destination->addresses[0], text);
    snprintf(destination->connect_to, sizeof(destination->connect_to),
             strchr(text, ':') ? "::[%s]:" : "::%s:", text);
}

/* Who resolves names itself is told the host's own. */
void transfer_set_way(struct transfer *transfer)
{
    struct relay *relay = &transfer->relay;
    bool is_direct = !relay->is_used || relay_is_told_addresses(relay);
    struct curl_slist *resolve = NULL;
    if (relay->is_used && transfer->ftp.is_used)
        name_address(transfer);
    transfer->connect_to_node.data = transfer->attempts.destination.connect_to;
    transfer->resolve_nodes[0] = (struct curl_slist){ relay->resolve, NULL };
    transfer->resolve_nodes[1] =
        (struct curl_slist){ transfer->attempts.destination.resolve, NULL };
    if (is_direct)
        resolve = &transfer->resolve_nodes[1];
    if (relay->is_used && !relay->is_literal) {
        transfer->resolve_nodes[0].next = resolve;
        resolve = &transfer->resolve_nodes[0];
    }
    SET(transfer->easy, CURLOPT_CONNECT_TO, is_direct ? &transfer->connect_to_node : NULL);
    SET(transfer->easy, CURLOPT_RESOLVE, resolve);
}

void transfer_set_request(struct transfer *transfer, const struct transfer_request *request)
{
    if (transfer->ftp.is_used)
        set_ftp_target(transfer, request);
    else
        set_http_target(transfer, request);
    set_method(transfer->easy, request);
    set_version(transfer->easy, request);
    set_login(transfer->easy, request->login);
    set_tls(transfer, request->tls);
    set_relay(transfer, request->proxy ? request->proxy->proxy : NULL);
    header_lines_set(&transfer->headers, request->headers, request->method == METHOD_POST);
    SET(transfer->easy, CURLOPT_HTTPHEADER, link_headers(transfer));
    /* libcurl keeps what it learned of a login, and bodies may hold secrets. */
    transfer->is_nudged = request->has_ftp_tls && transfer->ftp.is_used;
    transfer->sockets[0] = transfer->sockets[1] = CURL_SOCKET_BAD;
    transfer->is_for_once = request->login || request->method == METHOD_POST ||
                            (request->proxy && request->proxy->proxy->user);
}
