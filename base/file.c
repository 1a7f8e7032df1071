/* SPDX-License-Identifier: MIT */
#include "base/file.h"

#include <errno.h>

int file_read_stream(FILE *file, struct buf *out)
{
    enum { PIECE_BYTES = 65536 };
    size_t length;
    do {
        char *room = buf_reserve(out, PIECE_BYTES);
        length = room ? fread(room, 1, PIECE_BYTES, file) : 0;
        out->length += length;
    } while (length > 0);
    if (ferror(file))
        return errno ? errno : EIO;
    return 0;
}

int file_read(const char *path, struct buf *out)
{
    FILE *file = fopen(path, "rbe");
    if (!file)
        return errno;
    int error = file_read_stream(file, out);
    fclose(file);
    return error;
}
