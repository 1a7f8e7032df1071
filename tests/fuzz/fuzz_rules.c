/* SPDX-License-Identifier: MIT
 *
 * The first line is a path and query, each that follows a rule: its first byte an even number for
 * Allow, the rest its path. What the index finds is what trying every rule finds.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/memory.h"
#include "robots/pattern.h"
#include "robots/rules.h"

enum { RULES_MOST = 200, BYTES_MOST = 4096 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

struct best {
    uint32_t octets;
    bool is_allow;
    bool is_found;
};

static void try_rule(struct best *best, const struct rule_line *line, struct bytes path)
{
    static char text[PATTERN_NORMAL_BYTES(BYTES_MOST)];
    struct pattern pattern = pattern_write(text, 0, line->path);
    uint32_t octets = pattern_octets(&pattern);
    if (!bytes_start_with(path, pattern_head(&pattern, text)) ||
        !pattern_matches(&pattern, text, path))
        return;
    if (best->is_found && (octets < best->octets || (octets == best->octets && best->is_allow)))
        return;
    *best = (struct best){ octets, line->is_allow, true };
}

static struct best try_all(const struct rule_line *lines, size_t count, struct bytes path_query)
{
    static char text[PATTERN_NORMAL_BYTES(BYTES_MOST)];
    struct best best = { .is_found = false };
    struct bytes path = path_write(text, path_query);
    for (size_t i = 0; i < count; i++)
        try_rule(&best, &lines[i], path);
    if (path_bare_query(&path, text))
        for (size_t i = 0; i < count; i++)
            try_rule(&best, &lines[i], path);
    return best;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct rule_line lines[RULES_MOST];
    struct rule_line found = { .line = 0 };
    struct bytes rest = bytes_slice(bytes_of(data, size), 0, BYTES_MOST);
    struct bytes path = { 0 };
    struct bytes line;
    size_t count = 0;
    bytes_split(&rest, '\n', &path);
    while (count < RULES_MOST && bytes_split(&rest, '\n', &line)) {
        struct bytes value = bytes_slice(line, 1, line.length);
        if (value.length > 0 && (value.data[0] == '/' || value.data[0] == '*')) {
            lines[count] = (struct rule_line){ value, (uint32_t)count + 1, line.data[0] % 2 == 0 };
            count++;
        }
    }
    struct rules *rules = rules_new(lines, count);
    struct best best = try_all(lines, count, path);
    bool is_found = rules_find(rules, path, &found);
    assert(is_found == best.is_found);
    assert(!is_found || found.is_allow == best.is_allow);
    assert(!is_found || bytes_equal(found.path, lines[found.line - 1].path));
    rules_free(rules);
    return 0;
}
