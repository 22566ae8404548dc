/* Objects of a token: finding a pair, reading its public half, making one. */
#include "crypto/key_openssl.h"
#include "crypto/pkcs11_impl.h"
#include "crypto/seal.h"

#include <openssl/asn1.h>
#include <openssl/objects.h>

#include <string.h>

#define ATTRIBUTE_MAX 256
#define ID_LEN        8

/* CKA_EC_PARAMS: the OID of a named curve (RFC 5480), or for Ed25519 also its name as a
 * PrintableString (PKCS #11 3.0 sec. 2.3.10). */
static const struct {
    enum tbc_alg alg;
    size_t len;
    uint8_t bytes[16];
} curves[] = {
    { TBC_ALG_ES256, 10, { 6, 8, 0x2a, 0x86, 0x48, 0xce, 0x3d, 3, 1, 7 } },
    { TBC_ALG_ES384, 7, { 6, 5, 0x2b, 0x81, 4, 0, 0x22 } },
    { TBC_ALG_ES512, 7, { 6, 5, 0x2b, 0x81, 4, 0, 0x23 } },
    { TBC_ALG_EDDSA, 14,
      "\x13\x0c"
      "edwards25519" },
    { TBC_ALG_EDDSA, 5, { 6, 3, 0x2b, 0x65, 0x70 } },
};
#define CURVES_N (sizeof curves / sizeof *curves)

enum tbc_alg
tbc_pkcs11_alg(struct tbc_span ec_params, struct tbc_key_fault *fault)
{
    const unsigned char *at = ec_params.ptr;
    ASN1_OBJECT *oid;
    int nid;

    for (size_t i = 0; i < CURVES_N; i++) {
        if (tbc_span_equal(ec_params, tbc_span_of(curves[i].bytes, curves[i].len))) {
            return curves[i].alg;
        }
    }
    oid = d2i_ASN1_OBJECT(NULL, &at, (long)ec_params.len);
    nid = oid == NULL ? NID_undef : OBJ_obj2nid(oid);
    ASN1_OBJECT_free(oid);
    if (nid == NID_sm2) {
        (void)tbc_key_refuse(
            fault, TBC_ERR_UNSUPPORTED,
            "SM2: PKCS #11 has no mechanism for it; keep the key in an "
            "encrypted file");
    } else {
        (void)tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED, "unsupported curve %s",
                             nid == NID_undef ? "in the token" : OBJ_nid2sn(nid));
    }
    return TBC_ALG_NONE;
}

enum tbc_err
tbc_pkcs11_point(struct tbc_span attribute, struct tbc_pkcs11_public *half)
{
    const struct tbc_key_kind *kind = tbc_key_kind(half->alg);
    const size_t bare = kind->kty == 1 ? kind->field_len : 1 + 2 * kind->field_len;
    const unsigned char *at = attribute.ptr;
    int tag = 0;
    int class = 0;
    long len = 0;

    if (attribute.ptr == NULL) {
        return TBC_ERR_MALFORMED;
    }
    if (attribute.len != bare) {
        if (ASN1_get_object(&at, &len, &tag, &class, (long)attribute.len) != 0 ||
            at + len != attribute.ptr + attribute.len) {
            return TBC_ERR_MALFORMED;
        }
        /* Edwards keys come in a BIT STRING too, with no bits left over. */
        if (tag == V_ASN1_BIT_STRING && len > 0 && *at == 0) {
            at++;
            len--;
        } else if (tag != V_ASN1_OCTET_STRING) {
            return TBC_ERR_MALFORMED;
        }
        attribute = tbc_span_of(at, (size_t)len);
    }
    if (attribute.len != bare || attribute.len > sizeof half->point ||
        (kind->kty == 2 && attribute.ptr[0] != 0x04)) {
        return TBC_ERR_MALFORMED;
    }
    memcpy(half->point, attribute.ptr, attribute.len);
    half->point_len = attribute.len;
    return TBC_OK;
}

/* A template of attributes with room for what we ever ask. */
struct query {
    CK_OBJECT_CLASS class;
    CK_KEY_TYPE type;
    CK_ATTRIBUTE attributes[4];
    CK_ULONG n;
};

