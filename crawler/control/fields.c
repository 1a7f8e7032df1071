/* SPDX-License-Identifier: MIT */
#include "crawler/control/fields.h"

#include "crawler/control/status_view.h"

static const struct field status_fields[] = {
#define ROW(name, word, is_total, what) { word, what },
    STATUS_COUNTER_TABLE(ROW)
#undef ROW
        { "urls_due", "URLs that are wanted now: new ones, and those that are due again" },
#define ROW(name, word, what) { "failures." word, what },
    STATUS_CAUSE_TABLE(ROW)
#undef ROW
        { "last_change", "when a page last changed" },
    { "last_run", "when the last run began" },
    { "next_due", "when the next URL is due; null: none is" },
    { "running", "whether a run is under way" },
    { "run", "the run under way; null: none is" },
    { "run.started", "when it began" },
    { "run.all", "whether it asks for every known page (run --all)" },
    { "run.fetches", "its fetches so far" },
    { "run.pages", "its pages so far" },
    { "run.bytes", "its bytes received so far" },
    { "run.under_way", "fetches between request and store" },
    { "run.awake_hosts", "hosts that fetch threads serve" },
    { "run.fetches_per_second", "over the last minute; 0: not known yet" },
    { "work.urls",
      "URLs that a run would ask for now, on hosts that rest no longer than wait_max" },
    { "work.hosts", "hosts that have some of them" },
    { "work.hosts_resting", "those of the hosts that rest" },
    { "work.eta_ms",
      "how long all of it takes: the slowest host, or all URLs at the rate of late" },
    { "work.slowest_eta_ms", "how long the slowest host takes" },
    { "work.slowest_hosts[].host", "the hosts that take longest, the slowest first" },
    { "work.slowest_hosts[].urls", "URLs to ask for" },
    { "work.slowest_hosts[].delay_ms", "delay in force" },
    { "work.slowest_hosts[].eta_ms", "how long they take" },
    { "work.is_estimate", "whether URLs of long queues were estimated" },
    { "work.is_complete", "false: not all hosts were looked at, and these numbers are too small" },
    { "work.at", "when the hosts were looked at" },
    { "insecure_hosts", "all hosts, or those with tls_insecure, with commas; null: none" },
    { "paused[]", "hosts that are paused, or *.example.org for all below it" },
    { "consumers[].name", "a consumer of the change feed" },
    { "consumers[].cursor", "the last version that it has safely" },
    { "consumers[].pending", "changes that it has not, counted up to 10000" },
    { "consumers[].behind", "versions between its cursor and the newest" },
    { "consumers[].at", "when it last acknowledged an export" },
};

/* A host, in explain and in ls --hosts. */
#define HOST_FIELDS(at)                                                                            \
    { at "host", "its name" }, { at "queued", "URLs never tried that wait" },                      \
        { at "held", "URLs never tried that are over queue_max or site_queue_max" },               \
        { at "due", "URLs that are due again" },                                                   \
        { at "is_due_estimate", "whether those are many, and were estimated" },                    \
        { at "under_way", "URLs handed to a fetch thread" },                                       \
        { at "over_budget", "the option that keeps it from new URLs; null: none does" },           \
        { at "tried", "URLs that have an outcome" }, { at "pages_live", "pages that are live" },   \
        { at "is_seeded", "whether a seed lies on it" },                                           \
        { at "is_awake", "whether a fetch thread serves it" },                                     \
        { at "asleep_until", "when it wakes; null: at any time, or not by itself" },               \
        { at "delay_ms", "delay in force between two fetches" },                                   \
        { at "delay_by", "what decides it: delay, Crawl-delay or delay_factor" },                  \
        { at "connections", "fetches at one time" },                                               \
        { at "response_ms", "how long its last response took" },                                   \
        { at "eta_ms", "how long its URLs take, rest and delay counted" },                         \
        { at "is_paused", "the user paused it: nothing is asked of it until it is resumed" },      \
        { at "rests_until", "when its rest or hold ends; null: there is none, or it is paused" },  \
        { at "rests_for", "the outcome that made it rest, or what holds it" },                     \
        { at "failures_in_row", "failed contacts in a row" },                                      \
    {                                                                                              \
        at "last_contact", "end of its last response"                                              \
    }

