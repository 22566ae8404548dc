#include "flow.h"

#define COUNT(a) (sizeof(a) / sizeof *(a))
#define IN(name) (1u << FLOW_##name)

/* Sets of states that share an answer. */
#define ANYWHERE ((1u << FLOW_STATE_N) - 1u)
#define OVERLAYS (IN(LANGUAGE) | IN(TIME_OUT))
#define GROUND   (ANYWHERE & ~OVERLAYS) /* where answers and devices are heard */
#define WAITING  (IN(CHECKING) | IN(ISSUING))
#define ASKING                                                                       \
    (IN(CONSENT) | IN(NOTICE) | IN(DOCUMENT) | IN(NUMBER) | IN(FACE) | IN(CONFIRM) | \
     IN(OFFLINE))
#define BUSY     (ASKING | WAITING) /* a passenger is on the way */
#define FINISHED (IN(CERTIFICATE) | IN(DESK))
#define LATER    (BUSY | FINISHED) /* screens with the language tool */

/* Sets of actions. */
#define NOTHING KIOSK_ACT_NOTHING
#define STOP    ((unsigned)KIOSK_ACT_HANG_UP | KIOSK_ACT_CAMERA_OFF)
#define GOODBYE (STOP | KIOSK_ACT_WIPE)
#define TO_DESK (STOP | KIOSK_ACT_DESK_SLIP)
#define LOOK    KIOSK_ACT_CAMERA_ON
#define ASK     ((unsigned)KIOSK_ACT_CAMERA_OFF | KIOSK_ACT_APPLY)

#define EV(name)   KIOSK_EV_##name
#define WHEN(name) KIOSK_##name
#define DO(name)   KIOSK_ACT_##name
#define TO(name)   FLOW_##name

/* For each state and event exactly one row holds.  A row to STAY that does NOTHING says: known,
 * and without meaning here. */
