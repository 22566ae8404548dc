/* The station's side of tbc-signer, the process that holds the issuer's keys: asks, waits a bounded
 * time, and starts it again when it died or hangs.  What it signs is its own affair
 * (signer_rules.h); what the two say to each other is in signer_wire.h.
 *
 * A signature that was asked for when the signer died is never taken: the request that wanted it is
 * undone and answered BUSY, and its retry is signed anew. */
#ifndef STATION_SIGNER_H
#define STATION_SIGNER_H

#include "base/when.h"
#include "signer_wire.h"

#include <sys/types.h>

struct station_signer; /* opaque */

/* Start it and wait until it has opened the keys.  What is wrong is logged: ERR_NOT_FOUND (the
 * program, a token), ERR_TIMEOUT, ERR_IO, ERR_CORRUPT (its count), those of tbc_key_open and
 * tbc_keyring_open. */
enum tbc_err station_signer_start(struct station_signer **signer,
                                  const struct signer_setup *setup) TBC_MUST_CHECK;
/* Takes NULL. */
void station_signer_stop(struct station_signer **signer);

/* Once a second: notice a death, start again what is due, compare counts.  Logs each event once. */
void station_signer_tend(struct station_signer *signer);

/* The key in that place, 0 the present and 1 the next; NULL when it is not there.  Borrowed until the
 * signer is stopped; another key of that name takes its place when the signer was started again. */
const struct signer_key *
station_signer_key(const struct station_signer *signer, size_t place);

/* Sign one payload, append the COSE_Sign1 to out.  Errors, logged:
 *   ERR_BUSY    the signer is away, or refuses more in this minute: come again
 *   ERR_DENIED, ERR_UNKNOWN_KEY   it refuses: station_signer_trouble names the rule
 *   others      of the token, and of out */
enum tbc_err
station_signer_sign(struct station_signer *signer, const struct signer_key *key,
                    enum tbc_typ typ, struct tbc_span payload,
                    struct tbc_buf *out) TBC_MUST_CHECK;

/* Sign n payloads, 1..station_signer_most, in one exchange: results has what became of each, in order,
 * its message borrowed until the signer is asked again.  ERR_BUSY, logged: the signer is away, none was
 * signed.  What single results say is as above, and logged. */
enum tbc_err
station_signer_sign_all(struct station_signer *signer, const struct signer_key *key,
                        enum tbc_typ typ, const struct tbc_span *payloads, size_t n,
                        const struct signer_result **results) TBC_MUST_CHECK;
/* How many one exchange may have: of a token one, since nobody knows how slow it is. */
size_t station_signer_most(const struct signer_key *key);

/* Why the last signature was not made; "" when it was. */
const char *station_signer_trouble(const struct station_signer *signer);

/* For metrics: as of its last answer.  pid is -1 while none runs. */
struct signer_counts station_signer_counts(const struct station_signer *signer);
pid_t station_signer_pid(const struct station_signer *signer);
/* How often it died or hung and was started again. */
unsigned station_signer_deaths(const struct station_signer *signer);

#endif
