#include "conf.h"

#include "sys/file.h"
#include "sys/log.h"

#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FILE_MAX_LEN (64u << 10)
#define FOLDER       "conf.d"
#define ENDING       ".conf"

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
    if (p->face_retry_permille > p->face_accept_permille) {
        return "face_retry_permille is above face_accept_permille";
    }
    if (p->renewal_s >= p->validity_s) {
        return "renewal_s is not below validity_s";
    }
    return p->gate_closes_s > p->gate_opens_s ? "gate_closes_s is above gate_opens_s"
                                              : NULL;
}

/* One file over what was read before. */
static enum tbc_err
read_file(struct station_conf *conf, const char *path,
          struct station_conf_origins *from)
{
    size_t lines[STATION_CONF_KEYS] = { 0 };
    struct tbc_buf text = { 0 };
    const char *name;
    enum tbc_err err;

    if (from->files_n == STATION_CONF_FILES_MAX) {
        return tbc_log_err(TBC_ERR_LIMIT, "%s: more than %d files", path,
                           STATION_CONF_FILES_MAX);
    }
    name = from->files[from->files_n];
    (void)snprintf(from->files[from->files_n++], STATION_CONF_PATH_MAX, "%s", path);
    if ((err = tbc_file_read(path, FILE_MAX_LEN, &text)) != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    } else {
        err = tbc_conf_read_lines(path, tbc_buf_span(&text), station_conf_keys,
                                  STATION_CONF_KEYS, conf, lines);
    }
    for (size_t i = 0; i < STATION_CONF_KEYS && err == TBC_OK; i++) {
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
read_folder(struct station_conf *conf, const char *folder,
            struct station_conf_origins *from)
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
        char path[STATION_CONF_PATH_MAX];
        int len = snprintf(path, sizeof path, "%s/%s", folder, entries[i]->d_name);

        if (err == TBC_OK) {
            err = len < 0 || (size_t)len >= sizeof path
                      ? tbc_log_err(TBC_ERR_LIMIT, "%s", folder)
                      : read_file(conf, path, from);
        }
        free(entries[i]);
    }
    free(entries);
    return err;
}

/* conf.d in the folder of the file. */
static enum tbc_err
read_beside(struct station_conf *conf, const char *path,
            struct station_conf_origins *from)
{
    const char *slash = strrchr(path, '/');
    int len = slash == NULL ? 0 : (int)(slash + 1 - path);
    char folder[STATION_CONF_PATH_MAX];
    int n = snprintf(folder, sizeof folder, "%.*s" FOLDER, len, path);

    return n < 0 || (size_t)n >= sizeof folder ? tbc_log_err(TBC_ERR_LIMIT, "%s", path)
                                               : read_folder(conf, folder, from);
}

/* Contradictions are between keys of perhaps several files: the one named first is shown. */
static enum tbc_err
check(const struct station_conf *conf, const char *path,
      const struct station_conf_origins *from)
{
    const char *fault = station_conf_fault(conf);

    if (fault == NULL) {
        return TBC_OK;
    }
    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        size_t len = strlen(station_conf_keys[i].name);

        if (strncmp(fault, station_conf_keys[i].name, len) == 0 &&
            (fault[len] == ' ' || fault[len] == ':') && from->keys[i].where != NULL) {
            tbc_log(TBC_LOG_ERROR, "%s:%zu: [%s] %s", from->keys[i].where,
                    from->keys[i].line, station_conf_keys[i].section, fault);
            return TBC_ERR_MALFORMED;
        }
    }
    tbc_log(TBC_LOG_ERROR, "%s: %s", path, fault);
    return TBC_ERR_MALFORMED;
}

enum tbc_err
station_conf_read(struct station_conf *conf, const char *path,
                  struct station_conf_origins *from)
{
    struct station_conf_origins *own = from;
    enum tbc_err err;

    station_conf_init(conf);
    if (own == NULL && (own = malloc(sizeof *own)) == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    memset(own, 0, sizeof *own);
    if ((err = read_file(conf, path, own)) == TBC_OK &&
        (err = read_beside(conf, path, own)) == TBC_OK) {
        err = check(conf, path, own);
    }
    if (own != from) {
        free(own);
    }
    return err;
}

enum tbc_err
station_conf_set(struct station_conf *conf, struct station_conf_origins *from,
                 const char *name, const char *value, const char *option)
{
    size_t i = 0;
    const char *wrong;

    if (value == NULL) {
        return TBC_OK;
    }
    while (strcmp(station_conf_keys[i].name, name) != 0) {
        i++;
    }
    /* a line break would begin another key of station.conf, a ';' a comment */
    wrong = strpbrk(value, "\r\n;") != NULL
                ? "a line break or ';'"
                : tbc_conf_take(&station_conf_keys[i], value, conf);
    if (wrong != NULL) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", option, wrong);
        return TBC_ERR_MALFORMED;
    }
    if (from != NULL) {
        from->keys[i].where = option;
        from->keys[i].line = 0;
    }
    return TBC_OK;
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
station_conf_put(const struct station_conf *conf, struct tbc_buf *out)
{
    const char *section = "";

    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];

        put_section(&section, key, out);
        put_help(key, out);
        (void)tbc_buf_printf(out, "%s = ", key->name);
        tbc_conf_put(key, conf, out);
        (void)tbc_buf_append_str(out, "\n");
    }
    return tbc_buf_status(out);
}

enum tbc_err
station_conf_print(const struct station_conf *conf,
                   const struct station_conf_origins *from, struct tbc_buf *out)
{
    const char *section = "";

    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];
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
station_conf_follow(struct station_conf *conf, const struct station_conf *newer)
{
    for (size_t i = 0; i < STATION_CONF_KEYS; i++) {
        const struct tbc_conf_key *key = &station_conf_keys[i];

        if (tbc_conf_is_same(key, conf, newer)) {
            continue;
        }
        if (key->live) {
            tbc_conf_copy(key, newer, conf);
            tbc_log(TBC_LOG_INFO, "[%s] %s is in force", key->section, key->name);
        } else {
            tbc_log(TBC_LOG_WARN,
                    "[%s] %s cannot change while the station runs: restart it",
                    key->section, key->name);
        }
    }
}
