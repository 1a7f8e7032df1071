/* SPDX-License-Identifier: MIT
 *
 * folder - the files below a folder, as an ordinary web server gives them out.
 *
 * Types by ending; ETag and Last-Modified of the file; index.html for a folder; a file beside with
 * ".gz" behind its name for whoever takes gzip; lines "/old 301 /new" of the file `redirects`.
 */
#ifndef TESTS_SERVER_FOLDER_H
#define TESTS_SERVER_FOLDER_H

#include "tests/server/answer.h"

struct folder;

/* Ends the program with a message where there is no such folder. */
struct folder *folder_open(const char *path);
void folder_close(struct folder *folder);

/* The answer to this request; caller frees. */
struct answer *folder_answer(const struct folder *folder, const struct request *request);

#endif
