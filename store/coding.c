/* SPDX-License-Identifier: MIT */
#include "store/coding.h"

#include <assert.h>
#include <limits.h>
#include <pthread.h>
#include <stdint.h>
#include <stdlib.h>

#include <brotli/decode.h>
#include <libdeflate.h>
#include <zlib.h>
#include <zstd.h>

#include "base/memory.h"

/* How decoding goes: a whole gzip, zlib or deflate stream is given to libdeflate, which is two to
 * three times as fast as zlib but needs all input and all room at once. What it refuses (cut, too
 * large, broken) is decoded again by zlib, which keeps what came before. Brotli and zstd are
 * decoded in steps from the start.
 *
 * Room grows with what was really decoded; a length that the input claims is a hint within bounds.
 */

enum {
    /* Below this many decoded bytes the ratio says nothing: a page of spaces is no bomb. */
    RATIO_FREE_BYTES = 1024 * 1024,
    ROOM_LEAST_BYTES = 4096,
    /* Greatest ratio of deflate: 258 bytes from two bits. */
    DEFLATE_RATIO_MOST = 1032,
    /* RFC 9659: a zstd content coding has a window of at most 8 MiB. */
    ZSTD_WINDOW_LOG_MOST = 23,
    ZSTD_LEVEL = 1,
    CODINGS_MOST = 2,
};

/* ---- The contexts of a thread */

struct tools {
    struct libdeflate_decompressor *inflater;
    ZSTD_DCtx *zstd_decoder;
    ZSTD_CCtx *zstd_encoder;
};

static pthread_once_t tools_once = PTHREAD_ONCE_INIT;
static pthread_key_t tools_key;

static void free_tools(void *argument)
{
    struct tools *tools = argument;
    libdeflate_free_decompressor(tools->inflater);
    ZSTD_freeDCtx(tools->zstd_decoder);
    ZSTD_freeCCtx(tools->zstd_encoder);
    free(tools);
}

static void make_tools_key(void)
{
    int error = pthread_key_create(&tools_key, free_tools);
    assert(!error);
    (void)error;
}

/* Freed when the thread ends. */
static struct tools *tools_of_thread(void)
{
    pthread_once(&tools_once, make_tools_key);
    struct tools *tools = pthread_getspecific(tools_key);
    if (tools)
        return tools;
    tools = xcalloc(1, sizeof(*tools));
    tools->inflater = libdeflate_alloc_decompressor();
    tools->zstd_decoder = ZSTD_createDCtx();
    tools->zstd_encoder = ZSTD_createCCtx();
    if (!tools->inflater || !tools->zstd_decoder || !tools->zstd_encoder)
        abort();
    ZSTD_DCtx_setParameter(tools->zstd_decoder, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG_MOST);
    pthread_setspecific(tools_key, tools);
    return tools;
}

/* ---- Room for output, within the bound */

