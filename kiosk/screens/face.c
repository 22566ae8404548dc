/* The device acts (face) or waits (checking): both stand on the band colour. */
#include "frame.h"

#include <math.h>

struct hint {
    const char *key;
    const char *icon;
    const char *sub; /* the quieter sentence below */
    const char *sub_icon;
};

static const struct hint hints[] = {
    [KIOSK_HINT_FIT] = { "face.fit", "face", "consent.keep", "wipe" },
    [KIOSK_HINT_CLOSER] = { "face.closer", "closer", "consent.keep", "wipe" },
    [KIOSK_HINT_FARTHER] = { "face.farther", "farther", "consent.keep", "wipe" },
    [KIOSK_HINT_STRAIGHT] = { "face.straight", "look-straight", "consent.keep",
                              "wipe" },
    [KIOSK_HINT_ONE] = { "face.one", "one-person", "consent.keep", "wipe" },
    [KIOSK_HINT_STILL] = { "face.still", "hold-still", "consent.keep", "wipe" },
    [KIOSK_HINT_DARK] = { "face.dark", "light", "consent.keep", "wipe" },
    [KIOSK_HINT_BRIGHT] = { "face.bright", "too-bright", "consent.keep", "wipe" },
    [KIOSK_HINT_UNCOVER] = { "face.uncover", "uncover-face", "consent.keep", "wipe" },
    [KIOSK_HINT_TURN_LEFT] = { "face.turn_left", "turn-left", "face.turn_how",
                               "look-straight" },
    [KIOSK_HINT_TURN_RIGHT] = { "face.turn_right", "turn-right", "face.turn_how",
                                "look-straight" },
    [KIOSK_HINT_CENTRE] = { "face.centre", "look-straight", "face.turn_how",
                            "look-straight" },
    [KIOSK_HINT_AGAIN] = { "face.again", "repeat", "consent.keep", "wipe" },
};

/* An icon and a sentence side by side, together in the middle of `at`. */
static void
put_pair(struct frame *f, struct tbc_rect at, const char *icon, double side,
         struct tbc_type type, const char *text)
{
    double gap = side * 0.45;
    double room = at.w - side - gap;
    bool hint = type.bold;
    struct tbc_size is;
    double x;

    is = tbc_screen_measure(f->s, &type, text, room);
    while ((is.h > at.h || is.w > room) && type.cap >= 3.7) {
        type.cap -= 0.2;
        is = tbc_screen_measure(f->s, &type, text, room);
    }
    room = balanced_width(f, &type, text, room);
    is = tbc_screen_measure(f->s, &type, text, room);
    x = at.x + (at.w - side - gap - is.w) / 2;
    put_icon(f, icon, x, at.y + (at.h - side) / 2, side,
             hint ? f->look.c.band_go : f->look.c.on_band_soft);
    (void)put(f,
              (struct tbc_rect){ x + side + gap, at.y + (at.h - is.h) / 2, is.w + 0.6,
                                 is.h + 0.5 },
              &type, hint ? f->look.c.on_band : f->look.c.on_band_soft, text);
}

/* The arrow (or tick) on the ring towards which the head shall turn. */
static void
put_turn(struct frame *f, double x, double y, double r, int way)
{
    struct tbc_box disc = plain_box(f->look.c.band_go, 99);
    struct tbc_point shaft[2] = { { x - way * 0.385 * r, y },
                                  { x + way * 0.385 * r, y } };
    struct tbc_point head[3] = { { x + way * 0.06 * r, y - 0.37 * r },
                                 { x + way * 0.41 * r, y },
                                 { x + way * 0.06 * r, y + 0.37 * r } };
    struct tbc_pen pen = { .colour = f->look.c.band, .width = 0.17 * r, .round = true };

    tbc_screen_box(f->s, (struct tbc_rect){ x - r, y - r, 2 * r, 2 * r }, &disc);
    tbc_screen_line(f->s, shaft, 2, &pen);
    tbc_screen_line(f->s, head, 3, &pen);
}

/* Before the first picture: a quiet ground with the outline of a head to stand into. */
static void
put_empty_oval(struct frame *f, struct tbc_rect oval)
{
    struct tbc_box ground = plain_box(f->look.c.primary_pressed, 0);
    double side = oval.w * 0.5;

    if (f->look.contrast) {
        ground.fill = f->look.c.band;
    }
    /* an ellipse drawn as a thick arc of half its size fills it whole */
    tbc_screen_arc(f->s, tbc_rect_inset(oval, oval.w * 0.25), 0, 1,
                   &(struct tbc_pen){ .colour = ground.fill, .width = oval.w * 0.51 });
    put_icon(f, "face", oval.x + (oval.w - side) / 2, oval.y + (oval.h - side) / 2,
             side, f->look.c.band_line);
}

