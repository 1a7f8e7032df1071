/* SPDX-License-Identifier: MIT */
#include "crawler/engine/commit.h"

#include "base/memory.h"
#include "base/site.h"
#include "crawler/engine/exchange.h"
#include "crawler/fetch/headers.h"
#include "frontier/history.h"

enum {
    /* A page that answers 404 or 410 leaves the index after so many answers in a row ... */
    GONE_CONFIRMATIONS = 3,
    /* ... over at least so long, asked this often. */
    GONE_SPAN_MS = 48 * 3600 * 1000,
    GONE_ASK_MS = 24 * 3600 * 1000,
    /* A URL that answers nothing but 429 or 503, rest after rest, is unreachable after so many. */
    BUSY_TRIES_MOST = 10,
    /* Documents of one content that are told when their original is another one: that one itself,
       and some more. Of a site that answered everything with one page and recovers, each page may
       have been the original once, so a large number here would be squared. */
    GROUP_MOST = 16,
    /* Longer validators are not worth their place in each record and request. */
    VALIDATOR_BYTES_MOST = 512,
    /* A seed that moves takes the scope along while its site has no more hosts than this: a site
       may answer on any name, and send us from one to the next. */
    SITE_HOSTS_MOST = 16,
};

/* The URL of a visit while its record is worked out. */
struct subject {
    struct visit *visit;
    struct url url;
    const struct settings *settings;
    bool is_known;              /* It has a record. */
    struct url_record previous; /* Bytes in commit->scratch. */
    struct url_record record;
};

void commit_begin(struct commit *commit, struct tables *tables, const struct config *config,
                  const struct scope *scope, struct txn *txn, int64_t now_ms)
{
    *commit = (struct commit){
        .tables = tables, .config = config, .scope = scope, .txn = txn, .now_ms = now_ms
    };
    buf_init(&commit->scratch, BUF_UNBOUNDED);
    buf_init(&commit->history, BUF_UNBOUNDED);
}

void commit_clear(struct commit *commit)
{
    buf_clear(&commit->scratch);
    buf_clear(&commit->history);
}

static void count(struct commit *commit, enum counter counter, uint64_t more)
{
    commit->tables->counters.values[counter] += more;
}

/* ---- The feed */

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

/* Is the document in the index of whoever follows the feed? */
static bool is_indexed(const struct url_record *record)
{
    return record->change > 0 && !record->is_deleted;
}

/* ---- Content */

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
        is_indexed(&previous)) {
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

/* The page leaves the index; its record stays until consumers have passed. */
static void remove_from_index(struct commit *commit, struct subject *subject,
                              enum change_reason reason)
{
    struct url_record *record = &subject->record;
    if (!is_indexed(record))
        return;
    append_change(commit, record, url_bytes(&subject->url), CHANGE_DELETE, reason);
    record->is_deleted = true;
    leave_group(commit, subject->previous.digest, record->document);
}

/* It enters the index, or changes in it. */
static void put_in_index(struct commit *commit, struct subject *subject, enum change_reason reason)
{
    struct url_record *record = &subject->record;
    bool was_indexed = is_indexed(record);
    append_change(commit, record, url_bytes(&subject->url), CHANGE_UPSERT, reason);
    record->is_deleted = false;
    if (was_indexed)
        leave_group(commit, subject->previous.digest, record->document);
    join_group(commit, record->digest, record->document);
}

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
    count(commit, COUNTER_BODY_BYTES, subject->visit->body.length);
}

static struct bytes validator(struct bytes headers, struct bytes name)
{
    struct bytes value = header_get(headers, name);
    return value.length <= VALIDATOR_BYTES_MOST ? value : (struct bytes){ 0 };
}

