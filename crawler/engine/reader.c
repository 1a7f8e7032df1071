/* SPDX-License-Identifier: MIT */
#include "crawler/engine/reader.h"

#include <assert.h>
#include <pthread.h>
#include <stdlib.h>

#include "base/memory.h"
#include "base/site.h"
#include "crawler/engine/crawl.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/messages.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/referrer.h"
#include "crawler/parse/page_facts.h"
#include "robots/directives.h"
#include "robots/robots.h"
#include "store/coding.h"
#include "store/origins.h"
#include "store/page.h"

enum {
    SEEN_SLOTS_LEAST = 64,
    SITEMAPS_MOST = 1000, /* Lines of one robots.txt that are looked at. */
};

/* Fingerprints of the links met on one page; 0 is a free slot. */
struct seen_links {
    uint64_t *slots;
    size_t mask;
};

struct reader {
    struct crawl *crawl;
    struct page_parser *parser;
    struct buf decoded;
    struct buf links; /* Packed for the record. */
    struct seen_links seen;
    struct scope_version *scope; /* Held during one page. */
};

struct reader *reader_new(struct crawl *crawl)
{
    struct reader *reader = xcalloc(1, sizeof(*reader));
    reader->crawl = crawl;
    reader->parser = page_parser_new();
    buf_init(&reader->decoded, BUF_UNBOUNDED);
    buf_init(&reader->links, BUF_UNBOUNDED);
    return reader;
}

void reader_free(struct reader *reader)
{
    if (!reader)
        return;
    page_parser_free(reader->parser);
    buf_clear(&reader->decoded);
    buf_clear(&reader->links);
    free(reader->seen.slots);
    free(reader);
}

/* ---- Which links were met on this page */

static void seen_reset(struct seen_links *seen, size_t link_count)
{
    size_t slots = SEEN_SLOTS_LEAST;
    while (slots < 2 * link_count)
        slots *= 2;
    if (slots != seen->mask + 1 || !seen->slots) {
        free(seen->slots);
        seen->slots = xcalloc(slots, sizeof(uint64_t));
        seen->mask = slots - 1;
    } else {
        memset(seen->slots, 0, slots * sizeof(uint64_t));
    }
}

/* True where it was not met before. The table is at most half full. */
static bool seen_add(struct seen_links *seen, uint64_t fingerprint)
{
    uint64_t wanted = fingerprint ? fingerprint : 1;
    size_t slot = wanted & seen->mask;
    while (seen->slots[slot] != 0) {
        if (seen->slots[slot] == wanted)
            return false;
        slot = (slot + 1) & seen->mask;
    }
    seen->slots[slot] = wanted;
    return true;
}

/* ---- Links */

/* A link as it is known: canonical, by the standard and by the rules of its host. */
static enum url_error read_link(const struct reader *reader, struct url *url, char *storage,
                                size_t storage_size, struct bytes text, const struct url *base)
{
    enum url_error error = url_parse_link(url, storage, storage_size, text, base);
    if (!error)
        url_apply_rules(url, storage, storage_size,
                        config_url_rules(reader->crawl->config, url_host(url)));
    return error;
}

/* Where a page's links lead from, and what is collected of them. */
struct link_walk {
    struct reader *reader;
    struct visit *visit;
    const struct url *page;
    const struct url *base; /* Of its elements; its header fields know only the page. */
    bool is_nofollow;
    uint16_t depth; /* Of what is found. */
    size_t capacity;
};

/* A target is a hop further than the page; a chain that is too long ends here. */
static bool has_hop_left(const struct reader *reader, const struct visit *visit,
                         const struct url *page)
{
    return visit->task->hops <
           config_host_settings(reader->crawl->config, url_host(page))->max_redirects;
}

static struct discovery discovery_of(const struct link_walk *walk, const struct url *url,
                                     enum found_as found, uint8_t priority)
{
    struct discovery discovery = { .found = (uint8_t)found,
                                   .priority = priority,
                                   .depth = walk->depth,
                                   .is_cross_host = !url_same_host(url, walk->page) };
    discovery.is_entrance =
        discovery.is_cross_host && bytes_equal(url_path_query(url), BYTES("/")) &&
        !bytes_equal(site_of_host(url_host(url)), site_of_host(url_host(walk->page)));
    return discovery;
}

