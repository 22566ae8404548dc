#include "store/sql.h"

#include <string.h>

enum tbc_err
tbc_sql_open(struct tbc_sql **sql, const char *where,
             const struct tbc_sql_catalogue *catalogue, bool make)
{
    static const char *const schemes[] = { "postgresql://", "postgres://" };

    for (size_t i = 0; i < sizeof schemes / sizeof *schemes; i++) {
        if (strncmp(where, schemes[i], strlen(schemes[i])) == 0) {
            return tbc_sql_postgres.open(sql, where, catalogue, make);
        }
    }
    return tbc_sql_sqlite.open(sql, where, catalogue, make);
}

void
tbc_sql_close(struct tbc_sql **sql)
{
    if (*sql != NULL) {
        (*sql)->driver->close(*sql);
        *sql = NULL;
    }
}

enum tbc_err
tbc_sql_begin(struct tbc_sql *sql)
{
    return sql->driver->begin(sql);
}

enum tbc_err
tbc_sql_commit(struct tbc_sql *sql)
{
    return sql->driver->commit(sql);
}

void
tbc_sql_rollback(struct tbc_sql *sql)
{
    sql->driver->rollback(sql);
}

enum tbc_err
tbc_sql_mark(struct tbc_sql *sql)
{
    return sql->driver->execute(sql, "SAVEPOINT request");
}

enum tbc_err
tbc_sql_keep(struct tbc_sql *sql)
{
    return sql->driver->execute(sql, "RELEASE SAVEPOINT request");
}

enum tbc_err
tbc_sql_undo(struct tbc_sql *sql)
{
    enum tbc_err err = sql->driver->execute(sql, "ROLLBACK TO SAVEPOINT request");

    return err == TBC_OK ? tbc_sql_keep(sql) : err;
}

enum tbc_err
tbc_sql_run(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
            size_t n, uint64_t *changed)
{
    return sql->driver->run(sql, which, values, n, changed);
}

enum tbc_err
tbc_sql_add(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
            size_t n)
{
    uint64_t changed = 0;
    enum tbc_err err = sql->driver->run(sql, which, values, n, &changed);

    return err == TBC_OK && changed == 0 ? TBC_ERR_EXISTS : err;
}

enum tbc_err
tbc_sql_query(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
              size_t n, struct tbc_sql_rows **rows)
{
    *rows = NULL;
    return sql->driver->query(sql, which, values, n, rows);
}

enum tbc_err
tbc_sql_step(struct tbc_sql_rows *rows)
{
    return rows->sql->driver->step(rows);
}

void
tbc_sql_done(struct tbc_sql_rows *rows)
{
    if (rows != NULL) {
        rows->sql->driver->done(rows);
    }
}

enum tbc_err
tbc_sql_number(struct tbc_sql *sql, size_t which, const struct tbc_sql_value *values,
               size_t n, uint64_t *out)
{
    struct tbc_sql_rows *rows;
    enum tbc_err err;

    *out = 0;
    if ((err = tbc_sql_query(sql, which, values, n, &rows)) == TBC_OK &&
        (err = tbc_sql_step(rows)) == TBC_OK) {
        *out = (uint64_t)tbc_column_int(rows, 0);
    }
    tbc_sql_done(rows);
    return err;
}

int64_t
tbc_column_int(const struct tbc_sql_rows *rows, int i)
{
    return rows->sql->driver->column_int(rows, i);
}

struct tbc_span
tbc_column_bytes(const struct tbc_sql_rows *rows, int i)
{
    return rows->sql->driver->column_bytes(rows, i);
}

bool
tbc_column_text(const struct tbc_sql_rows *rows, int i, char *out, size_t size)
{
    struct tbc_span text = tbc_column_bytes(rows, i);

    out[0] = '\0';
    if (text.len >= size) {
        return false;
    }
    if (text.len > 0) {
        memcpy(out, text.ptr, text.len);
    }
    out[text.len] = '\0';
    return true;
}

bool
tbc_column_fixed(const struct tbc_sql_rows *rows, int i, uint8_t *out, size_t len)
{
    struct tbc_span bytes = tbc_column_bytes(rows, i);

    if (bytes.len != len) {
        return false;
    }
    memcpy(out, bytes.ptr, len);
    return true;
}
