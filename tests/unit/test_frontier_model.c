/* SPDX-License-Identifier: MIT
 *
 * The frontier against a simple model of it: random steps, crashes among them, and after each the
 * two must agree. At the end everything is fetched, and nothing may be missing. The seed is
 * printed; FORAGE_SEED=N runs that one alone.
 */
#include "suite.h"

#include <inttypes.h>

#include "frontier_crawl.h"

#include "frontier/inside.h"

enum {
    HOSTS = 7,
    URLS_PER_HOST = 60,
    URLS = HOSTS * URLS_PER_HOST,
    STEPS_MOST = 800,
    SEEDS = 40,
    TASKS_MOST = 400,
    LATER_MS = 2 * 3600 * 1000,
};

/* What a crash must bring back. */
struct memory {
    struct {
        bool is_known;
        bool is_tried;
        bool is_forced;
        uint32_t epoch;
        int64_t due_ms;
    } urls[URLS];
    int64_t rest_until_ms[HOSTS];
    bool is_seeded[HOSTS];
};

struct model {
    struct crawl crawl;
    uint64_t random;
    int64_t now_ms;
    struct memory now;
    struct memory committed;
    bool is_in_flight[URLS];
    struct task *tasks[TASKS_MOST];
    size_t task_count;
    uint64_t awake[HOSTS]; /* Ids; 0: asleep. */
};

static uint64_t next_random(struct model *model, uint64_t below)
{
    model->random ^= model->random << 13;
    model->random ^= model->random >> 7;
    model->random ^= model->random << 17;
    return model->random % below;
}

/* Hosts of different sites, origins and an address; some URLs differ by their port alone. */
static void url_text(char *text, size_t size, int index)
{
    static const char *const hosts[HOSTS] = { "a.test",      "www.a.test", "b.test", "c.d.test",
                                              "192.168.0.1", "[::1]",      "z.test" };
    static const char *const origins[3][2] = { { "http", "" },
                                               { "https", "" },
                                               { "http", ":8080" } };
    int number = index % URLS_PER_HOST;
    const char *const *origin = origins[number % 3];
    snprintf(text, size, "%s://%s%s/%d?q=%d", origin[0], hosts[index / URLS_PER_HOST], origin[1],
             number / 3 % 7, number / 3);
}

static int index_of(const char *text)
{
    char url[96];
    for (int i = 0; i < URLS; i++) {
        url_text(url, sizeof(url), i);
        if (strcmp(url, text) == 0)
            return i;
    }
    ck_abort_msg("unknown URL %s", text);
}

/* ---- Steps */

static void commit(struct model *model)
{
    crawl_commit(&model->crawl, model->now_ms);
    model->committed = model->now;
}

static void step_add(struct model *model)
{
    struct found_url found[20];
    char texts[20][96];
    size_t count = 1 + next_random(model, 20);
    size_t expected = 0;
    for (size_t i = 0; i < count; i++) {
        int index = (int)next_random(model, URLS);
        url_text(texts[i], sizeof(texts[i]), index);
        found[i] = found_of(&model->crawl, texts[i]);
        found[i].url_class = (uint8_t)next_random(model, URL_CLASSES);
        found[i].depth = (uint16_t)next_random(model, 5);
        found[i].referrer = next_random(model, 3);
        expected += !model->now.urls[index].is_known;
        model->now.urls[index].is_known = true;
    }
    ck_assert_uint_eq(frontier_add(model->crawl.frontier, found, count), expected);
}

static void step_seed(struct model *model)
{
    char text[96];
    int index = (int)next_random(model, URLS);
    url_text(text, sizeof(text), index);
    crawl_seed(&model->crawl, text, model->now_ms);
    model->now.is_seeded[index / URLS_PER_HOST] = true;
    model->now.urls[index].is_known = true;
    if (model->now.urls[index].is_tried) {
        model->now.urls[index].due_ms = model->now_ms;
        model->now.urls[index].is_forced = true;
    }
}

static void record(struct model *model, int index)
{
    char text[96];
    url_text(text, sizeof(text), index);
    /* Due soon or much later: rows of revisits come at once or when the URL is settled. */
    int64_t due_ms = next_random(model, 2)   ? NEVER
                     : next_random(model, 3) ? model->now_ms + (int64_t)next_random(model, 500)
                                             : model->now_ms + LATER_MS;
    crawl_record(&model->crawl, bytes_from_string(text), model->now_ms, due_ms);
    model->now.urls[index].is_known = true;
    model->now.urls[index].is_tried = true;
    model->now.urls[index].is_forced = false;
    model->now.urls[index].due_ms = due_ms;
    model->now.urls[index].epoch = (uint32_t)model->crawl.counters.values[COUNTER_EPOCH];
}

