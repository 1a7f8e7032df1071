/* SPDX-License-Identifier: MIT
 *
 * markup - elements and text out of HTML and XML, one after the other. The door to libxml2.
 *
 * No tree is built. The bytes must be UTF-8 without NUL, which ends them. Whatever they hold,
 * reading ends in time that grows with their length alone: depth, names and the attributes of one
 * element are bounded (see markup.c), nothing is loaded from elsewhere, and a document type with a
 * subset of its own ends an XML document.
 */
#ifndef CRAWLER_PARSE_MARKUP_H
#define CRAWLER_PARSE_MARKUP_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

/* Name, value, name, value, NULL; a null pointer for no attributes. A value is NULL where the
 * source has none. Names of HTML are in lower case; names of XML keep their prefix. */
typedef const char *const *markup_attributes;

/* The value, empty but not NULL for an attribute without one; a null pointer where there is no such
 * attribute. */
struct bytes markup_attribute(markup_attributes attributes, const char *name);

/* What is lent to a callback lives until it returns. */
typedef void markup_start_callback(void *user, const char *name, markup_attributes attributes);

struct markup_handler {
    markup_start_callback *on_start;
    void (*on_end)(void *user, const char *name);
    /* Text comes in pieces of any size, references decoded. */
    void (*on_text)(void *user, struct bytes text);
};

struct markup; /* One for each thread. */

/* Once in the program, before any thread; and at its end. */
void markup_global_init(void);
void markup_global_clear(void);

struct markup *markup_new(void);
void markup_free(struct markup *markup);

/* The start tags alone. For short documents of our own making: the time that libxml2 2.9 takes for
 * any bytes grows with the square of the attributes of a tag and of the elements that are open. */
void markup_read_html(struct markup *markup, struct bytes utf8, markup_start_callback *on_tag,
                      void *user);

/* The start tags alone of a well-formed XML document of our own making, at a third of the cost. */
void markup_read_tags(struct markup *markup, struct bytes utf8, markup_start_callback *on_tag,
                      void *user);

/* Reads on past errors where it can. */
void markup_read_xml(struct markup *markup, struct bytes utf8, const struct markup_handler *handler,
                     void *user);

/* From a callback: no callback follows. */
void markup_stop(struct markup *markup);

#endif
