#include "flow.h"

#define ASK    GATE_ACT_ASK
#define ALONE  GATE_ACT_ALONE
#define CLEAR  GATE_ACT_CLEAR
#define MEND   GATE_ACT_MEND
#define NOTE   GATE_ACT_NOTE
#define OPEN   GATE_ACT_OPEN
#define RECORD GATE_ACT_RECORD
#define SHOW   GATE_ACT_SHOW
#define SHUT   GATE_ACT_SHUT
#define WRITE  GATE_ACT_WRITE

/* clang-format off */
const struct gate_edge gate_edges[] = {
    /* in            on                 to            then */
    { GATE_IDLE,     GATE_EV_REFUSE,    GATE_REFUSED, SHOW | NOTE },
    { GATE_IDLE,     GATE_EV_LOOK,      GATE_LOOKING, SHOW },
    { GATE_IDLE,     GATE_EV_ASK,       GATE_ASKING,  SHOW | ASK },
    { GATE_IDLE,     GATE_EV_GRANT,     GATE_WRITING, WRITE },
    { GATE_IDLE,     GATE_EV_AGAIN,     GATE_IDLE,    0 }, /* walked on, the code held back */
    { GATE_IDLE,     GATE_EV_WRITTEN,   GATE_IDLE,    0 },
    { GATE_IDLE,     GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_IDLE,     GATE_EV_MENDED,    GATE_IDLE,    0 },
    { GATE_IDLE,     GATE_EV_TIME,      GATE_IDLE,    0 },
    { GATE_IDLE,     GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | RECORD },
    { GATE_IDLE,     GATE_EV_FIRE_OVER, GATE_IDLE,    0 },

    { GATE_LOOKING,  GATE_EV_REFUSE,    GATE_REFUSED, SHOW | NOTE },
    { GATE_LOOKING,  GATE_EV_LOOK,      GATE_LOOKING, 0 }, /* one at a time */
    { GATE_LOOKING,  GATE_EV_ASK,       GATE_ASKING,  SHOW | ASK },
    { GATE_LOOKING,  GATE_EV_GRANT,     GATE_WRITING, WRITE },
    { GATE_LOOKING,  GATE_EV_AGAIN,     GATE_LOOKING, 0 },
    { GATE_LOOKING,  GATE_EV_WRITTEN,   GATE_LOOKING, 0 },
    { GATE_LOOKING,  GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_LOOKING,  GATE_EV_MENDED,    GATE_LOOKING, 0 },
    { GATE_LOOKING,  GATE_EV_TIME,      GATE_LOOKING, 0 },
    { GATE_LOOKING,  GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_LOOKING,  GATE_EV_FIRE_OVER, GATE_LOOKING, 0 },

    { GATE_ASKING,   GATE_EV_REFUSE,    GATE_REFUSED, SHOW | NOTE },
    { GATE_ASKING,   GATE_EV_LOOK,      GATE_ASKING,  0 },
    { GATE_ASKING,   GATE_EV_ASK,       GATE_ASKING,  0 }, /* one at a time */
    { GATE_ASKING,   GATE_EV_GRANT,     GATE_WRITING, WRITE },
    { GATE_ASKING,   GATE_EV_AGAIN,     GATE_ASKING,  0 },
    { GATE_ASKING,   GATE_EV_WRITTEN,   GATE_ASKING,  0 },
    { GATE_ASKING,   GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_ASKING,   GATE_EV_MENDED,    GATE_ASKING,  0 },
    { GATE_ASKING,   GATE_EV_TIME,      GATE_ASKING,  ALONE },
    { GATE_ASKING,   GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_ASKING,   GATE_EV_FIRE_OVER, GATE_ASKING,  0 },

    { GATE_WRITING,  GATE_EV_REFUSE,    GATE_REFUSED, SHOW | NOTE },
    { GATE_WRITING,  GATE_EV_LOOK,      GATE_WRITING, 0 },
    { GATE_WRITING,  GATE_EV_ASK,       GATE_WRITING, 0 },
    { GATE_WRITING,  GATE_EV_GRANT,     GATE_WRITING, 0 },
    { GATE_WRITING,  GATE_EV_AGAIN,     GATE_WRITING, 0 },
    { GATE_WRITING,  GATE_EV_WRITTEN,   GATE_OPEN,    OPEN | SHOW },
    { GATE_WRITING,  GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_WRITING,  GATE_EV_MENDED,    GATE_WRITING, 0 },
    { GATE_WRITING,  GATE_EV_TIME,      GATE_BROKEN,  SHUT | SHOW },
    { GATE_WRITING,  GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_WRITING,  GATE_EV_FIRE_OVER, GATE_WRITING, 0 },

    { GATE_OPEN,     GATE_EV_REFUSE,    GATE_REFUSED, SHUT | SHOW | NOTE },
    { GATE_OPEN,     GATE_EV_LOOK,      GATE_LOOKING, SHUT | SHOW },
    { GATE_OPEN,     GATE_EV_ASK,       GATE_ASKING,  SHUT | SHOW | ASK },
    { GATE_OPEN,     GATE_EV_GRANT,     GATE_WRITING, SHUT | WRITE },
    { GATE_OPEN,     GATE_EV_AGAIN,     GATE_OPEN,    0 }, /* never longer open for that */
    { GATE_OPEN,     GATE_EV_WRITTEN,   GATE_OPEN,    0 },
    { GATE_OPEN,     GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_OPEN,     GATE_EV_MENDED,    GATE_OPEN,    0 },
    { GATE_OPEN,     GATE_EV_TIME,      GATE_IDLE,    SHUT | CLEAR },
    { GATE_OPEN,     GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_OPEN,     GATE_EV_FIRE_OVER, GATE_OPEN,    0 },

    { GATE_REFUSED,  GATE_EV_REFUSE,    GATE_REFUSED, SHOW | NOTE },
    { GATE_REFUSED,  GATE_EV_LOOK,      GATE_LOOKING, SHOW },
    { GATE_REFUSED,  GATE_EV_ASK,       GATE_ASKING,  SHOW | ASK },
    { GATE_REFUSED,  GATE_EV_GRANT,     GATE_WRITING, WRITE },
    { GATE_REFUSED,  GATE_EV_AGAIN,     GATE_REFUSED, SHOW },
    { GATE_REFUSED,  GATE_EV_WRITTEN,   GATE_REFUSED, 0 },
    { GATE_REFUSED,  GATE_EV_FAULT,     GATE_BROKEN,  SHUT | SHOW },
    { GATE_REFUSED,  GATE_EV_MENDED,    GATE_REFUSED, 0 },
    { GATE_REFUSED,  GATE_EV_TIME,      GATE_IDLE,    CLEAR },
    { GATE_REFUSED,  GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_REFUSED,  GATE_EV_FIRE_OVER, GATE_REFUSED, 0 },

    { GATE_BROKEN,   GATE_EV_REFUSE,    GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_LOOK,      GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_ASK,       GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_GRANT,     GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_AGAIN,     GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_WRITTEN,   GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_FAULT,     GATE_BROKEN,  0 },
    { GATE_BROKEN,   GATE_EV_MENDED,    GATE_IDLE,    SHUT | CLEAR },
    { GATE_BROKEN,   GATE_EV_TIME,      GATE_BROKEN,  MEND },
    { GATE_BROKEN,   GATE_EV_FIRE,      GATE_FIRE,    OPEN | SHOW | CLEAR | RECORD },
    { GATE_BROKEN,   GATE_EV_FIRE_OVER, GATE_BROKEN,  0 },

    { GATE_FIRE,     GATE_EV_REFUSE,    GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_LOOK,      GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_ASK,       GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_GRANT,     GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_AGAIN,     GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_WRITTEN,   GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_FAULT,     GATE_FIRE,    0 }, /* people first */
    { GATE_FIRE,     GATE_EV_MENDED,    GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_TIME,      GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_FIRE,      GATE_FIRE,    0 },
    { GATE_FIRE,     GATE_EV_FIRE_OVER, GATE_IDLE,    SHUT | CLEAR | RECORD },
};
/* clang-format on */

