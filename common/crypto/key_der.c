/* Keys in DER and in PEM around it: SubjectPublicKeyInfo and the certificates that hold one
 * (RFC 5280), PKCS#8 plain and encrypted (RFC 5958, RFC 8018), SEC1 (RFC 5915); PEM as RFC 7468. */
#include "crypto/key_openssl.h"

#include <openssl/asn1.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <string.h>

/* What a file may make us compute before its pass phrase is known to be right. */
#define ITERATIONS_MAX INT64_C(10000000)
#define SCRYPT_MAX     (INT64_C(1) << 24) /* N r p */

enum shape {
    SHAPE_NONE,
    SHAPE_PUBLIC, /* SubjectPublicKeyInfo */
    SHAPE_PKCS8,
    SHAPE_SEALED, /* EncryptedPrivateKeyInfo */
    SHAPE_SEC1,   /* ECPrivateKey */
    SHAPE_PARAMETERS,
    SHAPE_CERTIFICATE,
};

/* The next element of rest, which then begins behind it.  Definite lengths only. */
static bool
next_element(struct tbc_span *rest, int *tag, struct tbc_span *content)
{
    const unsigned char *at = rest->ptr;
    int class = 0;
    long len = 0;
    int rc = ASN1_get_object(&at, &len, tag, &class, (long)rest->len);
    size_t used;

    if ((rc & ~V_ASN1_CONSTRUCTED) != 0 || class != V_ASN1_UNIVERSAL) {
        return false;
    }
    *content = tbc_span_of(at, (size_t)len);
    used = (size_t)(at - rest->ptr) + (size_t)len;
    *rest = tbc_span_sub(*rest, used, rest->len);
    return true;
}

/* Told apart by the tags of the first two members. */
static enum shape
shape_of(struct tbc_span in, bool *is_followed)
{
    struct tbc_span members;
    struct tbc_span skipped;
    int tag = 0;
    int first = 0;
    int second = 0;

    *is_followed = false;
    if (in.len == 0 || !next_element(&in, &tag, &members) || tag != V_ASN1_SEQUENCE ||
        !next_element(&members, &first, &skipped) || members.len == 0 ||
        !next_element(&members, &second, &skipped)) {
        return SHAPE_NONE;
    }
    *is_followed = in.len > 0;
    if (first == V_ASN1_INTEGER) {
        return second == V_ASN1_SEQUENCE       ? SHAPE_PKCS8
               : second == V_ASN1_OCTET_STRING ? SHAPE_SEC1
                                               : SHAPE_NONE;
    }
    if (first != V_ASN1_SEQUENCE) {
        return SHAPE_NONE;
    }
    return second == V_ASN1_BIT_STRING     ? SHAPE_PUBLIC
           : second == V_ASN1_SEQUENCE     ? SHAPE_CERTIFICATE
           : second == V_ASN1_OCTET_STRING ? SHAPE_SEALED
                                           : SHAPE_NONE;
}

static EVP_PKEY *
decode(struct tbc_span in, const char *structure, int selection)
{
    EVP_PKEY *pkey = NULL;
    const unsigned char *at = in.ptr;
    size_t len = in.len;
    OSSL_DECODER_CTX *ctx = OSSL_DECODER_CTX_new_for_pkey(&pkey, "DER", structure, NULL,
                                                          selection, NULL, NULL);

    if (ctx != NULL && OSSL_DECODER_from_data(ctx, &at, &len) != 1) {
        EVP_PKEY_free(pkey);
        pkey = NULL;
    }
    OSSL_DECODER_CTX_free(ctx);
    return pkey;
}

static enum tbc_err
take_public(struct tbc_key **key, EVP_PKEY *pkey, struct tbc_key_fault *fault)
{
    const struct tbc_key_kind *kind;
    EVP_PKEY_CTX *ctx = NULL;
    enum tbc_err err = tbc_key_kind_of(pkey, &kind, fault);

    /* The point at infinity has an encoding, which OpenSSL reads. */
    if (err == TBC_OK && kind->group != NULL &&
        ((ctx = EVP_PKEY_CTX_new(pkey, NULL)) == NULL ||
         EVP_PKEY_public_check_quick(ctx) != 1)) {
        err = tbc_key_refuse(fault, TBC_ERR_MALFORMED, "no point of the curve");
    }
    EVP_PKEY_CTX_free(ctx);
    if (err != TBC_OK) {
        EVP_PKEY_free(pkey);
        return err;
    }
    return tbc_key_wrap(key, pkey, false);
}

/* The key of a certificate, whoever vouches for it and for how long. */
static enum tbc_err
parse_certificate(struct tbc_key **key, struct tbc_span in, struct tbc_key_fault *fault)
{
    const unsigned char *at = in.ptr;
    X509 *certificate = d2i_X509(NULL, &at, (long)in.len);
    EVP_PKEY *pkey = certificate == NULL ? NULL : X509_get_pubkey(certificate);
    enum tbc_err err = pkey != NULL
                           ? take_public(key, pkey, fault)
                           : tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                                            "not a certificate, or one without a key");

    X509_free(certificate);
    return err;
}

