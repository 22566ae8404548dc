/* crypto/ at the edges of its lengths and numbers. */
#include "base/text.h"
#include "crypto/checkpoint.h"
#include "crypto/digest.h"
#include "crypto/merkle.h"
#include "crypto/seal.h"
#include "crypto/sign.h"
#include "suite.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* One byte stands for all: none of the others exists, so none may be looked at. */
static const struct tbc_span beyond_int = { (const uint8_t *)"", (size_t)INT_MAX + 1 };

static void
what_openssl_cannot_count_is_refused_before_it_is_read(void)
{
    static const uint8_t key[TBC_SEAL_KEY_LEN] = { 1 };
    struct tbc_span some = tbc_span_str("twenty-eight bytes and more of it");
    struct tbc_buf out = { 0 };
    uint8_t mac[TBC_SHA256_LEN] = { 1 };
    uint8_t byte = 7;

    CU_ASSERT_EQUAL(tbc_seal(key, some, beyond_int, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_seal(key, beyond_int, some, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_unseal(key, some, beyond_int, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_unseal(key, beyond_int, some, &out), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(out.cap, 0);
    CU_ASSERT_EQUAL(tbc_random(&byte, (size_t)INT_MAX + 1), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(byte, 7);
    CU_ASSERT_EQUAL(tbc_hmac_sha256(beyond_int, some, mac), TBC_ERR_CRYPTO);
    CU_ASSERT_EQUAL(mac[0], 0);
}

static void
a_pseudonym_is_of_a_number_that_there_is(void)
{
    uint8_t holder[TBC_HOLDER_LEN] = { 1 };
    char number[64];

    memset(number, '1', sizeof number - 1);
    number[sizeof number - 1] = '\0';
    CU_ASSERT_EQUAL(tbc_pseudonym(tbc_span_str("m"), 1, TBC_DOC_CN, number, holder),
                    TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(holder[0], 0);
}

static void
der_has_no_meaning_for_eddsa(void)
{
    static const uint8_t der[] = { 0x30, 6, 2, 1, 1, 2, 1, 2 };
    static const enum tbc_alg algs[] = { TBC_ALG_EDDSA, TBC_ALG_NONE };
    struct tbc_buf raw = { 0 };

    for (size_t i = 0; i < 2; i++) {
        CU_ASSERT_EQUAL(
            tbc_signature_from_der(algs[i], tbc_span_of(der, sizeof der), &raw),
            TBC_ERR_UNSUPPORTED);
    }
    CU_ASSERT_EQUAL(raw.len, 0);
}

/* RFC 9864 sec. 2: ESP256, ESP384, ESP512, Ed25519; RFC 9053 sec. 2.1: the hash alone. */
static void
numbers_that_name_the_curve_go_with_its_keys_only(void)
{
    static const struct {
        enum tbc_alg alg;
        int64_t number;
    } rows[] = {
        { TBC_ALG_ES256, -9 },
        { TBC_ALG_ES384, -51 },
        { TBC_ALG_ES512, -52 },
        { TBC_ALG_EDDSA, -19 },
    };
    struct tbc_span message = tbc_span_str("message");

    for (size_t i = 0; i < 4; i++) {
        struct tbc_key *key = NULL;
        struct tbc_buf sig = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, rows[i].alg), TBC_OK);
        CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig), TBC_OK);
        for (size_t j = 0; j < 4; j++) {
            CU_ASSERT_EQUAL(
                tbc_verify_any(key, rows[j].number, message, tbc_buf_span(&sig)),
                i == j ? TBC_OK : TBC_ERR_UNSUPPORTED);
        }
        CU_ASSERT_EQUAL(
            tbc_verify_any(key, TBC_ALG_ES256, message, tbc_span_str("short")),
            rows[i].alg == TBC_ALG_EDDSA ? TBC_ERR_UNSUPPORTED : TBC_ERR_BAD_SIGNATURE);
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
}

/* FIPS 186-5 sec. 6.4.2 step 1, GB/T 32918.2 sec. 7.1: r and s from 1 to n - 1.  These are bad
 * signatures, not failures of the library. */
static void
numbers_outside_the_group_are_bad_signatures(void)
{
    static const enum tbc_alg algs[] = { TBC_ALG_ES256, TBC_ALG_ES384, TBC_ALG_ES512,
                                         TBC_ALG_SM2, TBC_ALG_EDDSA };

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        struct tbc_key *key = NULL;
        struct tbc_buf sig = { 0 };
        struct tbc_span message = tbc_span_str("message");
        size_t half = tbc_alg_signature_len(algs[i]) / 2;

        CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, algs[i]), TBC_OK);
        for (int form = 0; form < 6; form++) {
            tbc_buf_clear(&sig);
            CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig), TBC_OK);
            memset(sig.ptr, form % 2 == 0 ? 0 : 0xff, form < 4 ? half : 0);
            memset(sig.ptr + half, form % 2 == 0 ? 0 : 0xff, form >= 2 ? half : 0);
            CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)),
                            TBC_ERR_BAD_SIGNATURE);
        }
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
}

