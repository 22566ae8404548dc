/* Keys on their way to and from files. */
#include "crypto/key_openssl.h"
#include "crypto/openssl_err.h"
#include "crypto/secret.h"

#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>

#include <string.h>

/* OWASP's advice of 2023 for PBKDF2-HMAC-SHA256; a fifth of a second here. */
#define ITERATIONS 600000
#define SALT_LEN   16

enum tbc_err
tbc_key_parse_asking(struct tbc_key **key, const char *name, struct tbc_span in,
                     const struct tbc_pass *pass, struct tbc_key_fault *fault)
{
    struct tbc_buf what = { 0 };
    struct tbc_buf phrase = { 0 };
    /* First without a pass phrase: only the file knows whether it wants one. */
    enum tbc_err err = tbc_key_parse(key, in, NULL, fault);

    if (err == TBC_ERR_PASS_WANTED && pass != NULL) {
        err = tbc_buf_printf(&what, "pass phrase of %s", name);
        if (err == TBC_OK) {
            err = tbc_pass_read(pass, tbc_buf_str(&what), false, &phrase, fault);
        }
        if (err == TBC_OK) {
            const struct tbc_span given = tbc_buf_span(&phrase);

            err = tbc_key_parse(key, in, &given, fault);
        }
    }
    tbc_buf_fini(&what);
    tbc_buf_fini(&phrase);
    return err;
}

/* A file may name a token's key instead of holding one: its URI on one line. */
static enum tbc_err
open_contents(struct tbc_key **key, const char *name, struct tbc_buf *file,
              const struct tbc_pass *pass, struct tbc_key_fault *fault)
{
    const char *text = tbc_buf_str(file);
    size_t len;

    if (text == NULL || !tbc_pkcs11_is_uri(text)) {
        return tbc_key_parse_asking(key, name, tbc_buf_span(file), pass, fault);
    }
    len = strcspn(text, "\r\n");
    if (strspn(text + len, "\r\n") != file->len - len) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                              "one line with the URI of a token's key is wanted");
    }
    file->ptr[len] = '\0';
    return tbc_key_open_token(key, text, pass, fault);
}

enum tbc_err
tbc_key_open(struct tbc_key **key, const char *name, const struct tbc_pass *pass,
             struct tbc_key_fault *fault)
{
    struct tbc_buf file = { 0 };
    enum tbc_err err;

    *key = NULL;
    (void)tbc_key_refuse(fault, TBC_OK, "%s", "");
    if (tbc_pkcs11_is_uri(name)) {
        return tbc_key_open_token(key, name, pass, fault);
    }
    err = tbc_secret_load(name, TBC_KEY_BYTES_MAX, &file);
    if (err == TBC_OK) {
        err = open_contents(key, name, &file, pass, fault);
    } else if (err == TBC_ERR_DENIED) {
        (void)tbc_key_refuse(fault, err,
                             "not permitted, or readable by others: chmod 600 it");
    } else if (err == TBC_ERR_MALFORMED) {
        err = tbc_key_refuse(fault, TBC_ERR_IO, "a folder or a device, not a file");
    }
    if (err == TBC_OK && *key != NULL && !(*key)->is_private) {
        tbc_key_free(key);
        err = tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                             "a public key, where a private one is wanted");
    }
    tbc_buf_fini(&file);
    return err;
}

/* Append what a memory BIO holds, wiping it there. */
static enum tbc_err
drain(BIO *bio, struct tbc_buf *out)
{
    char *data = NULL;
    long len = BIO_get_mem_data(bio, &data);
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (len > 0) {
        err = tbc_buf_append(out, data, (size_t)len);
        tbc_wipe(data, (size_t)len);
    }
    return err;
}

/* PBES2 of PBKDF2-HMAC-SHA256 and AES-256-CBC, as OpenSSL writes it, with more iterations. */
static X509_SIG *
seal(PKCS8_PRIV_KEY_INFO *info, struct tbc_span pass)
{
    X509_ALGOR *scheme = PKCS5_pbe2_set_iv(EVP_aes_256_cbc(), ITERATIONS, NULL,
                                           SALT_LEN, NULL, NID_hmacWithSHA256);
    X509_SIG *sealed = NULL;

    if (scheme != NULL &&
        (sealed = PKCS8_set0_pbe((const char *)pass.ptr, (int)pass.len, info,
                                 scheme)) == NULL) {
        X509_ALGOR_free(scheme);
    }
    return sealed;
}

static bool
put_private(BIO *bio, const struct tbc_key *key, const struct tbc_span *pass)
{
    PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key->pkey);
    X509_SIG *sealed = NULL;
    bool ok = false;

    if (info != NULL && pass == NULL) {
        ok = PEM_write_bio_PKCS8_PRIV_KEY_INFO(bio, info) == 1;
    } else if (info != NULL && (sealed = seal(info, *pass)) != NULL) {
        ok = PEM_write_bio_PKCS8(bio, sealed) == 1;
    }
    X509_SIG_free(sealed);
    PKCS8_PRIV_KEY_INFO_free(info);
    return ok;
}

enum tbc_err
tbc_key_write_private(struct tbc_key *key, const char *path,
                      const struct tbc_span *pass)
{
    struct tbc_buf pem = { 0 };
    BIO *bio;
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (!key->is_private || key->token != NULL) {
        return TBC_ERR_DENIED;
    }
    if ((bio = BIO_new(BIO_s_secmem())) == NULL) {
        return tbc_openssl_err(TBC_ERR_NO_MEMORY);
    }
    if (pass != NULL && (pass->len == 0 || pass->len > INT32_MAX)) {
        err = TBC_ERR_RANGE;
    } else if (put_private(bio, key, pass) && (err = drain(bio, &pem)) == TBC_OK) {
        err = tbc_secret_store(path, tbc_buf_span(&pem));
    }
    if (err == TBC_OK && pass != NULL) {
        key->kept = TBC_KEY_ENCRYPTED;
    }
    BIO_free(bio);
    tbc_buf_fini(&pem);
    return tbc_openssl_err(err);
}

enum tbc_err
tbc_key_put_pem(const struct tbc_key *key, struct tbc_buf *out)
{
    BIO *bio = BIO_new(BIO_s_mem());
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (bio == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if (PEM_write_bio_PUBKEY(bio, key->pkey) == 1) {
        err = drain(bio, out);
    }
    BIO_free(bio);
    return tbc_openssl_err(err);
}

enum tbc_err
tbc_key_put_der(const struct tbc_key *key, struct tbc_buf *out)
{
    unsigned char *der = NULL;
    int len = i2d_PUBKEY(key->pkey, &der);
    enum tbc_err err = TBC_ERR_CRYPTO;

    if (len > 0) {
        err = tbc_buf_append(out, der, (size_t)len);
    }
    OPENSSL_free(der);
    return tbc_openssl_err(err);
}
