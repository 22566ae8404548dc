/* Tokens with the habits that real ones have and SoftHSM has not; token_fake.c plays them. */
#include "crypto/pass.h"
#include "crypto/sign.h"
#include "softhsm.h"
#include "suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct softhsm hsm;

static const char *
uri(void)
{
    static char text[640];

    (void)snprintf(text, sizeof text,
                   "pkcs11:token=tbc%%20test;object=issuer?pin-source=%s"
                   "&module-path=" TBC_TOKEN_FAKE_PATH,
                   softhsm_path(&hsm, "pin"));
    return text;
}

static void
behave(const char *habit)
{
    CU_ASSERT_EQUAL(setenv("TBC_TOKEN_FAKE", habit, 1), 0);
}

static void
expect_closed(const char *habit, enum tbc_err err, const char *why)
{
    struct tbc_key_fault fault = { "" };
    struct tbc_key *key = NULL;

    behave(habit);
    CU_ASSERT_EQUAL(tbc_key_open(&key, uri(), NULL, &fault), err);
    CU_ASSERT_PTR_NULL(key);
    if (strstr(fault.text, why) == NULL) {
        printf("    wanted '%s'; got '%s'\n", why, fault.text);
        CU_FAIL("the words");
    }
    tbc_key_free(&key);
}

static void
expect_signs(struct tbc_key *key)
{
    struct tbc_buf out = { 0 };
    struct tbc_cose msg;

    CU_ASSERT_EQUAL(tbc_sign_cose(key, TBC_TYP_STATUS, tbc_span_str("\xa0"), &out),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_cose_open(&msg, tbc_buf_span(&out), NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_cose(key, &msg), TBC_OK);
    CU_ASSERT_STRING_EQUAL(tbc_key_trouble(key), "");
    tbc_buf_fini(&out);
}

static void
open_key(const char *habit, struct tbc_key **key)
{
    behave(habit);
    CU_ASSERT_EQUAL_FATAL(tbc_key_open(key, uri(), NULL, NULL), TBC_OK);
}

static void
a_locked_pin_is_told_from_a_wrong_one(void)
{
    struct tbc_key *key = NULL;

    softhsm_init(&hsm);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make_in_token(&key, TBC_ALG_ES256,
                                                softhsm_uri(&hsm, "issuer"), NULL,
                                                NULL),
                          TBC_OK);
    tbc_key_free(&key);
    expect_closed("locked", TBC_ERR_DENIED, "token tbc test: its PIN is locked");
}

static void
a_bare_point_is_the_same_key(void)
{
    struct tbc_key *wrapped = NULL;
    struct tbc_key *bare = NULL;
    uint8_t a[TBC_KID_LEN];
    uint8_t b[TBC_KID_LEN];

    open_key("", &wrapped);
    open_key("bare", &bare);
    tbc_key_kid(wrapped, a);
    tbc_key_kid(bare, b);
    CU_ASSERT_EQUAL(memcmp(a, b, sizeof a), 0);
    expect_signs(bare);
    tbc_key_free(&wrapped);
    tbc_key_free(&bare);
}

static void
the_higher_s_of_a_token_becomes_the_lower(void)
{
    struct tbc_key *key = NULL;

    open_key("high", &key);
    for (int i = 0; i < 8; i++) {
        expect_signs(key);
    }
    tbc_key_free(&key);
}

static void
signatures_that_are_none_are_noticed_at_the_opening(void)
{
    expect_closed("short", TBC_ERR_CRYPTO, "a signature of 63 bytes");
    expect_closed("stranger", TBC_ERR_CORRUPT, "does not belong to its private one");
    expect_closed("gone", TBC_ERR_IO, "token tbc test: signing");
}

static void
a_token_that_was_away_for_a_moment_signs(void)
{
    struct tbc_key *key = NULL;

    open_key("", &key);
    behave("removed");
    expect_signs(key);
    tbc_key_free(&key);
}

static void
a_token_that_stays_away_is_named_and_may_come_back(void)
{
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };

    open_key("", &key);
    behave("gone");
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("x"), &sig), TBC_ERR_IO);
    CU_ASSERT_PTR_NOT_NULL(strstr(tbc_key_trouble(key), "token tbc test: signing"));
    CU_ASSERT_EQUAL(sig.len, 0);
    behave("");
    expect_signs(key);
    tbc_key_free(&key);
}

static void
a_token_that_asks_each_time_gets_its_pin_each_time(void)
{
    struct tbc_key *key = NULL;

    open_key("each", &key);
    expect_signs(key);
    expect_signs(key);
    tbc_key_free(&key);
    softhsm_fini(&hsm);
}

TBC_SUITE("crypto/token_trouble", TEST(a_locked_pin_is_told_from_a_wrong_one),
          TEST(a_bare_point_is_the_same_key),
          TEST(the_higher_s_of_a_token_becomes_the_lower),
          TEST(signatures_that_are_none_are_noticed_at_the_opening),
          TEST(a_token_that_was_away_for_a_moment_signs),
          TEST(a_token_that_stays_away_is_named_and_may_come_back),
          TEST(a_token_that_asks_each_time_gets_its_pin_each_time))
