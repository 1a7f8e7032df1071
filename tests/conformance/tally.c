/* SPDX-License-Identifier: MIT */
#include "tests/conformance/tally.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"

static const char on_purpose[] = "on the list";

void tally_init(struct tally *tally, struct bytes list, bool shows_skipped)
{
    *tally = (struct tally){ .list = list, .shows_skipped = shows_skipped };
}

void tally_clear(struct tally *tally)
{
    for (size_t i = 0; i < tally->reason_count; i++)
        free(tally->reasons[i].text);
}

/* ---- The list */

/* The next line that says something: its id and its reason. */
static bool next_entry(struct bytes *rest, struct bytes *id, struct bytes *reason)
{
    struct bytes line;
    while (bytes_split(rest, '\n', &line)) {
        line = bytes_trim(line);
        size_t space = bytes_find(line, ' ');
        *id = bytes_slice(line, 0, space);
        *reason = bytes_trim(bytes_slice(line, space, line.length));
        if (line.length > 0 && line.data[0] != '#')
            return true;
    }
    return false;
}

static size_t count_entries(struct bytes list, struct bytes wanted)
{
    struct bytes id, reason;
    size_t count = 0;
    while (next_entry(&list, &id, &reason))
        count += bytes_equal(id, wanted);
    return count;
}

bool tally_list_is_sound(struct bytes list)
{
    struct bytes rest = list;
    struct bytes id, reason;
    bool is_sound = true;
    while (next_entry(&rest, &id, &reason)) {
        bool is_right = reason.length > 0 && count_entries(list, id) == 1;
        if (!is_right)
            printf("the list: %.*s has no reason, or is there twice\n", (int)id.length, id.data);
        is_sound &= is_right;
    }
    return is_sound;
}

/* ---- Counting */

static void count_reason(struct tally *tally, const char *text)
{
    size_t i = 0;
    while (i < tally->reason_count && strcmp(tally->reasons[i].text, text) != 0)
        i++;
    assert(i < TALLY_REASONS_MAX);
    if (i == tally->reason_count)
        tally->reasons[tally->reason_count++].text = xstrdup(text);
    tally->reasons[i].count++;
}

static struct answer hold_against_list(const struct tally *tally, struct bytes id,
                                       struct answer answer)
{
    if (count_entries(tally->list, id) == 0)
        return answer;
    return answer.kind == ANSWER_FAILED ? answer_skip(on_purpose)
                                        : answer_fail("stale: it is on the list, and need not be");
}

void tally_add(struct tally *tally, struct bytes id, struct answer answer)
{
    answer = hold_against_list(tally, id, answer);
    switch (answer.kind) {
    case ANSWER_PASSED:
        tally->counts.passed++;
        break;
    case ANSWER_FAILED:
        tally->counts.failed++;
        printf("    failed: %.*s: %s\n", (int)id.length, id.data, answer.why);
        break;
    case ANSWER_SKIPPED:
        tally->counts.skipped++;
        count_reason(tally, answer.why);
        if (tally->shows_skipped)
            printf("    skipped: %.*s: %s\n", (int)id.length, id.data, answer.why);
        break;
    }
}

void tally_print(const struct tally *tally, const char *name)
{
    const struct tally_counts *counts = &tally->counts;
    printf("%s: %zu passed, %zu failed, %zu skipped", name, counts->passed, counts->failed,
           counts->skipped);
    for (size_t i = 0; i < tally->reason_count; i++)
        printf("%s%s: %zu", i == 0 ? " (" : ", ", tally->reasons[i].text, tally->reasons[i].count);
    printf("%s\n", tally->reason_count > 0 ? ")" : "");
}
