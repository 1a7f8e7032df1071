/* SPDX-License-Identifier: MIT */
#include "crawler/engine/errand.h"

#include <assert.h>
#include <stdlib.h>

#include "base/memory.h"

struct errand *errand_new(const char *url, uint64_t home, size_t home_fetcher, uint64_t number)
{
    struct errand *errand = xcalloc(1, sizeof(*errand));
    errand->url = xstrdup(url);
    errand->home = home;
    errand->home_fetcher = home_fetcher;
    errand->number = number;
    errand->outcome = OUTCOME_NONE;
    buf_init(&errand->cookies, BUF_UNBOUNDED);
    return errand;
}

void errand_free(struct errand *errand)
{
    if (!errand)
        return;
    transfer_result_clear(&errand->result);
    buf_clear(&errand->cookies);
    free(errand->url);
    free(errand);
}

struct url errand_url(const struct errand *errand)
{
    struct url url;
    bool is_url = url_split(&url, bytes_from_string(errand->url));
    assert(is_url);
    (void)is_url;
    return url;
}
