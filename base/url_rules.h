/* SPDX-License-Identifier: MIT
 *
 * url_rules - what is done to a canonical URL beyond the standard, so that one page has fewer URLs.
 *
 * Each rule is a choice of the crawl, as each can be wrong for some site. They only ever shorten,
 * the order of a query and "www." are never touched, and a URL that went through them once is left
 * alone the next time.
 */
#ifndef BASE_URL_RULES_H
#define BASE_URL_RULES_H

#include <stdbool.h>
#include <stddef.h>

#include "base/url.h"

/* The rules in the order in which they are applied: the field of struct url_rules, and the option
 * that sets it. One after the other they do what they do together. */
#define URL_RULE_TABLE(ROW)                                                                        \
    ROW(drop_host_dot, "drop_host_dot")         /* The dot of the root in "example.org.". */       \
    ROW(upper_hex, "upper_case_escapes")        /* "%c3%bc" becomes "%C3%BC". */                   \
    ROW(decode_unreserved, "decode_unreserved") /* "%7Ea": letters, digits, '-', '.', '_', '~'. */ \
    ROW(drop_sessions, "drop_sessions")         /* URL_SESSION_TABLE, ";jsessionid=" in paths. */  \
    ROW(drop_tracking, "drop_tracking")         /* URL_TRACKING_TABLE. */                          \
    ROW(drop_parameters, "drop_parameters")     /* The crawl's own list. */                        \
    ROW(drop_empty_query, "drop_empty_query")   /* A '?' with nothing behind it. */

/* Names of query parameters as they stand in canonical URLs; case does not matter, and '*' at the
 * end stands for any more ("*" alone for every name). None is empty. Borrowed. */
struct url_names {
    const struct bytes *items;
    size_t count;
};

struct url_rules {
#define ROW(field, option) bool field;
    URL_RULE_TABLE(ROW)
#undef ROW
    struct url_names dropped; /* By drop_parameters. */
    struct url_names kept;    /* By no rule: these win over every table and list. */
};

/* Query parameters that tell advertisers and statistics where a visitor came from, and never choose
 * what is shown: the name, and who has it put there. Case does not matter; '*' stands for any more
 * of the name. */
#define URL_TRACKING_TABLE(ROW)                                                                    \
    ROW("utm_*", "Google Analytics and all who copied it")                                         \
    ROW("gclid", "Google Ads: click")                                                              \
    ROW("gclsrc", "Google Ads: source of the click")                                               \
    ROW("dclid", "Google Display")                                                                 \
    ROW("gbraid", "Google Ads: from apps")                                                         \
    ROW("wbraid", "Google Ads: to apps")                                                           \
    ROW("srsltid", "Google Merchant Center")                                                       \
    ROW("_ga", "Google Analytics: visitor over domains")                                           \
    ROW("_gl", "Google Analytics: linker")                                                         \
    ROW("fbclid", "Facebook")                                                                      \
    ROW("igshid", "Instagram")                                                                     \
    ROW("igsh", "Instagram")                                                                       \
    ROW("msclkid", "Microsoft Advertising")                                                        \
    ROW("yclid", "Yandex Direct")                                                                  \
    ROW("ysclid", "Yandex Search")                                                                 \
    ROW("_openstat", "Yandex, Openstat")                                                           \
    ROW("twclid", "Twitter")                                                                       \
    ROW("ttclid", "TikTok")                                                                        \
    ROW("li_fat_id", "LinkedIn")                                                                   \
    ROW("epik", "Pinterest")                                                                       \
    ROW("mc_cid", "Mailchimp: campaign")                                                           \
    ROW("mc_eid", "Mailchimp: recipient")                                                          \
    ROW("mkt_tok", "Marketo")                                                                      \
    ROW("_hsenc", "HubSpot: recipient")                                                            \
    ROW("_hsmi", "HubSpot: mail")                                                                  \
    ROW("vero_id", "Vero")                                                                         \
    ROW("oly_anon_id", "Omeda")                                                                    \
    ROW("oly_enc_id", "Omeda")                                                                     \
    ROW("wickedid", "Wicked Reports")                                                              \
    ROW("zanpid", "Awin")                                                                          \
    ROW("mtm_*", "Matomo")                                                                         \
    ROW("pk_campaign", "Matomo, formerly Piwik")                                                   \
    ROW("pk_kwd", "Matomo, formerly Piwik")                                                        \
    ROW("piwik_*", "Matomo, formerly Piwik")

/* Query parameters that carry a session: the name, whether it is enough, and whose it is. Those
 * with `false` go only where their value looks like a token: 16 or more hexadecimal digits, or 26
 * or more letters and digits. */
#define URL_SESSION_TABLE(ROW)                                                                     \
    ROW("phpsessid", true, "PHP")                                                                  \
    ROW("jsessionid", true, "Java servlets, also in the path")                                     \
    ROW("aspsessionid*", true, "ASP")                                                              \
    ROW("oscsid", true, "osCommerce")                                                              \
    ROW("cfid", true, "ColdFusion")                                                                \
    ROW("cftoken", true, "ColdFusion")                                                             \
    ROW("zenid", false, "Zen Cart")                                                                \
    ROW("sid", false, "phpBB and others")                                                          \
    ROW("sessid", false, "many")                                                                   \
    ROW("sessionid", false, "many")                                                                \
    ROW("session_id", false, "many")

/* Every rule, with no list of the crawl's own: what is built in. */
static inline struct url_rules url_rules_all(void)
{
    return (struct url_rules){
        .drop_host_dot = true,
        .upper_hex = true,
        .decode_unreserved = true,
        .drop_sessions = true,
        .drop_tracking = true,
        .drop_empty_query = true,
    };
}

/* Is this a name that struct url_names may hold? */
bool url_name_is_good(struct bytes name);

/* Edits the URL in the storage it was parsed into; true where something changed. */
bool url_apply_rules(struct url *url, char *storage, size_t storage_size,
                     const struct url_rules *rules);

#endif
