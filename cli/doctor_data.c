/* What can be seen in the folder of a station: modes, configuration, database, keys, trust list. */
#include "base/ini.h"
#include "crypto/keyring.h"
#include "doctor.h"
#include "store/check.h"
#include "sys/clock.h"
#include "sys/file.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define PATH_LEN    1024
#define MIB         (UINT64_C(1) << 20)
#define CLOCK_BACK  300 /* as the station has it */
#define KEY_MAX_LEN 16384

static bool
path_of(const struct doctor *d, const char *name, char path[static PATH_LEN])
{
    int n = snprintf(path, PATH_LEN, "%s/%s", d->data, name);

    return n > 0 && n < PATH_LEN;
}

static void
look_at_modes(struct doctor *d)
{
    static const char *const names[] = { "sealing.key", "pseudonym.key",
                                         "curve.key",   "issuer.pem",
                                         "station.db",  "operator.device" };
    size_t fine = 0;

    for (size_t i = 0; i < CLI_COUNT(names); i++) {
        char path[PATH_LEN];
        struct stat st;

        if (!path_of(d, names[i], path) || stat(path, &st) != 0) {
            if (i < 3) {
                doctor_add(d, DOCTOR_FAIL, "file modes",
                           "restore it from where the keys are kept; without it the "
                           "database says nothing",
                           "%s: %s", names[i], strerror(errno));
            }
        } else if ((st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
            doctor_add(d, DOCTOR_FAIL, "file modes",
                       "chmod 600 it, and ask who read it", "%s: others can read it",
                       names[i]);
        } else {
            fine++;
        }
    }
    if (fine >= 3) {
        doctor_add(d, DOCTOR_OK, "file modes", "", "%zu files are their owner's alone",
                   fine);
    }
}

/* A next secret that lies there longer than its change takes was never taken over. */
static void
look_at_changes(struct doctor *d)
{
    static const struct {
        const char *name;
        int64_t most_s;
    } nexts[] = { { "sealing-next.key", TBC_DAY_S },
                  { "pseudonym-next.key", 11 * TBC_DAY_S } };
    const struct tbc_utc now = tbc_clock_utc();

    for (size_t i = 0; i < CLI_COUNT(nexts); i++) {
        char path[PATH_LEN];
        char when[48];
        struct stat st;

        if (!path_of(d, nexts[i].name, path) || stat(path, &st) != 0) {
            continue;
        }
        doctor_ago((struct tbc_utc){ st.st_mtime }, now, when);
        doctor_add(d, now.s - st.st_mtime > nexts[i].most_s ? DOCTOR_WARN : DOCTOR_OK,
                   "key change", "SIGHUP the station, and look into its log",
                   "%s was made %s, and goes when the change is done", nexts[i].name,
                   when);
    }
}

/* [listen] of what --print-config said. */
static void
take_listen(struct doctor *d, struct tbc_span text)
{
    const struct {
        const char *name;
        char *to;
        size_t size;
    } keys[] = { { "front", d->front, sizeof d->front },
                 { "feed", d->feed, sizeof d->feed },
                 { "http", d->http, sizeof d->http } };
    struct tbc_ini ini;

    tbc_ini_open(&ini, text);
    while (tbc_ini_next(&ini) == TBC_OK) {
        for (size_t i = 0; i < CLI_COUNT(keys); i++) {
            if (strcmp(ini.section, "listen") == 0 &&
                strcmp(ini.name, keys[i].name) == 0) {
                (void)snprintf(keys[i].to, keys[i].size, "%s", tbc_buf_str(&ini.value));
            }
        }
    }
    tbc_ini_fini(&ini);
}

void
doctor_judge_configuration(struct doctor *d, const char *program, int code,
                           const char *text)
{
    if (text == NULL || code < 0 || code == 127) {
        doctor_add(d, DOCTOR_UNKNOWN, "configuration",
                   "run it with --check-config by hand",
                   "%s is not beside this program", program);
    } else if (code != 0) {
        /* the line behind time, program and level */
        const char *at = strstr(text, "error: ");

        at = at == NULL ? text : at + strlen("error: ");
        doctor_add(d, DOCTOR_FAIL, "configuration", "mend that line", "%.*s",
                   (int)strcspn(at, "\n"), at);
    } else {
        doctor_add(d, DOCTOR_OK, "configuration", "", "reads well");
    }
}

static void
look_at_configuration(struct doctor *d)
{
    const char *const options[] = { "--data", d->data, "--print-config", NULL };
    struct tbc_buf said = { 0 };
    int code = doctor_ask_program("tbc-station", options, &said);

    doctor_judge_configuration(d, "tbc-station", code, tbc_buf_str(&said));
    if (code == 0) {
        take_listen(d, tbc_buf_span(&said));
    }
    tbc_buf_fini(&said);
}

static void
look_at_database(struct doctor *d)
{
    struct tbc_store_look look;
    char path[PATH_LEN];
    enum tbc_err err;

    if (!path_of(d, "station.db", path) || access(path, F_OK) != 0) {
        doctor_add(d, DOCTOR_WARN, "database",
                   "right when [store] url names a server: look there",
                   "no station.db in the folder");
        return;
    }
    err = tbc_store_check(path, &look);
    if (err != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "database", "restore a backup", "station.db: %s",
                   tbc_err_text(err));
    } else if (look.version > look.newest) {
        doctor_add(d, DOCTOR_FAIL, "database", "install the newer program that made it",
                   "version %" PRId64 ", this program knows %" PRId64, look.version,
                   look.newest);
    } else if (look.in_use) {
        doctor_add(d, DOCTOR_OK, "database", "",
                   "version %" PRId64 ", in use by a running station", look.version);
    } else if (!look.sound) {
        doctor_add(d, DOCTOR_FAIL, "database",
                   "keep the file, restore a backup, look at the disk",
                   "its pages do not hang together");
    } else {
        doctor_add(d, DOCTOR_OK, "database", "",
                   "version %" PRId64 " of %" PRId64 ", sound", look.version,
                   look.newest);
    }
}

