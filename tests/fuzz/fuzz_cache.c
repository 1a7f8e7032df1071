/* SPDX-License-Identifier: MIT
 *
 * fuzz_cache - a request, the response that is stored for it, and the reply that updates it; NUL
 * bytes part them.
 */
#include <assert.h>

#include "base/buf.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/stored_fields.h"
#include "crawler/fetch/validators.h"
#include "crawler/fetch/vary.h"

#define NOW_MS INT64_C(784111777000)

static void check_use(const struct cache_entry *entry, struct bytes request)
{
    struct cache_wish wish;
    cache_wish_read(&wish, request, false);
    for (int64_t now_ms = NOW_MS - 1; now_ms < INT64_C(1) << 52; now_ms += now_ms / 3) {
        enum cache_use use = cache_use(entry, &wish, now_ms);
        assert((use == CACHE_FETCH) == !entry->is_reusable);
        assert(use != CACHE_REUSE || (cache_is_fresh(entry, now_ms) && !entry->must_validate));
        assert(use != CACHE_REUSE_VALIDATE || !entry->must_not_be_stale);
        assert(cache_age_ms(entry, now_ms) >= 0);
        assert(!cache_covers_error(entry, 503, now_ms) || !entry->must_not_be_stale);
    }
}

static void check_policy(struct bytes request, struct bytes stored)
{
    struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .request = request,
        .response = stored,
        .requested_ms = NOW_MS - 7,
        .received_ms = NOW_MS,
    };
    for (exchange.status = 100; exchange.status < 600; exchange.status += 53) {
        struct cache_entry entry;
        struct cache_control control;
        cache_entry_make(&entry, &exchange);
        cache_control_read(&control, stored);
        assert(!entry.is_reusable || !control.is_no_store || control.is_must_understand);
        assert(entry.born_ms <= NOW_MS - 7 && entry.fresh_until_ms >= entry.born_ms);
        assert(!entry.is_heuristic ||
               entry.fresh_until_ms - entry.born_ms <= CACHE_HEURISTIC_MOST_MS);
        check_use(&entry, request);
    }
}

static void check_line(struct bytes value)
{
    for (size_t i = 0; i < value.length; i++)
        assert(value.data[i] != '\r' && value.data[i] != '\n' && value.data[i] != '\0');
}

/* Updated, the same update changes nothing more, and a reply always matches itself. */
static void check_update(struct bytes stored, struct bytes update)
{
    struct buf once;
    struct buf twice;
    buf_init(&once, BUF_UNBOUNDED);
    buf_init(&twice, BUF_UNBOUNDED);
    stored_fields_update(&once, stored, update);
    stored_fields_update(&twice, buf_bytes(&once), update);
    assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
    assert(!header_get(buf_bytes(&once), BYTES("connection")).data);
    buf_reset(&twice);
    stored_fields_take(&twice, update);
    assert(!header_get(buf_bytes(&twice), BYTES("transfer-encoding")).data);
    buf_clear(&once);
    buf_clear(&twice);
    struct validators validators = validators_read(update);
    assert(validators_confirm(&validators, &validators));
    assert(validators_same(&validators, &validators));
    struct conditional_fields sent;
    validators_conditions(&sent, stored);
    check_line(sent.if_none_match);
    check_line(sent.if_modified_since);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes rest = bytes_of(data, size);
    struct bytes parts[3] = { 0 };
    for (size_t i = 0; i < 3 && bytes_split(&rest, '\0', &parts[i]); i++)
        continue;
    check_policy(parts[0], parts[1]);
    check_update(parts[1], parts[2]);
    uint64_t kept = vary_fingerprint(parts[1], parts[0]);
    assert(vary_matches(kept, parts[1], parts[0]) == (kept != VARY_ANYTHING));
    return 0;
}
