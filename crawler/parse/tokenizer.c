/* SPDX-License-Identifier: MIT */
#include "crawler/parse/tokenizer.h"

#include <string.h>

struct tokenizer tokenizer_of(struct bytes html)
{
    const char *start = html.data ? html.data : "";
    return (struct tokenizer){ .at = start, .end = start + html.length };
}

/* The next such byte, or the end. */
static const char *find(const char *at, const char *end, char wanted)
{
    const char *found = at < end ? memchr(at, wanted, (size_t)(end - at)) : NULL;
    return found ? found : end;
}

static bool stands_at(const char *at, const char *end, struct bytes wanted)
{
    return bytes_start_with_nocase(bytes_of(at, (size_t)(end - at)), wanted);
}

static const char *behind(const char *found, const char *end)
{
    return found < end ? found + 1 : end;
}

/* at: behind "<!--". Comments end with "-->" or "--!>", and those that begin with ">" or "->" are
 * over. */
static const char *skip_comment(const char *at, const char *end)
{
    if (at < end && *at == '>')
        return at + 1;
    if (end - at >= 2 && at[0] == '-' && at[1] == '>')
        return at + 2;
    for (const char *close = find(at, end, '>'); close < end; close = find(close + 1, end, '>')) {
        if (close - at >= 2 && close[-1] == '-' && close[-2] == '-')
            return close + 1;
        if (close - at >= 3 && close[-1] == '!' && close[-2] == '-' && close[-3] == '-')
            return close + 1;
    }
    return end;
}

/* At "<!" or "<?" or "</" before what is no name: comments of all sorts and document types. */
static const char *skip_declaration(const char *at, const char *end)
{
    if (stands_at(at, end, BYTES("<!--")))
        return skip_comment(at + 4, end);
    return behind(find(at, end, '>'), end);
}

static bool is_tag_start(const char *at, const char *end)
{
    return end - at >= 2 && (ascii_is_alpha(at[1]) || at[1] == '!' || at[1] == '?' ||
                             (at[1] == '/' && end - at >= 3));
}

/* The text up to the next tag; a "<" that begins none belongs to it. */
static struct bytes take_text(struct tokenizer *tokenizer)
{
    const char *start = tokenizer->at;
    const char *at = find(start, tokenizer->end, '<');
    while (at < tokenizer->end && !is_tag_start(at, tokenizer->end))
        at = find(at + 1, tokenizer->end, '<');
    tokenizer->at = at;
    return bytes_of(start, (size_t)(at - start));
}

/* What ends the name of a tag. */
static const bool name_end[256] = {
    ['\t'] = true, ['\n'] = true, ['\f'] = true, ['\r'] = true,
    [' '] = true,  ['/'] = true,  ['>'] = true,
};

static bool ends_name(char c)
{
    return name_end[(unsigned char)c];
}

static void take_name(struct tokenizer *tokenizer, struct token *token)
{
    token->kind = tokenizer->at[1] == '/' ? TOKEN_END : TOKEN_START;
    const char *start = tokenizer->at + (token->kind == TOKEN_END ? 2 : 1);
    const char *at = start;
    while (at < tokenizer->end && !ends_name(*at))
        at++;
    token->bytes = bytes_of(start, (size_t)(at - start));
    tokenizer->at = at;
    tokenizer->is_in_tag = true;
    tokenizer->is_self_closing = false;
    tokenizer->is_cut = false;
}

/* At "<![CDATA[". */
static struct bytes take_cdata(struct tokenizer *tokenizer)
{
    const char *start = tokenizer->at + 9;
    const char *close = find(start, tokenizer->end, '>');
    while (close < tokenizer->end && !(close - start >= 2 && close[-1] == ']' && close[-2] == ']'))
        close = find(close + 1, tokenizer->end, '>');
    tokenizer->at = behind(close, tokenizer->end);
    return bytes_of(start, (size_t)(close - start) - (close < tokenizer->end ? 2 : 0));
}

bool tokenizer_next(struct tokenizer *tokenizer, struct token *token)
{
    tokenizer_finish_tag(tokenizer);
    while (tokenizer->at < tokenizer->end) {
        const char *at = tokenizer->at;
        if (*at != '<' || !is_tag_start(at, tokenizer->end)) {
            *token = (struct token){ TOKEN_TEXT, take_text(tokenizer) };
            return true;
        }
        if (ascii_is_alpha(at[at[1] == '/' ? 2 : 1])) {
            take_name(tokenizer, token);
            return true;
        }
        if (tokenizer->takes_cdata && stands_at(at, tokenizer->end, BYTES("<![CDATA["))) {
            *token = (struct token){ TOKEN_TEXT, take_cdata(tokenizer) };
            return true;
        }
        tokenizer->at = skip_declaration(at, tokenizer->end);
    }
    return false;
}

/* Behind the tag, at its ">" or the end of the page. */
static bool end_tag(struct tokenizer *tokenizer, const char *at)
{
    tokenizer->is_cut = at == tokenizer->end;
    tokenizer->at = behind(at, tokenizer->end);
    tokenizer->is_in_tag = false;
    return false;
}

