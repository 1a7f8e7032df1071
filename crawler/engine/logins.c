/* SPDX-License-Identifier: MIT */
#include "crawler/engine/logins.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/hash.h"
#include "base/memory.h"
#include "config/own_header.h"

enum { NETRC_BYTES_MOST = 1 << 20 };

_Static_assert(AUTH_BASIC == 1 << CHOICE_BASIC && AUTH_DIGEST == 1 << CHOICE_DIGEST &&
                   AUTH_NTLM == 1 << CHOICE_NTLM && AUTH_NEGOTIATE == 1 << CHOICE_NEGOTIATE,
               "the words of login_schemes are the bits of enum auth_scheme");

struct logins {
    struct credentials *credentials;
    struct netrc netrc;
    struct form *forms;
    size_t form_count;
};

/* What is being made, and of which section. */
struct maker {
    struct logins *logins;
    struct secret_places places;
    const char *host;
    const struct settings *settings;
    char **error;
};

static bool fail(const struct maker *maker, const char *option, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static bool fail(const struct maker *maker, const char *option, const char *format, ...)
{
    char *why = NULL;
    va_list arguments;
    va_start(arguments, format);
    if (vasprintf(&why, format, arguments) < 0)
        abort();
    va_end(arguments);
    *maker->error = xasprintf("[host \"%s\"]: %s: %s", maker->host, option, why);
    free(why);
    return false;
}

/* ---- HTTP authentication */

static bool is_for_host(const struct maker *maker, struct bytes origin)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    return url_parse(&url, storage, sizeof(storage), origin, NULL) == URL_ERROR_NONE &&
           (url.scheme == URL_SCHEME_HTTP || url.scheme == URL_SCHEME_HTTPS) &&
           bytes_equal(url_host(&url), bytes_from_string(maker->host));
}

static bool add_origin(const struct maker *maker, struct bytes origin)
{
    const struct settings *settings = maker->settings;
    char *problem;
    struct configured_login login = {
        .origin = origin,
        .user = bytes_from_string(settings->login_user),
        .password_env = bytes_from_string(settings->login_password_env),
        .token_env = bytes_from_string(settings->login_token_env),
        .token_header = bytes_from_string(settings->login_token_header),
        .schemes = settings->login_schemes,
        .is_unasked = settings->login_unasked,
    };
    if (credentials_add(maker->logins->credentials, &login, &maker->places, &problem))
        return true;
    fail(maker, "login", "%s", problem);
    free(problem);
    return false;
}

static bool add_credentials(const struct maker *maker)
{
    const struct settings *settings = maker->settings;
    const struct text_list *origins = &settings->login_origin;
    if (!settings->login_user[0] && !settings->login_password_env[0] &&
        !settings->login_token_env[0] && !settings->login_token_header[0] && origins->count == 0)
        return true;
    if (settings->login_token_header[0] && !settings->login_token_env[0])
        return fail(maker, "login_token_header", "login_token_env is to name where the token is");
    const char *instead = own_header_instead(bytes_from_string(settings->login_token_header));
    if (instead)
        return fail(maker, "login_token_header", "%s is not to be set here: %s",
                    settings->login_token_header, instead);
    for (size_t i = 0; i < origins->count; i++) {
        struct bytes origin = bytes_from_string(origins->items[i]);
        if (!is_for_host(maker, origin))
            return fail(maker, "login_origin", "\"%s\" is no http:// or https:// of this host",
                        origins->items[i]);
        if (!add_origin(maker, origin))
            return false;
    }
    return origins->count > 0 || add_origin(maker, bytes_from_string(maker->host));
}

/* ---- Forms */

/* A canonical URL on the host of the section; NULL with an error. */
static char *read_url(const struct maker *maker, const char *option, const char *text)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    enum url_error error =
        url_parse_link(&url, storage, sizeof(storage), bytes_from_string(text), NULL);
    if (error || !bytes_equal(url_host(&url), bytes_from_string(maker->host))) {
        fail(maker, option, "%s",
             error ? url_error_text(error) : "the form of a host is on this host");
        return NULL;
    }
    return xbytesdup(url_bytes(&url));
}

