/* SPDX-License-Identifier: MIT
 *
 * option - a row of the option table as data: what loading, showing and the documents walk over.
 */
#ifndef CONFIG_OPTION_H
#define CONFIG_OPTION_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"
#include "config/options.h"

enum option_type {
    OPTION_TEXT,
    OPTION_SPAN,
    OPTION_SIZE,
    OPTION_COUNT,
    OPTION_FACTOR,
    OPTION_FLAG,
    OPTION_LIST,
    OPTION_HOURS,
    OPTION_NAMES,
    OPTION_LINES,
    OPTION_HEADERS,
    OPTION_SCHEMES,
    OPTION_SPAN_CHOICE,
    OPTION_ROBOTS_CHOICE,
    OPTION_HTTP2_CHOICE,
    OPTION_FTP_CHOICE,
    OPTION_TLS_CHOICE,
    OPTION_LEVEL_CHOICE,
    OPTION_REFERER_CHOICE,
    OPTION_COOKIES_CHOICE,
};

enum option_reach { REACH_CRAWL, REACH_HOST, REACH_APART, REACH_OWN };

struct option {
    const char *name;
    const char *section;
    enum option_type type;
    const char *built_in; /* As a user would write it. */
    double least;
    double most;
    enum option_reach reach;
    const char *help;
    size_t offset; /* Of the field in struct settings. */
};

/* A rule word, "include" or "exclude". */
struct rule_word {
    const char *name;
    bool is_include;
    const char *help;
};

/* The number of rows, at compile time. */
enum {
#define OPT(field, ...) OPTION_NUMBER_##field,
    OPTION_TABLE(OPT)
#undef OPT
        OPTIONS
};

extern const struct option options[OPTIONS];

#define RULE(...) +1
enum { RULE_WORDS = RULE_TABLE(RULE) };
#undef RULE

extern const struct rule_word rule_words[RULE_WORDS];

struct section {
    const char *name;
    const char *help;
};

#define SECTION(...) +1
enum { SECTIONS = SECTION_TABLE(SECTION) };
#undef SECTION

extern const struct section sections[SECTIONS];

/* NULL where there is none of that name. */
const struct option *option_find(struct bytes name);
const struct rule_word *rule_word_find(struct bytes name);

/* Is there a section of that name? */
bool option_section_exists(struct bytes section);

/* The one whose options stand in the sections of single hosts. */
static inline bool option_section_is_host(const struct section *section)
{
    return section == &sections[SECTIONS - 1];
}

/* Does it take several lines? */
static inline bool option_is_list(const struct option *option)
{
    return option->type == OPTION_LIST || option->type == OPTION_NAMES ||
           option->type == OPTION_LINES || option->type == OPTION_HEADERS;
}

/* The position in the table. */
static inline size_t option_index(const struct option *option)
{
    return (size_t)(option - options);
}

#endif
