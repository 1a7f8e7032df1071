/* SPDX-License-Identifier: MIT */
#include "tests/conformance/their_rules.h"

#include <stdlib.h>

#include "base/memory.h"
#include "base/url_class.h"

enum { PARAMETERS_MAX = 256 };

/* ---- Forms */

struct form form_of(struct arena *arena, const struct url *url, struct bytes input)
{
    struct bytes href = url_bytes(url);
    struct bytes scheme = bytes_from_string(url_scheme_text((enum url_scheme)url->scheme));
    return (struct form){
        .arena = arena,
        .input = bytes_trim(input),
        .scheme = scheme,
        .user = bytes_slice(href, scheme.length + 3, url->host_start),
        .host = url_host(url),
        .port = bytes_slice(href, url->host_end, url->path_start),
        .path = url_path(url),
        .query = url_query(url),
    };
}

struct bytes form_text(const struct form *form)
{
    const struct bytes parts[] = { form->scheme, BYTES("://"), form->user, form->host,
                                   form->port,   form->path,   form->query };
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
        buf_append_bytes(&text, parts[i]);
    struct bytes copy = arena_copy(form->arena, buf_bytes(&text));
    buf_clear(&text);
    return copy;
}

/* Replaces a part by what the buffer holds, and clears that. */
static bool replace(const struct form *form, struct bytes *part, struct buf *by)
{
    bool has_changed = !bytes_equal(*part, buf_bytes(by));
    *part = arena_copy(form->arena, buf_bytes(by));
    buf_clear(by);
    return has_changed;
}

static bool cut(struct bytes *part, size_t start, size_t end)
{
    bool has_changed = start > 0 || end < part->length;
    *part = bytes_slice(*part, start, end);
    return has_changed;
}

/* ---- Scheme, credentials, host, port */

/* What stands in the input between "//" and the path. */
static struct bytes authority(const struct form *form)
{
    const char *slashes = memmem(form->input.data, form->input.length, "//", 2);
    size_t start = slashes ? (size_t)(slashes - form->input.data) + 2 : 0;
    size_t end = start;
    while (end < form->input.length && !strchr("/?#", form->input.data[end]))
        end++;
    return bytes_slice(form->input, start, end);
}

static bool keep_scheme_case(struct form *form)
{
    struct bytes written = bytes_slice(form->input, 0, bytes_find(form->input, ':'));
    bool has_changed =
        bytes_equal_nocase(written, form->scheme) && !bytes_equal(written, form->scheme);
    form->scheme = has_changed ? written : form->scheme;
    return has_changed;
}

static bool drop_tls(struct form *form)
{
    bool has_changed = bytes_equal(form->scheme, BYTES("https"));
    form->scheme = has_changed ? BYTES("http") : form->scheme;
    return has_changed;
}

static bool drop_user(struct form *form)
{
    return cut(&form->user, form->user.length, form->user.length);
}

static bool keep_odd_host(struct form *form)
{
    struct bytes host = authority(form);
    struct bytes label;
    struct bytes rest = host;
    bool is_odd = false;
    while (bytes_split(&rest, '.', &label))
        is_odd |= label.length == 0 || label.length > 63;
    form->host = is_odd ? host : form->host;
    return is_odd;
}

static bool make_dots_zero(struct form *form)
{
    for (size_t i = 0; i < form->host.length; i++)
        if (form->host.data[i] != '.')
            return false;
    form->host = BYTES("0.0.0.0");
    return true;
}

static bool squeeze_host(struct form *form)
{
    struct buf host;
    struct bytes rest = form->host;
    struct bytes label;
    buf_init(&host, BUF_UNBOUNDED);
    while (bytes_split(&rest, '.', &label)) {
        if (label.length > 0 && host.length > 0)
            buf_append_char(&host, '.');
        buf_append_bytes(&host, label);
    }
    return replace(form, &form->host, &host);
}

static bool drop_www(struct form *form)
{
    size_t at = 3;
    if (!bytes_start_with(form->host, BYTES("www")))
        return false;
    while (at < form->host.length && ascii_is_digit(form->host.data[at]))
        at++;
    return at < form->host.length && form->host.data[at] == '.' &&
           cut(&form->host, at + 1, form->host.length);
}

