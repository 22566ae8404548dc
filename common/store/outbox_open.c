/* The outbox: its file, made, or found to be ours and sound. */
#include "store/box.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION \
    "1413631842" /* "TBOb": a file of ours and not some other database */
#define FORMAT     2
#define OWNER_MAX  127
#define FRAMES_MAX 8192 /* 32 MiB of log, and a commit does wait */

/* The rule "version never goes back" of `kept` guards lists and the clock's floor alike. */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE kept (name TEXT PRIMARY KEY, version INTEGER NOT NULL,"
    " fetched INTEGER NOT NULL, bytes BLOB NOT NULL, seal BLOB NOT NULL) STRICT;"
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " event BLOB NOT NULL UNIQUE, cti BLOB NOT NULL, verdict INTEGER NOT NULL,"
    " at INTEGER NOT NULL, train TEXT NOT NULL, depart INTEGER NOT NULL,"
    " earlier INTEGER NOT NULL, settled INTEGER NOT NULL, conflict INTEGER NOT NULL,"
    " seal BLOB NOT NULL, act INTEGER NOT NULL DEFAULT 0, annuls BLOB, holder BLOB,"
    " heard INTEGER NOT NULL DEFAULT 0) STRICT;"
    "CREATE INDEX entry_cti ON entry (cti);"
    "CREATE INDEX entry_holder ON entry (holder) WHERE holder IS NOT NULL;"
    "CREATE INDEX entry_waiting ON entry (seq) WHERE settled = 0;"
    "CREATE TABLE proof (id BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE note (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " what TEXT NOT NULL) STRICT;"
    "PRAGMA application_id = " APPLICATION ";"
    "PRAGMA user_version = 2;"
    "COMMIT;";

/* From the first format to the second: exits, annulments, and whose the certificate was. */
static const char from_1[] =
    "BEGIN IMMEDIATE;"
    "ALTER TABLE entry ADD COLUMN act INTEGER NOT NULL DEFAULT 0;"
    "ALTER TABLE entry ADD COLUMN annuls BLOB;"
    "ALTER TABLE entry ADD COLUMN holder BLOB;"
    "ALTER TABLE entry ADD COLUMN heard INTEGER NOT NULL DEFAULT 0;"
    "CREATE INDEX entry_holder ON entry (holder) WHERE holder IS NOT NULL;"
    "PRAGMA user_version = 2;";

static enum tbc_err
check_entries(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    struct tbc_box_row row;
    enum tbc_err err =
        tbc_box_ask(box, "SELECT " TBC_BOX_ROW " FROM entry", NULL, 0, &st);
    int rc = SQLITE_DONE;

    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = tbc_box_read_row(st, &row);
    }
    tbc_box_end(box, st);
    return err != TBC_OK ? err : tbc_box_err(rc);
}

/* The pages of the file: trees, indices and row counts fit together. */
static enum tbc_err
check_pages(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = tbc_box_ask(box, "PRAGMA integrity_check(1)", NULL, 0, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = tbc_box_err(rc);
        if (rc == SQLITE_ROW &&
            !tbc_span_equal(tbc_box_bytes(st, 0), tbc_span_str("ok"))) {
            err = TBC_ERR_CORRUPT;
        }
    }
    tbc_box_end(box, st);
    return err;
}

/* A new file gets its tables; another program's or a later one of ours is left alone. */
static enum tbc_err
check_format(struct tbc_outbox *box, bool *is_new, int64_t *version)
{
    int64_t application;
    int64_t tables;
    enum tbc_err err;

    *is_new = false;
    if ((err = tbc_box_number(box, "PRAGMA application_id", &application)) != TBC_OK ||
        (err = tbc_box_number(box, "PRAGMA user_version", version)) != TBC_OK ||
        (err = tbc_box_number(box, "SELECT count(*) FROM sqlite_schema", &tables)) !=
            TBC_OK) {
        return err;
    }
    *is_new = tables == 0 && application == 0;
    if (*is_new) {
        return TBC_OK;
    }
    if (application != strtoll(APPLICATION, NULL, 10)) {
        return TBC_ERR_CORRUPT;
    }
    return *version > 0 && *version <= FORMAT ? TBC_OK : TBC_ERR_UNSUPPORTED;
}

static enum tbc_err
check_owner(struct tbc_outbox *box, const char *owner)
{
    struct tbc_buf kept = { 0 };
    enum tbc_err err = tbc_outbox_load(box, "owner", &kept, NULL, NULL);

    if (err == TBC_OK && !tbc_span_equal(tbc_buf_span(&kept), tbc_span_str(owner))) {
        err = TBC_ERR_CONFLICT;
    }
    tbc_buf_fini(&kept);
    return err == TBC_ERR_NOT_FOUND ? TBC_ERR_CORRUPT : err;
}

