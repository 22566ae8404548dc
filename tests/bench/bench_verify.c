/* bench_verify [--json FILE] [--n N]
 *
 * How long a gate waits for the answer to one online VERIFY, beside a bare CURVE echo of as many
 * bytes and one raw ES256 verification: all three in turn. */
#include "bare.h"
#include "codec/token.h"
#include "measure.h"
#include "work.h"

#include <CUnit/CUnit.h>

#include <stdlib.h>
#include <string.h>

static struct figures figures;
static size_t n = 5000;

static double
time_verify(struct tbc_client *gate, const struct tbc_verify *ask)
{
    struct tbc_verify_reply out;
    double from = measure_now_us();
    struct answer a = stage_ask(gate, TBC_OP_VERIFY, ask, &out);

    CU_ASSERT_FATAL(stage_is(a, TBC_CODE_FINE) && out.verdict == TBC_ACCEPTED);
    return measure_now_us() - from;
}

static void
measure(struct tbc_client *gate, struct tbc_span text)
{
    const struct tbc_verify ask = { .text = text };
    double *verify_us = calloc(n, sizeof(double));
    double *echo_us = calloc(n, sizeof(double));
    double *bare_us = calloc(n, sizeof(double));
    struct tbc_buf request = { 0 };
    struct bare_echo *echo = bare_echo_new();
    struct bare_verify *bare = bare_verify_new();
    double floor;
    static const uint8_t id[TBC_WIRE_ID_LEN] = { 0 };

    CU_ASSERT_FATAL(verify_us != NULL && echo_us != NULL && bare_us != NULL);
    CU_ASSERT_EQUAL_FATAL(tbc_wire_put_request(&request, id, TBC_OP_VERIFY, &ask),
                          TBC_OK);
    for (size_t i = 0; i < n; i++) {
        verify_us[i] = time_verify(gate, &ask);
        echo_us[i] = bare_echo_us(echo, request.len);
        bare_us[i] = bare_verify_us(bare);
    }
    bare_echo_free(&echo);
    bare_verify_free(&bare);
    work_tell(&figures, "VERIFY, median", measure_quantile(verify_us, n, 0.5), "us");
    work_tell(&figures, "VERIFY, p99", measure_quantile(verify_us, n, 0.99), "us");
    work_tell(&figures, "CURVE echo of the same size",
              measure_quantile(echo_us, n, 0.5), "us");
    work_tell(&figures, "bare ES256 verify", measure_quantile(bare_us, n, 0.5), "us");
    floor = measure_quantile(echo_us, n, 0.5) + measure_quantile(bare_us, n, 0.5);
    figures_add(&figures, (struct figure){ "VERIFY / (echo + verify)", "",
                                           measure_quantile(verify_us, n, 0.5) / floor,
                                           1.5, FIGURE_LOWER });
    tbc_buf_fini(&request);
    free(verify_us);
    free(echo_us);
    free(bare_us);
}

static void
run(void)
{
    static struct stage s;
    struct tbc_client *gate = NULL;
    struct tbc_assist desk = stage_assistance(0);
    struct tbc_issue_reply issued;
    struct tbc_buf text = { 0 };

    work_raise(&s, 1);
    CU_ASSERT_FATAL(
        stage_is(stage_ask(s.client, TBC_OP_ASSIST, &desk, &issued), TBC_CODE_FINE));
    CU_ASSERT_EQUAL_FATAL(tbc_token_encode(issued.certificate, &text), TBC_OK);
    CU_ASSERT_FATAL(stage_enrol(&s, "gate-1", TBC_ROLE_GATE) &&
                    stage_connect_as(&gate, stage_path(&s, "gate-1.device"), false));
    measure(gate, tbc_buf_span(&text));
    tbc_buf_fini(&text);
    tbc_client_close(&gate);
    stage_strike(&s);
}

int
main(int argc, char **argv)
{
    return work_main(argc, argv, &figures, &n, run);
}
