/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/tls_trouble.h"

#include <string.h>

/* Results of verification (OpenSSL's X509_V_ERR_*, which never change their numbers). */
static const struct {
    long verify_result;
    const char *text;
} causes[] = {
    { 9, "certificate not yet valid" },
    { 10, "certificate expired" },
    { 18, "certificate not trusted: self-signed" },
    { 19, "certificate not trusted: self-signed authority" },
    { 20, "certificate not trusted: its authority is unknown" },
    { 21, "certificate not trusted: its authority is unknown" },
    { 23, "certificate revoked" },
    { 24, "certificate not trusted: signed by what is no authority" },
    { 26, "certificate not trusted: not made for this use" },
    { 62, "certificate for another name" },
    { 63, "certificate for another name" },
    { 64, "certificate for another name" },
    { 66, "certificate not trusted: its key is too weak" },
    { 67, "certificate not trusted: its authority's key is too weak" },
    { 68, "certificate not trusted: its digest is too weak" },
};

static const char *cause_of(long verify_result)
{
    for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
        if (causes[i].verify_result == verify_result)
            return causes[i].text;
    return NULL;
}

/* "... error:0A000102:SSL routines::unsupported protocol" says so in its last words. */
static struct bytes last_words(struct bytes said)
{
    static const struct bytes mark = { "::", 2 };
    for (size_t i = said.length; i > 0; i--)
        if (bytes_start_with(bytes_slice(said, i - 1, said.length), mark))
            return bytes_slice(said, i + 1, said.length);
    return said;
}

/* libcurl compares names itself, and no number says so. */
static bool is_about_name(struct bytes said)
{
    return memmem(said.data, said.length, "target host name", 16) != NULL;
}

static void print_certificate(struct buf *out, long verify_result, struct bytes said)
{
    const char *cause =
        is_about_name(said) ? "certificate for another name" : cause_of(verify_result);
    struct bytes words = last_words(said);
    if (cause)
        buf_append_string(out, cause);
    else
        buf_printf(out, "certificate not trusted: %.*s", (int)words.length, words.data);
}

void tls_trouble_print(struct buf *out, enum tls_trouble trouble, long verify_result,
                       struct bytes said)
{
    struct bytes words = last_words(said);
    switch (trouble) {
    case TLS_TROUBLE_CERTIFICATE:
        print_certificate(out, verify_result, said);
        return;
    case TLS_TROUBLE_OWN:
        buf_printf(out, "our own TLS settings: %.*s", (int)words.length, words.data);
        return;
    case TLS_TROUBLE_HANDSHAKE:
        buf_printf(out, "no TLS in common: %.*s", (int)words.length, words.data);
        return;
    }
}

bool tls_trouble_is_alert(struct bytes said)
{
    return memmem(said.data, said.length, "SSL routines::", 14) != NULL &&
           memmem(said.data, said.length, " alert ", 7) != NULL;
}
