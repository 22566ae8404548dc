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
    void *into;
    size_t *lines; /* n, or NULL */
    uint64_t seen; /* one bit a key */
};

static const char *
take_text(const struct tbc_conf_key *key, const char *value, uint8_t *into)
{
    size_t len = strlen(value);
    const char *wrong;

    if (len >= key->size) {
        return "too long";
    }
    if (!tbc_utf8_is_valid(tbc_span_str(value))) {
        return "not UTF-8";
    }
    if (key->check != NULL && (wrong = key->check(value)) != NULL) {
        return wrong;
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

const char *
tbc_conf_take(const struct tbc_conf_key *key, const char *value, void *into)
{
    return key->type == TBC_CONF_IS_TEXT ? take_text(key, value, into)
                                         : take_number(key, value, into);
}

/* NULL, or what is wrong with this key. */
static const char *
take(struct reading *r, const struct tbc_ini *ini, const char *value)
{
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
    if (r->lines != NULL) {
        r->lines[i] = ini->line;
    }
    return tbc_conf_take(&r->keys[i], value, r->into);
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
    return tbc_conf_read_lines(path, contents, keys, n, into, NULL);
}

enum tbc_err
tbc_conf_read_lines(const char *path, struct tbc_span contents,
                    const struct tbc_conf_key *keys, size_t n, void *into,
                    size_t *lines)
{
    struct reading r = { .keys = keys, .n = n, .into = into };
    struct tbc_ini ini;
    enum tbc_err err;

    if (n > TBC_CONF_KEYS_MAX) {
        return TBC_ERR_LIMIT;
    }
    r.lines = lines;
    tbc_ini_open(&ini, contents);
    err = take_all(&r, &ini, path);
    tbc_ini_fini(&ini);
    return err;
}

static const void *
at(const struct tbc_conf_key *key, const void *of)
{
    return (const uint8_t *)of + key->offset;
}

static size_t
size_of(const struct tbc_conf_key *key)
{
    return key->type == TBC_CONF_IS_TEXT ? key->size : sizeof(int64_t);
}

void
tbc_conf_put(const struct tbc_conf_key *key, const void *from, struct tbc_buf *out)
{
    int64_t number;

    if (key->type == TBC_CONF_IS_TEXT) {
        (void)tbc_buf_append_str(out, at(key, from));
        return;
    }
    memcpy(&number, at(key, from), sizeof number);
    (void)tbc_buf_printf(out, "%" PRId64, number);
}

bool
tbc_conf_is_same(const struct tbc_conf_key *key, const void *a, const void *b)
{
    return key->type == TBC_CONF_IS_TEXT
               ? strcmp(at(key, a), at(key, b)) == 0
               : memcmp(at(key, a), at(key, b), sizeof(int64_t)) == 0;
}

void
tbc_conf_copy(const struct tbc_conf_key *key, const void *from, void *to)
{
    memcpy((uint8_t *)to + key->offset, at(key, from), size_of(key));
}
