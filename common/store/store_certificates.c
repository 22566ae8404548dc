/* Certificates, entries, remembered requests, looks at records. */
#include "store/sqlite.h"

#include <string.h>

enum tbc_err
tbc_store_certificate_put(struct tbc_store *s, const struct tbc_store_certificate *c)
{
    const struct tbc_store_value values[] = {
        TBC_BLOB(c->cti, sizeof c->cti),
        TBC_BLOB(c->blind, sizeof c->blind),
        TBC_INT(c->status_idx),
        TBC_INT(c->issued.s),
        TBC_INT(c->expires.s),
        TBC_INT(c->medium),
        TBC_TEXT(c->device),
        TBC_TEXT(c->officer),
        TBC_TEXT(c->why),
        TBC_BLOB(c->bytes, c->bytes_len),
    };

    return tbc_store_run(s, TBC_STORE_CERTIFICATE_PUT, values, TBC_VALUES_N(values));
}

static enum tbc_err
read_certificate(struct tbc_store *s, sqlite3_stmt *q, struct tbc_store_certificate *c)
{
    struct tbc_span bytes = tbc_column_span(q, 9);

    c->status_idx = (uint64_t)sqlite3_column_int64(q, 2);
    c->issued = tbc_column_time(q, 3);
    c->expires = tbc_column_time(q, 4);
    c->medium = sqlite3_column_int(q, 5) == TBC_MEDIUM_PHONE ? TBC_MEDIUM_PHONE
                                                             : TBC_MEDIUM_PAPER;
    c->revoked = tbc_column_time(q, 10);
    if (!tbc_column_fixed(q, 0, c->cti, sizeof c->cti) ||
        !tbc_column_fixed(q, 1, c->blind, sizeof c->blind) ||
        !tbc_column_text(q, 6, c->device, sizeof c->device) ||
        !tbc_column_text(q, 7, c->officer, sizeof c->officer) ||
        !tbc_column_text(q, 8, c->why, sizeof c->why) ||
        !tbc_column_text(q, 11, c->reason, sizeof c->reason) ||
        bytes.len > sizeof c->bytes || bytes.len == 0) {
        return tbc_store_damaged(s, "certificate");
    }
    memcpy(c->bytes, bytes.ptr, bytes.len);
    c->bytes_len = bytes.len;
    return TBC_OK;
}

static enum tbc_err
find_certificate(struct tbc_store *s, enum tbc_store_statement which,
                 struct tbc_span by, struct tbc_store_certificate *c)
{
    const struct tbc_store_value values[] = { TBC_SPAN(by) };
    sqlite3_stmt *q;
    enum tbc_err err;

    /* by may lie inside *c: it is bound, and copied, before *c is emptied */
    err = tbc_store_query(s, which, values, 1, &q);
    *c = (struct tbc_store_certificate){ 0 };
    if (err != TBC_OK || (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    err = read_certificate(s, q, c);
    (void)sqlite3_reset(q);
    return err;
}

enum tbc_err
tbc_store_certificate_get(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                          struct tbc_store_certificate *c)
{
    return find_certificate(s, TBC_STORE_CERTIFICATE_GET, tbc_span_of(cti, TBC_CTI_LEN),
                            c);
}

enum tbc_err
tbc_store_certificate_newest(struct tbc_store *s,
                             const uint8_t blind[static TBC_BLIND_LEN],
                             struct tbc_store_certificate *c)
{
    return find_certificate(s, TBC_STORE_CERTIFICATE_NEWEST,
                            tbc_span_of(blind, TBC_BLIND_LEN), c);
}

enum tbc_err
tbc_store_certificate_count(struct tbc_store *s,
                            const uint8_t blind[static TBC_BLIND_LEN],
                            struct tbc_utc since, uint64_t *n)
{
    const struct tbc_store_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                              TBC_INT(since.s) };

    return tbc_store_number(s, TBC_STORE_CERTIFICATE_COUNT, values, 2, n);
}

enum tbc_err
tbc_store_certificate_revoke(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                             const char *reason, struct tbc_utc at)
{
    const struct tbc_store_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN), TBC_INT(at.s),
                                              TBC_TEXT(reason) };
    struct tbc_store_certificate c;
    enum tbc_err err = tbc_store_certificate_get(s, cti, &c);

    if (err == TBC_OK && c.revoked.s != 0) {
        return TBC_ERR_EXISTS;
    }
    return err == TBC_OK ? tbc_store_run(s, TBC_STORE_CERTIFICATE_REVOKE, values, 3)
                         : err;
}

