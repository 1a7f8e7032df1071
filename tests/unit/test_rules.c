/* SPDX-License-Identifier: MIT
 *
 * The rules of a group against a plain reading of RFC 9309, 2.2.2 and 2.2.3: every rule is tried, a
 * star with every length.
 */
#include "suite.h"

#include <stdio.h>

#include "base/buf.h"
#include "base/memory.h"
#include "robots/rules.h"

enum { RULES_MOST = 60, PATH_BYTES_MOST = 24, SEEDS = 400, PATHS_OF_SEED = 60 };

struct random {
    uint64_t state;
};

static uint64_t below(struct random *random, uint64_t limit)
{
    random->state ^= random->state << 13;
    random->state ^= random->state >> 7;
    random->state ^= random->state << 17;
    return random->state % limit;
}

/* Some bytes of a few that are their own normal form, so that much of it matches much. */
static void write_random(struct random *random, char *out, size_t most, const char *alphabet)
{
    size_t length = 1 + below(random, most);
    size_t letters = strlen(alphabet);
    out[0] = '/';
    for (size_t i = 1; i < length; i++)
        out[i] = alphabet[below(random, letters)];
    out[length] = '\0';
}

/* ---- The plain reading */

static bool plain_matches(const char *pattern, const char *path)
{
    if (*pattern == '\0')
        return true;
    if (*pattern == '$' && pattern[1] == '\0')
        return *path == '\0';
    if (*pattern == '*')
        return plain_matches(pattern + 1, path) || (*path && plain_matches(pattern, path + 1));
    return *path == *pattern && plain_matches(pattern + 1, path + 1);
}

/* The most octets, and then Allow. */
static bool plain_find(const struct rule_line *rules, size_t count, const char *path,
                       size_t *octets, bool *is_allow)
{
    bool is_found = false;
    for (size_t i = 0; i < count; i++) {
        size_t length = rules[i].path.length;
        if (!plain_matches(rules[i].path.data, path) || (is_found && length < *octets))
            continue;
        *is_allow = rules[i].is_allow || (is_found && length == *octets && *is_allow);
        *octets = length;
        is_found = true;
    }
    return is_found;
}

/* ---- */

static void check_path(const struct rules *rules, const struct rule_line *lines, size_t count,
                       const char *path, uint64_t seed)
{
    size_t octets = 0;
    bool is_allow = false;
    struct rule_line found = { .line = 0 };
    bool is_there = plain_find(lines, count, path, &octets, &is_allow);
    ck_assert_msg(rules_find(rules, bytes_from_string(path), &found) == is_there,
                  "seed %llu, %s: found %u", (unsigned long long)seed, path, found.line);
    if (!is_there)
        return;
    ck_assert_msg(found.path.length == octets && found.is_allow == is_allow, "seed %llu, %s: %.*s",
                  (unsigned long long)seed, path, (int)found.path.length, found.path.data);
    /* It is the line that it says. */
    ck_assert(bytes_equal(lines[found.line - 1].path, found.path));
    ck_assert(plain_matches(lines[found.line - 1].path.data, path));
}

/* letters: what patterns and paths are made of; a long list makes rules differ, a short one alike.
 */
static void check_seed(uint64_t seed, const char *letters)
{
    struct random random = { seed * UINT64_C(0x9e3779b97f4a7c15) + 1 };
    static char texts[RULES_MOST][PATH_BYTES_MOST + 1];
    struct rule_line lines[RULES_MOST];
    char alphabet[64];
    size_t count = below(&random, RULES_MOST);
    snprintf(alphabet, sizeof(alphabet), "%s***$", letters);
    for (size_t i = 0; i < count; i++) {
        write_random(&random, texts[i], PATH_BYTES_MOST / 2, alphabet);
        /* Inside a pattern the sign is a sign, which a path has encoded. */
        for (char *c = texts[i]; *c; c++)
            if (*c == '$' && c[1])
                *c = '/';
        lines[i] = (struct rule_line){ bytes_from_string(texts[i]), (uint32_t)i + 1,
                                       below(&random, 2) != 0 };
    }
    struct rules *rules = rules_new(lines, count);
    for (int i = 0; i < PATHS_OF_SEED; i++) {
        char path[PATH_BYTES_MOST + 1];
        write_random(&random, path, PATH_BYTES_MOST, letters);
        check_path(rules, lines, count, path, seed);
    }
    rules_free(rules);
}

