/* SPDX-License-Identifier: MIT
 *
 * vary - is a stored response one for this request? (RFC 9111, 4.1)
 *
 * The values of the request fields that a response's Vary names are not kept, as there may be
 * secrets among them, but a fingerprint of them. A response whose Vary is the same answers a
 * request whose fingerprint is the same.
 *
 * Values that mean the same have one fingerprint: members of a list spread over several fields,
 * blanks around them, and for the fields that the standard defines so, case and order.
 */
#ifndef CRAWLER_FETCH_VARY_H
#define CRAWLER_FETCH_VARY_H

#include <stdbool.h>
#include <stdint.h>

#include "base/bytes.h"

/* The response varies by more than the request says ("*"), or by what cannot be read: no request
 * matches it, not even its own. */
#define VARY_ANYTHING UINT64_MAX

/* response: the fields of the stored response, as it holds them now; request: fields as they are
 * sent. 0 where the response does not vary. */
uint64_t vary_fingerprint(struct bytes response, struct bytes request);

/* kept: the fingerprint with the request that the response came for. */
bool vary_matches(uint64_t kept, struct bytes response, struct bytes request);

#endif
