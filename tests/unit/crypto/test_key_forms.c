/* Keys written out here, each spoilt in one place; the files of others are in test_key_parse.c. */
#include "base/text.h"
#include "crypto/key_openssl.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

/* RFC 7517 A.1 and A.2, RFC 8037 A.1. */
#define X  "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
#define Y  "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
#define D  "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE"
#define EX "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
#define ED "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
#define ZEROS_86                                                                       \
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" \
    "AAAAAA"

#define EC(more) \
    "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\",\"y\":\"" Y "\"" more "}"
#define OKP(more) "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"" EX "\"" more "}"

static void
expect(struct tbc_span in, enum tbc_err want, const char *why)
{
    struct tbc_key_fault fault = { "" };
    struct tbc_key *key = NULL;
    enum tbc_err err = tbc_key_parse(&key, in, NULL, &fault);

    if (err != want || strstr(fault.text, why) == NULL) {
        printf("    wanted %s, '%s'; got %s, '%s'\n", tbc_err_text(want), why,
               tbc_err_text(err), fault.text);
        CU_FAIL("another answer");
    }
    CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
    tbc_key_free(&key);
}

static const struct {
    const char *text;
    enum tbc_err err;
    const char *why;
} jwks[] = {
    { EC(""), TBC_OK, "" },
    { " \t\r\n" EC(",\"d\":\"" D "\""), TBC_OK, "" },
    { EC(",\"alg\":\"ES256\""), TBC_OK, "" },
    { EC(",\"alg\":\"RS256\""), TBC_OK, "" }, /* a name that we do not know */
    { OKP(",\"d\":\"" ED "\""), TBC_OK, "" },
    { OKP(",\"alg\":\"EdDSA\""), TBC_OK, "" },
    { EC(",\"alg\":\"ES384\""), TBC_ERR_MALFORMED, "alg ES384 with crv P-256" },
    { "{\"crv\":\"P-256\"}", TBC_ERR_MALFORMED, "\"kty\" is wanted" },
    { "{\"kty\":\"EC\"}", TBC_ERR_MALFORMED, "\"crv\" is wanted" },
    { "{\"kty\":\"RSA\"}", TBC_ERR_UNSUPPORTED, "kind of key RSA" },
    { "{\"kty\":\"oct\"}", TBC_ERR_UNSUPPORTED, "kind of key oct" },
    { "{\"kty\":\"\\u0007\"}", TBC_ERR_UNSUPPORTED, "kind of key in a JWK" },
    { "{\"kty\":\"EC\",\"crv\":\"P-999\"}", TBC_ERR_UNSUPPORTED, "curve P-999" },
    { "{\"kty\":\"EC\",\"crv\":\"P 1\"}", TBC_ERR_UNSUPPORTED, "curve in a JWK" },
    { "{\"kty\":\"EC\",\"crv\":\"P-23456789012345678901234567890123\"}",
      TBC_ERR_UNSUPPORTED, "curve in a JWK" },
    { "{\"kty\":\"OKP\",\"crv\":\"P-256\"}", TBC_ERR_MALFORMED,
      "kty OKP with crv P-256" },
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "\"}", TBC_ERR_MALFORMED,
      "\"y\" is wanted" },
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "AA\",\"y\":\"" Y "\"}",
      TBC_ERR_MALFORMED, "not base64url" }, /* six bits left over */
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" X "==\",\"y\":\"" Y "\"}",
      TBC_ERR_MALFORMED, "not base64url" },
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv"
      "7D5\",\"y\":\"" Y "\"}",
      TBC_ERR_MALFORMED, "not base64url" }, /* a bit left over that is none */
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"" ZEROS_86 "AAAA\",\"y\":\"" Y "\"}",
      TBC_ERR_MALFORMED, "not base64url" }, /* longer than any coordinate */
    { "{\"kty\":\"EC\",\"crv\":\"P-256\",\"x\":\"AAAA\",\"y\":\"" Y "\"}",
      TBC_ERR_MALFORMED, "no point of P-256" },
    { EC(",\"d\":5"), TBC_ERR_MALFORMED, "\"d\" is wanted" },
    { EC(",\"d\":\"AAAA\""), TBC_ERR_MALFORMED, "does not belong" },
    { OKP(",\"d\":\"" D "\""), TBC_ERR_MALFORMED, "does not belong" },
    { OKP(",\"d\":\"AAAA\""), TBC_ERR_MALFORMED, "does not belong" },
    { "{\"kty\":\"EC\",\"kty\":\"EC\"}", TBC_ERR_MALFORMED, "a member twice" },
    { "{\"kty\"", TBC_ERR_MALFORMED, "not JSON" },
};

