#include "ui/screen.h"

#include <stdlib.h>
#include <string.h>

#define ITEMS_MAX  640
#define POINTS_MAX 16
#define SLACK_MM   0.6 /* text may touch its room's edge by the rounding of glyphs */

enum item_kind {
    ITEM_BOX,
    ITEM_LINE,
    ITEM_ARC,
    ITEM_ICON,
    ITEM_PICTURE,
    ITEM_MODULES,
    ITEM_TEXT,
    ITEM_TOUCH
};

struct item {
    enum item_kind kind;
    struct tbc_rect at;
    uint32_t colour;
    size_t text; /* offset of an icon's name or of a text */
    union {
        struct tbc_box box;
        struct {
            struct tbc_point point[POINTS_MAX];
            size_t n;
            struct tbc_pen pen;
        } line;
        struct {
            double from;
            double turn;
            struct tbc_pen pen;
        } arc;
        struct tbc_rgb rgb;
        struct {
            const uint8_t *dark;
            int side;
        } modules;
        struct {
            struct tbc_type type;
            struct tbc_size size;
            bool silent;
        } text;
        struct {
            int event;
            int arg;
        } touch;
    } is;
};

struct tbc_screen {
    struct tbc_canvas *canvas; /* borrowed */
    struct item item[ITEMS_MAX];
    size_t n;
    struct tbc_buf text; /* NUL-terminated, one behind the other */
    uint32_t ground;
    enum tbc_err err;
    size_t slide_from;
    size_t slide_to;
    double slide_dx;
    double slide_veil;
    struct tbc_rect slide_over;
};

enum tbc_err
tbc_screen_new(struct tbc_screen **screen, struct tbc_canvas *canvas)
{
    struct tbc_screen *s = calloc(1, sizeof *s);

    if (s != NULL) {
        s->canvas = canvas;
    }
    *screen = s;
    return s != NULL ? TBC_OK : TBC_ERR_NO_MEMORY;
}

void
tbc_screen_free(struct tbc_screen **screen)
{
    if (*screen != NULL) {
        tbc_buf_fini(&(*screen)->text);
        free(*screen);
    }
    *screen = NULL;
}

void
tbc_screen_begin(struct tbc_screen *screen, uint32_t ground)
{
    screen->n = 0;
    screen->err = TBC_OK;
    screen->ground = ground;
    screen->slide_from = screen->slide_to = 0;
    tbc_buf_clear(&screen->text);
}

/* A place for one more thing; when there is none the last one is overwritten and the error
 * remembered, so that callers need not look. */
static struct item *
add(struct tbc_screen *s, enum item_kind kind, struct tbc_rect at)
{
    struct item *it;

    if (s->n == ITEMS_MAX) {
        s->err = TBC_ERR_LIMIT;
        s->n--;
    }
    it = &s->item[s->n++];
    memset(it, 0, sizeof *it);
    it->kind = kind;
    it->at = at;
    return it;
}

static size_t
keep(struct tbc_screen *s, const char *text)
{
    size_t at = s->text.len;

    (void)tbc_buf_append(&s->text, text, strlen(text) + 1);
    if (tbc_buf_status(&s->text) != TBC_OK) {
        s->err = TBC_ERR_NO_MEMORY;
        return 0;
    }
    return at;
}

static const char *
kept(const struct tbc_screen *s, const struct item *it)
{
    return it->text < s->text.len ? (const char *)s->text.ptr + it->text : "";
}

void
tbc_screen_box(struct tbc_screen *screen, struct tbc_rect at, const struct tbc_box *box)
{
    add(screen, ITEM_BOX, at)->is.box = *box;
}

void
tbc_screen_line(struct tbc_screen *screen, const struct tbc_point *points, size_t n,
                const struct tbc_pen *pen)
{
    struct item *it = add(screen, ITEM_LINE, (struct tbc_rect){ 0 });

    if (n > POINTS_MAX) {
        screen->err = TBC_ERR_LIMIT;
        n = POINTS_MAX;
    }
    memcpy(it->is.line.point, points, n * sizeof *points);
    it->is.line.n = n;
    it->is.line.pen = *pen;
}

void
tbc_screen_arc(struct tbc_screen *screen, struct tbc_rect at, double from, double turn,
               const struct tbc_pen *pen)
{
    struct item *it = add(screen, ITEM_ARC, at);

    it->is.arc.from = from;
    it->is.arc.turn = turn;
    it->is.arc.pen = *pen;
}

void
tbc_screen_icon(struct tbc_screen *screen, const char *name, struct tbc_rect at,
                uint32_t colour)
{
    size_t text = keep(screen, name);
    struct item *it = add(screen, ITEM_ICON, at);

    it->text = text;
    it->colour = colour;
}

void
tbc_screen_picture(struct tbc_screen *screen, struct tbc_rect at,
                   const struct tbc_rgb *rgb)
{
    add(screen, ITEM_PICTURE, at)->is.rgb = *rgb;
}

void
tbc_screen_modules(struct tbc_screen *screen, struct tbc_rect at, const uint8_t *dark,
                   int side)
{
    struct item *it = add(screen, ITEM_MODULES, at);

    it->is.modules.dark = dark;
    it->is.modules.side = side;
}

