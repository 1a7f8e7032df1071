/* SPDX-License-Identifier: MIT
 *
 * netrc - user names and passwords for machines, in the file that ftp began with and that curl,
 * wget and git read.
 *
 * Words between white space; a word in double quotes may hold blanks, and \" \\ \n \r \t in them. A
 * '#' where a keyword could stand begins a comment, up to the line's end.
 *
 *     machine docs.example.org login alice password "open sesame"
 *
 * "default" speaks of every machine there is. It is read and never used: no password of ours is for
 * hosts that nobody named.
 */
#ifndef CRAWLER_FETCH_NETRC_H
#define CRAWLER_FETCH_NETRC_H

#include <stdbool.h>
#include <stddef.h>

#include "base/bytes.h"

struct netrc_entry {
    char *machine; /* In the form of hosts in URLs; NULL: the default. */
    char *login;   /* NULL: not said. */
    char *password;
};

struct netrc {
    struct netrc_entry *entries;
    size_t count;
};

struct netrc_problem {
    size_t line;      /* From 1. */
    const char *what; /* What is wrong with it, as the end of a sentence. */
};

/* False where it cannot be read; then *netrc is empty. */
bool netrc_read(struct netrc *netrc, struct bytes text, struct netrc_problem *problem);

/* Wipes what was secret. */
void netrc_clear(struct netrc *netrc);

/* The first entry for the machine with a password, and (login not empty) with that login. NULL
 * where there is none. */
const struct netrc_entry *netrc_find(const struct netrc *netrc, struct bytes machine,
                                     struct bytes login);

#endif
