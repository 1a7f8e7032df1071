/* SPDX-License-Identifier: MIT
 *
 * wire - the questions that verbs ask of whoever holds the crawl directory, and how they travel.
 *
 * A frame is a 4-byte big-endian length and that many bytes: a question is its number and a packed
 * payload, an answer a status and a packed payload (text for people where the status is not OK).
 * The socket is DIR/control, mode 0600. Both sides are this program in this version; WIRE_VERSION
 * says so in the first byte.
 */
#ifndef CRAWLER_CONTROL_WIRE_H
#define CRAWLER_CONTROL_WIRE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/status.h"

#define WIRE_VERSION    1
#define WIRE_FRAME_MOST (64u << 20)

#define QUESTION_TABLE(ROW)                                                                        \
    ROW(YIELD,                                                                                     \
        "yield") /* A run asks a verb to let go: OK, then the holder closes; BUSY from a run. */   \
    ROW(STATUS, "status")   /* form, is it the last time -> ask again, or text */                  \
    ROW(SEED, "seed")       /* URLs -> how many are new; on disk when answered */                  \
    ROW(EXPLAIN, "explain") /* URL -> ask again, or text */                                        \
    ROW(LS, "ls")           /* after host, after URL, prefix, state -> rows, and where to go on */ \
    ROW(CAT, "cat")         /* URL -> page record and body */                                      \
    ROW(EXPORT, "export")   /* consumer or number -> raw items, and the next number */             \
    ROW(ACKNOWLEDGE, "acknowledge") /* consumer, number: on disk when answered */                  \
    ROW(PAUSE, "pause")             /* host patterns -> was each not paused? On disk then */       \
    ROW(RESUME, "resume")           /* host patterns -> was each paused? On disk then */           \
    ROW(PAUSED, "paused")           /* -> host patterns */                                         \
    ROW(HOSTS, "hosts")             /* after host, domain -> lines, and where to go on */          \
    ROW(SCOPE, "scope")             /* URL, depth -> text, or JSON */                              \
    ROW(COOKIES, "cookies")         /* after site -> records of sites, and where to go on */       \
    ROW(SET_COOKIES, "set-cookies") /* records of sites: on disk when answered */                  \
    ROW(ORIGIN, "origin")           /* URL -> what is known of its robots.txt */                   \
    ROW(REQUEST, "request") /* URL -> what its request is made of: the stored page, cookies */

enum question {
#define ROW(name, word) QUESTION_##name,
    QUESTION_TABLE(ROW)
#undef ROW
        QUESTION_COUNT
};

/* How status is wanted. */
enum status_form { STATUS_TEXT, STATUS_JSON, STATUS_PROM, STATUS_FORMS };

/* Blocking, for clients. STATUS_IO where the other side is gone, STATUS_BUSY where it does not
 * answer in time. */
enum status wire_send(int descriptor, struct bytes frame);
enum status wire_receive(int descriptor, struct buf *frame);

/* Binds or connects DIR/control. -1 with errno; wire_error says what it means. */
int wire_listen(const char *directory);
/* wait_ms bounds each wait from then on; 0: for ever. */
int wire_connect(const char *directory, int64_t wait_ms);
const char *wire_error(int error);

#endif
