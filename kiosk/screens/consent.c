/* May we check your face?  "No" is as large and as bold as "yes" and loses nothing. */
#include "frame.h"

static const struct row_style on_card = { .choices = false };

static void
yes_and_no(struct frame *f)
{
    struct frame_action yes = { .label = kiosk_say(f, "consent.yes"),
                                .end = "forward",
                                .event = KIOSK_EV_AGREE };
    struct frame_action no = { .label = kiosk_say(f, "consent.no"),
                               .end = "staffed-desk",
                               .event = KIOSK_EV_REFUSE };

    kiosk_frame_actions(f, &yes, &no, 1, f->is.primary_h);
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
        .label = kiosk_say(f, f->wide ? "consent.more_short" : "consent.more"),
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

/* What is asked for where gates compare faces too has words of its own. */
static const char *
say_or_gate(struct frame *f, const char *key, const char *gate_key)
{
    return kiosk_say(f, f->v->gate_faces ? gate_key : key);
}

void
kiosk_draw_consent(struct frame *f)
{
    struct row rows[] = {
        { .icon = "face", .text = kiosk_say(f, "consent.use") },
        { .icon = "wipe", .text = say_or_gate(f, "consent.keep", "consent.keep_gate") },
        { .icon = "staffed-desk", .text = kiosk_say(f, "consent.free") },
    };
    struct frame_plan plan = { .step = 1, .title = kiosk_say(f, "consent.title") };
    struct tbc_button notice;
    double bottom;

    f->wide = f->panel->zone.content_left.w > 0;
    if (f->wide) {
        plan.title_room = 62 * f->panel->zone.primary.h / 17;
    } else {
        plan.lead = say_or_gate(f, "consent.lead", "consent.lead_gate");
    }
    kiosk_frame_begin(f, &plan);
    yes_and_no(f);
    notice = notice_button(f);
    if (f->wide) {
        notice.at.x = f->right - notice.at.w;
        notice.at.y = f->panel->zone.band.h + 3.5;
        f->top = f->top > notice.at.y + 18 ? f->top + 2 : notice.at.y + 18;
        kiosk_put_button(f, notice);
        (void)kiosk_put_rows(f, rows, 3, &on_card);
    } else {
        f->top += f->v->low ? 7 : f->v->size == KIOSK_SIZE_HUGE ? 22 : 19;
        notice.at.x = f->left;
        bottom = f->bottom;
        f->bottom -= notice.at.h + 12;
        notice.at.y = kiosk_put_rows(f, rows, 3, &on_card) + 13;
        if (f->pages > 1 || notice.at.y + notice.at.h > bottom - 4) {
            notice.at.y = bottom - notice.at.h - 4;
        }
        kiosk_put_button(f, notice);
    }
    kiosk_frame_tools(f);
}

void
kiosk_draw_notice(struct frame *f)
{
    struct row rows[] = {
        { .icon = "shield", .text = kiosk_say(f, "notice.who") },
        { .icon = "face", .text = kiosk_say(f, "notice.what") },
        { .icon = "certificate",
          .text = say_or_gate(f, "notice.why", "notice.why_gate") },
        { .icon = "wipe", .text = say_or_gate(f, "notice.keep", "notice.keep_gate") },
        { .icon = "lock", .text = kiosk_say(f, "notice.record") },
        { .icon = "staffed-desk", .text = kiosk_say(f, "notice.choice") },
        { .icon = "history", .text = kiosk_say(f, "notice.rights") },
    };
    struct frame_plan plan = { .step = 1, .title = kiosk_say(f, "notice.title") };
    struct row_style style = { .choices = false };

    kiosk_frame_begin(f, &plan);
    f->top += f->wide ? 2 : 8;
    kiosk_frame_back_and_desk(f, NULL, true);
    f->bottom -= f->wide ? 0 : 6;
    style.cap = f->wide ? f->cap.text * 0.85 : f->cap.text * 1.25;
    style.cap = style.cap < f->theme->text_cap[TBC_SIZE_SMALL]
                    ? f->theme->text_cap[TBC_SIZE_SMALL]
                : style.cap > 9 ? 9
                                : style.cap;
    f->is.disc = f->wide ? f->is.disc * 0.8 : 22;
    (void)kiosk_put_rows(f, rows, sizeof rows / sizeof *rows, &style);
    kiosk_frame_tools(f);
}
