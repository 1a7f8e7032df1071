/* SPDX-License-Identifier: MIT */
#include "crawler/engine/keeping.h"

#include "crawler/engine/exchange.h"
#include "crawler/fetch/cached.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/stored_fields.h"

static void put_page(struct commit *commit, const struct subject *subject)
{
    struct page_store *pages = commit->tables->pages;
    const struct visit *visit = subject->visit;
    uint64_t document = subject->record.document;
    page_put(pages, commit->txn, document, buf_bytes(&visit->page_record));
    if (visit->body.length > 0)
        body_put(pages, commit->txn, document, buf_bytes(&visit->body));
    else
        body_delete(pages, commit->txn, document);
}

static void store_content(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    if (record->document == 0)
        record->document = commit->tables->counters.values[COUNTER_NEXT_DOCUMENT]++;
    put_page(commit, subject);
    record->digest = bytes_of(subject->visit->digest, SHA256_BYTES);
    record->changes++;
    commit->tables->counters.values[COUNTER_BODY_BYTES] += subject->visit->body.length;
}

/* What the answer leaves for the next request. */
static void note_caching(struct subject *subject)
{
    const struct reply_cache *caching = &subject->visit->caching;
    struct url_record *record = &subject->record;
    record->etag = caching->validators.etag;
    record->last_modified = caching->validators.last_modified;
    record->cached = caching->cached;
    record->fresh_until_ms = caching->fresh_until_ms;
}

void keeping_forget(struct url_record *record)
{
    record->etag = record->last_modified = record->cached = (struct bytes){ 0 };
    record->fresh_until_ms = 0;
}

/* A page that may not be in the index, or not for long, is asked for whole the next time: "not
 * modified" may leave out the header that says so, still or no more. */
static void forget_validators(struct url_record *record)
{
    record->etag = record->last_modified = (struct bytes){ 0 };
}

/* It leaves the index on the day that it names. */
static void limit_to(struct url_record *record, int64_t unavailable_after_ms)
{
    int64_t end_ms = unavailable_after_ms + 1;
    if (unavailable_after_ms <= 0)
        return;
    forget_validators(record);
    if (record->due_ms > end_ms)
        record->due_ms = end_ms;
    if (record->fresh_until_ms > end_ms)
        record->fresh_until_ms = end_ms;
}

static bool is_same_content(const struct subject *subject)
{
    struct bytes digest = bytes_of(subject->visit->digest, SHA256_BYTES);
    return subject->is_known && subject->previous.document > 0 &&
           bytes_equal(subject->previous.digest, digest);
}

/* What is stored of it is dropped; its number stays, as do its links. */
static void drop_page(struct commit *commit, const struct subject *subject)
{
    uint64_t document = subject->record.document;
    if (document == 0)
        return;
    page_delete(commit->tables->pages, commit->txn, document);
    body_delete(commit->tables->pages, commit->txn, document);
}

/* It may be read, and that is all. */
static void apply_no_store(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    indexing_remove(commit, subject, CHANGE_REASON_NO_STORE);
    drop_page(commit, subject);
    record->state = URL_STATE_NOINDEX;
    record->reason = OUTCOME_REFUSED_NO_STORE;
    record->digest = (struct bytes){ 0 };
    keeping_forget(record);
}

static bool may_not_be_kept(const struct subject *subject)
{
    return subject->visit->caching.is_no_store && !subject->settings->keep_no_store;
}

bool keeping_has_part(const struct url_record *record)
{
    struct cached cached;
    return cached_unpack(&cached, record->cached, 0) && cached.is_part;
}

/* Do the fields of the response make another page of the same bytes? What the body says is the
 * same; the links of fields are looked at where there are some. */
