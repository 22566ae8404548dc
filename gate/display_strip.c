/* The strip: where to go next. */
#include "display_impl.h"

#include <string.h>

#define ICON      26 /* of the drawing */
#define ICON_GAP  9
#define UPRIGHT   0.7 /* of both, where the strip is narrow */
#define FACT      8.6
#define SOON_MIN  120 /* minutes before departure from which they are counted down */
#define TEXT_SIZE 16

/* What is left of the strip for texts, with an icon at its begin. */
static struct tbc_rect
text_room(const struct gate_sheet *s)
{
    struct tbc_rect r = s->d->panel.zone.strip;
    double x = s->margin + (ICON + ICON_GAP) * s->k * (s->portrait ? UPRIGHT : 1);

    return (struct tbc_rect){ r.x + x, r.y, r.w - x - s->margin / 2, r.h };
}

static void
put_icon(struct gate_sheet *s, const char *name)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    double side = ICON * s->k * (s->portrait ? UPRIGHT : 1);

    gate_sheet_icon(s, name,
                    (struct tbc_rect){ strip->x + s->margin,
                                       strip->y + (strip->h - side) / 2, side, side },
                    s->state->fill);
}

static double
put_fact(struct gate_sheet *s, struct tbc_rect room, const char *a, const char *b)
{
    return gate_sheet_pair(
        s, room, (const char *const[2]){ a, b },
        (const double[2]){ FACT, s->d->theme.is.type_gate_way_second });
}

/* The desk's sentence stands alone here, so its first letter is a capital; and a number stays with
 * what it counts. */
static const char *
as_heading(struct tbc_buf *b, const char *text)
{
    const char *s;

    tbc_buf_clear(b);
    for (const char *c = text; *c != '\0'; c++) {
        if (*c == ' ' && c > text && c[-1] >= '0' && c[-1] <= '9') {
            (void)tbc_buf_append_str(b, "\u00a0");
        } else {
            (void)tbc_buf_append_u8(b, (uint8_t)*c);
        }
    }
    if (b->len > 0 && b->ptr[0] >= 'a' && b->ptr[0] <= 'z') {
        b->ptr[0] = (uint8_t)(b->ptr[0] - 'a' + 'A');
    }
    s = tbc_buf_str(b);
    return s != NULL ? s : text;
}

/* "3 号人工通道，左边 20 米" and an arrow that way. */
static void
put_way(struct gate_sheet *s)
{
    const char *desk[TBC_LANGUAGE_N] = { s->v->desk_zh, s->v->desk_en };
    bool right = (desk[TBC_ZH] != NULL && strstr(desk[TBC_ZH], "右") != NULL) ||
                 (desk[TBC_EN] != NULL && strstr(desk[TBC_EN], "right") != NULL);

    for (int l = 0; l < TBC_LANGUAGE_N; l++) {
        if (desk[l] == NULL) {
            desk[l] = tbc_words_say(s->d->words, (enum tbc_language)l, "go.desk_short");
        }
        desk[l] = as_heading(&s->text[l], desk[l]);
    }
    put_icon(s, right ? "way-right" : "way-left");
    (void)gate_sheet_pair(s, text_room(s),
                          (const char *const[2]){ desk[s->first], desk[s->second] },
                          (const double[2]){ s->d->theme.is.type_gate_way,
                                             s->d->theme.is.type_gate_way_second });
}

/* One icon and the sentence in two languages. */
static void
put_next(struct gate_sheet *s, const char *icon, const char *a, const char *b)
{
    put_icon(s, icon);
    (void)put_fact(s, text_room(s), a, b);
}

/* How soon it leaves, or where to; offline, that this was decided so. */
static const char *
below_train(struct gate_sheet *s)
{
    const struct tbc_trip *trip = s->v->trip;
    int64_t left = (trip->depart.s - s->v->now.s) / 60;
    char minutes[12];
    struct tbc_buf b;

    if (s->v->verdict == TBC_ACCEPTED_OFFLINE) {
        return gate_sheet_word(s, true, "gate.offline");
    }
    if (trip->depart.s <= s->v->now.s || left > SOON_MIN) {
        return s->second == TBC_ZH ? trip->to_zh : trip->to_en;
    }
    tbc_buf_init_fixed(&b, minutes, sizeof minutes);
    (void)tbc_buf_printf(&b, "%d", (int)left);
    (void)tbc_buf_str(&b);
    return gate_sheet_fill(&s->text[1], gate_sheet_word(s, false, "gate.leaves"), "n",
                           minutes);
}

