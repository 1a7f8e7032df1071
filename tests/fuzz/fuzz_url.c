/* SPDX-License-Identifier: MIT
 *
 * Any two lines, a base and a link, give a URL that is canonical or an error. What is canonical
 * stays so when it is parsed again, comes apart in the same places, has only printable ASCII, and
 * comes back from its key and from its host in Unicode; a storage too small for it gets an error
 * and nothing behind its end.
 */
#include <assert.h>
#include <stdint.h>

#include "base/memory.h"
#include "base/surt.h"
#include "base/unicode_host.h"
#include "base/url.h"
#include "base/url_rules.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct url *a, const struct url *b)
{
    return bytes_equal(url_bytes(a), url_bytes(b)) && a->host_start == b->host_start &&
           a->host_end == b->host_end && a->path_start == b->path_start &&
           a->query_start == b->query_start && a->port == b->port && a->scheme == b->scheme &&
           a->has_credentials == b->has_credentials;
}

static void check_key(const struct url *url)
{
    struct buf key;
    struct buf back;
    buf_init(&key, BUF_UNBOUNDED);
    buf_init(&back, BUF_UNBOUNDED);
    surt_key(&key, url);
    bool is_key = surt_key_url(&back, buf_bytes(&key));
    assert(is_key);
    if (!url->has_credentials)
        assert(bytes_equal(buf_bytes(&back), url_bytes(url)));
    buf_clear(&key);
    buf_clear(&back);
}

/* What is shown of a host leads to it. */
static void check_unicode(const struct url *url)
{
    static char text[URL_BYTES_MAX + 1];
    struct buf shown;
    struct url again;
    buf_init(&shown, BUF_UNBOUNDED);
    buf_append_string(&shown, "http://");
    if (unicode_host(&shown, url_host(url))) {
        enum url_error error = url_parse(&again, text, sizeof(text), buf_bytes(&shown), NULL);
        assert(!error && bytes_equal(url_host(&again), url_host(url)));
    }
    buf_clear(&shown);
}

static void check_canonical(const struct url *url)
{
    static char text[URL_BYTES_MAX + 1];
    struct url again;
    enum url_error error = url_parse(&again, text, sizeof(text), url_bytes(url), NULL);
    assert(!error && is_same(url, &again));
    bool is_url = url_split(&again, url_bytes(url));
    assert(is_url && is_same(url, &again));
    for (size_t i = 0; i < url->length; i++)
        assert(url->href[i] > ' ' && url->href[i] < 0x7f && url->href[i] != '#');
    assert(url_host(url).length > 0 && url->href[url->path_start] == '/');
    check_key(url);
    check_unicode(url);
}

/* The same, with storage that ends somewhere inside. */
static void check_small(struct bytes input, const struct url *base, const struct url *whole,
                        size_t some)
{
    size_t size = URL_STORAGE_LEAST + some % (whole->length + 1);
    char *storage = xmalloc(size);
    struct url url;
    enum url_error error = url_parse(&url, storage, size, input, base);
    assert(error == URL_ERROR_TOO_LONG || (!error && is_same(&url, whole)));
    free(storage);
}

/* The rules give a canonical URL that is no longer, and applied twice they change nothing more; one
 * after the other they do the same. */
static void check_rules(struct url *url, char *text, const struct url_rules *rules)
{
    static char copy[URL_BYTES_MAX + 1];
    struct url again = *url;
    again.href = copy;
    memcpy(copy, text, url->length + 1);
    uint32_t length = url->length;
    url_apply_rules(url, text, URL_BYTES_MAX + 1, rules);
    check_canonical(url);
    assert(url->length <= length);
#define ROW(field, option)                                                                         \
    if (rules->field) {                                                                            \
        struct url_rules one = { .field = true, .dropped = rules->dropped, .kept = rules->kept };  \
        url_apply_rules(&again, copy, sizeof(copy), &one);                                         \
    }
    URL_RULE_TABLE(ROW)
#undef ROW
    assert(is_same(url, &again));
    bool has_changed = url_apply_rules(&again, copy, sizeof(copy), rules);
    assert(!has_changed && is_same(url, &again));
}

/* The name of the query's n-th parameter with a '*' behind it where `most` bytes are fewer than it
 * has; empty where it is no name that a list may hold. */
static struct bytes name_of(const struct url *url, size_t n, size_t most, char name[URL_BYTES_MAX])
{
    struct bytes rest = bytes_slice(url_query(url), 1, URL_BYTES_MAX);
    struct bytes pair = { 0 };
    while (n-- > 0 && bytes_split(&rest, '&', &pair))
        ;
    pair = bytes_slice(pair, 0, bytes_find(pair, '='));
    bool is_cut = pair.length > most;
    struct bytes start = bytes_slice(pair, 0, most);
    if (start.length > 0)
        memcpy(name, start.data, start.length);
    name[start.length] = '*';
    struct bytes made = { name, start.length + is_cut };
    return url_name_is_good(made) ? made : (struct bytes){ 0 };
}

/* All rules, and lists of names that are in the URL. */
static void check_lists(struct url *url, char *text, size_t some)
{
    static char drop[URL_BYTES_MAX], keep[URL_BYTES_MAX];
    struct bytes dropped = name_of(url, 1 + some % 3, some % 5, drop);
    struct bytes kept = name_of(url, 1 + some % 2, some % 7, keep);
    struct url_rules rules = url_rules_all();
    rules.drop_parameters = true;
    rules.dropped = (struct url_names){ &dropped, dropped.length > 0 };
    rules.kept = (struct url_names){ &kept, kept.length > 0 };
    check_rules(url, text, &rules);
}

/* The bits of some say which. */
static void check_some_rules(struct url *url, char *text, size_t some)
{
    struct url_rules rules = { 0 };
#define ROW(field, option)                                                                         \
    rules.field = some & 1;                                                                        \
    some >>= 1;
    URL_RULE_TABLE(ROW)
#undef ROW
    check_rules(url, text, &rules);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static char base_text[URL_BYTES_MAX + 1];
    static char link_text[URL_BYTES_MAX + 1];
    struct bytes rest = bytes_of(data, size);
    size_t line = bytes_find(rest, '\n');
    struct url base;
    struct url link;
    struct bytes base_input = bytes_slice(rest, 0, line);
    struct bytes link_input = bytes_slice(rest, line + 1, size);
    bool has_base =
        url_parse(&base, base_text, sizeof(base_text), base_input, NULL) == URL_ERROR_NONE;
    if (has_base)
        check_canonical(&base);
    const struct url *against = has_base ? &base : NULL;
    if (url_parse(&link, link_text, sizeof(link_text), link_input, against) == URL_ERROR_NONE) {
        check_canonical(&link);
        check_small(link_input, against, &link, size);
        if (size % 2)
            check_some_rules(&link, link_text, size / 2);
        else
            check_lists(&link, link_text, size / 2);
    }

    struct buf back;
    buf_init(&back, BUF_UNBOUNDED);
    struct url split;
    if (surt_key_url(&back, rest))
        url_split(&split, buf_bytes(&back));
    buf_clear(&back);
    url_split(&split, rest);
    return 0;
}
