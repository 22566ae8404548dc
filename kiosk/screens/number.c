/* Type the number of a document: digits and X, digits and two letters, or a whole keyboard.
 * Nothing moves when the message changes. */
#include "frame.h"

#include <string.h>

/* How each kind is asked for. */
static const struct ask {
    const char *title;
    const char *left; /* while more is wanted; {n} */
    unsigned char group[3];
    unsigned char least;
} asks[TBC_DOC_N] = {
    [TBC_DOC_CN] = { "number.title", "number.left", { 6, 8, 4 }, 18 },
    [TBC_DOC_PASSPORT] = { "number.passport", "number.some", { 9, 0, 0 }, 5 },
    [TBC_DOC_HKM] = { "number.permit", "number.least", { 1, 8, 2 }, 9 },
    [TBC_DOC_TW] = { "number.permit", "number.least", { 8, 2, 0 }, 8 },
};

struct field {
    struct tbc_rect at;
    double cap;
    double cell_w;
    double gap;   /* between groups */
    double under; /* the strokes' thickness */
    double radius;
    bool two_rows; /* the last group stands below */
    bool start;    /* begins at the left edge */
};

/* The sentence for what is wrong, NULL when nothing is. */
static const char *
fault_text(const struct frame *f)
{
    if (f->v->number_unknown) {
        return kiosk_say(f, "number.unknown");
    }
    switch (f->v->number_fault) {
    case TBC_DOC_FINE:
    case TBC_DOC_TOO_SHORT:
        return NULL;
    case TBC_DOC_TOO_LONG:
        return kiosk_say(f, "number.long");
    case TBC_DOC_BAD_LETTER:
        return kiosk_say(f, "number.letter");
    case TBC_DOC_BAD_BIRTH:
        return kiosk_say(f, "number.birth");
    case TBC_DOC_BAD_CHECK:
        return kiosk_say(f, "number.check");
    }
    return NULL;
}

static const char *
state_text(const struct frame *f, const struct ask *ask)
{
    int typed = (int)strlen(f->v->number);
    bool ready = f->v->number_fault == TBC_DOC_FINE && typed >= ask->least;

    if (ready) {
        return kiosk_say(f, "number.ok");
    }
    return kiosk_say_with(f, ask->left, "n",
                          ask->least > typed ? ask->least - typed : ask->least);
}

static void
put_cell(struct frame *f, const struct field *field, double x, double y, size_t i)
{
    size_t typed = strlen(f->v->number);
    double line = field->cap / 0.727 * 1.25;
    struct tbc_rect at = { x, y, field->cell_w, line + field->under };
    struct tbc_box tint = plain_box(f->look.c.primary_soft, 1);
    struct tbc_box stroke =
        plain_box(i == typed ? f->look.c.primary : f->look.c.line, 0);
    struct tbc_type type = {
        .cap = field->cap, .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true
    };
    char letter[2] = { '\0', '\0' };

    if (i < typed) {
        letter[0] = f->v->number[i];
        (void)kiosk_put(f, (struct tbc_rect){ x - 1, y, field->cell_w + 2, line + 0.1 },
                        &type, f->look.c.ink, letter);
        tbc_screen_silent(f->s);
        return;
    }
    if (i == typed) {
        tint.top_only = true;
        tbc_screen_box(f->s, at, &tint);
    }
    tbc_screen_box(f->s, (struct tbc_rect){ x, y + line, field->cell_w, field->under },
                   &stroke);
}

static double
groups_width(const struct field *field, const unsigned char *group, int from, int to)
{
    double w = 0;
    int shown = 0;

    for (int g = from; g < to; g++) {
        if (group[g] > 0) {
            w += group[g] * (field->cell_w + 0.9) + (shown > 0 ? field->gap : 0);
            shown++;
        }
    }
    return w;
}