static void step_record(struct model *model)
{
    record(model, (int)next_random(model, URLS));
}

static void step_wake(struct model *model)
{
    struct host_record host;
    if (!frontier_next_host(model->crawl.frontier, model->now_ms, &host))
        return;
    int index = -1;
    for (int i = 0; i < HOSTS; i++) {
        char text[96];
        url_text(text, sizeof(text), i * URLS_PER_HOST);
        struct url url = url_of(text);
        if (bytes_equal(url_host(&url), host.name))
            index = i;
    }
    ck_assert_int_ge(index, 0);
    ck_assert_uint_eq(model->awake[index], 0);
    ck_assert_int_le(model->now.rest_until_ms[index], model->now_ms);
    ck_assert_int_eq(model->now.rest_until_ms[index], host.pace.rest_until_ms);
    for (int i = 0; i < URLS_PER_HOST; i++)
        ck_assert(!model->is_in_flight[index * URLS_PER_HOST + i]);
    model->awake[index] = host.id;
}

static void check_task(struct model *model, const struct task *task, int host)
{
    int index = index_of(task->url.data);
    const struct crawl *crawl = &model->crawl;
    uint32_t epoch = (uint32_t)crawl->counters.values[COUNTER_EPOCH];
    ck_assert_int_eq(index / URLS_PER_HOST, host);
    ck_assert_uint_eq(task->host, model->awake[host]);
    ck_assert_msg(!model->is_in_flight[index], "%s is in flight", task->url.data);
    ck_assert(model->now.urls[index].is_known);
    ck_assert_msg(task->is_revisit == model->now.urls[index].is_tried, "%s", task->url.data);
    model->is_in_flight[index] = true;
    if (!task->is_revisit) {
        ck_assert(!task->is_forced);
        return;
    }
    bool is_of_epoch = crawl->options.is_epoch && model->now.urls[index].epoch < epoch;
    ck_assert(is_of_epoch || model->now.urls[index].due_ms <= model->now_ms);
    ck_assert(task->is_forced == (is_of_epoch || model->now.urls[index].is_forced));
}

static void step_take(struct model *model)
{
    int host = (int)next_random(model, HOSTS);
    if (model->awake[host] == 0 || model->task_count > TASKS_MOST - 20)
        return;
    struct task *task = frontier_take(model->crawl.frontier, model->awake[host],
                                      1 + next_random(model, 9), model->now_ms);
    for (struct task *next; task; task = next) {
        next = task->next;
        check_task(model, task, host);
        model->tasks[model->task_count++] = task;
    }
}

static struct task *pick_task(struct model *model)
{
    if (model->task_count == 0)
        return NULL;
    size_t at = next_random(model, model->task_count);
    struct task *task = model->tasks[at];
    model->tasks[at] = model->tasks[--model->task_count];
    model->is_in_flight[index_of(task->url.data)] = false;
    return task;
}

static void step_finish(struct model *model)
{
    for (uint64_t count = next_random(model, 6); count > 0; count--) {
        struct task *task = pick_task(model);
        if (!task)
            return;
        record(model, index_of(task->url.data));
        frontier_done(model->crawl.frontier, task);
        task_free(task);
    }
}

static void step_give_back(struct model *model)
{
    struct task *task = pick_task(model);
    if (task)
        frontier_give_back(model->crawl.frontier, task);
}

static void step_sleep(struct model *model)
{
    int host = (int)next_random(model, HOSTS);
    if (model->awake[host] == 0)
        return;
    if (next_random(model, 3) == 0) {
        struct pace pace = PACE_NEW;
        pace.rest_until_ms = model->now_ms + (int64_t)next_random(model, 300);
        frontier_host_update(model->crawl.frontier, model->awake[host], &pace, 1);
        model->now.rest_until_ms[host] = pace.rest_until_ms;
    }
    crawl_sleep(&model->crawl, model->awake[host], model->now_ms);
    model->awake[host] = 0;
}

static void step_keep_house(struct model *model)
{
    commit(model);
    if (frontier_has_housekeeping(model->crawl.frontier))
        crawl_keep_house(&model->crawl, model->now_ms);
}

static void step_time(struct model *model)
{
    model->now_ms += (int64_t)next_random(model, 200);
    if (next_random(model, 50) == 0)
        model->now_ms += LATER_MS;
}

