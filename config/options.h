/* SPDX-License-Identifier: MIT
 *
 * options - the one table of options. A row makes the field of struct settings, the default, the
 * range check, `config reference`, the manual page, the completions and the sample forage.conf.
 *
 *   OPT(field, name, section, type, default, least, most, reach, what it does)
 *
 * Types and their fields: TEXT (const char *, "" for none; least and most are lengths), SPAN
 * (int64_t milliseconds: 500ms 10s 5m 24h 7d), SIZE (uint64_t bytes: 256Ki 10M), COUNT (uint64_t),
 * FACTOR (double), FLAG (bool: yes, no), LIST (struct text_list: repeated lines or
 * comma-separated), NAMES (the same, of query parameters), LINES (struct text_list: repeated lines,
 * each as it stands), HEADERS (the same, of header fields: own_header.h), HOURS (struct hours:
 * base/hours.h), SCHEMES (bits of AUTH_CHOICES), and one type a choice (an enum). For flags, lists,
 * hours and choices least and most are unused. Defaults are written as a user would write them.
 *
 * Reach: CRAWL options hold for the whole crawl; HOST options may also stand in a host section;
 * APART options too, but there they mean something else, so a host without its own line has the
 * built-in value, never the general one. OWN options stand in the section of one host and nowhere
 * else: what is secret is never said of hosts that nobody named.
 *
 * Rules (include, exclude) are kept in order, apart.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#define OPTION_TABLE(OPT)                                                                          \
    OPT(user_agent, "user_agent", "crawl", TEXT, "", 0, 512, HOST,                                 \
        "Who we are, for webmasters: Name/1.0 (+https://where.to/read/about/it).")                 \
    OPT(contact, "contact", "crawl", TEXT, "", 0, 256, CRAWL,                                      \
        "A mail address or URL that reaches a person; sent as From where it is an address.")       \
    OPT(max_pages, "max_pages", "crawl", COUNT, "0", 0, 1e15, APART,                               \
        "Stop after this many pages in one run; in a host section: keep at most so many of the "   \
        "host, and let its other new URLs wait. 0: no limit.")                                     \
    OPT(max_time_ms, "max_time", "crawl", SPAN, "0", 0, 31536000000, CRAWL,                        \
        "Stop a run after this time. 0: no limit.")                                                \
    OPT(max_total_bytes, "max_total_bytes", "crawl", SIZE, "0", 0, 1e18, CRAWL,                    \
        "Stop a run after this many bytes received. 0: no limit.")                                 \
    OPT(wait_max_ms, "wait_max", "crawl", SPAN, "5m", 0, 86400000, CRAWL,                          \
        "End the run when every host with work is held for longer than this.")                     \
    OPT(revisit_ms, "revisit", "crawl", SPAN, "7d", 60000, 31536000000, HOST,                      \
        "When a known page is due again.")                                                         \
    OPT(failures_max, "failures_max", "crawl", COUNT, "100", 0, 100, CRAWL,                        \
        "Exit with 1 when more than this percentage of a run's fetches failed (100: never).")      \
    OPT(scope, "scope", "scope", SPAN_CHOICE, "host", 0, 0, CRAWL,                                 \
        "What the seeds span where no rule decides: host, site, prefix or any.")                   \
    OPT(max_depth, "max_depth", "scope", COUNT, "100", 0, 65535, HOST,                             \
        "Links followed from a seed, at most, to a URL of the host.")                              \
    OPT(max_url_bytes, "max_url", "scope", SIZE, "2048", 64, 8192, CRAWL,                          \
        "Longest URL that is followed.")                                                           \
    OPT(max_segments, "max_segments", "scope", COUNT, "32", 0, 1000, HOST,                         \
        "Path segments, at most. 0: no limit.")                                                    \
    OPT(max_segment_bytes, "max_segment", "scope", SIZE, "768", 0, 8192, HOST,                     \
        "Longest path segment: the name of a file has 255 bytes at most, and each may be "         \
        "escaped. What is longer is a state that grows from link to link. 0: no limit.")           \
    OPT(max_segment_repeats, "max_segment_repeats", "scope", COUNT, "3", 0, 100, HOST,             \
        "A path in which one segment stands so often is a trap (/a/x/a/y/a/). 0: off.")            \
    OPT(max_group_repeats, "max_group_repeats", "scope", COUNT, "2", 0, 100, HOST,                 \
        "A path in which the same two or more segments stand so often in a row is a trap "         \
        "(/a/b/a/b/): relative links that lead deeper each time. Numbers alone do not count. 0: "  \
        "off.")                                                                                    \
    OPT(max_parameters, "max_parameters", "scope", COUNT, "16", 0, 1000, HOST,                     \
        "Query parameters, at most. 0: no limit.")                                                 \
    OPT(max_parameter_repeats, "max_parameter_repeats", "scope", COUNT, "4", 0, 1000, HOST,        \
        "A query in which one name stands so often is a trap: links that add to the query that "   \
        "they stand under. 0: off.")                                                               \
    OPT(max_own_paths, "max_own_paths", "scope", COUNT, "2", 0, 100, HOST,                         \
        "A query that holds the path of its own URL so often, escaped or not, is a trap: a way "   \
        "back in a way back (/in?to=/in?to=/in). 0: off.")                                         \
    OPT(max_escape_depth, "max_escape_depth", "scope", COUNT, "2", 0, 100, HOST,                   \
        "Escapes within escapes, at most: 2 is %252F. More are URLs within URLs within URLs. 0: "  \
        "no limit.")                                                                               \
    OPT(sitemaps, "sitemaps", "scope", FLAG, "yes", 0, 0, HOST,                                    \
        "Follow the Sitemap lines of robots.txt, on any host in scope.")                           \
    OPT(accept_types, "accept_types", "scope", LIST,                                               \
        "text/html,application/xhtml+xml,text/xml,application/xml,application/rss+xml,"            \
        "application/atom+xml,text/plain,application/pdf",                                         \
        0, 0, HOST,                                                                                \
        "Content types that are fetched, decided at the headers; text/* and */* work.")            \
    OPT(queue_max, "queue_max", "scope", COUNT, "50000", 0, 1e12, HOST,                            \
        "URLs queued for one host that was not seeded; more are held until it has nothing else. "  \
        "0: no limit.")                                                                            \
    OPT(site_queue_max, "site_queue_max", "scope", COUNT, "500000", 0, 1e12, CRAWL,                \
        "The same over all hosts of a site that was not seeded.")                                  \
    OPT(site_max_pages, "site_max_pages", "scope", COUNT, "0", 0, 1e12, HOST,                      \
        "Pages kept of a site (registrable domain) over all its hosts; new URLs wait beyond. 0: "  \
        "no limit.")                                                                               \
    OPT(site_max_hosts, "site_max_hosts", "scope", COUNT, "1000", 0, 1e12, CRAWL,                  \
        "Hosts of a site that was not seeded from which pages are fetched, so that endless host "  \
        "names end. 0: no limit.")                                                                 \
    OPT(known_max, "known_max", "scope", COUNT, "0", 0, 1e12, CRAWL,                               \
        "URLs that the crawl may know, at 14 bytes of memory each; links to more are dropped "     \
        "until a page that has them is fetched again. 0: no limit.")                               \
    OPT(drop_tracking, "drop_tracking", "urls", FLAG, "yes", 0, 0, HOST,                           \
        "Leave out query parameters that say where a visitor came from and never choose what is "  \
        "shown: each sender of a link has other values for one page. The list is in \"forage "     \
        "config reference\".")                                                                     \
    OPT(drop_sessions, "drop_sessions", "urls", FLAG, "yes", 0, 0, HOST,                           \
        "Leave out session ids in the query, and ;jsessionid= in the path: every visit gets new "  \
        "ones, so each page would be found again and again. Names that others use, too (sid), "    \
        "go where their value looks like a token: 16 or more hexadecimal digits, or 26 or more "   \
        "letters and digits.")                                                                     \
    OPT(drop_parameters, "drop_parameters", "urls", NAMES, "", 0, 0, HOST,                         \
        "Further query parameters to leave out, as they stand in URLs; case does not matter, and " \
        "* at the end stands for any more (bar_*; * alone for all).")                              \
    OPT(keep_parameters, "keep_parameters", "urls", NAMES, "", 0, 0, HOST,                         \
        "Query parameters that are never left out, whatever a list says: where one chooses the "   \
        "page after all.")                                                                         \
    OPT(upper_hex, "upper_case_escapes", "urls", FLAG, "yes", 0, 0, HOST,                          \
        "%c3%bc becomes %C3%BC: RFC 3986 says that both are the same.")                            \
    OPT(decode_unreserved, "decode_unreserved", "urls", FLAG, "yes", 0, 0, HOST,                   \
        "%7Ea becomes ~a: letters, digits and -._~ mean the same with and without escape (RFC "    \
        "3986).")                                                                                  \
    OPT(drop_empty_query, "drop_empty_query", "urls", FLAG, "yes", 0, 0, HOST,                     \
        "Leave out a ? with nothing behind it: servers answer the same, and forms without fields " \
        "make it.")                                                                                \
    OPT(drop_host_dot, "drop_host_dot", "urls", FLAG, "yes", 0, 0, HOST,                           \
        "Leave out the dot behind a host (example.org.): it names the same host in the DNS.")      \
    OPT(delay_ms, "delay", "politeness", SPAN, "1s", 0, 86400000, HOST,                            \
        "Between the end of one response and the next request to the host.")                       \
    OPT(delay_factor, "delay_factor", "politeness", FACTOR, "1", 0, 100, HOST,                     \
        "Wait at least this times the last response time (30 s at most; not where delay is 0).")   \
    OPT(connections, "connections", "politeness", COUNT, "1", 1, 256, HOST,                        \
        "Requests at one time to the host; the delay holds for each.")                             \
    OPT(ip_delay_ms, "ip_delay", "politeness", SPAN, "100ms", 0, 3600000, CRAWL,                   \
        "Between requests to one address, whichever hosts share it.")                              \
    OPT(hours, "hours", "politeness", HOURS, "", 0, 0, HOST,                                       \
        "When the host may be asked: 22:00-06:00, or Mon-Fri 20:00-07:00, Sat-Sun 00:00-24:00; "   \
        "local time, UTC where that stands at the end. Empty: always.")                            \
    OPT(robots, "robots", "politeness", ROBOTS_CHOICE, "obey", 0, 0, HOST,                         \
        "obey or ignore robots.txt and robots directives (ignore only on sites that are yours).")  \
    OPT(host_failures, "host_failures", "politeness", COUNT, "10", 1, 1000, HOST,                  \
        "Failures in a row after which the host rests.")                                           \
    OPT(host_rest_ms, "host_rest", "politeness", SPAN, "1h", 1000, 86400000, HOST,                 \
        "How long it rests then, doubling to a day.")                                              \
    OPT(tries, "tries", "politeness", COUNT, "3", 1, 20, HOST,                                     \
        "Tries for one URL before it counts as unreachable.")                                      \
    OPT(retry_ms, "retry", "politeness", SPAN, "1m", 1000, 86400000, HOST,                         \
        "Before the second try of a URL; doubles with each.")                                      \
    OPT(allow_address, "allow_address", "network", LIST, "", 0, 0, CRAWL,                          \
        "Address ranges (CIDR) that may be connected to though they are not public.")              \
    OPT(max_rate_bytes, "max_rate", "network", SIZE, "0", 0, 1e12, APART,                          \
        "Bytes received in a second, at most, over all hosts; in a host section: from the host. "  \
        "0: no limit.")                                                                            \
    OPT(max_body_bytes, "max_body", "network", SIZE, "10M", 1024, 1073741824, HOST,                \
        "Largest body, decoded; what is beyond is cut and marked.")                                \
    OPT(max_sitemap_bytes, "max_sitemap", "network", SIZE, "50Mi", 1024, 1073741824, HOST,         \
        "The same for sitemaps that robots.txt or an index names; sitemaps.org allows 50 MiB.")    \
    OPT(max_header_bytes, "max_header", "network", SIZE, "128Ki", 1024, 16777216, CRAWL,           \
        "Largest block of response header fields.")                                                \
    OPT(connect_timeout_ms, "connect_timeout", "network", SPAN, "10s", 10, 600000, HOST,           \
        "For name look-up and connection.")                                                        \
    OPT(first_byte_timeout_ms, "first_byte_timeout", "network", SPAN, "20s", 10, 600000, HOST,     \
        "For the first byte of the response.")                                                     \
    OPT(fetch_timeout_ms, "fetch_timeout", "network", SPAN, "60s", 10, 86400000, HOST,             \
        "For one whole fetch.")                                                                    \
    OPT(slow_rate_bytes, "slow_rate", "network", SIZE, "1Ki", 0, 1e9, HOST,                        \
        "Slower than so many bytes a second ...")                                                  \
    OPT(slow_time_ms, "slow_time", "network", SPAN, "15s", 100, 600000, HOST,                      \
        "... for so long ends a fetch.")                                                           \
    OPT(http2, "http2", "network", HTTP2_CHOICE, "auto", 0, 0, HOST,                               \
        "auto: HTTP/2 where TLS offers it, with one connection for all requests of a host; no: "   \
        "HTTP/1.1 only; prior: HTTP/2 from the first byte, also without TLS.")                     \
    OPT(tls_ca_file, "tls_ca_file", "network", TEXT, "", 0, 4096, HOST,                            \
        "Certificate authorities to trust (PEM) in place of the system's; a whole path.")          \
    OPT(tls_client_cert, "tls_client_cert", "network", TEXT, "", 0, 4096, HOST,                    \
        "Certificate to show to servers that ask who we are (PEM); a whole path.")                 \
    OPT(tls_client_key, "tls_client_key", "network", TEXT, "", 0, 4096, HOST,                      \
        "Its key (PEM, without a password), where that is not in the same file; a whole path.")    \
    OPT(tls_min, "tls_min", "network", TLS_CHOICE, "1.2", 0, 0, HOST,                              \
        "Least version of TLS. For 1.0 and 1.1 OpenSSL also wants tls_ciphers = "                  \
        "DEFAULT@SECLEVEL=0.")                                                                     \
    OPT(tls_ciphers, "tls_ciphers", "network", TEXT, "", 0, 4096, HOST,                            \
        "Ciphers, as OpenSSL names them, with colons between. Empty: its own choice.")             \
    OPT(tls_insecure, "tls_insecure", "network", FLAG, "no", 0, 0, HOST,                           \
        "INSECURE: believe whoever answers. No certificate and no name is checked, so anyone on "  \
        "the way can read and change all. tls_ca_file is the better way to trust a host.")         \
    OPT(proxy, "proxy", "network", LIST, "", 0, 0, HOST,                                           \
        "Proxies, used in turn; one that fails rests: [http|https|socks4|socks4a|socks5|"          \
        "socks5h]://[USER[:$VARIABLE]@]HOST[:PORT]. The password is in that environment "          \
        "variable. Where the proxy looks up names (all but socks4 and socks5), no address is "     \
        "checked but one that stands in the URL.")                                                 \
    OPT(no_proxy, "no_proxy", "network", TEXT, "", 0, 4096, HOST,                                  \
        "Hosts that are asked directly: example.org with all below it, .example.org, addresses, "  \
        "10.0.0.0/8, with :port or without, *; commas or blanks between.")                         \
    OPT(proxy_from_env, "proxy_from_env", "network", FLAG, "no", 0, 0, HOST,                       \
        "Where proxy is empty, heed the environment: http_proxy, https_proxy, ftp_proxy, "         \
        "all_proxy and no_proxy.")                                                                 \
    OPT(ftp, "ftp", "network", FTP_CHOICE, "no", 0, 0, HOST,                                       \
        "yes: follow ftp links, too; directories become pages of links. tls: and encrypt them "    \
        "(FTPS; on port 990 from the first byte). Anonymously.")                                   \
    OPT(dns_servers, "dns_servers", "network", TEXT, "", 0, 1024, CRAWL,                           \
        "Name servers (address:port, comma-separated) in place of the system's.")                  \
    OPT(max_redirects, "max_redirects", "network", COUNT, "10", 0, 50, HOST,                       \
        "Redirects in a row that are followed, by status or by the Refresh header.")               \
    OPT(accept_language, "accept_language", "network", TEXT, "", 0, 256, HOST,                     \
        "Sent as Accept-Language.")                                                                \
    OPT(headers, "header", "requests", HEADERS, "", 0, 0, HOST,                                    \
        "A header field of our own, \"Name: value\"; given on a line each. One named Accept "      \
        "takes "                                                                                   \
        "the place of ours. Fields that the program makes itself are refused, with the option "    \
        "that says what is in them.")                                                              \
    OPT(referer, "referer", "requests", REFERER_CHOICE, "policy", 0, 0, HOST,                      \
        "What a server may know of the page whose link is followed: policy (as that page allows "  \
        "in its Referrer-Policy, else as browsers do: the whole URL within an origin, only the "   \
        "origin for others) or none.")                                                             \
    OPT(cookies, "cookies", "requests", COOKIES_CHOICE, "keep", 0, 0, HOST,                        \
        "off; session (taken and sent during a run) or keep (over runs as well, in the store).")   \
    OPT(netrc_file, "netrc_file", "requests", TEXT, "", 0, 4096, CRAWL,                            \
        "A netrc file with passwords of hosts that have a login here; relative to the crawl "      \
        "directory. Its \"default\" is never used.")                                               \
    OPT(transfers, "transfers", "engine", COUNT, "1024", 1, 65536, CRAWL,                          \
        "Most fetches in flight at once; a quarter of them is kept for hosts that answer soon.")   \
    OPT(fetch_threads, "fetch_threads", "engine", COUNT, "1", 1, 64, CRAWL,                        \
        "Threads that talk to the network.")                                                       \
    OPT(parse_threads, "parse_threads", "engine", COUNT, "0", 0, 256, CRAWL,                       \
        "Threads that parse pages. 0: as many as there are processors.")                           \
    OPT(inflight_bytes, "inflight", "engine", SIZE, "64Mi", 1048576, 1e12, CRAWL,                  \
        "Bytes of bodies between network and store, at most.")                                     \
    OPT(max_text_bytes, "max_text", "engine", SIZE, "1Mi", 1024, 1073741824, CRAWL,                \
        "Text kept of one page.")                                                                  \
    OPT(max_links, "max_links", "engine", COUNT, "5000", 1, 1000000, CRAWL,                        \
        "Links taken from one page.")                                                              \
    OPT(max_entries, "max_entries", "engine", COUNT, "50000", 1, 10000000, CRAWL,                  \
        "URLs taken from one sitemap; sitemaps.org allows 50,000.")                                \
    OPT(db_cache_bytes, "db_cache", "store", SIZE, "96Mi", 1048576, 1e12, CRAWL,                   \
        "Cache of the database.")                                                                  \
    OPT(db_locks, "db_locks", "store", FLAG, "no", 0, 0, CRAWL,                                    \
        "Run the database with its lock tables (slower; one thread works on tables anyway).")      \
    OPT(checkpoint_bytes, "checkpoint", "store", SIZE, "64Mi", 1048576, 1e12, CRAWL,               \
        "Log written between two checkpoints; recovery takes a second per 100 MB.")                \
    OPT(min_free_bytes, "min_free", "store", SIZE, "2Gi", 0, 1e15, CRAWL,                          \
        "Free space below which fetching pauses, for wait_max at most (5 % of the file system, "   \
        "if that is less; at least four checkpoints). 0: any.")                                    \
    OPT(max_store_bytes, "max_store", "store", SIZE, "0", 0, 1e15, CRAWL,                          \
        "Stop a run when the files of the store are larger than this. 0: no limit.")               \
    OPT(keep_bodies, "keep_bodies", "store", FLAG, "yes", 0, 0, HOST,                              \
        "Keep the bodies as received, beside text and links.")                                     \
    OPT(keep_no_store, "keep_no_store", "store", FLAG, "yes", 0, 0, HOST,                          \
        "Keep pages that are sent with Cache-Control: no-store for the index; never is their "     \
        "stored form used in place of a request. no: they are read for their links alone.")        \
    OPT(arrivals_max, "arrivals_max", "store", COUNT, "1000000", 1000, 1e9, CRAWL,                 \
        "New URLs held in memory before they are written to their hosts' queues.")                 \
    OPT(log_level, "log_level", "log", LEVEL_CHOICE, "warning", 0, 0, CRAWL,                       \
        "error, warning, info, or debug (a line for each URL that has an outcome).")               \
    OPT(log_file, "log_file", "log", TEXT, "", 0, 4096, CRAWL,                                     \
        "Lines go here as well; relative to the crawl directory.")                                 \
    OPT(login_user, "login_user", "host", TEXT, "", 0, 256, OWN,                                   \
        "The user name for HTTP authentication. It, and the password, go to login_origin alone.")  \
    OPT(login_password_env, "login_password_env", "host", TEXT, "", 0, 256, OWN,                   \
        "The environment variable that holds the password. Empty: it is in netrc_file.")           \
    OPT(login_token_env, "login_token_env", "host", TEXT, "", 0, 256, OWN,                         \
        "The environment variable that holds a token, sent as Bearer in place of user and "        \
        "password.")                                                                               \
    OPT(login_token_header, "login_token_header", "host", TEXT, "", 0, 128, OWN,                   \
        "The header field that carries the token alone (X-Api-Key), with each request. Empty: "    \
        "Authorization, as Bearer.")                                                               \
    OPT(login_origin, "login_origin", "host", LIST, "", 0, 0, OWN,                                 \
        "The schemes and ports of the host that the login is for "                                 \
        "(https://docs.example.org:8443). "                                                        \
        "Empty: https and its usual port. No other gets it, whatever redirects there.")            \
    OPT(login_schemes, "login_schemes", "host", SCHEMES, "basic, digest", 0, 0, OWN,               \
        "Ways in which the password may be sent: basic, digest, ntlm, negotiate. Of those that "   \
        "the server offers the safest is taken.")                                                  \
    OPT(login_unasked, "login_unasked", "host", FLAG, "no", 0, 0, OWN,                             \
        "Send the login with the first request (Basic or Bearer), not only once it is asked for.") \
    OPT(form_action, "form_action", "host", TEXT, "", 0, 2048, OWN,                                \
        "The URL that a login form is sent to, on this host. It is posted before the first page, " \
        "and again when a sign of expiry is seen: a redirect to the form, or form_expired.")       \
    OPT(form_page, "form_page", "host", TEXT, "", 0, 2048, OWN,                                    \
        "The URL of the page with the form, on this host. It is fetched first, and the hidden "    \
        "fields of the form whose action is form_action are sent along. It is looked for in the "  \
        "first 64 KiB, as the signs below are.")                                                   \
    OPT(form_field, "form_field", "host", LINES, "", 0, 0, OWN,                                    \
        "A field of the form, name=value; on a line each.")                                        \
    OPT(form_secret, "form_secret", "host", LINES, "", 0, 0, OWN,                                  \
        "A field whose value is in an environment variable, name=VARIABLE; on a line each.")       \
    OPT(form_cookie, "form_cookie", "host", TEXT, "", 0, 256, OWN,                                 \
        "The login succeeded if there is a cookie of this name then. Neither this nor "            \
        "form_success: if the answer is no error and does not lead back to the form.")             \
    OPT(form_success, "form_success", "host", TEXT, "", 0, 1024, OWN,                              \
        "The login succeeded if the page that follows holds this text (in its first 64 KiB).")     \
    OPT(form_expired, "form_expired", "host", TEXT, "", 0, 1024, OWN,                              \
        "A page that holds this text (in its first 64 KiB) was answered to somebody who is not "   \
        "logged in.")

