/* The life of data at a real station: erased, exported, dropped, kept aside and brought back. */
#include "stage.h"
#include "suite.h"
#include "sys/file.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Whether any file of the station's folder that holds data has these bytes. */
static bool
folder_holds(const struct stage *s, struct tbc_span bytes)
{
    static const char *const names[] = { "station.db", "station.db-wal" };
    bool found = false;

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tbc_buf b = { 0 };

        if (tbc_file_read(stage_path(s, names[i]), 64u << 20, &b) == TBC_OK &&
            b.len > 0) {
            found = found || memmem(b.ptr, b.len, bytes.ptr, bytes.len) != NULL;
        }
        tbc_buf_fini(&b);
    }
    return found;
}

static int
erase(const struct stage *s, const char *number, const char *now)
{
    return stage_run((const char *const[]){
        "tbc", "erase", "--kind", "passport", "--number", number, "--reason", "asked",
        "--device", stage_path(s, "operator.device"), now, NULL });
}

/* What a certificate has of its holder: the signed bytes. */
static void
erasing_leaves_nothing_and_the_log_verifies(void)
{
    static struct stage s;
    static struct tbc_lookup_reply found;
    struct tbc_lookup look = { .reason = "asked" };
    struct tbc_assist ask = stage_assistance(0);
    struct tbc_issue_reply issued;
    uint8_t bytes[64];
    const char *data;

    stage_raise(&s);
    CU_ASSERT(stage_import(&s, 3));
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &ask, &issued), TBC_CODE_FINE));
    memcpy(look.cti, issued.cti, sizeof look.cti);
    memcpy(bytes, issued.certificate.ptr + 20, sizeof bytes);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    CU_ASSERT(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT(folder_holds(&s, tbc_span_of(look.cti, sizeof look.cti)));

    CU_ASSERT_EQUAL(erase(&s, ask.number, NULL), 1);
    CU_ASSERT(strstr(stage_said(), "a valid certificate") != NULL);
    CU_ASSERT(strstr(stage_said(), ask.number) == NULL);
    CU_ASSERT(
        stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found), TBC_CODE_FINE));
    CU_ASSERT_EQUAL(erase(&s, ask.number, "--now"), 0);
    CU_ASSERT_FALSE(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    CU_ASSERT_EQUAL(erase(&s, ask.number, "--now"), 1);
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_LOOKUP, &look, &found),
                       TBC_CODE_NOT_FOUND));
    CU_ASSERT(stage_is(stage_ask(s.client, TBC_OP_ASSIST, &ask, &issued),
                       TBC_CODE_NOT_FOUND));
    CU_ASSERT_EQUAL(erase(&s, "nonsense number", NULL), 4);

    stage_strike(&s);
    CU_ASSERT_FALSE(folder_holds(&s, tbc_span_of(bytes, sizeof bytes)));
    data = s.data;
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc", "audit", "verify", "--data",
                                                     data, NULL }),
                    0);
    CU_ASSERT_EQUAL(stage_run((const char *const[]){ "tbc", "erase", "--number", "1",
                                                     "--data", data, NULL }),
                    2);
    CU_ASSERT(stage_start(&s, NULL) && stage_connect(&s));
    stage_strike(&s);
}

TBC_SUITE("e2e/data", TEST(erasing_leaves_nothing_and_the_log_verifies))
