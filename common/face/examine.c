#include "face/examine.h"

#include "codec/cbor.h"
#include "sys/child.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MILLION        1e6
#define ROSTER_FACE_PX 80 /* of a reference photograph; a live frame needs more */
#define ERR_LAST       TBC_ERR_NO_MEMORY

void
tbc_examine_put_request(struct tbc_buf *out, uint64_t id,
                        const struct tbc_examiner_request *request)
{
    size_t start = tbc_child_begin(out);
    bool compares = request->kind == TBC_EXAMINER_COMPARE;

    tbc_cbor_put_map(out, compares ? 4 : 3);
    tbc_cbor_put_uint(out, 1);
    tbc_cbor_put_uint(out, id);
    tbc_cbor_put_uint(out, 2);
    tbc_cbor_put_uint(out, request->kind);
    tbc_cbor_put_uint(out, 3);
    tbc_cbor_put_array(out, request->frame_n);
    for (size_t i = 0; i < request->frame_n; i++) {
        tbc_cbor_put_bytes(out, request->frames[i]);
    }
    if (compares) {
        tbc_cbor_put_uint(out, 4);
        tbc_cbor_put_bytes(out, request->reference);
    }
    tbc_child_finish(out, start);
}

void
tbc_examine_put_answer(struct tbc_buf *out, const struct tbc_examiner_answer *answer)
{
    size_t start = tbc_child_begin(out);

    tbc_cbor_put_map(out, answer->has_template ? 7 : 6);
    tbc_cbor_put_uint(out, 1);
    tbc_cbor_put_uint(out, answer->id);
    tbc_cbor_put_uint(out, 2);
    tbc_cbor_put_uint(out, answer->err);
    tbc_cbor_put_uint(out, 3);
    tbc_cbor_put_array(out, answer->frame_n);
    for (size_t i = 0; i < answer->frame_n; i++) {
        tbc_cbor_put_uint(out, answer->quality[i]);
    }
    tbc_cbor_put_uint(out, 4);
    tbc_cbor_put_uint(out, answer->good_n);
    tbc_cbor_put_uint(out, 5);
    tbc_cbor_put_int(out, llround(answer->score * MILLION));
    tbc_cbor_put_uint(out, 6);
    tbc_cbor_put_int(out, llround(answer->live * MILLION));
    if (answer->has_template) {
        tbc_cbor_put_uint(out, 7);
        tbc_cbor_put_bytes(
            out, tbc_span_of(answer->template_bytes, sizeof answer->template_bytes));
    }
    tbc_child_finish(out, start);
}

void
tbc_examine_put_ready(struct tbc_buf *out, enum tbc_err err, const char *why)
{
    size_t start = tbc_child_begin(out);

    tbc_cbor_put_map(out, 3);
    tbc_cbor_put_uint(out, 1);
    tbc_cbor_put_uint(out, 0);
    tbc_cbor_put_uint(out, 2);
    tbc_cbor_put_uint(out, err);
    tbc_cbor_put_uint(out, 8);
    tbc_cbor_put_text(out, why != NULL ? why : "");
    tbc_child_finish(out, start);
}

/* A number 0..last. */
static unsigned
read_below(struct tbc_cbor_in *in, const char *what, unsigned last)
{
    uint64_t v = 0;

    if (tbc_cbor_read_uint(in, what, &v) == TBC_OK && v > last) {
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, what);
        v = 0;
    }
    return (unsigned)v;
}

static void
read_frames(struct tbc_cbor_in *in, struct tbc_examiner_request *r)
{
    if (tbc_cbor_read_array(in, "frames", TBC_EXAMINER_FRAMES_MAX, &r->frame_n) !=
        TBC_OK) {
        return;
    }
    for (size_t i = 0; i < r->frame_n; i++) {
        (void)tbc_cbor_read_bytes(in, "frame", TBC_EXAMINER_MESSAGE_MAX, &r->frames[i]);
    }
}

