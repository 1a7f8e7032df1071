/* SPDX-License-Identifier: MIT
 *
 * idna - domains beyond ASCII as the DNS knows them: "xn--bcher-kva.example". The door to idn2.h.
 */
#ifndef BASE_IDNA_H
#define BASE_IDNA_H

#include <stdbool.h>

#include "base/bytes.h"

/* Writes the ASCII form of a domain in UTF-8, without checks of length and of hyphens, as the URL
 * Standard wants it (domain to ASCII, beStrict false). False where it has none, or finds no room.
 */
bool idna_to_ascii(struct bytes domain, char *out, size_t room, size_t *length);

#endif
