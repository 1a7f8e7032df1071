/* SPDX-License-Identifier: MIT
 *
 * reference - character references of HTML: "&amp;", "&#8212;", "&#x2014;", and "&copy" where its
 * semicolon is missing.
 */
#ifndef CRAWLER_PARSE_REFERENCE_H
#define CRAWLER_PARSE_REFERENCE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Two code points at the most. */
#define REFERENCE_BYTES_MOST 8

/* source begins with '&'. How many bytes the reference takes, and its characters in text
 * (REFERENCE_BYTES_MOST large) and *length; 0 where it is none and '&' stands for itself. In
 * attributes a name without its semicolon is none where a letter, a digit or '=' follows:
 * "?a=1&copy=2". */
size_t reference_read(struct bytes source, bool is_in_attribute, char *text, size_t *length);

#endif
