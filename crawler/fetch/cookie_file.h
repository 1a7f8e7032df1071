/* SPDX-License-Identifier: MIT
 *
 * cookie_file - cookies as a file, in the form that Netscape's browser began with and that wget,
 * curl and browsers' exporters write.
 *
 * A line is a cookie, in seven fields with tabs between: domain, whether hosts below it get it too
 * (TRUE or FALSE), path, whether it is for https only, when it ends (seconds since 1970; 0: with
 * the session), name, value. A dot before the domain means nothing. "#HttpOnly_" may stand before
 * it; any other line that begins with '#' is a comment.
 */
#ifndef CRAWLER_FETCH_COOKIE_FILE_H
#define CRAWLER_FETCH_COOKIE_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "crawler/fetch/cookies.h"

struct cookie_file_problem {
    size_t line;      /* From 1. */
    const char *what; /* What is wrong with it, as the end of a sentence. */
};

/* All or nothing: where a line cannot be read, the jar stays as it was. Cookies that are over by
 * now are left out; of two with one name, domain and path the later counts. */
bool cookie_file_read(struct cookies *jar, struct bytes text, int64_t now_ms,
                      struct cookie_file_problem *problem);

/* The jar's cookies that are not over; a session's have 0 for their end. */
void cookie_file_write(const struct cookies *jar, int64_t now_ms, struct buf *out);

#endif
