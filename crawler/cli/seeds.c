/* SPDX-License-Identifier: MIT */
#include "crawler/cli/seeds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/memory.h"
#include "crawler/cli/typed_url.h"

void seeds_clear(struct seeds *seeds)
{
    for (size_t i = 0; i < seeds->count; i++)
        free((char *)seeds->urls[i]);
    free(seeds->urls);
    *seeds = (struct seeds){ 0 };
}

static void add(struct seeds *seeds, const struct url *url)
{
    if ((seeds->count & (seeds->count - 1)) == 0)
        seeds->urls =
            xreallocarray(seeds->urls, seeds->count ? 2 * seeds->count : 1, sizeof(*seeds->urls));
    seeds->urls[seeds->count++] = xbytesdup(url_bytes(url));
}

/* where names the text for a message: "argument 2", "seeds.txt:17". */
static enum status add_text(struct seeds *seeds, struct invocation *in, struct bytes text,
                            const char *where)
{
    struct url url;
    char storage[URL_BYTES_MAX + 1];
    text = bytes_trim(text);
    enum url_error error = typed_url_parse(&url, storage, sizeof(storage), text);
    if (error != URL_ERROR_NONE)
        return invocation_fail(in, STATUS_DATA, "%s: \"%.*s\": %s", where,
                               (int)(text.length < 200 ? text.length : 200), text.data,
                               url_error_text(error));
    add(seeds, &url);
    return STATUS_OK;
}

static enum status add_lines(struct seeds *seeds, struct invocation *in, FILE *file,
                             const char *name)
{
    char *line = NULL;
    size_t capacity = 0;
    ssize_t length;
    enum status status = STATUS_OK;
    for (unsigned number = 1; !status && (length = getline(&line, &capacity, file)) >= 0;
         number++) {
        struct bytes text = bytes_of(line, (size_t)length);
        if (number == 1 && bytes_start_with(text, BYTES("\xef\xbb\xbf")))
            text = bytes_slice(text, 3, text.length); /* Some editors begin a file so. */
        text = bytes_trim(text);
        if (text.length == 0 || text.data[0] == '#')
            continue;
        char *where = xasprintf("%s:%u", name, number);
        status = add_text(seeds, in, text, where);
        free(where);
    }
    free(line);
    if (!status && ferror(file))
        status = invocation_fail(in, STATUS_IO, "%s: %s", name, strerror(errno));
    return status;
}

static enum status add_file(struct seeds *seeds, struct invocation *in, const char *name)
{
    if (strcmp(name, "-") == 0)
        return add_lines(seeds, in, stdin, "standard input");
    FILE *file = fopen(name, "re");
    if (!file)
        return invocation_fail(in, STATUS_NO_INPUT, "%s: %s", name, strerror(errno));
    enum status status = add_lines(seeds, in, file, name);
    fclose(file);
    return status;
}

enum status seeds_collect(struct seeds *seeds, struct invocation *in)
{
    enum status status = STATUS_OK;
    *seeds = (struct seeds){ 0 };
    for (size_t i = 0; !status && i < in->given_count; i++)
        if (strcmp(in->given[i].flag->name, "file") == 0)
            status = add_file(seeds, in, in->given[i].value);
    for (size_t i = 0; !status && i < in->argument_count; i++) {
        char *where = xasprintf("argument %zu", i + 1);
        status = strcmp(in->arguments[i], "-") == 0
                     ? add_file(seeds, in, "-")
                     : add_text(seeds, in, bytes_from_string(in->arguments[i]), where);
        free(where);
    }
    if (!status && seeds->count == 0)
        status = invocation_fail(in, STATUS_USAGE,
                                 "no seed was given; type: forage %s URL... or -f FILE",
                                 in->command->name);
    if (status)
        seeds_clear(seeds);
    return status;
}
