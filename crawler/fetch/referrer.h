/* SPDX-License-Identifier: MIT
 *
 * referrer - the Referer of a request, by W3C Referrer Policy: what the page that a link stands on
 * lets its target know.
 */
#ifndef CRAWLER_FETCH_REFERRER_H
#define CRAWLER_FETCH_REFERRER_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "base/url.h"

#define REFERRER_POLICY_TABLE(ROW)                                                                 \
    ROW(NONE_SAID, "")                                                                             \
    ROW(NO_REFERRER, "no-referrer")                                                                \
    ROW(NO_REFERRER_WHEN_DOWNGRADE, "no-referrer-when-downgrade")                                  \
    ROW(SAME_ORIGIN, "same-origin")                                                                \
    ROW(ORIGIN, "origin")                                                                          \
    ROW(STRICT_ORIGIN, "strict-origin")                                                            \
    ROW(ORIGIN_WHEN_CROSS_ORIGIN, "origin-when-cross-origin")                                      \
    ROW(STRICT_ORIGIN_WHEN_CROSS_ORIGIN, "strict-origin-when-cross-origin")                        \
    ROW(UNSAFE_URL, "unsafe-url")

enum referrer_policy {
#define ROW(name, token) REFERRER_POLICY_##name,
    REFERRER_POLICY_TABLE(ROW)
#undef ROW
};

/* What holds where nothing is said. */
#define REFERRER_POLICY_DEFAULT REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN

/* A longer Referer is cut to its origin. */
#define REFERRER_BYTES_MOST 4096

/* By the Referrer-Policy fields of a response: the last word that is a policy. NONE_SAID where
 * there is none. */
enum referrer_policy referrer_policy_from_headers(struct bytes headers);

/* By the content of <meta name=referrer>, with the words of old, too. */
enum referrer_policy referrer_policy_from_meta(struct bytes content);

/* By the attribute referrerpolicy of an element. */
enum referrer_policy referrer_policy_from_attribute(struct bytes value);

const char *referrer_policy_text(enum referrer_policy policy);

/* Appends what a request for `to` says of the page `from`; false where nothing is to be sent. A
 * user's name and password are never in it, nor a fragment. */
bool referrer_write(enum referrer_policy policy, const struct url *from, const struct url *to,
                    struct buf *out);

#endif
