/* SPDX-License-Identifier: MIT
 *
 * generate - a synthetic web on disk, the same for the same options.
 *
 *     generate [-h HOSTS] [-p PAGES] [-s SEED] [-P PORT] [-k KIB] [-l LINKS] FOLDER
 *
 * Pages have about KIB KiB, half of it at least (39), and about LINKS links (80).
 * Host i is 127.0.1.i; its files lie in FOLDER/127.0.1.i, each page bare and as .gz beside it.
 * FOLDER/pages.txt lists the URL of every page; the first is the seed.
 *
 * The pages of a host are a tree: page n is the first to link to the FANOUT pages behind FANOUT *
 * n, which makes one link in ten a new one, and all its other links go to pages that some page
 * before it links to. The index pages of the hosts form a tree of the same shape. So all pages are
 * reached from the index of the first host, and, as each index links back to it, from any.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "base/buf.h"
#include "base/memory.h"

enum {
    FANOUT = 8,
    LINKS_A_PAGE = 80,
    KIB_A_PAGE = 39, /* The last block comes on top. */
    KIB_MOST = 1024,
    SECTIONS = 8,
    TOPICS = 4,
    HOSTS_MOST = 250, /* The last byte of the address. */
    HOST_NAME_BYTES = 24,
    GZIP_LEVEL = 6,
    GZIP_WINDOW = 15 + 16, /* zlib's way to ask for gzip's frame. */
    GZIP_MEMORY = 8,
    FILES_OF_A_KIND = 4,
    FILE_BYTES = 2000,
};

/* The commonest first: word_at() prefers them as a language does. */
static const char *const stems[] = {
    "the",       "of",      "and",     "to",       "in",       "a",         "is",      "for",
    "that",      "with",    "as",      "by",       "on",       "are",       "be",      "this",
    "from",      "or",      "an",      "it",       "can",      "not",       "which",   "page",
    "value",     "when",    "name",    "table",    "file",     "default",   "set",     "type",
    "each",      "all",     "one",     "if",       "server",   "function",  "use",     "more",
    "list",      "time",    "number",  "must",     "only",     "string",    "index",   "key",
    "other",     "system",  "read",    "write",    "option",   "result",    "line",    "any",
    "path",      "object",  "query",   "column",   "row",      "data",      "order",   "first",
    "second",    "client",  "process", "memory",   "version",  "change",    "user",    "host",
    "link",      "module",  "error",   "return",   "example",  "section",   "call",    "field",
    "before",    "after",   "within",  "between",  "where",    "while",     "until",   "however",
    "therefore", "because", "large",   "small",    "long",     "short",     "new",     "old",
    "open",      "close",   "start",   "stop",     "begin",    "end",       "left",    "right",
    "river",     "stone",   "garden",  "harbour",  "window",   "engine",    "letter",  "market",
    "winter",    "summer",  "forest",  "mountain", "bridge",   "castle",    "island",  "village",
    "thunder",   "copper",  "silver",  "marble",   "velvet",   "lantern",   "ribbon",  "feather",
    "anchor",    "beacon",  "canyon",  "desert",   "ember",    "falcon",    "glacier", "hollow",
    "ivory",     "jasper",  "kettle",  "ladder",   "meadow",   "needle",    "orchard", "pepper",
    "quarry",    "raven",   "saddle",  "timber",   "umbrella", "valley",    "walnut",  "yarrow",
    "account",   "balance", "cargo",   "deposit",  "estate",   "freight",   "grain",   "harvest",
    "invoice",   "journal", "ledger",  "margin",   "notice",   "outlet",    "parcel",  "quota",
    "receipt",   "supply",  "tariff",  "vendor",   "warrant",  "yield",     "archive", "bulletin",
    "chapter",   "diagram", "edition", "figure",   "glossary", "heading",   "image",   "jacket",
    "layout",    "margin",  "note",    "outline",  "preface",  "quotation", "review",  "summary",
    "theme",     "update",  "volume",  "weekly",   "author",   "binding",   "cover",   "draft",
    "essay",     "folio",   "guide",   "history",  "issue",    "novel",     "opinion", "poem",
    "reader",    "story",   "title",   "verse",    "writer",   "answer",    "belief",  "custom",
    "doubt",     "effort",  "favour",  "growth",   "honour",   "impulse",   "justice", "kindness",
    "labour",    "manner",  "nature",  "origin",   "purpose",  "quality",   "reason",  "spirit",
};
static const char *const endings[] = { "", "s", "ed", "ing", "er", "ly", "able", "ness" };

