#include "face/align.h"
#include "face/models.h"
#include "face/net.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* The figures of each network; docs/FACE.md says how they were found. */
#define DETECT_W       320
#define DETECT_H       240
#define DETECT_ANCHORS ((size_t)4420)
#define DETECT_SCORE   0.65
#define DETECT_OVERLAP 0.4
#define CANDIDATES_MAX 256 /* anchors around one face are some ten */
#define LANDMARK_SIDE  64
#define FEATURE_SIDE   112
#define LIVENESS_SIDE  128
#define LIVENESS_VIEW  2.7 /* of the height of the box */
#define POSE_SIDE      224
#define POSE_BINS      ((size_t)66)
#define FLOATS_MAX     (3 * DETECT_W * DETECT_H) /* the largest input */
#define MANIFEST_MAX   (64u << 10)

enum net_name {
    DETECT,
    LANDMARK,
    FEATURE,
    LIVENESS,
    POSE,
    NET_N
};

static const char *const net_names[NET_N] = { "detect", "landmark", "feature",
                                              "liveness", "pose" };

static const struct tbc_tensor tensors[NET_N] = {
    [DETECT] = { .width = DETECT_W,
                 .height = DETECT_H,
                 .order = TBC_RGB,
                 .mean = { 127, 127, 127 },
                 .scale = { 1 / 128.0F, 1 / 128.0F, 1 / 128.0F },
                 .outside = 127 },
    [LANDMARK] = { .width = LANDMARK_SIDE,
                   .height = LANDMARK_SIDE,
                   .order = TBC_GREY,
                   .scale = { 1 / 256.0F } },
    [FEATURE] = { .width = FEATURE_SIDE,
                  .height = FEATURE_SIDE,
                  .order = TBC_BGR,
                  .mean = { 127, 127, 127 },
                  .scale = { 1 / 128.0F, 1 / 128.0F, 1 / 128.0F } },
    [LIVENESS] = { .width = LIVENESS_SIDE,
                   .height = LIVENESS_SIDE,
                   .order = TBC_BGR,
                   .scale = { 1, 1, 1 } },
    [POSE] = { .width = POSE_SIDE,
               .height = POSE_SIDE,
               .order = TBC_RGB,
               .mean = { 255 * 0.485F, 255 * 0.456F, 255 * 0.406F },
               .scale = { 1 / (255 * 0.229F), 1 / (255 * 0.224F),
                          1 / (255 * 0.225F) } },
};

/* The aligned face in grey, for sharpness and brightness. */
static const struct tbc_tensor grey_face = { .width = FEATURE_SIDE,
                                             .height = FEATURE_SIDE,
                                             .order = TBC_GREY,
                                             .scale = { 1 } };

/* Where eyes, nose and mouth are in the picture that the feature network knows. */
static const struct tbc_point aligned_five[5] = { { 38.2946, 51.6963 },
                                                  { 73.5318, 51.5014 },
                                                  { 56.0252, 71.7366 },
                                                  { 41.5493, 92.3655 },
                                                  { 70.7299, 92.2041 } };

struct tbc_face_engine {
    struct tbc_net *nets[NET_N];
    float input[FLOATS_MAX];          /* wiped after each use: it shows a face */
    float output[DETECT_ANCHORS * 6]; /* of the detector: scores, then boxes */
    struct tbc_face found[CANDIDATES_MAX];
};

/* What each network gives, and how many numbers. */
static const struct {
    const char *name;
    size_t n;
} net_outputs[NET_N][TBC_NET_OUTPUTS_MAX] = {
    [DETECT] = { { "scores", DETECT_ANCHORS * 2 }, { "boxes", DETECT_ANCHORS * 4 } },
    [LANDMARK] = { { "output", 136 } },
    [FEATURE] = { { "output", TBC_FACE_TEMPLATE_N } },
    [LIVENESS] = { { "output", 3 } },
    [POSE] = { { "output", POSE_BINS }, { "617", POSE_BINS }, { "618", POSE_BINS } },
};

/* Lay the outputs of a network one behind the other; returns how many there are. */
static size_t
name_outputs(float *room, enum net_name which,
             struct tbc_net_output outputs[static TBC_NET_OUTPUTS_MAX])
{
    size_t n = 0;

