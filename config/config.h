/* SPDX-License-Identifier: MIT
 *
 * config - every setting of a crawl, where it came from, and the settings of each host.
 *
 * Precedence: built-in, forage.conf, environment (FORAGE_<NAME>), command line (-o NAME=VALUE). One
 * INI file with # and ; comments; sections are the table's, and [host "docs.example.org"] or [host
 * "*.example.org"], of which the most specific wins (exact, then the longest suffix) for each
 * option by itself. A struct config never changes once loaded: any thread may ask.
 */
#ifndef CONFIG_CONFIG_H
#define CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"
#include "base/hours.h"
#include "base/json.h"
#include "base/status.h"
#include "base/url_rules.h"
#include "config/options.h"

struct text_list {
    const char *const *items;
    size_t count;
};

/* The C type behind each type word of the table. */
#define CONFIG_TYPE_TEXT           const char *
#define CONFIG_TYPE_SPAN           int64_t
#define CONFIG_TYPE_SIZE           uint64_t
#define CONFIG_TYPE_COUNT          uint64_t
#define CONFIG_TYPE_FACTOR         double
#define CONFIG_TYPE_FLAG           bool
#define CONFIG_TYPE_LIST           struct text_list
#define CONFIG_TYPE_HOURS          struct hours
#define CONFIG_TYPE_NAMES          struct text_list
#define CONFIG_TYPE_LINES          struct text_list
#define CONFIG_TYPE_HEADERS        struct text_list
#define CONFIG_TYPE_SCHEMES        unsigned
#define CONFIG_TYPE_SPAN_CHOICE    enum span_choice
#define CONFIG_TYPE_ROBOTS_CHOICE  enum robots_choice
#define CONFIG_TYPE_HTTP2_CHOICE   enum http2_choice
#define CONFIG_TYPE_FTP_CHOICE     enum ftp_choice
#define CONFIG_TYPE_TLS_CHOICE     enum tls_choice
#define CONFIG_TYPE_LEVEL_CHOICE   enum level_choice
#define CONFIG_TYPE_REFERER_CHOICE enum referer_choice
#define CONFIG_TYPE_COOKIES_CHOICE enum cookies_choice

struct settings {
#define OPT(field, name, section, type, ...) CONFIG_TYPE_##type field;
    OPTION_TABLE(OPT)
#undef OPT
};

/* One include or exclude line, in the order of the file. */
struct config_rule {
    bool is_include;
    const char *pattern;
    const char *host; /* Of its section, NULL: all. */
    const char *file;
    unsigned line;
};

struct config;

/* "name=value" as given with -o, in order. */
struct config_overrides {
    const char *const *items;
    size_t count;
};

/* Reads DIRECTORY/forage.conf (missing: built-in settings) or, where file is not NULL, that file
 * instead. On failure *out is NULL and *error (caller frees) says file, line, what is wrong and the
 * nearest known name. directory may be NULL: no file. */
enum status config_load(struct config **out, const char *directory, const char *file,
                        const struct config_overrides *overrides, char **error);
void config_free(struct config *config);

const struct settings *config_settings(const struct config *config);
/* Borrowed from config; the same pointer for hosts that share their sections. */
const struct settings *config_host_settings(const struct config *config, struct bytes host);
/* The patterns of all host sections, in the order of strcmp (base/host_pattern.h), and the settings
 * of one. Borrowed. */
size_t config_host_sections(const struct config *config, const char *const **patterns);
const struct settings *config_section_settings(const struct config *config, size_t index);
/* Of all settings and rules: the same for the same, over all runs. */
uint64_t config_hash(const struct config *config);
size_t config_rules(const struct config *config, const struct config_rule **rules);
/* Appends where an option's value comes from: "forage.conf:12", "FORAGE_DELAY" or "-o"; nothing
 * where it is built in. section: NULL for the general value, or the pattern of a host section. */
void config_where(const struct config *config, const char *section, const char *option,
                  struct buf *out);
/* What is done to the URLs of a host, by the options of [urls]. Without a look-up where no host
 * section sets one of them. */
const struct url_rules *config_url_rules(const struct config *config, struct bytes host);

/* NULL where the crawl may start; else (caller frees) what is missing (an honest user_agent with a
 * contact), with the line to type. Where user_agent is empty and contact is set, user_agent() makes
 * "Forage/<version> (+contact)". */
char *config_identity_error(const struct config *config);
const char *config_user_agent(const struct config *config);

/* ---- For `forage config` and the documents made from the table */

/* Every effective value, one "name = value" a line by section; with_origin adds where it came from
 * as a comment. */
void config_show(const struct config *config, bool with_origin, struct buf *out);
void config_show_json(const struct config *config, struct buf *out);
/* The reference of all options, as text, and as a part of the manual page (mdoc). */
void config_reference(struct buf *out);
void config_reference_mdoc(struct buf *out);
/* A commented forage.conf; what the command line set in `from` (NULL: nothing) stands in it
 * uncommented. */
void config_sample(struct buf *out, const struct config *from);
/* One line for each thing that loads but will hardly do what was meant (a FORAGE_ variable that is
 * nearly an option's), or does what nobody should want for long (tls_insecure). */
void config_warnings(const struct config *config, struct buf *out);
/* Appends the hosts for which tls_insecure is set: "all hosts", or "a.test, *.b.test"; nothing
 * where it is not. */
void config_insecure_hosts(const struct config *config, struct buf *out);
/* Names of all options, for completions. */
size_t config_option_names(const char *const **names);

/* The known name nearest to what was typed, or NULL where nothing is near. Also used for commands
 * and flags. */
const char *nearest_name(const char *typed, const char *const *names, size_t count);

#endif
