/* SPDX-License-Identifier: MIT
 *
 * What of options is not for eyes.
 */
#include "suite.h"

#include "base/userinfo.h"
#include "config/loaded.h"
#include "config/secret.h"

static const struct option *option_of(const char *name)
{
    size_t i = 0;
    while (strcmp(options[i].name, name) != 0)
        i++;
    return &options[i];
}

START_TEST(secrets_in_options_are_masked)
{
    static const char *const rows[][3] = {
        { "proxy", "http://alice:hush@p:1", "http://alice:***@p:1" },
        { "proxy", "alice:hush@p:1", "alice:***@p:1" },
        { "proxy", "socks5://a:hu:s@h@p:1", "socks5://a:***@p:1" },
        { "proxy", "http://alice:$SECRET@p:1", "http://alice:$SECRET@p:1" },
        { "proxy", "http://alice:@/etc/proxy@p:1", "http://alice:@/etc/proxy@p:1" },
        { "proxy", "http://alice@p:1", "http://alice@p:1" },
        { "proxy", "http://alice:@p:1", "http://alice:@p:1" },
        { "proxy", "http://p:1", "http://p:1" },
        { "proxy", "p:1", "p:1" },
        { "proxy", "", "" },
        { "form_field", "user=alice", "user=alice" },
        { "form_field", "Password=hush", "Password=***" },
        { "form_field", "user_pwd = hush", "user_pwd =***" },
        { "form_field", "password", "password" },
        { "form_action", "https://a:hush@b.example/", "https://a:***@b.example/" },
        { "contact", "see https://a:hush@b.example/ or http://c:hush@d/",
          "see https://a:***@b.example/ or http://c:***@d/" },
        { "user_agent", "Bot/1.0 (+https://a.example/bot)", "Bot/1.0 (+https://a.example/bot)" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++) {
        struct buf shown;
        buf_init(&shown, BUF_UNBOUNDED);
        secret_mask(option_of(rows[i][0]), bytes_from_string(rows[i][1]), &shown);
        ck_assert_msg(bytes_equal(buf_bytes(&shown), bytes_from_string(rows[i][2])), "%s: %s",
                      rows[i][1], shown.data ? shown.data : "");
        buf_clear(&shown);
    }
}
END_TEST

START_TEST(names_that_speak_of_secrets_are_told_apart)
{
    ck_assert(secret_is_named(BYTES("X-API-Key")));
    ck_assert(secret_is_named(BYTES("my-Token")));
    ck_assert(!secret_is_named(BYTES("X-Bypass")));
    ck_assert(!secret_is_named(BYTES("")));
}
END_TEST

SUITE_MAIN("secret", secrets_in_options_are_masked, names_that_speak_of_secrets_are_told_apart)