static void
put_field(struct frame *f, const struct field *field, const struct ask *ask, bool bad)
{
    struct tbc_box box = { .fill = f->look.c.surface,
                           .outline = bad ? f->look.c.bad_line : f->look.c.primary,
                           .shadow = TBC_NO_COLOUR,
                           .stroke = f->theme->is.stroke_selected,
                           .radius = field->radius };
    double line = field->cap / 0.727 * 1.25 + field->under;
    double rows = field->two_rows ? 2 : 1;
    double between = 1.5;
    double y = field->at.y + (field->at.h - rows * line - (rows - 1) * between) / 2;
    int first = field->two_rows ? 2 : 3;
    double w = groups_width(field, ask->group, 0, first);
    double x0 = field->start ? field->at.x + 5 : field->at.x + (field->at.w - w) / 2;
    double x = x0;
    size_t i = 0;

    tbc_screen_box(f->s, field->at, &box);
    for (int g = 0; g < 3; g++) {
        if (g == first) {
            x = x0;
            y += line + between;
        }
        for (int n = 0; n < ask->group[g]; n++, i++) {
            put_cell(f, field, x + 0.45, y, i);
            x += field->cell_w + 0.9;
        }
        x += field->gap;
    }
}

static struct tbc_button
key_button(const struct frame *f, struct tbc_rect at, double cap)
{
    return (struct tbc_button){
        .kind = TBC_BUTTON_KEY,
        .at = at,
        .icon_mm = cap * 1.6,
        .type = { .cap = cap, .line = 1.15, .align = TBC_ALIGN_CENTRE, .bold = true },
        .centre = true,
        .radius = f->wide ? 2.5 : 0,
    };
}

static void
put_letter(struct frame *f, struct tbc_rect at, double cap, char letter, bool alt)
{
    struct tbc_button b = key_button(f, at, cap);
    char label[2] = { letter, '\0' };

    b.kind = alt ? TBC_BUTTON_KEY_ALT : TBC_BUTTON_KEY;
    b.label = label;
    b.event = KIOSK_EV_KEY;
    b.arg = (unsigned char)letter;
    kiosk_put_button(f, b);
    tbc_screen_silent(f->s);
}

static void
put_backspace(struct frame *f, struct tbc_rect at, double cap)
{
    struct tbc_button b = key_button(f, at, cap);

    b.kind = TBC_BUTTON_KEY_ALT;
    b.icon = "backspace";
    b.pad = (at.w - b.icon_mm) / 2;
    b.centre = false;
    b.event = KIOSK_EV_BACKSPACE;
    kiosk_put_button(f, b);
}

/* Beside the 0: X, or H and M, or a way to begin again. */
static void
put_corner(struct frame *f, struct tbc_rect at, double cap, double gap)
{
    struct tbc_button clear;

    if (f->v->kind == TBC_DOC_CN) {
        put_letter(f, at, cap, 'X', true);
        return;
    }
    if (f->v->kind == TBC_DOC_HKM) {
        at.w = (at.w - gap) / 2;
        put_letter(f, at, cap, 'H', true);
        at.x += at.w + gap;
        put_letter(f, at, cap, 'M', true);
        return;
    }
    clear = key_button(f, at, cap);
    clear.kind = TBC_BUTTON_KEY_ALT;
    clear.label = kiosk_say(f, "number.clear");
    clear.type.cap = cap * 0.62;
    clear.event = KIOSK_EV_CLEAR;
    kiosk_put_button(f, clear);
}

/* The last row.  Where half a key would be too small for H and M, it has four keys. */
static void
put_last_row(struct frame *f, struct tbc_rect row, double gap, double cap)
{
    double third = (row.w - 2 * gap) / 3;
    bool four =
        f->v->kind == TBC_DOC_HKM && (third - gap) / 2 < f->theme->is.touch_control;
    double w = four ? (row.w - 3 * gap) / 4 : third;
    struct tbc_rect key = { row.x, row.y, four ? 2 * w + gap : w, row.h };

    put_corner(f, key, cap, gap);
    key.x += key.w + gap;
    key.w = w;
    put_letter(f, key, cap, '0', false);
    key.x += w + gap;
    put_backspace(f, key, cap);
}

static void
put_keypad(struct frame *f, struct tbc_rect at, double gap, double cap)
{
    double w = (at.w - 2 * gap) / 3;
    double h = (at.h - 3 * gap) / 4;

    for (int i = 0; i < 9; i++) {
        int column = i % 3;
        int row = i / 3;
        struct tbc_rect key = { at.x + column * (w + gap), at.y + row * (h + gap), w,
                                h };

        put_letter(f, key, cap, (char)('1' + i), false);
    }
    put_last_row(f, (struct tbc_rect){ at.x, at.y + 3 * (h + gap), at.w, h }, gap, cap);
}

