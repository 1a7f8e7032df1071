/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a forage.conf: refused with a line, or loaded and shown.
 */
#include <assert.h>
#include <stdlib.h>

#include "config/loaded.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct config *config;
    struct config *again;
    struct buf shown;
    char *error;
    struct bytes content = bytes_of(data, size);
    if (config_load_bytes(&config, "fuzz.conf", content, NULL, &error)) {
        assert(strncmp(error, "fuzz.conf:", 10) == 0);
        free(error);
        return 0;
    }
    const struct settings *settings = config_host_settings(config, BYTES("docs.example.org"));
    assert(settings->connections >= 1);
    free(config_identity_error(config));
    buf_init(&shown, BUF_UNBOUNDED);
    config_show_json(config, &shown);
    buf_reset(&shown);
    config_show(config, true, &shown);
    /* What a file can say, the shown text says too. */
    enum status status = config_load_bytes(&again, "shown.conf", buf_bytes(&shown), NULL, &error);
    assert(!status);
    config_free(again);
    config_free(config);
    buf_clear(&shown);
    return 0;
}
