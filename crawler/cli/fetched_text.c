/* SPDX-License-Identifier: MIT
 *
 * A hop for people: what was asked for as it left, what came as it came, and what that means.
 * Secrets are masked, and so is what would move the cursor of a terminal.
 */
#include "crawler/cli/fetched.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/printable.h"
#include "crawler/cli/testing.h"
#include "crawler/control/phrases.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/validators.h"

/* ---- Lines */

static void line(struct buf *out, const char *name, const struct buf *text)
{
    testing_line(out, name, buf_bytes(text));
}

/* A head, each line with a sign before it: "> GET / HTTP/1.1". */
static void print_head(const struct fetched *fetched, struct buf *out, const char *sign,
                       struct bytes head)
{
    struct header_field field;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t from = 0; header_walk(head, &from, &field);) {
        buf_reset(&text);
        buf_append_string(&text, sign);
        fetched_line(fetched, &field, &text);
        printable_append(out, bytes_trim(buf_bytes(&text)), PRINTABLE_LINE);
        buf_append_char(out, '\n');
    }
    buf_clear(&text);
}

/* ---- Before the exchange */

static void print_permission(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    buf_reset(text);
    buf_append_string(text, fetched->is_in_scope ? "in: " : "out: ");
    buf_append_bytes(text, buf_bytes(&fetched->scope));
    if (!fetched->is_in_scope && fetched->outcome != OUTCOME_REFUSED_SCOPE)
        buf_append_string(text, "; asked for here all the same");
    if (fetched->kind == HOP_PAGE)
        line(out, "scope", text);
    buf_reset(text);
    if (fetched->is_robots_ignored)
        buf_append_string(text, "not asked: the option robots of this host is ignore");
    else if (fetched->robots.copy)
        robots_ruling_print(&fetched->robots, text);
    if (fetched->robots.copy && fetched->robots.copy->detail[0])
        buf_printf(text, " (%s)", fetched->robots.copy->detail);
    if (text->length > 0)
        line(out, "robots", text);
}

/* What a run would do with the copy that the crawl has. */
static void print_stored(const struct fetched *fetched, int64_t now_ms, struct buf *text,
                         struct buf *out)
{
    static const char *const uses[] = {
        [CACHE_REUSE] = ", still fresh: a run would not ask",
        [CACHE_REUSE_STALE] = ", stale: it is asked whether it changed",
        [CACHE_REUSE_VALIDATE] = ", stale: it is asked whether it changed",
        [CACHE_VALIDATE] = ", stale: it is asked whether it changed",
        [CACHE_FETCH] = ", of no use for this request: all of it is asked for",
    };
    if (fetched->stored_at_ms == 0 || fetched->trace.requested_ms == 0)
        return;
    buf_reset(text);
    buf_append_string(text, "the crawl has it of ");
    phrase_time(text, fetched->stored_at_ms, now_ms);
    buf_append_string(text, uses[fetched->use]);
    line(out, "stored", text);
}

static void print_kind(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    if (fetched->kind == HOP_AGAIN)
        testing_line(out, "session", BYTES("the same again, as who we are is known by now"));
    if (fetched->kind == HOP_LOGIN)
        testing_line(out, "session",
                     fetched->trace.form.length > 0
                         ? BYTES("the login of this host comes first: its form is sent")
                         : BYTES("the login of this host comes first: a page of it"));
    if (fetched->cookies == 0)
        return;
    buf_reset(text);
    phrase_count(text, fetched->cookies, "cookie");
    buf_append_string(text, " of its site, as the crawl has them");
    line(out, "cookies", text);
}

static void print_names(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct inquiry_trace *trace = &fetched->trace;
    char address[ADDRESS_TEXT_BYTES];
    if (!trace->is_looked_up)
        return;
    buf_reset(text);
    for (size_t i = 0; i < trace->names.count; i++) {
        const char *range = address_range(&trace->names.addresses[i]);
        buf_printf(text, "%s%s", i > 0 ? ", " : "",
                   address_text(&trace->names.addresses[i], address));
        if (range)
            buf_printf(text, " (%s)", range);
    }
    if (trace->names.count == 0)
        buf_append_string(text, trace->names.error);
    buf_printf(text, "; looked up in %" PRId64 "ms", trace->names_ms);
    line(out, "names", text);
}

/* ---- The exchange */

static void print_connection(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct transfer_result *result = &fetched->result;
    char address[ADDRESS_TEXT_BYTES];
    if (fetched->trace.proxy.length > 0)
        line(out, "proxy", &fetched->trace.proxy);
    if (!result->is_connected)
        return;
    buf_reset(text);
    buf_printf(text, "%s%s", address_text(&result->address, address),
               fetched->trace.proxy.length > 0 ? "" : " port ");
    if (fetched->trace.proxy.length == 0)
        buf_printf(text, "%u", fetched->url.port);
    if (result->is_reused)
        buf_append_string(text, ", the connection that was there");
    else
        buf_printf(text, ", connected in %" PRId64 "ms", result->connect_ms);
    line(out, "address", text);
}