/* Sections in the order of the documents: name, what stands there. */
#define SECTION_TABLE(SECTION)                                                                     \
    SECTION("crawl", "Who crawls, how much and how often.")                                        \
    SECTION("scope", "Which URLs are followed.")                                                   \
    SECTION("urls", "What makes two URLs one page.")                                               \
    SECTION("politeness", "What hosts are spared.")                                                \
    SECTION("network", "How connections are made, and their limits.")                              \
    SECTION("requests", "What requests say, beside what is asked for.")                            \
    SECTION("engine", "Threads, memory and what is taken from a page.")                            \
    SECTION("store", "The database and what is kept.")                                             \
    SECTION("log", "What is said, and where.")                                                     \
    SECTION("host", "Of one host alone: logins. Secrets are in the environment, or in "            \
                    "netrc_file.")

/* Lines of [scope] and host sections that are no options: name, is it an include, what it does. */
#define RULE_TABLE(RULE)                                                                           \
    RULE("include", true,                                                                          \
         "Follow URLs that match this regular expression (PCRE2), whatever the scope says.")       \
    RULE("exclude", false, "Do not follow URLs that match this regular expression (PCRE2).")

#define SPAN_CHOICES(WORD)                                                                         \
    WORD(SPAN_HOST, "host")                                                                        \
    WORD(SPAN_SITE, "site")                                                                        \
    WORD(SPAN_PREFIX, "prefix")                                                                    \
    WORD(SPAN_ANY, "any")

