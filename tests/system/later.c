/* SPDX-License-Identifier: MIT
 *
 * later - a wall clock that is ahead: loaded into the program (LD_PRELOAD), it adds TEST_LATER
 * seconds to what clock_gettime(CLOCK_REALTIME) says, so that a test need not wait for a revisit.
 */
#include <dlfcn.h>
#include <stdlib.h>
#include <time.h>

typedef int clock_function(clockid_t clock, struct timespec *now);

int clock_gettime(clockid_t clock, struct timespec *now)
{
    static clock_function *real;
    static long ahead_s;
    if (!real) {
        const char *ahead = getenv("TEST_LATER");
        ahead_s = ahead ? strtol(ahead, NULL, 10) : 0;
        /* ISO C knows no way from an object pointer to a function pointer; POSIX promises this one.
         */
        *(void **)&real = dlsym(RTLD_NEXT, "clock_gettime");
    }
    int result = real(clock, now);
    if (result == 0 && clock == CLOCK_REALTIME)
        now->tv_sec += ahead_s;
    return result;
}
