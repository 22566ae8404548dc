/* Status deltas at work: from two versions of a signed list to a delta, from one version and the
 * delta to exactly the other.
 *
 * Neither function believes anybody: what apply gives is opened with tbc_statuslist_open like
 * every list, and its signature decides.  The next message is made anew with this library's zlib;
 * where that would give other bytes, the hash says so and the whole list must be fetched. */
#ifndef TBC_CRYPTO_STATUSDELTA_H
#define TBC_CRYPTO_STATUSDELTA_H

#include "codec/statusdelta.h"

/* The delta that makes the message `to` of `from`, appended; tried before it is given.  Both are
 * COSE_Sign1, typ STATUS.
 * Errors, named in fault (may be NULL): ERR_MALFORMED (one of the two is no status list of ours);
 * ERR_CONFLICT (of two addresses, or of another width); ERR_RANGE (`to` is not newer, or shorter);
 * ERR_LIMIT (more than TBC_STATUSDELTA_CHANGES_MAX changes); ERR_UNSUPPORTED (`to` was not
 * compressed as this library compresses); ERR_CRYPTO, ERR_NO_MEMORY. */
enum tbc_err
tbc_statusdelta_make(struct tbc_span from, struct tbc_span to, struct tbc_buf *out,
                     struct tbc_fault *fault) TBC_MUST_CHECK;

/* Append the message that the delta makes of the message at hand; out is as before on error.
 * Errors, named in fault (may be NULL):
 *   ERR_MALFORMED  the delta, or the list at hand, or the delta does not give what it promises
 *   ERR_CONFLICT   of another list, or of another base
 *   ERR_NOT_FOUND  of a later base: a delta in between is missing
 *   ERR_EXISTS     it was applied already
 *   ERR_RANGE      it leads back to an older list
 *   ERR_CRYPTO, ERR_NO_MEMORY, ERR_LIMIT, ERR_UNSUPPORTED (a later version of this grammar) */
enum tbc_err
tbc_statusdelta_apply(struct tbc_span have, struct tbc_span delta, struct tbc_buf *out,
                      struct tbc_fault *fault) TBC_MUST_CHECK;

#endif
