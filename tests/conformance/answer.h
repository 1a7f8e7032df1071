/* SPDX-License-Identifier: MIT
 *
 * answer - what came of asking our code the question of one row.
 *
 * A row passes, fails, or is skipped for a reason that a rule of the driver gives. Why a row failed
 * is for the eye; why it was skipped is counted, so the text is the rule's name, the same for all
 * its rows. The text of a failure lives until the next one is made.
 */
#ifndef TESTS_CONFORMANCE_ANSWER_H
#define TESTS_CONFORMANCE_ANSWER_H

#include <stdbool.h>

#include "base/bytes.h"

enum answer_kind { ANSWER_PASSED, ANSWER_FAILED, ANSWER_SKIPPED };

struct answer {
    enum answer_kind kind;
    const char *why;
};

static inline struct answer answer_pass(void)
{
    return (struct answer){ ANSWER_PASSED, "" };
}

static inline struct answer answer_skip(const char *why)
{
    return (struct answer){ ANSWER_SKIPPED, why };
}

__attribute__((format(printf, 1, 2))) struct answer answer_fail(const char *format, ...);

/* Passed where it is true; fails without more words. */
struct answer answer_if(bool is_right);

/* Passed where both are the same bytes; a null pointer is no answer at all and equals only such. */
struct answer answer_same(struct bytes ours, struct bytes wanted);

#endif
