/* Published vectors, so that we agree with the world and not only with ourselves.  Those that come in
 * numbers are tables in tests/vectors, with tests of their own beside this one. */
#include "base/text.h"
#include "codec/cose.h"
#include "crypto/digest.h"
#include "crypto/sign.h"
#include "suite.h"

#include <string.h>

static void
load(const char *hex, struct tbc_buf *out)
{
    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), out, NULL), TBC_OK);
}

/* A public key from the hexadecimal of a COSE_Key. */
static struct tbc_key *
key_of(const char *cose)
{
    struct tbc_key *key = NULL;
    struct tbc_buf in = { 0 };

    load(cose, &in);
    CU_ASSERT_EQUAL_FATAL(tbc_key_parse_public(&key, tbc_buf_span(&in)), TBC_OK);
    tbc_buf_fini(&in);
    return key;
}

#define P256(x, y) "a401022001215820" x "225820" y
#define P384(x, y) "a401022002215830" x "225830" y
#define P521(x, y) "a401022003215842" x "225842" y
#define ED25519(x) "a301012006215820" x
#define SM2(x, y)  "a40102203a00011172215820" x "225820" y

/* RFC 6979 A.2.5, A.2.6, A.2.7. */
#define KEY_6979_P256                                                        \
    P256("60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6", \
         "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299")
#define KEY_6979_P384                                                                 \
    P384("ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64def8f0ea90" \
         "55866064a254515480bc13",                                                    \
         "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1288b231c3a" \
         "e0d4fe7344fd2533264720")
#define KEY_6979_P521                                                                 \
    P521("01894550d0785932e00eaa23b694f213f8c3121f86dc97a04e5a7167db4e5bcd371123d46e" \
         "45db6b5d5370a7f20fb633155d38ffa16d2bd761dcac474b9a2f5023a4",                \
         "00493101c962cd4d2fddf782285e64584139c2f91b47f87ff82354d6630f746a28a0db2574" \
         "1b5b34a828008b22acc23f924faafbd4d33f81ea66956dfeaa2bfdfcf5")

/* RFC 8032 sec. 7.4, "Blank". */
#define KEY_8032_ED448                                                        \
    "a3010120072158395fd7449b59b461fd2ce787ec616ad46a1da1342485a70e1f8a0ea75" \
    "d80e96778edf124769b46c7061bd6783df1e50f6cd1fa1abeafe8256180"
#define SIG_8032_ED448                                                     \
    "533a37f6bbe457251f023c0d88f976ae2dfb504a843e34d2074fd823d41a591f2b23" \
    "3f034f628281f2fd7a22ddd47d7828c59bd0a21bfd3980ff0d2028d4b18a9df63e00" \
    "6c5d1c2d345b925d8dc00b4104852db99ac5c7cdda8530a113a0f4dbb61149f05a73" \
    "63268c71d95808ff2e652600"
/* No RFC has one for ES256K; this one was made with another library (cryptography 48). */
#define KEY_SECP256K1                                                  \
    "a401022008215820"                                                 \
    "2c8c31fc9f990c6b55e3865a184a4ce50e09481f2eaeb3e60ec1cea13a6ae645" \
    "225820"                                                           \
    "64b95e4fdb6948c0386e189b006a29f686769b011704275e4459822dc3328085"

