/* SPDX-License-Identifier: MIT
 *
 * Each tag becomes <img k="7" href="...">: img is empty, so nothing nests, and libxml2 does nothing
 * special about it.
 */
#include "crawler/parse/tags.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "crawler/parse/reference.h"
#include "crawler/parse/wellformed.h"

void tags_init(struct tags *tags)
{
    buf_init(&tags->document, BUF_UNBOUNDED);
    tags->last = 0;
}

void tags_clear(struct tags *tags)
{
    buf_clear(&tags->document);
}

void tags_reset(struct tags *tags)
{
    buf_reset(&tags->document);
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

/* What can not stand in a quoted value as it is. */
static const bool is_special[256] = { ['\0'] = true, ['"'] = true, ['&'] = true };

static void write_plain(struct buf *out, const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '&')
            buf_append_string(out, "&amp;");
        else if (text[i] == '"')
            buf_append_string(out, "&quot;");
        else if (text[i] == '\0')
            buf_append_string(out, WELLFORMED_REPLACEMENT);
        else
            buf_append_char(out, text[i]);
    }
}

/* libxml2 2.9 knows the references of HTML 4 alone, so they are resolved here. */
static size_t write_special(struct buf *out, struct bytes rest)
{
    char text[REFERENCE_BYTES_MOST];
    size_t length = 0;
    size_t taken = rest.data[0] == '&' ? reference_read(rest, true, text, &length) : 0;
    if (taken == 0) {
        write_plain(out, rest.data, 1);
        return 1;
    }
    write_plain(out, text, length);
    return taken;
}

void tags_add_attribute(struct tags *tags, const char *name, struct bytes value)
{
    struct buf *out = &tags->document;
    buf_append_char(out, ' ');
    buf_append_string(out, name);
    buf_append(out, "=\"", 2);
    for (size_t at = 0; at < value.length;) {
        size_t start = at;
        while (at < value.length && !is_special[(unsigned char)value.data[at]])
            at++;
        buf_append(out, value.data + start, at - start);
        if (at < value.length)
            at += write_special(out, bytes_slice(value, at, value.length));
    }
    buf_append_char(out, '"');
}

void tags_keep(struct tags *tags)
{
    buf_append_char(&tags->document, '>');
}

void tags_drop(struct tags *tags)
{
    tags->document.length = tags->last;
}

struct tags_reader {
    tags_callback *on_tag;
    void *user;
};

/* The attribute k comes first. libxml2 adds html, body and p around the tags. */
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
    markup_read_html(markup, buf_bytes(&tags->document), on_start, &reader);
}
