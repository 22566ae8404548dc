#include "scan/scan.h"

#include "scan/evdev.h"
#include "scan/lines.h"
#include "scan/serial.h"
#include "scan/sight.h"
#include "scan/source.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CAMERA_WIDTH  1280
#define CAMERA_HEIGHT 720
#define SIDE_MIN      160

struct tbc_scan {
    struct tbc_sight
        *sight; /* a camera or a folder of pictures; NULL: a stream of lines */
    struct tbc_evdev *evdev; /* NULL: the stream comes from fd as it is */
    int fd;
    bool at_end;
    struct tbc_trim trim;
    struct tbc_lines lines;
    uint8_t chunk[TBC_EVDEV_ROOM];
    struct tbc_span left; /* of chunk */
};

static enum tbc_err
open_input(struct tbc_scan *s, const char *name, const char **why)
{
    if (*name != '\0') {
        *why = "the scanner - is standard input and takes no more words";
        return TBC_ERR_UNSUPPORTED;
    }
    s->fd = STDIN_FILENO;
    return TBC_OK;
}

static enum tbc_err
open_serial(struct tbc_scan *s, const char *name, const char **why)
{
    struct tbc_source source;
    enum tbc_err err = tbc_source_parse(&source, name, why);

    s->trim = source.trim;
    return err != TBC_OK ? err
                         : tbc_serial_open(source.path, source.detail, &s->fd, why);
}

static enum tbc_err
open_evdev(struct tbc_scan *s, const char *name, const char **why)
{
    struct tbc_source source;
    enum tbc_err err = tbc_source_parse(&source, name, why);

    s->trim = source.trim;
    return err != TBC_OK ? err
                         : tbc_evdev_open(&s->evdev, source.path, source.detail, why);
}

static enum tbc_err
open_pictures(struct tbc_scan *s, const char *name, const char **why)
{
    return tbc_sight_watch(&s->sight, name, why);
}

/* Four digits at most; 0 when there is none. */
static int
take_side(const char **text)
{
    int side = 0;

    for (int i = 0; i < 4 && **text >= '0' && **text <= '9'; i++, (*text)++) {
        side = side * 10 + (**text - '0');
    }
    return side;
}

/* "1280x720" */
static bool
parse_size(const char *text, struct tbc_camera_wish *wish)
{
    wish->width = take_side(&text);
    if (*text++ != 'x') {
        return false;
    }
    wish->height = take_side(&text);
    return *text == '\0' && wish->width >= SIDE_MIN && wish->height >= SIDE_MIN &&
           wish->width <= TBC_PICTURE_SIDE_MAX && wish->height <= TBC_PICTURE_SIDE_MAX;
}

static enum tbc_err
open_camera(struct tbc_scan *s, const char *name, const char **why)
{
    struct tbc_camera_wish wish = { .width = CAMERA_WIDTH,
                                    .height = CAMERA_HEIGHT,
                                    .grey = true };
    struct tbc_source source;
    enum tbc_err err = tbc_source_parse(&source, name, why);

    if (err != TBC_OK) {
        return err;
    }
    if (source.trim.prefix_len > 0 || source.trim.suffix_len > 0) {
        *why =
            "a camera puts nothing around a text: prefix= and suffix= are for scanners";
        return TBC_ERR_UNSUPPORTED;
    }
    if (source.detail[0] != '\0' && !parse_size(source.detail, &wish)) {
        *why = "after a camera's device comes its size, as in 1280x720";
        return TBC_ERR_UNSUPPORTED;
    }
    return tbc_sight_open(&s->sight, source.path, &wish, why);
}

static const struct {
    const char *start;
    enum tbc_err (*open)(struct tbc_scan *s, const char *name, const char **why);
} kinds[] = {
    { "-", open_input },
    { "serial:", open_serial },
    { "evdev:", open_evdev },
    { "camera:", open_camera },
    { "pictures:", open_pictures },
};

