#include "faces.h"

#include "suite.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

bool
faces_are_here(void)
{
    const char *models = getenv("TBC_MODELS");
    const char *people = getenv("TBC_PEOPLE");

    return models != NULL && people != NULL && access(models, R_OK) == 0 &&
           access(people, R_OK) == 0;
}

bool
faces_import(struct stage *s)
{
    char table[STAGE_PATH * 2];
    char models[STAGE_PATH];
    char photos[STAGE_PATH];

    (void)snprintf(table, sizeof table, "%s/assets/demo/people.csv",
                   tbc_test_env("TBC_SOURCE_DIR"));
    (void)snprintf(models, sizeof models, "%s", getenv("TBC_MODELS"));
    (void)snprintf(photos, sizeof photos, "%s", getenv("TBC_PEOPLE"));
    return stage_run((const char *const[]){
               "tbc", "import", "people", table, "--photos", photos, "--models", models,
               "--device", stage_path(s, "operator.device"), NULL }) == 0;
}

bool
faces_see(const char *photo, const char *path)
{
    char from[STAGE_PATH * 2];

    (void)snprintf(from, sizeof from, "%s/%s", getenv("TBC_PEOPLE"), photo);
    return stage_run((const char *const[]){ "tbc-second-view", from, path, NULL }) == 0;
}

struct answer
faces_apply(const struct stage *s, struct tbc_client *kiosk,
            const struct faces_wish *wish, struct tbc_apply_reply *out)
{
    const char *view = stage_path(s, "view.jpg");
    struct tbc_buf picture = { 0 };
    struct tbc_apply in = { .kind = wish->kind,
                            .language = "zh",
                            .assurance = TBC_ASSURANCE_PASSIVE,
                            .gate_face = wish->gate_face,
                            .frames_n = 1 };
    struct answer a = { .err = TBC_ERR_NOT_FOUND };

    (void)snprintf(in.number, sizeof in.number, "%s", wish->number);
    if (faces_see(wish->photo, view) &&
        tbc_file_read(view, TBC_WIRE_FRAME_MAX, &picture) == TBC_OK) {
        in.frames[0] = tbc_buf_span(&picture);
        a = stage_ask(kiosk, TBC_OP_APPLY, &in, out);
    }
    tbc_buf_fini(&picture);
    return a;
}
