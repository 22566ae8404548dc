#include "net/client.h"

#include <zmq.h>

#include <string.h>

enum tbc_err
tbc_curve_pair(char public_key[static TBC_Z85_LEN + 1],
               char secret_key[static TBC_Z85_LEN + 1])
{
    return zmq_curve_keypair(public_key, secret_key) == 0 ? TBC_OK : TBC_ERR_CRYPTO;
}

bool
tbc_z85_decode(const char *z85, uint8_t key[static 32])
{
    char back[TBC_Z85_LEN + 1];

    memset(key, 0, 32);
    if (strlen(z85) != TBC_Z85_LEN || zmq_z85_decode(key, z85) == NULL) {
        return false;
    }
    /* Groups of five above 2^32 wrap in the library: only what encodes back is a key. */
    if (zmq_z85_encode(back, key, 32) == NULL || strcmp(back, z85) != 0) {
        memset(key, 0, 32);
        return false;
    }
    return true;
}

bool
tbc_z85_encode(const uint8_t key[static 32], char z85[static TBC_Z85_LEN + 1])
{
    return zmq_z85_encode(z85, key, 32) != NULL;
}
