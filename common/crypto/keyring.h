/* The keyring: a verified trust list, ready for use.  Owns its keys. */
#ifndef TBC_CRYPTO_KEYRING_H
#define TBC_CRYPTO_KEYRING_H

#include "codec/trustlist.h"
#include "crypto/key.h"

struct tbc_keyring; /* opaque */

/* Open a signed trust list.
 *   message  the COSE_Sign1, typ TRUST, or the one around it during a roll-over, typ ROLL
 *   root     the pinned root key, or NULL: any root key that the list itself names is believed (a
 *            file that an operator hands over by name)
 * Every signature must be good, each by the pinned root or by a root that the list names, and one
 * of them by the pinned root.
 * Errors: ERR_MALFORMED, ERR_UNKNOWN_KEY (no signer is believed; fault says what helps),
 * ERR_BAD_SIGNATURE. */
enum tbc_err
tbc_keyring_open(struct tbc_keyring **ring, struct tbc_span message,
                 struct tbc_key *root, struct tbc_fault *fault) TBC_MUST_CHECK;
/* The same with several pinned roots, as tbc_keyring_roots gave them; n at least 1. */
enum tbc_err tbc_keyring_open_by(struct tbc_keyring **ring, struct tbc_span message,
                                 struct tbc_key *const *roots, size_t n,
                                 struct tbc_fault *fault) TBC_MUST_CHECK;
void tbc_keyring_free(struct tbc_keyring **ring);

const struct tbc_trustlist *tbc_keyring_list(const struct tbc_keyring *ring);

/* The roots of the list that have signed something that this ring has seen: those that a next
 * list may be signed by.  A root that is merely named is not among them: it would be the end of a
 * railway to name one whose private key nobody has.
 *   keys   borrowed from the ring until it changes */
size_t tbc_keyring_roots(const struct tbc_keyring *ring,
                         struct tbc_key *keys[static TBC_TRUST_ROOTS_MAX]);
/* The list's row of the newest root that signed it: the one to pin from now on.  NULL when the
 * list is the farewell of a root that it does not name. */
const struct tbc_trust_key *tbc_keyring_signer(const struct tbc_keyring *ring);

/* The station key of that kid, valid at that time; NULL when there is none.  entry (may be NULL)
 * gets its row. */
struct tbc_key *
tbc_keyring_find(const struct tbc_keyring *ring, const uint8_t kid[static TBC_KID_LEN],
                 struct tbc_utc at, const struct tbc_trust_key **entry);

/* The holder's key that a certificate names (RFC 8747 sec. 3.2), from its encoded public COSE_Key.
 * The ring owns it and gives it until the next call: one proof is checked at a time, and the next
 * holder's key takes over its warm contexts.  Errors: ERR_MALFORMED, ERR_UNSUPPORTED, ERR_CRYPTO,
 * ERR_NO_MEMORY; *key is NULL then. */
enum tbc_err
tbc_keyring_holder(const struct tbc_keyring *ring, struct tbc_span cose_key,
                   struct tbc_key **key) TBC_MUST_CHECK;

/* Take over a newer list: signed by a root of tbc_keyring_roots, version higher (ERR_RANGE if
 * lower; the same version is TBC_OK and changes nothing).  A list that two roots have signed
 * introduces the second.  Whoever missed it and gets a list of the new root alone is told
 * ERR_UNKNOWN_KEY: the list of both, or the new root, must be brought by hand. */
enum tbc_err tbc_keyring_update(struct tbc_keyring *ring, struct tbc_span message,
                                struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