static void
ask(struct query *q, CK_ATTRIBUTE_TYPE type, void *value, CK_ULONG len)
{
    q->attributes[q->n++] =
        (CK_ATTRIBUTE){ .type = type, .pValue = value, .ulValueLen = len };
}

static void
ask_class(struct query *q, CK_OBJECT_CLASS class)
{
    q->class = class;
    ask(q, CKA_CLASS, &q->class, sizeof q->class);
}

/* The URI's own attribute, when it has one. */
static bool
ask_uri(struct query *q, const struct tbc_pkcs11 *t, CK_ATTRIBUTE_TYPE type)
{
    const CK_ATTRIBUTE *a = p11_kit_uri_get_attribute(t->uri, type);

    if (a == NULL || a->ulValueLen == 0) {
        return false;
    }
    q->attributes[q->n++] = *a;
    return true;
}

/* How many objects there are, up to 2, and the first. */
static enum tbc_err
find(struct tbc_pkcs11 *t, struct query *q, CK_OBJECT_HANDLE *object, CK_ULONG *n,
     struct tbc_key_fault *fault)
{
    CK_OBJECT_HANDLE found[2] = { 0 };
    CK_RV rv = t->module->C_FindObjectsInit(t->session, q->attributes, q->n);

    *n = 0;
    *object = 0;
    if (rv == CKR_OK) {
        rv = t->module->C_FindObjects(t->session, found, 2, n);
        (void)t->module->C_FindObjectsFinal(t->session);
    }
    if (rv != CKR_OK) {
        return tbc_pkcs11_failed(t, rv, "looking for the key", fault);
    }
    *object = found[0];
    return TBC_OK;
}

enum tbc_err
tbc_pkcs11_find(struct tbc_pkcs11 *t, CK_OBJECT_CLASS class, CK_OBJECT_HANDLE *object,
                struct tbc_key_fault *fault)
{
    const char *what = class == CKO_PRIVATE_KEY ? "private" : "public";
    struct query q = { 0 };
    CK_ULONG n = 0;
    enum tbc_err err;

    ask_class(&q, class);
    (void)ask_uri(&q, t, CKA_LABEL);
    (void)ask_uri(&q, t, CKA_ID);
    if ((err = find(t, &q, object, &n, fault)) != TBC_OK) {
        return err;
    }
    if (n == 0) {
        return tbc_key_refuse(fault, TBC_ERR_NOT_FOUND, "token %s: no such %s key",
                              t->label, what);
    }
    return n == 1 ? TBC_OK
                  : tbc_key_refuse(fault, TBC_ERR_CONFLICT,
                                   "token %s: several %s keys match; object= and id= "
                                   "tell which",
                                   t->label, what);
}

/* One attribute; empty when the object has none. */
static struct tbc_span
get(struct tbc_pkcs11 *t, CK_OBJECT_HANDLE object, CK_ATTRIBUTE_TYPE type,
    uint8_t value[static ATTRIBUTE_MAX])
{
    CK_ATTRIBUTE a = { .type = type, .pValue = value, .ulValueLen = ATTRIBUTE_MAX };

    if (t->module->C_GetAttributeValue(t->session, object, &a, 1) != CKR_OK ||
        a.ulValueLen > ATTRIBUTE_MAX) {
        return (struct tbc_span){ 0 };
    }
    return tbc_span_of(value, a.ulValueLen);
}

static enum tbc_err
read_alg(struct tbc_pkcs11 *t, CK_OBJECT_HANDLE object, CK_KEY_TYPE *type,
         struct tbc_key_fault *fault)
{
    uint8_t value[ATTRIBUTE_MAX];
    struct tbc_span s = get(t, object, CKA_KEY_TYPE, value);

    *type = CK_UNAVAILABLE_INFORMATION;
    if (s.len == sizeof *type) {
        memcpy(type, value, sizeof *type);
    }
    if (*type != CKK_EC && *type != CKK_EC_EDWARDS) {
        return tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                              "token %s: a kind of key that we do not use", t->label);
    }
    t->half.alg = tbc_pkcs11_alg(get(t, object, CKA_EC_PARAMS, value), fault);
    return t->half.alg == TBC_ALG_NONE ? TBC_ERR_UNSUPPORTED : TBC_OK;
}

