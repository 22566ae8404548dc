#include "base/text.h"
#include "crypto/digest.h"
#include "suite.h"

#include <string.h>

/* RFC 6234 sec. 8.5, TEST1 and TEST2_1. */
static const struct {
    const char *text;
    const char *hash;
} rfc6234[] = {
    { "abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad" },
    { "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
      "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1" },
};

#define VECTORS (sizeof rfc6234 / sizeof *rfc6234)

static void
the_examples_of_rfc_6234_come_out(void)
{
    for (size_t i = 0; i < VECTORS; i++) {
        uint8_t expected[TBC_SHA256_LEN];
        uint8_t hash[TBC_SHA256_LEN];

        CU_ASSERT_FATAL(
            tbc_hex_fixed(tbc_span_str(rfc6234[i].hash), expected, sizeof expected));
        CU_ASSERT_EQUAL(tbc_sha256(tbc_span_str(rfc6234[i].text), hash), TBC_OK);
        CU_ASSERT_EQUAL(memcmp(hash, expected, sizeof hash), 0);
    }
}

static void
pieces_of_any_size_give_the_hash_of_the_whole(void)
{
    struct tbc_span whole = tbc_span_str(rfc6234[1].text);
    uint8_t expected[TBC_SHA256_LEN];

    CU_ASSERT_EQUAL_FATAL(tbc_sha256(whole, expected), TBC_OK);
    for (size_t size = 1; size <= whole.len; size++) {
        struct tbc_sha256 *h = NULL;
        uint8_t hash[TBC_SHA256_LEN] = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_sha256_new(&h), TBC_OK);
        for (size_t at = 0; at < whole.len; at += size) {
            size_t n = whole.len - at < size ? whole.len - at : size;

            CU_ASSERT_EQUAL(tbc_sha256_take(h, tbc_span_sub(whole, at, n)), TBC_OK);
        }
        CU_ASSERT_EQUAL(tbc_sha256_end(&h, hash), TBC_OK);
        CU_ASSERT_PTR_NULL(h);
        CU_ASSERT_EQUAL(memcmp(hash, expected, sizeof hash), 0);
    }
}

static void
a_hash_can_be_given_up(void)
{
    struct tbc_sha256 *h = NULL;

    CU_ASSERT_EQUAL(tbc_sha256_end(&h, NULL), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_sha256_new(&h), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sha256_take(h, tbc_span_str("abc")), TBC_OK);
    CU_ASSERT_EQUAL(tbc_sha256_end(&h, NULL), TBC_OK);
    CU_ASSERT_PTR_NULL(h);
}

TBC_SUITE("crypto/digest", TEST(the_examples_of_rfc_6234_come_out),
          TEST(pieces_of_any_size_give_the_hash_of_the_whole),
          TEST(a_hash_can_be_given_up))
