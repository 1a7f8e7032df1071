/* SPDX-License-Identifier: MIT
 *
 * Records of tried URLs from any bytes: refused, or the same again after packing.
 */
#include <assert.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "frontier/frontier.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct url_record record;
    if (!url_record_unpack(&record, bytes_of(data, size)))
        return 0;
    assert(record.state < URL_STATE_COUNT && record.reason < OUTCOME_COUNT &&
           record.found < FOUND_AS_COUNT && record.due_ms >= 0);
    struct buf packed;
    struct buf again;
    buf_init(&packed, BUF_UNBOUNDED);
    buf_init(&again, BUF_UNBOUNDED);
    url_record_pack(&packed, &record);
    bool is_good = url_record_unpack(&record, buf_bytes(&packed));
    assert(is_good);
    (void)is_good;
    url_record_pack(&again, &record);
    assert(bytes_equal(buf_bytes(&packed), buf_bytes(&again)));
    buf_clear(&packed);
    buf_clear(&again);
    return 0;
}
