/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/validators.h"

#include "base/httpdate.h"
#include "crawler/fetch/headers.h"

static struct bytes value_of(struct bytes headers, struct bytes name)
{
    struct bytes value = header_get(headers, name);
    return value.length > 0 ? value : (struct bytes){ 0 };
}

struct validators validators_read(struct bytes headers)
{
    return (struct validators){
        .etag = value_of(headers, BYTES("etag")),
        .last_modified = value_of(headers, BYTES("last-modified")),
    };
}

static struct bytes opaque(struct bytes etag)
{
    return bytes_start_with_nocase(etag, BYTES("W/")) ? bytes_slice(etag, 2, etag.length) : etag;
}

static bool is_same_tag(struct bytes a, struct bytes b)
{
    return bytes_equal(opaque(a), opaque(b));
}

bool validators_confirm(const struct validators *stored, const struct validators *reply)
{
    if (stored->etag.data && reply->etag.data)
        return is_same_tag(stored->etag, reply->etag);
    if (!stored->last_modified.data || !reply->last_modified.data)
        return !reply->etag.data && !reply->last_modified.data;
    int64_t reply_ms = httpdate_parse(reply->last_modified);
    return reply_ms < 0 || reply_ms >= httpdate_parse(stored->last_modified);
}

bool validators_same(const struct validators *stored, const struct validators *reply)
{
    if (reply->etag.data && !is_same_tag(stored->etag, reply->etag))
        return false;
    return !reply->last_modified.data || bytes_equal(stored->last_modified, reply->last_modified);
}
