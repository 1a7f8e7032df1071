/* SPDX-License-Identifier: MIT
 *
 * test fetch - the whole exchange for a URL as a run would make it: the logins before it, answers
 * to challenges, redirects, each a hop. Nothing is kept.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/cli/fetched.h"
#include "crawler/cli/testing.h"

/* Requests of one URL, whatever its redirects and logins come to. */
enum { HOPS_MOST = 100 };

/* The hops of one URL. */
struct chain {
    struct fetched *hops[HOPS_MOST];
    size_t count;
};

static void chain_clear(struct chain *chain)
{
    for (size_t i = 0; i < chain->count; i++) {
        fetched_clear(chain->hops[i]);
        free(chain->hops[i]);
    }
}

static struct fetched *last_of(const struct chain *chain)
{
    return chain->hops[chain->count - 1];
}

static struct fetched *add_hop(struct chain *chain, enum hop_kind kind, const struct url *url)
{
    struct fetched *hop = xcalloc(1, sizeof(*hop));
    fetched_init(hop);
    hop->kind = kind;
    if (url) {
        memcpy(hop->storage, url->href, url->length);
        hop->url = *url;
        hop->url.href = hop->storage;
    }
    chain->hops[chain->count++] = hop;
    return hop;
}

/* The hop whose answer led to the last one's target before; NULL: it is new. */
static const struct fetched *find_before(const struct chain *chain, size_t *count)
{
    const struct fetched *last = last_of(chain), *found = NULL;
    *count = 0;
    for (size_t i = 0; i < chain->count; i++) {
        const struct fetched *hop = chain->hops[i];
        if (hop->kind != HOP_PAGE || !bytes_equal(url_bytes(&hop->url), url_bytes(&last->next)))
            continue;
        found = hop;
        ++*count;
    }
    return found;
}

/* A URL that the chain had before leads into a circle; but who was sent on to get cookies, and is
 * sent back with them, is asked once more. */
static bool is_circle(const struct chain *chain)
{
    size_t count;
    const struct fetched *last = last_of(chain);
    const struct fetched *before = find_before(chain, &count);
    if (!before)
        return false;
    return !last->visit->has_new_cookies || count > 1 || !before->has_next ||
           !bytes_equal(url_bytes(&before->next), url_bytes(&last->url));
}

/* The login comes before the page that waits for it. */
static enum status log_in(struct fetching *fetching, struct chain *chain)
{
    struct fetched *page = last_of(chain);
    struct fetched *login = add_hop(chain, HOP_LOGIN, NULL);
    chain->hops[chain->count - 2] = login;
    chain->hops[chain->count - 1] = page;
    return fetched_login(fetching, login, &page->url);
}

static bool has_room(const struct chain *chain)
{
    return chain->count < HOPS_MOST;
}

/* The last hop, with the logins before it. */
static enum status get_last(struct fetching *fetching, struct chain *chain)
{
    bool may_ask = true;
    enum status status = STATUS_OK;
    if (last_of(chain)->kind == HOP_PAGE)
        status = fetched_prepare(fetching, last_of(chain), &may_ask);
    if (!status && may_ask)
        status = fetched_get(fetching, last_of(chain));
    while (!status && last_of(chain)->is_waiting && has_room(chain)) {
        status = log_in(fetching, chain);
        if (!status)
            status = fetched_get(fetching, last_of(chain));
    }
    return status;
}

/* Makes room for the next hop; false where there is none. */
static bool go_on(struct chain *chain)
{
    struct fetched *hop = last_of(chain);
    if (!has_room(chain))
        return false;
    if (hop->step == SESSION_REPEATS) {
        struct fetched *next = add_hop(chain, HOP_AGAIN, &hop->url);
        next->redirects = hop->redirects;
        next->visit = visit_new(hop->visit->task, 0);
        next->visit->task->repeats++;
        hop->visit->task = NULL;
        return true;
    }
    if (hop->has_next && hop->end.length == 0 && is_circle(chain))
        hop->end = BYTES("a redirect to where it came from");
    if (!hop->has_next || hop->end.length > 0)
        return false;
    add_hop(chain, HOP_PAGE, &hop->next)->redirects = hop->redirects + 1;
    return true;
}

static enum status follow(struct fetching *fetching, struct chain *chain)
{
    enum status status;
    do
        status = get_last(fetching, chain);
    while (!status && go_on(chain));
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
    const struct fetched *last = last_of(chain);
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
        status = invocation_show(in, buf_bytes(&last_of(chain)->decoded));
    return status;
}

static enum status test_one(struct fetching *fetching, size_t index)
{
    struct asked *asked = fetching->asked;
    struct chain chain = { .count = 0 };
    struct fetched *first = add_hop(&chain, HOP_PAGE, NULL);
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
    };
    enum status status = asked_open(&asked, in);
    buf_init(&fetching.sites, BUF_UNBOUNDED);
    page_parser_global_init();
    fetching.parser = page_parser_new();
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = test_one(&fetching, i);
    page_parser_free(fetching.parser);
    page_parser_global_clear();
    robots_copies_clear(&fetching.copies);
    buf_clear(&fetching.sites);
    asked_clear(&asked);
    logins_free(fetching.logins);
    return status;
}
