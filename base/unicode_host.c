/* SPDX-License-Identifier: MIT */
#include "base/unicode_host.h"

#include "base/idna.h"
#include "base/punycode.h"
#include "base/utf8.h"

enum { HOST_BYTES_MOST = 1024, LABEL_CHARACTERS_MOST = 256 };

/* False where the label is not encoded, or not well. */
static bool decode_label(struct buf *out, struct bytes label)
{
    uint32_t characters[LABEL_CHARACTERS_MOST];
    size_t count;
    struct bytes prefix = BYTES("xn--");
    if (!bytes_start_with(label, prefix) ||
        !punycode_decode(bytes_slice(label, prefix.length, label.length), characters,
                         LABEL_CHARACTERS_MOST, &count))
        return false;
    for (size_t i = 0; i < count; i++) {
        char bytes[UTF8_BYTES_MAX];
        buf_append(out, bytes, utf8_put(bytes, characters[i]));
    }
    return true;
}

bool unicode_host(struct buf *out, struct bytes host)
{
    char again[HOST_BYTES_MOST];
    size_t start = out->length;
    size_t length;
    bool has_decoded = false;
    struct bytes rest = host;
    for (struct bytes label; bytes_split(&rest, '.', &label);) {
        if (decode_label(out, label))
            has_decoded = true;
        else
            buf_append_bytes(out, label);
        if (rest.data)
            buf_append_char(out, '.');
    }
    struct bytes shown = bytes_slice(buf_bytes(out), start, out->length);
    if (has_decoded && idna_to_ascii(shown, again, sizeof(again), &length) &&
        bytes_equal(bytes_of(again, length), host))
        return true;
    out->length = start;
    return false;
}
