/* SPDX-License-Identifier: MIT */
#include "crawler/engine/indexing.h"

enum {
    /* Documents of one content that are told when their original is another one: that one itself,
       and some more. Of a site that answered everything with one page and recovers, each page may
       have been the original once, so a large number here would be squared. */
    GROUP_MOST = 16,
};

static void append_change(struct commit *commit, struct url_record *record, struct bytes url,
                          enum change_op op, enum change_reason reason)
{
    struct change change = {
        .document = record->document,
        .op = op,
        .reason = reason,
        .at_ms = commit->now_ms,
        .url = url,
    };
    record->change = change_append(commit->tables->changes, commit->txn, &commit->tables->counters,
                                   &change, record->change);
    commit->changes++;
    commit->tables->counters.values[COUNTER_LAST_CHANGE_MS] = (uint64_t)commit->now_ms;
}

bool indexing_has(const struct url_record *record)
{
    return record->change > 0 && !record->is_deleted;
}

/* The entry of a document whose original is no longer the one that its index was told. */
static void renew_duplicate(struct commit *commit, uint64_t document)
{
    struct tables *tables = commit->tables;
    struct buf stored, fields, scratch;
    struct page page;
    struct url url;
    struct url_record previous;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    buf_init(&scratch, BUF_UNBOUNDED);
    if (page_get(tables->pages, commit->txn, document, &stored) == STATUS_OK &&
        page_decode(&page, buf_bytes(&stored), &fields) && url_split(&url, page.url) &&
        frontier_lookup(tables->frontier, commit->txn, &url, &previous, &scratch) == STATUS_OK &&
        indexing_has(&previous)) {
        struct url_record record = previous;
        append_change(commit, &record, page.url, CHANGE_UPSERT, CHANGE_REASON_CHANGED);
        frontier_record(tables->frontier, commit->txn, &url, &previous, &record);
    }
    buf_clear(&stored);
    buf_clear(&fields);
    buf_clear(&scratch);
}

/* The documents of one content, from this one on, have another original now. */
static void renew_group(struct commit *commit, const unsigned char *digest, uint64_t document)
{
    for (int i = 0; document > 0 && i < GROUP_MOST; i++) {
        renew_duplicate(commit, document);
        document = digest_next(commit->tables->duplicates, commit->txn, digest, document);
    }
}

/* What is in the index with this content is one group, and its oldest document the original. What
 * left the index is nobody's original, or the content would be in the index no more. */
static void join_group(struct commit *commit, struct bytes digest, uint64_t document)
{
    struct duplicates *duplicates = commit->tables->duplicates;
    const unsigned char *bytes = (const unsigned char *)digest.data;
    uint64_t original = digest_original(duplicates, commit->txn, bytes);
    digest_put(duplicates, commit->txn, bytes, document);
    if (original > document)
        renew_group(commit, bytes, original);
}

static void leave_group(struct commit *commit, struct bytes digest, uint64_t document)
{
    struct duplicates *duplicates = commit->tables->duplicates;
    const unsigned char *bytes = (const unsigned char *)digest.data;
    bool was_original = digest_original(duplicates, commit->txn, bytes) == document;
    digest_delete(duplicates, commit->txn, bytes, document);
    if (was_original)
        renew_group(commit, bytes, digest_original(duplicates, commit->txn, bytes));
}

void indexing_remove(struct commit *commit, struct subject *subject, enum change_reason reason)
{
    struct url_record *record = &subject->record;
    if (!indexing_has(record))
        return;
    append_change(commit, record, url_bytes(&subject->url), CHANGE_DELETE, reason);
    record->is_deleted = true;
    leave_group(commit, subject->previous.digest, record->document);
}

void indexing_put(struct commit *commit, struct subject *subject, enum change_reason reason)
{
    struct url_record *record = &subject->record;
    bool was_indexed = indexing_has(record);
    append_change(commit, record, url_bytes(&subject->url), CHANGE_UPSERT, reason);
    record->is_deleted = false;
    if (was_indexed)
        leave_group(commit, subject->previous.digest, record->document);
    join_group(commit, record->digest, record->document);
}
