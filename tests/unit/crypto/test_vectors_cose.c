#include "base/text.h"
#include "codec/cose_any.h"
#include "codec/statuslist.h"
#include "crypto/sign.h"
#include "keys.h"
#include "suite.h"

#include <string.h>

/* Read and verify; the payload too when all is well. */
static enum tbc_err
verify(struct tbc_key *key, struct tbc_span message, struct tbc_span aad,
       struct tbc_buf *payload)
{
    struct tbc_cose_any msg;
    struct tbc_buf tbs = { 0 };
    enum tbc_err err = tbc_cose_any_open(&msg, message, NULL);

    if (err == TBC_OK) {
        (void)tbc_cose_put_tbs_head(&tbs, tbc_buf_span(&msg.body_protected), aad,
                                    msg.payload.len);
        (void)tbc_buf_append_span(&tbs, tbc_buf_span(&msg.payload));
        err = tbc_verify_any(key, msg.alg, tbc_buf_span(&tbs),
                             tbc_buf_span(&msg.signature));
    }
    if (err == TBC_OK) {
        err = tbc_buf_append_span(payload, tbc_buf_span(&msg.payload));
    }
    tbc_cose_any_fini(&msg);
    tbc_buf_fini(&tbs);
    return err;
}

static enum tbc_err
wanted(const struct tbc_row *row)
{
    return tbc_row_is(row, 5, "yes")           ? TBC_OK
           : tbc_row_is(row, 5, "no")          ? TBC_ERR_BAD_SIGNATURE
           : tbc_row_is(row, 5, "unsupported") ? TBC_ERR_UNSUPPORTED
                                               : TBC_ERR_MALFORMED;
}

static void
check_row(const struct tbc_row *row, struct tbc_key *key)
{
    struct tbc_buf message = { 0 };
    struct tbc_buf aad = { 0 };
    struct tbc_buf want = { 0 };
    struct tbc_buf got = { 0 };
    struct tbc_cose strict;
    enum tbc_err err;

    tbc_row_hex(row, 3, &aad);
    tbc_row_hex(row, 4, &message);
    tbc_row_hex(row, 6, &want);
    err = verify(key, tbc_buf_span(&message), tbc_buf_span(&aad), &got);
    if (err != wanted(row)) {
        tbc_row_blame(row, tbc_err_text(err));
    }
    if (!tbc_span_equal(tbc_buf_span(&got), tbc_buf_span(&want))) {
        tbc_row_blame(row, "another payload");
    }
    tbc_buf_clear(&got);
    if (verify(key, tbc_buf_span(&message), tbc_span_str("other"), &got) == TBC_OK) {
        tbc_row_blame(row, "verified with other external data");
    }
    if (tbc_cose_open(&strict, tbc_buf_span(&message), NULL) == TBC_OK) {
        tbc_row_blame(row, "taken by the strict reader");
    }
    tbc_buf_fini(&message);
    tbc_buf_fini(&aad);
    tbc_buf_fini(&want);
    tbc_buf_fini(&got);
}

static void
messages_of_the_working_group_answer_as_told_and_none_is_ours(void)
{
    struct tbc_table *table = tbc_table_open("cose.txt");
    struct test_keys keys = { .n = 0 };
    struct tbc_row row;
    unsigned rows = 0;

    while (tbc_table_next(table, &row)) {
        struct tbc_key *key;

        if (!test_keys_take(&keys, &row) &&
            (key = test_keys_find(&keys, &row, 2)) != NULL) {
            check_row(&row, key);
            rows++;
        }
    }
    CU_ASSERT(rows >= 23);
    test_keys_fini(&keys);
    tbc_table_close(&table);
}

/* One certificate of the table: Base45, zlib, COSE_Sign1, under the key of an X.509 certificate. */
static void
check_dcc(const struct tbc_row *row)
{
    struct tbc_buf packed = { 0 };
    struct tbc_buf message = { 0 };
    struct tbc_buf payload = { 0 };
    struct tbc_buf key_bytes = { 0 };
    struct tbc_key *key = NULL;

    tbc_row_hex(row, 2, &key_bytes);
    CU_ASSERT_EQUAL(tbc_base45_decode(tbc_row_barred(row), &packed, NULL), TBC_OK);
    CU_ASSERT_EQUAL(tbc_status_inflate(tbc_buf_span(&packed), &message), TBC_OK);
    if (tbc_key_parse_public(&key, tbc_buf_span(&key_bytes)) != TBC_OK) {
        tbc_row_blame(row, "a key that is not read");
    } else {
        if (verify(key, tbc_buf_span(&message), tbc_span_str(""), &payload) !=
            (tbc_row_is(row, 3, "yes") ? TBC_OK : TBC_ERR_MALFORMED)) {
            tbc_row_blame(row, "another answer");
        }
        message.ptr[message.len / 2] ^= 1;
        if (verify(key, tbc_buf_span(&message), tbc_span_str(""), &payload) == TBC_OK) {
            tbc_row_blame(row, "verified although it was changed");
        }
    }
    tbc_key_free(&key);
    tbc_buf_fini(&packed);
    tbc_buf_fini(&message);
    tbc_buf_fini(&payload);
    tbc_buf_fini(&key_bytes);
}

static void
covid_certificates_verify_under_the_keys_of_their_certificates(void)
{
    struct tbc_table *table = tbc_table_open("dcc.txt");
    struct tbc_row row;
    unsigned rows = 0;

    for (; tbc_table_next(table, &row); rows++) {
        check_dcc(&row);
    }
    CU_ASSERT_EQUAL(rows, 5);
    tbc_table_close(&table);
}

TBC_SUITE("crypto/vectors_cose",
          TEST(messages_of_the_working_group_answer_as_told_and_none_is_ours),
          TEST(covid_certificates_verify_under_the_keys_of_their_certificates))
