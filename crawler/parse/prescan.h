/* SPDX-License-Identifier: MIT
 *
 * prescan - the encoding that a document declares inside of itself.
 */
#ifndef CRAWLER_PARSE_PRESCAN_H
#define CRAWLER_PARSE_PRESCAN_H

#include "base/bytes.h"

struct charset;

/* HTML: prescan a byte stream to determine its encoding,. NULL where
 * nothing is declared. */
const struct charset *prescan_html(struct bytes body);

/* The XML declaration. */
const struct charset *prescan_xml(struct bytes body);

#endif
