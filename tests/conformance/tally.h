/* SPDX-License-Identifier: MIT
 *
 * tally - the answers to one file of a suite, counted, and held against the reviewed list.
 *
 * The list has lines of an id and a reason: rows that we answer otherwise on purpose, where no rule
 * of a driver could say so. A listed row that does not fail is stale, and counts as failed, so that
 * the list stays true; one that is not in the data is fine. Empty lines and those that begin with
 * '#' mean nothing.
 */
#ifndef TESTS_CONFORMANCE_TALLY_H
#define TESTS_CONFORMANCE_TALLY_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "tests/conformance/answer.h"

#define TALLY_REASONS_MAX 256

struct tally_counts {
    size_t passed;
    size_t failed;
    size_t skipped;
};

struct tally {
    struct tally_counts counts;
    struct {
        char *text;
        size_t count;
    } reasons[TALLY_REASONS_MAX];
    size_t reason_count;
    struct bytes list; /* Borrowed. */
    bool shows_skipped;
};

void tally_init(struct tally *tally, struct bytes list, bool shows_skipped);
void tally_clear(struct tally *tally);

/* Prints what failed. */
void tally_add(struct tally *tally, struct bytes id, struct answer answer);

/* "name: 3 passed, 0 failed, 2 skipped (why: 1, why else: 1)". */
void tally_print(const struct tally *tally, const char *name);

/* Does every line of the list have an id, once, and a reason? Says which does not. */
bool tally_list_is_sound(struct bytes list);

#endif
