/* Keys as others hand them over: what is read, what is refused and with which words.  The files in
 * keys/ were made with openssl, those that are none with a pencil. */
#include "base/text.h"
#include "crypto/key.h"
#include "crypto/sign.h"
#include "suite.h"

#include <stdio.h>
#include <string.h>

#define PASS "correct horse"

/* A file of keys/, whole. */
static void
load(const char *name, struct tbc_buf *out)
{
    char path[512];
    uint8_t piece[1024];
    FILE *f;
    size_t n;

    (void)snprintf(path, sizeof path, "%s/tests/unit/crypto/keys/%s",
                   tbc_test_env("TBC_SOURCE_DIR"), name);
    f = fopen(path, "rb");
    CU_ASSERT_PTR_NOT_NULL_FATAL(f);
    while (f != NULL && (n = fread(piece, 1, sizeof piece, f)) > 0) {
        CU_ASSERT_EQUAL(tbc_buf_append(out, piece, n), TBC_OK);
    }
    if (f != NULL) {
        (void)fclose(f);
    }
}

static enum tbc_err
parse_file(struct tbc_key **key, const char *name, const char *pass,
           struct tbc_key_fault *fault)
{
    struct tbc_buf file = { 0 };
    struct tbc_span phrase = tbc_span_str(pass);
    enum tbc_err err;

    load(name, &file);
    err = tbc_key_parse(key, tbc_buf_span(&file), pass == NULL ? NULL : &phrase, fault);
    tbc_buf_fini(&file);
    return err;
}

/* All of one pair. */
static const struct {
    const char *file;
    enum tbc_key_kept kept;
} forms[] = {
    { "pkcs8.pem", TBC_KEY_PLAIN },
    { "pkcs8.der", TBC_KEY_PLAIN },
    { "sec1.pem", TBC_KEY_PLAIN },
    { "sec1.der", TBC_KEY_PLAIN },
    { "sec1_with_parameters.pem", TBC_KEY_PLAIN },
    { "private.jwk", TBC_KEY_PLAIN },
    { "private.cose", TBC_KEY_PLAIN },
    { "sealed.pem", TBC_KEY_ENCRYPTED },
    { "sealed.der", TBC_KEY_ENCRYPTED },
    { "sealed_crlf.pem", TBC_KEY_ENCRYPTED },
    { "sealed_scrypt.pem", TBC_KEY_ENCRYPTED },
    { "public.pem", TBC_KEY_PUBLIC },
    { "public.der", TBC_KEY_PUBLIC },
    { "public.jwk", TBC_KEY_PUBLIC },
    { "public_crlf.pem", TBC_KEY_PUBLIC },
    { "public_after_text.pem", TBC_KEY_PUBLIC },
    { "public_compressed.pem", TBC_KEY_PUBLIC },
    { "certificate.pem", TBC_KEY_PUBLIC }, /* an X.509 one, for the key in it */
};

static void
every_form_of_one_pair_is_the_same_key(void)
{
    const struct tbc_span message = tbc_span_str("one ticket to Qingyu North");
    uint8_t want[TBC_KEY_THUMBPRINT_LEN];
    uint8_t got[TBC_KEY_THUMBPRINT_LEN];
    struct tbc_key *public_half = NULL;

    CU_ASSERT_EQUAL_FATAL(parse_file(&public_half, "public.pem", NULL, NULL), TBC_OK);
    tbc_key_thumbprint(public_half, want);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        struct tbc_key *key = NULL;
        struct tbc_key_fault fault = { "" };
        struct tbc_buf sig = { 0 };
        bool is_private = forms[i].kept != TBC_KEY_PUBLIC;

        CU_ASSERT_EQUAL_FATAL(parse_file(&key, forms[i].file, PASS, &fault), TBC_OK);
        tbc_key_thumbprint(key, got);
        CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
        CU_ASSERT_EQUAL(tbc_key_kept(key), forms[i].kept);
        CU_ASSERT_EQUAL(tbc_key_is_private(key), is_private);
        CU_ASSERT_EQUAL(tbc_key_alg(key), TBC_ALG_ES256);
        CU_ASSERT_STRING_EQUAL(tbc_key_curve(key), "P-256");
        CU_ASSERT_EQUAL(tbc_sign_raw(key, message, &sig),
                        is_private ? TBC_OK : TBC_ERR_DENIED);
        if (is_private) {
            CU_ASSERT_EQUAL(tbc_verify_raw(public_half, message, tbc_buf_span(&sig)),
                            TBC_OK);
        }
        tbc_buf_fini(&sig);
        tbc_key_free(&key);
    }
    tbc_key_free(&public_half);
}

