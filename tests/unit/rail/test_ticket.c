#include "rail/ticket.h"
#include "suite.h"

#include <stdio.h>

/* Midnight of 2026-02-03 in the railway's civil time. */
#define MIDNIGHT INT64_C(1770048000)
#define MINUTE   60

static struct tbc_utc
at(int64_t minutes)
{
    return (struct tbc_utc){ MIDNIGHT + minutes * MINUTE };
}

static struct tbc_trip
trip(const char *from, int64_t minutes)
{
    struct tbc_trip t = { .train = "G1207", .to = "QYB", .depart = at(minutes) };

    (void)snprintf(t.from, sizeof t.from, "%s", from);
    return t;
}

static void
the_day_begins_at_midnight_of_the_railway(void)
{
    struct tbc_utc before = { MIDNIGHT - 1 };

    CU_ASSERT_EQUAL(tbc_utc_day(at(0)), tbc_utc_day(before) + 1);
    CU_ASSERT_EQUAL(tbc_day_start(tbc_utc_day(at(0))).s, MIDNIGHT);
}

/* Times in minutes from midnight; boarding from 30 to 3 minutes before departure. */
static void
a_trip_is_judged_by_station_and_window(void)
{
    static const struct {
        const char *from;
        int64_t depart;
        int64_t now_s; /* seconds from midnight */
        enum tbc_verdict verdict;
    } rows[] = {
        /* at noon, to the second */
        { "YZN", 720, 690 * MINUTE - 1, TBC_TOO_EARLY },
        { "YZN", 720, 690 * MINUTE, TBC_ACCEPTED_OFFLINE },
        { "YZN", 720, 717 * MINUTE - 1, TBC_ACCEPTED_OFFLINE },
        { "YZN", 720, 717 * MINUTE, TBC_TOO_LATE },
        { "YZN", 720, 720 * MINUTE, TBC_TOO_LATE },
        { "YZN", 720, 900 * MINUTE, TBC_TOO_LATE },
        /* ten past midnight: the window begins the day before */
        { "YZN", 10, -20 * MINUTE - 1, TBC_TOO_EARLY },
        { "YZN", 10, -20 * MINUTE, TBC_ACCEPTED_OFFLINE },
        { "YZN", 10, -1, TBC_ACCEPTED_OFFLINE },
        { "YZN", 10, 0, TBC_ACCEPTED_OFFLINE },
        { "YZN", 10, 7 * MINUTE - 1, TBC_ACCEPTED_OFFLINE },
        { "YZN", 10, 7 * MINUTE, TBC_TOO_LATE },
        /* one minute past: it ends the day before, too */
        { "YZN", 1, -2 * MINUTE - 1, TBC_ACCEPTED_OFFLINE },
        { "YZN", 1, -2 * MINUTE, TBC_TOO_LATE },
        /* another day's train of the same number */
        { "YZN", 720 + 1440, 700 * MINUTE, TBC_TOO_EARLY },
        { "YZN", 720 - 1440, 700 * MINUTE, TBC_TOO_LATE },
        /* from elsewhere, whatever the time; also the way back to here */
        { "QYB", 720, 700 * MINUTE, TBC_WRONG_STATION },
        { "QYB", 720, 0, TBC_WRONG_STATION },
        { "", 720, 700 * MINUTE, TBC_WRONG_STATION },
        { "YZNX", 720, 700 * MINUTE, TBC_WRONG_STATION },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_trip t = trip(rows[i].from, rows[i].depart);
        struct tbc_utc now = { MIDNIGHT + rows[i].now_s };

        CU_ASSERT_EQUAL(tbc_ticket_judge(&t, "YZN", &tbc_policy_default, now),
                        rows[i].verdict);
    }
}

static void
boarding_begins_when_too_early_ends(void)
{
    struct tbc_trip t = trip("YZN", 10);
    struct tbc_utc opens = tbc_ticket_opens(&t, &tbc_policy_default);
    struct tbc_utc before = { opens.s - 1 };

    CU_ASSERT_EQUAL(opens.s, MIDNIGHT - 20 * MINUTE);
    CU_ASSERT_EQUAL(tbc_ticket_judge(&t, "YZN", &tbc_policy_default, opens),
                    TBC_ACCEPTED_OFFLINE);
    CU_ASSERT_EQUAL(tbc_ticket_judge(&t, "YZN", &tbc_policy_default, before),
                    TBC_TOO_EARLY);
}

