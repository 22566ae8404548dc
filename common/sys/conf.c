#include "sys/conf.h"

#include "base/ini.h"
#include "base/text.h"
#include "sys/log.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const struct tbc_conf_key *keys;
    size_t n;
    uint8_t *into;
    uint64_t seen; /* one bit a key */
};

static const char *
take_text(const struct tbc_conf_key *key, const char *value, uint8_t *into)
{
    size_t len = strlen(value);

    if (len >= key->size) {
        return "too long";
    }
    if (!tbc_utf8_is_valid(tbc_span_str(value))) {
        return "not UTF-8";
    }
    memcpy(into + key->offset, value, len + 1);
    return NULL;
}

static const char *
take_number(const struct tbc_conf_key *key, const char *value, uint8_t *into)
{
    char *end = NULL;
    long long number;

    errno = 0;
    number = strtoll(value, &end, 10);
    if (end == value || *end != '\0') {
        return "not a number";
    }
    if (errno != 0 || number < key->least || number > key->most) {
        return "outside its range";
    }
    memcpy(into + key->offset, &(int64_t){ number }, sizeof(int64_t));
    return NULL;
}

/* NULL, or what is wrong with this key. */
static const char *
take(struct reading *r, const struct tbc_ini *ini, const char *value)
{
    const struct tbc_conf_key *key;
    size_t i = 0;

    while (i < r->n && (strcmp(r->keys[i].section, ini->section) != 0 ||
                        strcmp(r->keys[i].name, ini->name) != 0)) {
        i++;
    }
    if (i == r->n) {
        return "unknown key";
    }
    if ((r->seen & UINT64_C(1) << i) != 0) {
        return "stands there twice";
    }
    r->seen |= UINT64_C(1) << i;
    key = &r->keys[i];
    return key->type == TBC_CONF_IS_TEXT ? take_text(key, value, r->into)
                                         : take_number(key, value, r->into);
}

/* Every key; ERR_MALFORMED is logged here. */
static enum tbc_err
take_all(struct reading *r, struct tbc_ini *ini, const char *path)
{
    const char *value;
    const char *wrong;
    enum tbc_err err;

    while ((err = tbc_ini_next(ini)) == TBC_OK) {
        if ((value = tbc_buf_str(&ini->value)) == NULL) {
            return TBC_ERR_NO_MEMORY;
        }
        if ((wrong = take(r, ini, value)) != NULL) {
            tbc_log(TBC_LOG_ERROR, "%s:%zu: [%s] %s: %s", path, ini->line, ini->section,
                    ini->name, wrong);
            return TBC_ERR_MALFORMED;
        }
    }
    if (err == TBC_ERR_MALFORMED) {
        tbc_log(TBC_LOG_ERROR, "%s:%zu: %s", path, ini->line, ini->fault);
    }
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_conf_read(const char *path, struct tbc_span contents,
              const struct tbc_conf_key *keys, size_t n, void *into)
{
    struct reading r = { .keys = keys, .n = n, .into = into };
    struct tbc_ini ini;
    enum tbc_err err;

    if (n > TBC_CONF_KEYS_MAX) {
        return TBC_ERR_LIMIT;
    }
    tbc_ini_open(&ini, contents);
    err = take_all(&r, &ini, path);
    tbc_ini_fini(&ini);
    return err;
}
