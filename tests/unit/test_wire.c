/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "crawler/control/wire.h"
#include "store_directory.h"

static int ends[2];

static void open_pair(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
}

static void close_pair(void)
{
    close(ends[0]);
    close(ends[1]);
}

static void *send_large(void *argument)
{
    const struct buf *frame = argument;
    ck_assert_int_eq(wire_send(ends[0], buf_bytes(frame)), STATUS_OK);
    return NULL;
}

START_TEST(frames_come_out_as_they_went_in)
{
    static const size_t sizes[] = { 0, 1, 255, 256, 65536, 3000000 };
    struct buf sent, received;
    buf_init(&sent, BUF_UNBOUNDED);
    buf_init(&received, BUF_UNBOUNDED);
    open_pair();
    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        pthread_t thread;
        buf_reset(&sent);
        while (sent.length < sizes[i])
            buf_append_char(&sent, (char)(sent.length * 7));
        ck_assert_int_eq(pthread_create(&thread, NULL, send_large, &sent), 0);
        ck_assert_int_eq(wire_receive(ends[1], &received), STATUS_OK);
        pthread_join(thread, NULL);
        ck_assert(bytes_equal(buf_bytes(&received), buf_bytes(&sent)));
    }
    close_pair();
    buf_clear(&sent);
    buf_clear(&received);
}
END_TEST

START_TEST(what_is_no_whole_frame_is_an_error)
{
    static const struct {
        const char *bytes;
        size_t length;
    } rows[] = {
        { "", 0 },
        { "\0\0\0", 3 },
        { "\0\0\0\5abcd", 8 },
        { "\4\0\0\1", 4 }, /* One byte more than a frame may hold. */
        { "\xff\xff\xff\xff", 4 },
    };
    struct buf received;
    buf_init(&received, BUF_UNBOUNDED);
    for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
        open_pair();
        if (rows[i].length > 0)
            ck_assert_int_eq(write(ends[0], rows[i].bytes, rows[i].length),
                             (ssize_t)rows[i].length);
        shutdown(ends[0], SHUT_WR);
        ck_assert_msg(wire_receive(ends[1], &received) == STATUS_IO, "row %zu", i);
        close_pair();
    }
    buf_clear(&received);
}
END_TEST

START_TEST(sending_to_nobody_is_an_error_and_no_signal)
{
    open_pair();
    close(ends[1]);
    ck_assert_int_eq(wire_send(ends[0], BYTES("hello")), STATUS_IO);
    close(ends[0]);
}
END_TEST

/* A directory whose path is longer than any socket's address. */
static char *deep_directory(const char *top)
{
    char *path = xstrdup(top);
    for (int i = 0; i < 8; i++) {
        char *deeper = xasprintf("%s/a-folder-with-a-long-name-%d", path, i);
        ck_assert_int_eq(mkdir(deeper, 0700), 0);
        free(path);
        path = deeper;
    }
    ck_assert_uint_gt(strlen(path), 200);
    return path;
}

START_TEST(the_socket_is_its_owners_alone_however_deep_its_folder)
{
    char *top = directory_new();
    char *path = deep_directory(top);
    char *socket_path = xasprintf("%s/control", path);
    struct stat about;
    int listener = wire_listen(path);
    ck_assert_int_ge(listener, 0);
    ck_assert_int_eq(stat(socket_path, &about), 0);
    ck_assert(S_ISSOCK(about.st_mode));
    ck_assert_uint_eq(about.st_mode & 0777, 0600);
    int client = wire_connect(path, 0);
    ck_assert_int_ge(client, 0);
    close(client);
    close(listener);
    /* One that died leaves its socket behind; the next takes its place. */
    ck_assert_int_eq(wire_connect(path, 0), -1);
    ck_assert_int_eq(errno, ECONNREFUSED);
    listener = wire_listen(path);
    ck_assert_int_ge(listener, 0);
    client = wire_connect(path, 0);
    ck_assert_int_ge(client, 0);
    close(client);
    close(listener);
    free(socket_path);
    free(path);
    directory_remove(top);
}
END_TEST

START_TEST(without_a_folder_or_a_socket_there_is_no_connection)
{
    char *top = directory_new();
    ck_assert_int_eq(wire_connect(top, 0), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(wire_connect("/nowhere/at/all", 0), -1);
    ck_assert_int_eq(errno, ENOENT);
    ck_assert_int_eq(wire_listen("/nowhere/at/all"), -1);
    ck_assert_int_eq(errno, ENOENT);
    directory_remove(top);
}
END_TEST

SUITE_MAIN("wire", frames_come_out_as_they_went_in, what_is_no_whole_frame_is_an_error,
           sending_to_nobody_is_an_error_and_no_signal,
           the_socket_is_its_owners_alone_however_deep_its_folder,
           without_a_folder_or_a_socket_there_is_no_connection)
