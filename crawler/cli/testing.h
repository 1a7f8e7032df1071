/* SPDX-License-Identifier: MIT
 *
 * testing - what the kinds of `forage test` are and share: one thing put through the code that a
 * run uses, and each step of it said. Whatever comes of it is an answer, so it ends with 0.
 */
#ifndef CRAWLER_CLI_TESTING_H
#define CRAWLER_CLI_TESTING_H

#include "base/buf.h"
#include "base/url.h"
#include "crawler/cli/invocation.h"

/* The kinds, each in its own file test_<name>.c. Behind the kind, in->arguments[1] and on, are
 * URLs. */
enum status test_url(struct invocation *in);
enum status test_scope(struct invocation *in);
enum status test_robots(struct invocation *in);
enum status test_fetch(struct invocation *in);

/* The configuration of the crawl that is here or named, else what is built in; *directory is NULL
 * then. Says what is wrong, a named directory without a crawl too. */
enum status testing_load(struct invocation *in, struct config **config, const char **directory);

/* A URL as it was typed, canonical by the options of [urls]. Says what is wrong. */
enum status testing_read_url(struct invocation *in, const struct config *config, const char *text,
                             struct url *url, char storage[URL_BYTES_MAX + 1]);

/* Appends "name       value" and a line end. */
void testing_line(struct buf *out, const char *name, struct bytes value);

/* The report on a URL, in->arguments[index], with an empty line between two for people. */
enum status testing_print(struct invocation *in, size_t index, const struct buf *report);

#endif
