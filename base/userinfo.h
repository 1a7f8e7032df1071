/* SPDX-License-Identifier: MIT
 *
 * userinfo - the login in front of the host of a URL, for people to read: its password is "***".
 */
#ifndef BASE_USERINFO_H
#define BASE_USERINFO_H

#include "base/buf.h"
#include "base/bytes.h"

/* Appends the text, with the password masked in each "://user:password@" of it. */
void userinfo_mask(struct buf *out, struct bytes text);

#endif
