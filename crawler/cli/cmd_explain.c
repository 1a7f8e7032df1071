/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_url.h"
#include "crawler/cli/verb.h"

enum status cmd_explain(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        status = typed_url_pack(in, in->arguments[i], &verb.question);
        pack_u8(&verb.question, invocation_has(in, "json"));
        if (!status && i > 0 && !invocation_has(in, "json"))
            status = invocation_print(in, BYTES("\n"));
        if (!status)
            status = verb_print(&verb, QUESTION_EXPLAIN);
    }
    verb_close(&verb);
    return status;
}
