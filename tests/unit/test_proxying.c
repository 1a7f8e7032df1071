/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "crawler/control/network_options.h"
#include "crawler/control/proxying.h"
#include "store_directory.h"

static const char *const variables[] = { "http_proxy",  "https_proxy", "all_proxy", "no_proxy",
                                         "HTTPS_PROXY", "ALL_PROXY",   "NO_PROXY",  "HTTP_PROXY" };

static void clear_environment(void)
{
    for (size_t i = 0; i < sizeof(variables) / sizeof(variables[0]); i++)
        unsetenv(variables[i]);
}

static struct config *load(const char *lines)
{
    char *directory = directory_new();
    char *path = xasprintf("%s/forage.conf", directory);
    FILE *file = fopen(path, "we");
    struct config *config;
    char *error = NULL;
    ck_assert_ptr_nonnull(file);
    fprintf(file, "[network]\n%s", lines);
    ck_assert_int_eq(fclose(file), 0);
    enum status status = config_load(&config, directory, NULL, NULL, &error);
    ck_assert_msg(status == STATUS_OK, "%s", error ? error : "");
    free(path);
    directory_remove(directory);
    return config;
}

/* "host:port" of each proxy for the URL, with commas; "direct". The caller frees. */
static char *proxies_for(struct proxying *proxying, const struct config *config, const char *text)
{
    struct url url;
    char storage[512];
    struct buf out;
    ck_assert_int_eq(url_parse(&url, storage, sizeof(storage), bytes_from_string(text), NULL),
                     URL_ERROR_NONE);
    struct proxies *proxies =
        proxying_for(proxying, config_host_settings(config, url_host(&url)), &url);
    if (!proxies)
        return xstrdup("direct");
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < proxies_count(proxies); i++)
        buf_printf(&out, "%s%s:%u", i > 0 ? "," : "", proxies_at(proxies, i)->host,
                   (unsigned)proxies_at(proxies, i)->port);
    buf_append_char(&out, '\0');
    return out.data;
}

START_TEST(each_url_has_its_proxies_or_none)
{
    static const struct {
        const char *lines;
        const char *url;
        const char *proxies;
    } rows[] = {
        { "", "http://a.test/", "direct" },
        { "proxy = http://p:1\n", "http://a.test/", "p:1" },
        { "proxy = http://p:1\n", "https://a.test/", "p:1" },
        { "proxy = http://p:1, socks5://q\n", "https://a.test/", "p:1,q:1080" },
        { "proxy = http://p:1\nno_proxy = a.test\n", "http://www.a.test/", "direct" },
        { "proxy = http://p:1\nno_proxy = a.test\n", "http://b.test/", "p:1" },
        { "proxy = http://p:1\n[host \"a.test\"]\nproxy =\n", "http://a.test/", "direct" },
        { "[host \"a.test\"]\nproxy = http://p:1\n", "http://a.test/", "p:1" },
        { "[host \"a.test\"]\nproxy = http://p:1\n", "http://b.test/", "direct" },
        /* The environment, where it is asked for and nothing else is said. */
        { "proxy_from_env = yes\n", "http://a.test/", "e:1" },
        { "proxy_from_env = yes\n", "https://a.test/", "f:2" },
        { "proxy_from_env = yes\n", "http://b.test/", "direct" },
        { "proxy_from_env = yes\nno_proxy = c.test\n", "http://b.test/", "e:1" },
        { "proxy_from_env = yes\nproxy = http://p:1\n", "http://b.test/", "p:1" },
    };
    setenv("http_proxy", "http://u:pw@e:1", 1);
    setenv("ALL_PROXY", "socks5://f:2", 1);
    setenv("no_proxy", "b.test", 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct config *config = load(rows[i].lines);
        struct proxying *proxying = proxying_new();
        char *found = proxies_for(proxying, config, rows[i].url);
        ck_assert_msg(strcmp(found, rows[i].proxies) == 0, "row %zu: %s", i, found);
        free(found);
        proxying_free(proxying);
        config_free(config);
    }
    clear_environment();
}
END_TEST

START_TEST(hosts_with_the_same_list_share_it)
{
    struct config *config = load("proxy = http://p:1\n[host \"a.test\"]\nproxy = http://q:1\n");
    struct proxying *proxying = proxying_new();
    struct url a, b;
    ck_assert(url_split(&a, BYTES("http://a.test/")) && url_split(&b, BYTES("http://b.test/")));
    const struct settings *own = config_host_settings(config, BYTES("a.test"));
    const struct settings *all = config_settings(config);
    ck_assert_ptr_eq(proxying_for(proxying, all, &a), proxying_for(proxying, all, &b));
    ck_assert_ptr_ne(proxying_for(proxying, all, &a), proxying_for(proxying, own, &a));
    ck_assert_ptr_eq(proxying_for(proxying, own, &a), proxying_for(proxying, own, &b));
    proxying_free(proxying);
    config_free(config);
}
END_TEST

