/* SPDX-License-Identifier: MIT */
#include "crawler/cli/body_text.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/headers.h"
#include "crawler/parse/page_facts.h"
#include "store/coding.h"

/* What was stored decodes to what was within max_body when it was fetched. */
static const struct coding_limits stored_limits = { .most = (size_t)1 << 30, .ratio_most = 100000 };

enum { PAGE_DEPTH_MOST = 512 };

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

bool body_decode(struct body_text *reader, const struct page *page, struct bytes body,
                 struct bytes *decoded)
{
    bool is_whole = page->is_coded_by_us
                        ? coding_decompress(body, &reader->decoded)
                        : coding_decode(page->coding, body, &reader->decoded, &stored_limits) <=
                              CODING_TOO_LARGE;
    *decoded = buf_bytes(&reader->decoded);
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
        .limits = { reader->settings->max_links, reader->settings->max_text_bytes,
                    PAGE_DEPTH_MOST },
    };
    if (!body_decode(reader, page, body, &input.body))
        return false;
    /* A body that was cut at max_body is decoded further here than it was read then. */
    input.body = bytes_slice(input.body, 0, page->length);
    header_content_type(page->headers, essence, &input.charset);
    input.content_type = bytes_from_string(essence);
    page_facts_clear(&reader->facts);
    page_parse(reader->parser, &input, &reader->facts);
    *text = reader->facts.text;
    return true;
}
