/* SPDX-License-Identifier: MIT */
#include "crawler/cli/robots_copy.h"

#include <errno.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"

enum { FILE_BYTES_MOST = 16 << 20 };

/* ---- Coming by it */

static enum status read_file(struct invocation *in, const char *name, struct buf *text)
{
    bool is_input = strcmp(name, "-") == 0;
    FILE *file = is_input ? stdin : fopen(name, "re");
    size_t length;
    if (!file)
        return invocation_fail(in, STATUS_NO_INPUT, "%s: %s", name, strerror(errno));
    do {
        enum { PIECE_BYTES = 65536 };
        char *room = buf_reserve(text, PIECE_BYTES);
        length = room ? fread(room, 1, PIECE_BYTES, file) : 0;
        text->length += length;
    } while (length > 0);
    enum status status = STATUS_OK;
    if (ferror(file))
        status = invocation_fail(in, STATUS_IO, "%s: %s", name, strerror(errno));
    if (!is_input)
        fclose(file);
    return status;
}

/* A file is what any origin would have answered just now. */
static enum status copy_from_file(const struct robots_copies *copies, struct robots_copy *copy)
{
    struct buf text;
    /* What is behind the bound is behind that of robots.txt, too. */
    buf_init(&text, FILE_BYTES_MOST);
    enum status status = read_file(copies->asked->in, copies->file, &text);
    struct robots_answer answer = { .status = 200, .body = buf_bytes(&text), .max_age_ms = -1 };
    struct origin_record record = { 0 };
    robots_record_answer(&record, &answer, copies->asked->now_ms);
    origin_encode(&record, &copy->bytes);
    copy->source = ROBOTS_FROM_FILE;
    buf_clear(&text);
    return status;
}

/* Leaves the copy empty where the crawl has none. */
static enum status copy_from_crawl(struct asked *asked, const struct url *url,
                                   struct robots_copy *copy)
{
    enum status status = asked_verb(asked);
    if (status)
        return status;
    pack_bytes(&asked->verb.question, url_bytes(url));
    status = verb_ask(&asked->verb, QUESTION_ORIGIN);
    if (!status)
        buf_append_bytes(&copy->bytes, buf_bytes(&asked->verb.reply));
    copy->source = ROBOTS_FROM_CRAWL;
    return status;
}

static enum status copy_from_origin(struct asked *asked, const struct url *url,
                                    struct robots_copy *copy)
{
    enum status status = asked_inquiry(asked);
    if (status)
        return status;
    inquiry_robots(asked->inquiry, url, asked->now_ms, &copy->bytes, copy->detail);
    copy->source = ROBOTS_FROM_ORIGIN;
    return STATUS_OK;
}

static enum status fill_copy(const struct robots_copies *copies, const struct url *url,
                             struct robots_copy *copy)
{
    enum status status = STATUS_OK;
    if (copies->file)
        return copy_from_file(copies, copy);
    if (copies->asked->directory)
        status = copy_from_crawl(copies->asked, url, copy);
    if (!status && copy->bytes.length == 0)
        status = copy_from_origin(copies->asked, url, copy);
    return status;
}

enum status robots_copies_find(struct robots_copies *copies, const struct url *url,
                               const struct robots_copy **found)
{
    struct robots_copy *copy = copies->first;
    while (copy && !copies->file && !bytes_equal(bytes_from_string(copy->origin), url_origin(url)))
        copy = copy->next;
    *found = copy;
    if (copy)
        return STATUS_OK;
    copy = xcalloc(1, sizeof(*copy));
    copy->origin = xbytesdup(url_origin(url));
    copy->next = copies->first;
    buf_init(&copy->bytes, BUF_UNBOUNDED);
    copies->first = copy;
    *found = copy;
    enum status status = fill_copy(copies, url, copy);
    if (!status && !origin_decode(&copy->record, buf_bytes(&copy->bytes)))
        status = invocation_fail(copies->asked->in, STATUS_DATA,
                                 "%s: the copy of robots.txt is damaged", copy->origin);
    return status;
}

void robots_copies_clear(struct robots_copies *copies)
{
    while (copies->first) {
        struct robots_copy *next = copies->first->next;
        buf_clear(&copies->first->bytes);
        free(copies->first->origin);
        free(copies->first);
        copies->first = next;
    }
}

/* ---- What it says */

static enum robots_verdict verdict_of(const struct origin_record *record, int64_t now_ms)
{
    int64_t last_ms = record->expires_at_ms - 1;
    return robots_verdict(record, now_ms < last_ms ? now_ms : last_ms);
}

void robots_rule(struct robots_ruling *ruling, const struct robots_copy *copy,
                 const struct url *url, struct bytes token, int64_t now_ms)
{
    enum robots_verdict says = verdict_of(&copy->record, now_ms);
    *ruling = (struct robots_ruling){ .copy = copy, .url = url };
    ruling->is_allowed = says == ROBOTS_VERDICT_ALLOW_ALL;
    if (says != ROBOTS_VERDICT_RULES)
        return;
    ruling->robots = robots_new(copy->record.body, token);
    ruling->is_allowed = robots_allows(ruling->robots, url_path_query(url), &ruling->why);
}

void robots_ruling_clear(struct robots_ruling *ruling)
{
    robots_free(ruling->robots);
}

void robots_ruling_print(const struct robots_ruling *ruling, struct buf *out)
{
    const struct origin_record *record = &ruling->copy->record;
    const struct robots_decision *why = &ruling->why;
    buf_append_string(out, ruling->is_allowed ? "allowed" : "disallowed");
    if (!ruling->robots && ruling->is_allowed && record->unreachable_since_ms == 0)
        buf_printf(out, ": robots.txt answered %u, so everything is", record->status);
    else if (!ruling->robots && ruling->is_allowed)
        buf_append_string(out, ": robots.txt has had no answer for 30 days");
    else if (!ruling->robots)
        buf_append_string(out, ": robots.txt has no answer, so nothing is allowed");
    else if (bytes_equal(url_path_query(ruling->url), BYTES("/robots.txt")))
        buf_append_string(out, ": robots.txt itself always is");
    else if (why->line == 0)
        buf_append_string(out, ": no rule matches");
    else
        buf_printf(out, " by line %u: %s: %.*s", why->line, why->is_allowed ? "Allow" : "Disallow",
                   (int)why->pattern.length, why->pattern.data);
}
