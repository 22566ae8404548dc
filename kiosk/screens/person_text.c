#include "person_text.h"

#include <string.h>

void
kiosk_person_name(const struct frame *f, char *out, size_t size)
{
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, out, size);
    for (const char *c = f->v->masked_name; *c != '\0'; c++) {
        if (*c == '*' && f->v->language == KIOSK_ZH) {
            (void)tbc_buf_append_str(&b, "＊");
        } else {
            (void)tbc_buf_append_u8(&b, (uint8_t)*c);
        }
    }
    if (tbc_buf_str(&b) == NULL) {
        out[0] = '\0';
    }
}

void
kiosk_person_number(const struct frame *f, char *out, size_t size)
{
    const char *from = f->v->masked_number;
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, out, size);
    for (size_t i = 0; from[i] != '\0'; i++) {
        bool hidden = from[i] == '*';

        if (i > 0 && hidden != (from[i - 1] == '*')) {
            (void)tbc_buf_append_u8(&b, ' ');
        }
        if (hidden) {
            (void)tbc_buf_append_str(&b, "•");
        } else {
            (void)tbc_buf_append_u8(&b, (uint8_t)from[i]);
        }
    }
    if (tbc_buf_str(&b) == NULL) {
        out[0] = '\0';
    }
}

void
kiosk_person_seat(const struct frame *f, const struct tbc_trip *trip,
                  struct tbc_buf *out)
{
    const char *dash = strchr(trip->seat, '-');
    char coach[TBC_SEAT_MAX + 1] = "";
    size_t skip = strspn(trip->seat, "0");

    (void)tbc_buf_append_str(out, trip->train);
    if (dash == NULL || (size_t)(dash - trip->seat) < skip) {
        if (trip->seat[0] != '\0') {
            (void)tbc_buf_printf(out, "　%s", trip->seat);
        }
        return;
    }
    memcpy(coach, trip->seat + skip, (size_t)(dash - trip->seat) - skip);
    (void)tbc_buf_append_str(out, "　");
    tbc_words_fill(
        kiosk_say(f, "confirm.seat"),
        (const struct tbc_fill[]){ { "coach", coach }, { "seat", dash + 1 } }, 2, out);
}

const char *
kiosk_person_until(struct frame *f, struct tbc_utc t)
{
    struct tbc_civil c = tbc_utc_civil(t, TBC_CIVIL_OFFSET_S);
    int64_t days = tbc_utc_day(t) - tbc_utc_day(f->v->now);
    char clock[8];
    char month[4];
    char day[4];
    struct tbc_buf b;

    tbc_buf_init_fixed(&b, clock, sizeof clock);
    (void)tbc_buf_printf(&b, "%02d:%02d", c.hour, c.minute);
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, month, sizeof month);
    (void)tbc_buf_printf(&b, "%d", c.month);
    (void)tbc_buf_str(&b);
    tbc_buf_init_fixed(&b, day, sizeof day);
    (void)tbc_buf_printf(&b, "%d", c.day);
    (void)tbc_buf_str(&b);
    return kiosk_say_fill(
        f,
        days == 0   ? "cert.today"
        : days == 1 ? "cert.tomorrow"
                    : "cert.day",
        (const struct tbc_fill[]){ { "t", clock }, { "month", month }, { "day", day } },
        3);
}
