/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/stored_fields.h"

#include <stdbool.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/fetch/cache_control.h"
#include "crawler/fetch/headers.h"

static const struct bytes of_connection[] = {
    { "connection", 10 },
    { "keep-alive", 10 },
    { "proxy-authenticate", 18 },
    { "proxy-authentication-info", 25 },
    { "te", 2 },
    { "proxy-authorization", 19 },
    { "proxy-connection", 16 },
    { "upgrade", 7 },
    { "transfer-encoding", 17 },
};

static const struct bytes of_body[] = {
    { "content-encoding", 16 },
    { "content-length", 14 },
    { "content-range", 13 },
    { "content-type", 12 },
};

static const struct bytes of_message[] = {
    { "age", 3 },
    { "date", 4 },
};

static bool is_listed(const struct bytes *names, size_t count, struct bytes name)
{
    for (size_t i = 0; i < count; i++)
        if (bytes_equal_nocase(names[i], name))
            return true;
    return false;
}

#define IS_LISTED(names, name) is_listed(names, sizeof(names) / sizeof((names)[0]), name)

struct names {
    struct bytes *items;
    size_t count;
};

/* A block of fields, walked once. */
struct message {
    struct header_field *fields;
    size_t count, capacity;
    struct names of_hop; /* In its Connection fields. */
    struct names hidden; /* By its no-cache directives. */
};

static void add_name(struct names *names, struct bytes name)
{
    names->items = xreallocarray(names->items, names->count + 1, sizeof(*names->items));
    names->items[names->count++] = name;
}

static bool has_name(const struct names *names, struct bytes name)
{
    return is_listed(names->items, names->count, name);
}

static void add_field(struct message *message, const struct header_field *field)
{
    if (message->count == message->capacity) {
        message->capacity = message->capacity ? 2 * message->capacity : 16;
        message->fields =
            xreallocarray(message->fields, message->capacity, sizeof(*message->fields));
    }
    message->fields[message->count++] = *field;
}

static void message_init(struct message *message, struct bytes block)
{
    struct header_field field;
    struct header_members walk = { 0 };
    struct cache_hidden hidden = { 0 };
    struct bytes name;
    *message = (struct message){ 0 };
    for (size_t from = 0; header_walk(block, &from, &field);)
        add_field(message, &field);
    while (header_next_member(block, BYTES("connection"), &walk, &name))
        add_name(&message->of_hop, name);
    while (cache_control_next_hidden(block, &hidden, &name))
        add_name(&message->hidden, name);
}

static void message_clear(struct message *message)
{
    free(message->fields);
    free(message->of_hop.items);
    free(message->hidden.items);
}

static bool may_be_stored(const struct message *message, struct bytes name)
{
    return !IS_LISTED(of_connection, name) && !has_name(&message->of_hop, name) &&
           !has_name(&message->hidden, name);
}

static bool may_update(const struct message *update, struct bytes name)
{
    return !IS_LISTED(of_body, name) && may_be_stored(update, name);
}

static bool has_field(const struct message *message, struct bytes name)
{
    for (size_t i = 0; i < message->count; i++)
        if (message->fields[i].is_usable && bytes_equal_nocase(message->fields[i].name, name))
            return true;
    return false;
}

/* A line that was cut off gets its end, so that the next one does not run into it. */
static void append_line(struct buf *out, struct bytes line)
{
    buf_append_bytes(out, line);
    if (!bytes_end_with(line, BYTES("\n")))
        buf_append_string(out, "\r\n");
}

void stored_fields_take(struct buf *out, struct bytes received)
{
    struct message message;
    message_init(&message, received);
    for (size_t i = 0; i < message.count; i++) {
        const struct header_field *field = &message.fields[i];
        if (!field->is_usable || may_be_stored(&message, field->name))
            append_line(out, field->line);
    }
    message_clear(&message);
}

/* Does a field of the stored response stay as it is? */
static bool stays(const struct message *stored, const struct message *update, struct bytes name)
{
    return may_be_stored(stored, name) && !has_name(&update->hidden, name) &&
           !IS_LISTED(of_message, name) && !(has_field(update, name) && may_update(update, name));
}

void stored_fields_update(struct buf *out, struct bytes stored, struct bytes update)
{
    struct message old;
    struct message new;
    message_init(&old, stored);
    message_init(&new, update);
    for (size_t i = 0; i < old.count; i++)
        if (!old.fields[i].is_usable || stays(&old, &new, old.fields[i].name))
            append_line(out, old.fields[i].line);
    for (size_t i = 0; i < new.count; i++)
        if (new.fields[i].is_usable && may_update(&new, new.fields[i].name))
            append_line(out, new.fields[i].line);
    message_clear(&old);
    message_clear(&new);
}
