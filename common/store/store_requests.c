/* Remembered requests, and who looked at whose record. */
#include "store/inner.h"

enum tbc_err
tbc_store_request_get(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_buf *reply)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(id, TBC_WIRE_ID_LEN) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_REQUEST_GET, values, 1, &q)) != TBC_OK ||
        (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = tbc_column_fixed(q, 0, digest, TBC_STORE_DIGEST_LEN)
              ? tbc_buf_append_span(reply, tbc_column_bytes(q, 1))
              : tbc_store_damaged(s, "request");
    tbc_sql_done(q);
    return err;
}

enum tbc_err
tbc_store_request_put(struct tbc_store *s, const uint8_t id[static TBC_WIRE_ID_LEN],
                      const uint8_t digest[static TBC_STORE_DIGEST_LEN],
                      struct tbc_span reply, struct tbc_utc at, const uint8_t *cti)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(id, TBC_WIRE_ID_LEN),
                                            TBC_BLOB(digest, TBC_STORE_DIGEST_LEN),
                                            TBC_SPAN(reply), TBC_INT(at.s),
                                            TBC_BLOB(cti, TBC_CTI_LEN) };

    return tbc_sql_add(s->sql, TBC_STORE_REQUEST_PUT, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_store_request_forget(struct tbc_store *s, struct tbc_utc before)
{
    const struct tbc_sql_value values[] = { TBC_INT(before.s) };

    return tbc_sql_run(s->sql, TBC_STORE_REQUEST_FORGET, values, 1, NULL);
}

enum tbc_err
tbc_store_access_put(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
                     const char *device, const char *reason, struct tbc_utc at)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN),
                                            TBC_TEXT(device), TBC_TEXT(reason),
                                            TBC_INT(at.s) };

    return tbc_sql_run(s->sql, TBC_STORE_ACCESS_PUT, values, TBC_VALUES_N(values),
                       NULL);
}
