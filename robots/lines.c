/* SPDX-License-Identifier: MIT */
#include "robots/lines.h"

#include "base/utf8.h"

/* Keys are compared in lower case and without hyphens, underscores and blanks: "User Agent",
 * "user_agent" and "Useragent" are one. The misspellings are those that large crawlers accept:
 * Google's parser, crawler-commons and Protego. None is for Allow, where a wrong guess would permit
 * something. */
static const struct {
    const char word[12];
    uint8_t length;
    enum robots_key key;
} keys[] = {
#define KEY(word, key)                                                                             \
    {                                                                                              \
        word, sizeof(word) - 1, ROBOTS_KEY_##key                                                   \
    }
    KEY("disallow", DISALLOW),      KEY("allow", ALLOW),
    KEY("useragent", USER_AGENT),   KEY("sitemap", SITEMAP),
    KEY("crawldelay", CRAWL_DELAY),

    KEY("dissallow", DISALLOW),     KEY("dissalow", DISALLOW),
    KEY("disalow", DISALLOW),       KEY("diasllow", DISALLOW),
    KEY("disallaw", DISALLOW),      KEY("desallow", DISALLOW),
    KEY("dsallow", DISALLOW),       KEY("dssalow", DISALLOW),
    KEY("disllow", DISALLOW),       KEY("diallow", DISALLOW),
    KEY("useragents", USER_AGENT),  KEY("usersagent", USER_AGENT),
    KEY("useragnet", USER_AGENT),   KEY("usegagent", USER_AGENT),
    KEY("seragent", USER_AGENT),    KEY("sitemaps", SITEMAP),
#undef KEY
};

/* The longest key, "crawldelay", with room for what is left out of it. */
enum { KEY_BYTES_MAX = 16, WORD_BYTES_MAX = 11 };

/* RFC 9309 knows blanks and tabs alone; NUL bytes are what a careless editor or disk leaves behind.
 */
static bool is_blank(char c)
{
    return ascii_is_space(c) || c == '\v' || c == '\0';
}

static struct bytes trim(struct bytes text)
{
    while (text.length > 0 && is_blank(text.data[0]))
        text = bytes_slice(text, 1, text.length);
    while (text.length > 0 && is_blank(text.data[text.length - 1]))
        text.length--;
    return text;
}

static bool find_key(struct bytes written, enum robots_key *key)
{
    char word[WORD_BYTES_MAX];
    size_t length = 0;
    if (written.length > KEY_BYTES_MAX)
        return false;
    for (size_t i = 0; i < written.length; i++) {
        char c = ascii_lower(written.data[i]);
        if (c == '-' || c == '_' || c == ' ' || c == '\t')
            continue;
        if (length == WORD_BYTES_MAX)
            return false;
        word[length++] = c;
    }
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        if (keys[i].length == length && memcmp(keys[i].word, word, length) == 0) {
            *key = keys[i].key;
            return true;
        }
    return false;
}

/* A line without a colon is one of ours if it has two words, the first of them a key. A rule's
 * second word must look like a path, so that prose is not taken for rules. */
static bool read_without_colon(struct bytes text, struct robots_line *line)
{
    size_t key_end = 0;
    while (key_end < text.length && !is_blank(text.data[key_end]))
        key_end++;
    line->value = trim(bytes_slice(text, key_end, text.length));
    if (line->value.length == 0 || !find_key(bytes_slice(text, 0, key_end), &line->key))
        return false;
    for (size_t i = 0; i < line->value.length; i++)
        if (is_blank(line->value.data[i]))
            return false;
    bool is_rule = line->key == ROBOTS_KEY_ALLOW || line->key == ROBOTS_KEY_DISALLOW;
    return !is_rule || line->value.data[0] == '/' || line->value.data[0] == '*';
}

