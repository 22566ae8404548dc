/* bench_judge [--json FILE]
 *
 * What a gate's verdict costs beside the one thing in it that must cost: the ES256 verification.
 * Both are timed in turn in one run, and medians are compared.  Then Base45 against a bare table
 * loop, the memory that a verdict asks for, and the sizes of what is judged.  Exit 1 when a target
 * is missed. */
#include "allocations.h"
#include "base/text.h"
#include "figures.h"
#include "measure.h"
#include "world.h"

#include <CUnit/CUnit.h>
#include <CUnit/TestRun.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ROUNDS 3000
/* A decoding takes less than the clock can tell: so many make one measurement. */
#define DECODINGS 64

static struct figures figures;

/* Calls of OpenSSL's allocator, which is ours here to count with. */
static size_t openssl_calls;

static void *
openssl_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    openssl_calls++;
    return allocations_uncounted(NULL, size);
}

static void *
openssl_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    openssl_calls++;
    return allocations_uncounted(old, size);
}

static void
openssl_free(void *old, const char *file, int line)
{
    (void)file;
    (void)line;
    allocations_uncounted_free(old);
}

static void
tell(const char *name, double value, const char *unit)
{
    figures_add(&figures, (struct figure){ name, unit, value, 0, FIGURE_INFO });
}

static void
ask(const char *name, double value, const char *unit, double target)
{
    figures_add(&figures, (struct figure){ name, unit, value, target, FIGURE_LOWER });
}

/* The bare library: one signature of the same bytes, its hash included, contexts warm. */
struct bare {
    EVP_PKEY_CTX *verify;
    EVP_MD *sha256;
    EVP_MD_CTX *hash;
    uint8_t message[TBC_LIVE_MAX];
    uint8_t der[80];
    size_t der_len;
};

static void
bare_digest(const struct bare *b, size_t len, uint8_t hash[static 32])
{
    CU_ASSERT_FATAL(EVP_DigestInit_ex(b->hash, b->sha256, NULL) == 1 &&
                    EVP_DigestUpdate(b->hash, b->message, len) == 1 &&
                    EVP_DigestFinal_ex(b->hash, hash, NULL) == 1);
}

static void
bare_init(struct bare *b, size_t len)
{
    EVP_PKEY *pkey = EVP_PKEY_Q_keygen(NULL, NULL, "EC", "P-256");
    EVP_PKEY_CTX *sign = EVP_PKEY_CTX_new(pkey, NULL);
    uint8_t hash[32];

    *b = (struct bare){ .der_len = sizeof b->der };
    b->sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
    b->hash = EVP_MD_CTX_new();
    bare_digest(b, len, hash);
    CU_ASSERT_FATAL(EVP_PKEY_sign_init(sign) == 1 &&
                    EVP_PKEY_sign(sign, b->der, &b->der_len, hash, sizeof hash) == 1);
    b->verify = EVP_PKEY_CTX_new(pkey, NULL);
    CU_ASSERT_FATAL(EVP_PKEY_verify_init(b->verify) == 1);
    EVP_PKEY_CTX_free(sign);
    EVP_PKEY_free(pkey);
}

static void
bare_fini(struct bare *b)
{
    EVP_PKEY_CTX_free(b->verify);
    EVP_MD_CTX_free(b->hash);
    EVP_MD_free(b->sha256);
}

static double
time_bare(const struct bare *b, size_t len)
{
    uint8_t hash[32];
    double from = measure_now_us();
    int rc;

    bare_digest(b, len, hash);
    rc = EVP_PKEY_verify(b->verify, b->der, b->der_len, hash, sizeof hash);
    CU_ASSERT_EQUAL_FATAL(rc, 1);
    return measure_now_us() - from;
}

static double
time_judge(struct world *w, const struct tbc_buf *text)
{
    struct tbc_judgement out;
    double from = measure_now_us();
    enum tbc_verdict v = world_judge_text(w, tbc_buf_span(text), WORLD_NOW, &out);

    CU_ASSERT_EQUAL_FATAL(v, TBC_ACCEPTED_OFFLINE);
    return measure_now_us() - from;
}

/* The certificate of the test world in the two forms in which a gate sees it. */
struct shown {
    struct tbc_buf message;
    struct tbc_buf text;
};

static void
show_paper(struct world *w, struct shown *s)
{
    *s = (struct shown){ 0 };
    world_certificate(w, &s->message);
    world_text(tbc_buf_span(&s->message), &s->text);
}

static void
show_live(struct world *w, struct shown *s)
{
    struct tbc_live live = { .time = WORLD_NOW, .has_challenge = true };
    struct tbc_buf bound = { 0 };

    *s = (struct shown){ 0 };
    world_certificate(w, &bound);
    world_prove(w->phone, tbc_buf_span(&bound), &live, &s->message);
    world_text(tbc_buf_span(&s->message), &s->text);
    tbc_buf_fini(&bound);
}

static void
shown_fini(struct shown *s)
{
    tbc_buf_fini(&s->message);
    tbc_buf_fini(&s->text);
}

static void
measure_judge(struct world *w, const struct shown *paper, const struct shown *live)
{
    static double bare_us[ROUNDS];
    static double paper_us[ROUNDS];
    static double live_us[ROUNDS];
    struct bare b;
    double base;

    bare_init(&b, paper->message.len);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_us[i] = time_bare(&b, paper->message.len);
        paper_us[i] = time_judge(w, &paper->text);
        live_us[i] = time_judge(w, &live->text);
    }
    bare_fini(&b);
    base = measure_quantile(bare_us, ROUNDS, 0.5);
    tell("bare ES256 verify", base, "us");
    tell("judge paper", measure_quantile(paper_us, ROUNDS, 0.5), "us");
    ask("judge paper / bare verify", measure_quantile(paper_us, ROUNDS, 0.5) / base, "",
        1.15);
    tell("judge live proof", measure_quantile(live_us, ROUNDS, 0.5), "us");
    ask("judge live proof / 2 bare verifies",
        measure_quantile(live_us, ROUNDS, 0.5) / (2 * base), "", 1.15);
}

