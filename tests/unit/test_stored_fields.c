/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "crawler/fetch/stored_fields.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void check_block(const struct buf *got, const char *wanted, size_t row)
{
    ck_assert_msg(bytes_equal(buf_bytes(got), bytes_from_string(wanted)), "row %zu:\n%.*s", row,
                  (int)got->length, got->data ? got->data : "");
}

START_TEST(fields_of_the_connection_are_not_stored)
{
    static const struct {
        const char *received;
        const char *stored;
    } rows[] = {
        { "HTTP/1.1 200 OK\r\nServer: x\r\nX-New: y\r\n",
          "HTTP/1.1 200 OK\r\nServer: x\r\nX-New: y\r\n" },
        { "HTTP/1.1 200 OK\r\nConnection: close\r\nKeep-Alive: 5\r\nProxy-Connection: x\r\nTE: "
          "x\r\nTransfer-Encoding: chunked\r\nUpgrade: h2c\r\nProxy-Authenticate: "
          "x\r\nProxy-Authentication-Info: x\r\nproxy-authorization: x\r\nA: b\r\n",
          "HTTP/1.1 200 OK\r\nA: b\r\n" },
        { "A: 1\r\nConnection: b, Close\r\nB: 2\r\nconnection: C\r\nc: 3\r\nclose: 4\r\nD: 5\r\n",
          "A: 1\r\nD: 5\r\n" },
        { "Cache-Control: no-cache=\"set-cookie, X\", max-age=5\r\nSet-Cookie: a=b\r\nx: 1\r\nY: "
          "2\r\n",
          "Cache-Control: no-cache=\"set-cookie, X\", max-age=5\r\nY: 2\r\n" },
        { "Set-Cookie: a=b\r\nCache-Control: no-cache\r\n",
          "Set-Cookie: a=b\r\nCache-Control: no-cache\r\n" },
        { "A: 1\r\n folded\r\nConnection: b\r\nB: 2\r\n folded\r\nC: 3",
          "A: 1\r\n folded\r\nC: 3\r\n" },
        { "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf stored;
        buf_init(&stored, BUF_UNBOUNDED);
        stored_fields_take(&stored, bytes_from_string(rows[i].received));
        check_block(&stored, rows[i].stored, i);
        buf_clear(&stored);
    }
}
END_TEST

START_TEST(an_update_replaces_fields_but_not_those_of_the_body)
{
    static const struct {
        const char *stored;
        const char *update;
        const char *updated;
    } rows[] = {
        { "HTTP/1.1 200 OK\r\nETag: \"a\"\r\nX: 1\r\nContent-Length: 5\r\nX: 2\r\nY: z\r\n",
          "HTTP/1.1 304 Not Modified\r\nx: 3\r\nContent-Length: 0\r\nETag: \"b\"\r\nNew: "
          "n\r\nConnection: close\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nY: z\r\nx: 3\r\nETag: \"b\"\r\nNew: n\r\n" },
        { "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n",
          "HTTP/1.1 304 X\r\nContent-Type: text/plain\r\ncontent-encoding: "
          "br\r\nTransfer-Encoding: chunked\r\nContent-Range: bytes 0-1/2\r\n",
          "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Encoding: gzip\r\n" },
        { "Content-Foo: 1\r\nContent-Language: en\r\nContent-MD5: x\r\n",
          "Content-Foo: 2\r\nContent-Language: de\r\nContent-MD5: y\r\n",
          "Content-Foo: 2\r\nContent-Language: de\r\nContent-MD5: y\r\n" },
        { "Age: 5\r\nDate: a\r\nExpires: c\r\n", "X: 1\r\n", "Expires: c\r\nX: 1\r\n" },
        { "Age: 5\r\nDate: a\r\n", "Date: b\r\nAge: 2\r\n", "Date: b\r\nAge: 2\r\n" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nY: c", "HTTP/1.1 304 X\r\nZ: d\r\n e\r\n",
          "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nY: c\r\nZ: d\r\n e\r\n" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nY: c\r\n", "HTTP/1.1 304 X\r\nX: d",
          "HTTP/1.1 200 OK\r\nY: c\r\nX: d\r\n" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n",
          "HTTP/1.1 304 X: y\r\nbroken\r\nX: b\rc\r\nA B: c\r\n: d\r\n",
          "HTTP/1.1 200 OK\r\nX: a\r\n" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n", "", "HTTP/1.1 200 OK\r\nX: a\r\n" },
        { "HTTP/1.1 200 OK\r\nX: a\r\n", "X:\r\n", "HTTP/1.1 200 OK\r\nX:\r\n" },
        { "", "HTTP/1.1 304 X\r\nX: a\r\n", "X: a\r\n" },
        /* What the update may not bring replaces nothing. */
        { "X: a\r\nY: b\r\n", "Connection: x\r\nX: c\r\nY: d\r\n", "X: a\r\nY: d\r\n" },
        { "X: a\r\n", "Cache-Control: no-cache=\"x\"\r\nX: c\r\n",
          "Cache-Control: no-cache=\"x\"\r\n" },
        { "Connection: x\r\nX: a\r\nKeep-Alive: 1\r\nY: b\r\n", "", "Y: b\r\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct buf updated;
        buf_init(&updated, BUF_UNBOUNDED);
        stored_fields_update(&updated, bytes_from_string(rows[i].stored),
                             bytes_from_string(rows[i].update));
        check_block(&updated, rows[i].updated, i);
        buf_clear(&updated);
    }
}
END_TEST

SUITE_MAIN("stored_fields", fields_of_the_connection_are_not_stored,
           an_update_replaces_fields_but_not_those_of_the_body)
