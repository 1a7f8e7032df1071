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
    struct buf prefix;
    uint8_t state; /* + 1; 0: all. */
    bool is_json;
    struct buf host; /* Where to go on. */
    struct buf after;
    struct buf out;
};

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

enum status cmd_ls(struct invocation *in)
{
    struct verb verb;
    struct ls ls = { .in = in, .is_json = invocation_has(in, "json") };
    buf_init(&ls.prefix, BUF_UNBOUNDED);
    if (in->argument_count > 0)
        typed_url_prefix(&ls.prefix, bytes_from_string(in->arguments[0]));
    buf_init(&ls.host, BUF_UNBOUNDED);
    buf_init(&ls.after, BUF_UNBOUNDED);
    buf_init(&ls.out, BUF_UNBOUNDED);
    bool is_more = true;
    enum status status = verb_open(&verb, in);
    if (!status)
        status = find_state(&ls);
    while (!status && is_more) {
        pack_bytes(&verb.question, buf_bytes(&ls.host));
        pack_bytes(&verb.question, buf_bytes(&ls.after));
        pack_bytes(&verb.question, buf_bytes(&ls.prefix));
        pack_u8(&verb.question, ls.state);
        pack_number(&verb.question, 0);
        status = verb_ask(&verb, QUESTION_LS);
        if (!status)
            status = show_slice(&ls, buf_bytes(&verb.reply), &is_more);
    }
    buf_clear(&ls.prefix);
    buf_clear(&ls.host);
    buf_clear(&ls.after);
    buf_clear(&ls.out);
    verb_close(&verb);
    return status;
}
