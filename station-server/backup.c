/* BACKUP: a copy of the database, made while the station works. */
#include "base/text.h"
#include "station.h"
#include "sys/clock.h"
#include "sys/log.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#define FOLDER "backups"

/* By the time, and by the request, for there may be two in a second. */
static enum tbc_err
name_file(struct station *st, const struct station_call *call,
          char path[static STATION_PATH_MAX])
{
    const struct tbc_civil t = tbc_utc_civil(call->now, 0);
    const uint8_t *id = call->request->id;
    char folder[STATION_PATH_MAX];
    char relative[sizeof st->backup.name + sizeof FOLDER + 1];
    enum tbc_err err = station_path(st->data, FOLDER, folder);

    (void)snprintf(st->backup.name, sizeof st->backup.name,
                   "station-%04d%02d%02dT%02d%02d%02dZ-%02x%02x%02x.db", t.year % 10000,
                   t.month, t.day, t.hour, t.minute, t.second, id[0], id[1], id[2]);
    (void)snprintf(relative, sizeof relative, "%s/%s", FOLDER, st->backup.name);
    if (err != TBC_OK) {
        return err;
    }
    if (mkdir(folder, S_IRWXU) != 0 && errno != EEXIST) {
        return tbc_log_err(TBC_ERR_IO, "%s: %s", folder, strerror(errno));
    }
    return station_path(st->data, relative, path);
}

enum tbc_code
station_on_backup(struct station *st, struct station_call *call)
{
    struct station_backup *b = &st->backup;
    char path[STATION_PATH_MAX];
    enum tbc_err err;

    if (b->job != NULL) {
        return station_refuse(call, TBC_CODE_EXISTS, "a backup is being made");
    }
    if (st->rekeying) { /* it would need both keys, and one of them is about to go */
        return station_refuse(call, TBC_CODE_EXISTS,
                              "the sealing key is being changed");
    }
    if ((err = name_file(st, call, path)) == TBC_OK) {
        err = tbc_backup_begin(&b->job, st->store, path);
    }
    if (err == TBC_ERR_UNSUPPORTED) {
        return station_refuse(call, TBC_CODE_UNSUPPORTED,
                              "PostgreSQL: use pg_basebackup");
    }
    if (err != TBC_OK) {
        return station_refuse(call, TBC_CODE_TROUBLE, tbc_err_text(err));
    }
    b->peer = *call->peer;
    memcpy(b->request, call->request->id, sizeof b->request);
    call->later = true;
    return TBC_CODE_FINE;
}

static void
fill(const struct station_backup *b, struct tbc_backup_reply *out)
{
    const struct tbc_backup_said *said = tbc_backup_said(b->job);

    *out = (struct tbc_backup_reply){ .size = said->size,
                                      .log_size = said->log_size,
                                      .at = said->at };
    memcpy(out->name, b->name, sizeof out->name);
    memcpy(out->sha256, said->sha256, sizeof out->sha256);
}

static enum tbc_err
answer(struct station *st, enum tbc_err outcome)
{
    struct station_backup *b = &st->backup;
    struct tbc_request request = { .op = TBC_OP_BACKUP };
    struct station_call call = { .request = &request,
                                 .peer = &b->peer,
                                 .device = station_device(st, b->peer.key),
                                 .now = tbc_clock_utc() };
    struct tbc_buf bytes = { 0 };
    enum tbc_code code = TBC_CODE_FINE;
    enum tbc_err err = TBC_OK;

    memcpy(request.id, b->request, sizeof request.id);
    if (outcome == TBC_OK) {
        fill(b, &st->reply.backup);
        tbc_log(TBC_LOG_INFO, "backup %s/%s", FOLDER, b->name);
    } else {
        code = station_refuse(&call, TBC_CODE_TROUBLE, tbc_err_text(outcome));
        (void)tbc_log_err(outcome, "backup %s/%s", FOLDER, b->name);
    }
    tbc_backup_end(&b->job);
    if (call.device != NULL) { /* not revoked while it waited */
        err = station_reply(st, &call, code, &bytes);
    }
    tbc_buf_fini(&bytes);
    return err;
}

enum tbc_err
station_backup_step(struct station *st)
{
    bool done = false;
    enum tbc_err err = tbc_backup_step(st->backup.job, tbc_clock_utc(), &done);

    return err != TBC_OK || done ? answer(st, err) : TBC_OK;
}
