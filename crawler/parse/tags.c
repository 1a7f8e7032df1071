/* SPDX-License-Identifier: MIT
 *
 * Each tag becomes <img k="7" href="..."/>: to XML an element like any other, and to HTML one that
 * is empty, so that nothing nests. libxml2 reads XML in a third of the time, but XML has no control
 * characters: a document that holds one is read as HTML.
 */
#include "crawler/parse/tags.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "crawler/parse/reference.h"
#include "crawler/parse/wellformed.h"

#define ROOT_START "<t>"
#define ROOT_END   "</t>"

void tags_init(struct tags *tags)
{
    buf_init(&tags->document, BUF_UNBOUNDED);
    tags_reset(tags);
}

void tags_clear(struct tags *tags)
{
    buf_clear(&tags->document);
}

void tags_reset(struct tags *tags)
{
    buf_reset(&tags->document);
    buf_append_string(&tags->document, ROOT_START);
    tags->last = tags->document.length;
    tags->is_no_xml = false;
}

void tags_begin(struct tags *tags, enum element element)
{
    static const char start[] = "<img k=\"";
    tags->last = tags->document.length;
    char digits[] = { (char)('0' + element / 10), (char)('0' + element % 10), '"' };
    static_assert(ELEMENT_COUNT <= 100, "two digits");
    buf_append(&tags->document, start, sizeof(start) - 1);
    buf_append(&tags->document, digits, sizeof(digits));
}

/* What can not stand in a quoted value as it is: white space would become a blank. */
static const char *const written[256] = {
    ['\0'] = WELLFORMED_REPLACEMENT,
    ['\t'] = "&#9;",
    ['\n'] = "&#10;",
    ['\r'] = "&#13;",
    ['"'] = "&quot;",
    ['&'] = "&amp;",
    ['<'] = "&lt;",
};

/* With 0xef begin U+FFFE and U+FFFF. */
static bool may_be_no_xml(char c)
{
    return ((unsigned char)c < ' ' && !written[(unsigned char)c]) || (unsigned char)c == 0xef;
}

static bool is_no_xml(struct bytes text)
{
    return (unsigned char)text.data[0] != 0xef || bytes_start_with(text, BYTES("\xef\xbf\xbe")) ||
           bytes_start_with(text, BYTES("\xef\xbf\xbf"));
}

static size_t plain_length(struct bytes text)
{
    size_t at = 0;
    while (at < text.length && !written[(unsigned char)text.data[at]] &&
           !may_be_no_xml(text.data[at]))
        at++;
    return at;
}

/* Characters as they are meant. */
static void write_text(struct tags *tags, struct bytes text)
{
    while (text.length > 0) {
        size_t length = plain_length(text);
        buf_append(&tags->document, text.data, length);
        text = bytes_slice(text, length, text.length);
        if (text.length == 0)
            return;
        const char *other = written[(unsigned char)text.data[0]];
        if (other)
            buf_append_string(&tags->document, other);
        else
            buf_append_char(&tags->document, text.data[0]);
        tags->is_no_xml |= !other && is_no_xml(text);
        text = bytes_slice(text, 1, text.length);
    }
}

/* libxml2 2.9 knows the references of HTML 4 alone, so they are resolved here. */
static size_t write_reference(struct tags *tags, struct bytes rest)
{
    char text[REFERENCE_BYTES_MOST];
    size_t length = 0;
    size_t taken = reference_read(rest, true, text, &length);
    write_text(tags, taken > 0 ? bytes_of(text, length) : BYTES("&"));
    return taken > 0 ? taken : 1;
}

void tags_add_attribute(struct tags *tags, const char *name, struct bytes value)
{
    struct buf *out = &tags->document;
    buf_append_char(out, ' ');
    buf_append_string(out, name);
    buf_append(out, "=\"", 2);
    while (value.length > 0) {
        size_t length = bytes_find(value, '&');
        write_text(tags, bytes_slice(value, 0, length));
        value = bytes_slice(value, length, value.length);
        if (value.length > 0)
            value = bytes_slice(value, write_reference(tags, value), value.length);
    }
    buf_append_char(out, '"');
}

void tags_keep(struct tags *tags)
{
    buf_append_string(&tags->document, "/>");
}

void tags_drop(struct tags *tags)
{
    tags->document.length = tags->last;
}

struct tags_reader {
    tags_callback *on_tag;
    void *user;
};

/* The attribute k comes first. Read as HTML, there are html, body and p around the tags, too. */
static void on_start(void *user, const char *name, markup_attributes attributes)
{
    struct tags_reader *reader = user;
    if (!attributes || strcmp(attributes[0], "k") != 0 || strcmp(name, "img") != 0)
        return;
    const char *digits = attributes[1];
    unsigned element = (unsigned)(digits[0] - '0') * 10 + (unsigned)(digits[1] - '0');
    assert(element < ELEMENT_COUNT);
    reader->on_tag(reader->user, (enum element)element, attributes + 2);
}

void tags_read(struct tags *tags, struct markup *markup, tags_callback *on_tag, void *user)
{
    struct tags_reader reader = { on_tag, user };
    if (tags->document.length == sizeof(ROOT_START) - 1)
        return;
    buf_append_string(&tags->document, ROOT_END);
    if (tags->is_no_xml)
        markup_read_html(markup, buf_bytes(&tags->document), on_start, &reader);
    else
        markup_read_tags(markup, buf_bytes(&tags->document), on_start, &reader);
}
