/* SPDX-License-Identifier: MIT
 *
 * What the world says: to a question for a name, to who connects, and to a request. All by chance
 * of the seed and the time.
 */
#include "tests/politeness/world.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/clock.h"
#include "tests/politeness/chance.h"

#define MINUTE_MS INT64_C(60000)
#define HOUR_MS   (60 * MINUTE_MS)

enum about {
    ABOUT_HOUR = 1000,
    ABOUT_MOOD,
    ABOUT_SITE,
    ABOUT_MOVE,
    ABOUT_PAGE,
    ABOUT_TURN,
    ABOUT_TIME = 1 << 21, /* And the number of the host. */
};

static uint64_t draw(const struct world *world, uint64_t about, uint64_t which)
{
    return chance(world->seed, about, which);
}

/* One more chance out of another. */
static uint64_t next_bits(uint64_t *bits)
{
    *bits = chance_mix(*bits + UINT64_C(0x9e3779b97f4a7c15));
    return *bits;
}

/* ---- Moods: what a host does for a while */

enum mood { MOOD_FINE, MOOD_BUSY, MOOD_REFUSING, MOOD_MUTE, MOOD_BROKEN, MOOD_SLOW, MOOD_NAMELESS };

static enum mood mood_of(const struct world *world, uint32_t host, int64_t now_ms)
{
    static const struct {
        enum mood mood;
        unsigned share; /* Of 2,000 times of so many minutes. */
    } moods[] = {
        { MOOD_BUSY, 8 },   { MOOD_REFUSING, 5 }, { MOOD_MUTE, 2 },
        { MOOD_BROKEN, 5 }, { MOOD_SLOW, 20 },    { MOOD_NAMELESS, 3 },
    };
    if (world->is_calm)
        return MOOD_FINE;
    uint64_t span = (uint64_t)(now_ms / (20 * MINUTE_MS));
    uint64_t left = chance_below(draw(world, ABOUT_MOOD, span * world->host_count + host), 2000);
    for (size_t i = 0; i < sizeof(moods) / sizeof(moods[0]); i++) {
        if (left < moods[i].share)
            return moods[i].mood;
        left -= moods[i].share;
    }
    return MOOD_FINE;
}

static bool is_bad_hour(const struct world *world, uint32_t host, int64_t now_ms)
{
    uint64_t hour = (uint64_t)(now_ms / HOUR_MS);
    return chance_below(draw(world, ABOUT_HOUR, hour * world->host_count + host), 3) == 0;
}

/* ---- Names */

static void add_ipv4(struct resolved *resolved, unsigned first, unsigned number)
{
    struct address *address = &resolved->addresses[resolved->count++];
    *address = (struct address){ .ip = { [10] = 0xff, [11] = 0xff } };
    address->ip[12] = (unsigned char)first;
    address->ip[13] = (unsigned char)(number >> 16);
    address->ip[14] = (unsigned char)(number >> 8);
    address->ip[15] = (unsigned char)number;
}

/* Somebody's network, and a machine in it. */
static void add_ipv6(struct resolved *resolved, unsigned network, unsigned number)
{
    struct address *address = &resolved->addresses[resolved->count++];
    *address = (struct address){ .ip = { 0x2a, 0x01 } };
    address->ip[6] = (unsigned char)(network >> 8);
    address->ip[7] = (unsigned char)network;
    address->ip[13] = (unsigned char)(number >> 16);
    address->ip[14] = (unsigned char)(number >> 8);
    address->ip[15] = (unsigned char)number;
}

void world_resolve(const struct world *world, uint32_t host, int64_t now_ms,
                   struct resolved *resolved)
{
    *resolved = (struct resolved){ .count = 0 };
    if (world->hosts[host].presence == PRESENCE_NAMELESS ||
        mood_of(world, host, now_ms) == MOOD_NAMELESS) {
        snprintf(resolved->error, sizeof(resolved->error), "no such name");
        return;
    }
    uint64_t bits = draw(world, ABOUT_SITE, host);
    unsigned kind = world->is_calm ? 0 : (unsigned)chance_below(bits, 100);
    /* Some move now and then. */
    unsigned moves = chance_below(bits / 100, 50) == 0 ? (unsigned)(now_ms / (6 * HOUR_MS)) % 8 : 0;
    unsigned shared = (unsigned)chance_below(bits / 5000 + moves, world->host_count / 25 + 1);
    unsigned network = (unsigned)chance_below(bits / 5000, world->host_count / 50 + 1);
    if (kind < 55)
        add_ipv4(resolved, 20, host + moves * world->host_count);
    else if (kind < 85)
        add_ipv4(resolved, 30, shared);
    else if (kind < 95)
        add_ipv6(resolved, network, host);
    if (kind >= 95) {
        add_ipv4(resolved, kind < 97 ? 30 : 40, kind < 97 ? shared : host);
        add_ipv6(resolved, network, host);
    }
}

