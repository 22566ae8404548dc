/* Configuration in INI form, read strictly: a table names every key there is; an unknown or
 * repeated key, a number outside its range, a text too long are refused with file and line.
 *
 *     static const struct tbc_conf_key keys[] = {
 *         TBC_CONF_TEXT("station", "code", struct conf, code),
 *         TBC_CONF_NUMBER("policy", "quota", struct conf, quota, 0, 1000),
 *     };
 */
#ifndef TBC_SYS_CONF_H
#define TBC_SYS_CONF_H

#include "base/buf.h"

#define TBC_CONF_KEYS_MAX 64

enum tbc_conf_type {
    TBC_CONF_IS_TEXT,   /* char[size], UTF-8 */
    TBC_CONF_IS_NUMBER, /* int64_t, least..most */
};

struct tbc_conf_key {
    const char *section;
    const char *name;
    enum tbc_conf_type type;
    size_t offset;
    size_t size;
    int64_t least;
    int64_t most;
    /* what a table may say besides */
    const char *(*check)(const char *text); /* NULL, or what is wrong with a text */
    const char *help;                       /* one line */
    const char *form;                       /* of the value, for --help: "FILE" */
    bool live;                              /* may change while the program runs */
    bool secret;                            /* is not shown */
};

#define TBC_CONF_TEXT(s, n, type_, field)                                     \
    {                                                                         \
        .section = (s), .name = (n), .type = TBC_CONF_IS_TEXT,                \
        .offset = offsetof(type_, field), .size = sizeof(((type_ *)0)->field) \
    }
#define TBC_CONF_NUMBER(s, n, type_, field, least_, most_)                   \
    {                                                                        \
        .section = (s), .name = (n), .type = TBC_CONF_IS_NUMBER,             \
        .offset = offsetof(type_, field), .least = (least_), .most = (most_) \
    }

/* Read contents into the struct at into; keys that are absent keep what it held.
 *   path   only for what is logged
 * Errors: ERR_MALFORMED, logged with path and line. */
enum tbc_err
tbc_conf_read(const char *path, struct tbc_span contents,
              const struct tbc_conf_key *keys, size_t n, void *into) TBC_MUST_CHECK;

/* The same, telling for each key the line on which it stands; those of absent keys are left as
 * they were.  lines: n of them. */
enum tbc_err tbc_conf_read_lines(const char *path, struct tbc_span contents,
                                 const struct tbc_conf_key *keys, size_t n, void *into,
                                 size_t *lines) TBC_MUST_CHECK;

/* Set one key.  NULL, or what is wrong with the value; then nothing is changed. */
const char *
tbc_conf_take(const struct tbc_conf_key *key, const char *value, void *into);

/* Append the value as it stands behind the equals sign. */
void
tbc_conf_put(const struct tbc_conf_key *key, const void *from, struct tbc_buf *out);

bool tbc_conf_is_same(const struct tbc_conf_key *key, const void *a, const void *b);
void tbc_conf_copy(const struct tbc_conf_key *key, const void *from, void *to);

#endif