/* One that is not encrypted. */
static enum tbc_err
parse_plain(struct tbc_key **key, struct tbc_span in, enum shape shape,
            struct tbc_key_fault *fault)
{
    const bool is_public = shape == SHAPE_PUBLIC;
    const char *structure = is_public              ? "SubjectPublicKeyInfo"
                            : shape == SHAPE_PKCS8 ? "PrivateKeyInfo"
                                                   : "type-specific";
    EVP_PKEY *pkey =
        decode(in, structure, is_public ? EVP_PKEY_PUBLIC_KEY : EVP_PKEY_KEYPAIR);

    if (pkey == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                              is_public ? "not a public key, or no point of its curve"
                                        : "not a private key, or out of its range");
    }
    return is_public ? take_public(key, pkey, fault)
                     : tbc_key_wrap_checked(key, pkey, fault);
}

static bool
pbkdf2_is_bounded(const X509_ALGOR *kdf)
{
    PBKDF2PARAM *p =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBKDF2PARAM), kdf->parameter);
    int64_t n = 0;
    bool ok = p != NULL && ASN1_INTEGER_get_int64(&n, p->iter) == 1 && n > 0 &&
              n <= ITERATIONS_MAX;

    PBKDF2PARAM_free(p);
    return ok;
}

static bool
scrypt_is_bounded(const X509_ALGOR *kdf)
{
    SCRYPT_PARAMS *p =
        ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(SCRYPT_PARAMS), kdf->parameter);
    int64_t n = 0;
    int64_t r = 0;
    int64_t lanes = 0;
    bool ok = p != NULL && ASN1_INTEGER_get_int64(&n, p->costParameter) == 1 &&
              ASN1_INTEGER_get_int64(&r, p->blockSize) == 1 &&
              ASN1_INTEGER_get_int64(&lanes, p->parallelizationParameter) == 1 &&
              n > 0 && r > 0 && lanes > 0 && n <= SCRYPT_MAX && r <= SCRYPT_MAX / n &&
              lanes <= SCRYPT_MAX / n / r;

    SCRYPT_PARAMS_free(p);
    return ok;
}

/* PBES2 of bounded work; what is older than it would protect nothing. */
static enum tbc_err
check_scheme(const X509_ALGOR *scheme, struct tbc_key_fault *fault)
{
    PBE2PARAM *p;
    enum tbc_err err = TBC_ERR_LIMIT;
    int kdf;

    if (OBJ_obj2nid(scheme->algorithm) != NID_pbes2) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "encrypted in an old way; openssl pkcs8 -topk8 converts "
                              "it");
    }
    p = ASN1_TYPE_unpack_sequence(ASN1_ITEM_rptr(PBE2PARAM), scheme->parameter);
    if (p == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "its encryption's parameters");
    }
    kdf = OBJ_obj2nid(p->keyfunc->algorithm);
    if (kdf != NID_id_pbkdf2 && kdf != NID_id_scrypt) {
        err = tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                             "neither PBKDF2 nor scrypt derives its key");
    } else if (kdf == NID_id_pbkdf2 ? pbkdf2_is_bounded(p->keyfunc)
                                    : scrypt_is_bounded(p->keyfunc)) {
        err = TBC_OK;
    } else {
        err = tbc_key_refuse(fault, err, "its pass phrase would take too long to try");
    }
    PBE2PARAM_free(p);
    return err;
}

static enum tbc_err
parse_sealed(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
             struct tbc_key_fault *fault)
{
    const unsigned char *at = in.ptr;
    X509_SIG *sealed = d2i_X509_SIG(NULL, &at, (long)in.len);
    const X509_ALGOR *scheme = NULL;
    const ASN1_OCTET_STRING *cipher = NULL;
    unsigned char *plain = NULL;
    int len = 0;
    bool is_followed = false;
    enum tbc_err err;

    if (sealed == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "not an encrypted key");
    }
    X509_SIG_get0(sealed, &scheme, &cipher);
    if ((err = check_scheme(scheme, fault)) != TBC_OK) {
        goto out;
    }
    if (pass == NULL) {
        err = tbc_key_refuse(fault, TBC_ERR_PASS_WANTED,
                             "encrypted; its pass phrase is wanted");
        goto out;
    }
    /* Padding that happens to be right under a wrong pass phrase leaves noise, no PKCS#8. */
    if (PKCS12_pbe_crypt(scheme, (const char *)pass->ptr, (int)pass->len,
                         ASN1_STRING_get0_data(cipher), ASN1_STRING_length(cipher),
                         &plain, &len, 0) == NULL ||
        shape_of(tbc_span_of(plain, (size_t)len), &is_followed) != SHAPE_PKCS8) {
        err = tbc_key_refuse(fault, TBC_ERR_PASS_WRONG,
                             "wrong pass phrase, or a damaged file");
        goto out;
    }
    err = parse_plain(key, tbc_span_of(plain, (size_t)len), SHAPE_PKCS8, fault);
    if (err == TBC_OK && *key != NULL) {
        (*key)->kept = TBC_KEY_ENCRYPTED;
    }
out:
    if (plain != NULL) {
        OPENSSL_clear_free(plain, (size_t)len);
    }
    X509_SIG_free(sealed);
    return err;
}

