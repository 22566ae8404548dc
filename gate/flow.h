/* What the gate does next: a table of state, event, next state and actions.  Pure; the shell reads
 * the world, feeds events, and carries the actions out in the order of their bits.
 *
 * Two promises hold in every row and are tested: the barrier is open only in OPEN and in FIRE,
 * and OPEN is entered only when the journal has said WRITTEN. */
#ifndef GATE_FLOW_H
#define GATE_FLOW_H

#include "base/when.h"

#define GATE_ASK_MS    120  /* the station may take this long */
#define GATE_OPEN_MS   1200 /* an acceptance is shown, the barrier open */
#define GATE_REFUSE_MS 2500 /* a refusal is shown */
#define GATE_MEND_MS   5000 /* between attempts to work again */

enum gate_state {
    GATE_IDLE,
    GATE_LOOKING, /* the camera compares the face; the look ends by itself */
    GATE_ASKING,  /* the station has been asked */
    GATE_WRITING, /* the acceptance goes into the journal */
    GATE_OPEN,
    GATE_REFUSED,
    GATE_BROKEN, /* shut, and says so */
    GATE_FIRE,   /* open, whatever happens */
    GATE_STATE_N
};

enum gate_event {
    GATE_EV_REFUSE,  /* a presentation is decided: it stays shut */
    GATE_EV_LOOK,    /* a presentation wants its face compared */
    GATE_EV_ASK,     /* a presentation wants the station's word */
    GATE_EV_GRANT,   /* a presentation is decided: it may open */
    GATE_EV_AGAIN,   /* the code that was answered last is still there */
    GATE_EV_WRITTEN, /* the journal is safe on disk */
    GATE_EV_FAULT,   /* journal, barrier or scanner does not work */
    GATE_EV_MENDED,  /* they work again */
    GATE_EV_TIME,    /* the state's time is over */
    GATE_EV_FIRE,    /* the alarm input */
    GATE_EV_FIRE_OVER,
    GATE_EVENT_N
};

enum gate_action {
    GATE_ACT_SHUT = 1 << 0,
    GATE_ACT_OPEN = 1 << 1,
    GATE_ACT_WRITE = 1 << 2, /* the acceptance, durably; answer WRITTEN or FAULT */
    GATE_ACT_NOTE = 1 << 3,  /* the refusal, for the record */
    GATE_ACT_ASK = 1 << 4,
    GATE_ACT_ALONE = 1 << 5,  /* no answer came: decide alone */
    GATE_ACT_SHOW = 1 << 6,   /* the state's face, for its time */
    GATE_ACT_CLEAR = 1 << 7,  /* forget the passenger */
    GATE_ACT_RECORD = 1 << 8, /* alarm on or off, after the barrier has moved */
    GATE_ACT_MEND = 1 << 9,   /* try what did not work; answer MENDED or nothing */
};

struct gate_flow {
    enum gate_state state;
    struct tbc_mono since; /* the face came */
    struct tbc_mono due;   /* TIME comes; meaningful when is_timed */
    bool is_timed;
    int64_t open_ms; /* of an acceptance; gate_flow_init sets GATE_OPEN_MS */
};

void gate_flow_init(struct gate_flow *flow, struct tbc_mono now);

/* One event; returns the actions. */
unsigned
gate_flow_step(struct gate_flow *flow, enum gate_event event, struct tbc_mono now);

/* TIME when it is due, else nothing. */
unsigned gate_flow_tick(struct gate_flow *flow, struct tbc_mono now);

/* Milliseconds until TIME, at most most. */
int gate_flow_wait_ms(const struct gate_flow *flow, struct tbc_mono now, int most);

/* For the log. */
const char *gate_state_name(enum gate_state state);

/* The rows, for the test that walks them. */
struct gate_edge {
    enum gate_state in;
    enum gate_event on;
    enum gate_state to;
    unsigned then;
};
extern const struct gate_edge gate_edges[];
extern const size_t gate_edges_n;

#endif
