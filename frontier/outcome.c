/* SPDX-License-Identifier: MIT */
#include "frontier/outcome.h"

#include <assert.h>

static const char *const outcome_words[] = {
#define ROW(name, word) word,
    OUTCOME_TABLE(ROW)
#undef ROW
};

static const char *const state_words[] = {
#define ROW(name, word) word,
    URL_STATE_TABLE(ROW)
#undef ROW
};

const char *outcome_word(enum outcome outcome)
{
    assert(outcome < OUTCOME_COUNT);
    return outcome_words[outcome];
}

const char *url_state_word(enum url_state state)
{
    assert(state < URL_STATE_COUNT);
    return state_words[state];
}

bool outcome_is_failure(enum outcome outcome)
{
    return outcome >= OUTCOME_FAILED_DNS && outcome <= OUTCOME_TRUNCATED;
}
