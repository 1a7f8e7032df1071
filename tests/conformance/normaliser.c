/* SPDX-License-Identifier: MIT */
#include "tests/conformance/normaliser.h"

#include "base/utf8.h"

/* More rules than these at once explain nothing. */
enum { RULES_MOST = 6 };

struct trial {
    const struct normaliser *normaliser;
    const struct row *row;
    struct bytes input;
    struct bytes wanted;
    const struct form *ours;
    uint32_t found;
};

/* Our answer, with these rules of our own. */
static enum url_error normalise(struct url *url, char storage[URL_BYTES_MAX + 1],
                                struct bytes input, const struct url_rules *rules)
{
    enum url_error error = url_parse(url, storage, URL_BYTES_MAX + 1, input, NULL);
    if (!error)
        url_apply_rules(url, storage, URL_BYTES_MAX + 1, rules);
    return error;
}

static bool gives_wanted(const struct trial *trial, uint32_t rules)
{
    struct form form = *trial->ours;
    for (unsigned i = 0; i < THEIR_RULE_COUNT; i++)
        if ((rules >> i & 1) && !their_rule_apply((enum their_rule)i, &form))
            return false;
    return bytes_equal(form_text(&form), trial->wanted);
}

/* Tries all sets of `count` more rules from `first` on. */
static bool try_sets(struct trial *trial, uint32_t rules, unsigned first, unsigned count)
{
    if (count == 0) {
        trial->found = rules;
        return gives_wanted(trial, rules);
    }
    for (unsigned i = first; i < THEIR_RULE_COUNT; i++)
        if ((trial->normaliser->rules >> i & 1) &&
            try_sets(trial, rules | UINT32_C(1) << i, i + 1, count - 1))
            return true;
    return false;
}

static bool explain(struct trial *trial)
{
    for (unsigned count = 0; count <= RULES_MOST; count++)
        if (try_sets(trial, 0, 0, count))
            return true;
    return false;
}

static void add_words(struct buf *reason, const char *words)
{
    if (reason->length > 0)
        buf_append_string(reason, " + ");
    buf_append_string(reason, words);
}

/* The words of the rules; with none of them, and none before, the answers are the same. */
static struct answer name_rules(const struct trial *trial, struct buf *reason)
{
    for (unsigned i = 0; i < THEIR_RULE_COUNT; i++)
        if (trial->found >> i & 1)
            add_words(reason, their_rule_words((enum their_rule)i));
    return reason->length == 0 ? answer_pass()
                               : answer_skip(arena_copy(trial->row->arena, buf_bytes(reason)).data);
}

static struct answer judge_url(struct trial *trial, struct buf *reason)
{
    static char storage[URL_BYTES_MAX + 1];
    struct url url;
    struct url_rules ours = trial->normaliser->ours;
    for (int keeps_sessions = 0; keeps_sessions <= trial->normaliser->knows_sessions;
         keeps_sessions++) {
        ours.drop_sessions &= !keeps_sessions;
        normalise(&url, storage, trial->input, &ours);
        struct form form = form_of(trial->row->arena, &url, trial->input);
        trial->ours = &form;
        if (keeps_sessions)
            add_words(reason, "keeps what we take for a session");
        if (explain(trial))
            return name_rules(trial, reason);
    }
    normalise(&url, storage, trial->input, &trial->normaliser->ours);
    return answer_same(url_bytes(&url), trial->wanted);
}

/* Why we refuse it, or NONE. A scheme is put before the input where it lacks one. */
static enum url_error refuse(struct trial *trial, struct buf *reason)
{
    static char storage[URL_BYTES_MAX + 1];
    static const struct url_rules none;
    struct url url;
    enum url_error error = normalise(&url, storage, trial->input, &none);
    if (error != URL_ERROR_RELATIVE || !trial->normaliser->guesses_scheme)
        return error;
    struct buf guessed;
    buf_init(&guessed, BUF_UNBOUNDED);
    buf_append_string(&guessed, "http://");
    buf_append_bytes(&guessed, bytes_trim(trial->input));
    trial->input = arena_copy(trial->row->arena, buf_bytes(&guessed));
    buf_clear(&guessed);
    add_words(reason, "guesses http");
    return normalise(&url, storage, trial->input, &none);
}

/* A charset of the page's, or bytes that are in none: a URL of ours is made of UTF-8. */
static bool is_other_encoding(const struct trial *trial)
{
    static const char *const options[] = { "encoding", "opt_encoding", "opt_path_encoding" };
    for (size_t i = 0; i < sizeof(options) / sizeof(options[0]); i++) {
        struct bytes encoding = row_bytes(trial->row, options[i]);
        if (encoding.data && !bytes_equal_nocase(encoding, BYTES("utf-8")))
            return true;
    }
    return !utf8_is_valid(trial->input);
}

static struct answer judge_refusal(enum url_error error, struct bytes wanted)
{
    if (!wanted.data)
        return answer_pass();
    return error == URL_ERROR_SCHEME || error == URL_ERROR_RELATIVE
               ? answer_skip("scheme not crawled, or none")
               : answer_skip("the URL Standard refuses it");
}

/* Lets the answer begin with our scheme. */
static struct bytes add_scheme(const struct row *row, struct bytes input, struct bytes rest)
{
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    buf_append_bytes(&text, bytes_slice(input, 0, bytes_find(input, ':')));
    buf_append_string(&text, "://");
    buf_append_bytes(&text, rest);
    struct bytes copy = arena_copy(row->arena, buf_bytes(&text));
    buf_clear(&text);
    return copy;
}

struct answer normaliser_judge(const struct normaliser *normaliser, const struct row *row,
                               struct bytes input, struct bytes wanted)
{
    struct trial trial = { normaliser, row, input, wanted, NULL, 0 };
    struct buf reason;
    buf_init(&reason, BUF_UNBOUNDED);
    enum url_error error = refuse(&trial, &reason);
    struct answer answer;
    if (error || !wanted.data) {
        answer = error ? judge_refusal(error, wanted) : answer_fail("must be refused");
    } else {
        if (normaliser->keeps_our_scheme)
            trial.wanted = add_scheme(row, trial.input, wanted);
        if (normaliser->keeps_fragment)
            trial.wanted.length = bytes_find(trial.wanted, '#');
        answer = judge_url(&trial, &reason);
        if (answer.kind == ANSWER_FAILED && is_other_encoding(&trial))
            answer = answer_skip("another encoding than UTF-8");
    }
    buf_clear(&reason);
    return answer;
}
