/* SPDX-License-Identifier: MIT
 *
 * printable - text of others for a terminal: what would move its cursor, rename its window or send
 * it answers is written as \xNN.
 */
#ifndef BASE_PRINTABLE_H
#define BASE_PRINTABLE_H

#include "base/buf.h"
#include "base/bytes.h"

enum printable_kind {
    PRINTABLE_LINE, /* A value in a line of ours. */
    PRINTABLE_TEXT  /* Tabs and line ends stay. */
};

/* Controls (C0, DEL, C1) and bytes that are no UTF-8 become \xNN, one for each byte; all else stays
 * as it is. Appends to out. */
void printable_append(struct buf *out, struct bytes text, enum printable_kind kind);

#endif