/* Ten keys a row, the third row half a key in, as on every keyboard. */
static void
put_keyboard(struct frame *f, struct tbc_rect at, double gap, double cap)
{
    static const char *const rows[] = { "1234567890", "QWERTYUIOP", "ASDFGHJKL",
                                        "ZXCVBNM" };
    double w = (at.w - 9 * gap) / 10;
    double h = (at.h - 3 * gap) / 4;

    for (int r = 0; r < 4; r++) {
        double x = at.x + (r >= 2 ? (w + gap) / 2 : 0);
        double y = at.y + r * (h + gap);

        for (const char *c = rows[r]; *c != '\0'; c++) {
            put_letter(f, (struct tbc_rect){ x, y, w, h }, cap, *c, r == 0);
            x += w + gap;
        }
        if (r == 3) {
            put_backspace(f, (struct tbc_rect){ x, y, at.x + at.w - x, h }, cap);
        }
    }
}

static struct tbc_button
other_button(struct frame *f)
{
    struct tbc_button b = {
        .kind = TBC_BUTTON_QUIET,
        .label = kiosk_say(f, "number.other"),
        .icon = "id-card",
        .icon_mm = f->wide ? 7 : 9,
        .pad = f->wide ? 3 : 5,
        .gap = f->wide ? 2.5 : 3.5,
        .type = { .cap = f->wide ? f->theme->is.type_text : 5, .line = 1.15 },
        .event = KIOSK_EV_OTHER,
    };

    b.at.w = tbc_screen_measure(f->s, &b.type, b.label, 0).w + 2 * b.pad + b.icon_mm +
             b.gap + 0.6;
    b.at.h = f->wide ? 15 : 17;
    return b;
}

/* The reserved place: how many more, that all is well, or what is wrong.  inside: it stands in
 * the field, which has its own red outline. */
static void
put_message(struct frame *f, struct tbc_rect at, const struct ask *ask, bool inside)
{
    const char *fault = fault_text(f);
    const char *text = fault != NULL ? fault : state_text(f, ask);
    struct tbc_type type = { .cap = f->cap.button,
                             .line = 1.25,
                             .bold = fault != NULL };
    double h;

    if (fault != NULL && !inside) {
        kiosk_put_note(f, at, "cross-ring", fault);
        return;
    }
    if (fault != NULL) {
        kiosk_put_icon(f, "cross-ring", at.x, at.y + (at.h - 7) / 2, 7,
                       f->look.c.on_bad_soft);
        at.x += 9.5;
        at.w -= 9.5;
    } else if (!f->wide) {
        at = (struct tbc_rect){ at.x + 2, at.y, at.w - 4, at.h };
    }
    h = tbc_screen_measure(f->s, &type, text, at.w).h;
    while (h > at.h && type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
        type.cap -= 0.1;
        h = tbc_screen_measure(f->s, &type, text, at.w).h;
    }
    (void)kiosk_put(f, (struct tbc_rect){ at.x, at.y + (at.h - h) / 2, at.w, h + 0.3 },
                    &type, fault != NULL ? f->look.c.on_bad_soft : f->look.c.ink_soft,
                    text);
}

static void
put_portrait(struct frame *f, const struct ask *ask, struct tbc_button other)
{
    bool low = f->down > 0;
    double band = f->panel->zone.band.h + f->down;
    double pad_bottom = low ? 362 : 358;
    bool letters = f->v->kind == TBC_DOC_PASSPORT;
    struct field field = {
        .at = { f->left, band + (low ? 35 : 41), f->right - f->left, low ? 27 : 34 },
        .cap = f->cap.number,
        .cell_w = f->cap.number * (f->v->kind == TBC_DOC_CN ? 1.04 : 1.35),
        .gap = f->cap.number * 0.8,
        .under = 0.8,
        .radius = f->theme->is.radius_button,
    };
    struct tbc_rect message = { f->left, field.at.y + field.at.h + (low ? 2 : 4),
                                f->right - f->left, 19 };
    struct tbc_rect keys = { f->left, message.y + message.h + (low ? 3 : 10),
                             f->right - f->left, 0 };

    other.at.x = f->right - other.at.w;
    other.at.y = band + (low ? 11 : 15);
    kiosk_put_button(f, other);
    put_field(f, &field, ask, fault_text(f) != NULL);
    put_message(f, message, ask, false);
    keys.h = pad_bottom - keys.y;
    if (letters) { /* keys twice as high as wide would not look like keys */
        keys.h = keys.h > 161 ? 161 : keys.h;
        put_keyboard(f, keys, 3, low ? 6.6 : 8);
    } else {
        put_keypad(f, keys, 4, f->cap.key);
    }
}

