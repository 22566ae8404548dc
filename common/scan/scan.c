#include "scan/scan.h"

#include "scan/lines.h"
#include "scan/serial.h"
#include "scan/watch.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK 512

struct tbc_scan {
    struct tbc_watch *watch; /* NULL: a stream of lines */
    int fd;
    bool at_end;
    struct tbc_lines lines;
    uint8_t chunk[CHUNK];
    struct tbc_span left; /* of chunk */
};

static enum tbc_err
open_source(struct tbc_scan *s, const char *source, const char **why)
{
    static const char serial[] = "serial:";
    static const char pictures[] = "pictures:";

    if (strcmp(source, "-") == 0) {
        s->fd = STDIN_FILENO;
        return TBC_OK;
    }
    if (strncmp(source, serial, sizeof serial - 1) == 0) {
        return tbc_serial_open(source + sizeof serial - 1, &s->fd, why);
    }
    if (strncmp(source, pictures, sizeof pictures - 1) == 0) {
        return tbc_watch_open(&s->watch, source + sizeof pictures - 1, why);
    }
    *why = "a scanner is -, serial:DEVICE[,BAUD] or pictures:FOLDER";
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
    tbc_watch_close(&s->watch);
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
    return scan->watch != NULL ? tbc_watch_fd(scan->watch) : scan->fd;
}

/* True when bytes came.  Standard input stays blocking, as it is shared with a terminal's other
 * users, so it is asked first. */
static bool
read_chunk(struct tbc_scan *s)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN };
    ssize_t n;

    if (s->at_end || poll(&p, 1, 0) <= 0) {
        return false;
    }
    n = read(s->fd, s->chunk, sizeof s->chunk);
    if (n < 0 && (errno == EAGAIN || errno == EINTR)) {
        return false;
    }
    s->at_end = n <= 0;
    s->left = tbc_span_of(s->chunk, n > 0 ? (size_t)n : 0);
    return n > 0;
}

enum tbc_err
tbc_scan_next(struct tbc_scan *scan, struct tbc_mono now, struct tbc_scan_text *text)
{
    *text = (struct tbc_scan_text){ 0 };
    if (scan->watch != NULL) {
        return tbc_watch_next(scan->watch, text);
    }
    do {
        if (tbc_lines_feed(&scan->lines, &scan->left, now, text)) {
            return TBC_OK;
        }
    } while (read_chunk(scan));
    if (tbc_lines_idle(&scan->lines, now, scan->at_end, text)) {
        return TBC_OK;
    }
    return scan->at_end ? TBC_ERR_NOT_FOUND : TBC_ERR_BUSY;
}