    for (; n < TBC_NET_OUTPUTS_MAX && net_outputs[which][n].name != NULL; n++) {
        outputs[n].name = net_outputs[which][n].name;
        outputs[n].values = room;
        outputs[n].n = net_outputs[which][n].n;
        room += outputs[n].n;
    }
    return n;
}

/* Show a network the part of the picture that map says.  room takes all its outputs. */
static enum tbc_err
run(struct tbc_face_engine *e, enum net_name which, const struct tbc_picture *picture,
    const struct tbc_affine *map, float *room)
{
    const struct tbc_tensor *t = &tensors[which];
    struct tbc_net_output outputs[TBC_NET_OUTPUTS_MAX];
    size_t output_n = name_outputs(room, which, outputs);
    struct tbc_net_input input = { .values = e->input,
                                   .channels = t->order == TBC_GREY ? 1 : 3,
                                   .height = t->height,
                                   .width = t->width };
    enum tbc_err err;

    tbc_sample(picture, map, t, e->input);
    err = tbc_net_run(e->nets[which], &input, outputs, output_n);
    tbc_wipe(e->input, sizeof e->input);
    return err;
}

static enum tbc_err
open_nets(struct tbc_face_engine *e, const char *dir, struct tbc_span manifest,
          struct tbc_buf *why)
{
    struct tbc_buf model = { 0 };
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < NET_N && err == TBC_OK; i++) {
        tbc_buf_clear(&model);
        err = tbc_model_read(dir, manifest, net_names[i], &model, why);
        if (err == TBC_OK &&
            (err = tbc_net_open(&e->nets[i], model.ptr, model.len)) != TBC_OK) {
            (void)tbc_buf_printf(why, "the runtime refuses the model '%s'",
                                 net_names[i]);
        }
    }
    tbc_buf_fini(&model);
    return err;
}

/* Run every network once: the runtime then allocates and plans, and a model whose shape is not
 * ours is found before the first passenger. */
static enum tbc_err
try_nets(struct tbc_face_engine *e, struct tbc_buf *why)
{
    enum tbc_err err = tbc_face_forget(e);

    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "a model has other inputs or outputs than ours");
    }
    return err;
}

static enum tbc_err
read_manifest(const char *dir, const char *path, struct tbc_buf *text,
              struct tbc_buf *why)
{
    struct tbc_buf beside = { 0 };
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    (void)tbc_buf_printf(&beside, "%s/manifest", dir);
    path = path != NULL ? path : tbc_buf_str(&beside);
    if (path != NULL) {
        err = tbc_model_file(path, MANIFEST_MAX, text, why);
    }
    tbc_buf_fini(&beside);
    return err;
}

enum tbc_err
tbc_face_open(struct tbc_face_engine **engine, const char *dir, const char *manifest,
              const char **why)
{
    static _Thread_local char sentence[512]; /* outlives a failed open; see face.h */
    struct tbc_face_engine *e = calloc(1, sizeof *e);
    struct tbc_buf text = { 0 };
    struct tbc_buf reason;
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    *engine = NULL;
    tbc_buf_init_fixed(&reason, sentence, sizeof sentence - 1);
    if (e != NULL && (err = read_manifest(dir, manifest, &text, &reason)) == TBC_OK &&
        (err = open_nets(e, dir, tbc_buf_span(&text), &reason)) == TBC_OK) {
        err = try_nets(e, &reason);
    }
    sentence[reason.len] = '\0';
    tbc_buf_fini(&text);
    if (why != NULL) {
        *why = err == TBC_OK ? NULL : sentence;
    }
    if (err != TBC_OK) {
        tbc_face_close(&e);
        return err;
    }
    *engine = e;
    return TBC_OK;
}

void
tbc_face_close(struct tbc_face_engine **engine)
{
    struct tbc_face_engine *e = *engine;

    if (e == NULL) {
        return;
    }
    for (size_t i = 0; i < NET_N; i++) {
        tbc_net_close(&e->nets[i]);
    }
    tbc_wipe(e, sizeof *e);
    free(e);
    *engine = NULL;
}

