/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/cookie_file.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))
#define NOW_MS      INT64_C(1800000000000)
#define JAR_BYTES   ((size_t)1024 * 1024)

static void check_written(const struct cookies *jar, const char *wanted)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    cookie_file_write(jar, NOW_MS, &out);
    ck_assert_str_eq(out.data, wanted);
    buf_clear(&out);
}

START_TEST(lines_are_read_as_cookies)
{
    static const struct {
        const char *text;
        const char *written;
    } rows[] = {
        { "", "" },
        { "# Netscape HTTP Cookie File\n\n   \n#comment\t\t\t\t\t\t\n", "" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\tv\n", "example.org\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\tv", "example.org\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { ".example.org\tTRUE\t/a\tTRUE\t1900000000\tn\tv\r\n",
          ".example.org\tTRUE\t/a\tTRUE\t1900000000\tn\tv\n" },
        { ".example.org\tFALSE\t/\tfalse\t0\tn\tv\n", "example.org\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "example.org\ttrue\t/\tTrue\t0\tn\tv\n", ".example.org\tTRUE\t/\tTRUE\t0\tn\tv\n" },
        { "#HttpOnly_.Example.ORG\tTRUE\t/\tFALSE\t0\tn\tv\n",
          "#HttpOnly_.example.org\tTRUE\t/\tFALSE\t0\tn\tv\n" },
        { "example.org\tFALSE\t/\tFALSE\t1900000000.75\tn\tv\n",
          "example.org\tFALSE\t/\tFALSE\t1900000000\tn\tv\n" },
        { "example.org\tFALSE\t/\tFALSE\t99999999999999999999999\tn\tv\n",
          "example.org\tFALSE\t/\tFALSE\t253402300799\tn\tv\n" },
        /* Empty values and names, and a value with tabs. */
        { "example.org\tFALSE\t/\tFALSE\t0\tn\t\n", "example.org\tFALSE\t/\tFALSE\t0\tn\t\n" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\n", "example.org\tFALSE\t/\tFALSE\t0\tn\t\n" },
        { "example.org\tFALSE\t/\tFALSE\t0\t\tv\n", "example.org\tFALSE\t/\tFALSE\t0\t\tv\n" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\tv\tw\tx=y\n",
          "example.org\tFALSE\t/\tFALSE\t0\tn\tv\tw\tx=y\n" },
        /* Over by now; told twice. */
        { "example.org\tFALSE\t/\tFALSE\t1800000000\tn\tv\n", "" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\tv\nexample.org\tFALSE\t/\tFALSE\t0\tn\tw\n",
          "example.org\tFALSE\t/\tFALSE\t0\tn\tw\n" },
        /* Nobody owns all hosts of a suffix, and addresses have none. */
        { ".co.uk\tTRUE\t/\tFALSE\t0\tn\tv\n", "co.uk\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "localhost\tTRUE\t/\tFALSE\t0\tn\tv\n", "localhost\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "0x7f.1\tTRUE\t/\tFALSE\t0\tn\tv\n", "127.0.0.1\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "[2001:DB8::1]\tTRUE\t/\tFALSE\t0\tn\tv\n", "[2001:db8::1]\tFALSE\t/\tFALSE\t0\tn\tv\n" },
        { "b\xc3\xbc"
          "cher.de\tTRUE\t/\tFALSE\t0\tn\tv\n",
          ".xn--bcher-kva.de\tTRUE\t/\tFALSE\t0\tn\tv\n" },
        /* By site, then in their order. */
        { "b.org\tFALSE\t/\tFALSE\t0\tn\t1\na.org\tFALSE\t/\tFALSE\t0\tn\t2\n"
          "www.b.org\tFALSE\t/\tFALSE\t0\tn\t3\n",
          "a.org\tFALSE\t/\tFALSE\t0\tn\t2\nb.org\tFALSE\t/\tFALSE\t0\tn\t1\n"
          "www.b.org\tFALSE\t/\tFALSE\t0\tn\t3\n" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        struct cookie_file_problem problem;
        ck_assert_msg(cookie_file_read(jar, bytes_from_string(rows[i].text), NOW_MS, &problem),
                      "row %zu: line %zu %s", i, problem.line, problem.what);
        char wanted[512];
        snprintf(wanted, sizeof(wanted), "# Netscape HTTP Cookie File\n%s", rows[i].written);
        check_written(jar, wanted);
        cookies_free(jar);
    }
}
END_TEST

#define GOOD "example.org\tFALSE\t/\tFALSE\t0\tn\tv\n"

START_TEST(a_line_that_cannot_be_read_is_named_and_the_jar_stays_as_it_was)
{
    static const struct {
        const char *text;
        size_t line;
        const char *what;
    } rows[] = {
        { "example.org\n", 1, "seven fields" },
        { GOOD "\n# x\n" GOOD "example.org FALSE / FALSE 0 n v\n", 5, "seven fields" },
        { "example.org\tFALSE\t/\tFALSE\t0\n", 1, "seven fields" },
        { "\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { ".\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { "..example.org\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { "http://example.org\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { "exa mple.org\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { "#HttpOnly_\tFALSE\t/\tFALSE\t0\tn\tv\n", 1, "domain" },
        { "example.org\tyes\t/\tFALSE\t0\tn\tv\n", 1, "second field" },
        { "example.org\tFALSE\tx\tFALSE\t0\tn\tv\n", 1, "path" },
        { "example.org\tFALSE\t\tFALSE\t0\tn\tv\n", 1, "path" },
        { "example.org\tFALSE\t/\t0\t0\tn\tv\n", 1, "fourth field" },
        { "example.org\tFALSE\t/\tFALSE\t\tn\tv\n", 1, "end" },
        { "example.org\tFALSE\t/\tFALSE\t-1\tn\tv\n", 1, "end" },
        { "example.org\tFALSE\t/\tFALSE\t.5\tn\tv\n", 1, "end" },
        { "example.org\tFALSE\t/\tFALSE\t1.2.3\tn\tv\n", 1, "end" },
        { "example.org\tFALSE\t/\tFALSE\ttomorrow\tn\tv\n", 1, "end" },
        { "example.org\tFALSE\t/\tFALSE\t0\t\t\n", 1, "name and value" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn\tv;w\n", 1, "name and value" },
        { "example.org\tFALSE\t/\tFALSE\t0\tn=m\tv\n", 1, "name and value" },
        { GOOD "example.org\tFALSE\t/\tFALSE\t0\tn\tv\rw\n", 2, "name and value" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct cookies *jar = cookies_new(JAR_BYTES, 7);
        struct cookie_file_problem problem;
        ck_assert(
            cookie_file_read(jar, BYTES("a.org\tFALSE\t/\tFALSE\t0\tn\told\n"), NOW_MS, &problem));
        ck_assert_msg(!cookie_file_read(jar, bytes_from_string(rows[i].text), NOW_MS, &problem),
                      "row %zu", i);
        ck_assert_msg(problem.line == rows[i].line, "row %zu: line %zu", i, problem.line);
        ck_assert_msg(strstr(problem.what, rows[i].what), "row %zu: %s", i, problem.what);
        check_written(jar, "# Netscape HTTP Cookie File\na.org\tFALSE\t/\tFALSE\t0\tn\told\n");
        cookies_free(jar);
    }
}
END_TEST

START_TEST(more_cookies_than_there_is_room_for_are_not_lost_in_silence)
{
    struct buf text;
    struct cookie_file_problem problem;
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    buf_init(&text, BUF_UNBOUNDED);
    for (int i = 0; i < COOKIES_HOST_MOST; i++)
        buf_printf(&text, "example.org\tFALSE\t/\tFALSE\t0\tn%d\tv\n", i);
    ck_assert(cookie_file_read(jar, buf_bytes(&text), NOW_MS, &problem));
    ck_assert_uint_eq(cookies_count(jar), COOKIES_HOST_MOST);
    ck_assert(!cookie_file_read(jar, BYTES(GOOD), NOW_MS, &problem));
    ck_assert_uint_eq(problem.line, 1);
    ck_assert_ptr_nonnull(strstr(problem.what, "room"));
    ck_assert_uint_eq(cookies_count(jar), COOKIES_HOST_MOST);
    ck_assert(cookie_file_read(jar, buf_bytes(&text), NOW_MS, &problem));
    buf_clear(&text);
    cookies_free(jar);
}
END_TEST

SUITE_MAIN("cookie_file", lines_are_read_as_cookies,
           a_line_that_cannot_be_read_is_named_and_the_jar_stays_as_it_was,
           more_cookies_than_there_is_room_for_are_not_lost_in_silence)
