#include "image/v4l2.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#define BUFFERS 4
/* A face 120 px high needs no more; every device has it, and it is 30 frames a second raw. */
#define WANT_WIDTH  640
#define WANT_HEIGHT 480
#define WANT_RATE   30 /* frames a second */

struct mapping {
    void *ptr;
    size_t len;
};

struct tbc_v4l2 {
    int fd;
    struct tbc_camera_wish wish;
    uint32_t format;
    int width;
    int height;
    size_t stride;
    struct mapping buffers[BUFFERS];
    uint32_t buffer_n;
};

static int
control(int fd, unsigned long request, void *arg)
{
    int rc;

    do {
        rc = ioctl(fd, request, arg);
    } while (rc < 0 && errno == EINTR);
    return rc;
}

static bool
set_format(struct tbc_v4l2 *d, uint32_t wanted)
{
    struct v4l2_format f = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

    f.fmt.pix.width = (uint32_t)d->wish.width;
    f.fmt.pix.height = (uint32_t)d->wish.height;
    f.fmt.pix.pixelformat = wanted;
    f.fmt.pix.field = V4L2_FIELD_NONE;
    if (control(d->fd, VIDIOC_S_FMT, &f) < 0 || f.fmt.pix.pixelformat != wanted ||
        f.fmt.pix.width > TBC_PICTURE_SIDE_MAX ||
        f.fmt.pix.height > TBC_PICTURE_SIDE_MAX) {
        return false;
    }
    d->format = wanted;
    d->width = (int)f.fmt.pix.width;
    d->height = (int)f.fmt.pix.height;
    d->stride = f.fmt.pix.bytesperline;
    return true;
}

static bool
choose_format(struct tbc_v4l2 *d)
{
    bool is_large = d->wish.width > WANT_WIDTH || d->wish.height > WANT_HEIGHT;
    uint32_t first = is_large ? V4L2_PIX_FMT_MJPEG : V4L2_PIX_FMT_YUYV;
    uint32_t second = is_large ? V4L2_PIX_FMT_YUYV : V4L2_PIX_FMT_MJPEG;

    return set_format(d, first) || set_format(d, second);
}

/* A wish: a driver that cannot goes as fast as it does. */
static void
ask_for_rate(const struct tbc_v4l2 *d)
{
    struct v4l2_streamparm parm = { .type = V4L2_BUF_TYPE_VIDEO_CAPTURE };

    parm.parm.capture.timeperframe.numerator = 1;
    parm.parm.capture.timeperframe.denominator = WANT_RATE;
    (void)control(d->fd, VIDIOC_S_PARM, &parm);
}

static bool
map_buffers(struct tbc_v4l2 *d)
{
    struct v4l2_requestbuffers ask = {
        .count = BUFFERS,
        .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
        .memory = V4L2_MEMORY_MMAP,
    };

    if (control(d->fd, VIDIOC_REQBUFS, &ask) < 0 || ask.count < 2) {
        return false;
    }
    for (uint32_t i = 0; i < ask.count && i < BUFFERS; i++) {
        struct v4l2_buffer b = { .index = i,
                                 .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                 .memory = V4L2_MEMORY_MMAP };
        void *ptr;

        if (control(d->fd, VIDIOC_QUERYBUF, &b) < 0) {
            return false;
        }
        ptr = mmap(NULL, b.length, PROT_READ, MAP_SHARED, d->fd, b.m.offset);
        if (ptr == MAP_FAILED) {
            return false;
        }
        d->buffers[d->buffer_n++] = (struct mapping){ .ptr = ptr, .len = b.length };
        if (control(d->fd, VIDIOC_QBUF, &b) < 0) {
            return false;
        }
    }
    return true;
}

static enum tbc_err
start(struct tbc_v4l2 *d, const char **why)
{
    struct v4l2_capability cap = { 0 };
    int type = V4L2_BUF_TYPE_VIDEO_CAPTURE;

    if (control(d->fd, VIDIOC_QUERYCAP, &cap) < 0 ||
        (cap.device_caps & V4L2_CAP_VIDEO_CAPTURE) == 0 ||
        (cap.device_caps & V4L2_CAP_STREAMING) == 0) {
        *why = "the device is no video camera that can stream";
        return TBC_ERR_UNSUPPORTED;
    }
    if (!choose_format(d)) {
        *why = "the camera offers neither YUYV nor MJPEG";
        return TBC_ERR_UNSUPPORTED;
    }
    ask_for_rate(d);
    if (!map_buffers(d) || control(d->fd, VIDIOC_STREAMON, &type) < 0) {
        *why = "the camera does not start; is another program using it?";
        return TBC_ERR_IO;
    }
    return TBC_OK;
}

enum tbc_err
tbc_v4l2_open(struct tbc_v4l2 **device, const char *path,
              const struct tbc_camera_wish *wish, const char **why)
{
    struct tbc_v4l2 *d = calloc(1, sizeof *d);
    enum tbc_err err;

    *device = NULL;
    if (d == NULL) {
        *why = "out of memory";
        return TBC_ERR_NO_MEMORY;
    }
    d->wish = *wish;
    if (d->wish.width == 0) {
        d->wish.width = WANT_WIDTH;
        d->wish.height = WANT_HEIGHT;
    }
    d->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (d->fd < 0) {
        err = errno == ENOENT || errno == ENODEV ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
        *why = err == TBC_ERR_NOT_FOUND
                   ? "there is no such camera; see /dev/video*"
                   : "the camera may not be opened; is the user in group video?";
    } else {
        err = start(d, why);
    }
    if (err != TBC_OK) {
        tbc_v4l2_close(&d);
        return err;
    }
    *device = d;
    return TBC_OK;
}

