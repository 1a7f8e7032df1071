/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <zlib.h>

#include "crawl_trial.h"
#include "crawler/engine/inquiry_robots.h"
#include "robots/policy.h"
#include "store/origins.h"

#define NOW INT64_C(1750000000000)

static const char rules[] = "User-agent: *\nDisallow: /private/\n";

/* What each host answers to a request for its robots.txt. */
static void answer(struct web *web, const struct web_request *request, struct web_answer *answer)
{
    const char *host = request->host;
    answer->status = 200;
    buf_append_string(&answer->headers, "Content-Type: text/plain\r\n");
    if (strncmp(host, "missing.", 8) == 0) {
        answer->status = 404;
    } else if (strncmp(host, "broken.", 7) == 0) {
        answer->status = 503;
    } else if (strncmp(host, "loop.", 5) == 0) {
        answer->status = 302;
        buf_printf(&answer->headers, "Location: %sx\r\n", request->path);
    } else if (strncmp(host, "moved.", 6) == 0) {
        answer->status = 301;
        buf_printf(&answer->headers, "Location: http://b.localhost:%u/r.txt\r\nETag: \"moved\"\r\n",
                   (unsigned)web->port);
    } else if (strncmp(host, "inside.", 7) == 0) {
        answer->status = 301;
        buf_append_string(&answer->headers, "Location: http://10.0.0.1/robots.txt\r\n");
    } else if (strncmp(host, "packed.", 7) == 0) {
        unsigned char packed[256];
        z_stream stream = { 0 };
        ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 31, 8, Z_DEFAULT_STRATEGY), Z_OK);
        stream.next_in = (unsigned char *)(uintptr_t)rules;
        stream.avail_in = sizeof(rules) - 1;
        stream.next_out = packed;
        stream.avail_out = sizeof(packed);
        ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
        buf_append_string(&answer->headers, "Content-Encoding: gzip\r\n");
        buf_append(&answer->body, packed, stream.total_out);
        deflateEnd(&stream);
        return;
    } else if (strncmp(host, "garbled.", 8) == 0) {
        buf_append_string(&answer->headers, "Content-Encoding: gzip\r\n");
    }
    buf_append_string(&answer->body, rules);
}

START_TEST(each_answer_means_what_it_means_in_a_run)
{
    static const struct {
        const char *host;
        enum robots_verdict verdict;
        uint16_t status;
        unsigned requests;
        const char *detail; /* A part of it; "" where there is none. */
    } rows[] = {
        { "a.localhost", ROBOTS_VERDICT_RULES, 200, 1, "" },
        { "packed.localhost", ROBOTS_VERDICT_RULES, 200, 1, "" },
        { "moved.localhost", ROBOTS_VERDICT_RULES, 200, 2, "" },
        { "missing.localhost", ROBOTS_VERDICT_ALLOW_ALL, 404, 1, "" },
        { "broken.localhost", ROBOTS_VERDICT_DISALLOW_ALL, 503, 1, "HTTP 503" },
        { "garbled.localhost", ROBOTS_VERDICT_DISALLOW_ALL, 0, 1, "decoded" },
        /* One too many counts as none there; one that leads nowhere is no answer. */
        { "loop.localhost", ROBOTS_VERDICT_ALLOW_ALL, 404, 6, "" },
        { "inside.localhost", ROBOTS_VERDICT_DISALLOW_ALL, 0, 1, "private" },
        { "10.0.0.1", ROBOTS_VERDICT_DISALLOW_ALL, 0, 0, "address not allowed: private" },
        { "a.onion", ROBOTS_VERDICT_DISALLOW_ALL, 0, 0, "host name not resolved: onion" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct trial trial;
        struct origin_record record;
        struct buf kept;
        struct url url;
        char detail[INQUIRY_DETAIL_BYTES];
        char *error;
        trial_init(&trial, answer, NULL, "");
        struct inquiry *inquiry = inquiry_new(trial.config, &error);
        char *text = trial_url(&trial, rows[i].host, "/page");
        ck_assert(url_split(&url, bytes_from_string(text)));
        buf_init(&kept, BUF_UNBOUNDED);
        inquiry_robots(inquiry, &url, NOW, &kept, detail);
        ck_assert(origin_decode(&record, buf_bytes(&kept)));
        ck_assert_msg(robots_verdict(&record, NOW) == rows[i].verdict, "%s", rows[i].host);
        ck_assert_msg(record.status == rows[i].status, "%s: %u", rows[i].host, record.status);
        ck_assert_int_eq(record.checked_at_ms, NOW);
        ck_assert_msg(web_requests(trial.web) == rows[i].requests, "%s: %zu", rows[i].host,
                      web_requests(trial.web));
        ck_assert_msg(*rows[i].detail ? strstr(detail, rows[i].detail) != NULL : !*detail, "%s: %s",
                      rows[i].host, detail);
        if (rows[i].verdict == ROBOTS_VERDICT_RULES)
            ck_assert(bytes_equal(record.body, BYTES(rules)));
        ck_assert_uint_eq(record.etag.length, 0);
        buf_clear(&kept);
        free(text);
        inquiry_free(inquiry);
        trial_clear(&trial);
    }
}
END_TEST

SUITE_MAIN("inquiry_robots", each_answer_means_what_it_means_in_a_run)
