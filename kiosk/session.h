/* Everything the kiosk knows about the passenger, in one place, so that it can be forgotten at
 * once.  Pure: no clock, no file; the pictures are the only bytes outside the struct and are
 * wiped with it. */
#ifndef KIOSK_SESSION_H
#define KIOSK_SESSION_H

#include "codec/wire.h"
#include "flow.h"

#define KIOSK_FRAMES_MAX TBC_WIRE_FRAMES_MAX
#define KIOSK_LOG_BYTES  8  /* of the root hash */
#define KIOSK_LOG_MAX    37 /* 20 digits, a space, 16 digits */

struct kiosk_session {
    enum kiosk_language language;
    enum kiosk_size size;
    bool contrast;
    bool low;
    int page;

    enum tbc_doc_kind kind;
    char number[TBC_NUMBER_MAX + 1]; /* as typed so far */
    enum tbc_doc_fault fault;
    bool unknown; /* the roster does not know the number */

    struct tbc_buf frames[KIOSK_FRAMES_MAX]; /* JPEG, best first */
    size_t frames_n;
    enum tbc_assurance assurance; /* the liveness that was applied to them */
    bool gate_faces; /* the consent screen says that gates compare faces too */
    bool again;      /* the last face check failed and is repeated */

    struct tbc_apply_reply applied;
    uint64_t score; /* of the last comparison, cosine x 1000 */

    char qr_text[TBC_QR_TEXT_MAX + 1];
    struct tbc_utc issued;
    char log[KIOSK_LOG_MAX +
             1]; /* the station's newest checkpoint, for the slip; "": none */
    struct tbc_utc expires;
    bool printing;
    bool paper_out;

    int desk_number;
    const char *desk_reason; /* word key or NULL */
};

/* { 0 } is not the empty session: the language and size have defaults. */
void kiosk_session_init(struct kiosk_session *session);

/* Wipe every byte, pictures too, and start anew. */
void kiosk_session_wipe(struct kiosk_session *session);

/* KEY (arg: the character), BACKSPACE or CLEAR on the number.  A character that no such document
 * can have at that place is not taken: false.  today: the railway's day. */
bool kiosk_session_edit(struct kiosk_session *session, enum kiosk_event event, int arg,
                        int64_t today);
/* Another kind begins a new number; the same keeps it. */
void kiosk_session_set_kind(struct kiosk_session *session, enum tbc_doc_kind kind,
                            int64_t today);

/* SIZE, CONTRAST, LOW; PAGE_UP and PAGE_DOWN within pages. */
void kiosk_session_tool(struct kiosk_session *session, enum kiosk_event event);
void kiosk_session_turn_page(struct kiosk_session *session, enum kiosk_event event,
                             int pages);

/* Remember what an event means for the screens: a reason for the desk, a printer's answer. */
void kiosk_session_note(struct kiosk_session *session, enum kiosk_event event);

/* Drop the pictures of the face. */
void kiosk_session_drop_frames(struct kiosk_session *session);

/* The APPLY of what was typed and taken; borrows the pictures. */
void kiosk_session_apply(const struct kiosk_session *session, struct tbc_apply *apply);

/* Take the certificate of an answer.  ERR_LIMIT, ERR_MALFORMED: it is none. */
enum tbc_err kiosk_session_take(struct kiosk_session *session,
                                const struct tbc_issue_reply *reply) TBC_MUST_CHECK;

/* What the screens show of session and flow.  The shell adds station, clock, camera, finger. */
void
kiosk_session_view(const struct kiosk_session *session, const struct kiosk_flow *flow,
                   struct tbc_mono now, struct kiosk_view *view);

#endif