static enum tbc_err
parse_shape(struct tbc_key **key, struct tbc_span in, enum shape shape,
            const struct tbc_span *pass, struct tbc_key_fault *fault)
{
    enum tbc_err err;

    if (in.len > TBC_KEY_BYTES_MAX || (pass != NULL && pass->len > INT32_MAX)) {
        return TBC_ERR_LIMIT;
    }
    err = shape == SHAPE_SEALED        ? parse_sealed(key, in, pass, fault)
          : shape == SHAPE_CERTIFICATE ? parse_certificate(key, in, fault)
                                       : parse_plain(key, in, shape, fault);
    ERR_clear_error();
    return err;
}

enum tbc_err
tbc_key_parse_der(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
                  struct tbc_key_fault *fault)
{
    bool is_followed;
    enum shape shape = shape_of(in, &is_followed);

    *key = NULL;
    ERR_clear_error();
    if (shape == SHAPE_NONE || is_followed) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "%s",
                              is_followed ? "bytes behind the key" : "DER, but no key");
    }
    return parse_shape(key, in, shape, pass, fault);
}

static const struct {
    const char *label;
    enum shape shape;
} labels[] = {
    { "PUBLIC KEY", SHAPE_PUBLIC },
    { "PRIVATE KEY", SHAPE_PKCS8 },
    { "ENCRYPTED PRIVATE KEY", SHAPE_SEALED },
    { "EC PRIVATE KEY", SHAPE_SEC1 },
    { "SM2 PRIVATE KEY", SHAPE_SEC1 },
    { "CERTIFICATE", SHAPE_CERTIFICATE },
    { "EC PARAMETERS",
      SHAPE_PARAMETERS }, /* openssl ecparam -genkey puts them before */
    { "SM2 PARAMETERS", SHAPE_PARAMETERS },
};

/* One block between BEGIN and END. */
struct block {
    char *label;
    char *header;
    unsigned char *data;
    long len;
};

static void
block_fini(struct block *b)
{
    OPENSSL_secure_free(b->label);
    OPENSSL_secure_free(b->header);
    OPENSSL_secure_clear_free(b->data, (size_t)b->len);
    *b = (struct block){ 0 };
}

static enum tbc_err
parse_block(struct tbc_key **key, const struct block *b, const struct tbc_span *pass,
            struct tbc_key_fault *fault)
{
    const struct tbc_span der = tbc_span_of(b->data, (size_t)b->len);
    enum shape shape = SHAPE_NONE;
    bool is_followed;

    for (size_t i = 0; i < sizeof labels / sizeof *labels; i++) {
        shape = strcmp(b->label, labels[i].label) == 0 ? labels[i].shape : shape;
    }
    if (shape == SHAPE_NONE) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "PEM, but no key that we know");
    }
    if (shape == SHAPE_PARAMETERS) {
        return TBC_OK;
    }
    if (*key != NULL) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "more than one key");
    }
    if (b->header[0] != '\0') {
        return strstr(b->header, "ENCRYPTED") != NULL
                   ? tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                                    "encrypted in an old way; openssl pkcs8 -topk8 "
                                    "converts it")
                   : tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                                    "PEM with headers (RFC 7468 sec. 2)");
    }
    if (shape_of(der, &is_followed) != shape || is_followed) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED, "%s, but something else in it",
                              b->label);
    }
    return parse_shape(key, der, shape, pass, fault);
}

/* What stands behind the last block may only be white space. */
static bool
is_blank(BIO *bio)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);

    for (long i = 0; i < len; i++) {
        if (data[i] == '\0' || strchr(" \t\r\n", data[i]) == NULL) {
            return false;
        }
    }
    return true;
}

static enum tbc_err
parse_blocks(struct tbc_key **key, BIO *bio, const struct tbc_span *pass,
             struct tbc_key_fault *fault)
{
    struct block b = { 0 };
    enum tbc_err err = TBC_OK;

    while (err == TBC_OK && !is_blank(bio)) {
        if (PEM_read_bio_ex(bio, &b.label, &b.header, &b.data, &b.len,
                            PEM_FLAG_SECURE | PEM_FLAG_EAY_COMPATIBLE) != 1) {
            return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                                  *key != NULL ? "bytes behind the key"
                                               : "damaged PEM");
        }
        err = parse_block(key, &b, pass, fault);
        block_fini(&b);
    }
    return err == TBC_OK && *key == NULL
               ? tbc_key_refuse(fault, TBC_ERR_MALFORMED, "parameters without a key")
               : err;
}

enum tbc_err
tbc_key_parse_pem(struct tbc_key **key, struct tbc_span in, const struct tbc_span *pass,
                  struct tbc_key_fault *fault)
{
    BIO *bio = BIO_new_mem_buf(in.ptr, (int)in.len);
    enum tbc_err err;

    *key = NULL;
    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    ERR_clear_error();
    err = parse_blocks(key, bio, pass, fault);
    BIO_free(bio);
    ERR_clear_error();
    if (err != TBC_OK) {
        tbc_key_free(key);
    }
    return err;
}
