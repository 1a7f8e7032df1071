/* SPDX-License-Identifier: MIT
 *
 * answer_parts - the answers behind answer(), one for each question; inside this room only.
 *
 * Each unpacks its payload, fills reply and returns STATUS_OK; else reply is a text for people.
 */
#ifndef CRAWLER_CONTROL_ANSWER_PARTS_H
#define CRAWLER_CONTROL_ANSWER_PARTS_H

#include "crawler/control/answers.h"

typedef enum status answer_part(struct answerer *answerer, struct bytes payload, struct buf *reply);

/* Answers that take more than a slice say "ask again" (u8 1) until there is a text. looks bounds a
 * slice, 0: the usual one; tests choose. */

/* u8: enum status_form, u8: answer as far as you are, number: looks -> u8: ask again, else text */
answer_part answer_status;
/* bytes: URL as typed, bytes: the same with a scheme, u8: as JSON, bytes: what was carried (empty
 * at first), number: looks -> u8: ask again, bytes: to be carried; else text */
answer_part answer_explain;
/* bytes: host to go on behind (empty: the first), bytes: domain (empty: all), u8: as JSON, number:
 * hosts at most -> u8: is there more, bytes: host to go on behind, then text */
answer_part answer_hosts;
/* bytes: host to go on from (empty: the first), bytes: URL to go on behind, bytes: URL prefix, u8:
 * state + 1 (0: all), number: rows at most -> u8: is there more, bytes: host, bytes: URL to go on
 * from, then rows: u8 1, bytes: URL, u8: state, u8: reason, number: status, signed: checked_at_ms,
 * number: document */
answer_part answer_ls;
/* bytes: URL -> bytes: page record, bytes: body as stored */
answer_part answer_cat;
/* bytes: consumer or empty, number: after, u8: is it the first question, number: deletes up to this
 * one are left out (as answered first) -> u8: is there more, number: where to go on, number:
 * deletes up to this one are left out, then items (store/export/item.h) */
answer_part answer_export;
/* bytes: consumer, number: its new cursor -> nothing */
answer_part answer_acknowledge;
/* URLs as bytes, one after another -> number: how many were not known */
answer_part answer_seed;
/* bytes: URL, number: depth, u8: as JSON -> text */
answer_part answer_scope;
/* bytes: URL -> its origin's record (store/origins.h), empty where robots.txt was never asked for
 */
answer_part answer_origin;

/* bytes: URL -> u8: was it tried, signed: fetched_at_ms, signed: fresh_until_ms, number: document,
 * bytes: etag, bytes: last_modified, bytes: cached, as in its record; bytes: its site's cookies */
answer_part answer_request;

/* A URL as the crawl knows it, by the standard and the options of [urls]; false with a text in
 * reply for what is none. */
bool answer_read_url(const struct answerer *answerer, struct url *url, char *storage, size_t size,
                     struct bytes text, struct buf *reply);

/* Host patterns as bytes -> u8 for each: was that a change? */
answer_part answer_pause;
answer_part answer_resume;
/* Nothing -> host patterns as bytes */
answer_part answer_paused;

/* bytes: site to go on behind (empty: the first) -> u8: is there more, bytes: site to go on behind,
 * then records of crawler/fetch/cookies.h as bytes */
answer_part answer_cookies;
/* bytes: a site, bytes: its record, one after another -> nothing. What they have in common with
 * what is there is as they say. */
answer_part answer_set_cookies;

/* The record of a URL and its page, where it has one. Used by several answers. */
struct url_facts {
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    bool is_tried;
    struct url_record record;
    struct buf scratch;
};

/* False with a text in reply for what is no URL. The caller clears. */
bool url_facts_find(struct url_facts *facts, const struct answerer *answerer, struct bytes text,
                    struct buf *reply);
void url_facts_clear(struct url_facts *facts);

/* The URL of a document; empty where it has none. Appends to out. */
bool document_url(const struct answerer *answerer, uint64_t document, struct buf *out);

#endif
