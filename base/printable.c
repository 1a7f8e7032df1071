/* SPDX-License-Identifier: MIT */
#include "base/printable.h"

#include <stdbool.h>

#include "base/utf8.h"

/* The replacement character where the bytes hold it stands for itself. */
static bool is_harmless(uint32_t character, struct bytes bytes)
{
    if (character == UTF8_REPLACEMENT)
        return bytes_equal(bytes, BYTES("\xef\xbf\xbd"));
    return character >= 0x20 && (character < 0x7f || character > 0x9f);
}

static bool is_layout(struct bytes text, size_t at)
{
    char c = text.data[at];
    return c == '\n' || c == '\t' ||
           (c == '\r' && at + 1 < text.length && text.data[at + 1] == '\n');
}

void printable_append(struct buf *out, struct bytes text, enum printable_kind kind)
{
    size_t plain = 0; /* Where what can go out as it is begins. */
    for (size_t at = 0; at < text.length;) {
        size_t start = at;
        uint32_t character = utf8_next(text, &at);
        if (is_harmless(character, bytes_slice(text, start, at)) ||
            (kind == PRINTABLE_TEXT && is_layout(text, start)))
            continue;
        buf_append_bytes(out, bytes_slice(text, plain, start));
        for (size_t i = start; i < at; i++)
            buf_printf(out, "\\x%02X", (unsigned char)text.data[i]);
        plain = at;
    }
    buf_append_bytes(out, bytes_slice(text, plain, text.length));
}
