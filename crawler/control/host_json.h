/* SPDX-License-Identifier: MIT
 *
 * host_json - a host as explain and ls show it in JSON: the same members in both.
 */
#ifndef CRAWLER_CONTROL_HOST_JSON_H
#define CRAWLER_CONTROL_HOST_JSON_H

#include "base/json.h"
#include "config/config.h"
#include "frontier/view.h"

/* The members of an object that the caller begins and ends. */
void host_json(struct json *json, const struct host_view *view, const struct config *config,
               int64_t now_ms);

#endif
