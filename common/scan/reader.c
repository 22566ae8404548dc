#include "scan/reader.h"

#include "scan/qr_zbar.h"
#include "scan/qr_zxing.h"
#include "scan/regions.h"
#include "scan/shade.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIND_RADIUS   20
#define FIND_BIAS     3 /* grey levels, and more where there is noise */
#define FIND_BIAS_MAX 12
#define READ_RADIUS   20
#define ZBAR_RADIUS   12
#define ZBAR_GAIN     4
#define TILT          4e-4 /* of a plane half way between flat and 45 degrees, at 1280 x 720 */
#define SLANT         (TILT * 0.70710678)
#define NO_RUNG       SIZE_MAX
#define FRAME_WORK    (26.0 * 1280 * 720) /* pixels times the price of a rung */
#define GROWN(side)   ((side) + (side) / 8)

enum plane {
    PLANE_SMOOTH, /* the frame */
    PLANE_PART,   /* a region of the frame or of what is smooth */
    PLANE_TILTED,
    PLANE_WORK,
    PLANE_N
};

enum attempt {
    ATTEMPT_THRESHOLD,
    ATTEMPT_INVERTED,
    ATTEMPT_TILT,
    ATTEMPT_ZBAR,
    ATTEMPT_ZBAR_STRETCHED
};

struct rung {
    enum attempt attempt;
    bool smooth;
    double
        price; /* milliseconds for 1280 x 720, about, on the machine where it was measured */
    double x; /* tilt */
    double y;
};

/* What reads most for its price comes first. */
static const struct rung rungs[] = {
    { ATTEMPT_THRESHOLD, false, 5, 0, 0 },
    { ATTEMPT_THRESHOLD, true, 5, 0, 0 },
    { ATTEMPT_INVERTED, false, 5, 0, 0 },
    { ATTEMPT_ZBAR, false, 20, 0, 0 },
    { ATTEMPT_ZBAR_STRETCHED, true, 22, 0, 0 },
    { ATTEMPT_TILT, false, 10, 0, TILT },
    { ATTEMPT_TILT, false, 10, 0, -TILT },
    { ATTEMPT_TILT, false, 10, SLANT, SLANT },
    { ATTEMPT_TILT, false, 10, -SLANT, SLANT },
    { ATTEMPT_TILT, false, 10, SLANT, -SLANT },
    { ATTEMPT_TILT, false, 10, -SLANT, -SLANT },
    { ATTEMPT_TILT, false, 10, TILT, 0 },
    { ATTEMPT_TILT, false, 10, -TILT, 0 },
};

#define RUNGS_N (sizeof rungs / sizeof *rungs)

struct tbc_reader {
    int width; /* of the frames that there is room for */
    int height;
    size_t plane_size;
    uint8_t *planes[PLANE_N];
    struct tbc_shade shade;
    struct tbc_regions regions;
    size_t next;  /* rung of the sweep */
    size_t lucky; /* that read the last code; NO_RUNG */
};

/* One frame on its way. */
struct climb {
    struct tbc_reader *reader;
    const struct tbc_picture *frame;
    struct tbc_codes *codes;
    struct tbc_box left[TBC_REGIONS_MAX]; /* not read yet */
    size_t left_n;
    struct tbc_box at; /* the region that is looked at */
    bool is_still;
    bool is_tilted;
    enum tbc_err err;
};

