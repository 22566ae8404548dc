#include "canvas_impl.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX 8192
#define TURN     (2 * 3.14159265358979323846)

enum tbc_err
tbc_canvas_new(struct tbc_canvas **canvas, const struct tbc_theme *theme,
               const char *icons, struct tbc_size px, double px_per_mm)
{
    struct tbc_canvas *c = NULL;
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *canvas = NULL;
    if (!(px.w >= 1 && px.h >= 1 && px.w <= SIDE_MAX && px.h <= SIDE_MAX) ||
        !(px_per_mm > 0)) {
        return TBC_ERR_LIMIT;
    }
    if ((c = calloc(1, sizeof *c)) == NULL || (c->icons = strdup(icons)) == NULL) {
        goto out;
    }
    c->width = (int)px.w;
    c->height = (int)px.h;
    c->k = px_per_mm;
    c->surface = cairo_image_surface_create(CAIRO_FORMAT_RGB24, c->width, c->height);
    c->cr = cairo_create(c->surface);
    if (cairo_status(c->cr) != CAIRO_STATUS_SUCCESS ||
        (err = canvas_text_init(c, theme)) != TBC_OK) {
        goto out;
    }
    *canvas = c;
    c = NULL;
    err = TBC_OK;
out:
    tbc_canvas_free(&c);
    return err;
}

void
tbc_canvas_free(struct tbc_canvas **canvas)
{
    struct tbc_canvas *c = *canvas;

    if (c != NULL) {
        if (c->surface != NULL) {
            tbc_canvas_forget(c);
        }
        canvas_text_fini(c);
        canvas_icon_fini(c);
        if (c->cr != NULL) {
            cairo_destroy(c->cr);
        }
        if (c->surface != NULL) {
            cairo_surface_destroy(c->surface);
        }
        free(c->icons);
        free(c);
    }
    *canvas = NULL;
}

void
tbc_canvas_forget(struct tbc_canvas *canvas)
{
    canvas_text_forget(canvas);
    canvas_camera_forget(canvas);
    tbc_canvas_shift(canvas, 0, 0);
    tbc_canvas_clear(canvas, 0x000000);
}

int
tbc_canvas_width_px(const struct tbc_canvas *canvas)
{
    return canvas->width;
}

int
tbc_canvas_height_px(const struct tbc_canvas *canvas)
{
    return canvas->height;
}

double
tbc_canvas_px_per_mm(const struct tbc_canvas *canvas)
{
    return canvas->k;
}

const uint8_t *
tbc_canvas_pixels(struct tbc_canvas *canvas, int *stride)
{
    cairo_surface_flush(canvas->surface);
    *stride = cairo_image_surface_get_stride(canvas->surface);
    return cairo_image_surface_get_data(canvas->surface);
}

enum tbc_err
tbc_canvas_save(struct tbc_canvas *canvas, const char *path)
{
    cairo_status_t status = cairo_surface_write_to_png(canvas->surface, path);

    return status == CAIRO_STATUS_SUCCESS ? TBC_OK : TBC_ERR_IO;
}

void
canvas_colour(struct tbc_canvas *c, uint32_t colour, double opacity)
{
    cairo_set_source_rgba(c->cr, ((colour >> 16) & 0xff) / 255.0,
                          ((colour >> 8) & 0xff) / 255.0, (colour & 0xff) / 255.0,
                          opacity);
}

void
tbc_canvas_clear(struct tbc_canvas *canvas, uint32_t colour)
{
    canvas_colour(canvas, colour, 1);
    cairo_paint(canvas->cr);
}

/* Edges on whole pixels, so that straight lines are sharp. */
static struct tbc_rect
on_pixels(const struct tbc_canvas *c, struct tbc_rect r)
{
    double x = round(r.x * c->k);
    double y = round(r.y * c->k);

    return (struct tbc_rect){ x, y, round((r.x + r.w) * c->k) - x,
                              round((r.y + r.h) * c->k) - y };
}

void
tbc_canvas_veil(struct tbc_canvas *canvas, struct tbc_rect r, uint32_t colour,
                double opacity)
{
    struct tbc_rect p = on_pixels(canvas, r);

    canvas_colour(canvas, colour, opacity);
    cairo_rectangle(canvas->cr, p.x, p.y, p.w, p.h);
    cairo_fill(canvas->cr);
}

void
tbc_canvas_shift(struct tbc_canvas *canvas, double x, double y)
{
    cairo_identity_matrix(canvas->cr);
    cairo_translate(canvas->cr, round(x * canvas->k), round(y * canvas->k));
}

