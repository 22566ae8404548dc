#include "image/camera.h"
#include "image/pgm.h"
#include "suite.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void
a_header_is_read_as_netpbm_writes_it(void)
{
    static const struct {
        const char *text;
        enum tbc_err err;
        int width;
        int height;
        size_t len;
    } rows[] = {
        { "P5\n2 3\n255\n......", TBC_OK, 2, 3, 11 },
        { "P5 2 3 255 ......", TBC_OK, 2, 3, 11 },
        { "P5\r\n2\t3\v255\f", TBC_OK, 2, 3, 12 },
        { "P5\n# a hall\n4096 #x\n1\n#y\n255\n", TBC_OK, 4096, 1, 29 },
        { "P5\n2 3\n255\n#no comment", TBC_OK, 2, 3, 11 },
        { "", TBC_ERR_BUSY, 0, 0, 0 },
        { "P", TBC_ERR_BUSY, 0, 0, 0 },
        { "P5", TBC_ERR_BUSY, 0, 0, 0 },
        { "P5\n", TBC_ERR_BUSY, 0, 0, 0 },
        { "P5\n2", TBC_ERR_BUSY, 0, 0, 0 },
        { "P5\n2 3\n255", TBC_ERR_BUSY, 0, 0, 0 },
        { "P5\n# a comment without an end", TBC_ERR_BUSY, 0, 0, 0 },
        { "Q5\n2 3\n255\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P6\n2 3\n255\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P52 3 255 ", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n0 3\n255\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n-2 3\n255\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n2x3\n255\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n2 3\n65535\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n2 3\n15\n", TBC_ERR_MALFORMED, 0, 0, 0 },
        { "P5\n4097 3\n255\n", TBC_ERR_LIMIT, 0, 0, 0 },
        { "P5\n99999999999999999999 3\n255\n", TBC_ERR_LIMIT, 0, 0, 0 },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_pgm pgm;
        enum tbc_err err = tbc_pgm_read_header(&pgm, tbc_span_str(rows[i].text));

        CU_ASSERT_EQUAL(err, rows[i].err);
        CU_ASSERT_EQUAL(pgm.width, rows[i].width);
        CU_ASSERT_EQUAL(pgm.height, rows[i].height);
        CU_ASSERT_EQUAL(pgm.header_len, rows[i].len);
    }
}

static void
a_header_has_an_end(void)
{
    char text[TBC_PGM_HEADER_MAX + 10];
    struct tbc_pgm pgm;

    memset(text, ' ', sizeof text);
    text[0] = 'P';
    text[1] = '5';
    CU_ASSERT_EQUAL(
        tbc_pgm_read_header(&pgm, tbc_span_of(text, TBC_PGM_HEADER_MAX - 1)),
        TBC_ERR_BUSY);
    CU_ASSERT_EQUAL(tbc_pgm_read_header(&pgm, tbc_span_of(text, sizeof text)),
                    TBC_ERR_MALFORMED);
}

static void
put(int fd, const char *bytes)
{
    CU_ASSERT_EQUAL(write(fd, bytes, strlen(bytes)), (ssize_t)strlen(bytes));
}

static bool
shows(struct tbc_camera *c, struct tbc_picture *p, const char *px)
{
    return tbc_camera_frame(c, p) == TBC_OK && p->channels == 1 &&
           memcmp(p->px, px, (size_t)p->width * (size_t)p->height) == 0;
}

static void
a_fifo_gives_each_picture_once_however_it_is_cut(void)
{
    static const char path[] = "camera.fifo";
    const struct tbc_camera_wish wish = { .grey = true };
    struct tbc_camera *c = NULL;
    struct tbc_picture p = { 0 };
    int fd;

    (void)unlink(path);
    CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
    CU_ASSERT_EQUAL_FATAL(tbc_camera_open_as(&c, "pgm:camera.fifo", &wish, NULL),
                          TBC_OK);
    CU_ASSERT(tbc_camera_fd(c) >= 0);
    CU_ASSERT_FALSE(tbc_camera_is_live(c)); /* nobody vouches for a stream */
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_BUSY); /* nobody writes yet */
    fd = open(path, O_WRONLY | O_CLOEXEC);
    CU_ASSERT_FATAL(fd >= 0);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_BUSY);
    put(fd, "P5\n2 ");
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_BUSY);
    put(fd, "2 255\nabc");
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_BUSY);
    put(fd, "dP5 1 1 255\nxP5 3 1 255\nxyz");
    CU_ASSERT(shows(c, &p, "abcd"));
    CU_ASSERT(shows(c, &p, "x"));
    CU_ASSERT(shows(c, &p, "xyz"));
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_BUSY);
    put(fd, "P5 1");
    CU_ASSERT_EQUAL(close(fd), 0);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NULL(p.px);
    tbc_camera_close(&c);
    CU_ASSERT_EQUAL(unlink(path), 0);
}

static void
a_stream_for_people_is_mirrored_and_in_colour(void)
{
    static const char path[] = "frames.pgm";
    struct tbc_camera *c = NULL;
    struct tbc_picture p = { 0 };
    int fd = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

    CU_ASSERT_FATAL(fd >= 0);
    put(fd, "P5 2 1 255\nabQ");
    CU_ASSERT_EQUAL(close(fd), 0);
    CU_ASSERT_EQUAL_FATAL(tbc_camera_open(&c, "pgm:frames.pgm", NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_OK);
    CU_ASSERT(p.channels == 3 && memcmp(p.px, "bbbaaa", 6) == 0);
    CU_ASSERT_EQUAL(tbc_camera_frame(c, &p), TBC_ERR_MALFORMED);
    tbc_camera_close(&c);
    tbc_picture_fini(&p);
    CU_ASSERT_EQUAL(unlink(path), 0);
    CU_ASSERT_EQUAL(tbc_camera_open(&c, "pgm:frames.pgm", NULL), TBC_ERR_NOT_FOUND);
}

TBC_SUITE("image/pgm", TEST(a_header_is_read_as_netpbm_writes_it),
          TEST(a_header_has_an_end),
          TEST(a_fifo_gives_each_picture_once_however_it_is_cut),
          TEST(a_stream_for_people_is_mirrored_and_in_colour))
