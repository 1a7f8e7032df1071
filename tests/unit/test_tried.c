/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "frontier/tried.h"

enum { KEYS = 500 };

static struct bytes key_of(char room[16], unsigned number)
{
    return bytes_of(room, (size_t)snprintf(room, 16, "/%03u", number));
}

/* Its record says how often it was entered. */
static void enter(struct unsettled *unsettled, unsigned number, unsigned times)
{
    char key_room[16];
    char record[64];
    struct bytes key = key_of(key_room, number);
    bool is_new;
    memset(record, 'x', sizeof(record));
    size_t length = (size_t)snprintf(record, sizeof(record), "%u:%u", number, times);
    struct tried_url *tried = tried_enter(unsettled, key, bytes_of(record, length + times % 7),
                                          (uint32_t)hash_bytes(key, 1), &is_new);
    ck_assert(is_new == (times == 1));
    tried->row_due_ms = times == 1 ? number : tried->row_due_ms;
    tried_join_batch(unsettled, tried);
}

static void check_record(const struct tried_url *tried, unsigned number, unsigned times)
{
    unsigned is_number;
    unsigned is_times;
    ck_assert_ptr_nonnull(tried);
    ck_assert_int_eq(sscanf(tried_record(tried).data, "%u:%u", &is_number, &is_times), 2);
    ck_assert_uint_eq(is_number, number);
    ck_assert_uint_eq(is_times, times);
    ck_assert_int_eq(tried->row_due_ms, number);
}

/* Every number is entered once, and a number of them again, in an order of no kind. */
static struct unsettled *fill(unsigned times[KEYS])
{
    struct unsettled *unsettled = unsettled_new();
    memset(times, 0, KEYS * sizeof(*times));
    for (unsigned i = 0; i < 3 * KEYS; i++) {
        unsigned number = i < KEYS ? i * 211 % KEYS : i * i * 7 % KEYS;
        enter(unsettled, number, ++times[number]);
    }
    return unsettled;
}

struct shown {
    const unsigned *times;
    unsigned count;
};

static void show(void *owner, struct tried_url *tried)
{
    struct shown *shown = owner;
    check_record(tried, shown->count, shown->times[shown->count]);
    shown->count++;
}

START_TEST(urls_are_found_and_come_in_order_of_their_keys)
{
    unsigned times[KEYS];
    char room[16];
    struct unsettled *unsettled = fill(times);
    struct shown shown = { times, 0 };
    tried_walk(unsettled, show, &shown);
    ck_assert_uint_eq(shown.count, KEYS);
    for (unsigned i = 0; i < KEYS; i++) {
        check_record(tried_find(unsettled, key_of(room, i)), i, times[i]);
        const struct tried_url *after = tried_after(unsettled, key_of(room, i));
        if (i + 1 < KEYS)
            check_record(after, i + 1, times[i + 1]);
        else
            ck_assert_ptr_null(after);
    }
    check_record(tried_after(unsettled, BYTES("")), 0, times[0]);
    check_record(tried_after(unsettled, BYTES("/0001")), 1, times[1]);
    ck_assert_ptr_null(tried_find(unsettled, BYTES("/0001")));
    ck_assert_uint_eq(unsettled_free(unsettled), KEYS);
}
END_TEST

START_TEST(the_least_key_goes_first)
{
    unsigned times[KEYS];
    struct unsettled *unsettled = fill(times);
    for (unsigned i = 0; i < KEYS; i++) {
        struct tried_url *tried = tried_pop(unsettled);
        check_record(tried, i, times[i]);
        free(tried);
    }
    ck_assert_ptr_null(tried_pop(unsettled));
    ck_assert_uint_eq(unsettled_free(unsettled), 0);
    ck_assert_uint_eq(unsettled_free(NULL), 0);
}
END_TEST

START_TEST(a_batch_holds_each_url_once_as_it_is_now)
{
    unsigned times[KEYS];
    bool is_there[KEYS] = { false };
    struct unsettled *unsettled = fill(times);
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    unsettled_pack(&packed, unsettled, BYTES("a.test"), BYTES("state"));
    ck_assert_ptr_null(unsettled->in_batch);
    struct unpacker from = unpacker_of(buf_bytes(&packed));
    struct bytes name, state;
    uint64_t count;
    ck_assert_int_eq(tried_next_kind(&from), TRIED_HOST);
    ck_assert(unsettled_unpack(&from, &name, &state, &count));
    ck_assert(bytes_equal(name, BYTES("a.test")) && bytes_equal(state, BYTES("state")));
    ck_assert_uint_eq(count, KEYS);
    for (; count > 0; count--) {
        struct bytes key, record;
        struct tried_url like;
        unsigned number, is_times;
        ck_assert(tried_unpack(&from, &key, &record, &like));
        ck_assert_int_eq(sscanf(record.data, "%u:%u", &number, &is_times), 2);
        ck_assert_uint_eq(is_times, times[number]);
        ck_assert_int_eq(like.row_due_ms, number);
        ck_assert(!is_there[number]);
        is_there[number] = true;
    }
    ck_assert_uint_eq(from.left, 0);
    /* The next one is empty, until something is tried again. */
    buf_reset(&packed);
    enter(unsettled, 7, ++times[7]);
    unsettled_pack(&packed, unsettled, BYTES("a.test"), BYTES(""));
    from = unpacker_of(buf_bytes(&packed));
    ck_assert_int_eq(tried_next_kind(&from), TRIED_HOST);
    ck_assert(unsettled_unpack(&from, &name, &state, &count));
    ck_assert_uint_eq(count, 1);
    buf_clear(&packed);
    unsettled_free(unsettled);
}
END_TEST

START_TEST(bytes_that_were_cut_off_are_refused)
{
    struct unsettled *unsettled = unsettled_new();
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    enter(unsettled, 1, 1);
    unsettled_pack(&packed, unsettled, BYTES("a.test"), BYTES("state"));
    for (size_t length = 0; length < packed.length; length++) {
        struct unpacker from = unpacker_of(bytes_of(packed.data, length));
        struct bytes name, state, key, record;
        struct tried_url like;
        uint64_t count;
        tried_next_kind(&from);
        ck_assert(!unsettled_unpack(&from, &name, &state, &count) ||
                  !tried_unpack(&from, &key, &record, &like));
    }
    buf_clear(&packed);
    unsettled_free(unsettled);
}
END_TEST

SUITE_MAIN("tried", urls_are_found_and_come_in_order_of_their_keys, the_least_key_goes_first,
           a_batch_holds_each_url_once_as_it_is_now, bytes_that_were_cut_off_are_refused)
