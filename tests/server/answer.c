/* SPDX-License-Identifier: MIT */
#include "tests/server/answer.h"

#include <inttypes.h>
#include <stdlib.h>

#include "base/httpdate.h"
#include "base/memory.h"
#include "tests/server/encoder.h"

enum { KIB = 1024 };

struct answer *answer_new(void)
{
    struct answer *answer = xcalloc(1, sizeof(*answer));
    answer->status = 200;
    answer->times = 1;
    buf_init(&answer->fields, BUF_UNBOUNDED);
    buf_init(&answer->interim, BUF_UNBOUNDED);
    buf_init(&answer->raw, BUF_UNBOUNDED);
    buf_init(&answer->flood, BUF_UNBOUNDED);
    buf_init(&answer->body, BUF_UNBOUNDED);
    return answer;
}

void answer_free(struct answer *answer)
{
    while (answer) {
        struct answer *next = answer->next;
        free(answer->reason);
        free(answer->type);
        free(answer->etag);
        free(answer->modified);
        free(answer->coding);
        buf_clear(&answer->fields);
        buf_clear(&answer->interim);
        buf_clear(&answer->raw);
        buf_clear(&answer->flood);
        buf_clear(&answer->body);
        free(answer);
        answer = next;
    }
}

/* In each coding of the list in turn. */
static void encode(struct buf *body, struct bytes codings, struct bytes content)
{
    struct bytes coding;
    buf_append_bytes(body, content);
    while (bytes_split(&codings, ' ', &coding)) {
        struct buf plain = *body;
        buf_init(body, BUF_UNBOUNDED);
        encoder_write(body, coding, buf_bytes(&plain));
        buf_clear(&plain);
    }
}

void answer_prepare(struct answer *answer)
{
    if (!answer->coding || !answer->has_body || answer->is_coded ||
        bytes_find(buf_bytes(&answer->body), '$') < answer->body.length)
        return;
    struct buf plain = answer->body;
    buf_init(&answer->body, BUF_UNBOUNDED);
    encode(&answer->body, bytes_from_string(answer->coding), buf_bytes(&plain));
    answer->is_coded = true;
    buf_clear(&plain);
}

/* ---- Words that stand for something */

struct meaning {
    substitutes values;
    const struct request *request;
    uint64_t count;
};

/* Appends what the name at the start of text stands for; how long the name is, 0: it is none. */
static size_t substitute(struct buf *out, const struct meaning *meaning, struct bytes text)
{
    if (bytes_start_with(text, BYTES("$PATH"))) {
        buf_append_bytes(out, meaning->request->target);
        return 5;
    }
    if (bytes_start_with(text, BYTES("$COUNT"))) {
        buf_printf(out, "%" PRIu64, meaning->count);
        return 6;
    }
    for (substitutes value = meaning->values; *value; value += 2)
        if (bytes_start_with(text, bytes_from_string(value[0]))) {
            buf_append_string(out, value[1]);
            return strlen(value[0]);
        }
    return 0;
}

static void append_substituted(struct buf *out, const struct meaning *meaning, struct bytes text)
{
    while (text.length > 0) {
        size_t dollar = bytes_find(text, '$');
        buf_append_bytes(out, bytes_slice(text, 0, dollar));
        text = bytes_slice(text, dollar, text.length);
        size_t used = text.length > 0 ? substitute(out, meaning, text) : 0;
        if (used == 0 && text.length > 0)
            buf_append_char(out, text.data[used++]);
        text = bytes_slice(text, used, text.length);
    }
}

/* ---- Conditions (RFC 9110, 13.2.2: If-None-Match goes first) */

static bool is_unchanged(const struct answer *answer, const struct request *request)
{
    struct bytes etags = request_field(request, BYTES("if-none-match"));
    struct bytes since = request_field(request, BYTES("if-modified-since"));
    if (answer->status != 200)
        return false;
    if (etags.length > 0)
        return answer->etag &&
               memmem(etags.data, etags.length, answer->etag, strlen(answer->etag)) != NULL;
    return answer->modified && since.length > 0 &&
           httpdate_parse(since) >= httpdate_parse(bytes_from_string(answer->modified));
}

/* ---- Ranges (RFC 9110, 14): what follows a byte, which is all that crawlers ask for */

enum { RANGE_NONE, RANGE_PART, RANGE_BEYOND };

static int find_range(const struct answer *answer, const struct request *request, size_t length,
                      uint64_t *first)
{
    struct bytes range = request_field(request, BYTES("range"));
    struct bytes same = request_field(request, BYTES("if-range"));
    *first = 0;
    if (!answer->takes_ranges || answer->status != 200 ||
        !bytes_start_with(range, BYTES("bytes=")) || !bytes_end_with(range, BYTES("-")) ||
        !bytes_to_u64(bytes_slice(range, 6, range.length - 1), INT64_MAX, first))
        return RANGE_NONE;
    if (same.length > 0 && !(answer->etag && bytes_equal(same, bytes_from_string(answer->etag))) &&
        !(answer->modified && bytes_equal(same, bytes_from_string(answer->modified))))
        return RANGE_NONE;
    return *first < length ? RANGE_PART : RANGE_BEYOND;
}