enum tbc_err
tbc_store_revoked(struct tbc_store *s, tbc_store_index_fn fn, void *arg)
{
    sqlite3_stmt *q;
    enum tbc_err err;

    if ((err = tbc_store_query(s, TBC_STORE_REVOKED, NULL, 0, &q)) != TBC_OK) {
        return err;
    }
    while ((err = tbc_store_step(s, q)) == TBC_OK &&
           (err = fn(arg, (uint64_t)sqlite3_column_int64(q, 0))) == TBC_OK) {
    }
    (void)sqlite3_reset(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
write_entry(struct tbc_store *s, enum tbc_store_statement how,
            const struct tbc_store_entry *e)
{
    const struct tbc_store_value values[] = {
        TBC_BLOB(e->entry.event, sizeof e->entry.event),
        TBC_BLOB(e->entry.cti, sizeof e->entry.cti),
        TBC_INT(e->entry.verdict),
        TBC_INT(e->entry.at.s),
        TBC_TEXT(e->entry.train),
        TBC_INT(e->entry.depart.s),
        TBC_INT(e->entry.told),
        TBC_TEXT(e->device),
        TBC_INT(e->conflict),
    };

    return tbc_store_run(s, how, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_store_entry_put(struct tbc_store *s, const struct tbc_store_entry *e)
{
    return write_entry(s, TBC_STORE_ENTRY_PUT, e);
}

enum tbc_err
tbc_store_entry_replace(struct tbc_store *s, const struct tbc_store_entry *e)
{
    return write_entry(s, TBC_STORE_ENTRY_REPLACE, e);
}

enum tbc_err
tbc_store_entry_get(struct tbc_store *s, const uint8_t event[static TBC_WIRE_ID_LEN],
                    struct tbc_store_entry *e)
{
    const struct tbc_store_value values[] = { TBC_BLOB(event, TBC_WIRE_ID_LEN) };
    sqlite3_stmt *q;
    enum tbc_err err;

    *e = (struct tbc_store_entry){ 0 };
    if ((err = tbc_store_query(s, TBC_STORE_ENTRY_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    e->entry.verdict = (uint64_t)sqlite3_column_int64(q, 2);
    e->entry.at = tbc_column_time(q, 3);
    e->entry.depart = tbc_column_time(q, 5);
    e->entry.told = sqlite3_column_int(q, 6) != 0;
    e->conflict = sqlite3_column_int(q, 8) != 0;
    if (!tbc_column_fixed(q, 0, e->entry.event, sizeof e->entry.event) ||
        !tbc_column_fixed(q, 1, e->entry.cti, sizeof e->entry.cti) ||
        !tbc_column_text(q, 4, e->entry.train, sizeof e->entry.train) ||
        !tbc_column_text(q, 7, e->device, sizeof e->device)) {
        err = tbc_store_damaged(s, "entry");
    }
    (void)sqlite3_reset(q);
    return err;
}

enum tbc_err
tbc_store_entry_first(struct tbc_store *s, const struct tbc_entry *trip,
                      struct tbc_utc *at)
{
    const struct tbc_store_value values[] = {
        TBC_BLOB(trip->cti, sizeof trip->cti),
        TBC_TEXT(trip->train),
        TBC_INT(trip->depart.s),
        TBC_INT(TBC_ACCEPTED),
        TBC_BLOB(trip->event, sizeof trip->event),
    };
    uint64_t found;
    enum tbc_err err = tbc_store_number(s, TBC_STORE_ENTRY_FIRST, values,
                                        TBC_VALUES_N(values), &found);

    at->s = (int64_t)found;
    return err;
}

enum tbc_err
tbc_store_entry_count(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                      uint64_t *n)
{
    const struct tbc_store_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN),
                                              TBC_INT(TBC_ACCEPTED) };

    return tbc_store_number(s, TBC_STORE_ENTRY_COUNT, values, 2, n);
}

enum tbc_err
tbc_store_request_get(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_buf *reply)
{
    const struct tbc_store_value values[] = { TBC_BLOB(id, TBC_WIRE_ID_LEN) };
    sqlite3_stmt *q;
    enum tbc_err err;

    if ((err = tbc_store_query(s, TBC_STORE_REQUEST_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_store_step(s, q)) != TBC_OK) {
        return err;
    }
    err = tbc_column_fixed(q, 0, digest, TBC_STORE_DIGEST_LEN)
              ? tbc_buf_append_span(reply, tbc_column_span(q, 1))
              : tbc_store_damaged(s, "request");
    (void)sqlite3_reset(q);
    return err;
}

enum tbc_err
tbc_store_request_put(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      const uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_span reply, struct tbc_utc at)
{
    const struct tbc_store_value values[] = { TBC_BLOB(id, TBC_WIRE_ID_LEN),
                                              TBC_BLOB(digest, TBC_STORE_DIGEST_LEN),
                                              TBC_SPAN(reply), TBC_INT(at.s) };

    return tbc_store_run(s, TBC_STORE_REQUEST_PUT, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_store_request_forget(struct tbc_store *s, struct tbc_utc before)
{
    const struct tbc_store_value values[] = { TBC_INT(before.s) };

    return tbc_store_run(s, TBC_STORE_REQUEST_FORGET, values, 1);
}

enum tbc_err
tbc_store_access_put(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                     const char *device, const char *reason, struct tbc_utc at)
{
    const struct tbc_store_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN),
                                              TBC_TEXT(device), TBC_TEXT(reason),
                                              TBC_INT(at.s) };

    return tbc_store_run(s, TBC_STORE_ACCESS_PUT, values, TBC_VALUES_N(values));
}
