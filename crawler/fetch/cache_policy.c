/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/cache_policy.h"

#include "base/httpdate.h"
#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

#define HEURISTIC_SHARE 10

static bool is_among(uint16_t status, const uint16_t *statuses, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (statuses[i] == status)
            return true;
    return false;
}

/* RFC 9110, 15.1, but for 206: parts are not stored. */
static bool has_heuristics(uint16_t status)
{
    static const uint16_t statuses[] = { 200, 203, 204, 300, 301, 308, 404, 405, 410, 414, 501 };
    return is_among(status, statuses, sizeof(statuses) / sizeof(*statuses));
}

/* Those whose rules for caches we follow: must-understand. */
static bool is_understood(uint16_t status)
{
    static const uint16_t statuses[] = { 302, 303, 307, 400, 401, 403, 409,
                                         429, 451, 500, 502, 503, 504 };
    return has_heuristics(status) ||
           is_among(status, statuses, sizeof(statuses) / sizeof(*statuses));
}

/* RFC 9111, 3: what says nothing of caching, by its status or its fields, is not stored. */
static bool is_storable(const struct cache_exchange *exchange, const struct cache_control *control)
{
    uint16_t status = exchange->status;
    struct cache_control wish;
    cache_control_read(&wish, exchange->request);
    if (!bytes_equal(exchange->method, BYTES("GET")) || status < 200 || status == 206 ||
        status == 304 || wish.is_no_store)
        return false;
    if (control->is_must_understand ? !is_understood(status) : control->is_no_store)
        return false;
    return has_heuristics(status) || control->is_public || control->is_private ||
           control->max_age_s >= 0 || header_get(exchange->response, BYTES("expires")).data;
}

/* Only the first member of Age counts (RFC 9111, 5.1); what is no number is ignored. */
static int64_t said_age_ms(struct bytes headers)
{
    struct bytes age = header_get(headers, BYTES("age"));
    int64_t seconds = field_delta_seconds(field_trim(bytes_slice(age, 0, bytes_find(age, ','))));
    return seconds < 0 ? 0 : seconds * 1000;
}

/* RFC 9111, 4.2.3. */
static int64_t initial_age_ms(const struct cache_exchange *exchange, int64_t date_ms)
{
    int64_t delay_ms = exchange->received_ms - exchange->requested_ms;
    int64_t said_ms = said_age_ms(exchange->response) + (delay_ms > 0 ? delay_ms : 0);
    int64_t apparent_ms = exchange->received_ms - date_ms;
    return apparent_ms > said_ms ? apparent_ms : said_ms;
}

/* RFC 9111, 4.2.2. A date in the future says nothing. */
static int64_t guessed_lifetime_ms(const struct cache_exchange *exchange, bool is_public,
                                   int64_t date_ms)
{
    struct bytes modified = header_get(exchange->response, BYTES("last-modified"));
    int64_t modified_ms = httpdate_parse_exact(modified);
    if (modified_ms < 0 || modified_ms > date_ms ||
        !(is_public || has_heuristics(exchange->status)))
        return 0;
    int64_t lifetime_ms = (date_ms - modified_ms) / HEURISTIC_SHARE;
    return lifetime_ms < CACHE_HEURISTIC_MOST_MS ? lifetime_ms : CACHE_HEURISTIC_MOST_MS;
}

/* By max-age, then Expires (RFC 9111, 4.2.1); -1 where neither is there. A date that cannot be
 * read, "0" above all, is one in the past (5.3). */
static int64_t said_lifetime_ms(struct bytes headers, const struct cache_control *control,
                                int64_t date_ms)
{
    if (control->max_age_s >= 0)
        return control->max_age_s * 1000;
    struct bytes expires = header_get(headers, BYTES("expires"));
    if (!expires.data)
        return -1;
    int64_t expires_ms = httpdate_parse_exact(expires);
    return expires_ms > date_ms ? expires_ms - date_ms : 0;
}

static int64_t leave_until_ms(int64_t fresh_until_ms, int64_t seconds)
{
    return seconds > 0 ? fresh_until_ms + seconds * 1000 : 0;
}

void cache_entry_make(struct cache_entry *entry, const struct cache_exchange *exchange)
{
    struct cache_control control;
    cache_control_read(&control, exchange->response);
    int64_t date_ms = httpdate_parse_exact(header_get(exchange->response, BYTES("date")));
    if (date_ms < 0) /* RFC 9110, 6.6.1. */
        date_ms = exchange->received_ms;
    int64_t lifetime_ms = said_lifetime_ms(exchange->response, &control, date_ms);
    bool is_heuristic = lifetime_ms < 0;
    if (is_heuristic)
        lifetime_ms = guessed_lifetime_ms(exchange, control.is_public, date_ms);
    int64_t born_ms = exchange->received_ms - initial_age_ms(exchange, date_ms);
    int64_t fresh_until_ms = born_ms + lifetime_ms;
    *entry = (struct cache_entry){
        .is_reusable = is_storable(exchange, &control),
        .is_heuristic = is_heuristic,
        .must_validate = control.is_no_cache,
        .must_not_be_stale = control.is_must_revalidate,
        .is_immutable = control.is_immutable,
        .born_ms = born_ms,
        .received_ms = exchange->received_ms,
        .fresh_until_ms = fresh_until_ms,
        .stale_while_until_ms = leave_until_ms(fresh_until_ms, control.stale_while_revalidate_s),
        .stale_error_until_ms = leave_until_ms(fresh_until_ms, control.stale_if_error_s),
    };
}

