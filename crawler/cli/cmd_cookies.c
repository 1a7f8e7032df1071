/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/pack.h"
#include "base/site.h"
#include "crawler/cli/command.h"
#include "crawler/cli/target.h"
#include "crawler/cli/verb.h"
#include "crawler/fetch/cookie_file.h"

/* Far more than browsers keep. */
enum { FILE_BYTES_MOST = 64 << 20 };
static const size_t JAR_BYTES_MOST = (size_t)1 << 30;

static enum status take_text(struct invocation *in, const char *name, struct bytes text,
                             struct cookies *jar)
{
    struct cookie_file_problem problem;
    if (cookie_file_read(jar, text, clock_wall_ms(), &problem))
        return STATUS_OK;
    return invocation_fail(in, STATUS_DATA, "%s:%zu: %s", name, problem.line, problem.what);
}

static enum status read_cookies(struct invocation *in, const char *name, struct cookies *jar)
{
    struct buf text;
    bool is_input = !name || strcmp(name, "-") == 0;
    if (is_input)
        name = "standard input";
    buf_init(&text, FILE_BYTES_MOST);
    int error = is_input ? file_read_stream(stdin, &text) : file_read(name, &text);
    enum status status = STATUS_OK;
    if (error)
        status = invocation_fail(in, status_from_errno(error), "%s: %s", name, strerror(error));
    else if (text.is_full)
        status =
            invocation_fail(in, STATUS_DATA, "%s: larger than %d bytes", name, FILE_BYTES_MOST);
    else
        status = take_text(in, name, buf_bytes(&text), jar);
    if (text.length > 0)
        explicit_bzero(text.data, text.length);
    buf_clear(&text);
    return status;
}

/* Site by site, in the order in which they are listed. */
static void pack_sites(const struct cookies *jar, struct buf *out)
{
    const struct cookie **list;
    size_t count = cookies_list(jar, (struct bytes){ 0 }, &list);
    struct bytes before = { 0 };
    struct buf record;
    buf_init(&record, BUF_UNBOUNDED);
    for (size_t i = 0; i < count; i++) {
        struct bytes site = site_of_host(list[i]->domain);
        if (i > 0 && bytes_equal(site, before))
            continue;
        buf_reset(&record);
        if (cookies_pack(jar, site, clock_wall_ms(), &record)) {
            pack_bytes(out, site);
            pack_bytes(out, buf_bytes(&record));
        }
        before = site;
    }
    buf_clear(&record);
    free(list);
}

static enum status import(struct verb *verb, const char *name)
{
    struct cookies *jar = cookies_new(JAR_BYTES_MOST, 0);
    enum status status = read_cookies(verb->in, name, jar);
    if (!status) {
        pack_sites(jar, &verb->question);
        status = verb_ask(verb, QUESTION_SET_COOKIES);
    }
    if (!status)
        invocation_note(verb->in, "%zu cookies", cookies_count(jar));
    cookies_free(jar);
    return status;
}

static enum status collect(struct verb *verb, struct cookies *jar)
{
    struct buf after;
    bool is_more = true;
    enum status status = STATUS_OK;
    buf_init(&after, BUF_UNBOUNDED);
    while (!status && is_more) {
        pack_bytes(&verb->question, buf_bytes(&after));
        status = verb_ask(verb, QUESTION_COOKIES);
        struct unpacker from = unpacker_of(buf_bytes(&verb->reply));
        is_more = unpack_u8(&from);
        buf_reset(&after);
        buf_append_bytes(&after, unpack_bytes(&from));
        while (!status && from.left > 0 && !from.is_bad)
            cookies_unpack(jar, unpack_bytes(&from), clock_wall_ms());
    }
    buf_clear(&after);
    return status;
}

static enum status export(struct verb *verb, const char *name) {
    struct target target = TARGET_NONE; struct cookies *jar = cookies_new(JAR_BYTES_MOST, 0);
    struct buf text;
    buf_init(&text, BUF_UNBOUNDED);
    umask(S_IRWXG | S_IRWXO); /* For what is as good as a password. */
    enum status status = collect(verb, jar);
    cookie_file_write(jar, clock_wall_ms(), &text);
    if (!status) status = target_open(verb->in, &target, name);
    if (!status) status = target_write(verb->in, &target, buf_bytes(&text));
    if (!status) status = target_finish(verb->in, &target);
    target_clear(&target);
    buf_clear(&text);
    cookies_free(jar);
    return status;
}

enum status cmd_cookies(struct invocation *in)
{
    struct verb verb;
    const char *name = in->argument_count > 1 ? in->arguments[1] : NULL;
    bool is_import = strcmp(in->arguments[0], "import") == 0;
    if (!is_import && strcmp(in->arguments[0], "export") != 0)
        return invocation_fail(in, STATUS_USAGE, "\"%s\": write import or export",
                               in->arguments[0]);
    enum status status = verb_open(&verb, in);
    if (!status)
        status = is_import ? import(&verb, name) : export(&verb, name);
    verb_close(&verb);
    return status;
}
