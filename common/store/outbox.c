#include "store/outbox.h"

#include "codec/cbor.h"
#include "crypto/digest.h"

#include <sqlite3.h>

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define APPLICATION \
    "1413631842" /* "TBOb": a file of ours and not some other database */
#define FORMAT    1
#define OWNER_MAX 127
#define SEAL_LEN  16

struct tbc_outbox {
    sqlite3 *db;
};

/* The rule "version never goes back" of `kept` guards lists and the clock's floor alike. */
static const char schema[] =
    "BEGIN IMMEDIATE;"
    "CREATE TABLE kept (name TEXT PRIMARY KEY, version INTEGER NOT NULL,"
    " fetched INTEGER NOT NULL, bytes BLOB NOT NULL, seal BLOB NOT NULL) STRICT;"
    "CREATE TABLE entry (seq INTEGER PRIMARY KEY AUTOINCREMENT,"
    " event BLOB NOT NULL UNIQUE, cti BLOB NOT NULL, verdict INTEGER NOT NULL,"
    " at INTEGER NOT NULL, train TEXT NOT NULL, depart INTEGER NOT NULL,"
    " earlier INTEGER NOT NULL, settled INTEGER NOT NULL, conflict INTEGER NOT NULL,"
    " seal BLOB NOT NULL) STRICT;"
    "CREATE INDEX entry_cti ON entry (cti);"
    "CREATE INDEX entry_waiting ON entry (seq) WHERE settled = 0;"
    "CREATE TABLE proof (id BLOB PRIMARY KEY, at INTEGER NOT NULL) STRICT;"
    "CREATE TABLE note (seq INTEGER PRIMARY KEY, at INTEGER NOT NULL,"
    " what TEXT NOT NULL) STRICT;"
    "PRAGMA application_id = " APPLICATION ";"
    "PRAGMA user_version = 1;"
    "COMMIT;";

/* One value to bind. */
struct arg {
    enum {
        ARG_INT,
        ARG_BLOB,
        ARG_TEXT
    } kind;
    int64_t number;
    struct tbc_span bytes;
};

static struct arg
arg_int(int64_t number)
{
    return (struct arg){ .kind = ARG_INT, .number = number };
}

static struct arg
arg_blob(const void *ptr, size_t len)
{
    return (struct arg){ .kind = ARG_BLOB, .bytes = tbc_span_of(ptr, len) };
}

static struct arg
arg_text(const char *text)
{
    return (struct arg){ .kind = ARG_TEXT, .bytes = tbc_span_str(text) };
}

static enum tbc_err
sql_err(int rc)
{
    switch (rc & 0xff) {
    case SQLITE_OK:
    case SQLITE_ROW:
    case SQLITE_DONE:
        return TBC_OK;
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return TBC_ERR_BUSY;
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
    case SQLITE_ERROR: /* our statements are right: the tables are not */
        return TBC_ERR_CORRUPT;
    case SQLITE_CONSTRAINT:
        return TBC_ERR_EXISTS;
    case SQLITE_NOMEM:
        return TBC_ERR_NO_MEMORY;
    default:
        return TBC_ERR_IO;
    }
}

static int
bind(sqlite3_stmt *st, int at, const struct arg *arg)
{
    switch (arg->kind) {
    case ARG_INT:
        return sqlite3_bind_int64(st, at, arg->number);
    case ARG_BLOB:
        return arg->bytes.len == 0 ? sqlite3_bind_zeroblob(st, at, 0)
                                   : sqlite3_bind_blob64(st, at, arg->bytes.ptr,
                                                         arg->bytes.len, SQLITE_STATIC);
    case ARG_TEXT:
        return sqlite3_bind_text(st, at, (const char *)arg->bytes.ptr,
                                 (int)arg->bytes.len, SQLITE_STATIC);
    }
    return SQLITE_MISUSE;
}

/* A statement with its values; args are borrowed until it is finalized. */
static enum tbc_err
ask(struct tbc_outbox *box, const char *sql, const struct arg *args, size_t n,
    sqlite3_stmt **st)
{
    int rc = sqlite3_prepare_v2(box->db, sql, -1, st, NULL);

    for (size_t i = 0; i < n && rc == SQLITE_OK; i++) {
        rc = bind(*st, (int)i + 1, &args[i]);
    }
    return sql_err(rc);
}

