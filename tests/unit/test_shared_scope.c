/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <pthread.h>
#include <stdatomic.h>

#include "crawler/engine/shared_scope.h"

enum { ROUNDS = 300, THREADS = 3 };

static struct shared_scope shared;

/* A scope of one host. */
static struct scope *scope_of(const char *seed_text)
{
    static const struct scope_options options = { .span = SCOPE_SPAN_HOST, .max_depth = 10 };
    struct bytes seed = bytes_from_string(seed_text);
    char *error = NULL;
    struct scope *scope = scope_new(&options, NULL, 0, &seed, 1, &error);
    ck_assert_ptr_nonnull(scope);
    return scope;
}

static bool has(const struct scope_version *version, const char *text)
{
    struct url url;
    ck_assert(url_split(&url, bytes_from_string(text)));
    return scope_has(scope_version_scope(version), &url, 1, NULL);
}

START_TEST(what_is_held_stays_as_it_is)
{
    shared_scope_init(&shared, scope_of("http://a.example/"));
    struct scope_version *old = shared_scope_hold(&shared);
    shared_scope_replace(&shared, scope_of("http://b.example/"));
    struct scope_version *fresh = shared_scope_hold(&shared);
    ck_assert(has(old, "http://a.example/x"));
    ck_assert(!has(old, "http://b.example/x"));
    ck_assert(has(fresh, "http://b.example/x"));
    ck_assert(!has(fresh, "http://a.example/x"));
    shared_scope_let_go(&shared, fresh);
    ck_assert(has(old, "http://a.example/x"));
    shared_scope_let_go(&shared, old);
    shared_scope_clear(&shared);
    shared_scope_clear(&shared); /* Of one that was never made, nothing. */
}
END_TEST

START_TEST(one_version_has_many_users)
{
    shared_scope_init(&shared, scope_of("http://a.example/"));
    struct scope_version *versions[10];
    for (size_t i = 0; i < 10; i++)
        versions[i] = shared_scope_hold(&shared);
    shared_scope_replace(&shared, scope_of("http://b.example/"));
    for (size_t i = 0; i < 10; i++) {
        ck_assert_ptr_eq(versions[i], versions[0]);
        ck_assert(has(versions[i], "http://a.example/"));
        shared_scope_let_go(&shared, versions[i]);
    }
    shared_scope_clear(&shared);
}
END_TEST

static atomic_bool is_over;

static void *use_scope(void *argument)
{
    (void)argument;
    while (!atomic_load(&is_over)) {
        struct scope_version *version = shared_scope_hold(&shared);
        /* One or the other, never both or none. */
        ck_assert(has(version, "http://a.example/") != has(version, "http://b.example/"));
        shared_scope_let_go(&shared, version);
    }
    return NULL;
}

START_TEST(it_is_replaced_while_threads_use_it)
{
    pthread_t threads[THREADS];
    atomic_store(&is_over, false);
    shared_scope_init(&shared, scope_of("http://a.example/"));
    for (size_t i = 0; i < THREADS; i++)
        ck_assert_int_eq(pthread_create(&threads[i], NULL, use_scope, NULL), 0);
    for (int i = 0; i < ROUNDS; i++)
        shared_scope_replace(&shared, scope_of(i % 2 ? "http://a.example/" : "http://b.example/"));
    atomic_store(&is_over, true);
    for (size_t i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    shared_scope_clear(&shared);
}
END_TEST

/* A rule that takes too long for this URL, whatever else it says. */
static struct scope *slow_scope(void)
{
    static const struct scope_options options = { .span = SCOPE_SPAN_ANY, .max_depth = 10 };
    static const struct scope_rule rule = { .pattern = "(a+)+$", .file = "f", .line = 1 };
    char *error = NULL;
    struct scope *scope = scope_new(&options, &rule, 1, NULL, 0, &error);
    ck_assert_ptr_nonnull(scope);
    return scope;
}

START_TEST(hits_of_limits_are_counted_over_all_versions)
{
    static const char slow[] = "http://a.example/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!";
    shared_scope_init(&shared, slow_scope());
    struct scope_version *old = shared_scope_hold(&shared);
    ck_assert(has(old, slow));
    ck_assert_uint_eq(shared_scope_limit_hits(&shared), 1);
    ck_assert_uint_eq(shared_scope_limit_hits(&shared), 1);
    ck_assert(has(old, slow));
    shared_scope_replace(&shared, slow_scope());
    ck_assert_uint_eq(shared_scope_limit_hits(&shared), 1);
    ck_assert(has(old, slow));
    struct scope_version *fresh = shared_scope_hold(&shared);
    ck_assert(has(fresh, slow));
    ck_assert_uint_eq(shared_scope_limit_hits(&shared), 2);
    shared_scope_let_go(&shared, old);
    ck_assert_uint_eq(shared_scope_limit_hits(&shared), 4);
    shared_scope_let_go(&shared, fresh);
    shared_scope_clear(&shared);
}
END_TEST

SUITE_MAIN("shared_scope", what_is_held_stays_as_it_is, one_version_has_many_users,
           it_is_replaced_while_threads_use_it, hits_of_limits_are_counted_over_all_versions)
