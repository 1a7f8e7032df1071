/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/memory.h"
#include "crawler/fetch/referrer.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static char *referrer_of(enum referrer_policy policy, const char *from_text, const char *to_text)
{
    static char from_storage[URL_BYTES_MAX];
    static char to_storage[URL_BYTES_MAX];
    struct url from;
    struct url to;
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    ck_assert(
        !url_parse(&from, from_storage, sizeof(from_storage), bytes_from_string(from_text), NULL));
    ck_assert(!url_parse(&to, to_storage, sizeof(to_storage), bytes_from_string(to_text), NULL));
    bool is_sent = referrer_write(policy, &from, &to, &out);
    ck_assert(is_sent == (out.length > 0));
    char *text = xbytesdup(buf_bytes(&out));
    buf_clear(&out);
    return text;
}

#define PAGE  "https://a.org/x/y?z"
#define PLAIN "http://a.org/x/y?z"

/* Pages and where their links lead; the letters say what each policy lets out: - nothing, o the
 * origin, w the whole URL. */
START_TEST(each_policy_lets_out_what_it_says)
{
    static const struct {
        const char *from;
        const char *to;
        const char *extents; /* In the order of the table of policies. */
    } rows[] = {
        /* said nothing, no-referrer, no-when-downgrade, same-origin, origin, strict-origin,
         * origin-when-cross, strict-origin-when-cross, unsafe-url */
        { PAGE, "https://a.org/", "w-wwoowww" },
        { PAGE, "https://a.org:443/", "w-wwoowww" },
        { PAGE, "https://www.a.org/", "o-w-oooow" },
        { PAGE, "https://a.org:8443/", "o-w-oooow" },
        { PAGE, "https://b.org/", "o-w-oooow" },
        { PAGE, "http://a.org/", "----o-o-w" },
        { PAGE, "http://b.org/", "----o-o-w" },
        { PAGE, "http://127.0.0.1/", "o-w-oooow" },
        { PAGE, "http://localhost:8080/", "o-w-oooow" },
        { PAGE, "http://dev.localhost/", "o-w-oooow" },
        { PAGE, "http://[::1]/", "o-w-oooow" },
        { PAGE, "http://127.0.0.1.b.org/", "----o-o-w" },
        { PAGE, "http://notlocalhost/", "----o-o-w" },
        { PAGE, "ftp://a.org/", "----o-o-w" },
        { PLAIN, "http://a.org/", "w-wwoowww" },
        { PLAIN, "http://b.org/", "o-w-oooow" },
        { PLAIN, "https://a.org/", "o-w-oooow" },
        { "ftp://a.org/x/y?z", "http://b.org/", "---------" },
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t policy = 0; rows[i].extents[policy]; policy++) {
            const char *whole = rows[i].from;
            char extent = rows[i].extents[policy];
            char *wanted = extent == '-' ? xstrdup("")
                           : extent == 'w'
                               ? xstrdup(whole)
                               : xasprintf("%s://a.org/", whole[4] == 's' ? "https" : "http");
            char *got = referrer_of((enum referrer_policy)policy, rows[i].from, rows[i].to);
            ck_assert_msg(strcmp(got, wanted) == 0, "%s from %s to %s: %s",
                          referrer_policy_text((enum referrer_policy)policy), rows[i].from,
                          rows[i].to, got);
            free(got);
            free(wanted);
        }
}
END_TEST

START_TEST(credentials_and_fragments_are_never_let_out)
{
    char *got =
        referrer_of(REFERRER_POLICY_UNSAFE_URL, "https://u:p@a.org:8443/x?y#z", "http://b.org/");
    ck_assert_str_eq(got, "https://a.org:8443/x?y");
    free(got);
    got = referrer_of(REFERRER_POLICY_ORIGIN, "https://u@a.org:8443/x?y#z", "http://b.org/");
    ck_assert_str_eq(got, "https://a.org:8443/");
    free(got);
}
END_TEST

START_TEST(a_very_long_page_is_cut_to_its_origin)
{
    char *page = xmalloc(REFERRER_BYTES_MOST + 2);
    memset(page, 'x', REFERRER_BYTES_MOST + 1);
    memcpy(page, "https://a.org/", 14);
    page[REFERRER_BYTES_MOST] = '\0';
    char *got = referrer_of(REFERRER_POLICY_UNSAFE_URL, page, "https://b.org/");
    ck_assert_str_eq(got, page);
    free(got);
    page[REFERRER_BYTES_MOST] = 'x';
    page[REFERRER_BYTES_MOST + 1] = '\0';
    got = referrer_of(REFERRER_POLICY_UNSAFE_URL, page, "https://b.org/");
    ck_assert_str_eq(got, "https://a.org/");
    free(got);
    free(page);
}
END_TEST

START_TEST(a_policy_is_read_where_it_may_stand)
{
    static const struct {
        const char *text;
        const char *header; /* What it is as such. */
        const char *meta;
        const char *attribute;
    } rows[] = {
        { "", "", "", "" },
        { "no-referrer", "no-referrer", "no-referrer", "no-referrer" },
        { "No-Referrer", "no-referrer", "no-referrer", "no-referrer" },
        { "no-referrer-when-downgrade", "no-referrer-when-downgrade", "no-referrer-when-downgrade",
          "no-referrer-when-downgrade" },
        { "same-origin", "same-origin", "same-origin", "same-origin" },
        { "origin", "origin", "origin", "origin" },
        { "strict-origin", "strict-origin", "strict-origin", "strict-origin" },
        { "origin-when-cross-origin", "origin-when-cross-origin", "origin-when-cross-origin",
          "origin-when-cross-origin" },
        { "strict-origin-when-cross-origin", "strict-origin-when-cross-origin",
          "strict-origin-when-cross-origin", "strict-origin-when-cross-origin" },
        { "unsafe-url", "unsafe-url", "unsafe-url", "unsafe-url" },
        { "never", "", "no-referrer", "" },
        { "default", "", "strict-origin-when-cross-origin", "" },
        { "ALWAYS", "", "unsafe-url", "" },
        { "origin-when-crossorigin", "", "origin-when-cross-origin", "" },
        { "no-referrer, origin", "origin", "", "" },
        { "origin, some-future-policy", "origin", "", "" },
        { " origin ,,", "origin", "", "" },
        { "nonsense", "", "", "" },
        { "origin x", "", "", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        char *headers = xasprintf("Referrer-Policy: %s\r\n", rows[i].text);
        struct bytes text = bytes_from_string(rows[i].text);
        ck_assert_str_eq(
            referrer_policy_text(referrer_policy_from_headers(bytes_from_string(headers))),
            rows[i].header);
        ck_assert_str_eq(referrer_policy_text(referrer_policy_from_meta(text)), rows[i].meta);
        ck_assert_str_eq(referrer_policy_text(referrer_policy_from_attribute(text)),
                         rows[i].attribute);
        free(headers);
    }
    ck_assert_int_eq(referrer_policy_from_headers(BYTES(
                         "Referrer-Policy: origin\r\nServer: x\r\nReferrer-Policy: same-origin\r\n"
                         "Referrer-Policy: new\r\n")),
                     REFERRER_POLICY_SAME_ORIGIN);
    ck_assert_int_eq(referrer_policy_from_headers(BYTES("Server: x\r\n")),
                     REFERRER_POLICY_NONE_SAID);
}
END_TEST

SUITE_MAIN("referrer", each_policy_lets_out_what_it_says,
           credentials_and_fragments_are_never_let_out, a_very_long_page_is_cut_to_its_origin,
           a_policy_is_read_where_it_may_stand)