void
doctor_look_at_disk(struct doctor *d, const char *way)
{
    struct statvfs fs;
    uint64_t free_bytes;
    uint64_t percent;
    enum doctor_state state = DOCTOR_OK;

    if (statvfs(d->data, &fs) != 0 || fs.f_blocks == 0) {
        doctor_add(d, DOCTOR_UNKNOWN, "disk", "look with df", "%s", strerror(errno));
        return;
    }
    free_bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
    percent = (uint64_t)fs.f_bavail * 100 / (uint64_t)fs.f_blocks;
    if (free_bytes < 1024 * MIB || percent < 5) {
        state = free_bytes < 100 * MIB ? DOCTOR_FAIL : DOCTOR_WARN;
    }
    doctor_add(d, state, "disk", way, "%" PRIu64 " MiB free, %" PRIu64 " %%",
               free_bytes / MIB, percent);
}

/* A database from the future means a clock from the past. */
static void
look_at_clock(struct doctor *d)
{
    const struct tbc_utc now = tbc_clock_utc();
    char path[PATH_LEN];
    char when[48];
    struct stat st;

    if (!path_of(d, "station.db", path) || stat(path, &st) != 0) {
        return;
    }
    doctor_ago((struct tbc_utc){ st.st_mtime }, now, when);
    doctor_add(d, now.s + CLOCK_BACK < st.st_mtime ? DOCTOR_FAIL : DOCTOR_OK, "clock",
               "set the clock; the station issues nothing until it is right",
               "the database was last changed %s", when);
}

void
doctor_judge_trust(struct doctor *d, const struct tbc_trustlist *list, const char *way)
{
    const struct tbc_utc now = tbc_clock_utc();
    enum doctor_state state = now.s >= list->exp.s    ? DOCTOR_FAIL
                              : now.s >= list->warn.s ? DOCTOR_WARN
                                                      : DOCTOR_OK;
    char end[TBC_RFC3339_SIZE];
    char when[48];

    tbc_utc_format(list->exp, end);
    doctor_ago(list->exp, now, when);
    doctor_add(d, state, "trust list", way, "version %" PRIu64 " ends %s, %s",
               list->version, end, when);
}