static enum tbc_err
read_point(struct tbc_pkcs11 *t, CK_OBJECT_HANDLE object, struct tbc_key_fault *fault)
{
    uint8_t value[ATTRIBUTE_MAX];

    return tbc_pkcs11_point(get(t, object, CKA_EC_POINT, value), &t->half) == TBC_OK
               ? TBC_OK
               : tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                                "token %s: a public key without its point", t->label);
}

enum tbc_err
tbc_pkcs11_read_half(struct tbc_pkcs11 *t, CK_OBJECT_HANDLE object,
                     struct tbc_key_fault *fault)
{
    CK_KEY_TYPE type;
    enum tbc_err err = read_alg(t, object, &type, fault);

    return err == TBC_OK ? read_point(t, object, fault) : err;
}

/* The public key with the private one's id or, where it has none, its label. */
static enum tbc_err
find_beside(struct tbc_pkcs11 *t, CK_KEY_TYPE type, CK_OBJECT_HANDLE *object,
            struct tbc_key_fault *fault)
{
    static const CK_ATTRIBUTE_TYPE names[] = { CKA_ID, CKA_LABEL };
    uint8_t value[ATTRIBUTE_MAX];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        struct tbc_span name = get(t, t->key, names[i], value);
        struct query q = { .type = type };
        CK_ULONG n = 0;
        enum tbc_err err;

        if (name.len == 0) {
            continue;
        }
        ask_class(&q, CKO_PUBLIC_KEY);
        ask(&q, CKA_KEY_TYPE, &q.type, sizeof q.type);
        ask(&q, names[i], value, name.len);
        if ((err = find(t, &q, object, &n, fault)) != TBC_OK || n == 1) {
            return err;
        }
    }
    return tbc_key_refuse(fault, TBC_ERR_NOT_FOUND,
                          "token %s: no one public key beside the private one",
                          t->label);
}

enum tbc_err
tbc_pkcs11_read_pair(struct tbc_pkcs11 *t, struct tbc_key_fault *fault)
{
    uint8_t value[ATTRIBUTE_MAX];
    struct tbc_span each;
    CK_OBJECT_HANDLE beside = 0;
    CK_KEY_TYPE type;
    enum tbc_err err;

    if ((err = read_alg(t, t->key, &type, fault)) != TBC_OK ||
        (err = find_beside(t, type, &beside, fault)) != TBC_OK) {
        return err;
    }
    each = get(t, t->key, CKA_ALWAYS_AUTHENTICATE, value);
    t->each_time = each.len == 1 && value[0] == CK_TRUE;
    return read_point(t, beside, fault);
}

enum tbc_err
tbc_pkcs11_wants(const struct tbc_pkcs11 *t, CK_MECHANISM_TYPE mechanism,
                 const char *what, struct tbc_key_fault *fault)
{
    CK_MECHANISM_INFO info;

    return t->module->C_GetMechanismInfo(t->slot, mechanism, &info) == CKR_OK
               ? TBC_OK
               : tbc_key_refuse(fault, TBC_ERR_UNSUPPORTED,
                                "token %s: cannot %s (mechanism 0x%lx)", t->label, what,
                                mechanism);
}

/* Neither the label nor the id may be in use, in either class: a second key would make both
 * unfindable. */
static enum tbc_err
check_free(struct tbc_pkcs11 *t, struct tbc_key_fault *fault)
{
    static const CK_OBJECT_CLASS classes[] = { CKO_PRIVATE_KEY, CKO_PUBLIC_KEY };
    static const CK_ATTRIBUTE_TYPE names[] = { CKA_LABEL, CKA_ID };
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < 4 && err == TBC_OK; i++) {
        struct query q = { 0 };
        CK_OBJECT_HANDLE object;
        CK_ULONG n = 0;

        ask_class(&q, classes[i / 2]);
        if (!ask_uri(&q, t, names[i % 2])) {
            continue;
        }
        if ((err = find(t, &q, &object, &n, fault)) == TBC_OK && n > 0) {
            err = tbc_key_refuse(fault, TBC_ERR_EXISTS,
                                 "token %s: a key of this %s exists already", t->label,
                                 names[i % 2] == CKA_LABEL ? "object" : "id");
        }
    }
    return err;
}

