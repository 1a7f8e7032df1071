/* SPDX-License-Identifier: MIT
 *
 * The first line is a path and query, the rest a robots.txt. Any bytes give a decision, and the
 * rule that decided must, alone in a file, decide the same.
 */
#include <assert.h>
#include <stdint.h>

#include "base/buf.h"
#include "robots/robots.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_rule_alone(const struct robots_decision *why, struct bytes path)
{
    struct robots_decision again;
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_string(&text,
                      why->is_allowed ? "user-agent: *\nallow:" : "user-agent: *\ndisallow:");
    buf_append_bytes(&text, why->pattern);
    struct robots *robots = robots_new(buf_bytes(&text), BYTES("ExampleBot"));
    robots_allows(robots, path, &again);
    assert(again.line == 2 && again.is_allowed == why->is_allowed);
    assert(bytes_equal(again.pattern, why->pattern));
    robots_free(robots);
    buf_clear(&text);
}

static void check_token(struct bytes text, struct bytes token, struct bytes path)
{
    struct robots_decision why;
    struct robots *robots = robots_new(text, token);
    bool is_allowed = robots_allows(robots, path, &why);
    assert(is_allowed == why.is_allowed && (is_allowed || why.line > 0));
    assert(why.line <= text.length + 1 && (why.line > 0) == (why.pattern.length > 0));
    assert(why.line == 0 || why.agent.length > 0);
    if (why.line > 0)
        check_rule_alone(&why, path);
    assert(robots_crawl_delay_ms(robots) >= -1 && robots_crawl_delay_ms(robots) <= 86400000);
    for (size_t i = 0; i < robots_sitemap_count(robots); i++)
        assert(robots_sitemap(robots, i).length > 0);
    assert(robots_memory_bytes(robots) <= 1024 + 16 * text.length);
    robots_free(robots);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes input = bytes_of(data, size);
    size_t end = bytes_find(input, '\n');
    struct bytes path = bytes_slice(input, 0, end);
    struct bytes text = bytes_slice(input, end + 1, size);
    check_token(text, BYTES("ExampleBot"), path);
    check_token(text, BYTES("Bot7"), path);
    check_token(text, robots_product_token(path), path);
    return 0;
}
