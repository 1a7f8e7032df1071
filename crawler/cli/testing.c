/* SPDX-License-Identifier: MIT */
#include "crawler/cli/testing.h"

#include "base/printable.h"
#include "crawler/cli/crawl_directory.h"
#include "crawler/cli/typed_url.h"

enum { NAME_WIDTH = 10 };

enum status testing_load(struct invocation *in, struct config **config, const char **directory)
{
    *config = NULL;
    *directory = invocation_directory(in, NULL);
    if (*directory && !crawl_directory_exists(*directory))
        return invocation_fail(in, STATUS_NO_INPUT,
                               "%s: there is no crawl here (no forage.conf); without -C and "
                               "FORAGE_DIR, what is built in holds",
                               *directory);
    return invocation_load(in, *directory, config);
}

enum status testing_read_url(struct invocation *in, const struct config *config, const char *text,
                             struct url *url, char storage[URL_BYTES_MAX + 1])
{
    enum url_error error =
        typed_url_parse(url, storage, URL_BYTES_MAX + 1, bytes_trim(bytes_from_string(text)));
    if (error)
        return invocation_fail(in, STATUS_DATA, "%s: %s", text, url_error_text(error));
    url_apply_rules(url, storage, URL_BYTES_MAX + 1, config_url_rules(config, url_host(url)));
    return STATUS_OK;
}

void testing_line(struct buf *out, const char *name, struct bytes value)
{
    buf_printf(out, "%-*s ", NAME_WIDTH, name);
    printable_append(out, value, PRINTABLE_LINE);
    buf_append_char(out, '\n');
}

enum status testing_print(struct invocation *in, size_t index, const struct buf *report)
{
    enum status status = STATUS_OK;
    if (index > 1 && !invocation_has(in, "json"))
        status = invocation_print(in, BYTES("\n"));
    return status ? status : invocation_print(in, buf_bytes(report));
}
