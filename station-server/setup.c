#include "setup.h"

#include "crypto/digest.h"
#include "crypto/secret.h"
#include "net/client.h"
#include "store/journal.h"
#include "sys/clock.h"
#include "sys/conf.h"
#include "sys/file.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define CURVE_MAX_LEN 1024

static const struct tbc_conf_key curve_keys[] = {
    TBC_CONF_TEXT("curve", "public", struct station_secrets, curve_public),
    TBC_CONF_TEXT("curve", "secret", struct station_secrets, curve_secret),
};

enum tbc_err
station_path(const char *data, const char *name, char path[static STATION_PATH_MAX])
{
    int n = snprintf(path, STATION_PATH_MAX, "%s/%s", data, name);

    if (n < 0 || n >= STATION_PATH_MAX) {
        return tbc_log_err(TBC_ERR_LIMIT, "%s/%s", data, name);
    }
    return TBC_OK;
}

static enum tbc_err
say(enum tbc_err err, const char *path)
{
    if (err == TBC_ERR_DENIED) {
        return tbc_log_err(err, "%s: others can read this secret; chmod 600 it", path);
    }
    return err == TBC_OK ? err : tbc_log_err(err, "%s", path);
}

static enum tbc_err
read_curve(struct station_secrets *secrets, const char *path)
{
    struct tbc_buf text = { 0 };
    uint8_t key[32];
    enum tbc_err err = say(tbc_secret_load(path, CURVE_MAX_LEN, &text), path);

    if (err == TBC_OK &&
        (err = tbc_conf_read(path, tbc_buf_span(&text), curve_keys, 2, secrets)) ==
            TBC_OK &&
        (!tbc_z85_decode(secrets->curve_public, key) ||
         !tbc_z85_decode(secrets->curve_secret, key))) {
        err = tbc_log_err(TBC_ERR_CORRUPT, "%s", path);
    }
    tbc_wipe(key, sizeof key);
    tbc_buf_fini(&text);
    return err;
}

enum tbc_err
station_secret_read(const char *data, const char *name, uint8_t *out, size_t len)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(data, name, path);

    return err == TBC_OK ? say(tbc_secret_read(path, out, len), path) : err;
}

enum tbc_err
station_secrets_read(struct station_secrets *secrets, const char *data)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    *secrets = (struct station_secrets){ 0 };
    if ((err = station_secret_read(data, "sealing.key", secrets->sealing,
                                   sizeof secrets->sealing)) == TBC_OK &&
        (err = station_path(data, "curve.key", path)) == TBC_OK) {
        err = read_curve(secrets, path);
    }
    if (err != TBC_OK) {
        tbc_wipe(secrets, sizeof *secrets);
    }
    return err;
}

enum tbc_err
station_store_place(const char *data, const struct station_conf *conf,
                    char place[static STATION_PATH_MAX])
{
    if (conf->store[0] == '\0') {
        return station_path(data, "station.db", place);
    }
    (void)snprintf(place, STATION_PATH_MAX, "%s", conf->store);
    return TBC_OK;
}

/* What --init makes. */
static const char *const names[] = {
    "station.db", "sealing.key",  "pseudonym.key",
    "curve.key",  "station.conf", "operator.device",
};

/* Nothing of an earlier station may be there. */
static enum tbc_err
check_empty(const char *data)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < sizeof names / sizeof *names && err == TBC_OK; i++) {
        if ((err = station_path(data, names[i], path)) == TBC_OK &&
            access(path, F_OK) == 0) {
            err = tbc_log_err(TBC_ERR_EXISTS, "%s", path);
        }
    }
    return err;
}

/* None of it was there before. */
static void
remove_made(const char *data)
{
    char path[STATION_PATH_MAX];

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        if (station_path(data, names[i], path) == TBC_OK) {
            (void)unlink(path);
        }
    }
}

static enum tbc_err
make_folder(const char *data)
{
    struct stat st;

    if (mkdir(data, S_IRWXU) != 0 && errno != EEXIST) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", data, strerror(errno));
        return TBC_ERR_IO;
    }
    if (stat(data, &st) != 0 || !S_ISDIR(st.st_mode)) {
        return tbc_log_err(TBC_ERR_IO, "%s: not a folder", data);
    }
    if (chmod(data, S_IRWXU) != 0) {
        tbc_log(TBC_LOG_ERROR, "%s: %s", data, strerror(errno));
        return TBC_ERR_IO;
    }
    return TBC_OK;
}

