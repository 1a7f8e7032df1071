/* SPDX-License-Identifier: MIT */
#include "crawler/engine/moving.h"

#include "base/site.h"

enum {
    /* A seed that moves takes the scope along while its site has no more hosts than this: a site
       may answer on any name, and send us from one to the next. */
    SITE_HOSTS_MOST = 16,
};

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
static bool repeats_start(struct commit *commit, const struct subject *subject)
{
    struct frontier *frontier = commit->tables->frontier;
    const struct visit *visit = subject->visit;
    struct url url;
    struct url_record before;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    bool repeats = visit->has_new_cookies && !visit->task->is_revisit &&
                   url_split(&url, visit->reason) &&
                   frontier_lookup(frontier, commit->txn, &url, &before, &scratch) == STATUS_OK &&
                   before.reason == OUTCOME_REDIRECT && before.fetches == 1 &&
                   bytes_equal(before.target, url_bytes(&subject->url));
    if (repeats) {
        struct url_record record = before;
        record.due_ms = commit->now_ms;
        frontier_record(frontier, commit->txn, &url, &before, &record);
    }
    buf_clear(&scratch);
    return repeats;
}

/* Do the targets, as the last answers name them, lead back here? */
static bool is_loop(struct commit *commit, const struct subject *subject)
{
    struct url url;
    struct url_record record;
    struct buf scratch, target;
    bool is_back = false;
    buf_init(&scratch, BUF_UNBOUNDED);
    buf_init(&target, BUF_UNBOUNDED);
    buf_append_bytes(&target, subject->visit->reason);
    for (uint64_t hops = 0; !is_back && hops <= subject->settings->max_redirects; hops++) {
        if (!url_split(&url, buf_bytes(&target)) ||
            frontier_lookup(commit->tables->frontier, commit->txn, &url, &record, &scratch) !=
                STATUS_OK ||
            record.reason != OUTCOME_REDIRECT)
            break;
        buf_reset(&target);
        buf_append_bytes(&target, record.target);
        is_back = bytes_equal(buf_bytes(&target), url_bytes(&subject->url));
    }
    buf_clear(&scratch);
    buf_clear(&target);
    return is_back;
}

/* A page that is in the index leaves it for a permanent move alone, which makes the target the
 * document and this URL its alias: the others may end tomorrow, and nothing is called by another
 * name for them. */
bool moving_redirect(struct commit *commit, struct subject *subject)
{
    struct visit *visit = subject->visit;
    struct url_record *record = &subject->record;
    record->target = visit->reason;
    if (!repeats_start(commit, subject) && is_loop(commit, subject)) {
        record->reason = OUTCOME_REDIRECT_LOOP;
        return false;
    }
    if (is_permanent(visit->status))
        alias_put(commit->tables->duplicates, commit->txn, url_bytes(&subject->url), ALIAS_MOVED,
                  visit->reason);
    if (!indexing_has(record) || is_permanent(visit->status)) {
        record->state = URL_STATE_MOVED;
        indexing_remove(commit, subject, CHANGE_REASON_MOVED);
    }
    follow_seed(commit, subject, visit->reason);
    return true;
}
