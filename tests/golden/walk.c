#include "walk.h"

#include "suite.h"
#include "ui/screen.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const char *
walk_assets(char path[static 512])
{
    (void)snprintf(path, 512, "%s/assets", tbc_test_env("TBC_SOURCE_DIR"));
    return path;
}

struct kiosk_stage *
walk_stage(const char *panel)
{
    char path[512];
    struct kiosk_stage *stage = NULL;
    struct tbc_buf why = { 0 };
    const struct kiosk_stage_options options = { .assets = walk_assets(path),
                                                 .panel = panel };

    if (kiosk_stage_new(&stage, &options, &why) != TBC_OK) {
        (void)fprintf(stderr, "%s\n", tbc_buf_str(&why));
    }
    tbc_buf_fini(&why);
    CU_ASSERT_PTR_NOT_NULL_FATAL(stage);
    return stage;
}

/* One picture; prints and counts its faults. */
static size_t
faults_of(struct kiosk_stage *stage, const struct kiosk_view *v, const char *panel,
          const char *name)
{
    bool wide = strcmp(panel, "portrait_21") != 0;
    struct tbc_screen_floors floors = {
        .target = v->screen == KIOSK_NUMBER && wide ? 12 : 15, .gap = 2, .cap = 3.5
    };
    struct tbc_buf faults = { 0 };
    size_t n;

    if (kiosk_draw(stage, v) != TBC_OK) {
        (void)fprintf(stderr, "%s %s: not drawn\n", panel, name);
        return 1;
    }
    n = tbc_screen_audit(kiosk_stage_screen(stage), &floors, &faults);
    if (n > 0) {
        (void)fprintf(stderr, "%s %s language %d size %d%s%s page %d:\n%s", panel, name,
                      (int)v->language, (int)v->size, v->contrast ? " contrast" : "",
                      v->low ? " low" : "", v->page, tbc_buf_str(&faults));
    }
    tbc_buf_fini(&faults);
    return n;
}

/* All pages of one example in every language and the chosen sizes, in one theme and reach. */
static size_t
walk_example(struct kiosk_stage *stage, const struct example *e, const char *panel,
             enum walk walk, int how)
{
    size_t n = 0;

    for (int l = 0; l < KIOSK_LANGUAGE_N; l++) {
        for (int size = KIOSK_SIZE_SMALL; size <= KIOSK_SIZE_HUGE; size++) {
            struct kiosk_view *v;

            if (walk == WALK_QUICK && size != KIOSK_SIZE_HUGE) {
                continue;
            }
            v = calloc(1, sizeof *v);
            CU_ASSERT_PTR_NOT_NULL_FATAL(v);
            example_view(e, (enum kiosk_language)l, v);
            v->size = (enum kiosk_size)size;
            v->contrast = (how & 1) != 0;
            v->low = (how & 2) != 0;
            v->offline = v->offline || size == KIOSK_SIZE_LARGE;
            do {
                n += faults_of(stage, v, panel, e->name);
                v->page++;
            } while (v->page < kiosk_pages(stage));
            free(v);
        }
    }
    return n;
}

size_t
walk_screens(const char *panel, enum walk walk)
{
    struct kiosk_stage *stage = walk_stage(panel);
    bool portrait = strcmp(panel, "portrait_21") == 0;
    size_t examples_n;
    const struct example *e = example_kiosk(&examples_n);
    size_t n = 0;

    for (size_t i = 0; i < examples_n; i++) {
        for (int how = 0; how < (portrait ? 4 : 2); how++) {
            if (walk == WALK_ALL || how == 0) {
                n += walk_example(stage, &e[i], panel, walk, how);
            }
        }
    }
    kiosk_stage_free(&stage);
    return n;
}
