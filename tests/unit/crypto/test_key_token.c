/* Keys that stay in a token, tried with SoftHSM. */
#include "crypto/pass.h"
#include "crypto/pkcs11.h"
#include "crypto/sign.h"
#include "softhsm.h"
#include "suite.h"

#include <p11-kit/p11-kit.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

static struct softhsm hsm;

static const struct {
    const char *object;
    enum tbc_alg alg;
} keys[] = {
    { "issuer", TBC_ALG_ES256 },
    { "root", TBC_ALG_ES384 },
    { "large", TBC_ALG_ES512 },
    { "edwards",
      TBC_ALG_EDDSA }, /* the one that hides the others from OpenSSL's engine */
};
#define KEYS_N (sizeof keys / sizeof *keys)

static void
a_pair_is_made_in_the_token_and_signs(void)
{
    const struct tbc_span message = tbc_span_str("one ticket to Qingyu North");

    softhsm_init(&hsm);
    for (size_t i = 0; i < KEYS_N; i++) {
        struct tbc_key_fault fault = { "" };
        struct tbc_key *key = NULL;
        struct tbc_buf sig = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_key_make_in_token(&key, keys[i].alg,
                                                    softhsm_uri(&hsm, keys[i].object),
                                                    NULL, &fault),
                              TBC_OK);
        CU_ASSERT_EQUAL(tbc_key_alg(key), keys[i].alg);
        CU_ASSERT_EQUAL(tbc_key_kept(key), TBC_KEY_TOKEN);
        CU_ASSERT_STRING_EQUAL(tbc_key_token(key), SOFTHSM_TOKEN);
        CU_ASSERT(tbc_key_is_private(key));
        CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig), TBC_OK);
        CU_ASSERT_EQUAL(sig.len, tbc_alg_signature_len(keys[i].alg));
        CU_ASSERT_EQUAL(tbc_verify_raw(key, message, tbc_buf_span(&sig)), TBC_OK);
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
}

static void
an_ed25519_key_beside_hides_no_other_key(void)
{
    for (size_t i = 0; i < KEYS_N; i++) {
        struct tbc_key *key = NULL;

        CU_ASSERT_EQUAL(
            tbc_key_open(&key, softhsm_uri(&hsm, keys[i].object), NULL, NULL), TBC_OK);
        tbc_key_free(&key);
    }
}

/* As tbc_verify_cose asks; a token draws either s with the same chance. */
static void
messages_of_a_token_have_the_lower_s_and_verify_elsewhere(void)
{
    struct tbc_key *key = NULL;
    struct tbc_key *public_half = NULL;
    struct tbc_buf pem = { 0 };
    struct tbc_cose msg;

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&key, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_pem(key, &pem), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&public_half, tbc_buf_span(&pem)),
                          TBC_OK);
    for (int i = 0; i < 24; i++) {
        struct tbc_buf out = { 0 };

        CU_ASSERT_EQUAL(tbc_sign_cose(key, TBC_TYP_STATUS, tbc_span_str("\xa0"), &out),
                        TBC_OK);
        CU_ASSERT_EQUAL(tbc_cose_open(&msg, tbc_buf_span(&out), NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_verify_cose(public_half, &msg), TBC_OK);
        tbc_buf_fini(&out);
    }
    tbc_buf_fini(&pem);
    tbc_key_free(&public_half);
    tbc_key_free(&key);
}

static void
two_keys_share_one_login_and_one_may_go(void)
{
    struct tbc_key *a = NULL;
    struct tbc_key *b = NULL;
    struct tbc_buf sig = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&a, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&b, softhsm_uri(&hsm, "root"), NULL, NULL),
                          TBC_OK);
    tbc_key_free(&a);
    CU_ASSERT_EQUAL(tbc_sign_raw(b, tbc_span_str("x"), &sig), TBC_OK);
    tbc_buf_fini(&sig);
    tbc_key_free(&b);
}

