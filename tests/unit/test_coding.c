/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"

#include "store/coding.h"

static const struct coding_limits usual = { .most = 10 * 1024 * 1024, .ratio_most = 200 };

/* ---- Encoders */

static void encode_deflate(struct bytes in, struct buf *out, int window_bits)
{
    z_stream stream = { 0 };
    ck_assert_int_eq(deflateInit2(&stream, 6, Z_DEFLATED, window_bits, 8, Z_DEFAULT_STRATEGY),
                     Z_OK);
    size_t most = deflateBound(&stream, in.length);
    stream.next_in = (z_const Bytef *)(uintptr_t)in.data;
    stream.avail_in = (uInt)in.length;
    stream.next_out = (Bytef *)buf_reserve(out, most);
    stream.avail_out = (uInt)most;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    out->length += stream.total_out;
    deflateEnd(&stream);
}

static void encode_gzip(struct bytes in, struct buf *out)
{
    encode_deflate(in, out, 15 + 16);
}

static void encode_zlib(struct bytes in, struct buf *out)
{
    encode_deflate(in, out, 15);
}

static void encode_raw(struct bytes in, struct buf *out)
{
    encode_deflate(in, out, -15);
}

/* RFC 7932, 9.2: stored meta-blocks of at most 64 KiB with a window of 16 bits, then an empty last
 * one. */
static void encode_brotli(struct bytes in, struct buf *out)
{
    unsigned shift = 1; /* The first header has one bit more: the size of the window. */
    while (in.length > 0) {
        struct bytes part = bytes_slice(in, 0, 65536);
        uint32_t header = (uint32_t)(part.length - 1) << 3 | UINT32_C(1) << 19;
        header <<= shift;
        for (unsigned bits = 0; bits < 20 + shift; bits += 8)
            buf_append_char(out, (char)(header >> bits));
        buf_append_bytes(out, part);
        in = bytes_slice(in, part.length, in.length);
        shift = 0;
    }
    buf_append_char(out, shift ? 0x06 : 0x03);
}

static void encode_zstd(struct bytes in, struct buf *out)
{
    size_t most = ZSTD_compressBound(in.length);
    size_t length = ZSTD_compress(buf_reserve(out, most), most, in.data, in.length, 3);
    ck_assert(!ZSTD_isError(length));
    out->length += length;
}

static const struct {
    const char *name;
    void (*encode)(struct bytes in, struct buf *out);
} codings[] = {
    { "gzip", encode_gzip },   { "X-GZip", encode_gzip }, { "deflate", encode_zlib },
    { "deflate", encode_raw }, { "br", encode_brotli },   { "zstd", encode_zstd },
};
enum { CODINGS = sizeof(codings) / sizeof(codings[0]) };

/* Text that deflates to about a third, as pages do. */
static void write_text(struct buf *out, size_t length)
{
    uint32_t state = 1;
    while (out->length < length) {
        state = state * 1103515245 + 12345;
        buf_printf(out, "%u %s ", state >> 12, state & 65536 ? "lorem" : "ipsum dolor");
    }
    out->length = length;
}

static void write_zeros(struct buf *out, size_t length)
{
    char *room = buf_reserve(out, length);
    ck_assert_ptr_nonnull(room);
    memset(room, 0, length);
    out->length += length;
}

struct bufs {
    struct buf plain, coded, out;
};

static void bufs_init(struct bufs *bufs)
{
    buf_init(&bufs->plain, BUF_UNBOUNDED);
    buf_init(&bufs->coded, BUF_UNBOUNDED);
    buf_init(&bufs->out, BUF_UNBOUNDED);
}

static void bufs_clear(struct bufs *bufs)
{
    buf_clear(&bufs->plain);
    buf_clear(&bufs->coded);
    buf_clear(&bufs->out);
}

static enum coding_result decode(const char *names, struct bytes in, struct buf *out,
                                 const struct coding_limits *limits)
{
    return coding_decode(bytes_from_string(names), in, out, limits);
}

static bool is_prefix(const struct buf *part, const struct buf *whole)
{
    return bytes_start_with(buf_bytes(whole), buf_bytes(part));
}

/* ---- Whole bodies */

