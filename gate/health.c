#include "health.h"

static uint64_t
bit(bool ill, enum tbc_gate_ill which)
{
    return ill ? UINT64_C(1) << which : 0;
}

static uint64_t
judge_clock(enum gate_clock clock)
{
    return bit(clock == GATE_CLOCK_WRONG, TBC_GATE_ILL_CLOCK_WRONG) |
           bit(clock == GATE_CLOCK_LOST, TBC_GATE_ILL_CLOCK_LOST);
}

static uint64_t
judge_lists(const struct gate_facts *f)
{
    return bit(f->trust == GATE_TRUST_NONE, TBC_GATE_ILL_TRUST_MISSING) |
           bit(f->trust == GATE_TRUST_AGEING, TBC_GATE_ILL_TRUST_AGEING) |
           bit(f->trust == GATE_TRUST_ENDED, TBC_GATE_ILL_TRUST_ENDED) |
           bit(f->status == GATE_AGE_NONE, TBC_GATE_ILL_STATUS_MISSING) |
           bit(f->status == GATE_AGE_OLD, TBC_GATE_ILL_STATUS_OLD) |
           bit(f->manifest == GATE_AGE_NONE, TBC_GATE_ILL_MANIFEST_MISSING) |
           bit(f->manifest == GATE_AGE_OLD, TBC_GATE_ILL_MANIFEST_OLD);
}

uint64_t
gate_health_judge(const struct gate_facts *f)
{
    return bit(!f->ready, TBC_GATE_ILL_STARTING) |
           bit(f->ending, TBC_GATE_ILL_STOPPING) |
           bit(!f->has_journal, TBC_GATE_ILL_JOURNAL) |
           bit(!f->has_barrier, TBC_GATE_ILL_BARRIER) |
           bit(!f->has_scanner, TBC_GATE_ILL_SCANNER) |
           bit(f->fire, TBC_GATE_ILL_FIRE) |
           bit(f->fire_unreadable, TBC_GATE_ILL_FIRE_INPUT) |
           bit(f->passage_unreadable, TBC_GATE_ILL_PASSAGE) |
           bit(f->display_failed, TBC_GATE_ILL_DISPLAY) | judge_clock(f->clock) |
           judge_lists(f);
}