#define ROBOTS_CHOICES(WORD)                                                                       \
    WORD(ROBOTS_OBEY, "obey")                                                                      \
    WORD(ROBOTS_IGNORE, "ignore")

#define HTTP2_CHOICES(WORD)                                                                        \
    WORD(HTTP2_AUTO, "auto")                                                                       \
    WORD(HTTP2_NO, "no")                                                                           \
    WORD(HTTP2_PRIOR, "prior")

#define FTP_CHOICES(WORD)                                                                          \
    WORD(FTP_NO, "no")                                                                             \
    WORD(FTP_YES, "yes")                                                                           \
    WORD(FTP_TLS, "tls")

#define TLS_CHOICES(WORD)                                                                          \
    WORD(TLS_MIN_1_0, "1.0")                                                                       \
    WORD(TLS_MIN_1_1, "1.1")                                                                       \
    WORD(TLS_MIN_1_2, "1.2")                                                                       \
    WORD(TLS_MIN_1_3, "1.3")

#define LEVEL_CHOICES(WORD)                                                                        \
    WORD(LEVEL_ERROR, "error")                                                                     \
    WORD(LEVEL_WARNING, "warning")                                                                 \
    WORD(LEVEL_INFO, "info")                                                                       \
    WORD(LEVEL_DEBUG, "debug")