static void
put_landscape(struct frame *f, const struct ask *ask, struct tbc_button other)
{
    struct tbc_rect l = f->panel->zone.content_left;
    struct tbc_rect r = f->panel->zone.content_right;
    double t = f->panel->zone.primary.h / 17;
    double gap = 2.6;
    struct field field = {
        .at = { l.x, l.y + 16 * t, l.w, 34 * t },
        .cap = f->cap.number,
        .cell_w = 4.68 * t,
        .gap = 4 * t,
        .under = 0.8,
        .radius = 4,
        .two_rows = f->v->kind == TBC_DOC_CN,
        .start = true,
    };
    struct tbc_rect message = { l.x, field.at.y + field.at.h + 1.5, l.w, 12.5 * t };

    if (f->v->kind != TBC_DOC_CN) {
        field.cell_w *= 1.3;
        field.gap = 2 * t;
        field.at.h = 20 * t;
        message.y = field.at.y + field.at.h + 3;
    }
    other.at.x = l.x + l.w - other.at.w;
    other.at.y = l.y + l.h - other.at.h;
    put_field(f, &field, ask, fault_text(f) != NULL);
    put_message(f, message, ask, false);
    kiosk_put_button(f, other);
    put_keypad(f, (struct tbc_rect){ r.x, r.y, r.w, r.h - 1.4 }, gap, f->cap.key);
}

/* The keyboard wants the whole width; the message moves into the field. */
static void
put_landscape_letters(struct frame *f, const struct ask *ask, struct tbc_button other)
{
    struct tbc_rect l = f->panel->zone.content_left;
    double t = f->panel->zone.primary.h / 17;
    double w = f->right - f->left;
    double keys_h = 54 * t > l.h - 29 * t ? 54 * t : l.h - 29 * t;
    struct field field = {
        .at = { f->left, l.y + 13.2 * t, w, 12.8 * t },
        .cap = f->cap.number,
        .cell_w = 4.68 * 1.3 * t,
        .gap = 0,
        .under = 0.8,
        .radius = 4,
        .start = true,
    };
    double used = 9 * (field.cell_w + 0.9) + 9;

    other.at.x = f->right - other.at.w;
    other.at.y = l.y - 3.6;
    kiosk_put_button(f, other);
    put_field(f, &field, ask, fault_text(f) != NULL);
    put_message(f,
                (struct tbc_rect){ f->left + used, field.at.y + 1, w - used - 2,
                                   field.at.h - 2 },
                ask, true);
    put_keyboard(f, (struct tbc_rect){ f->left, l.y + l.h - keys_h, w, keys_h }, 2,
                 5 * t);
}

void
kiosk_draw_number(struct frame *f)
{
    const struct ask *ask = &asks[f->v->kind < TBC_DOC_N ? f->v->kind : TBC_DOC_CN];
    bool ready = f->v->number_fault == TBC_DOC_FINE && f->v->number[0] != '\0' &&
                 !f->v->number_unknown;
    struct frame_plan plan = { .step = 2 };
    struct frame_action next = { .label = kiosk_say(f, "go.next"),
                                 .end = "forward",
                                 .event = KIOSK_EV_NEXT,
                                 .off = !ready };
    bool wide = f->panel->zone.content_left.w > 0;
    bool letters = f->v->kind == TBC_DOC_PASSPORT;
    struct tbc_button other;

    f->wide = wide;
    other = other_button(f);
    plan.title = kiosk_say(f, ask->title);
    plan.title_room =
        !wide || letters
            ? other.at.w + (wide ? 3 : 6)
            : f->panel->zone.content_right.x + f->panel->zone.content_right.w -
                  f->panel->zone.content_left.x - f->panel->zone.content_left.w;
    kiosk_frame_begin(f, &plan);
    if (!wide) {
        put_portrait(f, ask, other);
    } else if (letters) {
        put_landscape_letters(f, ask, other);
    } else {
        put_landscape(f, ask, other);
    }
    kiosk_frame_back_and_desk(f, &next, true);
    kiosk_frame_tools(f);
}