static enum tbc_err
make_tables(struct tbc_outbox *box, const char *owner)
{
    enum tbc_err err = tbc_box_exec(box, schema);

    if (err != TBC_OK) {
        return tbc_box_finish(box, err);
    }
    return tbc_outbox_keep(box, "owner", 0, (struct tbc_utc){ 0 }, tbc_span_str(owner));
}

/* An older journal keeps everything; one step, whole or not at all. */
static enum tbc_err
bring_up_to_date(struct tbc_outbox *box, int64_t version)
{
    return version == FORMAT ? TBC_OK : tbc_box_finish(box, tbc_box_exec(box, from_1));
}

/* A private file: sqlite itself would make it readable by all. */
static enum tbc_err
make_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

    if (fd < 0) {
        return errno == ENOENT ? TBC_ERR_NOT_FOUND : TBC_ERR_IO;
    }
    close(fd);
    return TBC_OK;
}

/* Where SQLite would bring the log into the file within a commit: nobody shall wait for that, so it is
 * only counted, unless there was no rest for very long. */
static int
count_frames(void *arg, sqlite3 *db, const char *name, int frames)
{
    struct tbc_outbox *box = arg;

    (void)name;
    box->frames = frames;
    return frames < FRAMES_MAX ? SQLITE_OK
                               : sqlite3_wal_checkpoint_v2(
                                     db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
}

enum tbc_err
tbc_outbox_rest(struct tbc_outbox *box)
{
    int rc;

    if (box->frames == 0) {
        return TBC_OK;
    }
    rc =
        sqlite3_wal_checkpoint_v2(box->db, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL);
    if (rc == SQLITE_OK) {
        box->frames = 0; /* the log begins anew in the room that it has */
    }
    return tbc_box_last(box, rc);
}

static enum tbc_err
open_checked(struct tbc_outbox *box, const char *path, const char *owner)
{
    bool is_new;
    int64_t version = 0;
    enum tbc_err err;

    if ((err = make_file(path)) != TBC_OK ||
        (err = tbc_box_err(sqlite3_open_v2(
             path, &box->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL))) !=
            TBC_OK ||
        (err = tbc_box_exec(
             box, "PRAGMA locking_mode = EXCLUSIVE;" /* keeps it the only one */
                  "PRAGMA journal_mode = WAL;"
                  "PRAGMA synchronous = FULL;"
                  "PRAGMA trusted_schema = OFF;"
                  "PRAGMA cell_size_check = ON;")) != TBC_OK ||
        (err = check_format(box, &is_new, &version)) != TBC_OK) {
        return err;
    }
    (void)sqlite3_wal_hook(box->db, count_frames, box);
    if (is_new) {
        return make_tables(box, owner);
    }
    /* What stands in the log is written anew to its place: after a failed sync it can be read,
     * but may never have reached the disk, and no later sync would bring it there. */
    if ((err = tbc_box_exec(box, "PRAGMA wal_checkpoint(TRUNCATE)")) != TBC_OK) {
        return err;
    }
    if ((err = check_pages(box)) != TBC_OK ||
        (err = tbc_box_check_kept(box)) != TBC_OK ||
        (err = check_owner(box, owner)) != TBC_OK ||
        (err = bring_up_to_date(box, version)) != TBC_OK) {
        return err;
    }
    return check_entries(box);
}

static void
explain(struct tbc_outbox *box, enum tbc_err err, struct tbc_buf *why)
{
    const char *text = tbc_err_text(err);

    if (err == TBC_ERR_CONFLICT) {
        text = "the journal of another device";
    } else if (err == TBC_ERR_BUSY) {
        text = "in use by another process";
    } else if (err == TBC_ERR_UNSUPPORTED) {
        text = "written by a later version of this program";
    } else if (err == TBC_ERR_IO && box->db != NULL) {
        text = sqlite3_errmsg(box->db);
    }
    (void)tbc_buf_append_str(why, text); /* half a reason is better than none */
}

enum tbc_err
tbc_outbox_open(struct tbc_outbox **box, const char *path, const char *owner,
                struct tbc_buf *why)
{
    enum tbc_err err;

    *box = NULL;
    if (strlen(owner) > OWNER_MAX) {
        return TBC_ERR_LIMIT;
    }
    *box = calloc(1, sizeof **box);
    if (*box == NULL) {
        return TBC_ERR_NO_MEMORY;
    }
    err = open_checked(*box, path, owner);
    if (err != TBC_OK) {
        explain(*box, err, why);
        tbc_outbox_close(box);
    }
    return err;
}

void
tbc_outbox_close(struct tbc_outbox **box)
{
    if (*box != NULL) {
        tbc_box_forget_statements(*box);
        sqlite3_close((*box)->db);
        free(*box);
        *box = NULL;
    }
}

const char *
tbc_outbox_trouble(struct tbc_outbox *box)
{
    return sqlite3_errmsg(box->db);
}