static void
a_jwk_is_refused_for_what_is_wrong_with_it(void)
{
    for (size_t i = 0; i < sizeof jwks / sizeof *jwks; i++) {
        expect(tbc_span_str(jwks[i].text), jwks[i].err, jwks[i].why);
    }
}

/* RFC 9053 sec. 2.2: the one algorithm has two curves. */
static void
eddsa_names_a_key_of_either_curve(void)
{
    uint8_t x[57] = { 0x5f, 0xd7, 0x44, 0x9b, 0x59, 0xb4, 0x61, 0xfd, 0x2c, 0xe7,
                      0x87, 0xec, 0x61, 0x6a, 0xd4, 0x6a, 0x1d, 0xa1, 0x34, 0x24,
                      0x85, 0xa7, 0x0e, 0x1f, 0x8a, 0x0e, 0xa7, 0x5d, 0x80, 0xe9,
                      0x67, 0x78, 0xed, 0xf1, 0x24, 0x76, 0x9b, 0x46, 0xc7, 0x06,
                      0x1b, 0xd6, 0x78, 0x3d, 0xf1, 0xe5, 0x0f, 0x6c, 0xd1, 0xfa,
                      0x1a, 0xbe, 0xaf, 0xe8, 0x25, 0x61, 0x80 }; /* RFC 8032 7.4 */
    struct tbc_key *key = NULL;
    struct tbc_buf jwk = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_key_from_point(&key, tbc_key_kind(TBC_ALG_ED448),
                                             tbc_span_of(x, sizeof x),
                                             (struct tbc_span){ 0 }),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_jwk(key, &jwk), TBC_OK);
    tbc_buf_cut(&jwk, jwk.len - 1);
    CU_ASSERT_EQUAL(tbc_buf_append_str(&jwk, ",\"alg\":\"EdDSA\"}"), TBC_OK);
    expect(tbc_buf_span(&jwk), TBC_OK, "");
    tbc_buf_cut(&jwk, jwk.len - 7); /* EdDSA"} */
    CU_ASSERT_EQUAL(tbc_buf_append_str(&jwk, "ES256\"}"), TBC_OK);
    expect(tbc_buf_span(&jwk), TBC_ERR_MALFORMED, "alg ES256 with crv Ed448");
    tbc_buf_fini(&jwk);
    tbc_key_free(&key);
}

/* The key "11" of RFC 9052 appendix C.7.1; RFC 8032 sec. 7.1, test 1. */
#define PX "215820bac5b11cad8f99f9c72b05cf4b9e26d244dc189f745228255a219a86d6a09eff"
#define PY "22582020138bf82dc1b6d562be0fa54ab7804a3a64b6d72ccfed6b6fb6ed28bbfc117e"
#define QX "215820d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
#define QD "2358209d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60"

