/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/parse/element.h"
#include "crawler/parse/links.h"
#include "crawler/parse/srcset.h"

START_TEST(every_element_is_found_by_its_name)
{
    for (unsigned i = 0; i < ELEMENT_OTHER; i++)
        ck_assert_uint_eq(element_by_name(element_name((enum element)i)), i);
    ck_assert_uint_eq(element_by_name(BYTES("IFrame")), ELEMENT_IFRAME);
    ck_assert_uint_eq(element_by_name(BYTES("ab")), ELEMENT_OTHER);
    ck_assert_uint_eq(element_by_name(BYTES("zz")), ELEMENT_OTHER);
    ck_assert_uint_eq(element_by_name(BYTES("{")), ELEMENT_OTHER);
    ck_assert_uint_eq(element_by_name(BYTES("")), ELEMENT_OTHER);
}
END_TEST

START_TEST(kinds_have_words_of_their_own)
{
    for (unsigned i = 0; i < LINK_KIND_COUNT; i++)
        for (unsigned j = 0; j < i; j++)
            ck_assert_str_ne(link_kind_word((enum link_kind)i), link_kind_word((enum link_kind)j));
    ck_assert(link_kind_is_followed(LINK_A));
    ck_assert(!link_kind_is_followed(LINK_IMAGE));
    ck_assert(!link_kind_is_followed(LINK_FORM));
}
END_TEST

START_TEST(rel_decides_what_a_link_element_is)
{
    static const struct {
        const char *rel;
        const char *type;
        const char *hreflang;
        enum link_kind kind;
    } rows[] = {
        { "canonical", "", "", LINK_CANONICAL },
        { "CANONICAL", "", "", LINK_CANONICAL },
        { " shortlink\tcanonical ", "", "", LINK_CANONICAL },
        { "canonicals", "", "", LINK_LINK },
        { "alternate", "", "de", LINK_ALTERNATE },
        { "alternate", "text/html", "", LINK_ALTERNATE },
        { "alternate", "", "", LINK_ALTERNATE },
        { "alternate", "application/rss+xml", "", LINK_FEED },
        { "alternate", " Application/Atom+XML; charset=utf-8", "", LINK_FEED },
        { "alternate", "application/json+oembed", "", LINK_LINK },
        { "alternate stylesheet", "text/css", "", LINK_LINK },
        { "feed", "", "", LINK_FEED },
        { "next", "", "", LINK_NEXT_PREV },
        { "prev", "text/html", "", LINK_NEXT_PREV },
        { "previous", "", "", LINK_NEXT_PREV },
        { "stylesheet", "", "", LINK_LINK },
        { "shortcut icon", "", "", LINK_LINK },
        { "preload", "", "", LINK_LINK },
        { "author", "", "", LINK_RELATED },
        { "", "", "", LINK_LINK },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        enum link_kind kind =
            links_kind_by_rel(bytes_from_string(rows[i].rel), bytes_from_string(rows[i].type),
                              bytes_from_string(rows[i].hreflang));
        ck_assert_msg(kind == rows[i].kind, "row %zu: %s", i, link_kind_word(kind));
    }
}
END_TEST

START_TEST(nofollow_has_three_names)
{
    ck_assert(links_rel_is_nofollow(BYTES("nofollow")));
    ck_assert(links_rel_is_nofollow(BYTES("noopener NoFollow")));
    ck_assert(links_rel_is_nofollow(BYTES("ugc")));
    ck_assert(links_rel_is_nofollow(BYTES("sponsored\nnext")));
    ck_assert(!links_rel_is_nofollow(BYTES("nofollow,ugc")));
    ck_assert(!links_rel_is_nofollow(BYTES("noreferrer")));
    ck_assert(!links_rel_is_nofollow(BYTES("")));
}
END_TEST

START_TEST(meta_refresh_is_read_by_the_standards_steps)
{
    static const struct {
        const char *content;
        const char *url; /* NULL: no refresh. */
    } rows[] = {
        { "0; url=x", "x" },
        { "0;url=x", "x" },
        { "0,URL = x", "x" },
        { "0 url=x", "x" },
        { "5", "" },
        { "5;", "" },
        { " 5 ; x", "x" },
        { "5; 'x' y", "x" },
        { "5; \"x", "x" },
        { "0; url='a b'", "a b" },
        { "0; url=\"a'b\"c", "a'b" },
        { "0; url x", "url x" },
        { "0; u", "u" },
        { "0; ur=x", "ur=x" },
        { "0; url", "url" },
        { "0; url=", "" },
        { "1.5; url=x", "x" },
        { ".5; url=x", "x" },
        { "1...2; url=x", "x" },
        { "0; x url=y", "x url=y" },
        { "", NULL },
        { "x", NULL },
        { "url=x", NULL },
        { "-1; url=x", NULL },
        { "+1; url=x", NULL },
        { "1x; url=x", NULL },
        { "; url=x", NULL },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes url;
        bool is_refresh = links_refresh(bytes_from_string(rows[i].content), &url);
        ck_assert_msg(is_refresh == (rows[i].url != NULL), "%s", rows[i].content);
        if (is_refresh)
            ck_assert_msg(bytes_equal(url, bytes_from_string(rows[i].url)), "%s gave %.*s",
                          rows[i].content, (int)url.length, url.data);
    }
}
END_TEST

