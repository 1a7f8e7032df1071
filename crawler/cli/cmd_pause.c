/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_host.h"
#include "crawler/cli/verb.h"

static enum status show_paused(struct verb *verb)
{
    enum status status = verb_ask(verb, QUESTION_PAUSED);
    struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    while (!status && from.left > 0 && !from.is_bad) {
        buf_append_bytes(&out, unpack_bytes(&from));
        buf_append_char(&out, '\n');
    }
    if (!status)
        status = invocation_print(verb->in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static enum status pause_all(struct verb *verb)
{
    struct invocation *in = verb->in;
    enum status status = STATUS_OK;
    for (size_t i = 0; !status && i < in->argument_count; i++)
        status = typed_host_pack(in, in->arguments[i], &verb->question);
    if (!status)
        status = verb_ask(verb, QUESTION_PAUSE);
    struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
    for (size_t i = 0; !status && i < in->argument_count; i++)
        if (!unpack_u8(&from))
            invocation_note(in, "%s was paused already", in->arguments[i]);
    return status;
}

enum status cmd_pause(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    if (!status)
        status = in->argument_count > 0 ? pause_all(&verb) : show_paused(&verb);
    verb_close(&verb);
    return status;
}
