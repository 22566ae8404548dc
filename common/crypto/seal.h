/* Sealing of personal data: AES-256-GCM per field.
 *
 * A sealed field is nonce (12) || ciphertext || tag (16).  Associated data names table, column
 * and row, so that two swapped cells fail to open.  The key lives in a file outside the
 * database, 32 bytes, 0600. */
#ifndef TBC_CRYPTO_SEAL_H
#define TBC_CRYPTO_SEAL_H

#include "base/buf.h"

#define TBC_SEAL_KEY_LEN  32
#define TBC_SEAL_TAG_LEN  16
#define TBC_SEAL_OVERHEAD (12 + TBC_SEAL_TAG_LEN)

enum tbc_err tbc_seal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
                      struct tbc_span plain, struct tbc_buf *out) TBC_MUST_CHECK;
/* ERR_CORRUPT when it does not open with this key and associated data; out is then unchanged. */
enum tbc_err tbc_unseal(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
                        struct tbc_span sealed, struct tbc_buf *out) TBC_MUST_CHECK;

/* The same for a key that seals one text in its life and so needs no nonce: ciphertext || tag (16), the
 * nonce all zero (NIST SP 800-38D sec. 8).  to has room for TBC_SEAL_TAG_LEN more than the text. */
enum tbc_err
tbc_seal_once(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
              struct tbc_span plain, uint8_t *to) TBC_MUST_CHECK;
/* to has room for the text, and is all zero on error. */
enum tbc_err
tbc_unseal_once(const uint8_t key[static TBC_SEAL_KEY_LEN], struct tbc_span ad,
                struct tbc_span sealed, uint8_t *to) TBC_MUST_CHECK;

/* Cryptographic random bytes. */
enum tbc_err tbc_random(void *out, size_t len) TBC_MUST_CHECK;

/* Read a secret of exactly len bytes; ERR_NOT_FOUND, ERR_DENIED when others may read the file,
 * ERR_CORRUPT for another length.  make: write a random one 0600, ERR_EXISTS if it is there. */
enum tbc_err tbc_secret_read(const char *path, uint8_t *out, size_t len) TBC_MUST_CHECK;
enum tbc_err tbc_secret_make(const char *path, size_t len) TBC_MUST_CHECK;

#endif