/* The key's file may be encrypted: then only the station can say. */
static void
look_at_key(struct doctor *d, const struct tbc_keyring *ring)
{
    struct tbc_key *key = NULL;
    struct tbc_buf file = { 0 };
    uint8_t kid[TBC_KID_LEN];
    char path[PATH_LEN];
    enum tbc_err err;

    if (!path_of(d, "issuer.pem", path) || access(path, F_OK) != 0) {
        doctor_add(d, DOCTOR_WARN, "issuer key",
                   "right when --issuer names a token; else tbc keys make",
                   "no issuer.pem in the folder");
        return;
    }
    if ((err = tbc_file_read(path, KEY_MAX_LEN, &file)) == TBC_OK) {
        err = tbc_key_parse_public(&key, tbc_buf_span(&file));
    }
    tbc_buf_fini(&file);
    if (err == TBC_ERR_PASS_WANTED) {
        doctor_add(d, DOCTOR_OK, "issuer key", "", "encrypted: the station opens it");
    } else if (err != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "issuer key", "restore it, or tbc keys rotate",
                   "issuer.pem: %s", tbc_err_text(err));
    } else {
        tbc_key_kid(key, kid);
        doctor_add(
            d,
            tbc_keyring_find(ring, kid, tbc_clock_utc(), NULL) != NULL ? DOCTOR_OK
                                                                       : DOCTOR_FAIL,
            "issuer key",
            "tbc trust add its public half, sign, then SIGHUP the station",
            "%s the trust list's, now",
            tbc_keyring_find(ring, kid, tbc_clock_utc(), NULL) != NULL ? "is one of"
                                                                       : "is none of");
    }
    tbc_key_free(&key);
}

static void
look_at_trust(struct doctor *d)
{
    struct tbc_keyring *ring = NULL;
    struct tbc_buf file = { 0 };
    char path[PATH_LEN];
    enum tbc_err err = path_of(d, "trust.cose", path)
                           ? tbc_file_read(path, TBC_TRUST_BYTES_MAX, &file)
                           : TBC_ERR_LIMIT;

    if (err == TBC_OK) {
        err = tbc_keyring_open(&ring, tbc_buf_span(&file), NULL, NULL);
    }
    if (err != TBC_OK) {
        doctor_add(d, DOCTOR_FAIL, "trust list",
                   "tbc trust make, add, sign; nothing can be issued without",
                   "trust.cose: %s", tbc_err_text(err));
    } else {
        doctor_judge_trust(d, tbc_keyring_list(ring),
                           "tbc trust renew, sign, then SIGHUP the station");
        look_at_key(d, ring);
    }
    tbc_keyring_free(&ring);
    tbc_buf_fini(&file);
}

bool
doctor_look_at_folder(struct doctor *d, const char *option)
{
    struct stat st;

    if (stat(d->data, &st) != 0 || !S_ISDIR(st.st_mode)) {
        doctor_add(d, DOCTOR_UNKNOWN, "folder", option, "%.100s: %s", d->data,
                   strerror(errno == 0 ? ENOTDIR : errno));
        d->data = NULL;
        return false;
    }
    doctor_add(d, (st.st_mode & (S_IRWXG | S_IRWXO)) != 0 ? DOCTOR_FAIL : DOCTOR_OK,
               "folder", "chmod 700 it", "%.100s", d->data);
    return true;
}

void
doctor_look_at_data(struct doctor *d)
{
    if (d->data == NULL || !doctor_look_at_folder(d, "say which with --data")) {
        return;
    }
    look_at_modes(d);
    look_at_changes(d);
    look_at_configuration(d);
    look_at_database(d);
    doctor_look_at_disk(d,
                        "make room: a full disk stops issuing, though nothing is lost");
    look_at_clock(d);
    look_at_trust(d);
}