static void forget_process(struct model *model)
{
    while (model->task_count > 0)
        task_free(model->tasks[--model->task_count]);
    memset(model->is_in_flight, 0, sizeof(model->is_in_flight));
    memset(model->awake, 0, sizeof(model->awake));
    model->now = model->committed;
}

static void step_crash(struct model *model)
{
    if (next_random(model, 5) != 0)
        return;
    forget_process(model);
    crawl_reopen(&model->crawl);
}

static void step_epoch(struct model *model)
{
    if (next_random(model, 8) != 0)
        return;
    model->crawl.counters.values[COUNTER_EPOCH] += next_random(model, 2);
    commit(model);
    forget_process(model);
    model->crawl.options.is_epoch = next_random(model, 2);
    crawl_reopen(&model->crawl);
}

static void check_counters(struct model *model)
{
    uint64_t known = 0;
    uint64_t tried = 0;
    for (int i = 0; i < URLS; i++) {
        known += model->now.urls[i].is_known;
        tried += model->now.urls[i].is_tried;
    }
    const uint64_t *values = model->crawl.counters.values;
    ck_assert_uint_eq(values[COUNTER_URLS_KNOWN], known);
    ck_assert_uint_eq(values[COUNTER_URLS_TRIED], tried);
    ck_assert_uint_le(values[COUNTER_HOSTS], HOSTS);
}

static void step_commit(struct model *model)
{
    commit(model);
    check_counters(model);
}

/* Explain agrees for one URL. */
static void step_explain(struct model *model)
{
    commit(model);
    char text[96];
    int index = (int)next_random(model, URLS);
    url_text(text, sizeof(text), index);
    struct found_url found;
    ck_assert_msg(frontier_has_queued(model->crawl.frontier, text, &found) ==
                      (model->now.urls[index].is_known && !model->now.urls[index].is_tried),
                  "%s", text);
}

static const struct {
    void (*step)(struct model *model);
    unsigned weight;
} steps[] = {
    { step_add, 8 },   { step_seed, 2 },    { step_record, 1 },     { step_wake, 12 },
    { step_take, 16 }, { step_finish, 16 }, { step_give_back, 4 },  { step_sleep, 8 },
    { step_time, 8 },  { step_commit, 10 }, { step_keep_house, 4 }, { step_explain, 2 },
    { step_crash, 6 }, { step_epoch, 2 },
};

static void take_step(struct model *model)
{
    uint64_t weights = 0;
    for (size_t i = 0; i < sizeof(steps) / sizeof(steps[0]); i++)
        weights += steps[i].weight;
    uint64_t chosen = next_random(model, weights);
    size_t at = 0;
    while (chosen >= steps[at].weight)
        chosen -= steps[at++].weight;
    steps[at].step(model);
}

/* ---- The end */

static void finish_for_good(struct model *model, struct task *task)
{
    int index = index_of(task->url.data);
    crawl_finish(&model->crawl, task, model->now_ms, NEVER);
    model->is_in_flight[index] = false;
    model->now.urls[index].is_tried = true;
    model->now.urls[index].is_forced = false;
    model->now.urls[index].due_ms = NEVER;
    model->now.urls[index].epoch = (uint32_t)model->crawl.counters.values[COUNTER_EPOCH];
}

/* Until it has nothing, or it is sent to sleep before. */
static void fetch_host(struct model *model, int host)
{
    struct task *task;
    while (next_random(model, 8) != 0 &&
           (task = frontier_take(model->crawl.frontier, model->awake[host], 5, model->now_ms))) {
        for (struct task *next; task; task = next) {
            next = task->next;
            check_task(model, task, host);
            finish_for_good(model, task);
        }
    }
    crawl_sleep(&model->crawl, model->awake[host], model->now_ms);
    model->awake[host] = 0;
}

static void fetch_everything(struct model *model)
{
    model->now_ms += 2 * LATER_MS; /* All is due, and no host rests. */
    while (model->task_count > 0) {
        if (next_random(model, 2))
            finish_for_good(model, pick_task(model));
        else
            step_give_back(model);
    }
    for (int rounds = 0;; rounds++) {
        ck_assert_int_lt(rounds, 10000);
        for (int host = 0; host < HOSTS; host++) {
            if (model->awake[host] != 0)
                fetch_host(model, host);
        }
        commit(model);
        /* Hosts that were held are let go on here. */
        if (frontier_has_housekeeping(model->crawl.frontier))
            crawl_keep_house(&model->crawl, model->now_ms);
        else if (frontier_next_wake_ms(model->crawl.frontier, model->now_ms) > model->now_ms)
            break;
        step_wake(model);
    }
}

