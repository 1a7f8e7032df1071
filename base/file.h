/* SPDX-License-Identifier: MIT
 *
 * file - whole files, of a bounded size.
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include <stdio.h>

#include "base/buf.h"

/* Appends what is in the file, as far as out may grow; where that was too little, out is full. 0,
 * or what errno says. */
int file_read(const char *path, struct buf *out);
int file_read_stream(FILE *file, struct buf *out);

#endif