enum tbc_err
tbc_reader_new(struct tbc_reader **reader)
{
    *reader = calloc(1, sizeof **reader);
    if (*reader == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    (*reader)->lucky = NO_RUNG;
    return TBC_OK;
}

static void
drop_room(struct tbc_reader *r)
{
    for (size_t i = 0; i < PLANE_N; i++) {
        if (r->planes[i] != NULL) {
            tbc_wipe(r->planes[i], r->plane_size);
            free(r->planes[i]);
            r->planes[i] = NULL;
        }
    }
    tbc_shade_fini(&r->shade);
    tbc_regions_fini(&r->regions);
    r->width = 0;
    r->height = 0;
}

void
tbc_reader_free(struct tbc_reader **reader)
{
    if (*reader != NULL) {
        drop_room(*reader);
        free(*reader);
        *reader = NULL;
    }
}

static enum tbc_err
make_room(struct tbc_reader *r, const struct tbc_picture *frame)
{
    bool ok = true;

    if (frame->channels != 1) {
        return TBC_ERR_RANGE;
    }
    if (frame->width == r->width && frame->height == r->height) {
        return TBC_OK;
    }
    drop_room(r);
    r->plane_size = (size_t)GROWN(frame->width) * (size_t)GROWN(frame->height);
    for (size_t i = 0; i < PLANE_N; i++) {
        r->planes[i] = malloc(r->plane_size);
        ok = ok && r->planes[i] != NULL;
    }
    ok = ok && tbc_shade_init(&r->shade, GROWN(frame->width)) == TBC_OK &&
         tbc_regions_init(&r->regions, frame->width, frame->height) == TBC_OK;
    if (!ok) {
        drop_room(r);
        return TBC_ERR_NO_MEMORY;
    }
    r->width = frame->width;
    r->height = frame->height;
    return TBC_OK;
}

static struct tbc_picture
plane(const struct tbc_reader *r, enum plane which, int width, int height)
{
    return (struct tbc_picture){
        .px = r->planes[which], .width = width, .height = height, .channels = 1
    };
}

static void
keep_code(void *ctx, const char *text, size_t len, struct tbc_box box)
{
    struct climb *c = ctx;
    enum tbc_err err;

    box.x += c->at.x;
    box.y += c->at.y;
    err = tbc_codes_add(c->codes, tbc_span_of(text, len), c->is_tilted ? c->at : box);
    c->err = c->err == TBC_OK ? err : c->err;
}

static struct tbc_picture
copy_part(const struct climb *c, bool smooth)
{
    struct tbc_picture part = plane(c->reader, PLANE_PART, c->at.width, c->at.height);
    const uint8_t *from = smooth ? c->reader->planes[PLANE_SMOOTH] : c->frame->px;

    for (int y = 0; y < part.height; y++) {
        memcpy(part.px + (size_t)y * (size_t)part.width,
               from + (size_t)(c->at.y + y) * (size_t)c->frame->width + c->at.x,
               (size_t)part.width);
    }
    return part;
}

static enum tbc_err
try_threshold(struct climb *c, const struct tbc_picture *part)
{
    struct tbc_picture work = plane(c->reader, PLANE_WORK, part->width, part->height);

    tbc_shade_threshold(&c->reader->shade, part, READ_RADIUS, 0, &work);
    return tbc_zxing_read(work.px, work.width, work.height, TBC_ZXING_BINARY, keep_code,
                          c);
}

static enum tbc_err
try_tilt(struct climb *c, const struct tbc_picture *part, const struct rung *rung)
{
    struct tbc_picture tilted =
        plane(c->reader, PLANE_TILTED, GROWN(part->width), GROWN(part->height));
    enum tbc_err err;

    tbc_shade_keystone(part, rung->x, rung->y, &tilted);
    c->is_tilted = true; /* where it found something is not where that is */
    err = try_threshold(c, &tilted);
    c->is_tilted = false;
    return err;
}

static enum tbc_err
try_zbar(struct climb *c, const struct tbc_picture *part, bool stretched)
{
    struct tbc_picture work = plane(c->reader, PLANE_WORK, part->width, part->height);

    if (!stretched) {
        return tbc_zbar_read(part->px, part->width, part->height, keep_code, c);
    }
    tbc_shade_stretch(&c->reader->shade, part, ZBAR_RADIUS, ZBAR_GAIN, &work);
    return tbc_zbar_read(work.px, work.width, work.height, keep_code, c);
}

static enum tbc_err
try_region(struct climb *c, const struct rung *rung)
{
    struct tbc_picture part = copy_part(c, rung->smooth);

    switch (rung->attempt) {
    case ATTEMPT_THRESHOLD:
        return try_threshold(c, &part);
    case ATTEMPT_INVERTED:
        tbc_shade_invert(&part);
        return try_threshold(c, &part);
    case ATTEMPT_TILT:
        return try_tilt(c, &part, rung);
    case ATTEMPT_ZBAR:
        return try_zbar(c, &part, false);
    case ATTEMPT_ZBAR_STRETCHED:
        return try_zbar(c, &part, true);
    }
    return TBC_OK;
}

static double
price_of(const struct climb *c, const struct rung *rung)
{
    double px = 0;

    for (size_t i = 0; i < c->left_n; i++) {
        px += (double)c->left[i].width * c->left[i].height;
    }
    return px * rung->price;
}

/* Whether the codes that were found since fill the region, so that nothing is left in it. */
static bool
is_full(const struct climb *c, size_t since)
{
    double read = 0;

    for (size_t i = since; i < c->codes->n; i++) {
        const struct tbc_box *b = &c->codes->list[i].box;

        read += (double)b->width * b->height;
    }
    return c->codes->n > since && read * 4 >= (double)c->at.width * c->at.height;
}

/* One rung for every region that is left; those that it reads are left no more. */
static bool
step(struct climb *c, size_t i)
{
    size_t kept = 0;
    size_t before = c->codes->n;

    for (size_t k = 0; k < c->left_n; k++) {
        size_t known = c->codes->n;
        enum tbc_err err;

        c->at = c->left[k];
        err = try_region(c, &rungs[i]);
        c->err = c->err == TBC_OK ? err : c->err;
        if (!is_full(c, known)) {
            c->left[kept++] = c->at;
        }
    }
    c->left_n = kept;
    return c->codes->n > before;
}

static void
sweep(struct climb *c, double work)
{
    struct tbc_reader *r = c->reader;
    size_t lucky = r->lucky;

    r->lucky = NO_RUNG;
    if (lucky != NO_RUNG && c->left_n > 0) {
        work -= price_of(c, &rungs[lucky]);
        r->lucky = step(c, lucky) ? lucky : NO_RUNG;
    }
    for (size_t tried = 0; tried < RUNGS_N && c->left_n > 0; tried++) {
        double price = price_of(c, &rungs[r->next]);

        if (price > work && (tried > 0 || lucky != NO_RUNG)) {
            return;
        }
        work -= price;
        if (r->next != lucky && step(c, r->next) && r->lucky == NO_RUNG) {
            r->lucky = r->next;
        }
        r->next = (r->next + 1) % RUNGS_N;
    }
}

/* Above what smoothing leaves of the noise, but below what faint ink differs by. */
static int
find_bias(const struct tbc_picture *frame)
{
    int bias = FIND_BIAS + tbc_shade_noise(frame) * 2 - 1;

    if (bias < FIND_BIAS) {
        return FIND_BIAS;
    }
    return bias > FIND_BIAS_MAX ? FIND_BIAS_MAX : bias;
}

/* ZXing itself, and then what it left. */
static enum tbc_err
climb(struct climb *c)
{
    struct tbc_reader *r = c->reader;
    const struct tbc_picture *f = c->frame;
    struct tbc_picture smooth = plane(r, PLANE_SMOOTH, f->width, f->height);
    struct tbc_picture binary = plane(r, PLANE_WORK, f->width, f->height);
    enum tbc_err err =
        tbc_zxing_read(f->px, f->width, f->height, TBC_ZXING_GREY, keep_code, c);

    if (err != TBC_OK) {
        return err;
    }
    tbc_shade_smooth(&r->shade, f, &smooth);
    tbc_shade_threshold(&r->shade, &smooth, FIND_RADIUS, find_bias(f), &binary);
    c->left_n = tbc_regions_find(&r->regions, &binary, c->codes, c->left);
    if (c->is_still && c->left_n == 0 && c->codes->n == 0) {
        c->left[c->left_n++] = (struct tbc_box){ 0, 0, f->width, f->height };
    }
    if (c->left_n > 0) {
        sweep(c, c->is_still ? (double)INFINITY : FRAME_WORK);
    } else {
        r->next = 0; /* the next code is a new one */
    }
    return c->err;
}

static enum tbc_err
read_frame(struct tbc_reader *reader, const struct tbc_picture *frame, bool is_still,
           struct tbc_codes *codes)
{
    struct climb c = {
        .reader = reader, .frame = frame, .codes = codes, .is_still = is_still
    };
    enum tbc_err err = make_room(reader, frame);

    if (err == TBC_OK) {
        err = climb(&c);
    }
    if (err != TBC_OK) {
        tbc_codes_fini(codes);
        return err;
    }
    tbc_codes_sort(codes);
    return TBC_OK;
}

enum tbc_err
tbc_reader_frame(struct tbc_reader *reader, const struct tbc_picture *frame,
                 struct tbc_codes *codes)
{
    return read_frame(reader, frame, false, codes);
}

enum tbc_err
tbc_reader_still(struct tbc_reader *reader, const struct tbc_picture *picture,
                 struct tbc_codes *codes)
{
    reader->next = 0;
    reader->lucky = NO_RUNG;
    return read_frame(reader, picture, true, codes);
}
