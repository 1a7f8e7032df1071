/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include "base/utf8.h"
#include "crawler/parse/element.h"
#include "crawler/parse/links.h"
#include "crawler/parse/markup.h"
#include "crawler/parse/page_facts.h"

static struct page_parser *parser;

static struct page_facts parse_as(const char *type, struct bytes body)
{
    struct page_facts facts;
    struct page_input input = {
        .body = body,
        .content_type = bytes_from_string(type),
        .type_field = bytes_from_string(type),
        .charset = BYTES("utf-8"),
        .limits = { 5000, 100000, 512, 5000 },
    };
    if (!parser) {
        page_parser_global_init();
        parser = page_parser_new();
    }
    page_parse(parser, &input, &facts);
    return facts;
}

static struct page_facts parse_html(const char *html)
{
    return parse_as("text/html", bytes_from_string(html));
}

/* "kind text; kind text", '!' for nofollow. */
static const char *links_of(const struct page_facts *facts)
{
    static struct buf out;
    buf_clear(&out);
    buf_init(&out, BUF_UNBOUNDED);
    buf_append_string(&out, "");
    for (size_t i = 0; i < facts->link_count; i++)
        buf_printf(&out, "%s%s%s %s", i ? "; " : "",
                   link_kind_word((enum link_kind)facts->links[i].kind),
                   facts->links[i].is_nofollow ? "!" : "", facts->links[i].text.data);
    return out.data;
}

struct row {
    const char *source;
    const char *wanted;
};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

static void check_links(const char *type, const struct row *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct page_facts facts = parse_as(type, bytes_from_string(rows[i].source));
        const char *links = links_of(&facts);
        ck_assert_msg(strcmp(links, rows[i].wanted) == 0, "%s gave %s", rows[i].source, links);
        page_facts_clear(&facts);
    }
}

START_TEST(each_element_gives_its_kind_of_link)
{
    static const struct row rows[] = {
        { "<a href=x>", "a x" },
        { "<A HREF='x'>", "a x" },
        { "<a href=' x\n'>", "a x" },
        { "<a href=>", "a " },
        { "<a>", "" },
        { "<a name=x>", "" },
        { "<a href=x rel='noopener nofollow'>", "a! x" },
        { "<a href=1 href=2>", "a 1" },
        { "<a href=#top><a href=' #x'>", "" },
        { "<base href=/b/><a href=#top>", "a #top" },
        { "<area href=x rel=ugc>", "area! x" },
        { "<svg><a xlink:href=x></svg>", "a x" },
        { "<frameset><frame src=x></frameset>", "frame x" },
        { "<frame src=x>", "" },
        { "<iframe src=x><a href=y></iframe>", "iframe x" },
        { "<link rel=canonical href=x>", "canonical x" },
        { "<link rel=alternate hreflang=de href=x>", "alternate x" },
        { "<link rel=alternate type=application/rss+xml href=x>", "feed x" },
        { "<link rel=next href=x><link rel=prev href=y>", "next-prev x; next-prev y" },
        { "<link rel=stylesheet href=x>", "link x" },
        { "<link rel=canonical href>", "" },
        { "<link rel=preload as=image href=x imagesrcset='y 2x'>", "link x; image y" },
        { "<form action=x><form action=y></form><form action=z>", "form x; form z" },
        { "<form method=POST action=x>", "" },
        { "<form method=dialog action=x>", "" },
        { "<img src=x srcset='y 1x, z 2x' alt=n>", "image x; image y; image z" },
        { "<image src=x>", "image x" },
        { "<img src=''><img src='data:image/png;base64,xxxx'>", "" },
        { "<picture><source srcset='x 100w'><img src=y></picture>", "image x; image y" },
        { "<input type=image src=x><input src=y>", "image x" },
        { "<script src=x></script>", "script x" },
        { "<video src=x poster=y><source src=z><track src=t></video>",
          "media x; image y; media z; media t" },
        { "<audio src=x>", "media x" },
        { "<embed src=x><object data=y>", "embed x; embed y" },
        { "<body background=x><table background=y><tr><td background=z>",
          "image x; image y; image z" },
        { "<meta http-equiv=Refresh content='0; url=x'>", "refresh x" },
        { "<meta http-equiv=refresh content=5>", "" },
        { "<noscript><a href=x><meta http-equiv=refresh content='0;y'></noscript>",
          "a x; refresh y" },
        { "<a href=mailto:x@y><a href=javascript:x()>", "a mailto:x@y; a javascript:x()" },
    };
    check_links("text/html", rows, COUNT(rows));
}
END_TEST

