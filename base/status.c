/* SPDX-License-Identifier: MIT */
#include "base/status.h"

#include <errno.h>

struct row {
    int code;
    const char *word;
    const char *text;
};

static const struct row rows[] = {
#define ROW(name, code, word, text) { code, word, text },
    STATUS_TABLE(ROW)
#undef ROW
};

int status_exit_code(enum status status)
{
    return rows[status].code;
}

const char *status_word(enum status status)
{
    return rows[status].word;
}

const char *status_text(enum status status)
{
    return rows[status].text;
}

enum status status_from_errno(int error)
{
    switch (error) {
    case ENOSPC:
    case EDQUOT:
        return STATUS_NO_SPACE;
    case ENOENT:
    case ENOTDIR:
        return STATUS_NO_INPUT;
    case EACCES:
    case EPERM:
    case EROFS:
        return STATUS_CANNOT_CREATE;
    default:
        return STATUS_IO;
    }
}
