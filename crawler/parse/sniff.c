/* SPDX-License-Identifier: MIT
 *
 * The MIME Sniffing Standard; the numbers of its sections stand at what follows them. What is more
 * here than there is marked as ours.
 */
#include "crawler/parse/sniff.h"

#include <stddef.h>
#include <string.h>

#include "crawler/parse/scan.h"

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define TEXT(literal)                                                                              \
    {                                                                                              \
        (literal), sizeof(literal) - 1                                                             \
    }

/* What the standard looks at (4, resource header). */
enum { SNIFFED_BYTES = 1445 };

/* Types that say nothing. */
static const struct bytes unknown_types[] = {
    TEXT(""),
    TEXT("unknown/unknown"),
    TEXT("application/unknown"),
    TEXT("*/*"),
};

/* Ours: what servers call files whose names they do not know, and browsers offer to save. */
static const struct bytes saved_types[] = {
    TEXT("application/octet-stream"),
    TEXT("binary/octet-stream"),
};

/* What Apache says of files that it knows nothing of (5.2, check-for-apache-bug). */
static const struct bytes apache_types[] = {
    TEXT("text/plain"),
    TEXT("text/plain; charset=ISO-8859-1"),
    TEXT("text/plain; charset=iso-8859-1"),
    TEXT("text/plain; charset=UTF-8"),
};

static const struct {
    struct bytes type;
    enum document_kind kind;
} kinds[] = {
    { TEXT("text/html"), DOCUMENT_HTML },      { TEXT("application/xhtml+xml"), DOCUMENT_HTML },
    { TEXT("text/xml"), DOCUMENT_XML },        { TEXT("application/xml"), DOCUMENT_XML },
    { TEXT("image/svg+xml"), DOCUMENT_OTHER }, { TEXT("text/plain"), DOCUMENT_TEXT },
    { TEXT("text/markdown"), DOCUMENT_TEXT },  { TEXT("text/x-markdown"), DOCUMENT_TEXT },
    { TEXT("text/csv"), DOCUMENT_TEXT },       { TEXT("text/tab-separated-values"), DOCUMENT_TEXT },
};

static bool is_among(struct bytes text, const struct bytes *list, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal(text, list[i]))
            return true;
    return false;
}

static enum document_kind kind_of_type(struct bytes type)
{
    for (size_t i = 0; i < COUNT(kinds); i++)
        if (bytes_equal(type, kinds[i].type))
            return kinds[i].kind;
    return bytes_end_with(type, BYTES("+xml")) ? DOCUMENT_XML : DOCUMENT_OTHER;
}

/* ---- 7.1: what begins as markup does */

static const struct {
    struct bytes start;
    bool is_tag; /* A space or '>' must follow. */
    struct bytes type;
} markups[] = {
    { TEXT("<!doctype html"), true, TEXT("text/html") },
    { TEXT("<html"), true, TEXT("text/html") },
    { TEXT("<head"), true, TEXT("text/html") },
    { TEXT("<script"), true, TEXT("text/html") },
    { TEXT("<iframe"), true, TEXT("text/html") },
    { TEXT("<h1"), true, TEXT("text/html") },
    { TEXT("<div"), true, TEXT("text/html") },
    { TEXT("<font"), true, TEXT("text/html") },
    { TEXT("<table"), true, TEXT("text/html") },
    { TEXT("<a"), true, TEXT("text/html") },
    { TEXT("<style"), true, TEXT("text/html") },
    { TEXT("<title"), true, TEXT("text/html") },
    { TEXT("<b"), true, TEXT("text/html") },
    { TEXT("<body"), true, TEXT("text/html") },
    { TEXT("<br"), true, TEXT("text/html") },
    { TEXT("<p"), true, TEXT("text/html") },
    { TEXT("<!--"), true, TEXT("text/html") },
    { TEXT("<?xml"), false, TEXT("text/xml") },
    /* Of ours: heads without their element, and the roots of what crawlers ask for. */
    { TEXT("<!--"), false, TEXT("text/html") },
    { TEXT("<meta"), true, TEXT("text/html") },
    { TEXT("<link"), true, TEXT("text/html") },
    { TEXT("<rss"), true, TEXT("text/xml") },
    { TEXT("<feed"), true, TEXT("text/xml") },
    { TEXT("<urlset"), true, TEXT("text/xml") },
    { TEXT("<sitemapindex"), true, TEXT("text/xml") },
};