/* Two holders in turn, so that what one leaves warm is not the other's own key. */
static void
measure_memory(struct world *w, const struct shown *const shown[], size_t n)
{
    struct allocations ours;

    for (size_t i = 0; i < n; i++) {
        (void)time_judge(w, &shown[i]->text);
    }
    allocations_start();
    openssl_calls = 0;
    for (size_t i = 0; i < ROUNDS; i++) {
        (void)time_judge(w, &shown[i % n]->text);
    }
    ours = allocations_read();
    ask("our allocations after warm-up", (double)ours.calls, "calls", 0);
    tell("OpenSSL's own, a verdict", (double)openssl_calls / ROUNDS, "calls");
}

/* The bare loop: one table, no letter is wrong and no group too large. */
static void
bare_base45(const uint8_t *restrict table, struct tbc_span in, uint8_t *restrict out)
{
    for (size_t i = 0; i + 3 <= in.len; i += 3) {
        unsigned value = table[in.ptr[i]] + 45u * table[in.ptr[i + 1]] +
                         2025u * table[in.ptr[i + 2]];

        *out++ = (uint8_t)(value >> 8);
        *out++ = (uint8_t)value;
    }
}

static double
time_bare_base45(const uint8_t *table, struct tbc_span in, uint8_t *out)
{
    double from = measure_now_us();

    for (size_t i = 0; i < DECODINGS; i++) {
        bare_base45(table, in, out);
        __asm__ volatile("" : : "r"(out) : "memory"); /* do it each time */
    }
    return measure_now_us() - from;
}

static double
time_base45(struct tbc_span in, struct tbc_buf *out)
{
    double from = measure_now_us();

    for (size_t i = 0; i < DECODINGS; i++) {
        tbc_buf_clear(out);
        CU_ASSERT_EQUAL_FATAL(tbc_base45_decode(in, out, NULL), TBC_OK);
    }
    return measure_now_us() - from;
}

static void
measure_base45(const struct shown *live)
{
    static double bare_us[ROUNDS];
    static double ours_us[ROUNDS];
    static const char letters[] = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
    struct tbc_span text = tbc_buf_span(&live->text);
    struct tbc_span in = tbc_span_sub(text, 5, (text.len - 5) / 3 * 3);
    static uint8_t storage[TBC_LIVE_MAX + 1];
    static uint8_t bare[TBC_LIVE_MAX + 1];
    static uint8_t table[256];
    struct tbc_buf out;

    for (size_t i = 0; letters[i] != '\0'; i++) {
        table[(uint8_t)letters[i]] = (uint8_t)i;
    }
    tbc_buf_init_fixed(&out, storage, sizeof storage);
    for (size_t i = 0; i < ROUNDS; i++) {
        bare_us[i] = time_bare_base45(table, in, bare);
        ours_us[i] = time_base45(in, &out);
    }
    CU_ASSERT_EQUAL_FATAL(memcmp(bare, storage, in.len / 3 * 2), 0);
    tell("Base45 of a live proof, bare table loop",
         measure_quantile(bare_us, ROUNDS, 0.5) / DECODINGS * 1e3, "ns");
    ask("Base45 decoding / bare table loop",
        measure_quantile(ours_us, ROUNDS, 0.5) / measure_quantile(bare_us, ROUNDS, 0.5),
        "", 1.2);
}

/* As long as a station writes them; the name is cut where it must be. */
static void
fill_claims(struct tbc_claims *c)
{
    memset(c->masked_name, 'n', sizeof c->masked_name - 1);
    c->status_idx = (uint64_t)TBC_STATUS_LIST_MAX * 4 - 1;
    c->nbf.s = c->iat.s + 1;
    memcpy(c->language, "ug", 3);
}

static void
measure_sizes(struct world *w, const struct shown *paper, const struct shown *live)
{
    struct tbc_claims claims = w->claims;
    struct shown full;

    tell("paper certificate", (double)paper->message.len, "bytes");
    tell("live presentation with a challenge", (double)live->message.len, "bytes");
    fill_claims(&w->claims);
    show_live(w, &full);
    ask("the longest live presentation", (double)full.message.len, "bytes",
        TBC_LIVE_MAX);
    shown_fini(&full);
    w->claims.cnf_len = 0;
    w->claims.medium = TBC_MEDIUM_PAPER;
    show_paper(w, &full);
    ask("the longest paper certificate", (double)full.message.len, "bytes",
        TBC_PAPER_MAX);
    shown_fini(&full);
    w->claims = claims;
}

static void
run(void)
{
    static struct world w; /* together they are more than a frame should hold */
    static struct shown paper;
    static struct shown live;
    static struct shown other;

    world_init(&w, TBC_ALG_ES256);
    show_paper(&w, &paper);
    world_bind(&w);
    show_live(&w, &live);
    tbc_key_free(&w.phone);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&w.phone, TBC_ALG_ES256), TBC_OK);
    world_bind(&w);
    show_live(&w, &other);
    measure_judge(&w, &paper, &live);
    measure_base45(&live);
    measure_memory(&w, (const struct shown *const[]){ &paper, &live, &other }, 3);
    measure_sizes(&w, &paper, &live);
    shown_fini(&paper);
    shown_fini(&live);
    shown_fini(&other);
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
    if (CRYPTO_set_mem_functions(openssl_malloc, openssl_realloc, openssl_free) != 1 ||
        CU_initialize_registry() != CUE_SUCCESS ||
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
