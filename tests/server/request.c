/* SPDX-License-Identifier: MIT */
#include "tests/server/request.h"

/* Up to and with the empty line; 0 where it is not there yet. */
static size_t find_head(struct bytes received)
{
    const char *end =
        received.length > 0 ? memmem(received.data, received.length, "\r\n\r\n", 4) : NULL;
    return end ? (size_t)(end - received.data) + 4 : 0;
}

bool request_next_field(struct bytes *fields, struct bytes *line)
{
    if (!bytes_split(fields, '\n', line))
        return false;
    *line = bytes_trim(*line);
    return line->length > 0;
}

struct bytes request_field(const struct request *request, struct bytes name)
{
    struct bytes fields = request->fields, line;
    while (request_next_field(&fields, &line)) {
        size_t colon = bytes_find(line, ':');
        if (bytes_equal_nocase(bytes_slice(line, 0, colon), name))
            return bytes_trim(bytes_slice(line, colon + 1, line.length));
    }
    return (struct bytes){ 0 };
}

/* A proxy is asked for "http://a.test/x" (RFC 9112, 3.2.2): the server is one for all its hosts,
 * and says what the Host field asks for. */
static void take_from_proxys_form(struct bytes *target)
{
    if (!bytes_start_with(*target, BYTES("http://")))
        return;
    struct bytes rest = bytes_slice(*target, 7, target->length);
    *target = bytes_slice(rest, bytes_find(rest, '/'), rest.length);
}

enum request_reading request_read(struct request *request, struct bytes received)
{
    struct bytes line, version, rest;
    size_t head_bytes = find_head(received);
    uint64_t body_bytes = 0;
    *request = (struct request){ .whole_bytes = head_bytes };
    /* Who speaks TLS is hung up on, as a server without it does. */
    if (received.length > 0 && received.data[0] == '\x16')
        return REQUEST_BAD;
    if (head_bytes == 0)
        return REQUEST_MORE;
    rest = bytes_slice(received, 0, head_bytes);
    bytes_split(&rest, '\n', &line);
    request->fields = rest;
    line = bytes_trim(line);
    if (!bytes_split(&line, ' ', &request->method) || !bytes_split(&line, ' ', &request->target))
        return REQUEST_BAD;
    version = line;
    take_from_proxys_form(&request->target);
    if (!bytes_start_with(version, BYTES("HTTP/1.")) || request->target.length == 0 ||
        request->target.data[0] != '/')
        return REQUEST_BAD;
    struct bytes host = request_field(request, BYTES("host"));
    request->host = bytes_slice(host, 0, bytes_find(host, ':'));
    request->is_last =
        bytes_equal(version, BYTES("HTTP/1.0")) ||
        bytes_equal_nocase(request_field(request, BYTES("connection")), BYTES("close"));
    struct bytes length = request_field(request, BYTES("content-length"));
    if (length.length > 0 && !bytes_to_u64(length, received.length - head_bytes, &body_bytes))
        return REQUEST_MORE;
    request->body = bytes_slice(received, head_bytes, head_bytes + body_bytes);
    request->whole_bytes += body_bytes;
    return REQUEST_READY;
}