static enum tbc_err
make_secret(const char *data, const char *name)
{
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(data, name, path);

    return err == TBC_OK ? say(tbc_secret_make(path, 32), path) : err;
}

static enum tbc_err
make_curve(const char *data)
{
    char public_key[TBC_Z85_LEN + 1];
    char secret_key[TBC_Z85_LEN + 1] = "";
    char path[STATION_PATH_MAX];
    struct tbc_buf text = { 0 };
    enum tbc_err err;

    if ((err = station_path(data, "curve.key", path)) == TBC_OK &&
        (err = tbc_curve_pair(public_key, secret_key)) == TBC_OK &&
        (err = tbc_buf_printf(&text, "[curve]\npublic = %s\nsecret = %s\n", public_key,
                              secret_key)) == TBC_OK) {
        err = say(tbc_secret_store(path, tbc_buf_span(&text)), path);
    }
    tbc_wipe(secret_key, sizeof secret_key);
    tbc_buf_fini(&text);
    return err;
}

static enum tbc_err
make_conf(const char *data, const struct station_conf *conf)
{
    char path[STATION_PATH_MAX];
    struct tbc_buf text = { 0 };
    enum tbc_err err;

    if ((err = station_path(data, "station.conf", path)) == TBC_OK &&
        (err = station_conf_put(conf, &text)) == TBC_OK) {
        err = say(tbc_file_write(path, tbc_buf_span(&text), S_IRUSR | S_IWUSR), path);
    }
    tbc_buf_fini(&text);
    return err;
}

static enum tbc_err
add_operator(struct tbc_store *store, const struct tbc_store_device *device)
{
    struct tbc_leaf leaf = { .kind = TBC_LEAF_DEVICE,
                             .time = device->row.added,
                             .word = "ADD",
                             .has_digest = true };
    enum tbc_err err =
        tbc_sha256(tbc_span_of(device->key, sizeof device->key), leaf.digest);

    if (err != TBC_OK || (err = tbc_store_begin(store)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_store_device_add(store, device)) != TBC_OK ||
        (err = tbc_journal_append(store, &leaf, NULL, NULL)) != TBC_OK ||
        (err = tbc_store_commit(store)) != TBC_OK) {
        tbc_store_rollback(store);
    }
    return err;
}

/* The operator's device, known to the database before its file says so. */
static enum tbc_err
make_operator(const char *data, const struct station_conf *conf,
              const struct station_secrets *secrets, struct tbc_store *store)
{
    struct tbc_device_file file = { .name = STATION_OPERATOR, .role = "operator" };
    struct tbc_store_device device = { .row = { .name = STATION_OPERATOR,
                                                .role = TBC_ROLE_OPERATOR,
                                                .added = tbc_clock_utc() } };
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    memcpy(file.front, conf->front, sizeof file.front);
    memcpy(file.feed, conf->feed, sizeof file.feed);
    memcpy(file.station_key, secrets->curve_public, sizeof file.station_key);
    if ((err = station_path(data, "operator.device", path)) == TBC_OK &&
        (err = tbc_curve_pair(file.public_key, file.secret_key)) == TBC_OK) {
        err = tbc_z85_decode(file.public_key, device.key) ? TBC_OK : TBC_ERR_CRYPTO;
    }
    if (err == TBC_OK && (err = add_operator(store, &device)) == TBC_OK) {
        err = say(tbc_device_write(&file, path), path);
    }
    tbc_device_fini(&file);
    return err;
}

enum tbc_err
station_setup(const char *data, const struct station_conf *conf)
{
    struct station_secrets secrets = { 0 };
    struct tbc_store *store = NULL;
    char place[STATION_PATH_MAX];
    enum tbc_err err;

    if ((err = make_folder(data)) != TBC_OK || (err = check_empty(data)) != TBC_OK) {
        return err;
    }
    if ((err = make_secret(data, "sealing.key")) != TBC_OK ||
        (err = make_secret(data, "pseudonym.key")) != TBC_OK ||
        (err = make_curve(data)) != TBC_OK || (err = make_conf(data, conf)) != TBC_OK ||
        (err = station_secrets_read(&secrets, data)) != TBC_OK ||
        (err = station_store_place(data, conf, place)) != TBC_OK ||
        (err = tbc_store_open(&store, place, secrets.sealing, true)) != TBC_OK) {
        goto out;
    }
    err = make_operator(data, conf, &secrets, store);
out:
    tbc_store_close(&store);
    if (err != TBC_OK) {
        remove_made(data);
    }
    tbc_wipe(&secrets, sizeof secrets);
    return err;
}
