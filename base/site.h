/* SPDX-License-Identifier: MIT
 *
 * site - the registrable domain of a host, by the public suffix list. The door to libpsl.h.
 */
#ifndef BASE_SITE_H
#define BASE_SITE_H

#include <stdbool.h>

#include "base/bytes.h"

/* "example.co.uk" for "www.shop.example.co.uk": a tail of host. Address literals, single labels and
 * public suffixes themselves are their own site; a dot that ends the host ends the site. The host
 * is canonical, as url_host gives it. Thread-safe; the list is loaded on first use. */
struct bytes site_of_host(struct bytes host);

/* Do hosts below this one belong to different owners: is it "co.uk", "github.io", a single label?
 * Address literals are not. Where there is no list, every name is. */
bool site_is_suffix(struct bytes host);

#endif
