/* SPDX-License-Identifier: MIT */
#include "crawler/cli/verb.h"

enum status verb_open(struct verb *verb, struct invocation *in)
{
    *verb = (struct verb){ .in = in, .directory = invocation_directory(in, "crawl") };
    buf_init(&verb->question, BUF_UNBOUNDED);
    buf_init(&verb->reply, BUF_UNBOUNDED);
    enum status status = invocation_load(in, verb->directory, &verb->config);
    if (!status)
        status = session_open(&verb->session, verb->directory, verb->config, in->command->name);
    return status;
}

void verb_close(struct verb *verb)
{
    session_close(verb->session);
    config_free(verb->config);
    buf_clear(&verb->question);
    buf_clear(&verb->reply);
}

enum status verb_ask(struct verb *verb, enum question question)
{
    enum status status =
        session_ask(verb->session, question, buf_bytes(&verb->question), &verb->reply);
    buf_reset(&verb->question);
    if (status && verb->reply.length > 0)
        return invocation_fail(verb->in, status, "%s", verb->reply.data);
    return status;
}
