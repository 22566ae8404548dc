#include "health.h"
#include "suite.h"

#include <string.h>

static const struct gate_facts well = {
    .ready = true,
    .has_journal = true,
    .has_barrier = true,
    .has_scanner = true,
    .clock = GATE_CLOCK_RIGHT,
    .trust = GATE_TRUST_FRESH,
    .status = GATE_AGE_FRESH,
    .manifest = GATE_AGE_FRESH,
};

static void
each_ill_has_its_cause(void)
{
    struct gate_facts f[TBC_GATE_ILLS_N];

    CU_ASSERT_EQUAL(gate_health_judge(&well), 0);
    for (unsigned i = 0; i < TBC_GATE_ILLS_N; i++) {
        f[i] = well;
    }
    f[TBC_GATE_ILL_STARTING].ready = false;
    f[TBC_GATE_ILL_STOPPING].ending = true;
    f[TBC_GATE_ILL_JOURNAL].has_journal = false;
    f[TBC_GATE_ILL_BARRIER].has_barrier = false;
    f[TBC_GATE_ILL_SCANNER].has_scanner = false;
    f[TBC_GATE_ILL_FIRE].fire = true;
    f[TBC_GATE_ILL_FIRE_INPUT].fire_unreadable = true;
    f[TBC_GATE_ILL_PASSAGE].passage_unreadable = true;
    f[TBC_GATE_ILL_DISPLAY].display_failed = true;
    f[TBC_GATE_ILL_CLOCK_WRONG].clock = GATE_CLOCK_WRONG;
    f[TBC_GATE_ILL_CLOCK_LOST].clock = GATE_CLOCK_LOST;
    f[TBC_GATE_ILL_TRUST_MISSING].trust = GATE_TRUST_NONE;
    f[TBC_GATE_ILL_TRUST_AGEING].trust = GATE_TRUST_AGEING;
    f[TBC_GATE_ILL_TRUST_ENDED].trust = GATE_TRUST_ENDED;
    f[TBC_GATE_ILL_STATUS_MISSING].status = GATE_AGE_NONE;
    f[TBC_GATE_ILL_STATUS_OLD].status = GATE_AGE_OLD;
    f[TBC_GATE_ILL_MANIFEST_MISSING].manifest = GATE_AGE_NONE;
    f[TBC_GATE_ILL_MANIFEST_OLD].manifest = GATE_AGE_OLD;
    for (unsigned i = 0; i < TBC_GATE_ILLS_N; i++) {
        CU_ASSERT_EQUAL(gate_health_judge(&f[i]), UINT64_C(1) << i);
    }
}

static void
what_does_not_keep_people_out_leaves_the_gate_ready(void)
{
    static const enum tbc_gate_ill lesser[] = {
        TBC_GATE_ILL_FIRE_INPUT,  TBC_GATE_ILL_PASSAGE,      TBC_GATE_ILL_DISPLAY,
        TBC_GATE_ILL_CLOCK_WRONG, TBC_GATE_ILL_TRUST_AGEING,
    };
    uint64_t all = (UINT64_C(1) << TBC_GATE_ILLS_N) - 1;

    for (size_t i = 0; i < sizeof lesser / sizeof *lesser; i++) {
        all &= ~(UINT64_C(1) << lesser[i]);
    }
    CU_ASSERT_EQUAL(tbc_gate_ills_that_stop, all);
}

static void
every_ill_is_explained_in_words_that_json_takes(void)
{
    struct tbc_buf out = { 0 };

    for (unsigned i = 0; i < TBC_GATE_ILLS_N; i++) {
        CU_ASSERT(strlen(tbc_gate_ills[i].what) > 8);
        CU_ASSERT_PTR_NULL(strpbrk(tbc_gate_ills[i].what, "\"\\"));
        CU_ASSERT_PTR_NULL(strpbrk(tbc_gate_ills[i].way_out, "\"\\"));
    }
    tbc_ills_put(tbc_gate_ills, TBC_GATE_ILLS_N, TBC_GATE_ILL_BIT(FIRE), false, &out);
    CU_ASSERT_STRING_EQUAL(
        tbc_buf_str(&out),
        "{\"ready\":false,\"problems\":[{\"name\":\"FIRE\",\"what\":\"the fire alarm is on, "
        "the barrier stays open\",\"way_out\":\"end the alarm\"}]}\n");
    tbc_buf_clear(&out);
    tbc_ills_tell(tbc_gate_ills, TBC_GATE_ILLS_N, TBC_GATE_ILL_BIT(SCANNER), &out);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out), "; the scanner is gone");
    tbc_buf_fini(&out);
}

TBC_SUITE("gate/health", TEST(each_ill_has_its_cause),
          TEST(what_does_not_keep_people_out_leaves_the_gate_ready),
          TEST(every_ill_is_explained_in_words_that_json_takes))
