#include "hard_lens.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define TAPS_MAX 32 /* each side of a Gauss filter */

uint64_t
hard_random_next(struct hard_random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15u;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

double
hard_random_between(struct hard_random *r, double low, double high)
{
    return low +
           (high - low) * (double)(hard_random_next(r) >> 11) / 9007199254740992.0;
}

bool
hard_random_is(struct hard_random *r, double share)
{
    return hard_random_between(r, 0, 1) < share;
}

enum tbc_err
hard_light_init(struct hard_light *l, int width, int height)
{
    *l = (struct hard_light){ .width = width, .height = height };
    l->px = calloc((size_t)width * (size_t)height, sizeof *l->px);
    return l->px == NULL ? TBC_ERR_NO_MEMORY : TBC_OK;
}

void
hard_light_fini(struct hard_light *l)
{
    free(l->px);
    *l = (struct hard_light){ 0 };
}

static int
gauss_taps(double sigma, float taps[static TAPS_MAX + 1])
{
    double reach = fmin(3 * sigma + 1, TAPS_MAX);
    int n = (int)reach;
    double sum = 0;

    for (int i = 0; i <= n; i++) {
        taps[i] = (float)exp(-i * i / (2 * sigma * sigma));
        sum += (i == 0 ? 1 : 2) * (double)taps[i];
    }
    for (int i = 0; i <= n; i++) {
        taps[i] /= (float)sum;
    }
    return n;
}

static int
within(int v, int limit)
{
    if (v < 0) {
        return 0;
    }
    return v >= limit ? limit - 1 : v;
}

/* One axis: n pixels a step apart. */
static void
blur_line(float *px, size_t step, int n, const float *taps, int tap_n, float *line)
{
    for (int i = 0; i < n; i++) {
        line[i] = px[(size_t)i * step];
    }
    for (int i = 0; i < n; i++) {
        float sum = taps[0] * line[i];

        for (int k = 1; k <= tap_n; k++) {
            sum += taps[k] * (line[within(i - k, n)] + line[within(i + k, n)]);
        }
        px[(size_t)i * step] = sum;
    }
}

enum tbc_err
hard_blur(struct hard_light *l, double px)
{
    float taps[TAPS_MAX + 1];
    int n = gauss_taps(px, taps);
    float *line = malloc(sizeof *line * (size_t)(l->width + l->height));

    if (line == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    for (int y = 0; y < l->height; y++) {
        blur_line(l->px + (size_t)y * (size_t)l->width, 1, l->width, taps, n, line);
    }
    for (int x = 0; x < l->width; x++) {
        blur_line(l->px + x, (size_t)l->width, l->height, taps, n, line);
    }
    free(line);
    return TBC_OK;
}

static float
bilinear(const float *px, int width, int height, float x, float y)
{
    int x0 = (int)(x + 64) - 64; /* downwards; no hand moves further */
    int y0 = (int)(y + 64) - 64;
    float fx = x - (float)x0;
    float fy = y - (float)y0;
    const float *top = px + (size_t)within(y0, height) * (size_t)width;
    const float *low = px + (size_t)within(y0 + 1, height) * (size_t)width;
    int left = within(x0, width);
    int right = within(x0 + 1, width);

    return (1 - fy) * ((1 - fx) * top[left] + fx * top[right]) +
           fy * ((1 - fx) * low[left] + fx * low[right]);
}

enum tbc_err
hard_move(struct hard_light *l, double px, double radians)
{
    size_t size = sizeof *l->px * (size_t)l->width * (size_t)l->height;
    int n = 2 * (int)(px + 1) + 1;
    float *from = malloc(size);

    if (from == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    memcpy(from, l->px, size);
    for (int y = 0; y < l->height; y++) {
        for (int x = 0; x < l->width; x++) {
            float sum = 0;

            for (int k = 0; k < n; k++) {
                float at = (float)(px * (k / (n - 1.0) - 0.5));

                sum += bilinear(from, l->width, l->height,
                                (float)x + at * cosf((float)radians),
                                (float)y + at * sinf((float)radians));
            }
            l->px[(size_t)y * (size_t)l->width + (size_t)x] = sum / (float)n;
        }
    }
    free(from);
    return TBC_OK;
}

/* The sum of four even numbers is near enough to a Gauss curve. */
static double
bell(struct hard_random *r)
{
    uint64_t bits = hard_random_next(r);
    double sum = 0;

    for (int i = 0; i < 4; i++) {
        sum += (double)(bits >> (16 * i) & 0xffff) / 65535.0 - 0.5;
    }
    return sum * 1.7320508;
}

static enum tbc_err
code_and_decode(struct tbc_picture *p, int quality)
{
    struct tbc_buf file = { 0 };
    struct tbc_picture rgb = { 0 };
    enum tbc_err err = tbc_picture_encode_jpeg(p, quality, &file);

    if (err == TBC_OK) {
        err = tbc_picture_decode(&rgb, tbc_buf_span(&file), TBC_PICTURE_SIDE_MAX);
    }
    for (int i = 0; err == TBC_OK && i < p->width * p->height; i++) {
        p->px[i] = rgb.px[3 * i];
    }
    tbc_picture_fini(&rgb);
    tbc_buf_fini(&file);
    return err;
}

/* Photons are counted: bright places are noisier, by the root of the light. */
static uint8_t
expose_pixel(const struct hard_sensor *s, double light, struct hard_random *r)
{
    double grey = s->black + s->gain * fmin(light, 4);
    double noise = s->noise * sqrt(1 + fmax(grey, 0) / 64) * bell(r);

    double seen = fmin(fmax(grey + noise + 0.5, 0), 255);

    return (uint8_t)seen;
}

enum tbc_err
hard_expose(const struct hard_light *l, const struct hard_sensor *sensor,
            struct hard_random *r, struct tbc_picture *to)
{
    enum tbc_err err = tbc_picture_init(to, l->width, l->height, 1);
    double far = (double)l->width * l->width + (double)l->height * l->height;

    for (int y = 0; err == TBC_OK && y < l->height; y++) {
        for (int x = 0; x < l->width; x++) {
            double dx = 2.0 * x - l->width;
            double dy = 2.0 * y - l->height;
            size_t i = (size_t)y * (size_t)l->width + (size_t)x;
            double fall = 1 - sensor->vignette * (dx * dx + dy * dy) / far;

            to->px[i] = expose_pixel(sensor, (double)l->px[i] * fall, r);
        }
    }
    if (err == TBC_OK && sensor->quality > 0) {
        err = code_and_decode(to, sensor->quality);
    }
    if (err != TBC_OK) {
        tbc_picture_fini(to);
    }
    return err;
}
