/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <stdint.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/help.h"
#include "crawler/cli/invocation.h"

enum { WORDS_MOST = 12 };

static struct invocation in;
static char *error;

static const struct flag some_flags[] = {
    { 'a', "all", NULL, NULL, "everything" },
    { 'f', "file", "FILE", NULL, "a file" },
    { 0, "format", "FORMAT", "jsonl csv", "how" },
};

static const struct flag global_flags[] = {
    { 'C', "directory", "DIR", NULL, "where" }, { 'o', "option", "NAME=VALUE", NULL, "a setting" },
    { 'q', "quiet", NULL, NULL, "hush" },       { 'v', "verbose", NULL, NULL, "more" },
    { 'h', "help", NULL, NULL, "help" },        { 'V', "version", NULL, NULL, "version" },
};

static const struct command some_commands[] = {
    { .name = "run", .arguments = "", .help = "go", .manual = "Goes." },
    { .name = "seed",
      .arguments = "URL...",
      .help = "add",
      .manual = "Adds.",
      .flags = some_flags,
      .flag_count = 3,
      .arguments_least = 1,
      .arguments_most = ARGUMENTS_ANY },
    { .name = "explain",
      .arguments = "URL",
      .help = "say why",
      .manual = "Says.",
      .arguments_least = 1,
      .arguments_most = 1 },
};

static const struct command_set some = { some_commands, 3, global_flags, 6 };

/* Takes "seed -f x" apart; an argument of "''" is an empty one. */
static enum status parse(const char *line)
{
    static char copy[512];
    static char *words[WORDS_MOST + 2];
    int count = 0;
    char *save;
    free(error);
    snprintf(copy, sizeof(copy), "forage %s", line);
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        ck_assert_int_lt(count, WORDS_MOST);
        words[count++] = strcmp(word, "''") == 0 ? word + 2 : word;
    }
    words[count] = NULL;
    enum status status = invocation_parse(&in, &some, count, words, &error);
    ck_assert((status == STATUS_OK) == (error == NULL));
    return status;
}

START_TEST(flags_stand_anywhere_in_every_spelling)
{
    static const char *const rows[] = {
        "seed --all --file x one two",
        "seed one -a -f x two",
        "seed -afx one two",
        "seed one two -af x",
        "seed --file=x one two --all",
        "seed --file y one two --all -fx",
        "seed --all --file=x -- one two",
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(parse(rows[i]) == STATUS_OK, "%s: %s", rows[i], error);
        ck_assert_str_eq(in.command->name, "seed");
        ck_assert(invocation_has(&in, "all"));
        ck_assert_str_eq(invocation_value(&in, "file"), "x");
        ck_assert(!invocation_has(&in, "format"));
        ck_assert_ptr_null(invocation_value(&in, "format"));
        ck_assert_uint_eq(in.argument_count, 2);
        ck_assert_str_eq(in.arguments[0], "one");
        ck_assert_str_eq(in.arguments[1], "two");
        invocation_clear(&in);
    }
}
END_TEST

START_TEST(flags_of_all_commands_stand_before_the_command_too)
{
    static const char *const rows[] = {
        "-C d -o a=1 -vv run -o b=2",
        "run -Cd -oa=1 -v -v --option b=2",
        "--directory=d --option=a=1 run -vo b=2 --verbose",
    };
    unsetenv("FORAGE_DIR");
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(parse(rows[i]) == STATUS_OK, "%s: %s", rows[i], error);
        ck_assert_str_eq(invocation_named_directory(&in), "d");
        ck_assert_uint_eq(invocation_times(&in, "verbose"), 2);
        ck_assert_uint_eq(in.overrides.count, 2);
        ck_assert_str_eq(in.overrides.items[0], "a=1");
        ck_assert_str_eq(in.overrides.items[1], "b=2");
        invocation_clear(&in);
    }
}
END_TEST

START_TEST(behind_two_dashes_everything_is_an_argument)
{
    ck_assert_int_eq(parse("seed -a -- -a --all -- -"), STATUS_OK);
    ck_assert_uint_eq(invocation_times(&in, "all"), 1);
    ck_assert_uint_eq(in.argument_count, 4);
    ck_assert_str_eq(in.arguments[2], "--");
    ck_assert_str_eq(in.arguments[3], "-");
    invocation_clear(&in);
}
END_TEST

