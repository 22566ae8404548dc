#include "slip.h"

#include "scan/qr.h"
#include "screens/kiosk_screens.h"
#include "ui/canvas.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#define DOTS_MM    8.0
#define LENGTH_MM  230.0 /* more than the longest slip; cut off below the last line */
#define WIDTH_MM   (KIOSK_SLIP_DOTS / DOTS_MM)
#define MARGIN_MM  3.0
#define INNER_MM   (WIDTH_MM - 2 * MARGIN_MM)
#define MODULE_MAX 7 /* dots */
#define QUIET      4 /* modules on each side */
#define BLACK      0x000000u
#define WHITE      0xFFFFFFu
#define GREY_CUT   128
#define TEXT_MAX   192

struct sheet {
    struct tbc_canvas *canvas;
    const struct kiosk_slip_style *style;
    double y; /* mm, where the next thing goes */
};

static enum tbc_err
begin(struct sheet *sheet, const struct kiosk_slip_style *style)
{
    struct tbc_size px = { KIOSK_SLIP_DOTS, LENGTH_MM * DOTS_MM };
    enum tbc_err err;

    *sheet = (struct sheet){ .style = style, .y = MARGIN_MM };
    err = tbc_canvas_new(&sheet->canvas, style->theme, style->icons, px, DOTS_MM);
    if (err == TBC_OK) {
        tbc_canvas_clear(sheet->canvas, WHITE);
    }
    return err;
}

/* Cut the paper; what a thermal head prints is black or white. */
static enum tbc_err
finish(struct sheet *sheet, struct tbc_picture *picture)
{
    int stride;
    const uint8_t *rows = tbc_canvas_pixels(sheet->canvas, &stride);
    int height = (int)((sheet->y + MARGIN_MM) * DOTS_MM);
    enum tbc_err err;

    if (height > tbc_canvas_height_px(sheet->canvas)) {
        return TBC_ERR_LIMIT;
    }
    if ((err = tbc_picture_init(picture, KIOSK_SLIP_DOTS, height, 1)) != TBC_OK) {
        return err;
    }
    for (int y = 0; y < height; y++) {
        for (int x = 0; x < KIOSK_SLIP_DOTS; x++) {
            uint32_t pixel;
            size_t at = (size_t)y * KIOSK_SLIP_DOTS + (size_t)x;

            memcpy(&pixel, rows + (size_t)y * (size_t)stride + (size_t)x * sizeof pixel,
                   sizeof pixel);
            picture->px[at] = ((pixel >> 8) & 0xFFu) < GREY_CUT ? 0 : 255;
        }
    }
    return TBC_OK;
}

static const char *
say(const struct sheet *sheet, enum tbc_language language, const char *key)
{
    return tbc_words_say(sheet->style->words, language, key);
}

/* A paragraph over the whole width. */
static void
paragraph(struct sheet *sheet, const struct tbc_type *type, const char *text)
{
    struct tbc_rect at = { MARGIN_MM, sheet->y, INNER_MM, LENGTH_MM };

    tbc_canvas_text(sheet->canvas, type, text, at, BLACK);
    sheet->y += tbc_canvas_measure(sheet->canvas, type, text, INNER_MM).h;
}

static void
rule(struct sheet *sheet)
{
    struct tbc_point ends[2] = { { MARGIN_MM, sheet->y + 2 },
                                 { WIDTH_MM - MARGIN_MM, sheet->y + 2 } };
    struct tbc_pen pen = { .colour = BLACK, .width = 0.25, .dash = 0.75 };

    tbc_canvas_line(sheet->canvas, ends, 2, &pen);
    sheet->y += 5;
}

/* "姓名 Name                 林*禾" */
static void
row(struct sheet *sheet, const char *label, const char *value)
{
    struct tbc_type left = { .cap = 2.6 };
    struct tbc_type right = { .cap = 3.2, .bold = true, .align = TBC_ALIGN_END };
    struct tbc_rect at = { MARGIN_MM, sheet->y + 0.8, INNER_MM, 10 };
    double high;

    if (label != NULL) {
        tbc_canvas_text(sheet->canvas, &left, label, at, BLACK);
    }
    at.y = sheet->y;
    tbc_canvas_text(sheet->canvas, &right, value, at, BLACK);
    high = tbc_canvas_measure(sheet->canvas, &right, value, INNER_MM).h;
    sheet->y += high < 6.5 ? 6.5 : high;
}

