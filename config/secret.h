/* SPDX-License-Identifier: MIT
 *
 * secret - what of an option's text is not for eyes: whoever prints options prints it masked.
 *
 * No option is meant to hold a secret. A user may write one into the file all the same, and then it
 * is in no output and no message, be it only the one that says so.
 */
#ifndef CONFIG_SECRET_H
#define CONFIG_SECRET_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/bytes.h"
#include "config/option.h"

/* Does the name of a header field speak of a secret? */
bool secret_is_named(struct bytes name);

/* Appends a text of the option, or one of its list, secrets in it as "***": passwords in URLs and
 * of proxies, unless it is said there where they are (crawler/fetch/proxy_login.h), and the values
 * of form fields whose names speak of them. */
void secret_mask(const struct option *option, struct bytes text, struct buf *out);

#endif
