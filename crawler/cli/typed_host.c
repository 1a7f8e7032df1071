/* SPDX-License-Identifier: MIT */
#include "crawler/cli/typed_host.h"

#include "base/host_pattern.h"
#include "base/pack.h"
#include "base/url.h"

static bool write_host(struct buf *out, struct bytes text)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    if (url_parse_link(&url, storage, sizeof(storage), text, NULL) != URL_ERROR_NONE)
        return host_pattern_write(out, text);
    return host_pattern_write(out, url_host(&url));
}

enum status typed_host_pack(struct invocation *in, const char *text, struct buf *question)
{
    struct buf pattern;
    buf_init(&pattern, BUF_UNBOUNDED);
    bool is_host = write_host(&pattern, bytes_trim(bytes_from_string(text)));
    if (is_host)
        pack_bytes(question, buf_bytes(&pattern));
    buf_clear(&pattern);
    return is_host ? STATUS_OK
                   : invocation_fail(in, STATUS_DATA,
                                     "%s: this is no host; type: www.example.org, or "
                                     "'*.example.org' for all below it",
                                     text);
}
