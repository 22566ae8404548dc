/* Text: Pango shapes and breaks; the lines are placed here, by the height of the first font, so
 * that a line of Chinese and a line of English stand on the same grid. */
#include "canvas_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Of Inter, in font sizes (its OS/2 table): capitals; baseline below the middle of a line. */
#define CAP_HEIGHT   0.727
#define BASE_OF_LINE 0.3638
#define LINE_DEFAULT 1.4

enum tbc_err
canvas_text_init(struct tbc_canvas *c, const struct tbc_theme *theme)
{
    cairo_font_options_t *how = cairo_font_options_create();

    c->fonts = pango_cairo_font_map_new(); /* its own: sizes go when the canvas goes */
    c->pango = pango_font_map_create_context(c->fonts);
    cairo_font_options_set_hint_style(how, CAIRO_HINT_STYLE_NONE);
    cairo_font_options_set_hint_metrics(how, CAIRO_HINT_METRICS_OFF);
    cairo_font_options_set_antialias(how, CAIRO_ANTIALIAS_GRAY);
    pango_cairo_context_set_font_options(c->pango, how);
    cairo_font_options_destroy(how);
    pango_context_set_round_glyph_positions(c->pango, FALSE);
    pango_context_set_language(c->pango, pango_language_from_string("zh-cn"));
    for (int bold = 0; bold < 2; bold++) {
        c->font[bold] = pango_font_description_new();
        pango_font_description_set_family(c->font[bold], theme->family);
        pango_font_description_set_weight(
            c->font[bold], bold != 0 ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
    }
    /* "tnum kern" of the theme becomes Pango's "tnum, kern" */
    for (size_t i = 0, n = 0; theme->features[i] != '\0' && n < TBC_FAMILY_MAX; i++) {
        char letter = theme->features[i];

        if (letter == ' ') {
            letter = ',';
        }
        c->features[n++] = letter;
    }
    return TBC_OK;
}

static void
slot_empty(struct text_slot *slot)
{
    if (slot->text != NULL) {
        tbc_wipe(slot->text, strlen(slot->text));
        free(slot->text);
        g_object_unref(slot->layout);
    }
    *slot = (struct text_slot){ 0 };
}

void
canvas_text_forget(struct tbc_canvas *c)
{
    for (size_t i = 0; i < TEXT_SLOTS; i++) {
        slot_empty(&c->text[i]);
    }
}

void
canvas_text_fini(struct tbc_canvas *c)
{
    canvas_text_forget(c);
    for (int bold = 0; bold < 2; bold++) {
        if (c->font[bold] != NULL) {
            pango_font_description_free(c->font[bold]);
        }
    }
    if (c->pango != NULL) {
        g_object_unref(c->pango);
    }
    if (c->fonts != NULL) {
        g_object_unref(c->fonts);
    }
}

/* FNV-1a, sec. 4 of draft-eastlake-fnv: spreads well enough for a table of 256. */
static uint32_t
hash(const char *text, const struct tbc_type *type, double width)
{
    uint32_t h = 2166136261u;

    for (; *text != '\0'; text++) {
        h = (h ^ (unsigned char)*text) * 16777619u;
    }
    h = (h ^ (uint32_t)(type->cap * 64)) * 16777619u;
    h = (h ^ (uint32_t)(width * 16)) * 16777619u;
    h = (h ^ (type->bold ? 1u : 0u)) * 16777619u;
    return h ^ (h >> 16);
}

static bool
is_same(const struct text_slot *slot, const char *text, const struct tbc_type *type,
        double width)
{
    return slot->text != NULL && !(slot->type.cap < type->cap) &&
           !(slot->type.cap > type->cap) && !(slot->width < width) &&
           !(slot->width > width) && slot->type.bold == type->bold &&
           !(slot->type.track < type->track) && !(slot->type.track > type->track) &&
           strcmp(slot->text, text) == 0;
}

static double
font_px(const struct tbc_canvas *c, const struct tbc_type *type)
{
    return type->cap / CAP_HEIGHT * c->k;
}

static PangoLayout *
shape(struct tbc_canvas *c, const char *text, const struct tbc_type *type, double width)
{
    PangoLayout *layout = pango_layout_new(c->pango);
    PangoAttrList *attrs = pango_attr_list_new();
    PangoFontDescription *font = pango_font_description_copy(c->font[type->bold]);

    pango_font_description_set_absolute_size(font, font_px(c, type) * PANGO_SCALE);
    pango_layout_set_font_description(layout, font);
    pango_font_description_free(font);
    pango_attr_list_insert(attrs, pango_attr_font_features_new(c->features));
    if (type->track < 0 || type->track > 0) {
        pango_attr_list_insert(
            attrs, pango_attr_letter_spacing_new(
                       (int)(type->track * font_px(c, type) * PANGO_SCALE)));
    }
    pango_layout_set_attributes(layout, attrs);
    pango_attr_list_unref(attrs);
    pango_layout_set_text(layout, text, -1);
    if (width > 0) {
        /* half a pixel more, so that a text fits into its own measured width */
        pango_layout_set_width(layout, (int)((width * c->k + 0.5) * PANGO_SCALE));
        pango_layout_set_wrap(layout, PANGO_WRAP_WORD);
    }
    return layout;
}

static double
line_px(PangoLayout *layout, int i)
{
    PangoRectangle logical;

    pango_layout_line_get_extents(pango_layout_get_line_readonly(layout, i), NULL,
                                  &logical);
    return (double)logical.width / PANGO_SCALE;
}

static const struct text_slot *
shaped(struct tbc_canvas *c, const char *text, const struct tbc_type *type,
       double width)
{
    struct text_slot *slot = &c->text[hash(text, type, width) % TEXT_SLOTS];
    int lines;

    if (is_same(slot, text, type, width)) {
        return slot;
    }
    slot_empty(slot);
    if ((slot->text = strdup(text)) == NULL) {
        return NULL;
    }
    slot->type = *type;
    slot->width = width;
    slot->layout = shape(c, text, type, width);
    lines = pango_layout_get_line_count(slot->layout);
    for (int i = 0; i < lines; i++) {
        slot->size.w = fmax(slot->size.w, line_px(slot->layout, i) / c->k);
    }
    return slot;
}

static double
line_height(const struct tbc_type *type)
{
    return (type->line > 0 ? type->line : LINE_DEFAULT) * type->cap / CAP_HEIGHT;
}

struct tbc_size
tbc_canvas_measure(struct tbc_canvas *canvas, const struct tbc_type *type,
                   const char *text, double width)
{
    const struct text_slot *slot = shaped(canvas, text, type, width);

    if (slot == NULL) {
        return (struct tbc_size){ 0 };
    }
    return (struct tbc_size){ slot->size.w, pango_layout_get_line_count(slot->layout) *
                                                line_height(type) };
}

void
tbc_canvas_text(struct tbc_canvas *canvas, const struct tbc_type *type,
                const char *text, struct tbc_rect r, uint32_t colour)
{
    const struct text_slot *slot = shaped(canvas, text, type, r.w);
    double line = line_height(type) * canvas->k;
    double base = r.y * canvas->k + line / 2 + BASE_OF_LINE * font_px(canvas, type);
    int lines;

    if (slot == NULL) {
        return;
    }
    lines = pango_layout_get_line_count(slot->layout);
    canvas_colour(canvas, colour, 1);
    for (int i = 0; i < lines; i++) {
        double spare = r.w * canvas->k - line_px(slot->layout, i);
        double x = r.x * canvas->k + (type->align == TBC_ALIGN_CENTRE ? spare / 2
                                      : type->align == TBC_ALIGN_END  ? spare
                                                                      : 0);

        cairo_move_to(canvas->cr, x, base + i * line);
        pango_cairo_show_layout_line(canvas->cr,
                                     pango_layout_get_line_readonly(slot->layout, i));
    }
    cairo_new_path(canvas->cr);
}
