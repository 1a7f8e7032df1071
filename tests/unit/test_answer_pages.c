/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "answering.h"

struct listing {
    char rows[4096]; /* Paths, separated by spaces; another host's whole URLs. */
    size_t questions;
};

/* All rows, `most` at a time. */
static void list(struct listing *listing, const char *prefix, int state, unsigned most)
{
    struct buf host, after;
    bool is_more = true;
    *listing = (struct listing){ .questions = 0 };
    buf_init(&host, BUF_UNBOUNDED);
    buf_init(&after, BUF_UNBOUNDED);
    while (is_more) {
        pack_bytes(&question, buf_bytes(&host));
        pack_bytes(&question, buf_bytes(&after));
        pack_bytes(&question, bytes_from_string(prefix));
        pack_u8(&question, (uint8_t)(state + 1));
        pack_number(&question, most);
        ck_assert_int_eq(ask(QUESTION_LS), STATUS_OK);
        ck_assert_uint_lt(++listing->questions, 100);
        struct unpacker from = unpacker_of(buf_bytes(&reply));
        is_more = unpack_u8(&from) != 0;
        struct bytes next_host = unpack_bytes(&from);
        struct bytes next = unpack_bytes(&from);
        buf_reset(&host);
        buf_append_bytes(&host, next_host);
        buf_reset(&after);
        buf_append_bytes(&after, next);
        while (from.left > 0) {
            ck_assert_uint_eq(unpack_u8(&from), 1);
            struct bytes url = unpack_bytes(&from);
            size_t length = strlen(listing->rows);
            snprintf(listing->rows + length, sizeof(listing->rows) - length, "%s%.*s",
                     length ? " " : "", (int)url.length, url.data);
            unpack_u8(&from);
            unpack_u8(&from);
            unpack_number(&from);
            unpack_signed(&from);
            unpack_number(&from);
        }
        ck_assert(!from.is_bad);
    }
    buf_clear(&host);
    buf_clear(&after);
}

START_TEST(ls_lists_all_hosts_in_their_order_whatever_the_slices)
{
    static const char all[] = "http://a.example/1 http://a.example/2 http://example.org/ "
                              "http://example.org/a http://b.example.org/x";
    static const struct {
        const char *prefix;
        int state;
        const char *rows;
    } rows[] = {
        { "", -1, all },
        { "http://a.example/", -1, "http://a.example/1 http://a.example/2" },
        { "http://example.org/a", -1, "http://example.org/a" },
        { "http://b.example.org/nothing", -1, "" },
        { "http://nowhere.example/", -1, "" },
        { "", URL_STATE_GONE, "http://a.example/2" },
        { "http://example.org/", URL_STATE_LIVE, "http://example.org/ http://example.org/a" },
    };
    open_answerer(SEED);
    visited_seed(&crawl, "http://a.example/1");
    visited_seed(&crawl, "http://b.example.org/x");
    visited_seed(&crawl, "http://untried.example.org/");
    struct come gone = SAID(GONE, 404);
    visited_page(&crawl, "http://b.example.org/x", "x");
    visited_visit(&crawl, "http://a.example/2", &gone);
    visited_page(&crawl, "http://a.example/1", "1");
    visited_page(&crawl, A, "a");
    visited_page(&crawl, SEED, "s");
    struct listing listing;
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        for (unsigned most = 0; most <= 6; most++) {
            list(&listing, rows[i].prefix, rows[i].state, most);
            ck_assert_msg(strcmp(listing.rows, rows[i].rows) == 0, "row %zu, %u a time: %s", i,
                          most, listing.rows);
        }
    close_answerer();
}
END_TEST

START_TEST(ls_gives_state_reason_status_and_document)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "x");
    pack_bytes(&question, (struct bytes){ 0 });
    pack_bytes(&question, (struct bytes){ 0 });
    pack_bytes(&question, (struct bytes){ 0 });
    pack_u8(&question, 0);
    pack_number(&question, 0);
    ck_assert_int_eq(ask(QUESTION_LS), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    ck_assert_uint_eq(unpack_u8(&from), 0);
    unpack_bytes(&from);
    unpack_bytes(&from);
    ck_assert_uint_eq(unpack_u8(&from), 1);
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES(SEED)));
    ck_assert_uint_eq(unpack_u8(&from), URL_STATE_LIVE);
    ck_assert_uint_eq(unpack_u8(&from), OUTCOME_PAGE);
    ck_assert_uint_eq(unpack_number(&from), 200);
    ck_assert_int_eq(unpack_signed(&from), START);
    ck_assert_uint_eq(unpack_number(&from), 1);
    ck_assert_uint_eq(from.left, 0);
    ck_assert_int_eq(ask(QUESTION_LS), STATUS_USAGE); /* An empty question. */
    close_answerer();
}
END_TEST

static enum status ask_of(enum question which, const char *text)
{
    pack_bytes(&question, bytes_from_string(text));
    return ask(which);
}

START_TEST(cat_gives_record_and_body)
{
    open_answerer(SEED);
    visited_page(&crawl, SEED, "the body");
    ck_assert_int_eq(ask_of(QUESTION_CAT, "http://EXAMPLE.org"), STATUS_OK);
    struct unpacker from = unpacker_of(buf_bytes(&reply));
    struct page page;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    ck_assert(page_decode(&page, unpack_bytes(&from), &scratch));
    ck_assert(bytes_equal(page.url, BYTES(SEED)));
    ck_assert(bytes_equal(unpack_bytes(&from), BYTES("the body")));
    ck_assert_int_eq(ask_of(QUESTION_CAT, A), STATUS_NOT_FOUND);
    ck_assert(says(A));
    ck_assert_int_eq(ask_of(QUESTION_CAT, "no url"), STATUS_DATA);
    buf_clear(&scratch);
    close_answerer();
}
END_TEST

SUITE_MAIN("answer_pages", ls_lists_all_hosts_in_their_order_whatever_the_slices,
           ls_gives_state_reason_status_and_document, cat_gives_record_and_body)
