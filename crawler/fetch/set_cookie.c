/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/set_cookie.h"

#include "crawler/fetch/cookie_date.h"
#include "crawler/fetch/field_value.h"

static bool has_controls(struct bytes text)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char c = (unsigned char)text.data[i];
        if ((c < ' ' && c != '\t') || c == 0x7f)
            return true;
    }
    return false;
}

static bool has_byte(struct bytes text, char c)
{
    return bytes_find(text, c) < text.length;
}

/* A tab inside a name is allowed by the standard and by nobody else: it ends fields in cookie
 * files. */
bool set_cookie_is_sound(struct bytes name, struct bytes value)
{
    return name.length + value.length > 0 && name.length + value.length <= COOKIE_BYTES_MOST &&
           !has_controls(name) && !has_controls(value) && !has_byte(name, '\t') &&
           !has_byte(name, '=') && !has_byte(name, ';') && !has_byte(value, ';');
}

bool set_cookie_path_is_sound(struct bytes path)
{
    return path.length > 0 && path.length <= COOKIE_PATH_BYTES_MOST && path.data[0] == '/' &&
           !has_controls(path) && !has_byte(path, '\t');
}

static void read_expires(struct set_cookie *cookie, struct bytes value)
{
    int64_t expires_ms = cookie_date_parse(value);
    if (expires_ms >= 0)
        cookie->expires_ms = expires_ms;
}

/* Digits, perhaps with a minus. */
static void read_max_age(struct set_cookie *cookie, struct bytes value)
{
    bool is_negative = value.length > 0 && value.data[0] == '-';
    int64_t seconds = field_delta_seconds(bytes_slice(value, is_negative, value.length));
    if (seconds < 0)
        return;
    cookie->has_max_age = true;
    cookie->max_age_s = is_negative ? -seconds : seconds;
}

static void read_domain(struct set_cookie *cookie, struct bytes value)
{
    bool has_dot = value.length > 0 && value.data[0] == '.';
    cookie->has_domain = true;
    cookie->domain = bytes_slice(value, has_dot, value.length);
}

static void read_path(struct set_cookie *cookie, struct bytes value)
{
    bool is_path = value.length > 0 && value.data[0] == '/';
    cookie->path = is_path ? value : (struct bytes){ 0 };
}

static void read_secure(struct set_cookie *cookie, struct bytes value)
{
    (void)value;
    cookie->is_secure = true;
}

static void read_http_only(struct set_cookie *cookie, struct bytes value)
{
    (void)value;
    cookie->is_http_only = true;
}

/* SameSite is for browsers, which run scripts of one site on pages of another. */
static const struct {
    const char *name;
    void (*read)(struct set_cookie *cookie, struct bytes value);
} attributes[] = {
    { "expires", read_expires }, { "max-age", read_max_age }, { "domain", read_domain },
    { "path", read_path },       { "secure", read_secure },   { "httponly", read_http_only },
};

static void read_attribute(struct set_cookie *cookie, struct bytes attribute)
{
    size_t equals = bytes_find(attribute, '=');
    struct bytes name = field_trim(bytes_slice(attribute, 0, equals));
    struct bytes value = field_trim(bytes_slice(attribute, equals + 1, attribute.length));
    if (value.length > COOKIE_ATTRIBUTE_BYTES_MOST)
        return;
    for (size_t i = 0; i < sizeof(attributes) / sizeof(*attributes); i++)
        if (bytes_equal_nocase(name, bytes_from_string(attributes[i].name)))
            attributes[i].read(cookie, value);
}

bool set_cookie_parse(struct set_cookie *cookie, struct bytes field)
{
    *cookie = (struct set_cookie){ .expires_ms = -1 };
    struct bytes pair;
    if (has_controls(field) || !bytes_split(&field, ';', &pair))
        return false;
    size_t equals = bytes_find(pair, '=');
    bool has_name = equals < pair.length;
    cookie->name = has_name ? field_trim(bytes_slice(pair, 0, equals)) : (struct bytes){ 0 };
    cookie->value = field_trim(has_name ? bytes_slice(pair, equals + 1, pair.length) : pair);
    if (!set_cookie_is_sound(cookie->name, cookie->value))
        return false;
    struct bytes attribute;
    while (bytes_split(&field, ';', &attribute))
        read_attribute(cookie, attribute);
    return true;
}
