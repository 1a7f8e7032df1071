/* SPDX-License-Identifier: MIT */
#include "store/lock.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/file.h>
#include <unistd.h>

#include "base/bytes.h"
#include "base/memory.h"

struct lock {
    int file;
};

/* Longer than any text that write_holder makes. */
enum { TEXT_BYTES = 80 };

/* "PID VERB SINCE": anything else leaves the holder at zeros. */
static void read_holder(int file, struct lock_holder *holder)
{
    char text[TEXT_BYTES];
    ssize_t length = pread(file, text, sizeof(text), 0);
    if (length <= 0)
        return;
    struct bytes rest = bytes_trim(bytes_of(text, (size_t)length));
    struct bytes pid = { 0 };
    struct bytes verb = { 0 };
    uint64_t pid_value, since;
    if (!bytes_split(&rest, ' ', &pid) || !bytes_split(&rest, ' ', &verb) ||
        verb.length >= sizeof(holder->verb) || !bytes_to_u64(pid, INT_MAX, &pid_value) ||
        !bytes_to_u64(rest, INT64_MAX, &since))
        return;
    holder->pid = (pid_t)pid_value;
    memcpy(holder->verb, verb.data, verb.length);
    holder->since_ms = (int64_t)since;
}

/* The text serves messages alone, so a disk that is too full for it must not keep us from the lock.
 */
static void write_holder(int file, const char *verb, int64_t now_ms)
{
    char text[TEXT_BYTES];
    int length = snprintf(text, sizeof(text), "%ld %s %" PRId64 "\n", (long)getpid(), verb, now_ms);
    assert(length > 0 && (size_t)length < sizeof(text));
    if (ftruncate(file, 0) == 0 && pwrite(file, text, (size_t)length, 0) < 0)
        return;
}

enum status lock_take(struct lock **out, const char *directory, const char *verb, int64_t now_ms,
                      struct lock_holder *holder)
{
    assert(strlen(verb) < sizeof(holder->verb) && !strchr(verb, ' ') && now_ms >= 0);
    *holder = (struct lock_holder){ 0 };
    char *path = xasprintf("%s/lock", directory);
    int file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    int error = errno;
    free(path);
    if (file < 0) {
        errno = error;
        return status_from_errno(error);
    }
    if (flock(file, LOCK_EX | LOCK_NB) != 0) {
        error = errno;
        if (error == EWOULDBLOCK)
            read_holder(file, holder);
        close(file);
        errno = error;
        return error == EWOULDBLOCK ? STATUS_BUSY : status_from_errno(error);
    }
    write_holder(file, verb, now_ms);
    struct lock *lock = xcalloc(1, sizeof(*lock));
    lock->file = file;
    *out = lock;
    return STATUS_OK;
}

/* The file stays: to remove it would let a third process lock a new file of that name while a
 * second still holds the old one. */
void lock_release(struct lock *lock)
{
    if (!lock)
        return;
    /* A text that stays does no harm: it is read only while the lock is held, and then it is new.
     */
    int error = ftruncate(lock->file, 0);
    (void)error;
    close(lock->file);
    free(lock);
}