static void print_tls(const struct fetched *fetched, struct buf *out)
{
    static const char *const words[] = {
#define ROW(name, word, prefix) word,
        TLS_FACT_TABLE(ROW)
#undef ROW
    };
    for (size_t i = 0; i < TLS_FACT_COUNT; i++)
        if (fetched->tls[i].length > 0)
            testing_line(out, i == TLS_FACT_CIPHER ? "tls" : words[i], fetched->tls[i]);
}

/* How the connection came about. What libcurl says of header fields is not among it: there are
 * secrets in them. */
static void print_notes(struct bytes notes, struct buf *out)
{
    static const char *const shown[] = { "  Trying ", "ALPN",
                                         "TLS",       " SSL certificate verify",
                                         "CONNECT ",  "SOCKS",
                                         "Re-using",  "Closing" };
    struct bytes note;
    while (bytes_split(&notes, '\n', &note))
        for (size_t i = 0; i < sizeof(shown) / sizeof(shown[0]); i++)
            if (bytes_start_with(note, bytes_from_string(shown[i]))) {
                buf_append_string(out, "* ");
                printable_append(out, bytes_trim(note), PRINTABLE_LINE);
                buf_append_char(out, '\n');
            }
}

static void print_times(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct transfer_result *result = &fetched->result;
    if (fetched->trace.requested_ms == 0)
        return;
    buf_reset(text);
    buf_printf(text, "connection %" PRId64 "ms, first byte %" PRId64 "ms, whole %" PRId64 "ms",
               result->connect_ms, result->first_byte_ms, result->total_ms);
    line(out, "times", text);
}

/* ---- What came */

static void print_body(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct transfer_result *result = &fetched->result;
    struct bytes coding = header_get(buf_bytes(&result->headers), BYTES("content-encoding"));
    if (result->status == 0)
        return;
    buf_reset(text);
    buf_printf(text, "%zu bytes", result->body.length);
    if (coding.length > 0)
        buf_printf(text, " in %.*s", (int)coding.length, coding.data);
    if (coding.length > 0 && fetched->has_facts)
        buf_printf(text, ", %zu decoded", fetched->decoded.length);
    if (result->end == TRANSFER_BODY_TOO_LARGE || fetched->decoding == CODING_TOO_LARGE)
        buf_append_string(text, ", cut at max_body");
    else if (result->is_truncated || fetched->decoding == CODING_TRUNCATED)
        buf_append_string(text, ", cut off");
    else if (fetched->decoding == CODING_BAD || fetched->decoding == CODING_UNKNOWN)
        buf_append_string(text, ", which cannot be decoded");
    line(out, "body", text);
}

static const char *charset_source_text(enum charset_source source)
{
    static const char *const texts[] = {
        [CHARSET_NONE] = "no charset",      [CHARSET_BOM] = "by its byte order mark",
        [CHARSET_HEADER] = "by the header", [CHARSET_PRESCAN] = "by the document",
        [CHARSET_GUESS] = "a guess",        [CHARSET_XML] = "by the XML declaration",
    };
    return texts[source];
}

static void print_directives(const struct directives *directives, struct buf *text, struct buf *out)
{
    const struct {
        bool is_set;
        const char *word;
    } words[] = {
        { directives->noindex, "noindex" },
        { directives->nofollow, "nofollow" },
        { directives->noarchive, "noarchive" },
        { directives->nosnippet, "nosnippet" },
    };
    char when[CLOCK_TEXT_BYTES];
    buf_reset(text);
    for (size_t i = 0; i < sizeof(words) / sizeof(words[0]); i++)
        if (words[i].is_set)
            buf_printf(text, "%s%s", text->length > 0 ? ", " : "", words[i].word);
    if (directives->unavailable_after_ms > 0)
        buf_printf(text, "%sunavailable_after %s", text->length > 0 ? ", " : "",
                   clock_format(when, directives->unavailable_after_ms));
    if (text->length == 0)
        buf_append_string(text, "none");
    line(out, "directives", text);
}

