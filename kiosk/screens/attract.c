/* The first screen and the language sheet: nobody has chosen anything yet, so both languages
 * stand side by side. */
#include "frame.h"

/* Each language in its own letters; the order of enum kiosk_language. */
static const char *const endonyms[KIOSK_LANGUAGE_N] = { "中文", "English" };

/* Where the rising line and the words of the first screen stand. */
struct poster {
    double hero_y;
    double hero_cap;
    double lead_cap;
    double second_cap;
    double second_lead_cap;
    double width; /* of the words */
    struct tbc_point stop[4];
    double stop_r;
    double line;      /* its thickness */
    double label_cap; /* 0: no words under the stops */
    double second_label_cap;
    struct tbc_point start;
    struct tbc_point end;
    struct tbc_rect sheet;
    double button_h;
    double desk_h;
};

static const struct poster portrait = {
    .hero_y = 38,
    .hero_cap = 24,
    .lead_cap = 8.2,
    .second_cap = 12.5,
    .second_lead_cap = 6.2,
    .width = 235,
    .stop = { { 36, 274 }, { 101, 252 }, { 166, 230 }, { 231, 208 } },
    .stop_r = 14,
    .line = 4,
    .label_cap = 6.8,
    .second_label_cap = 4.8,
    .start = { -5, 274 },
    .end = { 280, 173 },
    .sheet = { 0, 336, 267, 140 },
    .button_h = 42,
    .desk_h = 25,
};

static const struct poster landscape = {
    .hero_y = 23,
    .hero_cap = 13.4,
    .lead_cap = 4.8,
    .second_cap = 7,
    .second_lead_cap = 3.5,
    .width = 118,
    .stop = { { 131, 76 }, { 146, 62 }, { 161, 48 }, { 176, 34 } },
    .stop_r = 7,
    .line = 2.6,
    .start = { 111, 92 },
    .end = { 200, 34 },
    .sheet = { 0, 88, 190, 48 },
    .button_h = 20,
    .desk_h = 15,
};

/* The landscape drawing is of the 10.1 inch panel; a larger one shows it larger. */
static struct poster
poster_of(const struct frame *f)
{
    struct poster p = f->wide ? landscape : portrait;
    double kx = f->panel->zone.tools.x / 190;
    double ky = f->panel->height_mm / 136;
    double k = kx < ky ? kx : ky;

    if (!f->wide) {
        return p;
    }
    p.hero_y = f->panel->zone.band.h + 2 * k;
    p.hero_cap *= k;
    p.lead_cap *= k;
    p.second_cap *= k;
    p.second_lead_cap *= k;
    p.width *= kx;
    p.stop_r *= k;
    p.line *= k;
    for (int i = 0; i < 4; i++) {
        p.stop[i] = (struct tbc_point){ p.stop[i].x * kx, p.stop[i].y * ky };
    }
    p.start = (struct tbc_point){ p.start.x * kx, p.start.y * ky };
    p.end = (struct tbc_point){ p.end.x * kx, p.end.y * ky };
    p.sheet = (struct tbc_rect){ 0, f->panel->height_mm - 48 * ky,
                                 f->panel->zone.tools.x, 48 * ky };
    p.button_h *= ky;
    p.desk_h *= ky;
    return p;
}

static void
put_words(struct frame *f, const struct poster *p)
{
    const struct tbc_words *w = f->words;
    struct tbc_type hero = {
        .cap = p->hero_cap, .line = 1.2, .track = -0.02, .bold = true
    };
    struct tbc_type lead = { .cap = p->lead_cap, .line = 1.4 };
    struct tbc_type second = {
        .cap = p->second_cap, .line = 1.2, .track = -0.01, .bold = true
    };
    struct tbc_type small = { .cap = p->second_lead_cap, .line = 1.4 };
    struct tbc_rect at = { f->left, p->hero_y, p->width, 0 };

    at.y += kiosk_put(f, at, &hero, f->look.c.on_band,
                      tbc_words_say(w, TBC_ZH, "attract.title"))
                .h;
    at.y += f->wide ? 0 : 4;
    at.y += kiosk_put(f, at, &lead, f->look.c.on_band,
                      tbc_words_say(w, TBC_ZH, "attract.lead"))
                .h;
    at.y += f->wide ? 3 : 13;
    at.y += kiosk_put(f, at, &second, f->look.c.on_band,
                      tbc_words_say(w, TBC_EN, "attract.title"))
                .h;
    at.y += f->wide ? 0.5 : 2.5;
    (void)kiosk_put(f, at, &small, f->look.c.on_band_soft,
                    tbc_words_say(w, TBC_EN, "attract.lead"));
}

