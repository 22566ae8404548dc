#include "flow.h"

#define ALONE  GATE_ACT_ALONE
#define ANNUL  GATE_ACT_ANNUL
#define ASK    GATE_ACT_ASK
#define CLEAR  GATE_ACT_CLEAR
#define COUNT  GATE_ACT_COUNT
#define MEND   GATE_ACT_MEND
#define NOTE   GATE_ACT_NOTE
#define OPEN   GATE_ACT_OPEN
#define RECORD GATE_ACT_RECORD
#define RESUME GATE_ACT_RESUME
#define SHOW   GATE_ACT_SHOW
#define SHUT   GATE_ACT_SHUT
#define STRAY  GATE_ACT_STRAY
#define WRITE  GATE_ACT_WRITE

/* clang-format off */
const struct gate_edge gate_edges[] = {
    /* in              on                 to                 then */
    { GATE_IDLE,         GATE_EV_REFUSE,    GATE_REFUSED,      SHOW | NOTE },
    { GATE_IDLE,         GATE_EV_LOOK,      GATE_LOOKING,      SHOW },
    { GATE_IDLE,         GATE_EV_ASK,       GATE_ASKING,       SHOW | ASK },
    { GATE_IDLE,         GATE_EV_GRANT,     GATE_WRITING,      WRITE },
    { GATE_IDLE,         GATE_EV_AGAIN,     GATE_IDLE,         0 }, /* walked on, the code held back */
    { GATE_IDLE,         GATE_EV_WRITTEN,   GATE_IDLE,         0 },
    { GATE_IDLE,         GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_IDLE,         GATE_EV_MENDED,    GATE_IDLE,         0 },
    { GATE_IDLE,         GATE_EV_TIME,      GATE_IDLE,         0 },
    { GATE_IDLE,         GATE_EV_PASSED,    GATE_IDLE,         STRAY },
    { GATE_IDLE,         GATE_EV_MISSED,    GATE_IDLE,         0 },
    { GATE_IDLE,         GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | RECORD },
    { GATE_IDLE,         GATE_EV_FIRE_OVER, GATE_IDLE,         0 },

    { GATE_LOOKING,      GATE_EV_REFUSE,    GATE_REFUSED,      SHOW | NOTE },
    { GATE_LOOKING,      GATE_EV_LOOK,      GATE_LOOKING,      0 }, /* one at a time */
    { GATE_LOOKING,      GATE_EV_ASK,       GATE_ASKING,       SHOW | ASK },
    { GATE_LOOKING,      GATE_EV_GRANT,     GATE_WRITING,      WRITE },
    { GATE_LOOKING,      GATE_EV_AGAIN,     GATE_LOOKING,      0 },
    { GATE_LOOKING,      GATE_EV_WRITTEN,   GATE_LOOKING,      0 },
    { GATE_LOOKING,      GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_LOOKING,      GATE_EV_MENDED,    GATE_LOOKING,      0 },
    { GATE_LOOKING,      GATE_EV_TIME,      GATE_LOOKING,      0 },
    { GATE_LOOKING,      GATE_EV_PASSED,    GATE_LOOKING,      STRAY },
    { GATE_LOOKING,      GATE_EV_MISSED,    GATE_LOOKING,      0 },
    { GATE_LOOKING,      GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_LOOKING,      GATE_EV_FIRE_OVER, GATE_LOOKING,      0 },

    { GATE_ASKING,       GATE_EV_REFUSE,    GATE_REFUSED,      SHOW | NOTE },
    { GATE_ASKING,       GATE_EV_LOOK,      GATE_ASKING,       0 },
    { GATE_ASKING,       GATE_EV_ASK,       GATE_ASKING,       0 }, /* one at a time */
    { GATE_ASKING,       GATE_EV_GRANT,     GATE_WRITING,      WRITE },
    { GATE_ASKING,       GATE_EV_AGAIN,     GATE_ASKING,       0 },
    { GATE_ASKING,       GATE_EV_WRITTEN,   GATE_ASKING,       0 },
    { GATE_ASKING,       GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_ASKING,       GATE_EV_MENDED,    GATE_ASKING,       0 },
    { GATE_ASKING,       GATE_EV_TIME,      GATE_ASKING,       ALONE },
    { GATE_ASKING,       GATE_EV_PASSED,    GATE_ASKING,       STRAY },
    { GATE_ASKING,       GATE_EV_MISSED,    GATE_ASKING,       0 },
    { GATE_ASKING,       GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_ASKING,       GATE_EV_FIRE_OVER, GATE_ASKING,       0 },

    { GATE_WRITING,      GATE_EV_REFUSE,    GATE_REFUSED,      SHOW | NOTE },
    { GATE_WRITING,      GATE_EV_LOOK,      GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_ASK,       GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_GRANT,     GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_AGAIN,     GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_WRITTEN,   GATE_OPEN,         OPEN | SHOW },
    { GATE_WRITING,      GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_WRITING,      GATE_EV_MENDED,    GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_TIME,      GATE_BROKEN,       SHUT | SHOW },
    { GATE_WRITING,      GATE_EV_PASSED,    GATE_WRITING,      STRAY },
    { GATE_WRITING,      GATE_EV_MISSED,    GATE_WRITING,      0 },
    { GATE_WRITING,      GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_WRITING,      GATE_EV_FIRE_OVER, GATE_WRITING,      0 },

    { GATE_OPEN,         GATE_EV_REFUSE,    GATE_OPEN_REFUSED, SHOW | NOTE }, /* the next one; who passes is not cut off */
    { GATE_OPEN,         GATE_EV_LOOK,      GATE_HELD,         SHOW },
    { GATE_OPEN,         GATE_EV_ASK,       GATE_HELD,         SHOW }, /* the next one waits */
    { GATE_OPEN,         GATE_EV_GRANT,     GATE_HELD,         SHOW },
    { GATE_OPEN,         GATE_EV_AGAIN,     GATE_OPEN,         0 }, /* never longer open for that */
    { GATE_OPEN,         GATE_EV_WRITTEN,   GATE_OPEN,         0 },
    { GATE_OPEN,         GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_OPEN,         GATE_EV_MENDED,    GATE_OPEN,         0 },
    { GATE_OPEN,         GATE_EV_TIME,      GATE_OPEN,         0 },
    { GATE_OPEN,         GATE_EV_PASSED,    GATE_IDLE,         SHUT | COUNT | CLEAR },
    { GATE_OPEN,         GATE_EV_MISSED,    GATE_CLOSING,      SHUT },
    { GATE_OPEN,         GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_OPEN,         GATE_EV_FIRE_OVER, GATE_OPEN,         0 },

    { GATE_OPEN_REFUSED, GATE_EV_REFUSE,    GATE_OPEN_REFUSED, SHOW | NOTE },
    { GATE_OPEN_REFUSED, GATE_EV_LOOK,      GATE_HELD,         SHOW },
    { GATE_OPEN_REFUSED, GATE_EV_ASK,       GATE_HELD,         SHOW },
    { GATE_OPEN_REFUSED, GATE_EV_GRANT,     GATE_HELD,         SHOW },
    { GATE_OPEN_REFUSED, GATE_EV_AGAIN,     GATE_OPEN_REFUSED, SHOW },
    { GATE_OPEN_REFUSED, GATE_EV_WRITTEN,   GATE_OPEN_REFUSED, 0 },
    { GATE_OPEN_REFUSED, GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_OPEN_REFUSED, GATE_EV_MENDED,    GATE_OPEN_REFUSED, 0 },
    { GATE_OPEN_REFUSED, GATE_EV_TIME,      GATE_OPEN,         SHOW }, /* of the refusal */
    { GATE_OPEN_REFUSED, GATE_EV_PASSED,    GATE_REFUSED,      SHUT | COUNT },
    { GATE_OPEN_REFUSED, GATE_EV_MISSED,    GATE_REFUSED,      SHUT | ANNUL },
    { GATE_OPEN_REFUSED, GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_OPEN_REFUSED, GATE_EV_FIRE_OVER, GATE_OPEN_REFUSED, 0 },

    { GATE_HELD,         GATE_EV_REFUSE,    GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_LOOK,      GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_ASK,       GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_GRANT,     GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_AGAIN,     GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_WRITTEN,   GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_HELD,         GATE_EV_MENDED,    GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_TIME,      GATE_HELD,         0 },
    { GATE_HELD,         GATE_EV_PASSED,    GATE_IDLE,         SHUT | COUNT | RESUME },
    { GATE_HELD,         GATE_EV_MISSED,    GATE_IDLE,         SHUT | ANNUL | RESUME },
    { GATE_HELD,         GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_HELD,         GATE_EV_FIRE_OVER, GATE_HELD,         0 },

    { GATE_CLOSING,      GATE_EV_REFUSE,    GATE_REFUSED,      ANNUL | SHOW | NOTE },
    { GATE_CLOSING,      GATE_EV_LOOK,      GATE_LOOKING,      ANNUL | SHOW },
    { GATE_CLOSING,      GATE_EV_ASK,       GATE_ASKING,       ANNUL | SHOW | ASK },
    { GATE_CLOSING,      GATE_EV_GRANT,     GATE_WRITING,      ANNUL | WRITE },
    { GATE_CLOSING,      GATE_EV_AGAIN,     GATE_CLOSING,      0 },
    { GATE_CLOSING,      GATE_EV_WRITTEN,   GATE_CLOSING,      0 },
    { GATE_CLOSING,      GATE_EV_FAULT,     GATE_BROKEN,       SHUT | ANNUL | SHOW },
    { GATE_CLOSING,      GATE_EV_MENDED,    GATE_CLOSING,      0 },
    { GATE_CLOSING,      GATE_EV_TIME,      GATE_CLOSING,      0 },
    { GATE_CLOSING,      GATE_EV_PASSED,    GATE_IDLE,         COUNT | CLEAR }, /* just before it was shut */
    { GATE_CLOSING,      GATE_EV_MISSED,    GATE_IDLE,         ANNUL | CLEAR },
    { GATE_CLOSING,      GATE_EV_FIRE,      GATE_FIRE,         OPEN | ANNUL | SHOW | CLEAR | RECORD },
    { GATE_CLOSING,      GATE_EV_FIRE_OVER, GATE_CLOSING,      0 },

    { GATE_REFUSED,      GATE_EV_REFUSE,    GATE_REFUSED,      SHOW | NOTE },
    { GATE_REFUSED,      GATE_EV_LOOK,      GATE_LOOKING,      SHOW },
    { GATE_REFUSED,      GATE_EV_ASK,       GATE_ASKING,       SHOW | ASK },
    { GATE_REFUSED,      GATE_EV_GRANT,     GATE_WRITING,      WRITE },
    { GATE_REFUSED,      GATE_EV_AGAIN,     GATE_REFUSED,      SHOW },
    { GATE_REFUSED,      GATE_EV_WRITTEN,   GATE_REFUSED,      0 },
    { GATE_REFUSED,      GATE_EV_FAULT,     GATE_BROKEN,       SHUT | SHOW },
    { GATE_REFUSED,      GATE_EV_MENDED,    GATE_REFUSED,      0 },
    { GATE_REFUSED,      GATE_EV_TIME,      GATE_IDLE,         CLEAR },
    { GATE_REFUSED,      GATE_EV_PASSED,    GATE_REFUSED,      STRAY },
    { GATE_REFUSED,      GATE_EV_MISSED,    GATE_REFUSED,      0 },
    { GATE_REFUSED,      GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_REFUSED,      GATE_EV_FIRE_OVER, GATE_REFUSED,      0 },

    { GATE_BROKEN,       GATE_EV_REFUSE,    GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_LOOK,      GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_ASK,       GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_GRANT,     GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_AGAIN,     GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_WRITTEN,   GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_FAULT,     GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_MENDED,    GATE_IDLE,         SHUT | CLEAR },
    { GATE_BROKEN,       GATE_EV_TIME,      GATE_BROKEN,       MEND },
    { GATE_BROKEN,       GATE_EV_PASSED,    GATE_BROKEN,       STRAY },
    { GATE_BROKEN,       GATE_EV_MISSED,    GATE_BROKEN,       0 },
    { GATE_BROKEN,       GATE_EV_FIRE,      GATE_FIRE,         OPEN | SHOW | CLEAR | RECORD },
    { GATE_BROKEN,       GATE_EV_FIRE_OVER, GATE_BROKEN,       0 },

    { GATE_FIRE,         GATE_EV_REFUSE,    GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_LOOK,      GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_ASK,       GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_GRANT,     GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_AGAIN,     GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_WRITTEN,   GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_FAULT,     GATE_FIRE,         0 }, /* people first */
    { GATE_FIRE,         GATE_EV_MENDED,    GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_TIME,      GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_PASSED,    GATE_FIRE,         COUNT },
    { GATE_FIRE,         GATE_EV_MISSED,    GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_FIRE,      GATE_FIRE,         0 },
    { GATE_FIRE,         GATE_EV_FIRE_OVER, GATE_IDLE,         SHUT | CLEAR | RECORD },
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
    [GATE_OPEN] = { "open", 0 },
    [GATE_OPEN_REFUSED] = { "open, next refused", GATE_REFUSE_MS },
    [GATE_HELD] = { "open, next waits", 0 },
    [GATE_CLOSING] = { "closing", 0 },
    [GATE_REFUSED] = { "refused", GATE_REFUSE_MS },
    [GATE_BROKEN] = { "broken", GATE_MEND_MS },
    [GATE_FIRE] = { "fire", 0 },
};