/* ---- The parts of a response */

static void make_body(struct buf *body, const struct answer *answer, const struct meaning *meaning)
{
    struct buf content;
    buf_init(&content, BUF_UNBOUNDED);
    if (answer->is_coded)
        buf_append_bytes(&content, buf_bytes(&answer->body));
    else if (answer->has_body)
        append_substituted(&content, meaning, buf_bytes(&answer->body));
    else
        append_substituted(&content, meaning,
                           BYTES("<!DOCTYPE html>\n<title>$PATH</title>\n<p>This is $PATH.</p>\n"));
    if (answer->coding && !answer->is_coded)
        encode(body, bytes_from_string(answer->coding), buf_bytes(&content));
    else
        buf_append_bytes(body, buf_bytes(&content));
    buf_clear(&content);
}

static void make_framing(struct buf *head, const struct answer *answer, size_t length)
{
    switch (answer->framing) {
    case FRAMING_LENGTH:
        if (answer->body_flood == 0)
            buf_printf(head, "Content-Length: %zu\r\n", length);
        break;
    case FRAMING_WRONG_LENGTH:
        buf_printf(head, "Content-Length: %" PRIu64 "\r\n", answer->length);
        break;
    case FRAMING_CHUNKS:
        buf_append_string(head, "Transfer-Encoding: chunked\r\n");
        break;
    case FRAMING_CLOSE:
        break;
    }
}

static void append_codings(struct buf *head, struct bytes codings)
{
    struct bytes coding;
    for (const char *before = ""; bytes_split(&codings, ' ', &coding); before = ", ") {
        buf_append_string(head, before);
        buf_append_bytes(head,
                         bytes_equal(coding, BYTES("deflate-raw")) ? BYTES("deflate") : coding);
    }
}

static const char *reason_of(const struct answer *answer, int status)
{
    switch (status) {
    case 206:
        return "Partial Content";
    case 304:
        return "Not Modified";
    case 416:
        return "Range Not Satisfiable";
    }
    return answer->reason ? answer->reason : "As Told";
}

/* Status line and fields, without the empty line. */
static void make_head(struct buf *head, const struct answer *answer, const struct meaning *meaning,
                      int status, size_t body_length)
{
    bool is_304 = status == 304;
    buf_printf(head, "HTTP/1.1 %d %s\r\n", status, reason_of(answer, status));
    if (answer->takes_ranges)
        buf_append_string(head, "Accept-Ranges: bytes\r\n");
    if (answer->etag)
        buf_printf(head, "ETag: %s\r\n", answer->etag);
    if (answer->modified)
        buf_printf(head, "Last-Modified: %s\r\n", answer->modified);
    append_substituted(head, meaning, buf_bytes(&answer->fields));
    if (answer->is_closing || answer->framing == FRAMING_CLOSE)
        buf_append_string(head, "Connection: close\r\n");
    if (is_304)
        return;
    if (!answer->type)
        buf_append_string(head, "Content-Type: text/html; charset=utf-8\r\n");
    else if (strcmp(answer->type, "none") != 0)
        buf_printf(head, "Content-Type: %s\r\n", answer->type);
    if (answer->coding && !answer->is_packed) {
        buf_append_string(head, "Content-Encoding: ");
        append_codings(head, bytes_from_string(answer->coding));
        buf_append_string(head, "\r\n");
    }
    make_framing(head, answer, body_length);
}

static void plan_paced(struct plan *plan, const struct answer *answer, struct bytes bytes)
{
    if (answer->drip_bytes > 0)
        plan_drip(plan, bytes, answer->drip_bytes, answer->drip_ms);
    else
        plan_send(plan, bytes);
}

/* So many KiB of what the answer repeats, or of x in blocks that begin so and end so. */
static void plan_flood(struct plan *plan, const struct answer *answer, uint64_t kib,
                       struct bytes begin, struct bytes end)
{
    struct buf block;
    buf_init(&block, BUF_UNBOUNDED);
    while (answer->flood.length > 0 && block.length < KIB)
        buf_append_bytes(&block, buf_bytes(&answer->flood));
    if (block.length == 0) {
        memset(buf_reserve(&block, KIB), 'x', KIB);
        memcpy(block.data, begin.data, begin.length);
        memcpy(block.data + KIB - end.length, end.data, end.length);
        block.length = KIB;
    }
    plan_repeat(plan, buf_bytes(&block), kib == PLAN_FOR_EVER ? kib : kib * KIB / block.length);
    buf_clear(&block);
}

