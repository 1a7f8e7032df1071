/* SPDX-License-Identifier: MIT
 *
 * test fetch - the whole exchange for a URL as a run would make it, redirects hop by hop. Nothing
 * is kept.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/cli/fetched.h"
#include "crawler/cli/testing.h"

enum { HOPS_MOST = 10 };

/* The hops of one URL. */
struct chain {
    struct fetched *hops[HOPS_MOST + 1];
    size_t count;
};

static void chain_clear(struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        fetched_clear(chain->hops[i]);
        free(chain->hops[i]);
    }
}

static struct fetched *add_hop(struct chain *chain)
{
    struct fetched *hop = xcalloc(1, sizeof(*hop));
    fetched_init(hop);
    chain->hops[chain->count++] = hop;
    return hop;
}

/* A URL that the chain had before leads into a circle. */
static bool was_there(const struct chain *chain, const struct url *url)
{
    for (size_t i = 0; i < chain->count; i++)
        if (bytes_equal(url_bytes(&chain->hops[i]->url), url_bytes(url)))
            return true;
    return false;
}

static enum status follow(struct fetching *fetching, struct chain *chain)
{
    enum status status = STATUS_OK;
    for (bool goes_on = true; !status && goes_on;) {
        struct fetched *hop = chain->hops[chain->count - 1];
        status = fetched_get(fetching, hop, (unsigned)chain->count - 1);
        if (hop->has_next && hop->end.length == 0 && was_there(chain, &hop->next))
            hop->end = BYTES("a redirect to where it came from");
        goes_on = hop->has_next && hop->end.length == 0;
        if (goes_on && !status) {
            struct fetched *next = add_hop(chain);
            memcpy(next->storage, hop->next_storage, sizeof(next->storage));
            next->url = hop->next;
            next->url.href = next->storage;
        }
    }
    return status;
}

static void report_text(const struct invocation *in, const struct chain *chain, int64_t now_ms,
                        struct buf *out)
{
    for (size_t i = 0; i < chain->count; i++) {
        if (i > 0)
            buf_append_char(out, '\n');
        fetched_text(chain->hops[i], invocation_has(in, "verbose"), now_ms, out);
    }
}

static void report_json(const struct invocation *in, const struct chain *chain, struct buf *out)
{
    struct json json;
    const struct fetched *last = chain->hops[chain->count - 1];
    json_init(&json, out);
    json_object_begin(&json, NULL);
    json_string(&json, "url", url_bytes(&chain->hops[0]->url));
    json_string(&json, "final_url", url_bytes(&last->url));
    json_text(&json, "outcome", outcome_word(last->outcome));
    json_array_begin(&json, "hops");
    for (size_t i = 0; i < chain->count; i++)
        fetched_json(chain->hops[i], &json);
    json_array_end(&json);
    if (invocation_has(in, "body"))
        json_string(&json, "body", buf_bytes(&last->decoded));
    json_object_end(&json);
    buf_append_char(out, '\n');
}

static enum status print_chain(struct invocation *in, size_t index, const struct chain *chain,
                               int64_t now_ms)
{
    struct buf report;
    buf_init(&report, BUF_UNBOUNDED);
    if (invocation_has(in, "json"))
        report_json(in, chain, &report);
    else
        report_text(in, chain, now_ms, &report);
    enum status status = testing_print(in, index, &report);
    bool has_body = invocation_has(in, "body") && !invocation_has(in, "json");
    buf_clear(&report);
    if (!status && has_body)
        status = invocation_print(in, BYTES("\n"));
    if (!status && has_body)
        status = invocation_show(in, buf_bytes(&chain->hops[chain->count - 1]->decoded));
    return status;
}

static enum status test_one(struct fetching *fetching, size_t index)
{
    struct asked *asked = fetching->asked;
    struct chain chain = { .count = 0 };
    struct fetched *first = add_hop(&chain);
    enum status status = testing_read_url(asked->in, asked->config, asked->in->arguments[index],
                                          &first->url, first->storage);
    if (!status)
        status = follow(fetching, &chain);
    if (!status)
        status = print_chain(asked->in, index, &chain, asked->now_ms);
    chain_clear(&chain);
    return status;
}

enum status test_fetch(struct invocation *in)
{
    struct asked asked;
    struct fetching fetching = {
        .asked = &asked,
        .copies = { .asked = &asked },
        .is_forced = invocation_has(in, "force"),
        .hops_most = HOPS_MOST,
    };
    enum status status = asked_open(&asked, in);
    page_parser_global_init();
    fetching.parser = page_parser_new();
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = test_one(&fetching, i);
    page_parser_free(fetching.parser);
    page_parser_global_clear();
    robots_copies_clear(&fetching.copies);
    asked_clear(&asked);
    return status;
}
