/* May we check your face?  "No" is as large and as bold as "yes" and loses nothing. */
#include "frame.h"

static const struct row_style on_card = { .choices = false };

static void
yes_and_no(struct frame *f)
{
    struct frame_action yes = { .label = say(f, "consent.yes"),
                                .end = "forward",
                                .event = KIOSK_EV_AGREE };
    struct frame_action no = { .label = say(f, "consent.no"),
                               .end = "staffed-desk",
                               .event = KIOSK_EV_REFUSE };

    frame_actions(f, &yes, &no, 1, f->is.primary_h);
}

static struct tbc_button
notice_button(struct frame *f)
{
    double cap = f->wide ? f->theme->is.type_text * 0.9
                         : (f->cap.text > 7   ? 7
                            : f->cap.text < 5 ? 5
                                              : f->cap.text);
    struct tbc_button b = {
        .kind = TBC_BUTTON_QUIET,
        .label = say(f, f->wide ? "consent.more_short" : "consent.more"),
        .icon = "info",
        .icon_mm = f->wide ? 6.5 : 9,
        .pad = f->wide ? 3.5 : 6,
        .gap = f->wide ? 2.5 : 4,
        .type = { .cap = cap, .line = 1.15 },
        .event = KIOSK_EV_NOTICE,
    };
    double label = tbc_screen_measure(f->s, &b.type, b.label, 0).w;

    b.at.w = label + 2 * b.pad + b.icon_mm + b.gap + 0.6;
    b.at.h = f->wide ? 15 : cap > 5.5 ? 22 : 18;
    return b;
}

void
draw_consent(struct frame *f)
{
    struct row rows[] = {
        { .icon = "face", .text = say(f, "consent.use") },
        { .icon = "wipe", .text = say(f, "consent.keep") },
        { .icon = "staffed-desk", .text = say(f, "consent.free") },
    };
    struct frame_plan plan = { .step = 1, .title = say(f, "consent.title") };
    struct tbc_button notice;
    double bottom;

    f->wide = f->panel->zone.content_left.w > 0;
    if (f->wide) {
        plan.title_room = 62 * f->panel->zone.primary.h / 17;
    } else {
        plan.lead = say(f, "consent.lead");
    }
    frame_begin(f, &plan);
    yes_and_no(f);
    notice = notice_button(f);
    if (f->wide) {
        notice.at.x = f->right - notice.at.w;
        notice.at.y = f->panel->zone.band.h + 3.5;
        f->top = f->top > notice.at.y + 18 ? f->top + 2 : notice.at.y + 18;
        put_button(f, notice);
        (void)put_rows(f, rows, 3, &on_card);
    } else {
        f->top += f->v->low ? 7 : f->v->size == KIOSK_SIZE_HUGE ? 22 : 19;
        notice.at.x = f->left;
        bottom = f->bottom;
        f->bottom -= notice.at.h + 12;
        notice.at.y = put_rows(f, rows, 3, &on_card) + 13;
        if (f->pages > 1 || notice.at.y + notice.at.h > bottom - 4) {
            notice.at.y = bottom - notice.at.h - 4;
        }
        put_button(f, notice);
    }
    frame_tools(f);
}

void
draw_notice(struct frame *f)
{
    struct row rows[] = {
        { .icon = "shield", .text = say(f, "notice.who") },
        { .icon = "face", .text = say(f, "notice.what") },
        { .icon = "certificate", .text = say(f, "notice.why") },
        { .icon = "wipe", .text = say(f, "notice.keep") },
        { .icon = "lock", .text = say(f, "notice.record") },
        { .icon = "staffed-desk", .text = say(f, "notice.choice") },
        { .icon = "history", .text = say(f, "notice.rights") },
    };
    struct frame_plan plan = { .step = 1, .title = say(f, "notice.title") };
    struct row_style style = { .choices = false };

    frame_begin(f, &plan);
    f->top += f->wide ? 2 : 8;
    frame_back_and_desk(f, NULL, true);
    f->bottom -= f->wide ? 0 : 6;
    style.cap = f->wide ? f->cap.text * 0.85 : f->cap.text * 1.25;
    style.cap = style.cap < f->theme->text_cap[TBC_SIZE_SMALL]
                    ? f->theme->text_cap[TBC_SIZE_SMALL]
                : style.cap > 9 ? 9
                                : style.cap;
    f->is.disc = f->wide ? f->is.disc * 0.8 : 22;
    (void)put_rows(f, rows, sizeof rows / sizeof *rows, &style);
    frame_tools(f);
}
