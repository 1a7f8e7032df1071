/* SPDX-License-Identifier: MIT */
#include "base/host_pattern.h"
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_host.h"
#include "crawler/cli/verb.h"

/* Those that are paused by a pattern of another form go on being so: which one is it? */
static enum status say_not_paused(struct verb *verb, const char *typed, struct bytes pattern)
{
    enum status status = verb_ask(verb, QUESTION_PAUSED);
    struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
    while (!status && from.left > 0 && !from.is_bad) {
        struct bytes paused = unpack_bytes(&from);
        if (host_pattern_matches(paused, pattern))
            return invocation_fail(
                verb->in, STATUS_DATA, "%s is paused by %.*s; type: forage resume '%.*s'", typed,
                (int)paused.length, paused.data, (int)paused.length, paused.data);
    }
    return status ? status : invocation_fail(verb->in, STATUS_DATA, "%s is not paused", typed);
}

/* One after another: of several, those that are paused are resumed. */
static enum status resume_one(struct verb *verb, const char *typed)
{
    struct buf question;
    buf_init(&question, BUF_UNBOUNDED);
    enum status status = typed_host_pack(verb->in, typed, &question);
    buf_append_bytes(&verb->question, buf_bytes(&question));
    if (!status)
        status = verb_ask(verb, QUESTION_RESUME);
    struct unpacker reply = unpacker_of(buf_bytes(&verb->reply));
    struct unpacker asked = unpacker_of(buf_bytes(&question));
    if (!status && !unpack_u8(&reply))
        status = say_not_paused(verb, typed, unpack_bytes(&asked));
    buf_clear(&question);
    return status;
}

enum status cmd_resume(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    enum status worst = status;
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        status = resume_one(&verb, in->arguments[i]);
        if (status)
            worst = status;
        if (status == STATUS_DATA)
            status = STATUS_OK;
    }
    verb_close(&verb);
    return worst;
}
