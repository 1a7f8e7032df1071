/* SPDX-License-Identifier: MIT
 *
 * Each line of an export is read back by another library.
 */
#include <jansson.h>

#include "suite.h"

#include "store/export/item.h"
#include "store/export/jsonl.h"

#define START INT64_C(1750000000000)

static struct buf record;
static struct buf out;

static struct page page_of(const char *title, const char *text)
{
    struct page page = {
        .url = BYTES("http://example.org/a"),
        .status = 200,
        .fetched_at_ms = START,
        .content_type = BYTES("text/html"),
        .charset = BYTES("utf-8"),
        .lang = BYTES("en"),
        .title = bytes_from_string(title),
        .description = BYTES("D"),
        .keywords = BYTES("K, L"),
        .canonical = BYTES("http://example.org/c"),
        .text = bytes_from_string(text),
        .length = 12345,
        .depth = 3,
        .referrer = 9,
    };
    memset(page.digest, 0xab, sizeof(page.digest));
    return page;
}

static struct export_item item_of(const struct page *page)
{
    buf_clear(&record);
    buf_init(&record, BUF_UNBOUNDED);
    page_encode(page, &record);
    return (struct export_item){
        .version = UINT64_C(18000000000),
        .op = CHANGE_UPSERT,
        .reason = CHANGE_REASON_CHANGED,
        .at_ms = START + 1000,
        .url = page->url,
        .referrer = BYTES("http://example.org/r"),
        .duplicate_of = BYTES("http://example.org/d"),
        .etag = BYTES("\"e\""),
        .last_modified = BYTES("then"),
        .checked_at_ms = START + 2000,
        .record = buf_bytes(&record),
    };
}

/* The item's one line, as JSON. */
static json_t *line_of(const struct export_item *item)
{
    json_error_t error;
    buf_clear(&out);
    buf_init(&out, BUF_UNBOUNDED);
    ck_assert(jsonl_write(item, &out));
    ck_assert_uint_eq(bytes_find(buf_bytes(&out), '\n'), out.length - 1);
    json_t *json = json_loadb(out.data, out.length, JSON_REJECT_DUPLICATES, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, out.data);
    return json;
}

static void clear(void)
{
    buf_clear(&record);
    buf_clear(&out);
}

static const char *text_at(json_t *json, const char *name)
{
    const char *text = json_string_value(json_object_get(json, name));
    ck_assert_msg(text != NULL, "%s", name);
    return text;
}

START_TEST(an_upsert_has_every_field)
{
    static const struct {
        const char *name;
        const char *text;
    } texts[] = {
        { "op", "upsert" },
        { "url", "http://example.org/a" },
        { "reason", "changed" },
        { "changed_at", "2025-06-15T15:06:41Z" },
        { "content_type", "text/html" },
        { "charset", "utf-8" },
        { "lang", "en" },
        { "title", "T" },
        { "description", "D" },
        { "keywords", "K, L" },
        { "text", "the text" },
        { "canonical", "http://example.org/c" },
        { "digest", "abababababababababababababababababababababababababababababababab" },
        { "fetched_at", "2025-06-15T15:06:40Z" },
        { "checked_at", "2025-06-15T15:06:42Z" },
        { "last_modified", "then" },
        { "etag", "\"e\"" },
        { "referrer", "http://example.org/r" },
        { "duplicate_of", "http://example.org/d" },
    };
    static const struct {
        const char *name;
        json_int_t number;
    } numbers[] = {
        { "version", 18000000000 }, { "status", 200 }, { "length", 12345 }, { "depth", 3 }
    };
    struct page page = page_of("T", "the text");
    struct export_item item = item_of(&page);
    json_t *json = line_of(&item);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
        ck_assert_str_eq(text_at(json, texts[i].name), texts[i].text);
    for (size_t i = 0; i < sizeof(numbers) / sizeof(numbers[0]); i++)
        ck_assert_int_eq(json_integer_value(json_object_get(json, numbers[i].name)),
                         numbers[i].number);
    ck_assert(json_is_false(json_object_get(json, "truncated")));
    ck_assert(json_is_false(json_object_get(json, "noarchive")));
    ck_assert(json_is_false(json_object_get(json, "nosnippet")));
    ck_assert(json_is_false(json_object_get(json, "private")));
    /* And "id" and these three. */
    ck_assert_uint_eq(json_object_size(json),
                      sizeof(texts) / sizeof(texts[0]) + sizeof(numbers) / sizeof(numbers[0]) + 5);
    json_decref(json);
    clear();
}
END_TEST