enum connecting world_connect(const struct world *world, uint32_t host,
                              const struct address *address, int64_t now_ms)
{
    /* 40.x.y.z is dead, and whoever has it has another address beside. */
    if (address_is_ipv4(address) && address->ip[12] == 40)
        return host % 2 ? CONNECTING_REFUSED : CONNECTING_SILENT;
    if (world->hosts[host].presence == PRESENCE_REFUSING)
        return CONNECTING_REFUSED;
    enum mood mood = mood_of(world, host, now_ms);
    if (mood == MOOD_REFUSING)
        return host % 4 ? CONNECTING_REFUSED : CONNECTING_SILENT;
    return CONNECTING_WORKS;
}

/* ---- Replies */

void reply_init(struct reply *reply)
{
    *reply = (struct reply){ .status = 200 };
    buf_init(&reply->fields, BUF_UNBOUNDED);
    buf_init(&reply->body, BUF_UNBOUNDED);
}

void reply_clear(struct reply *reply)
{
    buf_clear(&reply->fields);
    buf_clear(&reply->body);
}

static void set_status(struct reply *reply, uint16_t status, const char *words)
{
    reply->status = status;
    buf_reset(&reply->body);
    buf_append_string(&reply->body, words);
}

/* In one of its forms, or not at all, or so that it cannot be read. */
static void add_retry_after(struct reply *reply, uint64_t bits, int64_t now_us)
{
    int64_t rest_s = (int64_t)chance_below(bits / 16, chance_below(bits, 8) ? 120 : 5000);
    switch (chance_below(bits, 16) / 2) {
    case 0:
    case 1:
    case 2:
        buf_printf(&reply->fields, "Retry-After: %" PRId64 "\r\n", rest_s);
        break;
    case 3:
    case 4: {
        char text[64];
        struct tm parts;
        time_t then = (time_t)(now_us / 1000000 + rest_s);
        gmtime_r(&then, &parts);
        strftime(text, sizeof(text), "%a, %d %b %Y %H:%M:%S GMT", &parts);
        buf_printf(&reply->fields, "Retry-After: %s\r\n", text);
        break;
    }
    case 5:
        buf_append_string(&reply->fields, "Retry-After: later\r\n");
        break;
    }
}

static void be_busy(struct reply *reply, uint64_t bits, int64_t now_us)
{
    set_status(reply, chance_below(bits, 2) ? 429 : 503, "Too much.\n");
    add_retry_after(reply, bits / 2, now_us);
}

/* What goes wrong with this request alone. */
static void meet_accident(struct reply *reply, uint64_t bits, int64_t now_us)
{
    uint64_t kind = chance_below(bits, 1000);
    bits = next_bits(&bits);
    if (kind < 8)
        set_status(reply, chance_below(bits, 2) ? 500 : 502, "It broke.\n");
    else if (kind < 16)
        be_busy(reply, bits, now_us);
    else if (kind < 20)
        reply->end = REPLY_CUT;
    else if (kind < 22)
        reply->end = REPLY_MUTE;
    else if (kind < 24)
        reply->end = REPLY_STUCK;
    /* One does not rule out the other. */
    if (kind < 16 && chance_below(bits / 8, 10) == 0)
        reply->end = chance_below(bits / 80, 2) ? REPLY_CUT : REPLY_STUCK;
}

static void take_time(const struct world *world, uint32_t host, struct reply *reply, enum mood mood,
                      uint64_t bits)
{
    double mean_us = (double)world->hosts[host].answer_us * (mood == MOOD_SLOW ? 10 : 1);
    double first_us =
        world->is_calm ? mean_us : mean_us / 2 + chance_long_tailed(bits, mean_us / 2);
    reply->first_byte_us = (int64_t)first_us + 1000;
    reply->end_us = reply->first_byte_us + 100 + (int64_t)chance_below(bits / 7, 20000);
}

/* ---- robots.txt */

static bool has_turned(const struct world *world, uint32_t host, int64_t now_ms)
{
    uint64_t bits = draw(world, ABOUT_TURN, host);
    return now_ms >= world->begins_ms + (int64_t)chance_below(bits, 48 * (uint64_t)HOUR_MS);
}

