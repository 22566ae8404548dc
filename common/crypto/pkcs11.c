/* Module, token, session, login; objects are in pkcs11_object.c, signatures in pkcs11_sign.c. */
#include "crypto/pkcs11.h"

#include "crypto/key_openssl.h"
#include "crypto/pkcs11_impl.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_MAX 64
#define SCHEME    "pkcs11:"

enum session_kind {
    SESSION_READ,
    SESSION_WRITE,
};

bool
tbc_pkcs11_is_uri(const char *name)
{
    return strncmp(name, SCHEME, strlen(SCHEME)) == 0;
}

/* Which of our errors a module's answer is; ERR_IO for all that another day may mend. */
static enum tbc_err
err_of(CK_RV rv)
{
    switch (rv) {
    case CKR_OK:
        return TBC_OK;
    case CKR_HOST_MEMORY:
    case CKR_DEVICE_MEMORY:
        return TBC_ERR_NO_MEMORY;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
        return TBC_ERR_PASS_WRONG;
    case CKR_PIN_LOCKED:
    case CKR_PIN_EXPIRED:
    case CKR_USER_PIN_NOT_INITIALIZED:
    case CKR_TOKEN_WRITE_PROTECTED:
    case CKR_FUNCTION_REJECTED:
        return TBC_ERR_DENIED;
    case CKR_MECHANISM_INVALID:
    case CKR_MECHANISM_PARAM_INVALID:
    case CKR_FUNCTION_NOT_SUPPORTED:
    case CKR_KEY_TYPE_INCONSISTENT:
    case CKR_KEY_FUNCTION_NOT_PERMITTED:
        return TBC_ERR_UNSUPPORTED;
    default:
        return TBC_ERR_IO;
    }
}

enum tbc_err
tbc_pkcs11_failed(const struct tbc_pkcs11 *t, CK_RV rv, const char *doing,
                  struct tbc_key_fault *fault)
{
    enum tbc_err err = err_of(rv);

    if (rv == CKR_PIN_LOCKED) {
        return tbc_key_refuse(fault, err, "token %s: its PIN is locked", t->label);
    }
    if (err == TBC_ERR_PASS_WRONG) {
        return tbc_key_refuse(fault, err, "token %s: wrong PIN", t->label);
    }
    return tbc_key_refuse(fault, err, "token %s: %s: %s", t->label, doing,
                          p11_kit_strerror(rv));
}

void
tbc_pkcs11_leave(struct tbc_pkcs11 *t)
{
    if (t->session != 0) {
        (void)t->module->C_CloseSession(t->session);
    }
    if (t->named != NULL) {
        (void)p11_kit_module_finalize(t->named);
        p11_kit_module_release(t->named);
    }
    if (t->modules != NULL) {
        p11_kit_modules_finalize_and_release(t->modules);
    }
    t->session = 0;
    t->named = NULL;
    t->modules = NULL;
    t->module = NULL;
}

void
tbc_pkcs11_close(struct tbc_pkcs11 **token)
{
    struct tbc_pkcs11 *t = *token;

    if (t == NULL) {
        return;
    }
    tbc_pkcs11_leave(t);
    p11_kit_uri_free(t->uri);
    free(t->text);
    free(t->pin_file);
    free(t);
    *token = NULL;
}

/* Where pin-source is a file: a path, or a file: URI of one. */
static enum tbc_err
take_pin_source(struct tbc_pkcs11 *t, const char *source, struct tbc_key_fault *fault)
{
    if (strncmp(source, "file:", 5) == 0) {
        source += 5;
        source += strncmp(source, "//", 2) == 0 ? 2 : 0;
    }
    if (source[0] == '|' || source[0] == '\0') {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "pin-source: the path of a file is wanted");
    }
    t->pin_file = strdup(source);
    return t->pin_file == NULL ? TBC_ERR_NO_MEMORY : TBC_OK;
}

static enum tbc_err
parse_uri(struct tbc_pkcs11 *t, const char *text, const struct tbc_pass *pass,
          struct tbc_key_fault *fault)
{
    const char *source;
    int rc;

