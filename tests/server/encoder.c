/* SPDX-License-Identifier: MIT */
#include "tests/server/encoder.h"

#include <assert.h>
#include <zlib.h>

enum {
    GZIP_WINDOW = 15 + 16, /* zlib's way to say: with a gzip head. */
    ZLIB_WINDOW = 15,
    RAW_WINDOW = -15,
    ZSTD_BLOCK_BYTES = 128 * 1024,  /* RFC 8878, 3.1.1.2.4 */
    BROTLI_BLOCK_BYTES = 64 * 1024, /* As much as four nibbles of length can say. */
};

static void write_zlib(struct buf *out, struct bytes content, int window)
{
    z_stream stream = { 0 };
    int error = deflateInit2(&stream, 6, Z_DEFLATED, window, 8, Z_DEFAULT_STRATEGY);
    assert(error == Z_OK);
    size_t most = deflateBound(&stream, content.length);
    stream.next_in = (Bytef *)(uintptr_t)content.data;
    stream.avail_in = (uInt)content.length;
    stream.next_out = (Bytef *)buf_reserve(out, most);
    stream.avail_out = (uInt)most;
    error = deflate(&stream, Z_FINISH);
    assert(error == Z_STREAM_END);
    (void)error;
    out->length += most - stream.avail_out;
    deflateEnd(&stream);
}

static void write_gzip(struct buf *out, struct bytes content)
{
    write_zlib(out, content, GZIP_WINDOW);
}

static void write_deflate(struct buf *out, struct bytes content)
{
    write_zlib(out, content, ZLIB_WINDOW);
}

static void write_deflate_raw(struct buf *out, struct bytes content)
{
    write_zlib(out, content, RAW_WINDOW);
}

static void append_little_endian(struct buf *out, uint64_t value, int bytes)
{
    for (int i = 0; i < bytes; i++)
        buf_append_char(out, (char)(value >> (8 * i)));
}

static bool is_one_byte(struct bytes block)
{
    return block.length > 1 && memcmp(block.data, block.data + 1, block.length - 1) == 0;
}

/* RFC 8878: a window of one block, the size in four bytes, then raw and RLE blocks. */
static void write_zstd(struct buf *out, struct bytes content)
{
    enum { DESCRIPTOR = 0x80, WINDOW_128_KIB = 7 << 3, RAW_BLOCK = 0, RLE_BLOCK = 1 };
    append_little_endian(out, 0xfd2fb528, 4);
    buf_append_char(out, (char)DESCRIPTOR);
    buf_append_char(out, WINDOW_128_KIB);
    append_little_endian(out, content.length, 4);
    size_t at = 0;
    do {
        struct bytes block = bytes_slice(content, at, at + ZSTD_BLOCK_BYTES);
        at += block.length;
        uint64_t is_last = at >= content.length;
        uint64_t kind = is_one_byte(block) ? RLE_BLOCK : RAW_BLOCK;
        append_little_endian(out, is_last | kind << 1 | block.length << 3, 3);
        buf_append(out, block.data, kind == RLE_BLOCK ? 1 : block.length);
    } while (at < content.length);
}

/* RFC 7932: window of 16 bits, uncompressed meta-blocks, then an empty last one. */
static void write_brotli(struct buf *out, struct bytes content)
{
    enum { EMPTY_LAST_BLOCK = 3, IS_UNCOMPRESSED = 1 << 19 };
    for (size_t at = 0; at < content.length;) {
        struct bytes block = bytes_slice(content, at, at + BROTLI_BLOCK_BYTES);
        /* One bit of not being last, two of length of length (0: four nibbles), the length. */
        uint64_t head = (block.length - 1) << 3 | IS_UNCOMPRESSED;
        /* The window's size, one bit of 0, stands before the first. */
        append_little_endian(out, at == 0 ? head << 1 : head, 3);
        buf_append_bytes(out, block);
        at += block.length;
    }
    buf_append_char(out, content.length > 0 ? EMPTY_LAST_BLOCK : EMPTY_LAST_BLOCK << 1);
}

static const struct {
    const char *name;
    void (*write)(struct buf *out, struct bytes content);
} encoders[] = {
    { "gzip", write_gzip }, { "deflate", write_deflate }, { "deflate-raw", write_deflate_raw },
    { "br", write_brotli }, { "zstd", write_zstd },
};

bool encoder_is_known(struct bytes name)
{
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++)
        if (bytes_equal(name, bytes_from_string(encoders[i].name)))
            return true;
    return false;
}

void encoder_write(struct buf *out, struct bytes name, struct bytes content)
{
    for (size_t i = 0; i < sizeof(encoders) / sizeof(encoders[0]); i++)
        if (bytes_equal(name, bytes_from_string(encoders[i].name)))
            encoders[i].write(out, content);
}
