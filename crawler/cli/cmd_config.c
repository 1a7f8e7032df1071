/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crawler/cli/command.h"
#include "crawler/cli/invocation.h"

static enum status check(struct invocation *in, const struct config *config)
{
    struct buf warnings;
    struct bytes rest;
    struct bytes line;
    enum status status = STATUS_OK;
    buf_init(&warnings, BUF_UNBOUNDED);
    config_warnings(config, &warnings);
    rest = bytes_trim(buf_bytes(&warnings));
    while (rest.length > 0 && bytes_split(&rest, '\n', &line))
        log_warning("%.*s", (int)line.length, line.data);
    char *problem = config_identity_error(config);
    if (problem)
        status = invocation_fail(in, STATUS_CONFIG, "%s", problem);
    free(problem);
    buf_clear(&warnings);
    return status;
}

static enum status show(struct invocation *in, const struct config *config)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    if (invocation_has(in, "json"))
        config_show_json(config, &out);
    else
        config_show(config, invocation_has(in, "origin"), &out);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static enum status reference(struct invocation *in, const struct config *config)
{
    struct buf out;
    (void)config;
    buf_init(&out, BUF_UNBOUNDED);
    config_reference(&out);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static enum status sample(struct invocation *in, const struct config *config)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    config_sample(&out, config);
    enum status status = invocation_print(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static const struct {
    const char *name;
    enum status (*run)(struct invocation *in, const struct config *config);
} verbs[] = {
    { "check", check },
    { "show", show },
    { "reference", reference },
    { "sample", sample },
};

enum { VERBS = sizeof(verbs) / sizeof(verbs[0]) };

static enum status unknown_verb(struct invocation *in, const char *typed)
{
    const char *names[VERBS];
    for (size_t i = 0; i < VERBS; i++)
        names[i] = verbs[i].name;
    const char *nearest = nearest_name(typed, names, VERBS);
    if (nearest)
        return invocation_fail(
            in, STATUS_USAGE, "unknown \"config %s\"; did you mean \"config %s\"?", typed, nearest);
    return invocation_fail(in, STATUS_USAGE, "unknown \"config %s\"; there are %s", typed,
                           in->command->arguments);
}

enum status cmd_config(struct invocation *in)
{
    for (size_t i = 0; i < VERBS; i++) {
        if (strcmp(in->arguments[0], verbs[i].name) != 0)
            continue;
        struct config *config;
        enum status status = invocation_load(in, invocation_directory(in, "."), &config);
        if (status)
            return status;
        status = verbs[i].run(in, config);
        config_free(config);
        return status;
    }
    return unknown_verb(in, in->arguments[0]);
}