START_TEST(the_id_is_the_digest_of_the_url)
{
    char wanted[SHA256_TEXT_BYTES];
    unsigned char digest[SHA256_BYTES];
    struct page page = page_of("T", "t");
    struct export_item item = item_of(&page);
    sha256(item.url, digest);
    json_t *json = line_of(&item);
    ck_assert_str_eq(text_at(json, "id"), sha256_text(digest, wanted));
    json_decref(json);
    clear();
}
END_TEST

START_TEST(what_is_not_known_is_null_and_text_is_empty)
{
    static const char *const nulls[] = { "content_type", "charset",       "lang",
                                         "canonical",    "last_modified", "etag",
                                         "referrer",     "duplicate_of",  "checked_at" };
    static const char *const empty[] = { "title", "description", "keywords", "text" };
    struct page page = { .url = BYTES("http://example.org/"), .fetched_at_ms = START };
    struct export_item item = item_of(&page);
    item.referrer = item.duplicate_of = item.etag = item.last_modified = (struct bytes){ 0 };
    item.checked_at_ms = 0;
    json_t *json = line_of(&item);
    for (size_t i = 0; i < sizeof(nulls) / sizeof(nulls[0]); i++)
        ck_assert_msg(json_is_null(json_object_get(json, nulls[i])), "%s", nulls[i]);
    for (size_t i = 0; i < sizeof(empty) / sizeof(empty[0]); i++)
        ck_assert_str_eq(text_at(json, empty[i]), "");
    json_decref(json);
    clear();
}
END_TEST

START_TEST(any_text_is_valid_json_in_utf_8)
{
    static const struct {
        const char *text;
        const char *wanted;
    } rows[] = {
        { "quote \" slash \\ end", "quote \" slash \\ end" },
        { "line\ntab\tbell\a", "line\ntab\tbell\a" },
        { "Zürich \xe2\x82\xac \xf0\x9f\x90\xa6", "Zürich \xe2\x82\xac \xf0\x9f\x90\xa6" },
        { "</script>", "</script>" },
        { "cut \xe2\x82", "cut \xef\xbf\xbd" },
        { "\xff one", "\xef\xbf\xbd one" },
        { "surrogate \xed\xa0\x80.", NULL },
        { "\xe2\x80\xa8 ends a line for some", "\xe2\x80\xa8 ends a line for some" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct page page = page_of(rows[i].text, rows[i].text);
        struct export_item item = item_of(&page);
        json_t *json = line_of(&item);
        if (rows[i].wanted) {
            ck_assert_str_eq(text_at(json, "title"), rows[i].wanted);
            ck_assert_str_eq(text_at(json, "text"), rows[i].wanted);
        }
        json_decref(json);
    }
    struct page page = page_of("T", "t");
    page.title = bytes_of("a\0b", 3);
    struct export_item item = item_of(&page);
    json_error_t error;
    buf_clear(&out);
    buf_init(&out, BUF_UNBOUNDED);
    ck_assert(jsonl_write(&item, &out));
    json_t *json = json_loadb(out.data, out.length, JSON_ALLOW_NUL, &error);
    ck_assert_msg(json != NULL, "%s: %s", error.text, out.data);
    json_decref(json);
    clear();
}
END_TEST

START_TEST(what_was_cut_says_so)
{
    static const struct {
        uint32_t flags;
        bool is_truncated;
    } rows[] = {
        { 0, false },
        { PAGE_BODY_TRUNCATED, true },
        { PAGE_TEXT_TRUNCATED, true },
        { PAGE_LINKS_TRUNCATED, false }, /* The text is whole. */
        { PAGE_NOARCHIVE, false },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct page page = page_of("T", "t");
        page.flags = rows[i].flags;
        struct export_item item = item_of(&page);
        json_t *json = line_of(&item);
        ck_assert_int_eq(json_is_true(json_object_get(json, "truncated")), rows[i].is_truncated);
        json_decref(json);
    }
    clear();
}
END_TEST

START_TEST(what_may_not_be_shown_says_so)
{
    struct page page = page_of("T", "t");
    for (int i = 0; i < 8; i++) {
        page.flags = (i & 1 ? PAGE_NOARCHIVE : 0u) | (i & 2 ? PAGE_NOSNIPPET : 0u) |
                     (i & 4 ? PAGE_PRIVATE : 0u);
        struct export_item item = item_of(&page);
        json_t *json = line_of(&item);
        ck_assert_int_eq(json_is_true(json_object_get(json, "noarchive")), (i & 1) != 0);
        ck_assert_int_eq(json_is_true(json_object_get(json, "nosnippet")), (i & 2) != 0);
        ck_assert_int_eq(json_is_true(json_object_get(json, "private")), (i & 4) != 0);
        json_decref(json);
    }
    clear();
}
END_TEST

START_TEST(a_delete_says_what_goes_and_why)
{
    struct export_item item = { .version = 5,
                                .op = CHANGE_DELETE,
                                .reason = CHANGE_REASON_MOVED,
                                .at_ms = START,
                                .url = BYTES("http://example.org/gone"),
                                .moved_to = BYTES("http://example.org/new") };
    json_t *json = line_of(&item);
    ck_assert_str_eq(text_at(json, "op"), "delete");
    ck_assert_str_eq(text_at(json, "url"), "http://example.org/gone");
    ck_assert_str_eq(text_at(json, "reason"), "moved-to");
    ck_assert_str_eq(text_at(json, "changed_at"), "2025-06-15T15:06:40Z");
    ck_assert_int_eq(json_integer_value(json_object_get(json, "version")), 5);
    ck_assert_str_eq(text_at(json, "moved_to"), "http://example.org/new");
    ck_assert_uint_eq(json_object_size(json), 7);
    json_decref(json);
    item.moved_to = (struct bytes){ 0 };
    json = line_of(&item);
    ck_assert(json_is_null(json_object_get(json, "moved_to")));
    json_decref(json);
    clear();
}
END_TEST

START_TEST(a_damaged_record_gives_no_line)
{
    struct page page = page_of("T", "the text");
    struct export_item item = item_of(&page);
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t length = 0; length < item.record.length; length++) {
        struct export_item cut = item;
        cut.record.length = length;
        bool is_written = jsonl_write(&cut, &out);
        ck_assert_msg(is_written == (out.length > 0), "cut to %zu", length);
        buf_reset(&out);
    }
    clear();
}
END_TEST

