#include "sys/conf_layers.h"

#include "sys/file.h"
#include "sys/log.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define FILE_MAX_LEN (64u << 10)
#define FOLDER       "conf.d"
#define ENDING       ".conf"

/* One file over what was read before. */
static enum tbc_err
read_file(const struct tbc_conf_table *table, const char *path, void *conf,
          struct tbc_conf_origins *from)
{
    size_t lines[TBC_CONF_KEYS_MAX] = { 0 };
    struct tbc_buf text = { 0 };
    const char *name;
    enum tbc_err err;

    if (from->files_n == TBC_CONF_FILES_MAX) {
        return tbc_log_err(TBC_ERR_LIMIT, "%s: more than %d files", path,
                           TBC_CONF_FILES_MAX);
    }
    name = from->files[from->files_n];
    (void)snprintf(from->files[from->files_n++], TBC_CONF_PATH_MAX, "%s", path);
    if ((err = tbc_file_read(path, FILE_MAX_LEN, &text)) != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    } else {
        err = tbc_conf_read_lines(path, tbc_buf_span(&text), table->keys, table->n,
                                  conf, lines);
    }
    for (size_t i = 0; i < table->n && err == TBC_OK; i++) {
        if (lines[i] != 0) {
            from->keys[i].where = name;
            from->keys[i].line = lines[i];
        }
    }
    tbc_buf_fini(&text);
    return err;
}

/* Names that begin with a dot are an editor's. */
static int
is_wanted(const struct dirent *entry)
{
    size_t len = strlen(entry->d_name);

    return entry->d_name[0] != '.' && len > strlen(ENDING) &&
           strcmp(entry->d_name + len - strlen(ENDING), ENDING) == 0;
}

/* By bytes, the same under every locale. */
static int
by_name(const struct dirent **a, const struct dirent **b)
{
    return strcmp((*a)->d_name, (*b)->d_name);
}

static enum tbc_err
read_folder(const struct tbc_conf_table *table, const char *folder, void *conf,
            struct tbc_conf_origins *from)
{
    struct dirent **entries = NULL;
    int n = scandir(folder, &entries, is_wanted, by_name);
    enum tbc_err err = TBC_OK;

    if (n < 0) {
        return errno == ENOENT || errno == ENOTDIR
                   ? TBC_OK
                   : tbc_log_err(TBC_ERR_IO, "%s: %s", folder, strerror(errno));
    }
    for (int i = 0; i < n; i++) {
        char path[TBC_CONF_PATH_MAX];
        int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);

        if (err == TBC_OK) {
            err = len < 0 || (size_t)len >= sizeof path
                      ? tbc_log_err(TBC_ERR_LIMIT, "%s", folder)
                      : read_file(table, path, conf, from);
        }
        free(entries[i]);
    }
    free(entries);
    return err;
}

/* conf.d in the folder of the file. */
static enum tbc_err
read_beside(const struct tbc_conf_table *table, const char *path, void *conf,
            struct tbc_conf_origins *from)
{
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 0 : (int)(slash + 1 - path);
    char folder[TBC_CONF_PATH_MAX];
    int n = snprintf(folder, sizeof folder, "%.*s" FOLDER, len, path);

    return n < 0 || (size_t)n >= sizeof folder ? tbc_log_err(TBC_ERR_LIMIT, "%s", path)
                                               : read_folder(table, folder, conf, from);
}

enum tbc_err
tbc_conf_read_files(const struct tbc_conf_table *table, const char *path,
                    enum tbc_conf_presence presence, void *conf,
                    struct tbc_conf_origins *from)
{
    bool absent = presence == TBC_CONF_OPTIONAL && access(path, F_OK) != 0 &&
                  (errno == ENOENT || errno == ENOTDIR);
    enum tbc_err err = TBC_OK;

    memset(from, 0, sizeof *from);
    if (!absent) {
        err = read_file(table, path, conf, from);
    }
    return err == TBC_OK ? read_beside(table, path, conf, from) : err;
}

/* The key that a variable's name means, behind the prefix and up to the equals sign; n: none. */
static size_t
find_variable(const struct tbc_conf_table *table, const char *name, size_t len)
{
    for (size_t i = 0; i < table->n; i++) {
        const char *key = table->keys[i].name;
        size_t at = 0;

        while (at < len && key[at] != '\0' &&
               name[at] ==
                   (key[at] >= 'a' && key[at] <= 'z' ? key[at] - 'a' + 'A' : key[at])) {
            at++;
        }
        if (at == len && key[at] == '\0') {
            return i;
        }
    }
    return table->n;
}

/* As behind the equals sign of a file: there a line break would begin another key, a ';' a
 * comment. */
static const char *
take_line(const struct tbc_conf_key *key, const char *value, void *conf)
{
    return strpbrk(value, "\r\n;") != NULL ? "a line break or ';'"
                                           : tbc_conf_take(key, value, conf);
}

enum tbc_err
tbc_conf_read_environment(const struct tbc_conf_table *table, const char *prefix,
                          char *const *environment, void *conf,
                          struct tbc_conf_origins *from)
{
    for (; *environment != NULL; environment++) {
        const char *name = *environment;
        const char *equals = strchr(name, '=');
        const char *wrong;
        size_t i;

        if (strncmp(name, prefix, strlen(prefix)) != 0 || equals == NULL) {
            continue;
        }
        i = find_variable(table, name + strlen(prefix),
                          (size_t)(equals - name) - strlen(prefix));
        wrong = i == table->n ? "no key has this name"
                              : take_line(&table->keys[i], equals + 1, conf);
        if (wrong != NULL) {
            tbc_log(TBC_LOG_ERROR, "%.*s in the environment: %s", (int)(equals - name),
                    name, wrong);
            return TBC_ERR_MALFORMED;
        }
        from->keys[i].where = "environment";
        from->keys[i].line = 0;
    }
    return TBC_OK;
}

