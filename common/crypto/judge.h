/* The judge: what a certificate is worth, from its bytes and what one knows.  Pure: no clock, no
 * I/O; the same bytes, time and knowledge give the same verdict on gate, handheld, kiosk, phone
 * and command line.  Decides everything that one can decide alone; whether the holder has
 * entered elsewhere is the caller's to ask. */
#ifndef TBC_CRYPTO_JUDGE_H
#define TBC_CRYPTO_JUDGE_H

#include "codec/claims.h"
#include "codec/manifest.h"
#include "codec/statuslist.h"
#include "crypto/keyring.h"
#include "rail/policy.h"
#include "rail/ticket.h"
#include "rail/verdict.h"

/* What is known.  All borrowed; nothing is changed but warm crypto contexts of the keyring. */
struct tbc_knowledge {
    const struct tbc_keyring *ring;     /* NULL: every issuer is unknown */
    const struct tbc_statuslist *lists; /* verified; found by sub */
    size_t lists_n;
    const struct tbc_manifest *manifest; /* NULL: tickets are not judged */
    const char *station; /* telecode of the gate; NULL with manifest NULL */
    const struct tbc_policy *policy;
    bool keeps_old_status;     /* beyond its age a list still says that there is no
                                * revocation */
    struct tbc_span challenge; /* what the gate shows for live proofs; empty: nothing */
};

struct tbc_judgement {
    enum tbc_verdict verdict;
    struct tbc_fault fault;   /* MALFORMED: what and where */
    struct tbc_claims claims; /* valid when has_claims */
    bool has_claims;          /* the signature was good */
    bool is_live;             /* presented in a live proof */
    unsigned status;          /* value in the status list */
    bool has_status;          /* and whether one was found */
    const struct tbc_trip *
        trip; /* the ticket judged, from the manifest: it opens, or it is the nearest */
    struct tbc_utc time;  /* TOO_EARLY: when boarding opens; NOT_YET_VALID: nbf */
    uint8_t proof_id[16]; /* is_live: identifies this proof for the replay memory */
};

/* Judge one scanned text.  A proof whose challenge is not the gate's is PROOF_STALE; whether it
 * was seen before is the caller's to remember, by proof_id, which the signature's own freedom
 * does not change.  On success of every check the verdict is ACCEPTED_OFFLINE: nobody
 * was asked.  out is always filled; its verdict starts as MALFORMED.
 * Errors: ERR_CRYPTO, ERR_NO_MEMORY; the verdict then does not open. */
enum tbc_err tbc_judge(struct tbc_span text, const struct tbc_knowledge *know,
                       struct tbc_utc now, struct tbc_judgement *out) TBC_MUST_CHECK;

/* The tickets alone, whatever is said of the certificate's time or status: of the holder of a judgement
 * that has claims, with a manifest and a station.  Sets verdict, trip and time: the best ticket
 * decides, one that opens now, else the reason of the nearest (rail/ticket.h); NO_TICKET without
 * any. */
void tbc_judge_ticket(const struct tbc_knowledge *know, struct tbc_utc now,
                      struct tbc_judgement *out);

/* Read a signed status list and check it against the keyring: typ STATUS, signer's status_uri
 * equals sub.  Errors as tbc_keyring_open. */
enum tbc_err tbc_statuslist_open(struct tbc_statuslist *list, struct tbc_span message,
                                 const struct tbc_keyring *ring, struct tbc_utc now,
                                 struct tbc_fault *fault) TBC_MUST_CHECK;
/* The same for a manifest of a station whose key signed it. */
enum tbc_err tbc_manifest_open(struct tbc_manifest *manifest, struct tbc_span message,
                               const struct tbc_keyring *ring, struct tbc_utc now,
                               struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