static void
insert_by_score(struct tbc_face *faces, size_t *n, struct tbc_face face)
{
    size_t at = *n < CANDIDATES_MAX ? (*n)++ : CANDIDATES_MAX - 1;

    if (at == CANDIDATES_MAX - 1 && faces[at].score > face.score) {
        return;
    }
    for (; at > 0 && faces[at - 1].score < face.score; at--) {
        faces[at] = faces[at - 1];
    }
    faces[at] = face;
}

/* Boxes are shares of the network's view; zoom is how many pixels one of its pixels covers. */
static size_t
collect_faces(struct tbc_face_engine *e, double zoom)
{
    size_t n = 0;

    for (size_t i = 0; i < DETECT_ANCHORS; i++) {
        const float *b = &e->output[DETECT_ANCHORS * 2 + i * 4];
        struct tbc_face face = { .score = (double)e->output[i * 2 + 1] };

        if (!(face.score >= DETECT_SCORE)) {
            continue;
        }
        face.box.x = (double)b[0] * DETECT_W * zoom;
        face.box.y = (double)b[1] * DETECT_H * zoom;
        face.box.w = (double)(b[2] - b[0]) * DETECT_W * zoom;
        face.box.h = (double)(b[3] - b[1]) * DETECT_H * zoom;
        if (face.box.w > 1 && face.box.h > 1) {
            insert_by_score(e->found, &n, face);
        }
    }
    return tbc_face_suppress(e->found, n, DETECT_OVERLAP);
}

enum tbc_err
tbc_face_detect(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                struct tbc_face faces[static TBC_FACES_MAX], size_t *n)
{
    const struct tbc_affine unchanged = { .xx = 1, .yy = 1 };
    double zoom =
        fmax((double)picture->width / DETECT_W, (double)picture->height / DETECT_H);
    double width = fmax(1, round(picture->width / zoom));
    double height = fmax(1, round(picture->height / zoom));
    struct tbc_picture small = { 0 };
    enum tbc_err err;

    *n = 0;
    if ((err = tbc_picture_scale(picture, (int)width, (int)height, &small)) == TBC_OK &&
        (err = run(engine, DETECT, &small, &unchanged, engine->output)) == TBC_OK) {
        *n = collect_faces(engine, zoom);
        memcpy(faces, engine->found, *n * sizeof *faces);
    }
    tbc_picture_fini(&small);
    return err;
}

static enum tbc_err
find_landmarks(struct tbc_face_engine *e, const struct tbc_picture *picture,
               struct tbc_rect box, struct tbc_point landmarks[static 68])
{
    double s = sqrt(box.w * box.h);
    double side = 1.1 * s;
    double x = box.x + box.w / 2 - 0.55 * s;
    double y = box.y + box.h / 2 - 0.5 * s;
    struct tbc_affine map = tbc_affine_square(x, y, side, LANDMARK_SIDE, LANDMARK_SIDE);
    float points[136] = { 0 };
    enum tbc_err err = run(e, LANDMARK, picture, &map, points);

    for (size_t i = 0; i < 68 && err == TBC_OK; i++) {
        landmarks[i].x = x + (double)points[i * 2] * side;
        landmarks[i].y = y + (double)points[i * 2 + 1] * side;
    }
    return err;
}

static enum tbc_err
find_pose(struct tbc_face_engine *e, const struct tbc_picture *picture,
          struct tbc_rect box, struct tbc_pose *pose)
{
    struct tbc_affine map = tbc_affine_square(box.x + (box.w - box.h) / 2, box.y, box.h,
                                              POSE_SIDE, POSE_SIDE);
    float bins[3 * POSE_BINS] = { 0 };
    enum tbc_err err = run(e, POSE, picture, &map, bins);

    if (err == TBC_OK) {
        pose->yaw = tbc_pose_angle(bins);
        pose->pitch = tbc_pose_angle(bins + POSE_BINS);
        pose->roll = tbc_pose_angle(bins + 2 * POSE_BINS);
    }
    return err;
}

static bool
alignment(const struct tbc_face_frame *frame, struct tbc_affine *map)
{
    struct tbc_point five[5];

    tbc_face_five(frame->landmarks, five);
    return tbc_affine_similarity(five, aligned_five, 5, map);
}

static void
measure_light(struct tbc_face_engine *e, const struct tbc_picture *picture,
              struct tbc_face_frame *frame)
{
    struct tbc_affine map;

