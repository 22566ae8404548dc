#include "scan/shade.h"

#include <stdlib.h>

#define GREY       128
#define NOISE_STEP 5 /* pixels: enough to know it */

enum tbc_err
tbc_shade_init(struct tbc_shade *s, int width)
{
    *s = (struct tbc_shade){ .width = width };
    s->columns = calloc((size_t)width, sizeof *s->columns);
    return s->columns == NULL ? TBC_ERR_NO_MEMORY : TBC_OK;
}

void
tbc_shade_fini(struct tbc_shade *s)
{
    free(s->columns);
    *s = (struct tbc_shade){ 0 };
}

static int
within(int v, int limit)
{
    if (v < 0) {
        return 0;
    }
    return v >= limit ? limit - 1 : v;
}

static const uint8_t *
row(const struct tbc_picture *p, int y)
{
    return p->px + (size_t)within(y, p->height) * (size_t)p->width;
}

void
tbc_shade_smooth(const struct tbc_shade *s, const struct tbc_picture *in,
                 struct tbc_picture *out)
{
    uint32_t *sums = s->columns;
    int w = in->width;

    for (int y = 0; y < in->height; y++) {
        const uint8_t *above = row(in, y - 1);
        const uint8_t *here = row(in, y);
        const uint8_t *below = row(in, y + 1);
        uint8_t *to = out->px + (size_t)y * (size_t)w;

        for (int x = 0; x < w; x++) {
            sums[x] = (uint32_t)above[x] + 2u * here[x] + below[x];
        }
        for (int x = 1; x < w - 1; x++) {
            to[x] = (uint8_t)((sums[x - 1] + 2 * sums[x] + sums[x + 1] + 8) / 16);
        }
        to[0] = (uint8_t)((sums[0] + 2) / 4);
        to[w - 1] = (uint8_t)((sums[w - 1] + 2) / 4);
    }
}

/* The squares of one picture: column sums of the rows around y, moved on row by row. */
static void
begin_squares(uint32_t *columns, const struct tbc_picture *in, int radius)
{
    for (int x = 0; x < in->width; x++) {
        columns[x] = 0;
    }
    for (int y = -radius; y <= radius; y++) {
        const uint8_t *from = row(in, y);

        for (int x = 0; x < in->width; x++) {
            columns[x] += from[x];
        }
    }
}

static void
move_squares(uint32_t *columns, const struct tbc_picture *in, int radius, int y)
{
    const uint8_t *gone = row(in, y - radius);
    const uint8_t *come = row(in, y + radius + 1);

    for (int x = 0; x < in->width; x++) {
        columns[x] += (uint32_t)come[x] - gone[x]; /* wraps and wraps back */
    }
}

static int32_t
first_square(const uint32_t *columns, int width, int radius)
{
    uint32_t sum = 0;

    for (int x = -radius; x <= radius; x++) {
        sum += columns[within(x, width)];
    }
    return (int32_t)sum;
}

static int32_t
next_square(const uint32_t *columns, int width, int radius, int x)
{
    return (int32_t)columns[within(x + radius + 1, width)] -
           (int32_t)columns[within(x - radius, width)];
}

void
tbc_shade_threshold(const struct tbc_shade *s, const struct tbc_picture *in, int radius,
                    int bias, struct tbc_picture *out)
{
    int32_t n = (2 * radius + 1) * (2 * radius + 1);

    begin_squares(s->columns, in, radius);
    for (int y = 0; y < in->height; y++) {
        const uint8_t *from = row(in, y);
        uint8_t *to = out->px + (size_t)y * (size_t)in->width;
        int32_t sum = first_square(s->columns, in->width, radius);

        for (int x = 0; x < in->width; x++) {
            to[x] = (from[x] + bias) * n < sum ? 0 : 255;
            sum += next_square(s->columns, in->width, radius, x);
        }
        move_squares(s->columns, in, radius, y);
    }
}

void
tbc_shade_invert(struct tbc_picture *p)
{
    size_t n = (size_t)p->width * (size_t)p->height;

    for (size_t i = 0; i < n; i++) {
        p->px[i] = (uint8_t)~p->px[i];
    }
}

int
tbc_shade_noise(const struct tbc_picture *in)
{
    uint32_t counts[256] = { 0 };
    uint32_t n = 0;
    uint32_t below = 0;
    int noise = 0;

    for (int y = 0; y < in->height; y += NOISE_STEP) {
        const uint8_t *px = row(in, y);

        for (int x = 2; x < in->width; x += NOISE_STEP) {
            counts[abs(px[x] - px[x - 2])]++;
            n++;
        }
    }
    while (noise < 255 && (below += counts[noise]) <= n / 2) {
        noise++;
    }
    return noise;
}

static uint8_t
clamp_byte(int32_t v)
{
    if (v < 0) {
        return 0;
    }
    return v > 255 ? 255 : (uint8_t)v;
}

void
tbc_shade_stretch(const struct tbc_shade *s, const struct tbc_picture *in, int radius,
                  int gain, struct tbc_picture *out)
{
    int32_t n = (2 * radius + 1) * (2 * radius + 1);
    int32_t scale = gain * 65536 / n; /* 255 n scale stays below 2^27 */

    begin_squares(s->columns, in, radius);
    for (int y = 0; y < in->height; y++) {
        const uint8_t *from = row(in, y);
        uint8_t *to = out->px + (size_t)y * (size_t)in->width;
        int32_t sum = first_square(s->columns, in->width, radius);

        for (int x = 0; x < in->width; x++) {
            to[x] = clamp_byte(GREY + (from[x] * n - sum) * scale / 65536);
            sum += next_square(s->columns, in->width, radius, x);
        }
        move_squares(s->columns, in, radius, y);
    }
}

static uint8_t
bilinear(const uint8_t *px, size_t stride, float x, float y)
{
    const uint8_t *at = px + (size_t)y * stride + (size_t)x;
    float right = x - (float)(size_t)x;
    float low = y - (float)(size_t)y;
    float top = (float)at[0] + right * (float)(at[1] - at[0]);
    float bottom = (float)at[stride] + right * (float)(at[stride + 1] - at[stride]);

    return (uint8_t)(top + low * (bottom - top) + 0.5F);
}

void
tbc_shade_keystone(const struct tbc_picture *in, double x, double y,
                   struct tbc_picture *out)
{
    float middle_x = (float)in->width / 2;
    float middle_y = (float)in->height / 2;
    float end_x = (float)(in->width - 1);
    float end_y = (float)(in->height - 1);
    size_t i = 0;

    for (int v = 0; v < out->height; v++) {
        float dy = (float)v - (float)out->height / 2;

        for (int u = 0; u < out->width; u++, i++) {
            float dx = (float)u - (float)out->width / 2;
            float near = 1 / (1 + (float)x * dx + (float)y * dy);
            float from_x = middle_x + dx * near;
            float from_y = middle_y + dy * near;

            /* behind the horizon near is negative, and nothing of it lies inside */
            out->px[i] = near > 0 && from_x >= 0 && from_y >= 0 && from_x < end_x &&
                                 from_y < end_y
                             ? bilinear(in->px, (size_t)in->width, from_x, from_y)
                             : GREY;
        }
    }
}