#define REFERER_CHOICES(WORD)                                                                      \
    WORD(REFERER_POLICY, "policy")                                                                 \
    WORD(REFERER_NONE, "none")

#define COOKIES_CHOICES(WORD)                                                                      \
    WORD(COOKIES_KEEP, "keep")                                                                     \
    WORD(COOKIES_SESSION, "session")                                                               \
    WORD(COOKIES_OFF, "off")

/* Bits, in this order, of enum auth_scheme (crawler/fetch/challenges.h). */
#define AUTH_CHOICES(WORD)                                                                         \
    WORD(CHOICE_BASIC, "basic")                                                                    \
    WORD(CHOICE_DIGEST, "digest")                                                                  \
    WORD(CHOICE_NTLM, "ntlm")                                                                      \
    WORD(CHOICE_NEGOTIATE, "negotiate")

#define WORD(name, text) name,
enum span_choice { SPAN_CHOICES(WORD) };
enum robots_choice { ROBOTS_CHOICES(WORD) };
enum http2_choice { HTTP2_CHOICES(WORD) };
enum ftp_choice { FTP_CHOICES(WORD) };
enum tls_choice { TLS_CHOICES(WORD) };
enum level_choice { LEVEL_CHOICES(WORD) };
enum referer_choice { REFERER_CHOICES(WORD) };
enum cookies_choice { COOKIES_CHOICES(WORD) };
enum auth_choice { AUTH_CHOICES(WORD) };
#undef WORD

#endif
