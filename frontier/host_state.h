/* SPDX-License-Identifier: MIT
 *
 * host_state - what is kept of a host, and its record.
 */
#ifndef FRONTIER_HOST_STATE_H
#define FRONTIER_HOST_STATE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "frontier/frontier.h"
#include "frontier/hold.h"

/* The lists of URLs that wait: the classes, then what is held. */
enum { URL_LISTS = URL_CLASSES + 1 };

/* What is kept of a host. */
struct host_state {
    struct pace pace;
    struct hold hold;
    uint64_t fetched;
    uint64_t pages;
    uint64_t tried;  /* URLs with a record. */
    uint64_t queued; /* URLs in chunks, and in chunks of class held. */
    uint64_t held;
    int64_t wake_ms;      /* Its row in the agenda; INT64_MAX: it has none. */
    uint64_t batches_end; /* What `tried` has under lower numbers is older than this. */
    uint32_t epoch_done;  /* All its URLs were tried in this epoch or later. */
    bool is_seeded;
    bool is_admitted;    /* Pages are fetched from it: it counts among the hosts of its site. */
    bool has_site;       /* Its site has other hosts, and a row. */
    uint8_t over_budget; /* enum budget: the one that is used up; then it has a row. */
    struct {
        uint32_t end;   /* Number of the next chunk. */
        uint32_t count; /* Chunks there are. */
    } chunks[URL_LISTS];
};

/* Of a host of which nothing was written. */
struct host_state host_state_new(void);

void host_state_pack(struct buf *out, uint64_t id, const struct host_state *state);
/* False where the bytes are no record. */
bool host_state_unpack(struct bytes bytes, uint64_t *id, struct host_state *state);
#endif
