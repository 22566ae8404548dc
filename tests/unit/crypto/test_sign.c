#include "base/text.h"
#include "crypto/sign.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const enum tbc_alg algs[] = { TBC_ALG_ES256, TBC_ALG_ES384, TBC_ALG_ES512,
                                     TBC_ALG_EDDSA, TBC_ALG_SM2 };
#define ALGS_N (sizeof algs / sizeof *algs)

static void
every_algorithm_verifies_its_own_and_refuses_a_flipped_bit(void)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        struct tbc_key *key = NULL;
        struct tbc_buf sig = { 0 };
        struct tbc_span message = tbc_span_str("one ticket to Qingyu North");

        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, algs[i]), TBC_OK);
        CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig), TBC_OK);
        CU_ASSERT_EQUAL(sig.len, tbc_alg_signature_len(algs[i]));
        CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)), TBC_OK);
        for (size_t bit = 0; bit < sig.len * 8; bit += 37) {
            sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)),
                            TBC_ERR_BAD_SIGNATURE);
            sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        CU_ASSERT_EQUAL(
            tbc_verify_raw(key, message,
                           tbc_span_sub(tbc_buf_span(&sig), 0, sig.len - 1)),
            TBC_ERR_BAD_SIGNATURE);
        CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)), TBC_OK);
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
}

static void
public_forms_give_the_same_key(void)
{
    for (size_t i = 0; i < ALGS_N; i++) {
        struct tbc_key *key = NULL;
        struct tbc_key *from_cose = NULL;
        struct tbc_key *from_pem = NULL;
        struct tbc_buf cose = { 0 };
        struct tbc_buf pem = { 0 };
        uint8_t a[TBC_KID_LEN];
        uint8_t b[TBC_KID_LEN];

        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, algs[i]), TBC_OK);
        CU_ASSERT_EQUAL(tbc_key_put_cose(key, &cose), TBC_OK);
        CU_ASSERT_EQUAL(tbc_key_put_pem(key, &pem), TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&from_cose, tbc_buf_span(&cose)),
                              TBC_OK);
        CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&from_pem, tbc_buf_span(&pem)),
                              TBC_OK);
        tbc_key_kid(key, a);
        tbc_key_kid(from_cose, b);
        CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
        tbc_key_kid(from_pem, b);
        CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
        CU_ASSERT_EQUAL(tbc_key_alg(from_cose), algs[i]);
        CU_ASSERT_FALSE(tbc_key_is_private(from_pem));
        tbc_buf_fini(&cose);
        tbc_buf_fini(&pem);
        tbc_key_free(&from_cose);
        tbc_key_free(&from_pem);
        tbc_key_free(&key);
    }
}

static void
a_private_file_is_written_once_and_read_back(void)
{
    char dir[] = "/tmp/tbc-test-XXXXXX";
    struct tbc_buf path = { 0 };
    struct tbc_key *key = NULL;
    struct tbc_key *back = NULL;

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    CU_ASSERT_EQUAL(tbc_buf_printf(&path, "%s/key.pem", dir), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, tbc_buf_str(&path), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, tbc_buf_str(&path), NULL),
                    TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_key_open(&back, tbc_buf_str(&path), NULL, NULL), TBC_OK);
    CU_ASSERT(back != NULL && tbc_key_is_private(back));
    CU_ASSERT_EQUAL(unlink(tbc_buf_str(&path)), 0);
    CU_ASSERT_EQUAL(rmdir(dir), 0);
    tbc_key_free(&key);
    tbc_key_free(&back);
    tbc_buf_fini(&path);
}

static void
a_signed_message_opens_and_another_key_refuses_it(void)
{
    struct tbc_key *key = NULL;
    struct tbc_key *other = NULL;
    struct tbc_buf out = { 0 };
    struct tbc_cose msg;

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&other, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sign_cose(key, TBC_TYP_STATUS, tbc_span_str("\xa0"), &out),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_cose_open(&msg, tbc_buf_span(&out), NULL), TBC_OK);
    CU_ASSERT_EQUAL(msg.typ, TBC_TYP_STATUS);
    CU_ASSERT_EQUAL(tbc_verify_cose(key, &msg), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_cose(other, &msg), TBC_ERR_BAD_SIGNATURE);
    tbc_buf_fini(&out);
    tbc_key_free(&key);
    tbc_key_free(&other);
}

TBC_SUITE("crypto/sign",
          TEST(every_algorithm_verifies_its_own_and_refuses_a_flipped_bit),
          TEST(public_forms_give_the_same_key),
          TEST(a_private_file_is_written_once_and_read_back),
          TEST(a_signed_message_opens_and_another_key_refuses_it))
