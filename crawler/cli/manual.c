/* SPDX-License-Identifier: MIT
 *
 * manual - forage.1 in mdoc(7). Whatever a table knows comes from the table: commands, flags,
 * options, exit codes.
 */
#include <string.h>

#include "base/status.h"
#include "config/config.h"
#include "config/prose.h"
#include "crawler/cli/help.h"
#include "crawler/control/fields.h"

/* The day of this version. */
#define VERSION_DATE "November 23, 2026"

/* A word and what is said about it, for the lists that no table knows. */
struct item {
    const char *macro; /* Of the word: .It MACRO WORD */
    const char *word;
    const char *text;
};

static const struct item environment[] = {
    { "Ev", "FORAGE_DIR", "The crawl directory, where -C does not name it." },
    { "Ev", "FORAGE_*",
      "FORAGE_ and the name of an option in capitals, as in FORAGE_DELAY, sets the option." },
    { "Ev", "NO_COLOR", "No colour is ever used." },
    { "Ev", "TERM", "Where it is unset or dumb, no progress line is drawn." },
};

static const struct item files[] = {
    { "Pa", "forage.conf", "The configuration of the crawl." },
    { "Pa", "control",
      "The socket through which other commands reach a run. Only its owner can use it." },
    { "Pa", "db", "The database. Its files belong together." },
    { "Pa", "lock", "Held by whoever works on the crawl; it names the process." },
};

static const struct item signals[] = {
    { "Dv", "SIGINT, SIGTERM",
      "Nothing new is started; what is in flight is finished or left for the next run within ten "
      "seconds; what was fetched is committed. A second signal ends the run at once and still "
      "loses nothing." },
    { "Dv", "SIGHUP",
      "Opens the log file again, and reads the rules of forage.conf and its limits on URLs "
      "again." },
    { "Dv", "SIGUSR1", "Writes one line about the run to the log." },
};

static const struct item examples[] = {
    { NULL, "forage crawl -o contact=you@example.org https://example.org/",
      "Crawl a site into ./crawl and say in a line what came of it." },
    { NULL, "forage -C /var/lib/forage run",
      "Fetch what is due, from cron. Nothing is printed when all is well." },
    { NULL, "forage export --consumer search --format jsonl --output changes-1.jsonl",
      "Hand all changes since the last time to an indexer. A file of that name is replaced, so "
      "each export has its own." },
    { NULL, "forage explain https://example.org/page",
      "Say why a URL was fetched, was not, or when it will be." },
};

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

static void print_items(const struct item *items, size_t count, struct buf *out)
{
    buf_append_string(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < count; i++) {
        buf_printf(out, ".It %s ", items[i].macro);
        prose_mdoc_word(out, items[i].word);
        buf_append_char(out, '\n');
        prose_mdoc(out, items[i].text);
    }
    buf_append_string(out, ".El\n");
}

static void print_examples(struct buf *out)
{
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        if (i > 0)
            buf_append_string(out, ".Pp\n");
        prose_mdoc(out, examples[i].text);
        buf_append_string(out, ".Bd -literal -offset indent\n$ ");
        buf_append_string(out, examples[i].word);
        buf_append_string(out, "\n.Ed\n");
    }
}

static void print_flags(const struct flag *flags, size_t count, struct buf *out)
{
    buf_append_string(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < count; i++) {
        buf_append_string(out, ".It ");
        if (flags[i].letter)
            buf_printf(out, "Fl %c , ", flags[i].letter);
        buf_printf(out, "Fl -%s", flags[i].name);
        if (flags[i].argument) {
            buf_append_string(out, " Ar ");
            prose_mdoc_word(out, flags[i].argument);
        }
        buf_append_char(out, '\n');
        prose_mdoc(out, flags[i].help);
        if (flags[i].words)
            buf_printf(out, "(%s)\n", flags[i].words);
    }
    buf_append_string(out, ".El\n");
}

/* "[DIR]" is an optional argument. */
static void print_arguments(const char *arguments, struct buf *out)
{
    struct bytes text = bytes_from_string(arguments);
    bool is_optional = bytes_start_with(text, BYTES("[")) && bytes_end_with(text, BYTES("]"));
    if (text.length == 0)
        return;
    if (is_optional)
        text = bytes_slice(text, 1, text.length - 1);
    buf_append_string(out, is_optional ? " Op Ar \"" : " Ar \"");
    buf_append_bytes(out, text);
    buf_append_char(out, '"');
}

