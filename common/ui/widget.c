#include "ui/widget.h"

#include <stddef.h>

struct tbc_look
tbc_look_of(const struct tbc_theme *theme, enum tbc_theme_name name, bool dark)
{
    struct tbc_look look = {
        .c = theme->palette[name],
        .theme = theme,
        .outline = name == TBC_THEME_CONTRAST ? theme->is.stroke_outline_contrast
                                              : theme->is.stroke_outline,
        .contrast = name == TBC_THEME_CONTRAST,
        .dark = dark,
    };

    if (dark) { /* the same words for other colours, so that no screen need ask */
        look.c.ground = look.c.surface = look.c.quiet = look.c.band;
        look.c.ink = look.c.on_quiet = look.c.on_band;
        look.c.ink_soft = look.c.on_band_soft;
        look.c.line = look.c.band_line;
        look.c.hairline = look.contrast ? look.c.band_line : look.c.primary;
    }
    return look;
}

struct paint {
    uint32_t fill;
    uint32_t ink;
    uint32_t outline;
    double stroke;
    double radius;
    bool shadow;
    bool dashed;
};

static struct paint
paint_of(const struct tbc_look *look, enum tbc_button_kind kind)
{
    const struct tbc_palette *c = &look->c;
    const struct tbc_measures *is = &look->theme->is;
    struct paint quiet = { c->quiet,          c->on_quiet, c->line, look->outline,
                           is->radius_button, false,       false };
    struct paint key = { c->surface,     c->ink,          c->line, look->outline,
                         is->radius_key, !look->contrast, false };
    struct paint plain = { TBC_NO_COLOUR,     c->ink, TBC_NO_COLOUR, 0,
                           is->radius_button, false,  false };

    switch (kind) {
    case TBC_BUTTON_PRIMARY:
        plain.fill = c->primary;
        plain.ink = c->on_primary;
        return plain;
    case TBC_BUTTON_WARM:
        plain.fill = c->on_band;
        plain.ink = c->band;
        return plain;
    case TBC_BUTTON_QUIET:
        return quiet;
    case TBC_BUTTON_CHOSEN:
        return (struct paint){ c->primary_soft,
                               c->on_primary_soft,
                               c->primary,
                               is->stroke_selected,
                               is->radius_button,
                               false,
                               false };
    case TBC_BUTTON_KEY:
        return key;
    case TBC_BUTTON_KEY_ALT:
        key.fill = look->contrast ? c->surface : c->primary_soft;
        key.ink = look->contrast ? c->primary : c->on_primary_soft;
        return key;
    case TBC_BUTTON_TOOL:
        return plain;
    case TBC_BUTTON_TOOL_ON:
        plain.fill = c->primary_soft;
        plain.ink = c->on_primary_soft;
        return plain;
    case TBC_BUTTON_OFF:
        plain.fill = look->contrast ? c->surface : c->hairline;
        plain.ink = c->ink_soft;
        plain.outline = look->contrast ? c->line : TBC_NO_COLOUR;
        plain.stroke = look->outline;
        plain.dashed = look->contrast;
        return plain;
    }
    return quiet;
}

/* The very next frame after a touch. */
static struct paint
press(const struct tbc_look *look, enum tbc_button_kind kind, struct paint p)
{
    p.shadow = false;
    if (kind == TBC_BUTTON_PRIMARY) {
        p.fill = look->c.primary_pressed;
    } else if (kind == TBC_BUTTON_WARM) {
        p.fill = look->c.on_band_soft;
    } else if (kind != TBC_BUTTON_OFF) {
        p.fill = look->c.primary_soft;
        p.ink = look->c.on_primary_soft;
    }
    return p;
}

static bool
is_tool(const struct tbc_button *b)
{
    return b->kind == TBC_BUTTON_TOOL || b->kind == TBC_BUTTON_TOOL_ON;
}

/* Icon over label, both in the middle. */
static void
draw_tool(struct tbc_screen *s, const struct tbc_button *b, uint32_t ink)
{
    struct tbc_type type = b->type;
    struct tbc_size text;
    double y;

    type.align = TBC_ALIGN_CENTRE;
    text = tbc_screen_measure(s, &type, b->label, b->at.w - 1);
    y = b->at.y + (b->at.h - b->icon_mm - b->gap - text.h) / 2;
    tbc_screen_icon(s, b->icon,
                    (struct tbc_rect){ b->at.x + (b->at.w - b->icon_mm) / 2, y,
                                       b->icon_mm, b->icon_mm },
                    ink);
    y += b->icon_mm + b->gap;
    (void)tbc_screen_text(
        s, (struct tbc_rect){ b->at.x + 0.5, y, b->at.w - 1, b->at.y + b->at.h - y },
        &type, ink, b->label);
}

static double
head_mm(const struct tbc_button *b)
{
    double mm = b->disc_mm > 0 ? b->disc_mm : b->icon_mm;

    return b->icon != NULL ? mm + (b->label != NULL ? b->gap : 0) : 0;
}