static bool is_same_origin(const char *one, const char *other)
{
    struct url a, b;
    return url_split(&a, bytes_from_string(one)) && url_split(&b, bytes_from_string(other)) &&
           url_same_origin(&a, &b);
}

/* Takes value. */
static void add_field(struct form *form, struct bytes name, char *value)
{
    form->fields = xreallocarray(form->fields, form->field_count + 1, sizeof(*form->fields));
    form->fields[form->field_count++] = (struct form_value){ xbytesdup(name), value };
}

/* Of what says who somebody is, one thing a line; never 0. */
static uint32_t identity_of(struct buf *lines)
{
    unsigned char digest[SHA256_BYTES];
    uint32_t identity = 0;
    sha256(buf_bytes(lines), digest);
    for (size_t i = 0; i < sizeof(identity); i++)
        identity = identity << 8 | digest[i];
    explicit_bzero(lines->data, lines->length);
    buf_clear(lines);
    return identity ? identity : 1;
}

/* Its secret fields are not there yet: a new password is nobody else's. */
static uint32_t form_identity(const struct form *form)
{
    struct buf lines;
    buf_init(&lines, BUF_UNBOUNDED);
    buf_printf(&lines, "%s\n", form->action);
    for (size_t i = 0; i < form->field_count; i++)
        buf_printf(&lines, "%s=%s\n", form->fields[i].name, form->fields[i].value);
    return identity_of(&lines);
}

static bool split_field(const struct maker *maker, const char *option, const char *line,
                        struct bytes *name, struct bytes *value)
{
    struct bytes text = bytes_from_string(line);
    size_t equals = bytes_find(text, '=');
    *name = bytes_trim(bytes_slice(text, 0, equals));
    *value = bytes_trim(bytes_slice(text, equals + 1, text.length));
    if (name->length == 0 || equals == text.length)
        return fail(maker, option, "write a field as name=%s",
                    strcmp(option, "form_secret") == 0 ? "VARIABLE" : "value");
    return true;
}

static bool add_fields(const struct maker *maker, struct form *form)
{
    const struct text_list *plain = &maker->settings->form_field;
    const struct text_list *secret = &maker->settings->form_secret;
    struct bytes name, value;
    for (size_t i = 0; i < plain->count; i++) {
        if (!split_field(maker, "form_field", plain->items[i], &name, &value))
            return false;
        add_field(form, name, xbytesdup(value));
    }
    form->identity = form_identity(form);
    for (size_t i = 0; i < secret->count; i++) {
        if (!split_field(maker, "form_secret", secret->items[i], &name, &value))
            return false;
        char *variable = xbytesdup(value);
        const char *found = maker->places.environment(variable);
        if (found && *found)
            add_field(form, name, xstrdup(found));
        else
            fail(maker, "form_secret", "the environment variable %s is not set", variable);
        free(variable);
        if (!found || !*found)
            return false;
    }
    return true;
}

static bool is_without_form(const struct maker *maker)
{
    const struct settings *settings = maker->settings;
    return !settings->form_page[0] && settings->form_field.count == 0 &&
           settings->form_secret.count == 0 && !settings->form_cookie[0] &&
           !settings->form_success[0] && !settings->form_expired[0];
}

static bool add_form(const struct maker *maker)
{
    struct logins *logins = maker->logins;
    const struct settings *settings = maker->settings;
    if (!settings->form_action[0])
        return is_without_form(maker) ||
               fail(maker, "form_action", "a form needs the URL that it is sent to");
    logins->forms = xreallocarray(logins->forms, logins->form_count + 1, sizeof(*logins->forms));
    struct form *form = &logins->forms[logins->form_count++];
    *form = (struct form){
        .host = xstrdup(maker->host),
        .cookie = settings->form_cookie,
        .success = settings->form_success,
        .expired = settings->form_expired,
    };
    if (settings->cookies == COOKIES_OFF)
        return fail(maker, "form_action", "without cookies nobody stays logged in");
    form->action = read_url(maker, "form_action", settings->form_action);
    if (!form->action)
        return false;
    if (settings->form_page[0]) {
        form->page = read_url(maker, "form_page", settings->form_page);
        if (!form->page)
            return false;
        if (!is_same_origin(form->page, form->action))
            return fail(maker, "form_page", "scheme and port are to be those of form_action");
    }
    if (!add_fields(maker, form))
        return false;
    return form->field_count > 0 ||
           fail(maker, "form_action", "a form needs a form_field or form_secret");
}

