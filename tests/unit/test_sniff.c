/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/buf.h"
#include "crawler/parse/sniff.h"

#define COUNT(rows) (sizeof(rows) / sizeof((rows)[0]))

struct case_of_bytes {
    struct bytes body;
    const char *wanted;
};

static void check(const struct sniff_input *input, struct bytes body, const char *wanted,
                  size_t row)
{
    struct sniffed sniffed = sniff(input, body);
    ck_assert_msg(bytes_equal(sniffed.type, bytes_from_string(wanted)), "row %zu: %.*s", row,
                  (int)sniffed.type.length, sniffed.type.data);
}

/* MIME Sniffing, 6.1, 6.2, 6.4 and 7.1. */
START_TEST(bytes_of_no_type_are_told_by_how_they_begin)
{
    static const struct case_of_bytes rows[] = {
        { BYTES(""), "text/plain" },
        { BYTES("words"), "text/plain" },
        { BYTES("wor\0ds"), "application/octet-stream" },
        { BYTES("\x1b[1mwords\t\f\r\n"), "text/plain" },
        { BYTES("\xfe\xff\0w\0o"), "text/plain" },
        { BYTES("\xff\xfew\0o\0"), "text/plain" },
        { BYTES("\xef\xbb\xbf\1\2\3"), "text/plain" },
        { BYTES("\n\t <!DOCTYPE html>"), "text/html" },
        { BYTES("<!doctype HTML "), "text/html" },
        { BYTES("<!doctype htmlx"), "text/plain" },
        { BYTES("<script>"), "text/html" },
        { BYTES("<scripts>"), "text/plain" },
        { BYTES("<h1\n"), "text/html" },
        { BYTES("<a"), "text/plain" },
        { BYTES("<!-- c"), "text/html" },
        { BYTES("<?xml version"), "text/xml" },
        { BYTES("<rss version"), "text/xml" },
        { BYTES("%PDF-1.7"), "application/pdf" },
        { BYTES(" %PDF-1.7"), "text/plain" },
        { BYTES("%!PS-Adobe-3.0"), "application/postscript" },
        { BYTES("\0\0\1\0\1"), "image/x-icon" },
        { BYTES("\0\0\2\0\1"), "image/x-icon" },
        { BYTES("BM\1\1"), "image/bmp" },
        { BYTES("GIF87a\1"), "image/gif" },
        { BYTES("GIF89a\1"), "image/gif" },
        { BYTES("GIF88a\1"), "application/octet-stream" },
        { BYTES("RIFF\1\2\3\4WEBPVP8 "), "image/webp" },
        { BYTES("RIFF\1\2\3\4WEBPXX8 "), "application/octet-stream" },
        { BYTES("\x89PNG\r\n\x1a\n\0"), "image/png" },
        { BYTES("\xff\xd8\xff\xe0"), "image/jpeg" },
        { BYTES("FORM\1\2\3\4AIFF"), "audio/aiff" },
        { BYTES("ID3\4"), "audio/mpeg" },
        { BYTES("OggS\0\1"), "application/ogg" },
        { BYTES("MThd\0\0\0\6\0"), "audio/midi" },
        { BYTES("RIFF\1\2\3\4AVI LIST"), "video/avi" },
        { BYTES("RIFF\1\2\3\4WAVEfmt "), "audio/wave" },
        { BYTES("\0\0\0\x10"
                "ftypmp42\0\0\0\0"),
          "video/mp4" },
        { BYTES("\0\0\0\x18"
                "ftypisom\0\0\2\0isommp41"),
          "video/mp4" },
        { BYTES("\0\0\0\x18"
                "ftypisom\0\0\2\0isomavc1"),
          "application/octet-stream" },
        { BYTES("\0\0\0\x40"
                "ftypmp42\0\0\0\0"),
          "application/octet-stream" }, /* Longer than what is there. */
        { BYTES("\0\0\0\x11"
                "ftypmp42\0\0\0\0\0"),
          "application/octet-stream" },
        { BYTES("\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm\x42"), "video/webm" },
        { BYTES("\x1a\x45\xdf\xa3\x42\x82\x40\4\0\0webm"), "video/webm" },
        { BYTES("\x1a\x45\xdf\xa3\x42\x82\x88matroska"), "application/octet-stream" },
        { BYTES("\x1a\x45\xdf\xa3\x42\x82"), "application/octet-stream" },
        { BYTES("\x1a\x45\xdf\xa3\x42\x82\1"), "application/octet-stream" },
        { BYTES("\x1f\x8b\x08\0"), "application/x-gzip" },
        { BYTES("PK\3\4\0"), "application/zip" },
        { BYTES("Rar \x1a\7\0"), "application/x-rar-compressed" },
        /* Fonts are looked for where a style sheet names one, and there alone. */
        { BYTES("wOFF\0"), "application/octet-stream" },
    };
    static const char *const unknown[] = {
        "",    "unknown/unknown",          "application/unknown",
        "*/*", "application/octet-stream", "binary/octet-stream"
    };
    for (size_t i = 0; i < COUNT(rows); i++)
        for (size_t j = 0; j < COUNT(unknown); j++) {
            struct bytes type = bytes_from_string(unknown[j]);
            const struct sniff_input input = { .type = type, .field = type };
            check(&input, rows[i].body, rows[i].wanted, i);
        }
}
END_TEST

