/* SPDX-License-Identifier: MIT
 *
 * fuzz_page - any bytes as a page record: refused, or decoded to fields that encode to a record of
 * the same meaning. Its links are unpacked as well.
 */
#include <assert.h>
#include <stdint.h>

#include "store/page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void walk_links(struct bytes links)
{
    struct unpacker from = unpacker_of(links);
    struct stored_link link;
    size_t total = 0;
    while (links_unpack(&from, &link))
        total += link.url.length + 1;
    assert(total <= links.length);
}

static void check_round_trip(const struct page *page)
{
    struct buf record, scratch;
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    struct page again;
    page_encode(page, &record);
    bool is_decoded = page_decode(&again, buf_bytes(&record), &scratch);
    assert(is_decoded);
    assert(bytes_equal(page->url, again.url) && bytes_equal(page->coding, again.coding));
    assert(bytes_equal(page->headers, again.headers) && bytes_equal(page->text, again.text) &&
           bytes_equal(page->links, again.links));
    assert(page->fetched_at_ms == again.fetched_at_ms && page->length == again.length);
    buf_clear(&record);
    buf_clear(&scratch);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct buf scratch;
    /* What bounds a decompressed record in the fuzzer; the store has only its own records. */
    buf_init(&scratch, 16 * 1024 * 1024);
    struct page page;
    if (page_decode(&page, bytes_of(data, size), &scratch)) {
        walk_links(page.links);
        check_round_trip(&page);
    }
    walk_links(bytes_of(data, size));
    buf_clear(&scratch);
    return 0;
}
