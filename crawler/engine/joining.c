/* SPDX-License-Identifier: MIT */
#include "crawler/engine/joining.h"

#include "crawler/engine/crawl.h"
#include "crawler/fetch/headers.h"
#include "store/coding.h"
#include "store/page.h"

/* The part as it came; false where it is not there, or is not what was asked on. */
static bool read_part(struct tables *tables, const struct visit *visit, const struct page *page,
                      struct buf *part)
{
    struct buf stored;
    buf_init(&stored, BUF_UNBOUNDED);
    bool is_there = body_get(tables->pages, NULL, visit->task->document, &stored) == STATUS_OK;
    if (is_there && page->is_coded_by_us) {
        is_there = coding_decompress(buf_bytes(&stored), part);
    } else if (is_there) {
        buf_clear(part);
        *part = stored;
        buf_init(&stored, BUF_UNBOUNDED);
    }
    buf_clear(&stored);
    return is_there && part->length == visit->part_bytes;
}

/* Both in one coding, or they are not of one body. */
static bool has_same_coding(const struct visit *visit, const struct page *page)
{
    struct bytes name = BYTES("content-encoding");
    struct bytes said = header_get(buf_bytes(&visit->result.headers), name);
    return !said.data || bytes_equal_nocase(said, header_get(page->headers, name));
}

static void put_in_front(struct visit *visit, const struct page *page, struct buf *part)
{
    struct transfer_result *result = &visit->result;
    part->most = BUF_UNBOUNDED;
    buf_append_bytes(part, buf_bytes(&result->body));
    buf_clear(&result->body);
    result->body = *part;
    buf_init(part, BUF_UNBOUNDED);
    /* The page came with the first answer; the second told of a part. */
    buf_clear(&result->headers);
    buf_init(&result->headers, BUF_UNBOUNDED);
    buf_append_bytes(&result->headers, page->headers);
    visit->status = page->status;
    visit->is_joined = true;
}

static bool join(struct tables *tables, struct visit *visit)
{
    struct page page;
    struct buf record, fields, part;
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    buf_init(&part, BUF_UNBOUNDED);
    bool is_sound = page_get(tables->pages, NULL, visit->task->document, &record) == STATUS_OK &&
                    page_decode(&page, buf_bytes(&record), &fields) &&
                    has_same_coding(visit, &page) && read_part(tables, visit, &page, &part);
    if (is_sound)
        put_in_front(visit, &page, &part);
    buf_clear(&record);
    buf_clear(&fields);
    buf_clear(&part);
    return is_sound;
}

bool joining_take(struct crawl *crawl, struct tables *tables, struct visit *visit)
{
    if (!visit->task || !visit->is_rest || visit->is_joined)
        return false;
    if (!join(tables, visit)) {
        visit->is_rest = false;
        visit->outcome = OUTCOME_OTHER_VERSION;
        return false;
    }
    crawl_hold_bytes(crawl, visit, visit->part_bytes);
    channel_push(&crawl->to_readers, &visit->message);
    return true;
}
