/* Signatures of a token, and what is done when it was away. */
#include "crypto/key_openssl.h"
#include "crypto/pkcs11_impl.h"

#include <string.h>

/* Answers that a new session may mend. */
static bool
is_lost(CK_RV rv)
{
    switch (rv) {
    case CKR_SESSION_HANDLE_INVALID:
    case CKR_SESSION_CLOSED:
    case CKR_DEVICE_REMOVED:
    case CKR_DEVICE_ERROR:
    case CKR_TOKEN_NOT_PRESENT:
    case CKR_TOKEN_NOT_RECOGNIZED:
    case CKR_SLOT_ID_INVALID:
    case CKR_USER_NOT_LOGGED_IN:
    case CKR_KEY_HANDLE_INVALID:
    case CKR_OBJECT_HANDLE_INVALID:
    case CKR_CRYPTOKI_NOT_INITIALIZED:
        return true;
    default:
        return false;
    }
}

/* C_Sign alone; modules do not promise to leave the message as it is. */
static CK_RV
sign_copy(struct tbc_pkcs11 *t, struct tbc_span in, uint8_t *out, CK_ULONG *len)
{
    struct tbc_buf copy = { 0 };
    CK_RV rv = CKR_HOST_MEMORY;

    if (tbc_buf_append_span(&copy, in) == TBC_OK) {
        rv = t->module->C_Sign(t->session, copy.ptr, copy.len, out, len);
    }
    tbc_buf_fini(&copy);
    return rv;
}

/* One try.  *rv tells the token's answer, so that a lost session is known as one. */
static enum tbc_err
sign_once(struct tbc_pkcs11 *t, struct tbc_span in, struct tbc_buf *raw, CK_RV *rv)
{
    CK_MECHANISM mechanism = { .mechanism = tbc_pkcs11_mechanism(t->half.alg) };
    uint8_t out[TBC_SIGNATURE_MAX];
    CK_ULONG len = sizeof out;
    enum tbc_err err;

    if ((*rv = t->module->C_SignInit(t->session, &mechanism, t->key)) == CKR_OK) {
        if (t->each_time &&
            (err = tbc_pkcs11_login(t, CKU_CONTEXT_SPECIFIC, &t->trouble)) != TBC_OK) {
            return err;
        }
        *rv = sign_copy(t, in, out, &len);
    }
    if (*rv != CKR_OK) {
        return tbc_pkcs11_failed(t, *rv, "signing", &t->trouble);
    }
    if (len != tbc_alg_signature_len(t->half.alg)) {
        return tbc_key_refuse(&t->trouble, TBC_ERR_CRYPTO,
                              "token %s: a signature of %lu bytes", t->label, len);
    }
    return tbc_buf_append(raw, out, len);
}

/* A second opening takes the place of the first one; it must be of the same key. */
static enum tbc_err
reopen(struct tbc_pkcs11 *t)
{
    const struct tbc_pass pass = { .file = t->pin_file };
    struct tbc_pkcs11 *fresh = NULL;
    struct tbc_pkcs11 old;
    enum tbc_err err;

    if (t->was_refused) {
        return tbc_key_refuse(&t->trouble, TBC_ERR_PASS_WRONG,
                              "token %s: its PIN was refused before", t->label);
    }
    /* A module reaches its token anew only when nobody holds on to the lost one. */
    tbc_pkcs11_leave(t);
    if ((err = tbc_pkcs11_open(&fresh, t->text, &pass, &t->trouble)) != TBC_OK) {
        t->was_refused = err == TBC_ERR_PASS_WRONG;
        return err;
    }
    if (fresh->half.point_len != t->half.point_len ||
        memcmp(fresh->half.point, t->half.point, t->half.point_len) != 0) {
        err = tbc_key_refuse(&t->trouble, TBC_ERR_DENIED,
                             "token %s: it holds another key now", t->label);
    } else {
        old = *t;
        *t = *fresh;
        *fresh = old;
    }
    tbc_pkcs11_close(&fresh);
    return err;
}

enum tbc_err
tbc_pkcs11_sign(struct tbc_pkcs11 *token, struct tbc_span in, struct tbc_buf *raw)
{
    CK_RV rv = CKR_SESSION_HANDLE_INVALID;
    enum tbc_err err = TBC_ERR_IO;

    token->trouble.text[0] = '\0';
    if (token->session != 0) {
        err = sign_once(token, in, raw, &rv);
    }
    if (err != TBC_OK && is_lost(rv) && (err = reopen(token)) == TBC_OK) {
        err = sign_once(token, in, raw, &rv);
    }
    if (err == TBC_OK) {
        token->trouble.text[0] = '\0';
    }
    return err;
}
