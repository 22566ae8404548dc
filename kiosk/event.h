/* What can happen at a kiosk.  Screens, timers, camera and network all speak in these; only
 * flow.c (table and pure step) decides what follows. */
#ifndef KIOSK_EVENT_H
#define KIOSK_EVENT_H

#define KIOSK_EVENT_LIST(X)                                                            \
    /* a touch; arg in brackets */                                                     \
    X(LANGUAGE) /* [enum kiosk_language] chosen on attract or on the language sheet */ \
    X(AGREE)    /* consent given */                                                    \
    X(REFUSE)   /* consent refused: the staffed desk */                                \
    X(NOTICE)   /* read the full notice */                                             \
    X(OTHER)    /* another kind of document */                                         \
    X(KIND)     /* [enum tbc_doc_kind] */                                              \
    X(KEY)      /* [character] typed */                                                \
    X(BACKSPACE)                                                                       \
    X(CLEAR)                                                                           \
    X(NEXT)                                                                            \
    X(BACK)                                                                            \
    X(DESK)                                                                            \
    X(CONFIRM) /* yes, this is me */                                                   \
    X(NOT_ME)                                                                          \
    X(PRINT)                                                                           \
    X(DONE)                                                                            \
    X(MORE_TIME)                                                                       \
    X(END)   /* end and clear, on the time-out warning */                              \
    X(SHEET) /* open the language sheet */                                             \
    X(SIZE)                                                                            \
    X(CONTRAST)                                                                        \
    X(LOW)                                                                             \
    X(SPEAK)                                                                           \
    X(PAGE_UP)                                                                         \
    X(PAGE_DOWN)                                                                       \
    /* time */                                                                         \
    X(IDLE)    /* no touch for idle_warn */                                            \
    X(EXPIRED) /* the warning, the finished screen or the desk screen ran out */       \
    /* camera */                                                                       \
    X(CAPTURED) /* enough good frames */                                               \
    X(CAMERA_LOST)                                                                     \
    /* the server's answers */                                                         \
    X(APPLIED)                                                                         \
    X(FACE_AGAIN)                                                                      \
    X(FACE_REFUSED)                                                                    \
    X(NUMBER_UNKNOWN)                                                                  \
    X(QUOTA)                                                                           \
    X(GUARDIAN) /* a guardian's consent is wanted: the staffed desk */                 \
    X(ISSUED)                                                                          \
    X(LAPSED) /* confirmed too late: the question is put again */                      \
    X(FAILED) /* an answer that ends this try: the staffed desk */                     \
    X(UNREACHABLE)                                                                     \
    X(REACHABLE)                                                                       \
    /* devices */                                                                      \
    X(PRINTED)                                                                         \
    X(PAPER_OUT)

enum kiosk_event {
    KIOSK_EV_NONE,
#define X(name) KIOSK_EV_##name,
    KIOSK_EVENT_LIST(X)
#undef X
    KIOSK_EV_N
};

#endif
