/* SPDX-License-Identifier: MIT
 *
 * jsonl - one JSON object a line for each change. The schema is in README.md of this folder.
 */
#ifndef STORE_EXPORT_JSONL_H
#define STORE_EXPORT_JSONL_H

#include "base/buf.h"
#include "store/export/item.h"

/* Appends one line. False where the item's page record is damaged: nothing is appended. */
bool jsonl_write(const struct export_item *item, struct buf *out);

#endif
