/* SPDX-License-Identifier: MIT */
#include "crawler/cli/asked.h"

#include <stdlib.h>

#include "base/clock.h"
#include "crawler/cli/testing.h"

enum status asked_open(struct asked *asked, struct invocation *in)
{
    *asked = (struct asked){ .in = in, .now_ms = clock_wall_ms() };
    return testing_load(in, &asked->config, &asked->directory);
}

void asked_clear(struct asked *asked)
{
    inquiry_free(asked->inquiry);
    if (asked->is_verb_open)
        verb_close(&asked->verb);
    config_free(asked->config);
}

enum status asked_verb(struct asked *asked)
{
    if (asked->is_verb_open)
        return STATUS_OK;
    asked->is_verb_open = true;
    return verb_open(&asked->verb, asked->in);
}

const char *asked_environment(const char *name)
{
    return getenv(name);
}

enum status asked_inquiry(struct asked *asked)
{
    char *error = config_identity_error(asked->config);
    if (!error && !asked->inquiry)
        asked->inquiry = inquiry_new(asked->config, &error);
    enum status status = error ? invocation_fail(asked->in, STATUS_CONFIG, "%s", error) : STATUS_OK;
    free(error);
    return status;
}
