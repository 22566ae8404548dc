#include "image/picture.h"

#include "image/formats.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static size_t
byte_count(const struct tbc_picture *p)
{
    return (size_t)p->width * (size_t)p->height * (size_t)p->channels;
}

void
tbc_picture_fini(struct tbc_picture *p)
{
    if (p->px != NULL) {
        tbc_wipe(p->px, byte_count(p));
        free(p->px);
    }
    *p = (struct tbc_picture){ 0 };
}

enum tbc_err
tbc_picture_init(struct tbc_picture *p, int width, int height, int channels)
{
    *p = (struct tbc_picture){ 0 };
    if (width < 1 || height < 1 || width > TBC_PICTURE_SIDE_MAX ||
        height > TBC_PICTURE_SIDE_MAX || (channels != 1 && channels != 3)) {
        return TBC_ERR_RANGE;
    }
    p->px = calloc((size_t)width * (size_t)height, (size_t)channels);
    if (p->px == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    p->width = width;
    p->height = height;
    p->channels = channels;
    return TBC_OK;
}

enum tbc_err
tbc_picture_init_within(struct tbc_picture *p, uint32_t width, uint32_t height,
                        int side_max, int channels)
{
    uint32_t max = TBC_PICTURE_SIDE_MAX;

    if (side_max > 0 && (uint32_t)side_max < max) {
        max = (uint32_t)side_max;
    }
    if (width == 0 || height == 0) {
        return TBC_ERR_MALFORMED;
    }
    if (width > max || height > max) {
        return TBC_ERR_LIMIT;
    }
    return tbc_picture_init(p, (int)width, (int)height, channels);
}

static bool
is_jpeg(struct tbc_span file)
{
    static const uint8_t start[] = { 0xff, 0xd8, 0xff };

    return tbc_span_starts(file, tbc_span_of(start, sizeof start));
}

enum tbc_err
tbc_picture_decode(struct tbc_picture *p, struct tbc_span file, int side_max)
{
    static const uint8_t png[] = { 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n' };

    *p = (struct tbc_picture){ 0 };
    if (file.len > TBC_PICTURE_BYTES_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (tbc_span_starts(file, tbc_span_of(png, sizeof png))) {
        return tbc_png_decode(p, file, side_max);
    }
    if (is_jpeg(file)) {
        return tbc_jpeg_decode(p, file, side_max, 3);
    }
    if (tbc_span_starts(file, tbc_span_str("RIFF")) &&
        tbc_span_equal(tbc_span_sub(file, 8, 4), tbc_span_str("WEBP"))) {
        return tbc_webp_decode(p, file, side_max);
    }
    return TBC_ERR_UNSUPPORTED;
}

enum tbc_err
tbc_picture_grey(const struct tbc_picture *from, struct tbc_picture *to)
{
    size_t n = (size_t)from->channels;
    enum tbc_err err = tbc_picture_init(to, from->width, from->height, 1);

    for (size_t i = 0; err == TBC_OK && i < (size_t)from->width * (size_t)from->height;
         i++) {
        const uint8_t *px = from->px + i * n;

        to->px[i] =
            n == 1 ? *px : (uint8_t)((px[0] * 77 + px[1] * 150 + px[2] * 29) / 256);
    }
    return err;
}

enum tbc_err
tbc_picture_colour(const struct tbc_picture *from, struct tbc_picture *to)
{
    size_t n = (size_t)from->channels;
    enum tbc_err err = tbc_picture_init(to, from->width, from->height, 3);

    for (size_t i = 0; err == TBC_OK && i < byte_count(to); i++) {
        to->px[i] = from->px[n == 1 ? i / 3 : i];
    }
    return err;
}

enum tbc_err
tbc_picture_decode_grey(struct tbc_picture *p, struct tbc_span file, int side_max)
{
    struct tbc_picture colour = { 0 };
    enum tbc_err err;

    *p = (struct tbc_picture){ 0 };
    if (file.len > TBC_PICTURE_BYTES_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (is_jpeg(file)) {
        return tbc_jpeg_decode(p, file, side_max, 1);
    }
    if ((err = tbc_picture_decode(&colour, file, side_max)) == TBC_OK) {
        err = tbc_picture_grey(&colour, p);
    }
    tbc_picture_fini(&colour);
    return err;
}

/* Up to the limit and one byte more, which tells that the file is longer. */
static enum tbc_err
read_whole(FILE *f, struct tbc_buf *out)
{
    size_t chunk = 1 << 16;
    enum tbc_err err;

    do {
        size_t got;

        if ((err = tbc_buf_reserve(out, chunk)) != TBC_OK) {
            return err;
        }
        got = fread(out->ptr + out->len, 1, chunk, f);
        out->len += got;
        if (ferror(f)) {
            return TBC_ERR_IO;
        }
    } while (!feof(f) && out->len <= TBC_PICTURE_BYTES_MAX);
    return TBC_OK;
}

enum tbc_err
tbc_picture_read(struct tbc_picture *p, const char *path)
{
    struct tbc_buf file = { 0 };
    FILE *f = fopen(path, "rbe");
    enum tbc_err err;

    *p = (struct tbc_picture){ 0 };
    if (f == NULL) {
        return errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    }
    if ((err = read_whole(f, &file)) == TBC_OK) {
        err = tbc_picture_decode(p, tbc_buf_span(&file), TBC_PICTURE_SIDE_MAX);
    }
    tbc_buf_fini(&file);
    (void)fclose(f); /* only read: nothing to lose */
    return err;
}

/* Whole pixels that a part touches, cut to 0..limit. */
static int
clamp_pixel(double v, int limit)
{
    if (!(v > 0)) { /* also NaN */
        return 0;
    }
    return v > limit ? limit : (int)v;
}

enum tbc_err
tbc_picture_crop(const struct tbc_picture *from, struct tbc_rect part,
                 struct tbc_picture *to)
{
    int x0 = clamp_pixel(floor(part.x), from->width);
    int y0 = clamp_pixel(floor(part.y), from->height);
    int x1 = clamp_pixel(ceil(part.x + part.w), from->width);
    int y1 = clamp_pixel(ceil(part.y + part.h), from->height);
    size_t row;
    enum tbc_err err;

    if (x1 <= x0 || y1 <= y0) {
        *to = (struct tbc_picture){ 0 };
        return TBC_ERR_RANGE;
    }
    if ((err = tbc_picture_init(to, x1 - x0, y1 - y0, from->channels)) != TBC_OK) {
        return err;
    }
    row = (size_t)to->width * (size_t)to->channels;
    for (int y = 0; y < to->height; y++) {
        size_t at = ((size_t)(y0 + y) * (size_t)from->width + (size_t)x0) *
                    (size_t)from->channels;

        memcpy(to->px + (size_t)y * row, from->px + at, row);
    }
    return TBC_OK;
}

void
tbc_picture_mirror(struct tbc_picture *p)
{
    size_t n = (size_t)p->channels;

    for (int y = 0; y < p->height; y++) {
        uint8_t *a = p->px + (size_t)y * (size_t)p->width * n;
        uint8_t *b = a + ((size_t)p->width - 1) * n;

        for (; a < b; a += n, b -= n) {
            for (size_t c = 0; c < n; c++) {
                uint8_t t = a[c];

                a[c] = b[c];
                b[c] = t;
            }
        }
    }
}

/* Which pixels of one axis make one pixel of the scaled axis, and how much of each: the first
 * and the last count in part, those between in full. */
struct taps {
    int first;
    int n;
    double head;
    double body;
    double tail;
};

static struct taps
area_taps(int i, int from, int to)
{
    double ratio = (double)from / to;
    double low = i * ratio;
    double high = low + ratio;
    struct taps t = { .first = (int)low, .body = 1 / ratio };
    int last =
        (int)(high - 1e-9); /* a box that ends at an edge does not touch beyond */

    last = last >= from ? from - 1 : last;
    t.n = last - t.first + 1;
    t.head = (t.first + 1 - low) / ratio;
    t.tail = (high - last) / ratio;
    if (t.n == 1) {
        t.head = 1;
    }
    return t;
}

static struct taps
linear_taps(int i, int from, int to)
{
    double at = (i + 0.5) * from / to - 0.5;
    struct taps t = { .n = 2 };

    at = at < 0 ? 0 : at;
    t.first = (int)at;
    t.tail = at - t.first;
    t.head = 1 - t.tail;
    if (t.first >= from - 1) {
        t = (struct taps){ .first = from - 1, .n = 1, .head = 1 };
    }
    return t;
}

static struct taps
axis_taps(int i, int from, int to)
{
    return to < from ? area_taps(i, from, to) : linear_taps(i, from, to);
}

static float
tap_weight(const struct taps *t, int k)
{
    if (k == 0) {
        return (float)t->head;
    }
    return k == t->n - 1 ? (float)t->tail : (float)t->body;
}

/* One line of the result before its columns are scaled. */
static void
blend_rows(const struct tbc_picture *from, const struct taps *rows, float *line)
{
    size_t n = (size_t)from->width * (size_t)from->channels;

    for (size_t i = 0; i < n; i++) {
        line[i] = 0;
    }
    for (int k = 0; k < rows->n; k++) {
        const uint8_t *px = from->px + (size_t)(rows->first + k) * n;
        float weight = tap_weight(rows, k);

        for (size_t i = 0; i < n; i++) {
            line[i] += weight * (float)px[i];
        }
    }
}

static void
blend_columns(const float *line, int from_width, struct tbc_picture *to, int y)
{
    int n = to->channels;
    uint8_t *px = to->px + (size_t)y * (size_t)to->width * (size_t)n;

    for (int x = 0; x < to->width; x++) {
        struct taps t = axis_taps(x, from_width, to->width);

        for (int c = 0; c < n; c++) {
            float sum = 0.5F;

            for (int k = 0; k < t.n; k++) {
                sum += tap_weight(&t, k) * line[(t.first + k) * n + c];
            }
            *px++ = sum >= 255 ? 255 : (uint8_t)sum;
        }
    }
}

enum tbc_err
tbc_picture_scale(const struct tbc_picture *from, int width, int height,
                  struct tbc_picture *to)
{
    size_t line_n = (size_t)from->width * (size_t)from->channels;
    float *line = NULL;
    enum tbc_err err;

    if ((err = tbc_picture_init(to, width, height, from->channels)) != TBC_OK) {
        return err;
    }
    line = malloc(line_n * sizeof *line);
    if (line == NULL) {
        tbc_picture_fini(to);
        return TBC_ERR_NO_MEMORY;
    }
    for (int y = 0; y < height; y++) {
        struct taps rows = axis_taps(y, from->height, height);

        blend_rows(from, &rows, line);
        blend_columns(line, from->width, to, y);
    }
    tbc_wipe(line, line_n * sizeof *line);
    free(line);
    return TBC_OK;
}
