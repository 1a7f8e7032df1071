/* SPDX-License-Identifier: MIT
 *
 * values - what stands behind the = of an option: read into its field of struct settings, and
 * printed again.
 *
 * What is printed can be read again and gives the same value, but for secrets that should not stand
 * there: they are masked wherever a value is printed, and in what is said of one that does not fit.
 */
#ifndef CONFIG_VALUES_H
#define CONFIG_VALUES_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"
#include "base/json.h"
#include "config/config.h"
#include "config/option.h"

/* Sets the option's field; strings are kept in memory. A list is added to where adds says so, else
 * replaced. Where the text does not fit, nothing is set and *problem (caller frees) says why. */
bool value_set(const struct option *option, struct bytes text, bool adds, struct arena *memory,
               struct settings *settings, char **problem);

/* As a user would write it, without quotes. */
void value_print(const struct option *option, const struct settings *settings, struct buf *out);

/* How many lines it takes to write the value: more than one where each holds but one of a list. */
size_t value_lines(const struct option *option, const struct settings *settings);
void value_print_line(const struct option *option, const struct settings *settings, size_t line,
                      struct buf *out);

/* The value in its unit: milliseconds, bytes, a number, a string, a list of strings. */
void value_json(const struct option *option, const struct settings *settings, const char *name,
                struct json *json);

/* "a time span, 0 to 1d", "one of host, site, prefix, any". */
void value_describe(const struct option *option, struct buf *out);

/* Appends text in quotes where the reader of lines would not give it back bare. */
void value_quote(struct bytes text, struct buf *out);

#endif
