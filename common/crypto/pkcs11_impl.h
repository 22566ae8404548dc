/* The inside of struct tbc_pkcs11, for pkcs11*.c only. */
#ifndef TBC_CRYPTO_PKCS11_IMPL_H
#define TBC_CRYPTO_PKCS11_IMPL_H

#include "crypto/pkcs11.h"

#include <p11-kit/p11-kit.h>
#include <p11-kit/pkcs11.h>
#include <p11-kit/uri.h>

struct tbc_pkcs11 {
    char *text; /* the URI */
    P11KitUri *uri;
    char *pin_file;             /* NULL: the PIN came from the terminal */
    bool may_prompt;            /* only while it is being opened */
    bool was_refused;           /* the PIN; another try might lock the token */
    bool each_time;             /* CKA_ALWAYS_AUTHENTICATE: a PIN for every signature */
    bool is_pin_pad;            /* the token has a way of its own to ask */
    CK_FUNCTION_LIST **modules; /* of p11-kit's configuration, or NULL */
    CK_FUNCTION_LIST *named;    /* by module-path, or NULL */
    CK_FUNCTION_LIST *module;   /* of the token; borrowed from one of the above */
    CK_SLOT_ID slot;
    CK_SESSION_HANDLE session; /* 0: none */
    CK_OBJECT_HANDLE key;
    char label[TBC_PKCS11_LABEL_MAX + 1];
    struct tbc_pkcs11_public half;
    struct tbc_key_fault trouble;
};

/* A module's answer as an error, with the token's name and what was being done in fault. */
enum tbc_err tbc_pkcs11_failed(const struct tbc_pkcs11 *t, CK_RV rv, const char *doing,
                               struct tbc_key_fault *fault);

/* Leave the token and its module; t->session is 0 then. */
void tbc_pkcs11_leave(struct tbc_pkcs11 *t);
/* Log in, one try.  The login belongs to the whole process: another key of the token may have
 * logged in before, which is no error. */
enum tbc_err tbc_pkcs11_login(struct tbc_pkcs11 *t, CK_USER_TYPE who,
                              struct tbc_key_fault *fault) TBC_MUST_CHECK;
CK_MECHANISM_TYPE tbc_pkcs11_mechanism(enum tbc_alg alg);

/* The one object of a class (CKO_PRIVATE_KEY, CKO_PUBLIC_KEY) that the URI names. */
enum tbc_err
tbc_pkcs11_find(struct tbc_pkcs11 *t, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object,
                struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* Fill t->half and t->each_time from the private key t->key and the public one beside it. */
enum tbc_err
tbc_pkcs11_read_pair(struct tbc_pkcs11 *t, struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* The same from a public key. */
enum tbc_err tbc_pkcs11_read_half(struct tbc_pkcs11 *t, CK_OBJECT_HANDLE object,
                                  struct tbc_key_fault *fault) TBC_MUST_CHECK;
/* ERR_UNSUPPORTED, by name, when the token lacks the mechanism. */
enum tbc_err
tbc_pkcs11_wants(const struct tbc_pkcs11 *t, CK_MECHANISM_TYPE mechanism,
                 const char *what, struct tbc_key_fault *fault) TBC_MUST_CHECK;
enum tbc_err tbc_pkcs11_generate(struct tbc_pkcs11 *t, enum tbc_alg alg,
                                 struct tbc_key_fault *fault) TBC_MUST_CHECK;

#endif
