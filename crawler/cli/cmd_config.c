/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "crawler/cli/command.h"
#include "crawler/cli/invocation.h"
#include "crawler/control/configured_scope.h"
#include "crawler/control/network_options.h"
#include "crawler/engine/logins.h"

static void warn(const struct config *config)
{
    struct buf warnings;
    struct bytes line;
    buf_init(&warnings, BUF_UNBOUNDED);
    configured_scope_warnings(config, &warnings);
    config_warnings(config, &warnings);
    struct bytes rest = bytes_trim(buf_bytes(&warnings));
    while (rest.length > 0 && bytes_split(&rest, '\n', &line))
        log_warning("%.*s", (int)line.length, line.data);
    buf_clear(&warnings);
}

/* NULL, or which rule is no regular expression. */
static char *check_rules(const struct config *config)
{
    char *error = NULL;
    scope_free(configured_scope(config, NULL, 0, &error));
    return error;
}

static const char *environment(const char *name)
{
    return getenv(name);
}

/* Are the secrets of logins where they are said to be? */
static enum status check_logins(struct invocation *in, const struct config *config)
{
    char *problem;
    struct logins *logins =
        logins_new(config, invocation_directory(in, "."), environment, &problem);
    if (logins) {
        logins_free(logins);
        return STATUS_OK;
    }
    enum status status = invocation_fail(in, STATUS_CONFIG, "%s", problem);
    free(problem);
    return status;
}

/* Every question that a run asks of the configuration before its first request. */
static enum status check(struct invocation *in, const struct config *config)
{
    char *(*const checks[])(const struct config *config) = { check_rules, network_options_error,
                                                             config_identity_error };
    enum status status = STATUS_OK;
    warn(config);
    for (size_t i = 0; !status && i < sizeof(checks) / sizeof(checks[0]); i++) {
        char *problem = checks[i](config);
        if (problem)
            status = invocation_fail(in, STATUS_CONFIG, "%s", problem);
        free(problem);
    }
    return status ? status : check_logins(in, config);
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
    bool is_of_crawl; /* Reads forage.conf; what explains options must also work beside a broken
                         one. */
    enum status (*run)(struct invocation *in, const struct config *config);
} verbs[] = {
    { "check", true, check },
    { "show", true, show },
    { "reference", false, reference },
    { "sample", false, sample },
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
        const char *directory = verbs[i].is_of_crawl ? invocation_directory(in, ".") : NULL;
        enum status status = invocation_load(in, directory, &config);
        if (status)
            return status;
        status = verbs[i].run(in, config);
        config_free(config);
        return status;
    }
    return unknown_verb(in, in->arguments[0]);
}