/* The text of the host's rules. */
static void append_rules(const struct world *world, uint32_t host, bool has_it_turned,
                         struct buf *out)
{
    const struct world_host *about = &world->hosts[host];
    unsigned closed = has_it_turned ? (host + 3) % 7 : host % 7;
    switch (about->robots) {
    case WORLD_ROBOTS_NONE:
    case WORLD_ROBOTS_EMPTY:
        return;
    case WORLD_ROBOTS_CLOSED:
        buf_append_string(out, "User-agent: *\nDisallow: /\n");
        return;
    case WORLD_ROBOTS_DELAY:
        buf_printf(out, "User-agent: *\nCrawl-delay: %u.5\nDisallow: /d%u/\n", 1 + host % 9,
                   closed);
        return;
    case WORLD_ROBOTS_OWN_GROUP:
        buf_printf(out,
                   "User-agent: *\nDisallow: /\n\nUser-agent: OtherBot\nUser-agent: " WORLD_AGENT
                   "\nCrawl-delay: 2\nDisallow: /d%u/*7$\nDisallow: /image-\n",
                   closed);
        return;
    default:
        buf_printf(out,
                   "# rules of a host\nUser-agent: *\nDisallow: /d%u/\nAllow: /d%u/p1\n"
                   "Disallow: /missing-*7$\n\nUser-agent: BadBot\nDisallow: /\n",
                   closed, closed);
        return;
    }
}

static void append_moved_url(const struct world *world, uint32_t host, bool is_second,
                             struct buf *out)
{
    bool is_elsewhere = world->hosts[host].robots == WORLD_ROBOTS_ELSEWHERE && host > 0;
    world_append_origin(world, is_elsewhere ? host - 1 : host, is_second && !is_elsewhere, out);
    buf_append_string(out, is_elsewhere ? "/robots.txt" : "/robots-moved.txt");
}

static void redirect_robots(const struct world *world, uint32_t host, bool is_second,
                            struct reply *reply)
{
    set_status(reply, 301, "");
    buf_append_string(&reply->fields, "Location: ");
    append_moved_url(world, host, is_second, &reply->fields);
    buf_append_string(&reply->fields, "\r\n");
}

static void answer_robots(const struct world *world, uint32_t host, const struct url *url,
                          struct bytes if_none_match, int64_t now_us, struct reply *reply)
{
    int64_t now_ms = now_us / 1000;
    enum robots_kind kind = world->hosts[host].robots;
    buf_append_string(&reply->fields, "Content-Type: text/plain\r\n");
    if (kind == WORLD_ROBOTS_NONE) {
        set_status(reply, 404, "");
        return;
    }
    append_rules(world, host, kind == WORLD_ROBOTS_TURNING && has_turned(world, host, now_ms),
                 &reply->body);
    if (kind == WORLD_ROBOTS_RULES) {
        buf_append_string(&reply->fields, "ETag: \"rules\"\r\n");
        if (bytes_equal(if_none_match, BYTES("\"rules\"")))
            set_status(reply, 304, "");
    }
    if (kind == WORLD_ROBOTS_SHORT)
        buf_append_string(&reply->fields, "Cache-Control: max-age=600\r\n");
    if (kind == WORLD_ROBOTS_SLOW)
        reply->end_us += 3000000 + (int64_t)chance_below((uint64_t)now_us, 12000000);
    bool is_moved = kind == WORLD_ROBOTS_MOVED || kind == WORLD_ROBOTS_ELSEWHERE;
    if (is_moved && bytes_equal(url_path(url), BYTES("/robots.txt")))
        redirect_robots(world, host, url->port == 8080, reply);
    if (!is_bad_hour(world, host, now_ms))
        return;
    if (kind == WORLD_ROBOTS_FAILING)
        set_status(reply, 500, "");
    else if (kind == WORLD_ROBOTS_MUTE)
        reply->end = REPLY_MUTE;
    else if (kind == WORLD_ROBOTS_BUSY)
        be_busy(reply, draw(world, ABOUT_TIME + host, (uint64_t)now_us), now_us);
}

/* ---- Pages */

static void append_link(void *owner, const char *url)
{
    buf_printf(owner, "<a href=\"%s\">on</a>\n", url);
}

static void redirect_page(const struct world *world, uint32_t host, uint32_t page, uint16_t status,
                          struct reply *reply)
{
    set_status(reply, status, "");
    buf_append_string(&reply->fields, "Location: ");
    world_append_page_url(world, host, (page - 1) / 4, &reply->fields);
    buf_append_string(&reply->fields, "\r\n");
}

