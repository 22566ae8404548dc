#include "eye.h"

#include "crypto/facecode.h"
#include "face/code.h"
#include "face/examiner.h"
#include "image/camera.h"
#include "sys/log.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define SIDE_MAX     640 /* px of a picture that is examined */
#define JPEG_QUALITY 92

struct gate_eye {
    struct tbc_examiner *examiner;
    char *source;
    bool is_lost; /* the camera's failure was told */

    int64_t least; /* permille; 0: policy is off */
    struct tbc_face_key keys[TBC_WIRE_FACE_KEYS_MAX];
    size_t keys_n;

    /* one look */
    struct tbc_camera *camera; /* NULL: none */
    struct gate_vote vote;
    uint8_t code[TBC_FACE_CODE_LEN];
    uint64_t exam;     /* the picture that is being examined; 0: none */
    size_t examined_n; /* pictures, whatever came of them */
    struct tbc_examiner_answer answer;
};

enum tbc_err
gate_eye_open(struct gate_eye **eye, const char *camera, const char *models,
              struct tbc_buf *why)
{
    struct gate_eye *f = calloc(1, sizeof *f);
    const char *sentence = NULL;
    enum tbc_err err;

    *eye = NULL;
    if (f == NULL || (f->source = strdup(camera)) == NULL) {
        free(f);
        return TBC_ERR_NO_MEMORY;
    }
    err = tbc_examiner_start(&f->examiner, NULL, models, NULL, &sentence);
    if (err != TBC_OK) {
        tbc_buf_printf(why, "examiner of faces: %s",
                       sentence == NULL ? tbc_err_text(err) : sentence);
        gate_eye_close(&f);
    }
    *eye = f;
    return err;
}

void
gate_eye_close(struct gate_eye **eye)
{
    if (*eye != NULL) {
        gate_eye_end(*eye);
        tbc_examiner_stop(&(*eye)->examiner);
        free((*eye)->source);
        tbc_wipe(*eye, sizeof **eye);
        free(*eye);
        *eye = NULL;
    }
}

void
gate_eye_told(struct gate_eye *eye, const struct tbc_hello_reply *hello)
{
    if (eye == NULL) {
        return;
    }
    if (eye->least != hello->policy.gate_face_permille) {
        tbc_log(TBC_LOG_INFO, "faces at this gate: %s",
                hello->policy.gate_face_permille > 0 ? "compared" : "not compared");
    }
    eye->least = hello->policy.gate_face_permille;
    eye->keys_n = hello->faces_n;
    memcpy(eye->keys, hello->faces, sizeof eye->keys);
}

/* Whether the certificate has a face that this gate's keys open. */
static bool
open_code(struct gate_eye *eye, const struct gate_sealed_face *of)
{
    const int64_t day = tbc_day_start(tbc_utc_day(of->iat)).s;

    for (size_t i = 0; i < eye->keys_n && of->is_there; i++) {
        if (eye->keys[i].day.s == day) {
            return tbc_face_unseal(eye->keys[i].key, of->cti, of->sealed, eye->code) ==
                   TBC_OK;
        }
    }
    return false;
}

/* Told once, and again after it had worked. */
static void
lose_camera(struct gate_eye *eye, enum tbc_err err, const char *why)
{
    if (!eye->is_lost) {
        tbc_log(TBC_LOG_ERROR,
                "%s: %s; passengers are not compared with their certificates",
                eye->source, why == NULL ? tbc_err_text(err) : why);
    }
    eye->is_lost = true;
    tbc_camera_close(&eye->camera);
}

bool
gate_eye_begin(struct gate_eye *eye, const struct gate_sealed_face *of,
               struct tbc_mono now)
{
    const char *why = NULL;
    enum tbc_err err;

    if (eye == NULL || eye->least <= 0 || !open_code(eye, of)) {
        return false;
    }
    gate_vote_begin(&eye->vote, eye->least, now);
    eye->examined_n = 0;
    err = tbc_camera_open(&eye->camera, eye->source, &why);
    if (err != TBC_OK) {
        lose_camera(eye, err, why);
    }
    return true;
}

