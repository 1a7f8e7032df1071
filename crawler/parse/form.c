/* SPDX-License-Identifier: MIT */
#include "crawler/parse/form.h"

#include "base/pack.h"
#include "crawler/parse/reference.h"
#include "crawler/parse/tokenizer.h"

/* How well a form fits. */
enum fit { FIT_NONE, FIT_PASSWORD, FIT_ACTION };

struct form_walk {
    struct tokenizer tokenizer;
    const struct url *page;
    const struct url *action;
    struct buf fields; /* Of the form under way. */
    enum fit fit;
    bool is_in_form;
    struct buf best;
    enum fit best_fit;
};

/* The attributes that count, their references resolved. */
struct attributes {
    struct buf name;
    struct buf type;
    struct buf value;
    struct buf action;
};

/* Longer ones are nothing that is sent back. */
enum { VALUE_BYTES_MOST = 64 * 1024 };

static void append_resolved(struct buf *out, struct bytes source)
{
    while (source.length > 0) {
        size_t at = bytes_find(source, '&');
        char decoded[REFERENCE_BYTES_MOST] = "&";
        size_t length;
        buf_append_bytes(out, bytes_slice(source, 0, at));
        source = bytes_slice(source, at, source.length);
        if (source.length == 0)
            return;
        size_t taken = reference_read(source, true, decoded, &length);
        buf_append(out, taken ? decoded : "&", taken ? length : 1);
        source = bytes_slice(source, taken ? taken : 1, source.length);
    }
}

/* The first of each name counts. */
static void set(struct buf *field, struct bytes value)
{
    if (field->length == 0)
        append_resolved(field, value);
}

static void read_attributes(struct form_walk *walk, struct attributes *attributes)
{
    struct bytes name, value;
    struct buf *const fields[] = { &attributes->name, &attributes->type, &attributes->value,
                                   &attributes->action };
    static const struct bytes names[] = {
        { "name", 4 }, { "type", 4 }, { "value", 5 }, { "action", 6 }
    };
    *attributes = (struct attributes){ 0 };
    for (size_t i = 0; i < 4; i++)
        buf_init(fields[i], VALUE_BYTES_MOST);
    while (tokenizer_attribute(&walk->tokenizer, &name, &value))
        for (size_t i = 0; i < 4; i++)
            if (bytes_equal_nocase(name, names[i]))
                set(fields[i], value);
}

static void attributes_clear(struct attributes *attributes)
{
    buf_clear(&attributes->name);
    buf_clear(&attributes->type);
    buf_clear(&attributes->value);
    buf_clear(&attributes->action);
}

/* ---- Forms */

static void end_form(struct form_walk *walk)
{
    if (walk->is_in_form && walk->fit > walk->best_fit) {
        struct buf other = walk->best;
        walk->best = walk->fields;
        walk->fields = other;
        walk->best_fit = walk->fit;
    }
    walk->is_in_form = false;
}

/* One without an action is sent to its page. */
static bool is_sent_to_action(const struct form_walk *walk, struct bytes text)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    if (text.length == 0)
        return url_same_origin(walk->page, walk->action) &&
               bytes_equal(url_path(walk->page), url_path(walk->action));
    return url_parse_link(&url, storage, sizeof(storage), text, walk->page) == URL_ERROR_NONE &&
           url_same_origin(&url, walk->action) &&
           bytes_equal(url_path(&url), url_path(walk->action));
}

/* A form inside of a form is none. */
static void begin_form(struct form_walk *walk)
{
    struct attributes attributes;
    if (walk->is_in_form)
        return;
    read_attributes(walk, &attributes);
    buf_reset(&walk->fields);
    walk->is_in_form = true;
    walk->fit = is_sent_to_action(walk, buf_bytes(&attributes.action)) ? FIT_ACTION : FIT_NONE;
    attributes_clear(&attributes);
}

static void take_input(struct form_walk *walk)
{
    struct attributes attributes;
    if (!walk->is_in_form)
        return;
    read_attributes(walk, &attributes);
    struct bytes type = bytes_trim(buf_bytes(&attributes.type));
    size_t room = 2 * (attributes.name.length + attributes.value.length);
    if (bytes_equal_nocase(type, BYTES("password")) && walk->fit == FIT_NONE)
        walk->fit = FIT_PASSWORD;
    if (bytes_equal_nocase(type, BYTES("hidden")) && attributes.name.length > 0 &&
        walk->fields.length + room < VALUE_BYTES_MOST) {
        pack_bytes(&walk->fields, buf_bytes(&attributes.name));
        pack_bytes(&walk->fields, buf_bytes(&attributes.value));
    }
    attributes_clear(&attributes);
}

/* What stands in there is no markup. */
static bool skip_raw(struct form_walk *walk, struct bytes name)
{
    static const struct bytes raw[] = { { "style", 5 },   { "textarea", 8 }, { "title", 5 },
                                        { "xmp", 3 },     { "iframe", 6 },   { "noembed", 7 },
                                        { "noframes", 8 } };
    bool is_script = bytes_equal_nocase(name, BYTES("script"));
    size_t i = 0;
    while (i < sizeof(raw) / sizeof(raw[0]) && !bytes_equal_nocase(name, raw[i]))
        i++;
    if (!is_script && i == sizeof(raw) / sizeof(raw[0]))
        return false;
    tokenizer_finish_tag(&walk->tokenizer);
    if (is_script)
        tokenizer_take_script(&walk->tokenizer);
    else
        tokenizer_take_raw(&walk->tokenizer, raw[i]);
    return true;
}

bool form_hidden_fields(struct bytes html, const struct url *page, const struct url *action,
                        struct buf *out)
{
    struct form_walk walk = { .tokenizer = tokenizer_of(html), .page = page, .action = action };
    struct token token;
    buf_init(&walk.fields, BUF_UNBOUNDED);
    buf_init(&walk.best, BUF_UNBOUNDED);
    while (tokenizer_next(&walk.tokenizer, &token)) {
        if (token.kind == TOKEN_END && bytes_equal_nocase(token.bytes, BYTES("form")))
            end_form(&walk);
        if (token.kind != TOKEN_START || skip_raw(&walk, token.bytes))
            continue;
        if (bytes_equal_nocase(token.bytes, BYTES("form")))
            begin_form(&walk);
        else if (bytes_equal_nocase(token.bytes, BYTES("input")))
            take_input(&walk);
    }
    end_form(&walk);
    buf_append_bytes(out, buf_bytes(&walk.best));
    buf_clear(&walk.fields);
    buf_clear(&walk.best);
    return walk.best_fit != FIT_NONE;
}

/* URL Standard, 5.2. */
static void append_encoded(struct buf *out, struct bytes text)
{
    static const char digits[] = "0123456789ABCDEF";
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if (ascii_is_alpha((char)c) || ascii_is_digit((char)c) || (c && strchr("*-._", c))) {
            buf_append_char(out, (char)c);
        } else if (c == ' ') {
            buf_append_char(out, '+');
        } else {
            buf_append_char(out, '%');
            buf_append_char(out, digits[c >> 4]);
            buf_append_char(out, digits[c & 15]);
        }
    }
}

void form_append_encoded(struct buf *out, struct bytes name, struct bytes value)
{
    if (out->length > 0)
        buf_append_char(out, '&');
    append_encoded(out, name);
    buf_append_char(out, '=');
    append_encoded(out, value);
}
