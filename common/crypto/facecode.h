/* The face in a certificate, sealed for the gates of the station that issued it.
 *
 * A day's key is HMAC-SHA-256(pseudonym master, "tbc face" || day as 8 bytes big-endian); one
 * certificate's is HMAC-SHA-256(day's key, cti).  With that the code is sealed once: AES-256-GCM, the
 * nonce all zero, the cti as associated data (NIST SP 800-38D sec. 8: no key sees two nonces).
 * Gates are given the keys of three days and nothing of the master. */
#ifndef TBC_CRYPTO_FACECODE_H
#define TBC_CRYPTO_FACECODE_H

#include "crypto/digest.h"

#define TBC_FACE_KEY_LEN TBC_SHA256_LEN

/* day: tbc_utc_day() of the certificate's iat. */
enum tbc_err tbc_face_day_key(struct tbc_span master, int64_t day,
                              uint8_t key[static TBC_FACE_KEY_LEN]) TBC_MUST_CHECK;

/* Errors: ERR_CRYPTO, ERR_NO_MEMORY. */
enum tbc_err tbc_face_seal(const uint8_t key[static TBC_FACE_KEY_LEN],
                           const uint8_t cti[static TBC_CTI_LEN],
                           const uint8_t code[static TBC_FACE_CODE_LEN],
                           uint8_t sealed[static TBC_FACE_SEALED_LEN]) TBC_MUST_CHECK;
/* ERR_CORRUPT when it was sealed with another key or for another certificate; code is then all zero. */
enum tbc_err tbc_face_unseal(const uint8_t key[static TBC_FACE_KEY_LEN],
                             const uint8_t cti[static TBC_CTI_LEN],
                             const uint8_t sealed[static TBC_FACE_SEALED_LEN],
                             uint8_t code[static TBC_FACE_CODE_LEN]) TBC_MUST_CHECK;

#endif
