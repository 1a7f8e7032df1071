/* SPDX-License-Identifier: MIT
 *
 * tls_trouble - why TLS came to nothing, in words that tell the causes apart: a certificate that
 * has expired, is for another name, or is signed by nobody who is trusted; or no common ground.
 */
#ifndef CRAWLER_FETCH_TLS_TROUBLE_H
#define CRAWLER_FETCH_TLS_TROUBLE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"

enum tls_trouble {
    TLS_TROUBLE_CERTIFICATE, /* The peer's. */
    TLS_TROUBLE_OWN,         /* Files and ciphers that we were told to use. */
    TLS_TROUBLE_HANDSHAKE    /* Nothing in common, or no TLS at all. */
};

/* Appends it. verify_result: what OpenSSL's verification said (X509_V_ERR_*); said: libcurl's text.
 */
void tls_trouble_print(struct buf *out, enum tls_trouble trouble, long verify_result,
                       struct bytes said);

/* Does libcurl's text speak of an alert: the peer ended TLS, though perhaps after the handshake? */
bool tls_trouble_is_alert(struct bytes said);

#endif