static enum tbc_err
open_source(struct tbc_scan *s, const char *source, const char **why)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        size_t n = strlen(kinds[i].start);

        if (strncmp(source, kinds[i].start, n) == 0) {
            return kinds[i].open(s, source + n, why);
        }
    }
    *why = "a scanner is -, serial:DEVICE[,BAUD], evdev:DEVICE[,LAYOUT], "
           "camera:DEVICE[,WIDTHxHEIGHT] or pictures:FOLDER";
    return TBC_ERR_UNSUPPORTED;
}

enum tbc_err
tbc_scan_open(struct tbc_scan **scan, const char *source, const char **why)
{
    const char *unused;
    struct tbc_scan *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *scan = NULL;
    why = why != NULL ? why : &unused;
    *why = "out of memory";
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->fd = -1;
    if ((err = open_source(s, source, why)) != TBC_OK) {
        tbc_scan_close(&s);
        return err;
    }
    *why = NULL;
    *scan = s;
    return TBC_OK;
}

void
tbc_scan_close(struct tbc_scan **scan)
{
    struct tbc_scan *s = *scan;

    if (s == NULL) {
        return;
    }
    tbc_sight_close(&s->sight);
    tbc_evdev_close(&s->evdev);
    if (s->fd > STDIN_FILENO) {
        (void)close(s->fd);
    }
    tbc_wipe(s, sizeof *s); /* a certificate's text may still be in it */
    free(s);
    *scan = NULL;
}

int
tbc_scan_fd(const struct tbc_scan *scan)
{
    if (scan->sight != NULL) {
        return tbc_sight_fd(scan->sight);
    }
    return scan->evdev != NULL ? tbc_evdev_fd(scan->evdev) : scan->fd;
}

const char *
tbc_scan_trouble(const struct tbc_scan *scan)
{
    return scan->sight != NULL ? tbc_sight_trouble(scan->sight) : NULL;
}

void
tbc_scan_forget(struct tbc_scan *scan)
{
    if (scan->sight != NULL) {
        tbc_sight_forget(scan->sight);
    }
}

/* ERR_BUSY when there is none now, ERR_NOT_FOUND at the end. */
static enum tbc_err
read_bytes(struct tbc_scan *s, struct tbc_buf *out)
{
    ssize_t n = read(s->fd, out->ptr, out->cap);

    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return TBC_ERR_BUSY;
    }
    out->len = n > 0 ? (size_t)n : 0;
    return n > 0 ? TBC_OK : TBC_ERR_NOT_FOUND;
}

/* True when bytes came, or keys that say nothing yet.  Standard input stays blocking, as it is
 * shared with a terminal's other users, so it is asked first. */
static bool
read_chunk(struct tbc_scan *s)
{
    struct pollfd p = { .fd = tbc_scan_fd(s), .events = POLLIN };
    struct tbc_buf out;
    enum tbc_err err;

    if (s->at_end || poll(&p, 1, 0) <= 0) {
        return false;
    }
    tbc_buf_init_fixed(&out, s->chunk, sizeof s->chunk);
    err = s->evdev != NULL ? tbc_evdev_read(s->evdev, &out) : read_bytes(s, &out);
    s->at_end = err != TBC_OK && err != TBC_ERR_BUSY;
    s->left = tbc_buf_span(&out);
    return err == TBC_OK;
}

/* False when nothing is left between prefix and suffix: no text. */
static bool
trim(const struct tbc_scan *s, struct tbc_scan_text *text)
{
    text->text = tbc_trim_apply(&s->trim, text->text);
    return text->text.len > 0;
}

enum tbc_err
tbc_scan_next(struct tbc_scan *scan, struct tbc_mono now, struct tbc_scan_text *text)
{
    *text = (struct tbc_scan_text){ 0 };
    if (scan->sight != NULL) {
        return tbc_sight_next(scan->sight, text);
    }
    do {
        while (tbc_lines_feed(&scan->lines, &scan->left, now, text)) {
            if (trim(scan, text)) {
                return TBC_OK;
            }
        }
    } while (read_chunk(scan));
    if (tbc_lines_idle(&scan->lines, now, scan->at_end, text) && trim(scan, text)) {
        return TBC_OK;
    }
    *text = (struct tbc_scan_text){ 0 };
    return scan->at_end ? TBC_ERR_NOT_FOUND : TBC_ERR_BUSY;
}
