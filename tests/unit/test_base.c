/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/clock.h"
#include "base/hash.h"
#include "base/pack.h"
#include "base/status.h"

START_TEST(bytes_split_gives_every_part_and_an_empty_last_one)
{
    struct bytes rest = BYTES("a,,b,");
    struct bytes part;
    const char *wanted[] = { "a", "", "b", "" };
    for (size_t i = 0; i < 4; i++) {
        ck_assert(bytes_split(&rest, ',', &part));
        ck_assert(bytes_equal(part, bytes_from_string(wanted[i])));
    }
    ck_assert(!bytes_split(&rest, ',', &part));
}
END_TEST

START_TEST(a_part_is_found_in_any_case_wherever_it_stands)
{
    ck_assert(bytes_contain_nocase(BYTES("X-Api-Key"), BYTES("api-key")));
    ck_assert(bytes_contain_nocase(BYTES("TOKEN"), BYTES("token")));
    ck_assert(bytes_contain_nocase(BYTES("a"), (struct bytes){ 0 }));
    ck_assert(bytes_contain_nocase((struct bytes){ 0 }, (struct bytes){ 0 }));
    ck_assert(!bytes_contain_nocase(BYTES("toke"), BYTES("token")));
    ck_assert(!bytes_contain_nocase(BYTES("to-ken"), BYTES("token")));
}
END_TEST

START_TEST(the_earlier_of_two_times_is_the_one_that_comes)
{
    ck_assert_int_eq(time_earlier(3, 5), 3);
    ck_assert_int_eq(time_earlier(5, 3), 3);
    ck_assert_int_eq(time_earlier(-1, 5), 5);
    ck_assert_int_eq(time_earlier(5, -1), 5);
    ck_assert_int_eq(time_earlier(0, 5), 0);
    ck_assert_int_lt(time_earlier(-1, -1), 0);
    ck_assert_int_eq(time_later(3, 5), 5);
}
END_TEST

START_TEST(numbers_beyond_the_most_are_refused)
{
    static const struct {
        const char *text;
        uint64_t most;
        bool is_number;
        uint64_t value;
    } rows[] = {
        { "0", 0, true, 0 },
        { "65535", 65535, true, 65535 },
        { "65536", 65535, false, 0 },
        { "18446744073709551615", UINT64_MAX, true, UINT64_MAX },
        { "18446744073709551616", UINT64_MAX, false, 0 },
        { "", 10, false, 0 },
        { "+1", 10, false, 0 },
        { "1 ", 10, false, 0 },
        { "7", 6, false, 0 },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        uint64_t value = 0;
        ck_assert_msg(bytes_to_u64(bytes_from_string(rows[i].text), rows[i].most, &value) ==
                          rows[i].is_number,
                      "row %zu", i);
        if (rows[i].is_number)
            ck_assert_uint_eq(value, rows[i].value);
    }
}
END_TEST

START_TEST(a_full_buf_refuses_whole_appends_and_remembers)
{
    struct buf buf;
    buf_init(&buf, 4);
    ck_assert(buf_append_string(&buf, "abc"));
    ck_assert(!buf_append_string(&buf, "de"));
    ck_assert(buf.is_full);
    ck_assert(buf_append_string(&buf, "d"));
    ck_assert(bytes_equal(buf_bytes(&buf), BYTES("abcd")));
    ck_assert_str_eq(buf.data, "abcd");
    buf_clear(&buf);
}
END_TEST

