/* SPDX-License-Identifier: MIT
 *
 * suite_charset - crawler/parse/charset.h against tests of finding a document's encoding.
 */
#include "crawler/fetch/headers.h"
#include "crawler/parse/charset.h"
#include "crawler/parse/decoder.h"
#include "crawler/parse/prescan.h"
#include "tests/conformance/suite.h"

static struct answer answer_encoding(const struct row *row)
{
    struct charset_choice choice =
        charset_choose_for_html(row_bytes(row, "body"), (struct bytes){ 0 });
    struct bytes wanted = row_bytes(row, "encoding");
    return bytes_equal_nocase(bytes_from_string(choice.charset->name), wanted)
               ? answer_pass()
               : answer_fail("ours %s, wanted %s", choice.charset->name, wanted.data);
}

static struct answer judge_charset(const struct charset *ours, struct bytes wanted)
{
    return ours == charset_by_label(wanted)
               ? answer_pass()
               : answer_fail("ours %s, wanted %s", ours ? ours->name : "none",
                             wanted.data ? wanted.data : "none");
}

static struct answer answer_declared(const struct row *row)
{
    return judge_charset(prescan_html(row_bytes(row, "body")), row_bytes(row, "expect"));
}

/* The charset of a Content-Type value. w3lib looks for the word alone. */
static struct answer answer_header(const struct row *row)
{
    char essence[128];
    struct bytes label;
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    buf_append_string(&headers, "Content-Type: ");
    buf_append_bytes(&headers, row_bytes(row, "content_type"));
    buf_append_string(&headers, "\r\n");
    header_content_type(buf_bytes(&headers), essence, &label);
    struct answer answer = judge_charset(charset_by_label(label), row_bytes(row, "expect"));
    buf_clear(&headers);
    if (answer.kind == ANSWER_FAILED && essence[0] == '\0')
        return answer_skip("no MIME type before the charset");
    return answer;
}

/* Their names are Python's: the text must be theirs, not the name. */
static struct answer answer_decode(const struct row *row)
{
    const json_t *texts = row_value(row, "text");
    struct bytes body = row_bytes(row, "body");
    struct charset_choice choice = charset_choose_for_html(body, row_bytes(row, "content_type"));
    struct decoder *decoder = decoder_new();
    struct bytes text =
        decoder_decode(decoder, choice.charset, bytes_slice(body, choice.skip, body.length));
    bool is_same = json_is_string(texts) && bytes_equal(text, json_bytes(texts));
    for (size_t i = 0; i < json_array_size(texts); i++)
        is_same |= bytes_equal(text, json_bytes(json_array_get(texts, i)));
    decoder_free(decoder);
    return is_same ? answer_pass() : answer_fail("decoded as %s", choice.charset->name);
}

static const struct suite_file files[] = {
    { .name = "w3lib-http.jsonl", .row = answer_header },
    { .name = "html5lib-encoding.jsonl", .row = answer_encoding },
    { .name = "w3lib-declared.jsonl", .row = answer_declared },
    { .name = "w3lib-decode.jsonl", .row = answer_decode },
};

const struct suite suite_charset = { .name = "charset", SUITE_FILES(files) };