static enum tbc_err
run(struct tbc_outbox *box, const char *sql, const struct arg *args, size_t n)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = ask(box, sql, args, n, &st);

    if (err == TBC_OK) {
        err = sql_err(sqlite3_step(st));
    }
    sqlite3_finalize(st);
    return err;
}

static enum tbc_err
exec(struct tbc_outbox *box, const char *sql)
{
    return sql_err(sqlite3_exec(box->db, sql, NULL, NULL, NULL));
}

/* Ends a transaction as err says; what was begun is never left open. */
static enum tbc_err
finish(struct tbc_outbox *box, enum tbc_err err)
{
    if (err == TBC_OK) {
        err = exec(box, "COMMIT");
    }
    if (err != TBC_OK && sqlite3_get_autocommit(box->db) == 0) {
        (void)exec(box, "ROLLBACK"); /* err tells the cause */
    }
    return err;
}

static struct tbc_span
column_bytes(sqlite3_stmt *st, int at)
{
    const void *ptr = sqlite3_column_blob(st, at);

    return tbc_span_of(ptr, (size_t)sqlite3_column_bytes(st, at));
}

/* Bytes of exactly that length into an array; what has another length is damage. */
static bool
column_fixed(sqlite3_stmt *st, int at, uint8_t *out, size_t len)
{
    struct tbc_span s = column_bytes(st, at);

    if (s.len != len) {
        return false;
    }
    memcpy(out, s.ptr, len);
    return true;
}

static enum tbc_err
seal_of(const struct tbc_buf *row, uint8_t seal[static SEAL_LEN])
{
    uint8_t digest[TBC_SHA256_LEN];
    enum tbc_err err = tbc_buf_status(row);

    if (err == TBC_OK && (err = tbc_sha256(tbc_buf_span(row), digest)) == TBC_OK) {
        memcpy(seal, digest, SEAL_LEN);
    }
    return err;
}

static enum tbc_err
seal_kept(const char *name, int64_t version, int64_t fetched, struct tbc_span bytes,
          uint8_t seal[static SEAL_LEN])
{
    struct tbc_buf row = { 0 };
    uint8_t digest[TBC_SHA256_LEN];
    enum tbc_err err = tbc_sha256(bytes, digest);

    if (err == TBC_OK) {
        tbc_cbor_put_text(&row, name);
        tbc_cbor_put_int(&row, version);
        tbc_cbor_put_int(&row, fetched);
        tbc_cbor_put_bytes(&row, tbc_span_of(digest, sizeof digest));
        err = seal_of(&row, seal);
    }
    tbc_buf_fini(&row);
    return err;
}

/* A row of `entry` as it stands in the file. */
struct row {
    struct tbc_entry entry;
    struct tbc_utc earlier;
    bool settled;
    bool conflict;
};

static enum tbc_err
seal_row(const struct row *r, uint8_t seal[static SEAL_LEN])
{
    uint8_t storage[256];
    struct tbc_buf row;

    tbc_buf_init_fixed(&row, storage, sizeof storage);
    tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.event, sizeof r->entry.event));
    tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.cti, sizeof r->entry.cti));
    tbc_cbor_put_uint(&row, r->entry.verdict);
    tbc_cbor_put_int(&row, r->entry.at.s);
    tbc_cbor_put_text(&row, r->entry.train);
    tbc_cbor_put_int(&row, r->entry.depart.s);
    tbc_cbor_put_int(&row, r->earlier.s);
    tbc_cbor_put_bool(&row, r->settled);
    tbc_cbor_put_bool(&row, r->conflict);
    return seal_of(&row, seal);
}

#define ROW_COLUMNS \
    "event, cti, verdict, at, train, depart, earlier, settled, conflict, seal"

