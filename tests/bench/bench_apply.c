/* bench_apply [--json FILE] [--n N]
 *
 * APPLYs a second of a real station with its examiner, each with a picture of a real face, beside what
 * the models do with the same pictures when they are called directly, in one thread as in the
 * examiner: both in turn, slice by slice.  TBC_MODELS and TBC_PEOPLE name the folders. */
#include "face/face.h"
#include "faces.h"
#include "load.h"
#include "measure.h"
#include "sys/file.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SLICES 10
#define SLOTS  4 /* kiosks that ask at one time */

static struct figures figures;
static size_t n = 1000; /* the least that work_main takes */

/* People of the demo's roster, and another picture of each. */
static const struct {
    enum tbc_doc_kind kind;
    const char *number;
    const char *photo;
} people[] = {
    { TBC_DOC_CN, "11010519491231002X", "astronaut.png" },
    { TBC_DOC_CN, "330102198804122048", "grace_hopper.jpg" },
};
#define PEOPLE_N (sizeof people / sizeof *people)

static struct tbc_buf views[PEOPLE_N];

static bool
ask_apply(void *arg, size_t unit, unsigned step, const void *reply, enum tbc_op *op,
          const void **msg)
{
    static struct tbc_apply apply;
    const size_t who = unit % PEOPLE_N;

    (void)arg;
    (void)reply;
    if (step > 0) {
        return false;
    }
    apply = (struct tbc_apply){ .kind = people[who].kind,
                                .language = "en",
                                .assurance = TBC_ASSURANCE_PASSIVE,
                                .frames = { tbc_buf_span(&views[who]) },
                                .frames_n = 1 };
    (void)snprintf(apply.number, sizeof apply.number, "%s", people[who].number);
    *op = TBC_OP_APPLY;
    *msg = &apply;
    return true;
}

static double
apply_slice(struct load *kiosks, size_t first, size_t many)
{
    const struct load_plan plan = {
        .ask = ask_apply, .first = first, .n = many, .slots = SLOTS
    };

    return load_run(kiosks, &plan);
}

/* What the models are called for, for one picture that is decoded already. */
static void
call_models(struct tbc_face_engine *engine, const struct tbc_picture *picture)
{
    struct tbc_face_frame frame;
    struct tbc_face_template t;
    double live;

    CU_ASSERT_FATAL(tbc_face_inspect(engine, picture, &frame) == TBC_OK &&
                    frame.quality == TBC_FACE_GOOD &&
                    tbc_face_embed(engine, picture, &frame, &t) == TBC_OK &&
                    tbc_face_liveness(engine, picture, &frame, &live) == TBC_OK);
}

static double
models_slice(struct tbc_face_engine *engine, const struct tbc_picture *pictures,
             size_t many)
{
    const double from = measure_now_us();

    for (size_t i = 0; i < many; i++) {
        call_models(engine, &pictures[i % PEOPLE_N]);
    }
    return (measure_now_us() - from) / 1e6;
}

static void
see_people(const struct stage *s, struct tbc_picture *pictures)
{
    for (size_t i = 0; i < PEOPLE_N; i++) {
        const char *path = stage_path(s, "view.jpg");

        CU_ASSERT_FATAL(faces_see(people[i].photo, path) &&
                        tbc_file_read(path, TBC_WIRE_FRAME_MAX, &views[i]) == TBC_OK &&
                        tbc_picture_decode(&pictures[i], tbc_buf_span(&views[i]),
                                           TBC_PICTURE_SIDE_MAX) == TBC_OK);
    }
}

static void
raise_station(struct stage *s)
{
    stage_make(s);
    work_lift_budget(s);
    CU_ASSERT_FATAL(
        stage_start(s,
                    (const char *const[]){ "--models", getenv("TBC_MODELS"), NULL }) &&
        stage_connect(s) && faces_import(s));
}

static void
measure(struct load *kiosks, struct tbc_face_engine *engine,
        const struct tbc_picture *pictures)
{
    const size_t each = n / SLICES / 2;
    double apply_s = 0;
    double models_s = 0;

    (void)apply_slice(kiosks, 0, SLOTS); /* warm, both */
    (void)models_slice(engine, pictures, PEOPLE_N);
    for (size_t i = 0; i < SLICES; i++) {
        apply_s += apply_slice(kiosks, i * each, each);
        models_s += models_slice(engine, pictures, each);
    }
    work_tell(&figures, "APPLYs", (double)(each * SLICES) / apply_s, "a second");
    work_tell(&figures, "the models alone", (double)(each * SLICES) / models_s,
              "a second");
    figures_add(&figures, (struct figure){ "APPLYs / models alone", "",
                                           models_s / apply_s, 0.85, FIGURE_HIGHER });
}

static void
run(void)
{
    static struct stage s;
    struct tbc_picture pictures[PEOPLE_N] = { 0 };
    struct tbc_face_engine *engine = NULL;
    struct load *kiosks;
    const char *why = NULL;

    if (!faces_are_here()) {
        CU_FAIL_FATAL("TBC_MODELS and TBC_PEOPLE name no models and photographs");
    }
    CU_ASSERT_EQUAL_FATAL(tbc_face_open(&engine, getenv("TBC_MODELS"), NULL, &why),
                          TBC_OK);
    raise_station(&s);
    see_people(&s, pictures);
    kiosks = load_open(&s, TBC_ROLE_KIOSK, SLOTS);
    measure(kiosks, engine, pictures);
    load_close(&kiosks);
    for (size_t i = 0; i < PEOPLE_N; i++) {
        tbc_picture_fini(&pictures[i]);
        tbc_buf_fini(&views[i]);
    }
    tbc_face_close(&engine);
    stage_strike(&s);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