START_TEST(a_list_that_cannot_be_read_lets_nothing_through)
{
    struct config *config = load("proxy = http://p:1, nonsense://q:1\n");
    struct proxying *proxying = proxying_new();
    char *found = proxies_for(proxying, config, "http://a.test/");
    ck_assert_str_eq(found, "");
    free(found);
    proxying_free(proxying);
    config_free(config);
}
END_TEST

static char *write_secret(const char *directory, const char *name, const char *text, mode_t mode)
{
    char *path = xasprintf("%s/%s", directory, name);
    FILE *file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
    return path;
}

static void assert_error(const char *lines, const char *wanted)
{
    struct config *config = load(lines);
    char *error = network_options_error(config);
    if (wanted)
        ck_assert_msg(error && strstr(error, wanted) && !strstr(error, "pw"), "%s: %s", lines,
                      error ? error : "nothing is wrong");
    else
        ck_assert_msg(!error, "%s: %s", lines, error);
    free(error);
    config_free(config);
}

START_TEST(what_is_wrong_is_said_once_and_without_secrets)
{
    static const struct {
        const char *lines;
        const char *error; /* NULL: nothing. */
    } rows[] = {
        { "", NULL },
        { "proxy = http://p:1\nno_proxy = a.test, 10.0.0.0/8\n", NULL },
        { "proxy = http://u:$PROXY_SECRET@p:1\n", NULL },
        { "proxy = http://p\n", "needs a port" },
        { "proxy = gopher://p:1\n", "has a scheme other than" },
        { "proxy = http://u:pw@p:1\n",
          "proxy http://u:***@p:1: its password stands in the configuration" },
        { "proxy = http://u:$NO_SUCH_SECRET@p:1\n",
          "variable NO_SUCH_SECRET, for its login, is not" },
        { "proxy = http://u:@/no/such/file@p:1\n",
          "the file /no/such/file, for its login, cannot" },
        { "proxy = http://u:@/tmp@p:1\n", "is no file" },
        { "proxy = http://p:1\nno_proxy = 10.0.0.0/99\n", "10.0.0.0/99" },
        { "[host \"a.test\"]\nproxy = http://p\n", "[host \"a.test\"]: " },
        { "tls_ca_file = /no/such/file\n",
          "forage.conf:2: tls_ca_file: cannot read /no/such/file: No such file" },
        { "[host \"*.a.test\"]\ntls_ca_file = /no/such/file\n[host \"b.a.test\"]\ndelay = 1s\n",
          "forage.conf:3: tls_ca_file: cannot read" },
        { "allow_address = 10.0.0.0/8, ::1\ndns_servers = 192.0.2.1, [::1]:5353\n", NULL },
        { "\nallow_address = 10.0.0.1/8\n", "forage.conf:3: allow_address: \"10.0.0.1/8\" has" },
        { "dns_servers = foo\n", "forage.conf:2: dns_servers: \"foo\" is no name server" },
        { "tls_ca_file = ca.pem\n",
          "forage.conf:2: tls_ca_file: ca.pem: write the whole path, from / on" },
        { "tls_client_key = /dev/null\n", "without its tls_client_cert" },
        { "tls_client_cert = /dev/null\n", NULL },
    };
    setenv("PROXY_SECRET", "pw", 1);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        assert_error(rows[i].lines, rows[i].error);
    unsetenv("PROXY_SECRET");
}
END_TEST

START_TEST(secrets_are_read_from_files_that_nobody_else_can_read)
{
    char *directory = directory_new();
    static const struct {
        const char *text;
        mode_t mode;
        const char *error;
    } rows[] = {
        { "pw\nmore\n", 0600, NULL },
        { "pw", 0400, NULL },
        { "pw\n", 0640, "can be read by others" },
        { "pw\n", 0604, "can be read by others" },
        { "\npw\n", 0600, "is empty" },
        { "p\033w\n", 0600, "control character" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        char *path = write_secret(directory, "secret", rows[i].text, rows[i].mode);
        char *line = xasprintf("proxy = http://u:@%s@p:1\n", path);
        assert_error(line, rows[i].error);
        unlink(path);
        free(line);
        free(path);
    }
    directory_remove(directory);
}
END_TEST

SUITE_MAIN("proxying", each_url_has_its_proxies_or_none, hosts_with_the_same_list_share_it,
           a_list_that_cannot_be_read_lets_nothing_through,
           what_is_wrong_is_said_once_and_without_secrets,
           secrets_are_read_from_files_that_nobody_else_can_read)
