/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/referrer.h"

#include "crawler/fetch/headers.h"

static const char *const tokens[] = {
#define ROW(name, token) token,
    REFERRER_POLICY_TABLE(ROW)
#undef ROW
};

const char *referrer_policy_text(enum referrer_policy policy)
{
    return tokens[policy];
}

/* Without regard to case; NONE_SAID for any other word. */
static enum referrer_policy policy_of(struct bytes word)
{
    for (size_t i = 0; i < sizeof(tokens) / sizeof(*tokens); i++)
        if (bytes_equal_nocase(word, bytes_from_string(tokens[i])))
            return (enum referrer_policy)i;
    return REFERRER_POLICY_NONE_SAID;
}

enum referrer_policy referrer_policy_from_headers(struct bytes headers)
{
    enum referrer_policy policy = REFERRER_POLICY_NONE_SAID;
    struct header_members walk = { 0 };
    struct bytes member;
    while (header_next_member(headers, BYTES("referrer-policy"), &walk, &member)) {
        enum referrer_policy found = policy_of(member);
        if (found != REFERRER_POLICY_NONE_SAID)
            policy = found;
    }
    return policy;
}

enum referrer_policy referrer_policy_from_attribute(struct bytes value)
{
    return policy_of(value);
}

enum referrer_policy referrer_policy_from_meta(struct bytes content)
{
    static const struct {
        const char *word;
        enum referrer_policy policy;
    } old_words[] = {
        { "never", REFERRER_POLICY_NO_REFERRER },
        { "default", REFERRER_POLICY_DEFAULT },
        { "always", REFERRER_POLICY_UNSAFE_URL },
        { "origin-when-crossorigin", REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN },
    };
    for (size_t i = 0; i < sizeof(old_words) / sizeof(*old_words); i++)
        if (bytes_equal_nocase(content, bytes_from_string(old_words[i].word)))
            return old_words[i].policy;
    return policy_of(content);
}

static bool is_loopback(struct bytes host)
{
    return bytes_equal(host, BYTES("localhost")) || bytes_end_with(host, BYTES(".localhost")) ||
           bytes_equal(host, BYTES("[::1]")) ||
           (bytes_start_with(host, BYTES("127.")) && url_host_is_address(host));
}

/* W3C Secure Contexts, 3.1, as far as there are schemes here. */
static bool is_trustworthy(const struct url *url)
{
    return url->scheme == URL_SCHEME_HTTPS || is_loopback(url_host(url));
}

/* Behind any credentials: "https://user@example.org/" leads to the same host without them. */
static void write_origin(const struct url *url, struct buf *out)
{
    buf_printf(out, "%s://", url_scheme_text((enum url_scheme)url->scheme));
    buf_append_bytes(out, bytes_of(url->href + url->host_start, url->path_start - url->host_start));
}

/* Referrer Policy, 8.4. */
static void write_stripped(const struct url *url, bool is_origin_only, struct buf *out)
{
    struct bytes path = url_path_query(url);
    size_t start = out->length;
    write_origin(url, out);
    size_t whole = out->length - start + path.length;
    if (is_origin_only || whole > REFERRER_BYTES_MOST)
        buf_append_char(out, '/');
    else
        buf_append_bytes(out, path);
}

enum extent { NOTHING, ORIGIN_ONLY, WHOLE };

/* Referrer Policy, 8.3. */
static enum extent extent_of(enum referrer_policy policy, bool is_same_origin, bool is_downgrade)
{
    switch (policy) {
    case REFERRER_POLICY_NO_REFERRER:
        return NOTHING;
    case REFERRER_POLICY_NO_REFERRER_WHEN_DOWNGRADE:
        return is_downgrade ? NOTHING : WHOLE;
    case REFERRER_POLICY_SAME_ORIGIN:
        return is_same_origin ? WHOLE : NOTHING;
    case REFERRER_POLICY_ORIGIN:
        return ORIGIN_ONLY;
    case REFERRER_POLICY_STRICT_ORIGIN:
        return is_downgrade ? NOTHING : ORIGIN_ONLY;
    case REFERRER_POLICY_ORIGIN_WHEN_CROSS_ORIGIN:
        return is_same_origin ? WHOLE : ORIGIN_ONLY;
    case REFERRER_POLICY_NONE_SAID:
    case REFERRER_POLICY_STRICT_ORIGIN_WHEN_CROSS_ORIGIN:
        return is_same_origin ? WHOLE : is_downgrade ? NOTHING : ORIGIN_ONLY;
    case REFERRER_POLICY_UNSAFE_URL:
        return WHOLE;
    }
    return NOTHING;
}

bool referrer_write(enum referrer_policy policy, const struct url *from, const struct url *to,
                    struct buf *out)
{
    bool is_web = from->scheme == URL_SCHEME_HTTP || from->scheme == URL_SCHEME_HTTPS;
    bool is_downgrade = is_trustworthy(from) && !is_trustworthy(to);
    enum extent extent =
        is_web ? extent_of(policy, url_same_origin(from, to), is_downgrade) : NOTHING;
    if (extent == NOTHING)
        return false;
    write_stripped(from, extent == ORIGIN_ONLY, out);
    return true;
}