struct tbc_size
tbc_screen_measure(struct tbc_screen *screen, const struct tbc_type *type,
                   const char *text, double width)
{
    return tbc_canvas_measure(screen->canvas, type, text, width);
}

double
tbc_screen_modules_mm(const struct tbc_screen *screen, double most, int side)
{
    return tbc_canvas_modules_mm(screen->canvas, most, side);
}

struct tbc_size
tbc_screen_text(struct tbc_screen *screen, struct tbc_rect room,
                const struct tbc_type *type, uint32_t colour, const char *text)
{
    size_t at = keep(screen, text);
    struct item *it = add(screen, ITEM_TEXT, room);

    it->text = at;
    it->colour = colour;
    it->is.text.type = *type;
    it->is.text.size = tbc_canvas_measure(screen->canvas, type, text, room.w);
    return it->is.text.size;
}

void
tbc_screen_silent(struct tbc_screen *screen)
{
    for (size_t i = screen->n; i-- > 0;) {
        if (screen->item[i].kind == ITEM_TEXT) {
            screen->item[i].is.text.silent = true;
            return;
        }
    }
}

void
tbc_screen_touch(struct tbc_screen *screen, struct tbc_rect at, int event, int arg)
{
    struct item *it = add(screen, ITEM_TOUCH, at);

    it->is.touch.event = event;
    it->is.touch.arg = arg;
}

void
tbc_screen_slide_from(struct tbc_screen *screen, double dx, double veil)
{
    screen->slide_from = screen->slide_to = screen->n;
    screen->slide_dx = dx;
    screen->slide_veil = veil;
}

void
tbc_screen_slide_to(struct tbc_screen *screen, struct tbc_rect over)
{
    screen->slide_to = screen->n;
    screen->slide_over = over;
}

static enum tbc_err
draw(struct tbc_screen *s, const struct item *it)
{
    struct tbc_canvas *c = s->canvas;

    switch (it->kind) {
    case ITEM_BOX:
        tbc_canvas_box(c, it->at, &it->is.box);
        break;
    case ITEM_LINE:
        tbc_canvas_line(c, it->is.line.point, it->is.line.n, &it->is.line.pen);
        break;
    case ITEM_ARC:
        tbc_canvas_arc(c, it->at, it->is.arc.from, it->is.arc.turn, &it->is.arc.pen);
        break;
    case ITEM_ICON:
        return tbc_canvas_icon(c, kept(s, it), it->at, it->colour);
    case ITEM_PICTURE:
        return tbc_canvas_picture(c, it->at, &it->is.rgb);
    case ITEM_MODULES:
        return tbc_canvas_modules(c, it->at, it->is.modules.dark, it->is.modules.side) >
                       0
                   ? TBC_OK
                   : TBC_ERR_LIMIT;
    case ITEM_TEXT:
        tbc_canvas_text(c, &it->is.text.type, kept(s, it), it->at, it->colour);
        break;
    case ITEM_TOUCH:
        break;
    }
    return TBC_OK;
}

enum tbc_err
tbc_screen_draw(struct tbc_screen *screen)
{
    enum tbc_err err = screen->err;
    bool slides = screen->slide_to > screen->slide_from && screen->slide_veil > 0;

    tbc_canvas_clear(screen->canvas, screen->ground);
    for (size_t i = 0; err == TBC_OK && i < screen->n; i++) {
        if (slides && i == screen->slide_from) {
            tbc_canvas_shift(screen->canvas, screen->slide_dx, 0);
        }
        if (slides && i == screen->slide_to) {
            tbc_canvas_shift(screen->canvas, 0, 0);
            tbc_canvas_veil(screen->canvas, screen->slide_over, screen->ground,
                            screen->slide_veil);
        }
        err = draw(screen, &screen->item[i]);
    }
    tbc_canvas_shift(screen->canvas, 0, 0);
    return err;
}

int
tbc_screen_hit(const struct tbc_screen *screen, double x_px, double y_px, int *arg)
{
    double k = tbc_canvas_px_per_mm(screen->canvas);

    for (size_t i = screen->n; i-- > 0;) {
        const struct item *it = &screen->item[i];

        if (it->kind == ITEM_TOUCH && tbc_rect_has(it->at, x_px / k, y_px / k)) {
            *arg = it->is.touch.arg;
            return it->is.touch.event;
        }
    }
    *arg = 0;
    return 0;
}

void
tbc_screen_speak(const struct tbc_screen *screen, struct tbc_buf *out)
{
    for (size_t i = 0; i < screen->n; i++) {
        const struct item *it = &screen->item[i];

        if (it->kind == ITEM_TEXT && !it->is.text.silent) {
            (void)tbc_buf_append_str(out, kept(screen, it));
            (void)tbc_buf_append_str(out, "\n");
        }
    }
}

/* The audit: what an eye with a ruler would find. */

struct audit {
    const struct tbc_screen *screen;
    const struct tbc_screen_floors *floors;
    struct tbc_buf *out;
    size_t n;
    struct tbc_rect panel;
};

