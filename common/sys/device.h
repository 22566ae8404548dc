/* The device file: how a kiosk, gate, handheld or command line reaches its station.  Written by
 * "tbc device add" (and by tbc-station for its own operator), 0600, in INI form:
 *
 *     [device]
 *     name = gate-1
 *     role = gate
 *     public = <Z85>          its own CURVE pair, RFC of ZeroMQ 26
 *     secret = <Z85>
 *     [station]
 *     front = tcp://127.0.0.1:7710
 *     feed = tcp://127.0.0.1:7711
 *     key = <Z85>             the server's CURVE public key
 *     root = <hex>            public COSE_Key of the railway's root, pinned
 */
#ifndef TBC_SYS_DEVICE_H
#define TBC_SYS_DEVICE_H

#include "base/buf.h"

#define TBC_Z85_LEN      40
#define TBC_ADDRESS_MAX  127
#define TBC_DEVICE_NAME  47
#define TBC_ROOT_HEX_MAX 383

struct tbc_device_file {
    char name[TBC_DEVICE_NAME + 1];
    char role[16];
    char public_key[TBC_Z85_LEN + 1];
    char secret_key[TBC_Z85_LEN + 1];
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];
    char station_key[TBC_Z85_LEN + 1];
    char root[TBC_ROOT_HEX_MAX + 1];
};

/* Reads the file; logs what is wrong with file and line.  ERR_NOT_FOUND, ERR_DENIED (readable by
 * others), ERR_MALFORMED. */
enum tbc_err
tbc_device_read(struct tbc_device_file *d, const char *path) TBC_MUST_CHECK;
/* Never over an existing file: ERR_EXISTS. */
enum tbc_err
tbc_device_write(const struct tbc_device_file *d, const char *path) TBC_MUST_CHECK;
/* The same over an existing file, old or new contents, never half: tbc-station's own operator
 * file when its addresses change. */
enum tbc_err
tbc_device_replace(const struct tbc_device_file *d, const char *path) TBC_MUST_CHECK;
/* Wipes the secret. */
void tbc_device_fini(struct tbc_device_file *d);

#endif