static void
every_curve_is_read_and_written_in_every_form(void)
{
    static const struct {
        const char *file;
        enum tbc_alg alg;
        const char *curve;
    } curves[] = {
        { "p384.pem", TBC_ALG_ES384, "P-384" },
        { "p521.pem", TBC_ALG_ES512, "P-521" },
        { "ed25519.pem", TBC_ALG_EDDSA, "Ed25519" },
        { "sm2.pem", TBC_ALG_SM2, "SM2" },
        { "p384_public.pem", TBC_ALG_ES384, "P-384" },
        { "p521_public.pem", TBC_ALG_ES512, "P-521" },
        { "ed25519_public.pem", TBC_ALG_EDDSA, "Ed25519" },
        { "sm2_public.pem", TBC_ALG_SM2, "SM2" },
        { "ed448_public.pem", TBC_ALG_ED448, "Ed448" },
        { "secp256k1_public.pem", TBC_ALG_ES256K, "secp256k1" },
    };
    static enum tbc_err (*const writers[])(const struct tbc_key *, struct tbc_buf *) = {
        tbc_key_put_pem, tbc_key_put_der, tbc_key_put_jwk, tbc_key_put_cose
    };

    for (size_t i = 0; i < sizeof curves / sizeof *curves; i++) {
        struct tbc_key *key = NULL;
        uint8_t want[TBC_KID_LEN];
        uint8_t got[TBC_KID_LEN];

        CU_ASSERT_EQUAL_FATAL(parse_file(&key, curves[i].file, NULL, NULL), TBC_OK);
        CU_ASSERT_EQUAL(tbc_key_alg(key), curves[i].alg);
        CU_ASSERT_STRING_EQUAL(tbc_key_curve(key), curves[i].curve);
        tbc_key_kid(key, want);
        for (size_t w = 0; w < sizeof writers / sizeof *writers; w++) {
            struct tbc_key *again = NULL;
            struct tbc_buf out = { 0 };

            CU_ASSERT_EQUAL(writers[w](key, &out), TBC_OK);
            CU_ASSERT_EQUAL_FATAL(tbc_key_parse(&again, tbc_buf_span(&out), NULL, NULL),
                                  TBC_OK);
            tbc_key_kid(again, got);
            CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
            CU_ASSERT_FALSE(tbc_key_is_private(again));
            tbc_buf_fini(&out);
            tbc_key_free(&again);
        }
        tbc_key_free(&key);
    }
}