enum tbc_err
tbc_examine_read_request(struct tbc_span message, uint64_t *id,
                         struct tbc_examiner_request *request)
{
    struct tbc_cbor_in in;
    struct tbc_cbor_map m;
    int64_t key;
    enum tbc_err err;

    *id = 0;
    memset(request, 0, sizeof *request);
    tbc_cbor_open(&in, message);
    (void)tbc_cbor_read_map(&in, "request", 4, &m);
    while (tbc_cbor_next_int(&in, &m, &key)) {
        switch (key) {
        case 1:
            (void)tbc_cbor_read_uint(&in, "id", id);
            break;
        case 2:
            request->kind = read_below(&in, "kind", TBC_EXAMINER_TEMPLATE);
            break;
        case 3:
            read_frames(&in, request);
            break;
        case 4:
            (void)tbc_cbor_read_bytes(&in, "reference", TBC_FACE_TEMPLATE_BYTES,
                                      &request->reference);
            break;
        default:
            (void)tbc_cbor_fail(&in, TBC_ERR_MALFORMED, "request");
        }
    }
    err = tbc_cbor_close(&in);
    if (err == TBC_OK && (*id == 0 || request->kind == 0 || request->frame_n == 0)) {
        err = TBC_ERR_MALFORMED;
    }
    return err;
}

static void
read_qualities(struct tbc_cbor_in *in, struct tbc_examiner_answer *a)
{
    if (tbc_cbor_read_array(in, "qualities", TBC_EXAMINER_FRAMES_MAX, &a->frame_n) !=
        TBC_OK) {
        return;
    }
    for (size_t i = 0; i < a->frame_n; i++) {
        a->quality[i] = read_below(in, "quality", TBC_FACE_QUALITY_N - 1);
    }
}

static double
read_millionths(struct tbc_cbor_in *in, const char *what)
{
    int64_t v = 0;

    if (tbc_cbor_read_int(in, what, &v) == TBC_OK && (v < -1000000 || v > 1000000)) {
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, what);
        v = 0;
    }
    return (double)v / MILLION;
}

static void
read_answer_field(struct tbc_cbor_in *in, int64_t key, struct tbc_examiner_answer *a,
                  char *why)
{
    switch (key) {
    case 1:
        (void)tbc_cbor_read_uint(in, "id", &a->id);
        break;
    case 2:
        a->err = read_below(in, "err", ERR_LAST);
        break;
    case 3:
        read_qualities(in, a);
        break;
    case 4:
        a->good_n = read_below(in, "good_n", TBC_EXAMINER_FRAMES_MAX);
        break;
    case 5:
        a->score = read_millionths(in, "score");
        break;
    case 6:
        a->live = read_millionths(in, "live");
        break;
    case 7:
        a->has_template = tbc_cbor_read_fixed(in, "template", a->template_bytes,
                                              sizeof a->template_bytes) == TBC_OK;
        break;
    case 8:
        (void)tbc_cbor_read_string(in, "why", why, TBC_EXAMINE_WHY_SIZE);
        break;
    default:
        (void)tbc_cbor_fail(in, TBC_ERR_MALFORMED, "answer");
    }
}

enum tbc_err
tbc_examine_read_answer(struct tbc_span message, struct tbc_examiner_answer *answer,
                        char *why)
{
    struct tbc_cbor_in in;
    struct tbc_cbor_map m;
    int64_t key;
    enum tbc_err err;

    memset(answer, 0, sizeof *answer);
    tbc_cbor_open(&in, message);
    (void)tbc_cbor_read_map(&in, "answer", 8, &m);
    while (tbc_cbor_next_int(&in, &m, &key)) {
        read_answer_field(&in, key, answer, why);
    }
    if ((err = tbc_cbor_close(&in)) != TBC_OK) {
        memset(answer, 0, sizeof *answer);
    }
    return err;
}