static enum tbc_err
encode(struct tbc_picture *frame, struct tbc_buf *jpeg)
{
    const int side = frame->width > frame->height ? frame->width : frame->height;
    struct tbc_picture small = { 0 };
    enum tbc_err err;

    tbc_picture_mirror(frame); /* faces are compared as others see them */
    if (side <= SIDE_MAX) {
        return tbc_picture_encode_jpeg(frame, JPEG_QUALITY, jpeg);
    }
    err = tbc_picture_scale(frame, frame->width * SIDE_MAX / side,
                            frame->height * SIDE_MAX / side, &small);
    if (err == TBC_OK) {
        err = tbc_picture_encode_jpeg(&small, JPEG_QUALITY, jpeg);
    }
    tbc_picture_fini(&small);
    return err;
}

/* The next frame, to the examiner.  ERR_BUSY: there is none yet. */
static enum tbc_err
send_frame(struct gate_eye *eye)
{
    struct tbc_examiner_request ask = { .kind = TBC_EXAMINER_TEMPLATE, .frame_n = 1 };
    struct tbc_picture frame = { 0 };
    struct tbc_buf jpeg = { 0 };
    enum tbc_err err;

    if ((err = tbc_camera_frame(eye->camera, &frame)) == TBC_OK &&
        (err = encode(&frame, &jpeg)) == TBC_OK) {
        ask.frames[0] = tbc_buf_span(&jpeg);
        err = tbc_examiner_send(eye->examiner, &ask, &eye->exam);
    }
    tbc_picture_fini(&frame);
    tbc_buf_fini(&jpeg);
    return err;
}

/* What came of the picture.  ERR_IO: the examiner has died, the next picture starts another. */
static void
take_answer(struct gate_eye *eye)
{
    struct tbc_face_template t;

    if (eye->answer.err != TBC_ERR_IO) {
        eye->examined_n++;
        eye->is_lost = false;
    }
    if (eye->answer.err == TBC_OK && eye->answer.good_n > 0 &&
        eye->answer.has_template &&
        tbc_face_template_read(
            tbc_span_of(eye->answer.template_bytes, TBC_FACE_TEMPLATE_BYTES), &t)) {
        gate_vote_add(&eye->vote, lround(1000 * tbc_face_code_compare(eye->code, &t)));
        tbc_wipe(&t, sizeof t);
    }
    eye->exam = 0;
}

static void
listen(struct gate_eye *eye)
{
    while (tbc_examiner_recv(eye->examiner, &eye->answer) == TBC_OK) {
        if (eye->answer.id == eye->exam && eye->exam != 0) {
            take_answer(eye); /* else of a passenger before */
        }
        tbc_wipe(&eye->answer, sizeof eye->answer);
    }
}

/* Nobody was seen: was there anything to see with? */
static enum gate_look
end_blind(struct gate_eye *eye)
{
    if (eye->examined_n > 0) {
        return GATE_LOOK_NOBODY;
    }
    lose_camera(eye, TBC_ERR_TIMEOUT, "no picture, or nobody to examine it");
    return GATE_LOOK_UNABLE;
}

enum gate_look
gate_eye_tick(struct gate_eye *eye, struct tbc_mono now)
{
    enum gate_look look;
    enum tbc_err err;

    listen(eye);
    if (eye->camera == NULL) {
        return GATE_LOOK_UNABLE;
    }
    look = gate_vote_tell(&eye->vote, now);
    if (look != GATE_LOOK_ON) {
        return look == GATE_LOOK_NOBODY ? end_blind(eye) : look;
    }
    if (eye->exam == 0 && (err = send_frame(eye)) != TBC_OK && err != TBC_ERR_BUSY) {
        lose_camera(eye, err, NULL);
        return GATE_LOOK_UNABLE;
    }
    return GATE_LOOK_ON;
}

void
gate_eye_end(struct gate_eye *eye)
{
    if (eye == NULL) {
        return;
    }
    tbc_camera_close(&eye->camera);
    tbc_wipe(eye->code, sizeof eye->code);
    tbc_wipe(&eye->answer, sizeof eye->answer);
    tbc_wipe(&eye->vote, sizeof eye->vote);
    eye->exam = 0;
}