static const struct {
    const char *file;
    const char *pass;
    enum tbc_err err;
    const char *why;
} bad[] = {
    { "sealed.pem", NULL, TBC_ERR_PASS_WANTED, "its pass phrase is wanted" },
    { "sealed.der", NULL, TBC_ERR_PASS_WANTED, "its pass phrase is wanted" },
    { "sealed.pem", "correct horsf", TBC_ERR_PASS_WRONG, "wrong pass phrase" },
    { "sealed.pem", "", TBC_ERR_PASS_WRONG, "wrong pass phrase" },
    { "sealed_scrypt.pem", "battery", TBC_ERR_PASS_WRONG, "wrong pass phrase" },
    { "sealed_old.pem", PASS, TBC_ERR_UNSUPPORTED, "in an old way" },
    { "sealed_pbes1.pem", PASS, TBC_ERR_UNSUPPORTED, "in an old way" },
    { "sealed_forever.der", PASS, TBC_ERR_LIMIT, "too long to try" },
    { "p224_public.pem", NULL, TBC_ERR_UNSUPPORTED, "unsupported curve secp224r1" },
    { "brainpoolp256r1_public.pem", NULL, TBC_ERR_UNSUPPORTED, "brainpoolP256r1" },
    { "x25519_public.pem", NULL, TBC_ERR_UNSUPPORTED, "kind of key X25519" },
    { "rsa_public.pem", NULL, TBC_ERR_UNSUPPORTED, "kind of key RSA" },
    { "explicit_public.pem", NULL, TBC_ERR_UNSUPPORTED, "explicit parameters" },
    { "explicit.pem", NULL, TBC_ERR_UNSUPPORTED, "explicit parameters" },
    { "off_curve.der", NULL, TBC_ERR_MALFORMED, "no point" },
    { "infinity.der", NULL, TBC_ERR_MALFORMED, "no point" },
    { "scalar_zero.der", NULL, TBC_ERR_MALFORMED, "range" },
    { "scalar_n.der", NULL, TBC_ERR_MALFORMED, "range" },
    { "scalar_of_another.der", NULL, TBC_ERR_MALFORMED, "of another point" },
    { "ed25519_short.der", NULL, TBC_ERR_MALFORMED, "not a public key" },
    { "two_keys.pem", NULL, TBC_ERR_MALFORMED, "more than one key" },
    { "private_and_public.pem", NULL, TBC_ERR_MALFORMED, "more than one key" },
    { "text_behind.pem", NULL, TBC_ERR_MALFORMED, "bytes behind" },
    { "byte_behind.der", NULL, TBC_ERR_MALFORMED, "bytes behind" },
    { "header.pem", NULL, TBC_ERR_MALFORMED, "headers" },
    { "cut.pem", NULL, TBC_ERR_MALFORMED, "damaged PEM" },
    { "cut.der", NULL, TBC_ERR_MALFORMED, "no key" },
    { "damaged.pem", NULL, TBC_ERR_MALFORMED, "damaged PEM" },
    { "wrong_label.pem", NULL, TBC_ERR_MALFORMED, "something else" },
    { "parameters.pem", NULL, TBC_ERR_MALFORMED, "without a key" },
};

static void
expect_refused(struct tbc_key *key, enum tbc_err got, enum tbc_err want,
               const struct tbc_key_fault *fault, const char *why)
{
    CU_ASSERT_EQUAL(got, want);
    CU_ASSERT_PTR_NULL(key);
    if (strstr(fault->text, why) == NULL || got != want) {
        printf("    wanted %s, '%s'; got %s, '%s'\n", tbc_err_text(want), why,
               tbc_err_text(got), fault->text);
        CU_FAIL("the words");
    }
}

static void
files_that_are_no_key_are_refused_by_name(void)
{
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        struct tbc_key_fault fault = { "" };
        struct tbc_key *key = NULL;
        enum tbc_err err = parse_file(&key, bad[i].file, bad[i].pass, &fault);

        expect_refused(key, err, bad[i].err, &fault, bad[i].why);
        tbc_key_free(&key);
    }
}

#define JX "SUSn3ugl2dS9Zq-MOdnap6c4GHGsfrQipTxyysVj1PI"
#define JY "BlTvEBi71i_R53XzMa4VXRgWAhYDoEoi3lHuBIfl2Xk"
#define JD "jxxN-MsMHmJJ8qaVY1MvOT-hItUms2BtHamfzfvpLG0"
#define EC "\"kty\":\"EC\",\"crv\":\"P-256\""

