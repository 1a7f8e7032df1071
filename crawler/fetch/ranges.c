/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/ranges.h"

#include "base/httpdate.h"
#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

/* RFC 9110, 8.8.2.2: so much later than the last change the response was made that no second
 * change can have the same date, whichever clocks were read. */
enum { DATE_APART_MS = 60 * 1000 };

static bool is_strong_tag(struct bytes etag)
{
    return etag.length >= 2 && etag.data[0] == '"' && etag.data[etag.length - 1] == '"';
}

static bool is_strong_date(struct bytes response, struct bytes modified)
{
    int64_t modified_ms = httpdate_parse_exact(modified);
    int64_t date_ms = httpdate_parse_exact(header_get(response, BYTES("date")));
    return modified_ms >= 0 && date_ms >= 0 && date_ms - modified_ms >= DATE_APART_MS;
}

struct bytes range_validator(struct bytes response)
{
    struct validators validators = validators_read(response);
    if (validators.etag.data)
        return is_strong_tag(validators.etag) ? validators.etag : (struct bytes){ 0 };
    if (validators.last_modified.data && is_strong_date(response, validators.last_modified))
        return validators.last_modified;
    return (struct bytes){ 0 };
}

static bool takes_ranges(struct bytes response)
{
    struct header_members walk = { 0 };
    struct bytes unit;
    while (header_next_member(response, BYTES("accept-ranges"), &walk, &unit))
        if (bytes_equal_nocase(unit, BYTES("bytes")))
            return true;
    return false;
}

bool range_may_finish(uint16_t status, struct bytes response)
{
    return status == 200 && takes_ranges(response) && range_validator(response).length > 0;
}

/* "bytes 5-9/10", "bytes 5-9/" and a star, or "bytes " and a star and "/10" (RFC 9110, 14.4). */
struct content_range {
    uint64_t first, last;
    uint64_t whole; /* 0: not said. */
    bool is_unsatisfied;
};

static bool read_number(struct bytes text, uint64_t *number)
{
    return text.length > 0 && bytes_to_u64(text, INT64_MAX, number);
}

static bool read_content_range(struct bytes value, struct content_range *range)
{
    size_t blank = bytes_find(value, ' ');
    size_t slash = bytes_find(value, '/');
    *range = (struct content_range){ 0 };
    if (!bytes_equal_nocase(bytes_slice(value, 0, blank), BYTES("bytes")) || slash < blank)
        return false;
    struct bytes span = field_trim(bytes_slice(value, blank, slash));
    struct bytes whole = field_trim(bytes_slice(value, slash + 1, value.length));
    bool is_star = bytes_equal(whole, BYTES("*"));
    if (slash == value.length || (!is_star && !read_number(whole, &range->whole)))
        return false;
    range->is_unsatisfied = bytes_equal(span, BYTES("*"));
    if (range->is_unsatisfied)
        return !is_star;
    size_t dash = bytes_find(span, '-');
    return read_number(bytes_slice(span, 0, dash), &range->first) &&
           read_number(bytes_slice(span, dash + 1, span.length), &range->last) &&
           range->last >= range->first && (is_star || range->last < range->whole);
}

/* A part is combined with another only where both have the same strong validator (RFC 9110,
 * 15.3.7.3); If-Range asked for that, and who answers without one has promised it. */
static bool is_of_stored(struct bytes response, const struct validators *stored)
{
    struct validators said = validators_read(response);
    if (said.etag.data && stored->etag.data)
        return bytes_equal(said.etag, stored->etag);
    return !said.last_modified.data || !stored->last_modified.data ||
           bytes_equal(said.last_modified, stored->last_modified);
}

enum range_answer range_judge(uint16_t status, struct bytes response,
                              const struct validators *stored, uint64_t held_bytes,
                              uint64_t *whole_bytes)
{
    struct content_range range;
    *whole_bytes = 0;
    if (status == 200)
        return RANGE_WHOLE;
    if (!read_content_range(header_get(response, BYTES("content-range")), &range) ||
        !is_of_stored(response, stored))
        return RANGE_OTHER;
    *whole_bytes = range.whole;
    if (status == 416)
        return range.is_unsatisfied && range.whole == held_bytes ? RANGE_NOTHING : RANGE_OTHER;
    return status == 206 && !range.is_unsatisfied && range.first == held_bytes ? RANGE_REST
                                                                               : RANGE_OTHER;
}
