/* SPDX-License-Identifier: MIT
 *
 * body_text - the text of a stored page: from its record, or read from its body as the crawl did.
 */
#ifndef CRAWLER_CLI_BODY_TEXT_H
#define CRAWLER_CLI_BODY_TEXT_H

#include "base/buf.h"
#include "base/bytes.h"
#include "config/config.h"
#include "store/page.h"

struct body_text; /* One for each thread. */

/* settings are borrowed. */
struct body_text *body_text_new(const struct settings *settings);
void body_text_free(struct body_text *reader);

/* The body, decoded as far as it was kept; false where it is damaged. Valid until the next call. */
bool body_decode(struct body_text *reader, const struct page *page, struct bytes body,
                 struct bytes *decoded);

/* The text; false where the body is damaged. Valid until the next call. */
bool body_text_of(struct body_text *reader, const struct page *page, struct bytes body,
                  struct bytes *text);

#endif