static void
put_stop_words(struct frame *f, const struct poster *p, int i, const char *key)
{
    struct tbc_type first = {
        .cap = p->label_cap, .line = 1.25, .align = TBC_ALIGN_CENTRE, .bold = true
    };
    struct tbc_type second = { .cap = p->second_label_cap,
                               .line = 1.25,
                               .align = TBC_ALIGN_CENTRE };
    struct tbc_rect at = { p->stop[i].x - 32, p->stop[i].y + 18, 64, 0 };

    at.y += kiosk_put(f, at, &first, f->look.c.on_band,
                      tbc_words_say(f->words, TBC_ZH, key))
                .h;
    tbc_screen_silent(f->s);
    (void)kiosk_put(f, at, &second, f->look.c.on_band_soft,
                    tbc_words_say(f->words, TBC_EN, key));
    tbc_screen_silent(f->s);
}

/* The line rises through the four stops, always at 45 degrees. */
static void
put_rise(struct frame *f, const struct poster *p)
{
    static const char *const icons[] = { "consent", "id-card", "face", "certificate" };
    static const char *const keys[] = { "step.consent", "step.document", "step.face",
                                        "step.certificate" };
    struct tbc_point line[12];
    size_t n = 0;

    line[n++] = p->start;
    if (f->wide) { /* comes up from behind the sheet */
        line[n++] = (struct tbc_point){ p->stop[0].x - 4, p->stop[0].y };
    }
    line[n++] = p->stop[0];
    for (int i = 1; i < 4; i++) {
        double dy = p->stop[i - 1].y - p->stop[i].y;
        double middle = (p->stop[i - 1].x + p->stop[i].x) / 2;

        line[n++] = (struct tbc_point){ middle - dy / 2, p->stop[i - 1].y };
        line[n++] = (struct tbc_point){ middle + dy / 2, p->stop[i].y };
    }
    line[n++] = (struct tbc_point){ p->stop[3].x + p->stop_r, p->stop[3].y };
    line[n++] = (struct tbc_point){
        f->wide ? p->end.x : p->stop[3].x + p->stop_r + p->stop[3].y - p->end.y,
        p->end.y
    };
    tbc_screen_line(f->s, line, n,
                    &(struct tbc_pen){ .colour = f->look.c.band_go, .width = p->line });
    for (int i = 0; i < 4; i++) {
        double r = p->stop_r;
        struct tbc_box disc = plain_box(f->look.c.on_band, 99);
        double side = r * 0.93;

        disc.outline = f->look.c.band_go;
        disc.stroke = r * 0.171;
        tbc_screen_box(
            f->s, (struct tbc_rect){ p->stop[i].x - r, p->stop[i].y - r, 2 * r, 2 * r },
            &disc);
        kiosk_put_icon(f, icons[i], p->stop[i].x - side / 2, p->stop[i].y - side / 2,
                       side, f->look.c.band);
        if (p->label_cap > 0) {
            put_stop_words(f, p, i, keys[i]);
        }
    }
}

