/* SPDX-License-Identifier: MIT
 *
 * robots_copy - the robots.txt of an origin, from the crawl's copy, a file or the origin, and what
 * it says to a URL.
 */
#ifndef CRAWLER_CLI_ROBOTS_COPY_H
#define CRAWLER_CLI_ROBOTS_COPY_H

#include "crawler/cli/asked.h"
#include "crawler/engine/inquiry_robots.h"
#include "robots/policy.h"
#include "robots/robots.h"

/* What is known of one origin; a file is every origin's. */
struct robots_copy {
    struct robots_copy *next;
    char *origin;
    enum robots_source { ROBOTS_FROM_FILE, ROBOTS_FROM_CRAWL, ROBOTS_FROM_ORIGIN } source;
    struct buf bytes;
    struct origin_record record; /* Its bytes are in `bytes`. */
    char detail[INQUIRY_DETAIL_BYTES];
};

/* Those of one command. */
struct robots_copies {
    struct asked *asked;
    const char *file; /* NULL: none. "-" is standard input. */
    struct robots_copy *first;
};

void robots_copies_clear(struct robots_copies *copies);

/* The copy of the URL's origin, asked for where it is not at hand; borrowed. Says what is wrong. */
enum status robots_copies_find(struct robots_copies *copies, const struct url *url,
                               const struct robots_copy **found);

/* What it says to a URL. */
struct robots_ruling {
    const struct robots_copy *copy;
    const struct url *url;
    struct robots *robots; /* NULL where no rules count. */
    struct robots_decision why;
    bool is_allowed;
};

/* For the robot of that name, as a run would have it just after the last look; a copy that is older
 * is looked for again first. */
void robots_rule(struct robots_ruling *ruling, const struct robots_copy *copy,
                 const struct url *url, struct bytes token, int64_t now_ms);
void robots_ruling_clear(struct robots_ruling *ruling);

/* Appends "allowed by line 3: Allow: /a", or the like. */
void robots_ruling_print(const struct robots_ruling *ruling, struct buf *out);

#endif
