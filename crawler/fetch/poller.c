/* SPDX-License-Identifier: MIT */
#include "crawler/fetch/poller.h"

#include <assert.h>
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/memory.h"

/* Taken from the kernel in one go; what does not fit comes with the next wait. */
enum { EVENTS_MOST = 256 };

struct watch {
    unsigned events; /* That are called back for, */
    unsigned known;  /* and those that the kernel looks for. */
    /* Counts what this descriptor number was used for, so that an event of a closed one, still
     * waiting in the batch, does not reach the one that got its number. */
    uint32_t use;
    poller_ready *ready;
    void *owner;
};

struct poller {
    int epoll;
    int bell;
    bool is_coarse;        /* The kernel has no epoll_pwait2. */
    struct watch *watches; /* By descriptor. */
    size_t count;
};

static void end_without(const char *what)
{
    log_error("%s: %s", what, strerror(errno));
    abort();
}

static uint64_t event_key(int descriptor, uint32_t use)
{
    return (uint64_t)use << 32 | (uint32_t)descriptor;
}

struct poller *poller_new(void)
{
    struct poller *poller = xcalloc(1, sizeof(*poller));
    poller->epoll = epoll_create1(EPOLL_CLOEXEC);
    poller->bell = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    if (poller->epoll < 0 || poller->bell < 0)
        end_without("epoll");
    struct epoll_event event = { .events = EPOLLIN, .data.u64 = event_key(poller->bell, 0) };
    if (epoll_ctl(poller->epoll, EPOLL_CTL_ADD, poller->bell, &event) != 0)
        end_without("epoll_ctl");
    return poller;
}

void poller_free(struct poller *poller)
{
    if (!poller)
        return;
    close(poller->bell);
    close(poller->epoll);
    free(poller->watches);
    free(poller);
}

static struct watch *watch_of(struct poller *poller, int descriptor)
{
    size_t index = (size_t)descriptor;
    if (index >= poller->count) {
        size_t count = poller->count ? poller->count : 64;
        while (count <= index)
            count *= 2;
        poller->watches = xreallocarray(poller->watches, count, sizeof(*poller->watches));
        memset(poller->watches + poller->count, 0,
               (count - poller->count) * sizeof(*poller->watches));
        poller->count = count;
    }
    return &poller->watches[index];
}

static uint32_t to_epoll(unsigned events)
{
    return ((events & POLLER_READ) ? (uint32_t)EPOLLIN : 0) |
           ((events & POLLER_WRITE) ? (uint32_t)EPOLLOUT : 0);
}

static unsigned from_epoll(uint32_t events)
{
    return ((events & EPOLLIN) ? POLLER_READ : 0U) | ((events & EPOLLOUT) ? POLLER_WRITE : 0U) |
           ((events & (EPOLLERR | EPOLLHUP)) ? POLLER_ERROR : 0U);
}

void poller_watch(struct poller *poller, int descriptor, unsigned events, poller_ready *ready,
                  void *owner)
{
    assert(descriptor >= 0 && descriptor != poller->bell);
    struct watch *watch = watch_of(poller, descriptor);
    unsigned known = watch->known;
    int operation = events == 0 ? EPOLL_CTL_DEL : known == 0 ? EPOLL_CTL_ADD : EPOLL_CTL_MOD;
    if (operation == EPOLL_CTL_ADD)
        watch->use++;
    struct epoll_event event = { .events = to_epoll(events),
                                 .data.u64 = event_key(descriptor, watch->use) };
    *watch = (struct watch){ events, events, watch->use, ready, owner };
    if (events == known || epoll_ctl(poller->epoll, operation, descriptor, &event) == 0)
        return;
    /* Closed meanwhile, which took it off the kernel's list as well. */
    if (operation != EPOLL_CTL_DEL || (errno != EBADF && errno != ENOENT))
        end_without("epoll_ctl");
}

void poller_rest(struct poller *poller, int descriptor)
{
    struct watch *watch = watch_of(poller, descriptor);
    if (watch->known == POLLER_READ)
        watch->events = 0;
    else
        poller_watch(poller, descriptor, 0, NULL, NULL);
}

static void answer_bell(struct poller *poller)
{
    uint64_t rings;
    while (read(poller->bell, &rings, sizeof(rings)) < 0 && errno == EINTR)
        ;
}

/* Kernels before 5.11 know whole milliseconds alone; rounded up, so that nobody spins. */
static int wait_coarsely(struct poller *poller, struct epoll_event *events, int64_t timeout_us)
{
    int64_t timeout_ms = (timeout_us + US_PER_MS - 1) / US_PER_MS;
    int timeout = timeout_us < 0 ? -1 : timeout_ms > INT_MAX ? INT_MAX : (int)timeout_ms;
    return epoll_wait(poller->epoll, events, EVENTS_MOST, timeout);
}

static int wait_for_events(struct poller *poller, struct epoll_event *events, int64_t timeout_us)
{
    struct timespec timeout = { .tv_sec = timeout_us / US_PER_S,
                                .tv_nsec = timeout_us % US_PER_S * 1000 };
    if (poller->is_coarse)
        return wait_coarsely(poller, events, timeout_us);
    int count =
        epoll_pwait2(poller->epoll, events, EVENTS_MOST, timeout_us < 0 ? NULL : &timeout, NULL);
    poller->is_coarse = count < 0 && (errno == ENOSYS || errno == EPERM);
    return poller->is_coarse ? wait_coarsely(poller, events, timeout_us) : count;
}

void poller_wait(struct poller *poller, int64_t timeout_us)
{
    struct epoll_event events[EVENTS_MOST];
    int count = wait_for_events(poller, events, timeout_us);
    if (count < 0 && errno != EINTR)
        end_without("epoll_wait");
    for (int i = 0; i < count; i++) {
        int descriptor = (int)(uint32_t)events[i].data.u64;
        if (descriptor == poller->bell) {
            answer_bell(poller);
            continue;
        }
        /* A copy: the callback may watch more and so move the table. */
        struct watch watch = poller->watches[descriptor];
        if (event_key(descriptor, watch.use) != events[i].data.u64)
            continue;
        if (watch.events != 0)
            watch.ready(watch.owner, descriptor, from_epoll(events[i].events));
        else
            poller_watch(poller, descriptor, 0, NULL, NULL);
    }
}

void poller_ring(struct poller *poller)
{
    uint64_t one = 1;
    /* A full counter rings already. */
    while (write(poller->bell, &one, sizeof(one)) < 0 && errno == EINTR)
        ;
}
