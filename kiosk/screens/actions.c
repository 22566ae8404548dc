/* The rows at the bottom, and the tools. */
#include "frame.h"

#include <math.h>

static struct tbc_button
action_button(const struct frame *f, const struct frame_action *a, bool primary)
{
    return (struct tbc_button){
        .kind = !primary ? TBC_BUTTON_QUIET
                : a->off ? TBC_BUTTON_OFF
                         : TBC_BUTTON_PRIMARY,
        .label = a->label,
        .icon = a->icon,
        .end = a->off ? NULL : a->end,
        .icon_mm = primary ? f->is.large : f->is.icon,
        .end_mm = f->is.large,
        .pad = primary ? f->is.pad * 1.25 : f->is.pad,
        .gap = f->is.gap,
        .type = { .cap = primary ? f->cap.primary : f->cap.button,
                  .line = 1.15,
                  .bold = primary },
        .event = (int)a->event,
    };
}

static double
label_room(const struct tbc_button *b)
{
    return b->at.w - 2 * b->pad - (b->icon != NULL ? b->icon_mm + b->gap : 0) -
           (b->end != NULL ? b->end_mm + b->gap : 0);
}

/* A label that is too wide for its place gives up padding, then a fifth of its size, then stands
 * in two lines, then gets smaller still. */
void
kiosk_fit_label(struct frame *f, struct tbc_button *b)
{
    double least = b->type.cap * 0.8;
    double floor = f->theme->text_cap[TBC_SIZE_SMALL] + 0.1;
    double pad = b->pad * 0.6;

    while (tbc_screen_measure(f->s, &b->type, b->label, 0).w > label_room(b)) {
        if (b->pad > pad) {
            b->pad -= 0.25;
        } else if (b->type.cap > least && b->type.cap > floor) {
            b->type.cap -= 0.1;
        } else {
            break;
        }
    }
    while (b->type.cap > floor) {
        struct tbc_size is =
            tbc_screen_measure(f->s, &b->type, b->label, label_room(b));

        if (is.w <= label_room(b) && is.h <= b->at.h - 2) {
            return;
        }
        b->type.cap -= 0.1;
    }
}

static void
put_second(struct frame *f, struct tbc_rect row, const struct frame_action *second,
           size_t n)
{
    double gap = f->wide ? f->theme->is.space_gap : 4;
    double x = row.x;
    double room = row.w - gap * (double)(n - 1);

    for (size_t i = 0; i < n; i++) {
        struct tbc_button b = action_button(f, &second[i], false);
        double share = second[i].share > 0 ? second[i].share : 1.0 / (double)n;

        b.at = (struct tbc_rect){ x, row.y, room * share, row.h };
        if (n == 2 && second[i].share <= 0 && !f->wide) {
            b.pad = 5;
            b.gap = 4;
        }
        if (second[i].end != NULL) { /* the equal of the primary: as large and bold */
            b.pad = f->is.pad * 1.25;
            b.type.cap = f->cap.primary * 0.92;
            b.type.bold = true;
        }
        kiosk_fit_label(f, &b);
        kiosk_put_button(f, b);
        x += b.at.w + gap;
    }
}

void
kiosk_frame_actions(struct frame *f, const struct frame_action *primary,
                    const struct frame_action *second, size_t second_n, double second_h)
{
    struct tbc_rect row = f->panel->zone.second;
    struct tbc_rect main = f->panel->zone.primary;

    if (f->wide && primary == NULL) {
        row.w = f->right - f->left;
    }
    if (!f->wide) {
        double h = second_h > 0 ? second_h : f->is.second_h;

        row.y = f->panel->zone.second.y + f->panel->zone.second.h - h;
        row.h = h;
        main.y = (second_n > 0 ? row.y - 4 : row.y + h) - main.h;
        f->bottom = primary != NULL ? main.y : second_n > 0 ? row.y : row.y + h;
    }
    if (second_n > 0) {
        put_second(f, row, second, second_n);
    } else if (f->wide && primary != NULL) {
        main.w += main.x - f->left;
        main.x = f->left;
    }
    if (primary != NULL) {
        struct tbc_button b = action_button(f, primary, true);

        b.at = main;
        kiosk_fit_label(f, &b);
        kiosk_put_button(f, b);
    }
}

