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
    room = kiosk_balanced_width(f, &type, text, room);
    is = tbc_screen_measure(f->s, &type, text, room);
    x = at.x + (at.w - side - gap - is.w) / 2;
    kiosk_put_icon(f, icon, x, at.y + (at.h - side) / 2, side,
                   hint ? f->look.c.band_go : f->look.c.on_band_soft);
    (void)kiosk_put(f,
                    (struct tbc_rect){ x + side + gap, at.y + (at.h - is.h) / 2,
                                       is.w + 0.6, is.h + 0.5 },
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
    kiosk_put_icon(f, "face", oval.x + (oval.w - side) / 2,
                   oval.y + (oval.h - side) / 2, side, f->look.c.band_line);
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
    return f->v->hint == KIOSK_HINT_AGAIN
               ? kiosk_say_with(f, h->key, "n", f->v->tries_left)
               : kiosk_say(f, h->key);
}

/* The oval to the left, the sentence to the right. */
static void
put_face_wide(struct frame *f, const struct hint *h)
{
    struct tbc_rect room = f->panel->zone.content_left;
    struct tbc_type big = { .cap = fmin(f->cap.title * 1.12, 12),
                            .line = 1.25,
                            .bold = true };
    struct tbc_type small = { .cap = fmin(f->cap.text, f->cap.tool * 1.25),
                              .line = 1.35 };
    double tall = room.h - 5;
    double broad = tall * 75 / 97;
    double side = 18 * f->panel->zone.primary.h / 17;
    double x = room.x + room.w + 2;
    double w = f->right - x;
    const char *sub = kiosk_say(f, h->sub);
    double sub_h = tbc_screen_measure(f->s, &small, sub, w - 10).h;
    double y = room.y + room.h - sub_h;
    const char *text;

    put_oval(
        f, (struct tbc_rect){ room.x + (room.w - broad) / 2, room.y + 1, broad, tall });
    kiosk_put_icon(f, h->icon, x, room.y + 4, side, f->look.c.band_go);
    text = hint_text(f, h);
    while (tbc_screen_measure(f->s, &big, text, w).w > w ||
           tbc_screen_measure(f->s, &big, text, w).h > room.h - side - 28) {
        big.cap -= 0.2;
    }
    (void)kiosk_put(f, (struct tbc_rect){ x, room.y + side + 8, w, 0 }, &big,
                    f->look.c.on_band, text);
    kiosk_put_icon(f, h->sub_icon, x, y + (small.cap / 0.727 * 1.35 - 6.5) / 2, 6.5,
                   f->look.c.on_band_soft);
    (void)kiosk_put(f, (struct tbc_rect){ x + 10, y, w - 10, sub_h + 0.5 }, &small,
                    f->look.c.on_band_soft, kiosk_say(f, h->sub));
}

/* Sentence, oval, quieter sentence.  The low layout has less height: the oval shrinks. */
static void
put_face_tall(struct frame *f, const struct hint *h)
{
    struct tbc_type big = { .cap = f->theme->is.type_hint, .line = 1.25, .bold = true };
    struct tbc_type small = { .cap = fmin(f->cap.text * 1.125, 7), .line = 1.35 };
    bool low = f->down > 0;
    double top = f->panel->zone.band.h + f->down + (low ? 4 : 7);
    double bottom = f->bottom - 6;
    double head = low ? 26 : 30; /* one line as drawn; two at most */
    double sub = 20;
    double k = fmin(1, (bottom - top - head - sub - 26) / 204);
    double middle = top + head + 8 + (bottom - top - head - sub - 8) / 2;
    double w = f->right - f->left;
    struct tbc_rect oval = { 133.5 - 75 * k, low ? middle - 97 * k : 131, 150 * k,
                             194 * k };

    put_pair(f, (struct tbc_rect){ f->left, top, w, head }, h->icon, 20, big,
             hint_text(f, h));
    put_oval(f, oval);
    put_pair(f, (struct tbc_rect){ f->left, bottom - sub - (low ? 10 : 15.7), w, sub },
             h->sub_icon, 9, small, kiosk_say(f, h->sub));
}

void
kiosk_draw_face(struct frame *f)
{
    const struct hint *h = &hints[f->v->hint <= KIOSK_HINT_AGAIN ? f->v->hint : 0];
    struct frame_plan plan = { .step = 3, .dark = true };

    kiosk_frame_begin(f, &plan);
    kiosk_frame_back_and_desk(f, NULL, true);
    if (f->wide) {
        put_face_wide(f, h);
    } else {
        put_face_tall(f, h);
    }
    kiosk_frame_tools(f);
}

/* The line of the checking screen, measured once. */
struct check_line {
    double y;
    double k;      /* size against the drawing */
    double w;      /* of the room */
    double spread; /* between stops */
};

static struct tbc_point
check_stop(const struct check_line *line, int i)
{
    return (struct tbc_point){ line->w / 2 + (i - 1) * line->spread, line->y };
}

/* The stop that is being worked on breathes, once for each 350 ms up and down. */
static double
breath(const struct frame *f)
{
    double wait = f->theme->is.motion_wait_dot;

    if (wait <= 0 || f->theme->is.motion_reduce > 0) {
        return 0;
    }
    return 0.5 - 0.5 * cos((double)f->v->motion_ms / wait * 3.14159265358979323846);
}

