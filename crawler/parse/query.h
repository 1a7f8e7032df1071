/* SPDX-License-Identifier: MIT
 *
 * query - the query of a link, in the charset of the page that holds it.
 *
 * URL Standard, 4.1: all of a URL is percent-encoded as UTF-8 but for the query, which is in the
 * document's charset: servers of old pages expect that of their visitors.
 */
#ifndef CRAWLER_PARSE_QUERY_H
#define CRAWLER_PARSE_QUERY_H

#include "base/arena.h"
#include "base/bytes.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/decoder.h"

/* The link itself where nothing has to change, else a copy in the arena. */
struct bytes query_in_charset(struct decoder *decoder, const struct charset *charset,
                              struct bytes link, struct arena *arena);

#endif
