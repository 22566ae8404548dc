/* The examiner: a process of its own that decodes untrusted pictures and compares faces.
 *
 * The asking side never decodes a picture.  It starts the program tbc-examiner with one socket
 * and nothing else; the examiner loads its models, then gives up everything but that socket
 * (seccomp, no new privileges, limits) before it reads its first byte.  Whatever a picture does
 * to it, no key, file or network is in reach.
 *
 * Nothing here waits, apart from start and ask, so that an event loop can own it:
 *
 *     poll tbc_examiner_fd() for tbc_examiner_events(); when it fires, take answers with
 *     tbc_examiner_recv() until ERR_BUSY.  Ask for fd and events before each poll: an examiner
 *     that died is started again and the fd changes.
 *
 * Messages are a length (4 bytes, big-endian) and deterministic CBOR; examine.h has the grammar. */
#ifndef TBC_FACE_EXAMINER_H
#define TBC_FACE_EXAMINER_H

#include "base/span.h"
#include "face/face.h"

#include <sys/types.h>

#define TBC_EXAMINER_FRAMES_MAX  5
#define TBC_EXAMINER_PENDING_MAX 64
#define TBC_EXAMINER_MESSAGE_MAX \
    (8u << 20) /* bytes of one request, all frames together */
/* 512 float32, little-endian: a template as it is stored and sent. */
#define TBC_FACE_TEMPLATE_BYTES ((size_t)TBC_FACE_TEMPLATE_N * 4)

enum tbc_examiner_kind {
    TBC_EXAMINER_COMPARE = 1,  /* 1..5 frames against a reference */
    TBC_EXAMINER_TEMPLATE = 2, /* one picture to its template, for the roster */
};

/* Borrows everything during tbc_examiner_send. */
struct tbc_examiner_request {
    enum tbc_examiner_kind kind;
    struct tbc_span frames[TBC_EXAMINER_FRAMES_MAX]; /* JPEG, PNG or WebP files */
    size_t frame_n;
    struct tbc_span reference; /* COMPARE: TBC_FACE_TEMPLATE_BYTES */
};

struct tbc_examiner_answer {
    uint64_t id;
    enum tbc_err
        err; /* of the examination: ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED of a
                       * picture, ERR_IO when the examiner died; then nothing below is set */
    enum tbc_face_quality quality[TBC_EXAMINER_FRAMES_MAX];
    size_t frame_n;
    size_t good_n; /* frames whose quality is GOOD; only these are compared */
    double
        score; /* COMPARE with good_n > 0: cosine with the reference, -1..1; else 0 */
    double
        live; /* good_n > 0: median of the passive liveness of the good frames, 0..1 */
    bool
        has_template; /* TEMPLATE: GOOD, or TOO_FAR with a face of at least 80 px, as old
                        * roster photographs are small */
    uint8_t template_bytes[TBC_FACE_TEMPLATE_BYTES];
};

struct tbc_examiner; /* opaque */

/* Start the examiner and wait until it has loaded its models (at most 30 s).
 *   program   path of tbc-examiner; NULL: beside the running program
 *   models    folder of the models; manifest: its manifest, NULL: models/manifest
 *   why       one sentence for the operator, valid until stop or program end; may be NULL
 * Errors: ERR_NOT_FOUND (program or a model), ERR_CORRUPT (sha256 differs), ERR_UNSUPPORTED,
 * ERR_TIMEOUT, ERR_IO, ERR_NO_MEMORY. */
enum tbc_err tbc_examiner_start(struct tbc_examiner **examiner, const char *program,
                                const char *models, const char *manifest,
                                const char **why) TBC_MUST_CHECK;

/* End the process and forget what was pending. */
void tbc_examiner_stop(struct tbc_examiner **examiner);

/* To poll; -1 while no examiner runs (send starts the next one). */
int tbc_examiner_fd(const struct tbc_examiner *examiner);
/* POLLIN, and POLLOUT while a request waits to be written. */
short tbc_examiner_events(const struct tbc_examiner *examiner);
/* For the watchdog and the metrics; -1 while none runs. */
pid_t tbc_examiner_pid(const struct tbc_examiner *examiner);
/* How often an examiner died and was replaced. */
unsigned tbc_examiner_deaths(const struct tbc_examiner *examiner);

/* Queue a request; never waits.  *id is never 0 and never repeated.
 * Errors: ERR_LIMIT (frames together above TBC_EXAMINER_MESSAGE_MAX, too many), ERR_RANGE (no
 * frame, wrong length of the reference), ERR_BUSY (TBC_EXAMINER_PENDING_MAX requests, or 64 MiB,
 * are waiting), ERR_IO (no examiner could be started), ERR_NO_MEMORY. */
enum tbc_err tbc_examiner_send(struct tbc_examiner *examiner,
                               const struct tbc_examiner_request *request,
                               uint64_t *id) TBC_MUST_CHECK;

/* Write what waits, read what came, and give the next answer.  ERR_BUSY when there is none yet.
 * Every request sent gets exactly one answer; err in it is ERR_IO when its examiner died. */
enum tbc_err tbc_examiner_recv(struct tbc_examiner *examiner,
                               struct tbc_examiner_answer *answer) TBC_MUST_CHECK;

/* Send and wait for that answer, at most timeout_ms: for programs without a loop that have
 * nothing else pending.  ERR_TIMEOUT, and the errors of send. */
enum tbc_err
tbc_examiner_ask(struct tbc_examiner *examiner,
                 const struct tbc_examiner_request *request, int timeout_ms,
                 struct tbc_examiner_answer *answer) TBC_MUST_CHECK;

/* A template as its bytes, and back.  False when a number is not finite or the length is not 1
 * within 1e-3. */
void tbc_face_template_write(const struct tbc_face_template *t,
                             uint8_t out[static TBC_FACE_TEMPLATE_BYTES]);
bool tbc_face_template_read(struct tbc_span bytes,
                            struct tbc_face_template *t) TBC_MUST_CHECK;

#endif