START_TEST(an_arena_gives_aligned_memory_that_keeps_its_content)
{
    struct arena arena;
    arena_init(&arena);
    char *pieces[2000];
    for (size_t i = 0; i < 2000; i++) {
        pieces[i] = arena_alloc(&arena, 1 + i % 90);
        ck_assert_uint_eq((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        memset(pieces[i], (int)(i & 0x7f), 1 + i % 90);
    }
    for (size_t i = 0; i < 2000; i++)
        ck_assert_int_eq(pieces[i][i % 90], (int)(i & 0x7f));
    char *large = arena_alloc(&arena, 1 << 20);
    memset(large, 1, 1 << 20);
    arena_clear(&arena);
}
END_TEST

START_TEST(packed_values_come_back)
{
    static const uint64_t numbers[] = { 0, 1, 127, 128, 16383, 16384, UINT32_MAX, UINT64_MAX };
    static const int64_t signed_numbers[] = { 0, -1, 1, INT64_MIN, INT64_MAX };
    struct buf buf;
    buf_init(&buf, BUF_UNBOUNDED);
    for (size_t i = 0; i < 8; i++)
        pack_number(&buf, numbers[i]);
    for (size_t i = 0; i < 5; i++)
        pack_signed(&buf, signed_numbers[i]);
    pack_bytes(&buf, BYTES("a\0b"));
    pack_be32(&buf, 0x01020304);
    pack_be64(&buf, UINT64_C(0xfffefdfcfbfaf9f8));
    pack_u8(&buf, 255);
    struct unpacker from = unpacker_of(buf_bytes(&buf));
    for (size_t i = 0; i < 8; i++)
        ck_assert_uint_eq(unpack_number(&from), numbers[i]);
    for (size_t i = 0; i < 5; i++)
        ck_assert_int_eq(unpack_signed(&from), signed_numbers[i]);
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES("a\0b")));
    ck_assert_uint_eq(unpack_be32(&from), 0x01020304);
    ck_assert_uint_eq(unpack_be64(&from), UINT64_C(0xfffefdfcfbfaf9f8));
    ck_assert_uint_eq(unpack_u8(&from), 255);
    ck_assert(!from.is_bad && from.left == 0);
    ck_assert_uint_eq(unpack_number(&from), 0);
    ck_assert(from.is_bad);
    buf_clear(&buf);
}
END_TEST

START_TEST(a_length_beyond_the_record_is_bad)
{
    struct unpacker from = unpacker_of(BYTES("\x7f"
                                             "abc"));
    ck_assert_uint_eq(unpack_bytes(&from).length, 0);
    ck_assert(from.is_bad);
    from = unpacker_of(BYTES("\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
    unpack_number(&from);
    ck_assert(from.is_bad);
}
END_TEST

START_TEST(times_are_shown_in_utc_and_spans_in_two_units)
{
    char text[CLOCK_TEXT_BYTES];
    ck_assert_str_eq(clock_format(text, 1700000000000), "2023-11-14T22:13:20Z");
    ck_assert_str_eq(clock_format(text, 0), "never");
    ck_assert_str_eq(clock_format_span(text, 273600000), "3d 4h");
    ck_assert_str_eq(clock_format_span(text, 850), "850ms");
    ck_assert_str_eq(clock_format_span(text, 60000), "1m");
    ck_assert_str_eq(clock_format_span(text, 5500), "5s");
    ck_assert_str_eq(clock_format_span(text, 0), "0ms");
}
END_TEST

START_TEST(sha256_is_the_standards)
{
    unsigned char digest[SHA256_BYTES];
    char text[SHA256_TEXT_BYTES];
    sha256(BYTES("abc"), digest);
    ck_assert_str_eq(sha256_text(digest, text),
                     "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}
END_TEST

START_TEST(exit_codes_are_those_of_the_manual)
{
    ck_assert_int_eq(status_exit_code(STATUS_OK), 0);
    ck_assert_int_eq(status_exit_code(STATUS_CONFIG), 78);
    ck_assert_int_eq(status_exit_code(STATUS_BUSY), 75);
    ck_assert_int_eq(status_exit_code(STATUS_TERMINATED), 143);
}
END_TEST

SUITE_MAIN("base", bytes_split_gives_every_part_and_an_empty_last_one,
           a_part_is_found_in_any_case_wherever_it_stands,
           the_earlier_of_two_times_is_the_one_that_comes, numbers_beyond_the_most_are_refused,
           a_full_buf_refuses_whole_appends_and_remembers,
           an_arena_gives_aligned_memory_that_keeps_its_content, packed_values_come_back,
           a_length_beyond_the_record_is_bad, times_are_shown_in_utc_and_spans_in_two_units,
           sha256_is_the_standards, exit_codes_are_those_of_the_manual)
