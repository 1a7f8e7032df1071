/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <netinet/in.h>
#include <sys/un.h>

#include "crawler/fetch/address.h"

/* NULL: a global address. */
static const struct {
    const char *host;
    const char *range;
} ranges[] = {
    { "0.0.0.0", "this network" },
    { "0.255.255.255", "this network" },
    { "1.0.0.0", NULL },
    { "9.255.255.255", NULL },
    { "10.0.0.0", "private" },
    { "10.255.255.255", "private" },
    { "11.0.0.0", NULL },
    { "100.63.255.255", NULL },
    { "100.64.0.0", "shared" },
    { "100.100.100.200", "shared" },
    { "100.127.255.255", "shared" },
    { "100.128.0.0", NULL },
    { "126.255.255.255", NULL },
    { "127.0.0.0", "loopback" },
    { "127.0.0.1", "loopback" },
    { "127.255.255.255", "loopback" },
    { "128.0.0.0", NULL },
    { "168.63.129.15", NULL },
    { "168.63.129.16", "cloud platform" },
    { "169.253.255.255", NULL },
    { "169.254.0.0", "link-local" },
    { "169.254.169.254", "link-local" },
    { "169.255.0.0", NULL },
    { "172.15.255.255", NULL },
    { "172.16.0.0", "private" },
    { "172.31.255.255", "private" },
    { "172.32.0.0", NULL },
    { "192.0.0.0", "reserved" },
    { "192.0.0.192", "reserved" },
    { "192.0.1.0", NULL },
    { "192.0.2.1", "documentation" },
    { "192.88.99.1", "reserved" },
    { "192.167.255.255", NULL },
    { "192.168.0.0", "private" },
    { "192.168.255.255", "private" },
    { "192.169.0.0", NULL },
    { "198.17.255.255", NULL },
    { "198.18.0.0", "benchmarking" },
    { "198.19.255.255", "benchmarking" },
    { "198.20.0.0", NULL },
    { "198.51.100.7", "documentation" },
    { "203.0.113.7", "documentation" },
    { "223.255.255.255", NULL },
    { "224.0.0.0", "multicast" },
    { "239.255.255.255", "multicast" },
    { "240.0.0.0", "reserved" },
    { "255.255.255.254", "reserved" },
    { "255.255.255.255", "broadcast" },
    { "93.184.216.34", NULL },

    { "[::]", "unspecified" },
    { "[::1]", "loopback" },
    { "[0:0:0:0:0:0:0:1]", "loopback" },
    { "[::2]", "this network" },
    { "[100::1]", "discard" },
    { "[100:0:0:1::]", "reserved" },
    { "[1fff:ffff::1]", "reserved" },
    { "[2000::1]", NULL },
    { "[2606:2800:220:1:248:1893:25c8:1946]", NULL },
    { "[2001:2::1]", "benchmarking" },
    { "[2001:10::1]", "reserved" },
    { "[2001:20::1]", "reserved" },
    { "[2001:1ff:ffff::1]", "reserved" },
    { "[2001:200::1]", NULL },
    { "[2001:db7:ffff::1]", NULL },
    { "[2001:db8::1]", "documentation" },
    { "[2001:db9::1]", NULL },
    { "[3ffe::1]", NULL },
    { "[3fff::1]", "documentation" },
    { "[3fff:fff:ffff::1]", "documentation" },
    { "[3fff:1000::1]", NULL },
    { "[4000::1]", "reserved" },
    { "[5f00::1]", "reserved" },
    { "[fbff::1]", "reserved" },
    { "[fc00::1]", "private" },
    { "[fd00:ec2::254]", "private" },
    { "[fdff:ffff::1]", "private" },
    { "[fe00::1]", "reserved" },
    { "[fe80::1]", "link-local" },
    { "[febf::1]", "link-local" },
    { "[fec0::1]", "private" },
    { "[ff02::1]", "multicast" },

    /* IPv4-mapped is IPv4. */
    { "[::ffff:127.0.0.1]", "loopback" },
    { "[::ffff:7f00:1]", "loopback" },
    { "[::FFFF:A9FE:A9FE]", "link-local" },
    { "[0:0:0:0:0:ffff:10.1.2.3]", "private" },
    { "[::ffff:93.184.216.34]", NULL },
    /* IPv4-compatible and -translated are no addresses to connect to, whatever stands in them. */
    { "[::127.0.0.1]", "loopback" },
    { "[::a9fe:a9fe]", "link-local" },
    { "[::93.184.216.34]", "reserved" },
    { "[::ffff:0:127.0.0.1]", "loopback" },
    { "[::ffff:0:5db8:d822]", "reserved" },
    /* NAT64: the well-known prefix carries any, the local one is private. */
    { "[64:ff9b::127.0.0.1]", "loopback" },
    { "[64:ff9b::a9fe:a9fe]", "link-local" },
    { "[64:ff9b::10.0.0.1]", "private" },
    { "[64:ff9b::93.184.216.34]", NULL },
    { "[64:ff9b:0:0:0:1:7f00:1]", "reserved" },
    { "[64:ff9b:1::93.184.216.34]", "private" },
    { "[64:ff9b:1:ffff::1]", "private" },
    { "[64:ff9b:2::1]", "reserved" },
    /* 6to4 and Teredo. */
    { "[2002:7f00:1::1]", "loopback" },
    { "[2002:a00:1::]", "private" },
    { "[2002:a9fe:a9fe::1]", "link-local" },
    { "[2002:5db8:d822::1]", NULL },
    { "[2001:0:a00:1::a247:27dd]", "private" },
    { "[2001:0:5db8:d822::80ff:fffe]", "loopback" },
    { "[2001:0:5db8:d822::5601:5601]", "link-local" },
    { "[2001:0:5db8:d822::a247:27dd]", NULL },
};

