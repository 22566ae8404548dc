#include "shell_impl.h"
#include "sys/clock.h"
#include "sys/file.h"
#include "sys/log.h"
#include "ui/words.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#define HELLO_WAIT_MS 3000

static enum tbc_err
open_session(struct kiosk_shell *s)
{
    void *page = mmap(NULL, sizeof *s->session, PROT_READ | PROT_WRITE,
                      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (page == MAP_FAILED) {
        return TBC_ERR_NO_MEMORY;
    }
    s->session = page;
    (void)madvise(page, sizeof *s->session, MADV_DONTDUMP);
    if (mlock(page, sizeof *s->session) != 0) {
        tbc_log(TBC_LOG_DEBUG,
                "the session may be swapped: raise the limit of locked memory");
    }
    kiosk_session_init(s->session);
    return TBC_OK;
}

static enum tbc_err
open_script(struct kiosk_shell *s, struct tbc_buf *why)
{
    struct tbc_buf text = { 0 };
    struct tbc_buf fault = { 0 };
    enum tbc_err err;

    if (s->options->script == NULL) {
        return TBC_OK;
    }
    err = tbc_file_read(s->options->script, KIOSK_SCRIPT_BYTES_MAX, &text);
    if (err != TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", s->options->script, tbc_err_text(err));
    } else if ((err = kiosk_script_parse(&s->script, tbc_buf_span(&text), &fault)) !=
               TBC_OK) {
        (void)tbc_buf_printf(why, "%s: %s", s->options->script, tbc_buf_str(&fault));
    } else {
        s->player.script = &s->script;
    }
    tbc_buf_fini(&fault);
    tbc_buf_fini(&text);
    return err;
}

static enum tbc_err
open_eye(struct kiosk_shell *s, struct tbc_buf *why)
{
    struct kiosk_eye_options options = { .camera = s->options->camera };

    kiosk_find_folder(s->options->models, "TBC_MODELS", "build/models",
                      "/usr/share/tbc/models", s->models);
    options.models = s->models;
    return kiosk_eye_open(&s->eye, &options, why);
}

static enum tbc_err
open_window(struct kiosk_shell *s, struct tbc_buf *why)
{
    const struct tbc_hello_reply *place = &s->link.place;
    struct kiosk_stage_options stage = {
        .assets = s->assets,
        .panel = s->options->panel,
        .desk_zh = place->desk_zh[0] != '\0' ? place->desk_zh : NULL,
        .desk_en = place->desk_en[0] != '\0' ? place->desk_en : NULL,
    };
    struct tbc_window_options window = {
        .title = "tbc-kiosk",
        .width_px = s->options->width_px,
        .height_px = s->options->height_px,
        .full_screen = s->options->full_screen,
        .hide_pointer = s->options->full_screen,
    };
    char text[KIOSK_PATH_MAX + 16];
    enum tbc_err err;

    (void)snprintf(text, sizeof text, "%s/text", s->assets);
    (void)snprintf(s->icons, sizeof s->icons, "%s/icons", s->assets);
    if ((err = kiosk_stage_new(&s->stage, &stage, why)) != TBC_OK ||
        (err = tbc_words_open(&s->words, text, why)) != TBC_OK) {
        return err;
    }
    return tbc_window_open(&s->window, kiosk_stage_canvas(s->stage), &window, why);
}

static enum tbc_err
open_link(struct kiosk_shell *s, struct tbc_buf *why)
{
    enum tbc_err err = tbc_device_read(&s->device, s->options->device);

    if (err != TBC_OK) {
        return err; /* logged with file and line */
    }
    if (s->options->front != NULL && (strlen(s->options->front) > TBC_ADDRESS_MAX ||
                                      !tbc_address_is_valid(s->options->front))) {
        (void)tbc_buf_printf(why, "--front %s: it is tcp://HOST:PORT",
                             s->options->front);
        return TBC_ERR_MALFORMED;
    }
    if (s->options->front != NULL) {
        (void)snprintf(s->device.front, sizeof s->device.front, "%s",
                       s->options->front);
    }
    return kiosk_link_open(&s->link, &s->device, HELLO_WAIT_MS);
}

static void
begin_flow(struct kiosk_shell *s)
{
    int64_t tries = s->link.place.policy.face_tries;

    kiosk_flow_init(&s->flow,
                    tries > 0 && tries <= 10 ? (int)tries
                                             : (int)tbc_policy_default.face_tries,
                    tbc_clock_mono());
    if (!s->link.there) {
        kiosk_shell_take(s, KIOSK_EV_UNREACHABLE, 0);
    }
}

enum tbc_err
kiosk_shell_open(struct kiosk_shell **shell, const struct kiosk_options *options,
                 struct tbc_buf *why)
{
    struct kiosk_shell *s = calloc(1, sizeof *s);
    enum tbc_err err;

    *shell = NULL;
    if (s == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    s->options = options;
    s->exit_code = -1;
    s->told = KIOSK_SCREEN_N;
    kiosk_find_folder(options->assets, "TBC_ASSETS", "assets", "/usr/share/tbc/assets",
                      s->assets);
    if ((err = open_script(s, why)) != TBC_OK ||
        (err = kiosk_printer_open(&s->printer, options->printer, why)) != TBC_OK ||
        (err = open_session(s)) != TBC_OK || (err = open_eye(s, why)) != TBC_OK ||
        (err = open_link(s, why)) != TBC_OK || (err = open_window(s, why)) != TBC_OK) {
        kiosk_shell_close(&s);
        return err;
    }
    begin_flow(s);
    *shell = s;
    return TBC_OK;
}

void
kiosk_shell_close(struct kiosk_shell **shell)
{
    struct kiosk_shell *s = *shell;

    if (s == NULL) {
        return;
    }
    tbc_window_close(&s->window);
    kiosk_stage_free(&s->stage);
    tbc_words_free(&s->words);
    kiosk_link_close(&s->link);
    kiosk_eye_close(&s->eye);
    kiosk_sight_wipe(&s->sight);
    tbc_device_fini(&s->device);
    if (s->session != NULL) {
        kiosk_session_wipe(s->session);
        (void)munmap(s->session, sizeof *s->session);
    }
    tbc_wipe(&s->view, sizeof s->view);
    free(s);
    *shell = NULL;
}
