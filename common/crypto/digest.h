/* SHA-256, HMAC-SHA-256 and the holder pseudonym. */
#ifndef TBC_CRYPTO_DIGEST_H
#define TBC_CRYPTO_DIGEST_H

#include "base/buf.h"
#include "rail/cert.h"

#define TBC_SHA256_LEN 32

enum tbc_err
tbc_sha256(struct tbc_span in, uint8_t out[static TBC_SHA256_LEN]) TBC_MUST_CHECK;
/* SHA-256 of what comes in pieces.  end frees it, with out NULL for nothing else. */
struct tbc_sha256; /* opaque */
enum tbc_err tbc_sha256_new(struct tbc_sha256 **h) TBC_MUST_CHECK;
enum tbc_err tbc_sha256_take(struct tbc_sha256 *h, struct tbc_span in) TBC_MUST_CHECK;
enum tbc_err tbc_sha256_end(struct tbc_sha256 **h, uint8_t *out);

enum tbc_err tbc_hmac_sha256(struct tbc_span key, struct tbc_span in,
                             uint8_t out[static TBC_SHA256_LEN]) TBC_MUST_CHECK;

/* A day's key: HMAC-SHA-256(master, label || day as 8 bytes big-endian); label: 8 bytes at most. */
enum tbc_err tbc_day_key(struct tbc_span master, const char *label, int64_t day,
                         uint8_t out[static TBC_SHA256_LEN]) TBC_MUST_CHECK;

/* The first 16 bytes of HMAC-SHA-256(day key, kind word || 0x00 || number), where the day key is
 * that of the label "tbc day": two days cannot be linked
 * without the master key, which only the station holds.  day: tbc_utc_day() of the
 * certificate's iat. */
enum tbc_err
tbc_pseudonym(struct tbc_span master, int64_t day, enum tbc_doc_kind kind,
              const char *number, uint8_t out[static TBC_HOLDER_LEN]) TBC_MUST_CHECK;

#endif