START_TEST(the_rule_that_decides_is_the_one_of_a_plain_reading)
{
    for (uint64_t seed = 0; seed < SEEDS; seed++) {
        check_seed(seed, "/a");
        check_seed(seed, "/ab.");
        check_seed(seed, "/abcdefghijklm-_");
    }
}
END_TEST

START_TEST(no_rules_decide_nothing)
{
    struct rule_line found;
    struct rules *rules = rules_new(NULL, 0);
    ck_assert(!rules_find(rules, BYTES("/"), &found));
    ck_assert(!rules_find(rules, (struct bytes){ 0 }, &found));
    rules_free(rules);
}
END_TEST

START_TEST(a_path_that_is_longer_than_usual_is_matched_whole)
{
    char path[4096];
    struct rule_line found;
    const struct rule_line lines[] = { { BYTES("/x*end$"), 1, false }, { BYTES("/"), 2, true } };
    struct rules *rules = rules_new(lines, 2);
    memset(path, 'x', sizeof(path));
    path[0] = '/';
    ck_assert(rules_find(rules, bytes_of(path, sizeof(path)), &found));
    ck_assert_uint_eq(found.line, 2);
    memcpy(path + sizeof(path) - 3, "end", 3);
    ck_assert(rules_find(rules, bytes_of(path, sizeof(path)), &found));
    ck_assert_uint_eq(found.line, 1);
    rules_free(rules);
}
END_TEST

START_TEST(rules_said_twice_are_kept_once_with_the_first_line)
{
    struct rule_line lines[100];
    struct rule_line found;
    for (uint32_t i = 0; i < 100; i++)
        lines[i] = (struct rule_line){ i % 2 ? BYTES("/a%7e") : BYTES("/a~"), 100 - i, false };
    struct rules *rules = rules_new(lines, 100);
    ck_assert(rules_find(rules, BYTES("/a~b"), &found));
    ck_assert_uint_eq(found.line, 1);
    ck_assert_uint_lt(rules_memory_bytes(rules), 1024);
    rules_free(rules);
}
END_TEST

/* Every head begins with the one before, and every path with many: a chain as long as can be. */
START_TEST(heads_within_heads_are_all_looked_at)
{
    enum { HEADS = 700 };
    static char text[HEADS + 2];
    static struct rule_line lines[HEADS];
    struct rule_line found;
    memset(text, 'a', HEADS + 1);
    text[0] = '/';
    for (uint32_t i = 0; i < HEADS; i++)
        lines[i] = (struct rule_line){ bytes_of(text, i + 1), i + 1, false };
    /* All but the first are not what the path has. */
    for (uint32_t i = 1; i < HEADS; i++)
        lines[i].path = bytes_of(xstrdup(text), i + 2);
    for (uint32_t i = 1; i < HEADS; i++)
        ((char *)lines[i].path.data)[i + 1] = '*';
    struct rules *rules = rules_new(lines, HEADS);
    for (uint32_t i = 0; i < HEADS; i++) {
        ck_assert(rules_find(rules, bytes_of(text, i + 1), &found));
        ck_assert_uint_eq(found.line, i + 1);
    }
    rules_free(rules);
    for (uint32_t i = 1; i < HEADS; i++)
        free((char *)lines[i].path.data);
}
END_TEST

SUITE_MAIN("rules", the_rule_that_decides_is_the_one_of_a_plain_reading, no_rules_decide_nothing,
           a_path_that_is_longer_than_usual_is_matched_whole,
           rules_said_twice_are_kept_once_with_the_first_line, heads_within_heads_are_all_looked_at)
