/* SPDX-License-Identifier: MIT */
#include "base/userinfo.h"

static bool is_inside_authority(char c)
{
    return c > ' ' && !strchr("/?#\\\"<>", c);
}

static size_t find_authority(struct bytes text)
{
    for (size_t at = 0; at + 3 <= text.length; at++)
        if (memcmp(text.data + at, "://", 3) == 0)
            return at + 3;
    return text.length;
}

void userinfo_mask(struct buf *out, struct bytes text)
{
    while (text.length > 0) {
        size_t start = find_authority(text);
        size_t login = start; /* The last '@'. */
        for (size_t i = start; i < text.length && is_inside_authority(text.data[i]); i++)
            if (text.data[i] == '@')
                login = i;
        size_t colon = start + bytes_find(bytes_slice(text, start, login), ':');
        bool has_password = colon < login;
        buf_append_bytes(out, bytes_slice(text, 0, has_password ? colon + 1 : start));
        if (has_password)
            buf_append_string(out, "***");
        text = bytes_slice(text, has_password ? login : start, text.length);
    }
}
