#include "session.h"

#include "base/text.h"
#include "codec/token.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define CHECK_PHOTO_MS   350 /* the first of three steps has been taken by the camera */
#define CHECK_COMPARE_MS 1200 /* then trains are looked for */

void
kiosk_session_init(struct kiosk_session *session)
{
    *session = (struct kiosk_session){
        .language = KIOSK_ZH,
        .size = KIOSK_SIZE_NORMAL,
        .kind = TBC_DOC_CN,
        .fault = TBC_DOC_TOO_SHORT,
        .assurance = TBC_ASSURANCE_PASSIVE,
    };
}

void
kiosk_session_drop_frames(struct kiosk_session *session)
{
    for (size_t i = 0; i < KIOSK_FRAMES_MAX; i++) {
        tbc_buf_fini(&session->frames[i]);
    }
    session->frames_n = 0;
}

void
kiosk_session_wipe(struct kiosk_session *session)
{
    kiosk_session_drop_frames(session);
    tbc_wipe(session, sizeof *session);
    kiosk_session_init(session);
}

static enum tbc_doc_fault
judge(const struct kiosk_session *session, const char *number, int64_t today)
{
    struct tbc_doc doc;
    enum tbc_doc_fault fault =
        tbc_doc_judge(session->kind, tbc_span_str(number), today, &doc, NULL);

    tbc_wipe(&doc, sizeof doc);
    return fault;
}

static bool
type_letter(struct kiosk_session *session, int letter, int64_t today)
{
    char longer[TBC_NUMBER_MAX + 2] = { 0 };
    size_t len = strlen(session->number);
    enum tbc_doc_fault fault;
    bool fits;

    if (letter <= ' ' || letter > '~' || len >= TBC_NUMBER_MAX) {
        return false;
    }
    memcpy(longer, session->number, len);
    longer[len] = (char)letter;
    fault = judge(session, longer, today);
    fits = fault != TBC_DOC_TOO_LONG && fault != TBC_DOC_BAD_LETTER;
    if (fits) {
        memcpy(session->number, longer, sizeof session->number);
        session->fault = fault;
    }
    tbc_wipe(longer, sizeof longer);
    return fits;
}

bool
kiosk_session_edit(struct kiosk_session *session, enum kiosk_event event, int arg,
                   int64_t today)
{
    size_t len = strlen(session->number);

    session->unknown = false;
    if (event == KIOSK_EV_KEY) {
        return type_letter(session, arg, today);
    }
    if (event == KIOSK_EV_CLEAR) {
        tbc_wipe(session->number, sizeof session->number);
    } else if (len > 0) {
        session->number[len - 1] = '\0';
    }
    session->fault = judge(session, session->number, today);
    return true;
}

void
kiosk_session_set_kind(struct kiosk_session *session, enum tbc_doc_kind kind,
                       int64_t today)
{
    if (kind == session->kind) {
        return;
    }
    session->kind = kind;
    (void)kiosk_session_edit(session, KIOSK_EV_CLEAR, 0, today);
}

void
kiosk_session_tool(struct kiosk_session *session, enum kiosk_event event)
{
    if (event == KIOSK_EV_SIZE) {
        session->size = session->size == KIOSK_SIZE_HUGE
                            ? KIOSK_SIZE_SMALL
                            : (enum kiosk_size)(session->size + 1);
        session->page = 0;
    } else if (event == KIOSK_EV_CONTRAST) {
        session->contrast = !session->contrast;
    } else if (event == KIOSK_EV_LOW) {
        session->low = !session->low;
        session->page = 0;
    }
}

void
kiosk_session_turn_page(struct kiosk_session *session, enum kiosk_event event,
                        int pages)
{
    if (event == KIOSK_EV_PAGE_UP && session->page > 0) {
        session->page--;
    } else if (event == KIOSK_EV_PAGE_DOWN && session->page + 1 < pages) {
        session->page++;
    }
}

void
kiosk_session_note(struct kiosk_session *session, enum kiosk_event event)
{
    if (event == KIOSK_EV_FACE_REFUSED || event == KIOSK_EV_FACE_AGAIN) {
        session->desk_reason = "face.desk";
        session->again = true;
    } else if (event == KIOSK_EV_QUOTA) {
        session->desk_reason = "quota.full";
    } else if (event == KIOSK_EV_NUMBER_UNKNOWN) {
        session->unknown = true;
    } else if (event == KIOSK_EV_APPLIED) {
        session->again = false;
        session->desk_reason = NULL;
    } else if (event == KIOSK_EV_PRINT) {
        session->printing = true;
        session->paper_out = false;
    } else if (event == KIOSK_EV_PRINTED) {
        session->paper_out = false;
    } else if (event == KIOSK_EV_PAPER_OUT) {
        session->printing = false;
        session->paper_out = true;
    }
}

