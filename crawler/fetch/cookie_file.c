/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/cookie_file.h"

#include <stdlib.h>

#include "base/site.h"
#include "base/url_host.h"
#include "crawler/fetch/set_cookie.h"

#define HTTP_ONLY "#HttpOnly_"
/* The last second of the year 9999; what is later ends then. */
#define SECONDS_MOST UINT64_C(253402300799)

enum { DOMAIN, SUBDOMAINS, PATH, SECURE, EXPIRES, NAME, VALUE, FIELDS };

struct line {
    struct bytes fields[FIELDS];
    struct cookie cookie;
    char domain[256];
};

static bool is_comment(struct bytes text)
{
    return bytes_trim(text).length == 0 ||
           (text.data[0] == '#' && !bytes_start_with(text, BYTES(HTTP_ONLY)));
}

/* The value is all that is left, tabs included; it may be missing altogether. */
static bool split_fields(struct line *line, struct bytes text)
{
    size_t count = 0;
    while (count < VALUE && bytes_split(&text, '\t', &line->fields[count]))
        count++;
    line->fields[VALUE] = text;
    return count == VALUE;
}

static bool read_flag(struct bytes text, bool *flag)
{
    *flag = bytes_equal_nocase(text, BYTES("TRUE"));
    return *flag || bytes_equal_nocase(text, BYTES("FALSE"));
}

static bool read_domain(struct line *line)
{
    struct bytes text = line->fields[DOMAIN];
    line->cookie.is_http_only = bytes_start_with(text, BYTES(HTTP_ONLY));
    if (line->cookie.is_http_only)
        text = bytes_slice(text, sizeof(HTTP_ONLY) - 1, text.length);
    if (bytes_start_with(text, BYTES(".")))
        text = bytes_slice(text, 1, text.length);
    size_t length = 0;
    if (url_host_parse(text, line->domain, sizeof(line->domain), &length))
        return false;
    line->cookie.domain = bytes_of(line->domain, length);
    return length > 0 && line->domain[0] != '.';
}

/* Exporters write parts of a second, too. */
static bool read_expires(struct bytes text, int64_t *expires_ms)
{
    size_t dot = bytes_find(text, '.');
    uint64_t seconds;
    for (size_t i = 0; i < text.length; i++)
        if (i != dot && !ascii_is_digit(text.data[i]))
            return false;
    if (dot == 0)
        return false;
    if (!bytes_to_u64(bytes_slice(text, 0, dot), SECONDS_MOST, &seconds))
        seconds = SECONDS_MOST;
    *expires_ms = seconds > 0 ? (int64_t)seconds * 1000 : COOKIE_SESSION;
    return true;
}

/* What is wrong; NULL: nothing. */
static const char *read_line(struct line *line, struct bytes text)
{
    bool has_subdomains;
    struct cookie *cookie = &line->cookie;
    *cookie = (struct cookie){ 0 };
    if (!split_fields(line, text))
        return "has not seven fields with tabs between";
    if (!read_domain(line))
        return "has a domain that is none";
    if (!read_flag(line->fields[SUBDOMAINS], &has_subdomains))
        return "has neither TRUE nor FALSE in its second field";
    if (!set_cookie_path_is_sound(line->fields[PATH]))
        return "has a path that no cookie can have";
    if (!read_flag(line->fields[SECURE], &cookie->is_secure))
        return "has neither TRUE nor FALSE in its fourth field";
    if (!read_expires(line->fields[EXPIRES], &cookie->expires_ms))
        return "has an end that is no number of seconds since 1970";
    if (!set_cookie_is_sound(line->fields[NAME], line->fields[VALUE]))
        return "has a name and value that no cookie can have";
    /* Nobody owns all hosts below a public suffix. */
    cookie->is_host_only =
        !has_subdomains || site_is_suffix(cookie->domain) || url_host_is_address(cookie->domain);
    cookie->path = line->fields[PATH];
    cookie->name = line->fields[NAME];
    cookie->value = line->fields[VALUE];
    return NULL;
}

static bool read_lines(struct cookies *jar, struct bytes text, int64_t now_ms,
                       struct cookie_file_problem *problem)
{
    struct bytes part;
    *problem = (struct cookie_file_problem){ 0 };
    while (bytes_split(&text, '\n', &part)) {
        struct line line;
        problem->line++;
        if (bytes_end_with(part, BYTES("\r")))
            part.length--;
        if (is_comment(part))
            continue;
        problem->what = read_line(&line, part);
        if (problem->what)
            return false;
        if (line.cookie.expires_ms <= now_ms || cookies_put(jar, &line.cookie, now_ms))
            continue;
        problem->what = "is one more cookie than there is room for";
        return false;
    }
    return true;
}

bool cookie_file_read(struct cookies *jar, struct bytes text, int64_t now_ms,
                      struct cookie_file_problem *problem)
{
    struct cookies *trial = cookies_copy(jar);
    bool is_read = read_lines(trial, text, now_ms, problem);
    cookies_free(trial);
    return is_read && read_lines(jar, text, now_ms, problem);
}

static const char *flag_text(bool flag)
{
    return flag ? "TRUE" : "FALSE";
}

static void write_cookie(struct buf *out, const struct cookie *cookie)
{
    int64_t expires_s = cookie->expires_ms == COOKIE_SESSION ? 0 : cookie->expires_ms / 1000;
    buf_append_string(out, cookie->is_http_only ? HTTP_ONLY : "");
    buf_append_string(out, cookie->is_host_only ? "" : ".");
    buf_append_bytes(out, cookie->domain);
    buf_printf(out, "\t%s\t", flag_text(!cookie->is_host_only));
    buf_append_bytes(out, cookie->path);
    buf_printf(out, "\t%s\t%lld\t", flag_text(cookie->is_secure), (long long)expires_s);
    buf_append_bytes(out, cookie->name);
    buf_append_char(out, '\t');
    buf_append_bytes(out, cookie->value);
    buf_append_char(out, '\n');
}

void cookie_file_write(const struct cookies *jar, int64_t now_ms, struct buf *out)
{
    const struct cookie **list;
    size_t count = cookies_list(jar, (struct bytes){ 0 }, &list);
    buf_append_string(out, "# Netscape HTTP Cookie File\n");
    for (size_t i = 0; i < count; i++)
        if (list[i]->expires_ms > now_ms)
            write_cookie(out, list[i]);
    free(list);
}
