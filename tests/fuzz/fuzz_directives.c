/* SPDX-License-Identifier: MIT
 *
 * Any bytes are an X-Robots-Tag, the content of a meta element, and a date. What a second reading
 * adds to the first is nothing, and more directives never allow more.
 */
#include <assert.h>
#include <stdint.h>

#include "base/httpdate.h"
#include "robots/directives.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const int64_t last_ms = INT64_C(253402387200000); /* The end of the year 9999, and a zone. */

static void check_restrictive(const struct directives *before, const struct directives *after)
{
    assert(after->noindex >= before->noindex && after->nofollow >= before->nofollow);
    assert(after->noarchive >= before->noarchive && after->nosnippet >= before->nosnippet);
    assert(after->unavailable_after_ms >= 0 && after->unavailable_after_ms <= last_ms);
    assert(before->unavailable_after_ms == 0 ||
           after->unavailable_after_ms <= before->unavailable_after_ms);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes value = bytes_of(data, size);
    struct directives first = { 0 };
    directives_from_header(&first, value, BYTES("ExampleBot"));
    struct directives second = first;
    directives_from_header(&second, value, BYTES("ExampleBot"));
    assert(memcmp(&first.unavailable_after_ms, &second.unavailable_after_ms, sizeof(int64_t)) == 0);
    check_restrictive(&first, &second);
    directives_from_meta(&second, BYTES("robots"), value, BYTES("ExampleBot"));
    check_restrictive(&first, &second);
    struct directives third = second;
    directives_from_meta(&third, value, value, BYTES("ExampleBot"));
    check_restrictive(&second, &third);
    assert(httpdate_parse(value) >= -1 && httpdate_parse(value) <= last_ms);
    assert(isodate_parse(value) >= -1 && isodate_parse(value) <= last_ms);
    return 0;
}