const char *
gate_state_name(enum gate_state state)
{
    return (unsigned)state < GATE_STATE_N ? states[state].name : "?";
}

bool
gate_flow_passes(const struct gate_flow *flow)
{
    return flow->state == GATE_OPEN || flow->state == GATE_OPEN_REFUSED ||
           flow->state == GATE_HELD;
}

/* What a passage's beginning, end or absence brings about leaves the time of the face that is shown. */
#define OF_PASSAGE (SHUT | COUNT | ANNUL | STRAY)

static void
enter(struct gate_flow *flow, const struct gate_edge *e, struct tbc_mono now)
{
    const bool is_timed = states[e->to].hold_ms > 0;

    if ((e->then & ~(unsigned)OF_PASSAGE) != 0 || !flow->is_timed || !is_timed) {
        flow->since = now;
        flow->due.ms = now.ms + states[e->to].hold_ms;
    }
    flow->is_timed = is_timed;
    if (e->to == GATE_OPEN && (e->then & OPEN) != 0) {
        flow->over.ms = now.ms + flow->open_ms;
    } else if (e->to == GATE_CLOSING && e->in != GATE_CLOSING) {
        flow->over.ms = now.ms + GATE_LATE_MS;
    }
    flow->state = e->to;
}

void
gate_flow_init(struct gate_flow *flow, struct tbc_mono now)
{
    *flow =
        (struct gate_flow){ .state = GATE_IDLE, .since = now, .open_ms = GATE_OPEN_MS };
}