static void
blame(struct audit *a, const char *what, const struct item *x, const struct item *y)
{
    (void)tbc_buf_printf(a->out, "%s: \"%s\"%s%s%s at %.1f %.1f %.1f %.1f\n", what,
                         x->kind == ITEM_TOUCH ? "touch" : kept(a->screen, x),
                         y != NULL ? " and \"" : "",
                         y == NULL               ? ""
                         : y->kind == ITEM_TOUCH ? "touch"
                                                 : kept(a->screen, y),
                         y != NULL ? "\"" : "", x->at.x, x->at.y, x->at.w, x->at.h);
    a->n++;
}

/* How far two rectangles stand apart; negative when they overlap. */
static double
apart(struct tbc_rect a, struct tbc_rect b)
{
    double x =
        (a.x > b.x ? a.x : b.x) - (a.x + a.w < b.x + b.w ? a.x + a.w : b.x + b.w);
    double y =
        (a.y > b.y ? a.y : b.y) - (a.y + a.h < b.y + b.h ? a.y + a.h : b.y + b.h);

    return x > y ? x : y;
}

static bool
is_inside(struct tbc_rect in, struct tbc_rect of)
{
    return in.x >= of.x - 0.1 && in.y >= of.y - 0.1 &&
           in.x + in.w <= of.x + of.w + 0.1 && in.y + in.h <= of.y + of.h + 0.1;
}

/* Where the ink of a text stands. */
static struct tbc_rect
ink(const struct item *it)
{
    double spare = it->at.w - it->is.text.size.w;
    double dx = it->is.text.type.align == TBC_ALIGN_CENTRE ? spare / 2
                : it->is.text.type.align == TBC_ALIGN_END  ? spare
                                                           : 0;

    return (struct tbc_rect){ it->at.x + dx, it->at.y, it->is.text.size.w,
                              it->is.text.size.h };
}

static void
audit_text(struct audit *a, const struct item *it)
{
    if ((it->at.w > 0 && it->is.text.size.w > it->at.w + SLACK_MM) ||
        (it->at.h > 0 && it->is.text.size.h > it->at.h + SLACK_MM)) {
        blame(a, "text does not fit", it, NULL);
    }
    if (!is_inside(ink(it), a->panel)) {
        blame(a, "text leaves the panel", it, NULL);
    }
    if (it->is.text.type.cap < a->floors->cap - 0.02) {
        blame(a, "text is too small", it, NULL);
    }
}

static void
audit_touch(struct audit *a, const struct item *it)
{
    if (it->at.w < a->floors->target - 0.05 || it->at.h < a->floors->target - 0.05) {
        blame(a, "target is too small", it, NULL);
    }
    if (!is_inside(it->at, a->panel)) {
        blame(a, "target leaves the panel", it, NULL);
    }
    if (it->at.y < a->floors->top) {
        blame(a, "target is out of reach", it, NULL);
    }
}

static void
audit_pair(struct audit *a, const struct item *x, const struct item *y)
{
    if (x->kind == ITEM_TOUCH && y->kind == ITEM_TOUCH &&
        apart(x->at, y->at) < a->floors->gap - 0.05) {
        blame(a, "targets are too near", x, y);
    }
    if (x->kind == ITEM_TEXT && y->kind == ITEM_TEXT) {
        double low = x->is.text.size.h < y->is.text.size.h ? x->is.text.size.h
                                                           : y->is.text.size.h;

        if (apart(ink(x), ink(y)) < -0.25 * low) {
            blame(a, "texts overlap", x, y);
        }
    }
    if ((x->kind == ITEM_TEXT && y->kind == ITEM_TOUCH) ||
        (x->kind == ITEM_TOUCH && y->kind == ITEM_TEXT)) {
        const struct item *text = x->kind == ITEM_TEXT ? x : y;
        const struct item *touch = x->kind == ITEM_TEXT ? y : x;

        if (apart(ink(text), touch->at) < -1 && !is_inside(ink(text), touch->at)) {
            blame(a, "text runs over the edge of a target", text, touch);
        }
    }
}

size_t
tbc_screen_audit(struct tbc_screen *screen, const struct tbc_screen_floors *floors,
                 struct tbc_buf *faults)
{
    double k = tbc_canvas_px_per_mm(screen->canvas);
    struct audit a = { screen,
                       floors,
                       faults,
                       0,
                       { 0, 0, tbc_canvas_width_px(screen->canvas) / k,
                         tbc_canvas_height_px(screen->canvas) / k } };

    for (size_t i = 0; i < screen->n; i++) {
        const struct item *it = &screen->item[i];

        if (it->kind == ITEM_TEXT) {
            audit_text(&a, it);
        } else if (it->kind == ITEM_TOUCH) {
            audit_touch(&a, it);
        } else if (it->kind == ITEM_ICON &&
                   tbc_canvas_icon(screen->canvas, kept(screen, it), it->at,
                                   it->colour) != TBC_OK) {
            blame(&a, "icon cannot be drawn", it, NULL);
        }
        for (size_t j = 0; j < i; j++) {
            audit_pair(&a, &screen->item[j], it);
        }
    }
    return a.n;
}
