#include "base/when.h"
#include "suite.h"

#include <string.h>

static void
every_day_of_four_centuries_round_trips(void)
{
    int64_t first = tbc_days_from_civil(1800, 1, 1);
    int64_t last = tbc_days_from_civil(2200, 1, 1);

    for (int64_t d = first; d < last; d++) {
        struct tbc_civil c = tbc_utc_civil((struct tbc_utc){ d * TBC_DAY_S }, 0);

        if (!tbc_date_is_valid(c.year, c.month, c.day) ||
            tbc_days_from_civil(c.year, c.month, c.day) != d) {
            CU_FAIL("a day does not round trip");
            return;
        }
    }
}

static void
leap_days_exist_only_in_leap_years(void)
{
    CU_ASSERT(tbc_date_is_valid(2000, 2, 29));
    CU_ASSERT(tbc_date_is_valid(2024, 2, 29));
    CU_ASSERT_FALSE(tbc_date_is_valid(1900, 2, 29));
    CU_ASSERT_FALSE(tbc_date_is_valid(1999, 2, 29));
    CU_ASSERT_FALSE(tbc_date_is_valid(2024, 4, 31));
    CU_ASSERT_FALSE(tbc_date_is_valid(2024, 13, 1));
    CU_ASSERT_FALSE(tbc_date_is_valid(2024, 0, 1));
    CU_ASSERT_FALSE(tbc_date_is_valid(2024, 1, 0));
    CU_ASSERT_FALSE(tbc_date_is_valid(10000, 1, 1));
    CU_ASSERT_FALSE(tbc_date_is_valid(0, 1, 1));
}

static void
rfc3339_parses_offsets_and_fractions(void)
{
    static const struct {
        const char *text;
        const char *utc;
    } good[] = {
        { "2026-02-03T09:41:00Z", "2026-02-03T09:41:00Z" },
        { "2026-02-03T09:41:00+08:00", "2026-02-03T01:41:00Z" },
        { "2026-02-03T00:00:00.123456-00:30", "2026-02-03T00:30:00Z" },
        { "1969-12-31T23:59:59Z", "1969-12-31T23:59:59Z" },
    };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++) {
        struct tbc_utc t;
        char text[TBC_RFC3339_SIZE];

        CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str(good[i].text), &t), TBC_OK);
        tbc_utc_format(t, text);
        CU_ASSERT_STRING_EQUAL(text, good[i].utc);
    }
}

static void
rfc3339_refuses_what_is_not_a_time(void)
{
    static const char *const bad[] = {
        "",
        "2026-02-03",
        "2026-02-03 09:41:00Z",
        "2026-02-03T09:41:00",
        "2026-02-30T09:41:00Z",
        "2026-02-03T24:00:00Z",
        "2026-02-03T09:60:00Z",
        "2026-02-03T09:41:00+8:00",
        "2026-02-03T09:41:00Zx",
        "2026-02-03T09:41:00.Z",
        "99999-02-03T09:41:00Z",
        "2026-02-03T09:41:60Z",
        "2026-02-03T09:4:00Z",
        "2026-02-03T09:41:00*08:00",
        "2026-02-03T09:41:00+08.00",
        "2026-02-03T09:41:00+08:",
        "2026-02-03T09:41:00+24:00",
        "2026-02-03T09:41:00+08:60",
        "2026-02-03T09:41:00+ 8:00",
        "2026-02-03T09:41:00+08:00 ",
        "2026-02-03T09:41:00.5",
        "2026-02-03T09:41:00./Z",
        "2026-02-03T09:41:00.5/Z",
        "2026-02-03T09:41:00.5:Z",
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_utc t = { 7 };

        CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str(bad[i]), &t), TBC_ERR_MALFORMED);
        CU_ASSERT_EQUAL(t.s, 0);
    }
}

static void
rfc3339_refuses_an_offset_that_leads_out_of_the_calendar(void)
{
    struct tbc_utc t;
    struct tbc_utc again;
    char text[TBC_RFC3339_SIZE];

    CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str("0001-01-01T00:00:00+00:01"), &t),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str("9999-12-31T23:59:59-00:01"), &t),
                    TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str("9999-12-31T23:59:59+00:01"), &t),
                    TBC_OK);
    tbc_utc_format(t, text);
    CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str(text), &again), TBC_OK);
    CU_ASSERT_EQUAL(again.s, t.s);
}

static void
the_railway_day_begins_at_midnight_in_utc_plus_8(void)
{
    struct tbc_utc t;

    CU_ASSERT_EQUAL(tbc_utc_parse(tbc_span_str("2026-02-03T00:00:00+08:00"), &t),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_day_start(tbc_utc_day(t)).s, t.s);
    CU_ASSERT_EQUAL(tbc_utc_day((struct tbc_utc){ t.s - 1 }), tbc_utc_day(t) - 1);
    CU_ASSERT_EQUAL(tbc_utc_day((struct tbc_utc){ t.s + TBC_DAY_S - 1 }),
                    tbc_utc_day(t));
    CU_ASSERT_EQUAL(tbc_utc_civil(t, TBC_CIVIL_OFFSET_S).hour, 0);
}

/* RFC 3339 sec. 1: "0 AD to 9999 AD"; another number of digits would be another format. */
static void
a_time_outside_four_digits_of_a_year_has_no_text(void)
{
    static const struct {
        int year;
        const char *text;
    } rows[] = {
        { 1, "0001-01-01T00:00:00Z" },
        { 9999, "9999-01-01T00:00:00Z" },
        { 0, "" },
        { 10000, "" },
        { -400, "" },
        { -12345, "" },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_utc t = { tbc_days_from_civil(rows[i].year, 1, 1) * TBC_DAY_S };
        char text[TBC_RFC3339_SIZE];

        CU_ASSERT_EQUAL(tbc_utc_civil(t, 0).year, rows[i].year);
        tbc_utc_format(t, text);
        CU_ASSERT_STRING_EQUAL(text, rows[i].text);
    }
}

TBC_SUITE("base/when", TEST(every_day_of_four_centuries_round_trips),
          TEST(leap_days_exist_only_in_leap_years),
          TEST(rfc3339_parses_offsets_and_fractions),
          TEST(rfc3339_refuses_what_is_not_a_time),
          TEST(a_time_outside_four_digits_of_a_year_has_no_text),
          TEST(rfc3339_refuses_an_offset_that_leads_out_of_the_calendar),
          TEST(the_railway_day_begins_at_midnight_in_utc_plus_8))
