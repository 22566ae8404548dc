/* Rows of the journal as they are stored: leaves, notes, checkpoints. */
#include "store/inner.h"

#include <string.h>

static void
read_row(const struct tbc_sql_rows *q, struct tbc_journal_row *row)
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
}

static enum tbc_err
read_rows(struct tbc_sql_rows *q, struct tbc_journal_row *rows, size_t max, size_t *n)
{
    enum tbc_err err = TBC_OK;

    while (*n < max && (err = tbc_sql_step(q)) == TBC_OK) {
        read_row(q, &rows[(*n)++]);
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
    return err == TBC_OK ? read_rows(q, rows, max, n) : err;
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
    return err == TBC_OK ? read_rows(q, rows, max, n) : err;
}

enum tbc_err
tbc_journal_of_person(struct tbc_store *s, const struct tbc_store_page *page,
                      struct tbc_journal_row *rows, size_t max, size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(page->blind, TBC_BLIND_LEN),
                                            TBC_INT(max), TBC_INT(page->from) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = tbc_sql_query(s->sql, TBC_STORE_LEAVES_OF, values, 3, &q);
    return err == TBC_OK ? read_rows(q, rows, max, n) : err;
}

static struct tbc_cell
note_cell(uint64_t position, const uint8_t *key)
{
    return (struct tbc_cell){ "note", "sealed", (int64_t)position, key };
}

static enum tbc_err
write_note(struct tbc_store *s, enum tbc_store_statement which, uint64_t position,
           const struct tbc_journal_note *note)
{
    struct tbc_buf plain = { 0 };
    struct tbc_buf sealed = { 0 };
    enum tbc_err err;

    (void)tbc_buf_append(&plain, note->key, sizeof note->key);
    (void)tbc_buf_append_str(&plain, note->text);
    if ((err = tbc_buf_status(&plain)) == TBC_OK &&
        (err = tbc_cell_seal(s, note_cell(position, NULL), tbc_buf_span(&plain),
                             &sealed)) == TBC_OK) {
        const struct tbc_sql_value values[] = { TBC_INT(position), TBC_INT(s->gen),
                                                TBC_SPAN(tbc_buf_span(&sealed)) };

        err = tbc_sql_run(s->sql, which, values, 3, NULL);
    }
    tbc_buf_fini(&plain);
    tbc_buf_fini(&sealed);
    return err;
}

enum tbc_err
tbc_journal_note_put(struct tbc_store *s, uint64_t position,
                     const struct tbc_journal_note *note)
{
    return write_note(s, TBC_STORE_NOTE_PUT, position, note);
}

enum tbc_err
tbc_journal_note_rekey(struct tbc_store *s)
{
    const struct tbc_sql_value values[] = { TBC_INT(s->gen) };
    struct tbc_journal_note note = { .text = "" };
    uint64_t position;
    enum tbc_err err =
        tbc_sql_number(s->sql, TBC_STORE_NOTE_STALE, values, 1, &position);

    if (err == TBC_OK && (err = tbc_journal_note(s, position, &note)) == TBC_OK) {
        err = write_note(s, TBC_STORE_NOTE_RESEAL, position, &note);
    }
    tbc_wipe(&note, sizeof note);
    return err;
}

static enum tbc_err
open_note(struct tbc_store *s, const struct tbc_sql_rows *q, uint64_t position,
          struct tbc_journal_note *note)
{
    const uint8_t *key = tbc_store_key(s, (uint64_t)tbc_column_int(q, 0));
    struct tbc_buf plain = { 0 };
    enum tbc_err err =
        tbc_cell_open(s, note_cell(position, key), tbc_column_bytes(q, 1), &plain);

    if (err == TBC_OK && (plain.len < sizeof note->key ||
                          plain.len - sizeof note->key >= sizeof note->text)) {
        err = tbc_store_damaged(s, "note");
    }
    if (err == TBC_OK) {
        memcpy(note->key, plain.ptr, sizeof note->key);
        memcpy(note->text, plain.ptr + sizeof note->key, plain.len - sizeof note->key);
    }
    tbc_buf_fini(&plain);
    return err;
}

enum tbc_err
tbc_journal_note(struct tbc_store *s, uint64_t position, struct tbc_journal_note *note)
{
    const struct tbc_sql_value values[] = { TBC_INT(position) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *note = (struct tbc_journal_note){ .text = "" };
    if ((err = tbc_sql_query(s->sql, TBC_STORE_NOTE_GET, values, 1, &q)) != TBC_OK) {
        return err;
    }
    if ((err = tbc_sql_step(q)) == TBC_OK) {
        err = open_note(s, q, position, note);
    }
    tbc_sql_done(q);
    return err;
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
