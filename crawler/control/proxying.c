/* SPDX-License-Identifier: MIT */
#include "crawler/control/proxying.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "crawler/fetch/no_proxy.h"
#include "crawler/fetch/proxy_login.h"

/* Few of each, so they are searched from end to end. */
struct list {
    char *text; /* As it was said. */
    struct proxies *proxies;
};

struct exceptions {
    char *text;
    struct no_proxy *no_proxy;
};

struct proxying {
    struct list *lists;
    size_t list_count;
    struct exceptions *exceptions;
    size_t exceptions_count;
};

static const char *environment(const char *name)
{
    return getenv(name);
}

struct proxying *proxying_new(void)
{
    return xcalloc(1, sizeof(struct proxying));
}

void proxying_free(struct proxying *proxying)
{
    if (!proxying)
        return;
    for (size_t i = 0; i < proxying->list_count; i++) {
        proxies_free(proxying->lists[i].proxies);
        explicit_bzero(proxying->lists[i].text, strlen(proxying->lists[i].text));
        free(proxying->lists[i].text);
    }
    for (size_t i = 0; i < proxying->exceptions_count; i++) {
        no_proxy_free(proxying->exceptions[i].no_proxy);
        free(proxying->exceptions[i].text);
    }
    free(proxying->lists);
    free(proxying->exceptions);
    free(proxying);
}

/* ---- Lists */

/* What is said of proxies for this URL. Passwords may stand in the environment itself. */
struct said {
    const struct text_list *configured; /* NULL: in the environment. */
    const char *variable;
};

static bool find_said(const struct settings *settings, enum url_scheme scheme, struct said *said)
{
    *said = (struct said){ 0 };
    if (settings->proxy.count > 0)
        said->configured = &settings->proxy;
    else if (settings->proxy_from_env)
        said->variable = proxy_from_environment(scheme, environment);
    return said->configured || said->variable;
}

/* NULL, or what is wrong (caller frees). */
static char *add_proxy(struct proxies *proxies, struct bytes text, bool is_configured)
{
    struct proxy proxy;
    struct buf shown;
    char *problem = NULL;
    if (!proxy_parse(&proxy, text, &problem))
        return problem;
    if (!is_configured || proxy_login_find(&proxy, environment, &problem)) {
        proxies_add(proxies, &proxy);
        return NULL;
    }
    buf_init(&shown, BUF_UNBOUNDED);
    proxy_print(&proxy, &shown);
    char *whole = xasprintf("proxy %.*s: %s", (int)shown.length, shown.data, problem);
    buf_clear(&shown);
    free(problem);
    proxy_clear(&proxy);
    return whole;
}

static struct proxies *read_list(const struct said *said, char **problem)
{
    struct proxies *proxies = proxies_new();
    if (said->variable)
        *problem = add_proxy(proxies, bytes_from_string(said->variable), false);
    for (size_t i = 0; said->configured && !*problem && i < said->configured->count; i++)
        *problem = add_proxy(proxies, bytes_from_string(said->configured->items[i]), true);
    if (!*problem)
        return proxies;
    proxies_free(proxies);
    return NULL;
}

static char *text_of(const struct said *said)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    if (said->variable)
        buf_printf(&text, "environment %s", said->variable);
    for (size_t i = 0; said->configured && i < said->configured->count; i++)
        buf_printf(&text, "%s ", said->configured->items[i]);
    buf_append_char(&text, '\0');
    return text.data;
}

static struct proxies *list_for(struct proxying *proxying, const struct said *said)
{
    char *text = text_of(said);
    char *problem = NULL;
    for (size_t i = 0; i < proxying->list_count; i++)
        if (strcmp(proxying->lists[i].text, text) == 0) {
            free(text);
            return proxying->lists[i].proxies;
        }
    struct proxies *proxies = read_list(said, &problem);
    free(problem);
    proxying->lists =
        xreallocarray(proxying->lists, proxying->list_count + 1, sizeof(*proxying->lists));
    struct list *list = &proxying->lists[proxying->list_count++];
    *list = (struct list){ text, proxies ? proxies : proxies_new() };
    return list->proxies;
}

/* ---- Hosts without a proxy */

static const char *no_proxy_text(const struct settings *settings, const struct said *said)
{
    const char *text = settings->no_proxy;
    if (!text[0] && said->variable)
        text = no_proxy_from_environment(environment);
    return text ? text : "";
}

static const struct no_proxy *exceptions_for(struct proxying *proxying, const char *text)
{
    char *problem = NULL;
    for (size_t i = 0; i < proxying->exceptions_count; i++)
        if (strcmp(proxying->exceptions[i].text, text) == 0)
            return proxying->exceptions[i].no_proxy;
    proxying->exceptions = xreallocarray(proxying->exceptions, proxying->exceptions_count + 1,
                                         sizeof(*proxying->exceptions));
    struct exceptions *exceptions = &proxying->exceptions[proxying->exceptions_count++];
    *exceptions =
        (struct exceptions){ xstrdup(text), no_proxy_new(bytes_from_string(text), &problem) };
    free(problem);
    return exceptions->no_proxy;
}

struct proxies *proxying_for(struct proxying *proxying, const struct settings *settings,
                             const struct url *url)
{
    struct said said;
    if (!find_said(settings, url->scheme, &said))
        return NULL;
    const struct no_proxy *no_proxy = exceptions_for(proxying, no_proxy_text(settings, &said));
    return no_proxy && no_proxy_matches(no_proxy, url) ? NULL : list_for(proxying, &said);
}

/* ---- For people */

static void print_proxy(const char *text, struct buf *out)
{
    struct proxy proxy;
    char *problem = NULL;
    if (out->length > 0)
        buf_append_string(out, ", ");
    if (proxy_parse(&proxy, bytes_from_string(text), &problem))
        proxy_print(&proxy, out);
    else
        buf_append_string(out, problem);
    free(problem);
    proxy_clear(&proxy);
}

void proxying_print(const struct settings *settings, const struct url *url, struct buf *out)
{
    struct said said;
    char *problem = NULL;
    if (!find_said(settings, url->scheme, &said))
        return;
    struct no_proxy *no_proxy =
        no_proxy_new(bytes_from_string(no_proxy_text(settings, &said)), &problem);
    bool is_direct = no_proxy && no_proxy_matches(no_proxy, url);
    no_proxy_free(no_proxy);
    free(problem);
    if (is_direct)
        return;
    if (said.variable)
        print_proxy(said.variable, out);
    for (size_t i = 0; said.configured && i < said.configured->count; i++)
        print_proxy(said.configured->items[i], out);
}

/* ---- What is wrong */

char *proxying_error(const struct settings *settings)
{
    static const enum url_scheme schemes[] = { URL_SCHEME_HTTP, URL_SCHEME_HTTPS, URL_SCHEME_FTP };
    struct said said;
    char *problem = NULL;
    for (size_t i = 0; !problem && i < sizeof(schemes) / sizeof(*schemes); i++)
        if (find_said(settings, schemes[i], &said))
            proxies_free(read_list(&said, &problem));
    if (!problem && find_said(settings, URL_SCHEME_HTTP, &said))
        no_proxy_free(no_proxy_new(bytes_from_string(no_proxy_text(settings, &said)), &problem));
    return problem;
}
