/* Is anybody still there?  One question, one large answer, a ring that runs empty. */
#include "frame.h"

/* Where the parts stand on this panel. */
struct warning {
    struct tbc_rect words;
    struct tbc_rect ring;
    struct tbc_rect more;
    struct tbc_rect end;
    double title_cap;
    double more_cap;
    enum tbc_align align;
};

static struct warning
place_wide(const struct frame *f)
{
    struct tbc_rect room = f->panel->zone.content_left;
    double side = room.h * 0.8;
    struct warning p = {
        .ring = { f->left + 4, room.y + (room.h - side) / 2, side, side },
        .more = f->panel->zone.primary,
        .end = f->panel->zone.second,
        .title_cap = f->cap.title * 1.1,
        .more_cap = f->cap.primary * 1.15,
        .align = TBC_ALIGN_START,
    };

    p.words = (struct tbc_rect){ p.ring.x + side + 10, p.ring.y + side * 0.14, 0, 0 };
    p.words.w = f->right - p.words.x;
    p.more.x = f->left + (f->right - f->left) * 0.42;
    p.more.w = f->right - p.more.x;
    p.end.w = p.more.x - f->left - 3;
    return p;
}

static struct warning
place_tall(const struct frame *f)
{
    bool low = f->down > 0;
    double side = low ? 92 : 140;
    double w = f->right - f->left;
    double bottom = f->panel->zone.second.y;

    return (struct warning){
        .words = { f->left, low ? 164 : 70, w, 0 },
        .ring = { (f->panel->width_mm - side) / 2, low ? 216 : 146, side, side },
        .more = { f->left, bottom - 55, w, 46 },
        .end = { f->left, bottom - 4, w, 24 },
        .title_cap = 14,
        .more_cap = 11,
        .align = TBC_ALIGN_CENTRE,
    };
}

static void
put_words(struct frame *f, const struct warning *p)
{
    struct tbc_type title = {
        .cap = p->title_cap, .line = 1.25, .align = p->align, .bold = true
    };
    struct tbc_type lead = { .cap = f->cap.lead > 8 ? 8 : f->cap.lead,
                             .line = 1.4,
                             .align = p->align };
    struct tbc_rect at = p->words;

    title = kiosk_narrowed(f, title, kiosk_say(f, "idle.title"), at.w);
    at.y += kiosk_put(f, at, &title, f->look.c.on_band, kiosk_say(f, "idle.title")).h +
            (f->wide ? 2 : 4);
    (void)kiosk_put(f, at, &lead, f->look.c.on_band_soft,
                    kiosk_say_with(f, "idle.lead", "s", f->v->seconds_left));
}

static void
put_ring(struct frame *f, const struct warning *p)
{
    struct tbc_rect ring = tbc_rect_inset(p->ring, p->ring.w * 8 / 140);
    struct tbc_type figure = {
        .cap = p->ring.w * 0.27, .line = 1.2, .align = TBC_ALIGN_CENTRE, .bold = true
    };
    double line = figure.cap / 0.727 * figure.line;
    double left =
        f->v->seconds_whole > 0 ? (double)f->v->seconds_left / f->v->seconds_whole : 0;
    char seconds[12];

    tbc_screen_arc(
        f->s, ring, 0, 1,
        &(struct tbc_pen){ .colour = f->look.c.band_line, .width = ring.w / 62 });
    tbc_screen_arc(
        f->s, ring, 0, left > 1 ? 1 : left,
        &(struct tbc_pen){ .colour = f->look.c.band_go, .width = ring.w / 17.7 });
    (void)kiosk_put(
        f, (struct tbc_rect){ ring.x, ring.y + (ring.h - line) / 2, ring.w, line },
        &figure, f->look.c.on_band, kiosk_digits(f->v->seconds_left, seconds));
    tbc_screen_silent(f->s);
}

void
kiosk_draw_time_out(struct frame *f)
{
    struct frame_plan plan = { .dark = true };
    struct tbc_button more = { .kind = TBC_BUTTON_WARM,
                               .label = kiosk_say(f, "idle.more"),
                               .centre = true,
                               .pad = 6,
                               .event = KIOSK_EV_MORE_TIME };
    struct tbc_button end = { .kind = TBC_BUTTON_QUIET,
                              .label = kiosk_say(f, "idle.end"),
                              .icon = "wipe",
                              .centre = true,
                              .pad = 4,
                              .gap = 4,
                              .event = KIOSK_EV_END };
    struct warning p;

    kiosk_frame_begin(f, &plan);
    p = f->wide ? place_wide(f) : place_tall(f);
    put_words(f, &p);
    put_ring(f, &p);
    more.at = p.more;
    more.type = (struct tbc_type){ .cap = p.more_cap, .line = 1.15, .bold = true };
    kiosk_fit_label(f, &more);
    kiosk_put_button(f, more);
    end.at = p.end;
    end.icon_mm = f->is.icon;
    end.type = (struct tbc_type){ .cap = f->cap.button, .line = 1.15 };
    kiosk_fit_label(f, &end);
    kiosk_put_button(f, end);
    kiosk_frame_tools(f);
}
