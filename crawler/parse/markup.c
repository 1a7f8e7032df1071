/* SPDX-License-Identifier: MIT */
#include "crawler/parse/markup.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/memory.h"

/* Attributes of one element: each is compared with all before it, and no feed or sitemap has as
 * many. */
enum { ATTRIBUTES_MOST = 256 };

/* Bytes of names of one XML document; where they do not suffice it is not read on. Bounds the
 * attributes that are compared before ATTRIBUTES_MOST is noticed. */
enum { NAME_BYTES_MOST = 20000 };

/* libxml2 counts in int. */
enum { DOCUMENT_BYTES_MOST = INT_MAX / 4 };

struct markup {
    xmlSAXHandler html_sax;
    xmlSAXHandler xml_sax;
    xmlSAXHandler tags_sax;
    xmlParserCtxtPtr tags_context; /* Used again, as its names are ours. */

    /* While a document is read: */
    xmlParserCtxtPtr context;
    const struct markup_handler *handler;
    void *user;
    bool is_stopped;
};

struct bytes markup_attribute(markup_attributes attributes, const char *name)
{
    for (; attributes && attributes[0]; attributes += 2) {
        if (strcmp(attributes[0], name) == 0)
            return bytes_from_string(attributes[1] ? attributes[1] : "");
    }
    return (struct bytes){ 0 };
}

static bool has_too_many(markup_attributes attributes)
{
    size_t count = 0;
    for (; attributes && attributes[0]; attributes += 2)
        count++;
    return count > ATTRIBUTES_MOST;
}

static void on_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct markup *markup = user;
    markup_attributes given = (markup_attributes)attributes;
    if (markup->is_stopped)
        return;
    if (has_too_many(given)) {
        markup_stop(markup);
        return;
    }
    markup->handler->on_start(markup->user, (const char *)name, given);
}

static void on_end(void *user, const xmlChar *name)
{
    struct markup *markup = user;
    if (!markup->is_stopped)
        markup->handler->on_end(markup->user, (const char *)name);
}

static void on_text(void *user, const xmlChar *text, int length)
{
    struct markup *markup = user;
    if (!markup->is_stopped && length > 0)
        markup->handler->on_text(markup->user, bytes_of(text, (size_t)length));
}

/* The five that XML knows; what a document declares of its own is never looked at. */
static xmlEntityPtr find_entity(void *user, const xmlChar *name)
{
    (void)user;
    return xmlGetPredefinedEntity(name);
}

/* Called before the subset is read: an input that stands at '[' has one. */
static void on_document_type(void *user, const xmlChar *name, const xmlChar *public_id,
                             const xmlChar *system_id)
{
    struct markup *markup = user;
    (void)name, (void)public_id, (void)system_id;
    if (*markup->context->input->cur == '[')
        markup_stop(markup);
}

static xmlParserInputPtr refuse_to_load(const char *url, const char *id, xmlParserCtxtPtr context)
{
    (void)url, (void)id, (void)context;
    return NULL;
}

void markup_global_init(void)
{
    xmlInitParser();
    xmlSetExternalEntityLoader(refuse_to_load);
}

void markup_global_clear(void)
{
    xmlCleanupParser();
}

struct markup *markup_new(void)
{
    struct markup *markup = xcalloc(1, sizeof(*markup));
    markup->html_sax = (xmlSAXHandler){ .startElement = on_start };
    /* Not marked as SAX 2: names keep their prefixes, and prefixes need no declaration. */
    markup->xml_sax = (xmlSAXHandler){
        .internalSubset = on_document_type,
        .getEntity = find_entity,
        .startElement = on_start,
        .endElement = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
        .cdataBlock = on_text,
    };
    markup->tags_sax = (xmlSAXHandler){ .getEntity = find_entity, .startElement = on_start };
    markup->tags_context = xmlNewParserCtxt();
    return markup;
}

void markup_free(struct markup *markup)
{
    if (!markup)
        return;
    xmlFreeParserCtxt(markup->tags_context);
    free(markup);
}

/* Lends the bytes to the parser and says that they are UTF-8, so that it neither guesses nor
 * converts. */
static void give_input(xmlParserCtxtPtr context, struct bytes utf8)
{
    xmlParserInputBufferPtr buffer =
        xmlParserInputBufferCreateMem(utf8.data, (int)utf8.length, XML_CHAR_ENCODING_NONE);
    xmlParserInputPtr input =
        buffer ? xmlNewIOInputStream(context, buffer, XML_CHAR_ENCODING_NONE) : NULL;
    assert(input);
    inputPush(context, input);
    context->charset = XML_CHAR_ENCODING_UTF8;
    input->encoding = xmlStrdup((const xmlChar *)"UTF-8");
    context->encoding = xmlStrdup((const xmlChar *)"UTF-8");
}

static void begin(struct markup *markup, xmlParserCtxtPtr context, const xmlSAXHandler *sax,
                  const struct markup_handler *handler, void *user)
{
    assert(context);
    *context->sax = *sax;
    context->userData = markup;
    markup->context = context;
    markup->handler = handler;
    markup->user = user;
    markup->is_stopped = false;
}

void markup_read_html(struct markup *markup, struct bytes utf8, markup_start_callback *on_tag,
                      void *user)
{
    struct markup_handler handler = { .on_start = on_tag };
    utf8 = bytes_slice(utf8, 0, DOCUMENT_BYTES_MOST);
    if (utf8.length == 0)
        return;
    htmlParserCtxtPtr context = htmlNewParserCtxt();
    begin(markup, context, &markup->html_sax, &handler, user);
    htmlCtxtUseOptions(context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                    HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
    give_input(context, utf8);
    htmlParseDocument(context);
    htmlFreeParserCtxt(context);
    markup->context = NULL;
}

void markup_read_tags(struct markup *markup, struct bytes utf8, markup_start_callback *on_tag,
                      void *user)
{
    struct markup_handler handler = { .on_start = on_tag };
    xmlParserCtxtPtr context = markup->tags_context;
    utf8 = bytes_slice(utf8, 0, DOCUMENT_BYTES_MOST);
    begin(markup, context, &markup->tags_sax, &handler, user);
    xmlCtxtUseOptions(context, XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_NOENT |
                                   XML_PARSE_HUGE);
    give_input(context, utf8);
    xmlParseDocument(context);
    xmlCtxtReset(context);
    markup->context = NULL;
}

void markup_read_xml(struct markup *markup, struct bytes utf8, const struct markup_handler *handler,
                     void *user)
{
    utf8 = bytes_slice(utf8, 0, DOCUMENT_BYTES_MOST);
    if (utf8.length == 0)
        return;
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    begin(markup, context, &markup->xml_sax, handler, user);
    xmlCtxtUseOptions(context, XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
    xmlDictSetLimit(context->dict, NAME_BYTES_MOST);
    give_input(context, utf8);
    xmlParseDocument(context);
    xmlFreeParserCtxt(context);
    markup->context = NULL;
}

void markup_stop(struct markup *markup)
{
    markup->is_stopped = true;
    xmlStopParser(markup->context);
}
