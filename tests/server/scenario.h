/* SPDX-License-Identifier: MIT
 *
 * scenario - a site as a readable file says it is: hosts, pages, answers and names.
 *
 *     host a.test                 pages below are this host's; before the first: any host's
 *     page /old*                  a path; with a star, all that begin so, robots.txt apart
 *         status 503 Busy         the words of an answer are in one table, scenario.c
 *         header Retry-After: 2
 *         times 2                 so many requests get this one
 *       then                      those that follow get the next
 *         body <p>Now it works.
 *       if Cookie: id=1           requests whose field holds that text, count apart: theirs
 *         body <p>Hello.
 *     dns gone.test nxdomain      all other names under .test are 127.0.0.1
 *     dns moves.test 127.0.0.2 then 127.0.0.3 ::1
 *     dns * 127.0.0.1             what no line behind it names
 *     listen 127.0.0.2            beside 127.0.0.1, on the same port
 *
 * What a page does not say is a plain 200. A path that no page has is a 404. `#` begins a comment
 * line.
 */
#ifndef TESTS_SERVER_SCENARIO_H
#define TESTS_SERVER_SCENARIO_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"
#include "tests/server/answer.h"

struct scenario;

/* All waits are `slow` times as long. Ends the program with a message where the file cannot be
 * understood. */
struct scenario *scenario_load(const char *path, double slow);
void scenario_free(struct scenario *scenario);

/* The answer to this request, which counts from then on; *count is the how-maniest of its page. */
const struct answer *scenario_answer(struct scenario *scenario, const struct request *request,
                                     uint64_t *count);

/* What `dns` says of a name, NULL where nothing. The query counts: behind "then" stands what it
 * says once its IPv4 addresses were asked for. */
const char *scenario_name(struct scenario *scenario, struct bytes name, bool is_for_ipv4);

/* The number-th address of `listen`, NULL behind the last. */
const char *scenario_address(const struct scenario *scenario, size_t number);

#endif
