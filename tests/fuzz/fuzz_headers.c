/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "crawler/fetch/headers.h"
#include "crawler/fetch/response.h"

static void check_values(struct bytes headers)
{
    char essence[128];
    struct bytes value;
    header_content_type(headers, essence, &value);
    assert(strlen(essence) < sizeof(essence));
    assert(value.length <= headers.length);
    assert(header_retry_after_ms(headers, 1000) >= -1);
    header_forbids_sniffing(headers);
    assert(header_get_last(headers, BYTES("a")).length <= headers.length);
    for (size_t from = 0; header_next(headers, BYTES("content-type"), &from, &value);)
        assert(!memchr(value.data, '\r', value.length) && !memchr(value.data, '\n', value.length) &&
               !memchr(value.data, '\0', value.length));
}

/* The walks see the same lines in the same order. */
static void check_walk(struct bytes headers)
{
    struct header_field field;
    size_t total = 0;
    for (size_t from = 0; header_walk(headers, &from, &field);) {
        total += field.line.length;
        assert(from == total);
        assert(!field.is_usable || header_get(headers, field.name).data);
    }
    assert(total == headers.length);
    struct header_members walk = { 0 };
    struct bytes member;
    while (header_next_member(headers, BYTES("content-type"), &walk, &member))
        assert(member.length > 0);
}

static void check_response(struct bytes input)
{
    struct transfer_limits limits = { .header_bytes = 512, .header_fields = 8, .body_bytes = 64 };
    struct transfer_result result = { 0 };
    struct response response;
    struct bytes line;
    response_begin(&response, &result, &limits);
    bool goes_on = true;
    while (goes_on && bytes_split(&input, '\n', &line)) {
        long status = line.length > 0 ? 100 * (line.data[0] & 7) + 1 : 200;
        goes_on = response_take_line(&response, line, status);
        if (goes_on && response.has_final_headers)
            goes_on = response_take_body(&response, line, (int64_t)line.length - 1);
    }
    assert(goes_on == (response.verdict == TRANSFER_DONE));
    assert(result.headers.length <= limits.header_bytes && result.body.length <= limits.body_bytes);
    transfer_result_clear(&result);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    check_values(input);
    check_walk(input);
    check_response(input);
    return 0;
}