static void check_end(struct model *model)
{
    commit(model);
    ck_assert_int_eq(frontier_next_wake_ms(model->crawl.frontier, model->now_ms), NEVER);
    for (int i = 0; i < URLS; i++) {
        char text[96];
        url_text(text, sizeof(text), i);
        ck_assert_msg(model->now.urls[i].is_tried == model->now.urls[i].is_known, "%s", text);
        ck_assert_msg(!model->now.urls[i].is_tried || model->now.urls[i].due_ms == NEVER, "%s",
                      text);
        ck_assert_msg(!model->crawl.options.is_epoch || !model->now.urls[i].is_tried ||
                          model->now.urls[i].epoch == model->crawl.counters.values[COUNTER_EPOCH],
                      "%s", text);
    }
    while (frontier_has_housekeeping(model->crawl.frontier))
        crawl_keep_house(&model->crawl, model->now_ms);
    crawl_settle(&model->crawl, model->now_ms);
    commit(model);
    ck_assert_uint_eq(crawl_rows(&model->crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl_rows(&model->crawl, "queue"), 0);
    ck_assert_uint_eq(crawl_rows(&model->crawl, "revisits"), 0);
    ck_assert_uint_eq(crawl_rows(&model->crawl, "agenda"), 0);
    ck_assert_uint_eq(crawl_rows(&model->crawl, "over_budget"), 0);
    ck_assert_uint_eq(model->crawl.counters.values[COUNTER_URLS_QUEUED], 0);
    ck_assert_uint_eq(model->crawl.counters.values[COUNTER_URLS_HELD], 0);
    ck_assert_uint_eq(crawl_over_budget(&model->crawl), 0);
    ck_assert_uint_eq(hosts_in_memory(model->crawl.frontier->hosts), 0);
    check_counters(model);
}

/* Whoever was held goes on. */
static void raise_budgets(struct model *model)
{
    struct frontier_options *options = &model->crawl.options;
    bool was_bound = model->crawl.budget.pages_most > 0 ||
                     model->crawl.budget.site_pages_most > 0 ||
                     options->budgets.site_hosts_most > 0;
    if (!was_bound && next_random(model, 2))
        return;
    forget_process(model);
    model->crawl.budget.pages_most = 0;
    model->crawl.budget.site_pages_most = 0;
    options->budgets.site_hosts_most = 0;
    model->crawl.config++;
    crawl_reopen(&model->crawl);
}

static void run_model(uint64_t seed)
{
    printf("seed %" PRIu64 "\n", seed);
    fflush(stdout);
    struct model *model = xcalloc(1, sizeof(*model));
    model->random = seed * UINT64_C(0x9e3779b97f4a7c15) + 1;
    model->now_ms = 1000;
    crawl_init(&model->crawl);
    model->crawl.use_locks = seed % 4 == 0; /* Reads and writes may not wait for each other. */
    model->crawl.options = (struct frontier_options){ .arrivals_most = next_random(model, 80),
                                                      .tried_most = next_random(model, 60) };
    model->crawl.budget.queue_most = next_random(model, 30);
    model->crawl.budget.pages_most = next_random(model, 2) ? next_random(model, 40) : 0;
    model->crawl.budget.site_pages_most = next_random(model, 2) ? next_random(model, 60) : 0;
    model->crawl.options.budgets.site_hosts_most = next_random(model, 3);
    model->crawl.options.budgets.site_queue_most = next_random(model, 50);
    crawl_reopen(&model->crawl);
    for (uint64_t left = 1 + next_random(model, STEPS_MOST); left > 0; left--)
        take_step(model);
    raise_budgets(model);
    fetch_everything(model);
    check_end(model);
    crawl_clear(&model->crawl);
    free(model);
}

START_TEST(the_frontier_agrees_with_its_model)
{
    const char *wish = getenv("FORAGE_SEED");
    if (wish)
        run_model(strtoull(wish, NULL, 10));
    else
        run_model((uint64_t)_i + 1);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("frontier_model");
    TCase *cases = tcase_create("frontier_model");
    tcase_set_timeout(cases, SUITE_TIMEOUT_S);
    tcase_add_loop_test(cases, the_frontier_agrees_with_its_model, 0,
                        getenv("FORAGE_SEED") ? 1 : SEEDS);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
