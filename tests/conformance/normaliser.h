/* SPDX-License-Identifier: MIT
 *
 * normaliser - another program that brings URLs into a normal form, and how its answer is held
 * against ours.
 *
 * Ours must be the same under those of our options that the other one has too. Else the difference
 * must be what the fewest of its own rules make of ours; the row is then skipped, with their words.
 */
#ifndef TESTS_CONFORMANCE_NORMALISER_H
#define TESTS_CONFORMANCE_NORMALISER_H

#include "base/url_rules.h"
#include "tests/conformance/answer.h"
#include "tests/conformance/row.h"
#include "tests/conformance/their_rules.h"

#define NORMALISER_RULE(name) (UINT32_C(1) << THEIR_##name)

struct normaliser {
    struct url_rules ours; /* What it does as well. */
    uint32_t rules;        /* NORMALISER_RULE bits: what it does beyond that. */
    bool guesses_scheme;   /* "example.org" is "http://example.org". */
    bool keeps_fragment;   /* We never do, so it is taken off. */
    bool knows_sessions;   /* By other forms than ours: it may keep what we drop. */
    bool keeps_our_scheme; /* What it gives has no scheme of its own. */
};

/* wanted: its answer for the input; a null pointer where it refuses it. */
struct answer normaliser_judge(const struct normaliser *normaliser, const struct row *row,
                               struct bytes input, struct bytes wanted);

#endif