void cache_entry_spoil(struct cache_entry *entry)
{
    entry->fresh_until_ms = entry->born_ms;
    entry->stale_while_until_ms = 0;
    entry->stale_error_until_ms = 0;
}

int64_t cache_age_ms(const struct cache_entry *entry, int64_t now_ms)
{
    return now_ms > entry->born_ms ? now_ms - entry->born_ms : 0;
}

/* Where the clock was set back since, nothing that it says of the response's age is true. */
static bool is_clock_right(const struct cache_entry *entry, int64_t now_ms)
{
    return now_ms >= entry->received_ms;
}

bool cache_is_fresh(const struct cache_entry *entry, int64_t now_ms)
{
    return is_clock_right(entry, now_ms) && now_ms < entry->fresh_until_ms;
}

void cache_wish_read(struct cache_wish *wish, struct bytes request, bool is_reload)
{
    cache_control_read(&wish->control, request);
    wish->is_reload = is_reload;
    struct header_members walk = { 0 };
    struct bytes member;
    if (header_get(request, BYTES("cache-control")).data)
        return;
    while (header_next_member(request, BYTES("pragma"), &walk, &member))
        wish->control.is_no_cache |= bytes_equal_nocase(member, BYTES("no-cache"));
}

/* RFC 9111, 5.2.1.1: older than the wish allows, be it fresh or not? */
static bool is_too_old(const struct cache_entry *entry, const struct cache_control *wish,
                       int64_t now_ms)
{
    int64_t grace_s = wish->max_stale_s > 0 ? wish->max_stale_s : 0;
    return wish->max_age_s >= 0 && cache_age_ms(entry, now_ms) > (wish->max_age_s + grace_s) * 1000;
}

static enum cache_use use_fresh(const struct cache_entry *entry, const struct cache_wish *wish,
                                int64_t now_ms)
{
    int64_t left_ms = entry->fresh_until_ms - now_ms;
    if ((wish->is_reload && !entry->is_immutable) || left_ms < wish->control.min_fresh_s * 1000)
        return CACHE_VALIDATE;
    return CACHE_REUSE;
}

static enum cache_use use_stale(const struct cache_entry *entry, const struct cache_wish *wish,
                                int64_t now_ms)
{
    if (entry->must_not_be_stale || wish->is_reload || wish->control.min_fresh_s >= 0 ||
        !is_clock_right(entry, now_ms))
        return CACHE_VALIDATE;
    if (now_ms - entry->fresh_until_ms <= wish->control.max_stale_s * 1000)
        return CACHE_REUSE_STALE;
    return now_ms < entry->stale_while_until_ms ? CACHE_REUSE_VALIDATE : CACHE_VALIDATE;
}

enum cache_use cache_use(const struct cache_entry *entry, const struct cache_wish *wish,
                         int64_t now_ms)
{
    if (!entry->is_reusable)
        return CACHE_FETCH;
    if (entry->must_validate || wish->control.is_no_cache ||
        is_too_old(entry, &wish->control, now_ms))
        return CACHE_VALIDATE;
    return cache_is_fresh(entry, now_ms) ? use_fresh(entry, wish, now_ms)
                                         : use_stale(entry, wish, now_ms);
}

bool cache_covers_error(const struct cache_entry *entry, uint16_t status, int64_t now_ms)
{
    static const uint16_t errors[] = { 500, 502, 503, 504 };
    if (!entry->is_reusable || entry->must_validate || entry->must_not_be_stale)
        return false;
    if (status == 0) /* RFC 9111, 4.2.4: disconnected. */
        return true;
    return is_among(status, errors, sizeof(errors) / sizeof(*errors)) &&
           is_clock_right(entry, now_ms) && now_ms < entry->stale_error_until_ms;
}

bool cache_invalidates(struct bytes method, uint16_t status)
{
    static const char *const safe[] = { "GET", "HEAD", "OPTIONS", "TRACE" };
    for (size_t i = 0; i < sizeof(safe) / sizeof(*safe); i++)
        if (bytes_equal(method, bytes_from_string(safe[i])))
            return false;
    return status >= 200 && status < 400;
}