static void note_validators(struct subject *subject, int64_t now_ms)
{
    struct bytes headers = buf_bytes(&subject->visit->result.headers);
    struct url_record *record = &subject->record;
    struct bytes etag = validator(headers, BYTES("etag"));
    struct bytes modified = validator(headers, BYTES("last-modified"));
    int64_t fresh_ms = header_freshness_ms(headers, now_ms);
    /* A 304 that is silent on a validator confirms the one that was sent. */
    if (etag.data || subject->visit->outcome != OUTCOME_NOT_MODIFIED)
        record->etag = etag;
    if (modified.data || subject->visit->outcome != OUTCOME_NOT_MODIFIED)
        record->last_modified = modified;
    record->fresh_until_ms = fresh_ms > 0 ? now_ms + fresh_ms : 0;
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

static void apply_page(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    bool is_same = is_same_content(subject);
    enum url_state state = visit->is_noindex ? URL_STATE_NOINDEX : URL_STATE_LIVE;
    commit->pages++;
    if (!is_same)
        store_content(commit, subject);
    else if (record->state != state)
        put_page(commit, subject); /* The stored page says whether it may be in the index. */
    if (subject->is_known && subject->previous.target.length > 0)
        alias_delete(commit->tables->duplicates, commit->txn, url_bytes(&subject->url));
    record->state = (uint8_t)state;
    record->reason = visit->is_noindex ? OUTCOME_NOINDEX
                     : is_same         ? OUTCOME_UNCHANGED
                                       : OUTCOME_PAGE;
    record->fetched_at_ms = visit->fetched_at_ms;
    note_validators(subject, visit->fetched_at_ms);
    if (visit->is_sitemap)
        record->target = BYTES("a sitemap, read for its links alone");
    else if (visit->is_noindex)
        forget_validators(record);
    else
        limit_to(record, visit->unavailable_after_ms);
    if (visit->is_noindex)
        remove_from_index(commit, subject, CHANGE_REASON_NOINDEX);
    else if (!is_indexed(record))
        put_in_index(commit, subject, record->change > 0 ? CHANGE_REASON_BACK : CHANGE_REASON_NEW);
    else if (!is_same)
        put_in_index(commit, subject, CHANGE_REASON_CHANGED);
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

/* A header that came with "not modified" counts like that of a page. */
static struct directives find_directives(const struct commit *commit, const struct subject *subject)
{
    struct directives directives = { 0 };
    if (subject->settings->robots == ROBOTS_OBEY)
        exchange_header_directives(&directives, buf_bytes(&subject->visit->result.headers),
                                   exchange_product_token(commit->config, subject->settings));
    return directives;
}

static void apply_not_modified(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    struct directives directives = find_directives(commit, subject);
    record->fetched_at_ms = subject->previous.fetched_at_ms;
    note_validators(subject, commit->now_ms);
    bool was_indexed = is_indexed(record);
    if (directives_forbid_index(&directives, commit->now_ms)) {
        record->state = URL_STATE_NOINDEX;
        record->reason = OUTCOME_NOINDEX;
        if (was_indexed)
            forget_validators(record);
        remove_from_index(commit, subject, CHANGE_REASON_NOINDEX);
        return;
    }
    limit_to(record, directives.unavailable_after_ms);
    if (!was_indexed && !may_be_indexed(commit, record->document)) {
        record->state = URL_STATE_NOINDEX;
        return;
    }
    record->state = URL_STATE_LIVE;
    if (!was_indexed)
        put_in_index(commit, subject, CHANGE_REASON_BACK);
}

static bool is_permanent(uint16_t status)
{
    return status == 301 || status == 308;
}

/* Has the site more hosts than any that only moves about? */
static bool has_many_hosts(struct commit *commit, struct bytes site)
{
    struct host_record host = { .name = site };
    struct buf after, name;
    size_t count = 0;
    buf_init(&after, BUF_UNBOUNDED);
    buf_init(&name, BUF_UNBOUNDED);
    do {
        buf_reset(&after);
        buf_append_bytes(&after, host.name);
    } while (++count <= SITE_HOSTS_MOST &&
             frontier_host_after(commit->tables->frontier, buf_bytes(&after), &host, &name) &&
             bytes_equal(site_of_host(host.name), site));
    buf_clear(&after);
    buf_clear(&name);
    return count > SITE_HOSTS_MOST;
}

/* A seed that moved within its site takes the scope along: "example.org" to "www.example.org" is
 * what its owner means. */
static void follow_seed(struct commit *commit, struct subject *subject, struct bytes target_bytes)
{
    struct url target;
    struct scope_answer answer;
    struct bytes site = site_of_host(url_host(&subject->url));
    if (subject->visit->task->depth > 0 || !url_split(&target, target_bytes) ||
        scope_has(commit->scope, &target, 0, &answer) || answer.reason != SCOPE_OUT_SEEDS ||
        !bytes_equal(site_of_host(url_host(&target)), site) || has_many_hosts(commit, site))
        return;
    frontier_add_seed(commit->tables->frontier, commit->txn, &target, commit->now_ms);
    commit->is_scope_wider = true;
}

/* A page that sent us here to get cookies, and is sent back to now: it is asked once more, with
 * them. Once, as a server may go on like that for ever. */
static void repeat_start(struct commit *commit, const struct subject *subject, struct bytes target)
{
    struct frontier *frontier = commit->tables->frontier;
    struct url url;
    struct url_record before;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    if (url_split(&url, target) &&
        frontier_lookup(frontier, commit->txn, &url, &before, &scratch) == STATUS_OK &&
        before.reason == OUTCOME_REDIRECT && before.fetches == 1 &&
        bytes_equal(before.target, url_bytes(&subject->url))) {
        struct url_record record = before;
        record.due_ms = commit->now_ms;
        frontier_record(frontier, commit->txn, &url, &before, &record);
    }
    buf_clear(&scratch);
}

static void apply_redirect(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    record->target = visit->reason;
    alias_put(commit->tables->duplicates, commit->txn, url_bytes(&subject->url), ALIAS_MOVED,
              visit->reason);
    /* A page that is in the index leaves it for a permanent move alone: the others may end
     * tomorrow. */
    if (!is_indexed(record) || is_permanent(visit->status)) {
        record->state = URL_STATE_MOVED;
        remove_from_index(commit, subject, CHANGE_REASON_MOVED);
    }
    follow_seed(commit, subject, visit->reason);
    if (visit->has_new_cookies && !visit->task->is_revisit)
        repeat_start(commit, subject, visit->reason);
}

static void apply_gone(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    if (record->gone_count == 0)
        record->gone_since_ms = commit->now_ms;
    if (record->gone_count < UINT8_MAX)
        record->gone_count++;
    bool is_confirmed = record->gone_count >= GONE_CONFIRMATIONS &&
                        commit->now_ms - record->gone_since_ms >= GONE_SPAN_MS;
    if (is_indexed(record) && !is_confirmed) {
        record->due_ms = commit->now_ms + GONE_ASK_MS;
        return;
    }
    record->state = URL_STATE_GONE;
    remove_from_index(commit, subject, CHANGE_REASON_GONE);
}

/* Another try after a while, doubling; after the last one the URL is unreachable, and stays in the
 * index. */
static void apply_failure(struct commit *commit, struct subject *subject)
{
    struct url_record *record = &subject->record;
    commit->failures++;
    record->tries++;
    /* Who asks for less is asked again after his rest: that is not the URL's failure, within
     * reason. */
    uint64_t tries_most =
        subject->visit->outcome == OUTCOME_FAILED_BUSY ? BUSY_TRIES_MOST : subject->settings->tries;
    if (record->tries < tries_most) {
        record->due_ms = commit->now_ms + (subject->settings->retry_ms
                                           << (record->tries - 1 < 16 ? record->tries - 1 : 16));
        if (!subject->is_known)
            record->state = URL_STATE_UNREACHABLE;
        return;
    }
    record->tries = 0;
    record->state = URL_STATE_UNREACHABLE;
}

/* It is asked for again when its robots.txt or its login is, which is not the URL's own failure. */
static void apply_origin_unreachable(struct commit *commit, struct subject *subject)
{
    commit->failures++;
    subject->record.due_ms = commit->now_ms + subject->settings->retry_ms;
    if (!subject->is_known)
        subject->record.state = URL_STATE_UNREACHABLE;
}

static void refuse(struct commit *commit, struct subject *subject, enum url_state state,
                   enum change_reason reason)
{
    subject->record.state = (uint8_t)state;
    remove_from_index(commit, subject, reason);
}

/* What the outcome makes of the record. due_ms is the next revisit unless said otherwise. */
static void apply(struct commit *commit, struct subject *subject)
{
    switch (subject->visit->outcome) {
    case OUTCOME_PAGE:
        apply_page(commit, subject);
        return;
    case OUTCOME_NOT_MODIFIED:
        apply_not_modified(commit, subject);
        return;
    case OUTCOME_FRESH:
        return;
    case OUTCOME_REDIRECT:
        apply_redirect(commit, subject);
        return;
    case OUTCOME_GONE:
        apply_gone(commit, subject);
        return;
    case OUTCOME_REFUSED_ROBOTS:
        refuse(commit, subject, URL_STATE_BLOCKED, CHANGE_REASON_BLOCKED);
        return;
    case OUTCOME_REFUSED_SCOPE:
    case OUTCOME_REFUSED_TYPE:
        refuse(commit, subject, URL_STATE_OUT_OF_SCOPE, CHANGE_REASON_OUT_OF_SCOPE);
        return;
    case OUTCOME_REFUSED_ADDRESS:
    case OUTCOME_REFUSED_STATUS:
    case OUTCOME_REFUSED_SIZE:
    case OUTCOME_REDIRECT_LOOP:
        /* The index keeps what it has: the server may only be out of sorts. */
        if (!is_indexed(&subject->record))
            subject->record.state = URL_STATE_BLOCKED;
        return;
    case OUTCOME_REFUSED_ROBOTS_UNREACHABLE:
    case OUTCOME_REFUSED_LOGIN:
        apply_origin_unreachable(commit, subject);
        return;
    case OUTCOME_FAILED_DNS:
    case OUTCOME_FAILED_CONNECT:
    case OUTCOME_FAILED_PROXY:
    case OUTCOME_FAILED_TLS:
    case OUTCOME_FAILED_TIMEOUT:
    case OUTCOME_FAILED_PROTOCOL:
    case OUTCOME_FAILED_SERVER:
    case OUTCOME_FAILED_BUSY:
        apply_failure(commit, subject);
        return;
    case OUTCOME_NONE:
    case OUTCOME_UNCHANGED:
    case OUTCOME_NOINDEX:
    case OUTCOME_HELD_HOURS:
    case OUTCOME_HELD_PAUSED:
    case OUTCOME_HELD_PROXY:
    case OUTCOME_COUNT:
        return; /* These are results of committing, or hold a host; no visit has them. */
    }
}

static struct url_record fresh_record(const struct visit *visit, int64_t now_ms)
{
    return (struct url_record){
        .state = URL_STATE_UNKNOWN,
        .depth = visit->task->depth,
        .found = visit->task->found,
        .referrer = visit->task->referrer,
        .first_seen_ms = now_ms,
    };
}

static void count_states(struct commit *commit, const struct subject *subject)
{
    static const struct {
        enum url_state state;
        enum counter counter;
    } counted[] = {
        { URL_STATE_LIVE, COUNTER_PAGES_LIVE },
        { URL_STATE_GONE, COUNTER_PAGES_GONE },
    };
    for (size_t i = 0; i < sizeof(counted) / sizeof(counted[0]); i++) {
        bool was = subject->is_known && subject->previous.state == counted[i].state;
        bool is = subject->record.state == counted[i].state;
        if (is && !was)
            commit->tables->counters.values[counted[i].counter]++;
        else if (was && !is)
            commit->tables->counters.values[counted[i].counter]--;
    }
}

static void count_outcome(struct commit *commit, const struct visit *visit)
{
    static const enum counter counters[OUTCOME_COUNT] = {
        [OUTCOME_NOT_MODIFIED] = COUNTER_NOT_MODIFIED,
        [OUTCOME_REDIRECT] = COUNTER_REDIRECTS,
        [OUTCOME_GONE] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_STATUS] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_LOGIN] = COUNTER_FAILED_HTTP_4XX,
        [OUTCOME_REFUSED_ROBOTS] = COUNTER_ROBOTS_REFUSED,
        [OUTCOME_REFUSED_ROBOTS_UNREACHABLE] = COUNTER_ROBOTS_REFUSED,
        [OUTCOME_REFUSED_SCOPE] = COUNTER_SCOPE_REFUSED,
        [OUTCOME_REFUSED_TYPE] = COUNTER_SCOPE_REFUSED,
        [OUTCOME_REFUSED_SIZE] = COUNTER_FAILED_LIMIT,
        [OUTCOME_REDIRECT_LOOP] = COUNTER_FAILED_LIMIT,
        [OUTCOME_REFUSED_ADDRESS] = COUNTER_FAILED_ADDRESS,
        [OUTCOME_FAILED_DNS] = COUNTER_FAILED_DNS,
        [OUTCOME_FAILED_CONNECT] = COUNTER_FAILED_CONNECT,
        [OUTCOME_FAILED_PROXY] = COUNTER_FAILED_PROXY,
        [OUTCOME_FAILED_TLS] = COUNTER_FAILED_TLS,
        [OUTCOME_FAILED_TIMEOUT] = COUNTER_FAILED_TIMEOUT,
        [OUTCOME_FAILED_PROTOCOL] = COUNTER_FAILED_PROTOCOL,
        [OUTCOME_FAILED_SERVER] = COUNTER_FAILED_HTTP_5XX,
        [OUTCOME_FAILED_BUSY] = COUNTER_FAILED_HTTP_5XX,
    };
    if (counters[visit->outcome] != 0)
        count(commit, counters[visit->outcome], 1);
    count(commit, COUNTER_FETCHES, visit->is_contact ? 1 : 0);
    count(commit, COUNTER_BYTES, visit->result.bytes_in);
    count(commit, COUNTER_LINKS, visit->link_count);
}