static void
put_oval(struct frame *f, struct tbc_rect oval)
{
    double k = oval.w / 150;
    double out = 5 * k;
    struct tbc_rect ring = tbc_rect_inset(oval, -out);
    double middle = oval.y + oval.h / 2;

    if (f->v->frame.rgb != NULL) {
        tbc_screen_picture(f->s, oval,
                           &(struct tbc_rgb){ f->v->frame.rgb, f->v->frame.width,
                                              f->v->frame.height, f->v->frame.stride });
    } else {
        put_empty_oval(f, oval);
    }
    tbc_screen_arc(
        f->s, ring, 0, 1,
        &(struct tbc_pen){ .colour = f->look.c.band_line, .width = 1.5 * k });
    tbc_screen_arc(f->s, ring, 0, fmin(fmax(f->v->face_progress, 0), 1),
                   &(struct tbc_pen){
                       .colour = f->look.c.band_go, .width = 4.5 * k, .round = true });
    if (f->v->hint == KIOSK_HINT_TURN_LEFT) {
        put_turn(f, ring.x, middle, 14 * (k < 0.6 ? 0.6 : k), -1);
    } else if (f->v->hint == KIOSK_HINT_TURN_RIGHT) {
        put_turn(f, ring.x + ring.w, middle, 14 * (k < 0.6 ? 0.6 : k), 1);
    }
}

static const char *
hint_text(const struct frame *f, const struct hint *h)
{
    return f->v->hint == KIOSK_HINT_AGAIN ? say_with(f, h->key, "n", f->v->tries_left)
                                          : say(f, h->key);
}

void
draw_face(struct frame *f)
{
    const struct hint *h = &hints[f->v->hint <= KIOSK_HINT_AGAIN ? f->v->hint : 0];
    struct frame_plan plan = { .step = 3, .dark = true };
    struct tbc_type big = { .cap = f->theme->is.type_hint, .line = 1.25, .bold = true };
    struct tbc_type small = { .line = 1.35 };

    frame_begin(f, &plan);
    frame_back_and_desk(f, NULL, true);
    small.cap = f->wide ? f->cap.text : fmin(f->cap.text * 1.125, 7);
    if (f->wide) {
        double top = f->panel->zone.content_left.y;
        double h_all = f->panel->zone.content_left.h;
        double oh = h_all - 5;
        double ow = oh * 75 / 97;
        double x = f->left + f->panel->zone.content_left.w / 2 - ow / 2;
        double rx = f->left + f->panel->zone.content_left.w + 2;
        double rw = f->right - rx;
        double side = 18 * f->panel->zone.primary.h / 17;

        put_oval(f, (struct tbc_rect){ x, top + 1, ow, oh });
        big.cap = fmin(f->cap.title * 1.12, 12);
        big.align = TBC_ALIGN_START;
        put_icon(f, h->icon, rx, top + 4, side, f->look.c.band_go);
        while (tbc_screen_measure(f->s, &big, hint_text(f, h), rw).w > rw ||
               tbc_screen_measure(f->s, &big, hint_text(f, h), rw).h >
                   h_all - side - 8 - 20) {
            big.cap -= 0.2;
        }
        (void)put(f, (struct tbc_rect){ rx, top + side + 8, rw, 0 }, &big,
                  f->look.c.on_band, hint_text(f, h));
        small.cap = fmin(small.cap, f->cap.tool * 1.25);
        {
            const char *sub = say(f, h->sub);
            double sh = tbc_screen_measure(f->s, &small, sub, rw - 10).h;
            double y = top + h_all - sh;

            put_icon(f, h->sub_icon, rx, y + (small.cap / 0.727 * 1.35 - 6.5) / 2, 6.5,
                     f->look.c.on_band_soft);
            (void)put(f, (struct tbc_rect){ rx + 10, y, rw - 10, sh + 0.5 }, &small,
                      f->look.c.on_band_soft, sub);
        }
    } else {
        /* the low layout has less height: the oval shrinks, its shape stays */
        double top = f->panel->zone.band.h + f->down + (f->down > 0 ? 4 : 7);
        double bottom = f->bottom - 6;
        double head = f->down > 0 ? 26 : 30; /* one line as drawn; two at most */
        double sub = 20;
        double room = bottom - top - head - sub - 26;
        double k = fmin(1, room / 204);
        double cy = top + head + 8 + (bottom - top - head - sub - 8) / 2;
        struct tbc_rect oval = { 133.5 - 75 * k, cy - 97 * k, 150 * k, 194 * k };

        if (f->down <= 0) {
            oval.y = 131; /* as drawn */
        }
        put_pair(f, (struct tbc_rect){ f->left, top, f->right - f->left, head },
                 h->icon, 20, big, hint_text(f, h));
        put_oval(f, oval);
        put_pair(f,
                 (struct tbc_rect){ f->left, bottom - sub - (f->down > 0 ? 10 : 15.7),
                                    f->right - f->left, sub },
                 h->sub_icon, 9, small, say(f, h->sub));
    }
    frame_tools(f);
}