START_TEST(every_coding_gives_back_what_was_encoded)
{
    static const size_t lengths[] = { 0, 1, 1000, 65536, 70000, 3000000 };
    struct bufs bufs;
    bufs_init(&bufs);
    for (size_t c = 0; c < CODINGS; c++) {
        for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
            buf_reset(&bufs.plain);
            buf_reset(&bufs.coded);
            write_text(&bufs.plain, lengths[i]);
            codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
            enum coding_result result =
                decode(codings[c].name, buf_bytes(&bufs.coded), &bufs.out, &usual);
            ck_assert_msg(result == CODING_OK, "coding %zu, length %zu", c, lengths[i]);
            ck_assert(bytes_equal(buf_bytes(&bufs.out), buf_bytes(&bufs.plain)));
        }
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(names_are_read_as_a_list_without_regard_to_case)
{
    static const struct {
        const char *names;
        enum coding_result result;
    } rows[] = {
        { "gzip", CODING_OK },           { " GZIP\t", CODING_OK },
        { "identity, gzip", CODING_OK }, { "gzip,,identity ,", CODING_OK },
        { "gz ip", CODING_UNKNOWN },     { "gzip;q=1", CODING_UNKNOWN },
        { "utf-8", CODING_UNKNOWN },     { "gzip, none", CODING_UNKNOWN },
        { "compress", CODING_UNKNOWN },  { "gzip, gzip, gzip", CODING_UNKNOWN },
    };
    struct bufs bufs;
    bufs_init(&bufs);
    buf_append_string(&bufs.plain, "hello");
    encode_gzip(buf_bytes(&bufs.plain), &bufs.coded);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum coding_result result =
            decode(rows[i].names, buf_bytes(&bufs.coded), &bufs.out, &usual);
        ck_assert_msg(result == rows[i].result, "row %zu", i);
        ck_assert_uint_eq(bufs.out.length, rows[i].result == CODING_OK ? 5 : 0);
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(without_a_coding_the_bytes_stay_as_they_are)
{
    static const char *const names[] = { "", "identity", " , Identity" };
    static const struct coding_limits four = { .most = 4, .ratio_most = 200 };
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        ck_assert_int_eq(decode(names[i], BYTES("a\0bc"), &out, &four), CODING_OK);
        ck_assert(bytes_equal(buf_bytes(&out), BYTES("a\0bc")));
        ck_assert_int_eq(decode(names[i], BYTES("a\0bcd"), &out, &four), CODING_TOO_LARGE);
        ck_assert(bytes_equal(buf_bytes(&out), BYTES("a\0bc")));
    }
    buf_clear(&out);
}
END_TEST

START_TEST(an_empty_body_is_fine_in_every_coding)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t c = 0; c < CODINGS; c++)
        ck_assert_int_eq(decode(codings[c].name, BYTES(""), &out, &usual), CODING_OK);
    ck_assert_int_eq(decode("gzip, br", BYTES(""), &out, &usual), CODING_OK);
    ck_assert_int_eq(decode("", (struct bytes){ 0 }, &out, &usual), CODING_OK);
    buf_clear(&out);
}
END_TEST

