/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_url.h"
#include "crawler/cli/verb.h"

/* One URL, in as many questions as it takes. */
static enum status explain(struct verb *verb, struct bytes typed)
{
    struct buf meant, carried;
    bool is_json = invocation_has(verb->in, "json");
    bool is_more = true;
    enum status status = STATUS_OK;
    buf_init(&meant, BUF_UNBOUNDED);
    buf_init(&carried, BUF_UNBOUNDED);
    typed_url_meant(&meant, typed);
    while (!status && is_more) {
        pack_bytes(&verb->question, typed);
        pack_bytes(&verb->question, buf_bytes(&meant));
        pack_u8(&verb->question, is_json);
        pack_bytes(&verb->question, buf_bytes(&carried));
        pack_number(&verb->question, 0);
        status = verb_ask(verb, QUESTION_EXPLAIN);
        struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
        is_more = !status && unpack_u8(&from) != 0;
        if (is_more) {
            buf_reset(&carried);
            buf_append_bytes(&carried, unpack_bytes(&from));
        } else if (!status) {
            status = invocation_print(verb->in, unpack_rest(&from));
        }
    }
    buf_clear(&meant);
    buf_clear(&carried);
    return status;
}

enum status cmd_explain(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        if (i > 0 && !invocation_has(in, "json"))
            status = invocation_print(in, BYTES("\n"));
        if (!status)
            status = explain(&verb, bytes_trim(bytes_from_string(in->arguments[i])));
    }
    verb_close(&verb);
    return status;
}
