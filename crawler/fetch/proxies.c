/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/proxies.h"

#include <assert.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/memory.h"

enum state { READY, RESTING, TRIED };

struct member {
    struct proxy proxy;
    enum state state;
    unsigned failures; /* In a row. */
    int64_t until_ms;  /* Of its rest. */
    uint64_t failed;   /* The URL that it rests of. */
    unsigned silences; /* Of several origins, in a row, ... */
    uint64_t silent;   /* ... the last of them. */
};

struct proxies {
    struct member *members;
    size_t count;
    size_t turn;
};

struct proxies *proxies_new(void)
{
    return xcalloc(1, sizeof(struct proxies));
}

void proxies_free(struct proxies *proxies)
{
    for (size_t i = 0; proxies && i < proxies->count; i++)
        proxy_clear(&proxies->members[i].proxy);
    if (proxies)
        free(proxies->members);
    free(proxies);
}

void proxies_add(struct proxies *proxies, const struct proxy *proxy)
{
    proxies->members =
        xreallocarray(proxies->members, proxies->count + 1, sizeof(*proxies->members));
    proxies->members[proxies->count++] = (struct member){ .proxy = *proxy };
}

size_t proxies_count(const struct proxies *proxies)
{
    return proxies->count;
}

const struct proxy *proxies_at(const struct proxies *proxies, size_t index)
{
    assert(index < proxies->count);
    return &proxies->members[index].proxy;
}

/* When its rest is over for this. */
static int64_t until_ms(const struct member *member, const struct proxied *what)
{
    bool is_cause = what->url != 0 && what->url == member->failed;
    return member->until_ms + (is_cause ? PROXY_GRACE_MS : 0);
}

static bool may_be_taken(const struct member *member, const struct proxied *what, int64_t now_ms)
{
    return member->state == READY || (member->state == RESTING && now_ms >= until_ms(member, what));
}

bool proxies_next(const struct proxies *proxies, const struct proxied *what, int64_t now_ms,
                  size_t *index)
{
    for (size_t i = 0; i < proxies->count; i++) {
        size_t candidate = (proxies->turn + i) % proxies->count;
        if (!may_be_taken(&proxies->members[candidate], what, now_ms))
            continue;
        *index = candidate;
        return true;
    }
    return false;
}

bool proxies_pass_over(const struct proxies *proxies, const struct proxied *what, int64_t now_ms)
{
    static const struct proxied anything = { 0, 0 };
    size_t index;
    return !proxies_next(proxies, what, now_ms, &index) &&
           proxies_next(proxies, &anything, now_ms, &index);
}

void proxies_take(struct proxies *proxies, size_t index)
{
    assert(index < proxies->count);
    struct member *member = &proxies->members[index];
    if (member->state == RESTING)
        member->state = TRIED;
    proxies->turn = index + 1;
}

static int64_t rest_ms(unsigned failures)
{
    int64_t rest = PROXY_REST_FIRST_MS;
    while (--failures > 0 && rest < PROXY_REST_MOST_MS)
        rest *= 2;
    return rest < PROXY_REST_MOST_MS ? rest : PROXY_REST_MOST_MS;
}

static void work(struct member *member)
{
    member->state = READY;
    member->failures = 0;
    member->silences = 0;
}

static void fail(struct member *member, const struct proxied *what, int64_t now_ms)
{
    if (member->state == RESTING)
        return;
    member->failed = what->url;
    member->state = RESTING;
    member->until_ms = now_ms + rest_ms(++member->failures);
    member->silences = 0;
}

static void fall_silent(struct member *member, const struct proxied *what, int64_t now_ms)
{
    if (member->silences == 0 || member->silent != what->origin)
        member->silences++;
    member->silent = what->origin;
    if (member->state == TRIED || member->silences >= PROXY_SILENCES_MOST)
        fail(member, what, now_ms);
}

bool proxies_note(struct proxies *proxies, size_t index, enum proxy_fate fate,
                  const struct proxied *what, int64_t now_ms)
{
    assert(index < proxies->count);
    struct member *member = &proxies->members[index];
    bool had_worked = member->state == READY;
    switch (fate) {
    case PROXY_UNUSED:
        if (member->state == TRIED)
            member->state = RESTING;
        return false;
    case PROXY_WORKED:
    case PROXY_REFUSED:
        work(member);
        return false;
    case PROXY_SILENT:
        fall_silent(member, what, now_ms);
        return false;
    case PROXY_FAILED:
        fail(member, what, now_ms);
        return had_worked;
    }
    return false;
}

int64_t proxies_wait_ms(const struct proxies *proxies, const struct proxied *what, int64_t now_ms)
{
    int64_t least_ms = -1;
    for (size_t i = 0; i < proxies->count; i++) {
        const struct member *member = &proxies->members[i];
        if (may_be_taken(member, what, now_ms))
            return 0;
        if (member->state == RESTING)
            least_ms = time_earlier(least_ms, until_ms(member, what) - now_ms);
    }
    return least_ms;
}
