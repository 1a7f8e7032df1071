/* SPDX-License-Identifier: MIT */
#include "tests/conformance/page.h"

#include "base/url.h"

static const struct page_limits limits = { 50000, 1 << 20, 512, 50000 };

static void parse(struct page_facts *facts, const struct page_input *input)
{
    struct page_parser *parser = page_parser_new();
    page_parse(parser, input, facts);
    page_parser_free(parser);
}

void page_read(struct page_facts *facts, struct bytes body, struct bytes type, struct bytes charset)
{
    struct page_input input = {
        .body = body, .content_type = type, .charset = charset, .limits = limits
    };
    parse(facts, &input);
}

void page_read_sitemap(struct page_facts *facts, struct bytes body, struct bytes type)
{
    struct page_input input = {
        .body = body, .content_type = type, .limits = limits, .is_sitemap = true
    };
    parse(facts, &input);
}

bool page_has_link(const struct page_facts *facts, struct bytes text)
{
    for (size_t i = 0; i < facts->link_count; i++)
        if (bytes_equal(facts->links[i].text, text))
            return true;
    return false;
}

/* The link as an absolute URL, or empty. */
static struct bytes resolve(const struct page_facts *facts, struct bytes page, struct bytes link)
{
    static char page_text[URL_BYTES_MAX + 1], base_text[URL_BYTES_MAX + 1], text[URL_BYTES_MAX + 1];
    struct url page_url, base_url, url;
    if (url_parse(&page_url, page_text, sizeof(page_text), page, NULL))
        return (struct bytes){ 0 };
    if (!facts->base.length ||
        url_parse(&base_url, base_text, sizeof(base_text), facts->base, &page_url))
        base_url = page_url;
    return url_parse(&url, text, sizeof(text), link, &base_url) ? (struct bytes){ 0 }
                                                                : url_bytes(&url);
}

bool page_link_is(const struct page_facts *facts, struct bytes page, struct bytes link,
                  struct bytes wanted)
{
    static char wanted_text[URL_BYTES_MAX + 1];
    struct url url;
    if (url_parse(&url, wanted_text, sizeof(wanted_text), wanted, NULL))
        return false;
    return bytes_equal(resolve(facts, page, link), url_bytes(&url));
}

bool page_has_url(const struct page_facts *facts, struct bytes page, struct bytes wanted)
{
    for (size_t i = 0; i < facts->link_count; i++)
        if (page_link_is(facts, page, facts->links[i].text, wanted))
            return true;
    return false;
}

size_t page_count(const struct page_facts *facts, enum link_kind kind)
{
    size_t count = 0;
    for (size_t i = 0; i < facts->link_count; i++)
        count += facts->links[i].kind == kind;
    return count;
}
