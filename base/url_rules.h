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

struct url_rules {
    bool drop_tracking; /* Parameters of URL_TRACKING_TABLE. */
    bool drop_sessions; /* Parameters of URL_SESSION_TABLE, and ";jsessionid=..." in the path. */
    bool upper_hex;     /* "%c3%bc" becomes "%C3%BC". */
    bool decode_unreserved; /* "%7Ea" becomes "~a": letters, digits, '-', '.', '_', '~'. */
    bool drop_empty_query;  /* A '?' with nothing behind it. */
    bool drop_host_dot;     /* The dot of the root in "example.org.". */
};

/* Query parameters that tell advertisers and statistics where a visitor came from, and never choose
 * what is shown. Case does not matter; '*' stands for any more of the name. */
#define URL_TRACKING_TABLE(ROW)                                                                    \
    ROW("utm_*")       /* Google Analytics and all who copied it */                                \
    ROW("gclid")       /* Google Ads: click */                                                     \
    ROW("gclsrc")      /* Google Ads: source of the click */                                       \
    ROW("dclid")       /* Google Display */                                                        \
    ROW("gbraid")      /* Google Ads: from apps */                                                 \
    ROW("wbraid")      /* Google Ads: to apps */                                                   \
    ROW("srsltid")     /* Google Merchant Center */                                                \
    ROW("_ga")         /* Google Analytics: visitor over domains */                                \
    ROW("_gl")         /* Google Analytics: linker */                                              \
    ROW("fbclid")      /* Facebook */                                                              \
    ROW("igshid")      /* Instagram */                                                             \
    ROW("igsh")        /* Instagram */                                                             \
    ROW("msclkid")     /* Microsoft Advertising */                                                 \
    ROW("yclid")       /* Yandex Direct */                                                         \
    ROW("ysclid")      /* Yandex Search */                                                         \
    ROW("_openstat")   /* Yandex, Openstat */                                                      \
    ROW("twclid")      /* Twitter */                                                               \
    ROW("ttclid")      /* TikTok */                                                                \
    ROW("li_fat_id")   /* LinkedIn */                                                              \
    ROW("epik")        /* Pinterest */                                                             \
    ROW("mc_cid")      /* Mailchimp: campaign */                                                   \
    ROW("mc_eid")      /* Mailchimp: recipient */                                                  \
    ROW("mkt_tok")     /* Marketo */                                                               \
    ROW("_hsenc")      /* HubSpot: recipient */                                                    \
    ROW("_hsmi")       /* HubSpot: mail */                                                         \
    ROW("vero_id")     /* Vero */                                                                  \
    ROW("oly_anon_id") /* Omeda */                                                                 \
    ROW("oly_enc_id")  /* Omeda */                                                                 \
    ROW("wickedid")    /* Wicked Reports */                                                        \
    ROW("zanpid")      /* Awin */                                                                  \
    ROW("mtm_*")       /* Matomo */                                                                \
    ROW("pk_campaign") /* Matomo, formerly Piwik */                                                \
    ROW("pk_kwd")      /* Matomo, formerly Piwik */                                                \
    ROW("piwik_*")     /* Matomo, formerly Piwik */

/* Query parameters that carry a session. Those with `true` do so by their name alone; the others
 * only when their value looks like a token: 16 or more hexadecimal digits, or 26 or more letters
 * and digits. */
#define URL_SESSION_TABLE(ROW)                                                                     \
    ROW("phpsessid", true)                                                                         \
    ROW("jsessionid", true)                                                                        \
    ROW("aspsessionid*", true)                                                                     \
    ROW("oscsid", true)                                                                            \
    ROW("cfid", true)                                                                              \
    ROW("cftoken", true)                                                                           \
    ROW("zenid", false)                                                                            \
    ROW("sid", false)                                                                              \
    ROW("sessid", false)                                                                           \
    ROW("sessionid", false)                                                                        \
    ROW("session_id", false)

static inline struct url_rules url_rules_all(void)
{
    return (struct url_rules){ true, true, true, true, true, true };
}

/* Edits the URL in the storage it was parsed into; true where something changed. */
bool url_apply_rules(struct url *url, char *storage, size_t storage_size,
                     const struct url_rules *rules);

#endif