const size_t gate_edges_n = sizeof gate_edges / sizeof *gate_edges;

static const struct {
    const char *name;
    int64_t hold_ms; /* 0: for ever */
} states[GATE_STATE_N] = {
    [GATE_IDLE] = { "idle", 0 },
    [GATE_LOOKING] = { "looking", 0 },
    [GATE_ASKING] = { "asking", GATE_ASK_MS },
    [GATE_WRITING] = { "writing", GATE_MEND_MS },
    [GATE_OPEN] = { "open", GATE_OPEN_MS },
    [GATE_REFUSED] = { "refused", GATE_REFUSE_MS },
    [GATE_BROKEN] = { "broken", GATE_MEND_MS },
    [GATE_FIRE] = { "fire", 0 },
};

const char *
gate_state_name(enum gate_state state)
{
    return (unsigned)state < GATE_STATE_N ? states[state].name : "?";
}

static void
enter(struct gate_flow *flow, enum gate_state state, struct tbc_mono now)
{
    flow->state = state;
    flow->since = now;
    flow->is_timed = states[state].hold_ms > 0;
    flow->due.ms =
        now.ms + (state == GATE_OPEN ? flow->open_ms : states[state].hold_ms);
}

void
gate_flow_init(struct gate_flow *flow, struct tbc_mono now)
{
    flow->open_ms = GATE_OPEN_MS;
    enter(flow, GATE_IDLE, now);
}

unsigned
gate_flow_step(struct gate_flow *flow, enum gate_event event, struct tbc_mono now)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (e->in == flow->state && e->on == event) {
            if (e->then != 0) { /* an event that does nothing prolongs nothing */
                enter(flow, e->to, now);
            }
            return e->then;
        }
    }
    return 0;
}

unsigned
gate_flow_tick(struct gate_flow *flow, struct tbc_mono now)
{
    if (!flow->is_timed || now.ms < flow->due.ms) {
        return 0;
    }
    return gate_flow_step(flow, GATE_EV_TIME, now);
}

int
gate_flow_wait_ms(const struct gate_flow *flow, struct tbc_mono now, int most)
{
    int64_t left = flow->due.ms - now.ms;

    if (!flow->is_timed || left > most) {
        return most;
    }
    return left < 0 ? 0 : (int)left;
}
