/* SPDX-License-Identifier: MIT
 *
 * What the world consists of: hosts, their names, pages and links.
 */
#include "tests/politeness/world.h"

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "tests/politeness/chance.h"

enum {
    PAGES_LEAST = 3,
    PAGES_MOST = 1500,
    BRANCHES = 4,      /* Links from a page to pages of its host that only it links to. */
    NEIGHBOURS = 2,    /* And to those behind it. */
    HOST_BRANCHES = 3, /* The same among hosts; each has as many parents. */
};

/* What a chance is drawn for: see chance(). */
enum about {
    ABOUT_PAGES = 1,
    ABOUT_ROBOTS,
    ABOUT_PRESENCE,
    ABOUT_HTTPS,
    ABOUT_ORIGINS,
    ABOUT_POLICY,
    ABOUT_ANSWER,
    ABOUT_PARENT,
    ABOUT_LINKS = 1 << 20, /* And the number of the host. */
};

static uint64_t draw(const struct world *world, uint64_t about, uint64_t which)
{
    return chance(world->seed, about, which);
}

/* ---- Making hosts */

static enum robots_kind draw_robots(uint64_t bits)
{
    static const struct {
        enum robots_kind kind;
        unsigned share; /* Of 100. */
    } kinds[] = {
        { WORLD_ROBOTS_NONE, 28 },  { WORLD_ROBOTS_EMPTY, 16 },    { WORLD_ROBOTS_RULES, 20 },
        { WORLD_ROBOTS_DELAY, 8 },  { WORLD_ROBOTS_OWN_GROUP, 6 }, { WORLD_ROBOTS_FAILING, 3 },
        { WORLD_ROBOTS_SLOW, 3 },   { WORLD_ROBOTS_MOVED, 3 },     { WORLD_ROBOTS_ELSEWHERE, 2 },
        { WORLD_ROBOTS_CLOSED, 2 }, { WORLD_ROBOTS_TURNING, 3 },   { WORLD_ROBOTS_SHORT, 3 },
        { WORLD_ROBOTS_MUTE, 1 },   { WORLD_ROBOTS_BUSY, 2 },
    };
    uint64_t left = chance_below(bits, 100);
    size_t i = 0;
    while (left >= kinds[i].share)
        left -= kinds[i++].share;
    return kinds[i].kind;
}

static void draw_policy(struct world_host *host, uint64_t bits)
{
    static const struct world_policy policies[] = {
        { 500, 1, 1 },  { 3000, 1, 1 }, { 1000, 1, 2 }, { 200, 0, 4 },
        { 1000, 3, 1 }, { 50, 1, 1 },   { 2000, 2, 3 },
    };
    host->has_own_policy = chance_below(bits, 100) < 4;
    if (host->has_own_policy)
        host->policy = policies[chance_below(bits / 100, sizeof(policies) / sizeof(policies[0]))];
}

/* Squared, so that few hosts are large. */
static double draw_size(const struct world *world, uint32_t number)
{
    double size = chance_long_tailed(draw(world, ABOUT_PAGES, number), 1);
    return world->is_calm ? 1 : size * size;
}

/* pages_of_size: what a host of size 1 has beyond the least. */
static void make_host(const struct world *world, uint32_t number, double pages_of_size)
{
    struct world_host *host = &world->hosts[number];
    uint64_t place = chance_below(draw(world, ABOUT_PRESENCE, number), 1000);
    double pages = PAGES_LEAST + draw_size(world, number) * pages_of_size;
    host->policy = (struct world_policy){ 1000, 1, 1 };
    host->answer_us = 100000;
    host->pages = pages < PAGES_MOST ? (uint32_t)pages : PAGES_MOST;
    if (world->is_calm)
        return;
    host->robots = draw_robots(draw(world, ABOUT_ROBOTS, number));
    /* The first ones are there, so that the crawl begins. */
    host->presence = number < 20  ? PRESENCE_THERE
                     : place < 8  ? PRESENCE_NAMELESS
                     : place < 12 ? PRESENCE_REFUSING
                                  : PRESENCE_THERE;
    host->is_https = chance_below(draw(world, ABOUT_HTTPS, number), 10) == 0;
    host->has_two_origins = chance_below(draw(world, ABOUT_ORIGINS, number), 20) == 0;
    draw_policy(host, draw(world, ABOUT_POLICY, number));
    uint64_t bits = draw(world, ABOUT_ANSWER, number);
    bool is_slow = chance_below(bits, 50) == 0;
    host->answer_us = (int64_t)(is_slow ? 1500000 + chance_below(bits, 3000000)
                                        : 15000 + chance_below(bits, 250000));
}

static void link_host(struct world *world, uint32_t from, uint32_t to)
{
    struct world_host *host = &world->hosts[from];
    host->linked = xreallocarray(host->linked, host->linked_count + 1, sizeof(*host->linked));
    host->linked[host->linked_count++] = to;
}

static void link_hosts(struct world *world)
{
    for (uint32_t number = 1; number < world->host_count; number++) {
        link_host(world, (number - 1) / HOST_BRANCHES, number);
        for (uint32_t i = 1; i < HOST_BRANCHES; i++) {
            uint64_t bits = draw(world, ABOUT_PARENT + i, number);
            link_host(world, (uint32_t)chance_below(bits, number), number);
        }
    }
}

