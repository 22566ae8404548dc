#include "base/text.h"
#include "crypto/seal.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const uint8_t key[TBC_SEAL_KEY_LEN] = { 1, 2, 3 };

static void
a_sealed_field_opens_with_its_key_and_place_only(void)
{
    static const char *const texts[] = { "", "x", "11010519491231002X" };
    static const uint8_t other[TBC_SEAL_KEY_LEN] = { 1, 2, 4 };
    struct tbc_span ad = tbc_span_str("people/number/17");

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct tbc_span plain = tbc_span_str(texts[i]);
        struct tbc_buf sealed = { 0 };
        struct tbc_buf open = { 0 };

        CU_ASSERT_EQUAL(tbc_seal(key, ad, plain, &sealed), TBC_OK);
        CU_ASSERT_EQUAL(sealed.len, plain.len + TBC_SEAL_OVERHEAD);
        CU_ASSERT_EQUAL(tbc_unseal(key, ad, tbc_buf_span(&sealed), &open), TBC_OK);
        CU_ASSERT(tbc_span_equal(tbc_buf_span(&open), plain));
        tbc_buf_clear(&open);
        CU_ASSERT_EQUAL(tbc_unseal(other, ad, tbc_buf_span(&sealed), &open),
                        TBC_ERR_CORRUPT);
        CU_ASSERT_EQUAL(tbc_unseal(key, tbc_span_str("people/number/18"),
                                   tbc_buf_span(&sealed), &open),
                        TBC_ERR_CORRUPT);
        for (size_t bit = 0; bit < sealed.len * 8; bit++) {
            sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CU_ASSERT_EQUAL(tbc_unseal(key, ad, tbc_buf_span(&sealed), &open),
                            TBC_ERR_CORRUPT);
            sealed.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        for (size_t len = 0; len < sealed.len; len++) {
            CU_ASSERT_EQUAL(
                tbc_unseal(key, ad, tbc_span_sub(tbc_buf_span(&sealed), 0, len), &open),
                TBC_ERR_CORRUPT);
        }
        CU_ASSERT_EQUAL(open.len, 0);
        tbc_buf_fini(&sealed);
        tbc_buf_fini(&open);
    }
}

/* NIST SP 800-38D, the GCM specification's test case 13: zero key and nonce, no text. */
static void
a_seal_is_plain_aes_256_gcm(void)
{
    static const uint8_t zero[TBC_SEAL_KEY_LEN] = { 0 };
    struct tbc_buf sealed = { 0 };
    struct tbc_buf open = { 0 };

    CU_ASSERT_EQUAL(
        tbc_hex_decode(
            tbc_span_str("000000000000000000000000530f8afbc74536b9a963b4f1c4cb738b"),
            &sealed, NULL),
        TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_unseal(zero, (struct tbc_span){ 0 }, tbc_buf_span(&sealed), &open), TBC_OK);
    CU_ASSERT_EQUAL(open.len, 0);
    tbc_buf_fini(&sealed);
    tbc_buf_fini(&open);
}

static void
two_seals_of_one_text_differ(void)
{
    struct tbc_buf a = { 0 };
    struct tbc_buf b = { 0 };
    struct tbc_span ad = { 0 };

    CU_ASSERT_EQUAL(tbc_seal(key, ad, tbc_span_str("same"), &a), TBC_OK);
    CU_ASSERT_EQUAL(tbc_seal(key, ad, tbc_span_str("same"), &b), TBC_OK);
    CU_ASSERT_FALSE(tbc_span_equal(tbc_buf_span(&a), tbc_buf_span(&b)));
    tbc_buf_fini(&a);
    tbc_buf_fini(&b);
}

static void
a_secret_is_written_once_and_refused_when_others_may_read_it(void)
{
    char dir[] = "/tmp/tbc-test-XXXXXX";
    struct tbc_buf path = { 0 };
    const char *p;
    struct stat st;
    uint8_t a[32];
    uint8_t zero[32] = { 0 };

    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(dir));
    CU_ASSERT_EQUAL(tbc_buf_printf(&path, "%s/secret", dir), TBC_OK);
    p = tbc_buf_str(&path);
    CU_ASSERT_EQUAL(tbc_secret_read(p, a, sizeof a), TBC_ERR_NOT_FOUND);
    CU_ASSERT_EQUAL(tbc_secret_make(p, sizeof a), TBC_OK);
    CU_ASSERT_EQUAL(stat(p, &st), 0);
    CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
    CU_ASSERT_EQUAL(tbc_secret_make(p, sizeof a), TBC_ERR_EXISTS);
    CU_ASSERT_EQUAL(tbc_secret_read(p, a, sizeof a), TBC_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(a, zero, sizeof a), 0);
    CU_ASSERT_EQUAL(tbc_secret_read(p, a, sizeof a - 1), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(chmod(p, 0640), 0);
    CU_ASSERT_EQUAL(tbc_secret_read(p, a, sizeof a), TBC_ERR_DENIED);
    CU_ASSERT_EQUAL(memcmp(a, zero, sizeof a), 0);
    CU_ASSERT_EQUAL(unlink(p), 0);
    CU_ASSERT_EQUAL(tbc_secret_read(dir, a, sizeof a), TBC_ERR_CORRUPT); /* a folder */
    CU_ASSERT_EQUAL(rmdir(dir), 0);
    tbc_buf_fini(&path);
}

TBC_SUITE("crypto/seal", TEST(a_sealed_field_opens_with_its_key_and_place_only),
          TEST(a_seal_is_plain_aes_256_gcm), TEST(two_seals_of_one_text_differ),
          TEST(a_secret_is_written_once_and_refused_when_others_may_read_it))
