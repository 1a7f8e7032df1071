/* SPDX-License-Identifier: MIT
 *
 * ftp_listing - the listing of an FTP directory as a page with a link to each entry.
 *
 * LIST has no form of its own (RFC 959 leaves it to people). Two are in use:
 *
 *     drwxr-xr-x   2 ftp      ftp          4096 Jan 01 12:00 name      of Unix
 *     01-31-20  12:00PM       <DIR>          name                      of DOS
 *
 * A line of neither form is passed over, and so are "." and "..". A symbolic link leads to its own
 * name. Names are bytes: they are escaped in links, and only ASCII is shown as it is.
 */
#ifndef CRAWLER_FETCH_FTP_LISTING_H
#define CRAWLER_FETCH_FTP_LISTING_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

struct ftp_entry {
    struct bytes name; /* Without "/" and control characters. */
    bool is_directory;
};

/* Each entry of the listing. *from starts at 0. */
bool ftp_listing_next(struct bytes listing, size_t *from, struct ftp_entry *entry);

/* Appends a page of HTML: "pub/" for a directory, "a%20b.txt" for a file. path: of the directory,
 * as in its URL. What would exceed the buffer's greatest size is left out. */
void ftp_listing_page(struct bytes listing, struct bytes path, struct buf *out);

#endif