static const char *const sections[SECTIONS] = { "guide", "library", "reference", "howto",
                                                "news",  "archive", "tutorial",  "people" };
static const char *const topics[TOPICS] = { "basics", "tools", "network", "storage" };

enum {
    STEMS = sizeof(stems) / sizeof(stems[0]),
    ENDINGS = sizeof(endings) / sizeof(endings[0]),
    /* Words are drawn by octaves: 2^0 to 2^OCTAVES, each octave as often as another. */
    OCTAVES = 11,
};

struct web {
    uint32_t hosts;
    uint32_t pages; /* Of each host. */
    uint64_t seed;
    uint16_t port;
    uint32_t page_bytes; /* About, as many as a page of middle size has. */
    uint32_t links;      /* Of a page, about. */
    const char *folder;
};

struct author {
    const struct web *web;
    uint32_t host; /* From 0. */
    uint32_t page; /* From 0: the index. */
    uint64_t state;
    uint32_t links;      /* Written so far. */
    uint32_t children;   /* Links to pages that nothing linked to before. */
    uint32_t links_most; /* A little around the web's. */
    size_t target_bytes;
    struct buf *out;
};

/* ---- Chance */

/* splitmix64: small, and the same everywhere. */
static uint64_t draw(struct author *author)
{
    uint64_t z = author->state += UINT64_C(0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

static uint32_t below(struct author *author, uint32_t bound)
{
    return (uint32_t)((draw(author) >> 32) * bound >> 32);
}

/* ---- Places */

static void host_name(uint32_t host, char name[HOST_NAME_BYTES])
{
    snprintf(name, HOST_NAME_BYTES, "127.0.1.%" PRIu32, host + 1);
}

static uint32_t section_of(uint32_t page)
{
    return page % SECTIONS;
}

static uint32_t topic_of(uint32_t page)
{
    return page / SECTIONS % TOPICS;
}

static void put_file_name(struct buf *out, uint32_t page)
{
    buf_printf(out, "%s-%" PRIu32 ".html", stems[(page * 7 + 96) % STEMS], page);
}

/* "/guide/tools/river-12.html"; the index is "/index.html". */
static void put_path(struct buf *out, uint32_t page)
{
    if (page == 0) {
        buf_append_string(out, "/index.html");
        return;
    }
    buf_printf(out, "/%s/%s/", sections[section_of(page)], topics[topic_of(page)]);
    put_file_name(out, page);
}

/* As seen from another page of the host. */
static void put_relative(struct buf *out, uint32_t from, uint32_t to)
{
    if (from == 0 || to == 0) {
        buf_append_string(out, from == 0 ? "." : "../..");
        put_path(out, to);
    } else if (section_of(from) != section_of(to)) {
        buf_append_string(out, "../..");
        put_path(out, to);
    } else if (topic_of(from) != topic_of(to)) {
        buf_printf(out, "../%s/", topics[topic_of(to)]);
        put_file_name(out, to);
    } else {
        put_file_name(out, to);
    }
}

static void put_absolute(struct buf *out, const struct web *web, uint32_t host, uint32_t page)
{
    char name[HOST_NAME_BYTES];
    host_name(host, name);
    buf_printf(out, "http://%s:%u", name, (unsigned)web->port);
    put_path(out, page);
}

/* ---- Words */

static const char *word_at(struct author *author, const char **ending)
{
    uint32_t octave = 1u << below(author, OCTAVES + 1);
    uint32_t rank = (octave + below(author, octave) - 1) % (STEMS * ENDINGS);
    *ending = endings[rank / STEMS];
    return stems[rank % STEMS];
}

static void put_word(struct author *author, bool is_capital)
{
    const char *ending;
    const char *stem = word_at(author, &ending);
    buf_append_char(author->out, is_capital ? (char)(stem[0] - 'a' + 'A') : stem[0]);
    buf_append_string(author->out, stem + 1);
    buf_append_string(author->out, ending);
}

static void put_words(struct author *author, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        if (i > 0)
            buf_append_char(author->out, ' ');
        put_word(author, i == 0);
    }
}

/* ---- Links */

/* A page that some page before this one links to, or this one's own. */
static uint32_t known_page(struct author *author)
{
    uint64_t bound = (uint64_t)FANOUT * author->page + 1;
    return below(author, bound < author->web->pages ? (uint32_t)bound : author->web->pages);
}

static void link_relative(struct author *author)
{
    put_relative(author->out, author->page, known_page(author));
}

static void link_rooted(struct author *author)
{
    put_path(author->out, known_page(author));
}

static void link_absolute(struct author *author)
{
    put_absolute(author->out, author->web, author->host, known_page(author));
}

static void link_abroad(struct author *author)
{
    uint32_t host = below(author, author->web->hosts);
    put_absolute(author->out, author->web, host, known_page(author));
}

static void link_twice(struct author *author)
{
    put_path(author->out, author->page / FANOUT); /* Up the tree: breadcrumbs, time and again. */
}

static void link_with_fragment(struct author *author)
{
    put_relative(author->out, author->page, known_page(author));
    buf_printf(author->out, "#s%" PRIu32, below(author, 9));
}

static void link_inside(struct author *author)
{
    buf_printf(author->out, "#s%" PRIu32, below(author, 9));
}

static void link_file(struct author *author)
{
    static const char *const kinds[] = { "pdf", "txt", "png" };
    buf_printf(author->out, "/files/%s-%" PRIu32 ".%s", topics[below(author, TOPICS)],
               below(author, FILES_OF_A_KIND), kinds[below(author, 3)]);
}

static void link_child(struct author *author)
{
    uint64_t child = (uint64_t)FANOUT * author->page + ++author->children;
    bool is_rooted = draw(author) & 1;
    if (is_rooted)
        put_path(author->out, (uint32_t)child);
    else
        put_relative(author->out, author->page, (uint32_t)child);
}

/* How many links in a hundred are of which kind; the first row is taken while there are children.
 */
static const struct link_row {
    uint32_t share;
    void (*put)(struct author *author);
} link_rows[] = {
    { 31, link_relative }, { 24, link_rooted }, { 9, link_absolute },      { 10, link_abroad },
    { 8, link_twice },     { 8, link_inside },  { 6, link_with_fragment }, { 4, link_file },
};

static bool has_children_left(const struct author *author)
{
    return author->children < FANOUT &&
           (uint64_t)FANOUT * author->page + author->children + 1 < author->web->pages;
}

static void put_target(struct author *author)
{
    /* Every tenth link is a new one, as long as there are any. */
    if (author->links % 10 == 9 && has_children_left(author)) {
        link_child(author);
        return;
    }
    uint32_t at = below(author, 100);
    const struct link_row *row = link_rows;
    while (at >= row->share)
        at -= row++->share;
    row->put(author);
}

/* Attributes are written in the ways that real pages have. */
static void put_link(struct author *author)
{
    static const struct {
        const char *before, *behind;
    } forms[] = {
        { "<a href=\"", "\">" },
        { "<a class=\"reference internal\" href=\"", "\">" },
        { "<a href='", "' title='see also'>" },
        { "<A HREF=\"", "\">" },
        { "<a class=ref data-x=\"1 > 0\" href=\" ", " \">" },
    };
    uint32_t form = below(author, 8);
    form = form < 5 ? form : 0;
    buf_append_string(author->out, forms[form].before);
    put_target(author);
    author->links++;
    buf_append_string(author->out, forms[form].behind);
    put_words(author, 1 + below(author, 3));
    buf_append_string(author->out, "</a>");
}

/* Links keep step with the bytes, so that they lie all over the page. */
static bool is_link_due(const struct author *author)
{
    return (uint64_t)author->links * author->target_bytes <
           (uint64_t)author->links_most * author->out->length;
}

/* ---- Blocks */

static void put_sentence(struct author *author)
{
    uint32_t words = 6 + below(author, 13);
    for (uint32_t i = 0; i < words; i++) {
        if (i > 0)
            buf_append_char(author->out, ' ');
        if (i > 0 && is_link_due(author))
            put_link(author);
        else
            put_word(author, i == 0);
        if (i > 2 && i + 2 < words && below(author, 9) == 0)
            buf_append_char(author->out, ',');
    }
    buf_append_string(author->out, ". ");
}

static void put_sentences(struct author *author, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++)
        put_sentence(author);
}

