#include "sys/conf.h"

#include "base/text.h"
#include "sys/log.h"

#include <errno.h>
#include <ini.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct reading {
    const struct tbc_conf_key *keys;
    size_t n;
    uint8_t *into;
    uint64_t seen;  /* one bit a key */
    char fault[96]; /* the first one; "" while there is none */
};

static int
complain(struct reading *r, const char *section, const char *name, const char *what)
{
    if (r->fault[0] == '\0') {
        (void)snprintf(r->fault, sizeof r->fault, "[%.24s] %.32s: %s", section, name,
                       what);
    }
    return 0;
}

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

/* inih's handler: 0 marks the line as wrong. */
static int
take(void *arg, const char *section, const char *name, const char *value)
{
    struct reading *r = arg;
    const struct tbc_conf_key *key;
    const char *wrong;
    size_t i = 0;

    while (i < r->n && (strcmp(r->keys[i].section, section) != 0 ||
                        strcmp(r->keys[i].name, name) != 0)) {
        i++;
    }
    if (i == r->n) {
        return complain(r, section, name, "unknown key");
    }
    if ((r->seen & UINT64_C(1) << i) != 0) {
        return complain(r, section, name, "stands there twice");
    }
    r->seen |= UINT64_C(1) << i;
    key = &r->keys[i];
    wrong = key->type == TBC_CONF_IS_TEXT ? take_text(key, value, r->into)
                                          : take_number(key, value, r->into);
    return wrong == NULL ? 1 : complain(r, section, name, wrong);
}

enum tbc_err
tbc_conf_read(const char *path, struct tbc_span contents,
              const struct tbc_conf_key *keys, size_t n, void *into)
{
    struct reading r = { .keys = keys, .n = n, .into = into };
    struct tbc_buf text = { 0 };
    const char *str;
    int line;

    if (n > TBC_CONF_KEYS_MAX) {
        return TBC_ERR_LIMIT;
    }
    if (contents.len > 0 && memchr(contents.ptr, '\0', contents.len) != NULL) {
        return tbc_log_err(TBC_ERR_MALFORMED, "%s: a NUL byte", path);
    }
    (void)tbc_buf_append_span(&text, contents);
    str = tbc_buf_str(&text);
    line = str == NULL ? -2 : ini_parse_string(str, take, &r);
    tbc_buf_fini(&text);
    if (line == 0) {
        return TBC_OK;
    }
    if (line < 0) {
        return TBC_ERR_NO_MEMORY;
    }
    tbc_log(TBC_LOG_ERROR, "%s:%d: %s", path, line,
            r.fault[0] == '\0' ? "not a section, key or comment" : r.fault);
    return TBC_ERR_MALFORMED;
}