START_TEST(one_dash_and_nothing_are_arguments)
{
    ck_assert_int_eq(parse("seed - ''"), STATUS_OK);
    ck_assert_uint_eq(in.argument_count, 2);
    ck_assert_str_eq(in.arguments[0], "-");
    ck_assert_str_eq(in.arguments[1], "");
    invocation_clear(&in);
}
END_TEST

START_TEST(what_cannot_be_understood_is_named_with_the_nearest)
{
    static const char *const rows[][2] = {
        { "", "a command is missing; \"forage help\" lists them" },
        { "rnu", "unknown command \"rnu\"; did you mean \"run\"?" },
        { "frobnicate", "unknown command \"frobnicate\"; \"forage help\" lists them" },
        { "''", "unknown command \"\"; \"forage help\" lists them" },
        { "seed --fiel x y", "seed has no flag --fiel; did you mean --file?" },
        { "seed --frobnicate", "seed has no flag --frobnicate; \"forage help seed\" lists them" },
        { "seed --quite x", "seed has no flag --quite; did you mean --quiet?" },
        { "--frobnicate seed",
          "forage has no flag --frobnicate; those of a command stand behind it" },
        { "seed -x", "seed has no flag -x" },
        { "seed -ax", "seed has no flag -x" },
        { "-a seed x", "forage has no flag -a" },
        { "seed x --file", "--file needs FILE behind it" },
        { "seed x -f", "--file needs FILE behind it" },
        { "seed x --all=1", "--all takes no value" },
        { "seed x --format xml", "--format xml: this is none of jsonl csv" },
        { "seed x --format=", "--format : this is none of jsonl csv" },
        { "seed", "something is missing: forage seed URL..." },
        { "explain a b", "\"b\" is too much: forage explain URL" },
        { "run a", "\"a\" is too much: forage run" },
        { "run -C", "--directory needs DIR behind it" },
    };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(parse(rows[i][0]) == STATUS_USAGE, "%s", rows[i][0]);
        ck_assert_str_eq(error, rows[i][1]);
        invocation_clear(&in);
    }
}
END_TEST

START_TEST(help_and_version_need_nothing_else)
{
    static const char *const rows[] = { "--help",  "-h",        "seed --help", "seed -h",
                                        "-h seed", "--version", "-V" };
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        ck_assert_msg(parse(rows[i]) == STATUS_OK, "%s: %s", rows[i], error);
        ck_assert(invocation_has(&in, "help") || invocation_has(&in, "version"));
        invocation_clear(&in);
    }
}
END_TEST

START_TEST(a_flag_may_be_given_as_often_as_an_argument_has_letters)
{
    ck_assert_int_eq(parse("seed -aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa x"), STATUS_OK);
    ck_assert_uint_eq(invocation_times(&in, "all"), 40);
    invocation_clear(&in);
}
END_TEST

