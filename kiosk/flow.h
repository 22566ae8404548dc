/* The passenger's way through the kiosk: a table of edges and one pure step.
 *
 * Screens, timers, camera and network speak in events (event.h); the step says what follows as a
 * set of actions that the shell carries out.  Nothing here reads a clock or knows a passenger:
 * the session holds what was typed, the flow only whether it is complete. */
#ifndef KIOSK_FLOW_H
#define KIOSK_FLOW_H

#include "event.h"
#include "view.h"

/* One state for each screen, and ISSUING: the passenger has confirmed, the answer is awaited.
 * LANGUAGE and TIME_OUT lie over another state, `under`, and give way to it. */
#define KIOSK_STATE_LIST(X) \
    X(ATTRACT)              \
    X(CONSENT)              \
    X(NOTICE)               \
    X(DOCUMENT)             \
    X(NUMBER)               \
    X(FACE)                 \
    X(CHECKING)             \
    X(CONFIRM)              \
    X(ISSUING)              \
    X(CERTIFICATE)          \
    X(DESK)                 \
    X(OFFLINE)              \
    X(CLOSED)               \
    X(LANGUAGE)             \
    X(TIME_OUT)

enum kiosk_state {
#define X(name) FLOW_##name,
    KIOSK_STATE_LIST(X)
#undef X
    FLOW_STATE_N,
    FLOW_STAY = FLOW_STATE_N, /* in the table: the state does not change */
    FLOW_UNDER,               /* in the table: what lies below comes back */
};

/* What the shell is to do, in this order. */
#define KIOSK_ACT_LIST(X)                                              \
    X(HANG_UP) /* drop the request that is under way */                \
    X(CAMERA_OFF)                                                      \
    X(WIPE)         /* forget everything about the passenger */        \
    X(SET_LANGUAGE) /* the event's argument */                         \
    X(SET_KIND)     /* the event's argument; another kind clears */    \
    X(EDIT)         /* KEY, BACKSPACE, CLEAR on the number */          \
    X(CLEAR)        /* the number is typed anew */                     \
    X(UNKNOWN)      /* say that the roster does not know the number */ \
    X(TOOL)         /* size, contrast, low, speak */                   \
    X(PAGE)         /* page up, page down */                           \
    X(COUNT_TRY)    /* one face check of few is used up */             \
    X(COUNT_MORE)   /* one "more time" of few is used up */            \
    X(KEEP_FRAMES)  /* take over the pictures of the capture */        \
    X(CAMERA_ON)                                                       \
    X(APPLY)                                                           \
    X(ISSUE)                                                           \
    X(PRINT)                                                           \
    X(DESK_SLIP) /* a number for the staffed desk, on paper */

enum kiosk_act_bit {
#define X(name) KIOSK_ACT_BIT_##name,
    KIOSK_ACT_LIST(X)
#undef X
    KIOSK_ACT_N
};

enum kiosk_act {
    KIOSK_ACT_NOTHING = 0,
#define X(name) KIOSK_ACT_##name = 1 << KIOSK_ACT_BIT_##name,
    KIOSK_ACT_LIST(X)
#undef X
};

#define KIOSK_MORE_MAX   10    /* "more time", WCAG 2.2.1 */
#define KIOSK_IDLE_MS    45000 /* without a touch: the warning */
#define KIOSK_WARNING_MS 20000 /* the warning's own life */
#define KIOSK_FINISHED_MS \
    30000                    /* certificate, desk; closed: the camera is tried again */
#define KIOSK_QUIET_MS  1000 /* a button rests so long when no answer comes */
#define KIOSK_SETTLE_MS 250  /* a new screen does not take the last one's double tap */
#define KIOSK_ISSUING_CALM_MS \
    1000 /* before the confirm screen gives way to "checking" */

struct kiosk_flow {
    enum kiosk_state state;
    enum kiosk_state under;   /* LANGUAGE, TIME_OUT: what lies below */
    struct tbc_mono since;    /* this state came */
    struct tbc_mono touched;  /* the last touch, or sign of life */
    struct tbc_mono settled;  /* touches before this are the last screen's */
    struct tbc_mono quiet_to; /* a touch is being served */

    /* Facts that edges depend on. */
    bool offline;
    bool captured;    /* good pictures of the face are at hand */
    bool number_fine; /* kept by the shell after each edit */
    int tries;        /* face checks in a session, from the policy */
    int tries_left;
    int more_left;
};

/* At the attract screen.  tries: failed face checks before the staffed desk, at least 1. */
void kiosk_flow_init(struct kiosk_flow *flow, int tries, struct tbc_mono now);

/* Take one event.  Returns a set of enum kiosk_act.  Every event is allowed in every state. */
unsigned
kiosk_flow_step(struct kiosk_flow *flow, enum kiosk_event event, struct tbc_mono now);

/* IDLE or EXPIRED when time has brought one about; NONE otherwise. */
enum kiosk_event kiosk_flow_due(const struct kiosk_flow *flow, struct tbc_mono now);

/* Whole seconds, rounded up, until the countdown of this state ends, and its length; 0 and 0
 * where nothing counts down. */
int kiosk_flow_left(const struct kiosk_flow *flow, struct tbc_mono now, int *whole);

/* True while touches are not taken. */
bool kiosk_flow_is_quiet(const struct kiosk_flow *flow, struct tbc_mono now);

/* The screen of a state at that time. */
enum kiosk_screen kiosk_flow_screen(const struct kiosk_flow *flow, struct tbc_mono now);

/* True for the events that a finger brings about. */
bool kiosk_event_is_touch(enum kiosk_event event);

/* "NUMBER_UNKNOWN", "CHECKING": for the script and its lines. */
const char *kiosk_event_name(enum kiosk_event event);
const char *kiosk_state_name(enum kiosk_state state);
const char *kiosk_screen_name(enum kiosk_screen screen);

/* The table, for the tests that walk it. */
enum kiosk_when {
    KIOSK_ALWAYS,
    KIOSK_ONLINE,
    KIOSK_AWAY, /* the server does not answer */
    KIOSK_HAS_FRAMES,
    KIOSK_NO_FRAMES,
    KIOSK_NUMBER_FINE,
    KIOSK_NUMBER_OPEN, /* not complete, or wrong */
    KIOSK_TRIES_LEFT,
    KIOSK_LAST_TRY,
    KIOSK_MORE_LEFT,
    KIOSK_NO_MORE,
};

struct kiosk_edge {
    unsigned in; /* set of 1 << enum kiosk_state */
    enum kiosk_event on;
    enum kiosk_when when;
    enum kiosk_state to; /* or FLOW_STAY, FLOW_UNDER */
    unsigned then;       /* set of enum kiosk_act */
};

const struct kiosk_edge *kiosk_flow_edges(size_t *n);
bool kiosk_flow_holds(const struct kiosk_flow *flow, enum kiosk_when when);

#endif