/* Three stops: what has been done, what is being done, what comes. */
static void
put_check_line(struct frame *f, double y, double k, double w)
{
    static const char *const keys[] = { "check.photo", "check.compare",
                                        "check.trains" };
    double from = f->wide ? 8 : -2;
    double to = f->wide ? w : w + 3;
    int here = (int)f->v->check;
    double wait = f->theme->is.motion_wait_dot;
    /* the stop that is being worked on breathes, once for each 350 ms up and down */
    double breath =
        wait > 0 && f->theme->is.motion_reduce <= 0
            ? 0.5 - 0.5 * cos((double)f->v->motion_ms / wait * 3.14159265358979323846)
            : 0;
    double spread = f->wide ? w / 3.2 : 67.5;
    struct tbc_point whole[2] = { { from, y }, { to, y } };
    struct tbc_point gone[2] = { { from, y }, { w / 2 + (here - 1) * spread, y } };

    tbc_screen_line(f->s, whole, 2,
                    &(struct tbc_pen){ .colour = f->look.c.band_line, .width = 2 * k });
    tbc_screen_line(f->s, gone, 2,
                    &(struct tbc_pen){ .colour = f->look.c.band_go, .width = 4 * k });
    for (int i = 0; i < 3; i++) {
        double x = w / 2 + (i - 1) * spread;
        double r = (i < here ? 9 : i == here ? 18 : 7) * k;
        struct tbc_rect at = { x - r, y - r, 2 * r, 2 * r };
        struct tbc_box disc =
            plain_box(i < here ? f->look.c.band_go : f->look.c.band, 99);
        struct tbc_type type = { .cap =
                                     f->wide ? f->cap.text : fmin(f->cap.button, 6.4),
                                 .line = 1.3,
                                 .align = TBC_ALIGN_CENTRE,
                                 .bold = i == here };

        while (tbc_screen_measure(f->s, &type, say(f, keys[i]), 0).w > spread - 3 &&
               type.cap >= f->theme->text_cap[TBC_SIZE_SMALL] + 0.1) {
            type.cap -= 0.1;
        }
        tbc_screen_box(f->s, at, &disc);
        if (i < here) {
            struct tbc_point tick[3] = { { x - 4 * k, y + 0.3 * k },
                                         { x - 1 * k, y + 3.3 * k },
                                         { x + 4.4 * k, y - 2.9 * k } };

            tbc_screen_line(f->s, tick, 3,
                            &(struct tbc_pen){ .colour = f->look.c.band,
                                               .width = 2 * k,
                                               .round = true });
        } else {
            static const char *const icons[] = { "face", "id-card", "train" };
            double side = 21 * k;

            tbc_screen_arc(
                f->s, at, 0, 1,
                &(struct tbc_pen){ .colour = i == here ? f->look.c.band_go
                                                       : f->look.c.band_line,
                                   .width = (i == here ? 4 + 1.6 * breath : 2) * k });
            if (i == here) {
                put_icon(f, icons[i], x - side / 2, y - side / 2, side,
                         f->look.c.on_band);
            }
        }
        (void)put(f,
                  (struct tbc_rect){ x - spread / 2 + 1, y + (f->wide ? 27 : 40) * k,
                                     spread - 2, 0 },
                  &type, i > here ? f->look.c.on_band_soft : f->look.c.on_band,
                  say(f, keys[i]));
    }
}

void
draw_checking(struct frame *f)
{
    struct frame_plan plan = { .step = 3, .dark = true };
    struct tbc_type title = { .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true };
    struct tbc_type lead = { .line = 1.4, .align = TBC_ALIGN_CENTRE };
    bool slow = f->v->motion_ms >= 3000; /* words by 3 s */
    double w;
    double y;

    frame_begin(f, &plan);
    frame_back_and_desk(f, NULL, false);
    w = f->wide ? f->panel->zone.tools.x : f->panel->width_mm;
    title.cap = f->wide ? f->cap.title * 1.15 : 15;
    lead.cap = f->wide ? f->cap.lead : fmin(f->cap.lead, 8);
    y = f->wide ? f->panel->zone.content_left.y + 1 : f->down > 0 ? 172 : 128;
    y += put(f, (struct tbc_rect){ f->left, y, w - 2 * f->left, 0 }, &title,
             f->look.c.on_band, say(f, "check.title"))
             .h;
    y += f->wide ? 1 : 4;
    (void)put(f, (struct tbc_rect){ f->left, y, w - 2 * f->left, 0 }, &lead,
              f->look.c.on_band_soft, say(f, slow ? "check.slow" : "check.lead"));
    put_check_line(f,
                   f->wide       ? f->panel->height_mm * 0.57
                   : f->down > 0 ? 272
                                 : 238,
                   f->wide ? 0.56 * f->panel->zone.primary.h / 17 : 1, w);
    frame_tools(f);
}
