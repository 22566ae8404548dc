/* RFC 3339: what is read is a time of the years 1 to 9999 and, written, reads back as the same. */
#include "base/when.h"
#include "fuzz.h"

void
fuzz_target(struct tbc_span in)
{
    char text[TBC_RFC3339_SIZE];
    struct tbc_utc t;
    struct tbc_utc again;
    struct tbc_civil c;

    if (tbc_utc_parse(in, &t) != TBC_OK) {
        FUZZ_HOLDS(t.s == 0);
        return;
    }
    tbc_utc_format(t, text);
    FUZZ_HOLDS(tbc_utc_parse(tbc_span_str(text), &again) == TBC_OK && again.s == t.s);
    c = tbc_utc_civil(t, 0);
    FUZZ_HOLDS(tbc_date_is_valid(c.year, c.month, c.day));
    FUZZ_HOLDS(tbc_day_start(tbc_utc_day(t)).s <= t.s &&
               t.s < tbc_day_start(tbc_utc_day(t) + 1).s);
}
