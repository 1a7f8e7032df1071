/* SPDX-License-Identifier: MIT
 *
 * answer - what a page of the site answers, and all that goes wrong on the way.
 *
 * A page has a chain of answers: each serves `times` requests, the last one all that follow.
 */
#ifndef TESTS_SERVER_ANSWER_H
#define TESTS_SERVER_ANSWER_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "tests/server/plan.h"
#include "tests/server/request.h"

enum stall_place { STALL_BEFORE, STALL_IN_HEADERS, STALL_BEFORE_BODY, STALL_IN_BODY, STALL_PLACES };
enum framing { FRAMING_LENGTH, FRAMING_WRONG_LENGTH, FRAMING_CHUNKS, FRAMING_CLOSE };

struct answer {
    struct answer *next;
    uint64_t times;
    int status;
    char *reason;
    char *type; /* NULL: text/html; charset=utf-8. "none": no such field. */
    char *etag; /* With them, a request that names them is answered with 304. */
    char *modified;
    bool takes_ranges;  /* Range: bytes=N- is answered, and with If-Range as it asks for. */
    struct buf fields;  /* Other field lines, with CRLF. */
    struct buf interim; /* 1xx responses before this one, as they are sent. */
    struct buf raw;     /* In place of everything else but a flood of the body. */
    struct buf body;
    char *coding;   /* One, or several with spaces between, in the order of their use. */
    bool is_packed; /* In that coding, and no field says so. */
    bool has_body;  /* Else one is made of the path. */
    bool is_coded;  /* The body is sent as it is: in its coding, and $PORT means nothing in it. */
    enum framing framing;
    uint64_t length; /* Claimed; or of a chunk. */
    int64_t stall_ms[STALL_PLACES];
    uint64_t drip_bytes; /* Of the body; with is_dripping_whole of the head, too. */
    int64_t drip_ms;
    bool is_dripping_whole;
    bool is_cut, is_reset;
    uint64_t cut_bytes;               /* Of the body that still leave. */
    uint64_t field_flood, body_flood; /* More fields, more body: in KiB ... */
    struct buf flood;                 /* ... of this, again and again; empty: of x. */
    bool is_closing;
};

/* What $PORT and the like stand for in fields and bodies: name and value in turns, NULL at the end.
 */
typedef const char *const *substitutes;

struct answer *answer_new(void);
/* It is complete: what takes long is done before somebody waits for it. */
void answer_prepare(struct answer *answer);
/* With those that follow it. */
void answer_free(struct answer *answer);

/* The response to this request, the count-th of the page. */
void answer_plan(const struct answer *answer, const struct request *request, substitutes values,
                 uint64_t count, struct plan *plan);

#endif
