#include "base/when.h"

#include <stdio.h>

/* Civil calendar after Howard Hinnant, "chrono-compatible low-level date algorithms" (2013):
 * eras of 400 years, years that begin in March so that the leap day is the last. */
#define ERA_DAYS    INT64_C(146097)
#define EPOCH_SHIFT 719468

int64_t
tbc_days_from_civil(int year, int month, int day)
{
    int64_t y = month <= 2 ? (int64_t)year - 1 : year;
    int64_t era = (y >= 0 ? y : y - 399) / 400;
    int64_t yoe = y - era * 400;
    int64_t doy = (INT64_C(153) * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

    return era * ERA_DAYS + yoe * 365 + yoe / 4 - yoe / 100 + doy - EPOCH_SHIFT;
}

bool
tbc_date_is_valid(int year, int month, int day)
{
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

    if (year < 1 || year > 9999 || month < 1 || month > 12 || day < 1) {
        return false;
    }
    return day <= lengths[month - 1] + (month == 2 && leap ? 1 : 0);
}

static int64_t
floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0 ? 1 : 0);
}

struct tbc_civil
tbc_utc_civil(struct tbc_utc t, int offset_s)
{
    int64_t local = t.s + offset_s;
    int64_t days = floor_div(local, TBC_DAY_S);
    int64_t rest = local - days * TBC_DAY_S;
    int64_t z = days + EPOCH_SHIFT;
    int64_t era = floor_div(z, ERA_DAYS);
    int64_t doe = z - era * ERA_DAYS;
    int64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
    int64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    int64_t mp = (5 * doy + 2) / 153;
    int month = (int)(mp < 10 ? mp + 3 : mp - 9);

    return (struct tbc_civil){
        .year = (int)(yoe + era * 400) + (month <= 2 ? 1 : 0),
        .month = month,
        .day = (int)(doy - (153 * mp + 2) / 5 + 1),
        .hour = (int)(rest / 3600),
        .minute = (int)(rest / 60 % 60),
        .second = (int)(rest % 60),
    };
}

int64_t
tbc_utc_day(struct tbc_utc t)
{
    return floor_div(t.s + TBC_CIVIL_OFFSET_S, TBC_DAY_S);
}

struct tbc_utc
tbc_day_start(int64_t day)
{
    return (struct tbc_utc){ day * TBC_DAY_S - TBC_CIVIL_OFFSET_S };
}

/* n decimal digits at *at; -1 when there are not that many. */
static int
digits(struct tbc_span text, size_t *at, int n)
{
    int value = 0;

    for (int i = 0; i < n; i++, (*at)++) {
        if (*at >= text.len || text.ptr[*at] < '0' || text.ptr[*at] > '9') {
            return -1;
        }
        value = value * 10 + (text.ptr[*at] - '0');
    }
    return value;
}

static bool
mark(struct tbc_span text, size_t *at, char c)
{
    if (*at >= text.len || text.ptr[*at] != (uint8_t)c) {
        return false;
    }
    (*at)++;
    return true;
}

/* The tail of an RFC 3339 time: fraction, then Z or +hh:mm.  False when malformed. */
static bool
parse_zone(struct tbc_span text, size_t *at, int *offset_s)
{
    int sign;
    int h;
    int m;

    if (mark(text, at, '.')) {
        if (digits(text, at, 1) < 0) {
            return false;
        }
        while (*at < text.len && text.ptr[*at] >= '0' && text.ptr[*at] <= '9') {
            (*at)++;
        }
    }
    *offset_s = 0;
    if (mark(text, at, 'Z')) {
        return *at == text.len;
    }
    sign = mark(text, at, '+') ? 1 : mark(text, at, '-') ? -1 : 0;
    h = digits(text, at, 2);
    if (sign == 0 || !mark(text, at, ':') || (m = digits(text, at, 2)) < 0 || h < 0 ||
        h > 23 || m > 59) {
        return false;
    }
    *offset_s = sign * (h * 3600 + m * 60);
    return *at == text.len;
}

/* An offset may lead out of the calendar: 0001-01-01T00:00:00+08:00 is of a year before the first. */
static bool
is_in_calendar(int64_t s)
{
    return s >= tbc_days_from_civil(1, 1, 1) * TBC_DAY_S &&
           s < tbc_days_from_civil(10000, 1, 1) * TBC_DAY_S;
}

enum tbc_err
tbc_utc_parse(struct tbc_span text, struct tbc_utc *t)
{
    static const char seps[] = { '-', '-', 'T', ':', ':', '\0' };
    static const int widths[] = { 4, 2, 2, 2, 2, 2 };
    int v[6];
    size_t at = 0;
    int offset_s;
    int64_t s;

    *t = (struct tbc_utc){ 0 };
    for (int i = 0; i < 6; i++) {
        v[i] = digits(text, &at, widths[i]);
        if (v[i] < 0 || (i < 5 && !mark(text, &at, seps[i]))) {
            return TBC_ERR_MALFORMED;
        }
    }
    if (!tbc_date_is_valid(v[0], v[1], v[2]) || v[3] > 23 || v[4] > 59 || v[5] > 59 ||
        !parse_zone(text, &at, &offset_s)) {
        return TBC_ERR_MALFORMED;
    }
    s = tbc_days_from_civil(v[0], v[1], v[2]) * TBC_DAY_S + v[3] * INT64_C(3600) +
        v[4] * INT64_C(60) + v[5] - offset_s;
    if (!is_in_calendar(s)) {
        return TBC_ERR_MALFORMED;
    }
    t->s = s;
    return TBC_OK;
}

void
tbc_utc_format(struct tbc_utc t, char out[static TBC_RFC3339_SIZE])
{
    struct tbc_civil c = tbc_utc_civil(t, 0);

    out[0] = '\0';
    if (c.year >= 1 && c.year <= 9999) {
        /* The modulus tells the compiler what the calendar guarantees. */
        (void)snprintf(out, TBC_RFC3339_SIZE, "%04u-%02u-%02uT%02u:%02u:%02uZ",
                       (unsigned)c.year % 10000, (unsigned)c.month % 100,
                       (unsigned)c.day % 100, (unsigned)c.hour % 100,
                       (unsigned)c.minute % 100, (unsigned)c.second % 100);
    }
}
