/* SPDX-License-Identifier: MIT */
#include "crawler/cli/running.h"

#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "crawler/engine/run.h"

enum status running_check(struct invocation *in, const struct config *config, const char *directory)
{
    char *missing = config_identity_error(config);
    if (!missing)
        return STATUS_OK;
    invocation_fail(in, STATUS_CONFIG, "%s/forage.conf: %s", directory, missing);
    free(missing);
    return STATUS_CONFIG;
}

static void summarise(const struct invocation *in, const struct run_report *report)
{
    char span[CLOCK_TEXT_BYTES], when[CLOCK_TEXT_BYTES];
    invocation_note(
        in,
        "%" PRIu64 " pages (%" PRIu64 " changes, %" PRIu64 " not modified) in %s, %" PRIu64
        " fetches, %" PRIu64 " failed, %.1f MB; %s, %" PRIu64 " queued, next due %s",
        report->pages, report->changes, report->not_modified,
        clock_format_span(span, report->elapsed_ms), report->fetches, report->failures,
        (double)report->bytes / 1e6, report->stop == STOP_DONE ? "done" : stop_word(report->stop),
        report->urls_queued,
        clock_format(when, report->next_due_ms == INT64_MAX ? 0 : report->next_due_ms));
}

/* Interruptions and limits are said by the exit code and in the summary; the rest in words. */
static enum status explain_status(struct invocation *in, enum status status,
                                  const struct run_report *report)
{
    switch (status) {
    case STATUS_OK:
        return status;
    case STATUS_LIMIT:
        in->is_reported = true;
        return status;
    case STATUS_INTERRUPTED:
    case STATUS_TERMINATED:
        return invocation_fail(in, status, "stopped by %s; run again to continue",
                               status == STATUS_INTERRUPTED ? "SIGINT" : "SIGTERM");
    case STATUS_UNREACHABLE:
        return invocation_fail(in, status,
                               "every seed is unreachable; forage explain URL says why");
    case STATUS_FAILURES:
        return invocation_fail(in, status, "%" PRIu64 " of %" PRIu64 " fetches failed",
                               report->failures, report->fetches);
    default:
        return status;
    }
}

enum status running_run(struct invocation *in, struct config *config, const char *directory,
                        const struct seeds *seeds, bool is_summary_wanted)
{
    struct run_report report;
    struct run_request request = {
        .directory = directory,
        .config = config,
        .overrides = in->overrides,
        .seeds = seeds ? seeds->urls : NULL,
        .seed_count = seeds ? seeds->count : 0,
        .is_all = invocation_has(in, "all"),
        .is_forced = invocation_has(in, "force"),
        .is_quiet = invocation_has(in, "quiet"),
    };
    /* Under cron a run that goes well says nothing. */
    if (geteuid() == 0 && isatty(STDERR_FILENO))
        log_warning("running as root is not needed, and not wise");
    enum status status = run_crawl(&request, &report);
    bool did_run = report.stop != STOP_NOT;
    if (did_run && (is_summary_wanted || isatty(STDERR_FILENO)))
        summarise(in, &report);
    return explain_status(in, status, &report);
}