/* clang-format off */
static const struct kiosk_edge edges[] = {
    /* in                          on               when                to               then */

    /* language */
    { IN(ATTRACT),                 EV(LANGUAGE),    WHEN(ALWAYS),       TO(CONSENT),     DO(SET_LANGUAGE) },
    { IN(LANGUAGE),                EV(LANGUAGE),    WHEN(ALWAYS),       TO(UNDER),       DO(SET_LANGUAGE) },
    { ANYWHERE & ~(IN(ATTRACT) | IN(LANGUAGE)),
                                   EV(LANGUAGE),    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { LATER,                       EV(SHEET),       WHEN(ALWAYS),       TO(LANGUAGE),    NOTHING },
    { IN(LANGUAGE),                EV(SHEET),       WHEN(ALWAYS),       TO(UNDER),       NOTHING },
    { IN(ATTRACT) | IN(CLOSED) | IN(TIME_OUT),
                                   EV(SHEET),       WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* consent */
    { IN(CONSENT) | IN(NOTICE),    EV(AGREE),       WHEN(ONLINE),       TO(NUMBER),      NOTHING },
    { IN(CONSENT) | IN(NOTICE),    EV(AGREE),       WHEN(AWAY),         TO(OFFLINE),     NOTHING },
    { ANYWHERE & ~(IN(CONSENT) | IN(NOTICE)),
                                   EV(AGREE),       WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CONSENT) | IN(NOTICE),    EV(REFUSE),      WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { ANYWHERE & ~(IN(CONSENT) | IN(NOTICE)),
                                   EV(REFUSE),      WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CONSENT),                 EV(NOTICE),      WHEN(ALWAYS),       TO(NOTICE),      NOTHING },
    { ANYWHERE & ~IN(CONSENT),     EV(NOTICE),      WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* document and number */
    { IN(NUMBER),                  EV(OTHER),       WHEN(ALWAYS),       TO(DOCUMENT),    NOTHING },
    { ANYWHERE & ~IN(NUMBER),      EV(OTHER),       WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(DOCUMENT),                EV(KIND),        WHEN(ALWAYS),       TO(NUMBER),      DO(SET_KIND) },
    { ANYWHERE & ~IN(DOCUMENT),    EV(KIND),        WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(NUMBER),                  EV(KEY),         WHEN(ALWAYS),       TO(STAY),        DO(EDIT) },
    { ANYWHERE & ~IN(NUMBER),      EV(KEY),         WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(NUMBER),                  EV(BACKSPACE),   WHEN(ALWAYS),       TO(STAY),        DO(EDIT) },
    { ANYWHERE & ~IN(NUMBER),      EV(BACKSPACE),   WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(NUMBER),                  EV(CLEAR),       WHEN(ALWAYS),       TO(STAY),        DO(EDIT) },
    { ANYWHERE & ~IN(NUMBER),      EV(CLEAR),       WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(NUMBER),                  EV(NEXT),        WHEN(NUMBER_FINE),  TO(FACE),        LOOK },
    { IN(NUMBER),                  EV(NEXT),        WHEN(NUMBER_OPEN),  TO(STAY),        NOTHING },
    { IN(OFFLINE),                 EV(NEXT),        WHEN(NO_FRAMES),    TO(NUMBER),      NOTHING },
    { IN(OFFLINE),                 EV(NEXT),        WHEN(HAS_FRAMES),   TO(DESK),        TO_DESK },
    { ANYWHERE & ~(IN(NUMBER) | IN(OFFLINE)),
                                   EV(NEXT),        WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* back: what was typed is kept */
    { IN(CONSENT),                 EV(BACK),        WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { IN(NOTICE),                  EV(BACK),        WHEN(ALWAYS),       TO(CONSENT),     NOTHING },
    { IN(DOCUMENT),                EV(BACK),        WHEN(ALWAYS),       TO(NUMBER),      NOTHING },
    { IN(NUMBER),                  EV(BACK),        WHEN(ALWAYS),       TO(CONSENT),     NOTHING },
    { IN(FACE) | IN(CHECKING) | IN(CONFIRM),
                                   EV(BACK),        WHEN(ALWAYS),       TO(NUMBER),      STOP },
    { IN(OFFLINE),                 EV(BACK),        WHEN(NO_FRAMES),    TO(CONSENT),     NOTHING },
    { IN(OFFLINE),                 EV(BACK),        WHEN(HAS_FRAMES),   TO(NUMBER),      NOTHING },
    { IN(DESK),                    EV(BACK),        WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { IN(LANGUAGE),                EV(BACK),        WHEN(ALWAYS),       TO(UNDER),       NOTHING },
    { IN(ATTRACT) | IN(ISSUING) | IN(CERTIFICATE) | IN(CLOSED) | IN(TIME_OUT),
                                   EV(BACK),        WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* the staffed desk, from everywhere but the one question "more time?" */
    { ANYWHERE & ~(IN(DESK) | IN(TIME_OUT)),
                                   EV(DESK),        WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { IN(DESK) | IN(TIME_OUT),     EV(DESK),        WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* confirm, certificate */
    { IN(CONFIRM),                 EV(CONFIRM),     WHEN(ALWAYS),       TO(ISSUING),     DO(ISSUE) },
    { ANYWHERE & ~IN(CONFIRM),     EV(CONFIRM),     WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CONFIRM),                 EV(NOT_ME),      WHEN(ALWAYS),       TO(NUMBER),      STOP | DO(CLEAR) },
    { ANYWHERE & ~IN(CONFIRM),     EV(NOT_ME),      WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CERTIFICATE),             EV(PRINT),       WHEN(ALWAYS),       TO(STAY),        DO(PRINT) },
    { ANYWHERE & ~IN(CERTIFICATE), EV(PRINT),       WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { FINISHED,                    EV(DONE),        WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { IN(NOTICE),                  EV(DONE),        WHEN(ALWAYS),       TO(CONSENT),     NOTHING },
    { IN(LANGUAGE),                EV(DONE),        WHEN(ALWAYS),       TO(UNDER),       NOTHING },
    { ANYWHERE & ~(FINISHED | IN(NOTICE) | IN(LANGUAGE)),
                                   EV(DONE),        WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* time */
    { BUSY | IN(LANGUAGE),         EV(IDLE),        WHEN(ALWAYS),       TO(TIME_OUT),    NOTHING },
    { IN(ATTRACT),                 EV(IDLE),        WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { FINISHED | IN(CLOSED) | IN(TIME_OUT),
                                   EV(IDLE),        WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { FINISHED | IN(CLOSED) | IN(TIME_OUT),
                                   EV(EXPIRED),     WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { BUSY | IN(ATTRACT) | IN(LANGUAGE),
                                   EV(EXPIRED),     WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(TIME_OUT),                EV(MORE_TIME),   WHEN(MORE_LEFT),    TO(UNDER),       DO(COUNT_MORE) },
    { IN(TIME_OUT),                EV(MORE_TIME),   WHEN(NO_MORE),      TO(DESK),        TO_DESK },
    { ANYWHERE & ~IN(TIME_OUT),    EV(MORE_TIME),   WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { FINISHED | IN(TIME_OUT),     EV(END),         WHEN(ALWAYS),       TO(ATTRACT),     GOODBYE },
    { ANYWHERE & ~(FINISHED | IN(TIME_OUT)),
                                   EV(END),         WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* tools */
    { ANYWHERE & ~IN(TIME_OUT),    EV(SIZE),        WHEN(ALWAYS),       TO(STAY),        DO(TOOL) },
    { IN(TIME_OUT),                EV(SIZE),        WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { ANYWHERE & ~IN(TIME_OUT),    EV(CONTRAST),    WHEN(ALWAYS),       TO(STAY),        DO(TOOL) },
    { IN(TIME_OUT),                EV(CONTRAST),    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { ANYWHERE & ~IN(TIME_OUT),    EV(LOW),         WHEN(ALWAYS),       TO(STAY),        DO(TOOL) },
    { IN(TIME_OUT),                EV(LOW),         WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { ANYWHERE,                    EV(SPEAK),       WHEN(ALWAYS),       TO(STAY),        DO(TOOL) },
    { ANYWHERE,                    EV(PAGE_UP),     WHEN(ALWAYS),       TO(STAY),        DO(PAGE) },
    { ANYWHERE,                    EV(PAGE_DOWN),   WHEN(ALWAYS),       TO(STAY),        DO(PAGE) },

    /* camera */
    { IN(FACE),                    EV(CAPTURED),    WHEN(ONLINE),       TO(CHECKING),    DO(KEEP_FRAMES) | ASK },
    { IN(FACE),                    EV(CAPTURED),    WHEN(AWAY),         TO(DESK),        DO(KEEP_FRAMES) | TO_DESK },
    { GROUND & ~IN(FACE),          EV(CAPTURED),    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(FACE),                    EV(CAMERA_LOST), WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { IN(ATTRACT),                 EV(CAMERA_LOST), WHEN(ALWAYS),       TO(CLOSED),      GOODBYE },
    { GROUND & ~(IN(FACE) | IN(ATTRACT)),
                                   EV(CAMERA_LOST), WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* the server's answers; FACE_AGAIN is also the capture's own doubt */
    { IN(CHECKING),                EV(APPLIED),     WHEN(ALWAYS),       TO(CONFIRM),     NOTHING },
    { GROUND & ~IN(CHECKING),      EV(APPLIED),     WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CHECKING) | IN(FACE),     EV(FACE_AGAIN),  WHEN(TRIES_LEFT),   TO(FACE),        DO(COUNT_TRY) | LOOK },
    { IN(CHECKING) | IN(FACE),     EV(FACE_AGAIN),  WHEN(LAST_TRY),     TO(DESK),        DO(COUNT_TRY) | TO_DESK },
    { GROUND & ~(IN(CHECKING) | IN(FACE)),
                                   EV(FACE_AGAIN),  WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CHECKING),                EV(FACE_REFUSED),
                                                    WHEN(TRIES_LEFT),   TO(FACE),        DO(COUNT_TRY) | LOOK },
    { IN(CHECKING),                EV(FACE_REFUSED),
                                                    WHEN(LAST_TRY),     TO(DESK),        DO(COUNT_TRY) | TO_DESK },
    { GROUND & ~IN(CHECKING),      EV(FACE_REFUSED),
                                                    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(CHECKING),                EV(NUMBER_UNKNOWN),
                                                    WHEN(ALWAYS),       TO(NUMBER),      DO(UNKNOWN) },
    { GROUND & ~IN(CHECKING),      EV(NUMBER_UNKNOWN),
                                                    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { WAITING,                     EV(QUOTA),       WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { GROUND & ~WAITING,           EV(QUOTA),       WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { WAITING,                     EV(GUARDIAN),    WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { GROUND & ~WAITING,           EV(GUARDIAN),    WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(ISSUING),                 EV(ISSUED),      WHEN(ALWAYS),       TO(CERTIFICATE), NOTHING },
    { GROUND & ~IN(ISSUING),       EV(ISSUED),      WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(ISSUING),                 EV(LAPSED),      WHEN(ALWAYS),       TO(CHECKING),    ASK },
    { GROUND & ~IN(ISSUING),       EV(LAPSED),      WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { WAITING,                     EV(FAILED),      WHEN(ALWAYS),       TO(DESK),        TO_DESK },
    { GROUND & ~WAITING,           EV(FAILED),      WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { WAITING,                     EV(UNREACHABLE), WHEN(ALWAYS),       TO(OFFLINE),     DO(HANG_UP) },
    { GROUND & ~WAITING,           EV(UNREACHABLE), WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { IN(OFFLINE),                 EV(REACHABLE),   WHEN(HAS_FRAMES),   TO(CHECKING),    ASK },
    { IN(OFFLINE),                 EV(REACHABLE),   WHEN(NO_FRAMES),    TO(NUMBER),      NOTHING },
    { GROUND & ~IN(OFFLINE),       EV(REACHABLE),   WHEN(ALWAYS),       TO(STAY),        NOTHING },

    /* printer: the session remembers, the way does not change */
    { GROUND,                      EV(PRINTED),     WHEN(ALWAYS),       TO(STAY),        NOTHING },
    { GROUND,                      EV(PAPER_OUT),   WHEN(ALWAYS),       TO(STAY),        NOTHING },
};
/* clang-format on */

const struct kiosk_edge *
kiosk_flow_edges(size_t *n)
{
    *n = COUNT(edges);
    return edges;
}

bool
kiosk_flow_holds(const struct kiosk_flow *flow, enum kiosk_when when)
{
    switch (when) {
    case KIOSK_ALWAYS:
        return true;
    case KIOSK_ONLINE:
        return !flow->offline;
    case KIOSK_AWAY:
        return flow->offline;
    case KIOSK_HAS_FRAMES:
        return flow->captured;
    case KIOSK_NO_FRAMES:
        return !flow->captured;
    case KIOSK_NUMBER_FINE:
        return flow->number_fine;
    case KIOSK_NUMBER_OPEN:
        return !flow->number_fine;
    case KIOSK_TRIES_LEFT:
        return flow->tries_left > 1;
    case KIOSK_LAST_TRY:
        return flow->tries_left <= 1;
    case KIOSK_MORE_LEFT:
        return flow->more_left > 0;
    case KIOSK_NO_MORE:
        return flow->more_left <= 0;
    }
    return false;
}

bool
kiosk_event_is_touch(enum kiosk_event event)
{
    return event >= KIOSK_EV_LANGUAGE && event <= KIOSK_EV_PAGE_DOWN;
}

/* Keys and tools may follow each other as fast as fingers can. */
static bool
is_rapid(enum kiosk_event event)
{
    return event == KIOSK_EV_KEY || event == KIOSK_EV_BACKSPACE ||
           (event >= KIOSK_EV_SIZE && event <= KIOSK_EV_PAGE_DOWN);
}

static bool
is_time(enum kiosk_event event)
{
    return event == KIOSK_EV_IDLE || event == KIOSK_EV_EXPIRED;
}

static bool
is_overlay(enum kiosk_state state)
{
    return state == FLOW_LANGUAGE || state == FLOW_TIME_OUT;
}

void
kiosk_flow_init(struct kiosk_flow *flow, int tries, struct tbc_mono now)
{
    *flow = (struct kiosk_flow){
        .state = FLOW_ATTRACT,
        .under = FLOW_ATTRACT,
        .since = now,
        .touched = now,
        .settled = now,
        .quiet_to = now,
        .tries = tries < 1 ? 1 : tries,
        .tries_left = tries < 1 ? 1 : tries,
        .more_left = KIOSK_MORE_MAX,
    };
}

static const struct kiosk_edge *
find_edge(const struct kiosk_flow *flow, enum kiosk_state in, enum kiosk_event on)
{
    for (size_t i = 0; i < COUNT(edges); i++) {
        if (edges[i].on == on && (edges[i].in & (1u << in)) != 0 &&
            kiosk_flow_holds(flow, edges[i].when)) {
            return &edges[i];
        }
    }
    return NULL; /* the tests walk the table: every state knows every event */
}

/* What the flow itself remembers of the actions. */
static void
note_actions(struct kiosk_flow *flow, unsigned then)
{
    if ((then & KIOSK_ACT_WIPE) != 0) {
        flow->captured = false;
        flow->number_fine = false;
        flow->tries_left = flow->tries;
        flow->more_left = KIOSK_MORE_MAX;
    }
    if ((then & KIOSK_ACT_COUNT_TRY) != 0) {
        flow->tries_left--;
    }
    if ((then & KIOSK_ACT_COUNT_MORE) != 0) {
        flow->more_left--;
    }
    if ((then & (KIOSK_ACT_CAMERA_ON | KIOSK_ACT_CLEAR)) != 0) {
        flow->captured = false;
    }
    if ((then & KIOSK_ACT_KEEP_FRAMES) != 0) {
        flow->captured = true;
    }
}

/* An answer or a device is heard by the screen below; what lies over it stays, unless the way
 * ends at the desk. */
static void
move_below(struct kiosk_flow *flow, enum kiosk_state to, struct tbc_mono now)
{
    if (to == FLOW_DESK) {
        flow->state = to;
        flow->since = now;
        flow->touched = now;
        return;
    }
    flow->under = to;
}

static void
move(struct kiosk_flow *flow, const struct kiosk_edge *edge, enum kiosk_event event,
     struct tbc_mono now)
{
    enum kiosk_state to = edge->to == FLOW_UNDER ? flow->under : edge->to;

    if (to == FLOW_STAY) {
        return;
    }
    if (is_overlay(flow->state) && !kiosk_event_is_touch(event) && !is_time(event)) {
        move_below(flow, to, now);
        return;
    }
    if (is_overlay(to) && !is_overlay(flow->state)) {
        flow->under = flow->state;
    }
    flow->state = to;
    flow->since = now;
    flow->settled.ms = now.ms + KIOSK_SETTLE_MS;
    flow->quiet_to = now;
    if (!is_time(event)) {
        flow->touched = now; /* an answer gives time to read it, too */
    }
}

unsigned
kiosk_flow_step(struct kiosk_flow *flow, enum kiosk_event event, struct tbc_mono now)
{
    const struct kiosk_edge *edge;
    bool touch = kiosk_event_is_touch(event);
    bool below = is_overlay(flow->state) && !touch && !is_time(event);

    if (touch && !is_rapid(event) && kiosk_flow_is_quiet(flow, now)) {
        flow->touched = now;
        return KIOSK_ACT_NOTHING;
    }
    if (event == KIOSK_EV_UNREACHABLE || event == KIOSK_EV_REACHABLE) {
        flow->offline = event == KIOSK_EV_UNREACHABLE;
    }
    edge = find_edge(flow, below ? flow->under : flow->state, event);
    if (edge == NULL) {
        return KIOSK_ACT_NOTHING;
    }
    if (touch) {
        flow->touched = now;
    }
    if (event == KIOSK_EV_PRINTED || event == KIOSK_EV_PAPER_OUT) {
        flow->quiet_to = now;
    }
    move(flow, edge, event, now);
    note_actions(flow, edge->then);
    if ((edge->then & (KIOSK_ACT_PRINT | KIOSK_ACT_ISSUE)) != 0) {
        flow->quiet_to.ms = now.ms + KIOSK_QUIET_MS;
    }
    return edge->then;
}

/* How long this state lasts, counted from the later of its coming and the last touch. */
static int64_t
life_ms(enum kiosk_state state)
{
    switch (state) {
    case FLOW_TIME_OUT:
        return KIOSK_WARNING_MS;
    case FLOW_CERTIFICATE:
    case FLOW_DESK:
    case FLOW_CLOSED:
        return KIOSK_FINISHED_MS;
    case FLOW_ATTRACT:
    case FLOW_CONSENT:
    case FLOW_NOTICE:
    case FLOW_DOCUMENT:
    case FLOW_NUMBER:
    case FLOW_FACE:
    case FLOW_CHECKING:
    case FLOW_CONFIRM:
    case FLOW_ISSUING:
    case FLOW_OFFLINE:
    case FLOW_LANGUAGE:
    case FLOW_STATE_N:
    case FLOW_UNDER:
        break;
    }
    return 0;
}

/* The warning's time is its own: a hand that misses its button does not prolong it. */
static int64_t
ends_ms(const struct kiosk_flow *flow)
{
    int64_t from = flow->since.ms;

    if (flow->state != FLOW_TIME_OUT && flow->touched.ms > from) {
        from = flow->touched.ms;
    }
    return from + life_ms(flow->state);
}

enum kiosk_event
kiosk_flow_due(const struct kiosk_flow *flow, struct tbc_mono now)
{
    if (life_ms(flow->state) > 0) {
        return now.ms >= ends_ms(flow) ? KIOSK_EV_EXPIRED : KIOSK_EV_NONE;
    }
    if (now.ms - flow->touched.ms < KIOSK_IDLE_MS) {
        return KIOSK_EV_NONE;
    }
    /* The attract screen only forgets the tools that someone left on. */
    if (flow->state == FLOW_ATTRACT && flow->touched.ms <= flow->since.ms) {
        return KIOSK_EV_NONE;
    }
    return KIOSK_EV_IDLE;
}

int
kiosk_flow_left(const struct kiosk_flow *flow, struct tbc_mono now, int *whole)
{
    int64_t left = ends_ms(flow) - now.ms;

    *whole = (int)(life_ms(flow->state) / 1000);
    if (*whole == 0 || left <= 0) {
        return 0;
    }
    return (int)((left + 999) / 1000);
}

bool
kiosk_flow_is_quiet(const struct kiosk_flow *flow, struct tbc_mono now)
{
    return now.ms < flow->settled.ms || now.ms < flow->quiet_to.ms;
}

enum kiosk_screen
kiosk_flow_screen(const struct kiosk_flow *flow, struct tbc_mono now)
{
    switch (flow->state) {
    case FLOW_ISSUING: /* nothing jumps: most answers come before anyone wonders */
        return now.ms - flow->since.ms < KIOSK_ISSUING_CALM_MS ? KIOSK_CONFIRM
                                                               : KIOSK_CHECKING;
    case FLOW_ATTRACT:
        return KIOSK_ATTRACT;
    case FLOW_CONSENT:
        return KIOSK_CONSENT;
    case FLOW_NOTICE:
        return KIOSK_NOTICE;
    case FLOW_DOCUMENT:
        return KIOSK_DOCUMENT;
    case FLOW_NUMBER:
        return KIOSK_NUMBER;
    case FLOW_FACE:
        return KIOSK_FACE;
    case FLOW_CHECKING:
        return KIOSK_CHECKING;
    case FLOW_CONFIRM:
        return KIOSK_CONFIRM;
    case FLOW_CERTIFICATE:
        return KIOSK_CERTIFICATE;
    case FLOW_DESK:
        return KIOSK_DESK;
    case FLOW_OFFLINE:
        return KIOSK_OFFLINE;
    case FLOW_LANGUAGE:
        return KIOSK_LANGUAGE;
    case FLOW_TIME_OUT:
        return KIOSK_TIME_OUT;
    case FLOW_CLOSED:
    case FLOW_STATE_N:
    case FLOW_UNDER:
        break;
    }
    return KIOSK_CLOSED;
}

const char *
kiosk_event_name(enum kiosk_event event)
{
    static const char *const names[] = { "NONE",
#define X(name) #name,
                                         KIOSK_EVENT_LIST(X)
#undef X
    };

    return (size_t)event < COUNT(names) ? names[event] : "?";
}

const char *
kiosk_state_name(enum kiosk_state state)
{
    static const char *const names[] = {
#define X(name) #name,
        KIOSK_STATE_LIST(X)
#undef X
    };

    return (size_t)state < COUNT(names) ? names[state] : "?";
}

const char *
kiosk_screen_name(enum kiosk_screen screen)
{
    static const char *const names[] = {
#define X(name) #name,
        KIOSK_SCREEN_LIST(X)
#undef X
    };

    return (size_t)screen < COUNT(names) ? names[screen] : "?";
}