void world_init(struct world *world, uint64_t seed, uint32_t hosts, uint64_t pages, bool is_calm,
                int64_t begins_ms)
{
    *world = (struct world){
        .seed = seed,
        .is_calm = is_calm,
        .begins_ms = begins_ms,
        .host_count = hosts,
    };
    world->hosts = xcalloc(hosts, sizeof(*world->hosts));
    double sizes = 0;
    for (uint32_t i = 0; i < hosts; i++)
        sizes += draw_size(world, i);
    for (uint32_t i = 0; i < hosts; i++) {
        make_host(world, i, ((double)pages - PAGES_LEAST * (double)hosts) / sizes);
        world->hosts[i].first_page = world->page_count;
        world->page_count += world->hosts[i].pages;
    }
    link_hosts(world);
}

void world_clear(struct world *world)
{
    for (uint32_t i = 0; i < world->host_count; i++)
        free(world->hosts[i].linked);
    free(world->hosts);
    *world = (struct world){ 0 };
}

/* ---- Names and URLs */

/* Some hosts are of one site: h40.test and w43.h40.test. */
void world_append_name(const struct world *world, uint32_t host, struct buf *out)
{
    (void)world;
    if (host % 10 == 3)
        buf_printf(out, "w%u.h%u.test", host, host - 3);
    else
        buf_printf(out, "h%u.test", host);
}

bool world_find_host(const struct world *world, struct bytes name, uint32_t *host)
{
    size_t end = 1;
    uint64_t number;
    while (end < name.length && ascii_is_digit(name.data[end]))
        end++;
    if (!bytes_to_u64(bytes_slice(name, 1, end), world->host_count - 1, &number))
        return false;
    struct buf whole;
    buf_init(&whole, BUF_UNBOUNDED);
    *host = (uint32_t)number;
    world_append_name(world, *host, &whole);
    bool is_same = bytes_equal(buf_bytes(&whole), name);
    buf_clear(&whole);
    return is_same;
}

void world_append_origin(const struct world *world, uint32_t host, bool is_second, struct buf *out)
{
    buf_append_string(out, world->hosts[host].is_https && !is_second ? "https://" : "http://");
    world_append_name(world, host, out);
    if (is_second)
        buf_append_string(out, ":8080");
}

void world_append_page_url(const struct world *world, uint32_t host, uint32_t page, struct buf *out)
{
    bool is_second = world->hosts[host].has_two_origins && page % 4 == 3;
    world_append_origin(world, host, is_second, out);
    if (page == 0)
        buf_append_char(out, '/');
    else
        buf_printf(out, "/d%u/p%u", page % 7, page);
}

bool world_find_page(const struct world *world, uint32_t host, struct bytes path, uint32_t *page)
{
    uint64_t number;
    *page = 0;
    if (bytes_equal(path, BYTES("/")))
        return true;
    if (path.length < 6 || !bytes_start_with(path, BYTES("/d")) || path.data[4] != 'p' ||
        !bytes_to_u64(bytes_slice(path, 5, path.length), world->hosts[host].pages - 1, &number))
        return false;
    *page = (uint32_t)number;
    return number > 0 && path.data[2] == (char)('0' + number % 7);
}

struct walk {
    const struct world *world;
    struct buf url;
    void (*each)(void *owner, const char *url);
    void *owner;
};

static void walk_page(struct walk *walk, uint32_t host, uint64_t page)
{
    if (page >= walk->world->hosts[host].pages)
        return;
    buf_reset(&walk->url);
    world_append_page_url(walk->world, host, (uint32_t)page, &walk->url);
    walk->each(walk->owner, walk->url.data);
}

/* A path that is no page. */
static void walk_other(struct walk *walk, uint32_t host, const char *format, uint32_t number)
{
    buf_reset(&walk->url);
    world_append_origin(walk->world, host, false, &walk->url);
    buf_printf(&walk->url, "/%s%u", format, number);
    walk->each(walk->owner, walk->url.data);
}

void world_walk_links(const struct world *world, uint32_t host, uint32_t page,
                      void (*each)(void *owner, const char *url), void *owner)
{
    struct walk walk = { .world = world, .each = each, .owner = owner };
    uint64_t bits = draw(world, ABOUT_LINKS + host, page);
    buf_init(&walk.url, BUF_UNBOUNDED);
    for (uint64_t i = 1; i <= BRANCHES; i++)
        walk_page(&walk, host, BRANCHES * (uint64_t)page + i);
    for (uint32_t i = 1; i <= NEIGHBOURS; i++)
        walk_page(&walk, host, (uint64_t)page + i);
    for (size_t i = 0; page == 0 && i < world->hosts[host].linked_count; i++)
        walk_page(&walk, world->hosts[host].linked[i], 0);
    if (!world->is_calm && chance_below(bits, 40) == 0)
        walk_other(&walk, host, "missing-", page);
    if (!world->is_calm && chance_below(bits / 40, 40) == 0)
        walk_other(&walk, host, "image-", page);
    if (!world->is_calm && chance_below(bits / 1600, 20) == 0) {
        uint32_t other = (uint32_t)chance_below(bits / 32000, world->host_count);
        walk_page(&walk, other, chance_below(bits / 64, world->hosts[other].pages));
    }
    buf_clear(&walk.url);
}

/* ---- For the crawler */

void world_write_policies(const struct world *world, FILE *conf)
{
    struct buf name;
    buf_init(&name, BUF_UNBOUNDED);
    for (uint32_t i = 0; i < world->host_count; i++) {
        const struct world_host *host = &world->hosts[i];
        if (!host->has_own_policy)
            continue;
        buf_reset(&name);
        world_append_name(world, i, &name);
        fprintf(conf, "[host \"%s\"]\ndelay = %dms\ndelay_factor = %d\nconnections = %d\n",
                name.data, (int)host->policy.delay_ms, host->policy.delay_factor,
                host->policy.connections);
    }
    buf_clear(&name);
}