/* What the label may take in width. */
static double
label_width(const struct tbc_button *b)
{
    return b->at.w - 2 * b->pad - head_mm(b) -
           (b->end != NULL ? b->end_mm + b->gap : 0);
}

static void
draw_head(struct tbc_screen *s, const struct tbc_look *look, const struct tbc_button *b,
          double x, uint32_t ink)
{
    double middle = b->at.y + b->at.h / 2;

    if (b->disc_mm > 0) {
        tbc_widget_disc(
            s, look,
            (struct tbc_rect){ x, middle - b->disc_mm / 2, b->disc_mm, b->disc_mm },
            b->disc_radius, b->icon);
    } else if (b->icon != NULL) {
        tbc_screen_icon(
            s, b->icon,
            (struct tbc_rect){ x, middle - b->icon_mm / 2, b->icon_mm, b->icon_mm },
            ink);
    }
}

static void
draw_row(struct tbc_screen *s, const struct tbc_look *look, const struct tbc_button *b,
         uint32_t ink)
{
    double room = label_width(b);
    struct tbc_size text = { 0 };
    double x = b->at.x + b->pad;

    if (b->label != NULL) {
        text = tbc_screen_measure(s, &b->type, b->label, room);
    }
    if (b->centre) {
        double slack = room - text.w;

        x += slack > 0 ? slack / 2 : 0;
        room = slack > 0 ? text.w : room;
    }
    draw_head(s, look, b, x, ink);
    if (b->label != NULL) {
        double y = b->at.y + (b->at.h - text.h) / 2;

        (void)tbc_screen_text(
            s,
            (struct tbc_rect){ x + head_mm(b), y, room, b->at.y + b->at.h - y - 0.5 },
            &b->type, ink, b->label);
    }
    if (b->end != NULL) {
        uint32_t end = b->disc_mm > 0 && !b->pressed ? look->c.primary : ink;

        tbc_screen_icon(s, b->end,
                        (struct tbc_rect){ b->at.x + b->at.w - b->pad - b->end_mm,
                                           b->at.y + (b->at.h - b->end_mm) / 2,
                                           b->end_mm, b->end_mm },
                        end);
    }
}

void
tbc_widget_button(struct tbc_screen *screen, const struct tbc_look *look,
                  const struct tbc_button *button)
{
    struct paint p = paint_of(look, button->kind);

    if (button->pressed) {
        p = press(look, button->kind, p);
    }
    tbc_screen_box(screen, button->at,
                   &(struct tbc_box){
                       .fill = p.fill,
                       .outline = p.outline,
                       .shadow = p.shadow ? look->c.hairline : TBC_NO_COLOUR,
                       .stroke = p.stroke,
                       .radius = button->radius > 0 ? button->radius : p.radius,
                       .drop = look->theme->is.stroke_shadow_offset,
                       .dashed = p.dashed,
                   });
    if (is_tool(button)) {
        draw_tool(screen, button, p.ink);
    } else {
        draw_row(screen, look, button, p.ink);
    }
    if (button->event > 0) {
        tbc_screen_touch(screen, button->at, button->event, button->arg);
    }
}

double
tbc_widget_button_height(struct tbc_screen *screen, const struct tbc_button *button,
                         double air)
{
    return tbc_screen_measure(screen, &button->type, button->label, label_width(button))
               .h +
           2 * air;
}

void
tbc_widget_card(struct tbc_screen *screen, const struct tbc_look *look,
                struct tbc_rect at)
{
    tbc_screen_box(screen, at,
                   &(struct tbc_box){
                       .fill = look->c.surface,
                       .outline = look->contrast ? look->c.line : look->c.hairline,
                       .shadow = look->contrast ? TBC_NO_COLOUR : look->c.hairline,
                       .stroke = look->contrast ? look->outline : 0.3,
                       .radius = look->theme->is.radius_card,
                       .drop = look->theme->is.stroke_shadow_offset,
                   });
}

void
tbc_widget_disc(struct tbc_screen *screen, const struct tbc_look *look,
                struct tbc_rect at, double radius, const char *icon)
{
    double side = at.w * (radius < at.w / 2 ? 0.61 : 0.54);

    tbc_screen_box(screen, at,
                   &(struct tbc_box){
                       .fill = look->contrast ? TBC_NO_COLOUR : look->c.primary_soft,
                       .outline = look->contrast ? look->c.line : TBC_NO_COLOUR,
                       .shadow = TBC_NO_COLOUR,
                       .stroke = look->outline,
                       .radius = radius,
                   });
    tbc_screen_icon(screen, icon,
                    (struct tbc_rect){ at.x + (at.w - side) / 2,
                                       at.y + (at.h - side) / 2, side, side },
                    look->contrast ? look->c.primary : look->c.on_primary_soft);
}

void
tbc_widget_rule(struct tbc_screen *screen, const struct tbc_look *look, double x,
                double y, double w)
{
    tbc_screen_box(screen, (struct tbc_rect){ x, y, w, 0.25 },
                   &(struct tbc_box){ .fill = look->c.hairline,
                                      .outline = TBC_NO_COLOUR,
                                      .shadow = TBC_NO_COLOUR });
}
