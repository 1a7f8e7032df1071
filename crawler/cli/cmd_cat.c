/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/body_text.h"
#include "crawler/cli/command.h"
#include "crawler/cli/typed_url.h"
#include "crawler/cli/verb.h"
#include "crawler/fetch/masked.h"
#include "store/page.h"

static enum status print_body(struct invocation *in, struct body_text *reader,
                              const struct page *page, struct bytes body, bool is_raw)
{
    struct bytes decoded;
    if (body.length == 0 && page->wire_bytes > 0)
        return invocation_fail(in, STATUS_NOT_FOUND,
                               "%.*s: its body was not kept (keep_bodies = no)",
                               (int)page->url.length, page->url.data);
    if (is_raw && !page->is_coded_by_us)
        return invocation_show(in, body);
    if (!body_decode(reader, page, body, &decoded))
        return invocation_fail(in, STATUS_DATA, "the stored body cannot be decoded");
    return invocation_show(in, decoded);
}

static enum status print_text(struct invocation *in, struct body_text *reader,
                              const struct page *page, struct bytes body)
{
    struct bytes text;
    if (!body_text_of(reader, page, body, &text))
        return invocation_fail(in, STATUS_DATA, "the stored body cannot be decoded");
    return invocation_show(in, text);
}

/* What is secret in them is for nobody who looks over a shoulder. */
static enum status print_headers(struct invocation *in, struct bytes headers, bool is_raw)
{
    struct buf out;
    if (is_raw)
        return invocation_show(in, headers);
    buf_init(&out, BUF_UNBOUNDED);
    masked_block(&out, headers);
    enum status status = invocation_show(in, buf_bytes(&out));
    buf_clear(&out);
    return status;
}

static enum status print_page(struct invocation *in, struct body_text *reader, struct bytes reply)
{
    struct unpacker from = unpacker_of(reply);
    struct bytes record = unpack_bytes(&from);
    struct bytes body = unpack_bytes(&from);
    struct buf scratch;
    struct page page;
    enum status status = STATUS_OK;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (from.is_bad || !page_decode(&page, record, &scratch))
        status = invocation_fail(in, STATUS_DATA, "the stored page is damaged");
    else if (invocation_has(in, "headers"))
        status = print_headers(in, page.headers, invocation_has(in, "raw"));
    else if (invocation_has(in, "text"))
        status = print_text(in, reader, &page, body);
    else
        status = print_body(in, reader, &page, body, invocation_has(in, "raw"));
    buf_clear(&scratch);
    return status;
}

enum status cmd_cat(struct invocation *in)
{
    struct verb verb;
    struct body_text *reader = NULL;
    enum status status = verb_open(&verb, in);
    if (!status)
        reader = body_text_new(config_settings(verb.config));
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        status = typed_url_pack(in, in->arguments[i], &verb.question);
        if (!status)
            status = verb_ask(&verb, QUESTION_CAT);
        if (!status)
            status = print_page(in, reader, buf_bytes(&verb.reply));
    }
    body_text_free(reader);
    verb_close(&verb);
    return status;
}
