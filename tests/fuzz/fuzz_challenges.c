/* SPDX-License-Identifier: MIT
 *
 * fuzz_challenges - a block of fields: what it challenges us to and how Digest is answered, what it
 * says of referrers, and how it is shown.
 */
#include <assert.h>

#include "crawler/fetch/challenges.h"
#include "crawler/fetch/digest.h"
#include "crawler/fetch/headers.h"
#include "crawler/fetch/masked.h"
#include "crawler/fetch/referrer.h"

#define NAME BYTES("www-authenticate")

static void check_challenges(struct bytes headers, struct buf *scratch)
{
    struct challenges walk = { 0 };
    struct challenge challenge;
    unsigned asked = 0;
    while (challenges_next(&walk, headers, NAME, &challenge)) {
        assert(challenge.scheme.length > 0);
        assert(challenge.token68.length == 0 || challenge.parameters.data == NULL ||
               challenge.parameters.data > challenge.token68.data);
        assert(challenge.parameters.length <= headers.length);
        asked |= challenge_scheme(&challenge);
        buf_reset(scratch);
        challenge_parameter(&challenge, BYTES("realm"), scratch);
        assert(scratch->length <= challenge.parameters.length);
    }
    for (unsigned allowed = 0; allowed < 32; allowed++) {
        enum auth_scheme chosen = challenges_choose(headers, NAME, allowed);
        assert((chosen & asked & allowed) == (unsigned)chosen);
        assert(chosen != AUTH_NONE || (asked & allowed) == 0);
    }
}

/* Whatever is answered fits on one line. */
static void check_digest(struct bytes headers, struct buf *scratch)
{
    struct digest digest = { 0 };
    struct digest_request request = { "user", "password", "GET", BYTES("/") };
    if (!digest_read(&digest, headers, NAME, 1))
        return;
    buf_reset(scratch);
    digest_take_info(&digest, headers);
    digest_write(&digest, &request, scratch);
    for (size_t i = 0; i < scratch->length; i++)
        assert((unsigned char)scratch->data[i] >= ' ' && scratch->data[i] != 0x7f);
    digest_clear(&digest);
}

/* No secret that stands where one is known to stand is shown. */
static void check_masked(struct bytes headers, struct buf *scratch)
{
    struct header_field field;
    for (size_t from = 0; header_walk(headers, &from, &field);) {
        buf_reset(scratch);
        masked_value(scratch, field.name, field.value);
        if (bytes_equal_nocase(field.name, BYTES("cookie")))
            for (size_t i = 0; i + 3 < scratch->length; i++)
                assert(scratch->data[i] != '=' || memcmp(scratch->data + i + 1, "***", 3) == 0);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes headers = bytes_of(data, size);
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    check_challenges(headers, &scratch);
    check_digest(headers, &scratch);
    check_masked(headers, &scratch);
    assert(referrer_policy_from_headers(headers) <= REFERRER_POLICY_UNSAFE_URL);
    buf_clear(&scratch);
    return 0;
}
