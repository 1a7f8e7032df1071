/* SPDX-License-Identifier: MIT
 *
 * Any bytes as hours of the week, asked at any time: what is printed is read as the same, and they
 * are open when they said that they would be.
 */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>

#include "base/hours.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* With summer time, and a database of time zones left out. */
static void set_zone(void)
{
    static bool is_set;
    if (!is_set)
        setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    is_set = true;
}

static void check_printed(const struct hours *hours)
{
    struct hours again;
    const char *problem;
    struct buf first;
    struct buf second;
    buf_init(&first, BUF_UNBOUNDED);
    buf_init(&second, BUF_UNBOUNDED);
    hours_print(hours, &first);
    bool is_read = hours_parse(&again, buf_bytes(&first), &problem);
    assert(is_read);
    hours_print(&again, &second);
    assert(bytes_equal(buf_bytes(&first), buf_bytes(&second)));
    buf_clear(&first);
    buf_clear(&second);
}

/* The first eight bytes are a time, the rest the text. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct hours hours;
    const char *problem = NULL;
    uint64_t time = 0;
    if (size < sizeof(time))
        return 0;
    memcpy(&time, data, sizeof(time));
    set_zone();
    /* Until the year 2100. */
    int64_t now_ms = (int64_t)(time % UINT64_C(4102444800000));
    if (!hours_parse(&hours, bytes_of((const char *)data + sizeof(time), size - sizeof(time)),
                     &problem)) {
        assert(problem);
        return 0;
    }
    check_printed(&hours);
    int64_t open_at_ms = hours_open_at_ms(&hours, now_ms);
    assert(open_at_ms >= now_ms && open_at_ms <= now_ms + INT64_C(8) * 86400 * 1000);
    assert((open_at_ms == now_ms) == hours_are_open(&hours, now_ms));
    return 0;
}
