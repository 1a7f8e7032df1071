/* SPDX-License-Identifier: MIT */
#include "config/values.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>

#include "base/memory.h"
#include "config/own_header.h"
#include "config/secret.h"
#include "config/units.h"

#define COUNT_OF(table) (sizeof(table) / sizeof((table)[0]))

/* What a choice may be, in the order of its enum. */
struct words {
    const char *const *items;
    size_t count;
};

#define WORD(name, text) text,
static const char *const span_words[] = { SPAN_CHOICES(WORD) };
static const char *const robots_words[] = { ROBOTS_CHOICES(WORD) };
static const char *const http2_words[] = { HTTP2_CHOICES(WORD) };
static const char *const ftp_words[] = { FTP_CHOICES(WORD) };
static const char *const tls_words[] = { TLS_CHOICES(WORD) };
static const char *const level_words[] = { LEVEL_CHOICES(WORD) };
static const char *const referer_words[] = { REFERER_CHOICES(WORD) };
static const char *const cookies_words[] = { COOKIES_CHOICES(WORD) };
static const char *const auth_words[] = { AUTH_CHOICES(WORD) };
#undef WORD

static const struct words choice_words[] = {
    [OPTION_SPAN_CHOICE] = { span_words, COUNT_OF(span_words) },
    [OPTION_ROBOTS_CHOICE] = { robots_words, COUNT_OF(robots_words) },
    [OPTION_HTTP2_CHOICE] = { http2_words, COUNT_OF(http2_words) },
    [OPTION_FTP_CHOICE] = { ftp_words, COUNT_OF(ftp_words) },
    [OPTION_TLS_CHOICE] = { tls_words, COUNT_OF(tls_words) },
    [OPTION_LEVEL_CHOICE] = { level_words, COUNT_OF(level_words) },
    [OPTION_REFERER_CHOICE] = { referer_words, COUNT_OF(referer_words) },
    [OPTION_COOKIES_CHOICE] = { cookies_words, COUNT_OF(cookies_words) },
    [OPTION_SCHEMES] = { auth_words, COUNT_OF(auth_words) },
};

/* Every choice is set through one pointer type. */
_Static_assert(sizeof(enum span_choice) == sizeof(unsigned) &&
                   sizeof(enum robots_choice) == sizeof(unsigned) &&
                   sizeof(enum http2_choice) == sizeof(unsigned) &&
                   sizeof(enum ftp_choice) == sizeof(unsigned) &&
                   sizeof(enum tls_choice) == sizeof(unsigned) &&
                   sizeof(enum level_choice) == sizeof(unsigned) &&
                   sizeof(enum referer_choice) == sizeof(unsigned) &&
                   sizeof(enum cookies_choice) == sizeof(unsigned),
               "an enum is as large as unsigned");

/* The field behind an option; its type is that of CONFIG_TYPE_<type>. */
static void *field_of(const struct option *option, struct settings *settings)
{
    return (char *)settings + option->offset;
}

static const void *value_of(const struct option *option, const struct settings *settings)
{
    return (const char *)settings + option->offset;
}

/* ---- Reading */

static bool parse_flag(struct bytes text, bool *flag)
{
    static const struct {
        const char *word;
        bool is_set;
    } words[] = {
        { "yes", true }, { "no", false },  { "true", true }, { "false", false },
        { "on", true },  { "off", false }, { "1", true },    { "0", false },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++) {
        if (bytes_equal_nocase(text, bytes_from_string(words[i].word))) {
            *flag = words[i].is_set;
            return true;
        }
    }
    return false;
}

/* ---- What is wrong with a value */

static const char *const wanted_texts[] = {
    [OPTION_SPAN] = "a time span such as 500ms, 10s, 5m, 24h or 7d",
    [OPTION_SIZE] = "a size such as 4096, 256Ki or 10M",
    [OPTION_COUNT] = "a number such as 500, 20k or 3M",
    [OPTION_FACTOR] = "a factor such as 0, 1 or 2.5",
    [OPTION_FLAG] = "yes or no",
};

static void print_limit(const struct option *option, double limit, struct buf *out)
{
    switch (option->type) {
    case OPTION_SPAN:
        units_print_span((int64_t)limit, out);
        break;
    case OPTION_SIZE:
        units_print_size((uint64_t)limit, out);
        break;
    default: /* Counts and factors have no unit; their limits are whole. */
        buf_printf(out, "%.0f", limit);
        break;
    }
}

