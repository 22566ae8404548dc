#include "sys/device.h"

#include "crypto/secret.h"
#include "sys/conf.h"
#include "sys/file.h"
#include "sys/log.h"

#include <string.h>
#include <sys/stat.h>

#define FILE_MAX_LEN 4096

static const struct tbc_conf_key keys[] = {
    TBC_CONF_TEXT("device", "name", struct tbc_device_file, name),
    TBC_CONF_TEXT("device", "role", struct tbc_device_file, role),
    TBC_CONF_TEXT("device", "public", struct tbc_device_file, public_key),
    TBC_CONF_TEXT("device", "secret", struct tbc_device_file, secret_key),
    TBC_CONF_TEXT("station", "front", struct tbc_device_file, front),
    TBC_CONF_TEXT("station", "feed", struct tbc_device_file, feed),
    TBC_CONF_TEXT("station", "key", struct tbc_device_file, station_key),
    TBC_CONF_TEXT("station", "root", struct tbc_device_file, root),
};

#define KEYS_N (sizeof keys / sizeof *keys)

/* All but the root must be there: a station may not have been given its trust list yet. */
static const char *
missing(const struct tbc_device_file *d)
{
    const uint8_t *base = (const uint8_t *)d;

    for (size_t i = 0; i < KEYS_N; i++) {
        if (base[keys[i].offset] == '\0' && strcmp(keys[i].name, "root") != 0) {
            return keys[i].name;
        }
    }
    if (strlen(d->public_key) != TBC_Z85_LEN) {
        return "public (40 characters)";
    }
    if (strlen(d->secret_key) != TBC_Z85_LEN) {
        return "secret (40 characters)";
    }
    return strlen(d->station_key) == TBC_Z85_LEN ? NULL : "key (40 characters)";
}

static enum tbc_err
load(const char *path, struct tbc_buf *text)
{
    enum tbc_err err = tbc_secret_load(path, FILE_MAX_LEN, text);
    struct stat st;

    if (err == TBC_ERR_DENIED && stat(path, &st) == 0 &&
        (st.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return tbc_log_err(err, "%s: others can read this secret; chmod 600 it", path);
    }
    return err == TBC_OK ? err : tbc_log_err(err, "%s", path);
}

enum tbc_err
tbc_device_read(struct tbc_device_file *d, const char *path)
{
    struct tbc_buf text = { 0 };
    const char *what;
    enum tbc_err err;

    *d = (struct tbc_device_file){ 0 };
    if ((err = load(path, &text)) != TBC_OK ||
        (err = tbc_conf_read(path, tbc_buf_span(&text), keys, KEYS_N, d)) != TBC_OK) {
        goto out;
    }
    if ((what = missing(d)) != NULL) {
        err = tbc_log_err(TBC_ERR_MALFORMED, "%s: %s is missing or wrong", path, what);
    }
out:
    tbc_buf_fini(&text);
    if (err != TBC_OK) {
        tbc_device_fini(d);
    }
    return err;
}

static enum tbc_err
put(const struct tbc_device_file *d, struct tbc_buf *out)
{
    return tbc_buf_printf(out,
                          "[device]\nname = %s\nrole = %s\npublic = %s\nsecret = %s\n"
                          "[station]\nfront = %s\nfeed = %s\nkey = %s\nroot = %s\n",
                          d->name, d->role, d->public_key, d->secret_key, d->front,
                          d->feed, d->station_key, d->root);
}

enum tbc_err
tbc_device_write(const struct tbc_device_file *d, const char *path)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err = put(d, &text);

    if (err == TBC_OK) {
        err = tbc_secret_store(path, tbc_buf_span(&text));
    }
    tbc_buf_fini(&text);
    return err;
}

enum tbc_err
tbc_device_replace(const struct tbc_device_file *d, const char *path)
{
    struct tbc_buf text = { 0 };
    enum tbc_err err = put(d, &text);

    if (err == TBC_OK) {
        err = tbc_file_write(path, tbc_buf_span(&text), S_IRUSR | S_IWUSR);
    }
    tbc_buf_fini(&text);
    return err;
}

void
tbc_device_fini(struct tbc_device_file *d)
{
    tbc_wipe(d, sizeof *d);
}
