/* Calls into OpenSSL and jansson.  Those that only look something up or give something back are
 * left alone; ours never ask whether they worked. */
#include "fault.h"

#include <openssl/crypto.h>
#include <openssl/decoder.h>
#include <openssl/ec.h>
#include <openssl/hmac.h>
#include <openssl/param_build.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/rand.h>
#include <openssl/x509.h>

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* One call: what it gives when it fails, its parameters, and they again to pass on. */
#define CALL(type, name, failure, parameters, arguments)                       \
    type __real_##name parameters;                                             \
    type __wrap_##name parameters;                                             \
    type __wrap_##name parameters                                              \
    {                                                                          \
        return fault_now(FAULT_LIBRARY) ? (failure) : __real_##name arguments; \
    }

typedef EVP_PKEY_CTX key_ctx;
typedef OSSL_PARAM_BLD builder;
typedef struct bio_method_st method;
typedef struct pkcs8_priv_key_info_st pkcs8;
typedef OSSL_DECODER_CTX decoder;

CALL(BIO *, BIO_new, NULL, (const method *m), (m))
CALL(BIO *, BIO_new_mem_buf, NULL, (const void *b, int n), (b, n))
CALL(BIGNUM *, BN_bin2bn, NULL, (const uint8_t *b, int n, BIGNUM *to), (b, n, to))
CALL(int, BN_bn2binpad, -1, (const BIGNUM *a, uint8_t *to, int n), (a, to, n))
CALL(int, BN_rshift1, 0, (BIGNUM * r, const BIGNUM *a), (r, a))
CALL(BIGNUM *, BN_secure_new, NULL, (void), ())
CALL(int, BN_sub, 0, (BIGNUM * r, const BIGNUM *a, const BIGNUM *b), (r, a, b))
CALL(int, EVP_CIPHER_CTX_ctrl, 0, (EVP_CIPHER_CTX * c, int t, int a, void *p),
     (c, t, a, p))
CALL(EVP_CIPHER_CTX *, EVP_CIPHER_CTX_new, NULL, (void), ())
CALL(int, EVP_CipherFinal_ex, 0, (EVP_CIPHER_CTX * c, uint8_t *to, int *n), (c, to, n))
CALL(int, EVP_CipherInit_ex, 0,
     (EVP_CIPHER_CTX * c, const EVP_CIPHER *t, ENGINE *e, const uint8_t *key,
      const uint8_t *iv, int enc),
     (c, t, e, key, iv, enc))
CALL(int, EVP_CipherUpdate, 0,
     (EVP_CIPHER_CTX * c, uint8_t *to, int *n, const uint8_t *in, int len),
     (c, to, n, in, len))
CALL(int, EVP_Digest, 0,
     (const void *b, size_t n, uint8_t *md, unsigned *len, const EVP_MD *t, ENGINE *e),
     (b, n, md, len, t, e))
CALL(int, EVP_DigestInit_ex, 0, (EVP_MD_CTX * c, const EVP_MD *t, ENGINE *e), (c, t, e))
CALL(int, EVP_DigestUpdate, 0, (EVP_MD_CTX * c, const void *b, size_t n), (c, b, n))
CALL(int, EVP_DigestFinal_ex, 0, (EVP_MD_CTX * c, uint8_t *md, unsigned *n), (c, md, n))
CALL(int, EVP_DigestSign, 0,
     (EVP_MD_CTX * c, uint8_t *sig, size_t *n, const uint8_t *b, size_t len),
     (c, sig, n, b, len))
CALL(int, EVP_DigestSignInit, 0,
     (EVP_MD_CTX * c, key_ctx **p, const EVP_MD *t, ENGINE *e, EVP_PKEY *key),
     (c, p, t, e, key))
/* The headers give DigestSignUpdate and DigestVerifyUpdate as they are: functions of their own. */
CALL(int, EVP_DigestSignUpdate, 0, (EVP_MD_CTX * c, const void *b, size_t n), (c, b, n))
CALL(int, EVP_DigestSignFinal, 0, (EVP_MD_CTX * c, uint8_t *sig, size_t *n),
     (c, sig, n))
CALL(int, EVP_DigestVerify, -1,
     (EVP_MD_CTX * c, const uint8_t *sig, size_t n, const uint8_t *b, size_t len),
     (c, sig, n, b, len))
CALL(int, EVP_DigestVerifyInit, 0,
     (EVP_MD_CTX * c, key_ctx **p, const EVP_MD *t, ENGINE *e, EVP_PKEY *key),
     (c, p, t, e, key))
CALL(int, EVP_DigestVerifyUpdate, 0, (EVP_MD_CTX * c, const void *b, size_t n),
     (c, b, n))
CALL(int, EVP_DigestVerifyFinal, -1, (EVP_MD_CTX * c, const uint8_t *sig, size_t n),
     (c, sig, n))
