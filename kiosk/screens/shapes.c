/* Shapes of more than one screen. */
#include "frame.h"

#include <math.h>

void
kiosk_put_ticket(struct frame *f, struct tbc_rect at, double cut)
{
    double bite = f->wide ? 3.2 : 5;
    struct tbc_box hole = plain_box(f->look.c.ground, 99);
    struct tbc_point line[2] = { { at.x + 2 * bite, at.y + cut },
                                 { at.x + at.w - 2 * bite, at.y + cut } };

    tbc_widget_card(f->s, &f->look, at);
    for (int side = 0; side < 2; side++) {
        double x = side == 0 ? at.x : at.x + at.w;

        tbc_screen_box(f->s, round_at(x, at.y + cut, bite), &hole);
        tbc_screen_arc(f->s, round_at(x, at.y + cut, bite), side == 0 ? 0 : 0.5, 0.5,
                       &(struct tbc_pen){ .colour = f->look.contrast
                                                        ? f->look.c.line
                                                        : f->look.c.hairline,
                                          .width = f->look.contrast ? 0.9 : 0.5 });
        /* what is left of the round hole beyond the card's edge */
        tbc_screen_box(f->s,
                       (struct tbc_rect){ side == 0 ? x - bite - 0.2 : x + 0.05,
                                          at.y + cut - bite - 0.2, bite + 0.15,
                                          2 * bite + 0.4 },
                       &(struct tbc_box){ .fill = f->look.c.ground,
                                          .outline = TBC_NO_COLOUR,
                                          .shadow = TBC_NO_COLOUR });
    }
    tbc_screen_line(
        f->s, line, 2,
        &(struct tbc_pen){ .colour = f->look.c.line, .width = 0.7, .dash = 2.5 });
}

void
kiosk_put_countdown(struct frame *f, struct tbc_rect at, double cap)
{
    double whole = f->v->seconds_whole > 0 ? f->v->seconds_whole : 1;
    double left = f->v->seconds_left > 0 ? f->v->seconds_left / whole : 0;
    double stroke = at.w * 0.104;
    struct tbc_rect ring = tbc_rect_inset(at, stroke / 2 + at.w * 0.01);
    struct tbc_type type = {
        .cap = cap, .line = 1, .align = TBC_ALIGN_CENTRE, .bold = true
    };
    double h = cap / 0.727;
    char text[12];

    tbc_screen_arc(f->s, ring, 0, 1,
                   &(struct tbc_pen){ .colour = f->look.c.hairline, .width = stroke });
    tbc_screen_arc(f->s, ring, 0, left > 1 ? 1 : left,
                   &(struct tbc_pen){ .colour = f->look.c.primary, .width = stroke });
    (void)kiosk_put(f, (struct tbc_rect){ at.x, at.y + (at.h - h) / 2, at.w, h }, &type,
                    f->look.c.ink, kiosk_digits(f->v->seconds_left, text));
    tbc_screen_silent(f->s);
}