static void add_found(struct link_walk *walk, const struct url *url, uint64_t fingerprint,
                      enum found_as found, uint8_t priority)
{
    struct visit *visit = walk->visit;
    const struct scope *scope = scope_version_scope(walk->reader->scope);
    if (!frontier_may_be_new(walk->reader->crawl->frontier, fingerprint) ||
        !scope_has(scope, url, walk->depth, NULL))
        return;
    if (visit->found_count == walk->capacity) {
        size_t capacity = walk->capacity ? 2 * walk->capacity : 32;
        struct found_url *grown = arena_alloc(&visit->arena, capacity * sizeof(*grown));
        if (visit->found_count > 0)
            memcpy(grown, visit->found, visit->found_count * sizeof(*grown));
        visit->found = grown;
        walk->capacity = capacity;
    }
    struct discovery discovery = discovery_of(walk, url, found, priority);
    visit->found[visit->found_count++] = (struct found_url){
        .url = arena_copy(&visit->arena, url_bytes(url)),
        .fingerprint = fingerprint,
        .depth = walk->depth,
        .found = (uint8_t)found,
        .url_class = url_class(&discovery),
    };
    /* Whoever linked to a redirect leads to its target, too. */
    if (found == FOUND_REDIRECT) {
        visit->found[visit->found_count - 1].hops = (uint8_t)(visit->task->hops + 1);
        visit->found[visit->found_count - 1].referrer = visit->task->referrer;
    }
}

/* A Refresh header sends a browser on as a redirect does, and so whole chains can be built: it
 * counts as a hop. The page that it came with is one all the same. */
static void follow_refresh(struct link_walk *walk, const struct url *url, uint64_t fingerprint)
{
    uint16_t depth = walk->depth;
    if (bytes_equal(url_bytes(url), url_bytes(walk->page)) ||
        !has_hop_left(walk->reader, walk->visit, walk->page))
        return;
    walk->depth = walk->visit->task->depth;
    add_found(walk, url, fingerprint, FOUND_REDIRECT, 0);
    walk->depth = depth;
}

static enum found_as found_by(uint8_t kind)
{
    return kind == LINK_SITEMAP        ? FOUND_SITEMAP
           : kind == LINK_SITEMAP_PART ? FOUND_SITEMAP_PART
                                       : FOUND_LINK;
}

static void walk_link(struct link_walk *walk, const struct raw_link *link)
{
    struct reader *reader = walk->reader;
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    if (read_link(reader, &url, storage, reader->crawl->settings->max_url_bytes + 1, link->text,
                  link->is_from_header ? walk->page : walk->base) != URL_ERROR_NONE)
        return;
    uint64_t fingerprint = frontier_fingerprint(reader->crawl->frontier, url_bytes(&url));
    bool is_followed =
        link_kind_is_followed(link->kind) && !link->is_nofollow && !walk->is_nofollow;
    /* A picture, or a link not to be followed, does not stand in the way of one to the same URL
     * that is. */
    if (!seen_add(&reader->seen, is_followed ? fingerprint : ~fingerprint))
        return;
    struct stored_link stored = { url_bytes(&url), link->kind, link->is_nofollow };
    links_pack(&reader->links, &stored);
    walk->visit->link_count++;
    if (is_followed && link->kind == LINK_REFRESH && link->is_from_header)
        follow_refresh(walk, &url, fingerprint);
    else if (is_followed)
        add_found(walk, &url, fingerprint, found_by(link->kind), link->priority);
}

/* The document's base URL: HTML's base element against the page's own. */
static void find_base(const struct page_facts *facts, const struct url *page, struct url *base,
                      char *storage, size_t storage_size)
{
    if (facts->base.length == 0 ||
        url_parse(base, storage, storage_size, facts->base, page) != URL_ERROR_NONE)
        *base = *page;
}

static void walk_links(struct reader *reader, struct visit *visit, const struct page_facts *facts,
                       const struct url *page, const struct url *base,
                       const struct directives *directives)
{
    struct link_walk walk = {
        .reader = reader,
        .visit = visit,
        .page = page,
        .base = base,
        .is_nofollow = directives->nofollow,
        .depth = (uint16_t)(visit->task->depth < UINT16_MAX ? visit->task->depth + 1 : UINT16_MAX),
    };
    buf_reset(&reader->links);
    seen_reset(&reader->seen, facts->link_count);
    for (size_t i = 0; i < facts->link_count; i++)
        walk_link(&walk, &facts->links[i]);
}

/* ---- The page */

