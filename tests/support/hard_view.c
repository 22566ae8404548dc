#include "hard_view.h"

#include "hard_lens.h"
#include "scan/qr.h"
#include "sys/file.h"

#include <dirent.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PI         3.14159265358979
#define FOCAL_PX   950.0 /* of a lens that sees 68 degrees */
#define QUIET      4     /* modules */
#define GLARES_MAX 3
#define WAVES      2
#define BLOCKS     6
#define SAMPLES    3 /* along each side of a pixel */

/* A code on its paper or phone, in modules from its centre, and where that lies. */
struct sheet {
    struct tbc_qr qr;
    bool is_phone;
    bool is_inside_out; /* an app in dark mode, around the code's white card */
    double white;
    double ink;
    double x_px;
    double y_px;
    double module_px;
    double turn;
    double pitch;
    double yaw;
    double to_sheet[9]; /* image to sheet, homogeneous */
    double low[2];      /* the paper's or the phone's edges */
    double high[2];
    uint64_t print; /* seed of what else is printed */
};

struct wave {
    double x; /* radians a pixel */
    double y;
    double depth;
};

struct glare {
    double x;
    double y;
    double radius;
    double light;
};

struct scene {
    struct sheet sheets[HARD_VIEW_CODES];
    size_t sheet_n;
    struct glare glares[GLARES_MAX];
    size_t glare_n;
    struct wave waves[WAVES];
    double light[3];  /* of the hall: at the centre, and its slopes a pixel */
    double shadow[4]; /* a line (normal, offset) and how much light is left behind it */
    double blur;      /* in modules */
    double motion;
    double motion_angle;
    struct hard_sensor sensor;
};

const char *
hard_trouble_name(enum hard_trouble trouble)
{
    static const char *const names[] = {
#define X(name, word) word,
        HARD_VIEW_TROUBLES(X)
#undef X
    };

    return (unsigned)trouble < HARD_TROUBLE_N ? names[trouble] : "none";
}

static int
is_issued(const struct dirent *e)
{
    return strncmp(e->d_name, "issued", 6) == 0;
}

bool
hard_texts_load(struct hard_texts *texts, const char *folder)
{
    struct dirent **names = NULL;
    int n = scandir(folder, &names, is_issued, alphasort);
    size_t live_n = 0;

    *texts = (struct hard_texts){ 0 };
    for (int i = 0; i < n; i++) {
        char path[512];

        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]->d_name);
        if (texts->n < HARD_TEXTS_MAX &&
            tbc_file_read(path, 4096, &texts->list[texts->n]) == TBC_OK) {
            texts->is_live[texts->n] = strstr(names[i]->d_name, "live") != NULL;
            live_n += texts->is_live[texts->n];
            texts->n++;
        }
        free(names[i]);
    }
    free(names);
    return live_n > 0 && live_n < texts->n;
}

void
hard_texts_fini(struct hard_texts *texts)
{
    for (size_t i = 0; i < texts->n; i++) {
        tbc_buf_fini(&texts->list[i]);
    }
    *texts = (struct hard_texts){ 0 };
}

/* ---- where a sheet lies */

/* The adjugate, which is the inverse but for a factor that homogeneous places do not have. */
static void
invert(const double m[static 9], double out[static 9])
{
    for (int row = 0; row < 3; row++) {
        for (int col = 0; col < 3; col++) {
            int a = (col + 1) % 3;
            int b = (col + 2) % 3;
            int c = (row + 1) % 3;
            int d = (row + 2) % 3;

            out[row * 3 + col] =
                m[a * 3 + c] * m[b * 3 + d] - m[a * 3 + d] * m[b * 3 + c];
        }
    }
}

/* A pinhole camera in front of a sheet that is turned in its plane, then tilted. */
static void
place(struct sheet *s)
{
    double c = cos(s->turn) * s->module_px;
    double d = sin(s->turn) * s->module_px;
    double px[2] = { c * cos(s->yaw) + d * sin(s->pitch) * sin(s->yaw),
                     -d * cos(s->yaw) + c * sin(s->pitch) * sin(s->yaw) };
    double py[2] = { d * cos(s->pitch), c * cos(s->pitch) };
    double pz[2] = { -c * sin(s->yaw) + d * sin(s->pitch) * cos(s->yaw),
                     d * sin(s->yaw) + c * sin(s->pitch) * cos(s->yaw) };
    double to_image[9];

    for (int i = 0; i < 2; i++) {
        to_image[i] = s->x_px * pz[i] + FOCAL_PX * px[i];
        to_image[3 + i] = s->y_px * pz[i] + FOCAL_PX * py[i];
        to_image[6 + i] = pz[i];
    }
    to_image[2] = s->x_px * FOCAL_PX;
    to_image[5] = s->y_px * FOCAL_PX;
    to_image[8] = FOCAL_PX;
    invert(to_image, s->to_sheet);
}

