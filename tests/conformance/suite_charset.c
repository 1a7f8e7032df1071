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

/* w3lib looks for the words, in markup that HTML does not know as well. */
static struct answer answer_declared(const struct row *row)
{
    struct bytes body = row_bytes(row, "body");
    struct answer answer = judge_charset(prescan_html(body), row_bytes(row, "expect"));
    if (answer.kind != ANSWER_FAILED)
        return answer;
    if (text_has(body, "< meta"))
        return answer_skip("a blank before the name, so it is no tag");
    if (text_has(body, "http-equiv") && !text_has(body, "=content-type") &&
        !text_has(body, "=\"content-type\"") && !text_has(body, "='content-type'"))
        return answer_skip("another http-equiv than content-type");
    return answer;
}

/* What the MIME Sniffing and Fetch standards say to a value that w3lib reads otherwise. */
static const char *reason_of_standard(struct bytes value, const char *essence)
{
    if (essence[0] == '\0')
        return "no MIME type before the charset";
    if (text_has(value, "charset=\"\""))
        return "the first charset counts, be it empty";
    for (size_t i = 0, quotes = 0; i < value.length; i++) {
        quotes += value.data[i] == '"';
        if (value.data[i] == ',' && quotes % 2 == 0)
            return "the last of several values counts";
        if (i > 0 && value.data[i - 1] == '"' && quotes > 0 && quotes % 2 == 0 &&
            value.data[i] != ';')
            return "what follows the quotes is passed over";
    }
    return NULL;
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
    if (answer.kind != ANSWER_FAILED)
        return answer;
    const char *reason = reason_of_standard(row_bytes(row, "content_type"), essence);
    return reason ? answer_skip(reason) : answer;
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
    if (!is_same && text_has(row_bytes(row, "encoding"), "utf-32"))
        return answer_skip("UTF-32 is not in the Encoding Standard");
    return is_same ? answer_pass() : answer_fail("decoded as %s", choice.charset->name);
}

static const struct suite_file files[] = {
    { .name = "w3lib-http.jsonl", .row = answer_header },
    { .name = "html5lib-encoding.jsonl", .row = answer_encoding },
    { .name = "w3lib-declared.jsonl", .row = answer_declared },
    { .name = "w3lib-decode.jsonl", .row = answer_decode },
};

const struct suite suite_charset = { .name = "charset", SUITE_FILES(files) };
