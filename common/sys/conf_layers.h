/* A program's configuration in layers, the later one wins: what it presets, its file, the files of
 * conf.d beside that whose names end in .conf, in the order of their names, the environment, the
 * options of its command line.  All of them say the keys of one table, and each key knows where its
 * value comes from. */
#ifndef TBC_SYS_CONF_LAYERS_H
#define TBC_SYS_CONF_LAYERS_H

#include "sys/conf.h"

#define TBC_CONF_FILES_MAX 32
#define TBC_CONF_PATH_MAX  512

struct tbc_conf_table {
    const struct tbc_conf_key *keys; /* no two of the same name */
    size_t n;
    /* NULL, or what is wrong with it as a whole, beginning with the name of the key */
    const char *(*fault)(const void *conf);
};

/* Where each key comes from. */
struct tbc_conf_origins {
    char files[TBC_CONF_FILES_MAX][TBC_CONF_PATH_MAX];
    size_t files_n;
    struct {
        const char
            *where;  /* one of files, or "environment", or an option; NULL: preset */
        size_t line; /* 0: of no file */
    } keys[TBC_CONF_KEYS_MAX];
};

/* Whether the file itself may be missing; conf.d may always be. */
enum tbc_conf_presence {
    TBC_CONF_WANTED,
    TBC_CONF_OPTIONAL,
};

/* Read the file and conf.d beside it over what conf holds; from is emptied before.  Logs file, line
 * and key.  Errors: ERR_NOT_FOUND, ERR_MALFORMED, ERR_IO, ERR_LIMIT (too many files). */
enum tbc_err tbc_conf_read_files(const struct tbc_conf_table *table, const char *path,
                                 enum tbc_conf_presence presence, void *conf,
                                 struct tbc_conf_origins *from) TBC_MUST_CHECK;

/* Every variable PREFIX and the name of a key in capitals: TBC_GATE_FIRE_INPUT.
 *   prefix       "TBC_GATE_"
 *   environment  of environ(7), its last entry NULL
 * Errors: ERR_MALFORMED, logged, also for a variable of that prefix that is no key's. */
enum tbc_err
tbc_conf_read_environment(const struct tbc_conf_table *table, const char *prefix,
                          char *const *environment, void *conf,
                          struct tbc_conf_origins *from) TBC_MUST_CHECK;

/* What an option says instead of a key; value NULL changes nothing.
 *   option  its name, for messages: "--front";  from: may be NULL
 * Errors: ERR_MALFORMED, logged with the value, unless that is a secret. */
enum tbc_err tbc_conf_set(const struct tbc_conf_table *table, void *conf,
                          struct tbc_conf_origins *from, const char *name,
                          const char *value, const char *option) TBC_MUST_CHECK;

/* Hold the whole against table->fault.  path: named when no key of a file is at fault.
 * Errors: ERR_MALFORMED, logged. */
enum tbc_err
tbc_conf_check(const struct tbc_conf_table *table, const char *path, const void *conf,
               const struct tbc_conf_origins *from) TBC_MUST_CHECK;

/* A file of all keys, each with its line of help. */
enum tbc_err tbc_conf_put_file(const struct tbc_conf_table *table, const void *conf,
                               struct tbc_buf *out) TBC_MUST_CHECK;

/* The same with the origin of each key; a secret as a comment that says that it is set. */
enum tbc_err
tbc_conf_print(const struct tbc_conf_table *table, const void *conf,
               const struct tbc_conf_origins *from, struct tbc_buf *out) TBC_MUST_CHECK;

/* Take over what may change while the program runs; what may not is named in the log. */
void tbc_conf_follow(const struct tbc_conf_table *table, void *conf, const void *newer);

#endif
