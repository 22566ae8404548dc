/* bench_judge [--json FILE]
 *
 * What a gate's verdict costs beside the one thing in it that must cost: the ES256 verification.
 * Both are timed in turn in one run, and medians are compared.  Exit 1 when a target is missed. */
#include "figures.h"
#include "world.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <openssl/evp.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS       3000
#define RATIO_TARGET 1.15
#define LIVE_TARGET \
    1.15 /* over two: a public key to decode and to check comes on top */

/* The bare library: one signature of one digest, contexts warm. */
struct bare {
    EVP_PKEY_CTX *verify;
    uint8_t hash[32];
    uint8_t der[80];
    size_t der_len;
};

static struct figures figures;

static double
now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
order(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

static double
median(double *values)
{
    qsort(values, ROUNDS, sizeof *values, order);
    return values[ROUNDS / 2];
}

static void
bare_init(struct bare *b)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new(pkey, NULL);

    *b = (struct bare){ .hash = { 1 }, .der_len = sizeof b->der };
    CU_ASSERT_FATAL(EVP_PKEY_sign_init(sign) == 1 &&
                    EVP_PKEY_sign(sign, b->der, &b->der_len, b->hash, sizeof b->hash) ==
                        1);
    b->verify = EVP_PKEY_CTX_new(pkey, NULL);
    CU_ASSERT_FATAL(EVP_PKEY_verify_init(b->verify) == 1);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(pkey);
}

static double
time_bare(const struct bare *b)
{
    double from = now_us();
    int rc = EVP_PKEY_verify(b->verify, b->der, b->der_len, b->hash, sizeof b->hash);

    CU_ASSERT_EQUAL_FATAL(rc, 1);
    return now_us() - from;
}

static double
time_judge(struct world *w, const struct tbc_buf *text)
{
    struct tbc_judgement out;
    double from = now_us();
    enum tbc_verdict v = world_judge_text(w, tbc_buf_span(text), WORLD_NOW, &out);

    CU_ASSERT_EQUAL_FATAL(v, TBC_ACCEPTED_OFFLINE);
    return now_us() - from;
}

static void
measure(struct world *w, const struct tbc_buf *paper, const struct tbc_buf *live)
{
    static double bare_us[ROUNDS];
    static double paper_us[ROUNDS];
    static double live_us[ROUNDS];
    struct bare b;
    double base;

    bare_init(&b);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_us[i] = time_bare(&b);
        paper_us[i] = time_judge(w, paper);
        live_us[i] = time_judge(w, live);
    }
    EVP_PKEY_CTX_free(b.verify);
    base = median(bare_us);
    figures_add(&figures,
                (struct figure){ "bare ES256 verify", "us", base, 0, FIGURE_INFO });
    figures_add(&figures, (struct figure){ "judge paper", "us", median(paper_us), 0,
                                           FIGURE_INFO });
    figures_add(&figures,
                (struct figure){ "judge paper / bare verify", "",
                                 median(paper_us) / base, RATIO_TARGET, FIGURE_LOWER });
    figures_add(&figures, (struct figure){ "judge live proof", "us", median(live_us), 0,
                                           FIGURE_INFO });
    figures_add(&figures, (struct figure){ "judge live proof / 2 bare verifies", "",
                                           median(live_us) / (2 * base), LIVE_TARGET,
                                           FIGURE_LOWER });
}

static void
run(void)
{
    struct world w;
    struct tbc_buf message = { 0 };
    struct tbc_buf proof = { 0 };
    struct tbc_buf paper = { 0 };
    struct tbc_buf live = { 0 };

    world_init(&w, TBC_ALG_ES256);
    world_certificate(&w, &message);
    world_text(tbc_buf_span(&message), &paper);
    world_bind(&w);
    tbc_buf_clear(&message);
    world_certificate(&w, &message);
    world_prove(w.phone, tbc_buf_span(&message),
                &(struct tbc_live){ .time = WORLD_NOW }, &proof);
    world_text(tbc_buf_span(&proof), &live);
    measure(&w, &paper, &live);
    tbc_buf_fini(&message);
    tbc_buf_fini(&proof);
    tbc_buf_fini(&paper);
    tbc_buf_fini(&live);
    world_fini(&w);
}

int
main(int argc, char **argv)
{
    static const struct option options[] = { { "json", required_argument, NULL, 'j' },
                                             { 0 } };
    const char *json = NULL;
    CU_pSuite suite;
    int c;

    while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
        if (c == '?') {
            return 2;
        }
        json = optarg;
    }
    if (CU_initialize_registry() != CUE_SUCCESS ||
        (suite = CU_add_suite("bench", NULL, NULL)) == NULL ||
        CU_add_test(suite, "judge", run) == NULL) {
        return 3;
    }
    CU_run_all_tests();
    if (CU_get_number_of_failures() > 0 ||
        (json != NULL && !figures_write(&figures, json))) {
        fputs("bench_judge: could not measure or write\n", stderr);
        return 3;
    }
    return figures_are_met(&figures) ? 0 : 1;
}
