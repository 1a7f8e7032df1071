/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/verb.h"

enum status cmd_status(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    if (!status) {
        pack_u8(&verb.question, invocation_has(in, "json"));
        status = verb_print(&verb, QUESTION_STATUS);
    }
    verb_close(&verb);
    return status;
}
