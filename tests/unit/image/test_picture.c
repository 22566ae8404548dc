#include "image/picture.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>

/* A picture with soft slopes in all channels, as JPEG likes them. */
static void
paint(struct tbc_picture *p, int width, int height)
{
    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(p, width, height, 3), TBC_OK);
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < width; x++) {
            uint8_t *px = p->px + ((size_t)y * (size_t)width + (size_t)x) * 3;

            px[0] = (uint8_t)(x * 255 / width);
            px[1] = (uint8_t)(y * 255 / height);
            px[2] = (uint8_t)((x + y) * 255 / (width + height));
        }
    }
}

static int
greatest_difference(const struct tbc_picture *a, const struct tbc_picture *b)
{
    int worst = 0;

    CU_ASSERT_EQUAL_FATAL(a->width, b->width);
    CU_ASSERT_EQUAL_FATAL(a->height, b->height);
    CU_ASSERT_EQUAL_FATAL(a->channels, b->channels);
    for (int i = 0; i < a->width * a->height * a->channels; i++) {
        int d = abs(a->px[i] - b->px[i]);

        worst = d > worst ? d : worst;
    }
    return worst;
}

static enum tbc_err
encode(bool png, const struct tbc_picture *p, struct tbc_buf *out)
{
    return png ? tbc_picture_encode_png(p, out) : tbc_picture_encode_jpeg(p, 90, out);
}

static void
png_comes_back_to_the_bit_and_jpeg_nearly(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };
    struct tbc_buf file = { 0 };

    paint(&p, 97, 61);
    CU_ASSERT_EQUAL(tbc_picture_encode_png(&p, &file), TBC_OK);
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 4096), TBC_OK);
    CU_ASSERT_EQUAL(greatest_difference(&p, &q), 0);
    tbc_picture_fini(&q);
    tbc_buf_clear(&file);
    CU_ASSERT_EQUAL(tbc_picture_encode_jpeg(&p, 95, &file), TBC_OK);
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 4096), TBC_OK);
    CU_ASSERT(greatest_difference(&p, &q) < 16);
    tbc_picture_fini(&q);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
}

static void
a_file_cut_anywhere_is_malformed(void)
{
    for (int png = 0; png < 2; png++) {
        struct tbc_picture p;
        struct tbc_picture q = { 0 };
        struct tbc_buf file = { 0 };

        paint(&p, 33, 17);
        CU_ASSERT_EQUAL(encode(png == 1, &p, &file), TBC_OK);
        for (size_t len = 8; len < file.len; len++) {
            enum tbc_err err =
                tbc_picture_decode(&q, tbc_span_sub(tbc_buf_span(&file), 0, len), 64);

            CU_ASSERT_EQUAL(err, TBC_ERR_MALFORMED);
            CU_ASSERT_PTR_NULL(q.px);
        }
        tbc_buf_fini(&file);
        tbc_picture_fini(&p);
    }
}

static void
damage_is_never_painted_over_in_png(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };
    struct tbc_buf file = { 0 };

    paint(&p, 33, 17);
    CU_ASSERT_EQUAL(tbc_picture_encode_png(&p, &file), TBC_OK);
    file.ptr[file.len / 2] ^= 0x10;
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 64), TBC_ERR_MALFORMED);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
}

/* The frame header of a JPEG: FF C0, length, precision, height, width. */
static void
claim_size_in_jpeg(struct tbc_buf *file, uint16_t side)
{
    for (size_t i = 0; i + 9 < file->len; i++) {
        if (file->ptr[i] == 0xff && file->ptr[i + 1] == 0xc0) {
            for (size_t k = 5; k < 9; k += 2) {
                file->ptr[i + k] = (uint8_t)(side >> 8);
                file->ptr[i + k + 1] = (uint8_t)side;
            }
            return;
        }
    }
    CU_FAIL("no frame header");
}

static void
claims_of_65535_by_65535_cost_nothing(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };
    struct tbc_buf file = { 0 };

    paint(&p, 16, 16);
    CU_ASSERT_EQUAL(tbc_picture_encode_jpeg(&p, 90, &file), TBC_OK);
    claim_size_in_jpeg(&file, 65500); /* the format's own limit in the library */
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 0), TBC_ERR_LIMIT);
    claim_size_in_jpeg(&file, 65535);
    CU_ASSERT_NOT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 0), TBC_OK);
    CU_ASSERT_PTR_NULL(q.px);
    tbc_buf_clear(&file);
    CU_ASSERT_EQUAL(tbc_picture_encode_png(&p, &file), TBC_OK);
    memset(file.ptr + 16, 0x7f, 8);
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 0), TBC_ERR_LIMIT);
    CU_ASSERT_PTR_NULL(q.px);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
}

static void
side_max_is_checked_on_the_header(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };
    struct tbc_buf file = { 0 };

    paint(&p, 40, 20);
    CU_ASSERT_EQUAL(tbc_picture_encode_jpeg(&p, 90, &file), TBC_OK);
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 39), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_buf_span(&file), 40), TBC_OK);
    tbc_picture_fini(&q);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
}

