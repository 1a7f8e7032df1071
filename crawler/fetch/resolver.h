/* SPDX-License-Identifier: MIT
 *
 * resolver - host names to addresses, asynchronously, with a bounded cache. The door to ares.h.
 *
 * One for each fetch thread. Answers are kept for their TTL, at least 60 s and at most 1 day;
 * failures for 60 s. /etc/hosts counts. The guard is not asked here: the caller does, for every
 * address. Names are asked for as they stand, without the machine's search list; "localhost" and
 * what ends in it is the loopback (RFC 6761), ".onion" fails (RFC 7686).
 */
#ifndef CRAWLER_FETCH_RESOLVER_H
#define CRAWLER_FETCH_RESOLVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "crawler/fetch/address.h"
#include "crawler/fetch/poller.h"

enum { RESOLVER_ADDRESSES_MOST = 8 };

struct resolved {
    size_t count;
    struct address addresses[RESOLVER_ADDRESSES_MOST]; /* Families in turn, IPv4 first. */
    char error[64]; /* Where count is 0: what the resolver said. */
};

enum resolver_answer { RESOLVER_FOUND, RESOLVER_FAILED, RESOLVER_PENDING };

struct resolver_options {
    const char
        *servers;      /* As dns_servers_read takes them, without a problem; NULL: the system's. */
    const char *hosts; /* A hosts file; NULL: the system's. */
    int timeout_ms;    /* For one try. */
    size_t cache_most; /* Names kept (100,000), those of the hosts file not counted. */
};

struct resolver;

struct resolver *resolver_new(struct poller *poller, const struct resolver_options *options);
void resolver_free(struct resolver *resolver);

/* Address literals and cached names answer at once. PENDING: ask again with the same name after
 * resolver_done has named it in lower case, without a last dot (asked once however many wait). The
 * time that an answer is kept runs from the first look at it. */
enum resolver_answer resolver_lookup(struct resolver *resolver, struct bytes host, int64_t now_ms,
                                     struct resolved *resolved);

/* What came of the addresses of a name: the one that was connected to (NULL: none) goes to the
 * front, where it stays for as long as answers have it; those that were tried in vain go to the
 * end, until the name is asked for again. Literals and unknown names are nothing. */
void resolver_learn(struct resolver *resolver, struct bytes host, const struct address *won,
                    const struct address *lost, size_t lost_count);

/* A name whose answer came in, once each: the caller then looks it up. False when there is none.
 * *host is valid until the next call. */
bool resolver_done(struct resolver *resolver, struct bytes *host);

/* Until when poller_wait may sleep for the resolver's sake (relative, ms; -1: no need), and to be
 * called after it. */
int64_t resolver_timeout_ms(struct resolver *resolver);
void resolver_process_timeouts(struct resolver *resolver);

#endif