static void
both(const struct sheet *sheet, const char *key, char out[static TEXT_MAX])
{
    (void)snprintf(out, TEXT_MAX, "%s %s", say(sheet, TBC_ZH, key),
                   say(sheet, TBC_EN, key));
}

/* As many whole dots a module as the paper holds, at most 7. */
static enum tbc_err
code(struct sheet *sheet, const char *text, int dots)
{
    struct tbc_qr qr = { 0 };
    enum tbc_err err = tbc_qr_draw(&qr, tbc_span_str(text));
    struct tbc_rect at;
    int side;

    if (err != TBC_OK) {
        return err;
    }
    side = qr.side + 2 * QUIET;
    while (dots > 1 && side * dots > KIOSK_SLIP_DOTS) {
        dots--;
    }
    at.w = side * dots / DOTS_MM;
    at.h = at.w;
    at.x = round((KIOSK_SLIP_DOTS - side * dots) / 2.0) / DOTS_MM;
    at.y = round(sheet->y * DOTS_MM) / DOTS_MM;
    err = tbc_canvas_modules(sheet->canvas, at, qr.dark, qr.side) > 0 ? TBC_OK
                                                                      : TBC_ERR_LIMIT;
    sheet->y = at.y + at.h;
    tbc_qr_fini(&qr);
    return err;
}

static enum tbc_err
header(struct sheet *sheet, const char *icon, const char *key, bool solid)
{
    struct tbc_rect box = { MARGIN_MM, sheet->y, INNER_MM, 15.4 };
    struct tbc_box fill = { .fill = BLACK, .outline = TBC_NO_COLOUR, .radius = 2 };
    struct tbc_type zh = { .cap = 4.6, .bold = true, .line = 1.2 };
    struct tbc_type en = { .cap = 2.5, .line = 1.2 };
    uint32_t ink = solid ? WHITE : BLACK;
    double left = MARGIN_MM + (solid ? 15 : 14);

    fill.shadow = TBC_NO_COLOUR;
    if (solid) {
        tbc_canvas_box(sheet->canvas, box, &fill);
    }
    tbc_canvas_text(sheet->canvas, &zh, say(sheet, TBC_ZH, key),
                    (struct tbc_rect){ left, box.y + 1.6, 0, 8 }, ink);
    tbc_canvas_text(sheet->canvas, &en, say(sheet, TBC_EN, key),
                    (struct tbc_rect){ left, box.y + 9.8, 0, 5 }, ink);
    sheet->y += box.h;
    return tbc_canvas_icon(
        sheet->canvas, icon,
        (struct tbc_rect){ MARGIN_MM + (solid ? 2.5 : 0), box.y + 2.7, 10, 10 }, ink);
}

static void
validity(struct sheet *sheet, struct tbc_utc expires)
{
    struct tbc_type label = { .cap = 2.6 };
    struct tbc_type figures = { .cap = 5.6, .bold = true, .line = 1.3 };
    struct tbc_civil t = tbc_utc_civil(expires, TBC_CIVIL_OFFSET_S);
    char text[TEXT_MAX];

    both(sheet, "cert.until", text);
    paragraph(sheet, &label, text);
    (void)snprintf(text, sizeof text, "%02d-%02d   %02d:%02d", t.month, t.day, t.hour,
                   t.minute);
    paragraph(sheet, &figures, text);
    sheet->y += 2;
}

static void
trip(struct sheet *sheet, const struct tbc_trip *t)
{
    struct tbc_civil c = tbc_utc_civil(t->depart, TBC_CIVIL_OFFSET_S);
    char text[TEXT_MAX];

    (void)snprintf(text, sizeof text, "%s   %02d:%02d", t->train, c.hour, c.minute);
    row(sheet, "车次 Train", text);
    (void)snprintf(text, sizeof text, "%s → %s",
                   t->from_zh[0] != '\0' ? t->from_zh : t->from,
                   t->to_zh[0] != '\0' ? t->to_zh : t->to);
    row(sheet, NULL, text);
}

