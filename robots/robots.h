/* SPDX-License-Identifier: MIT
 *
 * robots - what one robots.txt says to one robot (RFC 9309).
 *
 * Parsing keeps the merged group of our product token (or of "*"), each rule with its line;
 * matching is apart, linear in hostile patterns, and thread-safe: a struct robots never changes
 * after robots_new.
 */
#ifndef ROBOTS_ROBOTS_H
#define ROBOTS_ROBOTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* RFC 9309, 2.5: at least 500 kibibytes are read; what is behind is cut at a line. */
#define ROBOTS_BYTES_MAX (500 * 1024)

struct robots;

struct robots_decision {
    bool is_allowed;
    uint32_t line;        /* Of the rule that decided, from 1; 0: no rule matched. */
    struct bytes pattern; /* As written; borrowed from the struct robots. */
    struct bytes agent;   /* The group that applied: our token, "*", or empty where none did. */
};

/* product_token: "ExampleBot" of "ExampleBot/1.0 (+https://...)". Never fails: any bytes are a
 * robots.txt. */
struct robots *robots_new(struct bytes text, struct bytes product_token);
void robots_free(struct robots *robots);

/* path_query as url_path_query() gives it. "/robots.txt" is always allowed. why may be NULL. */
bool robots_allows(const struct robots *robots, struct bytes path_query,
                   struct robots_decision *why);

/* The group's Crawl-delay in milliseconds, at most 1 day; -1 where it has none. */
int64_t robots_crawl_delay_ms(const struct robots *robots);

/* Sitemap lines of the whole file, as written. */
size_t robots_sitemap_count(const struct robots *robots);
struct bytes robots_sitemap(const struct robots *robots, size_t index);

/* Memory held, for the cache's bound. */
size_t robots_memory_bytes(const struct robots *robots);

/* The product token of a User-Agent value: the part before '/', space or '('. Borrowed from it. */
struct bytes robots_product_token(struct bytes user_agent);

/* The lines that end within ROBOTS_BYTES_MAX, which are all that robots_new() looks at: half a rule
 * could forbid a whole site. */
struct bytes robots_text_cut(struct bytes text);

#endif
