/* A new sealing key, taken over while the station works.
 *
 * sealing-next.key lies beside sealing.key until no row is under the old one; then it takes its place
 * in one step, which destroys the old.  Killed at any point, the station goes on with what it finds:
 * both files, and the database says how far it is; or the new one alone, and it is done. */
#include "crypto/secret.h"
#include "station.h"
#include "sys/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define PRESENT "sealing.key"
#define NEXT    "sealing-next.key"
#define BITE    500 /* rows of a kind at a beat */

static enum tbc_err
finish_earlier(struct station *st)
{
    bool pending;
    enum tbc_err err = tbc_store_rekey_pending(st->store, &pending);

    if (err != TBC_OK || !pending || st->rekeying) {
        return err;
    }
    if ((err = tbc_store_rekey_end(st->store)) != TBC_OK) {
        return tbc_log_err(err, "the sealing key was being changed: %s is missing",
                           NEXT);
    }
    return TBC_OK;
}

enum tbc_err
station_rekey_open(struct station *st)
{
    uint8_t next[TBC_SEAL_KEY_LEN];
    char path[STATION_PATH_MAX];
    enum tbc_err err = station_path(st->data, NEXT, path);

    if (err != TBC_OK) {
        return err;
    }
    if (access(path, F_OK) != 0) {
        return finish_earlier(st);
    }
    if (st->conf.store[0] != '\0') {
        return tbc_log_err(TBC_ERR_UNSUPPORTED,
                           "%s: on a PostgreSQL, others have the present key", path);
    }
    if (st->backup.job != NULL) {
        return tbc_log_err(TBC_ERR_BUSY, "a backup is being made: SIGHUP again");
    }
    if ((err = tbc_secret_read(path, next, sizeof next)) != TBC_OK) {
        err = tbc_log_err(err, "%s", path);
    } else if ((err = tbc_store_rekey_begin(st->store, next)) == TBC_OK) {
        st->rekeying = true;
        tbc_log(TBC_LOG_INFO, "the sealing key is being changed");
    }
    tbc_wipe(next, sizeof next);
    return err;
}

static enum tbc_err
replace_file(struct station *st)
{
    char present[STATION_PATH_MAX];
    char next[STATION_PATH_MAX];
    int folder = -1;
    enum tbc_err err;

    if ((err = station_path(st->data, PRESENT, present)) != TBC_OK ||
        (err = station_path(st->data, NEXT, next)) != TBC_OK) {
        return err;
    }
    if (rename(next, present) != 0 ||
        (folder = open(st->data, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) < 0 ||
        fsync(folder) != 0) {
        err = tbc_log_err(TBC_ERR_IO, "%s: %s", present, strerror(errno));
    }
    if (folder >= 0) {
        (void)close(folder);
    }
    return err;
}

static enum tbc_err
rekey_pseudonyms(struct station *st, struct tbc_utc now)
{
    bool dropped;
    enum tbc_err err = station_pseudonyms_tend(&st->pseudonyms, now,
                                               st->conf.policy.validity_s, &dropped);

    st->erased = st->erased || dropped;
    return err;
}

enum tbc_err
station_rekey(struct station *st, struct tbc_utc now)
{
    char path[STATION_PATH_MAX];
    bool done;
    enum tbc_err err = rekey_pseudonyms(st, now);

    if (err != TBC_OK || !st->rekeying) {
        return err;
    }
    if ((err = tbc_store_rekey_bite(st->store, BITE, &done)) != TBC_OK || !done) {
        return err;
    }
    if ((err = replace_file(st)) != TBC_OK ||
        (err = station_path(st->data, PRESENT, path)) != TBC_OK ||
        (err = tbc_secret_read(path, st->secrets.sealing, TBC_SEAL_KEY_LEN)) !=
            TBC_OK) {
        return err;
    }
    st->rekeying = false;
    st->erased = true; /* of what is under the old key, nothing stays in the files */
    tbc_log(TBC_LOG_INFO, "the sealing key was changed");
    return tbc_store_rekey_end(st->store);
}
