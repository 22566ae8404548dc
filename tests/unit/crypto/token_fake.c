/* A PKCS#11 module that is SoftHSM with one bad habit, which TBC_TOKEN_FAKE names:
 *
 *     locked    the PIN is locked
 *     bare      CKA_EC_POINT without its OCTET STRING
 *     high      of the two values of s, the higher
 *     short     signatures one byte short
 *     removed   the token is gone when a signature begins, once
 *     gone      the same, always
 *     each      a PIN for every signature (CKA_ALWAYS_AUTHENTICATE)
 *     stranger  the signature of another message */
#include <dlfcn.h>
#include <p11-kit/pkcs11.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define SOFTHSM "/usr/lib/softhsm/libsofthsm2.so"
#define FIELD   32

static CK_FUNCTION_LIST *real;
static CK_FUNCTION_LIST list;
static unsigned removals;
static bool is_allowed; /* each: the PIN came since the signature began */

static bool
is(const char *habit)
{
    const char *wanted = getenv("TBC_TOKEN_FAKE");

    return wanted != NULL && strcmp(wanted, habit) == 0;
}

static CK_RV
fake_login(CK_SESSION_HANDLE session, CK_USER_TYPE who, CK_BYTE *pin, CK_ULONG len)
{
    if (is("locked")) {
        return CKR_PIN_LOCKED;
    }
    if (is("each") && who == CKU_CONTEXT_SPECIFIC) {
        is_allowed = len == 4 && memcmp(pin, "4711", 4) == 0;
        return is_allowed ? CKR_OK : CKR_PIN_INCORRECT;
    }
    return real->C_Login(session, who, pin, len);
}

static CK_RV
fake_get(CK_SESSION_HANDLE session, CK_OBJECT_HANDLE object, CK_ATTRIBUTE *a,
         CK_ULONG n)
{
    CK_RV rv = real->C_GetAttributeValue(session, object, a, n);
    CK_BYTE *value = a->pValue;

    if (is("bare") && rv == CKR_OK && a->type == CKA_EC_POINT) {
        a->ulValueLen -= 2;
        memmove(value, value + 2, a->ulValueLen);
    }
    if (is("each") && a->type == CKA_ALWAYS_AUTHENTICATE) {
        a->ulValueLen = 1;
        value[0] = CK_TRUE;
        return CKR_OK;
    }
    return rv;
}

static CK_RV
fake_sign_init(CK_SESSION_HANDLE session, CK_MECHANISM *mechanism, CK_OBJECT_HANDLE key)
{
    if (is("gone") || (is("removed") && removals++ == 0)) {
        return CKR_DEVICE_REMOVED;
    }
    is_allowed = false;
    return real->C_SignInit(session, mechanism, key);
}

/* The greater of s and n - s, of P-256. */
static void
make_high(CK_BYTE *s)
{
    static const CK_BYTE n[FIELD] = { 0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00,
                                      0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
                                      0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84,
                                      0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63, 0x25, 0x51 };
    CK_BYTE other[FIELD];
    int borrow = 0;

    for (int i = FIELD - 1; i >= 0; i--) {
        int digit = n[i] - s[i] - borrow;

        borrow = digit < 0;
        other[i] = (CK_BYTE)(digit & 0xff);
    }
    if (memcmp(other, s, FIELD) > 0) {
        memcpy(s, other, FIELD);
    }
}

static CK_RV
fake_sign(CK_SESSION_HANDLE session, CK_BYTE *data, CK_ULONG len, CK_BYTE *out,
          CK_ULONG *out_len)
{
    CK_RV rv;

    if (is("each") && !is_allowed) {
        return CKR_USER_NOT_LOGGED_IN;
    }
    if (is("stranger")) {
        data[0] ^= 1;
    }
    rv = real->C_Sign(session, data, len, out, out_len);
    if (rv == CKR_OK && is("high") && *out_len == 2 * FIELD) {
        make_high(out + FIELD);
    }
    if (is("short")) {
        --*out_len;
    }
    return rv;
}

CK_RV
C_GetFunctionList(CK_FUNCTION_LIST **out)
{
    void *module = dlopen(SOFTHSM, RTLD_NOW | RTLD_LOCAL);
    CK_RV (*get)(CK_FUNCTION_LIST **) = NULL;
    void *symbol = module == NULL ? NULL : dlsym(module, "C_GetFunctionList");

    if (symbol == NULL) {
        return CKR_GENERAL_ERROR;
    }
    memcpy(&get, &symbol, sizeof get);
    if (get(&real) != CKR_OK) {
        return CKR_GENERAL_ERROR;
    }
    list = *real;
    list.C_GetFunctionList = C_GetFunctionList;
    list.C_Login = fake_login;
    list.C_GetAttributeValue = fake_get;
    list.C_SignInit = fake_sign_init;
    list.C_Sign = fake_sign;
    *out = &list;
    return CKR_OK;
}