void
kiosk_session_apply(const struct kiosk_session *session, struct tbc_apply *apply)
{
    *apply = (struct tbc_apply){
        .kind = session->kind,
        .assurance = session->assurance,
        .frames_n = session->frames_n,
        .gate_face = session->gate_faces,
    };
    memcpy(apply->number, session->number, sizeof apply->number);
    (void)snprintf(apply->language, sizeof apply->language, "%s",
                   session->language == KIOSK_EN ? "en" : "zh");
    for (size_t i = 0; i < session->frames_n; i++) {
        apply->frames[i] = tbc_buf_span(&session->frames[i]);
    }
}

/* Size and the first bytes of the root: enough to hold a whole checkpoint against later. */
static void
put_log(struct kiosk_session *session, const struct tbc_issue_reply *reply)
{
    struct tbc_buf hex = { 0 };

    session->log[0] = '\0';
    if (reply->log_size > 0 && reply->log_root.len >= KIOSK_LOG_BYTES &&
        tbc_hex_encode(tbc_span_sub(reply->log_root, 0, KIOSK_LOG_BYTES), &hex) ==
            TBC_OK) {
        (void)snprintf(session->log, sizeof session->log, "%" PRIu64 " %s",
                       reply->log_size, tbc_buf_str(&hex));
    }
    tbc_buf_fini(&hex);
}

enum tbc_err
kiosk_session_take(struct kiosk_session *session, const struct tbc_issue_reply *reply)
{
    struct tbc_buf text;
    enum tbc_err err;

    session->qr_text[0] = '\0';
    if (reply->certificate.len == 0) {
        return TBC_ERR_MALFORMED;
    }
    tbc_buf_init_fixed(&text, session->qr_text, sizeof session->qr_text);
    if ((err = tbc_token_encode(reply->certificate, &text)) != TBC_OK ||
        (err = tbc_buf_append_u8(&text, '\0')) != TBC_OK) {
        session->qr_text[0] = '\0';
        return err;
    }
    session->issued = reply->issued;
    session->expires = reply->expires;
    put_log(session, reply);
    return TBC_OK;
}

static enum kiosk_check
check_of(const struct kiosk_flow *flow, int64_t motion_ms)
{
    if (flow->state == FLOW_ISSUING || motion_ms >= CHECK_COMPARE_MS) {
        return KIOSK_CHECK_TRAINS;
    }
    return motion_ms < CHECK_PHOTO_MS ? KIOSK_CHECK_PHOTO : KIOSK_CHECK_COMPARE;
}

static void
view_answer(const struct kiosk_session *session, struct kiosk_view *view)
{
    const struct tbc_apply_reply *applied = &session->applied;
    bool latin = session->language != KIOSK_ZH && applied->latin[0] != '\0';

    memcpy(view->masked_name, latin ? applied->latin : applied->name,
           sizeof view->masked_name);
    memcpy(view->masked_number, applied->number, sizeof view->masked_number);
    for (size_t i = 0; i < applied->trips_n && i < KIOSK_TRIPS_MAX; i++) {
        view->trips[view->trips_n++] = applied->trips[i];
    }
}

void
kiosk_session_view(const struct kiosk_session *session, const struct kiosk_flow *flow,
                   struct tbc_mono now, struct kiosk_view *view)
{
    struct kiosk_flow below = *flow;
    int64_t motion_ms = now.ms - flow->since.ms;

    below.state = flow->under;
    *view = (struct kiosk_view){
        .screen = kiosk_flow_screen(flow, now),
        .under = kiosk_flow_screen(&below, now),
        .language = session->language,
        .size = session->size,
        .contrast = session->contrast,
        .low = session->low,
        .offline = flow->offline,
        .quiet = flow->state == FLOW_ISSUING || now.ms < flow->quiet_to.ms,
        .page = session->page,
        .motion_ms = motion_ms,
        .kind = session->kind,
        .number_fault = session->fault,
        .number_unknown = session->unknown,
        .gate_faces = session->gate_faces,
        .hint = session->again ? KIOSK_HINT_AGAIN : KIOSK_HINT_FIT,
        .tries_left = flow->tries_left,
        .check = check_of(flow, motion_ms),
        .qr_text = session->qr_text,
        .expires = session->expires,
        .printing = session->printing,
        .paper_out = session->paper_out,
        .desk_number = session->desk_number,
        .desk_ahead = -1,
        .desk_reason = session->desk_reason,
    };
    memcpy(view->number, session->number, sizeof view->number);
    view->seconds_left = kiosk_flow_left(flow, now, &view->seconds_whole);
    view_answer(session, view);
}
