/* SPDX-License-Identifier: MIT
 *
 * fields - what every member of the JSON forms says: for the manual, and for whoever builds on
 * them. A test holds them against what is written.
 *
 * Members are named by their path: "last.history[].reason" is that of each object in the array
 * "history" of the object "last".
 */
#ifndef CRAWLER_CONTROL_FIELDS_H
#define CRAWLER_CONTROL_FIELDS_H

#include <stddef.h>

struct field {
    const char *name;
    const char *what; /* Begins small, no full stop. */
};

struct field_list {
    const char *command; /* As it is typed: "status --json". */
    const struct field *fields;
    size_t count;
};

enum { FIELDS_STATUS, FIELDS_EXPLAIN, FIELDS_LS, FIELDS_HOSTS, FIELD_LISTS };

extern const struct field_list field_lists[FIELD_LISTS];

#endif
