/* draw ASSETS TEXT FOLDER: the QR code of a text as our programs show it to passengers: on the
 * certificate's slip, on the desk's slip, and on the kiosk's screen of each panel. */
#include "examples.h"
#include "rail/cert.h"
#include "slip.h"
#include "sys/file.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOW_S     1769996460
#define PATH_SIZE 512

static enum tbc_err
save(struct tbc_picture *picture, const char *folder, const char *name)
{
    struct tbc_buf png = { 0 };
    char path[PATH_SIZE];
    enum tbc_err err;

    (void)snprintf(path, sizeof path, "%s/%s", folder, name);
    if ((err = tbc_picture_encode_png(picture, &png)) == TBC_OK) {
        err = tbc_file_write(path, tbc_buf_span(&png), 0644);
    }
    tbc_buf_fini(&png);
    tbc_picture_fini(picture);
    return err;
}

static enum tbc_err
draw_slips(const struct kiosk_slip_style *style, const char *text, const char *folder)
{
    const struct kiosk_certificate_slip certificate = {
        .qr_text = text,
        .name = "林*禾",
        .number = "1101**********002X",
        .issued = { NOW_S },
        .expires = { NOW_S + TBC_DAY_S },
        .station_zh = "云州南",
        .log = "41027 5a1c9e00d2f1aa07",
        .device = "kiosk-1",
    };
    const struct kiosk_desk_slip desk = { .number = 27, .typed = text };
    struct tbc_picture picture = { 0 };
    enum tbc_err err;

    if ((err = kiosk_slip_certificate(style, &certificate, &picture)) != TBC_OK ||
        (err = save(&picture, folder, "slip.png")) != TBC_OK ||
        (err = kiosk_slip_desk(style, &desk, &picture)) != TBC_OK) {
        return err;
    }
    return save(&picture, folder, "desk.png");
}

static enum tbc_err
draw_screen(struct kiosk_stage *stage, const char *text, const char *path)
{
    struct kiosk_view *view = calloc(1, sizeof *view);
    enum tbc_err err = TBC_ERR_NO_MEMORY;

    if (view != NULL) {
        example_view(
            &(struct example){ .name = "certificate", .screen = KIOSK_CERTIFICATE },
            KIOSK_ZH, view);
        view->qr_text = text;
        view->expires.s = view->now.s + TBC_DAY_S;
        view->has_printer = true;
        err = kiosk_draw(stage, view);
    }
    free(view);
    return err == TBC_OK ? tbc_canvas_save(kiosk_stage_canvas(stage), path) : err;
}

/* One panel: its screen, and with the first panel's theme the slips, too. */
static enum tbc_err
draw_panel(const char *assets, const char *panel, const struct tbc_words *words,
           const char *text, const char *folder)
{
    const struct kiosk_stage_options options = { .assets = assets, .panel = panel };
    struct kiosk_stage *stage = NULL;
    struct tbc_buf why = { 0 };
    char path[PATH_SIZE];
    char icons[PATH_SIZE];
    enum tbc_err err = kiosk_stage_new(&stage, &options, &why);

    (void)snprintf(path, sizeof path, "%s/screen-%s.png", folder, panel);
    (void)snprintf(icons, sizeof icons, "%s/icons", assets);
    if (err == TBC_OK && (err = draw_screen(stage, text, path)) == TBC_OK) {
        const struct kiosk_slip_style style = { .theme = kiosk_stage_theme(stage),
                                                .words = words,
                                                .icons = icons };

        err = draw_slips(&style, text, folder);
    }
    kiosk_stage_free(&stage);
    tbc_buf_fini(&why);
    return err;
}

static enum tbc_err
draw_all(const char *assets, const char *path, const char *folder)
{
    static const char *const panels[] = { "portrait_21", "landscape_10",
                                          "landscape_15" };
    struct tbc_words *words = NULL;
    struct tbc_buf why = { 0 };
    struct tbc_buf text = { 0 };
    char texts[PATH_SIZE];
    enum tbc_err err;

    (void)snprintf(texts, sizeof texts, "%s/text", assets);
    if ((err = tbc_words_open(&words, texts, &why)) == TBC_OK) {
        err = tbc_file_read(path, TBC_QR_TEXT_MAX, &text);
    }
    for (size_t i = 0; err == TBC_OK && i < sizeof panels / sizeof *panels; i++) {
        err = draw_panel(assets, panels[i], words, tbc_buf_str(&text), folder);
    }
    tbc_words_free(&words);
    tbc_buf_fini(&text);
    tbc_buf_fini(&why);
    return err;
}

int
main(int argc, char **argv)
{
    enum tbc_err err;

    if (argc != 4) {
        (void)fputs("usage: draw ASSETS TEXT FOLDER\n", stderr);
        return 2;
    }
    if ((err = draw_all(argv[1], argv[2], argv[3])) != TBC_OK) {
        (void)fprintf(stderr, "draw: %s\n", tbc_err_text(err));
        return 3;
    }
    return 0;
}