static void
round_path(cairo_t *cr, struct tbc_rect r, double radius, bool top_only)
{
    double most = (r.w < r.h ? r.w : r.h) / 2;
    double a = radius < most ? radius : most;
    double b = top_only ? 0 : a;

    if (a <= 0) {
        cairo_rectangle(cr, r.x, r.y, r.w, r.h);
        return;
    }
    cairo_new_sub_path(cr);
    cairo_arc(cr, r.x + r.w - a, r.y + a, a, -TURN / 4, 0);
    cairo_arc(cr, r.x + r.w - b, r.y + r.h - b, b, 0, TURN / 4);
    cairo_arc(cr, r.x + b, r.y + r.h - b, b, TURN / 4, TURN / 2);
    cairo_arc(cr, r.x + a, r.y + a, a, TURN / 2, TURN * 3 / 4);
    cairo_close_path(cr);
}

void
tbc_canvas_box(struct tbc_canvas *canvas, struct tbc_rect r, const struct tbc_box *box)
{
    struct tbc_rect p = on_pixels(canvas, r);
    double k = canvas->k;
    double stroke = box->outline == TBC_NO_COLOUR ? 0 : fmax(1, round(box->stroke * k));
    cairo_t *cr = canvas->cr;

    if (box->shadow != TBC_NO_COLOUR && box->drop > 0) {
        struct tbc_rect low = p;

        low.y += round(box->drop * k);
        round_path(cr, low, box->radius * k, box->top_only);
        canvas_colour(canvas, box->shadow, 1);
        cairo_fill(cr);
    }
    round_path(cr, tbc_rect_inset(p, stroke / 2), box->radius * k - stroke / 2,
               box->top_only);
    if (box->fill != TBC_NO_COLOUR) {
        canvas_colour(canvas, box->fill, 1);
        cairo_fill_preserve(cr);
    }
    if (stroke > 0) {
        double dashes[2] = { 2.5 * k, 1.6 * k };

        cairo_set_line_width(cr, stroke);
        cairo_set_dash(cr, dashes, box->dashed ? 2 : 0, 0);
        cairo_set_line_cap(cr, CAIRO_LINE_CAP_BUTT);
        cairo_set_line_join(cr, CAIRO_LINE_JOIN_MITER);
        canvas_colour(canvas, box->outline, 1);
        cairo_stroke_preserve(cr);
        cairo_set_dash(cr, NULL, 0, 0);
    }
    cairo_new_path(cr);
}

static void
use_pen(struct tbc_canvas *c, const struct tbc_pen *pen)
{
    double dashes[2] = { pen->dash * c->k, pen->dash * c->k };

    cairo_set_line_width(c->cr, pen->width * c->k);
    cairo_set_line_cap(c->cr, pen->round ? CAIRO_LINE_CAP_ROUND : CAIRO_LINE_CAP_BUTT);
    cairo_set_line_join(c->cr, CAIRO_LINE_JOIN_ROUND);
    cairo_set_dash(c->cr, dashes, pen->dash > 0 ? 2 : 0, 0);
    canvas_colour(c, pen->colour, 1);
}

void
tbc_canvas_line(struct tbc_canvas *canvas, const struct tbc_point *points, size_t n,
                const struct tbc_pen *pen)
{
    use_pen(canvas, pen);
    for (size_t i = 0; i < n; i++) {
        cairo_line_to(canvas->cr, points[i].x * canvas->k, points[i].y * canvas->k);
    }
    cairo_stroke(canvas->cr);
    cairo_set_dash(canvas->cr, NULL, 0, 0);
}

/* The unit circle becomes the ellipse that fills r (mm). */
static void
onto_ellipse(struct tbc_canvas *c, struct tbc_rect r)
{
    cairo_translate(c->cr, (r.x + r.w / 2) * c->k, (r.y + r.h / 2) * c->k);
    cairo_scale(c->cr, r.w / 2 * c->k, r.h / 2 * c->k);
}

void
tbc_canvas_arc(struct tbc_canvas *canvas, struct tbc_rect r, double from, double turn,
               const struct tbc_pen *pen)
{
    cairo_matrix_t before;

    if (turn <= 0) {
        return;
    }
    cairo_get_matrix(canvas->cr, &before);
    cairo_new_sub_path(canvas->cr);
    onto_ellipse(canvas, r);
    cairo_arc(canvas->cr, 0, 0, 1, (from - 0.25) * TURN, (from - 0.25 + turn) * TURN);
    cairo_set_matrix(canvas->cr, &before);
    use_pen(canvas, pen);
    cairo_stroke(canvas->cr);
    cairo_set_dash(canvas->cr, NULL, 0, 0);
}

void
canvas_camera_forget(struct tbc_canvas *c)
{
    if (c->camera != NULL) {
        int stride = cairo_image_surface_get_stride(c->camera);

        cairo_surface_flush(c->camera);
        tbc_wipe(cairo_image_surface_get_data(c->camera),
                 (size_t)stride * (size_t)cairo_image_surface_get_height(c->camera));
        cairo_surface_destroy(c->camera);
        c->camera = NULL;
    }
}