START_TEST(every_range_is_known_by_its_name)
{
    char *error = NULL;
    struct address_rules *rules = address_rules_new(NULL, 0, &error);
    ck_assert_ptr_nonnull(rules);
    for (size_t i = 0; i < sizeof(ranges) / sizeof(ranges[0]); i++) {
        struct address address;
        ck_assert_msg(address_parse_host(&address, bytes_from_string(ranges[i].host)), "%s",
                      ranges[i].host);
        const char *range = address_range(&address);
        ck_assert_msg(range ? ranges[i].range && strcmp(range, ranges[i].range) == 0
                            : !ranges[i].range,
                      "%s is %s", ranges[i].host, range ? range : "global");
        ck_assert_int_eq(address_is_allowed(rules, &address), ranges[i].range == NULL);
    }
    address_rules_free(rules);
}
END_TEST

START_TEST(only_canonical_literals_are_addresses)
{
    static const char *const hosts[] = {
        "",
        "[]",
        "[",
        "]",
        "[::1",
        "::1]",
        "::1",
        "127.1",
        "2130706433",
        "0x7f.1",
        "0x7f000001",
        "017700000001",
        "127.0.0.01",
        "127.0.0.1.",
        "1.2.3.4.5",
        "256.0.0.1",
        "[127.0.0.1]",
        "[fe80::1%lo]",
        "[fe80::1%25lo]",
        "[1::2::3]",
        "[:::]",
        "[::12345]",
        " 127.0.0.1",
        "127.0.0.1 ",
        "example.test",
        "[example]",
        "[0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0000:0001]",
        "[[::1]]",
    };
    struct address address;
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++)
        ck_assert_msg(!address_parse_host(&address, bytes_from_string(hosts[i])), "%s", hosts[i]);
    ck_assert(!address_parse_host(&address, bytes_of("127.0.0.1\0", 10)));
    ck_assert(!address_parse_host(&address, bytes_of("[::1\0]", 6)));
}
END_TEST

