/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/destination.h"

static size_t parse_all(struct address *addresses, const char *const *texts)
{
    size_t count = 0;
    for (; texts[count]; count++)
        ck_assert(address_parse(&addresses[count], bytes_from_string(texts[count])));
    return count;
}

/* What stands behind "stand-in:port:". */
static const char *picked_text(const struct destination *destination)
{
    const char *port = strstr(destination->resolve, ".invalid:443:");
    ck_assert_ptr_nonnull(port);
    return port + strlen(".invalid:443:");
}

START_TEST(each_attempt_gets_the_next_address_of_each_family)
{
    static const struct {
        const char *addresses[6];
        const char *attempts[5];
    } rows[] = {
        { { "192.0.2.1", NULL }, { "192.0.2.1", NULL } },
        { { "192.0.2.1", "192.0.2.2", "192.0.2.3", NULL },
          { "192.0.2.1", "192.0.2.2", "192.0.2.3", NULL } },
        { { "192.0.2.1", "2001:db8::1", NULL }, { "192.0.2.1,[2001:db8::1]", NULL } },
        { { "2001:db8::1", "192.0.2.1", NULL }, { "[2001:db8::1],192.0.2.1", NULL } },
        { { "192.0.2.1", "192.0.2.2", "2001:db8::1", "2001:db8::2", "192.0.2.3", NULL },
          { "192.0.2.1,[2001:db8::1]", "192.0.2.2,[2001:db8::2]", "192.0.2.3", NULL } },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct address addresses[6];
        struct destination destination;
        size_t count = parse_all(addresses, rows[i].addresses);
        destination_set(&destination, BYTES("a.test"), 443, addresses, count);
        for (size_t k = 0; rows[i].attempts[k]; k++) {
            ck_assert(destination_has_untried(&destination));
            destination_pick(&destination);
            ck_assert_str_eq(picked_text(&destination), rows[i].attempts[k]);
        }
        ck_assert(!destination_has_untried(&destination));
    }
}
END_TEST

START_TEST(only_the_addresses_of_this_attempt_are_picked)
{
    static const char *const texts[] = { "192.0.2.1", "192.0.2.2", "2001:db8::1", NULL };
    struct address addresses[3];
    struct destination destination;
    destination_set(&destination, BYTES("a.test"), 443, addresses, parse_all(addresses, texts));
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(destination_find_picked(&destination, &addresses[i]), -1);
    destination_pick(&destination);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[0]), 0);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[1]), -1);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[2]), 2);
    destination_pick(&destination);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[0]), -1);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[1]), 1);
    ck_assert_int_eq(destination_find_picked(&destination, &addresses[2]), -1);
}
END_TEST

START_TEST(an_address_that_was_put_back_is_tried_again_and_who_lost_is_known)
{
    static const char *const texts[] = { "192.0.2.1", "192.0.2.2", "2001:db8::1", NULL };
    struct address addresses[3];
    struct address lost[DESTINATION_ADDRESSES_MOST];
    struct destination destination;
    destination_set(&destination, BYTES("a.test"), 443, addresses, parse_all(addresses, texts));
    destination_pick(&destination);
    destination_put_back(&destination, 2);
    ck_assert(destination_has_untried(&destination));
    destination_pick(&destination);
    ck_assert_str_eq(picked_text(&destination), "192.0.2.2,[2001:db8::1]");
    ck_assert(!destination_has_untried(&destination));
    ck_assert_uint_eq(destination_lost(&destination, NULL, lost), 0);
    destination.opened = 5;
    ck_assert_uint_eq(destination_lost(&destination, NULL, lost), 2);
    ck_assert_uint_eq(destination_lost(&destination, &addresses[2], lost), 1);
    ck_assert_mem_eq(&lost[0], &addresses[0], sizeof(lost[0]));
}
END_TEST

/* The stand-in of a host whose attempt begins with this address. */
static unsigned stand_in_of(const char *host, const char *address, uint16_t port)
{
    const char *const texts[] = { address, "2001:db8::9", NULL };
    struct address addresses[2];
    struct destination destination;
    destination_set(&destination, bytes_from_string(host), port, addresses,
                    parse_all(addresses, texts));
    destination_pick(&destination);
    ck_assert_int_eq(strncmp(destination.connect_to, "::s", 3), 0);
    return destination.stand_in;
}

START_TEST(a_stand_in_is_a_hosts_at_one_address_and_many_hosts_share_few)
{
    ck_assert_uint_eq(stand_in_of("a.test", "192.0.2.1", 80),
                      stand_in_of("a.test", "192.0.2.1", 8080));
    ck_assert_uint_ne(stand_in_of("a.test", "192.0.2.1", 80),
                      stand_in_of("a.test", "192.0.2.2", 80));
    bool is_seen[1000] = { false };
    size_t seen = 0;
    for (int i = 0; i < 5000; i++) {
        char host[16];
        snprintf(host, sizeof(host), "h%d.test", i);
        unsigned stand_in = stand_in_of(host, "192.0.2.1", 80);
        ck_assert_uint_lt(stand_in, 1000);
        seen += !is_seen[stand_in];
        is_seen[stand_in] = true;
    }
    ck_assert_uint_eq(seen, 128);
}
END_TEST

START_TEST(very_many_addresses_are_cut)
{
    struct address addresses[100];
    for (size_t i = 0; i < 100; i++)
        addresses[i] = (struct address){ { 0x20, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                           0xff, 0xff, 0xff, 0xff, 0xff, 0xff, (unsigned char)i } };
    struct destination destination;
    destination_set(&destination, BYTES("a.test"), 443, addresses, 100);
    int attempts = 0;
    for (; destination_has_untried(&destination); attempts++)
        destination_pick(&destination);
    ck_assert_int_eq(attempts, DESTINATION_ADDRESSES_MOST);
    ck_assert_str_eq(picked_text(&destination), "[2001:ffff:ffff:ffff:ffff:ffff:ffff:ff0f]");
}
END_TEST

SUITE_MAIN("destination", each_attempt_gets_the_next_address_of_each_family,
           only_the_addresses_of_this_attempt_are_picked,
           an_address_that_was_put_back_is_tried_again_and_who_lost_is_known,
           a_stand_in_is_a_hosts_at_one_address_and_many_hosts_share_few,
           very_many_addresses_are_cut)
