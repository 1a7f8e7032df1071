/* SPDX-License-Identifier: MIT */
#include "base/idna.h"

#include <idn2.h>

/* The longest domain that is looked at; one that the DNS knows has 253 bytes of ASCII. */
#define DOMAIN_BYTES_MAX 1024

bool idna_to_ascii(struct bytes domain, char *out, size_t room, size_t *length)
{
    char text[DOMAIN_BYTES_MAX + 1];
    if (domain.length > DOMAIN_BYTES_MAX || memchr(domain.data, '\0', domain.length))
        return false;
    memcpy(text, domain.data, domain.length);
    text[domain.length] = '\0';
    char *ascii = NULL;
    if (idn2_to_ascii_8z(text, &ascii, IDN2_NONTRANSITIONAL) != IDN2_OK)
        return false;
    *length = strlen(ascii);
    bool fits = *length <= room;
    if (fits)
        memcpy(out, ascii, *length);
    idn2_free(ascii);
    return fits;
}
