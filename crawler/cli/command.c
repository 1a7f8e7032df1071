/* SPDX-License-Identifier: MIT */
#include "crawler/cli/command.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "config/config.h"

#define FLAGS(table) .flags = (table), .flag_count = sizeof(table) / sizeof((table)[0])

static const struct flag global_flags[] = {
    { 'C', "directory", "DIR", NULL, "the crawl directory; else FORAGE_DIR, else . or ./crawl" },
    { 'o', "option", "NAME=VALUE", NULL, "an option of forage.conf, for this command alone" },
    { 'q', "quiet", NULL, NULL, "say nothing but errors" },
    { 'v', "verbose", NULL, NULL, "say more; twice: say everything" },
    { 'h', "help", NULL, NULL, "explain the command" },
    { 'V', "version", NULL, NULL, "say which version this is" },
};

static const struct flag crawl_flags[] = {
    { 'f', "file", "FILE", NULL, "seeds from a file, one a line; - is standard input" },
    { 0, "http1", NULL, NULL, "HTTP/1.1 alone, as strict archives want it (http2 = no)" },
};

static const struct flag seed_flags[] = {
    { 'f', "file", "FILE", NULL, "seeds from a file, one a line; - is standard input" },
};

static const struct flag run_flags[] = {
    { 0, "all", NULL, NULL, "ask for every known page again, conditionally" },
    { 0, "force", NULL, NULL, "past the caches on the way" },
    { 0, "http1", NULL, NULL, "HTTP/1.1 alone, as strict archives want it (http2 = no)" },
};

static const struct flag export_flags[] = {
    { 0, "consumer", "NAME", NULL, "the changes since this consumer's last export" },
    { 0, "format", "FORMAT", "jsonl", "the form of the output (jsonl)" },
    { 0, "output", "FILE", NULL, "write there, whole or not at all; else standard output" },
};

static const struct flag json_flags[] = {
    { 0, "json", NULL, NULL, "as JSON" },
};

static const struct flag status_flags[] = {
    { 0, "json", NULL, NULL, "as JSON" },
    { 0, "prom", "FILE", NULL, "as metrics for Prometheus, into a file that is replaced at once" },
};

static const struct flag ls_flags[] = {
    { 0, "hosts", NULL, NULL, "hosts instead of URLs, with what waits for them" },
    { 0, "state", "STATE", "live gone unreachable blocked out-of-scope noindex moved-to",
      "only URLs in this state" },
    { 0, "json", NULL, NULL, "one JSON object a line" },
};

static const struct flag cat_flags[] = {
    { 0, "raw", NULL, NULL,
      "the body in the content coding in which it came; headers with their secrets" },
    { 0, "headers", NULL, NULL, "the response's header, secrets as ***" },
    { 0, "text", NULL, NULL, "the text that an index gets" },
};

static const struct flag test_flags[] = {
    { 0, "base", "URL", NULL, "url: resolve links against it" },
    { 0, "depth", "N", NULL, "scope: so many links from a seed (0)" },
    { 0, "seed", "URL", NULL, "scope: in place of the crawl's; may be given again" },
    { 0, "agent", "NAME", NULL, "robots: what it says to another robot" },
    { 0, "file", "FILE", NULL, "robots: read it from there; - is standard input" },
    { 0, "force", NULL, NULL, "fetch: past the caches on the way" },
    { 0, "http1", NULL, NULL, "fetch: HTTP/1.1 alone (http2 = no)" },
    { 0, "body", NULL, NULL, "fetch: the body, too, decoded" },
    { 0, "json", NULL, NULL, "one JSON object a line" },
};

static const struct flag config_flags[] = {
    { 0, "origin", NULL, NULL, "show: say where each value came from" },
    { 0, "json", NULL, NULL, "show: as JSON" },
};

static const struct flag help_flags[] = {
    { 0, "mdoc", NULL, NULL, "print the manual page, forage.1" },
    { 0, "completion", "SHELL", "bash zsh fish", "print the completions for a shell" },
};