static bool keep_port(struct form *form)
{
    struct bytes written = authority(form);
    size_t colon = written.length;
    while (colon > 0 && written.data[colon - 1] != ':')
        colon--;
    if (form->port.length > 0 || colon == 0 || colon == written.length)
        return false;
    form->port = bytes_slice(written, colon - 1, written.length);
    return true;
}

static bool keep_no_path(struct form *form)
{
    struct bytes written = authority(form);
    const char *end = written.data + written.length;
    bool has_none = end == form->input.data + form->input.length || *end != '/';
    return has_none && bytes_equal(form->path, BYTES("/")) && cut(&form->path, 1, 1);
}

/* ---- Escapes */

/* The byte that an escape at this place stands for, or -1. */
static int escaped_byte(struct bytes text, size_t at)
{
    if (at + 3 > text.length || text.data[at] != '%')
        return -1;
    int high = ascii_hex_value(text.data[at + 1]);
    int low = ascii_hex_value(text.data[at + 2]);
    return high < 0 || low < 0 ? -1 : high << 4 | low;
}

static void put_escape(struct buf *out, char c)
{
    buf_printf(out, "%%%02X", (unsigned)(unsigned char)c);
}

/* Unescapes all but the bytes of `but`, again and again, and escapes what a URL cannot hold. */
static bool unescape_part(const struct form *form, struct bytes *part, const char *but)
{
    struct buf text;
    struct buf escaped;
    buf_init(&text, BUF_UNBOUNDED);
    buf_init(&escaped, BUF_UNBOUNDED);
    buf_append_bytes(&text, *part);
    for (size_t at = 0; at < text.length;) {
        int byte = escaped_byte(buf_bytes(&text), at);
        if (byte < 0 || (byte && strchr(but, byte))) {
            at++;
            continue;
        }
        text.data[at] = (char)byte;
        memmove(text.data + at + 1, text.data + at + 3, text.length - at - 3);
        text.length -= 2;
        at = at > 2 ? at - 2 : 0; /* It may complete an escape. */
    }
    for (size_t at = 0; at < text.length; at++) {
        unsigned char c = (unsigned char)text.data[at];
        int byte = escaped_byte(buf_bytes(&text), at);
        bool is_kept = byte > 0 && strchr(but, byte);
        if (c <= ' ' || c >= 0x7f || c == '#' || (c == '%' && !is_kept))
            put_escape(&escaped, (char)c);
        else
            buf_append_char(&escaped, (char)c);
    }
    buf_clear(&text);
    return replace(form, part, &escaped);
}

static bool decode_user(struct form *form)
{
    return form->user.length > 0 && unescape_part(form, &form->user, "%:@/?#");
}

static bool unescape(struct form *form)
{
    bool has_changed = unescape_part(form, &form->path, "");
    return unescape_part(form, &form->query, "") || has_changed;
}

static bool unescape_but(struct form *form)
{
    bool has_changed = unescape_part(form, &form->path, "");
    return unescape_part(form, &form->query, "&") || has_changed;
}

/* Escapes a part's bytes for which `is_escaped` says so; what is an escape stays. */
static bool escape_part(const struct form *form, struct bytes *part, bool (*is_escaped)(char c))
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < part->length; at++) {
        char c = part->data[at];
        if (is_escaped(c) && escaped_byte(*part, at) < 0)
            put_escape(&text, c);
        else
            buf_append_char(&text, c);
    }
    return replace(form, part, &text);
}

static bool is_percent(char c)
{
    return c == '%';
}

static bool escape_percent(struct form *form)
{
    bool has_changed = escape_part(form, &form->host, is_percent);
    has_changed |= escape_part(form, &form->path, is_percent);
    return escape_part(form, &form->query, is_percent) || has_changed;
}

static bool is_unwise(char c)
{
    return strchr("\"<>[\\]^`{|}", c) && c;
}