static bool is_read_anew(struct commit *commit, const struct subject *subject)
{
    const struct visit *visit = subject->visit;
    struct buf stored, fields, ours;
    struct page before, after;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    buf_init(&ours, BUF_UNBOUNDED);
    bool is_anew = page_get(commit->tables->pages, commit->txn, subject->previous.document,
                            &stored) != STATUS_OK ||
                   !page_decode_head(&before, buf_bytes(&stored)) ||
                   !page_decode_head(&after, buf_bytes(&visit->page_record)) ||
                   before.flags != after.flags || !bytes_equal(before.canonical, after.canonical) ||
                   !bytes_equal(before.lang, after.lang);
    if (!is_anew && (after.flags & PAGE_FIELD_LINKS))
        is_anew = !page_decode(&before, buf_bytes(&stored), &fields) ||
                  !page_decode(&after, buf_bytes(&visit->page_record), &ours) ||
                  !bytes_equal(before.links, after.links);
    buf_clear(&stored);
    buf_clear(&fields);
    buf_clear(&ours);
    return is_anew;
}

/* Where the bytes are the same the record may not be: whether the page may be in the index, whether
 * that is all of it, and which response it is that a part was joined to. */
static bool is_record_new(const struct subject *subject, enum url_state state)
{
    return subject->record.state != state || keeping_has_part(&subject->previous) ||
           subject->visit->outcome == OUTCOME_TRUNCATED;
}

void keeping_page(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    bool is_same = is_same_content(subject);
    bool is_anew = is_same && is_read_anew(commit, subject);
    enum url_state state = visit->is_noindex ? URL_STATE_NOINDEX : URL_STATE_LIVE;
    commit->pages++;
    if (may_not_be_kept(subject)) {
        apply_no_store(commit, subject);
        return;
    }
    if (!is_same)
        store_content(commit, subject);
    else if (is_anew || is_record_new(subject, state))
        put_page(commit, subject);
    record->state = (uint8_t)state;
    record->reason = visit->is_noindex ? OUTCOME_NOINDEX
                     : is_same         ? OUTCOME_UNCHANGED
                                       : OUTCOME_PAGE;
    record->fetched_at_ms = visit->fetched_at_ms;
    note_caching(subject);
    if (visit->is_sitemap)
        record->target = BYTES("a sitemap, read for its links alone");
    else if (visit->is_noindex)
        forget_validators(record);
    else
        limit_to(record, visit->unavailable_after_ms);
    if (visit->is_noindex)
        indexing_remove(commit, subject, CHANGE_REASON_NOINDEX);
    else if (!indexing_has(record))
        indexing_put(commit, subject, record->change > 0 ? CHANGE_REASON_BACK : CHANGE_REASON_NEW);
    else if (!is_same || is_anew)
        indexing_put(commit, subject, CHANGE_REASON_CHANGED);
    for (size_t i = 0; i < visit->found_count; i++)
        visit->found[i].referrer = record->document;
}

/* Does the stored page allow that it is in the index? What else its URL answered meanwhile
 * (robots.txt, 404) has no say in it. */
static bool may_be_indexed(struct commit *commit, uint64_t document)
{
    struct buf stored, fields;
    struct page page;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    bool may_be = page_get(commit->tables->pages, commit->txn, document, &stored) == STATUS_OK &&
                  page_decode(&page, buf_bytes(&stored), &fields) &&
                  (page.flags & PAGE_NOINDEX) == 0;
    buf_clear(&stored);
    buf_clear(&fields);
    return may_be;
}

/* What a block of fields says to us. */
static struct directives read_directives(const struct commit *commit, const struct subject *subject,
                                         struct bytes headers)
{
    struct directives directives = { 0 };
    if (subject->settings->robots == ROBOTS_OBEY)
        exchange_header_directives(&directives, headers,
                                   exchange_product_token(commit->config, subject->settings));
    return directives;
}

/* Does the block say of this field something else than the other one? */
static bool says_otherwise(struct bytes block, struct bytes other, struct bytes name)
{
    struct bytes one, two;
    size_t from = 0, from_other = 0;
    bool has_one, has_two;
    do {
        has_one = header_next(block, name, &from, &one);
        has_two = header_next(other, name, &from_other, &two);
    } while (has_one && has_two && bytes_equal(one, two));
    return has_one || has_two;
}