static struct bytes type_of_markup(struct bytes body)
{
    struct bytes text = bytes_start_with(body, BYTES("\xef\xbb\xbf")) ? scan_behind(body, 3) : body;
    text = scan_skip(text, SCAN_SPACES);
    for (size_t i = 0; i < COUNT(markups); i++) {
        size_t end = markups[i].start.length;
        if (bytes_start_with_nocase(text, markups[i].start) &&
            (!markups[i].is_tag ||
             (end < text.length && (text.data[end] == '>' || ascii_is_space(text.data[end])))))
            return markups[i].type;
    }
    return (struct bytes){ 0 };
}

/* ---- 6 and 7.1: what begins with bytes of its own */

enum signature_class { CLASS_SCRIPTABLE, CLASS_IMAGE, CLASS_MEDIA, CLASS_OTHER };

/* Where the mask's byte is 0, any byte will do. */
static const struct {
    enum signature_class class;
    struct bytes pattern;
    const char *mask; /* NULL: all of it counts. */
    struct bytes type;
} signatures[] = {
    { CLASS_SCRIPTABLE, TEXT("%PDF-"), NULL, TEXT("application/pdf") },
    { CLASS_OTHER, TEXT("%!PS-Adobe-"), NULL, TEXT("application/postscript") },
    { CLASS_OTHER, TEXT("\xfe\xff\0\0"), "\xff\xff\0\0", TEXT("text/plain") },
    { CLASS_OTHER, TEXT("\xff\xfe\0\0"), "\xff\xff\0\0", TEXT("text/plain") },
    { CLASS_OTHER, TEXT("\xef\xbb\xbf\0"), "\xff\xff\xff\0", TEXT("text/plain") },
    /* 6.1 */
    { CLASS_IMAGE, TEXT("\0\0\1\0"), NULL, TEXT("image/x-icon") },
    { CLASS_IMAGE, TEXT("\0\0\2\0"), NULL, TEXT("image/x-icon") },
    { CLASS_IMAGE, TEXT("BM"), NULL, TEXT("image/bmp") },
    { CLASS_IMAGE, TEXT("GIF87a"), NULL, TEXT("image/gif") },
    { CLASS_IMAGE, TEXT("GIF89a"), NULL, TEXT("image/gif") },
    { CLASS_IMAGE, TEXT("RIFF\0\0\0\0WEBPVP"), "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff\xff\xff",
      TEXT("image/webp") },
    { CLASS_IMAGE, TEXT("\x89PNG\r\n\x1a\n"), NULL, TEXT("image/png") },
    { CLASS_IMAGE, TEXT("\xff\xd8\xff"), NULL, TEXT("image/jpeg") },
    /* 6.2 */
    { CLASS_MEDIA, TEXT("FORM\0\0\0\0AIFF"), "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff",
      TEXT("audio/aiff") },
    { CLASS_MEDIA, TEXT("ID3"), NULL, TEXT("audio/mpeg") },
    { CLASS_MEDIA, TEXT("OggS\0"), NULL, TEXT("application/ogg") },
    { CLASS_MEDIA, TEXT("MThd\0\0\0\6"), NULL, TEXT("audio/midi") },
    { CLASS_MEDIA, TEXT("RIFF\0\0\0\0AVI "), "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff",
      TEXT("video/avi") },
    { CLASS_MEDIA, TEXT("RIFF\0\0\0\0WAVE"), "\xff\xff\xff\xff\0\0\0\0\xff\xff\xff\xff",
      TEXT("audio/wave") },
    /* 6.4 */
    { CLASS_OTHER, TEXT("\x1f\x8b\x08"), NULL, TEXT("application/x-gzip") },
    { CLASS_OTHER, TEXT("PK\3\4"), NULL, TEXT("application/zip") },
    { CLASS_OTHER, TEXT("Rar \x1a\7\0"), NULL, TEXT("application/x-rar-compressed") },
};

static bool has_signature(struct bytes body, struct bytes pattern, const char *mask)
{
    if (body.length < pattern.length)
        return false;
    for (size_t i = 0; i < pattern.length; i++)
        if ((!mask || mask[i]) && body.data[i] != pattern.data[i])
            return false;
    return true;
}

/* 6.2.1: a box of that type, which names what it is compatible with. */
static bool is_mp4(struct bytes body)
{
    if (body.length < 12)
        return false;
    size_t box = 0;
    for (size_t i = 0; i < 4; i++)
        box = box << 8 | (unsigned char)body.data[i];
    if (body.length < box || box % 4 != 0 || !bytes_equal(bytes_slice(body, 4, 8), BYTES("ftyp")))
        return false;
    bool is_there = bytes_equal(bytes_slice(body, 8, 11), BYTES("mp4"));
    for (size_t at = 16; !is_there && at < box; at += 4)
        is_there = bytes_equal(bytes_slice(body, at, at + 3), BYTES("mp4"));
    return is_there;
}

