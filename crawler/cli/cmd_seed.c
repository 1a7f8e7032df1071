/* SPDX-License-Identifier: MIT */
#include <inttypes.h>

#include "base/pack.h"
#include "crawler/cli/command.h"
#include "crawler/cli/seeds.h"
#include "crawler/cli/verb.h"

enum { SEEDS_AT_ONCE = 1000 };

enum status cmd_seed(struct invocation *in)
{
    struct verb verb;
    struct seeds seeds;
    uint64_t fresh = 0;
    enum status status = seeds_collect(&seeds, in);
    if (status)
        return status;
    status = verb_open(&verb, in);
    for (size_t i = 0; !status && i < seeds.count;) {
        for (size_t n = 0; n < SEEDS_AT_ONCE && i < seeds.count; n++, i++)
            pack_bytes(&verb.question, bytes_from_string(seeds.urls[i]));
        status = verb_ask(&verb, QUESTION_SEED);
        struct unpacker from = unpacker_of(buf_bytes(&verb.reply));
        if (!status)
            fresh += unpack_number(&from);
    }
    if (!status)
        invocation_note(in, "%zu seeds, of which %" PRIu64 " were not known before", seeds.count,
                        fresh);
    verb_close(&verb);
    seeds_clear(&seeds);
    return status;
}
