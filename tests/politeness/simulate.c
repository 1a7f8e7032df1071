/* SPDX-License-Identifier: MIT
 *
 * simulate [-s SEED] [-n HOSTS] [-f REQUESTS] [-k KILLS] [-c] FOLDER
 *
 * The real crawler in a world by the seed, with virtual time and as many kills as clean stops on
 * its way. With -c nothing goes wrong, all hosts are alike and known from the start, and more of
 * them are ready than may be served at a time. Leaves FOLDER/world.json and FOLDER/server.log for
 * the judge, and FOLDER/crawl. Fails where a run does, or where something is lost. One seed gives
 * one log, byte by byte.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"
#include "tests/politeness/audit.h"
#include "tests/politeness/chance.h"
#include "tests/politeness/life.h"

#define BEGINS_MS  INT64_C(1800000000000) /* In 2027. */
#define SECOND_US  INT64_C(1000000)
#define HOUR_US    (3600 * SECOND_US)
#define DAY_US     (24 * HOUR_US)
#define REVISIT_MS (REVISIT_DAYS * DAY_US / 1000)

enum {
    SEEDS = 10,
    LIVES_MOST = 2000,
    FAILURES_MOST = 10,
    CROWDED_TRANSFERS = 16,
    SILENT_DAYS = 31,  /* By then a robots.txt that never answers forbids nothing any more. */
    REVISIT_DAYS = 40, /* Not before that: it makes the crawl as long again. */
    IDLE_LIVES = 5,    /* One behind the other, that found next to nothing to do. */
};

struct stop {
    bool is_kill;
    int64_t at_us;
    int64_t again_us;
};

struct simulation {
    uint64_t seed;
    uint32_t hosts;
    uint64_t requests_wanted;
    unsigned kills_wanted;
    bool is_crowded;
    const char *folder;
    char *directory;
    char *log_path;
    struct world world;
    char **seeds;
    size_t seed_count;
    struct stop stops[LIVES_MOST];
    size_t stop_count;
    uint64_t requests;
    uint64_t pages;
    unsigned kills;
    unsigned clean_stops; /* Asked for; a life may also end because all is done for now. */
    int64_t now_us;
    bool is_failed;
};

static uint64_t draw(const struct simulation *simulation, uint64_t about)
{
    return chance(simulation->seed, about, simulation->stop_count);
}

/* ---- Before */

static FILE *create(const char *path)
{
    FILE *file = fopen(path, "we");
    if (!file) {
        perror(path);
        exit(2);
    }
    return file;
}

static void make_directory(struct simulation *simulation)
{
    simulation->directory = xasprintf("%s/crawl", simulation->folder);
    simulation->log_path = xasprintf("%s/server.log", simulation->folder);
    if (mkdir(simulation->folder, 0700) != 0 || mkdir(simulation->directory, 0700) != 0) {
        perror(simulation->folder);
        exit(2);
    }
    char *path = xasprintf("%s/forage.conf", simulation->directory);
    FILE *conf = create(path);
    fprintf(conf,
            "[crawl]\nuser_agent = " WORLD_AGENT "/1.0 (+http://sim.test/bot)\n"
            "contact = sim@sim.test\nrevisit = %dd\n"
            "[scope]\nscope = any\nmax_depth = 65535\n"
            "[engine]\ntransfers = %u\nfetch_threads = %u\n"
            "[store]\nmin_free = 0\n",
            REVISIT_DAYS, simulation->is_crowded ? CROWDED_TRANSFERS : 1024,
            simulation->is_crowded ? 1 : 1 + (unsigned)chance_below(simulation->seed, 3));
    world_write_policies(&simulation->world, conf);
    fclose(conf);
    free(path);
}

static void choose_seeds(struct simulation *simulation)
{
    simulation->seed_count = simulation->is_crowded ? simulation->hosts : SEEDS;
    simulation->seeds = xcalloc(simulation->seed_count, sizeof(*simulation->seeds));
    for (uint32_t i = 0; i < simulation->seed_count; i++) {
        struct buf url;
        buf_init(&url, BUF_UNBOUNDED);
        world_append_page_url(&simulation->world, i, 0, &url);
        simulation->seeds[i] = buf_detach(&url, NULL);
    }
}

/* ---- Lives */