START_TEST(members_and_frames_follow_each_other_and_rubbish_behind_is_ignored)
{
    static const struct {
        size_t coding;
        struct bytes behind;
    } rows[] = {
        { 0, BYTES("") },
        { 0, BYTES("\0\0\0\0\0\0\0\0") },
        { 0, BYTES("\x1f rubbish") },
        { 5, BYTES("") },
        { 5, BYTES("\0\0\0\0\0\0\0\0") },
        { 5, BYTES("rubbish") },
        /* A skippable frame of three bytes. */
        { 5, BYTES("\x5a\x2a\x4d\x18\x03\0\0\0abc") },
    };
    struct bufs bufs;
    bufs_init(&bufs);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        buf_reset(&bufs.plain);
        buf_reset(&bufs.coded);
        write_text(&bufs.plain, 300000);
        struct bytes plain = buf_bytes(&bufs.plain);
        size_t coding = rows[i].coding;
        codings[coding].encode(bytes_slice(plain, 0, 200000), &bufs.coded);
        codings[coding].encode(bytes_slice(plain, 0, 0), &bufs.coded);
        codings[coding].encode(bytes_slice(plain, 200000, 200001), &bufs.coded);
        codings[coding].encode(bytes_slice(plain, 200001, 300000), &bufs.coded);
        buf_append_bytes(&bufs.coded, rows[i].behind);
        enum coding_result result =
            decode(codings[coding].name, buf_bytes(&bufs.coded), &bufs.out, &usual);
        ck_assert_msg(result == CODING_OK, "row %zu: %d", i, (int)result);
        ck_assert(bytes_equal(buf_bytes(&bufs.out), plain));
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(two_codings_are_undone_from_the_right)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 500000);
    for (size_t first = 0; first < CODINGS; first++) {
        for (size_t second = 0; second < CODINGS; second++) {
            struct buf inner;
            buf_init(&inner, BUF_UNBOUNDED);
            buf_reset(&bufs.coded);
            codings[first].encode(buf_bytes(&bufs.plain), &inner);
            codings[second].encode(buf_bytes(&inner), &bufs.coded);
            char *names = xasprintf("%s, %s", codings[first].name, codings[second].name);
            enum coding_result result = decode(names, buf_bytes(&bufs.coded), &bufs.out, &usual);
            ck_assert_msg(result == CODING_OK, "%s", names);
            ck_assert(bytes_equal(buf_bytes(&bufs.out), buf_bytes(&bufs.plain)));
            free(names);
            buf_clear(&inner);
        }
    }
    bufs_clear(&bufs);
}
END_TEST

/* ---- Bodies that were cut, broken or named wrongly */

