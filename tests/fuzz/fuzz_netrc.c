/* SPDX-License-Identifier: MIT */
#include <assert.h>

#include "crawler/fetch/netrc.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What is read is found again, and never under another name. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct netrc netrc;
    struct netrc_problem problem;
    if (!netrc_read(&netrc, bytes_of(data, size), &problem)) {
        assert(problem.line > 0 && problem.what && netrc.count == 0);
        return 0;
    }
    for (size_t i = 0; i < netrc.count; i++) {
        const struct netrc_entry *entry = &netrc.entries[i];
        if (!entry->machine || !entry->password)
            continue;
        struct bytes machine = bytes_from_string(entry->machine);
        const struct netrc_entry *found =
            netrc_find(&netrc, machine, bytes_from_string(entry->login));
        assert(found && bytes_equal(bytes_from_string(found->machine), machine));
    }
    assert(!netrc_find(&netrc, BYTES("no such machine"), (struct bytes){ 0 }));
    netrc_clear(&netrc);
    return 0;
}
