/* SPDX-License-Identifier: MIT
 *
 * messages - what fetch threads and the writer say to each other. Visits travel as struct visit.
 */
#ifndef CRAWLER_ENGINE_MESSAGES_H
#define CRAWLER_ENGINE_MESSAGES_H

#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"
#include "crawler/control/wire.h"
#include "crawler/engine/channel.h"
#include "crawler/engine/errand.h"
#include "frontier/frontier.h"

enum to_writer {
    TO_WRITER_VISIT,    /* struct visit: finished, to be committed. */
    TO_WRITER_WANT,     /* struct want: a host's window runs low. */
    TO_WRITER_LEAVE,    /* struct leave: a host cannot be asked soon. */
    TO_WRITER_ORIGIN,   /* struct ask_origin: what does the store know of it? */
    TO_WRITER_ERRAND,   /* struct errand: its host is to wake. */
    TO_WRITER_ENDED,    /* struct ended: a fetch thread has nothing more to say. */
    TO_WRITER_QUESTION, /* struct asked: from the control socket. */
    TO_WRITER_CONFIG,   /* struct new_config: the configuration was edited. */
    TO_WRITER_COOKIES,  /* struct cookie_letter: those of a site changed. */
};

enum to_fetcher {
    TO_FETCHER_WORK,         /* struct work */
    TO_FETCHER_FORGET,       /* struct forget: the host sleeps in the store. */
    TO_FETCHER_CONFIG,       /* A bare message: the crawl has another configuration. */
    TO_FETCHER_KNOWN_ORIGIN, /* struct known_origin */
    TO_FETCHER_ERRAND,       /* struct errand: for a host, which wakes if it was not awake. */
    TO_FETCHER_ERRAND_DONE,  /* struct errand: what came of it. */
    TO_FETCHER_COOKIES,      /* struct given_cookies: a user's. */
};

struct want {
    struct message message;
    uint64_t host;
    size_t most;
};

/* Its tasks come back; its pace and the hold say when it may be asked again, or is to be looked at
 * again. */
struct leave {
    struct message message;
    uint64_t host;
    struct task *tasks;
    struct hold hold;
    struct pace pace;
    uint64_t pace_number;
};

struct ask_origin {
    struct message message;
    uint64_t host;
    char *origin;
};

/* Packed pairs: a site, and a record of cookies that it has from now on. */
struct given_cookies {
    struct message message;
    struct buf packed;
};

struct ended {
    struct message message;
};

/* Takes the configuration: it holds from now on, but for what is fixed at the start (reload.h). */
struct new_config {
    struct message message;
    struct config *config;
    struct logins *logins; /* As it says. */
};

struct asked {
    struct message message;
    uint64_t client;
    enum question question;
    struct buf payload;
};

/* Tasks for a host, which wakes if it was not awake. */
struct work {
    struct message message;
    uint64_t host;
    char *name;
    struct pace pace; /* For a host that wakes. */
    struct task *tasks;
    struct buf
        origins;      /* As in struct known_origin, of some origins that are new in these tasks. */
    bool has_cookies; /* Those of its site are in it, where the host wakes: it is the first of it
                         that needs them there. */
    struct buf cookies;
};

/* Packed pairs: an origin, and its record as the store has it; empty where it has none. */
struct known_origin {
    struct message message;
    uint64_t host;
    struct buf packed;
};

struct forget {
    struct message message;
    uint64_t host;
};

#endif