static void
put_departure(struct gate_sheet *s, struct tbc_rect room)
{
    const struct tbc_trip *trip = s->v->trip;
    char line[TBC_TRAIN_MAX + TEXT_SIZE];
    struct tbc_buf b;

    gate_sheet_time(s, trip->depart);
    tbc_buf_init_fixed(&b, line, sizeof line);
    (void)tbc_buf_printf(&b, "%s　%s", trip->train, s->clock);
    (void)tbc_buf_str(&b);
    (void)put_fact(s, room, line, below_train(s));
}

/* The platform, and takes its room off the one that is left: beside it, or below. */
static void
put_platform(struct gate_sheet *s, struct tbc_rect *room)
{
    const char *number = s->v->trip->platform;
    struct tbc_rect at = *room;
    double w;

    if (*number == '\0') {
        return;
    }
    if (s->portrait) {
        at.h = room->h / 2;
    } else {
        at.w = 66 * s->k;
    }
    w = put_fact(s, at,
                 gate_sheet_fill(&s->text[0], gate_sheet_word(s, true, "gate.platform"),
                                 "n", number),
                 gate_sheet_fill(&s->text[1],
                                 gate_sheet_word(s, false, "gate.platform"), "n",
                                 number));
    if (s->portrait) {
        room->y += at.h;
        room->h -= at.h;
    } else {
        room->x += w + 12 * s->k;
        room->w -= w + 12 * s->k;
    }
}

static void
put_train(struct gate_sheet *s)
{
    struct tbc_rect room = text_room(s);

    if (s->v->trip == NULL) {
        put_next(s, "train", s->says->next[s->first], s->says->next[s->second]);
        return;
    }
    put_icon(s, "train");
    put_platform(s, &room);
    put_departure(s, room);
}

static void
put_fire(struct gate_sheet *s)
{
    const struct tbc_rect *strip = &s->d->panel.zone.strip;
    double side = 30 * s->k;
    double x = strip->x + strip->w - s->margin - side;

    (void)put_fact(s,
                   (struct tbc_rect){ strip->x + s->margin, strip->y,
                                      x - strip->x - 2 * s->margin, strip->h },
                   gate_sheet_word(s, true, "gate.fire"),
                   gate_sheet_word(s, false, "gate.fire"));
    gate_sheet_icon(
        s, "forward",
        (struct tbc_rect){ x, strip->y + (strip->h - side) / 2, side, side },
        s->state->fill);
}

/* What {station} or {time} of a sentence is, in a language. */
static const char *
value_of(const struct gate_sheet *s, bool station, enum tbc_language language)
{
    const struct tbc_trip *trip = s->v->trip;

    if (!station) {
        return s->clock;
    }
    return trip == NULL ? "" : language == TBC_ZH ? trip->from_zh : trip->from_en;
}

static void
put_sentence(struct gate_sheet *s)
{
    const char *a = s->says->next[s->first];
    const char *b = s->says->next[s->second];
    bool station = strstr(a, "{station}") != NULL;
    const char *name = station ? "station" : "time";
    bool seat = s->state == &s->d->theme.state[TBC_STATE_wait];

    if (s->v->time.s != 0) {
        gate_sheet_time(s, s->v->time);
    }
    a = gate_sheet_fill(&s->text[0], a, name, value_of(s, station, s->first));
    b = gate_sheet_fill(&s->text[1], b, name, value_of(s, station, s->second));
    put_next(s, seat ? "seat" : s->says->icon, a, b);
}

void
gate_sheet_strip(struct gate_sheet *s)
{
    struct tbc_box box = { .fill = s->state->on,
                           .outline = TBC_NO_COLOUR,
                           .shadow = TBC_NO_COLOUR };
    const char *a = s->says->next[s->first];
    const char *b = s->says->next[s->second];

    tbc_screen_box(s->d->screen, s->d->panel.zone.strip, &box);
    if (s->v->face == GATE_FACE_FIRE_ALARM) {
        put_fire(s);
    } else if (s->v->face == GATE_FACE_VERDICT && tbc_verdict_opens(s->v->verdict)) {
        put_train(s);
    } else if (s->v->face == GATE_FACE_BUSY || s->v->face == GATE_FACE_LOOK) {
        put_next(s, "hold-still", a, b);
    } else if (s->v->face == GATE_FACE_OUT_OF_ORDER) {
        put_next(s, "way-left", a, b);
    } else if (strstr(a, "{desk}") != NULL) {
        /* a sentence with a place sends to a person, any other says itself what to do */
        put_way(s);
    } else {
        put_sentence(s);
    }
}
