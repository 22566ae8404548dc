#include "examples.h"

#include <stdlib.h>
#include <string.h>

/* 2026-11-23 09:41 at UTC+8 */
#define NOW_S 1795398060

static void
text(char *to, size_t size, const char *from)
{
    size_t n = strlen(from);

    n = n < size ? n : size - 1;
    memcpy(to, from, n);
    to[n] = '\0';
}

static void
set_trip(struct tbc_trip *t, const char *train, const char *seat, int64_t depart,
         bool back)
{
    *t = (struct tbc_trip){ .depart = { depart } };
    text(t->train, sizeof t->train, train);
    text(t->seat, sizeof t->seat, seat);
    text(t->from_zh, sizeof t->from_zh, back ? "青屿北" : "云州南");
    text(t->from_en, sizeof t->from_en, back ? "Qingyu North" : "Yunzhou South");
    text(t->to_zh, sizeof t->to_zh, back ? "云州南" : "青屿北");
    text(t->to_en, sizeof t->to_en, back ? "Yunzhou South" : "Qingyu North");
    text(t->platform, sizeof t->platform, "6");
}

static void
set_person(struct kiosk_view *v)
{
    text(v->masked_name, sizeof v->masked_name,
         v->language == KIOSK_ZH ? "林*禾" : "Lin * He");
    text(v->masked_number, sizeof v->masked_number, "1101**********002X");
    set_trip(&v->trips[0], "G1207", "05-12F", NOW_S + 11 * 60, false);
    set_trip(&v->trips[1], "G1388", "03-4A", NOW_S + (7 * 60 + 39) * 60, true);
    v->trips_n = 2;
}

static void
set_number(struct kiosk_view *v, enum tbc_doc_kind kind, const char *number,
           enum tbc_doc_fault fault)
{
    v->kind = kind;
    v->number_fault = fault;
    text(v->number, sizeof v->number, number);
}

static void
number_typing(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_CN, "1101051949", TBC_DOC_TOO_SHORT);
}

static void
number_empty(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_CN, "", TBC_DOC_TOO_SHORT);
}

static void
number_ready(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_CN, "11010519491231002X", TBC_DOC_FINE);
    v->pressed = KIOSK_EV_KEY;
    v->pressed_arg = 'X';
}

static void
number_error(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_CN, "110105194912310021", TBC_DOC_BAD_CHECK);
}

static void
number_error_contrast(struct kiosk_view *v)
{
    number_error(v);
    v->contrast = true;
}

static void
number_low(struct kiosk_view *v)
{
    number_typing(v);
    v->low = true;
}

static void
number_unknown(struct kiosk_view *v)
{
    number_ready(v);
    v->pressed = KIOSK_EV_NONE;
    v->number_unknown = true;
}

static void
number_passport(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_PASSPORT, "EK48", TBC_DOC_TOO_SHORT);
}

static void
number_passport_error(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_PASSPORT, "EK4820193", TBC_DOC_FINE);
    v->number_unknown = true;
}

static void
number_passport_low(struct kiosk_view *v)
{
    number_passport(v);
    v->low = true;
}

static void
number_hkm(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_HKM, "H1234", TBC_DOC_TOO_SHORT);
}

static void
number_tw(struct kiosk_view *v)
{
    set_number(v, TBC_DOC_TW, "12345678", TBC_DOC_FINE);
}

static void
contrast(struct kiosk_view *v)
{
    v->contrast = true;
}

static void
huge(struct kiosk_view *v)
{
    v->size = KIOSK_SIZE_HUGE;
}

static void
small(struct kiosk_view *v)
{
    v->size = KIOSK_SIZE_SMALL;
}

static void
gate_faces(struct kiosk_view *v)
{
    v->gate_faces = true;
}

static void
gate_faces_huge(struct kiosk_view *v)
{
    v->gate_faces = true;
    v->size = KIOSK_SIZE_HUGE;
}

static void
low(struct kiosk_view *v)
{
    v->low = true;
}

static void
language_sheet(struct kiosk_view *v)
{
    v->under = KIOSK_NUMBER;
}

static void
face(struct kiosk_view *v)
{
    v->hint = KIOSK_HINT_CLOSER;
    v->face_progress = 0.22;
}

static void
face_first(struct kiosk_view *v)
{
    v->hint = KIOSK_HINT_FIT;
    v->frame.rgb = NULL;
}