unsigned
gate_flow_step(struct gate_flow *flow, enum gate_event event, struct tbc_mono now)
{
    for (size_t i = 0; i < gate_edges_n; i++) {
        const struct gate_edge *e = &gate_edges[i];

        if (e->in == flow->state && e->on == event) {
            if (e->then != 0) { /* an event that does nothing prolongs nothing */
                enter(flow, e, now);
            }
            return e->then;
        }
    }
    return 0;
}

static bool
awaits_passage(const struct gate_flow *flow)
{
    return gate_flow_passes(flow) || flow->state == GATE_CLOSING;
}

unsigned
gate_flow_tick(struct gate_flow *flow, struct tbc_mono now)
{
    if (awaits_passage(flow) && now.ms >= flow->over.ms) {
        return gate_flow_step(flow, flow->senses ? GATE_EV_MISSED : GATE_EV_PASSED,
                              now);
    }
    if (!flow->is_timed || now.ms < flow->due.ms) {
        return 0;
    }
    return gate_flow_step(flow, GATE_EV_TIME, now);
}

int
gate_flow_wait_ms(const struct gate_flow *flow, struct tbc_mono now, int most)
{
    int64_t left = most;

    if (flow->is_timed && flow->due.ms - now.ms < left) {
        left = flow->due.ms - now.ms;
    }
    if (awaits_passage(flow) && flow->over.ms - now.ms < left) {
        left = flow->over.ms - now.ms;
    }
    return left < 0 ? 0 : (int)left;
}