/* The kept surface, made anew when the camera's size changes. */
static enum tbc_err
camera_surface(struct tbc_canvas *c, const struct tbc_rgb *rgb)
{
    if (rgb->width < 1 || rgb->height < 1 || rgb->width > SIDE_MAX ||
        rgb->height > SIDE_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (c->camera != NULL &&
        (cairo_image_surface_get_width(c->camera) != rgb->width ||
         cairo_image_surface_get_height(c->camera) != rgb->height)) {
        canvas_camera_forget(c);
    }
    if (c->camera == NULL) {
        c->camera =
            cairo_image_surface_create(CAIRO_FORMAT_RGB24, rgb->width, rgb->height);
    }
    return cairo_surface_status(c->camera) == CAIRO_STATUS_SUCCESS ? TBC_OK
                                                                   : TBC_ERR_NO_MEMORY;
}

static void
take_picture(cairo_surface_t *to, const struct tbc_rgb *rgb)
{
    unsigned char *px = cairo_image_surface_get_data(to);
    size_t stride = (size_t)cairo_image_surface_get_stride(to);

    cairo_surface_flush(to);
    for (int y = 0; y < rgb->height; y++) {
        const uint8_t *from = rgb->px + (size_t)y * (size_t)rgb->stride;
        unsigned char *row = px + (size_t)y * stride;

        for (int x = 0; x < rgb->width; x++, from += 3) {
            uint32_t v = (uint32_t)from[0] << 16 | (uint32_t)from[1] << 8 | from[2];

            memcpy(row + (size_t)x * sizeof v, &v, sizeof v);
        }
    }
    cairo_surface_mark_dirty(to);
}

enum tbc_err
tbc_canvas_picture(struct tbc_canvas *canvas, struct tbc_rect r,
                   const struct tbc_rgb *rgb)
{
    cairo_t *cr = canvas->cr;
    enum tbc_err err = camera_surface(canvas, rgb);
    double scale;

    if (err != TBC_OK) {
        return err;
    }
    take_picture(canvas->camera, rgb);
    scale = fmax(r.w * canvas->k / rgb->width, r.h * canvas->k / rgb->height);
    cairo_save(cr);
    onto_ellipse(canvas, r);
    cairo_arc(cr, 0, 0, 1, 0, TURN);
    cairo_restore(cr);
    cairo_save(cr);
    cairo_translate(cr, (r.x + r.w / 2) * canvas->k, (r.y + r.h / 2) * canvas->k);
    cairo_scale(cr, -scale, scale);
    cairo_set_source_surface(cr, canvas->camera, -rgb->width / 2.0, -rgb->height / 2.0);
    cairo_pattern_set_filter(cairo_get_source(cr), CAIRO_FILTER_BILINEAR);
    cairo_pattern_set_extend(cairo_get_source(cr), CAIRO_EXTEND_PAD);
    cairo_fill(cr);
    cairo_restore(cr);
    return TBC_OK;
}

static int
module_px(const struct tbc_canvas *c, double most, int side)
{
    return side < 1 ? 0 : (int)(most * c->k / (side + 8));
}

double
tbc_canvas_modules_mm(const struct tbc_canvas *canvas, double most, int side)
{
    return module_px(canvas, most, side) * (side + 8) / canvas->k;
}

double
tbc_canvas_modules(struct tbc_canvas *canvas, struct tbc_rect r, const uint8_t *dark,
                   int side)
{
    int px = module_px(canvas, r.w < r.h ? r.w : r.h, side);
    int whole = px * (side + 8);
    double x0 = round((r.x + r.w / 2) * canvas->k - whole / 2.0);
    double y0 = round((r.y + r.h / 2) * canvas->k - whole / 2.0);
    cairo_t *cr = canvas->cr;

    if (px == 0) {
        return 0;
    }
    canvas_colour(canvas, 0xFFFFFF, 1);
    cairo_rectangle(cr, x0, y0, whole, whole);
    cairo_fill(cr);
    canvas_colour(canvas, 0x000000, 1);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_NONE);
    for (int y = 0; y < side; y++) {
        const uint8_t *row = dark + (size_t)y * (size_t)side;

        for (int x = 0; x < side; x++) {
            int run = 0;

            while (x + run < side && row[x + run] != 0) {
                run++;
            }
            if (run > 0) {
                cairo_rectangle(cr, x0 + (x + 4) * px, y0 + (y + 4) * px, run * px, px);
                x += run;
            }
        }
    }
    cairo_fill(cr);
    cairo_set_antialias(cr, CAIRO_ANTIALIAS_DEFAULT);
    return whole / canvas->k;
}
