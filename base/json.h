/* SPDX-License-Identifier: MIT
 *
 * json - a small streaming writer: correct commas, escapes, and always valid UTF-8.
 *
 * Invalid UTF-8 becomes U+FFFD, NUL and other controls are escaped, U+2028 and U+2029 too (they end
 * a line in JavaScript). Nesting at most JSON_DEPTH_MAX; unbalanced use is a bug (assert). At the
 * top nothing is put between values, so JSON lines are objects with the caller's line ends behind
 * them. Whether all of it found room is for the buf to say (is_full).
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/bytes.h"

#define JSON_DEPTH_MAX 16

/* libjansson, which tests read JSON with, has functions of these names and would be handed ours by
 * the linker. A source that needs both includes <jansson.h> first. */
#define json_string  forage_json_string
#define json_integer forage_json_integer
#define json_null    forage_json_null

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
/* NULL gives null. */
void json_text(struct json *json, const char *name, const char *value);
void json_integer(struct json *json, const char *name, int64_t value);
void json_unsigned(struct json *json, const char *name, uint64_t value);
/* As few digits as give the same number back; null where it is no finite number. */
void json_double(struct json *json, const char *name, double value);
void json_bool(struct json *json, const char *name, bool value);
void json_null(struct json *json, const char *name);

/* RFC 3339 in UTC, or null for 0 and for what its four digits of a year cannot say. */
void json_time(struct json *json, const char *name, int64_t wall_ms);

#endif
