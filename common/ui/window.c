#include "ui/window.h"

#include <SDL.h>
#include <math.h>
#include <stdlib.h>

struct tbc_window {
    struct tbc_canvas *canvas; /* borrowed */
    SDL_Window *window;
    SDL_Renderer *renderer;
    SDL_Texture *texture;
    SDL_FRect shown; /* where the canvas stands in the renderer's pixels */
    bool full_screen;
};

static enum tbc_err
refuse(struct tbc_buf *why, const char *what)
{
    (void)tbc_buf_printf(why, "%s: %s (is DISPLAY or SDL_VIDEODRIVER right?)", what,
                         SDL_GetError());
    return TBC_ERR_UNSUPPORTED;
}

/* The largest rectangle of the canvas's shape in the window, in the middle. */
static void
place(struct tbc_window *w)
{
    int out_w = 0;
    int out_h = 0;
    int width = tbc_canvas_width_px(w->canvas);
    int height = tbc_canvas_height_px(w->canvas);
    float cw = (float)width;
    float ch = (float)height;
    float scale;

    if (SDL_GetRendererOutputSize(w->renderer, &out_w, &out_h) != 0) {
        return;
    }
    scale = fminf((float)out_w / cw, (float)out_h / ch);
    w->shown = (SDL_FRect){ ((float)out_w - cw * scale) / 2,
                            ((float)out_h - ch * scale) / 2, cw * scale, ch * scale };
}

static enum tbc_err
open_renderer(struct tbc_window *w, struct tbc_buf *why)
{
    (void)SDL_SetHint(SDL_HINT_RENDER_SCALE_QUALITY, "linear");
    w->renderer = SDL_CreateRenderer(w->window, -1, 0);
    if (w->renderer == NULL) { /* no graphics card, or none that SDL likes */
        w->renderer = SDL_CreateRenderer(w->window, -1, SDL_RENDERER_SOFTWARE);
    }
    if (w->renderer == NULL) {
        return refuse(why, "cannot draw in the window");
    }
    w->texture = SDL_CreateTexture(
        w->renderer, SDL_PIXELFORMAT_RGB888, SDL_TEXTUREACCESS_STREAMING,
        tbc_canvas_width_px(w->canvas), tbc_canvas_height_px(w->canvas));
    if (w->texture == NULL) {
        return refuse(why, "cannot keep the picture");
    }
    place(w);
    return TBC_OK;
}

/* "X,Y" of TBC_WINDOW_AT; anything else leaves the window in the middle. */
static void
read_place(int *x, int *y)
{
    const char *at = SDL_getenv("TBC_WINDOW_AT");
    char *end = NULL;
    long left = at == NULL ? 0 : strtol(at, &end, 10);
    long top = end == NULL || *end != ',' ? -1 : strtol(end + 1, &end, 10);

    if (top >= 0 && top <= INT16_MAX && left >= 0 && left <= INT16_MAX &&
        *end == '\0') {
        *x = (int)left;
        *y = (int)top;
    }
}

enum tbc_err
tbc_window_open(struct tbc_window **window, struct tbc_canvas *canvas,
                const struct tbc_window_options *options, struct tbc_buf *why)
{
    struct tbc_window *w = calloc(1, sizeof *w);
    Uint32 flags = options->full_screen
                       ? SDL_WINDOW_FULLSCREEN_DESKTOP | SDL_WINDOW_BORDERLESS
                       : SDL_WINDOW_RESIZABLE;
    int width = options->width_px > 0 ? options->width_px : tbc_canvas_width_px(canvas);
    int height =
        options->height_px > 0 ? options->height_px : tbc_canvas_height_px(canvas);
    enum tbc_err err = TBC_ERR_NO_MEMORY;
    int x = (int)SDL_WINDOWPOS_CENTERED;
    int y = (int)SDL_WINDOWPOS_CENTERED;

    *window = NULL;
    if (w == NULL) {
        return err;
    }
    w->canvas = canvas;
    w->full_screen = options->full_screen;
    (void)SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1"); /* SIGTERM is the program's */
    (void)SDL_SetHint(SDL_HINT_TOUCH_MOUSE_EVENTS, "0"); /* a finger is told once */
    (void)SDL_SetHint(SDL_HINT_MOUSE_TOUCH_EVENTS, "0");
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) {
        err = refuse(why, "no display");
        free(w);
        return err;
    }
    read_place(&x, &y);
    w->window = SDL_CreateWindow(options->title, x, y, width, height, flags);
    if (w->window == NULL) {
        err = refuse(why, "cannot open a window");
        goto out;
    }
    if ((err = open_renderer(w, why)) != TBC_OK) {
        goto out;
    }
    if (options->hide_pointer) {
        (void)SDL_ShowCursor(SDL_DISABLE);
    }
    *window = w;
    w = NULL;
out:
    tbc_window_close(&w);
    return err;
}

bool
tbc_window_display(int *width_px, int *height_px)
{
    SDL_DisplayMode mode = { 0 };
    bool ok;

    (void)SDL_SetHint(SDL_HINT_NO_SIGNAL_HANDLERS, "1");
    if (SDL_InitSubSystem(SDL_INIT_VIDEO) != 0) {
        return false;
    }
    ok = SDL_GetDesktopDisplayMode(0, &mode) == 0;
    SDL_QuitSubSystem(SDL_INIT_VIDEO);
    *width_px = mode.w;
    *height_px = mode.h;
    return ok;
}

