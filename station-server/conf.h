/* station.conf: who this station is, where it listens, what it allows. */
#ifndef STATION_CONF_H
#define STATION_CONF_H

#include "rail/journey.h"
#include "rail/policy.h"
#include "sys/device.h"

#define STATION_STORE_MAX 511

struct station_conf {
    char code[TBC_TELECODE_MAX + 1];
    char name_zh[TBC_PLACE_MAX + 1];
    char name_en[TBC_PLACE_MAX + 1];
    char desk_zh[96];
    char desk_en[96];
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];
    char store[STATION_STORE_MAX +
               1]; /* postgresql://...; "": station.db in the folder */
    struct tbc_policy policy;
    int64_t checkpoint_s; /* at least between two checkpoints of the journal */
};

/* Defaults of everything but the station's own names. */
void station_conf_init(struct station_conf *conf);

/* Read and check; logs file, line and field.  ERR_NOT_FOUND, ERR_MALFORMED. */
enum tbc_err
station_conf_read(struct station_conf *conf, const char *path) TBC_MUST_CHECK;

/* Another place for the store than the file says; NULL changes nothing.  False, said, when it is too
 * long or could not stand in the file. */
bool station_conf_store(struct station_conf *conf, const char *url);

/* NULL, or what is wrong with it as a whole. */
const char *station_conf_fault(const struct station_conf *conf);

/* The file as --init writes it. */
enum tbc_err
station_conf_put(const struct station_conf *conf, struct tbc_buf *out) TBC_MUST_CHECK;

#endif