static void
garbage_and_other_formats_are_unsupported(void)
{
    static const char *const inputs[] = { "", "G", "GIF89a.....", "%PDF-1.7",
                                          "RIFF....WAVEfmt " };
    struct tbc_picture q = { 0 };

    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        CU_ASSERT_EQUAL(tbc_picture_decode(&q, tbc_span_str(inputs[i]), 0),
                        TBC_ERR_UNSUPPORTED);
    }
    CU_ASSERT_EQUAL(
        tbc_picture_decode(&q, tbc_span_str("RIFF\x04\x01..WEBPVP8 junk"), 0),
        TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_picture_read(&q, "/does/not/exist.png"), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_picture_read(&q, "/"), TBC_ERR_IO);
}

static void
crop_is_clamped_and_never_empty(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };

    paint(&p, 10, 8);
    CU_ASSERT_EQUAL(tbc_picture_crop(&p, (struct tbc_rect){ -5, -5, 8, 9 }, &q),
                    TBC_OK);
    CU_ASSERT_EQUAL(q.width, 3);
    CU_ASSERT_EQUAL(q.height, 4);
    CU_ASSERT_EQUAL(memcmp(q.px + 9, p.px + 30, 9), 0);
    tbc_picture_fini(&q);
    CU_ASSERT_EQUAL(tbc_picture_crop(&p, (struct tbc_rect){ 10, 0, 5, 5 }, &q),
                    TBC_ERR_RANGE);
    CU_ASSERT_EQUAL(tbc_picture_crop(&p, (struct tbc_rect){ 1, 1, -1, 5 }, &q),
                    TBC_ERR_RANGE);
    CU_ASSERT_PTR_NULL(q.px);
    tbc_picture_fini(&p);
}

static void
scale_averages_areas_and_keeps_flat_colours(void)
{
    static const int sizes[][2] = {
        { 1, 1 }, { 3, 5 }, { 7, 4 }, { 64, 48 }, { 13, 9 }
    };
    struct tbc_picture p;
    struct tbc_picture q = { 0 };

    CU_ASSERT_EQUAL(tbc_picture_init(&p, 4, 2, 1), TBC_OK);
    memcpy(p.px, "\x00\x64\xc8\xc8\x64\x00\x00\x00", 8);
    CU_ASSERT_EQUAL(tbc_picture_scale(&p, 2, 1, &q), TBC_OK);
    CU_ASSERT_EQUAL(q.px[0], 50); /* (0 + 100 + 100 + 0) / 4 */
    CU_ASSERT_EQUAL(q.px[1], 100);
    tbc_picture_fini(&q);
    tbc_picture_fini(&p);
    CU_ASSERT_EQUAL(tbc_picture_init(&p, 13, 9, 3), TBC_OK);
    memset(p.px, 200, (size_t)13 * 9 * 3);
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        CU_ASSERT_EQUAL(tbc_picture_scale(&p, sizes[i][0], sizes[i][1], &q), TBC_OK);
        for (int k = 0; k < q.width * q.height * 3; k++) {
            CU_ASSERT_EQUAL(q.px[k], 200);
        }
        tbc_picture_fini(&q);
    }
    tbc_picture_fini(&p);
}

static void
scale_by_its_own_size_changes_nothing(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };

    paint(&p, 31, 23);
    CU_ASSERT_EQUAL(tbc_picture_scale(&p, 31, 23, &q), TBC_OK);
    CU_ASSERT_EQUAL(greatest_difference(&p, &q), 0);
    tbc_picture_fini(&q);
    tbc_picture_fini(&p);
}

static void
mirroring_twice_is_nothing_and_once_swaps_the_sides(void)
{
    struct tbc_picture p;
    struct tbc_picture q = { 0 };

    paint(&p, 5, 3);
    CU_ASSERT_EQUAL(tbc_picture_scale(&p, 5, 3, &q), TBC_OK);
    tbc_picture_mirror(&q);
    CU_ASSERT_EQUAL(memcmp(q.px, p.px + (size_t)4 * 3, 3), 0);
    CU_ASSERT_EQUAL(memcmp(q.px + (size_t)2 * 3, p.px + (size_t)2 * 3, 3), 0);
    tbc_picture_mirror(&q);
    CU_ASSERT_EQUAL(greatest_difference(&p, &q), 0);
    tbc_picture_fini(&q);
    tbc_picture_fini(&p);
}

TBC_SUITE("image/picture", TEST(png_comes_back_to_the_bit_and_jpeg_nearly),
          TEST(a_file_cut_anywhere_is_malformed),
          TEST(damage_is_never_painted_over_in_png),
          TEST(claims_of_65535_by_65535_cost_nothing),
          TEST(side_max_is_checked_on_the_header),
          TEST(garbage_and_other_formats_are_unsupported),
          TEST(crop_is_clamped_and_never_empty),
          TEST(scale_averages_areas_and_keeps_flat_colours),
          TEST(scale_by_its_own_size_changes_nothing),
          TEST(mirroring_twice_is_nothing_and_once_swaps_the_sides))
