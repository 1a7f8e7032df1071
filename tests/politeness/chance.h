/* SPDX-License-Identifier: MIT
 *
 * chance - what happens by chance in a simulated world, as a function of its seed: the same seed
 * and the same things give the same chance, whatever was asked before.
 */
#ifndef TESTS_POLITENESS_CHANCE_H
#define TESTS_POLITENESS_CHANCE_H

#include <math.h>
#include <stdint.h>

/* The finalizer of SplitMix64. */
static inline uint64_t chance_mix(uint64_t bits)
{
    bits = (bits ^ (bits >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    bits = (bits ^ (bits >> 27)) * UINT64_C(0x94d049bb133111eb);
    return bits ^ (bits >> 31);
}

static inline uint64_t chance(uint64_t seed, uint64_t what, uint64_t which)
{
    uint64_t bits = chance_mix(seed + UINT64_C(0x9e3779b97f4a7c15));
    bits = chance_mix(bits + what * UINT64_C(0xd1b54a32d192ed03) + 1);
    return chance_mix(bits + which * UINT64_C(0x9e3779b97f4a7c15) + 1);
}

/* Below `below`, which is above 0. */
static inline uint64_t chance_below(uint64_t bits, uint64_t below)
{
    return bits % below;
}

/* From 0 up to 1, without 1. */
static inline double chance_part(uint64_t bits)
{
    return (double)(bits >> 11) * 0x1p-53;
}

/* Around `mean`, by an exponential distribution. */
static inline double chance_long_tailed(uint64_t bits, double mean)
{
    return -log1p(-chance_part(bits)) * mean;
}

#endif
