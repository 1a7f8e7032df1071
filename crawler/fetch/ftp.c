/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/ftp.h"

#include <stdlib.h>

#include "base/httpdate.h"
#include "base/memory.h"

/* Types of what a crawl is after; all else is bytes. */
static const struct {
    const char *ending;
    const char *type;
} types[] = {
    { ".html", "text/html" },
    { ".htm", "text/html" },
    { ".xhtml", "application/xhtml+xml" },
    { ".txt", "text/plain" },
    { ".md", "text/plain" },
    { ".xml", "application/xml" },
    { ".rss", "application/rss+xml" },
    { ".atom", "application/atom+xml" },
    { ".pdf", "application/pdf" },
    { "/readme", "text/plain" },
    { "/welcome.msg", "text/plain" },
};

void ftp_set(struct ftp *ftp, struct bytes target)
{
    ftp_clear(ftp);
    if (target.length == 0)
        return;
    ftp->is_used = true;
    ftp->path = xbytesdup(bytes_slice(target, 0, bytes_find(target, '?')));
    ftp->is_listing = bytes_end_with(bytes_from_string(ftp->path), BYTES("/"));
}

void ftp_clear(struct ftp *ftp)
{
    free(ftp->path);
    *ftp = (struct ftp){ 0 };
}

/* The year 9999. */
#define MODIFIED_MOST_S INT64_C(253402300799)

static const char *type_of(struct bytes path)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
        struct bytes ending = bytes_from_string(types[i].ending);
        if (path.length >= ending.length &&
            bytes_equal_nocase(bytes_slice(path, path.length - ending.length, path.length), ending))
            return types[i].type;
    }
    return "application/octet-stream";
}

void ftp_fields(const struct ftp *ftp, struct buf *out)
{
    buf_printf(out, "FTP\r\nContent-Type: %s\r\n",
               ftp->is_listing ? "text/html" : type_of(bytes_from_string(ftp->path)));
}

void ftp_date_field(int64_t modified_s, struct buf *out)
{
    char text[HTTPDATE_TEXT_BYTES];
    if (modified_s >= 0 && modified_s <= MODIFIED_MOST_S)
        buf_printf(out, "Last-Modified: %s\r\n", httpdate_format(text, modified_s * 1000));
}

uint16_t ftp_status(long reply)
{
    static const struct {
        long reply;
        uint16_t status;
    } statuses[] = {
        { 421, 503 },                             /* Not now. */
        { 430, 401 }, { 530, 401 }, { 532, 401 }, /* The login. */
        { 450, 500 }, { 451, 500 }, { 452, 500 }, /* Trouble of its own. */
        { 500, 501 }, { 501, 501 }, { 502, 501 },
        { 504, 501 }, { 550, 404 }, /* Not there, or not for us: it does not tell. */
        { 551, 404 }, { 553, 403 },
    };
    for (size_t i = 0; i < sizeof(statuses) / sizeof(statuses[0]); i++)
        if (statuses[i].reply == reply)
            return statuses[i].status;
    return 0;
}