static void plan_head(struct plan *plan, const struct answer *answer, struct bytes head)
{
    size_t first_line = bytes_find(head, '\n') + 1;
    if (answer->is_dripping_whole) {
        plan_paced(plan, answer, head);
        plan_paced(plan, answer, BYTES("\r\n"));
        return;
    }
    plan_send(plan, bytes_slice(head, 0, first_line));
    plan_wait(plan, answer->stall_ms[STALL_IN_HEADERS]);
    plan_send(plan, bytes_slice(head, first_line, head.length));
    if (answer->field_flood > 0)
        plan_flood(plan, answer, answer->field_flood, BYTES("X-Flood: "), BYTES("\r\n"));
    plan_send(plan, BYTES("\r\n"));
}

static void plan_body_flood(struct plan *plan, const struct answer *answer)
{
    if (answer->body_flood > 0)
        plan_flood(plan, answer, answer->body_flood, BYTES(""), BYTES("\n"));
}

static void append_chunks(struct buf *out, struct bytes body, size_t chunk_bytes)
{
    for (size_t at = 0; at < body.length; at += chunk_bytes) {
        struct bytes chunk = bytes_slice(body, at, at + chunk_bytes);
        buf_printf(out, "%zx\r\n", chunk.length);
        buf_append_bytes(out, chunk);
        buf_append_string(out, "\r\n");
    }
    buf_append_string(out, "0\r\n\r\n");
}

/* body is in its framing. */
static void plan_body(struct plan *plan, const struct answer *answer, struct bytes body)
{
    struct bytes sent = answer->is_cut ? bytes_slice(body, 0, answer->cut_bytes) : body;
    size_t half = answer->stall_ms[STALL_IN_BODY] != 0 ? sent.length / 2 : sent.length;
    plan_wait(plan, answer->stall_ms[STALL_BEFORE_BODY]);
    plan_paced(plan, answer, bytes_slice(sent, 0, half));
    plan_wait(plan, answer->stall_ms[STALL_IN_BODY]);
    plan_paced(plan, answer, bytes_slice(sent, half, sent.length));
    plan_body_flood(plan, answer);
}

static void plan_response(struct plan *plan, const struct answer *answer,
                          const struct meaning *meaning)
{
    struct buf head, body, framed;
    uint64_t first;
    buf_init(&head, BUF_UNBOUNDED);
    buf_init(&body, BUF_UNBOUNDED);
    buf_init(&framed, BUF_UNBOUNDED);
    make_body(&body, answer, meaning);
    int range = find_range(answer, meaning->request, body.length, &first);
    struct bytes sent = bytes_slice(buf_bytes(&body), (size_t)first, body.length);
    plan->status = is_unchanged(answer, meaning->request) ? 304
                   : range == RANGE_PART                  ? 206
                   : range == RANGE_BEYOND                ? 416
                                                          : answer->status;
    if (plan->status != 206)
        sent = plan->status == 416 ? (struct bytes){ 0 } : buf_bytes(&body);
    bool has_body = plan->status != 304 && !bytes_equal(meaning->request->method, BYTES("HEAD"));
    make_head(&head, answer, meaning, plan->status, sent.length);
    if (plan->status == 206)
        buf_printf(&head, "Content-Range: bytes %" PRIu64 "-%zu/%zu\r\n", first, body.length - 1,
                   body.length);
    if (plan->status == 416)
        buf_printf(&head, "Content-Range: bytes */%zu\r\n", body.length);
    plan_send(plan, buf_bytes(&answer->interim));
    plan_head(plan, answer, buf_bytes(&head));
    if (answer->framing == FRAMING_CHUNKS)
        append_chunks(&framed, sent, answer->length);
    if (has_body)
        plan_body(plan, answer, answer->framing == FRAMING_CHUNKS ? buf_bytes(&framed) : sent);
    buf_clear(&head);
    buf_clear(&body);
    buf_clear(&framed);
}

void answer_plan(const struct answer *answer, const struct request *request, substitutes values,
                 uint64_t count, struct plan *plan)
{
    struct meaning meaning = { values, request, count };
    plan_wait(plan, answer->stall_ms[STALL_BEFORE]);
    if (answer->raw.length > 0) {
        plan_paced(plan, answer, buf_bytes(&answer->raw));
        plan_body_flood(plan, answer);
        plan_wait(plan, answer->stall_ms[STALL_IN_BODY]);
    } else {
        plan_response(plan, answer, &meaning);
    }
    if (answer->is_reset)
        plan_end(plan, STEP_RESET);
    else if (answer->is_closing || answer->is_cut || answer->raw.length > 0 ||
             answer->framing == FRAMING_CLOSE || answer->framing == FRAMING_WRONG_LENGTH ||
             answer->body_flood > 0 || request->is_last)
        plan_end(plan, STEP_CLOSE);
}
