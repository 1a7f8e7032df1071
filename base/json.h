/* SPDX-License-Identifier: MIT
 *
 * json - a small streaming writer: correct commas, escapes, and always valid UTF-8.
 *
 * Invalid UTF-8 becomes U+FFFD, NUL and other controls are escaped, U+2028 and U+2029 too (they end a
 * line in JavaScript). Nesting at most JSON_DEPTH_MAX; unbalanced use is a bug (assert).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

#define JSON_DEPTH_MAX 16

struct json {
    struct buf *out; /* Borrowed. */
    unsigned depth;
    bool needs_comma[JSON_DEPTH_MAX + 1];
};

void json_init(struct json *json, struct buf *out);

/* name is NULL in arrays and at the top. */
void json_object_begin(struct json *json, const char *name);
void json_object_end(struct json *json);
void json_array_begin(struct json *json, const char *name);
void json_array_end(struct json *json);
void json_string(struct json *json, const char *name, struct bytes value);
void json_text(struct json *json, const char *name, const char *value);
void json_integer(struct json *json, const char *name, int64_t value);
void json_unsigned(struct json *json, const char *name, uint64_t value);
void json_double(struct json *json, const char *name, double value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

/* RFC 3339 in UTC, or null for 0. */
void json_time(struct json *json, const char *name, int64_t wall_ms);

#endif