static void
face_low(struct kiosk_view *v)
{
    face(v);
    v->low = true;
}

static void
face_turn(struct kiosk_view *v)
{
    v->hint = KIOSK_HINT_TURN_LEFT;
    v->face_progress = 0.6;
}

static void
face_again(struct kiosk_view *v)
{
    v->hint = KIOSK_HINT_AGAIN;
    v->tries_left = 2;
    v->size = KIOSK_SIZE_HUGE;
}

static void
checking(struct kiosk_view *v)
{
    v->check = KIOSK_CHECK_COMPARE;
}

static void
checking_slow(struct kiosk_view *v)
{
    v->check = KIOSK_CHECK_TRAINS;
    v->motion_ms = 3500;
}

static void
confirm(struct kiosk_view *v)
{
    set_person(v);
    v->kind = TBC_DOC_CN;
}

static void
confirm_contrast(struct kiosk_view *v)
{
    confirm(v);
    v->contrast = true;
}

static void
confirm_none(struct kiosk_view *v)
{
    confirm(v);
    v->trips_n = 0;
    v->size = KIOSK_SIZE_HUGE;
}

static void
confirm_four(struct kiosk_view *v)
{
    confirm(v);
    v->trips[2] = v->trips[0];
    v->trips[3] = v->trips[1];
    v->trips_n = 4;
}

static void
certificate(struct kiosk_view *v)
{
    set_person(v);
    v->expires = (struct tbc_utc){ v->now.s + TBC_DAY_S - 1 };
    v->qr_text =
        "TBC1:NCFOXN%TS3DH3ZSUZK+.V0ETD%65NL-AH-R6IOO6+IUKRG*I.I5BROCWAAT4V22F/"
        "8X*G3M9JUPY0BX/KR96R/S09T./0LWTKD33236J3TA3M*4VV2 73-E3ND3DAJ-43%*48YI"
        "B73A*G3W19UEBY5:PI0EGSP4*2DN43U*0CEBQ/GXQFY73CIBC:G 7376BXBJBAJ UNFMJC"
        "RN0H3PQN*E33H3OA70M3FMJIJN523.K5QZ4A+2XEN QT QTHC31M3+E32R44$28A9H0D3Z"
        "CL4JMYAZ+S-A5$XKX6T2YC 35H/ITX8GL2-LH/CJTK96L6SR9MU9RFGJA6Q3QR$P2OIC0J"
        "VLA8J3ET3:H3A+2+33U SAAUOT3TPTO4UBZIC0JKQTL*QDKBO.AI9BVYTOCFOPS4IJCOT0"
        "$89NT2V457U8+9W2KQ-7LF9-DF07U$B97JJ1D7WKP/HLIJL8";
    v->seconds_left = 28;
    v->seconds_whole = 30;
    v->has_printer = true;
}

static void
certificate_low(struct kiosk_view *v)
{
    certificate(v);
    v->low = true;
}

static void
certificate_contrast(struct kiosk_view *v)
{
    certificate(v);
    v->contrast = true;
}

static void
certificate_printing(struct kiosk_view *v)
{
    certificate(v);
    v->printing = true;
}

static void
certificate_no_paper(struct kiosk_view *v)
{
    certificate(v);
    v->paper_out = true;
}

static void
certificate_no_printer(struct kiosk_view *v)
{
    certificate(v);
    v->has_printer = false;
}

static void
desk(struct kiosk_view *v)
{
    v->desk_number = 27;
    v->desk_ahead = 2;
    v->seconds_left = 20;
    v->seconds_whole = 30;
}

static void
desk_reason(struct kiosk_view *v)
{
    desk(v);
    v->desk_reason = "face.desk";
    v->desk_number = 0;
    v->desk_ahead = -1;
}

static void
desk_low(struct kiosk_view *v)
{
    desk(v);
    v->desk_reason = "quota.full";
    v->low = true;
}

static void
time_out(struct kiosk_view *v)
{
    v->under = KIOSK_NUMBER;
    v->seconds_left = 14;
    v->seconds_whole = 20;
}

static void
offline(struct kiosk_view *v)
{
    v->offline = true;
}