static void print_commands(const struct command_set *set, struct buf *out)
{
    buf_append_string(out, ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        buf_printf(out, ".It Nm Ic %s", command->name);
        print_arguments(command->arguments, out);
        buf_append_char(out, '\n');
        prose_mdoc(out, command->manual);
        if (command->flag_count > 0)
            print_flags(command->flags, command->flag_count, out);
    }
    buf_append_string(out, ".El\n");
}

static void print_fields(struct buf *out)
{
    prose_mdoc(
        out,
        "Members of the JSON forms are added now and then, and those that are there stay what "
        "they are. Times are RFC 3339 in UTC, and null for never; what ends in _ms counts "
        "milliseconds. A dot stands for an object within an object, and [] for one of an array.");
    for (size_t i = 0; i < FIELD_LISTS; i++) {
        const struct field_list *list = &field_lists[i];
        buf_printf(out, ".Ss %s\n.Bl -tag -width Ds -compact\n", list->command);
        for (size_t j = 0; j < list->count; j++) {
            buf_printf(out, ".It %s\n", list->fields[j].name);
            prose_mdoc(out, list->fields[j].what);
        }
        buf_append_string(out, ".El\n");
    }
}

static void print_exit_codes(struct buf *out)
{
    static const enum status statuses[] = {
#define ROW(name, ...) STATUS_##name,
        STATUS_TABLE(ROW)
#undef ROW
    };
    buf_append_string(out, "The name of the code stands beside it in the message.\n"
                           ".Bl -tag -width Ds\n");
    for (size_t i = 0; i < COUNT_OF(statuses); i++) {
        buf_printf(out, ".It %d Pq %s\n", status_exit_code(statuses[i]), status_word(statuses[i]));
        buf_printf(out, "%s.\n", status_text(statuses[i]));
    }
    buf_append_string(out, ".El\n");
}

static void print_beginning(struct buf *out)
{
    buf_append_string(out, ".\\\" SPDX-License-Identifier: MIT\n"
                           ".\\\" Made by: forage help --mdoc\n"
                           ".Dd " VERSION_DATE "\n"
                           ".Dt FORAGE 1\n"
                           ".Os\n"
                           ".Sh NAME\n"
                           ".Nm forage\n"
                           ".Nd polite web crawler that keeps a search index fresh\n"
                           ".Sh SYNOPSIS\n"
                           ".Nm\n"
                           ".Op Fl qv\n"
                           ".Op Fl C Ar dir\n"
                           ".Op Fl o Ar name Ns = Ns Ar value\n"
                           ".Ar command\n"
                           ".Op Ar argument ...\n"
                           ".Sh DESCRIPTION\n");
    prose_mdoc(out,
               "Forage fetches the pages of web sites, keeps them in a crawl directory, and hands "
               "what changed to an indexer. There is no server to run: each command works on the "
               "crawl directory, also while a run holds it. It can be stopped at any moment and "
               "goes on where it was.");
    buf_append_string(out, ".Pp\n");
    prose_mdoc(out, "Data goes to standard output, and all else to standard error. Before the "
                    "first request, the configuration must name a contact for webmasters.");
}

void help_manual(const struct command_set *set, struct buf *out)
{
    print_beginning(out);
    buf_append_string(out, ".Pp\nThese flags go with every command:\n");
    print_flags(set->flags, set->flag_count, out);
    buf_append_string(out, ".Sh COMMANDS\n");
    print_commands(set, out);
    buf_append_string(out, ".Sh CONFIGURATION\n");
    config_reference_mdoc(out);
    buf_append_string(out, ".Sh JSON\n");
    print_fields(out);
    buf_append_string(out, ".Sh SIGNALS\nA run takes these signals:\n");
    print_items(signals, COUNT_OF(signals), out);
    buf_append_string(out, ".Sh ENVIRONMENT\n");
    print_items(environment, COUNT_OF(environment), out);
    buf_append_string(out, ".Sh FILES\nIn the crawl directory:\n");
    print_items(files, COUNT_OF(files), out);
    buf_append_string(out, ".Sh EXIT STATUS\n");
    print_exit_codes(out);
    buf_append_string(out, ".Sh EXAMPLES\n");
    print_examples(out);
    buf_append_string(out, ".Sh STANDARDS\n");
    prose_mdoc(out, "robots.txt is read by RFC 9309, URLs by the WHATWG URL Standard, HTTP by RFC "
                    "9110 and RFC 9111.");
}
