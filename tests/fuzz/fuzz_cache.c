/* SPDX-License-Identifier: MIT
 *
 * fuzz_cache - a request, the response that is stored for it, and the reply that updates it; NUL
 * bytes part them.
 */
#include <assert.h>

#include "base/buf.h"
#include "crawler/fetch/cache_policy.h"
#include "crawler/fetch/cached.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/ranges.h"
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
    struct validators sent = validators_read(stored);
    check_line(sent.etag);
    check_line(sent.last_modified);
}

/* What goes into a record comes back, and is small, whatever came. */
static void check_record(const struct cached *cached, struct bytes request)
{
    struct cached copy;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    cached_pack(&packed, cached);
    assert(packed.length < 2048);
    bool is_whole = cached_unpack(&copy, buf_bytes(&packed), cached->entry.fresh_until_ms);
    assert(is_whole && bytes_equal(copy.fields, cached->fields) &&
           bytes_equal(copy.others, cached->others) && copy.vary == cached->vary);
    assert(copy.entry.is_reusable == cached->entry.is_reusable &&
           copy.entry.born_ms == cached->entry.born_ms);
    assert(cached_fits(&copy, request) == (copy.vary != VARY_ANYTHING));
    buf_clear(&packed);
}

static void check_cached(struct bytes request, struct bytes stored, struct bytes update)
{
    struct cached first, second, third;
    struct buf rooms[3];
    for (size_t i = 0; i < 3; i++)
        buf_init(&rooms[i], BUF_UNBOUNDED);
    struct cache_exchange exchange = {
        .method = BYTES("GET"),
        .request = request,
        .status = 200,
        .response = stored,
        .requested_ms = NOW_MS - 7,
        .received_ms = NOW_MS,
    };
    cached_take(&first, &exchange, &rooms[0]);
    check_record(&first, request);
    struct validators validators = validators_read(stored);
    exchange.status = 304;
    exchange.response = update;
    cached_update(&second, &first, &validators, &exchange, &rooms[1]);
    check_record(&second, request);
    /* The same once more is no news, but for what no record holds. */
    bool is_news = cached_update(&third, &second, &validators, &exchange, &rooms[2]);
    assert(!is_news || second.others.length >= 3 * 128);
    check_record(&third, request);
    for (size_t i = 0; i < 3; i++)
        buf_clear(&rooms[i]);
    cached_unpack(&first, stored, INT64_MAX);
    cached_fits(&first, request);
}

static void check_ranges(struct bytes stored, struct bytes reply)
{
    static const uint16_t statuses[] = { 200, 206, 416, 404 };
    struct validators validators = validators_read(stored);
    struct bytes said = range_validator(stored);
    check_line(said);
    assert(!range_may_finish(200, stored) || said.length > 0);
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++) {
        uint64_t whole_bytes;
        enum range_answer answer = range_judge(statuses[i], reply, &validators, 10, &whole_bytes);
        assert((answer == RANGE_WHOLE) == (statuses[i] == 200));
        assert(answer != RANGE_REST || statuses[i] == 206);
        assert(answer != RANGE_REST || whole_bytes == 0 || whole_bytes > 10);
        assert(answer != RANGE_NOTHING || whole_bytes == 10);
    }
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
    check_cached(parts[0], parts[1], parts[2]);
    check_ranges(parts[1], parts[2]);
    uint64_t kept = vary_fingerprint(parts[1], parts[0]);
    assert(vary_matches(kept, parts[1], parts[0]) == (kept != VARY_ANYTHING));
    return 0;
}