static void
to_sheet(const struct sheet *s, double x, double y, double *u, double *v)
{
    const double *m = s->to_sheet;
    double w = m[6] * x + m[7] * y + m[8];

    *u = (m[0] * x + m[1] * y + m[2]) / w;
    *v = (m[3] * x + m[4] * y + m[5]) / w;
}

/* ---- what is on it */

static bool
is_ink(const struct sheet *s, double u, double v)
{
    double half = s->qr.side / 2.0;
    double column = floor(u + half);
    double line = floor(v + half);
    int x = (int)column;
    int y = (int)line;

    return x >= 0 && y >= 0 && x < s->qr.side && y < s->qr.side &&
           s->qr.dark[y * s->qr.side + x] != 0;
}

/* Rows of words above and below the code. */
static bool
is_print(const struct sheet *s, double u, double v)
{
    struct hard_random r = { s->print };
    double half = s->qr.side / 2.0 + QUIET;
    double row = floor(v / 4);
    double word = floor(u / 5);

    if (fabs(v) < half + 1 || v - row * 4 > 2.2 || fabs(u) > half * 0.9) {
        return false;
    }
    r.state += (uint64_t)(int64_t)(row * 977 + word * 31);
    return u - word * 5 < hard_random_between(&r, 0, 5.5);
}

/* The light that a place of the sheet sends in full light; negative beside the sheet. */
static double
sheet_light(const struct sheet *s, double u, double v)
{
    double card = s->qr.side / 2.0 + QUIET;

    if (u < s->low[0] || v < s->low[1] || u > s->high[0] || v > s->high[1]) {
        return -1;
    }
    if (fabs(u) <= card && fabs(v) <= card) {
        return is_ink(s, u, v) ? s->ink : s->white;
    }
    if (!s->is_phone) {
        return is_print(s, u, v) ? s->ink : s->white;
    }
    if (u < s->low[0] + 2 || v < s->low[1] + 2 || u > s->high[0] - 2 ||
        v > s->high[1] - 2) {
        return 0.03; /* its edge */
    }
    return is_print(s, u, v) != s->is_inside_out ? s->ink : s->white * 0.92;
}

/* ---- the hall */

static double
hall_light(const struct scene *sc, double x, double y)
{
    double light = sc->light[0] * (1 + sc->light[1] * (x - HARD_VIEW_WIDTH / 2.0) +
                                   sc->light[2] * (y - HARD_VIEW_HEIGHT / 2.0));

    if (sc->shadow[0] * x + sc->shadow[1] * y > sc->shadow[2]) {
        light *= sc->shadow[3];
    }
    return fmax(light, 0.02);
}

static enum tbc_err
draw_hall(const struct scene *sc, struct hard_random *r, struct hard_light *l)
{
    struct tbc_rect blocks[BLOCKS];
    double shades[BLOCKS];

    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = (struct tbc_rect){ hard_random_between(r, -100, HARD_VIEW_WIDTH),
                                       hard_random_between(r, -100, HARD_VIEW_HEIGHT),
                                       hard_random_between(r, 60, 500),
                                       hard_random_between(r, 60, 400) };
        shades[i] = hard_random_between(r, 0.08, 0.6);
    }
    for (int y = 0; y < l->height; y++) {
        for (int x = 0; x < l->width; x++) {
            double shade = 0.35;

            for (int i = 0; i < BLOCKS; i++) {
                if (x >= blocks[i].x && x < blocks[i].x + blocks[i].w &&
                    y >= blocks[i].y && y < blocks[i].y + blocks[i].h) {
                    shade = shades[i];
                }
            }
            l->px[(size_t)y * (size_t)l->width + (size_t)x] =
                (float)(shade * hall_light(sc, x, y));
        }
    }
    return hard_blur(l, 2.5); /* out of focus */
}

/* Phones shine by themselves, through the beat of their pixels with the sensor's; paper sends the
 * hall's light back. */
