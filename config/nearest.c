/* SPDX-License-Identifier: MIT
 *
 * nearest - which known name was meant: the least edit distance, counting a swap of two neighbours
 * as one step (optimal string alignment), letters without case.
 */
#include "config/config.h"

/* Names of ours are far shorter; what is longer was not a slip of the finger. */
enum { NAME_BYTES_MOST = 40 };

/* So many letters that begin a name are as good as one wrong letter. */
enum { BEGINNING_BYTES_LEAST = 3 };

static size_t least_of(size_t a, size_t b)
{
    return a < b ? a : b;
}

static size_t edit_distance(struct bytes a, struct bytes b)
{
    /* Three rows of the usual table: the one being filled and the two before it, which a swap looks
     * back to. */
    size_t rows[3][NAME_BYTES_MOST + 1];
    for (size_t j = 0; j <= b.length; j++)
        rows[0][j] = j;
    for (size_t i = 1; i <= a.length; i++) {
        size_t *row = rows[i % 3];
        const size_t *above = rows[(i + 2) % 3];
        const size_t *above_that = rows[(i + 1) % 3];
        char from = ascii_lower(a.data[i - 1]);
        row[0] = i;
        for (size_t j = 1; j <= b.length; j++) {
            char to = ascii_lower(b.data[j - 1]);
            row[j] = least_of(least_of(above[j], row[j - 1]) + 1, above[j - 1] + (from != to));
            bool is_swap = i > 1 && j > 1 && from == ascii_lower(b.data[j - 2]) &&
                           to == ascii_lower(a.data[i - 2]);
            if (is_swap)
                row[j] = least_of(row[j], above_that[j - 2] + 1);
        }
    }
    return rows[a.length % 3][b.length];
}

const char *nearest_name(const char *typed, const char *const *names, size_t count)
{
    struct bytes wanted = bytes_from_string(typed);
    const char *nearest = NULL;
    /* A third of the letters may be wrong: beyond that a suggestion is a guess. */
    size_t most = wanted.length / 3 + (wanted.length > 1);
    if (wanted.length == 0 || wanted.length > NAME_BYTES_MOST)
        return NULL;
    for (size_t i = 0; i < count; i++) {
        struct bytes name = bytes_from_string(names[i]);
        if (name.length > NAME_BYTES_MOST)
            continue;
        bool is_beginning =
            wanted.length >= BEGINNING_BYTES_LEAST && bytes_start_with_nocase(name, wanted);
        size_t distance = is_beginning ? name.length > wanted.length : edit_distance(wanted, name);
        if (distance <= most && distance < name.length) {
            nearest = names[i];
            if (distance == 0)
                break;
            most = distance - 1;
        }
    }
    return nearest;
}