/* ---- Items on their way */

START_TEST(an_item_comes_out_as_it_was_packed)
{
    struct page page = page_of("T", "t");
    struct export_item items[] = {
        item_of(&page),
        { .version = 1, .op = CHANGE_DELETE, .url = BYTES("u"), .moved_to = BYTES("v") }
    };
    struct export_item got;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    for (size_t i = 0; i < 2; i++)
        export_item_pack(&packed, &items[i]);
    struct unpacker from = unpacker_of(buf_bytes(&packed));
    for (size_t i = 0; i < 2; i++) {
        ck_assert(export_item_unpack(&from, &got));
        ck_assert_uint_eq(got.version, items[i].version);
        ck_assert_int_eq(got.op, items[i].op);
        ck_assert_int_eq(got.reason, items[i].reason);
        ck_assert_int_eq(got.at_ms, items[i].at_ms);
        ck_assert_int_eq(got.checked_at_ms, items[i].checked_at_ms);
        ck_assert(bytes_equal(got.url, items[i].url));
        ck_assert(bytes_equal(got.referrer, items[i].referrer));
        ck_assert(bytes_equal(got.duplicate_of, items[i].duplicate_of));
        ck_assert(bytes_equal(got.moved_to, items[i].moved_to));
        ck_assert(bytes_equal(got.etag, items[i].etag));
        ck_assert(bytes_equal(got.last_modified, items[i].last_modified));
        ck_assert(bytes_equal(got.record, items[i].record));
    }
    ck_assert_uint_eq(from.left, 0);
    buf_clear(&packed);
    clear();
}
END_TEST

START_TEST(a_damaged_item_is_refused)
{
    struct export_item item = { .version = 1, .op = CHANGE_DELETE, .url = BYTES("http://x/") };
    struct export_item got;
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    export_item_pack(&packed, &item);
    for (size_t length = 0; length < packed.length; length++) {
        struct unpacker from = unpacker_of(bytes_of(packed.data, length));
        ck_assert(!export_item_unpack(&from, &got));
    }
    for (size_t at = 1; at <= 2; at++) { /* Operation and reason. */
        char old = packed.data[at];
        packed.data[at] = 99;
        struct unpacker from = unpacker_of(buf_bytes(&packed));
        ck_assert(!export_item_unpack(&from, &got));
        packed.data[at] = old;
    }
    buf_clear(&packed);
}
END_TEST

SUITE_MAIN("jsonl", an_upsert_has_every_field, the_id_is_the_digest_of_the_url,
           what_is_not_known_is_null_and_text_is_empty, any_text_is_valid_json_in_utf_8,
           what_was_cut_says_so, what_may_not_be_shown_says_so, a_delete_says_what_goes_and_why,
           a_damaged_record_gives_no_line, an_item_comes_out_as_it_was_packed,
           a_damaged_item_is_refused)
