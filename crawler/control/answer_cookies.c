/* SPDX-License-Identifier: MIT
 *
 * The cookies that are kept, read and added to as whole sites.
 */
#include "base/pack.h"
#include "base/site.h"
#include "crawler/control/answer_parts.h"
#include "crawler/fetch/cookies.h"

enum {
    SLICE_BYTES = 1 << 20,
    /* More than all cookies of one site. */
    JAR_BYTES_MOST = 16 << 20,
};

enum status answer_cookies(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct unpacker from = unpacker_of(payload);
    struct buf site, record, records;
    bool is_more;
    buf_init(&site, BUF_UNBOUNDED);
    buf_init(&record, BUF_UNBOUNDED);
    buf_init(&records, BUF_UNBOUNDED);
    buf_append_bytes(&site, unpack_bytes(&from));
    while ((is_more =
                site_cookies_after(answerer->tables->cookies, buf_bytes(&site), &site, &record)) &&
           records.length < SLICE_BYTES)
        pack_bytes(&records, buf_bytes(&record));
    if (is_more)
        pack_bytes(&records, buf_bytes(&record));
    pack_u8(reply, is_more);
    pack_bytes(reply, buf_bytes(&site));
    buf_append_bytes(reply, buf_bytes(&records));
    buf_clear(&site);
    buf_clear(&record);
    buf_clear(&records);
    return STATUS_OK;
}

/* What is new goes in first, as a jar leaves alone what it has. */
static bool add_to_site(struct answerer *answerer, struct txn *txn, struct bytes site,
                        struct bytes record)
{
    struct site_cookies *kept = answerer->tables->cookies;
    struct cookies *jar = cookies_new(JAR_BYTES_MOST, 0);
    struct buf bytes;
    buf_init(&bytes, BUF_UNBOUNDED);
    bool is_good =
        bytes_equal(site_of_host(site), site) && cookies_unpack(jar, record, answerer->now_ms);
    if (is_good && site_cookies_get(kept, txn, site, &bytes) == STATUS_OK)
        cookies_unpack(jar, buf_bytes(&bytes), answerer->now_ms);
    buf_reset(&bytes);
    if (is_good) {
        cookies_pack(jar, site, answerer->now_ms, &bytes);
        site_cookies_put(kept, txn, site, buf_bytes(&bytes));
    }
    buf_clear(&bytes);
    cookies_free(jar);
    return is_good;
}

enum status answer_set_cookies(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    struct database *database = answerer->tables->database;
    bool is_good = true;
    struct txn *txn = database_begin(database);
    for (struct unpacker from = unpacker_of(payload); from.left > 0 && is_good;) {
        struct bytes site = unpack_bytes(&from);
        struct bytes record = unpack_bytes(&from);
        is_good = !from.is_bad && add_to_site(answerer, txn, site, record);
    }
    if (!is_good) {
        database_abort(txn);
        buf_append_string(reply, "these are no cookies");
        return STATUS_DATA;
    }
    database_commit(txn);
    database_flush(database);
    return STATUS_OK;
}