/* clang-format off */
static const struct example kiosk[] = {
    { "01-attract", KIOSK_ATTRACT, NULL },
    { "01-attract-contrast", KIOSK_ATTRACT, contrast },
    { "02-language", KIOSK_LANGUAGE, language_sheet },
    { "03-consent", KIOSK_CONSENT, NULL },
    { "03-consent-huge-text", KIOSK_CONSENT, huge },
    { "03-consent-gates", KIOSK_CONSENT, gate_faces },
    { "03-consent-gates-huge-text", KIOSK_CONSENT, gate_faces_huge },
    { "03-consent-low", KIOSK_CONSENT, low },
    { "03-consent-small", KIOSK_CONSENT, small },
    { "03-notice", KIOSK_NOTICE, NULL },
    { "03-notice-gates", KIOSK_NOTICE, gate_faces },
    { "03-notice-huge", KIOSK_NOTICE, huge },
    { "04-document", KIOSK_DOCUMENT, NULL },
    { "04-document-huge", KIOSK_DOCUMENT, huge },
    { "04-document-low", KIOSK_DOCUMENT, low },
    { "05-number", KIOSK_NUMBER, number_typing },
    { "05-number-empty", KIOSK_NUMBER, number_empty },
    { "05-number-ready", KIOSK_NUMBER, number_ready },
    { "05-number-error", KIOSK_NUMBER, number_error },
    { "05-number-error-contrast", KIOSK_NUMBER, number_error_contrast },
    { "05-number-low-reach", KIOSK_NUMBER, number_low },
    { "05-number-unknown", KIOSK_NUMBER, number_unknown },
    { "05-number-passport", KIOSK_NUMBER, number_passport },
    { "05-number-passport-error", KIOSK_NUMBER, number_passport_error },
    { "05-number-passport-low", KIOSK_NUMBER, number_passport_low },
    { "05-number-hkm", KIOSK_NUMBER, number_hkm },
    { "05-number-tw", KIOSK_NUMBER, number_tw },
    { "06-face", KIOSK_FACE, face },
    { "06-face-first", KIOSK_FACE, face_first },
    { "06-face-low", KIOSK_FACE, face_low },
    { "06-face-again-huge", KIOSK_FACE, face_again },
    { "07-turn", KIOSK_FACE, face_turn },
    { "08-checking", KIOSK_CHECKING, checking },
    { "08-checking-slow", KIOSK_CHECKING, checking_slow },
    { "09-confirm", KIOSK_CONFIRM, confirm },
    { "09-confirm-contrast", KIOSK_CONFIRM, confirm_contrast },
    { "09-confirm-none-huge", KIOSK_CONFIRM, confirm_none },
    { "09-confirm-four", KIOSK_CONFIRM, confirm_four },
    { "10-certificate", KIOSK_CERTIFICATE, certificate },
    { "10-certificate-low", KIOSK_CERTIFICATE, certificate_low },
    { "10-certificate-contrast", KIOSK_CERTIFICATE, certificate_contrast },
    { "10-certificate-printing", KIOSK_CERTIFICATE, certificate_printing },
    { "10-certificate-no-paper", KIOSK_CERTIFICATE, certificate_no_paper },
    { "10-certificate-no-printer", KIOSK_CERTIFICATE, certificate_no_printer },
    { "11-desk", KIOSK_DESK, desk },
    { "11-desk-reason", KIOSK_DESK, desk_reason },
    { "11-desk-low", KIOSK_DESK, desk_low },
    { "12-time-out", KIOSK_TIME_OUT, time_out },
    { "13-offline", KIOSK_OFFLINE, offline },
    { "14-closed", KIOSK_CLOSED, NULL },
};