    t->text = strdup(text);
    t->uri = p11_kit_uri_new();
    if (t->text == NULL || t->uri == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    rc = p11_kit_uri_parse(text, P11_KIT_URI_FOR_ANY, t->uri);
    if (rc != P11_KIT_URI_OK || p11_kit_uri_any_unrecognized(t->uri) != 0) {
        return tbc_key_refuse(
            fault, TBC_ERR_MALFORMED, "not a PKCS#11 URI (RFC 7512): %s",
            rc == P11_KIT_URI_OK ? "unknown attribute" : p11_kit_uri_message(rc));
    }
    if (p11_kit_uri_get_pin_value(t->uri) != NULL) {
        return tbc_key_refuse(fault, TBC_ERR_DENIED,
                              "pin-value shows the PIN to everyone; "
                              "pin-source=FILE keeps it");
    }
    if ((source = p11_kit_uri_get_pin_source(t->uri)) != NULL) {
        return take_pin_source(t, source, fault);
    }
    t->may_prompt = pass != NULL && pass->may_prompt;
    if (pass != NULL && pass->file != NULL &&
        (t->pin_file = strdup(pass->file)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    return TBC_OK;
}

static enum tbc_err
load_named(struct tbc_pkcs11 *t, const char *path, struct tbc_key_fault *fault)
{
    CK_RV rv;

    if ((t->named = p11_kit_module_load(path, 0)) == NULL) {
        return tbc_key_refuse(fault, TBC_ERR_NOT_FOUND, "module %.80s: not loaded",
                              path);
    }
    if ((rv = p11_kit_module_initialize(t->named)) != CKR_OK) {
        p11_kit_module_release(t->named);
        t->named = NULL;
        return tbc_key_refuse(fault, TBC_ERR_IO, "module %.80s: %s", path,
                              p11_kit_strerror(rv));
    }
    return TBC_OK;
}

static enum tbc_err
load_modules(struct tbc_pkcs11 *t, struct tbc_key_fault *fault)
{
    const char *path = p11_kit_uri_get_module_path(t->uri);

    if (path != NULL) {
        return load_named(t, path, fault);
    }
    t->modules = p11_kit_modules_load_and_initialize(0);
    return t->modules == NULL
               ? tbc_key_refuse(fault, TBC_ERR_IO, "p11-kit: no module could be loaded")
               : TBC_OK;
}

/* Labels are padded with blanks to 32 bytes. */
static void
copy_label(struct tbc_pkcs11 *t, const CK_TOKEN_INFO *info)
{
    size_t len = TBC_PKCS11_LABEL_MAX;

    while (len > 0 && info->label[len - 1] == ' ') {
        len--;
    }
    for (size_t i = 0; i < len; i++) {
        t->label[i] = '?'; /* no control characters into messages */
        if (info->label[i] >= ' ') {
            memcpy(t->label + i, info->label + i, 1);
        }
    }
    t->label[len] = '\0';
}

/* Look for the URI's token among a module's; counts how many there are. */
static void
look_in(struct tbc_pkcs11 *t, CK_FUNCTION_LIST *module, size_t *found)
{
    const CK_SLOT_ID wanted = p11_kit_uri_get_slot_id(t->uri);
    CK_SLOT_ID slots[SLOTS_MAX];
    CK_ULONG n = SLOTS_MAX;
    CK_TOKEN_INFO info;

    if (module->C_GetSlotList(CK_TRUE, slots, &n) != CKR_OK) {
        return;
    }
    for (CK_ULONG i = 0; i < n; i++) {
        if (module->C_GetTokenInfo(slots[i], &info) != CKR_OK ||
            (info.flags & CKF_TOKEN_INITIALIZED) == 0 ||
            (wanted != (CK_SLOT_ID)-1 && wanted != slots[i]) ||
            p11_kit_uri_match_token_info(t->uri, &info) != 1) {
            continue;
        }
        if ((*found)++ == 0) {
            t->module = module;
            t->slot = slots[i];
            t->is_pin_pad = (info.flags & CKF_PROTECTED_AUTHENTICATION_PATH) != 0;
            copy_label(t, &info);
        }
    }
}

static enum tbc_err
find_token(struct tbc_pkcs11 *t, struct tbc_key_fault *fault)
{
    size_t found = 0;

    if (t->named != NULL) {
        look_in(t, t->named, &found);
    }
    for (size_t i = 0; t->modules != NULL && t->modules[i] != NULL; i++) {
        look_in(t, t->modules[i], &found);
    }
    if (found == 1 && t->module != NULL) {
        return TBC_OK;
    }
    if (found == 0) {
        (void)tbc_key_refuse(fault, TBC_ERR_NOT_FOUND, "no such token is there: %.140s",
                             t->text);
        return TBC_ERR_NOT_FOUND;
    }
    (void)tbc_key_refuse(fault, TBC_ERR_CONFLICT,
                         "several tokens match; token= or serial= tells which");
    return TBC_ERR_CONFLICT;
}

static enum tbc_err
open_session(struct tbc_pkcs11 *t, enum session_kind kind, struct tbc_key_fault *fault)
{
    CK_FLAGS flags = CKF_SERIAL_SESSION | (kind == SESSION_WRITE ? CKF_RW_SESSION : 0);
    CK_RV rv = t->module->C_OpenSession(t->slot, flags, NULL, NULL, &t->session);

    if (rv != CKR_OK) {
        t->session = 0;
        return tbc_pkcs11_failed(t, rv, "opening a session", fault);
    }
    return TBC_OK;
}

enum tbc_err
tbc_pkcs11_login(struct tbc_pkcs11 *t, CK_USER_TYPE who, struct tbc_key_fault *fault)
{
    const struct tbc_pass pass = { .file = t->pin_file, .may_prompt = t->may_prompt };
    struct tbc_buf what = { 0 };
    struct tbc_buf pin = { 0 };
    enum tbc_err err = TBC_OK;
    CK_RV rv;

    if (t->was_refused) {
        return tbc_key_refuse(fault, TBC_ERR_PASS_WRONG,
                              "token %s: its PIN was refused before", t->label);
    }
    if (!t->is_pin_pad) {
        (void)tbc_buf_printf(&what, "PIN of token %s", t->label);
        err = tbc_pass_read(&pass, tbc_buf_str(&what), false, &pin, fault);
    }
    if (err == TBC_OK) {
        rv = t->module->C_Login(t->session, who, pin.ptr, pin.len);
        if (rv != CKR_OK && rv != CKR_USER_ALREADY_LOGGED_IN) {
            err = tbc_pkcs11_failed(t, rv, "logging in", fault);
            t->was_refused = err == TBC_ERR_PASS_WRONG || rv == CKR_PIN_LOCKED;
        }
    }
    tbc_buf_fini(&what);
    tbc_buf_fini(&pin);
    return err;
}

/* Another session of the process may be logged in already; then nobody is asked. */
static enum tbc_err
log_in(struct tbc_pkcs11 *t, struct tbc_key_fault *fault)
{
    CK_SESSION_INFO info;
    CK_TOKEN_INFO token;

    if (t->module->C_GetTokenInfo(t->slot, &token) == CKR_OK &&
        (token.flags & CKF_LOGIN_REQUIRED) == 0) {
        return TBC_OK;
    }
    if (t->module->C_GetSessionInfo(t->session, &info) == CKR_OK &&
        (info.state == CKS_RO_USER_FUNCTIONS || info.state == CKS_RW_USER_FUNCTIONS)) {
        return TBC_OK;
    }
    return tbc_pkcs11_login(t, CKU_USER, fault);
}

static enum tbc_err
reach_token(struct tbc_pkcs11 **token, const char *uri, const struct tbc_pass *pass,
            enum session_kind kind, struct tbc_key_fault *fault)
{
    struct tbc_pkcs11 *t = calloc(1, sizeof *t);
    enum tbc_err err;

    *token = t;
    if (t == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    if ((err = parse_uri(t, uri, pass, fault)) != TBC_OK ||
        (err = load_modules(t, fault)) != TBC_OK ||
        (err = find_token(t, fault)) != TBC_OK ||
        (err = open_session(t, kind, fault)) != TBC_OK) {
        tbc_pkcs11_close(token);
    }
    return err;
}

CK_MECHANISM_TYPE
tbc_pkcs11_mechanism(enum tbc_alg alg)
{
    return alg == TBC_ALG_EDDSA ? CKM_EDDSA : CKM_ECDSA;
}

enum tbc_err
tbc_pkcs11_open(struct tbc_pkcs11 **token, const char *uri, const struct tbc_pass *pass,
                struct tbc_key_fault *fault)
{
    enum tbc_err err = reach_token(token, uri, pass, SESSION_READ, fault);
    struct tbc_pkcs11 *t = *token;

    if (err != TBC_OK) {
        return err;
    }
    if ((err = log_in(t, fault)) != TBC_OK ||
        (err = tbc_pkcs11_find(t, CKO_PRIVATE_KEY, &t->key, fault)) != TBC_OK ||
        (err = tbc_pkcs11_read_pair(t, fault)) != TBC_OK ||
        (err = tbc_pkcs11_wants(t, tbc_pkcs11_mechanism(t->half.alg),
                                "sign with such a key", fault)) != TBC_OK) {
        tbc_pkcs11_close(token);
        return err;
    }
    return TBC_OK;
}

enum tbc_err
tbc_pkcs11_read_public(const char *uri, struct tbc_pkcs11_public *half,
                       struct tbc_key_fault *fault)
{
    struct tbc_pkcs11 *t = NULL;
    CK_OBJECT_HANDLE object = 0;
    enum tbc_err err;

    *half = (struct tbc_pkcs11_public){ 0 };
    if ((err = reach_token(&t, uri, NULL, SESSION_READ, fault)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_pkcs11_find(t, CKO_PUBLIC_KEY, &object, fault)) == TBC_OK &&
        (err = tbc_pkcs11_read_half(t, object, fault)) == TBC_OK) {
        *half = t->half;
    }
    tbc_pkcs11_close(&t);
    return err;
}

enum tbc_err
tbc_pkcs11_make(const char *uri, enum tbc_alg alg, const struct tbc_pass *pass,
                struct tbc_key_fault *fault)
{
    struct tbc_pkcs11 *t = NULL;
    enum tbc_err err;

    if ((err = reach_token(&t, uri, pass, SESSION_WRITE, fault)) == TBC_OK &&
        (err = log_in(t, fault)) == TBC_OK) {
        err = tbc_pkcs11_generate(t, alg, fault);
    }
    tbc_pkcs11_close(&t);
    return err;
}

const struct tbc_pkcs11_public *
tbc_pkcs11_public(const struct tbc_pkcs11 *token)
{
    return &token->half;
}

const char *
tbc_pkcs11_label(const struct tbc_pkcs11 *token)
{
    return token->label;
}

const char *
tbc_pkcs11_trouble(const struct tbc_pkcs11 *token)
{
    return token->trouble.text;
}