static void
the_public_half_asks_for_no_pin(void)
{
    char uri[384];
    struct tbc_key *key = NULL;
    struct tbc_key *pair = NULL;
    uint8_t a[TBC_KID_LEN];
    uint8_t b[TBC_KID_LEN];

    (void)snprintf(
        uri, sizeof uri,
        "pkcs11:token=tbc%%20test;object=issuer?module-path=" SOFTHSM_MODULE);
    CU_ASSERT_EQUAL_FATAL(tbc_key_read_token(&key, uri, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&pair, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    tbc_key_kid(key, a);
    tbc_key_kid(pair, b);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
    CU_ASSERT_FALSE(tbc_key_is_private(key));
    tbc_key_free(&key);
    tbc_key_free(&pair);
}

#define TOKEN  "pkcs11:token=tbc%20test;object=issuer"
#define MODULE "module-path=" SOFTHSM_MODULE

static void
what_a_uri_does_not_name_is_refused_by_name(void)
{
    static const struct {
        const char *uri;
        enum tbc_err err;
        const char *why;
    } bad[] = {
        { "pkcs11:token=%zz", TBC_ERR_MALFORMED, "RFC 7512" },
        { "pkcs11:colour=red", TBC_ERR_MALFORMED, "unknown attribute" },
        { TOKEN "?pin-value=4711&" MODULE, TBC_ERR_DENIED, "pin-source=FILE" },
        { TOKEN "?pin-source=|cat&" MODULE, TBC_ERR_UNSUPPORTED, "path of a file" },
        { TOKEN "?" MODULE, TBC_ERR_PASS_WANTED, "PIN of token tbc test is wanted" },
        { TOKEN "?pin-source=/nowhere/pin&" MODULE, TBC_ERR_NOT_FOUND, "/nowhere/pin" },
        { TOKEN "?module-path=/nowhere/p11.so", TBC_ERR_NOT_FOUND, "/nowhere/p11.so" },
        { "pkcs11:token=other;object=issuer?" MODULE, TBC_ERR_NOT_FOUND,
          "token=other" },
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_key_fault fault = { "" };
        struct tbc_key *key = NULL;

        CU_ASSERT_EQUAL(tbc_key_open(&key, bad[i].uri, NULL, &fault), bad[i].err);
        CU_ASSERT_PTR_NULL(key);
        if (strstr(fault.text, bad[i].why) == NULL) {
            printf("    wanted '%s'; got '%s'\n", bad[i].why, fault.text);
            CU_FAIL("the words");
        }
    }
}

static void
expect_bad(const char *uri, const struct tbc_pass *pass, enum tbc_err err,
           const char *why)
{
    struct tbc_key_fault fault = { "" };
    struct tbc_key *key = NULL;

    CU_ASSERT_EQUAL(tbc_key_open(&key, uri, pass, &fault), err);
    CU_ASSERT_PTR_NULL(key);
    if (strstr(fault.text, why) == NULL) {
        printf("    wanted '%s'; got '%s'\n", why, fault.text);
        CU_FAIL("the words");
    }
}

static void
a_key_that_is_not_there_and_one_that_is_not_alone_are_said(void)
{
    char uri[384];

    expect_bad(softhsm_uri(&hsm, "nobody"), NULL, TBC_ERR_NOT_FOUND,
               "token tbc test: no such private key");
    (void)snprintf(uri, sizeof uri,
                   "pkcs11:token=tbc%%20test?pin-source=%s&module-path=" SOFTHSM_MODULE,
                   softhsm_path(&hsm, "pin"));
    expect_bad(uri, NULL, TBC_ERR_CONFLICT, "several private keys match");
}

static void
a_wrong_pin_is_told_from_none_and_from_one_that_others_read(void)
{
    char file[128];
    const struct tbc_pass pass = { .file = file };
    FILE *f;

    (void)snprintf(file, sizeof file, "%s", softhsm_path(&hsm, "wrong"));
    f = fopen(file, "w");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    CU_ASSERT(fputs("0815\n", f) >= 0);
    CU_ASSERT_EQUAL(fclose(f), 0);
    CU_ASSERT_EQUAL(chmod(file, S_IRUSR), 0);
    expect_bad(TOKEN "?" MODULE, &pass, TBC_ERR_PASS_WRONG,
               "token tbc test: wrong PIN");
    CU_ASSERT_EQUAL(chmod(file, S_IRUSR | S_IRGRP), 0);
    expect_bad(TOKEN "?" MODULE, &pass, TBC_ERR_DENIED, "chmod 600");
}

static void
no_key_in_a_token_is_replaced(void)
{
    struct tbc_key_fault fault = { "" };
    struct tbc_key *key = NULL;

    CU_ASSERT_EQUAL(tbc_key_make_in_token(&key, TBC_ALG_ES256,
                                          softhsm_uri(&hsm, "issuer"), NULL, &fault),
                    TBC_ERR_EXISTS);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "this object exists already"));
    CU_ASSERT_EQUAL(tbc_key_make_in_token(&key, TBC_ALG_SM2, softhsm_uri(&hsm, "sm2"),
                                          NULL, &fault),
                    TBC_ERR_UNSUPPORTED);
    CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, "SM2"));
    CU_ASSERT_PTR_NULL(key);
}

