/* A certificate's claims: what the issuer says about the holder.  Plain data; codec/claims.h
 * turns it into bytes and back, docs/token.cddl is the grammar. */
#ifndef TBC_RAIL_CERT_H
#define TBC_RAIL_CERT_H

#include "rail/journey.h"
#include "rail/person.h"

#define TBC_CTI_LEN        16
#define TBC_HOLDER_LEN     16
#define TBC_KID_LEN        8
#define TBC_STATUS_URI_MAX 63
#define TBC_COSE_KEY_MAX   96 /* bytes of the holder's COSE_Key */
#define TBC_TEXT_PREFIX    "TBC1:"
#define TBC_PAPER_MAX      320 /* bytes before Base45 */
#define TBC_LIVE_MAX       480
#define TBC_FACE_CODE_LEN  32 /* a face in 256 bits: face/code.h */
#define TBC_FACE_SEALED_LEN \
    (TBC_FACE_CODE_LEN + 16) /* as it stands in a certificate: crypto/facecode.h */
/* "TBC1:" and Base45 of the larger one, without a NUL */
#define TBC_QR_TEXT_MAX (5 + TBC_LIVE_MAX / 2 * 3)

enum tbc_channel {
    TBC_CHANNEL_KIOSK = 1,
    TBC_CHANNEL_PHONE = 2,
    TBC_CHANNEL_PATROL = 3,
    TBC_CHANNEL_DESK = 4,
};

/* How the face was shown to be alive.  Claims what was applied, never what was wished. */
enum tbc_assurance {
    TBC_ASSURANCE_OFFICER = 1, /* no face check: an officer approved */
    TBC_ASSURANCE_PASSIVE = 2, /* face compared, passive liveness only */
    TBC_ASSURANCE_ACTIVE = 3,  /* face compared, head-turn challenge passed */
};

enum tbc_medium {
    TBC_MEDIUM_PAPER = 1, /* paper or a picture of it: no holder key */
    TBC_MEDIUM_PHONE = 2, /* bound to the phone's key: cnf present */
};

struct tbc_claims {
    char iss[TBC_TELECODE_MAX + 1]; /* CWT iss (1): telecode of the issuing station */
    struct tbc_utc iat;             /* CWT iat (6) */
    struct tbc_utc nbf;       /* CWT nbf (5); equals iat when the token has none */
    struct tbc_utc exp;       /* CWT exp (4) */
    uint8_t cti[TBC_CTI_LEN]; /* CWT cti (7) */
    uint8_t cnf
        [TBC_COSE_KEY_MAX]; /* CWT cnf (8), RFC 8747 sec. 3.2: the encoded COSE_Key */
    size_t cnf_len;         /* 0: not phone-bound */
    uint64_t status_idx;    /* Token Status List index */
    char status_uri[TBC_STATUS_URI_MAX + 1];
    uint8_t holder[TBC_HOLDER_LEN]; /* pseudonym of the day of iat */
    enum tbc_doc_kind kind;
    char masked_name[TBC_MASKED_MAX + 1];
    enum tbc_channel channel;
    enum tbc_assurance assurance;
    enum tbc_medium medium;
    char language
        [4]; /* ISO 639-1 of the passenger ("zh"), for the gate's sentence; may be "" */
    uint8_t face[TBC_FACE_SEALED_LEN]; /* for gates with a camera */
    bool has_face;
};

#endif
