/* What this gate has been told and has checked: the keys of the railway, the status list, and who
 * travels today.  From signed bytes only; a version never goes back, not even over a restart. */
#ifndef GATE_KNOWLEDGE_H
#define GATE_KNOWLEDGE_H

#include "codec/wire.h"
#include "crypto/judge.h"

enum gate_list {
    GATE_LIST_TRUST,
    GATE_LIST_STATUS,
    GATE_LIST_MANIFEST,
    GATE_LIST_N
};

/* A station signs its status list at least that often: whoever loses it has one of that age. */
#define GATE_STATUS_EVERY_S 3600

/* How long lists are believed, and never beyond their own ends; 0: until then. */
struct gate_limits {
    int64_t trust_s;
    int64_t status_s; /* 0: as the station's policy says, and GATE_STATUS_EVERY_S */
    int64_t manifest_s;
    bool keeps_old_status; /* else STATUS_UNKNOWN beyond it */
};

struct gate_knowledge {
    struct tbc_key *root;                      /* pinned by the device file */
    struct tbc_key *kept[TBC_TRUST_ROOTS_MAX]; /* that have since taken its place */
    size_t kept_n;
    struct tbc_keyring *ring; /* NULL until a trust list was taken */
    struct tbc_statuslist status;
    struct tbc_buf status_message; /* the list as it was signed, for deltas */
    bool has_status;
    struct tbc_manifest manifest;
    bool has_manifest;
    uint64_t versions[GATE_LIST_N]; /* the highest ever taken */
    char station[TBC_TELECODE_MAX + 1];
    struct tbc_policy policy; /* with status_age_s as the limits say */
    int64_t station_status_s; /* as the station says */
    struct gate_limits limits;
};

/* root_hex: public COSE_Key of the device file.  Errors: ERR_MALFORMED. */
enum tbc_err
gate_knowledge_init(struct gate_knowledge *know, const char *root_hex) TBC_MUST_CHECK;
void gate_knowledge_fini(struct gate_knowledge *know);

/* "trust", also the name in the journal. */
const char *gate_list_name(enum gate_list list);

/* What a restart must not forget: nothing below this version is taken any more. */
void
gate_knowledge_mark(struct gate_knowledge *know, enum gate_list list, uint64_t version);

/* The roots that this gate has come to through roll-overs, so that a restart finds them again:
 * written beside the trust list, and read before it.  They hold for as long as the device file
 * pins the same root; ERR_CONFLICT when it pins another. */
enum tbc_err
gate_knowledge_put_roots(const struct gate_knowledge *know, struct tbc_buf *out);
enum tbc_err gate_knowledge_keep_roots(struct gate_knowledge *know,
                                       struct tbc_span kept) TBC_MUST_CHECK;

/* Verify a signed list and use it from now on.
 *   made   when it was signed, set on success
 * What is known stays as it was on error: ERR_MALFORMED (fault), ERR_UNKNOWN_KEY,
 * ERR_BAD_SIGNATURE, ERR_RANGE (older than what is known, or expired), ERR_CONFLICT (a manifest
 * of another station). */
enum tbc_err
gate_knowledge_take(struct gate_knowledge *know, enum gate_list list,
                    struct tbc_span message, struct tbc_utc now, struct tbc_utc *made,
                    struct tbc_fault *fault) TBC_MUST_CHECK;

/* Append the message that a status delta makes of the list at hand, to be taken like every other.
 * Errors, named in fault: those of tbc_statusdelta_apply; ERR_NOT_FOUND without a list. */
enum tbc_err
gate_knowledge_follow(const struct gate_knowledge *know, struct tbc_span delta,
                      struct tbc_buf *message, struct tbc_fault *fault) TBC_MUST_CHECK;

/* The station's own word on where we are and what is allowed. */
void
gate_knowledge_told(struct gate_knowledge *know, const struct tbc_hello_reply *hello);

/* How long lists are believed from now on. */
void
gate_knowledge_limit(struct gate_knowledge *know, const struct gate_limits *limits);

/* When the list at hand was made; { 0 }: there is none. */
struct tbc_utc
gate_knowledge_made(const struct gate_knowledge *know, enum gate_list list);

/* Whether the list at hand is beyond its own end or its limit. */
enum gate_age {
    GATE_AGE_NONE, /* there is no list */
    GATE_AGE_FRESH,
    GATE_AGE_OLD,
};
enum gate_age gate_knowledge_age(const struct gate_knowledge *know, enum gate_list list,
                                 struct tbc_utc now);

/* For the judge; borrows.  An old manifest or trust list is none. */
struct tbc_knowledge
gate_knowledge_view(const struct gate_knowledge *know, struct tbc_utc now);

/* How old the trust list is: near its end gates complain but work, after it nobody is believed. */
enum gate_trust {
    GATE_TRUST_NONE,
    GATE_TRUST_FRESH,
    GATE_TRUST_AGEING,
    GATE_TRUST_ENDED,
};
enum gate_trust
gate_knowledge_trust(const struct gate_knowledge *know, struct tbc_utc now);

#endif