static void
a_private_key_never_leaves_the_token(void)
{
    struct tbc_key *key = NULL;

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&key, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_write_private(key, softhsm_path(&hsm, "out"), NULL),
                    TBC_ERR_DENIED);
    tbc_key_free(&key);
}

/* Behind the back of whoever has the key open: all sessions of the process, and the login. */
static void
close_all_sessions(void)
{
    CK_FUNCTION_LIST *raw =
        p11_kit_module_load(SOFTHSM_MODULE, P11_KIT_MODULE_UNMANAGED);
    CK_SLOT_ID slots[4];
    CK_ULONG n = 4;

    CU_ASSERT_PTR_NOT_NULL_FATAL(raw);
    CU_ASSERT_EQUAL_FATAL(raw->C_GetSlotList(CK_TRUE, slots, &n), CKR_OK);
    for (CK_ULONG i = 0; i < n; i++) {
        CU_ASSERT_EQUAL(raw->C_CloseAllSessions(slots[i]), CKR_OK);
    }
    p11_kit_module_release(raw);
}

static void
a_lost_session_is_opened_anew(void)
{
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&key, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    close_all_sessions();
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_key_trouble(key), "");
    CU_ASSERT_EQUAL(tbc_verify_raw(key, tbc_span_str("x"), tbc_buf_span(&sig)), TBC_OK);
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
}

static void
a_pulled_token_is_named_and_signs_again_when_it_is_back(void)
{
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&key, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    close_all_sessions();
    softhsm_pull(&hsm);
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_ERR_NOT_FOUND);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_key_trouble(key), "tbc%20test"));
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_ERR_NOT_FOUND);
    softhsm_put_back(&hsm);
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_raw(key, tbc_span_str("x"), tbc_buf_span(&sig)), TBC_OK);
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
}

static void
a_token_that_comes_back_with_another_pin_is_asked_once(void)
{
    static const char *const change[] = {
        "pkcs11-tool",  "--module",  SOFTHSM_MODULE, "--token-label",
        SOFTHSM_TOKEN,  "--login",   "--pin",        SOFTHSM_PIN,
        "--change-pin", "--new-pin", "1147",         NULL
    };
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_open(&key, softhsm_uri(&hsm, "issuer"), NULL, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL_FATAL(softhsm_run(change), 0);
    close_all_sessions();
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_ERR_PASS_WRONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_key_trouble(key), "wrong PIN"));
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_ERR_PASS_WRONG);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_key_trouble(key), "refused before"));
    CU_ASSERT_EQUAL(sig.len, 0);
    tbc_key_free(&key);
    softhsm_fini(&hsm);
}