static void print_range(const struct option *option, struct buf *out)
{
    print_limit(option, option->least, out);
    buf_append_string(out, " to ");
    print_limit(option, option->most, out);
}

static void print_words(struct words words, struct buf *out)
{
    for (size_t i = 0; i < words.count; i++)
        buf_printf(out, "%s%s", i ? ", " : "", words.items[i]);
}

/* "delay = 2x: ", of which the value is cut: a message is one line to read. */
static void begin_problem(const struct option *option, struct bytes text, struct buf *out)
{
    enum { SHOWN_BYTES_MOST = 80 };
    struct buf shown;
    buf_init(&shown, BUF_UNBOUNDED);
    buf_init(out, BUF_UNBOUNDED);
    secret_mask(option, text, &shown);
    bool is_cut = shown.length > SHOWN_BYTES_MOST;
    buf_printf(out, "%s = %.*s%s: ", option->name, is_cut ? SHOWN_BYTES_MOST : (int)shown.length,
               shown.data ? shown.data : "", is_cut ? "..." : "");
    buf_clear(&shown);
}

/* Takes the buf's content. */
static bool refuse(struct buf *why, char **problem)
{
    *problem = buf_detach(why, NULL);
    return false;
}

static bool refuse_form(const struct option *option, struct bytes text, char **problem)
{
    struct buf why;
    begin_problem(option, text, &why);
    buf_printf(&why, "this is not %s", wanted_texts[option->type]);
    if (bytes_find(text, ';') < text.length)
        buf_append_string(&why, " (a comment behind a value begins with #)");
    return refuse(&why, problem);
}

static bool refuse_range(const struct option *option, struct bytes text, char **problem)
{
    struct buf why;
    begin_problem(option, text, &why);
    buf_append_string(&why, "out of range, which is ");
    print_range(option, &why);
    return refuse(&why, problem);
}

/* ---- One setter a type */

static bool is_in_range(const struct option *option, double value)
{
    return value >= option->least && value <= option->most;
}

static bool set_text(const struct option *option, struct bytes text, struct arena *memory,
                     struct settings *settings, char **problem)
{
    if ((double)text.length > option->most) {
        *problem = xasprintf("%s: %zu bytes are too long; %.0f are the most", option->name,
                             text.length, option->most);
        return false;
    }
    *(const char **)field_of(option, settings) = arena_copy(memory, text).data;
    return true;
}

static bool set_span(const struct option *option, struct bytes text, struct settings *settings,
                     char **problem)
{
    int64_t span_ms;
    if (!units_parse_span(text, &span_ms))
        return refuse_form(option, text, problem);
    if (!is_in_range(option, (double)span_ms))
        return refuse_range(option, text, problem);
    *(int64_t *)field_of(option, settings) = span_ms;
    return true;
}

static bool set_number(const struct option *option, struct bytes text, struct settings *settings,
                       char **problem)
{
    uint64_t number;
    bool is_number = option->type == OPTION_SIZE ? units_parse_size(text, &number)
                                                 : units_parse_count(text, &number);
    if (!is_number)
        return refuse_form(option, text, problem);
    if (!is_in_range(option, (double)number))
        return refuse_range(option, text, problem);
    *(uint64_t *)field_of(option, settings) = number;
    return true;
}

static bool set_factor(const struct option *option, struct bytes text, struct settings *settings,
                       char **problem)
{
    double factor;
    if (!units_parse_factor(text, &factor))
        return refuse_form(option, text, problem);
    if (!is_in_range(option, factor))
        return refuse_range(option, text, problem);
    *(double *)field_of(option, settings) = factor;
    return true;
}

static bool set_flag(const struct option *option, struct bytes text, struct settings *settings,
                     char **problem)
{
    bool flag;
    if (!parse_flag(text, &flag))
        return refuse_form(option, text, problem);
    *(bool *)field_of(option, settings) = flag;
    return true;
}

/* False where it is none of the option's words. */
static bool find_word(const struct option *option, struct bytes text, unsigned *place)
{
    struct words words = choice_words[option->type];
    for (*place = 0; *place < words.count; (*place)++)
        if (bytes_equal_nocase(text, bytes_from_string(words.items[*place])))
            return true;
    return false;
}

