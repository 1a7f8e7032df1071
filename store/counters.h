/* SPDX-License-Identifier: MIT
 *
 * counters - the crawl's numbers, kept in one record of `meta` and written with each batch.
 *
 * One row a counter: its name in code and its word in `status`, logs and documents.
 */
#ifndef STORE_COUNTERS_H
#define STORE_COUNTERS_H

#include <stdint.h>

#include "store/database.h"

#define COUNTER_TABLE(ROW)                                                                         \
    ROW(NEXT_DOCUMENT, "next_document")                                                            \
    ROW(NEXT_CHANGE, "next_change")                                                                \
    ROW(NEXT_HOST, "next_host")                                                                    \
    ROW(NEXT_BATCH, "next_batch")                                                                  \
    ROW(EPOCH, "epoch")                                                                            \
    ROW(EPOCH_IS_OPEN, "epoch_is_open")                                                            \
    ROW(URLS_KNOWN, "urls_known")                                                                  \
    ROW(URLS_QUEUED, "urls_queued")                                                                \
    ROW(URLS_HELD, "urls_held")                                                                    \
    ROW(URLS_TRIED, "urls_tried")                                                                  \
    ROW(PAGES_LIVE, "pages_live")                                                                  \
    ROW(PAGES_GONE, "pages_gone")                                                                  \
    ROW(HOSTS, "hosts")                                                                            \
    ROW(OVER_PAGES, "hosts_over_max_pages")                                                        \
    ROW(OVER_SITE_PAGES, "hosts_over_site_max_pages")                                              \
    ROW(OVER_SITE_HOSTS, "hosts_over_site_max_hosts")                                              \
    ROW(FETCHES, "fetches")                                                                        \
    ROW(NOT_MODIFIED, "not_modified")                                                              \
    ROW(FRESH, "fresh")                                                                            \
    ROW(UNCHANGED, "unchanged")                                                                    \
    ROW(REDIRECTS, "redirects")                                                                    \
    ROW(ROBOTS_FETCHES, "robots_fetches")                                                          \
    ROW(ROBOTS_REFUSED, "robots_refused")                                                          \
    ROW(SCOPE_REFUSED, "scope_refused")                                                            \
    ROW(RULE_LIMITS, "rule_limits")                                                                \
    ROW(LINKS, "links")                                                                            \
    ROW(LINKS_DROPPED, "links_dropped")                                                            \
    ROW(BYTES, "bytes")                                                                            \
    ROW(BODY_BYTES, "body_bytes")                                                                  \
    ROW(FAILED_DNS, "failed_dns")                                                                  \
    ROW(FAILED_CONNECT, "failed_connect")                                                          \
    ROW(FAILED_PROXY, "failed_proxy")                                                              \
    ROW(FAILED_TLS, "failed_tls")                                                                  \
    ROW(FAILED_TIMEOUT, "failed_timeout")                                                          \
    ROW(FAILED_PROTOCOL, "failed_protocol")                                                        \
    ROW(FAILED_ADDRESS, "failed_address")                                                          \
    ROW(FAILED_HTTP_4XX, "failed_http_4xx")                                                        \
    ROW(FAILED_HTTP_5XX, "failed_http_5xx")                                                        \
    ROW(FAILED_LIMIT, "failed_limit")                                                              \
    ROW(TRUNCATED, "truncated")                                                                    \
    ROW(CUT_BODIES, "cut_bodies")                                                                  \
    ROW(CUT_TEXTS, "cut_texts")                                                                    \
    ROW(CUT_LINKS, "cut_links")                                                                    \
    ROW(LAST_CHANGE_MS, "last_change_ms")                                                          \
    ROW(LAST_RUN_MS, "last_run_ms")                                                                \
    ROW(RUN_IS_CLEAN, "run_is_clean")

enum counter {
#define ROW(name, word) COUNTER_##name,
    COUNTER_TABLE(ROW)
#undef ROW
        COUNTER_COUNT
};

struct counters {
    uint64_t values[COUNTER_COUNT];
};

const char *counter_word(enum counter counter);

/* Zeros (and 1 for the three NEXT_ numbers of documents, changes and hosts) where none were stored.
 * A record from an older version that lacks later rows is fine: rows are only ever added at the end
 * of the stored form, by word. */
enum status counters_load(struct counters *counters, struct database *database);
void counters_save(const struct counters *counters, struct txn *txn, struct database *database);

#endif