enum tbc_err
tbc_conf_set(const struct tbc_conf_table *table, void *conf,
             struct tbc_conf_origins *from, const char *name, const char *value,
             const char *option)
{
    size_t i = 0;
    const char *wrong;

    if (value == NULL) {
        return TBC_OK;
    }
    while (strcmp(table->keys[i].name, name) != 0) {
        i++;
    }
    if ((wrong = take_line(&table->keys[i], value, conf)) != NULL) {
        const bool hidden = table->keys[i].secret;

        tbc_log(TBC_LOG_ERROR, "%s%s%s: %s", option, hidden ? "" : " ",
                hidden ? "" : value, wrong);
        return TBC_ERR_MALFORMED;
    }
    if (from != NULL) {
        from->keys[i].where = option;
        from->keys[i].line = 0;
    }
    return TBC_OK;
}

/* Contradictions are between keys of perhaps several files: the one named first is shown. */
enum tbc_err
tbc_conf_check(const struct tbc_conf_table *table, const char *path, const void *conf,
               const struct tbc_conf_origins *from)
{
    const char *fault = table->fault(conf);

    if (fault == NULL) {
        return TBC_OK;
    }
    for (size_t i = 0; i < table->n; i++) {
        size_t len = strlen(table->keys[i].name);

        if (strncmp(fault, table->keys[i].name, len) == 0 &&
            (fault[len] == ' ' || fault[len] == ':') && from->keys[i].line != 0) {
            tbc_log(TBC_LOG_ERROR, "%s:%zu: [%s] %s", from->keys[i].where,
                    from->keys[i].line, table->keys[i].section, fault);
            return TBC_ERR_MALFORMED;
        }
    }
    tbc_log(TBC_LOG_ERROR, "%s: %s", path, fault);
    return TBC_ERR_MALFORMED;
}

/* "[section]" where another begins. */
static void
put_section(const char **section, const struct tbc_conf_key *key, struct tbc_buf *out)
{
    if (strcmp(*section, key->section) != 0) {
        (void)tbc_buf_printf(out, "%s[%s]\n", **section == '\0' ? "" : "\n",
                             key->section);
        *section = key->section;
    }
}

/* "# help (range)": what one may write there. */
static void
put_help(const struct tbc_conf_key *key, struct tbc_buf *out)
{
    const char *when = key->live ? "" : "; at the next start";

    if (key->type == TBC_CONF_IS_NUMBER) {
        (void)tbc_buf_printf(out, "# %s (%" PRId64 "..%" PRId64 "%s)\n", key->help,
                             key->least, key->most, when);
    } else {
        (void)tbc_buf_printf(out, "# %s (at most %zu bytes%s)\n", key->help,
                             key->size - 1, when);
    }
}

enum tbc_err
tbc_conf_put_file(const struct tbc_conf_table *table, const void *conf,
                  struct tbc_buf *out)
{
    const char *section = "";

    for (size_t i = 0; i < table->n; i++) {
        const struct tbc_conf_key *key = &table->keys[i];

        put_section(&section, key, out);
        put_help(key, out);
        (void)tbc_buf_printf(out, "%s = ", key->name);
        tbc_conf_put(key, conf, out);
        (void)tbc_buf_append_str(out, "\n");
    }
    return tbc_buf_status(out);
}

enum tbc_err
tbc_conf_print(const struct tbc_conf_table *table, const void *conf,
               const struct tbc_conf_origins *from, struct tbc_buf *out)
{
    const char *section = "";

    for (size_t i = 0; i < table->n; i++) {
        const struct tbc_conf_key *key = &table->keys[i];
        const bool hidden = key->secret && *((const char *)conf + key->offset) != '\0';

        put_section(&section, key, out);
        put_help(key, out);
        (void)tbc_buf_printf(out, hidden ? "# %s = (set)" : "%s = ", key->name);
        if (!hidden) {
            tbc_conf_put(key, conf, out);
        }
        (void)tbc_buf_printf(out, "  ; %s",
                             from->keys[i].where == NULL ? "default"
                                                         : from->keys[i].where);
        if (from->keys[i].line != 0) {
            (void)tbc_buf_printf(out, ":%zu", from->keys[i].line);
        }
        (void)tbc_buf_append_str(out, "\n");
    }
    return tbc_buf_status(out);
}

void
tbc_conf_follow(const struct tbc_conf_table *table, void *conf, const void *newer)
{
    for (size_t i = 0; i < table->n; i++) {
        const struct tbc_conf_key *key = &table->keys[i];

        if (tbc_conf_is_same(key, conf, newer)) {
            continue;
        }
        if (key->live) {
            tbc_conf_copy(key, newer, conf);
            tbc_log(TBC_LOG_INFO, "[%s] %s is in force", key->section, key->name);
        } else {
            tbc_log(TBC_LOG_WARN,
                    "[%s] %s cannot change while the program runs: restart it",
                    key->section, key->name);
        }
    }
}
