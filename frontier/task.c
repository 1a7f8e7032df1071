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
};

const char *found_as_word(enum found_as found)
{
    assert(found < FOUND_AS_COUNT);
    return found_as_words[found];
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

uint8_t url_class(enum found_as found, uint16_t depth, bool is_cross_host)
{
    if (found == FOUND_SEED)
        return 0;
    if (found == FOUND_SITEMAP || found == FOUND_ROBOTS)
        return 1;
    size_t row = 0;
    while (depth > depth_classes[row].depth_most)
        row++;
    uint8_t class = (uint8_t)(depth_classes[row].url_class + is_cross_host);
    return class < URL_CLASSES ? class : URL_CLASSES - 1;
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
    size_t room = like->url.length + like->etag.length + like->last_modified.length + 3;
    struct task *task = xmalloc(sizeof(*task) + room);
    char *behind = (char *)(task + 1);
    *task = *like;
    task->url = put(&behind, like->url);
    task->etag = put(&behind, like->etag);
    task->last_modified = put(&behind, like->last_modified);
    task->referer = NULL;
    task->next = NULL;
    return task;
}

void task_free(struct task *task)
{
    if (task)
        free(task->referer);
    free(task);
}
