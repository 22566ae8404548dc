/* What the gate does next: a table of state, event, next state and actions.  Pure; the shell reads
 * the world, feeds events, and carries the actions out in the order of their bits.
 *
 * Four promises hold in every row and are tested: the barrier is open only while somebody passes and
 * in FIRE; it is opened only when the journal has said WRITTEN, once for each acceptance; who passes
 * is cut off by no later presentation; and an acceptance after which nobody passed is annulled.
 *
 * Companions: while one passes, the next is judged.  Is that one refused, it is said at once; else
 * it waits (HELD), undecided, until the way is free, and is then asked about and journalled as any
 * other, so that each code opens for one person.  A third one waits unread.
 *
 * With a passage sensor (senses) the barrier is shut behind the person, and MISSED comes when nobody
 * has passed in open_ms; GATE_LATE_MS later, for who slips through while it shuts, the acceptance is
 * annulled.  Without one, who was let in is taken to have passed after open_ms: PASSED. */
#ifndef GATE_FLOW_H
#define GATE_FLOW_H

#include "base/when.h"

#define GATE_ASK_MS    120  /* the station may take this long */
#define GATE_OPEN_MS   1200 /* the barrier is open for one */
#define GATE_LATE_MS   800 /* and whoever passes so long after it was shut has passed */
#define GATE_REFUSE_MS 2500 /* a refusal is shown */
#define GATE_MEND_MS   5000 /* between attempts to work again */

enum gate_state {
    GATE_IDLE,
    GATE_LOOKING,      /* the camera compares the face; the look ends by itself */
    GATE_ASKING,       /* the station has been asked */
    GATE_WRITING,      /* the acceptance goes into the journal */
    GATE_OPEN,         /* somebody passes */
    GATE_OPEN_REFUSED, /* the same, and the next one's refusal is shown */
    GATE_HELD,         /* the same, and the next one waits */
    GATE_CLOSING,      /* shut, nobody was seen to pass; the last moment for it */
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
    GATE_EV_PASSED,  /* somebody was seen to pass, or is taken to have passed */
    GATE_EV_MISSED,  /* nobody was, and the time is over */
    GATE_EV_FIRE,    /* the alarm input */
    GATE_EV_FIRE_OVER,
    GATE_EVENT_N
};

enum gate_action {
    GATE_ACT_SHUT = 1 << 0,
    GATE_ACT_OPEN = 1 << 1,
    GATE_ACT_COUNT = 1 << 2, /* one more has passed */
    GATE_ACT_ANNUL = 1 << 3, /* the acceptance that opened it last, durably */
    GATE_ACT_WRITE = 1 << 4, /* the acceptance, durably; answer WRITTEN or FAULT */
    GATE_ACT_NOTE = 1 << 5,  /* the refusal, for the record */
    GATE_ACT_ASK = 1 << 6,
    GATE_ACT_ALONE = 1 << 7,   /* no answer came: decide alone */
    GATE_ACT_SHOW = 1 << 8,    /* the state's face, for its time */
    GATE_ACT_CLEAR = 1 << 9,   /* forget the passenger */
    GATE_ACT_RECORD = 1 << 10, /* alarm on or off, after the barrier has moved */
    GATE_ACT_STRAY = 1 << 11,  /* somebody passed while it was shut */
    GATE_ACT_MEND = 1 << 12,   /* try what did not work; answer MENDED or nothing */
    GATE_ACT_RESUME = 1 << 13, /* decide about the one that waits */
};

struct gate_flow {
    enum gate_state state;
    struct tbc_mono since; /* the face came */
    struct tbc_mono due;   /* TIME comes; meaningful when is_timed */
    bool is_timed;
    struct tbc_mono over; /* of the passage that is awaited */
    int64_t open_ms;      /* of an acceptance; gate_flow_init sets GATE_OPEN_MS */
    bool senses;          /* there is a sensor, and it works; the shell's to set */
};

void gate_flow_init(struct gate_flow *flow, struct tbc_mono now);

/* One event; returns the actions. */
unsigned
gate_flow_step(struct gate_flow *flow, enum gate_event event, struct tbc_mono now);

/* What is due: TIME, PASSED or MISSED; else nothing. */
unsigned gate_flow_tick(struct gate_flow *flow, struct tbc_mono now);

/* Milliseconds until something is due, at most most. */
int gate_flow_wait_ms(const struct gate_flow *flow, struct tbc_mono now, int most);

/* The barrier is open for somebody who was let in. */
bool gate_flow_passes(const struct gate_flow *flow);

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
