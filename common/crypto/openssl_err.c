#include "crypto/openssl_err.h"

#include <openssl/err.h>

enum tbc_err
tbc_openssl_err(enum tbc_err err)
{
    unsigned long code;

    while ((code = ERR_get_error()) != 0) {
        if (err != TBC_OK && ERR_GET_REASON(code) == ERR_R_MALLOC_FAILURE) {
            err = TBC_ERR_NO_MEMORY;
        }
    }
    return err;
}
