/* SPDX-License-Identifier: MIT
 *
 * test scope - is a URL in or out, and what does each rule say? Asked of the crawl, with the seeds
 * that it has; or of a configuration alone, with seeds given here.
 */
#include <stdlib.h>

#include "base/memory.h"
#include "base/pack.h"
#include "crawler/cli/testing.h"
#include "crawler/cli/typed_url.h"
#include "crawler/cli/verb.h"
#include "crawler/control/configured_scope.h"
#include "crawler/control/scope_report.h"

enum { DEPTH_MOST = 65535 };

static enum status read_depth(struct invocation *in, uint32_t *depth)
{
    const char *text = invocation_value(in, "depth");
    uint64_t number = 0;
    if (text && !bytes_to_u64(bytes_from_string(text), DEPTH_MOST, &number))
        return invocation_fail(in, STATUS_USAGE, "--depth %s: this is no number from 0 to %d", text,
                               DEPTH_MOST);
    *depth = (uint32_t)number;
    return STATUS_OK;
}

/* ---- With seeds of its own */

struct seed_list {
    struct bytes *items;
    size_t count;
};

static void seed_list_clear(struct seed_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free((char *)list->items[i].data);
    free(list->items);
}

static enum status collect_seeds(struct invocation *in, const struct config *config,
                                 struct seed_list *list)
{
    enum status status = STATUS_OK;
    *list = (struct seed_list){ xcalloc(in->given_count, sizeof(*list->items)), 0 };
    for (size_t i = 0; !status && i < in->given_count; i++) {
        struct url url;
        char storage[URL_BYTES_MAX + 1];
        if (strcmp(in->given[i].flag->name, "seed") != 0)
            continue;
        status = testing_read_url(in, config, in->given[i].value, &url, storage);
        if (!status)
            list->items[list->count++] = bytes_of(xbytesdup(url_bytes(&url)), url.length);
    }
    return status;
}

static enum status report_one(struct invocation *in, const struct config *config,
                              const struct scope *scope, uint32_t depth, size_t index)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    struct buf report;
    buf_init(&report, BUF_UNBOUNDED);
    enum status status = testing_read_url(in, config, in->arguments[index], &url, storage);
    if (!status) {
        scope_report(scope, &url, depth, invocation_has(in, "json"), &report);
        status = testing_print(in, index, &report);
    }
    buf_clear(&report);
    return status;
}

static enum status ask_configuration(struct invocation *in, const struct config *config,
                                     uint32_t depth)
{
    struct seed_list seeds;
    struct scope *scope = NULL;
    char *error = NULL;
    enum status status = collect_seeds(in, config, &seeds);
    if (!status) {
        scope = configured_scope(config, seeds.items, seeds.count, &error);
        if (!scope)
            status = invocation_fail(in, STATUS_CONFIG, "%s", error);
    }
    for (size_t i = 1; !status && i < in->argument_count; i++)
        status = report_one(in, config, scope, depth, i);
    scope_free(scope);
    seed_list_clear(&seeds);
    free(error);
    return status;
}

/* ---- Of the crawl */

static enum status ask_crawl(struct invocation *in, uint32_t depth)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    for (size_t i = 1; !status && i < in->argument_count; i++) {
        status = typed_url_pack(in, in->arguments[i], &verb.question);
        pack_number(&verb.question, depth);
        pack_u8(&verb.question, invocation_has(in, "json") ? SCOPE_JSON : SCOPE_TEXT);
        if (!status)
            status = verb_ask(&verb, QUESTION_SCOPE);
        if (!status)
            status = testing_print(in, i, &verb.reply);
    }
    verb_close(&verb);
    return status;
}

enum status test_scope(struct invocation *in)
{
    struct config *config;
    const char *directory;
    uint32_t depth = 0;
    enum status status = testing_load(in, &config, &directory);
    if (!status)
        status = read_depth(in, &depth);
    if (!status && invocation_has(in, "seed"))
        status = ask_configuration(in, config, depth);
    else if (!status && directory)
        status = ask_crawl(in, depth);
    else if (!status)
        status = invocation_fail(in, STATUS_NO_INPUT,
                                 "there is no crawl here whose seeds could say; add --seed URL, "
                                 "or name the crawl with -C DIR");
    config_free(config);
    return status;
}