struct output {
    struct buf *buf;
    size_t bound; /* At most buf->most. */
};

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Makes room for `wanted` more bytes or what the bound leaves. In the latter case the size counts
 * one byte beyond the bound (the buf's place for its NUL): a decoder that writes it has more to say
 * than is allowed. */
static char *output_room(struct output *output, size_t wanted, size_t *size)
{
    struct buf *buf = output->buf;
    size_t left = output->bound - buf->length;
    char *room = buf_reserve(buf, least(wanted, left));
    assert(room);
    size_t spare = buf->capacity - 1 - buf->length;
    *size = spare < left ? spare : left + 1;
    return room;
}

/* False where that went past the bound; what is within it is kept. */
static bool output_keep(struct output *output, size_t made)
{
    struct buf *buf = output->buf;
    size_t left = output->bound - buf->length;
    buf->length += least(made, left);
    buf->data[buf->length] = '\0';
    return made <= left;
}

/* ---- Decoding in steps */

enum step {
    STEP_FULL,  /* The room is used up: give more. */
    STEP_ENDED, /* The last stream or frame is complete. */
    STEP_CUT,   /* The input is used up in the middle. */
    STEP_BAD
};

/* Decodes from *in into the room, and says how much it made. */
typedef enum step step_function(void *decoder, struct bytes *in, char *room, size_t size,
                                size_t *made);

static enum coding_result decode_in_steps(step_function *step, void *decoder, struct bytes in,
                                          struct output *output, size_t hint)
{
    size_t wanted = hint > ROOM_LEAST_BYTES ? hint : ROOM_LEAST_BYTES;
    for (;;) {
        size_t size, made = 0;
        char *room = output_room(output, wanted, &size);
        enum step how = step(decoder, &in, room, size, &made);
        if (!output_keep(output, made))
            return CODING_TOO_LARGE;
        switch (how) {
        case STEP_ENDED:
            return CODING_OK;
        case STEP_CUT:
            return CODING_TRUNCATED;
        case STEP_BAD:
            return CODING_BAD;
        case STEP_FULL:
            wanted = output->buf->length;
        }
    }
}

/* ---- gzip, zlib and raw deflate */

typedef enum libdeflate_result inflate_function(struct libdeflate_decompressor *decompressor,
                                                const void *in, size_t in_size, void *out,
                                                size_t out_size, size_t *used, size_t *made);

struct deflate_format {
    inflate_function *inflate_whole;
    int window_bits; /* For zlib, which tells the formats apart by it. */
    bool has_members;
};

static const struct deflate_format format_gzip = { libdeflate_gzip_decompress_ex, 15 + 16, true };
static const struct deflate_format format_zlib = { libdeflate_zlib_decompress_ex, 15, false };
static const struct deflate_format format_raw = { libdeflate_deflate_decompress_ex, -15, false };

static bool is_gzip(struct bytes in)
{
    return bytes_start_with(in, BYTES("\x1f\x8b"));
}

/* RFC 1950, 2.2: method 8, and the two bytes are a multiple of 31. */
static bool is_zlib(struct bytes in)
{
    if (in.length < 2)
        return false;
    unsigned first = (unsigned char)in.data[0];
    unsigned second = (unsigned char)in.data[1];
    return (first & 15) == 8 && (first << 8 | second) % 31 == 0;
}

/* A gzip stream ends with the length of its last member; who lies gets no more room than deflate
 * could fill. */
static size_t inflated_hint(const struct deflate_format *format, struct bytes in)
{
    size_t hint = in.length > SIZE_MAX / 4 ? in.length : 4 * in.length;
    if (format->has_members && in.length >= 18) {
        const unsigned char *end = (const unsigned char *)in.data + in.length;
        size_t claimed =
            (size_t)end[-4] | (size_t)end[-3] << 8 | (size_t)end[-2] << 16 | (size_t)end[-1] << 24;
        if (claimed / DEFLATE_RATIO_MOST <= in.length)
            hint = claimed;
    }
    return hint;
}

/* False where libdeflate alone cannot tell what came of it. Bytes behind the last member are
 * ignored, as gzip and browsers do. */
static bool inflate_whole(const struct deflate_format *format, struct bytes in,
                          struct output *output)
{
    struct libdeflate_decompressor *inflater = tools_of_thread()->inflater;
    size_t wanted = inflated_hint(format, in);
    bool is_first = true;
    while (is_first || (format->has_members && is_gzip(in))) {
        size_t size, used, made;
        char *room = output_room(output, wanted, &size);
        switch (format->inflate_whole(inflater, in.data, in.length, room, size, &used, &made)) {
        case LIBDEFLATE_SUCCESS:
            if (!output_keep(output, made))
                return false;
            in = bytes_slice(in, used, in.length);
            is_first = false;
            wanted = output->buf->length;
            break;
        case LIBDEFLATE_INSUFFICIENT_SPACE:
            if (size > output->bound - output->buf->length)
                return false;
            wanted = 2 * size;
            break;
        case LIBDEFLATE_BAD_DATA:
        case LIBDEFLATE_SHORT_OUTPUT:
            return false;
        }
    }
    return true;
}

static enum step inflate_step(void *decoder, struct bytes *in, char *room, size_t size,
                              size_t *made)
{
    z_stream *stream = decoder;
    stream->next_out = (Bytef *)room;
    stream->avail_out = (uInt)least(size, UINT_MAX);
    uInt room_at_first = stream->avail_out;
    stream->next_in = (z_const Bytef *)(uintptr_t)in->data;
    stream->avail_in = (uInt)in->length;
    int code = inflate(stream, Z_NO_FLUSH);
    while (code == Z_STREAM_END && is_gzip(bytes_of(stream->next_in, stream->avail_in))) {
        inflateReset(stream);
        code = inflate(stream, Z_NO_FLUSH);
    }
    *made = room_at_first - stream->avail_out;
    *in = bytes_of(stream->next_in, stream->avail_in);
    if (code == Z_STREAM_END)
        return STEP_ENDED;
    if (code != Z_OK && code != Z_BUF_ERROR)
        return STEP_BAD;
    return stream->avail_out == 0 ? STEP_FULL : STEP_CUT;
}

static enum coding_result inflate_format(const struct deflate_format *format, struct bytes in,
                                         struct output *output)
{
    if (inflate_whole(format, in, output))
        return CODING_OK;
    buf_reset(output->buf);
    z_stream stream = { 0 };
    if (inflateInit2(&stream, format->window_bits) != Z_OK)
        abort();
    enum coding_result result = decode_in_steps(inflate_step, &stream, in, output, 0);
    inflateEnd(&stream);
    return result;
}

static enum coding_result decode_gzip(struct bytes in, struct output *output)
{
    return inflate_format(&format_gzip, in, output);
}

/* RFC 9110, 8.4.1.2: "deflate" is zlib's format, but some servers send the bare stream. */
static enum coding_result decode_deflate(struct bytes in, struct output *output)
{
    if (is_zlib(in)) {
        enum coding_result result = inflate_format(&format_zlib, in, output);
        if (result != CODING_BAD)
            return result;
        buf_reset(output->buf);
    }
    return inflate_format(&format_raw, in, output);
}

/* ---- Brotli */

static enum step brotli_step(void *decoder, struct bytes *in, char *room, size_t size, size_t *made)
{
    const uint8_t *next_in = (const uint8_t *)in->data;
    uint8_t *next_out = (uint8_t *)room;
    size_t in_left = in->length;
    size_t out_left = size;
    BrotliDecoderResult code =
        BrotliDecoderDecompressStream(decoder, &in_left, &next_in, &out_left, &next_out, NULL);
    *made = size - out_left;
    *in = bytes_of(next_in, in_left);
    switch (code) {
    case BROTLI_DECODER_RESULT_SUCCESS:
        return STEP_ENDED;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_INPUT:
        return STEP_CUT;
    case BROTLI_DECODER_RESULT_NEEDS_MORE_OUTPUT:
        return STEP_FULL;
    case BROTLI_DECODER_RESULT_ERROR:
        break;
    }
    return STEP_BAD;
}

static enum coding_result decode_brotli(struct bytes in, struct output *output)
{
    BrotliDecoderState *decoder = BrotliDecoderCreateInstance(NULL, NULL, NULL);
    if (!decoder)
        abort();
    size_t hint = in.length > SIZE_MAX / 4 ? in.length : 4 * in.length;
    enum coding_result result = decode_in_steps(brotli_step, decoder, in, output, hint);
    BrotliDecoderDestroyInstance(decoder);
    return result;
}

/* ---- zstd */

/* RFC 8878, 3.1: a frame or a skippable frame begins here. */
static bool is_zstd(struct bytes in)
{
    return bytes_start_with(in, BYTES("\x28\xb5\x2f\xfd")) ||
           (in.length >= 4 && (in.data[0] & 0xf0) == 0x50 &&
            bytes_equal(bytes_slice(in, 1, 4), BYTES("\x2a\x4d\x18")));
}

static enum step zstd_step(void *decoder, struct bytes *in, char *room, size_t size, size_t *made)
{
    ZSTD_inBuffer input = { in->data, in->length, 0 };
    ZSTD_outBuffer output = { room, size, 0 };
    size_t code;
    do {
        code = ZSTD_decompressStream(decoder, &output, &input);
    } while (!ZSTD_isError(code) && output.pos < size && input.pos < input.size &&
             (code > 0 || is_zstd(bytes_slice(*in, input.pos, in->length))));
    *made = output.pos;
    *in = bytes_slice(*in, input.pos, in->length);
    if (ZSTD_isError(code))
        return STEP_BAD;
    if (code == 0 && !is_zstd(*in))
        return STEP_ENDED;
    return output.pos == size ? STEP_FULL : STEP_CUT;
}

/* A frame may say its length. Where that is believable the decoder gets room for all of it at once,
 * and then needs no window of its own. */
static size_t zstd_hint(struct bytes in)
{
    unsigned long long claimed = ZSTD_getFrameContentSize(in.data, in.length);
    size_t believable = in.length > SIZE_MAX / 64 ? in.length : 64 * in.length;
    if (claimed == ZSTD_CONTENTSIZE_UNKNOWN || claimed == ZSTD_CONTENTSIZE_ERROR)
        return least(believable, 4 * ROOM_LEAST_BYTES);
    return claimed > believable ? believable : (size_t)claimed;
}

static enum coding_result decode_zstd(struct bytes in, struct output *output)
{
    ZSTD_DCtx *decoder = tools_of_thread()->zstd_decoder;
    ZSTD_DCtx_reset(decoder, ZSTD_reset_session_only);
    return decode_in_steps(zstd_step, decoder, in, output, zstd_hint(in));
}

/* ---- Codings by name */

static enum coding_result decode_identity(struct bytes in, struct output *output)
{
    size_t kept = least(in.length, output->bound);
    buf_append(output->buf, in.data, kept);
    return kept < in.length ? CODING_TOO_LARGE : CODING_OK;
}

typedef enum coding_result decode_function(struct bytes in, struct output *output);

static const struct {
    const char *name;
    decode_function *decode;
} codings_known[] = {
    { "gzip", decode_gzip },       { "x-gzip", decode_gzip }, { "br", decode_brotli },
    { "deflate", decode_deflate }, { "zstd", decode_zstd },
};

static decode_function *find_coding(struct bytes name)
{
    for (size_t i = 0; i < sizeof(codings_known) / sizeof(codings_known[0]); i++)
        if (bytes_equal_nocase(name, bytes_from_string(codings_known[i].name)))
            return codings_known[i].decode;
    return NULL;
}

/* Fills decoders in the order of the field; false where a name is unknown or there are too many. */
static bool parse_codings(struct bytes codings, decode_function **decoders, size_t *count)
{
    struct bytes name;
    *count = 0;
    while (bytes_split(&codings, ',', &name)) {
        name = bytes_trim(name);
        if (name.length == 0 || bytes_equal_nocase(name, BYTES("identity")))
            continue;
        decode_function *decode = find_coding(name);
        if (!decode || *count == CODINGS_MOST)
            return false;
        decoders[(*count)++] = decode;
    }
    return true;
}

static size_t bound_of(const struct coding_limits *limits, struct bytes in, const struct buf *out)
{
    size_t ratio = limits->ratio_most;
    size_t by_ratio = ratio > 0 && in.length > SIZE_MAX / ratio ? SIZE_MAX : in.length * ratio;
    if (by_ratio < RATIO_FREE_BYTES)
        by_ratio = RATIO_FREE_BYTES;
    return least(least(limits->most, out->most), by_ratio);
}

/* An empty body has no header of its coding either: servers send that with answers to HEAD and 304.
 */
static enum coding_result decode_one(decode_function *decode, struct bytes in,
                                     struct output *output)
{
    enum coding_result result = in.length > 0 ? decode(in, output) : CODING_OK;
    if (result == CODING_BAD)
        buf_reset(output->buf);
    return result;
}

/* The bound is the wire's in both stages, so that a stack of two cannot multiply the ratio. What
 * the outer coding gave up to its cut is still given to the inner one. */
static enum coding_result decode_two(decode_function *const decoders[CODINGS_MOST], struct bytes in,
                                     struct output *output)
{
    struct buf between;
    buf_init(&between, output->bound);
    struct output first = { &between, output->bound };
    enum coding_result outer = decode_one(decoders[1], in, &first);
    enum coding_result result = outer;
    if (outer == CODING_OK || outer == CODING_TRUNCATED)
        result = decode_one(decoders[0], buf_bytes(&between), output);
    buf_clear(&between);
    return result == CODING_OK ? outer : result;
}

enum coding_result coding_decode(struct bytes codings, struct bytes in, struct buf *out,
                                 const struct coding_limits *limits)
{
    buf_reset(out);
    decode_function *decoders[CODINGS_MOST];
    size_t count;
    if (!parse_codings(codings, decoders, &count))
        return CODING_UNKNOWN;
    /* zlib counts input in 32 bits. */
    if (in.length > UINT_MAX)
        return CODING_TOO_LARGE;
    struct output output = { out, bound_of(limits, in, out) };
    if (count == 0)
        return decode_identity(in, &output);
    if (count == 1)
        return decode_one(decoders[0], in, &output);
    return decode_two(decoders, in, &output);
}

/* ---- Compression of the store */

void coding_compress(struct bytes in, struct buf *out)
{
    buf_reset(out);
    size_t most = ZSTD_compressBound(in.length);
    char *room = buf_reserve(out, most);
    assert(room);
    size_t length = ZSTD_compressCCtx(tools_of_thread()->zstd_encoder, room, most, in.data,
                                      in.length, ZSTD_LEVEL);
    /* With room for the bound, only a lack of memory is left. */
    if (ZSTD_isError(length))
        abort();
    out->length = length;
    out->data[length] = '\0';
}

bool coding_decompress(struct bytes in, struct buf *out)
{
    buf_reset(out);
    /* Exactly one frame: an error is a size that no input has. */
    if (in.length == 0 || ZSTD_findFrameCompressedSize(in.data, in.length) != in.length)
        return false;
    struct output output = { out, out->most };
    return decode_zstd(in, &output) == CODING_OK;
}