static bool refuse_word(const struct option *option, struct bytes text, char **problem)
{
    struct words words = choice_words[option->type];
    struct buf why;
    char *typed = xbytesdup(text);
    const char *nearest = nearest_name(typed, words.items, words.count);
    begin_problem(option, text, &why);
    buf_append_string(&why, "this is none of ");
    print_words(words, &why);
    if (nearest)
        buf_printf(&why, "; did you mean \"%s\"?", nearest);
    free(typed);
    return refuse(&why, problem);
}

static bool set_choice(const struct option *option, struct bytes text, struct settings *settings,
                       char **problem)
{
    unsigned place;
    if (!find_word(option, text, &place))
        return refuse_word(option, text, problem);
    *(unsigned *)field_of(option, settings) = place;
    return true;
}

static bool set_schemes(const struct option *option, struct bytes text, struct settings *settings,
                        char **problem)
{
    unsigned bits = 0;
    struct bytes part;
    while (bytes_split(&text, ',', &part)) {
        unsigned place;
        part = bytes_trim(part);
        if (!find_word(option, part, &place))
            return refuse_word(option, part, problem);
        bits |= 1U << place;
    }
    *(unsigned *)field_of(option, settings) = bits;
    return true;
}

static bool set_hours(const struct option *option, struct bytes text, struct settings *settings,
                      char **problem)
{
    const char *reason;
    struct buf why;
    if (hours_parse(field_of(option, settings), text, &reason))
        return true;
    begin_problem(option, text, &why);
    buf_append_string(&why, reason);
    return refuse(&why, problem);
}

/* Room doubles when it is used up, which is when the count is a power of two. */
static void list_add(struct text_list *list, const char *item, struct arena *memory)
{
    const char **items = (const char **)list->items;
    if ((list->count & (list->count - 1)) == 0) {
        size_t room = list->count ? 2 * list->count : 1;
        const char **larger = arena_alloc(memory, room * sizeof(*larger));
        for (size_t i = 0; i < list->count; i++)
            larger[i] = items[i];
        items = larger;
    }
    items[list->count] = item;
    *list = (struct text_list){ items, list->count + 1 };
}

static bool set_list(const struct option *option, struct bytes text, bool adds,
                     struct arena *memory, struct settings *settings)
{
    struct text_list *list = field_of(option, settings);
    struct bytes part;
    if (!adds)
        *list = (struct text_list){ 0 };
    while (bytes_split(&text, ',', &part)) {
        part = bytes_trim(part);
        if (part.length > 0)
            list_add(list, arena_copy(memory, part).data, memory);
    }
    return true;
}

/* One line of a list; an empty one alone leaves the list empty. */
static bool set_line(const struct option *option, struct bytes text, bool adds,
                     struct arena *memory, struct settings *settings, char **problem)
{
    enum { LINES_MOST = 32 };
    struct text_list *list = field_of(option, settings);
    struct buf why;
    buf_init(&why, BUF_UNBOUNDED);
    buf_printf(&why, "%s: ", option->name); /* The value may be a secret after all. */
    if (text.length > 0 && option->type == OPTION_HEADERS && !own_header_is_good(text, &why))
        return refuse(&why, problem);
    if (adds && list->count == LINES_MOST && buf_printf(&why, "%d lines are the most", LINES_MOST))
        return refuse(&why, problem);
    buf_clear(&why);
    if (!adds)
        *list = (struct text_list){ 0 };
    if (text.length > 0)
        list_add(list, arena_copy(memory, text).data, memory);
    return true;
}

static bool set_names(const struct option *option, struct bytes text, bool adds,
                      struct arena *memory, struct settings *settings, char **problem)
{
    struct bytes rest = text;
    struct bytes part;
    while (bytes_split(&rest, ',', &part)) {
        struct buf why;
        part = bytes_trim(part);
        if (part.length == 0 || url_name_is_good(part))
            continue;
        begin_problem(option, part, &why);
        buf_append_string(&why, "this is no name of a query parameter; write it as it stands in "
                                "URLs (a.b, %C3%BC), with * only at its end, for any more");
        return refuse(&why, problem);
    }
    return set_list(option, text, adds, memory, settings);
}