static double
sent_light(const struct scene *sc, const struct sheet *s, double sheet, double x,
           double y)
{
    double light = sheet;

    if (!s->is_phone) {
        return sheet * hall_light(sc, x, y);
    }
    for (int i = 0; i < WAVES; i++) {
        const struct wave *w = &sc->waves[i];

        light *= 1 + w->depth * cos(w->x * x + w->y * y);
    }
    return light;
}

static void
draw_pixel(const struct scene *sc, const struct sheet *s, struct hard_light *l, int x,
           int y)
{
    float *px = &l->px[(size_t)y * (size_t)l->width + (size_t)x];
    double sum = 0;
    double far_u;
    double far_v;

    to_sheet(s, x, y, &far_u, &far_v);
    if (far_u < s->low[0] - 2 || far_v < s->low[1] - 2 || far_u > s->high[0] + 2 ||
        far_v > s->high[1] + 2) {
        return; /* no part of the pixel is on it */
    }
    for (int i = 0; i < SAMPLES * SAMPLES; i++) {
        int column = i % SAMPLES;
        int line = i / SAMPLES;
        double at_x = x + (column + 0.5) / SAMPLES;
        double at_y = y + (line + 0.5) / SAMPLES;
        double u;
        double v;
        double light;

        to_sheet(s, at_x, at_y, &u, &v);
        light = sheet_light(s, u, v);
        sum += light < 0 ? (double)*px : sent_light(sc, s, light, at_x, at_y);
    }
    *px = (float)(sum / (SAMPLES * SAMPLES));
}

static void
draw_sheet(const struct scene *sc, const struct sheet *s, struct hard_light *l)
{
    for (int y = 0; y < l->height; y++) {
        for (int x = 0; x < l->width; x++) {
            draw_pixel(sc, s, l, x, y);
        }
    }
}

/* Lamps that shine back from paper and glass. */
static void
add_glare(const struct scene *sc, struct hard_light *l)
{
    for (int y = 0; y < l->height; y++) {
        for (int x = 0; x < l->width; x++) {
            float *px = &l->px[(size_t)y * (size_t)l->width + (size_t)x];

            for (size_t i = 0; i < sc->glare_n; i++) {
                const struct glare *g = &sc->glares[i];
                double far = hypot(x - g->x, y - g->y) / g->radius;

                *px += (float)(g->light * exp(-far * far * far));
            }
        }
    }
}

/* ---- choosing */

static double
either_side(struct hard_random *r, double low, double high)
{
    double v = hard_random_between(r, low, high);

    return hard_random_is(r, 0.5) ? v : -v;
}

static void
choose_sensor(struct scene *sc, enum hard_trouble trouble, struct hard_random *r)
{
    sc->sensor = (struct hard_sensor){
        .gain = hard_random_between(r, 140, 215),
        .black = hard_random_between(r, 4, 14),
        .noise = trouble == HARD_NOISE ? hard_random_between(r, 12, 20)
                                       : hard_random_between(r, 1, 3),
        .vignette = hard_random_between(r, 0, 0.35),
        .quality = (int)(trouble == HARD_JPEG ? hard_random_between(r, 10, 22)
                                              : hard_random_between(r, 60, 90)),
    };
    if (trouble != HARD_JPEG && hard_random_is(r, 0.4)) {
        sc->sensor.quality = 0; /* a camera that sends every pixel */
    }
}

static void
choose_light(struct scene *sc, enum hard_trouble trouble, struct hard_random *r)
{
    double slope = trouble == HARD_SHADE ? hard_random_between(r, 0.0009, 0.0014)
                                         : hard_random_between(r, 0, 0.0003);
    double angle = hard_random_between(r, 0, 2 * PI);

    sc->light[0] = 1;
    sc->light[1] = slope * cos(angle);
    sc->light[2] = slope * sin(angle);
    angle = hard_random_between(r, 0, 2 * PI);
    sc->shadow[0] = cos(angle);
    sc->shadow[1] = sin(angle);
    sc->shadow[2] = cos(angle) * HARD_VIEW_WIDTH / 2 +
                    sin(angle) * HARD_VIEW_HEIGHT / 2 +
                    hard_random_between(r, -120, 120);
    sc->shadow[3] = trouble == HARD_SHADE ? hard_random_between(r, 0.25, 0.5) : 1;
}

