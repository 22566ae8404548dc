#include "frame.h"

#include <math.h>
#include <string.h>

#define TITLE_TOP     15.0 /* below the band */
#define TITLE_TOP_LOW 10.0
#define LINE_TITLE    1.25

/* A size of the drawing, grown with the text button up to what the layout bears. */
static double
grown(const struct frame *f, double normal, double most)
{
    double times = f->theme->text_cap[f->v->size] / f->theme->text_cap[TBC_SIZE_NORMAL];
    double v = normal * times;

    v = v > most ? most : v;
    return v < f->theme->text_cap[TBC_SIZE_SMALL] ? f->theme->text_cap[TBC_SIZE_SMALL]
                                                  : v;
}

static void
size_portrait(struct frame *f)
{
    const struct tbc_measures *is = &f->theme->is;

    f->cap = (struct sizes){
        .text = grown(f, is->type_text, 9),
        .button = grown(f, is->type_button, 7.6),
        .lead = grown(f, is->type_lead, 9),
        .item = grown(f, is->type_item, 9),
        .primary = grown(f, is->type_primary, 9.4),
        .title = f->theme->title_cap[f->v->size],
        .tool = f->v->size == KIOSK_SIZE_SMALL ? is->type_text
                                               : grown(f, is->type_text, 6.2),
        .step = f->v->size == KIOSK_SIZE_SMALL ? 5.2 : grown(f, 5.2, 6.2),
        .key = f->v->low ? 9 : is->type_key,
        .number = f->v->low ? 9.2 : is->type_number,
    };
    f->is = (struct gauge){ .primary_h = is->touch_primary_portrait,
                            .second_h = 20,
                            .pad = 8,
                            .gap = 5,
                            .icon = 8,
                            .large = 10,
                            .disc = 30,
                            .between = 5 };
}

/* The 10.1 inch panel is drawn; the 15.6 inch one is the same drawing, larger. */
static void
size_landscape(struct frame *f)
{
    const struct tbc_measures *is = &f->theme->is;
    double t = f->panel->zone.primary.h / 17;
    double title =
        f->theme->title_cap[f->v->size] / f->theme->title_cap[TBC_SIZE_NORMAL];

    f->cap = (struct sizes){
        .text = grown(f, is->type_text, 6.2 * t),
        .button = grown(f, is->type_text, 5.6 * t),
        .lead = grown(f, is->type_text, 5.6 * t),
        .item = grown(f, 4.8 * t, 6.2 * t),
        .primary = grown(f, is->type_landscape_10_primary * t, 6.4 * t),
        .title = is->type_landscape_10_title * t * fmin(title, 1.1),
        .tool = is->type_landscape_10_tool * t,
        .step = is->type_landscape_10_tool * t,
        .key = is->type_landscape_10_key * t,
        .number = 5.8 * t,
    };
    f->is = (struct gauge){ .primary_h = f->panel->zone.primary.h,
                            .second_h = f->panel->zone.second.h,
                            .pad = 4 * t,
                            .gap = 3 * t,
                            .icon = 6.5 * t,
                            .large = 7.5 * t,
                            .disc = 15 * t,
                            .between = 3 };
}

const char *
kiosk_say(const struct frame *f, const char *key)
{
    return tbc_words_say(f->words, (enum tbc_language)f->v->language, key);
}

const char *
kiosk_say_fill(const struct frame *f, const char *key, const struct tbc_fill *fills,
               size_t n)
{
    const char *text;

    tbc_buf_clear(f->scratch);
    tbc_words_fill(kiosk_say(f, key), fills, n, f->scratch);
    text = tbc_buf_str(f->scratch);
    return text != NULL ? text : "";
}

const char *
kiosk_digits(int value, char out[static 12])
{
    struct tbc_buf b;
    const char *text;

    tbc_buf_init_fixed(&b, out, 12);
    (void)tbc_buf_printf(&b, "%d", value);
    text = tbc_buf_str(&b);
    return text != NULL ? text : "";
}