/* 6.2.3: two frames of 128 kbit/s at 44.1 kHz, where the first ends. */
START_TEST(sound_without_a_tag_is_known_by_two_frames)
{
    const struct sniff_input none = { .type = { 0 } };
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    buf_append(&body, "\xff\xfb\x90\x00", 4);
    while (body.length < 417)
        buf_append_char(&body, '\0');
    check(&none, buf_bytes(&body), "application/octet-stream", 0);
    buf_append(&body, "\xff\xfb\x90\x00", 4);
    check(&none, buf_bytes(&body), "audio/mpeg", 1);
    body.data[417] = 'x';
    check(&none, buf_bytes(&body), "application/octet-stream", 2);
    buf_clear(&body);
}
END_TEST

/* 7: what a header says, and how far it is believed. */
START_TEST(a_type_is_believed_but_for_those_that_are_known_to_be_wrong)
{
    static const struct {
        const char *type;
        const char *field; /* NULL: the same. */
        bool is_nosniff;
        struct bytes body;
        const char *wanted;
        enum document_kind kind;
    } rows[] = {
        { "text/html", NULL, false, BYTES("words"), "text/html", DOCUMENT_HTML },
        { "text/html", NULL, false, BYTES("\x89PNG\r\n\x1a\n"), "text/html", DOCUMENT_HTML },
        { "text/html", NULL, false, BYTES("\n<!-- a --><?x?><!d><rss>"), "application/rss+xml",
          DOCUMENT_XML },
        { "text/html", NULL, false, BYTES("\xef\xbb\xbf<feed xmlns='x'>"), "application/atom+xml",
          DOCUMENT_XML },
        { "text/html", NULL, false,
          BYTES("<rdf:RDF xmlns='http://purl.org/rss/1.0/' "
                "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>"),
          "application/rss+xml", DOCUMENT_XML },
        { "text/html", NULL, false, BYTES("<rdf:RDF xmlns='http://purl.org/rss/1.0/'>"),
          "text/html", DOCUMENT_HTML },
        { "text/html", NULL, false, BYTES("<p><rss>"), "text/html", DOCUMENT_HTML },
        { "text/html", NULL, true, BYTES("<rss>"), "text/html", DOCUMENT_HTML },
        { "application/xhtml+xml", NULL, false, BYTES("<rss>"), "application/xhtml+xml",
          DOCUMENT_HTML },
        { "text/xml", NULL, false, BYTES("<html>"), "text/xml", DOCUMENT_XML },
        { "application/x+xml", NULL, false, BYTES("%PDF-"), "application/x+xml", DOCUMENT_XML },
        /* Apache's words for what it does not know. */
        { "text/plain", NULL, false, BYTES("w\0"), "application/octet-stream", DOCUMENT_OTHER },
        { "text/plain", NULL, false, BYTES("<p>"), "text/plain", DOCUMENT_TEXT },
        { "text/plain", "text/plain; charset=ISO-8859-1", false, BYTES("w\1"),
          "application/octet-stream", DOCUMENT_OTHER },
        { "text/plain", "text/plain; charset=iso-8859-1", false, BYTES("w\1"),
          "application/octet-stream", DOCUMENT_OTHER },
        { "text/plain", "text/plain; charset=UTF-8", false, BYTES("w\1"),
          "application/octet-stream", DOCUMENT_OTHER },
        { "text/plain", "text/plain;charset=UTF-8", false, BYTES("w\1"), "text/plain",
          DOCUMENT_TEXT },
        { "text/plain", "text/plain; charset=utf-16le", false, BYTES("w\0"), "text/plain",
          DOCUMENT_TEXT },
        { "text/plain", NULL, true, BYTES("w\0"), "text/plain", DOCUMENT_TEXT },
        { "text/csv", NULL, false, BYTES("a,\0"), "text/csv", DOCUMENT_TEXT },
        /* One picture for another, and one sound; nothing else for them. */
        { "image/png", NULL, false, BYTES("\xff\xd8\xff"), "image/jpeg", DOCUMENT_OTHER },
        { "image/png", NULL, false, BYTES("<p>"), "image/png", DOCUMENT_OTHER },
        { "image/png", NULL, true, BYTES("\xff\xd8\xff"), "image/png", DOCUMENT_OTHER },
        { "image/svg+xml", NULL, false, BYTES("GIF89a"), "image/svg+xml", DOCUMENT_OTHER },
        { "audio/x", NULL, false, BYTES("ID3"), "audio/mpeg", DOCUMENT_OTHER },
        { "video/x", NULL, false, BYTES("GIF89a"), "video/x", DOCUMENT_OTHER },
        { "application/ogg", NULL, false, BYTES("ID3"), "audio/mpeg", DOCUMENT_OTHER },
        { "application/json", NULL, false, BYTES("<p>"), "application/json", DOCUMENT_OTHER },
        /* Who forbids to look is heeded: nothing there may turn out to be markup. */
        { "", NULL, true, BYTES("<p>"), "text/plain", DOCUMENT_TEXT },
        { "", NULL, true, BYTES("%PDF-1"), "text/plain", DOCUMENT_TEXT },
        { "", NULL, true, BYTES("GIF89a"), "image/gif", DOCUMENT_OTHER },
        { "application/octet-stream", NULL, true, BYTES("<p>"), "application/octet-stream",
          DOCUMENT_OTHER },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        const struct sniff_input input = {
            .type = bytes_from_string(rows[i].type),
            .field = bytes_from_string(rows[i].field ? rows[i].field : rows[i].type),
            .is_nosniff = rows[i].is_nosniff,
        };
        check(&input, rows[i].body, rows[i].wanted, i);
        ck_assert_msg(sniff(&input, rows[i].body).kind == rows[i].kind, "row %zu", i);
    }
}
END_TEST

START_TEST(only_the_beginning_is_looked_at)
{
    const struct sniff_input none = { .type = { 0 } };
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    while (body.length < 1445)
        buf_append_char(&body, 'x');
    buf_append_char(&body, '\0');
    check(&none, buf_bytes(&body), "text/plain", 0);
    body.data[1444] = '\0';
    check(&none, buf_bytes(&body), "application/octet-stream", 1);
    buf_clear(&body);
}
END_TEST

SUITE_MAIN("sniff", bytes_of_no_type_are_told_by_how_they_begin,
           sound_without_a_tag_is_known_by_two_frames,
           a_type_is_believed_but_for_those_that_are_known_to_be_wrong,
           only_the_beginning_is_looked_at)
