/* SPDX-License-Identifier: MIT
 *
 * moving - (inside commit) what a redirect makes of its URL: an alias, a loop, a way to cookies, or
 * a seed that takes the scope along.
 */
#ifndef CRAWLER_ENGINE_MOVING_H
#define CRAWLER_ENGINE_MOVING_H

#include "crawler/engine/indexing.h"

/* The visit's reason is the target. False where it is a loop, and so refused. */
bool moving_redirect(struct commit *commit, struct subject *subject);

#endif
