/* SPDX-License-Identifier: MIT */
#include "crawler/engine/reload.h"

#include "config/option.h"
#include "config/values.h"

/* Threads, memory, tables and libraries are set up with these. */
static const size_t fixed[] = {
    OPTION_NUMBER_allow_address,    OPTION_NUMBER_tls_ca_file,    OPTION_NUMBER_dns_servers,
    OPTION_NUMBER_transfers,        OPTION_NUMBER_fetch_threads,  OPTION_NUMBER_parse_threads,
    OPTION_NUMBER_inflight_bytes,   OPTION_NUMBER_db_cache_bytes, OPTION_NUMBER_db_locks,
    OPTION_NUMBER_checkpoint_bytes, OPTION_NUMBER_arrivals_max,
};

static bool is_same(const struct option *option, const struct config *before,
                    const struct config *after)
{
    struct buf texts[2];
    buf_init(&texts[0], BUF_UNBOUNDED);
    buf_init(&texts[1], BUF_UNBOUNDED);
    value_print(option, config_settings(before), &texts[0]);
    value_print(option, config_settings(after), &texts[1]);
    bool is_same = bytes_equal(buf_bytes(&texts[0]), buf_bytes(&texts[1]));
    buf_clear(&texts[0]);
    buf_clear(&texts[1]);
    return is_same;
}

void reload_fixed_options(const struct config *before, const struct config *after, struct buf *out)
{
    for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++) {
        const struct option *option = &options[fixed[i]];
        if (!is_same(option, before, after))
            buf_printf(out, "%s%s", out->length > 0 ? ", " : "", option->name);
    }
}