static const struct command commands[] = {
    {
        .name = "crawl",
        .arguments = "URL...",
        .help = "init, seed and run in one, with a summary",
        .manual =
            "Makes the crawl directory where there is none (./crawl without -C; contact and "
            "user_agent are kept in its forage.conf, other options hold for this run), adds the "
            "seeds, and runs. A crawl that is there is continued, never started anew.",
        FLAGS(crawl_flags),
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_crawl,
    },
    {
        .name = "init",
        .arguments = "[DIR]",
        .help = "make a crawl directory with a commented forage.conf",
        .manual = "Makes DIR (else that of -C, else ./crawl), readable by you alone, and in it a "
                  "forage.conf that shows every option with its built-in value. What -o sets "
                  "stands in it uncommented. A forage.conf that exists is never overwritten.",
        .arguments_most = 1,
        .run = cmd_init,
    },
    {
        .name = "seed",
        .arguments = "URL...",
        .help = "add seeds, also to a crawl that is running",
        .manual =
            "Adds URLs to start from; a URL without a scheme is taken for https. They are on disk "
            "when the command returns. A seed that was fetched before is due at once.",
        FLAGS(seed_flags),
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_seed,
    },
    {
        .name = "run",
        .arguments = "",
        .help = "fetch what is due",
        .manual =
            "Fetches until nothing is due, all that is left is held for longer than wait_max, or a "
            "limit is reached. Killed at any moment, the next run goes on where it was. With --all "
            "every known page is asked for again, conditionally, whatever its due time; one that "
            "was "
            "interrupted goes on where it was. SIGINT and SIGTERM end a run within ten seconds, a "
            "second "
            "one at once; SIGUSR1 prints a line of progress, SIGHUP reopens the log and "
            "reads the configuration again: rules, limits and settings then hold for what is "
            "queued and for hosts "
            "under way, too; what is fixed until the next run is named.",
        FLAGS(run_flags),
        .run = cmd_run,
    },
    {
        .name = "pause",
        .arguments = "[HOST...]",
        .help = "leave hosts alone until further notice; list those that are",
        .manual =
            "No contact is made with HOST until it is resumed, not even for its robots.txt; what "
            "is in "
            "flight may end. Its queue is kept. *.example.org is all hosts below example.org, "
            "known "
            "or not. Holds at once, also for a crawl that is running, and over restarts. Without "
            "HOST, lists what is paused.",
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_pause,
    },
    {
        .name = "resume",
        .arguments = "HOST...",
        .help = "go on with hosts that are paused",
        .manual =
            "HOST as it was given to pause: what was paused as *.example.org is resumed as that.",
        .arguments_least = 1,
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_resume,
    },
    {
        .name = "cookies",
        .arguments = "import|export [FILE]",
        .help = "read and write the cookies that are kept, as wget and curl do",
        .manual =
            "Files are Netscape's: a line is a cookie, as wget --save-cookies, curl -c and "
            "browsers "
            "write it. import adds those of FILE (- or none: standard input) to what is kept; of "
            "two "
            "with one name, host and path that of FILE counts. A run that is under way has them at "
            "once. "
            "export writes all of them to FILE, which you alone may read then; else to standard "
            "output. They "
            "hold what logs you in: treat the file as a password. Cookies are only kept where the "
            "option cookies is keep.",
        .words = "import export",
        .arguments_least = 1,
        .arguments_most = 2,
        .run = cmd_cookies,
    },
    {
        .name = "export",
        .arguments = "",
        .help = "write changes for an indexer, or the whole store",
        .manual =
            "With --consumer, every change since that consumer's last export: one line for each "
            "page, "
            "deletes included, in the order of their versions. The consumer's cursor moves only "
            "when "
            "the output is safely written, so after a crash lines come again rather than never. "
            "Without it, the whole store.",
        FLAGS(export_flags),
        .run = cmd_export,
    },
    {
        .name = "status",
        .arguments = "",
        .help = "counts, backlog, time left, failures by cause, what is due next",
        .manual = "Also while a run holds the crawl. The time left is that of the host that takes "
                  "longest, its "
                  "backlog times its delay and response time, or what the run's rate of late makes "
                  "of all URLs, if "
                  "that is longer. --prom writes a file for the textfile collector of "
                  "node_exporter, from cron: "
                  "forage status --prom /var/lib/prometheus/node-exporter/crawl.prom.",
        FLAGS(status_flags),
        .run = cmd_status,
    },
    {
        .name = "explain",
        .arguments = "URL...",
        .help = "why a URL was, was not or will be fetched",
        .manual =
            "First in one sentence, then the whole chain: what was made of the URL as it was "
            "typed, state and "
            "outcomes, when it is due and why then, how many URLs of its host are before it, the "
            "pages that "
            "lead to it, the rule of scope and the line of robots.txt that decide, the delay of "
            "its host and "
            "what makes it rest, the budgets of its host and site, and its place in the index. Any "
            "URL will do, "
            "known or not. Of a host, seeds go first, then class 1: depth 1 and 2, front pages of "
            "other sites, "
            "entries of sitemaps with a priority of 0.5 or more or none; then class 2: depth 3 to "
            "5, priority 0.3 "
            "or more; then class 3. A link to another host is one class worse. A page that is due "
            "again takes "
            "turns with class 2, with class 1 when it is late by as long as it was to wait, and "
            "has three turns "
            "for one when it is late by twice as long. What is held for queue_max comes last.",
        FLAGS(json_flags),
        .arguments_least = 1,
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_explain,
    },
    {
        .name = "ls",
        .arguments = "[PREFIX]",
        .help = "list the URLs that were tried, or the hosts",
        .manual = "One a line: URL, state, HTTP status, time of the last try; with PREFIX those "
                  "that begin with "
                  "it. Hosts come in the order of their names from the right. With --hosts, one "
                  "host a line: what is "
                  "queued, held, due again and live, its delay, how long its backlog takes, "
                  "whether and why it "
                  "rests; PREFIX is then a domain, and stands for all hosts below it too.",
        FLAGS(ls_flags),
        .arguments_most = 1,
        .run = cmd_ls,
    },
    {
        .name = "cat",
        .arguments = "URL...",
        .help = "print a stored page",
        .manual = "The body, decoded; --raw, --headers and --text choose another part.",
        FLAGS(cat_flags),
        .arguments_least = 1,
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_cat,
    },
    {
        .name = "test",
        .arguments = "url|scope|robots|fetch URL...",
        .help = "put one thing through the code that a run uses",
        .manual =
            "url shows what becomes of a link: its parts, each option of [urls] that changes it, "
            "its "
            "site and its key, or why it is refused. scope says whether a URL is in or out, and "
            "what "
            "each rule says to it; with --seed, for a configuration without its crawl. robots says "
            "which line of robots.txt decides, from the crawl's copy, a file, or the origin, which "
            "is asked as a run would ask. fetch makes the whole exchange as a run would, and shows "
            "it: what scope and robots.txt say, names and addresses, TLS, the request as it "
            "leaves, the response as it comes, times, what is read in it, how long it is fresh, "
            "and each redirect (by a Refresh header, too) in turn. It is asked for with the "
            "cookies that the crawl has of the site, with what it has of the page, and with the "
            "logins of the host's section, each request of a login shown; what the servers set "
            "counts until the command ends. A crawl that is running is asked over its socket. "
            "There is no Referer, as for a URL that nobody linked to. Secrets are ***. With -v, "
            "how the connection came about. Nothing is kept, and the exit code is 0 whatever the "
            "answer is.",
        .words = "url scope robots fetch",
        FLAGS(test_flags),
        .arguments_least = 2,
        .arguments_most = ARGUMENTS_ANY,
        .run = cmd_test,
    },
    {
        .name = "config",
        .arguments = "check|show|reference|sample",
        .help = "check or show the configuration, or explain its options",
        .manual = "check reads the whole configuration and says what is wrong, or will hardly do "
                  "what was meant, and whether a run could start. show prints every effective "
                  "value; the text is a valid forage.conf. reference explains every option. "
                  "sample prints a commented forage.conf.",
        .words = "check show reference sample",
        FLAGS(config_flags),
        .arguments_least = 1,
        .arguments_most = 1,
        .run = cmd_config,
    },
    {
        .name = "help",
        .arguments = "[COMMAND]",
        .help = "explain a command, or list all of them",
        .manual = "Without a command, lists all of them.",
        FLAGS(help_flags),
        .arguments_most = 1,
        .run = cmd_help,
    },
};

const struct command_set forage_commands = {
    .commands = commands,
    .command_count = sizeof(commands) / sizeof(commands[0]),
    FLAGS(global_flags),
};

const struct command *command_find(const struct command_set *set, const char *name)
{
    for (size_t i = 0; i < set->command_count; i++)
        if (strcmp(set->commands[i].name, name) == 0)
            return &set->commands[i];
    return NULL;
}

const char *command_nearest(const struct command_set *set, const char *typed)
{
    enum { COMMANDS_MOST = 64 };
    const char *names[COMMANDS_MOST];
    assert(set->command_count <= COMMANDS_MOST);
    for (size_t i = 0; i < set->command_count; i++)
        names[i] = set->commands[i].name;
    return nearest_name(typed, names, set->command_count);
}
