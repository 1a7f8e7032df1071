/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "crawler/fetch/ftp_listing.h"

/* "name", "name/" with commas between. */
static const char *shown(const char *listing)
{
    static char text[512];
    struct ftp_entry entry;
    size_t length = 0;
    text[0] = '\0';
    for (size_t from = 0; ftp_listing_next(bytes_from_string(listing), &from, &entry);)
        length += (size_t)snprintf(text + length, sizeof(text) - length, "%s%.*s%s",
                                   length > 0 ? "," : "", (int)entry.name.length, entry.name.data,
                                   entry.is_directory ? "/" : "");
    return text;
}

START_TEST(entries_are_found_in_what_servers_say)
{
    static const struct {
        const char *listing;
        const char *entries;
    } rows[] = {
        { "", "" },
        { "total 12\r\n", "" },
        { "-rw-r--r--    1 0        0            1234 Jan 01 12:00 notes.txt\r\n", "notes.txt" },
        { "drwxr-xr-x    2 0        0            4096 Nov 30  2026 pub\r\n", "pub/" },
        { "-rw-r--r--    1 ftp ftp 5 Mar  3 2020 a b  c\n", "a b  c" },
        { "-rw-r--r--    1 ftp ftp 5 Mar  3 2020  leading\n", " leading" },
        /* Without a group; with a word that looks like a month. */
        { "-rw-r--r--   1 may      5 Mar  3 2020 x\n", "x" },
        { "-rw-r--r--   1 7 may 5 Mar  3 2020 x\n", "x" },
        { "-rw-r--r--   1 ftp ftp 5 2020-03-03 12:00 x\n", "x" },
        { "lrwxrwxrwx   1 0 0 7 Jan 01 12:00 latest -> v1.2.3\r\n", "latest" },
        { "-rw-r--r--   1 0 0 7 Jan 01 12:00 a -> b\r\n", "a -> b" },
        { "drwxr-xr-x   2 0 0 7 Jan 01 12:00 .\ndrwxr-xr-x   2 0 0 7 Jan 01 12:00 ..\n", "" },
        { "-rw-r--r--   1 0 0 7 Jan 01 12:00 a/b\n", "" },
        { "-rw-r--r--   1 0 0 7 Jan 01 12:00 a\tb\n", "" },
        { "-rw-r--r--   1 0 0 7 Jan 01 12:00 \n", "" },
        { "-rw-r--r--   1 0 0 7 Jan 01 12:00\n", "" },
        { "-rw-r--r--   1 0 0 7 Jan x 12:00 a\n", "" },
        { "crw-r--r--   1 0 0 7 Jan 01 12:00 device\n", "" },
        { "01-31-20  12:00PM       <DIR>          wwwroot\r\n", "wwwroot/" },
        { "01-31-2020  12:00PM             12345 my file.txt\r\n", "my file.txt" },
        { "01-31-20  12:00PM       <JUNCTION>     x\r\n", "" },
        { "-rw-r--r-- 1 0 0 1 Jan 01 12:00 a\nnonsense\ndrwxr-xr-x 1 0 0 1 Jan 01 12:00 b",
          "a,b/" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
        ck_assert_msg(strcmp(shown(rows[i].listing), rows[i].entries) == 0, "%s: %s",
                      rows[i].listing, shown(rows[i].listing));
}
END_TEST

START_TEST(a_listing_becomes_a_page_of_links)
{
    struct buf out;
    buf_init(&out, BUF_UNBOUNDED);
    ftp_listing_page(BYTES("drwxr-xr-x 2 0 0 1 Jan 01 12:00 a:b\n"
                           "-rw-r--r-- 2 0 0 1 Jan 01 12:00 <x>&\"\xc3\xa4%.txt\n"),
                     BYTES("/pub/<i>/"), &out);
    ck_assert(bytes_equal(
        buf_bytes(&out),
        BYTES("<!DOCTYPE html>\n<title>Index of /pub/&#60;i&#62;/</title>\n<ul>\n"
              "<li><a href=\"./a%3Ab/\">a:b/</a></li>\n"
              "<li><a href=\"./%3Cx%3E%26%22%C3%A4%25.txt\">&#60;x&#62;&#38;&#34;??%.txt</a></li>\n"
              "</ul>\n")));
    buf_clear(&out);
    /* What does not fit is left out, and the page stays whole. */
    buf_init(&out, 200);
    ftp_listing_page(BYTES("drwxr-xr-x 2 0 0 1 Jan 01 12:00 a\ndrwxr-xr-x 2 0 0 1 Jan 01 12:00 b\n"
                           "drwxr-xr-x 2 0 0 1 Jan 01 12:00 c\n"),
                     BYTES("/"), &out);
    ck_assert(bytes_end_with(buf_bytes(&out), BYTES("</li>\n</ul>\n")));
    ck_assert_uint_le(out.length, 200);
    buf_clear(&out);
}
END_TEST

SUITE_MAIN("ftp_listing", entries_are_found_in_what_servers_say, a_listing_becomes_a_page_of_links)
