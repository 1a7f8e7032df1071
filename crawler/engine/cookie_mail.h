/* SPDX-License-Identifier: MIT
 *
 * cookie_mail - the cookies of one site on their way from its fetch thread to the writer.
 *
 * A site has one letter under way at most: while the writer has not taken it, its content is
 * replaced, so that the last state arrives, and what is under way is never more than what all jars
 * hold, however slow the writer is. A letter keeps its place in the channel: it is in front of the
 * visit for whose cookies it was sent, and a later content holds those too.
 */
#ifndef CRAWLER_ENGINE_COOKIE_MAIL_H
#define CRAWLER_ENGINE_COOKIE_MAIL_H

#include "base/buf.h"
#include "crawler/engine/channel.h"

struct cookie_letter; /* Its first member is a struct message. */

/* What the site's record is from now on (crawler/fetch/cookies.h; empty: none is left); takes the
 * record. *last is the letter that this fetch thread sent before of the site (NULL: none), and is
 * the one under way afterwards. */
void cookie_mail_send(struct cookie_letter **last, struct channel *to_writer, int kind,
                      const char *site, struct buf *record);
/* The fetch thread has no more to say of the site. */
void cookie_mail_end(struct cookie_letter **last);

/* The writer's side: once of each letter, which is gone then. Makes *record; *site is the caller's
 * to free. */
void cookie_mail_take(struct cookie_letter *letter, char **site, struct buf *record);

#endif
