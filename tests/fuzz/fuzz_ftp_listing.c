/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "crawler/fetch/ftp_listing.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes listing = bytes_of((const char *)data, size);
    struct ftp_entry entry;
    struct buf out;
    size_t entries = 0, links = 0;
    for (size_t from = 0; ftp_listing_next(listing, &from, &entry); entries++) {
        assert(entry.name.length > 0 && entry.name.data >= listing.data);
        assert(entry.name.data + entry.name.length <= listing.data + listing.length);
        assert(!memchr(entry.name.data, '/', entry.name.length));
        assert(!memchr(entry.name.data, '\0', entry.name.length));
    }
    buf_init(&out, BUF_UNBOUNDED);
    ftp_listing_page(listing, listing, &out);
    for (const char *at = out.data;
         (at = memmem(at, (size_t)(out.data + out.length - at), "<a href=\"./", 11)); at++)
        links++;
    assert(links == entries);
    buf_clear(&out);
    return 0;
}