static bool read_line(struct bytes text, struct robots_line *line)
{
    text = trim(bytes_slice(text, 0, bytes_find(text, '#')));
    size_t colon = bytes_find(text, ':');
    if (colon == text.length)
        return read_without_colon(text, line);
    if (find_key(trim(bytes_slice(text, 0, colon)), &line->key)) {
        line->value = trim(bytes_slice(text, colon + 1, text.length));
        return true;
    }
    /* "Sitemap https://..." has a colon, but not behind its key. */
    return read_without_colon(text, line) && line->key == ROBOTS_KEY_SITEMAP;
}

static const char *find_or_end(const char *from, const char *end, char wanted)
{
    const char *found = from < end ? memchr(from, wanted, (size_t)(end - from)) : NULL;
    return found ? found : end;
}

/* The next line as it stands, without its end: LF, CR or CRLF. */
static bool next_text(struct robots_reader *reader, struct bytes *text)
{
    if (reader->at == reader->end)
        return false;
    if (reader->newline < reader->at)
        reader->newline = find_or_end(reader->at, reader->end, '\n');
    const char *stop = find_or_end(reader->at, reader->newline, '\r');
    *text = bytes_of(reader->at, (size_t)(stop - reader->at));
    if (stop < reader->newline && stop + 1 == reader->newline)
        stop++;
    reader->at = stop < reader->end ? stop + 1 : stop;
    reader->number++;
    return true;
}

/* An editor that knows no UTF-8 may have eaten the end of the mark. */
static struct bytes skip_byte_order_mark(struct bytes text)
{
    static const char mark[] = { '\xef', '\xbb', '\xbf' };
    size_t skipped = 0;
    while (skipped < sizeof(mark) && skipped < text.length && text.data[skipped] == mark[skipped])
        skipped++;
    return bytes_slice(text, skipped, text.length);
}

struct robots_reader robots_reader_of(struct bytes text)
{
    text = skip_byte_order_mark(text);
    struct robots_reader reader = { .at = text.data };
    if (text.length > 0) {
        reader.end = text.data + text.length;
        reader.newline = find_or_end(reader.at, reader.end, '\n');
    }
    return reader;
}

bool robots_reader_next(struct robots_reader *reader, struct robots_line *line)
{
    struct bytes text;
    while (next_text(reader, &text))
        if (read_line(text, line)) {
            line->number = reader->number;
            return true;
        }
    return false;
}

bool robots_text_is_html(struct bytes text)
{
    static const struct bytes openings[] = {
        { "<!doctype html", 14 }, { "<html", 5 }, { "<head", 5 }, { "<body", 5 }, { "<?xml", 5 },
    };
    text = trim(skip_byte_order_mark(text));
    for (size_t i = 0; i < sizeof(openings) / sizeof(openings[0]); i++)
        if (bytes_start_with_nocase(text, openings[i]))
            return true;
    return false;
}

static uint32_t utf16_unit(struct bytes text, size_t at, bool is_big_endian)
{
    unsigned char first = (unsigned char)text.data[at];
    unsigned char second = (unsigned char)text.data[at + 1];
    return is_big_endian ? (uint32_t)first << 8 | second : (uint32_t)second << 8 | first;
}

bool robots_text_from_utf16(struct bytes text, struct buf *out)
{
    bool is_big_endian = bytes_start_with(text, BYTES("\xfe\xff"));
    if (!is_big_endian && !bytes_start_with(text, BYTES("\xff\xfe")))
        return false;
    for (size_t at = 2; at + 1 < text.length; at += 2) {
        char encoded[UTF8_BYTES_MAX];
        uint32_t unit = utf16_unit(text, at, is_big_endian);
        if (unit >= 0xd800 && unit < 0xdc00 && at + 3 < text.length) {
            uint32_t low = utf16_unit(text, at + 2, is_big_endian);
            if (low >= 0xdc00 && low < 0xe000) {
                unit = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00);
                at += 2;
            }
        }
        bool is_lone_surrogate = unit >= 0xd800 && unit < 0xe000;
        buf_append(out, encoded, utf8_put(encoded, is_lone_surrogate ? UTF8_REPLACEMENT : unit));
    }
    return true;
}
