/* SPDX-License-Identifier: MIT */
#include "crawler/cli/typed_url.h"

#include "base/pack.h"

#define USUAL_SCHEME "https://"

/* "example.org/path" or "localhost:8000" as one would type it: no scheme, but a name with a dot
 * before the first slash, and perhaps a port. */
static bool looks_like_a_host(struct bytes text)
{
    uint64_t port;
    struct bytes host = bytes_slice(text, 0, bytes_find(text, '/'));
    size_t colon = bytes_find(host, ':');
    struct bytes name = bytes_slice(host, 0, colon);
    bool is_name = bytes_equal_nocase(name, BYTES("localhost")) ||
                   (bytes_find(name, '.') < name.length && bytes_find(name, ' ') == name.length);
    return is_name && (colon == host.length ||
                       bytes_to_u64(bytes_slice(host, colon + 1, host.length), UINT16_MAX, &port));
}

static void append_with_scheme(struct buf *out, struct bytes text)
{
    buf_append_string(out, USUAL_SCHEME);
    buf_append_bytes(out, text);
}

void typed_url_meant(struct buf *out, struct bytes text)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    enum url_error error = url_parse_link(&url, storage, sizeof(storage), text, NULL);
    /* What stands before a port is taken for a scheme. */
    if ((error == URL_ERROR_RELATIVE || error == URL_ERROR_SCHEME) && looks_like_a_host(text))
        append_with_scheme(out, text);
    else
        buf_append_bytes(out, text);
}

enum url_error typed_url_parse(struct url *url, char *storage, size_t size, struct bytes text)
{
    struct buf whole;
    buf_init(&whole, BUF_UNBOUNDED);
    typed_url_meant(&whole, text);
    enum url_error error = url_parse_link(url, storage, size, buf_bytes(&whole), NULL);
    buf_clear(&whole);
    return error;
}

enum status typed_url_pack(struct invocation *in, const char *text, struct buf *question)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    enum url_error error =
        typed_url_parse(&url, storage, sizeof(storage), bytes_trim(bytes_from_string(text)));
    if (error != URL_ERROR_NONE)
        return invocation_fail(in, STATUS_DATA, "%s: %s", text, url_error_text(error));
    pack_bytes(question, url_bytes(&url));
    return STATUS_OK;
}

void typed_url_prefix(struct buf *out, struct bytes text)
{
    /* A colon in the host is that of a scheme or of a port, which needs its scheme. */
    struct bytes host = bytes_slice(text, 0, bytes_find(text, '/'));
    if (looks_like_a_host(text) && bytes_find(host, ':') == host.length)
        append_with_scheme(out, text);
    else
        buf_append_bytes(out, text);
}