    if (alignment(frame, &map)) {
        tbc_sample(picture, &map, &grey_face, e->input);
        frame->sharpness = tbc_sharpness(e->input, FEATURE_SIDE);
        frame->brightness = tbc_brightness(e->input, FEATURE_SIDE);
        tbc_wipe(e->input, sizeof e->input);
    }
}

/* The largest is the dominant one.  Returns the height of the next as a share of its own; a box
 * around a part of the dominant face, as very near faces have, is not another person. */
static double
choose_dominant(const struct tbc_face *faces, size_t n, struct tbc_face *dominant)
{
    double next = 0;

    *dominant = faces[0];
    for (size_t i = 1; i < n; i++) {
        if (faces[i].box.h > dominant->box.h) {
            *dominant = faces[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        struct tbc_rect b = faces[i].box;

        if (!tbc_rect_has(dominant->box, b.x + b.w / 2, b.y + b.h / 2)) {
            next = fmax(next, b.h / dominant->box.h);
        }
    }
    return next;
}

enum tbc_err
tbc_face_inspect(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                 struct tbc_face_frame *frame)
{
    struct tbc_face faces[TBC_FACES_MAX];
    double others;
    size_t n;
    enum tbc_err err;

    *frame = (struct tbc_face_frame){ .quality = TBC_FACE_NO_FACE };
    if ((err = tbc_face_detect(engine, picture, faces, &n)) != TBC_OK || n == 0) {
        return err;
    }
    others = choose_dominant(faces, n, &frame->face);
    if ((err = find_landmarks(engine, picture, frame->face.box, frame->landmarks)) !=
            TBC_OK ||
        (err = find_pose(engine, picture, frame->face.box, &frame->pose)) != TBC_OK) {
        *frame = (struct tbc_face_frame){ .quality = TBC_FACE_NO_FACE };
        return err;
    }
    measure_light(engine, picture, frame);
    frame->quality = tbc_face_judge(frame, others, picture->width, picture->height);
    return TBC_OK;
}

enum tbc_err
tbc_face_embed(struct tbc_face_engine *engine, const struct tbc_picture *picture,
               const struct tbc_face_frame *frame, struct tbc_face_template *t)
{
    struct tbc_affine map;
    enum tbc_err err = TBC_ERR_RANGE;

    *t = (struct tbc_face_template){ 0 };
    if (alignment(frame, &map)) {
        err = run(engine, FEATURE, picture, &map, t->v);
        tbc_normalise(t->v, TBC_FACE_TEMPLATE_N);
    }
    return err;
}

/* Start of a view of length side around a centre, moved inside 0..limit. */
static double
inside(double centre, double side, double limit)
{
    double start = centre - side / 2;

    return fmax(0, fmin(start, limit - side));
}

enum tbc_err
tbc_face_liveness(struct tbc_face_engine *engine, const struct tbc_picture *picture,
                  const struct tbc_face_frame *frame, double *live)
{
    struct tbc_rect box = frame->face.box;
    double side = fmin(box.h * LIVENESS_VIEW, fmin(picture->width, picture->height));
    struct tbc_affine map =
        tbc_affine_square(inside(box.x + box.w / 2, side, picture->width),
                          inside(box.y + box.h / 2, side, picture->height), side,
                          LIVENESS_SIDE, LIVENESS_SIDE);
    float classes[3] = { 0 };
    enum tbc_err err;

    *live = 0;
    if (!(frame->face.score > 0)) {
        return TBC_ERR_RANGE;
    }
    if ((err = run(engine, LIVENESS, picture, &map, classes)) == TBC_OK) {
        tbc_softmax(classes, 3);
        *live = (double)classes[0];
    }
    return err;
}

enum tbc_err
tbc_face_forget(struct tbc_face_engine *engine)
{
    const struct tbc_affine map = { .xx = 1, .yy = 1 };
    struct tbc_picture blank = { 0 };
    enum tbc_err err = tbc_picture_init(&blank, 1, 1, 1);

    for (int i = 0; i < NET_N && err == TBC_OK; i++) {
        err = run(engine, (enum net_name)i, &blank, &map, engine->output);
    }
    tbc_wipe(engine->found, sizeof engine->found);
    tbc_picture_fini(&blank);
    return err;
}
