/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a page of any type. The first byte chooses the type, the charset of the header, and
 * whether a sitemap was asked for; what comes before the first "\n--\n" is the block of header
 * fields.
 */
#include <assert.h>

#include "crawler/parse/page_facts.h"
#include "crawler/parse/wellformed.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const types[] = { "text/html",
                                     "application/xml",
                                     "",
                                     "text/plain",
                                     "application/xhtml+xml",
                                     "application/rss+xml",
                                     "application/octet-stream",
                                     "image/png" };
static const char *const charsets[] = { "", "utf-8", "shift_jis", "utf-16le" };

enum { LINKS_MOST = 50, TEXT_MOST = 1000 };

static void check_text(struct bytes text)
{
    assert(wellformed_length(text) == text.length);
    assert(bytes_find(text, '\0') == text.length);
}

static void check(const struct page_facts *facts)
{
    check_text(facts->text);
    check_text(facts->title);
    check_text(facts->description);
    check_text(facts->keywords);
    check_text(facts->lang);
    check_text(facts->base);
    assert(facts->text.length <= TEXT_MOST && facts->link_count <= LINKS_MOST);
    for (size_t i = 0; i < facts->link_count; i++) {
        check_text(facts->links[i].text);
        assert(facts->links[i].kind < LINK_KIND_COUNT);
    }
    for (size_t i = 0; i < facts->meta_count; i++) {
        check_text(facts->metas[i].name);
        check_text(facts->metas[i].content);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static struct page_parser *parser;
    if (!parser) {
        page_parser_global_init();
        parser = page_parser_new();
    }
    if (size == 0)
        return 0;
    struct bytes body = bytes_of(data + 1, size - 1);
    struct bytes headers = { 0 };
    const char *mark = memmem(body.data, body.length, "\n--\n", 4);
    if (mark) {
        headers = bytes_slice(body, 0, (size_t)(mark - body.data));
        body = bytes_slice(body, headers.length + 4, body.length);
    }
    struct page_input input = {
        .body = body,
        .content_type = bytes_from_string(types[data[0] & 7]),
        .charset = bytes_from_string(charsets[data[0] >> 3 & 3]),
        .headers = headers,
        .limits = { LINKS_MOST, TEXT_MOST, 512, LINKS_MOST },
        .is_sitemap = data[0] & 0x80,
    };
    struct page_facts facts;
    page_parse(parser, &input, &facts);
    check(&facts);
    page_facts_clear(&facts);
    return 0;
}
