/* SPDX-License-Identifier: MIT
 *
 * status_view - the numbers of `status`, and the forms they are shown in.
 */
#ifndef CRAWLER_CONTROL_STATUS_VIEW_H
#define CRAWLER_CONTROL_STATUS_VIEW_H

#include <stdint.h>

#include "crawler/control/answers.h"
#include "crawler/control/survey.h"

/* The counters that are shown, in order: the counter; its word, which in Prometheus stands between
 * "forage_" and, for what only rises, "_total"; does it only rise; what it says. */
#define STATUS_COUNTER_TABLE(ROW)                                                                  \
    ROW(URLS_KNOWN, "urls_known", false, "URLs known: tried, queued or held")                      \
    ROW(URLS_QUEUED, "urls_queued", false, "URLs never tried that wait for their turn")            \
    ROW(URLS_HELD, "urls_held", false,                                                             \
        "URLs never tried that are over queue_max or site_queue_max")                              \
    ROW(URLS_TRIED, "urls_tried", false, "URLs that have an outcome")                              \
    ROW(PAGES_LIVE, "pages_live", false, "pages that are live")                                    \
    ROW(PAGES_GONE, "pages_gone", false, "URLs that answered 404 or 410 for good")                 \
    ROW(HOSTS, "hosts", false, "hosts met")                                                        \
    ROW(OVER_PAGES, "hosts_over_max_pages", false,                                                 \
        "hosts whose new URLs wait, as they have as many pages as max_pages keeps")                \
    ROW(OVER_SITE_PAGES, "hosts_over_site_max_pages", false,                                       \
        "hosts whose new URLs wait for site_max_pages")                                            \
    ROW(OVER_SITE_HOSTS, "hosts_over_site_max_hosts", false,                                       \
        "hosts whose new URLs wait for site_max_hosts")                                            \
    ROW(FETCHES, "fetches", true, "requests that were answered or failed")                         \
    ROW(NOT_MODIFIED, "not_modified", true, "answers 304")                                         \
    ROW(FRESH, "fresh", true, "pages that were not asked for, as they are fresh")                  \
    ROW(UNCHANGED, "unchanged", true, "pages that came again with the same content")               \
    ROW(REDIRECTS, "redirects", true, "answers that were redirects")                               \
    ROW(ROBOTS_FETCHES, "robots_fetches", true, "requests for robots.txt")                         \
    ROW(ROBOTS_REFUSED, "robots_refused", true, "URLs that robots.txt did not allow")              \
    ROW(SCOPE_REFUSED, "scope_refused", true, "URLs refused at their turn by scope or type")       \
    ROW(RULE_LIMITS, "rule_limits", true, "times that a rule took too long and did not match")     \
    ROW(LINKS, "links", true, "links found on pages")                                              \
    ROW(LINKS_DROPPED, "links_dropped", true, "links to new URLs beyond known_max")                \
    ROW(CUT_BODIES, "cut_bodies", true, "bodies that were cut off, or cut at max_body")            \
    ROW(CUT_TEXTS, "cut_texts", true, "pages with more text than max_text")                        \
    ROW(CUT_LINKS, "cut_links", true, "pages with more links than max_links or max_entries")       \
    ROW(BYTES, "bytes", true, "bytes received")                                                    \
    ROW(BODY_BYTES, "body_bytes", true, "bytes of bodies that were stored")

/* Failures by cause: the counter, the cause. */
#define STATUS_CAUSE_TABLE(ROW)                                                                    \
    ROW(FAILED_DNS, "dns", "host names that were not resolved")                                    \
    ROW(FAILED_CONNECT, "connect", "connections that were not made")                               \
    ROW(FAILED_PROXY, "proxy", "requests that proxies did not carry")                              \
    ROW(FAILED_TLS, "tls", "TLS failures")                                                         \
    ROW(FAILED_TIMEOUT, "timeout", "fetches that took too long")                                   \
    ROW(FAILED_PROTOCOL, "protocol", "answers that broke HTTP or were cut off")                    \
    ROW(TRUNCATED, "truncated", "pages of which only a part came, and is kept")                    \
    ROW(FAILED_ADDRESS, "address", "addresses that are not allowed")                               \
    ROW(FAILED_HTTP_4XX, "http_4xx", "answers 4xx, those for good among them")                     \
    ROW(FAILED_HTTP_5XX, "http_5xx", "answers 429, 5xx, and 408, 421, 425")                        \
    ROW(FAILED_LIMIT, "limit", "bodies and chains of redirects beyond a limit")

struct status_view {
    const struct answerer *answerer;
    const uint64_t *values; /* Of the counters. */
    const struct outlook *outlook;
    uint64_t due; /* URLs that are wanted now: new ones, and those due again. */
    int64_t next_due_ms;
    int64_t eta_ms; /* From now until the work is done; see outlook_span_ms. */
};

/* Each appends to out. */
void status_show_text(const struct status_view *view, struct buf *out);
void status_show_json(const struct status_view *view, struct buf *out);
/* Text exposition format of Prometheus, for node_exporter's textfile collector. */
void status_show_prom(const struct status_view *view, struct buf *out);

/* Changes that a consumer has not acknowledged are counted one by one, up to here: 3 ms. How far
 * its cursor is behind says the rest. */
enum { PENDING_MOST = 10000 };

/* Numbers between the cursor and the newest change: at least as many as there are changes. */
uint64_t status_behind(const struct status_view *view, uint64_t cursor);

#endif
