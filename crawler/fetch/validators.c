/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/validators.h"

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

static bool is_same_time(struct bytes a, struct bytes b)
{
    int64_t a_ms = httpdate_parse(a);
    return bytes_equal(a, b) || (a_ms >= 0 && a_ms == httpdate_parse(b));
}

bool validators_match(const struct validators *stored, const struct validators *reply)
{
    if (stored->etag.data && reply->etag.data)
        return bytes_equal(opaque(stored->etag), opaque(reply->etag));
    if (stored->last_modified.data && reply->last_modified.data)
        return is_same_time(stored->last_modified, reply->last_modified);
    return !reply->etag.data && !reply->last_modified.data;
}

void validators_conditions(struct conditions_sent *sent, struct bytes stored, bool is_same_variant)
{
    struct validators validators = validators_read(stored);
    *sent = (struct conditions_sent){ .if_none_match = validators.etag };
    if (!is_same_variant)
        return;
    sent->if_modified_since = validators.last_modified;
    int64_t date_ms = httpdate_parse_exact(header_get(stored, BYTES("date")));
    if (!validators.etag.data && !validators.last_modified.data && date_ms >= 1000)
        sent->if_modified_since = bytes_from_string(httpdate_format(sent->date, date_ms - 1000));
}