static struct directives find_directives(const struct page_facts *facts, struct bytes headers,
                                         struct bytes product_token)
{
    struct directives directives = { 0 };
    for (size_t i = 0; i < facts->meta_count; i++)
        directives_from_meta(&directives, facts->metas[i].name, facts->metas[i].content,
                             product_token);
    exchange_header_directives(&directives, headers, product_token);
    return directives;
}

/* A list of URLs for crawlers is nothing to search for. */
static bool is_sitemap(const struct page_facts *facts)
{
    size_t i = 0;
    while (i < facts->link_count && facts->links[i].kind != LINK_SITEMAP &&
           facts->links[i].kind != LINK_SITEMAP_PART)
        i++;
    return i < facts->link_count;
}

/* The first; empty where it is no URL that is crawled. */
static struct bytes find_canonical(const struct reader *reader, struct visit *visit,
                                   const struct page_facts *facts, const struct url *page,
                                   const struct url *base)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    size_t i = 0;
    while (i < facts->link_count && facts->links[i].kind != LINK_CANONICAL)
        i++;
    if (i == facts->link_count ||
        read_link(reader, &url, storage, sizeof(storage), facts->links[i].text,
                  facts->links[i].is_from_header ? page : base) != URL_ERROR_NONE)
        return (struct bytes){ 0 };
    return arena_copy(&visit->arena, url_bytes(&url));
}

/* What the page says comes after what came before it: HTML, 4.2.5.1. */
static enum referrer_policy find_referrer_policy(const struct visit *visit,
                                                 const struct page_facts *facts)
{
    enum referrer_policy said = referrer_policy_from_meta(facts->referrer);
    return said ? said : referrer_policy_from_headers(buf_bytes(&visit->result.headers));
}

static uint32_t page_flags(const struct visit *visit, const struct page_facts *facts,
                           const struct directives *directives, enum coding_result decoding)
{
    uint32_t flags = 0;
    if (visit->outcome == OUTCOME_TRUNCATED || visit->result.end == TRANSFER_BODY_TOO_LARGE ||
        decoding == CODING_TOO_LARGE || decoding == CODING_TRUNCATED)
        flags |= PAGE_BODY_TRUNCATED;
    if (facts->is_text_truncated)
        flags |= PAGE_TEXT_TRUNCATED;
    if (facts->is_links_truncated)
        flags |= PAGE_LINKS_TRUNCATED;
    if (visit->is_noindex)
        flags |= PAGE_NOINDEX;
    if (visit->identity != 0)
        flags |= PAGE_PRIVATE;
    if (directives->nofollow)
        flags |= PAGE_NOFOLLOW;
    if (directives->noarchive)
        flags |= PAGE_NOARCHIVE;
    if (directives->nosnippet)
        flags |= PAGE_NOSNIPPET;
    for (size_t i = 0; i < facts->link_count; i++)
        if (facts->links[i].is_from_header)
            flags |= PAGE_FIELD_LINKS;
    return flags | (uint32_t)find_referrer_policy(visit, facts) << PAGE_REFERRER_SHIFT;
}

/* Keeps the body in its wire coding; what came bare is compressed, so that nothing is compressed
 * twice. */
static void keep_body(struct visit *visit, struct page *page, bool is_wanted)
{
    struct bytes body = buf_bytes(&visit->result.body);
    page->wire_bytes = body.length;
    if (!is_wanted) {
        page->coding = (struct bytes){ 0 };
        return;
    }
    if (page->coding.length > 0) {
        visit->body = visit->result.body;
        buf_init(&visit->result.body, BUF_UNBOUNDED);
        return;
    }
    coding_compress(body, &visit->body);
    buf_clear(&visit->result.body);
    page->coding = BYTES("zstd");
    page->is_coded_by_us = true;
}

/* What a body that is kept gives at any time need not be in the record. */
static void leave_text_to_body(struct page *page, const struct visit *visit)
{
    if (visit->body.length == 0 || page->text.length == 0)
        return;
    page->text = (struct bytes){ 0 };
    page->flags |= PAGE_TEXT_IN_BODY;
}

