/* SPDX-License-Identifier: MIT */
#include "crawler/parse/page_facts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/parse/decoder.h"
#include "crawler/parse/findings.h"
#include "crawler/parse/html.h"
#include "crawler/parse/markup.h"
#include "crawler/parse/query.h"
#include "crawler/parse/sniff.h"
#include "crawler/parse/tags.h"
#include "crawler/parse/xml.h"

struct page_parser {
    struct markup *markup;
    struct decoder *decoder;
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
    parser->decoder = decoder_new();
    tags_init(&parser->tags);
    findings_init(&parser->findings);
    return parser;
}

void page_parser_free(struct page_parser *parser)
{
    if (!parser)
        return;
    markup_free(parser->markup);
    decoder_free(parser->decoder);
    tags_clear(&parser->tags);
    findings_clear(&parser->findings);
    free(parser);
}

static struct charset_choice choose_charset(enum document_kind kind, const struct page_input *input)
{
    switch (kind) {
    case DOCUMENT_HTML:
        return charset_choose_for_html(input->body, input->charset);
    case DOCUMENT_XML:
        return charset_choose_for_xml(input->body, input->charset);
    case DOCUMENT_TEXT:
        return charset_choose_for_text(input->body, input->charset);
    case DOCUMENT_OTHER:
        break;
    }
    return (struct charset_choice){ 0 };
}

/* A text that was asked for as a sitemap is a list of URLs, one a line. */
static void read_text(struct findings *findings, struct bytes utf8, bool is_sitemap)
{
    struct bytes line;
    if (is_sitemap)
        findings_are_entries(findings);
    while (bytes_split(&utf8, '\n', &line)) {
        text_add(&findings->text, line);
        text_gap(&findings->text, TEXT_GAP_LINE);
        if (is_sitemap && bytes_trim(line).length > 0)
            link_list_add(&findings->links, LINK_SITEMAP, line, false);
    }
}

static void put_queries_in_charset(struct page_parser *parser, const struct charset *charset,
                                   struct arena *arena)
{
    struct link_list *links = &parser->findings.links;
    for (size_t i = 0; i < links->count; i++)
        if (!links->links[i].is_from_header)
            links->links[i].text =
                query_in_charset(parser->decoder, charset, links->links[i].text, arena);
}

static void read_document(struct page_parser *parser, const struct page_input *input,
                          enum document_kind kind, const struct charset_choice *choice)
{
    struct bytes body = bytes_slice(input->body, choice->skip, input->body.length);
    struct bytes utf8 = decoder_decode(parser->decoder, choice->charset, body);
    switch (sniff_root(kind, utf8)) {
    case DOCUMENT_HTML:
        html_read(utf8, &parser->tags, parser->markup, &parser->findings);
        put_queries_in_charset(parser, choice->charset, &parser->findings.facts->arena);
        break;
    case DOCUMENT_XML:
        xml_read(utf8, input->limits.depth_most, parser->markup, &parser->findings);
        break;
    case DOCUMENT_TEXT:
        read_text(&parser->findings, utf8, input->is_sitemap);
        break;
    case DOCUMENT_OTHER:
        break;
    }
}

void page_parse(struct page_parser *parser, const struct page_input *input,
                struct page_facts *facts)
{
    *facts = (struct page_facts){ .charset = "" };
    arena_init(&facts->arena);
    findings_begin(&parser->findings, facts, &input->limits);
    const struct sniff_input about = { input->content_type, input->type_field, input->is_nosniff };
    struct sniffed sniffed = sniff(&about, input->body);
    facts->type = arena_copy(&facts->arena, sniffed.type);
    links_from_headers(&parser->findings.links, input->headers);
    struct charset_choice choice = choose_charset(sniffed.kind, input);
    if (choice.charset) {
        facts->charset = choice.charset->name;
        facts->charset_source = choice.source;
        read_document(parser, input, sniffed.kind, &choice);
    }
    findings_end(&parser->findings);
}

void page_facts_clear(struct page_facts *facts)
{
    arena_clear(&facts->arena);
    *facts = (struct page_facts){ 0 };
}