static void
jwks_that_are_none_are_refused_by_name(void)
{
    static const struct {
        const char *text;
        enum tbc_err err;
        const char *why;
    } jwks[] = {
        { "{}", TBC_ERR_MALFORMED, "\"kty\" is wanted" },
        { "{", TBC_ERR_MALFORMED, "not JSON" },
        { "{" EC ",\"x\":\"" JX "\",\"y\":\"" JY "\"} x", TBC_ERR_MALFORMED,
          "not JSON" },
        { "{" EC ",\"x\":\"" JX "\"}", TBC_ERR_MALFORMED, "\"y\" is wanted" },
        { "{" EC ",\"x\":\"" JX "\",\"y\":7}", TBC_ERR_MALFORMED, "\"y\" is wanted" },
        { "{" EC ",\"x\":\"" JX "=\",\"y\":\"" JY "\"}", TBC_ERR_MALFORMED,
          "\"x\" is not base64url" },
        { "{" EC ",\"x\":\"" JX
          "\",\"y\":\"BlTvEBi71i/R53XzMa4VXRgWAhYDoEoi3lHuBIfl2Xk\"}",
          TBC_ERR_MALFORMED, "\"y\" is not base64url" },
        { "{" EC ",\"x\":\"" JX "\",\"x\":\"" JX "\",\"y\":\"" JY "\"}",
          TBC_ERR_MALFORMED, "a member twice" },
        { "{" EC ",\"x\":\"" JY "\",\"y\":\"" JX "\"}", TBC_ERR_MALFORMED, "no point" },
        { "{" EC ",\"x\":\"AA\",\"y\":\"" JY "\"}", TBC_ERR_MALFORMED, "no point" },
        { "{" EC ",\"x\":\"" JX "\",\"y\":\"" JY "\",\"d\":\"" JX "\"}",
          TBC_ERR_MALFORMED, "private" },
        { "{" EC ",\"x\":\"" JX "\",\"y\":\"" JY "\",\"d\":\"AA\"}", TBC_ERR_MALFORMED,
          "private" },
        { "{" EC ",\"x\":\"" JX "\",\"y\":\"" JY "\",\"d\":\"" JD "=\"}",
          TBC_ERR_MALFORMED, "\"d\" is not base64url" },
        { "{" EC ",\"alg\":\"ES384\",\"x\":\"" JX "\",\"y\":\"" JY "\"}",
          TBC_ERR_MALFORMED, "alg ES384 with crv P-256" },
        { "{" EC ",\"alg\":\"SM2\",\"x\":\"" JX "\",\"y\":\"" JY "\"}",
          TBC_ERR_MALFORMED, "alg SM2 with crv P-256" },
        { "{\"kty\":\"OKP\",\"crv\":\"P-256\",\"x\":\"" JX "\"}", TBC_ERR_MALFORMED,
          "kty OKP with crv P-256" },
        { "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"AAAA\"}", TBC_ERR_MALFORMED,
          "no point of Ed25519" },
        { "{\"kty\":\"OKP\",\"crv\":\"X25519\",\"x\":\"" JX "\"}", TBC_ERR_UNSUPPORTED,
          "unsupported curve X25519" },
        { "{\"kty\":\"EC\",\"crv\":\"P-224\",\"x\":\"" JX "\"}", TBC_ERR_UNSUPPORTED,
          "unsupported curve P-224" },
        { "{\"kty\":\"EC\",\"crv\":\"\\u001b[2J\",\"x\":\"" JX "\"}",
          TBC_ERR_UNSUPPORTED, "unsupported curve in a JWK" },
        { "{\"kty\":\"RSA\",\"n\":\"AQAB\",\"e\":\"AQAB\"}", TBC_ERR_UNSUPPORTED,
          "kind of key RSA" },
    };

    for (size_t i = 0; i < sizeof jwks / sizeof *jwks; i++) {
        struct tbc_key_fault fault = { "" };
        struct tbc_key *key = NULL;
        enum tbc_err err =
            tbc_key_parse(&key, tbc_span_str(jwks[i].text), NULL, &fault);

        expect_refused(key, err, jwks[i].err, &fault, jwks[i].why);
        tbc_key_free(&key);
    }
}

