/* PostgreSQL: our tables, made and brought up to date, before pipelines begin. */
#include "store/sql_postgres.h"
#include "sys/log.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

/* The number that a query of one row gives; 0 without a row. */
static enum tbc_err
ask_number(struct postgres *p, const char *text, int64_t *value)
{
    PGresult *r = tbc_postgres_exec(p, text);
    enum tbc_err err = TBC_OK;

    *value = 0;
    if (PQresultStatus(r) != PGRES_TUPLES_OK) {
        err = tbc_postgres_err(p, r);
    } else if (PQntuples(r) == 1) {
        *value = strtoll(PQgetvalue(r, 0, 0), NULL, 10);
    }
    PQclear(r);
    return err;
}

static enum tbc_err
tell(struct postgres *p, const char *text)
{
    PGresult *r = tbc_postgres_exec(p, text);
    ExecStatusType status = PQresultStatus(r);
    enum tbc_err err = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK
                           ? TBC_OK
                           : tbc_postgres_err(p, r);

    PQclear(r);
    return err;
}

static enum tbc_err
read_version(struct postgres *p, int64_t *version)
{
    int64_t is_there;
    enum tbc_err err =
        ask_number(p, "SELECT (to_regclass('version') IS NOT NULL)::int", &is_there);

    *version = 0;
    return err == TBC_OK && is_there != 0
               ? ask_number(p, "SELECT max(version) FROM version", version)
               : err;
}

/* One step; the lock lets one process at a time do it, and the others see it done. */
static enum tbc_err
migrate_once(struct postgres *p, int64_t *version)
{
    const struct tbc_sql_catalogue *c = p->sql.catalogue;
    char text[128];
    enum tbc_err err;

    (void)snprintf(text, sizeof text, TBC_POSTGRES_LOCK, c->application);
    if ((err = tell(p, "BEGIN")) != TBC_OK || (err = tell(p, text)) != TBC_OK ||
        (err = read_version(p, version)) != TBC_OK) {
        goto out;
    }
    if (*version == 0 &&
        (err = tell(p, "CREATE TABLE version (version BIGINT PRIMARY KEY)")) !=
            TBC_OK) {
        goto out;
    }
    if (*version < (int64_t)c->migrations_n) {
        (void)snprintf(text, sizeof text, "INSERT INTO version VALUES (%" PRId64 ")",
                       *version + 1);
        if ((err = tell(p, c->migrations[*version].postgres)) == TBC_OK &&
            (err = tell(p, text)) == TBC_OK) {
            (*version)++;
        }
    }
out:
    if (err == TBC_OK) {
        return tell(p, "COMMIT");
    }
    (void)tell(p, "ROLLBACK");
    return err;
}

enum tbc_err
tbc_postgres_settle(struct postgres *p, bool make)
{
    const struct tbc_sql_catalogue *c = p->sql.catalogue;
    int64_t version;
    enum tbc_err err = read_version(p, &version);

    if (err != TBC_OK) {
        return err;
    }
    if (make && version > 0) {
        return tbc_log_err(TBC_ERR_EXISTS, "%s: has tables of %s", p->sql.name,
                           c->owner);
    }
    if (!make && version == 0) {
        return tbc_log_err(TBC_ERR_NOT_FOUND, "%s: %s", p->sql.name, c->make_hint);
    }
    if (version > (int64_t)c->migrations_n) {
        return tbc_log_err(TBC_ERR_UNSUPPORTED, "%s: made by a newer %s", p->sql.name,
                           c->owner);
    }
    while (err == TBC_OK && version < (int64_t)c->migrations_n) {
        err = migrate_once(p, &version);
    }
    return err;
}
