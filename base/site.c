/* SPDX-License-Identifier: MIT */
#include "base/site.h"

#include <libpsl.h>
#include <pthread.h>

#include "base/url.h"

/* The DNS has no longer names; a longer host is its own site. */
#define HOST_BYTES_MAX 254

static pthread_once_t once = PTHREAD_ONCE_INIT;
static psl_ctx_t *list;
static const psl_ctx_t *suffixes; /* The list, or what is built in; NULL where there is neither. */

/* The list that the system keeps up to date, or the one built into the library if that is newer. */
static void load(void)
{
    list = psl_latest(NULL);
    suffixes = list ? list : psl_builtin();
}

/* For leak checkers: the list lives as long as the program. */
__attribute__((destructor)) static void unload(void)
{
    psl_free(list);
}

/* The host without the root's dot, as the library wants it; 0 where it is no name of the DNS. */
static size_t copy_name(char name[HOST_BYTES_MAX + 1], struct bytes host)
{
    if (host.length > 0 && host.data[host.length - 1] == '.')
        host.length--;
    if (host.length == 0 || host.length > HOST_BYTES_MAX || url_host_is_address(host))
        return 0;
    memcpy(name, host.data, host.length);
    name[host.length] = '\0';
    pthread_once(&once, load);
    return host.length;
}

struct bytes site_of_host(struct bytes host)
{
    char name[HOST_BYTES_MAX + 1];
    if (copy_name(name, host) == 0)
        return host;
    const char *site = suffixes ? psl_registrable_domain(suffixes, name) : NULL;
    return site ? bytes_slice(host, (size_t)(site - name), host.length) : host;
}

bool site_is_suffix(struct bytes host)
{
    char name[HOST_BYTES_MAX + 1];
    return copy_name(name, host) > 0 && (!suffixes || !psl_registrable_domain(suffixes, name));
}