static void
a_long_message_is_signed_and_verified_whole(void)
{
    static uint8_t text[5000];
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };
    struct tbc_span message = tbc_span_of(text, sizeof text);

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_EDDSA), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)), TBC_OK);
    text[4999] ^= 1;
    CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)),
                    TBC_ERR_BAD_SIGNATURE);
    text[4999] ^= 1;
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
}

static void
a_public_half_signs_nothing(void)
{
    struct tbc_key *pair = NULL;
    struct tbc_key *half = NULL;
    struct tbc_buf cose = { 0 };
    struct tbc_buf out = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&pair, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_cose(pair, &cose), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&half, tbc_buf_span(&cose)), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sign_cose(half, TBC_TYP_STATUS, tbc_span_str("x"), &out),
                    TBC_ERR_DENIED);
    CU_ASSERT_EQUAL(tbc_sign_raw(half, tbc_span_str("x"), &out), TBC_ERR_DENIED);
    CU_ASSERT_EQUAL(out.len, 0);
    tbc_buf_fini(&cose);
    tbc_key_free(&pair);
    tbc_key_free(&half);
}

static void
keys_of_others_are_not_made(void)
{
    static const enum tbc_alg algs[] = { TBC_ALG_NONE, TBC_ALG_ES256K, TBC_ALG_ED448 };
    struct tbc_key *key = NULL;

    for (size_t i = 0; i < sizeof algs / sizeof *algs; i++) {
        CU_ASSERT_EQUAL(tbc_key_make(&key, algs[i]), TBC_ERR_UNSUPPORTED);
        CU_ASSERT_PTR_NULL(key);
    }
}

static void
a_tree_ends_at_the_last_number(void)
{
    static struct tbc_merkle tree = { .size = UINT64_MAX };
    struct tbc_hash leaf = { { 0 } };
    bool holds = true;

    CU_ASSERT_EQUAL(tbc_merkle_append(&tree, &leaf), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tree.size, UINT64_MAX);
    /* half a hash is no node */
    CU_ASSERT_EQUAL(tbc_merkle_verify_consistency(1, 2, &leaf, &leaf,
                                                  tbc_span_of(leaf.b, 16), &holds),
                    TBC_OK);
    CU_ASSERT_FALSE(holds);
}

static void
what_two_checkpoints_say_has_a_word_and_a_sentence(void)
{
    for (unsigned i = 0; i <= TBC_LOG_STEP_INCONSISTENT; i++) {
        CU_ASSERT(strlen(tbc_log_step_word((enum tbc_log_step)i)) > 3);
        CU_ASSERT(strlen(tbc_log_step_text((enum tbc_log_step)i)) > 10);
    }
    CU_ASSERT_STRING_EQUAL(tbc_log_step_word((enum tbc_log_step)99), "?");
    CU_ASSERT_STRING_EQUAL(tbc_log_step_text((enum tbc_log_step)99), "?");
}

static void
a_fault_in_a_checkpoint_is_told_as_an_offset_of_the_message(void)
{
    struct tbc_key *key = NULL;
    struct tbc_buf out = { 0 };
    struct tbc_checkpoint c;
    struct tbc_cose msg;
    struct tbc_fault fault = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_sign_cose(key, TBC_TYP_CHECKPOINT, tbc_span_str("\xa1\x01"), &out), TBC_OK);
    CU_ASSERT_EQUAL(tbc_cose_open(&msg, tbc_buf_span(&out), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_checkpoint_open(&c, tbc_buf_span(&out), key, &fault),
                    TBC_ERR_MALFORMED);
    CU_ASSERT(fault.offset >= (size_t)(msg.payload.ptr - out.ptr) &&
              fault.offset <= (size_t)(msg.payload.ptr - out.ptr) + 2);
    CU_ASSERT_EQUAL(c.size, 0);
    tbc_buf_fini(&out);
    tbc_key_free(&key);
}

TBC_SUITE("crypto/edges", TEST(what_openssl_cannot_count_is_refused_before_it_is_read),
          TEST(a_pseudonym_is_of_a_number_that_there_is),
          TEST(der_has_no_meaning_for_eddsa),
          TEST(numbers_that_name_the_curve_go_with_its_keys_only),
          TEST(numbers_outside_the_group_are_bad_signatures),
          TEST(a_long_message_is_signed_and_verified_whole),
          TEST(a_public_half_signs_nothing), TEST(keys_of_others_are_not_made),
          TEST(a_tree_ends_at_the_last_number),
          TEST(what_two_checkpoints_say_has_a_word_and_a_sentence),
          TEST(a_fault_in_a_checkpoint_is_told_as_an_offset_of_the_message))