START_TEST(what_a_browser_does_not_see_is_no_link)
{
    static const struct row rows[] = {
        { "<!-- <a href=x> --><a href=y>", "a y" },
        { "<!--[if IE]><a href=x><![endif]--><a href=y>", "a y" },
        { "<script>'<a href=x>'</script><a href=y>", "a y" },
        { "<script><!-- <script> '</script><a href=x>' </script> --></script><a href=y>", "a y" },
        { "<style><a href=x></style><a href=y>", "a y" },
        { "<textarea><a href=x></textarea><a href=y>", "a y" },
        { "<title><a href=x></title><a href=y>", "a y" },
        { "<template><a href=x><template></template><a href=x></template><a href=y>", "a y" },
        { "</template><a href=y>", "a y" },
        { "<noframes><a href=x></noframes><a href=y>", "a y" },
        { "<xmp><a href=x></xmp><a href=y>", "a y" },
        { "<a href=y><plaintext><a href=x>", "a y" },
        { "<p title='<a href=x>'><a href=y>", "a y" },
        { "<a href=y><a href=x", "a y" },
        { "<a href=y><a href='x", "a y" },
        { "<svg><script/><a xlink:href=y></svg>", "a y" },
        { "<svg><![CDATA[<a href=x>]]></svg><a href=y>", "a y" },
        { "<svg><p><![CDATA[<a href=y>]]>", "" },
        { "<div href=x src=x><span action=x>", "" },
    };
    check_links("text/html", rows, COUNT(rows));
}
END_TEST

START_TEST(references_in_links_are_decoded_once)
{
    static const struct row rows[] = {
        { "<a href='?a=1&amp;b=2'>", "a ?a=1&b=2" },
        { "<a href='?a=1&b=2'>", "a ?a=1&b=2" },
        { "<a href='?a=1&copy=2&para=3'>", "a ?a=1&copy=2&para=3" },
        { "<a href='?a&copy;'>", "a ?a\xc2\xa9" },
        { "<a href='&amp;amp;'>", "a &amp;" },
        { "<a href='&amp;hellip;'>", "a &hellip;" },
        { "<a href='&num;x&sol;y&NewLine;'>", "a #x/y" },
        { "<a href='&#x2f;a&#47;b&#x3f;c'>", "a /a/b?c" },
        { "<a href='a&quot;b&apos;c&lt;d'>", "a a\"b'c<d" },
        { "<a href=a\"b>", "a a\"b" },
        { "<a href='&unknown;&&&'>", "a &unknown;&&&" },
        { "<a href='\xc3\xa4&auml;&#228;'>", "a \xc3\xa4\xc3\xa4\xc3\xa4" },
        { "<img srcset='a&amp;b 1x'>", "image a&b" },
    };
    check_links("text/html", rows, COUNT(rows));
    struct page_facts facts = parse_as("text/html", BYTES("<a href='a\0b'>"));
    ck_assert_str_eq(links_of(&facts), "a a\xef\xbf\xbd"
                                       "b");
    page_facts_clear(&facts);
}
END_TEST

/* XML has not all of them, and libxml2 then reads the tags as HTML: nobody must see by which way.
 */