static void
foot(struct sheet *sheet, const struct kiosk_certificate_slip *slip)
{
    struct tbc_type small = { .cap = 2.3 };
    struct tbc_type end = { .cap = 2.3, .align = TBC_ALIGN_END };
    struct tbc_civil c = tbc_utc_civil(slip->issued, TBC_CIVIL_OFFSET_S);
    struct tbc_rect at = { MARGIN_MM, sheet->y + 1, INNER_MM, 8 };
    char text[TEXT_MAX];

    (void)snprintf(text, sizeof text, "%02d-%02d %02d:%02d", c.month, c.day, c.hour,
                   c.minute);
    tbc_canvas_text(sheet->canvas, &end, text, at, BLACK);
    (void)snprintf(text, sizeof text, "%s   %s", slip->station_zh, slip->device);
    tbc_canvas_text(sheet->canvas, &small, text, at, BLACK);
    sheet->y += 1 + tbc_canvas_measure(sheet->canvas, &small, text, INNER_MM).h;
    if (slip->log != NULL && slip->log[0] != '\0') {
        (void)snprintf(text, sizeof text, "站内日志 Log   %s", slip->log);
        paragraph(sheet, &small, text);
    }
}

enum tbc_err
kiosk_slip_certificate(const struct kiosk_slip_style *style,
                       const struct kiosk_certificate_slip *slip,
                       struct tbc_picture *picture)
{
    struct tbc_type how = { .cap = 3.2, .bold = true, .align = TBC_ALIGN_CENTRE };
    struct tbc_type small = { .cap = 2.6 };
    struct sheet sheet;
    char label[TEXT_MAX];
    enum tbc_err err;

    *picture = (struct tbc_picture){ 0 };
    if ((err = begin(&sheet, style)) != TBC_OK ||
        (err = header(&sheet, "certificate", "slip.title", true)) != TBC_OK ||
        (err = code(&sheet, slip->qr_text, MODULE_MAX)) != TBC_OK) {
        goto out;
    }
    paragraph(&sheet, &how, say(&sheet, TBC_ZH, "slip.scan"));
    paragraph(&sheet, &how, say(&sheet, TBC_EN, "slip.scan"));
    rule(&sheet);
    validity(&sheet, slip->expires);
    both(&sheet, "confirm.name", label);
    row(&sheet, label, slip->name);
    row(&sheet, "证件 ID", slip->number);
    if (slip->trip != NULL) {
        trip(&sheet, slip->trip);
    }
    rule(&sheet);
    paragraph(&sheet, &small, say(&sheet, TBC_ZH, "slip.keep"));
    paragraph(&sheet, &small, say(&sheet, TBC_EN, "slip.keep"));
    foot(&sheet, slip);
    err = finish(&sheet, picture);
out:
    if (sheet.canvas != NULL) {
        tbc_canvas_forget(sheet.canvas);
    }
    tbc_canvas_free(&sheet.canvas);
    return err;
}

enum tbc_err
kiosk_slip_desk(const struct kiosk_slip_style *style,
                const struct kiosk_desk_slip *slip, struct tbc_picture *picture)
{
    struct tbc_type figures = { .cap = 15, .bold = true, .line = 1.2 };
    struct tbc_type strong = { .cap = 3.2, .bold = true };
    struct tbc_type small = { .cap = 2.6 };
    struct sheet sheet;
    char text[TEXT_MAX];
    enum tbc_err err;

    *picture = (struct tbc_picture){ 0 };
    if ((err = begin(&sheet, style)) != TBC_OK ||
        (err = header(&sheet, "staffed-desk", "desk.title", false)) != TBC_OK) {
        goto out;
    }
    rule(&sheet);
    both(&sheet, "desk.number", text);
    paragraph(&sheet, &small, text);
    (void)snprintf(text, sizeof text, KIOSK_DESK_FORMAT, slip->number);
    paragraph(&sheet, &figures, text);
    rule(&sheet);
    paragraph(&sheet, &strong,
              slip->where_zh != NULL ? slip->where_zh
                                     : say(&sheet, TBC_ZH, "desk.where"));
    paragraph(&sheet, &small,
              slip->where_en != NULL ? slip->where_en
                                     : say(&sheet, TBC_EN, "desk.where"));
    if (slip->typed != NULL) {
        sheet.y += 2;
        paragraph(&sheet, &small, say(&sheet, TBC_ZH, "desk.lead"));
        paragraph(&sheet, &small, say(&sheet, TBC_EN, "desk.lead"));
        if ((err = code(&sheet, slip->typed, MODULE_MAX)) != TBC_OK) {
            goto out;
        }
    }
    err = finish(&sheet, picture);
out:
    if (sheet.canvas != NULL) {
        tbc_canvas_forget(sheet.canvas);
    }
    tbc_canvas_free(&sheet.canvas);
    return err;
}
