/* SPDX-License-Identifier: MIT */
#include "suite.h"

#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "store_directory.h"

#include "store/lock.h"

/* A child that takes the lock, says so, and waits to be killed. */
static pid_t start_holder(const char *directory, const char *verb, int64_t now_ms)
{
    int ends[2];
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct lock *lock;
        struct lock_holder holder;
        char answer = lock_take(&lock, directory, verb, now_ms, &holder) == STATUS_OK ? 'y' : 'n';
        if (write(ends[1], &answer, 1) != 1)
            _exit(1);
        alarm(SUITE_TIMEOUT_S);
        for (;;)
            pause();
    }
    close(ends[1]);
    char answer = 0;
    ck_assert_int_eq(read(ends[0], &answer, 1), 1);
    ck_assert_int_eq(answer, 'y');
    close(ends[0]);
    return child;
}

static void end_holder(pid_t child)
{
    kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}

START_TEST(whoever_comes_second_learns_who_holds_the_lock_since_when)
{
    char *directory = directory_new();
    pid_t child = start_holder(directory, "run", 1790000000123);
    struct lock *lock = NULL;
    struct lock_holder holder;
    ck_assert_int_eq(lock_take(&lock, directory, "seed", 5, &holder), STATUS_BUSY);
    ck_assert_ptr_null(lock);
    ck_assert_int_eq(holder.pid, child);
    ck_assert_str_eq(holder.verb, "run");
    ck_assert_int_eq(holder.since_ms, 1790000000123);
    end_holder(child);
    directory_remove(directory);
}
END_TEST

START_TEST(a_crash_frees_the_lock)
{
    char *directory = directory_new();
    end_holder(start_holder(directory, "run", 1));
    struct lock *lock = NULL;
    struct lock_holder holder;
    ck_assert_int_eq(lock_take(&lock, directory, "run", 2, &holder), STATUS_OK);
    ck_assert_int_eq(holder.pid, 0);
    lock_release(lock);
    directory_remove(directory);
}
END_TEST

START_TEST(a_released_lock_can_be_taken_again)
{
    char *directory = directory_new();
    struct lock *lock = NULL, *second = NULL;
    struct lock_holder holder;
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(lock_take(&lock, directory, "export", i, &holder), STATUS_OK);
        ck_assert_int_eq(lock_take(&second, directory, "run", i, &holder), STATUS_BUSY);
        ck_assert_int_eq(holder.pid, getpid());
        ck_assert_int_eq(holder.since_ms, i);
        lock_release(lock);
    }
    lock_release(NULL);
    directory_remove(directory);
}
END_TEST

START_TEST(a_text_that_makes_no_sense_names_nobody)
{
    static const char *const texts[] = {
        "",
        "run",
        "12",
        "12 run",
        "x run 5\n",
        "12 a-verb-that-is-too-long 5\n",
        "-1 run 5",
        "99999999999 run 5",
        "12 run 5 more\n",
        "12 run x\n",
        "12  5\n\n\xff",
        "12 run 99999999999999999999",
    };
    char *directory = directory_new();
    struct lock *lock = NULL, *second = NULL;
    struct lock_holder holder;
    ck_assert_int_eq(lock_take(&lock, directory, "run", 1, &holder), STATUS_OK);
    char *path = xasprintf("%s/lock", directory);
    for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
        int file = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC);
        size_t length = strlen(texts[i]);
        ck_assert_int_eq(write(file, texts[i], length), (ssize_t)length);
        close(file);
        ck_assert_int_eq(lock_take(&second, directory, "run", 2, &holder), STATUS_BUSY);
        ck_assert_msg(holder.pid == 0 && holder.verb[0] == '\0' && holder.since_ms == 0, "row %zu",
                      i);
    }
    free(path);
    lock_release(lock);
    directory_remove(directory);
}
END_TEST

/* cat, once it has given back a byte that was sent through it; it ends with its input. */
static pid_t start_cat(int *input)
{
    int to[2], from[2];
    ck_assert_int_eq(pipe2(to, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(from, O_CLOEXEC), 0);
    pid_t child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        dup2(to[0], STDIN_FILENO);
        dup2(from[1], STDOUT_FILENO);
        execl("/bin/cat", "cat", (char *)NULL);
        _exit(1);
    }
    close(to[0]);
    close(from[1]);
    char byte = 'x';
    ck_assert_int_eq(write(to[1], &byte, 1), 1);
    ck_assert_int_eq(read(from[0], &byte, 1), 1);
    close(from[0]);
    *input = to[1];
    return child;
}

START_TEST(a_program_that_is_started_does_not_inherit_the_lock)
{
    char *directory = directory_new();
    struct lock *lock = NULL;
    struct lock_holder holder;
    ck_assert_int_eq(lock_take(&lock, directory, "run", 1, &holder), STATUS_OK);
    int input;
    pid_t child = start_cat(&input);
    lock_release(lock);
    ck_assert_int_eq(lock_take(&lock, directory, "run", 2, &holder), STATUS_OK);
    lock_release(lock);
    close(input);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    directory_remove(directory);
}
END_TEST

START_TEST(a_missing_directory_is_said)
{
    struct lock *lock = NULL;
    struct lock_holder holder;
    ck_assert_int_eq(lock_take(&lock, "/nowhere/at/all", "run", 1, &holder), STATUS_NO_INPUT);
    ck_assert_ptr_null(lock);
}
END_TEST

SUITE_MAIN("lock", whoever_comes_second_learns_who_holds_the_lock_since_when,
           a_crash_frees_the_lock, a_released_lock_can_be_taken_again,
           a_text_that_makes_no_sense_names_nobody,
           a_program_that_is_started_does_not_inherit_the_lock, a_missing_directory_is_said)