static void answer_page(const struct world *world, uint32_t host, uint32_t page,
                        struct bytes if_none_match, struct reply *reply)
{
    uint64_t bits = draw(world, ABOUT_PAGE, world->hosts[host].first_page + page);
    bool has_children = 4 * (uint64_t)page + 1 < world->hosts[host].pages;
    char etag[32];
    snprintf(etag, sizeof(etag), "\"%x\"", (unsigned)(bits >> 32));
    if (!world->is_calm && !has_children && page > 0 && chance_below(bits, 25) == 0) {
        redirect_page(world, host, page, chance_below(bits / 25, 2) ? 301 : 302, reply);
        return;
    }
    if (!world->is_calm && !has_children && chance_below(bits / 50, 25) == 0) {
        set_status(reply, chance_below(bits / 1250, 2) ? 404 : 410, "");
        return;
    }
    buf_append_string(&reply->fields, "Content-Type: text/html\r\n");
    if (bits >> 63) {
        buf_printf(&reply->fields, "ETag: %s\r\n", etag);
        if (bytes_equal(if_none_match, bytes_from_string(etag))) {
            reply->status = 304;
            return;
        }
    }
    buf_printf(&reply->body, "<!DOCTYPE html><title>Page %u of %u</title>\n<p>Words %u.\n", page,
               host, (unsigned)bits);
    world_walk_links(world, host, page, append_link, &reply->body);
}

static void answer_other(struct bytes path, struct reply *reply)
{
    if (bytes_start_with(path, BYTES("/image-")))
        buf_append_string(&reply->fields, "Content-Type: image/png\r\n");
    else
        set_status(reply, 404, "");
}

void world_answer(const struct world *world, uint32_t host, const struct url *url,
                  struct bytes if_none_match, int64_t now_us, struct reply *reply)
{
    struct bytes path = url_path(url);
    uint64_t bits = draw(world, ABOUT_TIME + host, (uint64_t)now_us);
    enum mood mood = mood_of(world, host, now_us / 1000);
    uint32_t page;
    take_time(world, host, reply, mood, next_bits(&bits));
    if (bytes_start_with(path, BYTES("/robots")))
        answer_robots(world, host, url, if_none_match, now_us, reply);
    else if (world_find_page(world, host, path, &page))
        answer_page(world, host, page, if_none_match, reply);
    else
        answer_other(path, reply);
    if (mood == MOOD_BUSY)
        be_busy(reply, next_bits(&bits), now_us);
    else if (mood == MOOD_BROKEN)
        set_status(reply, 500, "");
    else if (mood == MOOD_MUTE)
        reply->end = REPLY_MUTE;
    else if (!world->is_calm)
        meet_accident(reply, next_bits(&bits), now_us);
}

/* ---- For the judge */

static void describe_text(struct json *json, const struct world *world, uint32_t host,
                          bool has_it_turned, int64_t since_ms)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    append_rules(world, host, has_it_turned, &text);
    json_array_begin(json, NULL);
    json_integer(json, NULL, since_ms);
    json_string(json, NULL, buf_bytes(&text));
    json_array_end(json);
    buf_clear(&text);
}

static void describe_robots(struct json *json, const struct world *world, uint32_t host,
                            bool is_second)
{
    enum robots_kind kind = world->hosts[host].robots;
    struct buf url;
    buf_init(&url, BUF_UNBOUNDED);
    if (kind == WORLD_ROBOTS_MOVED) {
        append_moved_url(world, host, is_second, &url);
    } else {
        world_append_origin(world, host, is_second, &url);
        buf_append_string(&url, "/robots.txt");
    }
    json_array_begin(json, url.data);
    describe_text(json, world, host, false, 0);
    if (kind == WORLD_ROBOTS_TURNING) {
        uint64_t bits = draw(world, ABOUT_TURN, host);
        describe_text(json, world, host, true,
                      world->begins_ms + (int64_t)chance_below(bits, 48 * (uint64_t)HOUR_MS));
    }
    json_array_end(json);
    buf_clear(&url);
}

static void describe_policy(struct json *json, const struct world *world, uint32_t host)
{
    const struct world_policy *policy = &world->hosts[host].policy;
    struct buf name;
    buf_init(&name, BUF_UNBOUNDED);
    world_append_name(world, host, &name);
    json_object_begin(json, name.data);
    json_integer(json, "delay_ms", policy->delay_ms);
    json_integer(json, "delay_factor", policy->delay_factor);
    json_integer(json, "connections", policy->connections);
    json_object_end(json);
    buf_clear(&name);
}

void world_describe(const struct world *world, struct json *json)
{
    json_object_begin(json, "hosts");
    for (uint32_t i = 0; i < world->host_count; i++)
        if (world->hosts[i].has_own_policy)
            describe_policy(json, world, i);
    json_object_end(json);
    json_object_begin(json, "robots");
    for (uint32_t i = 0; i < world->host_count; i++) {
        describe_robots(json, world, i, false);
        if (world->hosts[i].has_two_origins)
            describe_robots(json, world, i, true);
    }
    json_object_end(json);
}
