/* Keys in all their forms, with everything below them failing once. */
#include "codec/cbor.h"
#include "crypto/key.h"
#include "crypto/key_openssl.h"
#include "crypto/pass.h"
#include "crypto/secret.h"
#include "fault.h"
#include "suite.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PHRASE "correct horse"

#define ANY (FAULT(MEMORY) | FAULT(LIBRARY) | FAULT(INSIDE))
/* Without the thousands of allocations that OpenSSL makes to decode one file. */
#define OURS  (FAULT(MEMORY) | FAULT(LIBRARY))
#define FILES (FAULT(FILE) | FAULT(INTERRUPT) | FAULT(SHORT))
/* A library that says no says it of the key, for all that one can tell. */
#define KEY_REFUSED (REFUSAL(MALFORMED) | REFUSAL(UNSUPPORTED))

/* The files of tests/unit/crypto/keys, read before anything fails. */
enum form {
    FORM_PUBLIC_PEM,
    FORM_PUBLIC_DER,
    FORM_PUBLIC_JWK,
    FORM_COMPRESSED,
    FORM_CERTIFICATE,
    FORM_PKCS8,
    FORM_SEC1,
    FORM_PRIVATE_JWK,
    FORM_PRIVATE_COSE,
    FORM_ED25519,
    FORM_ED25519_PUBLIC,
    FORM_SM2,
    FORM_N
};

static const char *const files[FORM_N] = {
    [FORM_PUBLIC_PEM] = "public.pem",
    [FORM_PUBLIC_DER] = "public.der",
    [FORM_PUBLIC_JWK] = "public.jwk",
    [FORM_COMPRESSED] = "public_compressed.pem",
    [FORM_CERTIFICATE] = "certificate.pem",
    [FORM_PKCS8] = "pkcs8.pem",
    [FORM_SEC1] = "sec1_with_parameters.pem",
    [FORM_PRIVATE_JWK] = "private.jwk",
    [FORM_PRIVATE_COSE] = "private.cose",
    [FORM_ED25519] = "ed25519.pem",
    [FORM_ED25519_PUBLIC] = "ed25519_public.pem",
    [FORM_SM2] = "sm2.pem",
};

static struct {
    struct tbc_buf forms[FORM_N];
    struct tbc_key *key; /* a pair */
    struct tbc_key *okp;
    struct tbc_buf cose; /* of the pair's public half, and of others */
    struct tbc_buf other_cose;
    struct tbc_buf okp_cose;
    char dir[32];
    char path[64];
    char pass_path[64]; /* holds the pass phrase */
} scene;

static enum tbc_err
parse(enum form form)
{
    struct tbc_key *key = NULL;
    struct tbc_key_fault fault;
    enum tbc_err err =
        tbc_key_parse(&key, tbc_buf_span(&scene.forms[form]), NULL, &fault);

    CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
    tbc_key_free(&key);
    return err;
}

#define PARSE(name, form)          \
    static enum tbc_err name(void) \
    {                              \
        return parse(FORM_##form); \
    }
PARSE(public_pem, PUBLIC_PEM)
PARSE(public_der, PUBLIC_DER)
PARSE(public_jwk, PUBLIC_JWK)
PARSE(compressed, COMPRESSED)
PARSE(certificate, CERTIFICATE)
PARSE(pkcs8, PKCS8)
PARSE(sec1, SEC1)
PARSE(private_jwk, PRIVATE_JWK)
PARSE(private_cose, PRIVATE_COSE)
PARSE(ed25519, ED25519)
PARSE(ed25519_public, ED25519_PUBLIC)
PARSE(sm2, SM2)

static enum tbc_err
strict(void)
{
    struct tbc_key *key = NULL;
    enum tbc_err err = tbc_key_parse_strict(&key, tbc_buf_span(&scene.cose));

    CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
    tbc_key_free(&key);
    return err;
}

/* One key that becomes another, then one of another kind. */
static enum tbc_err
reused(void)
{
    struct tbc_key *key = NULL;
    uint8_t kid[TBC_KID_LEN];
    enum tbc_err err;

    if ((err = tbc_key_reuse_strict(&key, tbc_buf_span(&scene.cose))) == TBC_OK &&
        (err = tbc_key_reuse_strict(&key, tbc_buf_span(&scene.other_cose))) == TBC_OK) {
        err = tbc_key_reuse_strict(&key, tbc_buf_span(&scene.okp_cose));
    }
    CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
    if (key != NULL) {
        tbc_key_kid(key, kid);
        CU_ASSERT_EQUAL(tbc_key_alg(key), TBC_ALG_EDDSA);
        CU_ASSERT_EQUAL(memcmp(kid, scene.okp->kid, sizeof kid), 0);
    }
    tbc_key_free(&key);
    return err;
}

static enum tbc_err
written_forms(const struct tbc_key *key)
{
    static enum tbc_err (*const put[])(const struct tbc_key *, struct tbc_buf *) = {
        tbc_key_put_pem, tbc_key_put_der, tbc_key_put_jwk, tbc_key_put_cose
    };
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < sizeof put / sizeof *put && err == TBC_OK; i++) {
        struct tbc_buf out = { 0 };

        err = put[i](key, &out);
        CU_ASSERT_EQUAL(out.len > 0, err == TBC_OK);
        tbc_buf_fini(&out);
    }
    return err;
}

