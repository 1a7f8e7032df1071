/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_url.h"
#include "crawler/cli/verb.h"
#include "frontier/outcome.h"

struct ls {
    struct invocation *in;
    struct bytes argument;
    struct buf prefix; /* Of URLs, or the domain whose hosts are listed. */
    uint8_t state;     /* + 1; 0: all. */
    bool is_json;
    struct buf host; /* Where to go on. */
    struct buf after;
    struct buf out;
};

/* ---- URLs */

static enum status find_state(struct ls *ls)
{
    const char *wanted = invocation_value(ls->in, "state");
    if (!wanted)
        return STATUS_OK;
    for (int state = URL_STATE_LIVE; state < URL_STATE_COUNT; state++)
        if (strcmp(wanted, url_state_word((enum url_state)state)) == 0)
            ls->state = (uint8_t)(state + 1);
    if (ls->state)
        return STATUS_OK;
    return invocation_fail(ls->in, STATUS_USAGE, "--state %s: no such state", wanted);
}

static void show_row(struct ls *ls, struct unpacker *from)
{
    char when[CLOCK_TEXT_BYTES];
    struct bytes url = unpack_bytes(from);
    enum url_state state = (enum url_state)(unpack_u8(from) % URL_STATE_COUNT);
    enum outcome reason = (enum outcome)(unpack_u8(from) % OUTCOME_COUNT);
    uint64_t status = unpack_number(from);
    int64_t checked_at_ms = unpack_signed(from);
    uint64_t document = unpack_number(from);
    if (!ls->is_json) {
        buf_printf(&ls->out, "%.*s %s %" PRIu64 " %s\n", (int)url.length, url.data,
                   url_state_word(state), status, clock_format(when, checked_at_ms));
        return;
    }
    struct json json;
    json_init(&json, &ls->out);
    json_object_begin(&json, NULL);
    json_string(&json, "url", url);
    json_text(&json, "state", url_state_word(state));
    json_text(&json, "reason", outcome_word(reason));
    json_unsigned(&json, "status", status);
    json_time(&json, "checked_at", checked_at_ms);
    json_unsigned(&json, "document", document);
    json_object_end(&json);
    buf_append_char(&ls->out, '\n');
}

/* One slice of rows to standard output; *is_more: there are others. */
static enum status show_slice(struct ls *ls, struct bytes reply, bool *is_more)
{
    struct unpacker from = unpacker_of(reply);
    *is_more = unpack_u8(&from) != 0;
    struct bytes host = unpack_bytes(&from);
    struct bytes after = unpack_bytes(&from);
    buf_reset(&ls->host);
    buf_append_bytes(&ls->host, host);
    buf_reset(&ls->after);
    buf_append_bytes(&ls->after, after);
    buf_reset(&ls->out);
    while (!from.is_bad && from.left > 0 && unpack_u8(&from) == 1)
        show_row(ls, &from);
    return invocation_show(ls->in, buf_bytes(&ls->out));
}

static enum status list_urls(struct ls *ls, struct verb *verb)
{
    bool is_more = true;
    enum status status = STATUS_OK;
    typed_url_prefix(&ls->prefix, ls->argument);
    while (!status && is_more) {
        pack_bytes(&verb->question, buf_bytes(&ls->host));
        pack_bytes(&verb->question, buf_bytes(&ls->after));
        pack_bytes(&verb->question, buf_bytes(&ls->prefix));
        pack_u8(&verb->question, ls->state);
        pack_number(&verb->question, 0);
        status = verb_ask(verb, QUESTION_LS);
        if (!status)
            status = show_slice(ls, buf_bytes(&verb->reply), &is_more);
    }
    return status;
}

/* ---- Hosts */

/* Hosts are written as in canonical URLs, whatever way they were typed. */
static enum status read_domain(struct ls *ls)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    if (ls->argument.length == 0)
        return STATUS_OK;
    enum url_error error = typed_url_parse(&url, storage, sizeof(storage), ls->argument);
    if (error == URL_ERROR_RELATIVE) {
        buf_append_string(&ls->prefix, "https://");
        buf_append_bytes(&ls->prefix, ls->argument);
        error = url_parse_link(&url, storage, sizeof(storage), buf_bytes(&ls->prefix), NULL);
    }
    if (error != URL_ERROR_NONE)
        return invocation_fail(ls->in, STATUS_DATA, "%.*s: %s", (int)ls->argument.length,
                               ls->argument.data, url_error_text(error));
    buf_reset(&ls->prefix);
    buf_append_bytes(&ls->prefix, url_host(&url));
    return STATUS_OK;
}

static enum status list_hosts(struct ls *ls, struct verb *verb)
{
    bool is_more = true;
    enum status status = read_domain(ls);
    while (!status && is_more) {
        pack_bytes(&verb->question, buf_bytes(&ls->host));
        pack_bytes(&verb->question, buf_bytes(&ls->prefix));
        pack_u8(&verb->question, ls->is_json);
        pack_number(&verb->question, 0);
        status = verb_ask(verb, QUESTION_HOSTS);
        if (status)
            break;
        struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
        is_more = unpack_u8(&from) != 0;
        struct bytes host = unpack_bytes(&from);
        buf_reset(&ls->host);
        buf_append_bytes(&ls->host, host);
        status = invocation_print(ls->in, unpack_rest(&from));
    }
    return status;
}

enum status cmd_ls(struct invocation *in)
{
    struct verb verb;
    struct ls ls = { .in = in, .is_json = invocation_has(in, "json") };
    bool is_of_hosts = invocation_has(in, "hosts");
    if (is_of_hosts && invocation_has(in, "state"))
        return invocation_fail(in, STATUS_USAGE, "--state is for URLs, and --hosts lists hosts");
    if (in->argument_count > 0)
        ls.argument = bytes_from_string(in->arguments[0]);
    buf_init(&ls.prefix, BUF_UNBOUNDED);
    buf_init(&ls.host, BUF_UNBOUNDED);
    buf_init(&ls.after, BUF_UNBOUNDED);
    buf_init(&ls.out, BUF_UNBOUNDED);
    enum status status = verb_open(&verb, in);
    if (!status)
        status = find_state(&ls);
    if (!status)
        status = is_of_hosts ? list_hosts(&ls, &verb) : list_urls(&ls, &verb);
    buf_clear(&ls.prefix);
    buf_clear(&ls.host);
    buf_clear(&ls.after);
    buf_clear(&ls.out);
    verb_close(&verb);
    return status;
}
