/* SPDX-License-Identifier: MIT */
#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/verb.h"
#include "store/coding.h"
#include "store/page.h"

/* What was stored decodes to what was within max_body when it was fetched. */
static const struct coding_limits stored_limits = { .most = (size_t)1 << 30, .ratio_most = 100000 };

static enum status print_body(struct invocation *in, const struct page *page, struct bytes body,
                              bool is_raw)
{
    struct buf decoded;
    buf_init(&decoded, BUF_UNBOUNDED);
    enum status status = STATUS_OK;
    if (body.length == 0 && page->wire_bytes > 0)
        status =
            invocation_fail(in, STATUS_NOT_FOUND, "%.*s: its body was not kept (keep_bodies = no)",
                            (int)page->url.length, page->url.data);
    else if (page->is_coded_by_us && !coding_decompress(body, &decoded))
        status = invocation_fail(in, STATUS_DATA, "the stored body is damaged");
    else if (!page->is_coded_by_us && !is_raw &&
             coding_decode(page->coding, body, &decoded, &stored_limits) > CODING_TOO_LARGE)
        status = invocation_fail(in, STATUS_DATA, "the stored body cannot be decoded");
    else
        status = invocation_print(in, !page->is_coded_by_us && is_raw ? body : buf_bytes(&decoded));
    buf_clear(&decoded);
    return status;
}

static enum status print_page(struct invocation *in, struct bytes reply)
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
        status = invocation_print(in, page.headers);
    else if (invocation_has(in, "text"))
        status = invocation_print(in, page.text);
    else
        status = print_body(in, &page, body, invocation_has(in, "raw"));
    buf_clear(&scratch);
    return status;
}

enum status cmd_cat(struct invocation *in)
{
    struct verb verb;
    enum status status = verb_open(&verb, in);
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        pack_bytes(&verb.question, bytes_from_string(in->arguments[i]));
        status = verb_ask(&verb, QUESTION_CAT);
        if (!status)
            status = print_page(in, buf_bytes(&verb.reply));
    }
    verb_close(&verb);
    return status;
}