static bool escape_more(struct form *form)
{
    bool has_changed = escape_part(form, &form->path, is_unwise);
    return escape_part(form, &form->query, is_unwise) || has_changed;
}

static bool is_reserved(char c)
{
    return !url_class_has(c, URL_CLASS_UNRESERVED) && !(c && strchr("?&=+%", c));
}

static bool escape_query(struct form *form)
{
    return escape_part(form, &form->query, is_reserved);
}

static bool keep_apostrophe(struct form *form)
{
    struct buf text;
    bool has_one = bytes_find(form->input, '\'') < form->input.length;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < form->query.length; at++) {
        bool is_one = has_one && escaped_byte(form->query, at) == '\'';
        buf_append_char(&text, is_one ? '\'' : form->query.data[at]);
        at += is_one ? 2 : 0;
    }
    return replace(form, &form->query, &text);
}

static bool plus_for_space(struct form *form)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < form->query.length; at++) {
        bool is_space = escaped_byte(form->query, at) == ' ';
        buf_append_char(&text, is_space ? '+' : form->query.data[at]);
        at += is_space ? 2 : 0;
    }
    return replace(form, &form->query, &text);
}

/* ---- Path */

/* U+2028 and U+2029. */
static bool drop_separators(struct form *form)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < form->path.length;) {
        struct bytes rest = bytes_slice(form->path, at, form->path.length);
        bool is_separator = bytes_start_with(rest, BYTES("%E2%80%A8")) ||
                            bytes_start_with(rest, BYTES("%E2%80%A9"));
        if (!is_separator)
            buf_append_char(&text, form->path.data[at]);
        at += is_separator ? 9 : 1;
    }
    return replace(form, &form->path, &text);
}

static bool squeeze_slashes(struct form *form)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < form->path.length; at++)
        if (at == 0 || form->path.data[at] != '/' || form->path.data[at - 1] != '/')
            buf_append_char(&text, form->path.data[at]);
    return replace(form, &form->path, &text);
}

/* A segment in parentheses. */
static bool drop_path_session(struct form *form)
{
    struct buf text;
    struct bytes rest = form->path;
    struct bytes segment;
    bool is_first = true;
    buf_init(&text, BUF_UNBOUNDED);
    while (bytes_split(&rest, '/', &segment)) {
        if (bytes_start_with(segment, BYTES("(")) && bytes_end_with(segment, BYTES(")")))
            continue;
        if (!is_first)
            buf_append_char(&text, '/');
        is_first = false;
        buf_append_bytes(&text, segment);
    }
    if (bytes_end_with(form->path, BYTES("/")) && form->path.length > 1)
        buf_append_char(&text, '/');
    return replace(form, &form->path, &text);
}

static bool lower_part(const struct form *form, struct bytes *part)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t at = 0; at < part->length; at++)
        buf_append_char(&text, ascii_lower(part->data[at]));
    return replace(form, part, &text);
}

static bool lower_path_query(struct form *form)
{
    bool has_changed = lower_part(form, &form->path);
    return lower_part(form, &form->query) || has_changed;
}

static bool drop_slash(struct form *form)
{
    return form->path.length > 1 && bytes_end_with(form->path, BYTES("/")) &&
           cut(&form->path, 0, form->path.length - 1);
}

/* ---- Query */

struct parameters {
    struct bytes items[PARAMETERS_MAX];
    size_t count;
};

static struct parameters split_query(const struct form *form)
{
    struct parameters parameters = { .count = 0 };
    struct bytes rest = bytes_slice(form->query, 1, form->query.length);
    while (parameters.count < PARAMETERS_MAX &&
           bytes_split(&rest, '&', &parameters.items[parameters.count]))
        parameters.count++;
    return parameters;
}

static bool join_query(struct form *form, const struct parameters *parameters)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    for (size_t i = 0; i < parameters->count; i++) {
        buf_append_char(&text, i == 0 ? '?' : '&');
        buf_append_bytes(&text, parameters->items[i]);
    }
    return form->query.length > 0 && replace(form, &form->query, &text);
}