START_TEST(a_cut_body_keeps_what_came_before_the_cut)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 1000000);
    for (size_t c = 0; c < CODINGS; c++) {
        buf_reset(&bufs.coded);
        codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
        struct bytes coded = buf_bytes(&bufs.coded);
        size_t before = 0;
        for (unsigned part = 1; part <= 16; part++) {
            size_t cut = part < 16 ? coded.length * part / 16 : coded.length - 1;
            enum coding_result result =
                decode(codings[c].name, bytes_slice(coded, 0, cut), &bufs.out, &usual);
            ck_assert_msg(result == CODING_TRUNCATED, "coding %zu, part %u", c, part);
            ck_assert(is_prefix(&bufs.out, &bufs.plain));
            ck_assert_uint_ge(bufs.out.length, before);
            before = bufs.out.length;
        }
        /* At the last cut at most a block is missing. */
        ck_assert_msg(before >= bufs.plain.length - 131072, "coding %zu", c);
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(a_cut_anywhere_in_a_small_body_is_seen)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 300);
    for (size_t c = 0; c < CODINGS; c++) {
        buf_reset(&bufs.coded);
        codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
        for (size_t cut = 1; cut < bufs.coded.length; cut++) {
            /* A copy of its own, so that a sanitizer sees a read past the cut. */
            char *copy = xbytesdup(bytes_slice(buf_bytes(&bufs.coded), 0, cut));
            enum coding_result result =
                decode(codings[c].name, bytes_of(copy, cut), &bufs.out, &usual);
            ck_assert_msg(result == CODING_TRUNCATED, "coding %zu, %zu bytes", c, cut);
            ck_assert(is_prefix(&bufs.out, &bufs.plain));
            free(copy);
        }
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(a_cut_in_a_later_member_keeps_the_earlier_ones)
{
    static const size_t with_members[] = { 0, 5 };
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 400000);
    struct bytes plain = buf_bytes(&bufs.plain);
    for (size_t i = 0; i < 2; i++) {
        size_t c = with_members[i];
        buf_reset(&bufs.coded);
        codings[c].encode(bytes_slice(plain, 0, 100000), &bufs.coded);
        codings[c].encode(bytes_slice(plain, 100000, 100001), &bufs.coded);
        codings[c].encode(bytes_slice(plain, 100001, 400000), &bufs.coded);
        struct bytes cut = bytes_slice(buf_bytes(&bufs.coded), 0, bufs.coded.length - 100);
        ck_assert_int_eq(decode(codings[c].name, cut, &bufs.out, &usual), CODING_TRUNCATED);
        ck_assert_uint_gt(bufs.out.length, 200000);
        ck_assert(is_prefix(&bufs.out, &bufs.plain));
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(an_outer_coding_that_was_cut_still_feeds_the_inner_one)
{
    struct bufs bufs;
    struct buf inner;
    bufs_init(&bufs);
    buf_init(&inner, BUF_UNBOUNDED);
    write_text(&bufs.plain, 1000000);
    encode_gzip(buf_bytes(&bufs.plain), &inner);
    encode_brotli(buf_bytes(&inner), &bufs.coded);
    struct bytes half = bytes_slice(buf_bytes(&bufs.coded), 0, bufs.coded.length / 2);
    ck_assert_int_eq(decode("gzip, br", half, &bufs.out, &usual), CODING_TRUNCATED);
    ck_assert_uint_gt(bufs.out.length, 300000);
    ck_assert(is_prefix(&bufs.out, &bufs.plain));
    buf_clear(&inner);
    bufs_clear(&bufs);
}
END_TEST

START_TEST(what_is_not_in_its_coding_is_bad)
{
    static const struct {
        const char *name;
        struct bytes body;
    } rows[] = {
        { "gzip", BYTES("<!DOCTYPE html><html>") },
        { "deflate", BYTES("<!DOCTYPE html><html>") },
        { "br", BYTES("<!DOCTYPE html><html>") },
        { "zstd", BYTES("<!DOCTYPE html><html>") },
        { "zstd", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0") },
        { "gzip", BYTES("\x1f\x8b\x08\xff\xff\xff\xff\xff\xff\xff") },
        /* A gzip body whose method is not deflate. */
        { "gzip", BYTES("\x1f\x8b\x07\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x01\0\0\0") },
        /* "a", with a wrong checksum and with a wrong length. */
        { "gzip", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x44\xbe\xb7\xe8\x01\0\0\0") },
        { "gzip", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\x02\0\0\0") },
        { "gzip", BYTES("\x1f\x8b\x08\0\0\0\0\0\0\x03\x4b\x04\0\x43\xbe\xb7\xe8\xff\xff\xff\xff") },
    };
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(decode(rows[i].name, rows[i].body, &out, &usual) == CODING_BAD, "row %zu", i);
        ck_assert_uint_eq(out.length, 0);
    }
    buf_clear(&out);
}
END_TEST

START_TEST(a_zstd_window_beyond_8_MiB_is_refused)
{
    enum { LENGTH = 1000000 };
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, LENGTH);
    for (int window_log = 23; window_log <= 25; window_log += 2) {
        ZSTD_CCtx *encoder = ZSTD_createCCtx();
        ZSTD_CCtx_setParameter(encoder, ZSTD_c_windowLog, window_log);
        buf_reset(&bufs.coded);
        ZSTD_inBuffer in = { bufs.plain.data, LENGTH, 0 };
        ZSTD_outBuffer room = { buf_reserve(&bufs.coded, LENGTH), LENGTH, 0 };
        ZSTD_compressStream2(encoder, &room, &in, ZSTD_e_continue);
        ck_assert_uint_eq(ZSTD_compressStream2(encoder, &room, &in, ZSTD_e_end), 0);
        bufs.coded.length = room.pos;
        ZSTD_freeCCtx(encoder);
        ck_assert_int_eq(decode("zstd", buf_bytes(&bufs.coded), &bufs.out, &usual),
                         window_log == 23 ? CODING_OK : CODING_BAD);
    }
    bufs_clear(&bufs);
}
END_TEST

/* ---- Bounds */

START_TEST(a_body_may_be_as_long_as_the_most_and_not_a_byte_longer)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 200000);
    for (size_t c = 0; c < CODINGS; c++) {
        buf_reset(&bufs.coded);
        codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
        for (size_t less = 0; less < 3; less++) {
            struct coding_limits limits = { 200000 - less, 200 };
            enum coding_result result =
                decode(codings[c].name, buf_bytes(&bufs.coded), &bufs.out, &limits);
            ck_assert_msg(result == (less ? CODING_TOO_LARGE : CODING_OK), "coding %zu less %zu", c,
                          less);
            ck_assert_uint_eq(bufs.out.length, 200000 - less);
            ck_assert(is_prefix(&bufs.out, &bufs.plain));
        }
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(a_bufs_own_most_holds_as_well)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 200000);
    for (size_t c = 0; c < CODINGS; c++) {
        struct buf small;
        buf_init(&small, 5000);
        buf_reset(&bufs.coded);
        codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
        ck_assert_int_eq(decode(codings[c].name, buf_bytes(&bufs.coded), &small, &usual),
                         CODING_TOO_LARGE);
        ck_assert_uint_eq(small.length, 5000);
        buf_clear(&small);
    }
    bufs_clear(&bufs);
}
END_TEST

/* 64 MiB of zeros, really compressed. */
static const char brotli_bomb[] =
    "\xcf\xff\xff\x7f\x00\x24\x00\xe2\xb1\x40\x72\xef\xff\xf9\xff\xff\x0f\x80\x04\x40"
    "\x1c\x16\x80\xee\xfd\x3f\xff\xff\xff\x01\x90\x00\x88\xc3\x02\xd0\xbd\xff\xe7\xff"
    "\xff\x3f\x00\x12\x00\x71\x58\x00\xba\xf7\xff\x03";

START_TEST(a_bomb_ends_at_the_bound)
{
    static const struct coding_limits only_most = { 10 * 1024 * 1024, UINT32_MAX };
    enum { MIB = 1024 * 1024 };
    struct bufs bufs;
    bufs_init(&bufs);
    write_zeros(&bufs.plain, 16 * MIB);
    for (size_t c = 0; c < CODINGS; c++) {
        buf_reset(&bufs.coded);
        if (codings[c].encode == encode_brotli)
            buf_append(&bufs.coded, brotli_bomb, sizeof(brotli_bomb) - 1);
        else
            codings[c].encode(buf_bytes(&bufs.plain), &bufs.coded);
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        /* By the ratio. */
        struct coding_limits by_ratio = { 1024 * MIB, 200 };
        size_t bound = 200 * bufs.coded.length > MIB ? 200 * bufs.coded.length : MIB;
        ck_assert_int_eq(decode(codings[c].name, buf_bytes(&bufs.coded), &out, &by_ratio),
                         CODING_TOO_LARGE);
        ck_assert_uint_eq(out.length, bound);
        ck_assert_uint_le(out.capacity, 2 * bound + 1);
        buf_clear(&out);
        /* By the most. */
        ck_assert_int_eq(decode(codings[c].name, buf_bytes(&bufs.coded), &out, &only_most),
                         CODING_TOO_LARGE);
        ck_assert_uint_eq(out.length, only_most.most);
        ck_assert_uint_le(out.capacity, 2 * only_most.most + 1);
        buf_clear(&out);
    }
    bufs_clear(&bufs);
}
END_TEST

START_TEST(the_ratio_is_not_looked_at_below_1_MiB)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_zeros(&bufs.plain, 1024 * 1024);
    encode_zstd(buf_bytes(&bufs.plain), &bufs.coded);
    ck_assert_uint_lt(bufs.coded.length, 1000);
    ck_assert_int_eq(decode("zstd", buf_bytes(&bufs.coded), &bufs.out, &usual), CODING_OK);
    ck_assert_uint_eq(bufs.out.length, 1024 * 1024);
    bufs_clear(&bufs);
}
END_TEST

