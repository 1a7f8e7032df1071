/* SPDX-License-Identifier: MIT */
#include "store/counters.h"

#include <assert.h>

#include "base/log.h"
#include "base/pack.h"

static const char *const words[] = {
#define ROW(name, word) word,
    COUNTER_TABLE(ROW)
#undef ROW
};

const char *counter_word(enum counter counter)
{
    return words[counter];
}

static void set_by_word(struct counters *counters, struct bytes word, uint64_t value)
{
    for (size_t i = 0; i < COUNTER_COUNT; i++)
        if (bytes_equal(word, bytes_from_string(words[i])))
            counters->values[i] = value;
}

enum status counters_load(struct counters *counters, struct database *database)
{
    *counters = (struct counters){ 0 };
    counters->values[COUNTER_NEXT_DOCUMENT] = 1;
    counters->values[COUNTER_NEXT_CHANGE] = 1;
    counters->values[COUNTER_NEXT_HOST] = 1;
    struct table *meta;
    enum status status = database_table(database, "meta", &meta);
    if (status)
        return status;
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    if (table_get(meta, NULL, BYTES("counters"), &record) == STATUS_OK) {
        struct unpacker from = unpacker_of(buf_bytes(&record));
        while (from.left > 0) {
            struct bytes word = unpack_bytes(&from);
            uint64_t value = unpack_number(&from);
            if (!from.is_bad)
                set_by_word(counters, word, value);
        }
        if (from.is_bad) {
            log_error("the record of the counters is damaged");
            status = STATUS_DATA;
        }
    }
    buf_clear(&record);
    return status;
}

void counters_save(const struct counters *counters, struct txn *txn, struct database *database)
{
    struct table *meta = NULL;
    /* The database opened it for its format, so it is only looked up. */
    enum status status = database_table(database, "meta", &meta);
    assert(status == STATUS_OK);
    (void)status;
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNTER_COUNT; i++) {
        pack_bytes(&record, bytes_from_string(words[i]));
        pack_number(&record, counters->values[i]);
    }
    table_put(meta, txn, BYTES("counters"), buf_bytes(&record));
    buf_clear(&record);
}
