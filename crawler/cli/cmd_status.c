/* SPDX-License-Identifier: MIT */
#include "base/clock.h"
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/target.h"
#include "crawler/cli/verb.h"

/* Looking at all hosts that have work may take longer, in a large crawl: then what was seen by now
 * is shown. */
enum { PATIENCE_MS = 3000 };

static enum status ask(struct verb *verb, enum status_form form, struct bytes *text)
{
    int64_t until_ms = clock_monotonic_ms() + PATIENCE_MS;
    for (;;) {
        pack_u8(&verb->question, (uint8_t)form);
        pack_u8(&verb->question, clock_monotonic_ms() >= until_ms);
        pack_number(&verb->question, 0);
        enum status status = verb_ask(verb, QUESTION_STATUS);
        struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
        if (status)
            return status;
        if (unpack_u8(&from) == 0) {
            *text = unpack_rest(&from);
            return STATUS_OK;
        }
    }
}

/* The file is replaced when it is whole, as a collector may read it at any moment. */
static enum status write_file(struct invocation *in, const char *path, struct bytes text)
{
    struct target target;
    enum status status = target_open(in, &target, path);
    if (!status)
        status = target_write(in, &target, text);
    if (!status)
        status = target_finish(in, &target);
    target_clear(&target);
    return status;
}

enum status cmd_status(struct invocation *in)
{
    struct verb verb;
    struct bytes text;
    const char *path = invocation_value(in, "prom");
    enum status_form form = path                         ? STATUS_PROM
                            : invocation_has(in, "json") ? STATUS_JSON
                                                         : STATUS_TEXT;
    if (path && invocation_has(in, "json"))
        return invocation_fail(in, STATUS_USAGE, "--json and --prom are two forms: choose one");
    enum status status = verb_open(&verb, in);
    if (!status)
        status = ask(&verb, form, &text);
    if (!status && path)
        status = write_file(in, path, text);
    else if (!status)
        status = invocation_print(in, text);
    verb_close(&verb);
    return status;
}
