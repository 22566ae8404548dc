/* The keyring: a verified trust list, ready for use.  Owns its keys. */
#ifndef TBC_CRYPTO_KEYRING_H
#define TBC_CRYPTO_KEYRING_H

#include "codec/trustlist.h"
#include "crypto/key.h"

struct tbc_keyring; /* opaque */

/* Open a signed trust list.
 *   message  the COSE_Sign1, typ TRUST
 *   root     the pinned root key, or NULL: the list's own first root key is believed (a file that
 *            an operator hands over by name)
 * Errors: ERR_MALFORMED, ERR_UNKNOWN_KEY (signer is not the root), ERR_BAD_SIGNATURE. */
enum tbc_err
tbc_keyring_open(struct tbc_keyring **ring, struct tbc_span message,
                 struct tbc_key *root, struct tbc_fault *fault) TBC_MUST_CHECK;
void tbc_keyring_free(struct tbc_keyring **ring);

const struct tbc_trustlist *tbc_keyring_list(const struct tbc_keyring *ring);

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

/* Take over a newer list: signed by a root of the present one, version higher (ERR_RANGE if
 * lower; the same version is TBC_OK and changes nothing). */
enum tbc_err tbc_keyring_update(struct tbc_keyring *ring, struct tbc_span message,
                                struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
