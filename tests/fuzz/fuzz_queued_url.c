/* SPDX-License-Identifier: MIT
 *
 * URLs of a chunk, and the record of a host, from any bytes: refused, or the same again after
 * packing.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "frontier/hosts.h"
#include "frontier/lot.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* All URLs of the bytes, packed anew; false where they are damaged. */
static bool repack(struct bytes bytes, struct buf *out)
{
    struct unpacker from = unpacker_of(bytes);
    struct queued_url url = { 0 };
    struct queued_url previous = { 0 };
    struct buf path;
    struct buf last;
    buf_init(&path, BUF_UNBOUNDED);
    buf_init(&last, BUF_UNBOUNDED);
    bool is_first = true;
    bool is_good = true;
    while (is_good && from.left > 0) {
        is_good = queued_url_unpack(&from, &url, &path);
        if (!is_good)
            break;
        assert(url.local.path.length > 0 && url.local.path.length <= URL_BYTES_MAX);
        queued_url_pack(out, is_first ? NULL : &previous, &url);
        is_first = false;
        buf_reset(&last);
        buf_append_bytes(&last, url.local.path);
        previous = url;
        previous.local.path = buf_bytes(&last);
    }
    buf_clear(&path);
    buf_clear(&last);
    return is_good;
}

static void check_urls(struct bytes bytes)
{
    struct buf once;
    struct buf twice;
    buf_init(&once, BUF_UNBOUNDED);
    buf_init(&twice, BUF_UNBOUNDED);
    if (repack(bytes, &once)) {
        bool is_good = repack(buf_bytes(&once), &twice);
        assert(is_good && bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
        (void)is_good;
    }
    buf_clear(&once);
    buf_clear(&twice);
}

static void check_host(struct bytes bytes)
{
    struct host_state state;
    uint64_t id;
    if (!host_state_unpack(bytes, &id, &state))
        return;
    struct buf once;
    struct buf twice;
    buf_init(&once, BUF_UNBOUNDED);
    buf_init(&twice, BUF_UNBOUNDED);
    host_state_pack(&once, id, &state);
    bool is_good = host_state_unpack(buf_bytes(&once), &id, &state);
    assert(is_good && id != 0);
    (void)is_good;
    host_state_pack(&twice, id, &state);
    assert(bytes_equal(buf_bytes(&once), buf_bytes(&twice)));
    buf_clear(&once);
    buf_clear(&twice);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    check_urls(bytes_of(data, size));
    check_host(bytes_of(data, size));
    return 0;
}