/* 6.2.2: in the first bytes of the file an element DocType of "webm". */
static bool is_webm(struct bytes body)
{
    if (!bytes_start_with(body, BYTES("\x1a\x45\xdf\xa3")))
        return false;
    for (size_t at = 4; at + 2 < body.length && at < 38; at++) {
        if (!bytes_equal(bytes_slice(body, at, at + 2), BYTES("\x42\x82")))
            continue;
        /* Its length is a number of as many bytes as there are leading zeros, and one. */
        size_t size = 1;
        for (unsigned mask = 0x80; size < 8 && !((unsigned char)body.data[at + 2] & mask);
             mask >>= 1)
            size++;
        struct bytes name = scan_behind(body, at + 2 + size);
        while (name.length > 0 && name.data[0] == '\0')
            name = scan_behind(name, 1);
        if (bytes_start_with(name, BYTES("webm")))
            return true;
    }
    return false;
}

/* 6.2.3: the header of a frame, and how long it is; 0: there is none. */
static size_t mp3_frame(struct bytes body)
{
    static const unsigned rates[2][15] = {
        { 0, 8000, 16000, 24000, 32000, 40000, 48000, 56000, 64000, 80000, 96000, 112000, 128000,
          144000, 160000 },
        { 0, 32000, 40000, 48000, 56000, 64000, 80000, 96000, 112000, 128000, 160000, 192000,
          224000, 256000, 320000 },
    };
    static const unsigned samples[] = { 44100, 48000, 32000 };
    const unsigned char *bytes = (const unsigned char *)body.data;
    if (body.length < 4 || bytes[0] != 0xff || (bytes[1] & 0xe0) != 0xe0 ||
        (bytes[1] & 0x06) != 0x02)
        return 0;
    unsigned version = (bytes[1] & 0x18u) >> 3;
    unsigned rate = bytes[2] >> 4;
    unsigned sample = (bytes[2] & 0x0cu) >> 2;
    if (rate == 15 || sample == 3)
        return 0;
    unsigned scale = version == 1 ? 72 : 144;
    return rates[version & 1][rate] * scale / samples[sample] + ((bytes[2] & 0x02) != 0);
}

static bool is_mp3(struct bytes body)
{
    size_t first = mp3_frame(body);
    return first >= 4 && first <= body.length && mp3_frame(scan_behind(body, first)) > 0;
}

static struct bytes type_of_signature(struct bytes body, enum signature_class class)
{
    for (size_t i = 0; i < COUNT(signatures); i++)
        if (signatures[i].class == class &&
            has_signature(body, signatures[i].pattern, signatures[i].mask))
            return signatures[i].type;
    if (class != CLASS_MEDIA)
        return (struct bytes){ 0 };
    return is_mp4(body)    ? BYTES("video/mp4")
           : is_webm(body) ? BYTES("video/webm")
           : is_mp3(body)  ? BYTES("audio/mpeg")
                           : (struct bytes){ 0 };
}

/* ---- 7.2: control characters that text does not hold */

static struct bytes text_or_binary(struct bytes body)
{
    if (bytes_start_with(body, BYTES("\xfe\xff")) || bytes_start_with(body, BYTES("\xff\xfe")) ||
        bytes_start_with(body, BYTES("\xef\xbb\xbf")))
        return BYTES("text/plain");
    for (size_t i = 0; i < body.length; i++) {
        unsigned char c = (unsigned char)body.data[i];
        if (c <= 0x08 || c == 0x0b || (c >= 0x0e && c <= 0x1a) || (c >= 0x1c && c <= 0x1f))
            return BYTES("application/octet-stream");
    }
    return BYTES("text/plain");
}

/* ---- 7.3 */

/* Behind the next such string, or at the end. */
static struct bytes behind(struct bytes text, struct bytes wanted)
{
    for (size_t at = bytes_find(text, wanted.data[0]); at < text.length;
         at += 1 + bytes_find(scan_behind(text, at + 1), wanted.data[0])) {
        struct bytes rest = scan_behind(text, at);
        if (bytes_start_with(rest, wanted))
            return scan_behind(rest, wanted.length);
    }
    return (struct bytes){ 0 };
}

