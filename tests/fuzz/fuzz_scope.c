/* SPDX-License-Identifier: MIT
 *
 * A rule and a URL, both of them any bytes: three lines of span (a letter), host section and
 * pattern, the rest is the URL.
 *
 * Whatever they are, the scope answers, and the same twice; limits and hidden rules are looked at
 * as well.
 */
#include <assert.h>
#include <stdint.h>

#include "base/memory.h"
#include "frontier/scope.h"

enum { PATTERN_MOST = 512 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *next_line(struct bytes *rest)
{
    struct bytes line = { 0 };
    bytes_split(rest, '\n', &line);
    return xbytesdup(bytes_slice(line, 0, PATTERN_MOST));
}

static void find_matching(void *owner, const struct scope_rule *rule, enum scope_verdict verdict)
{
    const struct scope_rule **found = owner;
    if (verdict != SCOPE_VERDICT_MATCHES)
        return;
    assert(!*found);
    *found = rule;
}

static void ask(const struct scope *scope, const struct url *url)
{
    struct scope_answer first;
    struct scope_answer second;
    const struct scope_rule *matching = NULL;
    bool is_in = scope_has(scope, url, 1, &first);
    assert(scope_has(scope, url, 1, &second) == is_in);
    assert(first.reason == second.reason && first.rule == second.rule);
    assert((first.reason == SCOPE_IN_RULE || first.reason == SCOPE_OUT_RULE) ==
           (first.rule != NULL));
    assert(scope_reason_text(first.reason));
    scope_try_rules(scope, url, 1, find_matching, &matching);
    assert(matching == first.rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char storage[URL_BYTES_MAX];
    struct bytes rest = bytes_of(data, size);
    char *letter = next_line(&rest);
    char *host = next_line(&rest);
    char *pattern = next_line(&rest);
    /* Each limit as low as it gets, or off, and the other way round for some hosts. */
    const struct scope_limits low = { 20, 64, 3, 2, 8, 3, 2, 1, true };
    const struct scope_limits off = { 0 };
    const struct scope_section sections[] = {
        { "*.example.org", 2, letter[0] & 8 ? low : off },
        { "www.example.org", 4, low },
    };
    const struct scope_options options = { .span = (enum scope_span)(letter[0] & 3),
                                           .max_depth = 3,
                                           .max_url_bytes = letter[0] & 4 ? 0 : 2048,
                                           .limits = letter[0] & 8 ? off : low,
                                           .sections = sections,
                                           .section_count = letter[0] & 16 ? 0 : 2 };
    const struct scope_rule rules[] = {
        { true, pattern, host[0] ? host : NULL, "fuzz", 1 },
        { false, "\\.(?:jpe?g|png)$", NULL, "fuzz", 2 },
        { false, pattern, NULL, "fuzz", 3 },
    };
    struct url url;
    bool is_url = !url_parse_link(&url, storage, sizeof(storage), rest, NULL);
    const struct bytes seeds[] = { BYTES("https://www.example.org/docs/index.html"), rest,
                                   url_bytes(&url) };
    char *error = NULL;
    struct scope *scope =
        scope_new(&options, rules, 3, seeds, is_url && letter[0] & 32 ? 3 : 1, &error);
    assert(!scope == (error != NULL));
    if (scope && is_url)
        ask(scope, &url);
    if (scope) {
        size_t hidden[3];
        size_t by[3];
        assert(scope_find_hidden(scope, hidden, by, 3) <= 2);
    }
    scope_free(scope);
    free(error);
    free(letter);
    free(host);
    free(pattern);
    return 0;
}
