#include "scan/regions.h"
#include "scan/shade.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* Small enough to do by hand, in the plain way. */
#define W 23
#define H 17

static void
fill(struct tbc_picture *p, int width, int height)
{
    uint32_t state = 1;

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(p, width, height, 1), TBC_OK);
    for (int i = 0; i < width * height; i++) {
        state = state * 1664525u + 1013904223u;
        p->px[i] = (uint8_t)(state >> 24);
    }
}

static int
at(const struct tbc_picture *p, int x, int y)
{
    x = x < 0 ? 0 : x >= p->width ? p->width - 1 : x;
    y = y < 0 ? 0 : y >= p->height ? p->height - 1 : y;
    return p->px[y * p->width + x];
}

static int
square(const struct tbc_picture *p, int x, int y, int radius)
{
    int sum = 0;

    for (int v = -radius; v <= radius; v++) {
        for (int u = -radius; u <= radius; u++) {
            sum += at(p, x + u, y + v);
        }
    }
    return sum;
}

static void
a_threshold_is_the_mean_of_the_square_around(void)
{
    static const int radii[] = { 1, 2, 8,
                                 30 }; /* the last one reaches beyond all edges */
    struct tbc_shade s;
    struct tbc_picture in;
    struct tbc_picture out;
    bool same = true;

    fill(&in, W, H);
    CU_ASSERT_EQUAL_FATAL(tbc_shade_init(&s, W), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&out, W, H, 1), TBC_OK);
    for (size_t i = 0; i < sizeof radii / sizeof *radii; i++) {
        int n = (2 * radii[i] + 1) * (2 * radii[i] + 1);

        for (int bias = 0; bias < 9; bias += 4) {
            tbc_shade_threshold(&s, &in, radii[i], bias, &out);
            for (int k = 0; k < W * H; k++) {
                bool dark = (in.px[k] + bias) * n < square(&in, k % W, k / W, radii[i]);

                same = same && out.px[k] == (dark ? 0 : 255);
            }
        }
    }
    CU_ASSERT(same);
    tbc_picture_fini(&out);
    tbc_picture_fini(&in);
    tbc_shade_fini(&s);
}

static void
stretching_multiplies_the_difference_to_that_mean(void)
{
    struct tbc_shade s;
    struct tbc_picture in;
    struct tbc_picture out;
    bool near = true;

    fill(&in, W, H);
    CU_ASSERT_EQUAL_FATAL(tbc_shade_init(&s, W), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&out, W, H, 1), TBC_OK);
    for (int gain = 1; gain <= 8; gain++) {
        tbc_shade_stretch(&s, &in, 5, gain, &out);
        for (int k = 0; k < W * H; k++) {
            int v = 128 + (in.px[k] * 121 - square(&in, k % W, k / W, 5)) * gain / 121;

            v = v < 0 ? 0 : v > 255 ? 255 : v;
            near = near && abs(out.px[k] - v) <= 8;
        }
    }
    CU_ASSERT(near);
    tbc_picture_fini(&out);
    tbc_picture_fini(&in);
    tbc_shade_fini(&s);
}

static void
smoothing_weighs_neighbours_and_keeps_what_is_even(void)
{
    struct tbc_shade s;
    struct tbc_picture in;
    struct tbc_picture out;
    bool same = true;

    fill(&in, W, H);
    CU_ASSERT_EQUAL_FATAL(tbc_shade_init(&s, W), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&out, W, H, 1), TBC_OK);
    tbc_shade_smooth(&s, &in, &out);
    for (int k = 0; k < W * H; k++) {
        int x = k % W;
        int y = k / W;
        int sum = 0;

        for (int v = -1; v <= 1; v++) {
            sum += (2 - abs(v)) * (at(&in, x - 1, y + v) + 2 * at(&in, x, y + v) +
                                   at(&in, x + 1, y + v));
        }
        same = same && (x == 0 || x == W - 1 || out.px[k] == (sum + 8) / 16);
    }
    CU_ASSERT(same);
    memset(in.px, 77, (size_t)W * H);
    tbc_shade_smooth(&s, &in, &out);
    CU_ASSERT(memcmp(in.px, out.px, (size_t)W * H) == 0);
    tbc_picture_fini(&out);
    tbc_picture_fini(&in);
    tbc_shade_fini(&s);
}

/* Half of the picture may be code: the noise is what the other half shows. */
static void
noise_is_what_even_places_differ_by(void)
{
    struct tbc_picture p;

    fill(&p, 400, 100);
    CU_ASSERT(tbc_shade_noise(&p) > 40);
    for (int i = 0; i < 400 * 100; i++) {
        if (i % 400 < 240) {
            p.px[i] = (uint8_t)(100 + p.px[i] % 5);
        }
    }
    CU_ASSERT(tbc_shade_noise(&p) <= 4);
    memset(p.px, 9, (size_t)400 * 100);
    CU_ASSERT_EQUAL(tbc_shade_noise(&p), 0);
    tbc_picture_fini(&p);
}