static const struct field explain_fields[] = {
    { "url", "the URL as the crawl knows it" },
    { "typed", "as it was typed" },
    { "parsed", "by the URL Standard" },
    { "rules", "options of [urls] that changed it, separated by commas; null: none" },
    { "key", "its key, in the order of hosts from the right" },
    { "verdict", "one sentence for people" },
    { "state", "unknown, queued, live, gone, unreachable, blocked, out-of-scope, noindex, "
               "moved-to" },
    { "last", "the last try; null: it was never tried" },
    { "last.reason", "its outcome" },
    { "last.status", "HTTP status; 0: none" },
    { "last.detail", "more about it, or the target of a redirect" },
    { "last.checked_at", "when it was" },
    { "last.fetched_at", "when content last came" },
    { "last.fresh_until", "as its own headers say" },
    { "last.is_fresh_by_guess", "whether that is a guess by the age of its content" },
    { "last.is_part", "whether what is stored of it was cut off" },
    { "last.part_bytes", "from which byte on the rest is asked for; null: it is not" },
    { "last.fetches", "requests so far" },
    { "last.contents", "contents that differed so far" },
    { "last.failures_in_row", "failures in a row" },
    { "last.not_found_in_row", "answers 404 or 410 in a row" },
    { "last.etag", "validator" },
    { "last.last_modified", "validator" },
    { "last.robots_version", "version of robots.txt that decided" },
    { "last.history[].reason", "outcomes before, the newest first" },
    { "last.history[].times", "how often in a row" },
    { "last.history[].last_at", "the last of them" },
    { "redirects[].to", "where it leads, hop by hop, as the last answers say" },
    { "redirects[].status", "HTTP status that named it" },
    { "redirects[].state", "state of the target; unknown: never tried" },
    { "redirects[].is_loop", "whether it leads to where it was before" },
    { "next.turn", "none, in-flight, queued, held, due or later" },
    { "next.why", "why a URL that was tried is due again" },
    { "next.due_at", "when that is" },
    { "next.class", "class in the queue, 0 to 3, or held; null: never queued, or tried" },
    { "next.before", "URLs of its host that go first; null: not known" },
    { "next.is_estimate", "whether that was estimated" },
    { "next.eta", "when it is fetched, by an estimate; null: not known, or no run is under way" },
    { "found", "how it became known; null: it is not, or that was not found" },
    { "found.as", "seed, link, sitemap, redirect or sitemap in robots.txt" },
    { "found.depth", "links from a seed" },
    { "found.hops", "redirects that led to it when it was found" },
    { "found.first_tried_at", "when it was first tried" },
    { "found.chain[].url", "the page that it was found on, and so on back to a seed" },
    { "found.chain[].as", "how that page was found" },
    { "found.chain[].depth", "its depth" },
    { "found.is_chain_cut", "whether pages of the chain are left out or no longer stored" },
    { "scope.is_in", "whether scope lets it through" },
    { "scope.reason", "why" },
    { "scope.pattern", "of the rule that decided; null: none did" },
    { "scope.file", "where that stands" },
    { "scope.line", "and in which line" },
    { "robots.is_allowed", "whether robots.txt lets it through, as far as is known" },
    { "robots.stand", "not asked yet, ignored, allowed, disallowed, everything is allowed, "
                      "nothing is allowed" },
    { "robots.group", "agent of the group that applies" },
    { "robots.pattern", "of the rule that decided" },
    { "robots.line", "of that rule" },
    { "robots.version", "of the copy" },
    { "robots.status", "HTTP status of the last answer; 0: none" },
    { "robots.checked_at", "when it was last asked for" },
    { "robots.copy_of", "when the copy was received or confirmed" },
    { "robots.unreachable_since", "null: the last answer was one" },
    { "robots.expires_at", "when it is asked for again" },
    { "robots.is_expired", "whether that is over" },
    { "address", "what the guard says of a host that is an address; null: it is a name" },
    { "address.is_allowed", "whether it may be connected to" },
    { "address.range", "loopback, private, ...; null: public" },
    { "proxies", "that it may go through, with commas between; null: it is asked for directly" },
    { "came_through", "the proxy that the stored page came through; null: none, or no page" },
    { "is_insecure", "whether whoever answers is believed: tls_insecure" },
    { "host", "its host; null: not met yet" },
    HOST_FIELDS("host."),
    { "budgets[].option", "each budget that its host or site has a bound of" },
    { "budgets[].used", "how much of it is used" },
    { "budgets[].most", "and how much there is" },
    { "budgets[].is_over", "whether its new URLs wait for this one" },
    { "index", "what the index has of it; null: it was never stored" },
    { "index.document", "document number" },
    { "index.change", "its live change; null: none" },
    { "index.change.version", "change number" },
    { "index.change.op", "upsert or delete" },
    { "index.change.reason", "why" },
    { "index.change.at", "when" },
    { "index.consumers[].name", "a consumer of the change feed" },
    { "index.consumers[].has_it", "whether it acknowledged that change" },
    { "index.duplicate_of", "the oldest page with the same content; null: it is that one" },
    { "index.duplicates[]", "URLs with the same content, some of them where there are many" },
};

static const struct field ls_fields[] = {
    { "url", "the URL" },
    { "state", "live, gone, unreachable, blocked, out-of-scope, noindex, moved-to" },
    { "reason", "outcome of the last try" },
    { "status", "HTTP status; 0: none" },
    { "checked_at", "when the last try was" },
    { "document", "document number; 0: it was never stored" },
};

static const struct field hosts_fields[] = { HOST_FIELDS("") };

#define LIST(command, fields)                                                                      \
    {                                                                                              \
        command, fields, sizeof(fields) / sizeof((fields)[0])                                      \
    }

const struct field_list field_lists[FIELD_LISTS] = {
    [FIELDS_STATUS] = LIST("status --json", status_fields),
    [FIELDS_EXPLAIN] = LIST("explain --json", explain_fields),
    [FIELDS_LS] = LIST("ls --json", ls_fields),
    [FIELDS_HOSTS] = LIST("ls --hosts --json", hosts_fields),
};
