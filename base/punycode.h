/* SPDX-License-Identifier: MIT
 *
 * punycode - a label of any characters as ASCII (RFC 3492), without the "xn--".
 */
#ifndef BASE_PUNYCODE_H
#define BASE_PUNYCODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/bytes.h"

/* Both are false where out has no room; decoding also where the bytes are no Punycode. */
bool punycode_encode(const uint32_t *characters, size_t count, char *out, size_t room,
                     size_t *length);
bool punycode_decode(struct bytes text, uint32_t *out, size_t room, size_t *count);

#endif
