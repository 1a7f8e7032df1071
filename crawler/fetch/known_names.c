/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/known_names.h"

#include <assert.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/hash.h"
#include "base/memory.h"

/* As many as there may be transfers in one thread, about; the table does not grow. */
#define BUCKETS 1024

struct known_name {
    struct known_name *next;      /* In its bucket. */
    struct known_name *next_left; /* Among those that were left. */
    bool is_left;                 /* On that list, though it may be in use again. */
    unsigned uses;
    size_t bucket;
    char text[];
};

struct known_names {
    struct known_name *buckets[BUCKETS];
    struct known_name *left;
};

struct known_names *known_names_new(void)
{
    return xcalloc(1, sizeof(struct known_names));
}

void known_names_free(struct known_names *names)
{
    if (!names)
        return;
    for (size_t i = 0; i < BUCKETS; i++)
        for (struct known_name *name = names->buckets[i], *next; name; name = next) {
            next = name->next;
            free(name);
        }
    free(names);
}

static struct known_name *name_new(struct bytes text, size_t bucket)
{
    struct known_name *name = xcalloc(1, sizeof(*name) + text.length + 1);
    memcpy(name->text, text.data, text.length);
    name->bucket = bucket;
    return name;
}

struct known_name *known_names_use(struct known_names *names, struct bytes host, uint16_t port)
{
    char *text = xasprintf("%.*s:%u", (int)host.length, host.data, (unsigned)port);
    size_t bucket = hash_bytes(bytes_from_string(text), 0) % BUCKETS;
    struct known_name *name = names->buckets[bucket];
    while (name && strcmp(name->text, text) != 0)
        name = name->next;
    if (!name) {
        name = name_new(bytes_from_string(text), bucket);
        name->next = names->buckets[bucket];
        names->buckets[bucket] = name;
    }
    free(text);
    name->uses++;
    return name;
}

void known_names_leave(struct known_names *names, struct known_name *name)
{
    assert(name->uses > 0);
    if (--name->uses > 0 || name->is_left)
        return;
    name->is_left = true;
    name->next_left = names->left;
    names->left = name;
}

const char *known_name_text(const struct known_name *name)
{
    return name->text;
}

static void name_remove(struct known_names *names, struct known_name *name)
{
    struct known_name **at = &names->buckets[name->bucket];
    while (*at != name)
        at = &(*at)->next;
    *at = name->next;
    free(name);
}

void known_names_forget(struct known_names *names, struct lines *lines)
{
    for (struct known_name *name = names->left, *next; name; name = next) {
        next = name->next_left;
        name->is_left = false;
        if (name->uses > 0)
            continue;
        lines_add(lines, "-%s", name->text);
        name_remove(names, name);
    }
    names->left = NULL;
}