START_TEST(srcset_gives_the_candidates_that_a_browser_keeps)
{
    static const struct {
        const char *srcset;
        const char *urls; /* Between spaces. */
    } rows[] = {
        { "", "" },
        { ",,", "" },
        { "a", "a " },
        { "a, b", "a b " },
        { "a,b", "a,b " },
        { "a,, b", "a b " },
        { "a 1x, b 2x", "a b " },
        { "a 1x,b 2x", "a b " },
        { " a\t100w ,\n b 200w ", "a b " },
        { "data:,x 1x", "data:,x " },
        { "a 0w", "" },
        { "a -1x, b 1x", "b " },
        { "a -0x", "a " },
        { "a -0.0e9x", "a " },
        { "a 1.5x", "a " },
        { "a .5e+1x", "a " },
        { "a 1.x", "" },
        { "a x", "" },
        { "a 1e x", "" },
        { "a 1x 2x", "" },
        { "a 1w 1x", "" },
        { "a 1x 1w", "" },
        { "a 1h", "" },
        { "a 1w 1h", "a " },
        { "a 1h 1w", "a " },
        { "a 1h 1x", "" },
        { "a 1q, b", "b " },
        { "a (1x, b 2x), c", "c " },
        { "a (, b", "" },
        { "a 1x,, b 1x", "a b " },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        struct bytes rest = bytes_from_string(rows[i].srcset);
        struct bytes url;
        struct buf urls;
        buf_init(&urls, BUF_UNBOUNDED);
        buf_append_string(&urls, "");
        while (srcset_next(&rest, &url)) {
            buf_append_bytes(&urls, url);
            buf_append_char(&urls, ' ');
        }
        ck_assert_msg(strcmp(urls.data, rows[i].urls) == 0, "%s gave %s", rows[i].srcset,
                      urls.data);
        buf_clear(&urls);
    }
}
END_TEST

/* "kind text" for each link, between semicolons; '!' for nofollow. */
static void print_links(struct buf *out, const struct link_list *list)
{
    buf_reset(out);
    buf_append_string(out, "");
    for (size_t i = 0; i < list->count; i++) {
        const struct raw_link *link = &list->links[i];
        ck_assert(link->is_from_header);
        buf_printf(out, "%s%s%s %s", i ? "; " : "", link_kind_word(link->kind),
                   link->is_nofollow ? "!" : "", link->text.data);
    }
}

START_TEST(header_fields_make_links)
{
    static const struct {
        const char *headers;
        const char *links;
    } rows[] = {
        { "", "" },
        { "HTTP/1.1 200 OK\r\nLink: <a>; rel=canonical\r\n\r\n", "canonical a" },
        { "link:<a>;rel=\"next\"", "next-prev a" },
        { "Link: <a>; rel=next, <b>; rel=prev", "next-prev a; next-prev b" },
        { "Link: <a>; rel=\"x, y; z\", <b>; rel=\"alternate\"; hreflang=de",
          "header a; alternate b" },
        { "Link: <a>; rel=preload; as=style", "link a" },
        { "Link: <a>; rel=alternate; type=\"application/rss+xml\"", "feed a" },
        { "Link: <a>; rel=first; rel=canonical", "related a" },
        { "Link: <a>; REL=Canonical", "canonical a" },
        { "Link: <a>; title=\"q\\\"; rel=next\"; rel=describedby", "header a" },
        { "Link: <a>; anchor=\"/other\"; rel=canonical", "" },
        { "Link: <a>; rel=\"nofollow\"", "header! a" },
        { "Link: <a>", "" }, /* RFC 8288, B.2: no relation, no link. */
        { "Link: <>; rel=next", "" },
        { "Link: a; rel=next", "" },
        { "Link: <a", "" },
        { "Link: <a>; rel=\"\"", "" },
        { "Link: <a>; rel=\"next", "next-prev a" },
        { "Refresh: 0; url=/x\n", "refresh /x" },
        { "Content-Location: /index.en.html", "header /index.en.html" },
        { "X-Link: <a>; rel=next\r\nNo colon\r\n: <b>", "" },
    };
    struct arena arena;
    struct link_list list;
    struct buf out;
    link_list_init(&list);
    buf_init(&out, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        arena_init(&arena);
        link_list_reset(&list, &arena, 100);
        links_from_headers(&list, bytes_from_string(rows[i].headers));
        print_links(&out, &list);
        ck_assert_msg(strcmp(out.data, rows[i].links) == 0, "%s gave %s", rows[i].headers,
                      out.data);
        arena_clear(&arena);
    }
    link_list_clear(&list);
    buf_clear(&out);
}
END_TEST

START_TEST(a_full_list_takes_no_more_and_says_so)
{
    struct arena arena;
    struct link_list list;
    arena_init(&arena);
    link_list_init(&list);
    link_list_reset(&list, &arena, 2);
    link_list_add(&list, LINK_A, BYTES(" a "), false);
    link_list_add(&list, LINK_A, BYTES("Data:text/plain,x"), false);
    link_list_add(&list, LINK_A, BYTES("b"), true);
    ck_assert(!list.is_truncated);
    link_list_add(&list, LINK_A, BYTES("c"), false);
    ck_assert(list.is_truncated);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.links[0].text.data, "a");
    ck_assert(list.links[1].is_nofollow);
    arena_clear(&arena);
    link_list_clear(&list);
}
END_TEST

SUITE_MAIN("links", every_element_is_found_by_its_name, kinds_have_words_of_their_own,
           rel_decides_what_a_link_element_is, nofollow_has_three_names,
           meta_refresh_is_read_by_the_standards_steps,
           srcset_gives_the_candidates_that_a_browser_keeps, header_fields_make_links,
           a_full_list_takes_no_more_and_says_so)
