/* Time: two clocks that cannot be mixed, and the calendar.  No function here reads a clock;
 * "now" is always a parameter (sys/clock.h reads it, once, at the edge).
 *
 * Sources: RFC 3339 (text form), RFC 8392 sec. 2 (NumericDate); the railway's day is civil time
 * at UTC+8, without daylight saving since 1992. */
#ifndef TBC_BASE_WHEN_H
#define TBC_BASE_WHEN_H

#include "base/err.h"
#include "base/span.h"

struct tbc_utc {
    int64_t s; /* seconds since 1970-01-01T00:00:00Z; 0 means "none" in our records */
};

struct tbc_mono {
    int64_t ms; /* milliseconds of a steady clock, meaningful only as a difference */
};

#define TBC_CIVIL_OFFSET_S 28800 /* 8 h */
#define TBC_DAY_S          INT64_C(86400)
/* 20 characters and a NUL: 2026-02-03T09:41:00Z */
#define TBC_RFC3339_SIZE 21

struct tbc_civil {
    int year;  /* 1..9999 */
    int month; /* 1..12 */
    int day;   /* 1..31 */
    int hour;
    int minute;
    int second;
};

/* Days since 1970-01-01 of the proleptic Gregorian calendar; any date, valid or not, is folded. */
int64_t tbc_days_from_civil(int year, int month, int day);

bool tbc_date_is_valid(int year, int month, int day);

/* Broken-down time at an offset from UTC in seconds (TBC_CIVIL_OFFSET_S for passengers). */
struct tbc_civil tbc_utc_civil(struct tbc_utc t, int offset_s);

/* The railway's day number (days since 1970-01-01 at UTC+8), and the second at which it begins. */
int64_t tbc_utc_day(struct tbc_utc t);
struct tbc_utc tbc_day_start(int64_t day);

/* "2026-02-03T09:41:00Z" or with an offset "+08:00"; fractions are accepted and dropped.
 * Errors: ERR_MALFORMED, leaving *t { 0 }. */
enum tbc_err tbc_utc_parse(struct tbc_span text, struct tbc_utc *t) TBC_MUST_CHECK;

/* Always in UTC with a Z; "" for a time outside the years 1..9999, which has no such form. */
void tbc_utc_format(struct tbc_utc t, char out[static TBC_RFC3339_SIZE]);

#endif