/* What one examination needs beside the answer; on the heap for its size, wiped at its end. */
struct examination {
    struct tbc_face_template seen[TBC_EXAMINER_FRAMES_MAX];
    struct tbc_face_template mean;
    struct tbc_face_template reference;
    double live[TBC_EXAMINER_FRAMES_MAX];
    size_t n;
};

/* A roster photograph may be smaller than a frame of today's camera. */
static bool
is_usable(const struct tbc_face_frame *frame, enum tbc_examiner_kind kind)
{
    return frame->quality == TBC_FACE_GOOD ||
           (kind == TBC_EXAMINER_TEMPLATE && frame->quality == TBC_FACE_TOO_FAR &&
            frame->face.box.h >= ROSTER_FACE_PX);
}

static enum tbc_err
examine_frame(struct tbc_face_engine *engine, enum tbc_examiner_kind kind,
              struct tbc_span file, struct examination *x,
              enum tbc_face_quality *quality)
{
    struct tbc_picture picture = { 0 };
    struct tbc_face_frame frame = { 0 };
    enum tbc_err err;

    if ((err = tbc_picture_decode(&picture, file, TBC_PICTURE_SIDE_MAX)) != TBC_OK ||
        (err = tbc_face_inspect(engine, &picture, &frame)) != TBC_OK) {
        goto out;
    }
    *quality = frame.quality;
    if (is_usable(&frame, kind) &&
        (err = tbc_face_embed(engine, &picture, &frame, &x->seen[x->n])) == TBC_OK &&
        (err = tbc_face_liveness(engine, &picture, &frame, &x->live[x->n])) == TBC_OK) {
        x->n++;
    }
out:
    tbc_picture_fini(&picture);
    tbc_wipe(&frame, sizeof frame);
    return err;
}

static int
by_value(const void *a, const void *b)
{
    double left = *(const double *)a;
    double right = *(const double *)b;

    return (left > right) - (left < right);
}

static double
median(double *v, size_t n)
{
    qsort(v, n, sizeof *v, by_value);
    return n % 2 == 1 ? v[n / 2] : (v[n / 2 - 1] + v[n / 2]) / 2;
}

static enum tbc_err
examine_all(struct tbc_face_engine *engine, const struct tbc_examiner_request *request,
            struct examination *x, struct tbc_examiner_answer *answer)
{
    bool compares = request->kind == TBC_EXAMINER_COMPARE;
    enum tbc_err err = TBC_OK;

    if (compares && !tbc_face_template_read(request->reference, &x->reference)) {
        return TBC_ERR_MALFORMED;
    }
    for (size_t i = 0; i < request->frame_n && err == TBC_OK; i++) {
        err = examine_frame(engine, request->kind, request->frames[i], x,
                            &answer->quality[i]);
        answer->good_n += answer->quality[i] == TBC_FACE_GOOD;
    }
    if (err != TBC_OK || x->n == 0) {
        return err;
    }
    answer->live = median(x->live, x->n);
    tbc_face_average(x->seen, x->n, &x->mean);
    if (compares) {
        answer->score = tbc_face_compare(&x->mean, &x->reference);
    } else {
        answer->has_template = true;
        tbc_face_template_write(&x->mean, answer->template_bytes);
    }
    return TBC_OK;
}

void
tbc_examine(struct tbc_face_engine *engine, const struct tbc_examiner_request *request,
            struct tbc_examiner_answer *answer)
{
    struct examination *x = calloc(1, sizeof *x);
    uint64_t id = answer->id;
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    memset(answer, 0, sizeof *answer);
    if (x != NULL) {
        err = examine_all(engine, request, x, answer);
        tbc_wipe(x, sizeof *x);
        free(x);
    }
    if (err != TBC_OK) {
        memset(answer, 0, sizeof *answer);
    } else {
        answer->frame_n = request->frame_n;
    }
    answer->id = id;
    answer->err = err;
}