START_TEST(addresses_are_written_in_their_usual_form)
{
    static const struct {
        const char *host;
        const char *text;
        bool is_ipv4;
    } rows[] = {
        { "192.0.2.1", "192.0.2.1", true },
        { "[::ffff:192.0.2.1]", "192.0.2.1", true },
        { "[2001:DB8:0:0:0:0:0:1]", "2001:db8::1", false },
        { "[::1]", "::1", false },
        { "[ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff]", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
          false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct address address;
        char text[ADDRESS_TEXT_BYTES];
        ck_assert(address_parse_host(&address, bytes_from_string(rows[i].host)));
        ck_assert_str_eq(address_text(&address, text), rows[i].text);
        ck_assert_int_eq(address_is_ipv4(&address), rows[i].is_ipv4);
    }
}
END_TEST

START_TEST(socket_addresses_go_both_ways)
{
    static const char *const hosts[] = { "192.0.2.1", "[2001:db8::1]", "[64:ff9b::1.2.3.4]" };
    for (size_t i = 0; i < sizeof(hosts) / sizeof(hosts[0]); i++) {
        struct address address;
        struct address back;
        struct sockaddr_storage storage;
        ck_assert(address_parse_host(&address, bytes_from_string(hosts[i])));
        socklen_t length = address_to_sockaddr(&address, 8443, &storage);
        bool is_ipv4 = address_is_ipv4(&address);
        ck_assert_int_eq(storage.ss_family, is_ipv4 ? AF_INET : AF_INET6);
        ck_assert_uint_eq(length,
                          is_ipv4 ? sizeof(struct sockaddr_in) : sizeof(struct sockaddr_in6));
        ck_assert(address_from_sockaddr(&back, (struct sockaddr *)&storage));
        ck_assert_mem_eq(address.ip, back.ip, sizeof(address.ip));
    }
    struct sockaddr_un local = { .sun_family = AF_UNIX };
    struct address address;
    ck_assert(!address_from_sockaddr(&address, (struct sockaddr *)&local));
}
END_TEST

START_TEST(what_a_rule_names_is_opened_and_nothing_else)
{
    static const struct {
        const char *rule;
        const char *host;
        bool is_allowed;
    } rows[] = {
        { "10.0.0.0/8", "10.1.2.3", true },
        { "10.0.0.0/8", "[::ffff:10.1.2.3]", true },
        { "10.0.0.0/8", "[64:ff9b::10.1.2.3]", false },
        { "10.0.0.0/8", "[2002:a01:203::1]", false },
        { "10.0.0.0/8", "172.16.0.1", false },
        { "10.1.2.3", "10.1.2.3", true },
        { "10.1.2.3/32", "10.1.2.4", false },
        { "10.1.2.0/31", "10.1.2.1", true },
        { "10.1.2.0/31", "10.1.2.2", false },
        { "0.0.0.0/0", "127.0.0.1", true },
        { "0.0.0.0/0", "[::1]", false },
        { "::1", "[::1]", true },
        { "::1/128", "127.0.0.1", false },
        { "fd00::/8", "[fdff::1]", true },
        { "fd00::/8", "[fc00::1]", false },
        { "::ffff:10.0.0.0/104", "10.9.9.9", true },
        { "::/0", "10.0.0.1", true },
        { "64:ff9b::/96", "[64:ff9b::10.1.2.3]", true },
        { "10.0.0.0/8", "93.184.216.34", true },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *error = NULL;
        struct address address;
        struct address_rules *rules = address_rules_new(&rows[i].rule, 1, &error);
        ck_assert_msg(rules != NULL, "%s", rows[i].rule);
        ck_assert(address_parse_host(&address, bytes_from_string(rows[i].host)));
        ck_assert_msg(address_is_allowed(rules, &address) == rows[i].is_allowed, "%s and %s",
                      rows[i].rule, rows[i].host);
        address_rules_free(rules);
    }
}
END_TEST

START_TEST(rules_that_cannot_be_meant_are_refused_with_a_reason)
{
    static const struct {
        const char *rule;
        const char *error;
    } rows[] = {
        { "", "\"\" is no address like 10.0.0.0/8, ::1 or fd00::/8" },
        { "localhost", "\"localhost\" is no address like 10.0.0.0/8, ::1 or fd00::/8" },
        { "10.0.0/8", "\"10.0.0/8\" is no address like 10.0.0.0/8, ::1 or fd00::/8" },
        { "[::1]", "\"[::1]\" is no address like 10.0.0.0/8, ::1 or fd00::/8" },
        { "10.0.0.0/33", "\"10.0.0.0/33\" needs a prefix length from 0 to 32" },
        { "10.0.0.0/", "\"10.0.0.0/\" needs a prefix length from 0 to 32" },
        { "10.0.0.0/-1", "\"10.0.0.0/-1\" needs a prefix length from 0 to 32" },
        { "10.0.0.0/8/8", "\"10.0.0.0/8/8\" needs a prefix length from 0 to 32" },
        { "fd00::/129", "\"fd00::/129\" needs a prefix length from 0 to 128" },
        { "10.0.0.1/8", "\"10.0.0.1/8\" has bits set behind its prefix length" },
        { "fd00::1/64", "\"fd00::1/64\" has bits set behind its prefix length" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        const char *rules[2] = { "10.0.0.0/8", rows[i].rule };
        char *error = NULL;
        ck_assert_ptr_null(address_rules_new(rules, 2, &error));
        ck_assert_str_eq(error, rows[i].error);
        free(error);
    }
}
END_TEST

SUITE_MAIN("address", every_range_is_known_by_its_name, only_canonical_literals_are_addresses,
           addresses_are_written_in_their_usual_form, socket_addresses_go_both_ways,
           what_a_rule_names_is_opened_and_nothing_else,
           rules_that_cannot_be_meant_are_refused_with_a_reason)
