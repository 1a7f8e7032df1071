/* SPDX-License-Identifier: MIT
 *
 * suite_surt - base/surt.h against the keys of the archives' tools.
 *
 * Our keys have a syntax of their own, so theirs are turned back into URLs: the labels of the host
 * must come in the order of ours, and the URL must be ours, but for what their tools do to a URL
 * first. Beside that each key of ours must lead back to its URL, and lie where a domain and what is
 * below it are one range.
 */
#include "base/surt.h"
#include "tests/conformance/normaliser.h"
#include "tests/conformance/suite.h"

/* Their key, in parts. */
struct key {
    struct bytes scheme; /* Empty where the key has none. */
    struct bytes host;   /* "org,example,www,", or an address as it is. */
    struct bytes port;
    struct bytes user;
    struct bytes tail; /* From the path on. */
};

static size_t find_text(struct bytes text, const char *wanted)
{
    const char *found = text.length ? memmem(text.data, text.length, wanted, strlen(wanted)) : NULL;
    return found ? (size_t)(found - text.data) : text.length;
}

/* "org,example,:81@user:password" */
static void split_host(struct key *key, struct bytes inside)
{
    size_t at = bytes_find(inside, '@');
    size_t colon = bytes_find(bytes_slice(inside, 0, at), ':');
    key->user = bytes_slice(inside, at + 1, inside.length);
    key->port = bytes_slice(inside, colon + 1, at);
    key->host = bytes_slice(inside, 0, colon < at ? colon : at);
}

/* "org,example,//81:http@user:password:/path" */
static void split_short(struct key *key, struct bytes text, size_t slashes)
{
    key->host = bytes_slice(text, 0, slashes);
    struct bytes rest = bytes_slice(text, slashes + 2, text.length);
    size_t path = find_text(rest, ":/");
    key->tail = bytes_slice(rest, path + 1, rest.length);
    rest = bytes_slice(rest, 0, path);
    size_t at = bytes_find(rest, '@');
    key->user = bytes_slice(rest, at + 1, rest.length);
    rest = bytes_slice(rest, 0, at);
    size_t colon = bytes_find(rest, ':');
    bool has_port = colon < rest.length;
    key->port = has_port ? bytes_slice(rest, 0, colon) : (struct bytes){ 0 };
    key->scheme = has_port ? bytes_slice(rest, colon + 1, rest.length) : rest;
}

/* "http://(org,example,)/path", "org,example)/path", or split_short(). False for anything else. */
static bool split_key(struct key *key, struct bytes text)
{
    *key = (struct key){ 0 };
    size_t open = find_text(text, "://(");
    size_t close = bytes_find(text, ')');
    size_t slashes = find_text(text, "//");
    if (open < close) {
        key->scheme = bytes_slice(text, 0, open);
        split_host(key, bytes_slice(text, open + 4, close));
    } else if (close < text.length) {
        split_host(key, bytes_slice(text, 0, close));
    } else if (slashes < text.length) {
        split_short(key, text, slashes);
        return true;
    } else {
        return false;
    }
    key->tail = bytes_slice(text, close + 1, text.length);
    return true;
}

/* The labels in the order of a name. */
static void append_host(struct buf *url, struct bytes host)
{
    size_t end = host.length;
    if (bytes_find(host, ',') == host.length) {
        buf_append_bytes(url, host);
        return;
    }
    if (bytes_end_with(host, BYTES(",")))
        end--;
    for (size_t start = end; start > 0; end = start - 1, start = end) {
        while (start > 0 && host.data[start - 1] != ',')
            start--;
        buf_append_bytes(url, bytes_slice(host, start, end));
        if (start > 0)
            buf_append_char(url, '.');
        else
            break;
    }
}

static struct bytes key_url(const struct row *row, const struct key *key)
{
    struct buf url;
    buf_init(&url, BUF_UNBOUNDED);
    if (key->scheme.length > 0) {
        buf_append_bytes(&url, key->scheme);
        buf_append_string(&url, "://");
    }
    if (key->user.length > 0) {
        buf_append_bytes(&url, key->user);
        buf_append_char(&url, '@');
    }
    append_host(&url, key->host);
    if (key->port.length > 0) {
        buf_append_char(&url, ':');
        buf_append_bytes(&url, key->port);
    }
    buf_append_bytes(&url, key->tail);
    struct bytes copy = arena_copy(row->arena, buf_bytes(&url));
    buf_clear(&url);
    return copy;
}

/* ---- Our key by itself */