static void block_paragraph(struct author *author)
{
    buf_append_string(author->out, "<p>");
    put_sentences(author, 3 + below(author, 5));
    buf_append_string(author->out, "</p>\n");
}

static void block_unclosed(struct author *author)
{
    buf_append_string(author->out, "<P class=note>");
    put_sentences(author, 2);
    buf_append_string(author->out, "<b>Caf\xc3\xa9 &amp; bar &copy 2024 <i>AT&T</b></i> &mdash; ");
    put_sentences(author, 2);
    buf_append_string(author->out, "\n");
}

static void block_heading(struct author *author)
{
    uint32_t level = 2 + below(author, 3);
    buf_printf(author->out, "<h%" PRIu32 " id=\"s%" PRIu32 "\">", level, below(author, 9));
    put_words(author, 2 + below(author, 5));
    buf_printf(author->out, "<a class=\"headerlink\" href=\"#s%" PRIu32 "\">\xc2\xb6</a>",
               below(author, 9));
    author->links++;
    buf_printf(author->out, "</h%" PRIu32 ">\n", level);
}

static void block_list(struct author *author)
{
    uint32_t items = 3 + below(author, 6);
    bool is_closed = draw(author) & 1;
    buf_append_string(author->out, "<ul class=\"simple\">\n");
    for (uint32_t i = 0; i < items; i++) {
        buf_append_string(author->out, "<li>");
        put_sentence(author);
        buf_append_string(author->out, is_closed ? "</li>\n" : "\n");
    }
    buf_append_string(author->out, "</ul>\n");
}