static void commit_robots(struct commit *commit, struct visit *visit)
{
    if (visit->origin.length > 0)
        origin_put(commit->tables->origins, commit->txn, visit->origin,
                   buf_bytes(&visit->origin_record));
    commit->added += frontier_add(commit->tables->frontier, visit->found, visit->found_count);
    count(commit, visit->is_repeated ? COUNTER_FETCHES : COUNTER_ROBOTS_FETCHES,
          visit->is_contact);
    count(commit, COUNTER_FAILED_PROXY, visit->outcome == OUTCOME_FAILED_PROXY);
    count(commit, COUNTER_BYTES, visit->counted_bytes);
    if (visit->host != 0)
        frontier_host_update(commit->tables->frontier, visit->host, &visit->pace, 0);
}

/* A page that is fresh by its own headers was not asked for: its last try is the one before. */
static void note_history(struct commit *commit, struct subject *subject)
{
    bool is_try = subject->visit->outcome != OUTCOME_FRESH;
    if (!subject->is_known)
        return;
    buf_reset(&commit->history);
    history_extend(&commit->history, &subject->previous,
                   is_try ? commit->now_ms : subject->previous.checked_at_ms);
    subject->record.history = buf_bytes(&commit->history);
}

static void prepare_record(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    *record = subject->is_known ? subject->previous : fresh_record(visit, commit->now_ms);
    note_history(commit, subject);
    record->reason = (uint8_t)visit->outcome;
    record->epoch = (uint32_t)commit->tables->counters.values[COUNTER_EPOCH];
    record->due_ms = commit->now_ms + subject->settings->revisit_ms;
    if (visit->outcome == OUTCOME_FRESH) {
        record->due_ms = visit->due_least_ms;
        return;
    }
    record->target = visit->reason;
    record->status = visit->status;
    record->checked_at_ms = commit->now_ms;
    record->robots_version = visit->robots_version;
    record->fetches += visit->is_contact;
    if (visit->outcome != OUTCOME_GONE)
        record->gone_count = 0;
    if (!outcome_is_failure(visit->outcome))
        record->tries = 0;
    if (visit->outcome == OUTCOME_PAGE || visit->outcome == OUTCOME_NOT_MODIFIED)
        record->target = (struct bytes){ 0 };
}

