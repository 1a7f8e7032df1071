/* SPDX-License-Identifier: MIT */
#include "crawler/cli/body_text.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/exchange.h"
#include "crawler/parse/page_facts.h"
#include "store/coding.h"

enum {
    STORED_RATIO_MOST = 100000, /* It passed the ratio that held when it was fetched. */
    BETWEEN_EXTRA = 64 * 1024,
};

struct body_text {
    const struct settings *settings;
    struct page_parser *parser;
    struct page_facts facts; /* Of the last page. */
    struct buf decoded;
};

struct body_text *body_text_new(const struct settings *settings)
{
    struct body_text *reader = xcalloc(1, sizeof(*reader));
    page_parser_global_init();
    reader->settings = settings;
    reader->parser = page_parser_new();
    arena_init(&reader->facts.arena);
    buf_init(&reader->decoded, BUF_UNBOUNDED);
    return reader;
}

void body_text_free(struct body_text *reader)
{
    if (!reader)
        return;
    page_facts_clear(&reader->facts);
    page_parser_free(reader->parser);
    buf_clear(&reader->decoded);
    page_parser_global_clear();
    free(reader);
}

/* What was kept of a body is page->length long, however far it would go on: it may be a bomb that
 * was cut. Between two codings it may be longer than at the end, but was within max_body. */
static struct coding_limits limits_of(const struct body_text *reader, const struct page *page)
{
    size_t most = (size_t)page->length;
    bool are_two = bytes_find(page->coding, ',') < page->coding.length;
    if (are_two && most < reader->settings->max_body_bytes + BETWEEN_EXTRA)
        most = (size_t)reader->settings->max_body_bytes + BETWEEN_EXTRA;
    return (struct coding_limits){ .most = most, .ratio_most = STORED_RATIO_MOST };
}

bool body_decode(struct body_text *reader, const struct page *page, struct bytes body,
                 struct bytes *decoded)
{
    struct coding_limits limits = limits_of(reader, page);
    bool is_whole = page->is_coded_by_us ? coding_decompress(body, &reader->decoded)
                                         : coding_decode(page->coding, body, &reader->decoded,
                                                         &limits) <= CODING_TOO_LARGE;
    *decoded = bytes_slice(buf_bytes(&reader->decoded), 0, (size_t)page->length);
    return is_whole;
}

bool body_text_of(struct body_text *reader, const struct page *page, struct bytes body,
                  struct bytes *text)
{
    char essence[128];
    *text = page->text;
    if (!(page->flags & PAGE_TEXT_IN_BODY))
        return true;
    struct page_input input = {
        .headers = page->headers,
        .limits = exchange_page_limits(reader->settings),
    };
    if (!body_decode(reader, page, body, &input.body))
        return false;
    exchange_read_type(&input, essence);
    page_facts_clear(&reader->facts);
    page_parse(reader->parser, &input, &reader->facts);
    *text = reader->facts.text;
    return true;
}