static void block_table(struct author *author)
{
    uint32_t rows = 3 + below(author, 5);
    buf_append_string(author->out, "<table border=1 class=\"docutils align-default\">\n");
    for (uint32_t i = 0; i < rows; i++) {
        buf_append_string(author->out, "<tr><td><code class=\"literal\">");
        put_word(author, false);
        buf_append_string(author->out, "</code><td>");
        put_words(author, 3);
        buf_append_string(author->out, "<td>");
        put_sentence(author);
        buf_append_string(author->out, "</tr>\n");
    }
    buf_append_string(author->out, "</table>\n");
}

static void block_code(struct author *author)
{
    uint32_t lines = 3 + below(author, 8);
    buf_append_string(author->out, "<div class=\"highlight\"><pre><span></span>");
    for (uint32_t i = 0; i < lines; i++) {
        buf_append_string(author->out, "<span class=\"n\">");
        put_word(author, false);
        buf_printf(author->out,
                   "</span> <span class=\"o\">=</span> <span class=\"mi\">%" PRIu32
                   "</span> <span class=\"c1\"># x &lt; ",
                   below(author, 10000));
        put_words(author, 4);
        buf_append_string(author->out, "</span>\n");
    }
    buf_append_string(author->out, "</pre></div>\n");
}

static void block_stray(struct author *author)
{
    buf_append_string(author->out, "</div></span><blockquote>1 < 2 and 3 > 2<br>");
    put_sentences(author, 2);
    buf_append_string(author->out, "</blockquote><font color=red>\n");
}

static const struct block_row {
    uint32_t share;
    void (*put)(struct author *author);
} block_rows[] = {
    { 46, block_paragraph }, { 12, block_heading }, { 14, block_list }, { 8, block_table },
    { 10, block_code },      { 7, block_unclosed }, { 3, block_stray },
};

static void put_block(struct author *author)
{
    uint32_t at = below(author, 100);
    const struct block_row *row = block_rows;
    while (at >= row->share)
        at -= row++->share;
    row->put(author);
}

/* ---- Pages */

static void put_head(struct author *author)
{
    struct buf *out = author->out;
    buf_append_string(out, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
                           "<title>");
    put_words(author, 3 + below(author, 4));
    buf_printf(out, " - %" PRIu32 "</title>\n<meta name=\"description\" content=\"", author->page);
    put_words(author, 12 + below(author, 12));
    buf_append_string(out, "\">\n<meta name=\"keywords\" content=\"");
    put_words(author, 5);
    buf_append_string(out,
                      "\">\n<link rel=\"stylesheet\" href=\"/files/style-0.css\" "
                      "type=\"text/css\">\n<script>var links = \"<a href='/not/a/link.html'>\"; "
                      "if (1 < 2 && links) { document.title += ''; }</script>\n"
                      "<style>body > p { margin: 0 }</style>\n</head>\n<body>\n");
}