/* A pause before the next life. */
static int64_t draw_pause_us(const struct simulation *simulation)
{
    uint64_t bits = draw(simulation, 1);
    switch (chance_below(bits, 4)) {
    case 0:
        return (int64_t)chance_below(bits / 4, 60 * (uint64_t)SECOND_US);
    case 1:
        return (int64_t)chance_below(bits / 4, 3 * (uint64_t)HOUR_US);
    default:
        return (int64_t)chance_below(bits / 4, 300000);
    }
}

static void note_life(struct simulation *simulation, const struct life *life)
{
    static const char *const ends[] = { "done", "stopped", "killed", "failed" };
    bool is_kill = life->end == LIFE_KILLED;
    int64_t again_us = life->ended_us + 1 + draw_pause_us(simulation);
    if (life->end == LIFE_DONE && life->next_due_ms != INT64_MAX &&
        life->next_due_ms * 1000 > again_us)
        again_us = life->next_due_ms * 1000 + draw_pause_us(simulation);
    simulation->stops[simulation->stop_count++] =
        (struct stop){ is_kill, life->stopped_us, again_us };
    simulation->kills += is_kill;
    simulation->clean_stops += life->end == LIFE_STOPPED;
    simulation->requests += life->requests;
    simulation->pages += life->pages;
    simulation->now_us = again_us;
    printf("life %zu: %s after %" PRIu64 " requests (%" PRIu64 " in all), %.1f h into it, %" PRIu64
           " URLs queued\n",
           simulation->stop_count, ends[life->end], life->requests, simulation->requests,
           (double)(life->ended_us - BEGINS_MS * 1000) / (double)HOUR_US, life->urls_queued);
    fflush(stdout);
}

/* True where all is fetched and only revisits are left, or what is tried now and then without end:
 * hosts whose names lead nowhere are asked about once a day, and their URLs wait. */
static bool is_over(const struct simulation *simulation, const struct life *life, unsigned *idle)
{
    if (life->end != LIFE_DONE)
        return false;
    *idle = life->requests * 500 < simulation->requests ? *idle + 1 : 0;
    bool is_idle = *idle >= IDLE_LIVES;
    if (life->urls_queued > 0)
        return is_idle && life->ended_us > BEGINS_MS * 1000 + SILENT_DAYS * DAY_US;
    return is_idle || life->next_due_ms - life->ended_us / 1000 > REVISIT_MS / 2;
}

static void live(struct simulation *simulation, struct life *life)
{
    unsigned wanted = simulation->kills_wanted;
    unsigned kills = simulation->kills < wanted ? wanted - simulation->kills : 0;
    unsigned stops = simulation->clean_stops < wanted ? wanted - simulation->clean_stops : 0;
    uint64_t requests = simulation->requests < simulation->requests_wanted
                            ? simulation->requests_wanted - simulation->requests
                            : 0;
    uint64_t share = requests / (kills + stops + 1);
    uint64_t bits = draw(simulation, 2);
    struct life_options options = {
        .world = &simulation->world,
        .directory = simulation->directory,
        .log_path = simulation->log_path,
        .seeds = (const char *const *)simulation->seeds,
        .seed_count = simulation->stop_count == 0 ? simulation->seed_count : 0,
        .begins_us = simulation->now_us,
    };
    if (kills + stops > 0) {
        options.requests_most = 1 + share / 2 + chance_below(bits, share + 1);
        options.is_killed = kills >= stops;
        options.moment_us = (int64_t)chance_below(bits / 7, 2 * (uint64_t)SECOND_US);
        /* One in eight stops is not waited for. */
        if (!options.is_killed && chance_below(bits / 11, 8) == 0)
            options.kill_after_us = 1 + (int64_t)chance_below(bits / 88, 5 * (uint64_t)SECOND_US);
    }
    life_live(life, &options);
}

static void live_all(struct simulation *simulation)
{
    struct life *life = life_new();
    unsigned idle = 0;
    simulation->now_us = BEGINS_MS * 1000;
    do {
        live(simulation, life);
        if (life->end == LIFE_FAILED) {
            printf("life %zu failed\n", simulation->stop_count + 1);
            simulation->is_failed = true;
            return;
        }
        note_life(simulation, life);
    } while (simulation->stop_count < LIVES_MOST && !is_over(simulation, life, &idle));
}

/* ---- After */

