/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "frontier/frontier.h"

static const char *const found_as_words[] = {
    [FOUND_SEED] = "seed",
    [FOUND_LINK] = "link",
    [FOUND_SITEMAP] = "sitemap",
    [FOUND_REDIRECT] = "redirect",
    [FOUND_ROBOTS] = "sitemap in robots.txt",
    [FOUND_SITEMAP_PART] = "sitemap in an index",
};

const char *found_as_word(enum found_as found)
{
    assert(found < FOUND_AS_COUNT);
    return found_as_words[found];
}

static const struct {
    const char *option;
    const char *text;
} budgets[BUDGET_COUNT] = {
#define ROW(name, option, text) [BUDGET_##name] = { option, text },
    BUDGET_TABLE(ROW)
#undef ROW
};

const char *budget_option(enum budget budget)
{
    assert(budget > BUDGET_NONE && budget < BUDGET_COUNT);
    return budgets[budget].option;
}

const char *budget_text(enum budget budget)
{
    assert(budget > BUDGET_NONE && budget < BUDGET_COUNT);
    return budgets[budget].text;
}

/* The class of a URL on its own host, by its depth. */
static const struct {
    uint16_t depth_most;
    uint8_t url_class;
} depth_classes[] = {
    { 0, 0 },          /* Where a seed was redirected to. */
    { 2, 1 },          /* What the front page and its sections link to. */
    { 5, 2 },          /* The body of most sites. */
    { UINT16_MAX, 3 }, /* Archives, and traps. */
};

/* The class of a sitemap's entry, by its priority. Most sitemaps give none, or 0.5 and more. */
static const struct {
    uint8_t least;
    uint8_t url_class;
} sitemap_classes[] = { { 5, 1 }, { 3, 2 }, { 0, 3 } };

uint8_t url_class(const struct discovery *discovery)
{
    size_t row = 0;
    switch ((enum found_as)discovery->found) {
    case FOUND_SEED:
        return 0;
    case FOUND_ROBOTS:
    case FOUND_SITEMAP_PART:
        return 1;
    case FOUND_SITEMAP:
        while (discovery->priority < sitemap_classes[row].least)
            row++;
        return sitemap_classes[row].url_class;
    case FOUND_LINK:
    case FOUND_REDIRECT:
    case FOUND_AS_COUNT:
        break;
    }
    if (discovery->is_entrance)
        return 1;
    while (discovery->depth > depth_classes[row].depth_most)
        row++;
    uint8_t class = (uint8_t)(depth_classes[row].url_class + discovery->is_cross_host);
    return class < URL_CLASSES ? class : URL_CLASSES - 1;
}

uint8_t revisit_rank(int64_t checked_at_ms, int64_t due_ms, int64_t now_ms)
{
    int64_t wait_ms = due_ms > checked_at_ms ? due_ms - checked_at_ms : 1;
    int64_t late_ms = now_ms > due_ms ? now_ms - due_ms : 0;
    int64_t waits = late_ms / wait_ms;
    return waits < REVISIT_RANK ? (uint8_t)(REVISIT_RANK - waits) : 0;
}

static struct bytes put(char **room, struct bytes bytes)
{
    char *copy = *room;
    if (bytes.length > 0)
        memcpy(copy, bytes.data, bytes.length);
    copy[bytes.length] = '\0';
    *room += bytes.length + 1;
    return bytes_of(copy, bytes.length);
}

struct task *task_new(const struct task *like)
{
    size_t room =
        like->url.length + like->etag.length + like->last_modified.length + like->cached.length + 4;
    struct task *task = xmalloc(sizeof(*task) + room);
    char *behind = (char *)(task + 1);
    *task = *like;
    task->url = put(&behind, like->url);
    task->etag = put(&behind, like->etag);
    task->last_modified = put(&behind, like->last_modified);
    task->referer = NULL;
    task->cached = put(&behind, like->cached);
    task->next = NULL;
    return task;
}

void task_free(struct task *task)
{
    if (task)
        free(task->referer);
    free(task);
}