/* Of each row the first is nearer; the other way round it is not. */
static void
the_nearest_of_two_trips_is_named(void)
{
    static const struct {
        struct {
            const char *from;
            int64_t depart;
        } trips[2];
    } rows[] = {
        /* now is midnight: 10 can be boarded, 60 is coming, -60 has gone */
        { { { "YZN", 10 }, { "YZN", 60 } } },   { { { "YZN", 10 }, { "YZN", -1 } } },
        { { { "YZN", 10 }, { "QYB", 10 } } },   { { { "YZN", 60 }, { "YZN", -60 } } },
        { { { "YZN", 1440 }, { "YZN", -1 } } }, { { { "YZN", -60 }, { "QYB", 10 } } },
        { { { "YZN", 5 }, { "YZN", 20 } } },    { { { "YZN", 60 }, { "YZN", 90 } } },
        { { { "YZN", -60 }, { "YZN", -90 } } }, { { { "QYB", 60 }, { "QYB", -1 } } },
        { { { "QYB", 60 }, { "SHH", 90 } } },   { { { "QYB", -60 }, { "SHH", -90 } } },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_trip t[2];
        enum tbc_verdict v[2];

        for (size_t k = 0; k < 2; k++) {
            t[k] = trip(rows[i].trips[k].from, rows[i].trips[k].depart);
            v[k] = tbc_ticket_judge(&t[k], "YZN", &tbc_policy_default, at(0));
        }
        CU_ASSERT(tbc_ticket_is_nearer(&t[0], v[0], &t[1], v[1], at(0)));
        CU_ASSERT_FALSE(tbc_ticket_is_nearer(&t[1], v[1], &t[0], v[0], at(0)));
        CU_ASSERT_FALSE(tbc_ticket_is_nearer(&t[0], v[0], &t[0], v[0], at(0)));
    }
}

/* Whether a certificate of that day can be good at some second of the window, or be issued before the
 * departure. */
static bool
is_day_of_use(int64_t day, int64_t depart)
{
    const struct tbc_policy *p = &tbc_policy_default;
    const int64_t last_issue = tbc_day_start(day + 1).s - 1;

    return tbc_day_start(day).s <= depart &&
           last_issue + p->validity_s > depart - p->gate_opens_s;
}

/* For a departure at each minute of two days. */
static void
every_day_of_a_good_certificate_is_counted_and_no_other(void)
{
    for (int64_t m = 0; m < INT64_C(2) * 1440; m++) {
        const int64_t depart = MIDNIGHT + m * MINUTE;
        int64_t first;
        int64_t last;

        tbc_ticket_days((struct tbc_utc){ depart }, &tbc_policy_default, &first, &last);
        for (int64_t d = first - 3; d <= last + 3; d++) {
            CU_ASSERT_EQUAL(is_day_of_use(d, depart), d >= first && d <= last);
        }
    }
}

static void
ten_past_midnight_takes_a_certificate_of_two_days_before(void)
{
    const int64_t day = tbc_utc_day(at(0));
    int64_t first;
    int64_t last;

    /* issued 23:50 on the day before yesterday, good until 23:50 yesterday: boarding began 23:40 */
    tbc_ticket_days(at(10), &tbc_policy_default, &first, &last);
    CU_ASSERT_EQUAL(first, day - 2);
    CU_ASSERT_EQUAL(last, day);
    tbc_ticket_days(at(31), &tbc_policy_default, &first, &last);
    CU_ASSERT_EQUAL(first, day - 1);
}

TBC_SUITE("rail/ticket", TEST(the_day_begins_at_midnight_of_the_railway),
          TEST(a_trip_is_judged_by_station_and_window),
          TEST(boarding_begins_when_too_early_ends),
          TEST(the_nearest_of_two_trips_is_named),
          TEST(every_day_of_a_good_certificate_is_counted_and_no_other),
          TEST(ten_past_midnight_takes_a_certificate_of_two_days_before))
