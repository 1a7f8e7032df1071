/* SPDX-License-Identifier: MIT
 *
 * network_options - what is wrong with the options of [network] that the table alone cannot tell:
 * addresses, name servers, proxies, hosts without one, and the files of TLS.
 */
#ifndef CRAWLER_CONTROL_NETWORK_OPTIONS_H
#define CRAWLER_CONTROL_NETWORK_OPTIONS_H

#include "config/config.h"

/* NULL, or (caller frees) what is wrong and where, for the crawl or a host section. */
char *network_options_error(const struct config *config);

#endif