/* At the first tag: behind declarations, comments and the document type. */
static struct bytes skip_prolog(struct bytes text)
{
    for (;;) {
        text = scan_skip(text, SCAN_SPACES);
        if (bytes_start_with(text, BYTES("<!--")))
            text = behind(text, BYTES("-->"));
        else if (bytes_start_with(text, BYTES("<?")) || bytes_start_with(text, BYTES("<!")))
            text = behind(text, BYTES(">"));
        else
            return text;
    }
}

static bool holds(struct bytes text, struct bytes wanted)
{
    return memmem(text.data, text.length, wanted.data, wanted.length) != NULL;
}

/* A feed that says that it is HTML. */
static struct bytes feed_or_html(struct bytes body)
{
    struct bytes text = bytes_start_with(body, BYTES("\xef\xbb\xbf")) ? scan_behind(body, 3) : body;
    text = skip_prolog(text);
    if (bytes_start_with(text, BYTES("<rss")))
        return BYTES("application/rss+xml");
    if (bytes_start_with(text, BYTES("<feed")))
        return BYTES("application/atom+xml");
    if (bytes_start_with(text, BYTES("<rdf:RDF")) &&
        holds(text, BYTES("http://purl.org/rss/1.0/")) &&
        holds(text, BYTES("http://www.w3.org/1999/02/22-rdf-syntax-ns#")))
        return BYTES("application/rss+xml");
    return BYTES("text/html");
}

/* ---- 7 */

/* 7.1 */
static struct bytes type_of_unknown(struct bytes body, bool is_nosniff)
{
    static const enum signature_class classes[] = { CLASS_SCRIPTABLE, CLASS_OTHER, CLASS_IMAGE,
                                                    CLASS_MEDIA };
    struct bytes type = { 0 };
    if (!is_nosniff)
        type = type_of_markup(body);
    for (size_t i = is_nosniff; !type.data && i < COUNT(classes); i++)
        type = type_of_signature(body, classes[i]);
    return type.data ? type : text_or_binary(body);
}

static bool is_unknown(const struct sniff_input *input)
{
    return is_among(input->type, unknown_types, COUNT(unknown_types)) ||
           (!input->is_nosniff && is_among(input->type, saved_types, COUNT(saved_types)));
}

static bool is_media(struct bytes type)
{
    return bytes_start_with(type, BYTES("audio/")) || bytes_start_with(type, BYTES("video/")) ||
           bytes_equal(type, BYTES("application/ogg"));
}

static struct bytes or_else(struct bytes found, struct bytes type)
{
    return found.data ? found : type;
}

static struct bytes computed_type(const struct sniff_input *input, struct bytes body)
{
    struct bytes type = input->type;
    if (is_unknown(input))
        return type_of_unknown(body, input->is_nosniff);
    if (input->is_nosniff)
        return type;
    if (is_among(input->field, apache_types, COUNT(apache_types)))
        return text_or_binary(body);
    if (bytes_equal(type, BYTES("text/html")))
        return feed_or_html(body);
    if (bytes_end_with(type, BYTES("+xml")))
        return type;
    if (bytes_start_with(type, BYTES("image/")))
        return or_else(type_of_signature(body, CLASS_IMAGE), type);
    if (is_media(type))
        return or_else(type_of_signature(body, CLASS_MEDIA), type);
    return type;
}

struct sniffed sniff(const struct sniff_input *input, struct bytes body)
{
    struct bytes type = computed_type(input, bytes_slice(body, 0, SNIFFED_BYTES));
    return (struct sniffed){ kind_of_type(type), type };
}

static bool is_root(struct bytes text, struct bytes name)
{
    return bytes_start_with(scan_behind(text, 1), name) && text.length > name.length + 1 &&
           (ascii_is_space(text.data[name.length + 1]) || text.data[name.length + 1] == '>');
}

enum document_kind sniff_root(enum document_kind kind, struct bytes utf8)
{
    static const struct {
        struct bytes name;
        enum document_kind kind;
    } roots[] = {
        { { "html", 4 }, DOCUMENT_HTML },  { { "rss", 3 }, DOCUMENT_XML },
        { { "feed", 4 }, DOCUMENT_XML },   { { "rdf:RDF", 7 }, DOCUMENT_XML },
        { { "urlset", 6 }, DOCUMENT_XML }, { { "sitemapindex", 12 }, DOCUMENT_XML },
    };
    if (kind != DOCUMENT_HTML && kind != DOCUMENT_XML)
        return kind;
    struct bytes text = skip_prolog(utf8);
    for (size_t i = 0; i < COUNT(roots); i++)
        if (is_root(text, roots[i].name))
            return roots[i].kind;
    return kind;
}