static const struct gate_example gate[] = {
    { "1-idle", GATE_FACE_IDLE, TBC_MALFORMED, "" },
    { "1-busy", GATE_FACE_BUSY, TBC_MALFORMED, "" },
    { "1-look", GATE_FACE_LOOK, TBC_MALFORMED, "" },
    { "1-look-en", GATE_FACE_LOOK, TBC_MALFORMED, "en" },
#define X(name, outcome)                                    \
    { #name, GATE_FACE_VERDICT, TBC_##name, "zh" },         \
    { #name "-en", GATE_FACE_VERDICT, TBC_##name, "en" },
    TBC_VERDICT_LIST(X)
#undef X
    { "8-clock-wrong", GATE_FACE_CLOCK_WRONG, TBC_MALFORMED, "" },
    { "8-clock-wrong-en", GATE_FACE_CLOCK_WRONG, TBC_MALFORMED, "en" },
    { "9-fire", GATE_FACE_FIRE_ALARM, TBC_MALFORMED, "" },
    { "9-fire-en", GATE_FACE_FIRE_ALARM, TBC_MALFORMED, "en" },
    { "9-out-of-order", GATE_FACE_OUT_OF_ORDER, TBC_MALFORMED, "" },
};
/* clang-format on */

const struct example *
example_kiosk(size_t *n)
{
    *n = sizeof kiosk / sizeof *kiosk;
    return kiosk;
}

/* A stand-in for the camera: soft light, a head in one blue family, nobody in particular. */
enum {
    CAMERA_W = 480,
    CAMERA_H = 640
};

static bool
in_ellipse(double x, double y, const double e[static 4])
{
    double dx = (x - e[0]) / e[2];
    double dy = (y - e[1]) / e[3];

    return dx * dx + dy * dy <= 1;
}

static uint32_t
camera_colour(double x, double y)
{
    static const double face_e[] = { 240, 345, 112, 150 };
    static const double hair_e[] = { 240, 285, 140, 165 };
    static const double eye_l[] = { 192, 345, 11, 12 };
    static const double eye_r[] = { 288, 345, 11, 12 };
    static const double body_e[] = { 240, 720, 230, 170 };
    static const double neck_e[] = { 240, 500, 52, 90 };

    if (in_ellipse(x, y, eye_l) || in_ellipse(x, y, eye_r)) {
        return 0x22346F;
    }
    if (y > 430 && y < 440 && x > 208 && x < 272) {
        return 0x22346F;
    }
    if (in_ellipse(x, y, face_e) && y > 255 + (x - 240) * (x - 240) / 300) {
        return 0xD5DEF6;
    }
    if (in_ellipse(x, y, hair_e) && y < 420) {
        return 0x22346F;
    }
    return in_ellipse(x, y, body_e)   ? 0x4C68B8
           : in_ellipse(x, y, neck_e) ? 0xB9C6EA
           : x > 330                  ? 0xE4EAF8
           : x < 130                  ? 0xDFE6F6
                                      : 0xEEF2FB;
}

static const uint8_t *
camera(void)
{
    static uint8_t px[CAMERA_W * CAMERA_H * 3];

    if (px[0] == 0) {
        for (int i = 0; i < CAMERA_W * CAMERA_H; i++) {
            int y = i / CAMERA_W;
            uint32_t c = camera_colour(i % CAMERA_W, y);

            px[3 * i] = (uint8_t)(c >> 16);
            px[3 * i + 1] = (uint8_t)(c >> 8);
            px[3 * i + 2] = (uint8_t)c;
        }
    }
    return px;
}

void
example_view(const struct example *e, enum kiosk_language language,
             struct kiosk_view *view)
{
    memset(view, 0, sizeof *view);
    view->screen = e->screen;
    view->language = language;
    view->size = KIOSK_SIZE_NORMAL;
    view->station_zh = "云州南";
    view->station_en = "Yunzhou South";
    view->now = (struct tbc_utc){ NOW_S };
    view->motion_ms = 2000;
    view->desk_ahead = -1;
    view->frame = (struct kiosk_frame){ camera(), CAMERA_W, CAMERA_H, CAMERA_W * 3 };
    if (e->dress != NULL) {
        e->dress(view);
    }
}

const struct gate_example *
example_gate(size_t *n)
{
    *n = sizeof gate / sizeof *gate;
    return gate;
}

void
example_gate_view(const struct gate_example *e, struct gate_view *view)
{
    static struct tbc_trip trip;

    set_trip(&trip, "G1207", "05-12F", NOW_S + 11 * 60, false);
    *view = (struct gate_view){
        .face = e->face,
        .verdict = e->verdict,
        .offline = e->verdict == TBC_ACCEPTED_OFFLINE,
        .now = { NOW_S },
        .time = { NOW_S - 29 * 60 },
        .trip = &trip,
        .desk_zh = "3 号人工通道，左边 20 米",
        .desk_en = "staffed gate 3, 20 m left",
        .station_zh = "云州南",
        .station_en = "Yunzhou South",
        .passed_n = 12345,
        .motion_ms = 400,
    };
    text(view->language, sizeof view->language, e->language);
}
