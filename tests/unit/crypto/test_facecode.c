#include "crypto/facecode.h"
#include "suite.h"

#include <string.h>

static const uint8_t master[32] = { 7, 7, 7 };
static const uint8_t cti[TBC_CTI_LEN] = { 1, 2, 3 };
static const uint8_t code[TBC_FACE_CODE_LEN] = { 0xf0, 0x0d };

static void
a_face_opens_with_its_days_key_and_certificate_only(void)
{
    static const uint8_t none[TBC_FACE_CODE_LEN];
    uint8_t keys[2][TBC_FACE_KEY_LEN];
    uint8_t other[TBC_CTI_LEN] = { 1, 2, 4 };
    uint8_t sealed[TBC_FACE_SEALED_LEN];
    uint8_t open[TBC_FACE_CODE_LEN];

    for (int day = 0; day < 2; day++) {
        CU_ASSERT_EQUAL(tbc_face_day_key(tbc_span_of(master, sizeof master),
                                         20000 + day, keys[day]),
                        TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_face_seal(keys[0], cti, code, sealed), TBC_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(sealed, code, sizeof code), 0);
    CU_ASSERT_EQUAL(tbc_face_unseal(keys[0], cti, sealed, open), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(open, code, sizeof code), 0);
    CU_ASSERT_EQUAL(tbc_face_unseal(keys[1], cti, sealed, open), TBC_ERR_CORRUPT);
    CU_ASSERT_EQUAL(memcmp(open, none, sizeof none), 0);
    CU_ASSERT_EQUAL(tbc_face_unseal(keys[0], other, sealed, open), TBC_ERR_CORRUPT);
    for (size_t bit = 0; bit < sizeof sealed * 8; bit++) {
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
        CU_ASSERT_EQUAL(tbc_face_unseal(keys[0], cti, sealed, open), TBC_ERR_CORRUPT);
        sealed[bit / 8] ^= (uint8_t)(1u << bit % 8);
    }
}

/* Whoever has the pseudonyms' day key has not the faces', nor the reverse. */
static void
days_and_purposes_have_keys_of_their_own(void)
{
    const struct tbc_span m = tbc_span_of(master, sizeof master);
    uint8_t face[TBC_FACE_KEY_LEN];
    uint8_t next[TBC_FACE_KEY_LEN];
    uint8_t pseudonyms[TBC_SHA256_LEN];

    CU_ASSERT_EQUAL(tbc_face_day_key(m, 20000, face), TBC_OK);
    CU_ASSERT_EQUAL(tbc_face_day_key(m, 20001, next), TBC_OK);
    CU_ASSERT_EQUAL(tbc_day_key(m, "tbc day", 20000, pseudonyms), TBC_OK);
    CU_ASSERT_NOT_EQUAL(memcmp(face, next, sizeof face), 0);
    CU_ASSERT_NOT_EQUAL(memcmp(face, pseudonyms, sizeof face), 0);
    CU_ASSERT_EQUAL(tbc_day_key(m, "too long a label", 20000, pseudonyms),
                    TBC_ERR_LIMIT);
}

TBC_SUITE("crypto/facecode", TEST(a_face_opens_with_its_days_key_and_certificate_only),
          TEST(days_and_purposes_have_keys_of_their_own))
