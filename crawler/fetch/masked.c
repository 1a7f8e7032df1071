/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/masked.h"

#include "base/userinfo.h"
#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

#define MASK "***"

/* "Basic YWxpY2U6" as "Basic ***". */
static void mask_credentials(struct buf *out, struct bytes value)
{
    size_t end = bytes_find(value, ' ');
    if (end < value.length)
        buf_append_bytes(out, bytes_slice(value, 0, end + 1));
    buf_append_string(out, MASK);
}

/* "a=b" as "a=***". */
static void mask_pair(struct buf *out, struct bytes pair)
{
    size_t equals = bytes_find(pair, '=');
    if (equals < pair.length)
        buf_append_bytes(out, bytes_slice(pair, 0, equals + 1));
    buf_append_string(out, MASK);
}

static void mask_cookies(struct buf *out, struct bytes value)
{
    struct bytes pair;
    for (bool is_first = true; bytes_split(&value, ';', &pair); is_first = false) {
        buf_append_string(out, is_first ? "" : "; ");
        mask_pair(out, field_trim(pair));
    }
}

static void mask_set_cookie(struct buf *out, struct bytes value)
{
    size_t end = bytes_find(value, ';');
    mask_pair(out, bytes_slice(value, 0, end));
    buf_append_bytes(out, bytes_slice(value, end, value.length));
}

static void mask_all(struct buf *out, struct bytes value)
{
    (void)value;
    buf_append_string(out, MASK);
}

/* The first whose word is in the name, without regard to case. */
static const struct {
    const char *word;
    void (*mask)(struct buf *out, struct bytes value);
} masks[] = {
    { "authorization", mask_credentials },
    { "set-cookie", mask_set_cookie },
    { "cookie", mask_cookies },
    { "token", mask_all },
    { "api-key", mask_all },
    { "apikey", mask_all },
    { "secret", mask_all },
    { "password", mask_all },
};

/* NULL: the field is shown as it is, but for passwords in URLs. */
static void (*find_mask(struct bytes name))(struct buf *out, struct bytes value)
{
    for (size_t i = 0; i < sizeof(masks) / sizeof(*masks); i++)
        if (bytes_contain_nocase(name, bytes_from_string(masks[i].word)))
            return masks[i].mask;
    return NULL;
}

void masked_value(struct buf *out, struct bytes name, struct bytes value)
{
    void (*mask)(struct buf * out, struct bytes value) = find_mask(name);
    (mask ? mask : userinfo_mask)(out, value);
}

void masked_form(struct buf *out, struct bytes body)
{
    struct bytes pair;
    for (bool is_first = true; body.length > 0 && bytes_split(&body, '&', &pair);
         is_first = false) {
        buf_append_string(out, is_first ? "" : "&");
        mask_pair(out, pair);
    }
}

void masked_block(struct buf *out, struct bytes headers)
{
    struct header_field field;
    for (size_t from = 0; header_walk(headers, &from, &field);) {
        struct bytes name = bytes_slice(field.line, 0, bytes_find(field.line, ':'));
        if (!find_mask(name)) {
            userinfo_mask(out, field.line);
            continue;
        }
        buf_append_bytes(out, name);
        buf_append_string(out, ": ");
        masked_value(out, name, field.value);
        buf_append_string(out, "\r\n");
    }
}
