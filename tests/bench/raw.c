#include "raw.h"

#include "measure.h"

#include <sqlite3.h>

#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define FSYNCS     200
#define TABLES_MAX 16
#define PATH_SIZE  512

static void
check(bool ok, const char *what)
{
    if (!ok) {
        (void)fprintf(stderr, "bench: %s failed\n", what);
        exit(3);
    }
}

struct raw_file {
    char path[PATH_SIZE];
    int fd;
};

struct raw_file *
raw_file_open(const char *folder)
{
    struct raw_file *f = calloc(1, sizeof *f);

    check(f != NULL, "memory");
    (void)snprintf(f->path, sizeof f->path, "%s/fsync", folder);
    f->fd = open(f->path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0600);
    check(f->fd >= 0, f->path);
    return f;
}

double
raw_file_sync_us(struct raw_file *f)
{
    static const char page[4096] = "x";
    double from = measure_now_us();

    check(write(f->fd, page, sizeof page) == (ssize_t)sizeof page && fsync(f->fd) == 0,
          "fsync");
    return measure_now_us() - from;
}

void
raw_file_close(struct raw_file **f)
{
    (void)close((*f)->fd);
    (void)unlink((*f)->path);
    free(*f);
    *f = NULL;
}

double
raw_fsync_us(const char *folder)
{
    struct raw_file *f = raw_file_open(folder);
    double took[FSYNCS];

    for (size_t i = 0; i < FSYNCS; i++) {
        took[i] = raw_file_sync_us(f);
    }
    raw_file_close(&f);
    return measure_quantile(took, FSYNCS, 0.5);
}

static void
run_sql(sqlite3 *db, const char *sql)
{
    check(sqlite3_exec(db, sql, NULL, NULL, NULL) == SQLITE_OK, sql);
}

static sqlite3 *
open_database(const char *path)
{
    sqlite3 *db = NULL;

    check(sqlite3_open_v2(path, &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE,
                          NULL) == SQLITE_OK,
          path);
    return db;
}

static void
copy_database(const char *from, const char *to)
{
    sqlite3 *source = open_database(from);
    sqlite3 *copy = open_database(to);
    sqlite3_backup *b = sqlite3_backup_init(copy, "main", source, "main");

    check(b != NULL && sqlite3_backup_step(b, -1) == SQLITE_DONE &&
              sqlite3_backup_finish(b) == SQLITE_OK,
          to);
    (void)sqlite3_close(source);
    (void)sqlite3_close(copy);
}

static void
kept_path(const char *db, char path[static PATH_SIZE])
{
    (void)snprintf(path, PATH_SIZE, "%s.kept", db);
}

void
raw_keep(const char *db)
{
    char path[PATH_SIZE];

    kept_path(db, path);
    (void)unlink(path);
    copy_database(db, path);
}

/* The rows that were added to one table. */
struct table {
    char name[64];
    sqlite3_value **cells; /* rows * columns */
    size_t rows;
    int columns;
    sqlite3_stmt *insert;
    size_t next;
};

static sqlite3_value **
row_of(const struct table *t, size_t row)
{
    return t->cells + row * (size_t)t->columns;
}

static void
swap_rows(struct table *t, size_t a, size_t b)
{
    for (int c = 0; c < t->columns; c++) {
        sqlite3_value *held = row_of(t, a)[c];

        row_of(t, a)[c] = row_of(t, b)[c];
        row_of(t, b)[c] = held;
    }
}

/* A table without rowids gives its rows by key; they came in the order of chance. */
static void
shuffle(struct table *t)
{
    uint64_t seed = 88172645463325252u;

    for (size_t i = t->rows; i > 1; i--) {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        swap_rows(t, i - 1, (size_t)(seed % i));
    }
}

static void
load_rows(sqlite3 *db, struct table *t, const char *sql)
{
    sqlite3_stmt *q = NULL;
    size_t room = 0;

    check(sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK, sql);
    t->columns = sqlite3_column_count(q);
    while (sqlite3_step(q) == SQLITE_ROW) {
        if (t->rows == room) {
            room = room == 0 ? 1024 : room * 2;
            t->cells =
                realloc(t->cells, room * (size_t)t->columns * sizeof(sqlite3_value *));
            check(t->cells != NULL, "memory");
        }
        for (int c = 0; c < t->columns; c++) {
            row_of(t, t->rows)[c] = sqlite3_value_dup(sqlite3_column_value(q, c));
        }
        t->rows++;
    }
    (void)sqlite3_finalize(q);
}

