/* station.conf and the files of conf.d beside it: who this station is, where it listens, what it
 * allows.  The files of conf.d whose names end in .conf are read in the order of their names; the
 * later one wins.  conf_keys.c is the table of all keys. */
#ifndef STATION_CONF_H
#define STATION_CONF_H

#include "rail/journey.h"
#include "rail/policy.h"
#include "sys/conf_layers.h"
#include "sys/device.h"

#define STATION_STORE_MAX 511
#define STATION_CONF_KEYS 40

struct station_conf {
    char code[TBC_TELECODE_MAX + 1];
    char name_zh[TBC_PLACE_MAX + 1];
    char name_en[TBC_PLACE_MAX + 1];
    char desk_zh[96];
    char desk_en[96];
    char front[TBC_ADDRESS_MAX + 1];
    char feed[TBC_ADDRESS_MAX + 1];
    char http[64]; /* ADDRESS:PORT, or "off" */
    char store[STATION_STORE_MAX +
               1]; /* postgresql://...; "": station.db in the folder */
    struct tbc_policy policy;
    int64_t checkpoint_s; /* at least between two checkpoints of the journal */
    int64_t commit_ms;    /* a batch is committed that long after its first request */
    int64_t queue;        /* requests that may wait */
    int64_t device_per_s; /* of one device, and at once */
    int64_t device_burst;
    int64_t sign_per_minute; /* certificates, at most */
    int64_t records_days;    /* a certificate's record stays that long after its end */
    int64_t tickets_days;    /* a ticket after its departure */
    char provider[8];        /* of identities: roster or https */
    char compare[8];     /* faces: here, by the examiner, or there, by the authority */
    char authority[192]; /* https: its URL */
    char authority_ca[128];   /* files: whom to believe */
    char authority_cert[128]; /* our own, "": none */
    char authority_key[128];
    int64_t authority_ms; /* that one try may take */
    char log_level[8];
};

extern const struct tbc_conf_key station_conf_keys[STATION_CONF_KEYS];

/* Defaults of everything but the station's own names. */
void station_conf_init(struct station_conf *conf);

/* Read the file and conf.d beside it, and check; logs file, line and key.
 *   from   may be NULL
 * Errors: ERR_NOT_FOUND, ERR_MALFORMED, ERR_LIMIT (too many files). */
enum tbc_err station_conf_read(struct station_conf *conf, const char *path,
                               struct tbc_conf_origins *from) TBC_MUST_CHECK;

/* What an option says instead of a key; value NULL changes nothing.
 *   option  its name, for messages: "--front"
 * Errors: ERR_MALFORMED, logged with the value, unless that is a secret. */
enum tbc_err station_conf_set(struct station_conf *conf, struct tbc_conf_origins *from,
                              const char *name, const char *value,
                              const char *option) TBC_MUST_CHECK;

/* NULL, or what is wrong with it as a whole, beginning with the name of the key. */
const char *station_conf_fault(const struct station_conf *conf);

/* The file as --init writes it, each key with its line of help. */
enum tbc_err
station_conf_put(const struct station_conf *conf, struct tbc_buf *out) TBC_MUST_CHECK;

/* The same with the origin of each key; a secret as a comment that says that it is set. */
enum tbc_err
station_conf_print(const struct station_conf *conf, const struct tbc_conf_origins *from,
                   struct tbc_buf *out) TBC_MUST_CHECK;

/* Take over what may change while the station runs; what may not is named in the log. */
void station_conf_follow(struct station_conf *conf, const struct station_conf *newer);

#endif
