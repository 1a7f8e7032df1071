/* SPDX-License-Identifier: MIT
 *
 * fuzz_proxy - the first line is a proxy, the rest a list of hosts without one.
 */
#include <assert.h>
#include <stdlib.h>

#include "crawler/fetch/no_proxy.h"
#include "crawler/fetch/proxy.h"

/* Shown, its password is not in it; read again, it is the same but for that. */
static void check_proxy(struct bytes text)
{
    struct proxy proxy;
    struct proxy again;
    struct buf shown;
    char *problem = NULL;
    if (!proxy_parse(&proxy, text, &problem)) {
        assert(problem && !proxy.host && !proxy.user && !proxy.password);
        free(problem);
        return;
    }
    buf_init(&shown, BUF_UNBOUNDED);
    proxy_print(&proxy, &shown);
    assert(proxy.port > 0 && proxy.host[0]);
    assert(!proxy.password || strstr(shown.data, ":***@"));
    if (!proxy.user || !strpbrk(proxy.user, "%@/")) {
        assert(proxy_parse(&again, buf_bytes(&shown), &problem));
        assert(again.kind == proxy.kind && again.port == proxy.port);
        assert(strcmp(again.host, proxy.host) == 0);
        proxy_clear(&again);
    }
    buf_clear(&shown);
    proxy_clear(&proxy);
}

static void check_list(struct bytes text)
{
    static const char *const urls[] = { "http://example.org/", "https://a.example.org:8443/",
                                        "http://127.0.0.1/", "http://[fd00::1]:8080/" };
    char *problem = NULL;
    struct no_proxy *list = no_proxy_new(text, &problem);
    if (!list) {
        assert(problem);
        free(problem);
        return;
    }
    for (size_t i = 0; i < sizeof(urls) / sizeof(*urls); i++) {
        char storage[256];
        struct url url;
        assert(!url_parse(&url, storage, sizeof(storage), bytes_from_string(urls[i]), NULL));
        no_proxy_matches(list, &url);
    }
    no_proxy_free(list);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size);
    struct bytes line = { 0 };
    bytes_split(&rest, '\n', &line);
    check_proxy(line);
    check_list(rest);
    return 0;
}
