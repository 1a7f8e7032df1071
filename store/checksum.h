/* SPDX-License-Identifier: MIT
 *
 * checksum - Berkeley DB's checksum of pages and log records, many bytes at a time.
 *
 * The database gives it to the library in place of its own (__ham_func4), which goes byte by byte.
 * To whoever reads or writes a store it makes no difference. Where a build of the library keeps
 * that name to itself, it goes on using its own.
 */
#ifndef STORE_CHECKSUM_H
#define STORE_CHECKSUM_H

#include <stdint.h>

#include "base/bytes.h"

/* h = 33 h + byte for each byte, from 0, modulo 2^32. */
uint32_t checksum_of(struct bytes bytes);

#endif
