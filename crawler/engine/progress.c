/* SPDX-License-Identifier: MIT */
#include "crawler/engine/progress.h"

#include <inttypes.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* Guards the line against log lines. */
static bool is_shown;
static bool is_drawn;

/* What is over in less is not worth a word. */
enum { SOON_MS = 1000 };

enum { END_BYTES = CLOCK_TEXT_BYTES + FORECAST_HOST_BYTES + 32 };

#define ERASE       "\r\033[K"
#define ERASE_BYTES (sizeof(ERASE) - 1)

static void write_text(const char *text, size_t length)
{
    if (write(STDERR_FILENO, text, length) < 0)
        is_shown = false;
}

static void erase(void)
{
    pthread_mutex_lock(&lock);
    if (is_drawn)
        write_text(ERASE, ERASE_BYTES);
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

bool progress_is_shown(void)
{
    return is_shown;
}

/* Without the last column: a terminal may go to the next line when it is filled. A longer line
 * would wrap, and erase() removes one. */
static size_t columns(void)
{
    enum { COLUMNS_USUAL = 80 };
    struct winsize size;
    bool is_known = ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
    return (is_known ? size.ws_col : COLUMNS_USUAL) - 1u;
}

/* ", about 4h 10m left (slowest: a.test)", or nothing where that is not known. */
static const char *describe_end(struct crawl *crawl, int64_t now_ms, char text[END_BYTES])
{
    char span[CLOCK_TEXT_BYTES], slowest[FORECAST_HOST_BYTES];
    int64_t left_ms = forecast_ask(&crawl->forecast, slowest) - now_ms;
    text[0] = '\0';
    if (left_ms >= SOON_MS)
        snprintf(text, END_BYTES, ", about %s left%s%s%s", clock_format_span(span, left_ms),
                 slowest[0] ? " (slowest: " : "", slowest, slowest[0] ? ")" : "");
    return text;
}

size_t progress_line(struct crawl *crawl, int64_t now_ms, char *line, size_t size)
{
    char span[CLOCK_TEXT_BYTES], end[END_BYTES];
    int64_t elapsed_ms = now_ms - crawl->started_ms;
    uint64_t pages = atomic_load(&crawl->pages);
    double seconds = elapsed_ms > 0 ? (double)elapsed_ms / 1000 : 1;
    int length = snprintf(line, size,
                          "%s: %" PRIu64 " pages, %.0f/s, %" PRIu64 " failed, %.1f MB, %" PRIu64
                          " queued, %" PRIu64 " hosts%s",
                          clock_format_span(span, elapsed_ms), pages, (double)pages / seconds,
                          atomic_load(&crawl->failures), (double)atomic_load(&crawl->bytes) / 1e6,
                          atomic_load(&crawl->urls_queued), atomic_load(&crawl->awake_hosts),
                          describe_end(crawl, now_ms, end));
    if (length < 0)
        return 0;
    return (size_t)length < size ? (size_t)length : size - 1;
}

void progress_show(struct crawl *crawl)
{
    char line[256] = ERASE;
    if (!is_shown)
        return;
    size_t length =
        progress_line(crawl, crawl_now_ms(crawl), line + ERASE_BYTES, sizeof(line) - ERASE_BYTES);
    size_t most = columns();
    pthread_mutex_lock(&lock);
    write_text(line, ERASE_BYTES + (length < most ? length : most));
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
    progress_line(crawl, crawl_now_ms(crawl), line, sizeof(line));
    erase();
    fprintf(stderr, "forage: %s\n", line);
    log_info("%s", line);
}
