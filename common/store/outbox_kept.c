/* The outbox: lists and marks that are kept under a name. */
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "store/box.h"

static enum tbc_err
seal_kept(const char *name, int64_t version, int64_t fetched, struct tbc_span bytes,
          uint8_t seal[static TBC_BOX_SEAL_LEN])
{
    struct tbc_buf row = { 0 };
    uint8_t digest[TBC_SHA256_LEN];
    enum tbc_err err = tbc_sha256(bytes, digest);

    if (err == TBC_OK) {
        tbc_cbor_put_text(&row, name);
        tbc_cbor_put_int(&row, version);
        tbc_cbor_put_int(&row, fetched);
        tbc_cbor_put_bytes(&row, tbc_span_of(digest, sizeof digest));
        err = tbc_box_seal(&row, seal);
    }
    tbc_buf_fini(&row);
    return err;
}

enum tbc_err
tbc_box_check_kept(struct tbc_outbox *box)
{
    sqlite3_stmt *st = NULL;
    uint8_t seal[TBC_BOX_SEAL_LEN];
    enum tbc_err err = tbc_box_ask(
        box, "SELECT name, version, fetched, bytes, seal FROM kept", NULL, 0, &st);
    int rc = SQLITE_DONE;

    while (err == TBC_OK && (rc = sqlite3_step(st)) == SQLITE_ROW) {
        err = seal_kept((const char *)sqlite3_column_text(st, 0),
                        sqlite3_column_int64(st, 1), sqlite3_column_int64(st, 2),
                        tbc_box_bytes(st, 3), seal);
        if (err == TBC_OK &&
            !tbc_span_equal(tbc_box_bytes(st, 4), tbc_span_of(seal, sizeof seal))) {
            err = TBC_ERR_CORRUPT;
        }
    }
    tbc_box_end(box, st);
    return err != TBC_OK ? err : tbc_box_err(rc);
}

static enum tbc_err
kept_version(struct tbc_outbox *box, const char *name, int64_t *version)
{
    const struct tbc_sql_value args[] = { TBC_TEXT(name) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err =
        tbc_box_ask(box, "SELECT version FROM kept WHERE name = ?", args, 1, &st);

    *version = 0;
    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = tbc_box_err(rc);
        *version = rc == SQLITE_ROW ? sqlite3_column_int64(st, 0) : 0;
    }
    tbc_box_end(box, st);
    return err;
}

enum tbc_err
tbc_outbox_keep(struct tbc_outbox *box, const char *name, uint64_t version,
                struct tbc_utc fetched, struct tbc_span bytes)
{
    uint8_t seal[TBC_BOX_SEAL_LEN];
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
        const struct tbc_sql_value args[] = {
            TBC_TEXT(name),
            TBC_INT((int64_t)version),
            TBC_INT(fetched.s),
            TBC_BLOB(bytes.ptr, bytes.len),
            TBC_BLOB(seal, sizeof seal),
        };

        err = tbc_box_run(box,
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
    struct tbc_span bytes = tbc_box_bytes(st, 2);
    uint8_t seal[TBC_BOX_SEAL_LEN];
    enum tbc_err err = seal_kept(name, sqlite3_column_int64(st, 0),
                                 sqlite3_column_int64(st, 1), bytes, seal);

    if (err != TBC_OK) {
        return err;
    }
    if (!tbc_span_equal(tbc_box_bytes(st, 3), tbc_span_of(seal, sizeof seal))) {
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
    const struct tbc_sql_value args[] = { TBC_TEXT(name) };
    sqlite3_stmt *st = NULL;
    enum tbc_err err = tbc_box_ask(
        box, "SELECT version, fetched, bytes, seal FROM kept WHERE name = ?", args, 1,
        &st);

    if (err == TBC_OK) {
        int rc = sqlite3_step(st);

        err = tbc_box_err(rc);
        if (rc == SQLITE_ROW) {
            err = load_row(st, name, out, version, fetched);
        } else if (rc == SQLITE_DONE) {
            err = TBC_ERR_NOT_FOUND;
        }
    }
    tbc_box_end(box, st);
    return err;
}