static void put_navigation(struct author *author)
{
    struct buf *out = author->out;
    uint32_t shown = author->web->pages < FANOUT + 1 ? author->web->pages : FANOUT + 1;
    buf_append_string(out, "<div id=nav><img src=\"/files/basics-0.png\" alt=logo>\n<ul>\n");
    for (uint32_t page = 0; page < shown; page++) {
        buf_append_string(out, "<li><a href=\"");
        put_path(out, page);
        buf_printf(out, "\">%s</a>\n", sections[page % SECTIONS]);
        author->links++;
    }
    buf_append_string(out, "</ul></div>\n");
    /* A crawler that follows what is commented out asks for a page that is not there. */
    buf_printf(out, "<!-- <a href=\"/hidden/old-%" PRIu32 ".html\">old</a> -->\n", author->page);
}

/* An index links to the indexes below it in the tree of hosts, and back to the first. */
static void put_hosts(struct author *author)
{
    for (uint32_t i = 1; i <= FANOUT; i++) {
        uint64_t host = (uint64_t)FANOUT * author->host + i;
        if (host >= author->web->hosts)
            break;
        buf_append_string(author->out, "<a href=\"");
        put_absolute(author->out, author->web, (uint32_t)host, 0);
        buf_append_string(author->out, "\">next</a>\n");
        author->links++;
    }
    buf_append_string(author->out, "<a href=\"");
    put_absolute(author->out, author->web, 0, 0);
    buf_append_string(author->out, "\">home</a>\n");
    author->links++;
}

static void write_page(struct author *author)
{
    buf_reset(author->out);
    put_head(author);
    put_navigation(author);
    if (author->page == 0)
        put_hosts(author);
    buf_append_string(author->out, "<h1>");
    put_words(author, 4);
    buf_append_string(author->out, "</h1>\n");
    while (author->out->length < author->target_bytes)
        put_block(author);
    buf_append_string(author->out, "<p>");
    while (has_children_left(author)) {
        buf_append_string(author->out, "<a href=\"");
        link_child(author);
        buf_append_string(author->out, "\">more</a> ");
        author->links++;
    }
    buf_append_string(author->out, "<hr><address>The end.</address>\n</body>\n</html>\n");
}

/* ---- Files */

static void fail(const char *doing, const char *what)
{
    fprintf(stderr, "generate: cannot %s %s: %s\n", doing, what, strerror(errno));
    exit(EXIT_FAILURE);
}

