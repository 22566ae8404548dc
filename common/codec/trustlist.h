/* The trust list: which stations may issue, with which keys, and where their status lists are.
 * A COSE_Sign1 by the railway's root key, typ TRUST; the payload's grammar is in docs/token.cddl.
 *
 * The list names its own root keys: the present one and, during a roll-over, the next.  The next
 * one is introduced by a list that both have signed: around the message of the old root lies
 * another COSE_Sign1 by the new one, typ ROLL, whose payload is that whole message.  Who believes
 * whom is crypto/keyring.h's. */
#ifndef TBC_CODEC_TRUSTLIST_H
#define TBC_CODEC_TRUSTLIST_H

#include "codec/cose.h"

#define TBC_TRUST_KEYS_MAX  512
#define TBC_TRUST_ROOTS_MAX 2
#define TBC_TRUST_BYTES_MAX (256u << 10)

struct tbc_trust_key {
    char station[TBC_TELECODE_MAX + 1];
    uint8_t kid[TBC_KID_LEN];
    enum tbc_alg alg;
    uint8_t key[TBC_COSE_KEY_MAX * 2]; /* encoded public COSE_Key (RFC 9052 sec. 7) */
    size_t key_len;
    struct tbc_utc not_before;
    struct tbc_utc not_after;
    char status_uri[TBC_STATUS_URI_MAX + 1];
};

struct tbc_trustlist {
    uint64_t version; /* never goes back */
    struct tbc_utc iat;
    struct tbc_utc warn; /* from here on programs complain but work */
    struct tbc_utc exp;
    struct tbc_trust_key *roots; /* owned, TBC_TRUST_ROOTS_MAX; station "" */
    size_t roots_n;
    struct tbc_trust_key *keys; /* owned */
    size_t keys_n;
};

void tbc_trustlist_fini(struct tbc_trustlist *t);

/* Payload bytes and back.  t need not be initialised for decode and is { 0 } on error. */
enum tbc_err
tbc_trustlist_encode(const struct tbc_trustlist *t, struct tbc_buf *out) TBC_MUST_CHECK;
enum tbc_err tbc_trustlist_decode(struct tbc_trustlist *t, struct tbc_span in,
                                  struct tbc_fault *fault) TBC_MUST_CHECK;

/* What makes no sense in a list: the field's name as in the grammar, static text; NULL when all is
 * well and it can be encoded. */
const char *tbc_trustlist_offence(const struct tbc_trustlist *t);

/* A list as it travels: signed by one root, or by two. */
struct tbc_trust_signed {
    struct tbc_cose list; /* typ TRUST; its payload is for tbc_trustlist_decode */
    struct tbc_cose roll; /* by the new root, typ ROLL; only when is_rolled */
    bool is_rolled;
};

/* Read the envelope, or both.  Borrows message; offsets are those of the whole message.
 * Errors: those of tbc_cose_open; ERR_LIMIT above TBC_TRUST_BYTES_MAX; ERR_MALFORMED also for
 * another typ. */
enum tbc_err tbc_trust_signed_open(struct tbc_trust_signed *s, struct tbc_span message,
                                   struct tbc_fault *fault) TBC_MUST_CHECK;

/* Append a key, growing the list: a root key when station is "".  ERR_LIMIT, ERR_NO_MEMORY, ERR_EXISTS (same kid). */
enum tbc_err tbc_trustlist_add(struct tbc_trustlist *t,
                               const struct tbc_trust_key *key) TBC_MUST_CHECK;

#endif
