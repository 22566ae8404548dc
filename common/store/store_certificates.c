/* Certificates and their revocation. */
#include "store/inner.h"

#include <string.h>

enum tbc_err
tbc_store_certificate_put(struct tbc_store *s, const struct tbc_store_certificate *c)
{
    const struct tbc_sql_value values[] = {
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
        TBC_INT(c->leaf),
    };

    return tbc_sql_add(s->sql, TBC_STORE_CERTIFICATE_PUT, values, TBC_VALUES_N(values));
}

static enum tbc_err
read_certificate(struct tbc_store *s, struct tbc_sql_rows *q,
                 struct tbc_store_certificate *c)
{
    struct tbc_span bytes = tbc_column_bytes(q, 9);

    c->status_idx = (uint64_t)tbc_column_int(q, 2);
    c->issued = tbc_column_time(q, 3);
    c->expires = tbc_column_time(q, 4);
    c->medium =
        tbc_column_int(q, 5) == TBC_MEDIUM_PHONE ? TBC_MEDIUM_PHONE : TBC_MEDIUM_PAPER;
    c->revoked = tbc_column_time(q, 10);
    c->leaf = (uint64_t)tbc_column_int(q, 12);
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

enum tbc_err
tbc_store_certificate_link(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                           uint64_t leaf)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN), TBC_INT(leaf) };

    return tbc_sql_run(s->sql, TBC_STORE_CERTIFICATE_LEAF, values, 2, NULL);
}

/* A value may lie inside *c: it is bound, and copied, before *c is emptied. */
static enum tbc_err
find_by(struct tbc_store *s, enum tbc_store_statement which,
        const struct tbc_sql_value *values, size_t n, struct tbc_store_certificate *c)
{
    struct tbc_sql_rows *q;
    enum tbc_err err = tbc_sql_query(s->sql, which, values, n, &q);

    *c = (struct tbc_store_certificate){ 0 };
    if (err != TBC_OK || (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = read_certificate(s, q, c);
    tbc_sql_done(q);
    return err;
}

static enum tbc_err
find_certificate(struct tbc_store *s, enum tbc_store_statement which,
                 struct tbc_span by, struct tbc_store_certificate *c)
{
    const struct tbc_sql_value values[] = { TBC_SPAN(by) };

    return find_by(s, which, values, 1, c);
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
tbc_store_certificate_next(struct tbc_store *s, const uint8_t *cti,
                           struct tbc_store_certificate *c)
{
    return find_certificate(
        s, TBC_STORE_CERTIFICATE_NEXT,
        cti == NULL ? tbc_span_of("", 0) : tbc_span_of(cti, TBC_CTI_LEN), c);
}

enum tbc_err
tbc_store_certificate_count(struct tbc_store *s,
                            const uint8_t blind[static TBC_BLIND_LEN],
                            struct tbc_utc since, uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(blind, TBC_BLIND_LEN),
                                            TBC_INT(since.s) };

    return tbc_sql_number(s->sql, TBC_STORE_CERTIFICATE_COUNT, values, 2, n);
}

enum tbc_err
tbc_store_certificate_revoke(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                             const char *reason, struct tbc_utc at)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN), TBC_INT(at.s),
                                            TBC_TEXT(reason) };
    struct tbc_store_certificate c;
    enum tbc_err err = tbc_store_certificate_get(s, cti, &c);

    if (err == TBC_OK && c.revoked.s != 0) {
        return TBC_ERR_EXISTS;
    }
    return err == TBC_OK
               ? tbc_sql_run(s->sql, TBC_STORE_CERTIFICATE_REVOKE, values, 3, NULL)
               : err;
}

enum tbc_err
tbc_store_revoked(struct tbc_store *s, tbc_store_index_fn fn, void *arg)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_REVOKED, NULL, 0, &q)) != TBC_OK) {
        return err;
    }
    while ((err = tbc_sql_step(q)) == TBC_OK &&
           (err = fn(arg, (uint64_t)tbc_column_int(q, 0))) == TBC_OK) {
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_certificate_of(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                         const uint8_t *cti, struct tbc_store_certificate *c)
{
    const struct tbc_sql_value values[] = {
        TBC_BLOB(blind, TBC_BLIND_LEN),
        TBC_SPAN(cti == NULL ? tbc_span_of("", 0) : tbc_span_of(cti, TBC_CTI_LEN)),
    };

    return find_by(s, TBC_STORE_CERTIFICATE_OF, values, 2, c);
}

enum tbc_err
tbc_certificate_oldest(struct tbc_store *s, struct tbc_utc before,
                       struct tbc_store_certificate *c)
{
    const struct tbc_sql_value values[] = { TBC_INT(before.s) };

    return find_by(s, TBC_STORE_CERTIFICATE_OLD, values, 1, c);
}

enum tbc_err
tbc_certificate_take(struct tbc_store *s, struct tbc_sql_rows *q, void *out, size_t n)
{
    struct tbc_store_certificate *c = (struct tbc_store_certificate *)out + n;

    *c = (struct tbc_store_certificate){ 0 };
    return read_certificate(s, q, c);
}