static const struct {
    const char *hex;
    enum tbc_err err;
    const char *why;
} bytes[] = {
    { "a401022001" PX PY, TBC_OK, "" },
    { "a6010220010258013030616100616200" PX, TBC_ERR_MALFORMED, "" },
    { "a6" PX PY "200101026161006162f5", TBC_OK, "" }, /* any order, text labels */
    { "a401022001" PX "22f4", TBC_OK, "" },
    { "a401022001" PX "22f5", TBC_OK, "" },
    { "a401022001" PX "2214", TBC_ERR_MALFORMED, "y" }, /* 20, but no false */
    { "a401022001" PX "22f6", TBC_ERR_MALFORMED, "y" },
    { "a40102200121420102"
      "22f4",
      TBC_ERR_MALFORMED, "no point of P-256" },
    { "a401012006" QX "22f4", TBC_ERR_MALFORMED, "no point of Ed25519" },
    { "a501022001" PX PY "0102", TBC_ERR_MALFORMED, "repeated label" },
    { "a601022001" PX PY "616100616100", TBC_ERR_MALFORMED, "repeated label" },
    { "a401022000" PX PY, TBC_ERR_UNSUPPORTED, "kty 2, crv 0" },
    { "a401012006" QX QD, TBC_OK, "" },
    { "a401012006" QX "2358200000000000000000000000000000000000000000000000000000000000"
      "000000",
      TBC_ERR_MALFORMED, "does not belong" },
    { "a401012006" QX "234100", TBC_ERR_MALFORMED, "does not belong" },
    { "a401022001" PX PY "00", TBC_ERR_MALFORMED, "bytes behind" },
    { "7b", TBC_ERR_MALFORMED, "not JSON" },
    { "2020", TBC_ERR_MALFORMED, "" }, /* blanks only */
    { "30", TBC_ERR_MALFORMED, "" },
    { "3000", TBC_ERR_MALFORMED, "no key" },
    { "30020500", TBC_ERR_MALFORMED, "no key" },
    { "3003020100", TBC_ERR_MALFORMED, "no key" },
    { "30050201000500", TBC_ERR_MALFORMED, "no key" },
    { "300430000500", TBC_ERR_MALFORMED, "no key" },
    { "300405003000", TBC_ERR_MALFORMED, "no key" },
    { "3004a0003000", TBC_ERR_MALFORMED, "no key" },
    { "30068000800030", TBC_ERR_MALFORMED, "" },
};

static void
coded_keys_are_refused_for_what_is_wrong_with_them(void)
{
    for (size_t i = 0; i < sizeof bytes / sizeof *bytes; i++) {
        struct tbc_buf in = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(bytes[i].hex), &in, NULL),
                              TBC_OK);
        expect(tbc_buf_span(&in), bytes[i].err, bytes[i].why);
        tbc_buf_fini(&in);
    }
}

static void
a_key_of_too_many_members_or_bytes_is_not_read(void)
{
    static uint8_t large[TBC_KEY_BYTES_MAX + 1];
    struct tbc_buf in = { 0 };

    tbc_cbor_put_map(&in, 40);
    for (unsigned i = 0; i < 40; i++) {
        tbc_cbor_put_uint(&in, 100 + i);
        tbc_cbor_put_uint(&in, 0);
    }
    expect(tbc_buf_span(&in), TBC_ERR_MALFORMED, "labels");
    expect(tbc_span_of(large, sizeof large), TBC_ERR_LIMIT, "");
    expect((struct tbc_span){ 0 }, TBC_ERR_MALFORMED, "empty");
    expect(tbc_span_str("-----BEGIN NOTHING-----\nAAAA\n-----END NOTHING-----\n"),
           TBC_ERR_UNSUPPORTED, "no key that we know");
    tbc_buf_fini(&in);
}

/* A signed object must not have a second form (crypto/key_openssl.h). */
static void
a_strict_key_is_one_of_ours_written_as_we_write_it(void)
{
    static const struct {
        const char *hex;
        enum tbc_err err;
    } rows[] = {
        { "a401022001" PX PY, TBC_OK },
        { "a420010102" PX PY, TBC_ERR_MALFORMED },
        { "a501022001" PX PY "616100", TBC_ERR_MALFORMED },
        { "a401022001" PX "22f4", TBC_ERR_MALFORMED },
        { "a401022008215820" /* secp256k1: its generator */
          "79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798225820"
          "483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8",
          TBC_ERR_MALFORMED },
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_key *key = NULL;
        struct tbc_buf in = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i].hex), &in, NULL),
                              TBC_OK);
        CU_ASSERT_EQUAL(tbc_key_parse_strict(&key, tbc_buf_span(&in)), rows[i].err);
        CU_ASSERT_EQUAL(key != NULL, rows[i].err == TBC_OK);
        tbc_key_free(&key);
        tbc_buf_fini(&in);
    }
}