bool value_set(const struct option *option, struct bytes text, bool adds, struct arena *memory,
               struct settings *settings, char **problem)
{
    switch (option->type) {
    case OPTION_TEXT:
        return set_text(option, text, memory, settings, problem);
    case OPTION_SPAN:
        return set_span(option, text, settings, problem);
    case OPTION_SIZE:
    case OPTION_COUNT:
        return set_number(option, text, settings, problem);
    case OPTION_FACTOR:
        return set_factor(option, text, settings, problem);
    case OPTION_FLAG:
        return set_flag(option, text, settings, problem);
    case OPTION_LIST:
        return set_list(option, text, adds, memory, settings);
    case OPTION_HOURS:
        return set_hours(option, text, settings, problem);
    case OPTION_NAMES:
        return set_names(option, text, adds, memory, settings, problem);
    case OPTION_LINES:
    case OPTION_HEADERS:
        return set_line(option, text, adds, memory, settings, problem);
    case OPTION_SCHEMES:
        return set_schemes(option, text, settings, problem);
    case OPTION_SPAN_CHOICE:
    case OPTION_ROBOTS_CHOICE:
    case OPTION_HTTP2_CHOICE:
    case OPTION_FTP_CHOICE:
    case OPTION_TLS_CHOICE:
    case OPTION_LEVEL_CHOICE:
    case OPTION_REFERER_CHOICE:
    case OPTION_COOKIES_CHOICE:
        return set_choice(option, text, settings, problem);
    }
    assert(!"a type without a setter");
    return false;
}

/* ---- Printing */

static void print_text(const struct option *option, const char *text, struct buf *out)
{
    secret_mask(option, bytes_from_string(text), out);
}

static void print_list(const struct option *option, const struct text_list *list, struct buf *out)
{
    for (size_t i = 0; i < list->count; i++) {
        buf_append_string(out, i ? ", " : "");
        print_text(option, list->items[i], out);
    }
}

static void print_schemes(unsigned bits, struct buf *out)
{
    const char *between = "";
    for (unsigned i = 0; i < COUNT_OF(auth_words); i++)
        if (bits & 1U << i) {
            buf_printf(out, "%s%s", between, auth_words[i]);
            between = ", ";
        }
}

void value_print(const struct option *option, const struct settings *settings, struct buf *out)
{
    const void *value = value_of(option, settings);
    switch (option->type) {
    case OPTION_TEXT:
        print_text(option, *(const char *const *)value, out);
        return;
    case OPTION_SPAN:
        units_print_span(*(const int64_t *)value, out);
        return;
    case OPTION_SIZE:
        units_print_size(*(const uint64_t *)value, out);
        return;
    case OPTION_COUNT:
        buf_printf(out, "%" PRIu64, *(const uint64_t *)value);
        return;
    case OPTION_FACTOR:
        units_print_factor(*(const double *)value, out);
        return;
    case OPTION_FLAG:
        buf_append_string(out, *(const bool *)value ? "yes" : "no");
        return;
    case OPTION_LIST:
    case OPTION_NAMES:
    case OPTION_LINES:
    case OPTION_HEADERS:
        print_list(option, value, out);
        return;
    case OPTION_SCHEMES:
        print_schemes(*(const unsigned *)value, out);
        return;
    case OPTION_HOURS:
        hours_print(value, out);
        return;
    case OPTION_SPAN_CHOICE:
    case OPTION_ROBOTS_CHOICE:
    case OPTION_HTTP2_CHOICE:
    case OPTION_FTP_CHOICE:
    case OPTION_TLS_CHOICE:
    case OPTION_LEVEL_CHOICE:
    case OPTION_REFERER_CHOICE:
    case OPTION_COOKIES_CHOICE:
        buf_append_string(out, choice_words[option->type].items[*(const unsigned *)value]);
        return;
    }
    assert(!"a type that cannot be printed");
}

static bool is_line_by_line(const struct option *option)
{
    return option->type == OPTION_LINES || option->type == OPTION_HEADERS;
}

size_t value_lines(const struct option *option, const struct settings *settings)
{
    const struct text_list *list = value_of(option, settings);
    return is_line_by_line(option) && list->count > 0 ? list->count : 1;
}

void value_print_line(const struct option *option, const struct settings *settings, size_t line,
                      struct buf *out)
{
    const struct text_list *list = value_of(option, settings);
    if (!is_line_by_line(option))
        value_print(option, settings, out);
    else if (line < list->count)
        print_text(option, list->items[line], out);
}

static void json_value(struct json *json, const char *name, const struct option *option,
                       const char *value)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    print_text(option, value, &text);
    json_string(json, name, buf_bytes(&text));
    buf_clear(&text);
}

static void json_hours(struct json *json, const char *name, const struct hours *hours)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    hours_print(hours, &text);
    json_string(json, name, buf_bytes(&text));
    buf_clear(&text);
}

