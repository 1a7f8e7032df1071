/* SPDX-License-Identifier: MIT
 *
 * names - a name server of one answer: every name under .test is 127.0.0.1 unless the scenario says
 * otherwise, all others do not exist.
 */
#ifndef TESTS_SERVER_NAMES_H
#define TESTS_SERVER_NAMES_H

#include "base/buf.h"

enum { NAMES_MESSAGE_BYTES = 512, NAMES_NAME_BYTES = 256, NAMES_TYPE_A = 1, NAMES_TYPE_AAAA = 28 };

/* What a query asks for. */
struct name_query {
    char name[NAMES_NAME_BYTES];
    unsigned type;
    size_t bytes; /* Of the head and the question. */
};

/* False where the message is no query. */
bool name_query_read(struct name_query *query, struct bytes message);

/* The reply to query. rule: addresses of both kinds with spaces between, "nxdomain", "servfail" or
 * "silent"; NULL: as said above. Appends nothing where there is to be no reply. */
void name_reply(struct buf *reply, struct bytes message, const struct name_query *query,
                const char *rule);

#endif
