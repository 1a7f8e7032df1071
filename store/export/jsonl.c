/* SPDX-License-Identifier: MIT */
#include "store/export/jsonl.h"

#include "base/json.h"

/* An identifier that any index takes: the SHA-256 of the URL. */
static void write_id(struct json *json, struct bytes url)
{
    unsigned char digest[SHA256_BYTES];
    char text[SHA256_TEXT_BYTES];
    sha256(url, digest);
    json_text(json, "id", sha256_text(digest, text));
}

static void string_or_null(struct json *json, const char *name, struct bytes value)
{
    if (value.length > 0)
        json_string(json, name, value);
    else
        json_null(json, name);
}

static void write_page(struct json *json, const struct export_item *item, const struct page *page)
{
    char digest[SHA256_TEXT_BYTES];
    json_unsigned(json, "status", page->status);
    string_or_null(json, "content_type", page->content_type);
    string_or_null(json, "charset", page->charset);
    string_or_null(json, "lang", page->lang);
    json_string(json, "title", page->title);
    json_string(json, "description", page->description);
    json_string(json, "keywords", page->keywords);
    json_string(json, "text", page->flags & PAGE_TEXT_IN_BODY ? item->text : page->text);
    string_or_null(json, "canonical", page->canonical);
    json_text(json, "digest", sha256_text(page->digest, digest));
    json_time(json, "fetched_at", page->fetched_at_ms);
    json_time(json, "checked_at", item->checked_at_ms);
    string_or_null(json, "last_modified", item->last_modified);
    string_or_null(json, "etag", item->etag);
    json_unsigned(json, "length", page->length);
    json_unsigned(json, "depth", page->depth);
    string_or_null(json, "referrer", item->referrer);
    string_or_null(json, "duplicate_of", item->duplicate_of);
    json_bool(json, "truncated", (page->flags & (PAGE_BODY_TRUNCATED | PAGE_TEXT_TRUNCATED)) != 0);
    json_bool(json, "noarchive", (page->flags & PAGE_NOARCHIVE) != 0);
    json_bool(json, "nosnippet", (page->flags & PAGE_NOSNIPPET) != 0);
    json_bool(json, "private", (page->flags & PAGE_PRIVATE) != 0);
}

bool jsonl_write(const struct export_item *item, struct buf *out)
{
    struct json json;
    struct page page;
    struct buf scratch;
    buf_init(&scratch, BUF_UNBOUNDED);
    bool is_upsert = item->op == CHANGE_UPSERT;
    bool is_whole = !is_upsert || page_decode(&page, item->record, &scratch);
    if (is_whole) {
        json_init(&json, out);
        json_object_begin(&json, NULL);
        json_text(&json, "op", is_upsert ? "upsert" : "delete");
        write_id(&json, item->url);
        json_string(&json, "url", item->url);
        json_unsigned(&json, "version", item->version);
        json_text(&json, "reason", change_reason_word(item->reason));
        json_time(&json, "changed_at", item->at_ms);
        if (is_upsert)
            write_page(&json, item, &page);
        else
            string_or_null(&json, "moved_to", item->moved_to);
        json_object_end(&json);
        buf_append_char(out, '\n');
    }
    buf_clear(&scratch);
    return is_whole;
}
