/* SPDX-License-Identifier: MIT */
#include "base/bytes.h"

struct bytes bytes_from_string(const char *string)
{
    return (struct bytes){ string, string ? strlen(string) : 0 };
}

bool bytes_equal(struct bytes a, struct bytes b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

bool bytes_equal_nocase(struct bytes a, struct bytes b)
{
    return a.length == b.length && bytes_start_with_nocase(a, b);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shared = a.length < b.length ? a.length : b.length;
    int order = shared ? memcmp(a.data, b.data, shared) : 0;
    return order ? order : (a.length > b.length) - (a.length < b.length);
}

bool bytes_start_with(struct bytes bytes, struct bytes prefix)
{
    return bytes.length >= prefix.length &&
           (prefix.length == 0 || memcmp(bytes.data, prefix.data, prefix.length) == 0);
}

bool bytes_start_with_nocase(struct bytes bytes, struct bytes prefix)
{
    if (bytes.length < prefix.length)
        return false;
    for (size_t i = 0; i < prefix.length; i++)
        if (ascii_lower(bytes.data[i]) != ascii_lower(prefix.data[i]))
            return false;
    return true;
}

bool bytes_contain_nocase(struct bytes bytes, struct bytes part)
{
    for (; bytes.length >= part.length; bytes = bytes_slice(bytes, 1, bytes.length))
        if (bytes_start_with_nocase(bytes, part))
            return true;
    return false;
}

bool bytes_end_with(struct bytes bytes, struct bytes suffix)
{
    return bytes.length >= suffix.length &&
           bytes_equal(bytes_slice(bytes, bytes.length - suffix.length, bytes.length), suffix);
}

size_t bytes_find(struct bytes bytes, char wanted)
{
    const char *found = bytes.length ? memchr(bytes.data, wanted, bytes.length) : NULL;
    return found ? (size_t)(found - bytes.data) : bytes.length;
}

struct bytes bytes_trim(struct bytes bytes)
{
    while (bytes.length > 0 && ascii_is_space(bytes.data[0])) {
        bytes.data++;
        bytes.length--;
    }
    while (bytes.length > 0 && ascii_is_space(bytes.data[bytes.length - 1]))
        bytes.length--;
    return bytes;
}

bool bytes_split(struct bytes *rest, char separator, struct bytes *part)
{
    if (!rest->data)
        return false;
    size_t end = bytes_find(*rest, separator);
    *part = (struct bytes){ rest->data, end };
    if (end == rest->length)
        *rest = (struct bytes){ 0 };
    else
        *rest = (struct bytes){ rest->data + end + 1, rest->length - end - 1 };
    return true;
}

bool bytes_to_u64(struct bytes bytes, uint64_t most, uint64_t *value)
{
    uint64_t total = 0;
    if (bytes.length == 0)
        return false;
    for (size_t i = 0; i < bytes.length; i++) {
        if (!ascii_is_digit(bytes.data[i]))
            return false;
        uint64_t digit = (uint64_t)(bytes.data[i] - '0');
        if (digit > most || total > (most - digit) / 10)
            return false;
        total = total * 10 + digit;
    }
    *value = total;
    return true;
}

int ascii_hex_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0';
    char lower = ascii_lower(c);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}
