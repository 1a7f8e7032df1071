/* SPDX-License-Identifier: MIT
 *
 * fuzz_cookie_file - any bytes as a cookie file: what is read is written so that it is read the
 * same, and what is refused leaves nothing.
 */
#include <assert.h>

#include "crawler/fetch/cookie_file.h"

#define NOW_MS    INT64_C(1800000000000)
#define JAR_BYTES 200000

static void check_again(const struct cookies *jar)
{
    struct cookies *other = cookies_new(JAR_BYTES, 7);
    struct cookie_file_problem problem;
    struct buf once;
    struct buf twice;
    buf_init(&once, BUF_UNBOUNDED);
    buf_init(&twice, BUF_UNBOUNDED);
    cookie_file_write(jar, NOW_MS, &once);
    assert(cookie_file_read(other, buf_bytes(&once), NOW_MS, &problem));
    cookie_file_write(other, NOW_MS, &twice);
    assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
    buf_clear(&once);
    buf_clear(&twice);
    cookies_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    struct cookie_file_problem problem;
    if (cookie_file_read(jar, bytes_of(data, size), NOW_MS, &problem))
        check_again(jar);
    else
        assert(problem.line > 0 && problem.what && cookies_count(jar) == 0);
    cookies_free(jar);
    return 0;
}
