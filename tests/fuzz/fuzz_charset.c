/* SPDX-License-Identifier: MIT
 *
 * Any bytes in any charset: found by prescan, decoded, and a query put back into it. The first byte
 * chooses the charset; what comes before the first line feed is a label as well.
 */
#include <assert.h>

#include "base/arena.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/decoder.h"
#include "crawler/parse/query.h"
#include "crawler/parse/wellformed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct decoder *decoder;
    if (!decoder)
        decoder = decoder_new();
    if (size == 0)
        return 0;
    struct bytes body = bytes_of(data + 1, size - 1);
    struct bytes label = bytes_slice(body, 0, bytes_find(body, '\n'));
    assert(charset_choose_for_html(body, label).charset);
    assert(charset_choose_for_xml(body, label).charset);
    struct charset_choice choice = charset_choose_for_text(body, label);
    assert(choice.charset && choice.skip <= body.length);

    const struct charset *charset = charset_utf8() + data[0] % CHARSET_COUNT;
    struct arena arena;
    arena_init(&arena);
    struct bytes text = decoder_decode(decoder, charset, body);
    assert(wellformed_length(text) == text.length);
    struct bytes copy = arena_copy(&arena, text);
    struct bytes link = query_in_charset(decoder, charset, copy, &arena);
    assert(wellformed_length(link) == link.length);
    arena_clear(&arena);
    return 0;
}
