/* SPDX-License-Identifier: MIT */
#include "base/pack.h"

void pack_number(struct buf *buf, uint64_t number)
{
    char *room = buf_reserve(buf, 10);
    if (!room)
        return;
    size_t length = 0;
    while (number >= 0x80) {
        room[length++] = (char)(number | 0x80);
        number >>= 7;
    }
    room[length++] = (char)number;
    buf->length += length;
}

void pack_signed(struct buf *buf, int64_t number)
{
    /* Zigzag: small numbers of either sign stay short. */
    pack_number(buf, ((uint64_t)number << 1) ^ (number < 0 ? UINT64_MAX : 0));
}

void pack_bytes(struct buf *buf, struct bytes bytes)
{
    pack_number(buf, bytes.length);
    buf_append_bytes(buf, bytes);
}

void pack_u8(struct buf *buf, uint8_t number)
{
    buf_append_char(buf, (char)number);
}

static void pack_big_endian(struct buf *buf, uint64_t number, int width)
{
    for (int shift = (width - 1) * 8; shift >= 0; shift -= 8)
        buf_append_char(buf, (char)(number >> shift));
}

void pack_be32(struct buf *buf, uint32_t number)
{
    pack_big_endian(buf, number, 4);
}

void pack_be64(struct buf *buf, uint64_t number)
{
    pack_big_endian(buf, number, 8);
}

struct unpacker unpacker_of(struct bytes bytes)
{
    return (struct unpacker){ .data = bytes.data, .left = bytes.length };
}

static const char *take(struct unpacker *from, size_t length)
{
    if (from->is_bad || from->left < length) {
        from->is_bad = true;
        from->left = 0;
        return NULL;
    }
    const char *data = from->data;
    from->data += length;
    from->left -= length;
    return data;
}

uint64_t unpack_number(struct unpacker *from)
{
    uint64_t number = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
        const char *byte = take(from, 1);
        if (!byte)
            return 0;
        number |= (uint64_t)(*byte & 0x7f) << shift;
        if (!(*byte & 0x80))
            return number;
    }
    from->is_bad = true;
    return 0;
}

int64_t unpack_signed(struct unpacker *from)
{
    uint64_t number = unpack_number(from);
    return (int64_t)((number >> 1) ^ (~(number & 1) + 1));
}

struct bytes unpack_bytes(struct unpacker *from)
{
    uint64_t length = unpack_number(from);
    if (length > from->left) {
        from->is_bad = true;
        return (struct bytes){ 0 };
    }
    const char *data = take(from, (size_t)length);
    return (struct bytes){ data, data ? (size_t)length : 0 };
}

uint8_t unpack_u8(struct unpacker *from)
{
    const char *byte = take(from, 1);
    return byte ? (uint8_t)*byte : 0;
}

static uint64_t unpack_big_endian(struct unpacker *from, size_t width)
{
    const char *data = take(from, width);
    uint64_t number = 0;
    for (size_t i = 0; data && i < width; i++)
        number = number << 8 | (uint8_t)data[i];
    return number;
}

uint32_t unpack_be32(struct unpacker *from)
{
    return (uint32_t)unpack_big_endian(from, 4);
}

uint64_t unpack_be64(struct unpacker *from)
{
    return unpack_big_endian(from, 8);
}

struct bytes unpack_rest(struct unpacker *from)
{
    size_t length = from->left;
    const char *data = take(from, length);
    return (struct bytes){ data, data ? length : 0 };
}
