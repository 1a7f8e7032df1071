/* SPDX-License-Identifier: MIT
 *
 * banned - functions that do not compile here.
 *
 * Each of them has lost somebody an afternoon: they do not know how large their target is, report
 * errors badly, or use hidden state. Every source gets this header by -include, after the system's
 * headers had their chance through <string.h> and friends below.
 */
#ifndef BASE_BANNED_H
#define BASE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#pragma GCC poison strcpy strcat strncpy strncat sprintf vsprintf strtok atoi atol atoll gets      \
    localtime
#endif