static void
put_done_stop(struct frame *f, struct tbc_point p, double k)
{
    struct tbc_box disc = plain_box(f->look.c.band_go, 99);
    struct tbc_point tick[3] = { { p.x - 4 * k, p.y + 0.3 * k },
                                 { p.x - 1 * k, p.y + 3.3 * k },
                                 { p.x + 4.4 * k, p.y - 2.9 * k } };

    tbc_screen_box(f->s, round_at(p.x, p.y, 9 * k), &disc);
    tbc_screen_line(
        f->s, tick, 3,
        &(struct tbc_pen){ .colour = f->look.c.band, .width = 2 * k, .round = true });
}

static void
put_open_stop(struct frame *f, struct tbc_point p, double k, const char *icon)
{
    struct tbc_box disc = plain_box(f->look.c.band, 99);
    struct tbc_rect at = round_at(p.x, p.y, (icon != NULL ? 18 : 7) * k);
    struct tbc_pen ring = { .colour = f->look.c.band_line, .width = 2 * k };
    double side = 21 * k;

    if (icon != NULL) {
        ring = (struct tbc_pen){ .colour = f->look.c.band_go,
                                 .width = (4 + 1.6 * breath(f)) * k };
    }
    tbc_screen_box(f->s, at, &disc);
    tbc_screen_arc(f->s, at, 0, 1, &ring);
    if (icon != NULL) {
        kiosk_put_icon(f, icon, p.x - side / 2, p.y - side / 2, side,
                       f->look.c.on_band);
    }
}

static void
put_check_word(struct frame *f, const struct check_line *line, int i, const char *text)
{
    struct tbc_point p = check_stop(line, i);
    int here = (int)f->v->check;
    struct tbc_type type = { .cap = f->wide ? f->cap.text : fmin(f->cap.button, 6.4),
                             .line = 1.3,
                             .align = TBC_ALIGN_CENTRE,
                             .bold = i == here };

    type = kiosk_narrowed(f, type, text, line->spread - 3);
    (void)kiosk_put(f,
                    (struct tbc_rect){ p.x - line->spread / 2 + 1,
                                       p.y + (f->wide ? 27 : 40) * line->k,
                                       line->spread - 2, 0 },
                    &type, i > here ? f->look.c.on_band_soft : f->look.c.on_band, text);
}

/* Three stops: what has been done, what is being done, what comes. */
static void
put_check_line(struct frame *f, const struct check_line *line)
{
    static const char *const keys[] = { "check.photo", "check.compare",
                                        "check.trains" };
    static const char *const icons[] = { "face", "id-card", "train" };
    int here = (int)f->v->check;
    double from = f->wide ? f->left : -2;
    struct tbc_point whole[2] = { { from, line->y }, { line->w + 3, line->y } };
    struct tbc_point gone[2] = { { from, line->y }, check_stop(line, here) };

    tbc_screen_line(
        f->s, whole, 2,
        &(struct tbc_pen){ .colour = f->look.c.band_line, .width = 2 * line->k });
    tbc_screen_line(
        f->s, gone, 2,
        &(struct tbc_pen){ .colour = f->look.c.band_go, .width = 4 * line->k });
    for (int i = 0; i < 3; i++) {
        if (i < here) {
            put_done_stop(f, check_stop(line, i), line->k);
        } else {
            put_open_stop(f, check_stop(line, i), line->k, i == here ? icons[i] : NULL);
        }
        put_check_word(f, line, i, kiosk_say(f, keys[i]));
    }
}

void
kiosk_draw_checking(struct frame *f)
{
    struct frame_plan plan = { .step = 3, .dark = true };
    struct tbc_type title = { .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true };
    struct tbc_type lead = { .line = 1.4, .align = TBC_ALIGN_CENTRE };
    bool slow = f->v->motion_ms >= 3000; /* words by 3 s */
    struct check_line line;
    double w;
    double y;

    kiosk_frame_begin(f, &plan);
    kiosk_frame_back_and_desk(f, NULL, false);
    w = f->wide ? f->panel->zone.tools.x : f->panel->width_mm;
    title.cap = f->wide ? f->cap.title * 1.15 : 15;
    lead.cap = f->wide ? f->cap.lead : fmin(f->cap.lead, 8);
    y = f->wide ? f->panel->zone.content_left.y + 1 : f->down > 0 ? 172 : 128;
    y += kiosk_put(f, (struct tbc_rect){ f->left, y, w - 2 * f->left, 0 }, &title,
                   f->look.c.on_band, kiosk_say(f, "check.title"))
             .h;
    y += f->wide ? 1 : 4;
    (void)kiosk_put(f, (struct tbc_rect){ f->left, y, w - 2 * f->left, 0 }, &lead,
                    f->look.c.on_band_soft,
                    kiosk_say(f, slow ? "check.slow" : "check.lead"));
    line = (struct check_line){
        .y = f->down > 0 ? 272 : 238, .k = 1, .w = w, .spread = 67.5
    };
    if (f->wide) {
        line.y = f->panel->height_mm * 0.57;
        line.k = 0.56 * f->panel->zone.primary.h / 17;
        line.spread = w / 3.2;
    }
    put_check_line(f, &line);
    kiosk_frame_tools(f);
}
