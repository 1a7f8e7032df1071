/* SPDX-License-Identifier: MIT
 *
 * buf - bytes that grow, told their greatest size at birth.
 *
 * An append that would pass the greatest size appends nothing and returns false, and is_full says
 * so from then on: whoever collects bytes from the network asks once at the end. There is always a
 * NUL behind the last byte once anything was appended, so text can be handed to C functions.
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

#define BUF_UNBOUNDED SIZE_MAX

struct buf {
    char *data;
    size_t length;
    size_t capacity;
    size_t most;
    bool is_full; /* An append was refused. */
};

void buf_init(struct buf *buf, size_t most);
void buf_clear(struct buf *buf);

/* Length 0, memory kept. */
void buf_reset(struct buf *buf);

bool buf_append(struct buf *buf, const void *data, size_t length);
bool buf_append_bytes(struct buf *buf, struct bytes bytes);
bool buf_append_string(struct buf *buf, const char *string);
bool buf_append_char(struct buf *buf, char c);
__attribute__((format(printf, 2, 3))) bool buf_printf(struct buf *buf, const char *format, ...);

/* Room for `extra` more bytes behind the length; the caller then adds to length what it wrote.
 * NULL when that would pass the greatest size. */
char *buf_reserve(struct buf *buf, size_t extra);

/* Lends the content; valid until the next append. */
static inline struct bytes buf_bytes(const struct buf *buf)
{
    return (struct bytes){ buf->data, buf->length };
}

/* Hands the memory over (caller frees; NULL when nothing was ever appended) and starts anew. */
char *buf_detach(struct buf *buf, size_t *length);

#endif
