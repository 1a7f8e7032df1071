/* SPDX-License-Identifier: MIT
 *
 * scope_report - what a scope says to a URL and why, rule by rule, for people and programs.
 */
#ifndef CRAWLER_CONTROL_SCOPE_REPORT_H
#define CRAWLER_CONTROL_SCOPE_REPORT_H

#include "base/buf.h"
#include "frontier/scope.h"

/* How a crawl's scope is asked for: SCOPE_VERDICT is a packed u8, is it in?, and why. */
enum scope_form { SCOPE_TEXT, SCOPE_JSON, SCOPE_VERDICT, SCOPE_FORMS };

/* Appends lines, or one line of JSON. */
void scope_report(const struct scope *scope, const struct url *url, uint32_t depth, bool is_json,
                  struct buf *out);

#endif
