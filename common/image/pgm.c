#include "image/pgm.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define CHUNK ((size_t)1 << 16) /* what a FIFO holds */

struct tbc_pgm_stream {
    int fd;
    struct tbc_buf held; /* the picture in progress */
};

static bool
is_space(uint8_t c)
{
    return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\v' || c == '\f';
}

/* Past white space and comments; at the end of in when it may go on. */
static size_t
skip(struct tbc_span in, size_t at)
{
    while (at < in.len && (is_space(in.ptr[at]) || in.ptr[at] == '#')) {
        if (in.ptr[at] == '#') {
            while (at < in.len && in.ptr[at] != '\n' && in.ptr[at] != '\r') {
                at++;
            }
        } else {
            at++;
        }
    }
    return at;
}

/* A number, which white space must end. */
static enum tbc_err
take_number(struct tbc_span in, size_t *at, int max, int *value)
{
    size_t start = skip(in, *at);
    size_t i = start;
    int v = 0;

    for (; i < in.len && in.ptr[i] >= '0' && in.ptr[i] <= '9'; i++) {
        v = v * 10 + (in.ptr[i] - '0');
        if (v > max) {
            return TBC_ERR_LIMIT;
        }
    }
    if (i == in.len) {
        return TBC_ERR_BUSY;
    }
    *at = i;
    *value = v;
    return i > start && v > 0 && is_space(in.ptr[i]) ? TBC_OK : TBC_ERR_MALFORMED;
}

enum tbc_err
tbc_pgm_read_header(struct tbc_pgm *pgm, struct tbc_span in)
{
    static const uint8_t magic[] = { 'P', '5' };
    struct tbc_span start = tbc_span_sub(in, 0, sizeof magic);
    struct tbc_pgm found = { 0 };
    size_t at = sizeof magic;
    int white = 0;
    enum tbc_err err;

    *pgm = (struct tbc_pgm){ 0 };
    in = tbc_span_sub(in, 0, TBC_PGM_HEADER_MAX);
    if (!tbc_span_starts(tbc_span_of(magic, sizeof magic), start)) {
        return TBC_ERR_MALFORMED;
    }
    if (in.len <= at) {
        return TBC_ERR_BUSY;
    }
    if (!is_space(in.ptr[at])) {
        return TBC_ERR_MALFORMED;
    }
    if ((err = take_number(in, &at, TBC_PICTURE_SIDE_MAX, &found.width)) != TBC_OK ||
        (err = take_number(in, &at, TBC_PICTURE_SIDE_MAX, &found.height)) != TBC_OK ||
        (err = take_number(in, &at, 65535, &white)) != TBC_OK) {
        return err == TBC_ERR_BUSY && in.len == TBC_PGM_HEADER_MAX ? TBC_ERR_MALFORMED
                                                                   : err;
    }
    if (white != 255) {
        return TBC_ERR_MALFORMED; /* 16 bits, or not the whole range: no camera's */
    }
    found.header_len = at + 1;
    *pgm = found;
    return TBC_OK;
}

enum tbc_err
tbc_pgm_open(struct tbc_pgm_stream **stream, const char *path, const char **why)
{
    struct tbc_pgm_stream *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *stream = NULL;
    *why = "out of memory";
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (s->fd < 0) {
        err = errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
        *why = err == TBC_ERR_NOT_FOUND
                   ? "there is no such FIFO or file of PGM pictures"
                   : "the FIFO or file of PGM pictures may not be read";
        tbc_pgm_close(&s);
        return err;
    }
    *why = NULL;
    *stream = s;
    return TBC_OK;
}

void
tbc_pgm_close(struct tbc_pgm_stream **stream)
{
    struct tbc_pgm_stream *s = *stream;

    if (s == NULL) {
        return;
    }
    if (s->fd >= 0) {
        (void)close(s->fd);
    }
    tbc_buf_fini(&s->held);
    free(s);
    *stream = NULL;
}

int
tbc_pgm_fd(const struct tbc_pgm_stream *stream)
{
    return stream->fd;
}

/* Up to n bytes more.  A FIFO that nobody has opened for writing yet reads as ended, but polls as
 * silent; one whose writer has gone polls as hung up. */
static enum tbc_err
read_more(struct tbc_pgm_stream *s, size_t n)
{
    struct pollfd p = { .fd = s->fd, .events = POLLIN };
    ssize_t got;
    enum tbc_err err;

    if (poll(&p, 1, 0) <= 0) {
        return TBC_ERR_BUSY;
    }
    if ((err = tbc_buf_reserve(&s->held, n)) != TBC_OK) {
        return err;
    }
    got = read(s->fd, s->held.ptr + s->held.len, n);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) {
        return TBC_ERR_BUSY;
    }
    if (got <= 0) {
        return TBC_ERR_NOT_FOUND;
    }
    s->held.len += (size_t)got;
    return TBC_OK;
}

/* How many bytes the picture in progress has, as far as is known; its header comes first. */
static enum tbc_err
whole_len(const struct tbc_pgm_stream *s, struct tbc_pgm *pgm, size_t *len)
{
    enum tbc_err err = tbc_pgm_read_header(pgm, tbc_buf_span(&s->held));

    *len = err == TBC_OK
               ? pgm->header_len + (size_t)pgm->width * (size_t)pgm->height
               : s->held.len + 1; /* byte by byte: what follows is the next picture's */
    return err == TBC_ERR_BUSY ? TBC_OK : err;
}

enum tbc_err
tbc_pgm_frame(struct tbc_pgm_stream *stream, struct tbc_picture *p)
{
    struct tbc_pgm pgm = { 0 };
    size_t len = 0;
    enum tbc_err err;

    *p = (struct tbc_picture){ 0 };
    while ((err = whole_len(stream, &pgm, &len)) == TBC_OK && stream->held.len < len) {
        size_t want = len - stream->held.len;

        if ((err = read_more(stream, want < CHUNK ? want : CHUNK)) != TBC_OK) {
            return err;
        }
    }
    if (err != TBC_OK ||
        (err = tbc_picture_init(p, pgm.width, pgm.height, 1)) != TBC_OK) {
        return err == TBC_ERR_LIMIT ? TBC_ERR_MALFORMED : err;
    }
    memcpy(p->px, stream->held.ptr + pgm.header_len, len - pgm.header_len);
    tbc_buf_clear(&stream->held);
    return TBC_OK;
}
