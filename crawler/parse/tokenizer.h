/* SPDX-License-Identifier: MIT
 *
 * tokenizer - walks over HTML from tag to tag, by the tokenization states of the HTML standard.
 *
 * Tags, comments, document types and raw text end where a browser ends them. Nothing is decoded or
 * copied: tokens lend from the page. Time grows with the length of the page, whatever it holds.
 *
 * A start tag is read in steps: tokenizer_next gives its name, tokenizer_attribute each attribute;
 * who does not care for attributes goes on with tokenizer_next.
 */
#ifndef CRAWLER_PARSE_TOKENIZER_H
#define CRAWLER_PARSE_TOKENIZER_H

#include <stdbool.h>

#include "base/bytes.h"

enum token_kind { TOKEN_TEXT, TOKEN_START, TOKEN_END };

struct token {
    enum token_kind kind;
    struct bytes bytes; /* The text, or the name as written. */
};

struct tokenizer {
    const char *at;
    const char *end;
    bool is_in_tag;
    bool is_cut;          /* The page ended inside of the last tag: a browser drops it. */
    bool is_self_closing; /* The last tag ended with "/>". */
    bool takes_cdata; /* Set by the reader inside of svg and math: "<![CDATA[" begins text there. */
};

struct tokenizer tokenizer_of(struct bytes html);

/* False at the end of the page. */
bool tokenizer_next(struct tokenizer *tokenizer, struct token *token);

/* The next attribute of the tag whose name was given last. False behind the last one: is_cut and
 * is_self_closing are then known. */
bool tokenizer_attribute(struct tokenizer *tokenizer, struct bytes *name, struct bytes *value);

/* Goes behind the tag. */
void tokenizer_finish_tag(struct tokenizer *tokenizer);

/* What stands before the end tag of that name (lower case): the content of style, title and their
 * like. The tag must be finished. */
struct bytes tokenizer_take_raw(struct tokenizer *tokenizer, struct bytes name);

/* The same for script, which may hold its own end tag in what looks like a comment. */
struct bytes tokenizer_take_script(struct tokenizer *tokenizer);

/* What is left. */
struct bytes tokenizer_take_rest(struct tokenizer *tokenizer);

#endif