/* Does the second block make another page of the same bytes: by its links, canonical URL, language,
 * policy, or directives for us? Those that keep a page out of the index count at once. */
static bool is_read_otherwise(const struct commit *commit, const struct subject *subject,
                              struct bytes before, struct bytes after)
{
    static const struct bytes names[] = {
        { "link", 4 },    { "content-language", 16 }, { "content-location", 16 },
        { "refresh", 7 }, { "referrer-policy", 15 },
    };
    struct directives was = read_directives(commit, subject, before);
    struct directives is = read_directives(commit, subject, after);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (says_otherwise(before, after, names[i]))
            return true;
    return was.nofollow != is.nofollow || was.noarchive != is.noarchive ||
           was.nosnippet != is.nosnippet;
}

/* The stored fields as this 304 leaves them (RFC 9111, 3.2). True where the page would be read
 * otherwise with them. */
static bool update_fields(struct commit *commit, const struct subject *subject)
{
    struct page_store *pages = commit->tables->pages;
    uint64_t document = subject->record.document;
    bool is_otherwise = false;
    struct buf stored, fields, updated;
    struct page page;
    buf_init(&stored, BUF_UNBOUNDED);
    buf_init(&fields, BUF_UNBOUNDED);
    buf_init(&updated, BUF_UNBOUNDED);
    if (page_get(pages, commit->txn, document, &stored) == STATUS_OK &&
        page_decode(&page, buf_bytes(&stored), &fields)) {
        struct buf record;
        struct bytes before = page.updated.length > 0 ? page.updated : page.headers;
        buf_init(&record, BUF_UNBOUNDED);
        stored_fields_update(&updated, before, buf_bytes(&subject->visit->result.headers));
        is_otherwise = is_read_otherwise(commit, subject, before, buf_bytes(&updated));
        page.updated = buf_bytes(&updated);
        page_encode(&page, &record);
        page_put(pages, commit->txn, document, buf_bytes(&record));
        buf_clear(&record);
    }
    buf_clear(&stored);
    buf_clear(&fields);
    buf_clear(&updated);
    return is_otherwise;
}

void keeping_not_modified(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    /* A header that came with "not modified" counts like that of a page. */
    struct directives directives =
        read_directives(commit, subject, buf_bytes(&subject->visit->result.headers));
    record->fetched_at_ms = subject->previous.fetched_at_ms;
    if (may_not_be_kept(subject)) {
        apply_no_store(commit, subject);
        return;
    }
    note_caching(subject);
    bool is_otherwise = subject->visit->caching.is_news && update_fields(commit, subject);
    bool was_indexed = indexing_has(record);
    if (directives_forbid_index(&directives, commit->now_ms)) {
        record->state = URL_STATE_NOINDEX;
        record->reason = OUTCOME_NOINDEX;
        if (was_indexed)
            forget_validators(record);
        indexing_remove(commit, subject, CHANGE_REASON_NOINDEX);
        return;
    }
    limit_to(record, directives.unavailable_after_ms);
    if (!was_indexed && !may_be_indexed(commit, record->document)) {
        record->state = URL_STATE_NOINDEX;
        return;
    }
    record->state = URL_STATE_LIVE;
    if (!was_indexed)
        indexing_put(commit, subject, CHANGE_REASON_BACK);
    if (is_otherwise) {
        keeping_forget(record);
        record->due_ms = commit->now_ms;
    }
}

void keeping_end_part(struct subject *subject)
{
    const struct cached part = { .is_part = true };
    struct buf packed;
    buf_init(&packed, BUF_UNBOUNDED);
    cached_pack(&packed, &part);
    subject->record.cached = arena_copy(&subject->visit->arena, buf_bytes(&packed));
    buf_clear(&packed);
}
