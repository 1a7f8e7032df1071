/* SPDX-License-Identifier: MIT
 *
 * loaded - what a struct config holds: shared by config.c, which loads it, and show.c, which prints
 * it.
 */
#ifndef CONFIG_LOADED_H
#define CONFIG_LOADED_H

#include "base/arena.h"
#include "config/config.h"
#include "config/option.h"

/* In front of an option's name in the environment. */
#define ENVIRONMENT_PREFIX "FORAGE_"

enum layer { LAYER_BUILT_IN, LAYER_FILE, LAYER_ENVIRONMENT, LAYER_COMMAND_LINE };

/* Where a value came from. */
struct origin {
    enum layer layer;
    const char *place; /* The file, the environment variable, or "-o". */
    unsigned line;     /* Of the file, or which -o it was. */
};

/* "forage.conf:12", "FORAGE_DELAY" or "-o". Appends to out. */
void origin_append(const struct origin *origin, struct buf *out);

/* One option line of a host section, kept until the general values are known. */
struct assignment {
    const struct option *option;
    const char *text;
    struct origin origin;
};

struct host_section {
    const char *pattern; /* "docs.example.org" or "*.example.org", lower case. */
    struct assignment *assignments;
    size_t count;
    size_t capacity;
    unsigned line;
    bool is_settled; /* settings are made. */
    struct settings settings;
    struct url_rules url_rules; /* Made of them. */
};

struct config {
    struct arena memory; /* Of all strings and lists. */
    const char *file;
    struct settings general;
    struct origin origins[OPTIONS];
    struct settings any_host;   /* For a host without a section. */
    struct url_rules url_rules; /* Of any_host. */
    bool has_url_rules_of_hosts;
    struct host_section *hosts; /* Sorted by pattern. */
    const char **host_patterns; /* Theirs, to be searched. */
    size_t host_count;
    size_t host_capacity;
    struct config_rule *rules; /* Those of the command line first, as it has the last word. */
    size_t rule_count;
    size_t rule_capacity;
};

/* As config_load, from bytes: name is what messages call the file. */
enum status config_load_bytes(struct config **out, const char *name, struct bytes content,
                              const struct config_overrides *overrides, char **error);

/* Makes the url_rules of all hosts from their settings. */
void url_rules_complete(struct config *config);

/* Puts the contact into each User-Agent that names none. */
void identity_complete(struct config *config);

#endif