START_TEST(a_bomb_within_a_bomb_is_bounded_by_the_wire)
{
    struct bufs bufs;
    struct buf inner;
    bufs_init(&bufs);
    buf_init(&inner, BUF_UNBOUNDED);
    write_zeros(&bufs.plain, 16 * 1024 * 1024);
    encode_gzip(buf_bytes(&bufs.plain), &inner);
    encode_gzip(buf_bytes(&inner), &bufs.coded);
    ck_assert_uint_lt(bufs.coded.length, 1000);
    ck_assert_int_eq(decode("gzip, gzip", buf_bytes(&bufs.coded), &bufs.out, &usual),
                     CODING_TOO_LARGE);
    ck_assert_uint_le(bufs.out.length, 1024 * 1024);
    buf_clear(&inner);
    bufs_clear(&bufs);
}
END_TEST

/* ---- Our own compression */

START_TEST(what_we_compress_we_decompress)
{
    static const size_t lengths[] = { 0, 1, 5000, 2000000 };
    struct bufs bufs;
    bufs_init(&bufs);
    for (size_t i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        buf_reset(&bufs.plain);
        write_text(&bufs.plain, lengths[i]);
        coding_compress(buf_bytes(&bufs.plain), &bufs.coded);
        ck_assert(coding_decompress(buf_bytes(&bufs.coded), &bufs.out));
        ck_assert(bytes_equal(buf_bytes(&bufs.out), buf_bytes(&bufs.plain)));
        /* It is a content coding like any other. */
        ck_assert_int_eq(decode("zstd", buf_bytes(&bufs.coded), &bufs.out, &usual), CODING_OK);
        ck_assert(bytes_equal(buf_bytes(&bufs.out), buf_bytes(&bufs.plain)));
    }
    ck_assert_uint_lt(bufs.coded.length, bufs.plain.length / 2);
    bufs_clear(&bufs);
}
END_TEST

