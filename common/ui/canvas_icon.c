/* Icons: one-colour SVG files, rendered once for each size and used as masks. */
#include "canvas_impl.h"

#include <librsvg/rsvg.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define ICON_PX_MAX 4096

static enum tbc_err
render(RsvgHandle *svg, int px, cairo_surface_t **mask)
{
    RsvgRectangle port = { 0, 0, px, px };
    cairo_surface_t *s = cairo_image_surface_create(CAIRO_FORMAT_ARGB32, px, px);
    cairo_t *cr = cairo_create(s);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    if (cairo_status(cr) == CAIRO_STATUS_SUCCESS) {
        err = rsvg_handle_render_document(svg, cr, &port, NULL) ? TBC_OK
                                                                : TBC_ERR_MALFORMED;
    }
    cairo_destroy(cr);
    if (err != TBC_OK) {
        cairo_surface_destroy(s);
        s = NULL;
    }
    *mask = s;
    return err;
}

static enum tbc_err
load(const struct tbc_canvas *c, const char *name, int px, cairo_surface_t **mask)
{
    struct tbc_buf path = { 0 };
    RsvgHandle *svg = NULL;
    enum tbc_err err;

    *mask = NULL;
    (void)tbc_buf_printf(&path, "%s/%s.svg", c->icons, name);
    if ((err = tbc_buf_status(&path)) != TBC_OK) {
        goto out;
    }
    if (access(tbc_buf_str(&path), R_OK) != 0) {
        err = TBC_ERR_NOT_FOUND;
        goto out;
    }
    svg = rsvg_handle_new_from_file(tbc_buf_str(&path), NULL);
    err = svg != NULL ? render(svg, px, mask) : TBC_ERR_MALFORMED;
out:
    if (svg != NULL) {
        g_object_unref(svg);
    }
    tbc_buf_fini(&path);
    return err;
}

/* The mask of that name and size; owned by the canvas. */
static enum tbc_err
icon_mask(struct tbc_canvas *c, const char *name, int px, cairo_surface_t **mask)
{
    struct icon_slot *slot;
    enum tbc_err err;

    for (size_t i = 0; i < c->icon_n && i < ICON_SLOTS; i++) {
        if (c->icon[i].px == px && strcmp(c->icon[i].name, name) == 0) {
            *mask = c->icon[i].mask;
            return TBC_OK;
        }
    }
    if (strlen(name) > ICON_NAME_MAX || strchr(name, '/') != NULL) {
        return TBC_ERR_NOT_FOUND;
    }
    if ((err = load(c, name, px, mask)) != TBC_OK) {
        return err;
    }
    slot = &c->icon[c->icon_n++ % ICON_SLOTS]; /* when full, the oldest goes */
    if (slot->mask != NULL) {
        cairo_surface_destroy(slot->mask);
    }
    *slot = (struct icon_slot){ .px = px, .mask = *mask };
    memcpy(slot->name, name, strlen(name) + 1);
    return TBC_OK;
}

enum tbc_err
tbc_canvas_icon(struct tbc_canvas *canvas, const char *name, struct tbc_rect r,
                uint32_t colour)
{
    int px = (int)((r.w < r.h ? r.w : r.h) * canvas->k + 0.5);
    cairo_surface_t *mask = NULL;
    enum tbc_err err;

    if (px < 1 || px > ICON_PX_MAX) {
        return TBC_ERR_LIMIT;
    }
    if ((err = icon_mask(canvas, name, px, &mask)) != TBC_OK) {
        return err;
    }
    canvas_colour(canvas, colour, 1);
    cairo_mask_surface(canvas->cr, mask, round((r.x + r.w / 2) * canvas->k - px / 2.0),
                       round((r.y + r.h / 2) * canvas->k - px / 2.0));
    return TBC_OK;
}

void
canvas_icon_fini(struct tbc_canvas *c)
{
    for (size_t i = 0; i < ICON_SLOTS; i++) {
        if (c->icon[i].mask != NULL) {
            cairo_surface_destroy(c->icon[i].mask);
        }
    }
}
