/* SPDX-License-Identifier: MIT */
#include "base/buf.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

void buf_init(struct buf *buf, size_t most)
{
    *buf = (struct buf){ .most = most };
}

void buf_clear(struct buf *buf)
{
    free(buf->data);
    *buf = (struct buf){ .most = buf->most };
}

void buf_reset(struct buf *buf)
{
    buf->length = 0;
    buf->is_full = false;
}

char *buf_reserve(struct buf *buf, size_t extra)
{
    if (extra > buf->most - buf->length || extra > SIZE_MAX / 2 - buf->length) {
        buf->is_full = true;
        return NULL;
    }
    size_t needed = buf->length + extra + 1;
    if (needed > buf->capacity) {
        size_t capacity = buf->capacity ? buf->capacity : 64;
        while (capacity < needed)
            capacity *= 2;
        buf->data = xreallocarray(buf->data, capacity, 1);
        buf->capacity = capacity;
    }
    return buf->data + buf->length;
}

bool buf_append(struct buf *buf, const void *data, size_t length)
{
    char *room = buf_reserve(buf, length);
    if (!room)
        return false;
    if (length > 0)
        memcpy(room, data, length);
    buf->length += length;
    buf->data[buf->length] = '\0';
    return true;
}

bool buf_append_bytes(struct buf *buf, struct bytes bytes)
{
    return buf_append(buf, bytes.data, bytes.length);
}

bool buf_append_string(struct buf *buf, const char *string)
{
    return buf_append(buf, string, strlen(string));
}

bool buf_append_char(struct buf *buf, char c)
{
    return buf_append(buf, &c, 1);
}

bool buf_printf(struct buf *buf, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    va_list again;
    va_copy(again, arguments);
    int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    char *room = length < 0 ? NULL : buf_reserve(buf, (size_t)length);
    if (room) {
        vsnprintf(room, (size_t)length + 1, format, again);
        buf->length += (size_t)length;
    }
    va_end(again);
    return room != NULL;
}

char *buf_detach(struct buf *buf, size_t *length)
{
    char *data = buf->data;
    if (length)
        *length = buf->length;
    buf_init(buf, buf->most);
    return data;
}