/* Where the curve of an algorithm stands in the table; CURVES_N when no token has it. */
static size_t
curve_of(enum tbc_alg alg)
{
    size_t i = 0;

    while (i < CURVES_N && curves[i].alg != alg) {
        i++;
    }
    return i;
}

static CK_RV
generate_pair(struct tbc_pkcs11 *t, size_t curve, CK_ATTRIBUTE label, CK_ATTRIBUTE id)
{
    const bool is_edwards = curves[curve].alg == TBC_ALG_EDDSA;
    CK_MECHANISM mechanism = { .mechanism = is_edwards ? CKM_EC_EDWARDS_KEY_PAIR_GEN
                                                       : CKM_EC_KEY_PAIR_GEN };
    CK_BBOOL yes = CK_TRUE;
    CK_BBOOL no = CK_FALSE;
    uint8_t params[sizeof curves[0].bytes];
    CK_ATTRIBUTE public_half[] = {
        { CKA_TOKEN, &yes, sizeof yes },  { CKA_PRIVATE, &no, sizeof no },
        { CKA_VERIFY, &yes, sizeof yes }, { CKA_EC_PARAMS, params, curves[curve].len },
        { CKA_LABEL, NULL, 0 },           { CKA_ID, NULL, 0 },
    };
    CK_ATTRIBUTE private_half[] = {
        { CKA_TOKEN, &yes, sizeof yes },
        { CKA_PRIVATE, &yes, sizeof yes },
        { CKA_SENSITIVE, &yes, sizeof yes },
        { CKA_EXTRACTABLE, &no, sizeof no },
        { CKA_SIGN, &yes, sizeof yes },
        { CKA_LABEL, NULL, 0 },
        { CKA_ID, NULL, 0 },
    };
    CK_OBJECT_HANDLE made[2];

    memcpy(params, curves[curve].bytes, sizeof params);
    public_half[4] = label;
    public_half[5] = id;
    private_half[5] = label;
    private_half[6] = id;
    return t->module->C_GenerateKeyPair(
        t->session, &mechanism, public_half, sizeof public_half / sizeof *public_half,
        private_half, sizeof private_half / sizeof *private_half, &made[0], &made[1]);
}

enum tbc_err
tbc_pkcs11_generate(struct tbc_pkcs11 *t, enum tbc_alg alg, struct tbc_key_fault *fault)
{
    const CK_ATTRIBUTE *label = p11_kit_uri_get_attribute(t->uri, CKA_LABEL);
    const CK_ATTRIBUTE *given = p11_kit_uri_get_attribute(t->uri, CKA_ID);
    const size_t curve = curve_of(alg);
    uint8_t random[ID_LEN];
    CK_ATTRIBUTE id = { CKA_ID, random, sizeof random };
    enum tbc_err err;
    CK_RV rv;

    if (curve == CURVES_N) {
        return tbc_key_refuse(
            fault, TBC_ERR_UNSUPPORTED,
            "%s: PKCS #11 has no mechanism for it; keep the key in an "
            "encrypted file",
            tbc_alg_name(alg));
    }
    if (label == NULL || label->ulValueLen == 0) {
        return tbc_key_refuse(fault, TBC_ERR_MALFORMED,
                              "object=NAME is wanted for a new key");
    }
    if ((err = check_free(t, fault)) != TBC_OK ||
        (err = tbc_pkcs11_wants(t,
                                alg == TBC_ALG_EDDSA ? CKM_EC_EDWARDS_KEY_PAIR_GEN
                                                     : CKM_EC_KEY_PAIR_GEN,
                                "make such a key", fault)) != TBC_OK ||
        (err = tbc_random(random, sizeof random)) != TBC_OK) {
        return err;
    }
    rv = generate_pair(t, curve, *label,
                       given == NULL || given->ulValueLen == 0 ? id : *given);
    return rv == CKR_OK ? TBC_OK : tbc_pkcs11_failed(t, rv, "making a key pair", fault);
}
