/* SPDX-License-Identifier: MIT
 *
 * A crawl in a child process that is killed at any moment. The child says what was committed (it
 * may die before it says so): whatever it said must hold in the next process, and nothing may be
 * missing in the end.
 */
#include "suite.h"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "frontier_crawl.h"

enum { HOSTS = 20, URLS = 2000, KILLS = 12 };

static void url_text(char *text, size_t size, int index)
{
    snprintf(text, size, "http://h%d.test/%d/page", index % HOSTS, index);
}

static int index_of(const struct task *task)
{
    int host;
    int index;
    ck_assert_int_eq(sscanf(task->url.data, "http://h%d.test/%d/page", &host, &index), 2);
    return index;
}

/* What a child committed: that a URL was added, or (negative) that it has its outcome. */
static void say(int pipe_end, const int *said, size_t count)
{
    if (write(pipe_end, said, count * sizeof(*said)) != (ssize_t)(count * sizeof(*said)))
        _exit(1);
}

struct news {
    int said[64];
    size_t count;
};

static void crawl_some(struct crawl *crawl, struct news *news, int *added, int64_t now_ms)
{
    char url[64];
    for (int i = 0; i < 10 && *added < URLS; i++, ++*added) {
        url_text(url, sizeof(url), *added);
        if (crawl_add(crawl, url))
            news->said[news->count++] = *added + 1;
    }
    uint64_t host = crawl_wake(crawl, now_ms);
    if (host == 0)
        return;
    struct task *task = frontier_take(crawl->frontier, host, 6, now_ms);
    for (struct task *next; task; task = next) {
        next = task->next;
        news->said[news->count++] = -(index_of(task) + 1);
        crawl_finish(crawl, task, now_ms, NEVER);
    }
    crawl_sleep(crawl, host, now_ms);
}

/* Never returns. */
static void be_child(struct crawl *crawl, int pipe_end)
{
    crawl->options.arrivals_most = 60;
    crawl_open(crawl);
    int added = 0;
    for (int64_t now_ms = 1;; now_ms++) {
        struct news news = { .count = 0 };
        crawl_some(crawl, &news, &added, now_ms);
        crawl_commit(crawl, now_ms);
        if (frontier_has_housekeeping(crawl->frontier))
            crawl_keep_house(crawl, now_ms);
        say(pipe_end, news.said, news.count);
        if (added == URLS && frontier_next_wake_ms(crawl->frontier, now_ms) == NEVER)
            _exit(0);
    }
}

/* True where the child came to its end. Kills it when it has said so much. */
static bool run_child(struct crawl *crawl, size_t kill_after, bool *is_known, bool *is_done)
{
    int ends[2];
    ck_assert_int_eq(pipe(ends), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        close(ends[0]);
        be_child(crawl, ends[1]);
    }
    close(ends[1]);
    int said;
    size_t count = 0;
    while (read(ends[0], &said, sizeof(said)) == (ssize_t)sizeof(said)) {
        int index = abs(said) - 1;
        ck_assert_msg(said > 0 || !is_done[index], "fetched twice");
        if (said > 0) {
            ck_assert_msg(!is_known[index], "new twice");
            is_known[index] = true;
        } else {
            is_done[index] = true;
        }
        if (++count == kill_after)
            kill(child, SIGKILL);
    }
    close(ends[0]);
    int how = 0;
    ck_assert_int_eq(waitpid(child, &how, 0), child);
    return WIFEXITED(how) && WEXITSTATUS(how) == 0;
}

START_TEST(what_was_committed_outlives_any_kill)
{
    struct crawl crawl = { .directory = directory_new() };
    bool is_known[URLS] = { false };
    bool is_done[URLS] = { false };
    size_t kill_after = 37;
    for (int i = 0; i < KILLS; i++, kill_after = kill_after * 131 % 509 + 1)
        run_child(&crawl, kill_after, is_known, is_done);
    ck_assert(run_child(&crawl, 0, is_known, is_done));
    crawl_open(&crawl);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_KNOWN], URLS);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_TRIED], URLS);
    ck_assert_uint_eq(crawl.counters.values[COUNTER_URLS_QUEUED], 0);
    /* Records of the last batches may still stand together. */
    crawl_settle(&crawl, 1000000);
    ck_assert_uint_eq(crawl_rows(&crawl, "arrivals"), 0);
    ck_assert_uint_eq(crawl_rows(&crawl, "queue"), 0);
    ck_assert_uint_eq(crawl_rows(&crawl, "urls"), URLS);
    crawl_clear(&crawl);
}
END_TEST

SUITE_MAIN("frontier_kill", what_was_committed_outlives_any_kill)