START_TEST(damaged_bytes_do_not_decompress)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 5000);
    coding_compress(buf_bytes(&bufs.plain), &bufs.coded);
    for (size_t cut = 0; cut < bufs.coded.length; cut++)
        ck_assert(!coding_decompress(bytes_slice(buf_bytes(&bufs.coded), 0, cut), &bufs.out));
    struct buf small;
    buf_init(&small, 4999);
    ck_assert(!coding_decompress(buf_bytes(&bufs.coded), &small));
    buf_append_char(&bufs.coded, 0);
    ck_assert(!coding_decompress(buf_bytes(&bufs.coded), &bufs.out));
    ck_assert(!coding_decompress(BYTES("not a frame"), &bufs.out));
    buf_clear(&small);
    bufs_clear(&bufs);
}
END_TEST

static void *decode_in_a_thread(void *argument)
{
    struct buf *coded = argument, out;
    buf_init(&out, BUF_UNBOUNDED);
    enum coding_result result = CODING_OK;
    for (int i = 0; i < 50 && result == CODING_OK; i++)
        result = decode("gzip", buf_bytes(coded), &out, &usual);
    bool is_right = result == CODING_OK && out.length == 50000;
    buf_clear(&out);
    return is_right ? coded : NULL;
}

START_TEST(threads_decode_side_by_side_and_leave_nothing_behind)
{
    struct bufs bufs;
    bufs_init(&bufs);
    write_text(&bufs.plain, 50000);
    encode_gzip(buf_bytes(&bufs.plain), &bufs.coded);
    pthread_t threads[4];
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, decode_in_a_thread, &bufs.coded), 0);
    for (size_t i = 0; i < 4; i++) {
        void *answer = NULL;
        pthread_join(threads[i], &answer);
        ck_assert_ptr_eq(answer, &bufs.coded);
    }
    bufs_clear(&bufs);
}
END_TEST

SUITE_MAIN("coding", every_coding_gives_back_what_was_encoded,
           names_are_read_as_a_list_without_regard_to_case,
           without_a_coding_the_bytes_stay_as_they_are, an_empty_body_is_fine_in_every_coding,
           members_and_frames_follow_each_other_and_rubbish_behind_is_ignored,
           two_codings_are_undone_from_the_right, a_cut_body_keeps_what_came_before_the_cut,
           a_cut_anywhere_in_a_small_body_is_seen, a_cut_in_a_later_member_keeps_the_earlier_ones,
           an_outer_coding_that_was_cut_still_feeds_the_inner_one, what_is_not_in_its_coding_is_bad,
           a_zstd_window_beyond_8_MiB_is_refused,
           a_body_may_be_as_long_as_the_most_and_not_a_byte_longer, a_bufs_own_most_holds_as_well,
           a_bomb_ends_at_the_bound, the_ratio_is_not_looked_at_below_1_MiB,
           a_bomb_within_a_bomb_is_bounded_by_the_wire, what_we_compress_we_decompress,
           damaged_bytes_do_not_decompress, threads_decode_side_by_side_and_leave_nothing_behind)
