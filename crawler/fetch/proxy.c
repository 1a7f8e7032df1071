/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/proxy.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/url_host.h"

enum { HOST_ROOM = 1024 };

static const struct {
    const char *scheme;
    uint16_t port;
    bool resolves_names;
    bool has_passwords;
} kinds[] = {
#define ROW(name, scheme, port, resolves, passwords) { scheme, port, resolves, passwords },
    PROXY_KIND_TABLE(ROW)
#undef ROW
};

bool proxy_resolves_names(enum proxy_kind kind)
{
    return kinds[kind].resolves_names;
}

const char *proxy_kind_scheme(enum proxy_kind kind)
{
    return kinds[kind].scheme;
}

/* Moves behind "scheme://". */
static bool take_kind(struct bytes *text, enum proxy_kind *kind)
{
    struct bytes scheme = bytes_slice(*text, 0, bytes_find(*text, ':'));
    struct bytes rest = bytes_slice(*text, scheme.length, text->length);
    *kind = PROXY_KIND_HTTP;
    if (!bytes_start_with(rest, BYTES("://")))
        return true;
    *text = bytes_slice(rest, 3, rest.length);
    for (size_t i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
        if (bytes_equal_nocase(scheme, bytes_from_string(kinds[i].scheme))) {
            *kind = (enum proxy_kind)i;
            return true;
        }
    return false;
}

/* Percent-decoded; NULL where something is in it that no header line and no message may hold. */
static char *decode(struct bytes text)
{
    char *out = xmalloc(text.length + 1);
    size_t length = 0;
    for (size_t i = 0; i < text.length; i++) {
        int high =
            i + 2 < text.length && text.data[i] == '%' ? ascii_hex_value(text.data[i + 1]) : -1;
        int low = high >= 0 ? ascii_hex_value(text.data[i + 2]) : -1;
        unsigned char c = (unsigned char)text.data[i];
        if (low >= 0) {
            c = (unsigned char)(high * 16 + low);
            i += 2;
        }
        if (c < ' ' || c == 0x7f) {
            explicit_bzero(out, length);
            free(out);
            return NULL;
        }
        out[length++] = (char)c;
    }
    out[length] = '\0';
    return out;
}

/* The place behind the last '@'; 0 where there is none. */
static size_t login_end(struct bytes text)
{
    size_t at = text.length;
    while (at > 0 && text.data[at - 1] != '@')
        at--;
    return at;
}

/* Moves behind "user:password@". NULL, or what is wrong with it. */
static const char *take_login(struct bytes *text, struct proxy *proxy)
{
    size_t at = login_end(*text);
    if (at == 0)
        return NULL;
    struct bytes login = bytes_slice(*text, 0, at - 1);
    size_t colon = bytes_find(login, ':');
    *text = bytes_slice(*text, at, text->length);
    proxy->user = decode(bytes_slice(login, 0, colon));
    if (colon < login.length)
        proxy->password = decode(bytes_slice(login, colon + 1, login.length));
    if (!proxy->user || (colon < login.length && !proxy->password))
        return "has a control character in its login";
    if (strchr(proxy->user, ':'))
        return "has a colon in its user name";
    if (proxy->password && !kinds[proxy->kind].has_passwords)
        return "has a password, and SOCKS4 knows only users";
    return NULL;
}

static const char *read_host(struct bytes text, struct proxy *proxy)
{
    char host[HOST_ROOM];
    size_t length = 0;
    uint64_t port = kinds[proxy->kind].port;
    size_t colon = text.length;
    while (colon > 0 && ascii_is_digit(text.data[colon - 1]))
        colon--;
    bool has_port = colon > 0 && colon < text.length && text.data[colon - 1] == ':';
    struct bytes name = has_port ? bytes_slice(text, 0, colon - 1) : text;
    if (has_port &&
        (!bytes_to_u64(bytes_slice(text, colon, text.length), UINT16_MAX, &port) || port == 0))
        return "has a port that is none";
    if (url_host_parse(name, host, sizeof(host), &length) || length == 0)
        return "has a host that is none";
    if (port == 0)
        return "needs a port";
    proxy->host = xbytesdup(bytes_of(host, length));
    proxy->port = (uint16_t)port;
    return NULL;
}

bool proxy_parse(struct proxy *proxy, struct bytes text, char **problem)
{
    *proxy = (struct proxy){ 0 };
    struct bytes rest = bytes_trim(text);
    const char *wrong = take_kind(&rest, &proxy->kind)
                            ? NULL
                            : "has a scheme other than http, https, socks4, socks4a, socks5, "
                              "socks5h";
    if (!wrong && bytes_end_with(rest, BYTES("/")))
        rest.length--;
    if (!wrong)
        wrong = take_login(&rest, proxy);
    if (!wrong)
        wrong = read_host(rest, proxy);
    if (!wrong)
        return true;
    /* What stands before the last '@' may be a secret. */
    rest = bytes_slice(rest, login_end(rest), rest.length);
    *problem =
        xasprintf("proxy \"%.*s\" %s", (int)rest.length, rest.length > 0 ? rest.data : "", wrong);
    proxy_clear(proxy);
    return false;
}

void proxy_clear(struct proxy *proxy)
{
    if (proxy->password)
        explicit_bzero(proxy->password, strlen(proxy->password));
    free(proxy->password);
    free(proxy->user);
    free(proxy->host);
    *proxy = (struct proxy){ 0 };
}

void proxy_print(const struct proxy *proxy, struct buf *out)
{
    buf_printf(out, "%s://", kinds[proxy->kind].scheme);
    if (proxy->user)
        buf_printf(out, "%s%s@", proxy->user, proxy->password ? ":***" : "");
    buf_printf(out, "%s:%u", proxy->host, (unsigned)proxy->port);
}

void proxy_name(const struct proxy *proxy, struct buf *out)
{
    buf_printf(out, "%s://%s:%u", kinds[proxy->kind].scheme, proxy->host, (unsigned)proxy->port);
}

static const char *first_set(const char *const *names, const char *(*environment)(const char *name))
{
    for (; *names; names++) {
        const char *value = environment(*names);
        if (value && *value)
            return value;
    }
    return NULL;
}

const char *proxy_from_environment(enum url_scheme scheme,
                                   const char *(*environment)(const char *name))
{
    static const char *const names[][5] = {
        [URL_SCHEME_HTTP] = { "http_proxy", "all_proxy", "ALL_PROXY" },
        [URL_SCHEME_HTTPS] = { "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY" },
        [URL_SCHEME_FTP] = { "ftp_proxy", "FTP_PROXY", "all_proxy", "ALL_PROXY" },
        [URL_SCHEME_OTHER] = { NULL },
    };
    return first_set(names[scheme], environment);
}

const char *no_proxy_from_environment(const char *(*environment)(const char *name))
{
    static const char *const names[] = { "no_proxy", "NO_PROXY", NULL };
    return first_set(names, environment);
}
