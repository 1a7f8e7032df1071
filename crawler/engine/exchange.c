/* SPDX-License-Identifier: MIT */
#include "crawler/engine/exchange.h"

#include "crawler/fetch/headers.h"
#include "robots/robots.h"

enum {
    RATIO_MOST = 200,      /* Decoded to coded, beyond 1 MiB: what bombs pass and pages do not. */
    PAGE_DEPTH_MOST = 512, /* Elements within elements: as browsers do. */
};

struct bytes exchange_user_agent(const struct config *config, const struct settings *settings)
{
    return bytes_from_string(settings->user_agent[0] ? settings->user_agent
                                                     : config_user_agent(config));
}

struct bytes exchange_product_token(const struct config *config, const struct settings *settings)
{
    return robots_product_token(exchange_user_agent(config, settings));
}

struct resolver_options exchange_names(const struct settings *settings)
{
    return (struct resolver_options){
        .servers = settings->dns_servers[0] ? settings->dns_servers : NULL,
        .timeout_ms = (int)(settings->connect_timeout_ms / 2),
        .cache_most = 100000,
    };
}

/* NULL for nothing. */
static const char *said(const char *text)
{
    return text[0] ? text : NULL;
}

struct transfer_tls exchange_tls(const struct settings *settings)
{
    static const enum tls_version versions[] = {
        [TLS_MIN_1_0] = TLS_1_0,
        [TLS_MIN_1_1] = TLS_1_1,
        [TLS_MIN_1_2] = TLS_1_2,
        [TLS_MIN_1_3] = TLS_1_3,
    };
    return (struct transfer_tls){
        .ca_file = said(settings->tls_ca_file),
        .client_cert = said(settings->tls_client_cert),
        .client_key = said(settings->tls_client_key),
        .least = versions[settings->tls_min],
        .ciphers = said(settings->tls_ciphers),
        .is_insecure = settings->tls_insecure,
    };
}

enum http_version_wanted exchange_http_version(const struct settings *settings)
{
    static const enum http_version_wanted versions[] = {
        [HTTP2_AUTO] = HTTP_VERSION_AUTO,
        [HTTP2_NO] = HTTP_VERSION_1,
        [HTTP2_PRIOR] = HTTP_VERSION_2_PRIOR,
    };
    return versions[settings->http2];
}

void exchange_keep_allowed(struct resolved *resolved, const struct address_rules *rules,
                           const char **why)
{
    size_t kept = 0;
    for (size_t i = 0; i < resolved->count; i++) {
        if (address_is_allowed(rules, &resolved->addresses[i]))
            resolved->addresses[kept++] = resolved->addresses[i];
        else
            *why = address_range(&resolved->addresses[i]);
    }
    resolved->count = kept;
}

struct transfer_limits exchange_limits(const struct settings *settings)
{
    return (struct transfer_limits){
        .header_bytes = settings->max_header_bytes,
        .header_fields = 256,
        .body_bytes = settings->max_body_bytes,
        .connect_ms = settings->connect_timeout_ms,
        .first_byte_ms = settings->first_byte_timeout_ms,
        .total_ms = settings->fetch_timeout_ms,
        .slow_bytes_per_s = (int64_t)settings->slow_rate_bytes,
        .slow_ms = settings->slow_time_ms,
    };
}

struct transfer_request exchange_request(const struct url *url, const struct settings *settings,
                                         const struct resolved *resolved, struct bytes body)
{
    return (struct transfer_request){
        .url = url->href,
        .host = url_host(url),
        .port = url->port,
        .addresses = resolved->addresses,
        .address_count = resolved->count,
        .method = body.length > 0 ? METHOD_POST : METHOD_GET,
        .body = body,
        .version = exchange_http_version(settings),
        .has_ftp_tls = settings->ftp == FTP_TLS,
        .limits = exchange_limits(settings),
    };
}

struct pace_policy exchange_policy(const struct settings *settings)
{
    return (struct pace_policy){
        .delay_ms = settings->delay_ms,
        .delay_factor = settings->delay_factor,
        .connections = (uint16_t)settings->connections,
        .failures_most = (uint32_t)settings->host_failures,
        .failures_rest_ms = settings->host_rest_ms,
    };
}

struct page_limits exchange_page_limits(const struct settings *settings)
{
    return (struct page_limits){
        .links_most = settings->max_links,
        .text_most = settings->max_text_bytes,
        .depth_most = PAGE_DEPTH_MOST,
        .entries_most = settings->max_entries,
    };
}

struct coding_limits exchange_coding_limits(size_t body_most)
{
    return (struct coding_limits){ .most = body_most, .ratio_most = RATIO_MOST };
}

bool exchange_is_sitemap(const struct task *task)
{
    return task->found == FOUND_ROBOTS || task->found == FOUND_SITEMAP_PART;
}

bool exchange_may_be_sitemap(const struct task *task)
{
    return exchange_is_sitemap(task) || bytes_end_with(task->url, BYTES(".xml.gz"));
}

size_t exchange_body_most(const struct settings *settings, const struct task *task)
{
    return exchange_may_be_sitemap(task) ? settings->max_sitemap_bytes : settings->max_body_bytes;
}