/* Reads ROW_COLUMNS and checks the digest. */
static enum tbc_err
read_row(sqlite3_stmt *st, struct row *r)
{
    struct tbc_span train = column_bytes(st, 4);
    uint8_t kept[SEAL_LEN];
    uint8_t seal[SEAL_LEN];
    enum tbc_err err;

    *r = (struct row){ 0 };
    if (!column_fixed(st, 0, r->entry.event, sizeof r->entry.event) ||
        !column_fixed(st, 1, r->entry.cti, sizeof r->entry.cti) ||
        !column_fixed(st, 9, kept, sizeof kept) || train.len > TBC_TRAIN_MAX) {
        return TBC_ERR_CORRUPT;
    }
    if (train.len > 0) {
        memcpy(r->entry.train, train.ptr, train.len);
    }
    r->entry.verdict = (uint64_t)sqlite3_column_int64(st, 2);
    r->entry.at.s = sqlite3_column_int64(st, 3);
    r->entry.depart.s = sqlite3_column_int64(st, 5);
    r->entry.told = true;
    r->earlier.s = sqlite3_column_int64(st, 6);
    r->settled = sqlite3_column_int64(st, 7) != 0;
    r->conflict = sqlite3_column_int64(st, 8) != 0;
    err = seal_row(r, seal);
    if (err == TBC_OK && memcmp(seal, kept, sizeof seal) != 0) {
        err = TBC_ERR_CORRUPT;
    }
    return err;
}

static enum tbc_err
check_kept(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    uint8_t seal[SEAL_LEN];
    enum tbc_err err =
        ask(box, "SELECT name, version, fetched, bytes, seal FROM kept", NULL, 0, &st);
    int rc = SQLITE_DONE;

    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = seal_kept((const char *)sqlite3_column_text(st, 0),
                        sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                        column_bytes(st, 3), seal);
        if (err == TBC_OK &&
            !tbc_span_equal(column_bytes(st, 4), tbc_span_of(seal, sizeof seal))) {
            err = TBC_ERR_CORRUPT;
        }
    }
    sqlite3_finalize(st);
    return err != TBC_OK ? err : sql_err(rc);
}

static enum tbc_err
check_entries(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    struct row row;
    enum tbc_err err = ask(box, "SELECT " ROW_COLUMNS " FROM entry", NULL, 0, &st);
    int rc = SQLITE_DONE;

    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = read_row(st, &row);
    }
    sqlite3_finalize(st);
    return err != TBC_OK ? err : sql_err(rc);
}

/* The pages of the file: trees, indices and row counts fit together. */
static enum tbc_err
check_pages(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = ask(box, "PRAGMA integrity_check(1)", NULL, 0, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = sql_err(rc);
        if (rc == SQLITE_ROW &&
            !tbc_span_equal(column_bytes(st, 0), tbc_span_str("ok"))) {
            err = TBC_ERR_CORRUPT;
        }
    }
    sqlite3_finalize(st);
    return err;
}

static enum tbc_err
pragma(struct tbc_outbox *box, const char *sql, int64_t *value)
{
    sqlite3_stmt *st = NULL;
    enum tbc_err err = ask(box, sql, NULL, 0, &st);

    *value = 0;
    if (err == TBC_OK) {
        err = sql_err(sqlite3_step(st));
        *value = err == TBC_OK ? sqlite3_column_int64(st, 0) : 0;
    }
    sqlite3_finalize(st);
    return err;
}