const char *
kiosk_say_with(const struct frame *f, const char *key, const char *name, int value)
{
    char text[12];

    return kiosk_say_fill(f, key, &(struct tbc_fill){ name, kiosk_digits(value, text) },
                          1);
}

const char *
kiosk_clock_of(struct frame *f, struct tbc_utc t)
{
    struct tbc_civil c = tbc_utc_civil(t, TBC_CIVIL_OFFSET_S);
    const char *text;

    tbc_buf_clear(f->scratch);
    (void)tbc_buf_printf(f->scratch, "%02d:%02d", c.hour, c.minute);
    text = tbc_buf_str(f->scratch);
    return text != NULL ? text : "";
}

struct tbc_size
kiosk_put(struct frame *f, struct tbc_rect room, const struct tbc_type *type,
          uint32_t colour, const char *text)
{
    return tbc_screen_text(f->s, room, type, colour, text);
}

void
kiosk_put_icon(struct frame *f, const char *name, double x, double y, double side,
               uint32_t colour)
{
    tbc_screen_icon(f->s, name, (struct tbc_rect){ x, y, side, side }, colour);
}

bool
kiosk_is_pressed(const struct frame *f, enum kiosk_event event, int arg)
{
    return event != KIOSK_EV_NONE && f->v->pressed == event && f->v->pressed_arg == arg;
}

/* While a touch is being served only the way to a person stays open. */
void
kiosk_put_button(struct frame *f, struct tbc_button button)
{
    button.pressed = kiosk_is_pressed(f, (enum kiosk_event)button.event, button.arg);
    if (f->v->quiet && button.event != KIOSK_EV_DESK) {
        button.event = KIOSK_EV_NONE;
    }
    tbc_widget_button(f->s, &f->look, &button);
}

void
kiosk_put_note(struct frame *f, struct tbc_rect at, const char *icon, const char *text)
{
    struct tbc_type type = { .cap = f->cap.button, .line = 1.25, .bold = true };
    double pad = f->wide ? 3 : 6;
    double side = f->wide ? 7 : 10;
    double gap = f->wide ? 2.5 : 5;
    double room = at.w - 2 * pad - side - gap;
    struct tbc_box box = plain_box(f->look.c.bad_soft, f->theme->is.radius_button);
    double h = tbc_screen_measure(f->s, &type, text, room).h;

    while (h > at.h - 1 && type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -=
            0.1; /* a message keeps its place: it is the letters that give way */
        h = tbc_screen_measure(f->s, &type, text, room).h;
    }
    box.outline = f->look.c.bad_line;
    box.stroke = f->look.outline;
    tbc_screen_box(f->s, at, &box);
    kiosk_put_icon(f, icon, at.x + pad, at.y + (at.h - side) / 2, side,
                   f->look.c.on_bad_soft);
    (void)kiosk_put(f,
                    (struct tbc_rect){ at.x + pad + side + gap, at.y + (at.h - h) / 2,
                                       room, h + 0.5 },
                    &type, f->look.c.on_bad_soft, text);
}

struct tbc_type
kiosk_narrowed(struct frame *f, struct tbc_type type, const char *text, double w)
{
    while (tbc_screen_measure(f->s, &type, text, 0).w > w &&
           type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -= 0.1;
    }
    return type;
}

double
kiosk_balanced_width(struct frame *f, const struct tbc_type *type, const char *text,
                     double w)
{
    double h = tbc_screen_measure(f->s, type, text, w).h;
    double least = tbc_screen_measure(f->s, type, text, 0).w * 0.45;

    if (h < 1.5 * tbc_screen_measure(f->s, type, text, 0).h) {
        return w; /* one line */
    }
    while (w - 3 > least) {
        struct tbc_size is = tbc_screen_measure(f->s, type, text, w - 3);

        if (is.h > h || is.w > w - 3) {
            break;
        }
        w -= 3;
    }
    return w;
}

