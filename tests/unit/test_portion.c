/* SPDX-License-Identifier: MIT
 *
 * How much may be read before there is said to be nothing left.
 */
#include "suite.h"

#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "crawler/fetch/portion.h"

static int ends[2];
static char data[64];

static void open_sockets(void)
{
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, ends), 0);
    ck_assert_int_eq(write(ends[0], data, sizeof(data)), sizeof(data));
}

static void close_sockets(void)
{
    portion_end();
    close(ends[0]);
    close(ends[1]);
}

static void check_nothing_left(void)
{
    errno = 0;
    ck_assert_int_eq(recv(ends[1], data, 8, 0), -1);
    ck_assert_int_eq(errno, EAGAIN);
}

START_TEST(behind_the_portion_there_is_nothing_left)
{
    open_sockets();
    portion_begin(10);
    ck_assert_int_eq(recv(ends[1], data, 8, 0), 8);
    ck_assert_int_eq(recv(ends[1], data, 8, 0), 8); /* The read that passes it is whole. */
    check_nothing_left();
    check_nothing_left();
    close_sockets();
}
END_TEST

START_TEST(the_next_portion_goes_on_where_the_last_one_ended)
{
    open_sockets();
    portion_begin(8);
    ck_assert_int_eq(recv(ends[1], data, 8, 0), 8);
    check_nothing_left();
    portion_begin(8);
    ck_assert_int_eq(recv(ends[1], data, 64, 0), 56);
    check_nothing_left();
    close_sockets();
}
END_TEST

START_TEST(without_a_portion_there_is_no_limit)
{
    open_sockets();
    portion_begin(0);
    check_nothing_left();
    portion_end();
    ck_assert_int_eq(recv(ends[1], data, 64, 0), 64);
    close_sockets();
}
END_TEST

SUITE_MAIN("portion", behind_the_portion_there_is_nothing_left,
           the_next_portion_goes_on_where_the_last_one_ended, without_a_portion_there_is_no_limit)
