/* SPDX-License-Identifier: MIT
 *
 * duplicates - which documents have the same content, and which URL stands for which.
 *
 * Exact digests of decoded bodies map to the documents that hold them; the lowest document number
 * is the group's original, the others are exported with duplicate_of. Aliases map a URL to the URL
 * it moved to or is canonical of.
 */
#ifndef STORE_DUPLICATES_H
#define STORE_DUPLICATES_H

#include <stdint.h>

#include "base/hash.h"
#include "store/database.h"

struct duplicates;

enum status duplicates_open(struct duplicates **out, struct database *database);
void duplicates_close(struct duplicates *duplicates);

void digest_put(struct duplicates *duplicates, struct txn *txn,
                const unsigned char digest[SHA256_BYTES], uint64_t document);
void digest_delete(struct duplicates *duplicates, struct txn *txn,
                   const unsigned char digest[SHA256_BYTES], uint64_t document);
/* The lowest document number with this content, or 0. */
uint64_t digest_original(struct duplicates *duplicates, struct txn *txn,
                         const unsigned char digest[SHA256_BYTES]);
/* The next higher one after `document` with the same content, or 0. */
uint64_t digest_next(struct duplicates *duplicates, struct txn *txn,
                     const unsigned char digest[SHA256_BYTES], uint64_t document);

enum alias_kind { ALIAS_MOVED, ALIAS_CANONICAL };

void alias_put(struct duplicates *duplicates, struct txn *txn, struct bytes url,
               enum alias_kind kind, struct bytes target);
enum status alias_get(struct duplicates *duplicates, struct txn *txn, struct bytes url,
                      enum alias_kind *kind, struct buf *target);
/* Where the moves of a URL lead in the end, over as many as chains have (20): false where it has
 * not moved. Moves in a circle lead somewhere in it. */
bool alias_moved_to(struct duplicates *duplicates, struct txn *txn, struct bytes url,
                    struct buf *target);
bool alias_delete(struct duplicates *duplicates, struct txn *txn, struct bytes url);

#endif