void commit_visit(struct commit *commit, struct visit *visit)
{
    struct tables *tables = commit->tables;
    if (!visit->task) {
        commit_robots(commit, visit);
        return;
    }
    struct subject subject = { .visit = visit };
    if (!url_split(&subject.url, visit->task->url))
        return;
    subject.settings = config_host_settings(commit->config, url_host(&subject.url));
    subject.is_known = frontier_lookup(tables->frontier, commit->txn, &subject.url,
                                       &subject.previous, &commit->scratch) == STATUS_OK;
    prepare_record(commit, &subject);
    apply(commit, &subject);
    if (visit->due_least_ms > subject.record.due_ms)
        subject.record.due_ms = visit->due_least_ms;
    frontier_record(tables->frontier, commit->txn, &subject.url,
                    subject.is_known ? &subject.previous : NULL, &subject.record);
    frontier_done(tables->frontier, visit->task);
    commit->added += frontier_add(tables->frontier, visit->found, visit->found_count);
    frontier_host_update(tables->frontier, visit->host, &visit->pace,
                         visit->outcome == OUTCOME_PAGE);
    count_states(commit, &subject);
    count_outcome(commit, visit);
    if (subject.record.reason == OUTCOME_UNCHANGED)
        count(commit, COUNTER_UNCHANGED, 1);
}