#define PBES2(all, inner, kdf) "30" all "30" inner "06092a864886f70d01050d30" kdf
#define PBKDF2                 "06092a864886f70d01050c30"
#define SCRYPT                 "06092b06010401da47040b30"
#define SALT                   "04080000000000000000"
#define AES_AND_TEXT                                                           \
    "301d060960864801650304012a0410000000000000000000000000000000000410000000" \
    "00000000000000000000000000"
#define HUGE "0209010000000000000000" /* 2^64 */

/* RFC 8018 app. A, RFC 7914 sec. 7: what would take for ever is not begun. */
static void
no_file_makes_us_compute_without_end(void)
{
    static const char *const rows[] = {
        PBES2("5c", "48", "3b301a") PBKDF2 "0d" SALT "020100" AES_AND_TEXT,
        PBES2("5c", "48", "3b301a") PBKDF2 "0d" SALT "0201ff" AES_AND_TEXT,
        PBES2("64", "50", "433022") PBKDF2 "15" SALT HUGE AES_AND_TEXT,
        PBES2("5f", "4b", "3e301d") PBKDF2 "10" SALT "020400989681" AES_AND_TEXT,
        PBES2("62", "4e", "413020") SCRYPT "13" SALT "020100020108020101" AES_AND_TEXT,
        PBES2("62", "4e", "413020") SCRYPT "13" SALT "020110020100020101" AES_AND_TEXT,
        PBES2("62", "4e", "413020") SCRYPT "13" SALT "020110020108020100" AES_AND_TEXT,
        PBES2("65", "51", "443023") SCRYPT "16" SALT
                                           "020401000001020101020101" AES_AND_TEXT,
        PBES2("64", "50", "433022") SCRYPT "15" SALT
                                           "0202400002020401020101" AES_AND_TEXT,
        PBES2("64", "50", "433022") SCRYPT "15" SALT
                                           "0202400002010802020081" AES_AND_TEXT,
        PBES2("6a", "56", "493028") SCRYPT "1b" SALT HUGE "020108020101" AES_AND_TEXT,
        PBES2("6a", "56", "493028") SCRYPT "1b" SALT "020110" HUGE
                                           "020101" AES_AND_TEXT,
        PBES2("6a", "56", "493028") SCRYPT "1b" SALT "020110020108" HUGE AES_AND_TEXT,
    };

    for (size_t i = 0; i < sizeof rows / sizeof *rows; i++) {
        struct tbc_buf in = { 0 };

        CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(rows[i]), &in, NULL), TBC_OK);
        expect(tbc_buf_span(&in), TBC_ERR_LIMIT, "too long to try");
        tbc_buf_fini(&in);
    }
}

static void
a_pass_phrase_beyond_the_librarys_lengths_is_not_tried(void)
{
    const struct tbc_span huge = { (const uint8_t *)"", (size_t)INT32_MAX + 1 };
    struct tbc_key *key = NULL;
    struct tbc_buf in = { 0 };

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(PBES2("5c", "48", "3b301a") PBKDF2
                                                      "0d" SALT "020101" AES_AND_TEXT),
                                         &in, NULL),
                          TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_parse(&key, tbc_buf_span(&in), &huge, NULL), TBC_ERR_LIMIT);
    CU_ASSERT_EQUAL(tbc_key_parse(&key, tbc_buf_span(&in), NULL, NULL),
                    TBC_ERR_PASS_WANTED);
    tbc_buf_fini(&in);
}

TBC_SUITE("crypto/key_forms", TEST(a_jwk_is_refused_for_what_is_wrong_with_it),
          TEST(eddsa_names_a_key_of_either_curve),
          TEST(coded_keys_are_refused_for_what_is_wrong_with_them),
          TEST(a_key_of_too_many_members_or_bytes_is_not_read),
          TEST(a_strict_key_is_one_of_ours_written_as_we_write_it),
          TEST(no_file_makes_us_compute_without_end),
          TEST(a_pass_phrase_beyond_the_librarys_lengths_is_not_tried))