static const struct {
    const char *key;
    int64_t alg;
    const char *message;
    const char *signature;
} signatures[] = {
    { KEY_6979_P256, TBC_ALG_ES256, "sample",
      "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716"
      "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8" },
    { KEY_6979_P256, TBC_ALG_ES256, "test",
      "f1abb023518351cd71d881567b1ea663ed3efcf6c5132b354f28d3b0b7d38367"
      "019f4113742a2b14bd25926b49c649155f267e60d3814b4c0cc84250e46f0083" },
    { KEY_6979_P384, TBC_ALG_ES384, "sample",
      "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
      "81a648152e44acf96e36dd1e80fabe46"
      "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
      "a329c145786e679e7b82c71a38628ac8" },
    /* SHA-256 with P-384: ES256 names the hash only. */
    { KEY_6979_P384, TBC_ALG_ES256, "sample",
      "21b13d1e013c7fa1392d03c5f99af8b30c570c6f98d4ea8e354b63a21d3daa33"
      "bde1e888e63355d92fa2b3c36d8fb2cd"
      "f3aa443fb107745bf4bd77cb3891674632068a10ca67e3d45db2266fa7d1feeb"
      "efdc63eccd1ac42ec0cb8668a4fa0ab0" },
    { KEY_6979_P521, TBC_ALG_ES512, "sample",
      "00c328fafcbd79dd77850370c46325d987cb525569fb63c5d3bc53950e6d4c5f"
      "174e25a1ee9017b5d450606add152b534931d7d4e8455cc91f9b15bf05ec36e377fa"
      "00617cce7cf5064806c467f678d3b4080d6f1cc50af26ca209417308281b68af"
      "282623eaa63e5b5c0723d8b8c37ff0777b1a20f8ccb1dccc43997f1ee0e44da4a67a" },
    /* RFC 8032 sec. 7.1, tests 1 to 3; the messages are "", 72 and af82. */
    { ED25519("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"),
      TBC_ALG_EDDSA, "",
      "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33b"
      "acc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b" },
    { ED25519("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"),
      TBC_ALG_EDDSA, "\x72",
      "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e1599"
      "6e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00" },
    { ED25519("fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"),
      TBC_ALG_EDDSA, "\xaf\x82",
      "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f2"
      "90ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a" },
    /* GB/T 32918.5-2017 A.2, identifier 1234567812345678. */
    { SM2("09f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020",
          "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13"),
      TBC_ALG_SM2, "message digest",
      "f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
      "b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa" },
    { KEY_8032_ED448, TBC_ALG_EDDSA, "", SIG_8032_ED448 },
    { KEY_8032_ED448, TBC_ALG_ED448, "", SIG_8032_ED448 },
    { KEY_SECP256K1, TBC_ALG_ES256K, "sample",
      "54a228a2f3f85aa40fd87b18c1231487d05bf57768ac0dd9f0b01da4df304f0e"
      "deee5ed1b3602b091c5f015eade2ffd5472ff126128929730a9036a34d61e803" },
};