void
tbc_window_close(struct tbc_window **window)
{
    struct tbc_window *w = *window;

    if (w != NULL) {
        if (w->texture != NULL) {
            SDL_DestroyTexture(w->texture);
        }
        if (w->renderer != NULL) {
            SDL_DestroyRenderer(w->renderer);
        }
        if (w->window != NULL) {
            SDL_DestroyWindow(w->window);
        }
        SDL_QuitSubSystem(SDL_INIT_VIDEO);
        free(w);
    }
    *window = NULL;
}

enum tbc_err
tbc_window_show(struct tbc_window *window)
{
    int stride = 0;
    const uint8_t *px = tbc_canvas_pixels(window->canvas, &stride);

    if (SDL_UpdateTexture(window->texture, NULL, px, stride) != 0 ||
        SDL_SetRenderDrawColor(window->renderer, 0, 0, 0, 255) != 0 ||
        SDL_RenderClear(window->renderer) != 0 ||
        SDL_RenderCopyF(window->renderer, window->texture, NULL, &window->shown) != 0) {
        return TBC_ERR_IO;
    }
    SDL_RenderPresent(window->renderer);
    return TBC_OK;
}

/* From the window's coordinates to the canvas's. */
static void
locate(const struct tbc_window *w, float x, float y, struct tbc_touch *touch)
{
    int win_w = 1;
    int win_h = 1;
    int out_w = 1;
    int out_h = 1;
    double scale = (double)w->shown.w / tbc_canvas_width_px(w->canvas);

    SDL_GetWindowSize(w->window, &win_w, &win_h);
    (void)SDL_GetRendererOutputSize(w->renderer, &out_w, &out_h);
    touch->x_px = ((double)x * out_w / win_w - (double)w->shown.x) / scale;
    touch->y_px = ((double)y * out_h / win_h - (double)w->shown.y) / scale;
}

static void
locate_finger(const struct tbc_window *w, const SDL_TouchFingerEvent *f,
              struct tbc_touch *touch)
{
    int win_w = 1;
    int win_h = 1;

    SDL_GetWindowSize(w->window, &win_w, &win_h);
    locate(w, f->x * (float)win_w, f->y * (float)win_h, touch);
}

static int
ascii_key(SDL_Keycode key)
{
    if ((key >= 'a' && key <= 'z') || (key >= '0' && key <= '9') || key == '\b' ||
        key == '\r' || key == 27) {
        return (int)key;
    }
    if (key >= SDLK_KP_1 && key <= SDLK_KP_9) {
        return (int)(key - SDLK_KP_1) + '1';
    }
    return key == SDLK_KP_0 ? '0' : key == SDLK_KP_ENTER ? '\r' : 0;
}

/* What SDL says in our words; TBC_TOUCH_NONE when it means nothing here. */
static void
translate(struct tbc_window *w, const SDL_Event *e, struct tbc_touch *touch)
{
    *touch = (struct tbc_touch){ TBC_TOUCH_NONE, 0, 0, 0 };
    switch (e->type) {
    case SDL_MOUSEBUTTONDOWN:
    case SDL_MOUSEBUTTONUP:
        if (e->button.which != SDL_TOUCH_MOUSEID &&
            e->button.button == SDL_BUTTON_LEFT) {
            touch->kind =
                e->type == SDL_MOUSEBUTTONDOWN ? TBC_TOUCH_DOWN : TBC_TOUCH_UP;
            locate(w, (float)e->button.x, (float)e->button.y, touch);
        }
        break;
    case SDL_MOUSEMOTION:
        if (e->motion.which != SDL_TOUCH_MOUSEID &&
            (e->motion.state & SDL_BUTTON_LMASK)) {
            touch->kind = TBC_TOUCH_MOVE;
            locate(w, (float)e->motion.x, (float)e->motion.y, touch);
        }
        break;
    case SDL_FINGERDOWN:
    case SDL_FINGERUP:
    case SDL_FINGERMOTION:
        touch->kind = e->type == SDL_FINGERDOWN ? TBC_TOUCH_DOWN
                      : e->type == SDL_FINGERUP ? TBC_TOUCH_UP
                                                : TBC_TOUCH_MOVE;
        locate_finger(w, &e->tfinger, touch);
        break;
    case SDL_KEYDOWN:
        touch->key = ascii_key(e->key.keysym.sym);
        touch->kind = touch->key != 0 ? TBC_TOUCH_KEY : TBC_TOUCH_NONE;
        break;
    case SDL_QUIT:
        touch->kind = w->full_screen ? TBC_TOUCH_NONE : TBC_TOUCH_CLOSE;
        break;
    case SDL_WINDOWEVENT:
        place(w); /* the program's next picture fills it */
        break;
    default:
        break;
    }
}

bool
tbc_window_poll(struct tbc_window *window, int wait_ms, struct tbc_touch *touch)
{
    Uint64 end = SDL_GetTicks64() + (Uint64)(wait_ms > 0 ? wait_ms : 0);

    for (;;) {
        SDL_Event e;
        Uint64 now = SDL_GetTicks64();
        int some =
            now < end ? SDL_WaitEventTimeout(&e, (int)(end - now)) : SDL_PollEvent(&e);

        if (some == 0) {
            *touch = (struct tbc_touch){ TBC_TOUCH_NONE, 0, 0, 0 };
            return false;
        }
        translate(window, &e, touch);
        if (touch->kind != TBC_TOUCH_NONE) {
            return true;
        }
    }
}

enum tbc_err
tbc_window_shot(struct tbc_window *window, const char *path)
{
    return tbc_canvas_save(window->canvas, path);
}
