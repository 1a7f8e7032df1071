/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "crawler/fetch/netrc.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

static void describe(struct buf *out, const struct netrc *netrc)
{
    for (size_t i = 0; i < netrc->count; i++) {
        const struct netrc_entry *entry = &netrc->entries[i];
        buf_printf(out, "%s[%s:%s]", entry->machine ? entry->machine : "*",
                   entry->login ? entry->login : "-", entry->password ? entry->password : "-");
    }
    buf_append_string(out, "");
}

START_TEST(entries_are_read_in_any_layout)
{
    static const struct {
        const char *text;
        const char *entries;
    } rows[] = {
        { "", "" },
        { " \n\t\r\n", "" },
        { "machine a.org login u password p\n", "a.org[u:p]" },
        { "machine a.org login u password p", "a.org[u:p]" },
        { "machine A.ORG\n\tlogin u\r\n\tpassword p\n", "a.org[u:p]" },
        { "machine a.org password p login u", "a.org[u:p]" },
        { "machine a.org user u password p", "a.org[u:p]" },
        { "machine a.org login u\nmachine b.org password q account x", "a.org[u:-]b.org[-:q]" },
        { "machine a.org login u password p machine a.org login v password q",
          "a.org[u:p]a.org[v:q]" },
        { "machine a.org login machine password login", "a.org[machine:login]" },
        { "default login u password p", "*[u:p]" },
        { "# machine x.org\nmachine a.org # login x\nlogin u password p#q\n#", "a.org[u:p#q]" },
        { "#\nmachine a.org login \"#u\" password #p", "a.org[#u:#p]" },
        { "machine a.org login \"u v\" password \"\\\"p\\\\\\n\\tq\\x\"",
          "a.org[u v:\"p\\\n\tqx]" },
        { "machine a.org login \"\" password p", "a.org[:p]" },
        { "machine a.org login u password p\nmacdef init\ncd /\nmachine x.org\n\nmachine b.org "
          "login v",
          "a.org[u:p]b.org[v:-]" },
        { "macdef init\n", "" },
        { "machine 127.0.0.1 login u", "127.0.0.1[u:-]" },
        { "machine [2001:DB8::1] login u", "[2001:db8::1][u:-]" },
        { "machine b\xc3\xbc"
          "cher.de login \xc3\xa4",
          "xn--bcher-kva.de[\xc3\xa4:-]" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct netrc netrc;
        struct netrc_problem problem;
        struct buf got;
        buf_init(&got, BUF_UNBOUNDED);
        ck_assert_msg(netrc_read(&netrc, bytes_from_string(rows[i].text), &problem),
                      "row %zu: line %zu %s", i, problem.line, problem.what);
        describe(&got, &netrc);
        ck_assert_msg(strcmp(got.data, rows[i].entries) == 0, "row %zu: %s", i, got.data);
        buf_clear(&got);
        netrc_clear(&netrc);
    }
}
END_TEST

START_TEST(what_cannot_be_read_is_named_with_its_line)
{
    static const struct {
        struct bytes text;
        size_t line;
        const char *what;
    } rows[] = {
        { BYTES("machine"), 1, "value" },
        { BYTES("machine a.org\n\nlogin\n\n"), 3, "value" },
        { BYTES("\nlogin u"), 2, "before any machine" },
        { BYTES("password p"), 1, "before any machine" },
        { BYTES("machine a.org login u\npasword p"), 2, "none of" },
        { BYTES("machine a.org login u password open sesame"), 1, "none of" },
        { BYTES("\"machine\" a.org"), 1, "none of" },
        { BYTES("machine a.org login \"u\npassword p"), 1, "quote" },
        { BYTES("machine a.org login \"u\\"), 1, "quote" },
        { BYTES("machine a.org:8080 login u"), 1, "no host" },
        { BYTES("\n\nmachine http://a.org/ login u"), 3, "no host" },
        { BYTES("machine \"\" login u"), 1, "no host" },
        { BYTES("machine a.org login u login v"), 1, "twice" },
        { BYTES("machine a.org password p\n\tpassword q"), 2, "twice" },
        { BYTES("machine a.org login u\0v"), 1, "NUL" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct netrc netrc;
        struct netrc_problem problem;
        ck_assert_msg(!netrc_read(&netrc, rows[i].text, &problem), "row %zu", i);
        ck_assert_msg(problem.line == rows[i].line, "row %zu: line %zu", i, problem.line);
        ck_assert_msg(strstr(problem.what, rows[i].what), "row %zu: %s", i, problem.what);
        ck_assert_uint_eq(netrc.count, 0);
    }
}
END_TEST

START_TEST(a_password_is_found_for_its_machine_and_no_other)
{
    static const struct {
        const char *machine;
        const char *login;
        const char *password; /* NULL: none. */
    } rows[] = {
        { "a.org", "", "1" },   { "a.org", "u", "1" },     { "a.org", "v", "2" },
        { "a.org", "w", NULL }, { "www.a.org", "", NULL }, { "org", "", NULL },
        { "b.org", "", "3" },   { "b.org", "x", NULL },    { "c.org", "", NULL },
        { "d.org", "", NULL },  { "", "", NULL },
    };
    struct netrc netrc;
    struct netrc_problem problem;
    ck_assert(netrc_read(&netrc,
                         BYTES("machine a.org login u password 1\nmachine a.org login v password "
                               "2\nmachine b.org password 3\nmachine c.org login u\ndefault login "
                               "u password 4\n"),
                         &problem));
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct netrc_entry *entry = netrc_find(&netrc, bytes_from_string(rows[i].machine),
                                                     bytes_from_string(rows[i].login));
        ck_assert_msg((entry != NULL) == (rows[i].password != NULL), "row %zu", i);
        if (entry)
            ck_assert_str_eq(entry->password, rows[i].password);
    }
    netrc_clear(&netrc);
}
END_TEST

SUITE_MAIN("netrc", entries_are_read_in_any_layout, what_cannot_be_read_is_named_with_its_line,
           a_password_is_found_for_its_machine_and_no_other)