static void make_record(struct reader *reader, struct visit *visit, const struct page_facts *facts,
                        const struct directives *directives, enum coding_result decoding,
                        const struct settings *settings)
{
    struct bytes headers = buf_bytes(&visit->result.headers);
    struct bytes coding = header_get(headers, BYTES("content-encoding"));
    struct page page = {
        .url = visit->task->url,
        .status = visit->status,
        .flags = page_flags(visit, facts, directives, decoding),
        .fetched_at_ms = visit->fetched_at_ms,
        .http_version = visit->result.http_version,
        .headers = headers,
        .trailers = buf_bytes(&visit->result.trailers),
        .content_type = facts->type,
        .charset = bytes_from_string(facts->charset),
        .lang = facts->lang.length ? facts->lang : header_get(headers, BYTES("content-language")),
        .title = facts->title,
        .description = facts->description,
        .keywords = facts->keywords,
        .canonical = visit->canonical,
        .text = facts->text,
        .links = buf_bytes(&reader->links),
        .etag = header_get(headers, BYTES("etag")),
        .last_modified = header_get(headers, BYTES("last-modified")),
        .coding = bytes_equal_nocase(coding, BYTES("identity")) ? (struct bytes){ 0 } : coding,
        .length = reader->decoded.length,
        .depth = visit->task->depth,
        .referrer = visit->task->referrer,
        .proxy = visit->proxy,
    };
    visit->page_flags = page.flags;
    memcpy(page.digest, visit->digest, sizeof(page.digest));
    keep_body(visit, &page, settings->keep_bodies);
    leave_text_to_body(&page, visit);
    page_encode(&page, &visit->page_record);
}

/* A packed sitemap is unpacked, and its type is that of what was in it. */
static enum coding_result unpack_sitemap(struct reader *reader, const struct coding_limits *limits)
{
    struct buf packed = reader->decoded;
    buf_init(&reader->decoded, BUF_UNBOUNDED);
    enum coding_result result =
        coding_decode(BYTES("gzip"), buf_bytes(&packed), &reader->decoded, limits);
    buf_clear(&packed);
    return result;
}

/* What the header called by its name was judged by that; not what it did not name, or called text
 * and is none. */
static bool is_type_wanted(const struct settings *settings, const char *essence, struct bytes type)
{
    return type_is_accepted(&settings->accept_types, type) ||
           (essence[0] && !bytes_equal(type, BYTES("application/octet-stream"))) ||
           bytes_equal(type, bytes_from_string(essence));
}

static void read_page(struct reader *reader, struct visit *visit, const struct url *url,
                      const struct settings *settings)
{
    struct bytes headers = buf_bytes(&visit->result.headers);
    struct coding_limits limits = exchange_coding_limits(exchange_body_most(settings, visit->task));
    enum coding_result decoding =
        coding_decode(header_get(headers, BYTES("content-encoding")),
                      buf_bytes(&visit->result.body), &reader->decoded, &limits);
    bool is_packed = exchange_may_be_sitemap(visit->task) &&
                     bytes_start_with(buf_bytes(&reader->decoded), BYTES("\x1f\x8b"));
    if (is_packed)
        decoding = unpack_sitemap(reader, &limits);
    if (decoding == CODING_BAD || decoding == CODING_UNKNOWN) {
        visit->outcome = OUTCOME_FAILED_PROTOCOL;
        visit->reason = BYTES("the content coding cannot be decoded");
        return;
    }
    char essence[128] = "";
    struct page_facts facts;
    struct page_input input = {
        .body = buf_bytes(&reader->decoded),
        .headers = headers,
        .limits = exchange_page_limits(reader->crawl->settings),
        .is_sitemap = exchange_is_sitemap(visit->task),
    };
    if (!is_packed)
        exchange_read_type(&input, essence);
    page_parse(reader->parser, &input, &facts);
    if (!is_type_wanted(settings, essence, facts.type)) {
        visit->outcome = OUTCOME_REFUSED_TYPE;
        visit->reason = arena_copy(&visit->arena, facts.type);
        page_facts_clear(&facts);
        return;
    }
    struct directives directives = { 0 };
    if (settings->robots == ROBOTS_OBEY)
        directives = find_directives(&facts, headers,
                                     exchange_product_token(reader->crawl->config, settings));
    visit->is_sitemap = is_sitemap(&facts);
    visit->is_noindex =
        visit->is_sitemap || directives_forbid_index(&directives, visit->fetched_at_ms);
    visit->unavailable_after_ms = directives.unavailable_after_ms;
    struct url base;
    char storage[URL_BYTES_MAX + 1];
    find_base(&facts, url, &base, storage, sizeof(storage));
    walk_links(reader, visit, &facts, url, &base, &directives);
    visit->canonical = find_canonical(reader, visit, &facts, url, &base);
    sha256(buf_bytes(&reader->decoded), visit->digest);
    make_record(reader, visit, &facts, &directives, decoding, settings);
    page_facts_clear(&facts);
}