static bool begins_with_host(struct bytes key, struct bytes host, char behind)
{
    return bytes_start_with(key, host) && key.length > host.length &&
           key.data[host.length] == behind;
}

/* The key begins with its host's and ')', that with its parent domain's and ','. */
static bool is_grouped(struct bytes key, struct bytes name)
{
    struct buf host;
    struct buf parent;
    buf_init(&host, BUF_UNBOUNDED);
    buf_init(&parent, BUF_UNBOUNDED);
    struct bytes above = bytes_slice(name, bytes_find(name, '.') + 1, name.length);
    surt_host(&host, name);
    surt_host(&parent, above);
    bool is_right = begins_with_host(key, buf_bytes(&host), ')') &&
                    (url_host_is_address(name) || above.length == 0 ||
                     begins_with_host(buf_bytes(&host), buf_bytes(&parent), ','));
    buf_clear(&host);
    buf_clear(&parent);
    return is_right;
}

static struct answer judge_our_key(const struct url *url)
{
    struct buf key;
    struct buf back;
    buf_init(&key, BUF_UNBOUNDED);
    buf_init(&back, BUF_UNBOUNDED);
    surt_key(&key, url);
    struct answer answer = answer_pass();
    if (!surt_key_url(&back, buf_bytes(&key)))
        answer = answer_fail("\"%s\" leads nowhere", key.data);
    else if (!url->has_credentials) /* Which are in no key. */
        answer = answer_same(buf_bytes(&back), url_bytes(url));
    if (answer.kind == ANSWER_PASSED && !is_grouped(buf_bytes(&key), url_host(url)))
        answer = answer_fail("\"%s\" does not lie with its domain", key.data);
    buf_clear(&key);
    buf_clear(&back);
    return answer;
}

/* ---- Rows */

/* A host alone; theirs ends in a comma, which only shows that more may follow. */
static struct answer answer_host(const struct row *row)
{
    struct buf key;
    struct bytes wanted = row_bytes(row, "output");
    buf_init(&key, BUF_UNBOUNDED);
    surt_host(&key, row_bytes(row, "input"));
    if (bytes_end_with(wanted, BYTES(",")))
        wanted.length--;
    struct answer answer = answer_same(buf_bytes(&key), wanted);
    buf_clear(&key);
    return answer;
}

static const struct normaliser as_written = {
    .rules =
        NORMALISER_RULE(KEEPS_NO_PATH) | NORMALISER_RULE(DROPS_USER) | NORMALISER_RULE(KEEPS_PORT),
    .keeps_fragment = true,
};

static const struct normaliser wayback = {
    .ours = { .drop_sessions = true, .drop_empty_query = true, .drop_host_dot = true },
    .rules = NORMALISER_RULE(DROPS_WWW) | NORMALISER_RULE(LOWERS) | NORMALISER_RULE(SORTS) |
             NORMALISER_RULE(DROPS_SLASH) | NORMALISER_RULE(DROPS_USER) |
             NORMALISER_RULE(SQUEEZES_SLASHES) | NORMALISER_RULE(DROPS_EMPTY) |
             NORMALISER_RULE(DROPS_PATH_SESSION) | NORMALISER_RULE(KEEPS_NO_PATH) |
             NORMALISER_RULE(UNESCAPES),
    .keeps_fragment = true,
    .guesses_scheme = true,
    .knows_sessions = true,
};

static struct answer answer_key(const struct row *row)
{
    static char storage[URL_BYTES_MAX + 1];
    struct url url;
    struct key key;
    struct bytes fn = row_bytes(row, "fn");
    struct bytes input = row_bytes(row, "input");
    if (bytes_end_with(fn, BYTES("Host")))
        return answer_host(row);
    if (url_parse(&url, storage, sizeof(storage), input, NULL))
        return answer_skip("no URL of ours");
    struct answer answer = judge_our_key(&url);
    if (answer.kind == ANSWER_FAILED)
        return answer;
    if (!split_key(&key, row_bytes(row, "output")))
        return answer_fail("a key that we cannot read");
    struct normaliser normaliser =
        key.scheme.length > 0 || !bytes_equal(fn, BYTES("wayback-key")) ? as_written : wayback;
    normaliser.keeps_our_scheme = key.scheme.length == 0;
    return normaliser_judge(&normaliser, row, input, key_url(row, &key));
}

static const struct suite_file files[] = { { .name = "*.jsonl", .row = answer_key } };

const struct suite suite_surt = {
    .name = "surt",
    SUITE_FILES(files),
    .mends_surrogates = true,
};
