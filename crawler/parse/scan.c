/* SPDX-License-Identifier: MIT */
#include "crawler/parse/scan.h"

bool scan_is_any(char c, const char *set)
{
    return c != '\0' && strchr(set, c);
}

bool scan_starts_with(struct bytes bytes, const char *set)
{
    return bytes.length > 0 && scan_is_any(bytes.data[0], set);
}

struct bytes scan_skip(struct bytes bytes, const char *set)
{
    size_t at = 0;
    while (at < bytes.length && scan_is_any(bytes.data[at], set))
        at++;
    return scan_behind(bytes, at);
}

size_t scan_until(struct bytes bytes, const char *set)
{
    size_t at = 0;
    while (at < bytes.length && !scan_is_any(bytes.data[at], set))
        at++;
    return at;
}

bool scan_word(struct bytes *rest, struct bytes *word)
{
    *rest = scan_skip(*rest, SCAN_SPACES);
    size_t length = scan_until(*rest, SCAN_SPACES);
    *word = bytes_slice(*rest, 0, length);
    *rest = scan_behind(*rest, length);
    return length > 0;
}