/* ---- All of it */

static bool read_netrc(struct logins *logins, const char *directory, const char *file, char **error)
{
    struct buf text;
    struct netrc_problem problem;
    char *path = file[0] == '/' || !directory ? xstrdup(file) : xasprintf("%s/%s", directory, file);
    buf_init(&text, NETRC_BYTES_MOST);
    int missing = file_read(path, &text);
    if (missing)
        *error = xasprintf("netrc_file: %s: %s", path, strerror(missing));
    else if (text.is_full)
        *error = xasprintf("netrc_file: %s: larger than %d bytes", path, NETRC_BYTES_MOST);
    else if (!netrc_read(&logins->netrc, buf_bytes(&text), &problem))
        *error = xasprintf("netrc_file: %s:%zu: %s", path, problem.line, problem.what);
    if (text.length > 0)
        explicit_bzero(text.data, text.length);
    buf_clear(&text);
    free(path);
    return !*error;
}

struct logins *logins_new(const struct config *config, const char *directory,
                          const char *(*environment)(const char *name), char **error)
{
    struct logins *logins = xcalloc(1, sizeof(*logins));
    struct maker maker = { .logins = logins, .error = error };
    const char *file = config_settings(config)->netrc_file;
    const char *const *hosts;
    size_t count = config_host_sections(config, &hosts);
    *error = NULL;
    logins->credentials = credentials_new();
    bool is_good = !file[0] || read_netrc(logins, directory, file, error);
    maker.places = (struct secret_places){ environment, file[0] ? &logins->netrc : NULL };
    for (size_t i = 0; i < count && is_good; i++) {
        maker.host = hosts[i];
        maker.settings = config_section_settings(config, i);
        is_good = hosts[i][0] == '*' || (add_credentials(&maker) && add_form(&maker));
    }
    if (is_good)
        return logins;
    logins_free(logins);
    return NULL;
}

static void clear_form(struct form *form)
{
    for (size_t i = 0; i < form->field_count; i++) {
        explicit_bzero(form->fields[i].value, strlen(form->fields[i].value));
        free(form->fields[i].value);
        free(form->fields[i].name);
    }
    free(form->fields);
    free(form->action);
    free(form->page);
    free(form->host);
}

void logins_free(struct logins *logins)
{
    if (!logins)
        return;
    for (size_t i = 0; i < logins->form_count; i++)
        clear_form(&logins->forms[i]);
    free(logins->forms);
    netrc_clear(&logins->netrc);
    credentials_free(logins->credentials);
    free(logins);
}

const struct credential *logins_credential(const struct logins *logins, const struct url *url)
{
    return logins ? credentials_for(logins->credentials, url) : NULL;
}

const struct form *logins_form(const struct logins *logins, struct bytes host)
{
    for (size_t i = 0; logins && i < logins->form_count; i++)
        if (bytes_equal(bytes_from_string(logins->forms[i].host), host))
            return &logins->forms[i];
    return NULL;
}

/* A token is who it names; a user is not his password. */
static uint32_t credential_identity(const struct credential *credential)
{
    struct buf lines;
    buf_init(&lines, BUF_UNBOUNDED);
    buf_printf(&lines, "%s\n%s\n", credential->header ? credential->header : "",
               credential->user ? credential->user : credential->secret);
    return identity_of(&lines);
}

uint64_t logins_identity(const struct logins *logins, const struct url *url, bool has_credential)
{
    const struct credential *credential = has_credential ? logins_credential(logins, url) : NULL;
    const struct form *form = logins_form(logins, url_host(url));
    return (uint64_t)(credential ? credential_identity(credential) : 0) << 32 |
           (form ? form->identity : 0);
}