CALL(int, EVP_EncryptInit_ex2, 0,
     (EVP_CIPHER_CTX * c, const EVP_CIPHER *t, const uint8_t *key, const uint8_t *iv,
      const OSSL_PARAM p[]),
     (c, t, key, iv, p))
CALL(int, EVP_EncryptUpdate, 0,
     (EVP_CIPHER_CTX * c, uint8_t *to, int *n, const uint8_t *in, int len),
     (c, to, n, in, len))
CALL(EVP_MD_CTX *, EVP_MD_CTX_new, NULL, (void), ())
CALL(EVP_MD *, EVP_MD_fetch, NULL, (OSSL_LIB_CTX * l, const char *n, const char *p),
     (l, n, p))
CALL(pkcs8 *, EVP_PKEY2PKCS8, NULL, (const EVP_PKEY *k), (k))
CALL(key_ctx *, EVP_PKEY_CTX_new, NULL, (EVP_PKEY * k, ENGINE *e), (k, e))
CALL(key_ctx *, EVP_PKEY_CTX_new_from_name, NULL,
     (OSSL_LIB_CTX * l, const char *n, const char *p), (l, n, p))
CALL(int, EVP_PKEY_CTX_set1_id, 0, (key_ctx * c, const void *id, int n), (c, id, n))
CALL(int, EVP_PKEY_CTX_set_group_name, 0, (key_ctx * c, const char *n), (c, n))
CALL(int, EVP_PKEY_eq, -1, (const EVP_PKEY *a, const EVP_PKEY *b), (a, b))
CALL(int, EVP_PKEY_fromdata, 0, (key_ctx * c, EVP_PKEY **k, int s, OSSL_PARAM p[]),
     (c, k, s, p))
CALL(int, EVP_PKEY_fromdata_init, 0, (key_ctx * c), (c))
CALL(int, EVP_PKEY_generate, 0, (key_ctx * c, EVP_PKEY **k), (c, k))
CALL(int, EVP_PKEY_get_bn_param, 0, (const EVP_PKEY *k, const char *n, BIGNUM **to),
     (k, n, to))
CALL(int, EVP_PKEY_get_group_name, 0,
     (const EVP_PKEY *k, char *to, size_t size, size_t *n), (k, to, size, n))
CALL(int, EVP_PKEY_get_int_param, 0, (const EVP_PKEY *k, const char *n, int *to),
     (k, n, to))
CALL(int, EVP_PKEY_get_raw_public_key, 0, (const EVP_PKEY *k, uint8_t *to, size_t *n),
     (k, to, n))
CALL(int, EVP_PKEY_keygen_init, 0, (key_ctx * c), (c))
CALL(EVP_PKEY *, EVP_PKEY_new_raw_private_key_ex, NULL,
     (OSSL_LIB_CTX * l, const char *t, const char *p, const uint8_t *b, size_t n),
     (l, t, p, b, n))
CALL(EVP_PKEY *, EVP_PKEY_new_raw_public_key_ex, NULL,
     (OSSL_LIB_CTX * l, const char *t, const char *p, const uint8_t *b, size_t n),
     (l, t, p, b, n))
CALL(int, EVP_PKEY_pairwise_check, 0, (key_ctx * c), (c))
CALL(int, EVP_PKEY_private_check, 0, (key_ctx * c), (c))
CALL(int, EVP_PKEY_public_check_quick, 0, (key_ctx * c), (c))
CALL(int, EVP_PKEY_set1_encoded_public_key, 0,
     (EVP_PKEY * k, const uint8_t *b, size_t n), (k, b, n))
CALL(int, EVP_PKEY_sign, 0,
     (key_ctx * c, uint8_t *sig, size_t *n, const uint8_t *b, size_t len),
     (c, sig, n, b, len))
CALL(int, EVP_PKEY_sign_init, 0, (key_ctx * c), (c))
CALL(int, EVP_PKEY_verify, -1,
     (key_ctx * c, const uint8_t *sig, size_t n, const uint8_t *b, size_t len),
     (c, sig, n, b, len))
CALL(int, EVP_PKEY_verify_init, 0, (key_ctx * c), (c))
CALL(int, EVP_Q_digest, 0,
     (OSSL_LIB_CTX * l, const char *t, const char *p, const void *b, size_t n,
      uint8_t *md, size_t *len),
     (l, t, p, b, n, md, len))
CALL(uint8_t *, HMAC, NULL,
     (const EVP_MD *t, const void *key, int key_n, const uint8_t *b, size_t n,
      uint8_t *md, unsigned *len),
     (t, key, key_n, b, n, md, len))
CALL(decoder *, OSSL_DECODER_CTX_new_for_pkey, NULL,
     (EVP_PKEY * *k, const char *t, const char *s, const char *kt, int sel,
      OSSL_LIB_CTX *l, const char *p),
     (k, t, s, kt, sel, l, p))
CALL(int, OSSL_DECODER_from_data, 0, (decoder * c, const uint8_t **b, size_t *n),
     (c, b, n))
