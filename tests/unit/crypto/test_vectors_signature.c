#include "base/text.h"
#include "crypto/sign.h"
#include "keys.h"
#include "suite.h"

#include <string.h>

struct counts {
    unsigned yes;
    unsigned no;
};

static void
count(const struct tbc_row *row, size_t answer, struct counts *c)
{
    if (tbc_row_is(row, answer, "yes")) {
        c->yes++;
    } else {
        c->no++;
    }
}

/* A signature in DER or raw, as the row has it: a form that is refused is a "no". */
static enum tbc_err
verify_row(const struct tbc_row *row, struct tbc_key *key)
{
    struct tbc_buf message = { 0 };
    struct tbc_buf sig = { 0 };
    struct tbc_buf raw = { 0 };
    enum tbc_alg alg = TBC_ALG_NONE;
    enum tbc_err err;

    if (!tbc_alg_parse(tbc_span_str(row->field[3]), &alg) || alg != tbc_key_alg(key)) {
        tbc_row_blame(row, "another algorithm");
    }
    tbc_row_hex(row, 5, &message);
    tbc_row_hex(row, 6, &sig);
    err = tbc_row_is(row, 4, "der")
              ? tbc_signature_from_der(alg, tbc_buf_span(&sig), &raw)
              : tbc_buf_append_span(&raw, tbc_buf_span(&sig));
    if (err == TBC_OK) {
        err = tbc_verify_raw(key, tbc_buf_span(&message), tbc_buf_span(&raw));
    } else if (err != TBC_ERR_MALFORMED || raw.len > 0) {
        tbc_row_blame(row, "another error of the DER reader");
    }
    tbc_buf_fini(&message);
    tbc_buf_fini(&sig);
    tbc_buf_fini(&raw);
    return err;
}

static struct counts
run_table(const char *name)
{
    struct tbc_table *table = tbc_table_open(name);
    struct test_keys keys = { .n = 0 };
    struct counts c = { 0 };
    struct tbc_row row;

    while (tbc_table_next(table, &row)) {
        struct tbc_key *key;

        if (test_keys_take(&keys, &row) ||
            (key = test_keys_find(&keys, &row, 2)) == NULL) {
            continue;
        }
        if ((verify_row(&row, key) == TBC_OK) != tbc_row_is(&row, 7, "yes")) {
            tbc_row_blame(&row, "another answer");
        }
        count(&row, 7, &c);
    }
    test_keys_fini(&keys);
    tbc_table_close(&table);
    return c;
}

static void
ecdsa_answers_as_wycheproof_has_it(void)
{
    struct counts c = run_table("ecdsa.txt");

    CU_ASSERT(c.yes >= 55 && c.no >= 270);
}

static void
ed25519_answers_as_its_collectors_have_it(void)
{
    struct counts c = run_table("ed25519.txt");

    CU_ASSERT(c.yes >= 17 && c.no >= 55);
}

/* As a phone would bring one, too: a certificate bound to it would be bound to nothing. */
static void
ed25519_keys_of_small_order_are_refused_as_cose_keys(void)
{
    static const uint8_t head[] = { 0xa3, 0x01, 0x01, 0x20, 0x06, 0x21, 0x58, 0x20 };
    struct tbc_table *table = tbc_table_open("ed25519.txt");
    struct tbc_buf der = { 0 };
    struct tbc_row row;
    unsigned refused = 0;

    while (tbc_table_next(table, &row)) {
        struct tbc_buf cose = { 0 };
        struct tbc_key *key = NULL;

        if (!tbc_row_is(&row, 0, "key")) {
            continue;
        }
        tbc_row_hex(&row, 2, &der);
        CU_ASSERT_EQUAL(tbc_buf_append(&cose, head, sizeof head), TBC_OK);
        CU_ASSERT_EQUAL(tbc_buf_append(&cose, der.ptr + der.len - 32, 32), TBC_OK);
        if ((tbc_key_parse_public(&key, tbc_buf_span(&cose)) == TBC_ERR_MALFORMED) !=
            tbc_row_is(&row, 3, "refused")) {
            tbc_row_blame(&row, "another answer");
        }
        refused += key == NULL ? 1 : 0;
        tbc_key_free(&key);
        tbc_buf_fini(&cose);
    }
    CU_ASSERT_EQUAL(refused, 19);
    tbc_buf_fini(&der);
    tbc_table_close(&table);
}

