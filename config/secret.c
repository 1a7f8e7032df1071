/* SPDX-License-Identifier: MIT */
#include "config/secret.h"

#include <string.h>

#include "base/userinfo.h"

#define MASK "***"

/* Of header fields, and of the fields of forms besides. */
static const char *const secret_words[] = { "token", "api-key", "apikey", "secret", "password" };
static const char *const form_words[] = { "pass", "pwd", "pin", "otp" };

static bool holds_word(struct bytes name, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_contain_nocase(name, bytes_from_string(words[i])))
            return true;
    return false;
}

#define HOLDS(name, words) holds_word(name, words, sizeof(words) / sizeof((words)[0]))

bool secret_is_named(struct bytes name)
{
    return HOLDS(name, secret_words);
}

/* Behind "scheme://", which may be missing. */
static size_t find_login(struct bytes text)
{
    const char *slashes = text.length >= 3 ? memmem(text.data, text.length, "://", 3) : NULL;
    return slashes ? (size_t)(slashes - text.data) + 3 : 0;
}

static void mask_proxy(struct bytes text, struct buf *out)
{
    size_t start = find_login(text), end = text.length;
    while (end > start && text.data[end - 1] != '@')
        end--;
    size_t colon = start + bytes_find(bytes_slice(text, start, end), ':');
    bool has_password = end > start && colon + 2 < end;
    /* "$NAME" and "@/file" say where it is. */
    if (!has_password || text.data[colon + 1] == '$' || text.data[colon + 1] == '@') {
        buf_append_bytes(out, text);
        return;
    }
    buf_append_bytes(out, bytes_slice(text, 0, colon + 1));
    buf_append_string(out, MASK);
    buf_append_bytes(out, bytes_slice(text, end - 1, text.length));
}

static void mask_field(struct bytes text, struct buf *out)
{
    size_t equals = bytes_find(text, '=');
    struct bytes name = bytes_slice(text, 0, equals);
    if (equals == text.length || !(HOLDS(name, secret_words) || HOLDS(name, form_words))) {
        userinfo_mask(out, text);
        return;
    }
    buf_append_bytes(out, bytes_slice(text, 0, equals + 1));
    buf_append_string(out, MASK);
}

void secret_mask(const struct option *option, struct bytes text, struct buf *out)
{
    if (strcmp(option->name, "proxy") == 0)
        mask_proxy(text, out);
    else if (strcmp(option->name, "form_field") == 0)
        mask_field(text, out);
    else
        userinfo_mask(out, text);
}
