/* gallery OUTDIR: every screen of kiosk and gate as PNG, from invented people, to be looked at. */
#include "examples.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct tally {
    int drawn;
    int failed;
    double worst_ms;
    double sum_ms;
    char worst[64];
};

static double
ms_now(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void
count(struct tally *tally, const char *name, double ms, enum tbc_err err)
{
    tally->drawn++;
    tally->sum_ms += ms;
    if (ms > tally->worst_ms) {
        tally->worst_ms = ms;
        (void)snprintf(tally->worst, sizeof tally->worst, "%s", name);
    }
    if (err != TBC_OK) {
        tally->failed++;
        (void)fprintf(stderr, "%s: %s\n", name, tbc_err_text(err));
    }
}

static void
draw_kiosk(struct kiosk_stage *stage, const struct example *e, const char *folder,
           const char *panel, struct tally *tally)
{
    static const char *const languages[] = { "zh", "en" };

    for (int l = 0; l < KIOSK_LANGUAGE_N; l++) {
        struct kiosk_view *view = calloc(1, sizeof *view);
        char path[512];
        double start;
        enum tbc_err err;

        if (view == NULL) {
            tally->failed++;
            return;
        }
        example_view(e, (enum kiosk_language)l, view);
        err = kiosk_draw(stage, view); /* once to warm up, as a kiosk is warm */
        start = ms_now();
        if (err == TBC_OK) {
            err = kiosk_draw(stage, view);
        }
        start = ms_now() - start;
        (void)snprintf(path, sizeof path, "%s/kiosk-%s-%s-%s.png", folder, panel,
                       e->name, languages[l]);
        if (err == TBC_OK) {
            err = tbc_canvas_save(kiosk_stage_canvas(stage), path);
        }
        count(tally, e->name, start, err);
        free(view);
    }
}

static int
kiosk_gallery(const char *assets, const char *folder, struct tally *tally)
{
    static const char *const panels[] = { "portrait_21", "landscape_10",
                                          "landscape_15" };

    for (size_t p = 0; p < sizeof panels / sizeof *panels; p++) {
        struct kiosk_stage *stage = NULL;
        struct tbc_buf why = { 0 };
        const struct kiosk_stage_options options = { .assets = assets,
                                                     .panel = panels[p],
                                                     .desk_name_zh = "3 号窗口",
                                                     .desk_name_en = "Desk 3" };
        size_t n;
        const struct example *e = example_kiosk(&n);

        if (kiosk_stage_new(&stage, &options, &why) != TBC_OK) {
            const char *text = tbc_buf_str(&why);

            (void)fprintf(stderr, "gallery: %s\n", text != NULL ? text : "no stage");
            tbc_buf_fini(&why);
            return 1;
        }
        for (size_t i = 0; i < n; i++) {
            draw_kiosk(stage, &e[i], folder, panels[p], tally);
        }
        kiosk_stage_free(&stage);
        tbc_buf_fini(&why);
    }
    return 0;
}

static int
gate_gallery(const char *assets, const char *folder, const char *panel,
             struct tally *tally)
{
    struct gate_display *display = NULL;
    struct tbc_buf why = { 0 };
    size_t n;
    const struct gate_example *e = example_gate(&n);

    if (gate_display_new(&display, assets, panel, &why) != TBC_OK) {
        const char *text = tbc_buf_str(&why);

        (void)fprintf(stderr, "gallery: %s\n", text != NULL ? text : "no display");
        tbc_buf_fini(&why);
        return 1;
    }
    for (size_t i = 0; i < n; i++) {
        struct gate_view view;
        char path[512];
        double start;
        enum tbc_err err;

        example_gate_view(&e[i], &view);
        err = gate_display_draw(display, &view);
        start = ms_now();
        if (err == TBC_OK) {
            err = gate_display_draw(display, &view);
        }
        start = ms_now() - start;
        (void)snprintf(path, sizeof path, "%s/%s-%s.png", folder, panel, e[i].name);
        if (err == TBC_OK) {
            err = tbc_canvas_save(gate_display_canvas(display), path);
        }
        count(tally, e[i].name, start, err);
    }
    gate_display_free(&display);
    tbc_buf_fini(&why);
    return 0;
}

int
main(int argc, char **argv)
{
    static const char *const gates[] = { "gate_10", "gate_15", "gate_21" };
    struct tally tally = { 0 };
    const char *assets = getenv("TBC_ASSETS");
    int rc;

    if (argc != 2 || argv[1][0] == '-') {
        (void)fputs(
            "usage: gallery OUTDIR\n"
            "Draws every screen of kiosk and gate into an existing folder, as PNG.\n"
            "TBC_ASSETS names the folder of theme, icons and text (assets).\n",
            stderr);
        return argc == 2 && strcmp(argv[1], "--help") == 0 ? 0 : 2;
    }
    assets = assets != NULL ? assets : "assets";
    rc = kiosk_gallery(assets, argv[1], &tally);
    for (size_t i = 0; rc == 0 && i < sizeof gates / sizeof *gates; i++) {
        rc = gate_gallery(assets, argv[1], gates[i], &tally);
    }
    (void)printf("%d pictures, %d failed, %.1f ms on average, at most %.1f ms (%s)\n",
                 tally.drawn, tally.failed,
                 tally.drawn > 0 ? tally.sum_ms / tally.drawn : 0, tally.worst_ms,
                 tally.worst);
    return rc != 0 || tally.failed > 0 ? 3 : 0;
}
