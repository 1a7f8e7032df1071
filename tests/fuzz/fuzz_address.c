/* SPDX-License-Identifier: MIT */
#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/address.h"

/* What is read can be written and read again as the same address, and the guard has an answer for
 * it. */
static void check_literal(struct bytes text)
{
    struct address address;
    struct address again;
    char written[ADDRESS_TEXT_BYTES];
    address_parse_host(&again, text);
    if (!address_parse(&address, text))
        return;
    bool is_parsed = address_parse(&again, bytes_from_string(address_text(&address, written)));
    assert(is_parsed && memcmp(&address, &again, sizeof(address)) == 0);
    const char *range = address_range(&address);
    assert(!range || range[0] != '\0');
}

static void check_rule(struct bytes text)
{
    char *rule = xbytesdup(text);
    const char *const rules[1] = { rule };
    char *error = NULL;
    struct address_rules *made = address_rules_new(rules, 1, &error);
    assert((made == NULL) == (error != NULL));
    address_rules_free(made);
    free(error);
    free(rule);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = bytes_of(data, size);
    check_literal(text);
    check_rule(text);
    if (size == sizeof(struct address)) {
        struct address address;
        char written[ADDRESS_TEXT_BYTES];
        memcpy(&address, data, size);
        address_range(&address);
        address_text(&address, written);
    }
    return 0;
}