static void
put_sheet(struct frame *f, const struct poster *p)
{
    enum tbc_theme_name name = f->v->contrast ? TBC_THEME_CONTRAST : TBC_THEME_LIGHT;
    struct tbc_box ground;
    double air = f->wide ? p->sheet.h * 0.115 : 12;
    double gap = f->wide ? 3 : 5;
    double y = p->sheet.y + air;
    double w = (f->right - f->left - 4) / KIOSK_LANGUAGE_N;
    struct tbc_button desk;
    const char *both;

    f->look = tbc_look_of(f->theme, name, false);
    ground = plain_box(f->look.c.ground, f->theme->is.radius_sheet);
    ground.top_only = true;
    if (f->look.contrast) {
        ground.outline = f->look.c.line;
        ground.stroke = f->look.outline;
    }
    tbc_screen_box(f->s, p->sheet, &ground);
    for (int i = 0; i < KIOSK_LANGUAGE_N; i++) {
        kiosk_put_button(
            f, (struct tbc_button){
                   .kind = TBC_BUTTON_PRIMARY,
                   .at = { f->left + i * (w + 4), y, w, p->button_h },
                   .label = endonyms[i],
                   .end = "forward",
                   .end_mm = f->is.large * 1.2,
                   .pad = f->is.pad * 1.5,
                   .gap = f->is.gap,
                   .type = { .cap = p->button_h * 0.26, .line = 1.15, .bold = true },
                   .event = KIOSK_EV_LANGUAGE,
                   .arg = i,
               });
    }
    y += p->button_h + gap;
    tbc_buf_clear(f->scratch);
    (void)tbc_buf_printf(f->scratch, "%s　%s",
                         tbc_words_say(f->words, TBC_ZH, "go.desk"),
                         tbc_words_say(f->words, TBC_EN, "go.desk"));
    both = tbc_buf_str(f->scratch);
    desk = (struct tbc_button){
        .kind = TBC_BUTTON_QUIET,
        .at = { f->left, y, f->right - f->left, p->desk_h },
        .label = both != NULL ? both : "",
        .icon = "staffed-desk",
        .icon_mm = f->is.icon * 1.15,
        .pad = f->is.pad,
        .gap = f->is.gap,
        .type = { .cap = f->wide ? f->theme->is.type_text : 6, .line = 1.15 },
        .centre = true,
        .event = KIOSK_EV_DESK,
    };
    kiosk_put_button(f, desk);
}

void
kiosk_draw_attract(struct frame *f)
{
    struct frame_plan plan = { .dark = true };
    struct poster p;

    kiosk_frame_begin(f, &plan);
    p = poster_of(f);
    put_words(f, &p);
    put_rise(f, &p);
    put_sheet(f, &p);
    kiosk_frame_tools(f);
}

void
kiosk_draw_language(struct frame *f)
{
    struct row rows[KIOSK_LANGUAGE_N];
    enum kiosk_language other = f->v->language == KIOSK_ZH ? KIOSK_EN : KIOSK_ZH;
    struct tbc_buf lead = { 0 };
    struct frame_plan plan = { .step = 2, .title = kiosk_say(f, "language.title") };

    (void)tbc_buf_printf(
        &lead, "%s　·　%s",
        tbc_words_say(f->words, (enum tbc_language)other, "language.title"),
        kiosk_say(f, "language.lead"));
    plan.lead = tbc_buf_str(&lead);
    if (f->v->under == KIOSK_CONSENT || f->v->under == KIOSK_NOTICE) {
        plan.step = 1;
    } else if (f->v->under == KIOSK_FACE || f->v->under == KIOSK_CHECKING) {
        plan.step = 3;
    } else if (f->v->under == KIOSK_CONFIRM) {
        plan.step = 4;
    } else if (f->v->under == KIOSK_CERTIFICATE) {
        plan.step = 5;
    } else if (f->v->under == KIOSK_ATTRACT || f->v->under == KIOSK_DESK) {
        plan.step = 0;
    }
    kiosk_frame_begin(f, &plan);
    tbc_buf_fini(&lead);
    f->top += f->wide ? 4 : 17;
    for (int i = 0; i < KIOSK_LANGUAGE_N; i++) {
        rows[i] = (struct row){ .text = endonyms[i],
                                .event = KIOSK_EV_LANGUAGE,
                                .arg = i,
                                .chosen = (int)f->v->language == i };
    }
    kiosk_frame_back_and_desk(f, NULL, true);
    (void)kiosk_put_rows(
        f, rows, KIOSK_LANGUAGE_N,
        &(struct row_style){ .choices = true,
                             .cap = f->wide ? f->cap.title * 0.85 : 8.6 });
    kiosk_frame_tools(f);
}
