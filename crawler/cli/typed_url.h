/* SPDX-License-Identifier: MIT
 *
 * typed_url - URLs as people type them: the scheme may be missing where a host name can be seen,
 * and is https then.
 */
#ifndef CRAWLER_CLI_TYPED_URL_H
#define CRAWLER_CLI_TYPED_URL_H

#include "base/buf.h"
#include "base/url.h"
#include "crawler/cli/invocation.h"

/* As url_parse_link. */
enum url_error typed_url_parse(struct url *url, char *storage, size_t size, struct bytes text);

/* The URL that is meant, not parsed: with a scheme where the text has none and looks like a host.
 * Appends to out. */
void typed_url_meant(struct buf *out, struct bytes text);

/* Parses an argument and packs the canonical URL into a question; says what is wrong. */
enum status typed_url_pack(struct invocation *in, const char *text, struct buf *question);

/* The beginning of URLs, which need not be one. Appends to out. */
void typed_url_prefix(struct buf *out, struct bytes text);

#endif
