/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <unistd.h>

#include "base/pack.h"
#include "crawler/cli/body_text.h"
#include "crawler/cli/command.h"
#include "crawler/cli/target.h"
#include "crawler/cli/verb.h"
#include "store/changes.h"
#include "store/export/item.h"
#include "store/export/jsonl.h"

static const struct {
    const char *name;
    bool (*write)(const struct export_item *item, struct buf *out);
} formats[] = {
    { "jsonl", jsonl_write },
};

struct export
{
    struct invocation *in;
    const char *consumer; /* NULL: everything, no cursor. */
    bool (*write)(const struct export_item *item, struct buf *out);
    struct target target;
    struct body_text *reader;
    struct buf fields; /* Of the record that the reader looks at. */
    struct buf out;
    uint64_t after;
    uint64_t
        deletes_after; /* Earlier ones are not told: the consumer never had what they delete. */
    uint64_t lines;
    bool is_more;
};

/* ---- The items */

/* Reads the text of a page from its body, where that is where it is. */
static bool fill_text(struct export *export, struct export_item *item)
{
    struct page page;
    return item->body.length == 0 || (page_decode(&page, item->record, &export->fields) &&
                                      body_text_of(export->reader, &page, item->body, &item->text));
}

static enum status write_items(struct export *export, struct bytes reply)
{
    struct unpacker from = unpacker_of(reply);
    struct export_item item;
    export->is_more = unpack_u8(&from) != 0;
    export->after = unpack_number(&from);
    export->deletes_after = unpack_number(&from);
    buf_reset(&export->out);
    while (!from.is_bad && from.left > 0) {
        if (!export_item_unpack(&from, &item) || !fill_text(export, &item) ||
            !export->write(&item, &export->out))
            return invocation_fail(export->in, STATUS_DATA,
                                   "a stored page is damaged (change %" PRIu64 ")", item.version);
        export->lines++;
    }
    return target_write(export->in, &export->target, buf_bytes(&export->out));
}

static enum status export_all(struct export *export, struct verb *verb)
{
    enum status status = STATUS_OK;
    bool is_first = true;
    export->is_more = true;
    while (!status && export->is_more) {
        pack_bytes(&verb->question, bytes_from_string(export->consumer));
        pack_number(&verb->question, export->after);
        pack_u8(&verb->question, is_first);
        pack_number(&verb->question, export->deletes_after);
        is_first = false;
        status = verb_ask(verb, QUESTION_EXPORT);
        if (!status)
            status = write_items(export, buf_bytes(&verb->reply));
    }
    return status;
}

/* The cursor moves only now that the output is safely written. */
static enum status acknowledge(const struct export *export, struct verb *verb)
{
    if (!export->consumer)
        return STATUS_OK;
    pack_bytes(&verb->question, bytes_from_string(export->consumer));
    pack_number(&verb->question, export->after);
    return verb_ask(verb, QUESTION_ACKNOWLEDGE);
}

static enum status check_flags(struct export *export)
{
    const char *format = invocation_value(export->in, "format");
    export->consumer = invocation_value(export->in, "consumer");
    if (export->consumer && !consumer_name_is_valid(export->consumer))
        return invocation_fail(export->in, STATUS_USAGE,
                               "--consumer %s: 1 to 64 of a-z A-Z 0-9 . _ -", export->consumer);
    for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
        if (!format || strcmp(format, formats[i].name) == 0) {
            export->write = formats[i].write;
            return STATUS_OK;
        }
    return invocation_fail(export->in, STATUS_USAGE, "--format %s: the formats are: jsonl", format);
}

enum status cmd_export(struct invocation *in)
{
    struct verb verb;
    struct export export = { .in = in, .target = TARGET_NONE };
    enum status status = check_flags(&export);
    if (status)
        return status;
    buf_init(&export.out, BUF_UNBOUNDED);
    buf_init(&export.fields, BUF_UNBOUNDED);
    status = verb_open(&verb, in);
    if (!status)
        export.reader = body_text_new(config_settings(verb.config));
    if (!status)
        status = target_open(in, &export.target, invocation_value(in, "output"));
    if (!status)
        status = export_all(&export, &verb);
    if (!status)
        status = target_finish(in, &export.target);
    if (!status)
        status = acknowledge(&export, &verb);
    if (!status && export.target.descriptor != STDOUT_FILENO)
        invocation_note(in, "%" PRIu64 " lines in %s", export.lines, export.target.name);
    target_clear(&export.target);
    body_text_free(export.reader);
    buf_clear(&export.out);
    buf_clear(&export.fields);
    verb_close(&verb);
    return status;
}
