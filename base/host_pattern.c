/* SPDX-License-Identifier: MIT */
#include "base/host_pattern.h"

#include "base/url.h"

/* A DNS name has at most 253 characters, which may be fewer than the bytes of the same name in
 * Unicode. */
enum { HOST_BYTES_MOST = 1024 };

static bool is_wide(struct bytes pattern)
{
    return bytes_start_with(pattern, BYTES("*."));
}

static struct bytes host_of(struct bytes pattern)
{
    return is_wide(pattern) ? bytes_slice(pattern, 2, pattern.length) : pattern;
}

/* The root's dot makes no other host of a name. */
static struct bytes without_dot(struct bytes host)
{
    return bytes_end_with(host, BYTES(".")) ? bytes_slice(host, 0, host.length - 1) : host;
}

/* What the parser of URLs would drop or read as another part. */
static bool has_more_than_host(struct bytes host)
{
    bool is_ipv6 = host.length > 0 && host.data[0] == '[';
    for (size_t i = 0; i < host.length; i++)
        if (strchr("*/\\?#@% \t", host.data[i]) || (host.data[i] == ':' && !is_ipv6))
            return true;
    /* A port that is the default one would be dropped, not refused. */
    return is_ipv6 && host.data[host.length - 1] != ']';
}

bool host_pattern_write(struct buf *out, struct bytes text)
{
    struct buf link;
    struct url url;
    char storage[URL_BYTES_MAX];
    struct bytes host = without_dot(host_of(text));
    if (host.length == 0 || host.length > HOST_BYTES_MOST || has_more_than_host(host))
        return false;
    buf_init(&link, BUF_UNBOUNDED);
    buf_append_string(&link, "http://");
    buf_append_bytes(&link, host);
    buf_append_char(&link, '/');
    bool is_host =
        url_parse_link(&url, storage, sizeof(storage), buf_bytes(&link), NULL) == URL_ERROR_NONE;
    if (is_host) {
        buf_append_string(out, is_wide(text) ? "*." : "");
        buf_append_bytes(out, url_host(&url));
    }
    buf_clear(&link);
    return is_host;
}

bool host_pattern_matches(struct bytes pattern, struct bytes host)
{
    struct bytes suffix = bytes_slice(pattern, 1, pattern.length); /* With its dot. */
    host = without_dot(host);
    if (!is_wide(pattern))
        return bytes_equal(pattern, host);
    return host.length > suffix.length && bytes_end_with(host, suffix);
}

/* "*." and suffix compared with a pattern: <0, 0 or >0; without "*." for is_exact. */
static int compare(bool is_exact, struct bytes suffix, const char *pattern)
{
    struct bytes against = bytes_from_string(pattern);
    if (!is_exact) {
        int order = bytes_compare(BYTES("*."), bytes_slice(against, 0, 2));
        if (order)
            return order;
        against = bytes_slice(against, 2, against.length);
    }
    return bytes_compare(suffix, against);
}

static size_t find(const char *const *patterns, size_t count, bool is_exact, struct bytes suffix)
{
    size_t low = 0;
    size_t high = count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = compare(is_exact, suffix, patterns[middle]);
        if (order == 0)
            return middle;
        if (order < 0)
            high = middle;
        else
            low = middle + 1;
    }
    return count;
}

/* The pattern with the longest suffix that stands behind a dot of host. */
static size_t find_above(const char *const *patterns, size_t count, struct bytes host)
{
    for (size_t dot = bytes_find(host, '.'); dot < host.length; dot = bytes_find(host, '.')) {
        host = bytes_slice(host, dot + 1, host.length);
        size_t found = find(patterns, count, false, host);
        if (found < count)
            return found;
    }
    return count;
}

size_t host_patterns_find(const char *const *patterns, size_t count, struct bytes host)
{
    host = without_dot(host);
    size_t found = find(patterns, count, true, host);
    return found < count ? found : find_above(patterns, count, host);
}

size_t host_patterns_find_wider(const char *const *patterns, size_t count, struct bytes pattern)
{
    return find_above(patterns, count, host_of(pattern));
}
