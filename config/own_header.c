/* SPDX-License-Identifier: MIT */
#include "config/own_header.h"

#include "config/secret.h"

enum { LINE_BYTES_MOST = 8192 };

/* Fields that are not the user's, without regard to case, and what to do instead. */
static const struct {
    const char *name;
    const char *instead;
} taken[] = {
    { "User-Agent", "user_agent says it" },
    { "From", "contact says it" },
    { "Accept-Language", "accept_language says it" },
    { "Accept-Encoding", "it names the codings that can be decoded" },
    { "Referer", "referer says whether there is one" },
    { "Cookie", "see cookies and \"forage cookies import\"" },
    { "Cookie2", "see cookies and \"forage cookies import\"" },
    { "Authorization", "see login_user and login_token_env of a host section" },
    { "Proxy-Authorization", "the login of a proxy stands with the proxy" },
    { "If-Match", "conditions are made of what is kept" },
    { "If-None-Match", "conditions are made of what is kept" },
    { "If-Modified-Since", "conditions are made of what is kept" },
    { "If-Unmodified-Since", "conditions are made of what is kept" },
    { "If-Range", "conditions are made of what is kept" },
    { "Range", "parts are asked for where a transfer was cut" },
    { "Host", "it follows from the URL" },
    { "Content-Length", "it follows from the request" },
    { "Content-Type", "it follows from the request" },
    { "Content-Encoding", "it follows from the request" },
    { "Transfer-Encoding", "it belongs to the connection" },
    { "TE", "it belongs to the connection" },
    { "Trailer", "it belongs to the connection" },
    { "Connection", "it belongs to the connection" },
    { "Keep-Alive", "it belongs to the connection" },
    { "Proxy-Connection", "it belongs to the connection" },
    { "Upgrade", "it belongs to the connection" },
    { "HTTP2-Settings", "it belongs to the connection" },
    { "Expect", "it belongs to the connection" },
};

/* RFC 9110, 5.6.2. */
static bool is_token(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_token(text.data[i]))
            return false;
    return text.length > 0;
}

static bool is_value(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return false;
    }
    return text.length > 0;
}

struct bytes own_header_name(struct bytes line)
{
    return bytes_slice(line, 0, bytes_find(line, ':'));
}

struct bytes own_header_value(struct bytes line)
{
    return bytes_trim(bytes_slice(line, bytes_find(line, ':') + 1, line.length));
}

const char *own_header_instead(struct bytes name)
{
    for (size_t i = 0; i < sizeof(taken) / sizeof(taken[0]); i++)
        if (bytes_equal_nocase(name, bytes_from_string(taken[i].name)))
            return taken[i].instead;
    return NULL;
}

bool own_header_is_good(struct bytes line, struct buf *why)
{
    struct bytes name = own_header_name(line);
    if (name.length == line.length || !is_token(name)) {
        buf_append_string(why, "write a header field as \"Name: value\"");
        return false;
    }
    if (!is_value(own_header_value(line)) || line.length > LINE_BYTES_MOST) {
        buf_printf(why,
                   "%.*s needs a value of printable characters on one line of at most %d bytes",
                   name.length < 80 ? (int)name.length : 80, name.data, LINE_BYTES_MOST);
        return false;
    }
    if (own_header_instead(name)) {
        buf_printf(why, "%.*s is not to be set here: %s", (int)name.length, name.data,
                   own_header_instead(name));
        return false;
    }
    if (secret_is_named(name)) {
        buf_printf(why,
                   "a secret does not stand here: name %.*s in login_token_header of a host "
                   "section, and in login_token_env the environment variable that holds it",
                   (int)name.length, name.data);
        return false;
    }
    return true;
}