/* A new file gets its tables; another program's or a later one of ours is left alone. */
static enum tbc_err
check_format(struct tbc_outbox *box, bool *is_new)
{
    int64_t application;
    int64_t version;
    int64_t tables;
    enum tbc_err err;

    *is_new = false;
    if ((err = pragma(box, "PRAGMA application_id", &application)) != TBC_OK ||
        (err = pragma(box, "PRAGMA user_version", &version)) != TBC_OK ||
        (err = pragma(box, "SELECT count(*) FROM sqlite_schema", &tables)) != TBC_OK) {
        return err;
    }
    *is_new = tables == 0 && application == 0;
    if (*is_new) {
        return TBC_OK;
    }
    if (application != strtoll(APPLICATION, NULL, 10)) {
        return TBC_ERR_CORRUPT;
    }
    return version == FORMAT ? TBC_OK : TBC_ERR_UNSUPPORTED;
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
    enum tbc_err err = exec(box, schema);

    if (err != TBC_OK) {
        return finish(box, err);
    }
    return tbc_outbox_keep(box, "owner", 0, (struct tbc_utc){ 0 }, tbc_span_str(owner));
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

static enum tbc_err
open_checked(struct tbc_outbox *box, const char *path, const char *owner)
{
    bool is_new;
    enum tbc_err err;

    if ((err = make_file(path)) != TBC_OK ||
        (err = sql_err(sqlite3_open_v2(
             path, &box->db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, NULL))) !=
            TBC_OK ||
        (err = exec(box, "PRAGMA locking_mode = EXCLUSIVE;" /* keeps it the only one */
                         "PRAGMA journal_mode = WAL;"
                         "PRAGMA synchronous = FULL;"
                         "PRAGMA trusted_schema = OFF;"
                         "PRAGMA cell_size_check = ON;")) != TBC_OK ||
        (err = check_format(box, &is_new)) != TBC_OK) {
        return err;
    }
    if (is_new) {
        return make_tables(box, owner);
    }
    if ((err = check_pages(box)) != TBC_OK || (err = check_kept(box)) != TBC_OK ||
        (err = check_entries(box)) != TBC_OK) {
        return err;
    }
    return check_owner(box, owner);
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

static enum tbc_err
insert_row(struct tbc_outbox *box, const struct row *r)
{
    const struct tbc_entry *e = &r->entry;
    uint8_t seal[SEAL_LEN];
    enum tbc_err err = seal_row(r, seal);
    const struct arg args[] = {
        arg_blob(e->event, sizeof e->event),
        arg_blob(e->cti, sizeof e->cti),
        arg_int((int64_t)e->verdict),
        arg_int(e->at.s),
        arg_text(e->train),
        arg_int(e->depart.s),
        arg_int(r->earlier.s),
        arg_int(r->settled),
        arg_int(r->conflict),
        arg_blob(seal, sizeof seal),
    };

    if (err != TBC_OK) {
        return err;
    }
    return run(box, "INSERT INTO entry (" ROW_COLUMNS ") VALUES (?,?,?,?,?,?,?,?,?,?)",
               args, sizeof args / sizeof *args);
}

static enum tbc_err
insert_proof(struct tbc_outbox *box, const uint8_t *proof, struct tbc_utc at)
{
    const struct arg args[] = { arg_blob(proof, TBC_OUTBOX_PROOF_LEN), arg_int(at.s) };

    return run(box, "INSERT INTO proof (id, at) VALUES (?, ?)", args, 2);
}

enum tbc_err
tbc_outbox_write(struct tbc_outbox *box, const struct tbc_outbox_entry *entry)
{
    const struct row row = {
        .entry = entry->entry,
        .earlier = entry->earlier,
        .settled = entry->settled,
    };
    enum tbc_err err;

    if (entry->entry.verdict >= TBC_VERDICT_N) {
        return TBC_ERR_RANGE;
    }
    if ((err = exec(box, "BEGIN IMMEDIATE")) == TBC_OK &&
        (err = insert_row(box, &row)) == TBC_OK && entry->proof != NULL) {
        err = insert_proof(box, entry->proof, entry->entry.at);
    }
    return finish(box, err);
}

/* What one row says about the certificate that is presented. */
static void
remember(const struct row *r, const struct tbc_entry *about,
         struct tbc_outbox_memory *memory)
{
    bool same_trip = strcmp(r->entry.train, about->train) == 0 &&
                     r->entry.depart.s == about->depart.s;
    bool already = r->entry.verdict == TBC_ALREADY_ENTERED;

    if (r->entry.verdict == TBC_REVOKED && r->settled) {
        memory->revoked = true;
    }
    if (same_trip && !memory->entered &&
        (already || tbc_verdict_opens((enum tbc_verdict)r->entry.verdict))) {
        memory->entered = true;
        memory->entered_at = already ? r->earlier : r->entry.at;
    }
}

static enum tbc_err
recall_proof(struct tbc_outbox *box, const uint8_t *proof, bool *used)
{
    const struct arg args[] = { arg_blob(proof, TBC_OUTBOX_PROOF_LEN) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err = ask(box, "SELECT 1 FROM proof WHERE id = ?", args, 1, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        *used = rc == SQLITE_ROW;
        err = sql_err(rc);
    }
    sqlite3_finalize(st);
    return err;
}

enum tbc_err
tbc_outbox_recall(struct tbc_outbox *box, const struct tbc_entry *about,
                  const uint8_t *proof, struct tbc_outbox_memory *memory)
{
    const struct arg args[] = { arg_blob(about->cti, sizeof about->cti) };
    sqlite3_stmt *st = NULL;
    struct row row;
    int rc = SQLITE_DONE;
    enum tbc_err err;

    *memory = (struct tbc_outbox_memory){ 0 };
    err = ask(box, "SELECT " ROW_COLUMNS " FROM entry WHERE cti = ? ORDER BY seq", args,
              1, &st);
    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = read_row(st, &row);
        if (err == TBC_OK) {
            remember(&row, about, memory);
        }
    }
    sqlite3_finalize(st);
    if (err == TBC_OK) {
        err = sql_err(rc);
    }
    if (err == TBC_OK && proof != NULL) {
        err = recall_proof(box, proof, &memory->proof_used);
    }
    return err;
}

enum tbc_err
tbc_outbox_waiting(struct tbc_outbox *box, struct tbc_entry *entries, size_t max,
                   size_t *n)
{
    const struct arg args[] = { arg_int((int64_t)max) };
    sqlite3_stmt *st = NULL;
    struct row row;
    int rc = SQLITE_DONE;
    enum tbc_err err;

    *n = 0;
    err = ask(
        box, "SELECT " ROW_COLUMNS " FROM entry WHERE settled = 0 ORDER BY seq LIMIT ?",
        args, 1, &st);
    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = read_row(st, &row);
        if (err == TBC_OK) {
            entries[(*n)++] = row.entry;
        }
    }
    sqlite3_finalize(st);
    if (err == TBC_OK) {
        err = sql_err(rc);
    }
    *n = err == TBC_OK ? *n : 0;
    return err;
}

/* The row of an event that is not settled; ERR_NOT_FOUND when there is none. */
static enum tbc_err
find_waiting(struct tbc_outbox *box, const uint8_t *event, struct row *r)
{
    const struct arg args[] = { arg_blob(event, TBC_WIRE_ID_LEN) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err =
        ask(box, "SELECT " ROW_COLUMNS " FROM entry WHERE event = ? AND settled = 0",
            args, 1, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = sql_err(rc);
        if (rc == SQLITE_ROW) {
            err = read_row(st, r);
        } else if (rc == SQLITE_DONE) {
            err = TBC_ERR_NOT_FOUND;
        }
    }
    sqlite3_finalize(st);
    return err;
}

static enum tbc_err
settle_one(struct tbc_outbox *box, const struct tbc_entry_reply *reply,
           size_t *settled_n)
{
    struct row row = { 0 };
    uint8_t seal[SEAL_LEN];
    enum tbc_err err = find_waiting(box, reply->event, &row);

    if (err != TBC_OK) {
        return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
    }
    row.settled = true;
    row.conflict = reply->conflict;
    err = seal_row(&row, seal);
    if (err == TBC_OK) {
        const struct arg args[] = {
            arg_int(row.conflict),
            arg_blob(seal, sizeof seal),
            arg_blob(reply->event, TBC_WIRE_ID_LEN),
        };

        err = run(
            box, "UPDATE entry SET settled = 1, conflict = ?, seal = ? WHERE event = ?",
            args, 3);
    }
    *settled_n += err == TBC_OK ? 1 : 0;
    return err;
}

enum tbc_err
tbc_outbox_settle(struct tbc_outbox *box, const struct tbc_entry_reply *replies,
                  size_t n, size_t *settled_n)
{
    enum tbc_err err = exec(box, "BEGIN IMMEDIATE");

    *settled_n = 0;
    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        err = settle_one(box, &replies[i], settled_n);
    }
    err = finish(box, err);
    *settled_n = err == TBC_OK ? *settled_n : 0;
    return err;
}

enum tbc_err
tbc_outbox_note(struct tbc_outbox *box, struct tbc_utc at, const char *what)
{
    const struct arg args[] = { arg_int(at.s), arg_text(what) };

    return run(box, "INSERT INTO note (at, what) VALUES (?, ?)", args, 2);
}

size_t
tbc_outbox_notes(struct tbc_outbox *box)
{
    int64_t n;

    return pragma(box, "SELECT count(*) FROM note", &n) == TBC_OK ? (size_t)n : 0;
}

static enum tbc_err
kept_version(struct tbc_outbox *box, const char *name, int64_t *version)
{
    const struct arg args[] = { arg_text(name) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err =
        ask(box, "SELECT version FROM kept WHERE name = ?", args, 1, &st);

    *version = 0;
    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = sql_err(rc);
        *version = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    }
    sqlite3_finalize(st);
    return err;
}

enum tbc_err
tbc_outbox_keep(struct tbc_outbox *box, const char *name, uint64_t version,
                struct tbc_utc fetched, struct tbc_span bytes)
{
    uint8_t seal[SEAL_LEN];
    int64_t before;
    enum tbc_err err;

    if (version > INT64_MAX) {
        return TBC_ERR_RANGE;
    }
    if ((err = kept_version(box, name, &before)) != TBC_OK) {
        return err;
    }
    if ((int64_t)version < before) {
        return TBC_ERR_RANGE;
    }
    err = seal_kept(name, (int64_t)version, fetched.s, bytes, seal);
    if (err == TBC_OK) {
        const struct arg args[] = {
            arg_text(name),
            arg_int((int64_t)version),
            arg_int(fetched.s),
            arg_blob(bytes.ptr, bytes.len),
            arg_blob(seal, sizeof seal),
        };

        err = run(box,
                  "INSERT INTO kept (name, version, fetched, bytes, seal)"
                  " VALUES (?, ?, ?, ?, ?) ON CONFLICT (name) DO UPDATE SET"
                  " version = excluded.version, fetched = excluded.fetched,"
                  " bytes = excluded.bytes, seal = excluded.seal",
                  args, sizeof args / sizeof *args);
    }
    return err;
}

/* The row under the cursor, checked. */
static enum tbc_err
load_row(sqlite3_stmt *st, const char *name, struct tbc_buf *out, uint64_t *version,
         struct tbc_utc *fetched)
{
    struct tbc_span bytes = column_bytes(st, 2);
    uint8_t seal[SEAL_LEN];
    enum tbc_err err = seal_kept(name, sqlite3_column_int64(st, 0),
                                 sqlite3_column_int64(st, 1), bytes, seal);

    if (err != TBC_OK) {
        return err;
    }
    if (!tbc_span_equal(column_bytes(st, 3), tbc_span_of(seal, sizeof seal))) {
        return TBC_ERR_CORRUPT;
    }
    if (version != NULL) {
        *version = (uint64_t)sqlite3_column_int64(st, 0);
    }
    if (fetched != NULL) {
        fetched->s = sqlite3_column_int64(st, 1);
    }
    return out == NULL ? TBC_OK : tbc_buf_append_span(out, bytes);
}

enum tbc_err
tbc_outbox_load(struct tbc_outbox *box, const char *name, struct tbc_buf *out,
                uint64_t *version, struct tbc_utc *fetched)
{
    const struct arg args[] = { arg_text(name) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err =
        ask(box, "SELECT version, fetched, bytes, seal FROM kept WHERE name = ?", args,
            1, &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = sql_err(rc);
        if (rc == SQLITE_ROW) {
            err = load_row(st, name, out, version, fetched);
        } else if (rc == SQLITE_DONE) {
            err = TBC_ERR_NOT_FOUND;
        }
    }
    sqlite3_finalize(st);
    return err;
}

enum tbc_err
tbc_outbox_prune(struct tbc_outbox *box, struct tbc_utc before)
{
    const struct arg args[] = { arg_int(before.s) };
    enum tbc_err err = exec(box, "BEGIN IMMEDIATE");

    if (err == TBC_OK) {
        err = run(box, "DELETE FROM entry WHERE settled = 1 AND at < ?", args, 1);
    }
    if (err == TBC_OK) {
        err = run(box, "DELETE FROM proof WHERE at < ?", args, 1);
    }
    return finish(box, err);
}
