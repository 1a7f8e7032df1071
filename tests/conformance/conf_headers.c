/* SPDX-License-Identifier: MIT
 *
 * conf_headers DIR - reading header fields against public test data.
 *
 * DIR holds content-type-headers.jsonl, mime-types.jsonl, generated-mime-types.jsonl and
 * retry-after.jsonl with their README. For each a line is printed: how many rows passed, failed,
 * and were skipped.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buf.h"
#include "crawler/fetch/headers.h"

enum answer { PASSED, FAILED, SKIPPED };

/* "text/html" of "text/html;charset=x". */
static bool has_essence(const json_t *mime, const char *essence)
{
    if (!json_is_string(mime))
        return essence[0] == '\0';
    const char *text = json_string_value(mime);
    size_t length = strcspn(text, ";");
    return strlen(essence) == length && strncmp(text, essence, length) == 0;
}

/* The data names encodings, we give the label as it stands: without regard to case they are the
 * same in these rows. */
static bool has_charset(const json_t *encoding, struct bytes charset)
{
    /* A label that no encoding has is null there. The value is borrowed, so a backslash in it
     * stays. */
    if (!json_is_string(encoding) || bytes_find(charset, '\\') < charset.length)
        return true;
    return bytes_equal_nocase(bytes_trim(charset), bytes_from_string(json_string_value(encoding)));
}

static enum answer check_type(const json_t *row, const json_t *values, const json_t *mime)
{
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    size_t i;
    json_t *value;
    json_array_foreach(values, i, value)
    {
        buf_append_string(&headers, "Content-Type: ");
        buf_append(&headers, json_string_value(value), json_string_length(value));
        buf_append_string(&headers, "\r\n");
    }
    char essence[128];
    struct bytes charset;
    header_content_type(buf_bytes(&headers), essence, &charset);
    bool is_right =
        has_essence(mime, essence) && has_charset(json_object_get(row, "encoding"), charset);
    buf_clear(&headers);
    return is_right ? PASSED : FAILED;
}

static enum answer check_headers(const json_t *row)
{
    return check_type(row, json_object_get(row, "headers"), json_object_get(row, "mime"));
}

static enum answer check_mime(const json_t *row)
{
    const json_t *input = json_object_get(row, "input");
    if (!json_is_string(input))
        return SKIPPED;
    /* Line ends do not reach us inside a value, and a NUL makes the whole field unreadable. */
    const char *text = json_string_value(input);
    if (strpbrk(text, "\r\n") || strlen(text) != json_string_length(input))
        return SKIPPED;
    json_t *values = json_pack("[O]", input);
    enum answer answer = check_type(row, values, json_object_get(row, "output"));
    json_decref(values);
    return answer;
}

static enum answer check_retry_after(const json_t *row)
{
    const json_t *wait = json_object_get(row, "wait_s");
    struct buf headers;
    buf_init(&headers, BUF_UNBOUNDED);
    buf_printf(&headers, "Retry-After: %s\r\n", json_string_value(json_object_get(row, "value")));
    int64_t now_ms = json_integer_value(json_object_get(row, "now")) * 1000;
    int64_t wait_ms = header_retry_after_ms(buf_bytes(&headers), now_ms);
    buf_clear(&headers);
    int64_t wanted_ms = json_is_integer(wait) ? json_integer_value(wait) * 1000 : -1;
    return wait_ms == wanted_ms ? PASSED : FAILED;
}

static bool run(const char *directory, const char *name, enum answer (*check)(const json_t *row))
{
    char path[512];
    char line[65536];
    unsigned counts[3] = { 0 };
    snprintf(path, sizeof(path), "%s/%s.jsonl", directory, name);
    FILE *file = fopen(path, "re");
    while (file && fgets(line, sizeof(line), file)) {
        json_t *row = json_loads(line, JSON_ALLOW_NUL, NULL);
        enum answer answer = row ? check(row) : SKIPPED;
        counts[answer]++;
        if (answer == FAILED)
            printf("failed: %s\n", json_string_value(json_object_get(row, "id")));
        json_decref(row);
    }
    if (file)
        fclose(file);
    printf("%s: %u passed, %u failed, %u skipped\n", name, counts[PASSED], counts[FAILED],
           counts[SKIPPED]);
    return file && counts[FAILED] == 0;
}

int main(int argc, char **argv)
{
    if (argc != 2) {
        fprintf(stderr, "usage: conf_headers DIR\n");
        return EXIT_FAILURE;
    }
    bool is_right = run(argv[1], "content-type-headers", check_headers);
    is_right &= run(argv[1], "mime-types", check_mime);
    is_right &= run(argv[1], "generated-mime-types", check_mime);
    is_right &= run(argv[1], "retry-after", check_retry_after);
    return is_right ? EXIT_SUCCESS : EXIT_FAILURE;
}
