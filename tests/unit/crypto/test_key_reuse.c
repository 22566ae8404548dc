#include "crypto/key_openssl.h"
#include "crypto/sign.h"
#include "suite.h"

#include <string.h>

#define MESSAGE tbc_span_str("what the phone shows")

/* A holder: a pair, its public COSE_Key and a signature. */
struct holder {
    struct tbc_buf cose;
    struct tbc_buf signature;
};

static void
make_holder(struct holder *h, enum tbc_alg alg)
{
    struct tbc_key *key = NULL;

    *h = (struct holder){ 0 };
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, alg), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_put_cose(key, &h->cose), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_sign_raw(key, MESSAGE, &h->signature), TBC_OK);
    tbc_key_free(&key);
}

static void
drop_holder(struct holder *h)
{
    tbc_buf_fini(&h->cose);
    tbc_buf_fini(&h->signature);
}

static void
check_is(struct tbc_key *key, const struct holder *mine, const struct holder *other)
{
    struct tbc_key *fresh = NULL;
    uint8_t expected[TBC_KID_LEN];
    uint8_t kid[TBC_KID_LEN];

    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_strict(&fresh, tbc_buf_span(&mine->cose)),
                          TBC_OK);
    tbc_key_kid(fresh, expected);
    tbc_key_kid(key, kid);
    CU_ASSERT_EQUAL(memcmp(kid, expected, sizeof kid), 0);
    CU_ASSERT_EQUAL(tbc_key_alg(key), tbc_key_alg(fresh));
    CU_ASSERT_EQUAL(tbc_verify_raw(key, MESSAGE, tbc_buf_span(&mine->signature)),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_raw(key, MESSAGE, tbc_buf_span(&other->signature)),
                    TBC_ERR_BAD_SIGNATURE);
    tbc_key_free(&fresh);
}

static void
a_reused_key_is_the_new_holders_and_no_longer_the_old_ones(void)
{
    static const enum tbc_alg algs[] = { TBC_ALG_ES256, TBC_ALG_ES384, TBC_ALG_ES512,
                                         TBC_ALG_EDDSA, TBC_ALG_SM2 };
    struct tbc_key *key = NULL;

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        struct holder a;
        struct holder b;

        make_holder(&a, algs[i]);
        make_holder(&b, algs[i]);
        for (size_t turn = 0; turn < 3; turn++) {
            const struct holder *now = turn % 2 == 0 ? &a : &b;

            CU_ASSERT_EQUAL_FATAL(tbc_key_reuse_strict(&key, tbc_buf_span(&now->cose)),
                                  TBC_OK);
            check_is(key, now, turn % 2 == 0 ? &b : &a);
        }
        drop_holder(&a);
        drop_holder(&b);
    }
    tbc_key_free(&key);
}

static void
a_bad_key_leaves_none_behind(void)
{
    struct tbc_key *key = NULL;
    struct holder h;
    struct tbc_buf bad = { 0 };

    make_holder(&h, TBC_ALG_ES256);
    for (size_t i = 0; i < h.cose.len; i++) {
        CU_ASSERT_EQUAL_FATAL(tbc_key_reuse_strict(&key, tbc_buf_span(&h.cose)),
                              TBC_OK);
        tbc_buf_clear(&bad);
        CU_ASSERT_EQUAL_FATAL(tbc_buf_append_span(&bad, tbc_buf_span(&h.cose)), TBC_OK);
        bad.ptr[i] ^= 1;
        CU_ASSERT_NOT_EQUAL(tbc_key_reuse_strict(&key, tbc_buf_span(&bad)), TBC_OK);
        CU_ASSERT_PTR_NULL(key);
        CU_ASSERT_EQUAL_FATAL(tbc_key_reuse_strict(&key, tbc_buf_span(&h.cose)),
                              TBC_OK);
        CU_ASSERT_NOT_EQUAL(
            tbc_key_reuse_strict(&key, tbc_span_sub(tbc_buf_span(&h.cose), 0, i)),
            TBC_OK);
        CU_ASSERT_PTR_NULL(key);
    }
    tbc_buf_fini(&bad);
    drop_holder(&h);
}

static void
a_private_key_is_never_turned_into_anothers(void)
{
    struct tbc_key *key = NULL;
    struct holder h;

    make_holder(&h, TBC_ALG_ES256);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_reuse_strict(&key, tbc_buf_span(&h.cose)), TBC_OK);
    CU_ASSERT_FALSE(tbc_key_is_private(key));
    CU_ASSERT_EQUAL(tbc_verify_raw(key, MESSAGE, tbc_buf_span(&h.signature)), TBC_OK);
    tbc_key_free(&key);
    drop_holder(&h);
}

TBC_SUITE("crypto/key_reuse",
          TEST(a_reused_key_is_the_new_holders_and_no_longer_the_old_ones),
          TEST(a_bad_key_leaves_none_behind),
          TEST(a_private_key_is_never_turned_into_anothers))