static void
a_keystone_without_tilt_changes_nothing_and_keeps_the_centre(void)
{
    struct tbc_picture in;
    struct tbc_picture out;

    fill(&in, 40, 30);
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&out, 40, 30, 1), TBC_OK);
    tbc_shade_keystone(&in, 0, 0, &out);
    for (int y = 0; y < 29; y++) {
        CU_ASSERT(memcmp(in.px + y * 40, out.px + y * 40, 39) == 0);
    }
    tbc_shade_keystone(&in, 0.01, -0.02, &out);
    CU_ASSERT_EQUAL(out.px[15 * 40 + 20], in.px[15 * 40 + 20]);
    CU_ASSERT(memcmp(in.px, out.px, (size_t)40 * 30) != 0);
    tbc_shade_keystone(&in, 1, 1, &out); /* half of it lies behind the horizon */
    CU_ASSERT_EQUAL(out.px[0], 128);
    tbc_picture_fini(&out);
    tbc_picture_fini(&in);
}

/* Squares of 4 px in an even picture. */
static void
put_squares(struct tbc_picture *p, int x0, int y0, int side)
{
    for (int y = y0; y < y0 + side; y++) {
        for (int x = x0; x < x0 + side; x++) {
            p->px[y * p->width + x] = (x / 4 + y / 4) % 2 == 0 ? 0 : 255;
        }
    }
}

static bool
covers(const struct tbc_box *b, int x, int y, int side)
{
    return b->x <= x && b->y <= y && b->x + b->width >= x + side &&
           b->y + b->height >= y + side;
}

static void
fields_of_squares_are_regions_and_edges_are_none(void)
{
    struct tbc_regions r;
    struct tbc_picture p;
    struct tbc_codes read = { 0 };
    struct tbc_box found[TBC_REGIONS_MAX];

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 640, 480, 1), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_regions_init(&r, 640, 480), TBC_OK);
    memset(p.px, 255, (size_t)640 * 480);
    CU_ASSERT_EQUAL(tbc_regions_find(&r, &p, &read, found), 0);
    for (int y = 100; y < 300; y++) { /* a door, and a line of print */
        memset(p.px + y * 640 + 30, 0, 90);
    }
    put_squares(&p, 0, 464, 16);
    CU_ASSERT_EQUAL(tbc_regions_find(&r, &p, &read, found), 0);
    put_squares(&p, 200, 40, 120);
    put_squares(&p, 400, 200, 200);
    CU_ASSERT_EQUAL(tbc_regions_find(&r, &p, &read, found), 2);
    CU_ASSERT(covers(&found[0], 400, 200, 200));
    CU_ASSERT(covers(&found[1], 200, 40, 120));
    CU_ASSERT_EQUAL(
        tbc_codes_add(&read, tbc_span_str("A"), (struct tbc_box){ 400, 200, 200, 200 }),
        TBC_OK);
    CU_ASSERT_EQUAL(tbc_regions_find(&r, &p, &read, found), 1);
    CU_ASSERT(covers(&found[0], 200, 40, 120));
    tbc_codes_fini(&read);
    tbc_regions_fini(&r);
    tbc_picture_fini(&p);
}

static void
the_largest_regions_come_first_and_are_all_there_are(void)
{
    static const int sides[] = { 112, 208, 128, 144, 176, 160 };
    struct tbc_regions r;
    struct tbc_picture p;
    struct tbc_codes read = { 0 };
    struct tbc_box found[TBC_REGIONS_MAX];

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 1280, 720, 1), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_regions_init(&r, 1280, 720), TBC_OK);
    memset(p.px, 255, (size_t)1280 * 720);
    for (int i = 0; i < 6; i++) {
        put_squares(&p, 48 + i % 3 * 400, 48 + i / 3 * 320, sides[i]);
    }
    CU_ASSERT_EQUAL(tbc_regions_find(&r, &p, &read, found), TBC_REGIONS_MAX);
    CU_ASSERT(covers(&found[0], 448, 48, 208));
    CU_ASSERT(covers(&found[1], 448, 368, 176));
    CU_ASSERT(covers(&found[2], 848, 368, 160));
    CU_ASSERT(covers(&found[3], 48, 368, 144));
    tbc_regions_fini(&r);
    tbc_picture_fini(&p);
}

TBC_SUITE("scan/shade", TEST(a_threshold_is_the_mean_of_the_square_around),
          TEST(stretching_multiplies_the_difference_to_that_mean),
          TEST(smoothing_weighs_neighbours_and_keeps_what_is_even),
          TEST(noise_is_what_even_places_differ_by),
          TEST(a_keystone_without_tilt_changes_nothing_and_keeps_the_centre),
          TEST(fields_of_squares_are_regions_and_edges_are_none),
          TEST(the_largest_regions_come_first_and_are_all_there_are))
