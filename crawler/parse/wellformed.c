/* SPDX-License-Identifier: MIT */
#include "crawler/parse/wellformed.h"

#include <stdint.h>
#include <string.h>

#include "base/utf8.h"

/* The first byte that is not ASCII: eight at a time, as most of a page is. */
static size_t skip_ascii(struct bytes bytes, size_t at)
{
    for (uint64_t eight; bytes.length - at >= sizeof(eight); at += sizeof(eight)) {
        memcpy(&eight, bytes.data + at, sizeof(eight));
        if (eight & UINT64_C(0x8080808080808080))
            break;
    }
    while (at < bytes.length && !(bytes.data[at] & 0x80))
        at++;
    return at;
}

static bool is_written_replacement(struct bytes bytes, size_t at)
{
    return bytes_start_with(bytes_slice(bytes, at, bytes.length), BYTES(WELLFORMED_REPLACEMENT));
}

size_t wellformed_length(struct bytes bytes)
{
    size_t at = 0;
    while (bytes.length > 0 && (at = skip_ascii(bytes, at)) < bytes.length) {
        size_t next = at;
        if (utf8_next(bytes, &next) == UTF8_REPLACEMENT && !is_written_replacement(bytes, at))
            break;
        at = next;
    }
    return at;
}

bool wellformed_if_whole(struct bytes bytes)
{
    size_t at = wellformed_length(bytes);
    if (at == bytes.length)
        return true;
    /* One broken part up to the end, that some byte could have gone on. */
    size_t next = at;
    utf8_next(bytes, &next);
    return next == bytes.length && (unsigned char)bytes.data[at] >= 0xc2 &&
           (unsigned char)bytes.data[at] <= 0xf4;
}

void wellformed_append(struct buf *out, struct bytes bytes)
{
    while (bytes.length > 0) {
        size_t length = wellformed_length(bytes);
        buf_append(out, bytes.data, length);
        if (length == bytes.length)
            break;
        buf_append_string(out, WELLFORMED_REPLACEMENT);
        utf8_next(bytes, &length);
        bytes = bytes_slice(bytes, length, bytes.length);
    }
}