/* Makes all folders of the path but the last part. */
static void make_folders(char *path)
{
    for (char *slash = strchr(path + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        if (mkdir(path, 0755) != 0 && errno != EEXIST)
            fail("create", path);
        *slash = '/';
    }
}

static void write_file(const char *path, struct bytes bytes)
{
    FILE *file = fopen(path, "wb");
    if (!file)
        fail("create", path);
    if (fwrite(bytes.data, 1, bytes.length, file) != bytes.length || fclose(file) != 0)
        fail("write", path);
}

static void gzip(struct buf *out, struct bytes bytes)
{
    z_stream stream = { 0 };
    int error =
        deflateInit2(&stream, GZIP_LEVEL, Z_DEFLATED, GZIP_WINDOW, GZIP_MEMORY, Z_DEFAULT_STRATEGY);
    size_t room = error ? 0 : deflateBound(&stream, bytes.length);
    buf_reset(out);
    stream.next_out = (Bytef *)buf_reserve(out, room);
    stream.avail_out = (uInt)room;
    stream.next_in = (z_const Bytef *)(uintptr_t)bytes.data;
    stream.avail_in = (uInt)bytes.length;
    if (error || deflate(&stream, Z_FINISH) != Z_STREAM_END) {
        fprintf(stderr, "generate: zlib failed\n");
        exit(EXIT_FAILURE);
    }
    out->length = stream.total_out;
    deflateEnd(&stream);
}

/* Bare and compressed. */
static void write_both(const struct web *web, uint32_t host, const char *path, struct bytes bytes,
                       struct buf *packed)
{
    char name[HOST_NAME_BYTES];
    host_name(host, name);
    char *file = xasprintf("%s/%s%s", web->folder, name, path);
    char *compressed = xasprintf("%s.gz", file);
    make_folders(file);
    write_file(file, bytes);
    gzip(packed, bytes);
    write_file(compressed, buf_bytes(packed));
    free(compressed);
    free(file);
}

/* What links to files lead to; their bytes do not matter. */
static void write_others(const struct web *web, uint32_t host, struct buf *packed)
{
    static const char *const kinds[] = { "pdf", "txt", "png", "css" };
    struct buf bytes;
    buf_init(&bytes, BUF_UNBOUNDED);
    while (bytes.length < FILE_BYTES)
        buf_append_string(&bytes, "Not a page.\n");
    for (uint32_t i = 0; i < TOPICS * FILES_OF_A_KIND * 4; i++) {
        char *path = xasprintf("/files/%s-%" PRIu32 ".%s", topics[i % TOPICS],
                               i / TOPICS % FILES_OF_A_KIND, kinds[i / TOPICS / FILES_OF_A_KIND]);
        write_both(web, host, path, buf_bytes(&bytes), packed);
        free(path);
    }
    write_both(web, host, "/files/style-0.css", buf_bytes(&bytes), packed);
    write_both(web, host, "/robots.txt",
               BYTES("User-agent: *\nDisallow: /hidden/\nDisallow: /private/\nAllow: /\n"), packed);
    buf_clear(&bytes);
}

static void write_host(const struct web *web, uint32_t host, FILE *list)
{
    struct buf page, packed, path;
    buf_init(&page, BUF_UNBOUNDED);
    buf_init(&packed, BUF_UNBOUNDED);
    buf_init(&path, BUF_UNBOUNDED);
    for (uint32_t i = 0; i < web->pages; i++) {
        struct author author = { .web = web, .host = host, .page = i, .out = &page };
        author.state = web->seed * UINT64_C(1000003) + ((uint64_t)host << 32) + i;
        author.target_bytes = web->page_bytes / 2 + below(&author, web->page_bytes + 1);
        author.links_most = web->links - web->links / 8 + below(&author, web->links / 4 + 1);
        write_page(&author);
        buf_reset(&path);
        put_path(&path, i);
        write_both(web, host, path.data, buf_bytes(&page), &packed);
        buf_reset(&path);
        put_absolute(&path, web, host, i);
        fprintf(list, "%s\n", path.data);
    }
    write_others(web, host, &packed);
    buf_clear(&page);
    buf_clear(&packed);
    buf_clear(&path);
}

static uint64_t number(const char *text, uint64_t most)
{
    char *end;
    errno = 0;
    uint64_t value = strtoull(text, &end, 10);
    if (errno || end == text || *end || value == 0 || value > most) {
        fprintf(stderr, "generate: %s: not a number from 1 to %" PRIu64 "\n", text, most);
        exit(EXIT_FAILURE);
    }
    return value;
}

int main(int argc, char **argv)
{
    struct web web = {
        .hosts = 16,
        .pages = 250,
        .seed = 1,
        .port = 8080,
        .page_bytes = KIB_A_PAGE * 1024,
        .links = LINKS_A_PAGE,
    };
    int option;
    while ((option = getopt(argc, argv, "h:p:s:P:k:l:")) != -1) {
        if (option == 'h')
            web.hosts = (uint32_t)number(optarg, HOSTS_MOST);
        else if (option == 'p')
            web.pages = (uint32_t)number(optarg, 10 * 1000 * 1000);
        else if (option == 's')
            web.seed = number(optarg, UINT32_MAX);
        else if (option == 'P')
            web.port = (uint16_t)number(optarg, UINT16_MAX);
        else if (option == 'k')
            web.page_bytes = (uint32_t)number(optarg, KIB_MOST) * 1024;
        else if (option == 'l')
            web.links = (uint32_t)number(optarg, UINT16_MAX);
        else
            return EXIT_FAILURE;
    }
    if (optind + 1 != argc) {
        fprintf(stderr, "usage: generate [-h HOSTS] [-p PAGES] [-s SEED] [-P PORT] [-k KIB] [-l "
                        "LINKS] FOLDER\n");
        return EXIT_FAILURE;
    }
    web.folder = argv[optind];
    char *list_path = xasprintf("%s/pages.txt", web.folder);
    make_folders(list_path);
    FILE *list = fopen(list_path, "w");
    if (!list)
        fail("create", list_path);
    for (uint32_t host = 0; host < web.hosts; host++)
        write_host(&web, host, list);
    if (fclose(list) != 0)
        fail("write", list_path);
    free(list_path);
    return EXIT_SUCCESS;
}