void
tbc_v4l2_close(struct tbc_v4l2 **device)
{
    struct tbc_v4l2 *d = *device;

    if (d == NULL) {
        return;
    }
    for (uint32_t i = 0; i < d->buffer_n; i++) {
        (void)munmap(d->buffers[i].ptr, d->buffers[i].len);
    }
    if (d->fd >= 0) {
        (void)close(d->fd);
    }
    free(d);
    *device = NULL;
}

int
tbc_v4l2_fd(const struct tbc_v4l2 *device)
{
    return device->fd;
}

static uint8_t
clamp_byte(int v)
{
    if (v < 0) {
        return 0;
    }
    return v > 255 ? 255 : (uint8_t)v;
}

/* BT.601 in 8-bit fixed point. */
static void
put_rgb(uint8_t *px, int y, int u, int v)
{
    int c = 298 * (y - 16) + 128;

    px[0] = clamp_byte((c + 409 * (v - 128)) / 256);
    px[1] = clamp_byte((c - 100 * (u - 128) - 208 * (v - 128)) / 256);
    px[2] = clamp_byte((c + 516 * (u - 128)) / 256);
}

static enum tbc_err
init_of_yuyv(struct tbc_picture *p, struct tbc_span data, int width, int height,
             size_t stride, int channels)
{
    *p = (struct tbc_picture){ 0 };
    if (width < 2 || height < 1 || width % 2 != 0) {
        return TBC_ERR_RANGE;
    }
    if (stride < (size_t)width * 2 || data.len / stride < (size_t)height) {
        return TBC_ERR_MALFORMED;
    }
    return tbc_picture_init(p, width, height, channels);
}

enum tbc_err
tbc_yuyv_decode(struct tbc_picture *p, struct tbc_span data, int width, int height,
                size_t stride)
{
    enum tbc_err err = init_of_yuyv(p, data, width, height, stride, 3);

    if (err != TBC_OK) {
        return err;
    }
    for (int y = 0; y < height; y++) {
        const uint8_t *in = data.ptr + (size_t)y * stride;
        uint8_t *px = p->px + (size_t)y * (size_t)width * 3;

        for (int x = 0; x < width; x += 2, in += 4, px += 6) {
            put_rgb(px, in[0], in[1], in[3]);
            put_rgb(px + 3, in[2], in[1], in[3]);
        }
    }
    return TBC_OK;
}

enum tbc_err
tbc_yuyv_grey(struct tbc_picture *p, struct tbc_span data, int width, int height,
              size_t stride)
{
    enum tbc_err err = init_of_yuyv(p, data, width, height, stride, 1);

    for (int y = 0; err == TBC_OK && y < height; y++) {
        const uint8_t *in = data.ptr + (size_t)y * stride;
        uint8_t *px = p->px + (size_t)y * (size_t)width;

        for (int x = 0; x < width; x++) {
            px[x] = in[2 * x];
        }
    }
    return err;
}

static bool
dequeue(struct tbc_v4l2 *d, struct v4l2_buffer *b)
{
    *b = (struct v4l2_buffer){ .type = V4L2_BUF_TYPE_VIDEO_CAPTURE,
                               .memory = V4L2_MEMORY_MMAP };
    return control(d->fd, VIDIOC_DQBUF, b) == 0;
}

static enum tbc_err
decode(const struct tbc_v4l2 *d, const struct v4l2_buffer *b, struct tbc_picture *p)
{
    struct tbc_span data =
        tbc_span_sub(tbc_span_of(d->buffers[b->index].ptr, d->buffers[b->index].len), 0,
                     b->bytesused);

    if (d->format == V4L2_PIX_FMT_YUYV) {
        return d->wish.grey ? tbc_yuyv_grey(p, data, d->width, d->height, d->stride)
                            : tbc_yuyv_decode(p, data, d->width, d->height, d->stride);
    }
    return d->wish.grey ? tbc_picture_decode_grey(p, data, TBC_PICTURE_SIDE_MAX)
                        : tbc_picture_decode(p, data, TBC_PICTURE_SIDE_MAX);
}

enum tbc_err
tbc_v4l2_frame(struct tbc_v4l2 *device, struct tbc_picture *p)
{
    struct v4l2_buffer newest;
    struct v4l2_buffer next;
    enum tbc_err err;

    *p = (struct tbc_picture){ 0 };
    if (!dequeue(device, &newest)) {
        return errno == EAGAIN ? TBC_ERR_BUSY : TBC_ERR_IO;
    }
    while (dequeue(device, &next)) {
        if (control(device->fd, VIDIOC_QBUF, &newest) < 0) {
            return TBC_ERR_IO;
        }
        newest = next;
    }
    if (newest.index >= device->buffer_n) {
        return TBC_ERR_IO;
    }
    err = decode(device, &newest, p);
    if (control(device->fd, VIDIOC_QBUF, &newest) < 0) {
        tbc_picture_fini(p);
        return TBC_ERR_IO;
    }
    return err == TBC_ERR_MALFORMED ? TBC_ERR_BUSY
                                    : err; /* a torn frame: the next one */
}
