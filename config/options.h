/* SPDX-License-Identifier: MIT
 *
 * options - the one table of options. A row makes the field of struct settings, the default, the range check,
 * `config reference`, the manual page, the completions and the sample forage.conf.
 *
 *   OPT(field, name, section, type, default, least, most, per host?, what it does)
 *
 * Types and their fields: TEXT (const char *, "" for none), SPAN (int64_t milliseconds: 500ms 10s 5m 24h 7d),
 * SIZE (uint64_t bytes: 256Ki 10M), COUNT (uint64_t), FACTOR (double), FLAG (bool: yes, no), LIST (struct text_list:
 * repeated lines or comma-separated), and one type a choice (an enum). For choices least and most are unused.
 * Defaults are written as a user would write them. Rules (include, exclude) are kept in order, apart.
 */
#ifndef CONFIG_OPTIONS_H
#define CONFIG_OPTIONS_H

#define OPTION_TABLE(OPT)                                                                          \
    OPT(user_agent, "user_agent", "crawl", TEXT, "", 0, 256, true,                                 \
        "Who we are, for webmasters: Name/1.0 (+https://where.to/read/about/it).")                 \
    OPT(contact, "contact", "crawl", TEXT, "", 0, 256, false,                                      \
        "A mail address or URL that reaches a person; sent as From where it is an address.")       \
    OPT(max_pages, "max_pages", "crawl", COUNT, "0", 0, 1e15, true,                                \
        "Stop after this many pages in one run; in a host section: keep at most so many of the host. 0: no limit.") \
    OPT(max_time_ms, "max_time", "crawl", SPAN, "0", 0, 3.2e10, false,                             \
        "Stop a run after this time. 0: no limit.")                                                \
    OPT(max_total_bytes, "max_total_bytes", "crawl", SIZE, "0", 0, 1e18, false,                    \
        "Stop a run after this many bytes received. 0: no limit.")                                 \
    OPT(wait_max_ms, "wait_max", "crawl", SPAN, "5m", 0, 86400000, false,                          \
        "End the run when every host with work is held for longer than this.")                    \
    OPT(revisit_ms, "revisit", "crawl", SPAN, "7d", 60000, 3.2e10, true,                           \
        "When a known page is due again.")                                                         \
    OPT(failures_max, "failures_max", "crawl", COUNT, "100", 0, 100, false,                        \
        "Exit with 1 when more than this percentage of a run's fetches failed (100: never).")      \
    OPT(scope, "scope", "scope", SPAN_CHOICE, "host", 0, 0, false,                                 \
        "What the seeds span where no rule decides: host, site, prefix or any.")                   \
    OPT(max_depth, "max_depth", "scope", COUNT, "100", 0, 65535, false,                            \
        "Links followed from a seed, at most.")                                                    \
    OPT(max_url_bytes, "max_url", "scope", SIZE, "2048", 64, 8192, false,                          \
        "Longest URL that is followed.")                                                           \
    OPT(max_segment_repeats, "max_segment_repeats", "scope", COUNT, "3", 0, 100, true,             \
        "A path in which one segment stands so often is a trap. 0: off.")                          \
    OPT(max_segments, "max_segments", "scope", COUNT, "32", 0, 1000, true,                         \
        "Path segments, at most. 0: no limit.")                                                    \
    OPT(max_parameters, "max_parameters", "scope", COUNT, "16", 0, 1000, true,                     \
        "Query parameters, at most. 0: no limit.")                                                 \
    OPT(accept_types, "accept_types", "scope", LIST,                                               \
        "text/html,application/xhtml+xml,text/xml,application/xml,application/rss+xml,"            \
        "application/atom+xml,text/plain,application/pdf",                                         \
        0, 0, true, "Content types that are fetched, decided at the headers; text/* and */* work.") \
    OPT(queue_max, "queue_max", "scope", COUNT, "50000", 0, 1e12, true,                            \
        "URLs queued for one host that was not seeded; more are held. 0: no limit.")               \
    OPT(delay_ms, "delay", "politeness", SPAN, "1s", 0, 86400000, true,                            \
        "Between the end of one response and the next request to the host.")                       \
    OPT(delay_factor, "delay_factor", "politeness", FACTOR, "1", 0, 100, true,                     \
        "Wait at least this times the last response time (30 s at most; not where delay is 0).")   \
    OPT(connections, "connections", "politeness", COUNT, "1", 1, 256, true,                        \
        "Requests at one time to the host; the delay holds for each.")                             \
    OPT(ip_delay_ms, "ip_delay", "politeness", SPAN, "100ms", 0, 3600000, false,                   \
        "Between requests to one address, whichever hosts share it.")                              \
    OPT(robots, "robots", "politeness", ROBOTS_CHOICE, "obey", 0, 0, true,                         \
        "obey or ignore robots.txt and robots directives (ignore only on sites that are yours).")  \
    OPT(host_failures, "host_failures", "politeness", COUNT, "10", 1, 1000, true,                  \
        "Failures in a row after which the host rests.")                                           \
    OPT(host_rest_ms, "host_rest", "politeness", SPAN, "1h", 1000, 86400000, true,                 \
        "How long it rests then, doubling to a day.")                                              \
    OPT(tries, "tries", "politeness", COUNT, "3", 1, 20, true,                                     \
        "Tries for one URL before it counts as unreachable.")                                      \
    OPT(retry_ms, "retry", "politeness", SPAN, "1m", 1000, 86400000, true,                         \
        "Before the second try of a URL; doubles with each.")                                      \
    OPT(allow_address, "allow_address", "network", LIST, "", 0, 0, false,                          \
        "Address ranges (CIDR) that may be connected to though they are not public.")              \
    OPT(max_body_bytes, "max_body", "network", SIZE, "10M", 1024, 1073741824, true,                \
        "Largest body, decoded; what is beyond is cut and marked.")                                \
    OPT(max_header_bytes, "max_header", "network", SIZE, "128Ki", 1024, 16777216, false,           \
        "Largest block of response header fields.")                                                \
    OPT(connect_timeout_ms, "connect_timeout", "network", SPAN, "10s", 10, 600000, true,           \
        "For name look-up and connection.")                                                        \
    OPT(first_byte_timeout_ms, "first_byte_timeout", "network", SPAN, "20s", 10, 600000, true,     \
        "For the first byte of the response.")                                                     \
    OPT(fetch_timeout_ms, "fetch_timeout", "network", SPAN, "60s", 10, 86400000, true,             \
        "For one whole fetch.")                                                                    \
    OPT(slow_rate_bytes, "slow_rate", "network", SIZE, "1Ki", 0, 1e9, true,                        \
        "Slower than so many bytes a second ...")                                                  \
    OPT(slow_time_ms, "slow_time", "network", SPAN, "15s", 100, 600000, true,                      \
        "... for so long ends a fetch.")                                                           \
    OPT(http1, "http1", "network", FLAG, "no", 0, 0, false,                                        \
        "Speak HTTP/1.1 only.")                                                                    \
    OPT(ca_file, "ca_file", "network", TEXT, "", 0, 4096, false,                                   \
        "Certificate authorities to trust (PEM) in place of the system's.")                        \
    OPT(dns_servers, "dns_servers", "network", TEXT, "", 0, 1024, false,                           \
        "Name servers (address:port, comma-separated) in place of the system's.")                  \
    OPT(accept_language, "accept_language", "network", TEXT, "", 0, 256, true,                     \
        "Sent as Accept-Language.")                                                                \
    OPT(transfers, "transfers", "engine", COUNT, "256", 1, 65536, false,                           \
        "Most fetches in flight at once.")                                                         \
    OPT(fetch_threads, "fetch_threads", "engine", COUNT, "1", 1, 64, false,                        \
        "Threads that talk to the network.")                                                       \
    OPT(parse_threads, "parse_threads", "engine", COUNT, "0", 0, 256, false,                       \
        "Threads that parse pages. 0: as many as there are processors.")                           \
    OPT(inflight_bytes, "inflight", "engine", SIZE, "64Mi", 1048576, 1e12, false,                  \
        "Bytes of bodies between network and store, at most.")                                     \
    OPT(max_text_bytes, "max_text", "engine", SIZE, "1Mi", 1024, 1073741824, false,                \
        "Text kept of one page.")                                                                  \
    OPT(max_links, "max_links", "engine", COUNT, "5000", 1, 1000000, false,                        \
        "Links taken from one page.")                                                              \
    OPT(db_cache_bytes, "db_cache", "store", SIZE, "96Mi", 1048576, 1e12, false,                   \
        "Cache of the database.")                                                                  \
    OPT(db_locks, "db_locks", "store", FLAG, "no", 0, 0, false,                                    \
        "Run the database with its lock tables (slower; one thread works on tables anyway).")      \
    OPT(checkpoint_bytes, "checkpoint", "store", SIZE, "64Mi", 1048576, 1e12, false,               \
        "Log written between two checkpoints; recovery takes a second per 100 MB.")                \
    OPT(min_free_bytes, "min_free", "store", SIZE, "2Gi", 0, 1e15, false,                          \
        "Stop fetching when the file system has less left than this (or 5 %, if that is less).")   \
    OPT(keep_bodies, "keep_bodies", "store", FLAG, "yes", 0, 0, true,                              \
        "Keep the bodies as received, beside text and links.")                                     \
    OPT(arrivals_max, "arrivals_max", "store", COUNT, "1000000", 1000, 1e9, false,                 \
        "New URLs held in memory before they are written to their hosts' queues.")                 \
    OPT(log_level, "log_level", "log", LEVEL_CHOICE, "warning", 0, 0, false,                       \
        "error, warning, info or debug.")                                                          \
    OPT(log_file, "log_file", "log", TEXT, "", 0, 4096, false,                                     \
        "Lines go here as well; relative to the crawl directory.")

enum span_choice { SPAN_HOST, SPAN_SITE, SPAN_PREFIX, SPAN_ANY };
enum robots_choice { ROBOTS_OBEY, ROBOTS_IGNORE };
enum level_choice { LEVEL_ERROR, LEVEL_WARNING, LEVEL_INFO, LEVEL_DEBUG };

#endif