static void
published_signatures_verify_and_no_flipped_bit_of_them_does(void)
{
    for (size_t i = 0; i < sizeof signatures / sizeof *signatures; i++) {
        struct tbc_key *key = key_of(signatures[i].key);
        struct tbc_span message = tbc_span_str(signatures[i].message);
        struct tbc_buf sig = { 0 };

        load(signatures[i].signature, &sig);
        CU_ASSERT_EQUAL(
            tbc_verify_any(key, signatures[i].alg, message, tbc_buf_span(&sig)),
            TBC_OK);
        for (size_t bit = 0; bit < sig.len * 8; bit += 29) {
            sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
            CU_ASSERT_EQUAL(
                tbc_verify_any(key, signatures[i].alg, message, tbc_buf_span(&sig)),
                TBC_ERR_BAD_SIGNATURE);
            sig.ptr[bit / 8] ^= (uint8_t)(1u << bit % 8);
        }
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
}

static void
an_algorithm_that_does_not_go_with_the_key_is_refused(void)
{
    struct tbc_key *key = key_of(KEY_6979_P256);
    struct tbc_buf sig = { 0 };

    load(signatures[0].signature, &sig);
    CU_ASSERT_EQUAL(tbc_verify_any(key, -9, tbc_span_str("sample"), tbc_buf_span(&sig)),
                    TBC_OK); /* RFC 9864: ESP256 */
    CU_ASSERT_EQUAL(tbc_verify_any(key, 0, tbc_span_str("sample"), tbc_buf_span(&sig)),
                    TBC_OK);
    CU_ASSERT_EQUAL(
        tbc_verify_any(key, TBC_ALG_ES384, tbc_span_str("sample"), tbc_buf_span(&sig)),
        TBC_ERR_BAD_SIGNATURE);
    CU_ASSERT_EQUAL(
        tbc_verify_any(key, TBC_ALG_EDDSA, tbc_span_str("sample"), tbc_buf_span(&sig)),
        TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(
        tbc_verify_any(key, TBC_ALG_SM2, tbc_span_str("sample"), tbc_buf_span(&sig)),
        TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(tbc_verify_any(key, -257, tbc_span_str(""), tbc_buf_span(&sig)),
                    TBC_ERR_UNSUPPORTED);
    tbc_key_free(&key);
    key = key_of(KEY_SECP256K1); /* ES256K and nothing else (RFC 8812 sec. 3.2) */
    CU_ASSERT_EQUAL(
        tbc_verify_any(key, TBC_ALG_ES256, tbc_span_str("sample"), tbc_buf_span(&sig)),
        TBC_ERR_UNSUPPORTED);
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
}

/* S + L is the same residue and must not pass (RFC 8032 sec. 5.1.7). */
static void
eddsa_refuses_s_beyond_the_order(void)
{
    static const char order[] =
        "edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010";
    struct tbc_key *key = key_of(signatures[5].key);
    struct tbc_buf sig = { 0 };
    uint8_t l[32];
    unsigned carry = 0;

    load(signatures[5].signature, &sig);
    CU_ASSERT_FATAL(tbc_hex_fixed(tbc_span_str(order), l, sizeof l));
    for (size_t i = 0; i < sizeof l; i++) {
        carry += (unsigned)sig.ptr[32 + i] + l[i];
        sig.ptr[32 + i] = (uint8_t)carry;
        carry >>= 8;
    }
    CU_ASSERT_EQUAL(carry, 0);
    CU_ASSERT_EQUAL(tbc_verify_raw(key, tbc_span_str(""), tbc_buf_span(&sig)),
                    TBC_ERR_BAD_SIGNATURE);
    tbc_buf_fini(&sig);
    tbc_key_free(&key);
}

/* RFC 9679 sec. 6: the SHA-256 thumbprint begins with these eight bytes. */
static void
a_kid_is_the_thumbprint_of_rfc_9679(void)
{
    static const uint8_t want[] = { 0x49, 0x6b, 0xd8, 0xaf, 0xad, 0xf3, 0x07, 0xe5 };
    struct tbc_key *key = key_of(
        P256("65eda5a12577c2bae829437fe338701a10aaa375e1bb5b5de108de439c08551d",
             "1e52ed75701163f7f9e40ddf9f341b3dc9ba860af7e0ca7ca7e9eecd0084d19c"));
    uint8_t kid[TBC_KID_LEN];

    tbc_key_kid(key, kid);
    CU_ASSERT_EQUAL(memcmp(kid, want, sizeof want), 0);
    tbc_key_free(&key);
}

static void
expect_same_key(const char *text, bool hex, const uint8_t kid[static TBC_KID_LEN])
{
    struct tbc_key *key = NULL;
    struct tbc_buf in = { 0 };
    uint8_t got[TBC_KID_LEN] = { 0 };

    if (hex) {
        load(text, &in);
    } else {
        CU_ASSERT_EQUAL(tbc_buf_append_str(&in, text), TBC_OK);
    }
    CU_ASSERT_EQUAL(tbc_key_parse_public(&key, tbc_buf_span(&in)), TBC_OK);
    if (key != NULL) {
        tbc_key_kid(key, got);
    }
    CU_ASSERT_EQUAL(memcmp(got, kid, sizeof got), 0);
    tbc_key_free(&key);
    tbc_buf_fini(&in);
}

static void
keys_of_others_are_read_in_every_form(void)
{
    /* RFC 7517 A.1, the first key, as JWK; then as COSE_Keys of several habits. */
#define X "30a0424cd21c2944838a2d75c92b37e76ea20d9f00893a3b4eee8a3c0aafec3e"
#define Y "e04b65e92456d9888b52b379bdfbd51ee869ef1f0fc65b6659695b6cce081723"
    struct tbc_key *key = key_of(P256(X, Y));
    uint8_t kid[TBC_KID_LEN];

    tbc_key_kid(key, kid);
    expect_same_key("{\"kty\":\"EC\",\"crv\":\"P-256\","
                    "\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4\","
                    "\"y\":\"4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM\","
                    "\"use\":\"enc\",\"kid\":\"1\"}",
                    false, kid);
    expect_same_key("a5010202423131200121" /* a kid, as RFC 9052 C.7.1 has them */
                    "5820" X "225820" Y,
                    true, kid);
    expect_same_key("a4225820" Y "215820" X "20010102", true, kid); /* unsorted */
    expect_same_key("bf1800"
                    "00"
                    "0102"
                    "2001"
                    "215820" X "225820" Y "ff",
                    true, kid);
    expect_same_key("a401022001215820" X "22f5", true, kid); /* compressed, y is odd */
    tbc_key_free(&key);
}

static void
keys_that_are_none_are_refused(void)
{
    static const char *const bad[] = {
        "",
        "a0",
        P256(X, X), /* not on the curve */
        "a4010220012158"
        "1f"
        "00", /* cut */
        "a501020102200121"
        "5820" X "225820" Y,             /* kty twice */
        "a401012001215820" X "225820" Y, /* OKP with a curve of EC2 */
        "a3010120062140",                /* no x */
        "a4010220012158"
        "2100" X "225820" Y, /* x one byte long */
        "a30101200621"
        "581f"
        "00",                              /* x one byte short */
        "a40102203863215820" X "225820" Y, /* a curve we do not know */
    };

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_key *key = NULL;
        struct tbc_buf in = { 0 };

        load(bad[i], &in);
        CU_ASSERT_NOT_EQUAL(tbc_key_parse_public(&key, tbc_buf_span(&in)), TBC_OK);
        CU_ASSERT_PTR_NULL(key);
        tbc_buf_fini(&in);
    }
}

/* RFC 4231 sec. 4.3, and FIPS 180-4's "abc". */
static void
digests_match_their_published_values(void)
{
    static const char abc[] =
        "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    static const char jefe[] =
        "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
    uint8_t want[TBC_SHA256_LEN];
    uint8_t got[TBC_SHA256_LEN];

    CU_ASSERT(tbc_hex_fixed(tbc_span_str(abc), want, sizeof want));
    CU_ASSERT_EQUAL(tbc_sha256(tbc_span_str("abc"), got), TBC_OK);
    CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
    CU_ASSERT(tbc_hex_fixed(tbc_span_str(jefe), want, sizeof want));
    CU_ASSERT_EQUAL(tbc_hmac_sha256(tbc_span_str("Jefe"),
                                    tbc_span_str("what do ya want for nothing?"), got),
                    TBC_OK);
    CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
}

static void
a_pseudonym_changes_with_day_kind_number_and_master(void)
{
    static const uint8_t master[32] = { 7 };
    struct tbc_span m = tbc_span_of(master, sizeof master);
    uint8_t p[6][TBC_HOLDER_LEN];

    CU_ASSERT_EQUAL(tbc_pseudonym(m, 20000, TBC_DOC_CN, "11010519491231002X", p[0]),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_pseudonym(m, 20001, TBC_DOC_CN, "11010519491231002X", p[1]),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_pseudonym(m, 20000, TBC_DOC_PASSPORT, "E12345678", p[2]),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_pseudonym(m, 20000, TBC_DOC_TW, "E12345678", p[3]), TBC_OK);
    CU_ASSERT_EQUAL(tbc_pseudonym(tbc_span_sub(m, 0, 31), 20000, TBC_DOC_CN,
                                  "110105194912310021", p[4]),
                    TBC_OK);
    CU_ASSERT_EQUAL(tbc_pseudonym(m, 20000, TBC_DOC_CN, "11010519491231002X", p[5]),
                    TBC_OK);
    CU_ASSERT_EQUAL(memcmp(p[0], p[5], TBC_HOLDER_LEN), 0);
    for (size_t i = 0; i < 5; i++) {
        for (size_t j = i + 1; j < 5; j++) {
            CU_ASSERT_NOT_EQUAL(memcmp(p[i], p[j], TBC_HOLDER_LEN), 0);
        }
    }
}

TBC_SUITE("crypto/vectors",
          TEST(published_signatures_verify_and_no_flipped_bit_of_them_does),
          TEST(an_algorithm_that_does_not_go_with_the_key_is_refused),
          TEST(eddsa_refuses_s_beyond_the_order),
          TEST(a_kid_is_the_thumbprint_of_rfc_9679),
          TEST(keys_of_others_are_read_in_every_form),
          TEST(keys_that_are_none_are_refused),
          TEST(digests_match_their_published_values),
          TEST(a_pseudonym_changes_with_day_kind_number_and_master))