void
kiosk_frame_back_and_desk(struct frame *f, const struct frame_action *primary,
                          bool back)
{
    struct frame_action row[2] = {
        { .label = kiosk_say(f, "go.back"), .icon = "back", .event = KIOSK_EV_BACK },
        { .label = kiosk_say(f, f->wide ? "go.desk_short" : "go.desk"),
          .icon = "staffed-desk",
          .event = KIOSK_EV_DESK },
    };

    row[0].share = f->wide ? (primary != NULL ? 0.39 : 0.3) : 74.0 / 231;
    row[1].share = 1 - row[0].share;
    if (back) {
        kiosk_frame_actions(f, primary, row, 2, 0);
    } else {
        row[1].share = 1;
        kiosk_frame_actions(f, primary, row + 1, 1, 0);
    }
}

/* The bar's ground and edge; content that slides in stays out of it. */
static void
put_tool_ground(struct frame *f)
{
    struct tbc_rect zone = f->panel->zone.tools;
    double top = f->panel->zone.band.h + f->down;
    double thick = f->look.contrast ? 0.9 : 0.4;
    struct tbc_box ground = plain_box(f->look.c.surface, 0);
    struct tbc_box edge =
        plain_box(f->look.contrast ? f->look.c.line : f->look.c.hairline, 0);

    tbc_screen_slide_to(
        f->s, f->wide ? (struct tbc_rect){ 0, top, zone.x, f->panel->height_mm - top }
                      : (struct tbc_rect){ 0, top, zone.w, zone.y - top });
    tbc_screen_box(f->s, zone, &ground);
    tbc_screen_box(f->s,
                   f->wide ? (struct tbc_rect){ zone.x, zone.y, thick, zone.h }
                           : (struct tbc_rect){ zone.x, zone.y, zone.w, thick },
                   &edge);
}

/* The i-th of n equal cells. */
static struct tbc_rect
tool_cell(const struct frame *f, double i, double n)
{
    struct tbc_rect zone = f->panel->zone.tools;
    double gap = f->wide ? 2 : 3;
    double h = (zone.h - 4 - (n - 1) * gap) / n;
    double w = (zone.w - 2 * f->left - (n - 1) * gap) / n;

    if (f->wide) {
        return (struct tbc_rect){ zone.x + 1, zone.y + 2 + i * (h + gap), zone.w - 2,
                                  h };
    }
    return (struct tbc_rect){ f->left + i * (w + gap), zone.y + 3, w, zone.h - 8 };
}

void
kiosk_frame_tools(struct frame *f)
{
    static const struct {
        const char *icon;
        const char *key;
        enum kiosk_event event;
    } tools[] = {
        { "language", "tool.language", KIOSK_EV_SHEET },
        { "text-size", "tool.size", KIOSK_EV_SIZE },
        { "contrast", "tool.contrast", KIOSK_EV_CONTRAST },
        { "low-reach", "tool.low", KIOSK_EV_LOW },
        { "speak", "tool.speak", KIOSK_EV_SPEAK },
    };
    const struct kiosk_view *v = f->v;
    bool on[] = { v->screen == KIOSK_LANGUAGE, v->size != KIOSK_SIZE_NORMAL,
                  v->contrast, v->low, false };
    bool low = f->panel->low_shift > 0; /* a low panel is within reach as it is */
    int place = 0;

    put_tool_ground(f);
    for (size_t i = 0; i < sizeof tools / sizeof *tools; i++) {
        if (tools[i].event == KIOSK_EV_LOW && !low) {
            continue;
        }
        kiosk_put_button(f,
                         (struct tbc_button){
                             .kind = on[i] ? TBC_BUTTON_TOOL_ON : TBC_BUTTON_TOOL,
                             .at = tool_cell(f, place++, low ? 5 : 4),
                             .label = kiosk_say(f, tools[i].key),
                             .icon = tools[i].icon,
                             .icon_mm = f->wide ? f->cap.tool * 2.2 : 11,
                             .gap = f->wide ? 1.2 : 2,
                             .type = { .cap = f->cap.tool, .line = 1.1, .bold = on[i] },
                             .event = (int)tools[i].event,
                         });
    }
}
