/* SPDX-License-Identifier: MIT
 *
 * answering - tables that a few visits have filled, and questions asked of them.
 */
#ifndef TESTS_UNIT_ANSWERING_H
#define TESTS_UNIT_ANSWERING_H

#include <jansson.h>

#include <check.h>

#include "base/pack.h"
#include "visited_crawl.h"

#define SEED "http://example.org/"
#define A    "http://example.org/a"
#define B    "http://example.org/b"

static struct visited crawl;
static struct answerer answerer;
static struct buf question;
static struct buf reply;

static inline void open_answerer(const char *seed)
{
    visited_init(&crawl, seed);
    answerer = (struct answerer){ .tables = &crawl.tables,
                                  .config = crawl.config,
                                  .directory = "crawl",
                                  .now_ms = START + HOUR };
    buf_init(&question, BUF_UNBOUNDED);
    buf_init(&reply, BUF_UNBOUNDED);
}

static inline void close_answerer(void)
{
    buf_clear(&question);
    buf_clear(&reply);
    visited_clear(&crawl);
}

/* Asks what was packed into question. */
static inline enum status ask(enum question which)
{
    enum status status = answer(&answerer, which, buf_bytes(&question), &reply);
    buf_reset(&question);
    buf_append_char(&reply, '\0'); /* For those that look at it as text. */
    reply.length--;
    return status;
}

/* The reply is what stands behind this from now on, still with a NUL at its end. */
static inline void keep_rest(struct unpacker from)
{
    struct bytes rest = unpack_rest(&from);
    memmove(reply.data, rest.data, rest.length + 1);
    reply.length = rest.length;
}

static inline bool says(const char *text)
{
    return strstr(reply.data, text) != NULL;
}

#define check_says(text) ck_assert_msg(says(text), "%s in\n%s", text, reply.data)

static inline json_t *reply_as_json(void)
{
    json_error_t error;
    json_t *json = json_loadb(reply.data, reply.length, 0, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, reply.data);
    return json;
}

/* "run.pages": a member of a member. */
static inline json_t *member(json_t *json, const char *path)
{
    char name[64];
    while (*path && json) {
        size_t length = strcspn(path, ".");
        snprintf(name, sizeof(name), "%.*s", (int)length, path);
        json = json_object_get(json, name);
        path += length + (path[length] == '.');
    }
    return json;
}

static inline uint64_t number_at(json_t *json, const char *path)
{
    json_t *value = member(json, path);
    ck_assert_msg(json_is_integer(value), "%s in\n%s", path, reply.data);
    return (uint64_t)json_integer_value(value);
}

static inline const char *text_at(json_t *json, const char *path)
{
    const char *text = json_string_value(member(json, path));
    ck_assert_msg(text != NULL, "%s in\n%s", path, reply.data);
    return text;
}

#endif
