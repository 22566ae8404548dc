#include "conf.h"

#include "base/text.h"
#include "sys/conf.h"
#include "sys/file.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define FILE_MAX_LEN (64u << 10)
#define YEAR_S       (INT64_C(366) * TBC_DAY_S)

#define TEXT(section, key, field) \
    TBC_CONF_TEXT(section, key, struct station_conf, field)
#define LIMIT(key, least, most) \
    TBC_CONF_NUMBER("policy", #key, struct station_conf, policy.key, least, most)

static const struct tbc_conf_key keys[] = {
    TEXT("station", "code", code),
    TEXT("station", "name_zh", name_zh),
    TEXT("station", "name_en", name_en),
    TEXT("station", "desk_zh", desk_zh),
    TEXT("station", "desk_en", desk_en),
    TEXT("listen", "front", front),
    TEXT("listen", "feed", feed),
    TEXT("store", "url", store),
    LIMIT(validity_s, 60, 7 * TBC_DAY_S),
    LIMIT(renewal_s, 0, 7 * TBC_DAY_S),
    LIMIT(quota_month, 1, 1000),
    LIMIT(face_tries, 1, 10),
    LIMIT(guardian_under, 0, 120),
    LIMIT(handle_s, 10, 3600),
    LIMIT(face_accept_permille, 1, 1000),
    LIMIT(face_retry_permille, 0, 1000),
    LIMIT(status_age_s, 60, YEAR_S),
    LIMIT(skew_s, 0, 300),
    LIMIT(proof_s, 1, 300),
    LIMIT(gate_opens_s, 0, TBC_DAY_S),
    LIMIT(gate_closes_s, 0, TBC_DAY_S),
    TBC_CONF_NUMBER("journal", "checkpoint_s", struct station_conf, checkpoint_s, 1,
                    3600),
};

void
station_conf_init(struct station_conf *conf)
{
    *conf = (struct station_conf){ .front = "tcp://127.0.0.1:7710",
                                   .feed = "tcp://127.0.0.1:7711",
                                   .policy = tbc_policy_default,
                                   .checkpoint_s = 60 };
}

const char *
station_conf_fault(const struct station_conf *conf)
{
    const struct tbc_policy *p = &conf->policy;

    if (conf->code[0] == '\0' ||
        strspn(conf->code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789") !=
            strlen(conf->code)) {
        return "code: capital letters and digits are wanted";
    }
    if (conf->store[0] != '\0' && strncmp(conf->store, "postgresql://", 13) != 0) {
        return "url: postgresql://HOST/DATABASE is wanted";
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

enum tbc_err
station_conf_read(struct station_conf *conf, const char *path)
{
    struct tbc_buf text = { 0 };
    const char *fault;
    enum tbc_err err;

    station_conf_init(conf);
    if ((err = tbc_file_read(path, FILE_MAX_LEN, &text)) != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    } else if ((err = tbc_conf_read(path, tbc_buf_span(&text), keys,
                                    sizeof keys / sizeof *keys, conf)) == TBC_OK &&
               (fault = station_conf_fault(conf)) != NULL) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", path, fault);
        err = TBC_ERR_MALFORMED;
    }
    tbc_buf_fini(&text);
    return err;
}

bool
station_conf_store(struct station_conf *conf, const char *url)
{
    if (url == NULL) {
        return true;
    }
    if (strlen(url) > STATION_STORE_MAX || strpbrk(url, "\r\n;") != NULL) {
        /* not repeated: it may hold a password, against all advice */
        tbc_log(TBC_LOG_ERROR, "--store: too long, or has a line break or ';'");
        return false;
    }
    (void)snprintf(conf->store, sizeof conf->store, "%s", url);
    return true;
}

enum tbc_err
station_conf_put(const struct station_conf *conf, struct tbc_buf *out)
{
    const uint8_t *base = (const uint8_t *)conf;
    const char *section = "";
    const size_t n = sizeof keys / sizeof *keys;

    for (size_t i = 0; i < n; i++) {
        if (strcmp(section, keys[i].section) != 0) {
            section = keys[i].section;
            (void)tbc_buf_printf(out, "[%s]\n", section);
        }
        if (keys[i].type == TBC_CONF_IS_TEXT) {
            (void)tbc_buf_printf(out, "%s = %s\n", keys[i].name,
                                 (const char *)base + keys[i].offset);
        } else {
            int64_t value;

            memcpy(&value, base + keys[i].offset, sizeof value);
            (void)tbc_buf_printf(out, "%s = %" PRId64 "\n", keys[i].name, value);
        }
    }
    return tbc_buf_status(out);
}