START_TEST(every_character_of_a_link_arrives)
{
    static const uint32_t others[] = { 0x7f,   0x85,   0xa0,   0xd7ff,  0xe000,  0xff1f,
                                       0xfffd, 0xfffe, 0xffff, 0x1fffe, 0x10ffff };
    enum { CONTROLS = 0x20 };
    for (size_t i = 1; i < CONTROLS + COUNT(others) + 4; i++) {
        uint32_t character = i < CONTROLS       ? (uint32_t)i
                             : i < CONTROLS + 4 ? (uint32_t) "<>'`"[i - CONTROLS]
                                                : others[i - CONTROLS - 4];
        char html[64], wanted[64], text[UTF8_BYTES_MAX + 1] = "";
        text[utf8_put(text, character)] = '\0';
        snprintf(html, sizeof(html), "<a href=\"x%sy\"><a href=z?&amp;%s&quot;1>", text,
                 strchr("\t\n\f\r >", text[0]) ? "" : text);
        snprintf(wanted, sizeof(wanted), "a x%sy; a z?&%s\"1", text,
                 strchr("\t\n\f\r >", text[0]) ? "" : text);
        struct page_facts facts = parse_html(html);
        ck_assert_msg(strcmp(links_of(&facts), wanted) == 0, "U+%04X: \"%s\"", character,
                      links_of(&facts));
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(text_is_what_shows)
{
    static const struct row rows[] = {
        { "<p>one<p>two", "one\ntwo" },
        { "a<b>b</b>c <i> d</i>", "abc d" },
        { "<ul><li>x<li>y</ul>z", "x\ny\nz" },
        { "a<br>b<hr>c", "a\nb\nc" },
        { "<table><tr><td>a<td>b<tr><td>c</table>", "a b\nc" },
        { "<title>t</title>x", "x" },
        { "<script>s</script><style>s</style><textarea>t</textarea>x", "x" },
        { "<template>t</template>x<noscript>n</noscript>", "xn" },
        { "<select><option>a<option>b</select>", "a\nb" },
        { "a &lt; b &amp;&amp; c&nbsp;d &hellip; &bogus;", "a < b && c\xc2\xa0"
                                                           "d \xe2\x80\xa6 &bogus;" },
        { "a<!-- c -->b", "ab" },
        { "1 < 2 <3", "1 < 2 <3" },
        { "<pre>a\n  b</pre>", "a b" },
        { "<xmp><b>x</b></xmp>", "<b>x</b>" },
        { "<svg><title>no title</title><text>t</text></svg>", "t" },
        { "\n\n <html> \n <body> x </body> \n </html> \n", "x" },
        { "<h1>H<small>s</small></h1>t", "Hs\nt" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct page_facts facts = parse_html(rows[i].source);
        ck_assert_msg(bytes_equal(facts.text, bytes_from_string(rows[i].wanted)), "%s gave %s",
                      rows[i].source, facts.text.data);
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(the_head_gives_title_description_keywords_language_and_base)
{
    struct page_facts facts = parse_html(
        "<!doctype html><html lang=' de-CH '><head>"
        "<meta name=Description content='What\n it &amp; is'><meta name=keywords content='a, b'>"
        "<meta name=description content=second><title> The &lt;title&gt;\n here </title>"
        "<base target=x><base href=' /base/ '><base href=/second/>"
        "<body><title>second</title><html lang=en>");
    ck_assert_str_eq(facts.lang.data, "de-CH");
    ck_assert_str_eq(facts.title.data, "The <title> here");
    ck_assert_str_eq(facts.description.data, "What it & is");
    ck_assert_str_eq(facts.keywords.data, "a, b");
    ck_assert_str_eq(facts.base.data, "/base/");
    ck_assert_str_eq(facts.type.data, "text/html");
    ck_assert_str_eq(facts.charset, "utf-8");
    ck_assert_int_eq(facts.charset_source, CHARSET_HEADER);
    page_facts_clear(&facts);

    static const struct row languages[] = {
        { "<html lang=en>", "en" },
        { "<html xml:lang=fr>", "fr" },
        { "<html lang=en xml:lang=fr>", "en" },
        { "<meta http-equiv=content-language content=it>", "it" },
        { "<meta http-equiv=content-language content='it, en'>", "" },
        { "<html lang=en><meta http-equiv=content-language content=it>", "en" },
        { "<p lang=en>", "" },
    };
    for (size_t i = 0; i < COUNT(languages); i++) {
        facts = parse_html(languages[i].source);
        ck_assert(bytes_equal(facts.lang, bytes_from_string(languages[i].wanted)));
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(a_base_in_noscript_or_svg_title_counts_for_nothing)
{
    struct page_facts facts = parse_html("<noscript><base href=/evil/></noscript>"
                                         "<svg><title>icon</title></svg><title>page</title>"
                                         "<template><base href=/t/></template>");
    ck_assert_uint_eq(facts.base.length, 0);
    ck_assert_str_eq(facts.title.data, "page");
    page_facts_clear(&facts);
}
END_TEST

START_TEST(metas_that_name_a_robot_are_kept_as_written)
{
    struct page_facts facts =
        parse_html("<meta name=ROBOTS content=' NoIndex, nofollow '>"
                   "<meta name=examplebot content='unavailable_after: 2030-01-01'>"
                   "<meta name=robots content='something new'>"
                   "<meta name=robots>"
                   "<meta name=generator content='index of things'>"
                   "<meta name='two words' content=noindex>"
                   "<meta name=otherbot content='max-snippet:-1, all'>"
                   "<meta property=og:x content=noindex>");
    static const struct row metas[] = {
        { "ROBOTS", "NoIndex, nofollow" },
        { "examplebot", "unavailable_after: 2030-01-01" },
        { "robots", "something new" },
        { "otherbot", "max-snippet:-1, all" },
    };
    ck_assert_uint_eq(facts.meta_count, COUNT(metas));
    for (size_t i = 0; i < COUNT(metas); i++) {
        ck_assert_str_eq(facts.metas[i].name.data, metas[i].source);
        ck_assert_str_eq(facts.metas[i].content.data, metas[i].wanted);
    }
    page_facts_clear(&facts);
}
END_TEST

START_TEST(feeds_give_the_links_of_their_entries)
{
    static const struct row rows[] = {
        { "<?xml version='1.0'?><rss><channel><title>T</title><link>http://a/</link>"
          "<item><title>t</title><link> http://a/1 </link><guid>http://a/g</guid>"
          "<comments>http://a/1#c</comments><enclosure url='http://a/m.mp3'/></item>"
          "<item><guid>http://a/2</guid></item>"
          "<item><guid isPermaLink='false'>http://a/3</guid></item>"
          "<image><url>http://a/i.png</url><link>http://a/</link></image></channel></rss>",
          "feed http://a/; feed http://a/1; feed http://a/1#c; media http://a/m.mp3; "
          "feed http://a/2; image http://a/i.png" },
        { "<rss><channel><item><link>http://a/?x=1&y=2&amp;z=3&nbsp;</link></item></channel></rss>",
          "feed http://a/?x=1&y=2&z=3\xc2\xa0" },
        { "<rss><channel><item><link><![CDATA[http://a/?x&y]]></link></item></channel></rss>",
          "feed http://a/?x&y" },
        { "<feed xmlns='http://www.w3.org/2005/Atom'><link rel='self' href='s'/>"
          "<link href='h'/><link rel='next' href='n'/><entry><link rel='alternate' href='e'/>"
          "<link rel='edit' href='x'/><content src='c'/></entry></feed>",
          "feed h; next-prev n; feed e; feed c" },
        { "<rdf:RDF><channel><link>http://a/</link></channel><item><link>http://a/1</link></item>"
          "</rdf:RDF>",
          "feed http://a/; feed http://a/1" },
        { "<rss><channel xmlns:atom='x'><atom:link href='f' rel='self'/><item><link>1</link>",
          "feed 1" },
    };
    check_links("application/rss+xml", rows, COUNT(rows));
    check_links("text/html", rows, COUNT(rows));
    struct page_facts facts = parse_as("", bytes_from_string(rows[0].source));
    ck_assert_str_eq(facts.title.data, "T");
    ck_assert_str_eq(facts.type.data, "text/xml");
    ck_assert_uint_eq(facts.text.length, 0);
    page_facts_clear(&facts);
}
END_TEST

START_TEST(sitemaps_give_pages_and_parts)
{
    static const struct row rows[] = {
        { "<?xml version='1.0'?><urlset><url><loc>\n http://a/1 \n</loc><lastmod>x</lastmod>"
          "<image:image><image:loc>http://a/i.png</image:loc></image:image></url>"
          "<url><loc>http://a/2?x&amp;y</loc>"
          "<xhtml:link rel='alternate' hreflang='de' href='http://a/de'/></url></urlset>",
          "sitemap http://a/1; sitemap http://a/2?x&y; alternate http://a/de" },
        { "<s:urlset xmlns:s='x'><s:url><s:loc>http://a/1</s:loc></s:url></s:urlset>",
          "sitemap http://a/1" },
        { "<sitemapindex><sitemap><loc>http://a/s1.xml</loc></sitemap>"
          "<sitemap>http://a/s2.xml</sitemap></sitemapindex>",
          "sitemap-part http://a/s1.xml; sitemap-part http://a/s2.xml" },
        { "\n \xef\xbb\xbf <?xml version='1.0'?><urlset><url><loc>http://a/1</loc>",
          "sitemap http://a/1" },
        { "<urlset><url><loc>http://a/1</loc></url><url><loc>http://a/<b>2</loc></url>",
          "sitemap http://a/1" },
    };
    check_links("application/xml", rows, COUNT(rows));
}
END_TEST

START_TEST(an_entry_of_a_sitemap_has_its_priority)
{
    static const struct {
        const char *entry;
        uint8_t priority;
    } rows[] = {
        { "<loc>/1</loc>", 5 },
        { "<loc>/1</loc><priority>0.8</priority>", 8 },
        { "<priority>0.8</priority><loc>/1</loc>", 8 },
        { "<priority> 1.0\n</priority><lastmod>x</lastmod><loc>/1</loc>", 10 },
        { "<loc>/1</loc><priority>1</priority>", 10 },
        { "<loc>/1</loc><priority>0</priority>", 0 },
        { "<loc>/1</loc><priority>.25</priority>", 2 },
        { "<loc>/1</loc><priority></priority>", 5 },
        { "<loc>/1</loc><priority>.</priority>", 5 },
        { "<loc>/1</loc><priority>2.0</priority>", 5 },
        { "<loc>/1</loc><priority>-0.1</priority>", 5 },
        { "<loc>/1</loc><priority>high</priority>", 5 },
        { "<loc>/1</loc><x:image><priority>0.1</priority></x:image>", 5 },
        { "<loc>/1</loc><priority>0.1</priority><priority>0.9</priority>", 9 },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        /* Its neighbours' are their own. */
        char body[512];
        snprintf(body, sizeof(body),
                 "<urlset><url><priority>0.6</priority><loc>/0</loc></url><url>%s</url>"
                 "<url><loc>/2</loc></url></urlset>",
                 rows[i].entry);
        struct page_facts facts = parse_as("application/xml", bytes_from_string(body));
        ck_assert_uint_eq(facts.link_count, 3);
        ck_assert_uint_eq(facts.links[0].priority, 6);
        ck_assert_msg(facts.links[1].priority == rows[i].priority, "row %zu: %u", i,
                      facts.links[1].priority);
        ck_assert_uint_eq(facts.links[2].priority, LINK_PRIORITY);
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(entities_and_subsets_of_documents_are_never_read)
{
    static const struct row rows[] = {
        { "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/hostname'>]><r>&x;</r>", "" },
        { "<!DOCTYPE r [<!ENTITY a 'boom'><!ENTITY b '&a;&a;'>]><r>&b;</r>", "" },
        { "<!DOCTYPE r SYSTEM 'file:///etc/hostname'><r>a&x;b</r>", "a&x;b" },
        { "<r xmlns:xi='http://www.w3.org/2001/XInclude'><xi:include href='file:///etc/hostname'"
          " parse='text'/>t</r>",
          "t" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct page_facts facts = parse_as("text/xml", bytes_from_string(rows[i].source));
        ck_assert_msg(bytes_equal(facts.text, bytes_from_string(rows[i].wanted)), "%s gave %s",
                      rows[i].source, facts.text.data);
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(the_type_chooses_the_reader_and_bytes_where_it_says_nothing)
{
    static const struct {
        const char *type;
        const char *body;
        const char *wanted_type;
        const char *text;
    } rows[] = {
        { "text/html", "<p>x", "text/html", "x" },
        { "application/xhtml+xml", "<html><p>x</p></html>", "application/xhtml+xml", "x" },
        { "text/xml", "<?xml version='1.0'?><!DOCTYPE html><!-- c --><html><script>y</script>x",
          "text/xml", "x" },
        { "application/xml", "<doc><a>x</a><b>y</b></doc>", "application/xml", "x\ny" },
        { "text/plain", "<p>x\n\n y  z", "text/plain", "<p>x\ny z" },
        { "text/plain", "\x01\x02", "application/octet-stream", "" },
        { "text/csv", "a,b\nc", "text/csv", "a,b\nc" },
        { "text/css", "p{}", "text/css", "" },
        { "application/json", "{}", "application/json", "" },
        { "application/pdf", "%PDF-1.4 x", "application/pdf", "" },
        { "image/svg+xml", "<svg><text>x</text></svg>", "image/svg+xml", "" },
        { "", "<!DOCTYPE HTML><p>x", "text/html", "x" },
        { "", " \n<HTML>x", "text/html", "x" },
        { "", "<!-- c -->x", "text/html", "x" },
        { "", "<body>x", "text/html", "x" },
        { "", "<bx>x", "text/plain", "<bx>x" },
        { "", "\xef\xbb\xbf<p>x", "text/html", "x" },
        { "", "<?xml version='1.0'?><r>x</r>", "text/xml", "x" },
        { "", "%PDF-1.4 x", "application/pdf", "" },
        { "", "PK\x03\x04x", "application/zip", "" },
        { "", "\x89PNG\r\n\x1a\n", "image/png", "" },
        { "text/html", "<rss><channel><title>x</title></channel></rss>", "application/rss+xml",
          "" },
        { "", "plain", "text/plain", "plain" },
        { "", "", "text/plain", "" },
        { "application/octet-stream", "<p>x", "text/html", "x" },
        { "application/octet-stream", "\x01\x02", "application/octet-stream", "" },
    };
    for (size_t i = 0; i < COUNT(rows); i++) {
        struct page_facts facts = parse_as(rows[i].type, bytes_from_string(rows[i].body));
        ck_assert_msg(strcmp(facts.type.data, rows[i].wanted_type) == 0, "row %zu: %s", i,
                      facts.type.data);
        ck_assert_msg(bytes_equal(facts.text, bytes_from_string(rows[i].text)), "row %zu: %s", i,
                      facts.text.data ? facts.text.data : "");
        page_facts_clear(&facts);
    }
}
END_TEST

START_TEST(plain_text_is_a_list_of_urls_where_a_sitemap_was_asked_for)
{
    struct page_input input = {
        .body = BYTES("http://a/1\r\n\n http://a/2 \n"),
        .content_type = BYTES("text/plain"),
        .limits = { 100, 1000, 512, 100 },
        .is_sitemap = true,
    };
    struct page_facts facts = parse_html("");
    page_facts_clear(&facts);
    page_parse(parser, &input, &facts);
    ck_assert_str_eq(links_of(&facts), "sitemap http://a/1; sitemap http://a/2");
    page_facts_clear(&facts);
    input.is_sitemap = false;
    page_parse(parser, &input, &facts);
    ck_assert_uint_eq(facts.link_count, 0);
    page_facts_clear(&facts);
}
END_TEST

START_TEST(links_of_header_fields_come_first_and_are_marked)
{
    struct page_input input = {
        .body = BYTES("<base href=/b/><a href=\"?\xe4\">"),
        .content_type = BYTES("text/html"),
        .charset = BYTES("latin1"),
        .headers = BYTES("HTTP/1.1 200 OK\r\nLink: <c>; rel=canonical\r\n\r\n"),
        .limits = { 100, 1000, 512, 100 },
    };
    struct page_facts facts = parse_html("");
    page_facts_clear(&facts);
    page_parse(parser, &input, &facts);
    ck_assert_str_eq(links_of(&facts), "canonical c; a ?%E4");
    ck_assert(facts.links[0].is_from_header);
    ck_assert(!facts.links[1].is_from_header);
    page_facts_clear(&facts);
}
END_TEST

START_TEST(bounds_cut_and_say_so)
{
    struct page_input input = {
        .body = BYTES("<a href=1>one</a> <a href=2>two</a> <a href=3>three</a><title>t</title>"),
        .content_type = BYTES("text/html"),
        .limits = { 2, 6, 512, 3 },
    };
    struct page_facts facts = parse_html("");
    page_facts_clear(&facts);
    page_parse(parser, &input, &facts);
    ck_assert_str_eq(links_of(&facts), "a 1; a 2");
    ck_assert_str_eq(facts.text.data, "one tw");
    ck_assert_str_eq(facts.title.data, "t");
    ck_assert(facts.is_links_truncated && facts.is_text_truncated);
    page_facts_clear(&facts);
    input.limits = (struct page_limits){ 3, 13, 512, 2 };
    page_parse(parser, &input, &facts);
    ck_assert(!facts.is_links_truncated && !facts.is_text_truncated);
    page_facts_clear(&facts);
    input.body = BYTES("<urlset><url><loc>1</loc></url><url><loc>2</loc></url><url><loc>3</loc>"
                       "</url></urlset>");
    input.content_type = BYTES("text/xml");
    page_parse(parser, &input, &facts);
    ck_assert_uint_eq(facts.link_count, 2);
    ck_assert(facts.is_links_truncated);
    page_facts_clear(&facts);
}
END_TEST

START_TEST(xml_is_read_no_deeper_than_allowed)
{
    struct page_input input = {
        .body = BYTES("<a>1<b>2<c>3<d>4</d></c>5</b>6</a>"),
        .content_type = BYTES("text/xml"),
        .limits = { 2, 100, 2, 3 },
    };
    struct page_facts facts = parse_html("");
    page_facts_clear(&facts);
    page_parse(parser, &input, &facts);
    ck_assert_str_eq(facts.text.data, "1\n2\n5\n6");
    page_facts_clear(&facts);
}
END_TEST

/* What would take the square of its length if anything did. */
START_TEST(pages_made_to_hurt_are_read_to_their_end)
{
    static const char *const patterns[] = {
        "<b>",
        "<b></i>",
        "<a ",
        "<",
        "</",
        "<!--",
        "<!",
        "&",
        "&a",
        "<a b='",
        "x=",
        "<script>",
        "<title>",
        "<svg>",
        "<template>",
        "<table><tr><td>",
        "<p><div>",
        "<select>",
        "<form>",
        "<a href=x>",
        "<img srcset='(",
        "<![CDATA[",
        "<?",
        "<r a",
        "<!DOCTYPE ",
        "<rss>",
        "<item>",
        "]]>",
    };
    static const char *const types[] = { "text/html", "text/xml", "text/plain", "" };
    struct buf body;
    buf_init(&body, BUF_UNBOUNDED);
    for (size_t i = 0; i < COUNT(patterns) * COUNT(types); i++) {
        buf_reset(&body);
        buf_append_string(&body, i % 2 ? "<rss>" : "<p>");
        for (size_t n = 0; body.length < 300000; n++)
            buf_printf(&body, "%s%s%zu", patterns[i / COUNT(types)], n % 3 ? "" : " n", n);
        struct page_facts facts = parse_as(types[i % COUNT(types)], buf_bytes(&body));
        ck_assert(facts.link_count <= 5000 && facts.text.length <= 100000);
        page_facts_clear(&facts);
    }
    buf_clear(&body);
}
END_TEST

struct comparison {
    const struct page_facts *facts;
    struct link_list links;
};

static void on_tag(void *user, const char *name, markup_attributes attributes)
{
    struct comparison *comparison = user;
    links_from_element(&comparison->links, element_by_name(bytes_from_string(name)), attributes);
}

/* Our tokenizer against libxml2 on the whole page, where the page holds nothing that the two should
 * see differently. */
START_TEST(the_whole_page_through_libxml2_has_the_same_links)
{
    static const char page[] =
        "<!DOCTYPE html><html lang=\"en\"><head><title>A &amp; B</title>"
        "<link rel=\"stylesheet\" href=\"s.css?a=1&amp;b=2\"><link rel=\"next\" href=\"n\">"
        "<script src=\"j.js\"></script><style>p > a { color: red }</style></head>"
        "<body background='bg.png'><h1>Head</h1><p>Text <a href=\"one\">one</a>, <A HREF=two>two"
        "</A> &copy; <img src='i.png' srcset='j.png 2x, k.png 3x' alt=\"x > y\"></p>"
        "<!-- <a href=\"not\"> --><ul><li><a rel=\"nofollow\" href='three?x&#61;1'>3</a>"
        "<li><a\nhref\n=\n\"four\"\nclass=z>4</a></ul><table><tr><td><a href=five>5</a></table>"
        "<form action=\"search\"><input type=image src=go.png></form>"
        "<iframe src=\"frame\"></iframe><video src=v.mp4 poster=p.jpg></video>"
        "<object data=o.swf></object><embed src=e.swf><map><area href=area></map></body></html>";
    struct page_facts facts = parse_html(page);
    struct arena arena;
    arena_init(&arena);
    struct comparison comparison = { .facts = &facts };
    link_list_init(&comparison.links);
    link_list_reset(&comparison.links, &arena, 1000);
    struct markup *markup = markup_new();
    markup_read_html(markup, bytes_from_string(page), on_tag, &comparison);
    ck_assert_uint_eq(comparison.links.count, 20);
    ck_assert_uint_eq(comparison.links.count, facts.link_count);
    for (size_t i = 0; i < facts.link_count; i++) {
        ck_assert_str_eq(comparison.links.links[i].text.data, facts.links[i].text.data);
        ck_assert_uint_eq(comparison.links.links[i].kind, facts.links[i].kind);
        ck_assert_int_eq(comparison.links.links[i].is_nofollow, facts.links[i].is_nofollow);
    }
    markup_free(markup);
    link_list_clear(&comparison.links);
    arena_clear(&arena);
    page_facts_clear(&facts);
}
END_TEST

SUITE_MAIN("page_facts", each_element_gives_its_kind_of_link,
           what_a_browser_does_not_see_is_no_link, references_in_links_are_decoded_once,
           every_character_of_a_link_arrives, text_is_what_shows,
           the_head_gives_title_description_keywords_language_and_base,
           a_base_in_noscript_or_svg_title_counts_for_nothing,
           metas_that_name_a_robot_are_kept_as_written, feeds_give_the_links_of_their_entries,
           sitemaps_give_pages_and_parts, an_entry_of_a_sitemap_has_its_priority,
           entities_and_subsets_of_documents_are_never_read,
           the_type_chooses_the_reader_and_bytes_where_it_says_nothing,
           plain_text_is_a_list_of_urls_where_a_sitemap_was_asked_for,
           links_of_header_fields_come_first_and_are_marked, bounds_cut_and_say_so,
           xml_is_read_no_deeper_than_allowed, pages_made_to_hurt_are_read_to_their_end,
           the_whole_page_through_libxml2_has_the_same_links)
