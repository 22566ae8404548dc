/* Rows of the journal as they are stored: leaves, notes, checkpoints. */
#include "store/inner.h"

#include <string.h>

/* Columns: pos, cti, bytes, nodes, and with a note its key and text. */
static void
read_row(const struct tbc_sql_rows *q, bool with_note, struct tbc_journal_row *row)
{
    const struct tbc_span bytes = tbc_column_bytes(q, 2);
    const struct tbc_span nodes = tbc_column_bytes(q, 3);

    *row = (struct tbc_journal_row){ .position = (uint64_t)tbc_column_int(q, 0) };
    row->has_cti = tbc_column_fixed(q, 1, row->cti, sizeof row->cti);
    if (bytes.len > 0 && bytes.len <= sizeof row->bytes) {
        memcpy(row->bytes, bytes.ptr, bytes.len);
        row->len = bytes.len;
    }
    row->nodes_n = nodes.len / TBC_HASH_LEN;
    if (nodes.len % TBC_HASH_LEN != 0 || nodes.len > sizeof row->nodes) {
        row->nodes_n = SIZE_MAX;
    } else if (nodes.len > 0) {
        memcpy(row->nodes, nodes.ptr, nodes.len);
    }
    row->has_note = with_note && tbc_column_fixed(q, 4, row->key, sizeof row->key) &&
                    tbc_column_text(q, 5, row->note, sizeof row->note);
}

static enum tbc_err
read_rows(struct tbc_sql_rows *q, bool with_note, struct tbc_journal_row *rows,
          size_t max, size_t *n)
{
    enum tbc_err err = TBC_OK;

    while (*n < max && (err = tbc_sql_step(q)) == TBC_OK) {
        read_row(q, with_note, &rows[(*n)++]);
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_journal_page(struct tbc_store *s, uint64_t from, struct tbc_journal_row *rows,
                 size_t max, size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_INT(from), TBC_INT(max) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = tbc_sql_query(s->sql, TBC_STORE_LEAF_PAGE, values, 2, &q);
    return err == TBC_OK ? read_rows(q, false, rows, max, n) : err;
}

enum tbc_err
tbc_journal_of(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN],
               uint64_t from, struct tbc_journal_row *rows, size_t max, size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN), TBC_INT(from),
                                            TBC_INT(max) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = tbc_sql_query(s->sql, TBC_STORE_LEAF_OF, values, 3, &q);
    return err == TBC_OK ? read_rows(q, true, rows, max, n) : err;
}

enum tbc_err
tbc_journal_forget(struct tbc_store *s, const uint8_t cti[static TBC_CTI_LEN])
{
    const struct tbc_sql_value values[] = { TBC_BLOB(cti, TBC_CTI_LEN) };

    return tbc_sql_run(s->sql, TBC_STORE_NOTE_FORGET, values, 1, NULL);
}

enum tbc_err
tbc_journal_checkpoint_put(struct tbc_store *s, uint64_t size, struct tbc_utc at,
                           struct tbc_span message)
{
    const struct tbc_sql_value values[] = { TBC_INT(size), TBC_INT(at.s),
                                            TBC_SPAN(message) };

    return tbc_sql_add(s->sql, TBC_STORE_CHECKPOINT_PUT, values, TBC_VALUES_N(values));
}

enum tbc_err
tbc_journal_checkpoint_newest(struct tbc_store *s, struct tbc_buf *message)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    if ((err = tbc_sql_query(s->sql, TBC_STORE_CHECKPOINT_NEWEST, NULL, 0, &q)) !=
            TBC_OK ||
        (err = tbc_sql_step(q)) != TBC_OK) {
        return err;
    }
    err = tbc_buf_append_span(message, tbc_column_bytes(q, 0));
    tbc_sql_done(q);
    return err;
}
