/* SPDX-License-Identifier: MIT
 *
 * Hosts are paused and resumed. Both answers are the same but for what they do to each pattern.
 */
#include "base/host_pattern.h"
#include "crawler/control/answer_parts.h"

static bool pause_one(struct answerer *answerer, struct txn *txn, struct bytes pattern)
{
    return frontier_pause(answerer->tables->frontier, txn, pattern);
}

static bool resume_one(struct answerer *answerer, struct txn *txn, struct bytes pattern)
{
    return frontier_resume(answerer->tables->frontier, txn, pattern, answerer->now_ms);
}

/* Whoever asks wrote them in canonical form; what is no host would hold nobody. */
static enum status check_patterns(struct bytes payload, struct buf *reply)
{
    struct buf canonical;
    bool are_hosts = true;
    buf_init(&canonical, BUF_UNBOUNDED);
    for (struct unpacker from = unpacker_of(payload); from.left > 0 && are_hosts;) {
        struct bytes pattern = unpack_bytes(&from);
        buf_reset(&canonical);
        are_hosts = !from.is_bad && host_pattern_write(&canonical, pattern) &&
                    bytes_equal(buf_bytes(&canonical), pattern);
        if (!are_hosts)
            buf_printf(reply, "%.*s: this is no host", (int)pattern.length, pattern.data);
    }
    buf_clear(&canonical);
    return are_hosts ? STATUS_OK : STATUS_DATA;
}

static enum status change(struct answerer *answerer, struct bytes payload, struct buf *reply,
                          bool (*change_one)(struct answerer *answerer, struct txn *txn,
                                             struct bytes pattern))
{
    struct tables *tables = answerer->tables;
    enum status status = check_patterns(payload, reply);
    if (status)
        return status;
    struct txn *txn = database_begin(tables->database);
    for (struct unpacker from = unpacker_of(payload); from.left > 0;)
        pack_u8(reply, change_one(answerer, txn, unpack_bytes(&from)));
    frontier_flush(tables->frontier, txn, answerer->now_ms);
    counters_save(&tables->counters, txn, tables->database);
    database_commit(txn);
    frontier_committed(tables->frontier);
    database_flush(tables->database);
    return STATUS_OK;
}

enum status answer_pause(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    return change(answerer, payload, reply, pause_one);
}

enum status answer_resume(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    return change(answerer, payload, reply, resume_one);
}

static void add_pattern(void *owner, struct bytes pattern)
{
    pack_bytes(owner, pattern);
}

enum status answer_paused(struct answerer *answerer, struct bytes payload, struct buf *reply)
{
    (void)payload;
    frontier_walk_paused(answerer->tables->frontier, add_pattern, reply);
    return STATUS_OK;
}
