/* SPDX-License-Identifier: MIT
 *
 * ftp - (inside transfers) what comes of FTP, as if it were HTTP: fields told from a name, and a
 * status from a reply (RFC 959, 4.2).
 */
#ifndef CRAWLER_FETCH_FTP_H
#define CRAWLER_FETCH_FTP_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

struct ftp {
    bool is_used;
    bool is_listing;
    char *path; /* As in the URL. */
};

/* target: path and query of a URL; empty: no ftp. Copies; the struct was zeroed or set before. */
void ftp_set(struct ftp *ftp, struct bytes target);
void ftp_clear(struct ftp *ftp);

/* Appends a block of fields, with a first line in the place of a status line: "FTP". */
void ftp_fields(const struct ftp *ftp, struct buf *out);
/* Appends the field Last-Modified; modified_s: since 1970, negative: not known. */
void ftp_date_field(int64_t modified_s, struct buf *out);

/* The status that says the same as the reply that ended it in vain; 0: there is none. */
uint16_t ftp_status(long reply);

#endif