static void
choose_lens(struct scene *sc, enum hard_trouble trouble, struct hard_random *r)
{
    sc->blur = trouble == HARD_BLUR ? hard_random_between(r, 0.3, 0.42)
                                    : hard_random_between(r, 0.12, 0.22);
    sc->motion_angle = hard_random_between(r, 0, PI);
    sc->motion = trouble == HARD_MOTION    ? hard_random_between(r, 0.6, 1.0)
                 : hard_random_is(r, 0.25) ? hard_random_between(r, 0.15, 0.35)
                                           : 0;
}

static void
choose_waves(struct scene *sc, enum hard_trouble trouble, struct hard_random *r)
{
    for (int i = 0; i < WAVES; i++) {
        double angle = hard_random_between(r, 0, PI);
        double length_px = hard_random_between(r, 3, 25);

        sc->waves[i] = (struct wave){
            .x = 2 * PI * cos(angle) / length_px,
            .y = 2 * PI * sin(angle) / length_px,
            .depth = trouble == HARD_MOIRE ? hard_random_between(r, 0.1, 0.28) : 0,
        };
    }
}

/* Ink that has faded on paper; a phone that is dim in a bright hall, which its glass shows. */
static void
choose_ink(struct sheet *s, enum hard_trouble trouble, struct hard_random *r)
{
    s->white = hard_random_between(r, 0.8, 0.95);
    s->ink = hard_random_between(r, 0.05, 0.2);
    if (trouble == HARD_FAINT) {
        s->ink = s->white * hard_random_between(r, 0.7, 0.82);
    } else if (trouble == HARD_DARK && s->is_phone) {
        s->ink = hard_random_between(r, 0.04, 0.08);
        s->white = s->ink + hard_random_between(r, 0.09, 0.16);
    }
}

static void
choose_pose(struct sheet *s, enum hard_trouble trouble, size_t i, struct hard_random *r)
{
    double room = trouble == HARD_TWO ? 590 : 690;
    double side = s->qr.side + 2 * QUIET;
    double span;
    double most;

    s->turn = trouble == HARD_TURN ? hard_random_between(r, 0, 2 * PI)
                                   : either_side(r, 0, 0.22);
    s->pitch =
        trouble == HARD_TILT ? either_side(r, 0.35, 0.6) : either_side(r, 0, 0.15);
    s->yaw = trouble == HARD_TILT ? either_side(r, 0.3, 0.5) : either_side(r, 0, 0.15);
    span = side * (fabs(cos(s->turn)) + fabs(sin(s->turn))) * 1.04;
    most = fmin(room / span, 7);
    s->module_px =
        hard_random_between(r, trouble == HARD_TILT ? most * 0.85 : 3.4, most);
    span *= s->module_px / 2;
    s->y_px = hard_random_between(r, span, fmax(HARD_VIEW_HEIGHT - span, span + 1));
    s->x_px = trouble == HARD_TWO
                  ? HARD_VIEW_WIDTH * (0.25 + 0.5 * (double)i)
                  : hard_random_between(r, span, HARD_VIEW_WIDTH - span);
}

static void
choose_edges(struct sheet *s, struct hard_random *r)
{
    double card = s->qr.side / 2.0 + QUIET;

    for (int i = 0; i < 2; i++) {
        double most = s->is_phone ? card * 0.5 + 4 : card * 0.6;

        s->low[i] = -card - hard_random_between(r, s->is_phone ? 3 : 0.5, most);
        s->high[i] = card + hard_random_between(r, s->is_phone ? 3 : 0.5, most);
    }
    s->is_inside_out = s->is_phone && hard_random_is(r, 0.4);
    s->print = hard_random_next(r);
}

/* Between the finder patterns, small against the code. */
static void
choose_glares(struct scene *sc, struct hard_random *r)
{
    const struct sheet *s = &sc->sheets[0];
    double half = s->qr.side / 2.0 * s->module_px;

    sc->glare_n = 1 + hard_random_next(r) % GLARES_MAX;
    for (size_t i = 0; i < sc->glare_n; i++) {
        double far = hard_random_between(r, 0, 0.55) * half;
        double angle = hard_random_between(r, 0, 2 * PI);

        sc->glares[i] = (struct glare){
            .x = s->x_px + far * cos(angle),
            .y = s->y_px + far * sin(angle),
            .radius =
                half * hard_random_between(r, 0.15, 0.24) / sqrt((double)sc->glare_n),
            .light = hard_random_between(r, 0.7, 2),
        };
    }
}

