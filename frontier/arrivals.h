/* SPDX-License-Identifier: MIT
 *
 * arrivals - the batch of URLs under way, and its two records: the URLs in `arrivals`, their
 * fingerprints in `seen`, both under the batch's number.
 *
 * Within the batch a host's URLs of one class are a run, named by the host. Only when the
 * transaction is durable does the batch become a lot of its hosts.
 */
#ifndef FRONTIER_ARRIVALS_H
#define FRONTIER_ARRIVALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "frontier/lot.h"
#include "store/database.h"

struct batch;

/* secret: as for hosts. */
struct batch *batch_new(uint64_t secret);
void batch_free(struct batch *batch);

/* False where the fingerprint is in the batch already. */
bool batch_know(struct batch *batch, uint64_t fingerprint);
/* A URL was tried that was not before. */
void batch_note_tried(struct batch *batch, uint64_t fingerprint);
bool batch_is_tried(const struct batch *batch, uint64_t fingerprint);
/* What is new for `seen`: new URLs, and (with SEEN_TRIED) those that were tried. */
const uint64_t *batch_fingerprints(const struct batch *batch, size_t *count);

void batch_add(struct batch *batch, struct bytes host, const struct queued_url *url);
size_t batch_count(const struct batch *batch);

/* New URLs. */
size_t batch_known(const struct batch *batch);

/* Each puts a record where there is something to write. */
void batch_write_urls(struct batch *batch, struct table *table, struct txn *txn, uint64_t number);
void batch_write_seen(struct batch *batch, struct table *table, struct txn *txn, uint64_t number);

/* Adds the URLs of a record; false where it is damaged. */
bool batch_read(struct batch *batch, struct bytes record);

/* The host of a run of the lot, until the next batch_add or batch_reset. */
struct bytes batch_host(const struct batch *batch, uint32_t run);
/* Gives away the URLs as a sealed lot (caller frees; NULL where there is none). The fingerprints
 * and host names stay. */
struct lot *batch_detach(struct batch *batch);
/* Empty again. */
void batch_reset(struct batch *batch);

#endif