void exchange_read_type(struct page_input *input, char essence[128])
{
    header_content_type(input->headers, essence, &input->charset);
    input->content_type = bytes_from_string(essence);
    input->type_field = header_get_last(input->headers, BYTES("content-type"));
    input->is_nosniff = header_forbids_sniffing(input->headers);
}

void exchange_header_directives(struct directives *directives, struct bytes headers,
                                struct bytes product_token)
{
    struct bytes value;
    size_t from = 0;
    while (header_next(headers, BYTES("x-robots-tag"), &from, &value))
        directives_from_header(directives, value, product_token);
}

/* About the connection or the moment, and not about the page: a request that took too long to
 * come, a connection that serves other hosts, a request before its time (RFC 9110, 15.5.9 and
 * 15.5.20; RFC 8470, 5.2). The same may be asked again. */
static bool is_passing(uint16_t status)
{
    return status == 408 || status == 421 || status == 425;
}

static enum outcome outcome_of_status(const struct transfer_result *result, bool is_conditional)
{
    switch (result->status) {
    case 301:
    case 302:
    case 303:
    case 307:
    case 308:
        return header_get(buf_bytes(&result->headers), BYTES("location")).length > 0
                   ? OUTCOME_REDIRECT
                   : OUTCOME_FAILED_PROTOCOL;
    case 304:
        return is_conditional ? OUTCOME_NOT_MODIFIED : OUTCOME_FAILED_PROTOCOL;
    case 404:
    case 410:
        return OUTCOME_GONE;
    }
    if (result->status == 206) /* Nobody asked for a part; where one did, see finishing.c. */
        return OUTCOME_FAILED_PROTOCOL;
    if (result->status >= 200 && result->status < 300)
        return OUTCOME_PAGE;
    return result->status >= 500 || is_passing(result->status) ? OUTCOME_FAILED_SERVER
                                                               : OUTCOME_REFUSED_STATUS;
}

/* Who asks for less has said so in the headers, whatever became of the body. */
static bool asks_for_less(const struct transfer_result *result)
{
    return result->status == 429 || result->status == 503;
}

enum outcome exchange_outcome(const struct transfer_result *result, bool is_conditional)
{
    if (asks_for_less(result))
        return OUTCOME_FAILED_BUSY;
    switch (result->end) {
    case TRANSFER_DONE:
    case TRANSFER_BODY_TOO_LARGE:
        return outcome_of_status(result, is_conditional);
    case TRANSFER_STOPPED:
        return OUTCOME_REFUSED_TYPE;
    case TRANSFER_REFUSED_ADDRESS:
        return OUTCOME_REFUSED_ADDRESS;
    case TRANSFER_FAILED_CONNECT:
        return OUTCOME_FAILED_CONNECT;
    case TRANSFER_FAILED_TLS:
        return OUTCOME_FAILED_TLS;
    case TRANSFER_TIMED_OUT:
        return OUTCOME_FAILED_TIMEOUT;
    case TRANSFER_FAILED_PROXY:
        return result->proxy_fate == PROXY_REFUSED ? OUTCOME_REFUSED_STATUS : OUTCOME_FAILED_PROXY;
    case TRANSFER_FAILED_PROTOCOL:
    case TRANSFER_HEADERS_TOO_LARGE:
    case TRANSFER_ABORTED:
        return OUTCOME_FAILED_PROTOCOL;
    }
    return OUTCOME_FAILED_PROTOCOL;
}

bool exchange_has_content(enum outcome outcome)
{
    return outcome == OUTCOME_PAGE || outcome == OUTCOME_TRUNCATED;
}

bool exchange_is_void(const struct transfer_result *result)
{
    return result->end == TRANSFER_ABORTED ||
           (result->end == TRANSFER_FAILED_PROXY && result->proxy_fate == PROXY_FAILED);
}

enum contact exchange_contact(const struct transfer_result *result, enum outcome outcome)
{
    if (outcome == OUTCOME_REFUSED_ADDRESS || result->end == TRANSFER_FAILED_PROXY)
        return CONTACT_NONE;
    if (outcome == OUTCOME_FAILED_BUSY)
        return CONTACT_BUSY;
    if (result->end == TRANSFER_ABORTED)
        return CONTACT_ENDED; /* Our own doing: it says nothing about the host. */
    return outcome_is_failure(outcome) ? CONTACT_FAILED : CONTACT_OK;
}

static bool type_matches(struct bytes pattern, struct bytes type)
{
    if (bytes_equal(pattern, BYTES("*/*")))
        return true;
    if (bytes_end_with(pattern, BYTES("/*")))
        return bytes_start_with_nocase(type, bytes_slice(pattern, 0, pattern.length - 1));
    return bytes_equal_nocase(pattern, type);
}

bool type_is_accepted(const struct text_list *accepted, struct bytes type)
{
    if (type.length == 0)
        return true;
    for (size_t i = 0; i < accepted->count; i++)
        if (type_matches(bytes_from_string(accepted->items[i]), type))
            return true;
    return false;
}