static bool
shown_by_phone(enum hard_trouble trouble, size_t i, struct hard_random *r)
{
    bool is_phone = hard_random_is(r, 0.5);

    if (trouble == HARD_MOIRE || trouble == HARD_SHADE) {
        return trouble == HARD_MOIRE; /* what paper does not have, or phones do not */
    }
    return trouble == HARD_TWO && i == 1 ? !is_phone : is_phone;
}

static struct tbc_span
choose_text(const struct hard_texts *texts, bool is_live, struct hard_random *r)
{
    size_t i = hard_random_next(r) % texts->n;

    while (texts->is_live[i] != is_live) {
        i = (i + 1) % texts->n;
    }
    return tbc_buf_span(&texts->list[i]);
}

static enum tbc_err
choose_sheet(struct scene *sc, const struct hard_texts *texts, struct hard_view *view,
             struct hard_random *r)
{
    size_t i = sc->sheet_n++;
    struct sheet *s = &sc->sheets[i];
    enum tbc_err err;

    s->is_phone = shown_by_phone(view->trouble, i, r);
    view->texts[i] = choose_text(texts, s->is_phone, r);
    view->text_n = sc->sheet_n;
    if ((err = tbc_qr_draw(&s->qr, view->texts[i])) != TBC_OK) {
        return err;
    }
    choose_ink(s, view->trouble, r);
    choose_pose(s, view->trouble, i, r);
    choose_edges(s, r);
    place(s);
    view->module_px = i == 0 ? s->module_px : fmin(view->module_px, s->module_px);
    return TBC_OK;
}

static enum tbc_err
draw(const struct scene *sc, const struct hard_view *view, struct hard_random *r,
     struct tbc_picture *to)
{
    struct hard_light l = { 0 };
    enum tbc_err err = hard_light_init(&l, HARD_VIEW_WIDTH, HARD_VIEW_HEIGHT);

    if (err == TBC_OK) {
        err = draw_hall(sc, r, &l);
    }
    for (size_t i = 0; err == TBC_OK && i < sc->sheet_n; i++) {
        draw_sheet(sc, &sc->sheets[i], &l);
    }
    if (err == TBC_OK) {
        add_glare(sc, &l);
        err = hard_blur(&l, fmax(sc->blur * view->module_px, 0.5));
    }
    if (err == TBC_OK && sc->motion > 0) {
        err = hard_move(&l, sc->motion * view->module_px, sc->motion_angle);
    }
    if (err == TBC_OK) {
        err = hard_expose(&l, &sc->sensor, r, to);
    }
    hard_light_fini(&l);
    return err;
}

static enum tbc_err
make(const struct hard_texts *texts, uint64_t seed, unsigned index,
     struct hard_view *view)
{
    struct hard_random r = { seed * 0x9e3779b97f4a7c15u + index };
    struct scene sc = { 0 };
    size_t codes = view->trouble == HARD_TWO ? 2 : texts != NULL;
    enum tbc_err err = TBC_OK;

    choose_sensor(&sc, view->trouble, &r);
    choose_light(&sc, view->trouble, &r);
    choose_lens(&sc, view->trouble, &r);
    choose_waves(&sc, view->trouble, &r);
    view->module_px = 5;
    while (err == TBC_OK && sc.sheet_n < codes) {
        err = choose_sheet(&sc, texts, view, &r);
    }
    if (view->trouble == HARD_GLARE) {
        choose_glares(&sc, &r);
    }
    if (view->trouble == HARD_DARK && codes > 0 && !sc.sheets[0].is_phone) {
        sc.sensor.gain = hard_random_between(&r, 28, 55);
    }
    if (err == TBC_OK) {
        err = draw(&sc, view, &r, &view->picture);
    }
    for (size_t i = 0; i < sc.sheet_n; i++) {
        tbc_qr_fini(&sc.sheets[i].qr);
    }
    return err;
}

enum tbc_err
hard_view_make(const struct hard_texts *texts, uint64_t seed, unsigned index,
               struct hard_view *view)
{
    *view =
        (struct hard_view){ .trouble = (enum hard_trouble)(index % HARD_TROUBLE_N) };
    return make(texts, seed, index, view);
}

enum tbc_err
hard_view_empty(uint64_t seed, unsigned index, struct hard_view *view)
{
    *view = (struct hard_view){ .trouble = HARD_TROUBLE_N };
    return make(NULL, seed, index, view);
}

void
hard_view_fini(struct hard_view *view)
{
    tbc_picture_fini(&view->picture);
    *view = (struct hard_view){ 0 };
}
