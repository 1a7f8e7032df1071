/* SPDX-License-Identifier: MIT
 *
 * proxy_login - where the login of a proxy is: a configuration says that, and holds no password.
 *
 *     http://alice:$PROXY_PASSWORD@proxy.example.org:3128    an environment variable
 *     http://alice:@/etc/forage/proxy@proxy.example.org:3128 the first line of a file that nobody
 *                                                            else can read
 *
 * The user name may stand there itself, or be said in one of these ways.
 */
#ifndef CRAWLER_FETCH_PROXY_LOGIN_H
#define CRAWLER_FETCH_PROXY_LOGIN_H

#include <stdbool.h>

#include "crawler/fetch/proxy.h"

/* What the login says of places is replaced by what is there. False where it is not, or where the
 * password itself stands in the URL; *problem (caller frees) says so without it. environment: as
 * getenv(). */
bool proxy_login_find(struct proxy *proxy, const char *(*environment)(const char *name),
                      char **problem);

#endif
