/* SPDX-License-Identifier: MIT
 *
 * MIME Sniffing Standard, 7, as far as it is of use to somebody who shows nothing: images, sound
 * and fonts are told from text, not from each other.
 */
#include "crawler/parse/sniff.h"

#include <stddef.h>

#include "crawler/parse/scan.h"

/* Types that say nothing. */
static const struct bytes generic_types[] = {
    { "", 0 },
    { "application/octet-stream", 24 },
    { "application/unknown", 19 },
    { "binary/octet-stream", 19 },
    { "unknown/unknown", 15 },
    { "*/*", 3 },
};

static const struct {
    struct bytes type;
    enum document_kind kind;
} types[] = {
    { { "text/html", 9 }, DOCUMENT_HTML },
    { { "application/xhtml+xml", 21 }, DOCUMENT_HTML },
    { { "text/xml", 8 }, DOCUMENT_XML },
    { { "application/xml", 15 }, DOCUMENT_XML },
    { { "image/svg+xml", 13 }, DOCUMENT_OTHER },
    { { "text/plain", 10 }, DOCUMENT_TEXT },
    { { "text/markdown", 13 }, DOCUMENT_TEXT },
    { { "text/x-markdown", 15 }, DOCUMENT_TEXT },
    { { "text/csv", 8 }, DOCUMENT_TEXT },
    { { "text/tab-separated-values", 25 }, DOCUMENT_TEXT },
    { { "text/rtf", 8 }, DOCUMENT_OTHER },
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static bool is_generic(struct bytes type)
{
    for (size_t i = 0; i < COUNT(generic_types); i++)
        if (bytes_equal(type, generic_types[i]))
            return true;
    return false;
}

static enum document_kind kind_of_type(struct bytes type)
{
    for (size_t i = 0; i < COUNT(types); i++)
        if (bytes_equal(type, types[i].type))
            return types[i].kind;
    return bytes_end_with(type, BYTES("+xml")) ? DOCUMENT_XML : DOCUMENT_OTHER;
}

/* What the first bytes behind white space can be. */
static const struct {
    struct bytes start;
    bool is_tag; /* A space or '>' must follow. */
    struct bytes type;
} starts[] = {
    { { "<!doctype html", 14 }, true, { "text/html", 9 } },
    { { "<html", 5 }, true, { "text/html", 9 } },
    { { "<head", 5 }, true, { "text/html", 9 } },
    { { "<script", 7 }, true, { "text/html", 9 } },
    { { "<iframe", 7 }, true, { "text/html", 9 } },
    { { "<h1", 3 }, true, { "text/html", 9 } },
    { { "<div", 4 }, true, { "text/html", 9 } },
    { { "<font", 5 }, true, { "text/html", 9 } },
    { { "<table", 6 }, true, { "text/html", 9 } },
    { { "<a", 2 }, true, { "text/html", 9 } },
    { { "<style", 6 }, true, { "text/html", 9 } },
    { { "<title", 6 }, true, { "text/html", 9 } },
    { { "<b", 2 }, true, { "text/html", 9 } },
    { { "<body", 5 }, true, { "text/html", 9 } },
    { { "<br", 3 }, true, { "text/html", 9 } },
    { { "<p", 2 }, true, { "text/html", 9 } },
    { { "<meta", 5 }, true, { "text/html", 9 } },
    { { "<link", 5 }, true, { "text/html", 9 } },
    { { "<!--", 4 }, false, { "text/html", 9 } },
    { { "<?xml", 5 }, false, { "text/xml", 8 } },
    { { "<rss", 4 }, true, { "text/xml", 8 } },
    { { "<feed", 5 }, true, { "text/xml", 8 } },
    { { "<urlset", 7 }, true, { "text/xml", 8 } },
    { { "<sitemapindex", 13 }, true, { "text/xml", 8 } },
    { { "%PDF-", 5 }, false, { "application/pdf", 15 } },
    { { "%!PS-Adobe-", 11 }, false, { "application/postscript", 22 } },
    { { "\x1f\x8b\x08", 3 }, false, { "application/gzip", 16 } },
    { { "PK\x03\x04", 4 }, false, { "application/zip", 15 } },
};

static struct bytes without_mark(struct bytes body)
{
    return bytes_start_with(body, BYTES("\xef\xbb\xbf")) ? scan_behind(body, 3) : body;
}

/* What the standard looks at. */
enum { SNIFFED_BYTES = 1445 };

/* Control characters that text does not hold. */
static bool is_binary(struct bytes body)
{
    if (bytes_start_with(body, BYTES("\xfe\xff")) || bytes_start_with(body, BYTES("\xff\xfe")))
        return false;
    for (size_t i = 0; i < body.length && i < SNIFFED_BYTES; i++) {
        unsigned char c = (unsigned char)body.data[i];
        if (c <= 0x08 || c == 0x0b || (c >= 0x0e && c <= 0x1a) || (c >= 0x1c && c <= 0x1f))
            return true;
    }
    return false;
}

static struct bytes type_of_body(struct bytes body)
{
    struct bytes text = scan_skip(without_mark(body), SCAN_SPACES);
    for (size_t i = 0; i < COUNT(starts); i++) {
        size_t end = starts[i].start.length;
        if (bytes_start_with_nocase(text, starts[i].start) &&
            (!starts[i].is_tag ||
             (end < text.length && (ascii_is_space(text.data[end]) || text.data[end] == '>'))))
            return starts[i].type;
    }
    return is_binary(body) ? BYTES("application/octet-stream") : BYTES("text/plain");
}

struct sniffed sniff(struct bytes type, struct bytes body)
{
    if (is_generic(type))
        type = type_of_body(body);
    else if (bytes_equal(type, BYTES("text/plain")) && is_binary(body))
        type = BYTES("application/octet-stream");
    return (struct sniffed){ kind_of_type(type), type };
}

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