static bool drop_nameless(struct form *form)
{
    struct parameters parameters = split_query(form);
    size_t kept = 0;
    for (size_t i = 0; i < parameters.count; i++)
        if (parameters.items[i].length > 0 && parameters.items[i].data[0] != '=')
            parameters.items[kept++] = parameters.items[i];
    parameters.count = kept;
    return join_query(form, &parameters);
}

static bool has_value(struct bytes parameter)
{
    return bytes_find(parameter, '=') + 1 < parameter.length;
}

static bool drop_blank(struct form *form)
{
    struct parameters parameters = split_query(form);
    size_t kept = 0;
    for (size_t i = 0; i < parameters.count; i++)
        if (has_value(parameters.items[i]))
            parameters.items[kept++] = parameters.items[i];
    parameters.count = kept;
    return join_query(form, &parameters);
}

static bool is_alnum(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++)
        if (!ascii_is_alpha(text.data[i]) && !ascii_is_digit(text.data[i]))
            return false;
    return true;
}

/* The archives' tools know a session by the length of its value. */
static bool is_their_session(struct bytes parameter)
{
    static const struct {
        struct bytes begin;
        size_t value_bytes; /* 0: any. */
    } forms[] = {
        { { "jsessionid=", 11 }, 32 },  { { "phpsessid=", 10 }, 32 }, { { "sid=", 4 }, 32 },
        { { "aspsessionid", 12 }, 33 }, { { "cfid=", 5 }, 0 },        { { "cftoken=", 8 }, 0 },
    };
    for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
        struct bytes rest = bytes_slice(parameter, forms[i].begin.length, parameter.length);
        bool has_length = forms[i].value_bytes == 0 || rest.length == forms[i].value_bytes;
        bool is_token = is_alnum(rest) || bytes_equal_nocase(forms[i].begin, BYTES("aspsessionid"));
        if (bytes_start_with_nocase(parameter, forms[i].begin) && has_length && is_token)
            return true;
    }
    return false;
}

static bool drop_session(struct form *form)
{
    struct parameters parameters = split_query(form);
    size_t kept = 0;
    for (size_t i = 0; i < parameters.count; i++)
        if (!is_their_session(parameters.items[i]))
            parameters.items[kept++] = parameters.items[i];
    parameters.count = kept;
    return join_query(form, &parameters);
}

static bool drop_equals(struct form *form)
{
    struct parameters parameters = split_query(form);
    for (size_t i = 0; i < parameters.count; i++)
        if (bytes_find(parameters.items[i], '=') + 1 == parameters.items[i].length)
            parameters.items[i].length--;
    return join_query(form, &parameters);
}

static bool add_equals(struct form *form)
{
    struct parameters parameters = split_query(form);
    for (size_t i = 0; i < parameters.count; i++) {
        struct buf text;
        if (bytes_find(parameters.items[i], '=') < parameters.items[i].length)
            continue;
        buf_init(&text, BUF_UNBOUNDED);
        buf_append_bytes(&text, parameters.items[i]);
        buf_append_char(&text, '=');
        replace(form, &parameters.items[i], &text);
    }
    return join_query(form, &parameters);
}

static int compare_parameters(const void *left, const void *right)
{
    return bytes_compare(*(const struct bytes *)left, *(const struct bytes *)right);
}

static bool sort_query(struct form *form)
{
    struct parameters parameters = split_query(form);
    qsort(parameters.items, parameters.count, sizeof(parameters.items[0]), compare_parameters);
    return join_query(form, &parameters);
}

static bool drop_query_mark(struct form *form)
{
    return form->query.length == 1 && cut(&form->query, 1, 1);
}

static const struct {
    const char *words;
    bool (*apply)(struct form *form);
} rules[THEIR_RULE_COUNT] = {
#define ROW(name, words, function) [THEIR_##name] = { words, function },
    THEIR_RULE_TABLE(ROW)
#undef ROW
};

const char *their_rule_words(enum their_rule rule)
{
    return rules[rule].words;
}

bool their_rule_apply(enum their_rule rule, struct form *form)
{
    return rules[rule].apply(form);
}
