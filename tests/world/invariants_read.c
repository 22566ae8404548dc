/* The rows of the invariants, from the files as they lie. */
#include "invariants.h"
#include "store/sums.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define PATH_LEN 512

struct reading {
    struct invariants_facts *facts;
    size_t gate;
    sqlite3_stmt *st;
};

static bool
read_bytes(sqlite3_stmt *st, int at, uint8_t *out, size_t len)
{
    const void *bytes = sqlite3_column_blob(st, at);

    if (bytes == NULL || (size_t)sqlite3_column_bytes(st, at) != len) {
        return false;
    }
    memcpy(out, bytes, len);
    return true;
}

/* event, cti, verdict, at, train, depart, conflict, act, annuls */
#define ENTRY_COLUMNS "event, cti, verdict, at, train, depart, conflict, act, annuls"
#define MORE          9
static bool
read_entry(sqlite3_stmt *st, struct invariants_row *row)
{
    struct tbc_entry *e = &row->entry;

    e->verdict = (uint64_t)sqlite3_column_int64(st, 2);
    e->at.s = sqlite3_column_int64(st, 3);
    (void)snprintf(e->train, sizeof e->train, "%s",
                   (const char *)sqlite3_column_text(st, 4));
    e->depart.s = sqlite3_column_int64(st, 5);
    row->conflict = sqlite3_column_int64(st, 6) != 0;
    e->act = (uint64_t)sqlite3_column_int64(st, 7);
    (void)read_bytes(st, 8, e->of, sizeof e->of); /* NULL of all but annulments */
    return read_bytes(st, 0, e->event, sizeof e->event) &&
           read_bytes(st, 1, e->cti, sizeof e->cti);
}

static bool
take_journal(struct reading *r)
{
    struct invariants_row row = { .gate = r->gate };

    row.settled = sqlite3_column_int64(r->st, MORE) != 0;
    return read_entry(r->st, &row) &&
           invariants_add(&r->facts->journal, &r->facts->journal_n, &row);
}

static bool
take_note(struct reading *r)
{
    r->facts->gates[r->gate].histories = true;
    return true;
}

/* Of those who came in; shorter when they are of another station. */
static void
read_person(sqlite3_stmt *st, int at, uint8_t person[static TBC_BLIND_LEN])
{
    const void *bytes = sqlite3_column_blob(st, at);
    const size_t len = (size_t)sqlite3_column_bytes(st, at);

    if (bytes != NULL && len <= TBC_BLIND_LEN) {
        memcpy(person, bytes, len);
    }
}

static bool
take_store(struct reading *r)
{
    struct invariants_facts *f = r->facts;
    struct invariants_row row = { 0 };
    const char *device = (const char *)sqlite3_column_text(r->st, MORE + 1);

    row.entry.told = sqlite3_column_int64(r->st, MORE) != 0;
    read_person(r->st, MORE + 2, row.person);
    while (row.gate < f->gates_n && strcmp(f->gates[row.gate].name, device) != 0) {
        row.gate++;
    }
    return read_entry(r->st, &row) && invariants_add(&f->store, &f->store_n, &row);
}

static bool
take_certificate(struct reading *r)
{
    struct invariants_facts *f = r->facts;
    struct invariants_certificate *more =
        realloc(f->certificates, (f->certificates_n + 1) * sizeof *more);
    struct invariants_certificate *c;

    if (more == NULL) {
        return false;
    }
    f->certificates = more;
    c = &more[f->certificates_n++];
    c->idx = (uint64_t)sqlite3_column_int64(r->st, 1);
    c->revoked.s = sqlite3_column_int64(r->st, 2);
    return read_bytes(r->st, 0, c->cti, sizeof c->cti);
}

static bool
each_row(sqlite3 *db, const char *sql, struct reading *r,
         bool (*take)(struct reading *r), struct tbc_buf *why)
{
    int rc = sqlite3_prepare_v2(db, sql, -1, &r->st, NULL);
    bool ok = rc == SQLITE_OK;

    while (ok && (rc = sqlite3_step(r->st)) == SQLITE_ROW) {
        ok = take(r);
    }
    ok = ok && rc == SQLITE_DONE;
    if (!ok) {
        tbc_buf_printf(why, "%s: %s", sql, sqlite3_errmsg(db));
    }
    (void)sqlite3_finalize(r->st);
    return ok;
}

/* vfs: NULL for a file without sums of its pages. */
static sqlite3 *
open_file(const char *path, const char *vfs, struct tbc_buf *why)
{
    sqlite3 *db = NULL;

    if (sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE, vfs) != SQLITE_OK ||
        sqlite3_exec(db, "PRAGMA locking_mode = EXCLUSIVE", NULL, NULL, NULL) !=
            SQLITE_OK) {
        tbc_buf_printf(why, "%s: %s", path, sqlite3_errmsg(db));
        (void)sqlite3_close(db);
        return NULL;
    }
    return db;
}

static bool
read_journal(struct reading *r, struct tbc_buf *why)
{
    sqlite3 *db = open_file(r->facts->gates[r->gate].journal, NULL, why);
    bool ok = db != NULL &&
              each_row(db,
                       "SELECT " ENTRY_COLUMNS
                       ", settled FROM entry WHERE heard = 0 ORDER BY seq",
                       r, take_journal, why) &&
              each_row(db, "SELECT seq FROM note WHERE what = 'two histories'", r,
                       take_note, why);

    (void)sqlite3_close(db);
    return ok;
}

static bool
read_store(struct reading *r, const char *data, struct tbc_buf *why)
{
    char path[PATH_LEN];
    sqlite3 *db;
    bool ok;

    (void)snprintf(path, sizeof path, "%s/station.db", data);
    if (tbc_sums_install() != TBC_OK ||
        (db = open_file(path, TBC_SUMS_VFS, why)) == NULL) {
        return false;
    }
    ok = each_row(db, "SELECT " ENTRY_COLUMNS ", told, device, person FROM entry", r,
                  take_store, why) &&
         each_row(db, "SELECT cti, idx, revoked FROM certificate", r, take_certificate,
                  why);
    (void)sqlite3_close(db);
    return ok;
}

bool
invariants_read(struct invariants_facts *f, const char *data, struct tbc_buf *why)
{
    struct reading r = { .facts = f };
    bool ok = true;

    for (r.gate = 0; r.gate < f->gates_n && ok; r.gate++) {
        ok = read_journal(&r, why);
    }
    return ok && read_store(&r, data, why);
}