/* A redirect has one link: its target, a hop further from where the chain began. */
static void read_redirect(struct reader *reader, struct visit *visit, const struct url *url)
{
    struct url target;
    char storage[URL_BYTES_MAX + 1];
    struct bytes location = header_get(buf_bytes(&visit->result.headers), BYTES("location"));
    if (read_link(reader, &target, storage, sizeof(storage), location, url) != URL_ERROR_NONE) {
        visit->outcome = OUTCOME_REDIRECT_NOWHERE;
        visit->reason = (struct bytes){ 0 };
        return;
    }
    visit->reason = arena_copy(&visit->arena, url_bytes(&target));
    if (bytes_equal(url_bytes(&target), url_bytes(url)) || !has_hop_left(reader, visit, url)) {
        visit->outcome = OUTCOME_REDIRECT_LOOP;
        return;
    }
    struct link_walk walk = {
        .reader = reader,
        .visit = visit,
        .page = url,
        .depth = visit->task->depth,
    };
    add_found(&walk, &target, frontier_fingerprint(reader->crawl->frontier, url_bytes(&target)),
              FOUND_REDIRECT, LINK_PRIORITY);
}

/* What the robots.txt of an origin says of sitemaps, as it is to be kept. */
static void read_sitemaps(struct reader *reader, struct visit *visit)
{
    struct url origin, url;
    struct origin_record record;
    char origin_storage[URL_BYTES_MAX + 1], storage[URL_BYTES_MAX + 1];
    if (url_parse(&origin, origin_storage, sizeof(origin_storage), visit->origin, NULL) !=
            URL_ERROR_NONE ||
        !origin_decode(&record, buf_bytes(&visit->origin_record)))
        return;
    /* Whoever is asked links to them from the root of its site. */
    struct link_walk walk = { .reader = reader, .visit = visit, .page = &origin, .depth = 1 };
    /* Sitemap lines are no robot's own. */
    struct robots *robots = robots_new(record.body, BYTES("*"));
    for (size_t i = 0; i < robots_sitemap_count(robots) && i < SITEMAPS_MOST; i++)
        if (read_link(reader, &url, storage, reader->crawl->settings->max_url_bytes + 1,
                      robots_sitemap(robots, i), &origin) == URL_ERROR_NONE)
            add_found(&walk, &url, frontier_fingerprint(reader->crawl->frontier, url_bytes(&url)),
                      FOUND_ROBOTS, LINK_PRIORITY);
    robots_free(robots);
}

static void read_answer(struct reader *reader, struct visit *visit)
{
    struct url url;
    bool is_url = url_split(&url, visit->task->url);
    assert(is_url);
    (void)is_url;
    if (visit->outcome != OUTCOME_REDIRECT)
        read_page(reader, visit, &url, config_host_settings(reader->crawl->config, url_host(&url)));
    else
        read_redirect(reader, visit, &url);
}

void reader_read(struct reader *reader, struct visit *visit)
{
    reader->scope = shared_scope_hold(&reader->crawl->scope);
    if (visit->task)
        read_answer(reader, visit);
    else
        read_sitemaps(reader, visit);
    shared_scope_let_go(&reader->crawl->scope, reader->scope);
    reader->scope = NULL;
}

/* ---- The threads */

struct readers {
    struct crawl *crawl;
    size_t count;
    pthread_t *threads;
};

bool reader_turn(struct reader *reader)
{
    struct message *message = channel_take(&reader->crawl->to_readers);
    if (!message)
        return false;
    reader_read(reader, (struct visit *)message);
    crawl_send_visit(reader->crawl, (struct visit *)message);
    return true;
}

static void *reader_run(void *argument)
{
    struct reader *reader = reader_new(argument);
    pthread_setname_np(pthread_self(), "forage-read");
    memory_in_large_pages();
    while (reader_turn(reader))
        continue;
    reader_free(reader);
    return NULL;
}

struct readers *readers_start(struct crawl *crawl, size_t count)
{
    struct readers *readers = xcalloc(1, sizeof(*readers));
    readers->crawl = crawl;
    readers->count = count;
    readers->threads = xcalloc(count, sizeof(*readers->threads));
    for (size_t i = 0; i < count; i++) {
        int error = pthread_create(&readers->threads[i], NULL, reader_run, crawl);
        assert(error == 0);
        (void)error;
    }
    return readers;
}

void readers_stop(struct readers *readers)
{
    channel_close(&readers->crawl->to_readers);
    for (size_t i = 0; i < readers->count; i++)
        pthread_join(readers->threads[i], NULL);
    free(readers->threads);
    free(readers);
}
