/* SPDX-License-Identifier: MIT
 *
 * inquiry - single exchanges with servers, one after the other, each waited for in the calling
 * thread: what the commands that test ask the network.
 *
 * Resolver, address guard, transfers, header lines and limits are those of a run, and so is the
 * meaning of what comes. Redirects are given back, not followed. Between two requests to one host
 * lies its delay. Robots.txt and scope are the caller's to ask; nothing is kept.
 *
 * Not beside a run in the same process, and once at a time: libcurl is begun and ended here.
 */
#ifndef CRAWLER_ENGINE_INQUIRY_H
#define CRAWLER_ENGINE_INQUIRY_H

#include "config/config.h"
#include "crawler/engine/exchange.h"
#include "crawler/engine/request_headers.h"

struct inquiry;

/* config is borrowed, and says who asks: config_identity_error is the caller's to heed. NULL and
 * *error (caller frees) where an option of [network] is wrong. */
struct inquiry *inquiry_new(const struct config *config, char **error);
void inquiry_free(struct inquiry *inquiry);

/* A GET of the URL (href ends with a NUL), with a body of at most body_most bytes on the wire (0:
 * max_body). The outcome is what a visit's would be; where no exchange took place (DNS, guard),
 * result->detail alone says more. The caller clears the result. */
enum outcome inquiry_get(struct inquiry *inquiry, const struct url *url,
                         const struct conditions *conditions, size_t body_most,
                         struct transfer_result *result);

#endif
