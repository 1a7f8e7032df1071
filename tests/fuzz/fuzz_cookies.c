/* SPDX-License-Identifier: MIT
 *
 * fuzz_cookies - each line is a Set-Cookie field, from one of a few hosts in turn.
 */
#include <assert.h>
#include <stdlib.h>

#include "crawler/fetch/cookies.h"
#include "crawler/fetch/set_cookie.h"

#define NOW_MS    INT64_C(1800000000000)
#define JAR_BYTES 20000

static const char *const own[] = {
    "https://www.example.co.uk/a/b;c?d",
    "http://example.co.uk/",
    "http://a.www.example.co.uk/a/",
    "https://example.co.uk./",
};

static const char *const others[] = {
    "https://www.example.com/a/b",  "https://co.uk/",     "https://xample.co.uk/",
    "https://other.co.uk/a/b",      "https://127.0.0.1/", "https://uk/",
    "https://www.example.co.uk.x/",
};

static struct url url_of(const char *text, char storage[256])
{
    struct url url;
    assert(!url_parse(&url, storage, 256, bytes_from_string(text), NULL));
    return url;
}

static void write_for(struct cookies *jar, const char *text, struct buf *out)
{
    char storage[256];
    struct url url = url_of(text, storage);
    buf_reset(out);
    cookies_write(jar, &url, NOW_MS, out);
    assert(out->length <= COOKIES_FIELD_BYTES_MOST);
    for (size_t i = 0; i < out->length; i++)
        assert((unsigned char)out->data[i] >= ' ' || out->data[i] == '\t');
}

static void set_all(struct cookies *jar, struct bytes input)
{
    struct bytes field;
    for (size_t i = 0; bytes_split(&input, '\n', &field); i++) {
        char storage[256];
        struct url url = url_of(own[i % 4], storage);
        cookies_set(jar, field, &url, NOW_MS);
        assert(cookies_count(jar) <= COOKIES_SITE_MOST * 2);
    }
}

static void check_list(const struct cookies *jar)
{
    const struct cookie **list;
    size_t count = cookies_list(jar, (struct bytes){ 0 }, &list);
    assert(count == cookies_count(jar));
    for (size_t i = 0; i < count; i++) {
        assert(set_cookie_is_sound(list[i]->name, list[i]->value));
        assert(list[i]->expires_ms == COOKIE_SESSION ||
               list[i]->expires_ms <= NOW_MS + COOKIES_LIFE_MOST_MS);
    }
    free(list);
}

/* What was kept and comes back is sent as before. */
static void check_record(struct cookies *jar, struct buf *sent, struct buf *again)
{
    struct buf record;
    struct cookies *other = cookies_new(JAR_BYTES, 7);
    buf_init(&record, BUF_UNBOUNDED);
    if (cookies_pack(jar, BYTES("example.co.uk"), NOW_MS, &record))
        assert(cookies_unpack(other, buf_bytes(&record), NOW_MS));
    for (size_t i = 0; i < 3; i++) {
        write_for(jar, own[i], sent);
        write_for(other, own[i], again);
        assert(bytes_equal(buf_bytes(sent), buf_bytes(again)));
    }
    buf_clear(&record);
    cookies_free(other);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct cookies *jar = cookies_new(JAR_BYTES, 7);
    struct buf sent;
    struct buf again;
    buf_init(&sent, BUF_UNBOUNDED);
    buf_init(&again, BUF_UNBOUNDED);
    set_all(jar, bytes_of(data, size));
    check_list(jar);
    for (size_t i = 0; i < sizeof(others) / sizeof(*others); i++) {
        write_for(jar, others[i], &sent);
        assert(sent.length == 0);
    }
    check_record(jar, &sent, &again);
    if (size > 0)
        cookies_unpack(jar, bytes_of(data, size), NOW_MS);
    cookies_end_session(jar);
    buf_clear(&sent);
    buf_clear(&again);
    cookies_free(jar);
    return 0;
}
