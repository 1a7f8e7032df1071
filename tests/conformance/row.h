/* SPDX-License-Identifier: MIT
 *
 * row - one case of a suite: an object of JSON, one a line of a file.
 *
 * A field whose bytes are not UTF-8, or hold a NUL, is named FIELD_b64 and is base64; row_bytes()
 * finds either. Everything that a row gives lives as long as the row.
 */
#ifndef TESTS_CONFORMANCE_ROW_H
#define TESTS_CONFORMANCE_ROW_H

#include <jansson.h>
#include <stdbool.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/bytes.h"

struct row {
    const json_t *json;
    struct bytes id;    /* Rows that tell of a file go by its name. */
    bool is_mended;     /* It had a lone surrogate. */
    const char *folder; /* Of the suite, where the row's files are. */
    struct arena *arena;
};

/* The field's bytes, plain or coded; a null pointer where it is not there or null. */
struct bytes row_bytes(const struct row *row, const char *name);

/* There, and true. */
bool row_says(const struct row *row, const char *name);

/* There, be it null. */
bool row_has(const struct row *row, const char *name);

const json_t *row_value(const struct row *row, const char *name);

/* A string of JSON, else a null pointer. */
struct bytes json_bytes(const json_t *value);

/* A field of any object; what row_bytes() is for the fields of a row. */
struct bytes json_field(const json_t *object, const char *name);

/* The bytes of a file of the suite, in the row's memory; false where it cannot be read. */
bool row_file(const struct row *row, const char *name, struct bytes *bytes);

/* Does the text hold these words, whatever their case? */
bool text_has(struct bytes text, const char *words);

/* Appends the bytes of any file. */
bool file_read(struct buf *out, const char *path);

/* The next line of rest as a row. False at the end. row->json is NULL where it is no JSON that can
 * be read. mend: a lone surrogate, which is in no text, becomes U+FFFD, as for a browser; else its
 * line cannot be read. row_clear() ends each row. */
bool row_next(struct row *row, struct bytes *rest, bool mend);
void row_clear(struct row *row);

#endif