static void describe_stops(const struct simulation *simulation, struct json *json)
{
    json_array_begin(json, "stops");
    for (size_t i = 0; i < simulation->stop_count; i++) {
        const struct stop *stop = &simulation->stops[i];
        json_object_begin(json, NULL);
        json_text(json, "how", stop->is_kill ? "kill" : "stop");
        json_double(json, "at", (double)stop->at_us / 1000);
        json_double(json, "again", (double)stop->again_us / 1000);
        json_object_end(json);
    }
    json_array_end(json);
}

static void describe_default(struct json *json)
{
    json_object_begin(json, "default");
    json_integer(json, "delay_ms", 1000);
    json_integer(json, "delay_factor", 1);
    json_integer(json, "connections", 1);
    json_integer(json, "failures", FAILURES_MOST);
    json_integer(json, "failures_rest_ms", HOUR_US / 1000);
    json_integer(json, "tries", 3);
    json_integer(json, "revisit_ms", REVISIT_MS);
    json_object_end(json);
}

static void describe(const struct simulation *simulation)
{
    struct buf text;
    struct json json;
    char *path = xasprintf("%s/world.json", simulation->folder);
    FILE *file = create(path);
    buf_init(&text, BUF_UNBOUNDED);
    json_init(&json, &text);
    json_object_begin(&json, NULL);
    json_text(&json, "agent", WORLD_AGENT);
    /* Times are whole milliseconds to the crawler, at both ends of what is measured. */
    json_integer(&json, "slack_ms", 0);
    json_integer(&json, "connect_ms", 10000);
    json_integer(&json, "reaction_ms", 30); /* See draw_lag_us. */
    json_integer(&json, "ip_delay_ms", 100);
    describe_default(&json);
    describe_stops(simulation, &json);
    world_describe(&simulation->world, &json);
    json_object_end(&json);
    fwrite(text.data, 1, text.length, file);
    fclose(file);
    buf_clear(&text);
    free(path);
}

static void check(struct simulation *simulation)
{
    struct audit audit = { 0 };
    audit_crawl(&audit, &simulation->world, simulation->directory,
                (const char *const *)simulation->seeds, simulation->seed_count);
    printf("%" PRIu64 " of %u pages linked: %" PRIu64 " live, %" PRIu64 " blocked, %" PRIu64
           " failed, %" PRIu64 " waiting, %" PRIu64 " lost\n",
           audit.pages, simulation->world.page_count, audit.live, audit.blocked, audit.failed,
           audit.waiting, audit.lost);
    printf("%" PRIu64 " requests to %u hosts, %zu lives, %u kills\n", simulation->requests,
           simulation->hosts, simulation->stop_count, simulation->kills);
    simulation->is_failed |= audit.lost > 0;
}

static _Noreturn void usage(void)
{
    fputs("usage: simulate [-s SEED] [-n HOSTS] [-f REQUESTS] [-k KILLS] [-c] FOLDER\n", stderr);
    exit(64);
}

int main(int argc, char **argv)
{
    static struct simulation simulation = {
        .seed = 1, .hosts = 500, .requests_wanted = 20000, .kills_wanted = 3
    };
    int option;
    while ((option = getopt(argc, argv, "s:n:f:k:c")) != -1) {
        uint64_t value = 0;
        if (option == 'c')
            simulation.is_crowded = true;
        else if (option == '?' || !bytes_to_u64(bytes_from_string(optarg), UINT32_MAX, &value))
            usage();
        if (option == 's')
            simulation.seed = value;
        else if (option == 'n')
            simulation.hosts = (uint32_t)value;
        else if (option == 'f')
            simulation.requests_wanted = value;
        else if (option == 'k')
            simulation.kills_wanted = (unsigned)value;
    }
    if (optind + 1 != argc || simulation.hosts < SEEDS)
        usage();
    simulation.folder = argv[optind];
    /* About one request a page, as some are forbidden and others are tried again. */
    world_init(&simulation.world, simulation.seed, simulation.hosts,
               simulation.requests_wanted + simulation.requests_wanted / 16, simulation.is_crowded,
               BEGINS_MS);
    make_directory(&simulation);
    choose_seeds(&simulation);
    live_all(&simulation);
    describe(&simulation);
    if (!simulation.is_failed)
        check(&simulation);
    return simulation.is_failed;
}
