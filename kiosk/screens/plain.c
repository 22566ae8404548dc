/* Offline, and out of service. */
#include "frame.h"

void
kiosk_draw_offline(struct frame *f)
{
    struct row rows[] = {
        { .icon = "id-card", .text = kiosk_say(f, "offline.one") },
        { .icon = "printer", .text = kiosk_say(f, "offline.two") },
        { .icon = "staffed-desk", .text = kiosk_say(f, "offline.three") },
    };
    struct frame_plan plan = { .step = 1,
                               .title = kiosk_say(f, "offline.title"),
                               .lead = kiosk_say(f, "offline.lead") };
    struct frame_action go = { .label = kiosk_say(f, "offline.go"),
                               .end = "forward",
                               .event = KIOSK_EV_NEXT };
    struct tbc_type type = { .line = 1.35 };
    double icon;
    double room;
    double h;
    double y;

    kiosk_frame_begin(f, &plan);
    kiosk_frame_back_and_desk(f, &go, true);
    icon = f->wide ? 6 : 9;
    type.cap = f->wide ? f->cap.tool * 1.15 : f->cap.text * 1.08;
    room = f->right - f->left - icon - 5;
    h = tbc_screen_measure(f->s, &type, kiosk_say(f, "offline.back"), room).h;
    f->top += f->wide ? 3 : f->v->low ? 8 : 21;
    f->bottom -= h + (f->wide ? 4 : 21);
    y = kiosk_put_rows(f, rows, 3, &(struct row_style){ .numbered = true });
    y = f->pages > 1 ? f->bottom + (f->wide ? 2 : 6) : y + (f->wide ? 3 : 19);
    kiosk_put_icon(f, "repeat", f->left, y + (type.cap / 0.727 * 1.35 - icon) / 2, icon,
                   f->look.c.ink_soft);
    (void)kiosk_put(f, (struct tbc_rect){ f->left + icon + 5, y, room, h + 0.5 }, &type,
                    f->look.c.ink_soft, kiosk_say(f, "offline.back"));
    kiosk_frame_tools(f);
}

/* Nobody has chosen a language on a machine that does not work: both are shown. */
void
kiosk_draw_closed(struct frame *f)
{
    struct frame_plan plan = { .dark = true };
    struct tbc_type title = { .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true };
    struct tbc_type lead = { .line = 1.4, .align = TBC_ALIGN_CENTRE };
    double w = f->panel->width_mm;
    double side;
    struct tbc_rect at;

    kiosk_frame_begin(f, &plan);
    side = f->wide ? f->panel->height_mm * 0.22 : 64;
    at = (struct tbc_rect){ f->left, f->panel->height_mm * (f->wide ? 0.17 : 0.24),
                            w - 2 * f->left, 0 };
    kiosk_put_icon(f, "wrench", (w - side) / 2, at.y, side, f->look.c.band_go);
    at.y += side + (f->wide ? 5 : 20);
    for (int i = 0; i < TBC_LANGUAGE_N; i++) {
        enum tbc_language l = i == 0 ? TBC_ZH : TBC_EN;

        title.cap = (f->wide ? 7.8 : 14) * (i == 0 ? 1 : 0.72);
        lead.cap = (f->wide ? 4.8 : 7.2) * (i == 0 ? 1 : 0.85);
        at.y += kiosk_put(f, at, &title, f->look.c.on_band,
                          tbc_words_say(f->words, l, "closed.title"))
                    .h;
        at.y += f->wide ? 0.5 : 4;
        at.y += kiosk_put(f, at, &lead, f->look.c.on_band_soft,
                          tbc_words_say(f->words, l, "closed.lead"))
                    .h;
        at.y += f->wide ? 3 : 18;
    }
    tbc_screen_slide_to(f->s, (struct tbc_rect){ 0 });
}