#define X "4944a7dee825d9d4bd66af8c39d9daa7a7381871ac7eb422a53c72cac563d4f2"
#define Y "0654ef1018bbd62fd1e775f331ae155d1816021603a04a22de51ee0487e5d979"
#define D "8f1c4df8cb0c1e6249f2a69563532f393fa122d526b3606d1da99fcdfbe92c6d"
#define N "ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551"

static enum tbc_err
parse_hex(struct tbc_key **key, const char *hex, struct tbc_key_fault *fault)
{
    struct tbc_buf in = { 0 };
    enum tbc_err err;

    CU_ASSERT_EQUAL_FATAL(tbc_hex_decode(tbc_span_str(hex), &in, NULL), TBC_OK);
    err = tbc_key_parse(key, tbc_buf_span(&in), NULL, fault);
    tbc_buf_fini(&in);
    return err;
}

static void
cose_keys_are_read_as_the_rfc_has_them_and_refused_by_name(void)
{
    static const struct {
        const char *hex;
        enum tbc_err err;
        const char *why;
    } keys[] = {
        { "a401022001215820" X "225820" Y, TBC_OK, "" },
        { "a4225820" Y "215820" X "20010102", TBC_OK, "" },       /* unsorted */
        { "a5612d00225820" Y "215820" X "20010102", TBC_OK, "" }, /* a text label */
        { "a501022001215820" X "225820" Y "235820" D, TBC_OK, "" },
        { "a50102200103260326", TBC_ERR_MALFORMED, "repeated label, at byte 7" },
        { "a501021801022001215820" X "225820" Y, TBC_ERR_MALFORMED, "repeated label" },
        { "a6612d00612d00225820" Y "215820" X "20010102", TBC_ERR_MALFORMED,
          "repeated label" },
        { "a401022001215820" X "225820" X, TBC_ERR_MALFORMED, "no point of P-256" },
        { "a501022001215820" X "225820" Y "235820" X, TBC_ERR_MALFORMED, "private" },
        { "a501022001215820" X "225820" Y "235820" N, TBC_ERR_MALFORMED, "private" },
        { "a501022001215820" X "225820" Y "2341ff", TBC_ERR_MALFORMED, "private" },
        { "a401022001215820" X "225820" Y "00", TBC_ERR_MALFORMED, "bytes behind" },
        { "a40102200121581f", TBC_ERR_MALFORMED, "at byte" },
        { "a301012006214100", TBC_ERR_MALFORMED, "no point of Ed25519" },
        { "a301012004215820" X, TBC_ERR_UNSUPPORTED, "kty 1, crv 4" },
        { "a201032001", TBC_ERR_UNSUPPORTED, "kty 3" },
        { "00", TBC_ERR_MALFORMED, "at byte 0" },
        { "", TBC_ERR_MALFORMED, "empty" },
    };

    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
        struct tbc_key_fault fault = { "" };
        struct tbc_key *key = NULL;
        enum tbc_err err = parse_hex(&key, keys[i].hex, &fault);

        if (keys[i].err == TBC_OK) {
            CU_ASSERT_EQUAL(err, TBC_OK);
            CU_ASSERT_PTR_NOT_NULL(key);
        } else {
            expect_refused(key, err, keys[i].err, &fault, keys[i].why);
        }
        tbc_key_free(&key);
    }
}