/* The question of the screen: one line where it fits, smaller before it is broken in two. */
static double
put_title(struct frame *f, const char *text, double y, double w)
{
    struct tbc_type type = {
        .cap = f->cap.title, .line = LINE_TITLE, .track = -0.005, .bold = true
    };
    double least = f->cap.title * (f->wide ? 0.78 : w < 200 ? 0.68 : 0.84);
    struct tbc_size is;

    while (tbc_screen_measure(f->s, &type, text, 0).w > w && type.cap > least) {
        type.cap -= 0.1;
    }
    is = tbc_screen_measure(f->s, &type, text, w);
    if (is.w > w) { /* one word is wider than the column */
        while (is.w > w && type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
            type.cap -= 0.1;
            is = tbc_screen_measure(f->s, &type, text, w);
        }
    }
    w = kiosk_balanced_width(f, &type, text, w);
    (void)kiosk_put(f, (struct tbc_rect){ f->left, y, w, is.h + 0.5 }, &type,
                    f->look.c.ink, text);
    return y + is.h;
}

static void
put_heading(struct frame *f, const struct frame_plan *plan)
{
    const struct tbc_rect *band = &f->panel->zone.band;
    double w = f->right - f->left - plan->title_room;
    double y = f->wide ? f->panel->zone.content_left.y - 0.5
                       : band->y + band->h + f->down +
                             (f->down > 0 ? TITLE_TOP_LOW : TITLE_TOP);

    if (plan->title != NULL) {
        y = put_title(f, plan->title, y, w);
    }
    /* the lead is the first to go when room is short */
    if (plan->lead != NULL && f->v->size != KIOSK_SIZE_HUGE &&
        !(f->down > 0 && f->v->size == KIOSK_SIZE_LARGE)) {
        struct tbc_type type = { .cap = f->cap.lead };
        double gap = f->wide ? 1.5 : 4;
        double least = type.cap * (f->wide ? 0.8 : 0.9);

        while (type.cap > least &&
               tbc_screen_measure(f->s, &type, plan->lead, 0).w > f->right - f->left) {
            type.cap -= 0.1;
        }
        y += gap +
             kiosk_put(f, (struct tbc_rect){ f->left, y + gap, f->right - f->left, 0 },
                       &type, f->look.c.ink_soft, plan->lead)
                 .h;
    }
    f->top = y;
}

void
kiosk_frame_begin(struct frame *f, const struct frame_plan *plan)
{
    enum tbc_theme_name name = f->v->contrast ? TBC_THEME_CONTRAST : TBC_THEME_LIGHT;
    const struct tbc_zones *z = &f->panel->zone;
    double slide;

    f->wide = z->content_left.w > 0;
    f->look = tbc_look_of(f->theme, name, plan->dark);
    f->band = tbc_look_of(f->theme, name, true);
    /* attract and closed have everything to touch at the bottom already */
    f->down = f->v->low && f->v->screen != KIOSK_ATTRACT && f->v->screen != KIOSK_CLOSED
                  ? f->panel->low_shift
                  : 0;
    if (f->wide) {
        size_landscape(f);
        f->left = z->content_left.x;
        f->right = z->content_right.x + z->content_right.w;
        f->bottom = z->content_left.y + z->content_left.h;
    } else {
        size_portrait(f);
        f->left = z->title.x;
        f->right = z->title.x + z->title.w;
        f->bottom = z->second.y + z->second.h;
    }
    tbc_screen_begin(f->s, f->look.c.ground);
    kiosk_put_band(f, plan);
    slide = 1 - kiosk_eased(f, f->theme->is.motion_screen);
    tbc_screen_slide_from(f->s, 6 * slide, slide);
    f->top = z->band.h + f->down;
    if (plan->title != NULL) {
        put_heading(f, plan);
    }
}