/* ES256, ES384 and ES512 name the hash; every one of them goes with every curve. */
static void
ecdsa_takes_every_hash_on_every_curve(void)
{
    struct tbc_table *table = tbc_table_open("rfc6979.txt");
    struct test_keys keys = { .n = 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf sig = { 0 };
    struct tbc_row row;
    unsigned rows = 0;

    while (tbc_table_next(table, &row)) {
        enum tbc_alg alg = TBC_ALG_NONE;
        struct tbc_key *key;

        if (test_keys_take(&keys, &row) ||
            (key = test_keys_find(&keys, &row, 2)) == NULL) {
            continue;
        }
        tbc_row_hex(&row, 4, &message);
        tbc_row_hex(&row, 5, &sig);
        if (!tbc_alg_parse(tbc_span_str(row.field[3]), &alg) ||
            tbc_verify_any(key, alg, tbc_buf_span(&message), tbc_buf_span(&sig)) !=
                TBC_OK) {
            tbc_row_blame(&row, "not verified");
        }
        if (tbc_verify_any(key, alg == TBC_ALG_ES256 ? TBC_ALG_ES384 : TBC_ALG_ES256,
                           tbc_buf_span(&message),
                           tbc_buf_span(&sig)) != TBC_ERR_BAD_SIGNATURE) {
            tbc_row_blame(&row, "verified under another hash");
        }
        rows++;
    }
    CU_ASSERT_EQUAL(rows, 18);
    test_keys_fini(&keys);
    tbc_buf_fini(&message);
    tbc_buf_fini(&sig);
    tbc_table_close(&table);
}

static void
sm2_answers_for_the_identifier_that_signed(void)
{
    struct tbc_table *table = tbc_table_open("sm2.txt");
    struct test_keys keys = { .n = 0 };
    struct tbc_buf id = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf sig = { 0 };
    struct counts c = { 0 };
    struct tbc_row row;

    while (tbc_table_next(table, &row)) {
        struct tbc_key *key;

        if (test_keys_take(&keys, &row) ||
            (key = test_keys_find(&keys, &row, 2)) == NULL) {
            continue;
        }
        tbc_row_hex(&row, 3, &id);
        tbc_row_hex(&row, 4, &message);
        tbc_row_hex(&row, 5, &sig);
        if ((tbc_verify_sm2(key, tbc_buf_span(&id), tbc_buf_span(&message),
                            tbc_buf_span(&sig)) == TBC_OK) !=
            tbc_row_is(&row, 6, "yes")) {
            tbc_row_blame(&row, "another answer");
        }
        count(&row, 6, &c);
    }
    CU_ASSERT(c.yes == 3 && c.no == 3);
    test_keys_fini(&keys);
    tbc_buf_fini(&id);
    tbc_buf_fini(&message);
    tbc_buf_fini(&sig);
    tbc_table_close(&table);
}

static void
an_identifier_is_for_sm2_and_has_a_length(void)
{
    static uint8_t long_id[8192];
    struct tbc_key *key = NULL;
    struct tbc_buf sig = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_SM2), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sign_raw(key, tbc_span_str("m"), &sig), TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_sm2(key, tbc_span_str("1234567812345678"),
                                   tbc_span_str("m"), tbc_buf_span(&sig)),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_verify_sm2(key, tbc_span_of(long_id, sizeof long_id),
                                   tbc_span_str("m"), tbc_buf_span(&sig)),
                    TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_verify_sm2(key, tbc_span_str("x"), tbc_span_str("m"),
                                   tbc_span_sub(tbc_buf_span(&sig), 0, 63)),
                    TBC_ERR_BAD_SIGNATURE);
    tbc_key_free(&key);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_verify_sm2(key, tbc_span_str("x"), tbc_span_str("m"), tbc_buf_span(&sig)),
        TBC_ERR_UNSUPPORTED);
    tbc_key_free(&key);
    tbc_buf_fini(&sig);
}

TBC_SUITE("crypto/vectors_signature", TEST(ecdsa_answers_as_wycheproof_has_it),
          TEST(ed25519_answers_as_its_collectors_have_it),
          TEST(ed25519_keys_of_small_order_are_refused_as_cose_keys),
          TEST(ecdsa_takes_every_hash_on_every_curve),
          TEST(sm2_answers_for_the_identifier_that_signed),
          TEST(an_identifier_is_for_sm2_and_has_a_length))