CALL(builder *, OSSL_PARAM_BLD_new, NULL, (void), ())
CALL(int, OSSL_PARAM_BLD_push_BN_pad, 0,
     (builder * b, const char *n, const BIGNUM *a, size_t size), (b, n, a, size))
CALL(int, OSSL_PARAM_BLD_push_octet_string, 0,
     (builder * b, const char *n, const void *p, size_t size), (b, n, p, size))
CALL(int, OSSL_PARAM_BLD_push_utf8_string, 0,
     (builder * b, const char *n, const char *p, size_t size), (b, n, p, size))
CALL(OSSL_PARAM *, OSSL_PARAM_BLD_to_param, NULL, (builder * b), (b))
CALL(int, PEM_read_bio_ex, 0,
     (BIO * b, char **n, char **h, uint8_t **d, long *len, unsigned flags),
     (b, n, h, d, len, flags))
CALL(int, PEM_write_bio_PKCS8, 0, (BIO * b, const X509_SIG *s), (b, s))
CALL(int, PEM_write_bio_PKCS8_PRIV_KEY_INFO, 0, (BIO * b, const pkcs8 *i), (b, i))
CALL(int, PEM_write_bio_PUBKEY, 0, (BIO * b, const EVP_PKEY *k), (b, k))
CALL(uint8_t *, PKCS12_pbe_crypt, NULL,
     (const X509_ALGOR *a, const char *pass, int pass_n, const uint8_t *b, int n,
      uint8_t **to, int *len, int enc),
     (a, pass, pass_n, b, n, to, len, enc))
CALL(X509_SIG *, PKCS8_set0_pbe, NULL,
     (const char *pass, int n, pkcs8 *i, X509_ALGOR *a), (pass, n, i, a))
CALL(int, RAND_bytes, 0, (uint8_t * to, int n), (to, n))
CALL(EVP_PKEY *, X509_get_pubkey, NULL, (X509 * x), (x))
CALL(ECDSA_SIG *, d2i_ECDSA_SIG, NULL, (ECDSA_SIG * *s, const uint8_t **b, long n),
     (s, b, n))
CALL(X509 *, d2i_X509, NULL, (X509 * *x, const uint8_t **b, long n), (x, b, n))
CALL(X509_SIG *, d2i_X509_SIG, NULL, (X509_SIG * *s, const uint8_t **b, long n),
     (s, b, n))
CALL(int, i2d_PUBKEY, -1, (const EVP_PKEY *k, uint8_t **to), (k, to))

/* A derivation that takes its time would take it at each step of a sweep. */
X509_ALGOR *
__real_PKCS5_pbe2_set_iv(const EVP_CIPHER *c, int iterations, unsigned char *salt,
                         int salt_n, unsigned char *iv, int prf);
X509_ALGOR *
__wrap_PKCS5_pbe2_set_iv(const EVP_CIPHER *c, int iterations, unsigned char *salt,
                         int salt_n, unsigned char *iv, int prf);
X509_ALGOR *
__wrap_PKCS5_pbe2_set_iv(const EVP_CIPHER *c, int iterations, unsigned char *salt,
                         int salt_n, unsigned char *iv, int prf)
{
    (void)iterations;
    return fault_now(FAULT_LIBRARY)
               ? NULL
               : __real_PKCS5_pbe2_set_iv(c, 2, salt, salt_n, iv, prf);
}

/* jansson says why: the last byte of its text is the code. */
json_t *__real_json_loadb(const char *b, size_t n, size_t flags, json_error_t *why);
json_t *__wrap_json_loadb(const char *b, size_t n, size_t flags, json_error_t *why);
json_t *
__wrap_json_loadb(const char *b, size_t n, size_t flags, json_error_t *why)
{
    if (!fault_now(FAULT_LIBRARY)) {
        return __real_json_loadb(b, n, flags, why);
    }
    *why = (json_error_t){ .line = -1 };
    why->text[JSON_ERROR_TEXT_LENGTH - 1] = (char)json_error_out_of_memory;
    return NULL;
}

/* Memory inside OpenSSL: not ours, so past the other wrappers. */
void *__real_malloc(size_t size);
void *__real_realloc(void *old, size_t size);
void __real_free(void *block);

static void *
inside_malloc(size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fault_now(FAULT_INSIDE) ? NULL : __real_malloc(size);
}

static void *
inside_realloc(void *old, size_t size, const char *file, int line)
{
    (void)file;
    (void)line;
    return fault_now(FAULT_INSIDE) ? NULL : __real_realloc(old, size);
}

static void
inside_free(void *block, const char *file, int line)
{
    (void)file;
    (void)line;
    __real_free(block);
}

/* Before OpenSSL takes its first block; later it would refuse. */
__attribute__((constructor)) static void
stand_in_for_memory(void)
{
    if (CRYPTO_set_mem_functions(inside_malloc, inside_realloc, inside_free) != 1) {
        abort();
    }
}
