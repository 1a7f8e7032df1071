/* SPDX-License-Identifier: MIT
 *
 * Fingerprints of names are added up, so that the order in which Vary has them does not matter; so
 * are those of members where their order says nothing.
 */
#include "crawler/fetch/vary.h"

#include "base/buf.h"
#include "base/hash.h"
#include "crawler/fetch/field_value.h"
#include "crawler/fetch/headers.h"

/* A response that varies by more fields might as well vary by everything. */
enum { NAMES_MOST = 64 };

/* Request fields that are sets of words without case: preference is in their weights, never in
 * their order (RFC 9110, 12.5). */
static bool is_set(struct bytes name)
{
    static const char *const names[] = { "accept", "accept-charset", "accept-encoding",
                                         "accept-language" };
    for (size_t i = 0; i < sizeof(names) / sizeof(*names); i++)
        if (bytes_equal_nocase(name, bytes_from_string(names[i])))
            return true;
    return false;
}

/* Without case and blanks, which may stand around a weight: "de ; q=0.5". */
static uint64_t hash_word(struct buf *scratch, struct bytes text, uint64_t seed)
{
    buf_reset(scratch);
    for (size_t i = 0; i < text.length; i++)
        if (!field_is_blank(text.data[i]))
            buf_append_char(scratch, ascii_lower(text.data[i]));
    return hash_bytes(buf_bytes(scratch), seed);
}

/* A field that is not sent has another fingerprint than one that is empty. */
static uint64_t hash_field(struct buf *scratch, struct bytes name, struct bytes request)
{
    uint64_t seed = hash_word(scratch, name, 0);
    struct header_members walk = { 0 };
    struct bytes member;
    uint64_t sum = header_get(request, name).data ? 1 : 0;
    while (header_next_member(request, name, &walk, &member))
        sum =
            is_set(name) ? sum + hash_word(scratch, member, seed) : hash_bytes(member, seed + sum);
    return hash_bytes(bytes_of(&sum, sizeof(sum)), seed);
}

uint64_t vary_fingerprint(struct bytes response, struct bytes request)
{
    struct header_members walk = { 0 };
    struct bytes name;
    struct buf scratch;
    uint64_t fingerprint = 0;
    size_t names = 0;
    buf_init(&scratch, BUF_UNBOUNDED);
    while (header_next_member(response, BYTES("vary"), &walk, &name)) {
        if (!field_is_token(name) || bytes_equal(name, BYTES("*")) || ++names > NAMES_MOST) {
            fingerprint = VARY_ANYTHING;
            break;
        }
        fingerprint += hash_field(&scratch, name, request);
    }
    buf_clear(&scratch);
    return fingerprint;
}

bool vary_matches(uint64_t kept, struct bytes response, struct bytes request)
{
    return kept != VARY_ANYTHING && kept == vary_fingerprint(response, request);
}
