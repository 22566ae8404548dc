#include "image/camera.h"
#include "image/v4l2.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void
store(const char *folder, const char *name, const void *bytes, size_t len)
{
    char path[256];
    FILE *f;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    f = fopen(path, "wb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT_EQUAL(fwrite(bytes, 1, len, f), len);
    CU_ASSERT_EQUAL(fclose(f), 0);
}

/* A picture of two halves: left grey, right white. */
static void
store_picture(const char *folder, const char *name, uint8_t grey)
{
    struct tbc_picture p;
    struct tbc_buf file = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_picture_init(&p, 2, 1, 1), TBC_OK);
    p.px[0] = grey;
    p.px[1] = 255;
    CU_ASSERT_EQUAL(tbc_picture_encode_png(&p, &file), TBC_OK);
    store(folder, name, file.ptr, file.len);
    tbc_buf_fini(&file);
    tbc_picture_fini(&p);
}

static void
forget(const char *folder, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        char path[256];

        (void)snprintf(path, sizeof path, "%s/%s", folder, names[i]);
        CU_ASSERT_EQUAL(unlink(path), 0);
    }
    CU_ASSERT_EQUAL(rmdir(folder), 0);
}

static void
a_folder_gives_its_pictures_by_name_mirrored_over_and_over(void)
{
    static const char *const names[] = { "b.png", "a.PNG", "notes.txt" };
    static const uint8_t order[] = { 10, 20, 10, 20, 10 };
    char folder[] = "camera.XXXXXX";
    char source[64];
    struct tbc_camera *c = NULL;
    struct tbc_picture p = { 0 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    store_picture(folder, "b.png", 20);
    store_picture(folder, "a.PNG", 10);
    store(folder, "notes.txt", "x", 1);
    (void)snprintf(source, sizeof source, "dir:%s", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_camera_open(&c, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_camera_fd(c), -1);
    CU_ASSERT_FALSE(tbc_camera_is_live(c));
    for (size_t i = 0; i < sizeof order; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_camera_frame(c, &p), TBC_OK);
        CU_ASSERT_EQUAL(p.px[0], 255);
        CU_ASSERT_EQUAL(p.px[3], order[i]);
    }
    tbc_camera_close(&c);
    tbc_picture_fini(&p);
    forget(folder, names, 3);
}

static void
one_file_is_a_camera_and_a_damaged_one_is_an_error(void)
{
    static const char *const names[] = { "a.png", "cut.png" };
    char folder[] = "camera.XXXXXX";
    char source[64];
    struct tbc_camera *c = NULL;
    struct tbc_picture p = { 0 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(folder));
    store_picture(folder, "a.png", 10);
    store(folder, "cut.png", "\x89PNG\r\n\x1a\n", 8);
    (void)snprintf(source, sizeof source, "dir:%s/a.png", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_camera_open(&c, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_OK);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_OK);
    tbc_camera_close(&c);
    (void)snprintf(source, sizeof source, "dir:%s/cut.png", folder);
    CU_ASSERT_EQUAL_FATAL(tbc_camera_open(&c, source, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_MALFORMED);
    CU_ASSERT_PTR_NULL(p.px);
    tbc_camera_close(&c);
    forget(folder, names, 2);
}

static void
a_missing_source_is_named_with_the_way_out(void)
{
    static const struct {
        const char *source;
        enum tbc_err err;
    } rows[] = {
        { "dir:/does/not/exist", TBC_ERR_NOT_FOUND },
        { "/dev/does-not-exist", TBC_ERR_NOT_FOUND },
        { "/dev/null", TBC_ERR_UNSUPPORTED },
        { "webcam", TBC_ERR_UNSUPPORTED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_camera *c = NULL;
        const char *why = NULL;

        CU_ASSERT_EQUAL(tbc_camera_open(&c, rows[i].source, &why), rows[i].err);
        CU_ASSERT_PTR_NULL(c);
        CU_ASSERT(why != NULL && strlen(why) > 10);
    }
}

static void
yuyv_turns_into_the_colours_of_bt601(void)
{
    static const uint8_t lines[] = {
        235, 128, 16, 128, /* white, black */
        81,  90,  81, 240, /* red twice */
    };
    struct tbc_picture p = { 0 };

    CU_ASSERT_EQUAL_FATAL(
        tbc_yuyv_decode(&p, tbc_span_of(lines, sizeof lines), 2, 2, 4), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(p.px, "\xff\xff\xff\x00\x00\x00", 6), 0);
    CU_ASSERT(p.px[6] >= 253 && p.px[7] <= 2 && p.px[8] <= 2);
    tbc_picture_fini(&p);
}

static void
short_or_odd_yuyv_frames_are_refused(void)
{
    static const uint8_t line[4] = { 0 };
    struct tbc_picture p = { 0 };
    struct tbc_span data = tbc_span_of(line, sizeof line);

    CU_ASSERT_EQUAL(tbc_yuyv_decode(&p, data, 2, 2, 4), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_yuyv_decode(&p, data, 2, 1, 2), TBC_ERR_MALFORMED);
    CU_ASSERT_EQUAL(tbc_yuyv_decode(&p, data, 3, 1, 8), TBC_ERR_RANGE);
    CU_ASSERT_PTR_NULL(p.px);
}

TBC_SUITE("image/camera",
          TEST(a_folder_gives_its_pictures_by_name_mirrored_over_and_over),
          TEST(one_file_is_a_camera_and_a_damaged_one_is_an_error),
          TEST(a_missing_source_is_named_with_the_way_out),
          TEST(yuyv_turns_into_the_colours_of_bt601),
          TEST(short_or_odd_yuyv_frames_are_refused))
