/* SPDX-License-Identifier: MIT */
#include "crawler/engine/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* Guards the line against log lines. */
static bool is_shown;
static bool is_drawn;

static void write_text(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        is_shown = false;
}

static void erase(void)
{
    static const char sequence[] = "\r\033[K";
    pthread_mutex_lock(&lock);
    if (is_drawn)
        write_text(sequence, sizeof(sequence) - 1);
    is_drawn = false;
    pthread_mutex_unlock(&lock);
}

void progress_start(bool is_wanted)
{
    const char *terminal = getenv("TERM");
    is_shown = is_wanted && isatty(STDERR_FILENO) && terminal && strcmp(terminal, "dumb") != 0;
    if (is_shown)
        log_set_terminal_hooks(erase, NULL);
}

static void describe(struct crawl *crawl, char *line, size_t size)
{
    char span[CLOCK_TEXT_BYTES];
    int64_t elapsed_ms = crawl_now_ms(crawl) - crawl->started_ms;
    uint64_t pages = atomic_load(&crawl->pages);
    double seconds = elapsed_ms > 0 ? (double)elapsed_ms / 1000 : 1;
    snprintf(line, size,
             "%s: %" PRIu64 " pages, %" PRIu64 " fetches, %" PRIu64
             " failed, %.1f MB, %.0f pages/s, %" PRIu64 " hosts awake, %" PRIu64 " under way",
             clock_format_span(span, elapsed_ms), pages, atomic_load(&crawl->fetches),
             atomic_load(&crawl->failures), (double)atomic_load(&crawl->bytes) / 1e6,
             (double)pages / seconds, atomic_load(&crawl->awake_hosts),
             atomic_load(&crawl->visits));
}

void progress_show(struct crawl *crawl)
{
    char line[256] = "\r\033[K";
    if (!is_shown)
        return;
    describe(crawl, line + strlen(line), sizeof(line) - strlen(line));
    pthread_mutex_lock(&lock);
    write_text(line, strlen(line));
    is_drawn = true;
    pthread_mutex_unlock(&lock);
}

void progress_stop(void)
{
    erase();
    if (is_shown)
        log_set_terminal_hooks(NULL, NULL);
    is_shown = false;
}

void progress_log(struct crawl *crawl)
{
    char line[256];
    describe(crawl, line, sizeof(line));
    erase();
    fprintf(stderr, "forage: %s\n", line);
    log_info("%s", line);
}
