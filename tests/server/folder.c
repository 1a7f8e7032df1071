/* SPDX-License-Identifier: MIT */
#include "tests/server/folder.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/memory.h"

static const char redirects_name[] = "redirects";

struct folder {
    char *path;
    struct buf redirects; /* The file as it is. */
};

static const struct {
    const char *ending;
    const char *type;
} types[] = {
    { ".html", "text/html; charset=utf-8" },
    { ".htm", "text/html; charset=utf-8" },
    { ".xhtml", "application/xhtml+xml" },
    { ".txt", "text/plain; charset=utf-8" },
    { ".xml", "application/xml" },
    { ".css", "text/css" },
    { ".js", "text/javascript" },
    { ".json", "application/json" },
    { ".pdf", "application/pdf" },
    { ".png", "image/png" },
    { ".jpg", "image/jpeg" },
    { ".gif", "image/gif" },
    { ".svg", "image/svg+xml" },
    { ".ico", "image/x-icon" },
};

static const char *type_of(const char *path)
{
    for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++)
        if (bytes_end_with(bytes_from_string(path), bytes_from_string(types[i].ending)))
            return types[i].type;
    return "application/octet-stream";
}

/* Appends the file; its facts are in *about. */
static bool read_file(struct buf *out, const char *path, struct stat *about)
{
    int file = open(path, O_RDONLY | O_CLOEXEC);
    if (file < 0)
        return false;
    bool is_good = fstat(file, about) == 0 && S_ISREG(about->st_mode);
    ssize_t length = 1;
    while (is_good && length > 0) {
        char *room = buf_reserve(out, 64 * 1024);
        length = read(file, room, 64 * 1024);
        if (length > 0)
            out->length += (size_t)length;
    }
    close(file);
    return is_good && length == 0;
}

struct folder *folder_open(const char *path)
{
    struct folder *folder = xcalloc(1, sizeof(*folder));
    struct stat about;
    if (stat(path, &about) != 0 || !S_ISDIR(about.st_mode)) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno ? errno : ENOTDIR));
        exit(2);
    }
    folder->path = xstrdup(path);
    buf_init(&folder->redirects, BUF_UNBOUNDED);
    char *redirects = xasprintf("%s/%s", path, redirects_name);
    read_file(&folder->redirects, redirects, &about);
    free(redirects);
    return folder;
}

void folder_close(struct folder *folder)
{
    buf_clear(&folder->redirects);
    free(folder->path);
    free(folder);
}

static bool find_redirect(const struct folder *folder, struct bytes path, struct answer *answer)
{
    struct bytes rest = buf_bytes(&folder->redirects), line, from, to, code;
    while (bytes_split(&rest, '\n', &line)) {
        uint64_t status;
        line = bytes_trim(line);
        if (!bytes_split(&line, ' ', &from) || !bytes_equal(from, path) ||
            !bytes_split(&line, ' ', &code) || !bytes_split(&line, ' ', &to) ||
            !bytes_to_u64(code, 399, &status))
            continue;
        answer->status = (int)status;
        buf_printf(&answer->fields, "Location: %.*s\r\n", (int)to.length, to.data);
        return true;
    }
    return false;
}

/* The path below the folder with its escapes undone. False where it would lead out of it. */
static bool decode_path(struct buf *out, struct bytes path)
{
    for (size_t i = 0; i < path.length; i++) {
        char c = path.data[i];
        if (c == '%' && i + 2 < path.length && ascii_hex_value(path.data[i + 1]) >= 0 &&
            ascii_hex_value(path.data[i + 2]) >= 0) {
            c = (char)(ascii_hex_value(path.data[i + 1]) << 4 | ascii_hex_value(path.data[i + 2]));
            i += 2;
        }
        if (c == '\0')
            return false;
        buf_append_char(out, c);
    }
    return strstr(out->data, "/../") == NULL && !bytes_end_with(buf_bytes(out), BYTES("/..")) &&
           !bytes_equal(buf_bytes(out), BYTES("/redirects"));
}

static bool takes_gzip(const struct request *request)
{
    struct bytes accepted = request_field(request, BYTES("accept-encoding"));
    return accepted.length > 0 && memmem(accepted.data, accepted.length, "gzip", 4) != NULL;
}

static void describe(struct answer *answer, const char *path, const struct stat *about)
{
    char date[64];
    struct tm parts;
    answer->type = xstrdup(type_of(path));
    answer->etag = xasprintf("\"%" PRIx64 "-%" PRIx64 "%s\"", (uint64_t)about->st_mtime,
                             (uint64_t)about->st_size, answer->coding ? "-gz" : "");
    strftime(date, sizeof(date), "%a, %d %b %Y %H:%M:%S GMT", gmtime_r(&about->st_mtime, &parts));
    answer->modified = xstrdup(date);
    answer->has_body = true;
    answer->is_coded = true;
}

static bool find_file(const char *path, const struct request *request, struct answer *answer)
{
    struct stat about;
    char *packed = xasprintf("%s.gz", path);
    bool is_packed = access(packed, R_OK) == 0;
    if (is_packed)
        buf_append_string(&answer->fields, "Vary: Accept-Encoding\r\n");
    if (is_packed && takes_gzip(request)) {
        answer->coding = xstrdup("gzip");
        is_packed = read_file(&answer->body, packed, &about);
    } else {
        is_packed = false;
    }
    free(packed);
    if (!is_packed && !read_file(&answer->body, path, &about))
        return false;
    describe(answer, path, &about);
    return true;
}

struct answer *folder_answer(const struct folder *folder, const struct request *request)
{
    struct answer *answer = answer_new();
    struct bytes path = bytes_slice(request->target, 0, bytes_find(request->target, '?'));
    struct buf name;
    struct stat about;
    buf_init(&name, BUF_UNBOUNDED);
    buf_append_string(&name, folder->path);
    struct buf below;
    buf_init(&below, BUF_UNBOUNDED);
    bool is_found = find_redirect(folder, path, answer);
    if (!is_found && decode_path(&below, path)) {
        buf_append_bytes(&name, buf_bytes(&below));
        bool is_folder = stat(name.data, &about) == 0 && S_ISDIR(about.st_mode);
        if (is_folder && !bytes_end_with(path, BYTES("/"))) {
            answer->status = 301;
            buf_printf(&answer->fields, "Location: %.*s/\r\n", (int)path.length, path.data);
            is_found = true;
        } else {
            if (is_folder)
                buf_append_string(&name, "index.html");
            is_found = find_file(name.data, request, answer);
        }
    }
    if (!is_found)
        answer->status = 404;
    buf_clear(&below);
    buf_clear(&name);
    return answer;
}
