/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdlib.h>
#include <string.h>

#include "crawler/fetch/dns_servers.h"

START_TEST(each_way_to_write_a_name_server_is_one_form_or_an_error)
{
    static const struct {
        const char *written;
        const char *servers; /* NULL: it is wrong ... */
        const char *wrong;   /* ... and these words are in the message. */
    } rows[] = {
        { "192.0.2.1", "192.0.2.1:53", NULL },
        { "192.0.2.1:5353", "192.0.2.1:5353", NULL },
        { " 192.0.2.1 ,\t192.0.2.2:54 ", "192.0.2.1:53,192.0.2.2:54", NULL },
        { "2001:db8::1", "[2001:db8::1]:53", NULL },
        { "::1", "[::1]:53", NULL },
        { "[2001:DB8:0::1]", "[2001:db8::1]:53", NULL },
        { "[2001:db8::1]:54,::1", "[2001:db8::1]:54,[::1]:53", NULL },
        { "::ffff:192.0.2.1", "192.0.2.1:53", NULL },
        { "foo", NULL, "\"foo\" is no name server" },
        { "dns.example.org:53", NULL, "dns.example.org:53" },
        { "192.0.2.1:99999", NULL, "192.0.2.1:99999" },
        { "192.0.2.1:0", NULL, "192.0.2.1:0" },
        { "192.0.2.1:", NULL, "192.0.2.1:" },
        { "192.0.2.1:5x", NULL, "192.0.2.1:5x" },
        { "192.0.2.1,", NULL, "\"\"" },
        { ",192.0.2.1", NULL, "\"\"" },
        { "192.0.2.1,,192.0.2.2", NULL, "\"\"" },
        { "192.0.2.1 192.0.2.2", NULL, "192.0.2.1 192.0.2.2" },
        { "192.0.2.300", NULL, "192.0.2.300" },
        { "127.1", NULL, "127.1" },
        { "[::1", NULL, "[::1" },
        { "[::1]x", NULL, "[::1]x" },
        { "[::1]:", NULL, "[::1]:" },
        { "[]:53", NULL, "[]:53" },
        { "fe80::1%lo", NULL, "fe80::1%lo" },
        { "udp://192.0.2.1", NULL, "udp://192.0.2.1" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct buf servers;
        buf_init(&servers, BUF_UNBOUNDED);
        char *problem = dns_servers_read(bytes_from_string(rows[i].written), &servers);
        if (rows[i].servers)
            ck_assert_msg(!problem &&
                              bytes_equal(buf_bytes(&servers), bytes_from_string(rows[i].servers)),
                          "%s: %.*s, %s", rows[i].written, (int)servers.length, servers.data,
                          problem ? problem : "no problem");
        else
            ck_assert_msg(problem && strstr(problem, rows[i].wrong), "%s: %s", rows[i].written,
                          problem ? problem : "nothing is wrong");
        free(problem);
        buf_clear(&servers);
    }
}
END_TEST

SUITE_MAIN("dns_servers", each_way_to_write_a_name_server_is_one_form_or_an_error)
