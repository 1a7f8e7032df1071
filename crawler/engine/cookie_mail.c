/* SPDX-License-Identifier: MIT
 *
 * Both sides exchange the content by one pointer: who finds NULL there comes after the other.
 */
#include "crawler/engine/cookie_mail.h"

#include <stdatomic.h>
#include <stdlib.h>

#include "base/memory.h"

struct cookie_letter {
    struct message message;
    char *site;
    _Atomic(struct buf *) record; /* NULL: it was taken. */
    atomic_int holders;           /* The fetch thread, and the channel or the writer. */
};

static void record_free(struct buf *record)
{
    if (record)
        buf_clear(record);
    free(record);
}

static void let_go(struct cookie_letter *letter)
{
    if (atomic_fetch_sub(&letter->holders, 1) > 1)
        return;
    record_free(atomic_load(&letter->record));
    free(letter->site);
    free(letter);
}

/* True where the writer has still to take it. Else the record stays the caller's. */
static bool put_in(struct cookie_letter *letter, struct buf *record)
{
    struct buf *before = atomic_exchange(&letter->record, record);
    if (!before)
        atomic_store(&letter->record, NULL);
    record_free(before);
    return before != NULL;
}

void cookie_mail_send(struct cookie_letter **last, struct channel *to_writer, int kind,
                      const char *site, struct buf *record)
{
    struct buf *content = xmalloc(sizeof(*content));
    *content = *record;
    buf_init(record, BUF_UNBOUNDED);
    if (*last && put_in(*last, content))
        return;
    cookie_mail_end(last);
    struct cookie_letter *letter = xcalloc(1, sizeof(*letter));
    letter->message.kind = kind;
    letter->site = xstrdup(site);
    atomic_init(&letter->record, content);
    atomic_init(&letter->holders, 2);
    *last = letter;
    channel_push(to_writer, &letter->message);
}

void cookie_mail_end(struct cookie_letter **last)
{
    if (*last)
        let_go(*last);
    *last = NULL;
}

void cookie_mail_take(struct cookie_letter *letter, char **site, struct buf *record)
{
    struct buf *content = atomic_exchange(&letter->record, NULL);
    *site = xstrdup(letter->site);
    *record = *content;
    free(content);
    let_go(letter);
}
