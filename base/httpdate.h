/* SPDX-License-Identifier: MIT
 *
 * httpdate - points in time as servers and pages write them.
 *
 * The readers give milliseconds since 1970, UTC, or -1 for what is no date that exists, or lies
 * before 1970.
 */
#ifndef BASE_HTTPDATE_H
#define BASE_HTTPDATE_H

#include <stdint.h>

#include "base/bytes.h"

/* The three forms of RFC 9110, 5.6.7, and what else is met in headers: the same words in another
 * order or with other separators, "YYYYMMDD", zones by name or as "+hhmm", no weekday, no zone
 * (UTC) or no time (midnight). What follows the sixth word is ignored. A year of two digits lies in
 * 1970 to 2069. */
int64_t httpdate_parse(struct bytes text);

/* The three forms of RFC 9110, 5.6.7, letter by letter but for their case: where what is no date
 * means something else than a date (RFC 9111, 5.3). */
int64_t httpdate_parse_exact(struct bytes text);

/* Of a day of the calendar (month and day from 1) and a second of it. */
int64_t httpdate_of(int64_t year, int64_t month, int64_t day, int64_t second);

#define HTTPDATE_TEXT_BYTES 40

/* "Sun, 06 Nov 1994 08:49:37 GMT" into text (HTTPDATE_TEXT_BYTES large), of a time from 1970 to
 * 9999; returns text. */
char *httpdate_format(char *text, int64_t at_ms);

/* ISO 8601 as the web uses it (RFC 3339, W3C date and time): "2030-06-25", "2030-06", "2030",
 * "2030-06-25T15:00", with seconds, fraction, 'T' or a space, "Z", "+02:00", "+0200" or "+02";
 * without a zone UTC. */
int64_t isodate_parse(struct bytes text);

#endif
