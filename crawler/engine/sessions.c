/* SPDX-License-Identifier: MIT
 *
 * As whom we ask: the cookies, the login and the Referer of a page's request, and what its answer
 * changes of them. robots.txt is asked for as nobody.
 */
#include "crawler/engine/fetcher_parts.h"

#include <stdlib.h>

#include "base/memory.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"

/* ---- Cookies */

static void send_cookies(struct fetcher *fetcher, struct site *site)
{
    struct new_cookies *news = xcalloc(1, sizeof(*news));
    news->message.kind = TO_WRITER_COOKIES;
    news->site = xstrdup(site->name);
    buf_init(&news->record, BUF_UNBOUNDED);
    cookies_pack(fetcher->sites.jar, bytes_from_string(site->name), crawl_now_ms(fetcher->crawl),
                 &news->record);
    site->has_news = false;
    channel_push(&fetcher->crawl->to_writer, &news->message);
}

static bool keeps_cookies(const struct host *host)
{
    return host->settings->cookies == COOKIES_KEEP;
}

void fetcher_enter_site(struct fetcher *fetcher, struct host *host, struct bytes cookies)
{
    host->site = sites_enter(&fetcher->sites, bytes_from_string(host->name),
                             keeps_cookies(host) ? cookies : (struct bytes){ 0 },
                             crawl_now_ms(fetcher->crawl));
}

void fetcher_leave_site(struct fetcher *fetcher, struct host *host)
{
    if (!host->site)
        return;
    if (host->site->has_news)
        send_cookies(fetcher, host->site);
    sites_leave(&fetcher->sites, host->site, keeps_cookies(host));
    host->site = NULL;
}

void given_cookies_free(struct given_cookies *given)
{
    buf_clear(&given->packed);
    free(given);
}

void fetcher_take_given_cookies(struct fetcher *fetcher, struct given_cookies *given)
{
    for (struct unpacker from = unpacker_of(buf_bytes(&given->packed)); from.left > 0;) {
        struct site *site = sites_find(&fetcher->sites, unpack_bytes(&from));
        struct bytes record = unpack_bytes(&from);
        if (site && cookies_unpack_over(fetcher->sites.jar, record, crawl_now_ms(fetcher->crawl)))
            send_cookies(fetcher, site);
    }
    given_cookies_free(given);
}

static void add_cookies(struct fetcher *fetcher, const struct host *host, const struct url *url,
                        struct request_headers *headers)
{
    struct buf value;
    if (host->settings->cookies == COOKIES_OFF)
        return;
    buf_init(&value, BUF_UNBOUNDED);
    if (cookies_write(fetcher->sites.jar, url, crawl_now_ms(fetcher->crawl), &value))
        request_headers_add(headers, "Cookie", buf_bytes(&value));
    buf_clear(&value);
}

static void take_cookies(struct fetcher *fetcher, const struct fetch *fetch, const struct url *url,
                         const struct transfer_result *result)
{
    const struct host *host = fetch->host;
    if (host->settings->cookies == COOKIES_OFF)
        return;
    switch (cookies_take(fetcher->sites.jar, buf_bytes(&result->headers), url,
                         crawl_now_ms(fetcher->crawl))) {
    case COOKIES_REFUSED:
        return;
    case COOKIES_SAME:
        /* They live longer now: the store hears of it when the host sleeps. */
        host->site->has_news |= keeps_cookies(host);
        return;
    case COOKIES_CHANGED:
        fetch->visit->has_new_cookies = true;
        if (keeps_cookies(host))
            send_cookies(fetcher, host->site);
        return;
    }
}

/* ---- Requests and answers */

void fetcher_add_session(struct fetcher *fetcher, struct fetch *fetch, const struct url *url,
                         struct request_headers *headers)
{
    const char *referer = fetch->visit->task->referer;
    if (referer)
        request_headers_add(headers, "Referer", bytes_from_string(referer));
    add_cookies(fetcher, fetch->host, url, headers);
}

void fetcher_take_session(struct fetcher *fetcher, const struct fetch *fetch,
                          const struct url *url, const struct transfer_result *result)
{
    take_cookies(fetcher, fetch, url, result);
}

/* A redirect of a URL to itself. */
static bool leads_to_itself(const struct url *url, const struct transfer_result *result)
{
    struct url target;
    char storage[URL_BYTES_MAX + 1];
    struct bytes location = header_get(buf_bytes(&result->headers), BYTES("location"));
    return result->status >= 300 && result->status < 400 && location.length > 0 &&
           url_parse_link(&target, storage, sizeof(storage), location, url) == URL_ERROR_NONE &&
           bytes_equal(url_bytes(&target), url_bytes(url));
}

bool fetcher_repeats(const struct fetch *fetch, const struct url *url,
                     const struct transfer_result *result)
{
    /* "Come again, with these cookies": once. */
    return fetch->visit->has_new_cookies && fetch->visit->task->repeats == 0 &&
           leads_to_itself(url, result);
}