static void
load_added(sqlite3 *db, struct table *t)
{
    sqlite3_stmt *q = NULL;
    char sql[512];

    (void)snprintf(sql, sizeof sql, "SELECT max(rowid) FROM kept.\"%.63s\"", t->name);
    if (sqlite3_prepare_v2(db, sql, -1, &q, NULL) == SQLITE_OK &&
        sqlite3_step(q) == SQLITE_ROW) {
        (void)snprintf(sql, sizeof sql,
                       "SELECT * FROM main.\"%.63s\" WHERE rowid > %lld ORDER BY rowid",
                       t->name, (long long)sqlite3_column_int64(q, 0));
        load_rows(db, t, sql);
    } else {
        (void)snprintf(
            sql, sizeof sql,
            "SELECT * FROM main.\"%.63s\" EXCEPT SELECT * FROM kept.\"%.63s\"", t->name,
            t->name);
        load_rows(db, t, sql);
        shuffle(t);
    }
    (void)sqlite3_finalize(q);
}

static size_t
load_tables(sqlite3 *db, struct table tables[static TABLES_MAX])
{
    sqlite3_stmt *q = NULL;
    size_t n = 0;

    check(sqlite3_prepare_v2(db,
                             "SELECT name FROM sqlite_master WHERE type = 'table'"
                             " AND name NOT LIKE 'sqlite%'",
                             -1, &q, NULL) == SQLITE_OK,
          "schema");
    while (sqlite3_step(q) == SQLITE_ROW) {
        check(n < TABLES_MAX, "tables");
        (void)snprintf(tables[n].name, sizeof tables[n].name, "%s",
                       (const char *)sqlite3_column_text(q, 0));
        load_added(db, &tables[n++]);
    }
    (void)sqlite3_finalize(q);
    return n;
}

static void
prepare_insert(sqlite3 *raw, struct table *t)
{
    char sql[512];
    /* a counter that changed is the only row that stands there already */
    size_t at = (size_t)snprintf(sql, sizeof sql,
                                 "INSERT OR REPLACE INTO \"%.63s\" VALUES (?", t->name);

    for (int c = 1; c < t->columns; c++) {
        at += (size_t)snprintf(sql + at, sizeof sql - at, ", ?");
    }
    (void)snprintf(sql + at, sizeof sql - at, ")");
    check(sqlite3_prepare_v2(raw, sql, -1, &t->insert, NULL) == SQLITE_OK, sql);
}

static void
insert_row(struct table *t)
{
    for (int c = 0; c < t->columns; c++) {
        (void)sqlite3_bind_value(t->insert, c + 1, row_of(t, t->next)[c]);
    }
    check(sqlite3_step(t->insert) == SQLITE_DONE, t->name);
    (void)sqlite3_reset(t->insert);
    t->next++;
}

/* The table that lags behind most: rows of one request stay together. */
static struct table *
next_table(struct table *tables, size_t n)
{
    struct table *best = NULL;

    for (size_t i = 0; i < n; i++) {
        struct table *t = &tables[i];

        if (t->next < t->rows &&
            (best == NULL || t->next * best->rows < best->next * t->rows)) {
            best = t;
        }
    }
    return best;
}

static double
insert_all(sqlite3 *raw, struct table *tables, size_t n, size_t batch)
{
    double from = measure_now_us();
    size_t in_batch = 0;
    struct table *t;

    run_sql(raw, "BEGIN");
    while ((t = next_table(tables, n)) != NULL) {
        insert_row(t);
        if (++in_batch == batch) {
            in_batch = 0;
            run_sql(raw, "COMMIT");
            run_sql(raw, "BEGIN");
        }
    }
    run_sql(raw, "COMMIT");
    return (measure_now_us() - from) / 1e6;
}

static void
free_table(struct table *t)
{
    for (size_t c = 0; c < t->rows * (size_t)t->columns; c++) {
        sqlite3_value_free(t->cells[c]);
    }
    free(t->cells);
    (void)sqlite3_finalize(t->insert);
}

double
raw_insert_rate(const char *db_path, size_t batch, size_t *rows)
{
    struct table tables[TABLES_MAX] = { 0 };
    char path[PATH_SIZE];
    char sql[PATH_SIZE + 64];
    sqlite3 *db = open_database(db_path);
    sqlite3 *raw;
    double took;
    size_t n;

    kept_path(db_path, path);
    (void)snprintf(sql, sizeof sql, "ATTACH '%s' AS kept", path);
    run_sql(db, sql);
    n = load_tables(db, tables);
    (void)sqlite3_close(db);
    raw = open_database(path);
    run_sql(raw, "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = WAL;"
                 "PRAGMA synchronous = FULL");
    *rows = 0;
    for (size_t i = 0; i < n; i++) {
        prepare_insert(raw, &tables[i]);
        *rows += tables[i].rows;
    }
    took = insert_all(raw, tables, n, batch);
    for (size_t i = 0; i < n; i++) {
        free_table(&tables[i]);
    }
    (void)sqlite3_close(raw);
    (void)unlink(path);
    return (double)*rows / took;
}
