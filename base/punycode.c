/* SPDX-License-Identifier: MIT
 *
 * The ASCII characters come first, then, for each other character in the order of their numbers,
 * how many places and numbers the decoder has to step over before it inserts the next one. The
 * steps are numbers of variable length whose digits' thresholds adapt to the steps seen (RFC 3492,
 * 6).
 */
#include "base/punycode.h"

#include <string.h>

/* The parameters of RFC 3492, 5. */
enum {
    BASE = 36,
    LEAST_THRESHOLD = 1,
    MOST_THRESHOLD = 26,
    SKEW = 38,
    DAMP = 700,
    FIRST_BIAS = 72,
    FIRST_CHARACTER = 0x80,
    LAST_CHARACTER = 0x10ffff,
};

static uint32_t adapted_bias(uint32_t step, uint32_t count, bool is_first)
{
    step = is_first ? step / DAMP : step / 2;
    step += step / count;
    uint32_t bias = 0;
    for (; step > (BASE - LEAST_THRESHOLD) * MOST_THRESHOLD / 2; bias += BASE)
        step /= BASE - LEAST_THRESHOLD;
    return bias + (BASE - LEAST_THRESHOLD + 1) * step / (step + SKEW);
}

static uint32_t threshold(uint32_t place, uint32_t bias)
{
    if (place <= bias + LEAST_THRESHOLD)
        return LEAST_THRESHOLD;
    return place >= bias + MOST_THRESHOLD ? MOST_THRESHOLD : place - bias;
}

static bool put_digit(char *out, size_t room, size_t *length, uint32_t digit)
{
    static const char digits[] = "abcdefghijklmnopqrstuvwxyz0123456789";
    if (*length == room)
        return false;
    out[(*length)++] = digits[digit];
    return true;
}

static bool put_step(char *out, size_t room, size_t *length, uint32_t step, uint32_t bias)
{
    for (uint32_t place = BASE;; place += BASE) {
        uint32_t most = threshold(place, bias);
        if (step < most)
            return put_digit(out, room, length, step);
        if (!put_digit(out, room, length, most + (step - most) % (BASE - most)))
            return false;
        step = (step - most) / (BASE - most);
    }
}

/* The least character that is not below `from`. */
static uint32_t next_character(const uint32_t *characters, size_t count, uint32_t from)
{
    uint32_t next = UINT32_MAX;
    for (size_t i = 0; i < count; i++)
        if (characters[i] >= from && characters[i] < next)
            next = characters[i];
    return next;
}

/* So short a label that a step cannot pass 32 bits: 2000 * 0x110000 is below 2^32. */
#define LABEL_CHARACTERS_MAX 2000

bool punycode_encode(const uint32_t *characters, size_t count, char *out, size_t room,
                     size_t *length)
{
    *length = 0;
    if (count > LABEL_CHARACTERS_MAX)
        return false;
    for (size_t i = 0; i < count; i++) {
        if (characters[i] >= FIRST_CHARACTER)
            continue;
        if (*length == room)
            return false;
        out[(*length)++] = (char)characters[i];
    }
    uint32_t ascii = (uint32_t)*length;
    uint32_t done = ascii;
    if (ascii > 0) {
        if (*length == room)
            return false;
        out[(*length)++] = '-';
    }
    uint32_t character = FIRST_CHARACTER;
    uint32_t bias = FIRST_BIAS;
    uint32_t step = 0;
    while (done < count) {
        uint32_t next = next_character(characters, count, character);
        step += (next - character) * (done + 1);
        character = next;
        for (size_t i = 0; i < count; i++) {
            step += characters[i] < character;
            if (characters[i] != character)
                continue;
            if (!put_step(out, room, length, step, bias))
                return false;
            bias = adapted_bias(step, done + 1, done == ascii);
            step = 0;
            done++;
        }
        step++;
        character++;
    }
    return true;
}

static int digit_value(char c)
{
    if (ascii_is_digit(c))
        return c - '0' + 26;
    return ascii_is_alpha(c) ? ascii_lower(c) - 'a' : -1;
}

/* Reads one step at *at; false where it ends too early or passes 32 bits. */
static bool read_step(struct bytes text, size_t *at, uint32_t bias, uint64_t *step)
{
    uint64_t weight = 1;
    *step = 0;
    for (uint32_t place = BASE;; place += BASE) {
        int digit = *at < text.length ? digit_value(text.data[(*at)++]) : -1;
        if (digit < 0)
            return false;
        *step += (uint64_t)digit * weight;
        if (*step > UINT32_MAX)
            return false;
        uint32_t most = threshold(place, bias);
        if ((uint32_t)digit < most)
            return true;
        weight *= BASE - most;
        if (weight > UINT32_MAX)
            return false;
    }
}

bool punycode_decode(struct bytes text, uint32_t *out, size_t room, size_t *count)
{
    *count = 0;
    size_t at = 0;
    for (size_t i = text.length; i > 0 && at == 0; i--)
        if (text.data[i - 1] == '-')
            at = i;
    if (at == 1)
        return false; /* A separator with nothing in front of it. */
    for (; *count + 1 < at; (*count)++) {
        unsigned char c = (unsigned char)text.data[*count];
        if (c >= FIRST_CHARACTER || *count == room)
            return false;
        out[*count] = c;
    }
    uint64_t character = FIRST_CHARACTER;
    uint64_t place = 0;
    uint32_t bias = FIRST_BIAS;
    for (bool is_first = true; at < text.length; is_first = false) {
        uint64_t step;
        if (*count == room || !read_step(text, &at, bias, &step))
            return false;
        size_t after = *count + 1;
        bias = adapted_bias((uint32_t)step, (uint32_t)after, is_first);
        character += (place + step) / after;
        place = (place + step) % after;
        if (character > LAST_CHARACTER)
            return false;
        memmove(out + place + 1, out + place, (*count - place) * sizeof(*out));
        out[place++] = (uint32_t)character;
        *count = after;
    }
    return true;
}