/* Goes to a fresh directory; gives its name, which the caller removes. */
static char *enter_fresh_directory(void)
{
    static char directory[32];
    snprintf(directory, sizeof(directory), "/tmp/forage-command-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(chdir(directory), 0);
    return directory;
}

START_TEST(the_directory_is_the_named_one_or_where_a_crawl_is)
{
    char *directory = enter_fresh_directory();
    char *problem;
    unsetenv("FORAGE_DIR");
    ck_assert_int_eq(parse("run"), STATUS_OK);
    ck_assert_str_eq(invocation_directory(&in, "else"), "else");
    ck_assert_int_eq(crawl_directory_create("crawl", NULL, &problem), STATUS_OK);
    ck_assert_str_eq(invocation_directory(&in, "else"), "crawl");
    ck_assert_int_eq(crawl_directory_create(".", NULL, &problem), STATUS_OK);
    ck_assert_str_eq(invocation_directory(&in, "else"), ".");
    setenv("FORAGE_DIR", "there", 1);
    ck_assert_str_eq(invocation_directory(&in, "else"), "there");
    invocation_clear(&in);
    ck_assert_int_eq(parse("-C here run"), STATUS_OK);
    ck_assert_str_eq(invocation_directory(&in, "else"), "here");
    invocation_clear(&in);
    unsetenv("FORAGE_DIR");
    unlink("crawl/forage.conf");
    unlink("forage.conf");
    rmdir("crawl");
    rmdir(directory);
}
END_TEST

START_TEST(a_crawl_directory_is_private_and_never_overwritten)
{
    char *directory = enter_fresh_directory();
    char *problem;
    struct stat about;
    ck_assert(!crawl_directory_exists("new"));
    ck_assert_int_eq(crawl_directory_create("new", NULL, &problem), STATUS_OK);
    ck_assert(crawl_directory_exists("new"));
    ck_assert_int_eq(stat("new", &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0700);
    ck_assert_int_eq(stat("new/forage.conf", &about), 0);
    ck_assert_int_eq(about.st_mode & 0777, 0600);
    ck_assert_int_eq(crawl_directory_create("new", NULL, &problem), STATUS_CANNOT_CREATE);
    ck_assert_str_eq(problem, "new/forage.conf: exists already and is left as it is");
    free(problem);
    ck_assert_int_eq(crawl_directory_create("new/forage.conf", NULL, &problem),
                     STATUS_CANNOT_CREATE);
    free(problem);
    ck_assert_int_eq(crawl_directory_create("no/such", NULL, &problem), STATUS_CANNOT_CREATE);
    ck_assert_str_eq(problem, "no/such: No such file or directory");
    free(problem);
    unlink("new/forage.conf");
    rmdir("new");
    rmdir(directory);
}
END_TEST

START_TEST(help_and_manual_name_every_command_and_flag)
{
    const struct command_set *set = &forage_commands;
    struct buf overview;
    struct buf manual;
    buf_init(&overview, BUF_UNBOUNDED);
    buf_init(&manual, BUF_UNBOUNDED);
    help_overview(set, &overview);
    help_manual(set, &manual);
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        struct buf text;
        char wanted[64];
        snprintf(wanted, sizeof(wanted), "\n  %s", command->name);
        ck_assert_msg(strstr(overview.data, wanted) != NULL, "%s", command->name);
        snprintf(wanted, sizeof(wanted), "\n.It Nm Ic %s", command->name);
        ck_assert_msg(strstr(manual.data, wanted) != NULL, "%s", command->name);
        ck_assert_ptr_nonnull(command->run);
        ck_assert_uint_le(command->arguments_least, command->arguments_most);
        buf_init(&text, BUF_UNBOUNDED);
        help_command(set, command, &text);
        for (size_t j = 0; j < command->flag_count; j++) {
            snprintf(wanted, sizeof(wanted), "--%s", command->flags[j].name);
            ck_assert_msg(strstr(text.data, wanted) != NULL, "%s", wanted);
            snprintf(wanted, sizeof(wanted), "Fl -%s", command->flags[j].name);
            ck_assert_msg(strstr(manual.data, wanted) != NULL, "%s", wanted);
        }
        buf_clear(&text);
    }
    buf_clear(&overview);
    buf_clear(&manual);
}
END_TEST

START_TEST(no_flag_of_a_command_hides_one_of_all)
{
    const struct command_set *set = &forage_commands;
    for (size_t i = 0; i < set->command_count; i++) {
        const struct command *command = &set->commands[i];
        for (size_t j = 0; j < command->flag_count; j++) {
            for (size_t k = 0; k < set->flag_count; k++) {
                ck_assert_str_ne(command->flags[j].name, set->flags[k].name);
                ck_assert_msg(command->flags[j].letter != set->flags[k].letter, "%s -%c",
                              command->name, set->flags[k].letter);
            }
        }
    }
}
END_TEST

START_TEST(completions_know_every_command_and_option)
{
    static const char *const shells[] = { "bash", "zsh", "fish" };
    for (size_t i = 0; i < 3; i++) {
        struct buf out;
        buf_init(&out, BUF_UNBOUNDED);
        help_completion(&forage_commands, shells[i], &out);
        ck_assert_ptr_nonnull(strstr(out.data, "delay= "));
        ck_assert_ptr_nonnull(strstr(out.data, "config"));
        ck_assert_ptr_nonnull(strstr(out.data, "check show reference sample"));
        buf_clear(&out);
    }
}
END_TEST

SUITE_MAIN("command", flags_stand_anywhere_in_every_spelling,
           flags_of_all_commands_stand_before_the_command_too,
           behind_two_dashes_everything_is_an_argument, one_dash_and_nothing_are_arguments,
           what_cannot_be_understood_is_named_with_the_nearest, help_and_version_need_nothing_else,
           a_flag_may_be_given_as_often_as_an_argument_has_letters,
           the_directory_is_the_named_one_or_where_a_crawl_is,
           a_crawl_directory_is_private_and_never_overwritten,
           help_and_manual_name_every_command_and_flag, no_flag_of_a_command_hides_one_of_all,
           completions_know_every_command_and_option)
