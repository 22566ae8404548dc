#include "crypto/facecode.h"

#include "crypto/seal.h"

#include <string.h>

enum tbc_err
tbc_face_day_key(struct tbc_span master, int64_t day,
                 uint8_t key[static TBC_FACE_KEY_LEN])
{
    return tbc_day_key(master, "tbc face", day, key);
}

static enum tbc_err
own_key(const uint8_t *day_key, struct tbc_span cti,
        uint8_t key[static TBC_SEAL_KEY_LEN])
{
    return tbc_hmac_sha256(tbc_span_of(day_key, TBC_FACE_KEY_LEN), cti, key);
}

enum tbc_err
tbc_face_seal(const uint8_t key[static TBC_FACE_KEY_LEN],
              const uint8_t cti[static TBC_CTI_LEN],
              const uint8_t code[static TBC_FACE_CODE_LEN],
              uint8_t sealed[static TBC_FACE_SEALED_LEN])
{
    const struct tbc_span ad = tbc_span_of(cti, TBC_CTI_LEN);
    uint8_t own[TBC_SEAL_KEY_LEN];
    enum tbc_err err = own_key(key, ad, own);

    if (err == TBC_OK) {
        err = tbc_seal_once(own, ad, tbc_span_of(code, TBC_FACE_CODE_LEN), sealed);
    }
    if (err != TBC_OK) {
        memset(sealed, 0, TBC_FACE_SEALED_LEN);
    }
    tbc_wipe(own, sizeof own);
    return err;
}

enum tbc_err
tbc_face_unseal(const uint8_t key[static TBC_FACE_KEY_LEN],
                const uint8_t cti[static TBC_CTI_LEN],
                const uint8_t sealed[static TBC_FACE_SEALED_LEN],
                uint8_t code[static TBC_FACE_CODE_LEN])
{
    const struct tbc_span ad = tbc_span_of(cti, TBC_CTI_LEN);
    uint8_t own[TBC_SEAL_KEY_LEN];
    enum tbc_err err = own_key(key, ad, own);

    if (err == TBC_OK) {
        err = tbc_unseal_once(own, ad, tbc_span_of(sealed, TBC_FACE_SEALED_LEN), code);
    }
    if (err != TBC_OK) {
        memset(code, 0, TBC_FACE_CODE_LEN);
    }
    tbc_wipe(own, sizeof own);
    return err;
}