static void
points_are_taken_bare_and_wrapped(void)
{
    static const struct {
        enum tbc_alg alg;
        uint8_t head[3];
        size_t head_len;
        size_t bare;
        enum tbc_err err;
    } points[] = {
        { TBC_ALG_ES256, { 0 }, 0, 65, TBC_OK },
        { TBC_ALG_ES256, { 4, 65 }, 2, 65, TBC_OK },
        { TBC_ALG_ES512, { 0 }, 0, 133, TBC_OK },
        { TBC_ALG_ES512, { 4, 0x81, 133 }, 3, 133, TBC_OK },
        { TBC_ALG_EDDSA, { 0 }, 0, 32, TBC_OK },
        { TBC_ALG_EDDSA, { 4, 32 }, 2, 32, TBC_OK },
        { TBC_ALG_EDDSA, { 3, 33, 0 }, 3, 32, TBC_OK },
        { TBC_ALG_EDDSA, { 3, 33, 1 }, 3, 32, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 4, 64 }, 2, 64, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 4, 66 }, 2, 65, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 4, 64 }, 2, 65, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 5, 65 }, 2, 65, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 0 }, 0, 0, TBC_ERR_MALFORMED },
        { TBC_ALG_ES256, { 0 }, 0, 97, TBC_ERR_MALFORMED },
    };

    for (size_t i = 0; i < sizeof points / sizeof *points; i++) {
        struct tbc_pkcs11_public half = { .alg = points[i].alg };
        uint8_t attribute[160] = { 0 };
        size_t len = points[i].head_len + points[i].bare;

        memset(attribute + points[i].head_len, 0x04, points[i].bare);
        memcpy(attribute, points[i].head, points[i].head_len);
        CU_ASSERT_EQUAL(tbc_pkcs11_point(tbc_span_of(attribute, len), &half),
                        points[i].err);
        CU_ASSERT_EQUAL(half.point_len, points[i].err == TBC_OK ? points[i].bare : 0);
    }
}

static void
curves_are_named_by_oid_or_by_name(void)
{
    static const struct {
        const char *params;
        enum tbc_alg alg;
        const char *why;
    } all[] = {
        { "\x06\x08\x2a\x86\x48\xce\x3d\x03\x01\x07", TBC_ALG_ES256, "" },
        { "\x06\x03\x2b\x65\x70", TBC_ALG_EDDSA, "" },
        { "\x13\x0c"
          "edwards25519",
          TBC_ALG_EDDSA, "" },
        { "\x06\x08\x2a\x81\x1c\xcf\x55\x01\x82\x2d", TBC_ALG_NONE, "SM2" },
        { "\x06\x05\x2b\x81\x04\x01\x21", TBC_ALG_NONE, "unsupported curve" },
        { "\x06\x05\x2b\x81\x04", TBC_ALG_NONE, "unsupported curve" },
        { "", TBC_ALG_NONE, "unsupported curve" },
    };

    for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
        struct tbc_key_fault fault = { "" };

        CU_ASSERT_EQUAL(tbc_pkcs11_alg(tbc_span_str(all[i].params), &fault),
                        all[i].alg);
        CU_ASSERT_PTR_NOT_NULL(strstr(fault.text, all[i].why));
    }
}

TBC_SUITE("crypto/key_token", TEST(points_are_taken_bare_and_wrapped),
          TEST(curves_are_named_by_oid_or_by_name),
          TEST(a_pair_is_made_in_the_token_and_signs),
          TEST(an_ed25519_key_beside_hides_no_other_key),
          TEST(messages_of_a_token_have_the_lower_s_and_verify_elsewhere),
          TEST(two_keys_share_one_login_and_one_may_go),
          TEST(the_public_half_asks_for_no_pin),
          TEST(what_a_uri_does_not_name_is_refused_by_name),
          TEST(a_key_that_is_not_there_and_one_that_is_not_alone_are_said),
          TEST(a_wrong_pin_is_told_from_none_and_from_one_that_others_read),
          TEST(no_key_in_a_token_is_replaced),
          TEST(a_private_key_never_leaves_the_token),
          TEST(a_lost_session_is_opened_anew),
          TEST(a_pulled_token_is_named_and_signs_again_when_it_is_back),
          TEST(a_token_that_comes_back_with_another_pin_is_asked_once))
