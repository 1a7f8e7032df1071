/* SPDX-License-Identifier: MIT
 *
 * typed_host - hosts as people type them: a name, "*.example.org" for all below it, or a URL of the
 * host.
 */
#ifndef CRAWLER_CLI_TYPED_HOST_H
#define CRAWLER_CLI_TYPED_HOST_H

#include "base/buf.h"
#include "crawler/cli/invocation.h"

/* Packs the canonical pattern (base/host_pattern.h) into a question; says what is wrong. */
enum status typed_host_pack(struct invocation *in, const char *text, struct buf *question);

#endif
