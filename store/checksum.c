/* SPDX-License-Identifier: MIT
 *
 * The checksum is a polynomial in 33, so its terms can be added in any order. A word of eight bytes
 * becomes four sums of two neighbours, those two sums of four, and these one sum of eight, each in
 * its own part of the word: a sum of two is below 2^14 and one of four below 2^24, so none runs
 * over into the part above.
 */
#include "store/checksum.h"

#include <endian.h>

enum { WORD_BYTES = 8 };

#define POWER_1  UINT32_C(33)
#define POWER_2  (POWER_1 * POWER_1)
#define POWER_4  (POWER_2 * POWER_2)
#define POWER_8  (POWER_4 * POWER_4)
#define POWER_16 (POWER_8 * POWER_8)

/* Every second part of a word. */
#define BYTES_OF_TWO UINT64_C(0x00ff00ff00ff00ff)
#define SUMS_OF_TWO  UINT64_C(0x0000ffff0000ffff)

static uint32_t sum_of_word(const char *data)
{
    uint64_t word;
    memcpy(&word, data, sizeof(word));
    word = le64toh(word);
    word = (word & BYTES_OF_TWO) * POWER_1 + (word >> 8 & BYTES_OF_TWO);
    word = (word & SUMS_OF_TWO) * POWER_2 + (word >> 16 & SUMS_OF_TWO);
    return (uint32_t)word * POWER_4 + (uint32_t)(word >> 32);
}

uint32_t checksum_of(struct bytes bytes)
{
    const char *at = bytes.data;
    size_t left = bytes.length;
    uint32_t sum = 0;
    /* Two words at once: only the last step waits for the sum before. */
    for (; left >= 2 * WORD_BYTES; left -= 2 * WORD_BYTES, at += 2 * WORD_BYTES)
        sum = sum * POWER_16 + (sum_of_word(at) * POWER_8 + sum_of_word(at + WORD_BYTES));
    if (left >= WORD_BYTES) {
        sum = sum * POWER_8 + sum_of_word(at);
        left -= WORD_BYTES;
        at += WORD_BYTES;
    }
    for (; left > 0; left--)
        sum = sum * POWER_1 + (unsigned char)*at++;
    return sum;
}
