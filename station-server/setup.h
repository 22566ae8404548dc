/* The data folder of a station: its files, made once by --init and read at each start. */
#ifndef STATION_SETUP_H
#define STATION_SETUP_H

#include "conf.h"
#include "crypto/seal.h"

#define STATION_PATH_MAX 512
#define STATION_OPERATOR \
    "operator" /* the device of the command line beside the server */

struct station_secrets {
    uint8_t sealing[TBC_SEAL_KEY_LEN];
    char curve_public[TBC_Z85_LEN + 1];
    char curve_secret[TBC_Z85_LEN + 1];
};

/* DATA/name.  ERR_LIMIT, logged, when too long. */
enum tbc_err station_path(const char *data, const char *name,
                          char path[static STATION_PATH_MAX]) TBC_MUST_CHECK;

/* Where the store is: what station.conf says, or DATA/station.db. */
enum tbc_err station_store_place(const char *data, const struct station_conf *conf,
                                 char place[static STATION_PATH_MAX]) TBC_MUST_CHECK;

/* Make the folder (0700) and everything in it, and the store's tables.  ERR_EXISTS when one of the files
 * or the tables are there; after any error nothing new is left in the folder. */
enum tbc_err
station_setup(const char *data, const struct station_conf *conf) TBC_MUST_CHECK;

/* A secret of so many bytes in a file of the folder; what is wrong is logged. */
enum tbc_err station_secret_read(const char *data, const char *name, uint8_t *out,
                                 size_t len) TBC_MUST_CHECK;

/* Read the keys; a file that others may read is refused by name.  Wipe them when done. */
enum tbc_err
station_secrets_read(struct station_secrets *secrets, const char *data) TBC_MUST_CHECK;

#endif