static void
no_cut_and_no_flipped_bit_of_a_private_key_is_another_key(void)
{
    static const char *const files[] = { "pkcs8.der", "sec1.der", "private.cose",
                                         "sealed.der" };
    const struct tbc_span pass = tbc_span_str(PASS);
    uint8_t want[TBC_KID_LEN];
    uint8_t got[TBC_KID_LEN];

    for (size_t f = 0; f < sizeof files / sizeof *files; f++) {
        struct tbc_buf file = { 0 };
        struct tbc_key *key = NULL;

        load(files[f], &file);
        CU_ASSERT_EQUAL_FATAL(tbc_key_parse(&key, tbc_buf_span(&file), &pass, NULL),
                              TBC_OK);
        tbc_key_kid(key, want);
        tbc_key_free(&key);
        for (size_t i = 0; i < file.len; i++) {
            CU_ASSERT_NOT_EQUAL(
                tbc_key_parse(&key, tbc_span_of(file.ptr, i), &pass, NULL), TBC_OK);
            CU_ASSERT_PTR_NULL(key);
        }
        for (size_t i = 0; i < file.len * 8; i += 31) {
            file.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
            if (tbc_key_parse(&key, tbc_buf_span(&file), &pass, NULL) == TBC_OK) {
                tbc_key_kid(key, got); /* a bit that says nothing of the key */
                CU_ASSERT_EQUAL(memcmp(want, got, sizeof want), 0);
            }
            tbc_key_free(&key);
            file.ptr[i / 8] ^= (uint8_t)(1u << i % 8);
        }
        tbc_buf_fini(&file);
    }
}

static void
a_large_input_is_refused_unread(void)
{
    static uint8_t large[16385] = { 0x30 };
    struct tbc_key *key = NULL;

    CU_ASSERT_EQUAL(tbc_key_parse(&key, tbc_span_of(large, sizeof large), NULL, NULL),
                    TBC_ERR_LIMIT);
    CU_ASSERT_PTR_NULL(key);
}

static void
what_we_only_verify_is_never_made_nor_signed_with(void)
{
    struct tbc_key *key = NULL;

    CU_ASSERT_EQUAL(tbc_key_make(&key, TBC_ALG_ES256K), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(tbc_key_make(&key, TBC_ALG_ED448), TBC_ERR_UNSUPPORTED);
    CU_ASSERT_EQUAL(tbc_alg_known(-47), TBC_ALG_NONE);
    CU_ASSERT_EQUAL(tbc_alg_known(-53), TBC_ALG_NONE);
}

/* Any 32 bytes may stand in an Ed25519 key, also those with which a PEM block begins. */
static void
a_binary_key_is_one_whatever_its_strings_hold(void)
{
    static const uint8_t bytes[] =
        "\xa3\x01\x01\x20\x06\x21\x58\x20"
        "\xd7\x5a\x98\x01\x82\xb1\x0a\xb7\xd5\x4b\xfe"
        "-----BEGIN \x23\x25\xaf\x02\x1a\x68\xf7\x07\x51\x1a";
    struct tbc_key *key = NULL;
    struct tbc_key *again = NULL;
    struct tbc_buf der = { 0 };

    CU_ASSERT_EQUAL(
        tbc_key_parse(&key, tbc_span_of(bytes, sizeof bytes - 1), NULL, NULL), TBC_OK);
    CU_ASSERT_PTR_NOT_NULL_FATAL(key);
    CU_ASSERT_EQUAL(tbc_key_put_der(key, &der), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_parse(&again, tbc_buf_span(&der), NULL, NULL), TBC_OK);
    tbc_key_free(&key);
    tbc_key_free(&again);
    tbc_buf_fini(&der);
}

TBC_SUITE("crypto/key_parse", TEST(every_form_of_one_pair_is_the_same_key),
          TEST(every_curve_is_read_and_written_in_every_form),
          TEST(files_that_are_no_key_are_refused_by_name),
          TEST(jwks_that_are_none_are_refused_by_name),
          TEST(cose_keys_are_read_as_the_rfc_has_them_and_refused_by_name),
          TEST(no_cut_and_no_flipped_bit_of_a_private_key_is_another_key),
          TEST(a_binary_key_is_one_whatever_its_strings_hold),
          TEST(a_large_input_is_refused_unread),
          TEST(what_we_only_verify_is_never_made_nor_signed_with))