static const char *skip_space(const char *at, const char *end)
{
    while (at < end && ascii_is_space(*at))
        at++;
    return at;
}

/* At the value. Returns what comes behind it. */
static const char *take_value(const char *at, const char *end, struct bytes *value)
{
    const char *close = at;
    if (at < end && (*at == '"' || *at == '\'')) {
        close = find(at + 1, end, *at);
        *value = bytes_of(at + 1, (size_t)(close - at - 1));
        return behind(close, end);
    }
    while (close < end && !ascii_is_space(*close) && *close != '>')
        close++;
    *value = bytes_of(at, (size_t)(close - at));
    return close;
}

bool tokenizer_attribute(struct tokenizer *tokenizer, struct bytes *name, struct bytes *value)
{
    const char *end = tokenizer->end;
    const char *at = tokenizer->at;
    if (!tokenizer->is_in_tag)
        return false;
    for (; at < end && (ascii_is_space(*at) || *at == '/'); at++)
        tokenizer->is_self_closing = *at == '/' && end - at >= 2 && at[1] == '>';
    if (at == end || *at == '>')
        return end_tag(tokenizer, at);
    const char *start = at++; /* Even "=" may begin a name. */
    while (at < end && !ends_name(*at) && *at != '=')
        at++;
    *name = bytes_of(start, (size_t)(at - start));
    *value = bytes_of(at, 0);
    const char *next = skip_space(at, end);
    if (next < end && *next == '=')
        at = take_value(skip_space(next + 1, end), end, value);
    tokenizer->at = at;
    return true;
}

void tokenizer_finish_tag(struct tokenizer *tokenizer)
{
    struct bytes name, value;
    while (tokenizer_attribute(tokenizer, &name, &value))
        continue;
}

/* Whether "</name" stands here, and ends there. */
static bool is_end_of(const char *at, const char *end, struct bytes name)
{
    size_t length = 2 + name.length;
    return (size_t)(end - at) > length && at[1] == '/' && stands_at(at + 2, end, name) &&
           ends_name(at[length]);
}

/* Up to there; the tokenizer goes on with what stands there. */
static struct bytes take_up_to(struct tokenizer *tokenizer, const char *at)
{
    struct bytes taken = bytes_of(tokenizer->at, (size_t)(at - tokenizer->at));
    tokenizer->at = at;
    return taken;
}

struct bytes tokenizer_take_raw(struct tokenizer *tokenizer, struct bytes name)
{
    const char *end = tokenizer->end;
    const char *at = find(tokenizer->at, end, '<');
    while (at < end && !is_end_of(at, end, name))
        at = find(at + 1, end, '<');
    return take_up_to(tokenizer, at);
}

enum script_state { SCRIPT, SCRIPT_ESCAPED, SCRIPT_DOUBLE_ESCAPED };

/* What a "<" or a "-->" at this place makes of the state. */
static enum script_state next_script_state(enum script_state state, const char *at, const char *end)
{
    static const struct bytes script = { "script", 6 };
    if (*at == '>')
        return SCRIPT;
    if (state == SCRIPT)
        return stands_at(at, end, BYTES("<!--")) ? SCRIPT_ESCAPED : SCRIPT;
    if (state == SCRIPT_DOUBLE_ESCAPED)
        return is_end_of(at, end, script) ? SCRIPT_ESCAPED : state;
    return end - at > 7 && stands_at(at + 1, end, script) && ends_name(at[7])
               ? SCRIPT_DOUBLE_ESCAPED
               : state;
}

/* The next "<", or the ">" of a "-->" while that matters: its dashes stand behind since. */
static const char *find_in_script(const char *at, const char *end, enum script_state state,
                                  const char *since)
{
    if (state == SCRIPT)
        return find(at, end, '<');
    for (; at < end; at++) {
        if (*at == '<' || (*at == '>' && at - since >= 2 && at[-1] == '-' && at[-2] == '-'))
            return at;
    }
    return end;
}

struct bytes tokenizer_take_script(struct tokenizer *tokenizer)
{
    const char *end = tokenizer->end;
    const char *since = tokenizer->at;
    enum script_state state = SCRIPT;
    const char *at = find_in_script(since, end, state, since);
    while (at < end &&
           (state == SCRIPT_DOUBLE_ESCAPED || *at != '<' || !is_end_of(at, end, BYTES("script")))) {
        enum script_state before = state;
        state = next_script_state(state, at, end);
        if (before == SCRIPT && state == SCRIPT_ESCAPED)
            since = at + 2; /* The dashes that open it may close it: "<!-->". */
        at = find_in_script(at + 1, end, state, since);
    }
    return take_up_to(tokenizer, at);
}

struct bytes tokenizer_take_rest(struct tokenizer *tokenizer)
{
    return take_up_to(tokenizer, tokenizer->end);
}
