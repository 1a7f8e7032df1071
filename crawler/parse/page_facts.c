/* SPDX-License-Identifier: MIT */
#include "crawler/parse/page_facts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/parse/findings.h"
#include "crawler/parse/html.h"
#include "crawler/parse/markup.h"
#include "crawler/parse/tags.h"

struct page_parser {
    struct markup *markup;
    struct tags tags;
    struct findings findings;
};

void page_parser_global_init(void)
{
    markup_global_init();
}

void page_parser_global_clear(void)
{
    markup_global_clear();
}

struct page_parser *page_parser_new(void)
{
    struct page_parser *parser = xcalloc(1, sizeof(*parser));
    parser->markup = markup_new();
    tags_init(&parser->tags);
    findings_init(&parser->findings);
    return parser;
}

void page_parser_free(struct page_parser *parser)
{
    if (!parser)
        return;
    markup_free(parser->markup);
    tags_clear(&parser->tags);
    findings_clear(&parser->findings);
    free(parser);
}

void page_parse(struct page_parser *parser, const struct page_input *input,
                struct page_facts *facts)
{
    *facts = (struct page_facts){ .charset = "utf-8", .charset_source = CHARSET_GUESS };
    arena_init(&facts->arena);
    findings_begin(&parser->findings, facts, &input->limits);
    facts->type = arena_copy(&facts->arena, input->content_type);
    links_from_headers(&parser->findings.links, input->headers);
    html_read(input->body, &parser->tags, parser->markup, &parser->findings);
    findings_end(&parser->findings);
}

void page_facts_clear(struct page_facts *facts)
{
    arena_clear(&facts->arena);
    *facts = (struct page_facts){ 0 };
}
