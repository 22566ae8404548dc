/* The station's disk takes no more for a while: everybody hears BUSY, and it goes on by itself. */
#include "crypto/seal.h"
#include "stage.h"
#include "suite.h"
#include "sys/clock.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#define RECOVER_MS 20000
#define ONE_PAGE   4096

/* Files of the station may grow to that size. */
static bool
let_grow(const struct stage *s, rlim_t size)
{
    const struct rlimit limit = { .rlim_cur = size, .rlim_max = RLIM_INFINITY };

    return prlimit(s->process.pid, RLIMIT_FSIZE, &limit, NULL) == 0;
}

static void
a_full_disk_is_busy_and_nothing_half_done(void)
{
    static struct stage s;
    static struct tbc_stats_reply stats;
    uint8_t id[TBC_WIRE_ID_LEN];
    const struct tbc_assist in = stage_assistance(0);
    struct tbc_issue_reply out;
    struct tbc_issue_reply again;
    struct answer a;
    int64_t end;

    stage_raise(&s);
    CU_ASSERT_FATAL(stage_import(&s, 1));
    CU_ASSERT_FATAL(tbc_random(id, sizeof id) == TBC_OK);
    /* no page gets into the log, at its end or, when it begins anew, at its beginning */
    CU_ASSERT_FATAL(let_grow(&s, ONE_PAGE));
    for (int i = 0; i < 3; i++) {
        CU_ASSERT(stage_is(stage_ask_as(s.client, id, TBC_OP_ASSIST, &in, &out),
                           TBC_CODE_BUSY));
    }
    CU_ASSERT_FATAL(let_grow(&s, RLIM_INFINITY));
    end = tbc_clock_mono().ms + RECOVER_MS;
    do {
        (void)poll(NULL, 0, 100);
        a = stage_ask_as(s.client, id, TBC_OP_ASSIST, &in, &out);
    } while (a.err == TBC_OK && a.code == TBC_CODE_BUSY && tbc_clock_mono().ms < end);
    CU_ASSERT_FATAL(stage_is(a, TBC_CODE_FINE));
    CU_ASSERT_FALSE(out.again);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_STATS, &(struct tbc_stats){ 0 }, &stats),
                 TBC_CODE_FINE));
    for (size_t i = 0; i < stats.stats_n; i++) {
        if (strcmp(stats.stats[i].name, "certificates") == 0) {
            CU_ASSERT_EQUAL(stats.stats[i].value, 1);
        }
    }
    /* what was acknowledged then is there after a death */
    tbc_client_close(&s.client);
    CU_ASSERT_EQUAL(stage_end(&s, SIGKILL), 128 + SIGKILL);
    CU_ASSERT_FATAL(stage_start(&s, NULL) && stage_connect(&s));
    CU_ASSERT(stage_is(stage_ask_as(s.client, id, TBC_OP_ASSIST, &in, &again),
                       TBC_CODE_FINE));
    CU_ASSERT_EQUAL(memcmp(again.cti, out.cti, sizeof again.cti), 0);
    stage_strike(&s);
}

TBC_SUITE("e2e/disk", TEST(a_full_disk_is_busy_and_nothing_half_done))
