#include "conf.h"

#include <stdlib.h>
#include <string.h>

void
station_conf_init(struct station_conf *conf)
{
    *conf = (struct station_conf){ .front = "tcp://127.0.0.1:7710",
                                   .feed = "tcp://127.0.0.1:7711",
                                   .http = "127.0.0.1:7780",
                                   .policy = tbc_policy_default,
                                   .checkpoint_s = 60,
                                   .commit_ms = 2,
                                   .queue = 1024,
                                   .device_per_s = 500,
                                   .device_burst = 1000,
                                   .records_days = 184,
                                   .tickets_days = 7,
                                   .provider = "roster",
                                   .compare = "here",
                                   .authority_ms = 2000,
                                   .sign_per_minute = 6000,
                                   .log_level = "info" };
}

const char *
station_conf_fault(const struct station_conf *conf)
{
    const struct tbc_policy *p = &conf->policy;

    if (conf->code[0] == '\0') {
        return "code: capital letters and digits are wanted";
    }
    if (strcmp(conf->provider, "https") == 0 &&
        (conf->authority[0] == '\0' || conf->authority_ca[0] == '\0')) {
        return "kind = https wants authority and ca";
    }
    if (strcmp(conf->provider, "https") != 0 && strcmp(conf->compare, "there") == 0) {
        return "compare = there wants kind = https";
    }
    if (p->face_retry_permille > p->face_accept_permille) {
        return "face_retry_permille is above face_accept_permille";
    }
    if (p->renewal_s >= p->validity_s) {
        return "renewal_s is not below validity_s";
    }
    return p->gate_closes_s > p->gate_opens_s ? "gate_closes_s is above gate_opens_s"
                                              : NULL;
}

static const char *
fault(const void *conf)
{
    return station_conf_fault(conf);
}

static const struct tbc_conf_table table = {
    .keys = station_conf_keys,
    .n = STATION_CONF_KEYS,
    .fault = fault,
};

enum tbc_err
station_conf_read(struct station_conf *conf, const char *path,
                  struct tbc_conf_origins *from)
{
    struct tbc_conf_origins *own = from;
    enum tbc_err err;

    station_conf_init(conf);
    if (own == NULL && (own = malloc(sizeof *own)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    err = tbc_conf_read_files(&table, path, TBC_CONF_WANTED, conf, own);
    if (err == TBC_OK) {
        err = tbc_conf_check(&table, path, conf, own);
    }
    if (own != from) {
        free(own);
    }
    return err;
}

enum tbc_err
station_conf_set(struct station_conf *conf, struct tbc_conf_origins *from,
                 const char *name, const char *value, const char *option)
{
    return tbc_conf_set(&table, conf, from, name, value, option);
}

enum tbc_err
station_conf_put(const struct station_conf *conf, struct tbc_buf *out)
{
    return tbc_conf_put_file(&table, conf, out);
}

enum tbc_err
station_conf_print(const struct station_conf *conf, const struct tbc_conf_origins *from,
                   struct tbc_buf *out)
{
    return tbc_conf_print(&table, conf, from, out);
}

void
station_conf_follow(struct station_conf *conf, const struct station_conf *newer)
{
    tbc_conf_follow(&table, conf, newer);
}