void value_json(const struct option *option, const struct settings *settings, const char *name,
                struct json *json)
{
    const void *value = value_of(option, settings);
    const struct text_list *list = value;
    switch (option->type) {
    case OPTION_TEXT:
        json_value(json, name, option, *(const char *const *)value);
        return;
    case OPTION_SPAN:
        json_integer(json, name, *(const int64_t *)value);
        return;
    case OPTION_SIZE:
    case OPTION_COUNT:
        json_unsigned(json, name, *(const uint64_t *)value);
        return;
    case OPTION_FACTOR:
        json_double(json, name, *(const double *)value);
        return;
    case OPTION_FLAG:
        json_bool(json, name, *(const bool *)value);
        return;
    case OPTION_LIST:
    case OPTION_NAMES:
    case OPTION_LINES:
    case OPTION_HEADERS:
        json_array_begin(json, name);
        for (size_t i = 0; i < list->count; i++)
            json_value(json, NULL, option, list->items[i]);
        json_array_end(json);
        return;
    case OPTION_HOURS:
        json_hours(json, name, value);
        return;
    case OPTION_SCHEMES:
        json_array_begin(json, name);
        for (unsigned i = 0; i < COUNT_OF(auth_words); i++)
            if (*(const unsigned *)value & 1U << i)
                json_text(json, NULL, auth_words[i]);
        json_array_end(json);
        return;
    case OPTION_SPAN_CHOICE:
    case OPTION_ROBOTS_CHOICE:
    case OPTION_HTTP2_CHOICE:
    case OPTION_FTP_CHOICE:
    case OPTION_TLS_CHOICE:
    case OPTION_LEVEL_CHOICE:
    case OPTION_REFERER_CHOICE:
    case OPTION_COOKIES_CHOICE:
        json_text(json, name, choice_words[option->type].items[*(const unsigned *)value]);
        return;
    }
    assert(!"a type that cannot be printed");
}

void value_describe(const struct option *option, struct buf *out)
{
    static const char *const kinds[] = {
        [OPTION_SPAN] = "time span",
        [OPTION_SIZE] = "size",
        [OPTION_COUNT] = "number",
        [OPTION_FACTOR] = "factor",
        [OPTION_FLAG] = "yes or no",
        [OPTION_LIST] = "list",
        [OPTION_HOURS] = "hours of the week, or nothing",
        [OPTION_NAMES] = "list of names",
        [OPTION_LINES] = "a line each",
        [OPTION_HEADERS] = "a line each",
    };
    switch (option->type) {
    case OPTION_TEXT:
        buf_printf(out, "text, at most %.0f bytes", option->most);
        return;
    case OPTION_SPAN:
    case OPTION_SIZE:
    case OPTION_COUNT:
    case OPTION_FACTOR:
        buf_printf(out, "%s, ", kinds[option->type]);
        print_range(option, out);
        return;
    case OPTION_FLAG:
    case OPTION_LIST:
    case OPTION_HOURS:
    case OPTION_NAMES:
    case OPTION_LINES:
    case OPTION_HEADERS:
        buf_append_string(out, kinds[option->type]);
        return;
    case OPTION_SCHEMES:
        buf_append_string(out, "list of ");
        print_words(choice_words[option->type], out);
        return;
    case OPTION_SPAN_CHOICE:
    case OPTION_ROBOTS_CHOICE:
    case OPTION_HTTP2_CHOICE:
    case OPTION_FTP_CHOICE:
    case OPTION_TLS_CHOICE:
    case OPTION_LEVEL_CHOICE:
    case OPTION_REFERER_CHOICE:
    case OPTION_COOKIES_CHOICE:
        print_words(choice_words[option->type], out);
        return;
    }
    assert(!"a type that cannot be described");
}

void value_quote(struct bytes text, struct buf *out)
{
    bool is_bare = text.length > 0 && text.data[0] != '"' && text.data[0] != '#' &&
                   bytes_equal(bytes_trim(text), text);
    for (size_t i = 1; i < text.length; i++)
        if (text.data[i] == '#' && ascii_is_space(text.data[i - 1]))
            is_bare = false;
    if (text.length > 0 && !is_bare)
        buf_append_char(out, '"');
    buf_append_bytes(out, text);
    if (text.length > 0 && !is_bare)
        buf_append_char(out, '"');
}
