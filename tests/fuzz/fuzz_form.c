/* SPDX-License-Identifier: MIT
 *
 * fuzz_form - a page with a login form: its hidden fields, and how they are sent.
 */
#include <assert.h>

#include "base/pack.h"
#include "crawler/parse/form.h"

/* Nothing but what a form may hold is in it, and it can be taken apart again. */
static void check_encoded(struct bytes name, struct bytes value)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    form_append_encoded(&out, name, value);
    form_append_encoded(&out, name, value);
    size_t equals = 0;
    size_t ands = 0;
    for (size_t i = 0; i < out.length; i++) {
        unsigned char c = (unsigned char)out.data[i];
        assert(c > ' ' && c < 0x7f);
        equals += c == '=';
        ands += c == '&';
    }
    assert(equals == 2 && ands == 1);
    buf_clear(&out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url page, action;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    if (!url_split(&page, BYTES("https://a.example/in/login?next=/x")) ||
        !url_split(&action, BYTES("https://a.example/in/do")))
        return 0;
    bool has_form = form_hidden_fields(bytes_of(data, size), &page, &action, &packed);
    assert(has_form || packed.length == 0);
    assert(packed.length <= 64 * 1024);
    struct unpacker from = unpacker_of(buf_bytes(&packed));
    while (from.left > 0) {
        struct bytes name = unpack_bytes(&from);
        struct bytes value = unpack_bytes(&from);
        assert(!from.is_bad && name.length > 0);
        check_encoded(name, value);
    }
    buf_clear(&packed);
    return 0;
}
