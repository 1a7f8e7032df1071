/* SPDX-License-Identifier: MIT
 *
 * exchange - how we ask as options say, and what an ended transfer came to.
 *
 * Pure: no thread, no network.
 */
#ifndef CRAWLER_ENGINE_EXCHANGE_H
#define CRAWLER_ENGINE_EXCHANGE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "config/config.h"
#include "crawler/fetch/resolver.h"
#include "crawler/fetch/transfers.h"
#include "crawler/parse/page_facts.h"
#include "frontier/frontier.h"
#include "frontier/outcome.h"
#include "frontier/scheduler.h"
#include "robots/directives.h"
#include "store/coding.h"

/* Who asks this host, and whom its robots.txt may name. Borrowed from config. */
struct bytes exchange_user_agent(const struct config *config, const struct settings *settings);
struct bytes exchange_product_token(const struct config *config, const struct settings *settings);

/* How names are looked up. */
struct resolver_options exchange_names(const struct settings *settings);
/* How the host is spoken to; what is in it is borrowed from the settings. */
struct transfer_tls exchange_tls(const struct settings *settings);
enum http_version_wanted exchange_http_version(const struct settings *settings);

/* Keeps the addresses that the guard lets through. Where it stops one, *why says which range that
 * is in; else it stays as it is. */
void exchange_keep_allowed(struct resolved *resolved, const struct address_rules *rules,
                           const char **why);

struct transfer_limits exchange_limits(const struct settings *settings);

/* What settings, address and body say of a request, which is a POST where it has a body. Its header
 * lines, login, TLS, proxy and rate are the caller's to set. All is borrowed. */
struct transfer_request exchange_request(const struct url *url, const struct settings *settings,
                                         const struct resolved *resolved, struct bytes body);
struct pace_policy exchange_policy(const struct settings *settings);

/* How much is read of a page; and decoded: a body of so many decoded bytes at most. */
struct page_limits exchange_page_limits(const struct settings *settings);
struct coding_limits exchange_coding_limits(size_t body_most);

/* Was it found as a sitemap? */
bool exchange_is_sitemap(const struct task *task);
/* The same, or by its name? Then it may be larger than a page, and be a packed file whatever its
 * type is called (sitemaps.org allows gzip). */
bool exchange_may_be_sitemap(const struct task *task);
size_t exchange_body_most(const struct settings *settings, const struct task *task);

/* Fills in what input->headers say of the type; essence backs some of it. */
void exchange_read_type(struct page_input *input, char essence[128]);

/* What X-Robots-Tag fields say to this robot. Adds to what is there. */
void exchange_header_directives(struct directives *directives, struct bytes headers,
                                struct bytes product_token);

/* What the transfer came to. is_conditional: the request carried a validator, so that 304 makes
 * sense. */
enum outcome exchange_outcome(const struct transfer_result *result, bool is_conditional);

/* Did (some of) a page's content come? */
bool exchange_has_content(enum outcome outcome);

/* Did we or a proxy end it before it was the host's? Then it says nothing of host and URL, and is
 * as if it had not been asked for. */
bool exchange_is_void(const struct transfer_result *result);

/* How it counts for politeness. */
enum contact exchange_contact(const struct transfer_result *result, enum outcome outcome);

/* Is this content type ("text/html") on the list? Empty types are: they are sniffed later.
 * "text/html", "text/+", "+/+" with stars in place of the plus signs. */
bool type_is_accepted(const struct text_list *accepted, struct bytes type);

#endif
