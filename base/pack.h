/* SPDX-License-Identifier: MIT
 *
 * pack - how a record becomes bytes and back.
 *
 * Values: numbers as LEB128 (7 bits a byte, low first), byte strings with their length in front.
 * Keys: numbers big-endian, so that byte order is number order. An unpacker remembers that
 * something did not fit (is_bad): read all fields, then ask once. Reading past the end gives zeros.
 */
#ifndef BASE_PACK_H
#define BASE_PACK_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

void pack_number(struct buf *buf, uint64_t number);
void pack_signed(struct buf *buf, int64_t number);
void pack_bytes(struct buf *buf, struct bytes bytes);
void pack_u8(struct buf *buf, uint8_t number);

/* Big-endian, fixed width: for keys. */
void pack_be32(struct buf *buf, uint32_t number);
void pack_be64(struct buf *buf, uint64_t number);

struct unpacker {
    const char *data;
    size_t left;
    bool is_bad;
};

struct unpacker unpacker_of(struct bytes bytes);
uint64_t unpack_number(struct unpacker *from);
int64_t unpack_signed(struct unpacker *from);
/* Lends from the bytes that are unpacked. */
struct bytes unpack_bytes(struct unpacker *from);
uint8_t unpack_u8(struct unpacker *from);
uint32_t unpack_be32(struct unpacker *from);
uint64_t unpack_be64(struct unpacker *from);
/* All that is left. */
struct bytes unpack_rest(struct unpacker *from);

#endif
