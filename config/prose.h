/* SPDX-License-Identifier: MIT
 *
 * prose - sentences laid out for people: wrapped lines of text, and text lines of a manual page.
 */
#ifndef CONFIG_PROSE_H
#define CONFIG_PROSE_H

#include "base/buf.h"

/* Lines of at most width columns, each behind start; ends with a line feed. */
void prose_wrap(struct buf *out, const char *start, size_t width, const char *text);

/* Text lines of mdoc(7): a new line for each sentence, escaped, none longer than 80 bytes. */
void prose_mdoc(struct buf *out, const char *text);

/* One word or phrase for a place inside a macro line: escaped and quoted. */
void prose_mdoc_word(struct buf *out, const char *word);

#endif