static void print_page(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct page_facts *facts = &fetched->facts;
    size_t followed = 0;
    if (!fetched->has_facts)
        return;
    buf_reset(text);
    buf_printf(text, "%s, read as %.*s",
               fetched->declared[0] ? fetched->declared : "none is declared",
               (int)facts->type.length, facts->type.data);
    if (facts->charset[0])
        buf_printf(text, "; %s, %s", facts->charset, charset_source_text(facts->charset_source));
    line(out, "type", text);
    if (facts->title.length > 0)
        testing_line(out, "title", facts->title);
    for (size_t i = 0; i < facts->link_count; i++)
        followed += link_kind_is_followed(facts->links[i].kind) && !facts->links[i].is_nofollow;
    buf_reset(text);
    buf_printf(text, "%zu, of which %zu may lead to pages%s", facts->link_count, followed,
               facts->is_links_truncated ? " (cut at max_links)" : "");
    line(out, "links", text);
    print_directives(&fetched->directives, text, out);
}

/* ---- What it means */

static void print_outcome(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    buf_reset(text);
    if (fetched->step == SESSION_REPEATS)
        buf_append_string(text, "none: the answer is about who we are, and it is asked again");
    else
        buf_append_string(text, outcome_word(fetched->outcome));
    if (fetched->result.detail[0])
        buf_printf(text, ": %s", fetched->result.detail);
    if (fetched->outcome == OUTCOME_REFUSED_TYPE)
        buf_append_string(text, " (accept_types); the body was left");
    line(out, "outcome", text);
}

static void append_condition(const struct fetched *fetched, struct buf *text)
{
    struct validators validators = fetched->visit->caching.validators;
    if (fetched->outcome == OUTCOME_NOINDEX)
        buf_append_string(text, "; as it may not be in the index, the next request asks for all");
    else if (validators.etag.length > 0)
        buf_printf(text, "; the next request says If-None-Match: %.*s", (int)validators.etag.length,
                   validators.etag.data);
    else if (validators.last_modified.length > 0)
        buf_printf(text, "; the next request says If-Modified-Since: %.*s",
                   (int)validators.last_modified.length, validators.last_modified.data);
    else
        buf_append_string(text, "; nothing to ask on condition with");
}

static void print_cache(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    const struct cache_entry *cache = &fetched->cached.entry;
    int64_t now_ms = fetched->trace.received_ms;
    if (!fetched->has_cached)
        return;
    buf_reset(text);
    if (fetched->cached.is_part)
        buf_append_string(text, "a part: it is never used again");
    else if (fetched->visit->caching.is_no_store)
        buf_append_string(text, "no-store: kept for the index alone, and never used again");
    else if (!cache->is_reusable)
        buf_append_string(text, "not to be used for another request");
    else if (cache->must_validate)
        buf_append_string(text, "no-cache: asked again each time");
    else if (!cache_is_fresh(cache, now_ms))
        buf_append_string(text, "stale at once");
    else {
        buf_append_string(text, "fresh until ");
        phrase_time(text, cache->fresh_until_ms, now_ms);
        buf_append_string(text, cache->is_heuristic ? ", a tenth of its age, as it does not say"
                                                    : ", as its header says");
    }
    if (cache->is_reusable)
        append_condition(fetched, text);
    line(out, "cache", text);
}

static void print_redirect(const struct fetched *fetched, struct buf *text, struct buf *out)
{
    bool is_for_good = fetched->result.status == 301 || fetched->result.status == 308;
    if (fetched->road == ROAD_NONE)
        return;
    buf_reset(text);
    buf_append_string(text, fetched->road == ROAD_REFRESH ? "by its Refresh header, "
                            : is_for_good                 ? "for good, "
                                                          : "for now, ");
    buf_append_string(text, fetched->has_next ? "to " : "nowhere");
    if (fetched->has_next)
        buf_append_string(text, fetched->next.href);
    if (fetched->end.length > 0) {
        buf_append_string(text, ": ");
        buf_append_bytes(text, fetched->end);
    }
    line(out, "redirect", text);
}

void fetched_text(const struct fetched *fetched, bool is_more, int64_t now_ms, struct buf *out)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    testing_line(out, "url", url_bytes(&fetched->url));
    print_kind(fetched, &text, out);
    print_permission(fetched, &text, out);
    print_stored(fetched, now_ms, &text, out);
    print_names(fetched, &text, out);
    if (is_more)
        print_notes(buf_bytes(&fetched->trace.notes), out);
    print_connection(fetched, &text, out);
    print_tls(fetched, out);
    print_head(fetched, out, "> ", buf_bytes(&fetched->trace.sent));
    if (fetched->trace.form.length > 0)
        line(out, "form", &fetched->trace.form);
    print_head(fetched, out, "< ", buf_bytes(&fetched->trace.received));
    print_times(fetched, &text, out);
    print_body(fetched, &text, out);
    print_outcome(fetched, &text, out);
    print_page(fetched, &text, out);
    print_cache(fetched, &text, out);
    print_redirect(fetched, &text, out);
    buf_clear(&text);
}
