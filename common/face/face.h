/* Faces: find, measure quality, tell living from flat, turn into numbers, compare.
 *
 * One engine owns the models of one directory (assets/models/manifest names them with their
 * sha256, checked when they are loaded) and is used by one thread.  Pictures are RGB.
 * Sources of pre- and post-processing and of the thresholds: docs/FACE.md. */
#ifndef TBC_FACE_FACE_H
#define TBC_FACE_FACE_H

#include "base/err.h"
#include "base/rect.h"
#include "image/picture.h"

#define TBC_FACE_TEMPLATE_N 512
#define TBC_FACES_MAX       16

struct tbc_face {
    struct tbc_rect
        box;      /* pixels, as the detector gives it, may reach beyond the picture */
    double score; /* detector, 0..1 */
};

struct tbc_pose {
    double yaw;   /* degrees; > 0: nose towards the left of the picture */
    double pitch; /* degrees */
    double roll;  /* degrees */
};

/* 512 numbers of length 1. */
struct tbc_face_template {
    float v[TBC_FACE_TEMPLATE_N];
};

/* Why a frame is not good enough, in the order in which a person is told. */
#define TBC_FACE_QUALITY_LIST(X)                   \
    X(GOOD)                                        \
    X(NO_FACE)                                     \
    X(SEVERAL)  /* no single dominant face */      \
    X(TOO_FAR)  /* face lower than 120 px */       \
    X(TOO_NEAR) /* reaches beyond the picture */   \
    X(TURNED)   /* |yaw| >= 15 or |pitch| >= 20 */ \
    X(TOO_DARK)                                    \
    X(TOO_BRIGHT)                                  \
    X(BLURRED)                                     \
    X(COVERED) /* detector below 0.9: mask, hat, hand */

enum tbc_face_quality {
#define X(name) TBC_FACE_##name,
    TBC_FACE_QUALITY_LIST(X)
#undef X
    TBC_FACE_QUALITY_N
};

struct tbc_face_frame {
    enum tbc_face_quality quality;
    struct tbc_face face; /* the dominant one; score 0 with NO_FACE */
    struct tbc_pose pose;
    struct tbc_point landmarks[68]; /* iBUG order, pixels */
    double sharpness;  /* variance of the Laplacian over the aligned face */
    double brightness; /* mean grey of the face, 0..255 */
};

struct tbc_face_engine; /* opaque */

/* Load the models that dir/manifest (or the manifest given) names.
 *   why    borrows a sentence naming the file at fault, valid until the next call; may be NULL
 * Errors: ERR_NOT_FOUND, ERR_CORRUPT (sha256 differs), ERR_UNSUPPORTED (the runtime refuses). */
enum tbc_err tbc_face_open(struct tbc_face_engine **engine, const char *dir,
                           const char *manifest, const char **why) TBC_MUST_CHECK;
void tbc_face_close(struct tbc_face_engine **engine);

/* All faces by falling score, at most TBC_FACES_MAX. */
enum tbc_err
tbc_face_detect(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                struct tbc_face faces[static TBC_FACES_MAX], size_t *n) TBC_MUST_CHECK;

/* Everything about the dominant face that capture wants to know. */
enum tbc_err
tbc_face_inspect(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                 struct tbc_face_frame *frame) TBC_MUST_CHECK;

/* The template of an inspected face (its landmarks align it). */
enum tbc_err
tbc_face_embed(struct tbc_face_engine *engine, const struct tbc_picture *picture,
               const struct tbc_face_frame *frame,
               struct tbc_face_template *t) TBC_MUST_CHECK;

/* Passive liveness, 0 flat .. 1 living: one weak vote. */
enum tbc_err
tbc_face_liveness(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                  const struct tbc_face_frame *frame, double *live) TBC_MUST_CHECK;

/* Mean of n templates, back to length 1.  n >= 1. */
void tbc_face_average(const struct tbc_face_template *t, size_t n,
                      struct tbc_face_template *mean);
/* Cosine, -1..1. */
double
tbc_face_compare(const struct tbc_face_template *a, const struct tbc_face_template *b);

/* Overwrite what the runtime still holds of the last picture, by showing it an empty one: at the
 * end of a session.  Some 40 ms. */
enum tbc_err tbc_face_forget(struct tbc_face_engine *engine) TBC_MUST_CHECK;

/* "TOO_FAR", for logs and the command line. */
const char *tbc_face_quality_name(enum tbc_face_quality quality);

#endif
