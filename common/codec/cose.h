/* COSE_Sign1 (RFC 9052 sec. 4.2): structure only.  Signing and verifying are in crypto/sign.h.
 *
 * One reading for everything this railway signs, strict: tag 18 present, deterministic CBOR,
 * protected header exactly { 1: alg, 4: kid, 16: typ }, empty unprotected header, payload
 * present, signature of the algorithm's length.  The general reading of what others sign, for the
 * command line's tools, is in codec/cose_any.h. */
#ifndef TBC_CODEC_COSE_H
#define TBC_CODEC_COSE_H

#include "codec/cbor.h"
#include "rail/cert.h"

/* Algorithm numbers of the IANA COSE registry; SM2 has none and takes one from the private-use
 * range (less than -65536, RFC 9053 sec. 11.1). */
enum tbc_alg {
    TBC_ALG_NONE = 0,
    TBC_ALG_ES256 = -7,
    TBC_ALG_EDDSA = -8,
    TBC_ALG_ES384 = -35,
    TBC_ALG_ES512 = -36,
    TBC_ALG_SM2 = -70002,
    /* Only verified, for the general tools: never in anything of ours. */
    TBC_ALG_ES256K = -47, /* RFC 8812 sec. 3.2 */
    TBC_ALG_ED448 = -53,  /* RFC 9864 sec. 2.2 */
};

/* Bytes of a raw signature, r||s (RFC 9053 sec. 2); 0 for an algorithm we do not know. */
size_t tbc_alg_signature_len(enum tbc_alg alg);
#define TBC_SIGNATURE_MAX 132

/* "ES256" and back; also those that are only verified. */
const char *tbc_alg_name(enum tbc_alg alg);
bool tbc_alg_parse(struct tbc_span name, enum tbc_alg *alg);
/* The algorithm of a registry number; TBC_ALG_NONE when our own objects may not bear it. */
enum tbc_alg tbc_alg_known(int64_t number);

/* typ header (16, RFC 9596): each kind of object has its own, so that none can pose as another. */
#define TBC_TYP_LIST(X)                             \
    X(CERTIFICATE, "application/tbc-cert+cwt")      \
    X(LIVE, "application/tbc-live+cwt")             \
    X(STATUS, "application/statuslist+cwt")         \
    X(TRUST, "application/tbc-trust+cwt")           \
    X(MANIFEST, "application/tbc-manifest+cwt")     \
    X(CHECKPOINT, "application/tbc-checkpoint+cwt") \
    X(ROLL, "application/tbc-trust-roll+cwt")

enum tbc_typ {
#define X(name, text) TBC_TYP_##name,
    TBC_TYP_LIST(X)
#undef X
    TBC_TYP_N /* none of ours */
};

/* The media type; "" for TBC_TYP_N. */
const char *tbc_typ_text(enum tbc_typ typ);

struct tbc_cose {
    struct tbc_span body_protected; /* content of the protected bstr */
    struct tbc_span payload;
    struct tbc_span signature;
    enum tbc_alg alg;
    uint8_t kid[TBC_KID_LEN];
    enum tbc_typ typ;
};

/* Read one message.  Borrows in.
 *   fault   what and where, on error (may be NULL)
 * Errors: ERR_MALFORMED, ERR_LIMIT, ERR_UNSUPPORTED (an algorithm or typ that is not ours). */
enum tbc_err tbc_cose_open(struct tbc_cose *msg, struct tbc_span in,
                           struct tbc_fault *fault) TBC_MUST_CHECK;

/* Append the Sig_structure that is signed (RFC 9052 sec. 4.4) up to the head of the payload's
 * string, which then follows: large payloads are hashed where they lie.
 *   external   the application's data (RFC 9052 sec. 4.3), empty in our own */
enum tbc_err tbc_cose_put_tbs_head(struct tbc_buf *out, struct tbc_span body_protected,
                                   struct tbc_span external, size_t payload_len);

/* Append the protected header { 1: alg, 4: kid, 16: typ } (without its bstr). */
enum tbc_err
tbc_cose_put_protected(struct tbc_buf *out, enum tbc_alg alg,
                       const uint8_t kid[static TBC_KID_LEN], enum tbc_typ typ);

/* Append the whole message from its parts. */
enum tbc_err tbc_cose_put(struct tbc_buf *out, struct tbc_span body_protected,
                          struct tbc_span payload, struct tbc_span signature);

#endif