static enum tbc_err
written(void)
{
    return written_forms(scene.key);
}

static enum tbc_err
written_okp(void)
{
    return written_forms(scene.okp);
}

/* To a file and back, under a pass phrase or none. */
static enum tbc_err
stored(const struct tbc_span *phrase)
{
    const struct tbc_pass pass = { .file = scene.pass_path };
    struct tbc_key *key = NULL;
    enum tbc_err err = tbc_key_write_private(scene.key, scene.path, phrase);

    CU_ASSERT_EQUAL(access(scene.path, F_OK) == 0, err == TBC_OK);
    if (err == TBC_OK) {
        err = tbc_key_open(&key, scene.path, &pass, NULL);
        CU_ASSERT_EQUAL(key != NULL, err == TBC_OK);
        CU_ASSERT_EQUAL(unlink(scene.path), 0);
    }
    tbc_key_free(&key);
    return err;
}

static enum tbc_err
stored_plain(void)
{
    return stored(NULL);
}

static enum tbc_err
stored_sealed(void)
{
    const struct tbc_span pass = tbc_span_str(PHRASE);

    return stored(&pass);
}

static const struct fault_row rows[] = {
    { "public PEM", public_pem, OURS, KEY_REFUSED, 0 },
    { "public DER", public_der, OURS, KEY_REFUSED, 0 },
    { "public JWK", public_jwk, ANY, KEY_REFUSED, 0 },
    { "a compressed point", compressed, OURS, KEY_REFUSED, 0 },
    { "an X.509 certificate", certificate, OURS, KEY_REFUSED, 0 },
    { "PKCS#8", pkcs8, OURS, KEY_REFUSED, 0 },
    { "SEC1 with parameters", sec1, OURS, KEY_REFUSED, 0 },
    { "private JWK", private_jwk, ANY, KEY_REFUSED, 0 },
    { "private COSE_Key", private_cose, ANY, KEY_REFUSED, 0 },
    { "Ed25519", ed25519, OURS, KEY_REFUSED, 0 },
    { "public Ed25519", ed25519_public, OURS, KEY_REFUSED, 0 },
    { "SM2", sm2, OURS, KEY_REFUSED, 0 },
    { "a strict COSE_Key", strict, ANY, KEY_REFUSED, 0 },
    { "a key that changes", reused, ANY, KEY_REFUSED | NONE, 0 },
    { "an EC key written", written, ANY, 0, 0 },
    { "an OKP key written", written_okp, ANY, 0, 0 },
    { "a key stored", stored_plain, OURS | FILES, KEY_REFUSED, 0 },
    { "a key stored under a pass phrase", stored_sealed, OURS | FILES,
      KEY_REFUSED | REFUSAL(PASS_WRONG), 0 },
};

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

static void
make_scene(void)
{
    struct tbc_key *other = NULL;

    for (size_t i = 0; i < FORM_N; i++) {
        load(files[i], &scene.forms[i]);
    }
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&scene.key, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&scene.okp, TBC_ALG_EDDSA), TBC_OK);
    CU_ASSERT_EQUAL_FATAL(tbc_key_make(&other, TBC_ALG_ES256), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_cose(scene.key, &scene.cose), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_cose(other, &scene.other_cose), TBC_OK);
    CU_ASSERT_EQUAL(tbc_key_put_cose(scene.okp, &scene.okp_cose), TBC_OK);
    tbc_key_free(&other);
    (void)memccpy(scene.dir, "/tmp/tbc-test-XXXXXX", '\0', sizeof scene.dir);
    CU_ASSERT_PTR_NOT_NULL_FATAL(mkdtemp(scene.dir));
    (void)snprintf(scene.path, sizeof scene.path, "%s/key.pem", scene.dir);
    (void)snprintf(scene.pass_path, sizeof scene.pass_path, "%s/pass", scene.dir);
    CU_ASSERT_EQUAL(tbc_secret_store(scene.pass_path, tbc_span_str(PHRASE "\n")),
                    TBC_OK);
}

static void
drop_scene(void)
{
    for (size_t i = 0; i < FORM_N; i++) {
        tbc_buf_fini(&scene.forms[i]);
    }
    tbc_key_free(&scene.key);
    tbc_key_free(&scene.okp);
    tbc_buf_fini(&scene.cose);
    tbc_buf_fini(&scene.other_cose);
    tbc_buf_fini(&scene.okp_cose);
    CU_ASSERT_EQUAL(unlink(scene.pass_path), 0);
    CU_ASSERT_EQUAL(rmdir(scene.dir), 0);
}

static void
every_failure_is_told_and_leaves_no_key_behind(void)
{
    make_scene();
    fault_sweep(rows, sizeof rows / sizeof *rows, ~FAULT(INSIDE));
    drop_scene();
}

/* Thousands of steps: a ctest of its own. */
static void
every_lack_of_memory_inside_openssl_is_survived(void)
{
    make_scene();
    fault_sweep(rows, sizeof rows / sizeof *rows, FAULT(INSIDE));
    drop_scene();
}

TBC_SUITE("fault/key", TEST(every_failure_is_told_and_leaves_no_key_behind),
          TEST(every_lack_of_memory_inside_openssl_is_survived))
