/* bench_enter [--json FILE] [--n N]
 *
 * Presentations that gates ask about: acknowledged and durable ENTERs a second through the real
 * socket, beside what SQLite alone does with the same rows. */
#include "crypto/seal.h"
#include "sys/clock.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

#define DEVICES 8
#define SLOTS   256

static struct figures figures;
static size_t n = 20000;

static bool
ask_entry(void *arg, size_t unit, unsigned step, const void *reply, enum tbc_op *op,
          const void **msg)
{
    static struct tbc_entry entry;
    const uint8_t(*ctis)[TBC_CTI_LEN] = arg;

    if (step > 0) {
        const struct tbc_entry_reply *entered = reply;

        CU_ASSERT_EQUAL_FATAL(entered->verdict, TBC_ACCEPTED);
        return false;
    }
    entry = (struct tbc_entry){ .verdict = TBC_ACCEPTED_OFFLINE,
                                .at = tbc_clock_utc(),
                                .train = "G1207" };
    entry.depart.s = entry.at.s + 600;
    memcpy(entry.cti, ctis[unit], sizeof entry.cti);
    CU_ASSERT_EQUAL_FATAL(tbc_random(entry.event, sizeof entry.event), TBC_OK);
    *op = TBC_OP_ENTER;
    *msg = &entry;
    return true;
}

static void
run(void)
{
    static struct stage s;
    struct load_plan issue = { .ask = work_issue, .n = n, .slots = SLOTS };
    struct load_plan enter = { .ask = ask_entry, .n = n, .slots = SLOTS };
    struct load *kiosks;
    struct load *gates;
    double rate;

    issue.arg = enter.arg = calloc(n, TBC_CTI_LEN);
    CU_ASSERT_PTR_NOT_NULL_FATAL(issue.arg);
    work_raise(&s, n);
    kiosks = load_open(&s, TBC_ROLE_KIOSK, DEVICES);
    (void)load_run(kiosks, &issue);
    load_close(&kiosks);
    work_keep(&s);
    gates = load_open(&s, TBC_ROLE_GATE, DEVICES);
    rate = (double)n / load_run(gates, &enter);
    load_close(&gates);
    stage_strike(&s);
    work_compare(&figures, &s, n, rate, "entered", 0.45);
    free(issue.arg);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
