/* SPDX-License-Identifier: MIT
 *
 * What keeps libxml2 2.9 linear, beside its own limits (no HUGE option):
 *
 * - An end tag is looked for in the whole stack of open elements, so the stack is kept at
 * depth_most: an element opened above it is taken off the stack at once.
 * - Every attribute is compared with all before it in its tag, which costs the square of their
 * number where their names differ. The names that a page may add to those of HTML are bounded, so
 * that different names run out; and a tag with too many attributes ends the reading.
 * - Names are kept in a dictionary. It is a fresh one for each page on top of one that knows HTML's
 * own names and references: these stay readable when a page has used up its share.
 */
#include "crawler/parse/markup.h"

#include <assert.h>
#include <limits.h>
#include <stdlib.h>

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/buf.h"
#include "base/memory.h"

/* Bytes of names that one document may bring along; HTML's own do not count. libxml2 gives them out
 * in blocks of 1,000, 4,000 and so on, and looks at the limit before each. */
enum { NAME_BYTES_MOST = 4999 };

/* Attributes of one element; the busiest elements of real pages have some dozens. */
enum { ATTRIBUTES_MOST = 256 };

/* libxml2 counts in int. */
enum { DOCUMENT_BYTES_MOST = INT_MAX / 4 };

struct markup {
    xmlDictPtr names; /* What HTML names; below each page's own. */
    xmlSAXHandler html_sax;
    xmlSAXHandler xml_sax;
    struct buf clean; /* Holds a document whose NULs were replaced. */

    /* While a document is read: */
    xmlParserCtxtPtr context;
    size_t depth_most;
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

/* Whether libxml2 will take the element that it just opened off the stack by itself. */
static bool closes_itself(xmlParserCtxtPtr context, const xmlChar *name)
{
    const htmlElemDesc *about = htmlTagLookup(name);
    const xmlChar *next = context->input->cur;
    return (about && about->empty) || (next[0] == '/' && next[1] == '>');
}

/* What they hold is not markup, and libxml2 knows that from the top of its stack. */
static bool is_raw(const char *name)
{
    return strcmp(name, "script") == 0 || strcmp(name, "style") == 0;
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

static void on_html_start(void *user, const xmlChar *name, const xmlChar **attributes)
{
    struct markup *markup = user;
    xmlParserCtxtPtr context = markup->context;
    on_start(user, name, attributes);
    if (markup->is_stopped || context->nameNr <= 1 ||
        (size_t)context->nameNr <= markup->depth_most || is_raw((const char *)name) ||
        closes_itself(context, name))
        return;
    context->nameNr--;
    context->name = context->nameTab[context->nameNr - 1];
    markup->handler->on_end(markup->user, (const char *)name);
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

static void learn(xmlDictPtr names, const char *name)
{
    xmlDictLookup(names, (const xmlChar *)name, -1);
}

/* Names of HTML that libxml2's own tables (HTML 4) lack and that say something to us. */
static const char *const later_names[] = {
    "article", "aside",   "audio",  "data",        "details",    "embed",    "figcaption",
    "figure",  "footer",  "header", "main",        "nav",        "picture",  "section",
    "source",  "summary", "svg",    "template",    "track",      "video",    "search",
    "charset", "content", "srcset", "imagesrcset", "poster",     "property", "hreflang",
    "rel",     "type",    "media",  "name",        "http-equiv", "data",     "xlink:href",
    "href",    "src",     "lang",   "xml:lang",    "action",     "method",   "background",
    "class",   "id",      "style",  "formaction",  "formmethod", "dialog",   "hgroup",
};

static xmlDictPtr names_of_html(void)
{
    xmlDictPtr names = xmlDictCreate();
    assert(names);
    for (size_t i = 0; i < sizeof(later_names) / sizeof(later_names[0]); i++)
        learn(names, later_names[i]);
    for (unsigned code = 0; code < 0x2200; code++) {
        const htmlEntityDesc *reference = htmlEntityValueLookup(code);
        if (reference)
            learn(names, reference->name);
    }
    return names;
}

struct markup *markup_new(void)
{
    struct markup *markup = xcalloc(1, sizeof(*markup));
    markup->names = names_of_html();
    markup->html_sax = (xmlSAXHandler){
        .startElement = on_html_start,
        .endElement = on_end,
        .characters = on_text,
        .ignorableWhitespace = on_text,
    };
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
    buf_init(&markup->clean, BUF_UNBOUNDED);
    return markup;
}

void markup_free(struct markup *markup)
{
    if (!markup)
        return;
    xmlDictFree(markup->names);
    buf_clear(&markup->clean);
    free(markup);
}

/* libxml2 takes a NUL for the end; HTML for U+FFFD. */
static struct bytes without_nul(struct markup *markup, struct bytes utf8)
{
    if (bytes_find(utf8, '\0') == utf8.length)
        return utf8;
    buf_reset(&markup->clean);
    struct bytes part;
    for (bool is_first = true; bytes_split(&utf8, '\0', &part); is_first = false) {
        if (!is_first)
            buf_append_string(&markup->clean, "\xef\xbf\xbd");
        buf_append_bytes(&markup->clean, part);
    }
    return buf_bytes(&markup->clean);
}

/* A dictionary of the page's own, over the shared names. */
static void give_names(struct markup *markup, xmlParserCtxtPtr context)
{
    xmlDictFree(context->dict);
    context->dict = xmlDictCreateSub(markup->names);
    assert(context->dict);
    xmlDictSetLimit(context->dict, NAME_BYTES_MOST);
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

static struct bytes readable(struct markup *markup, struct bytes utf8)
{
    return without_nul(markup, bytes_slice(utf8, 0, DOCUMENT_BYTES_MOST));
}

static void begin(struct markup *markup, xmlParserCtxtPtr context, const xmlSAXHandler *sax,
                  const struct markup_handler *handler, void *user)
{
    assert(context);
    *context->sax = *sax;
    context->userData = markup;
    give_names(markup, context);
    markup->context = context;
    markup->handler = handler;
    markup->user = user;
    markup->is_stopped = false;
}

void markup_read_html(struct markup *markup, struct bytes utf8, size_t depth_most,
                      const struct markup_handler *handler, void *user)
{
    utf8 = readable(markup, utf8);
    if (utf8.length == 0)
        return;
    htmlParserCtxtPtr context = htmlNewParserCtxt();
    begin(markup, context, &markup->html_sax, handler, user);
    markup->depth_most = depth_most;
    htmlCtxtUseOptions(context, HTML_PARSE_RECOVER | HTML_PARSE_NOERROR | HTML_PARSE_NOWARNING |
                                    HTML_PARSE_NONET | HTML_PARSE_IGNORE_ENC | HTML_PARSE_COMPACT);
    give_input(context, utf8);
    htmlParseDocument(context);
    htmlFreeParserCtxt(context);
    markup->context = NULL;
}

void markup_read_xml(struct markup *markup, struct bytes utf8, const struct markup_handler *handler,
                     void *user)
{
    utf8 = readable(markup, utf8);
    if (utf8.length == 0)
        return;
    xmlParserCtxtPtr context = xmlNewParserCtxt();
    begin(markup, context, &markup->xml_sax, handler, user);
    xmlCtxtUseOptions(context, XML_PARSE_RECOVER | XML_PARSE_NOERROR | XML_PARSE_NOWARNING |
                                   XML_PARSE_NONET | XML_PARSE_IGNORE_ENC | XML_PARSE_COMPACT);
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
