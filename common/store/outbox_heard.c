/* The outbox: what gates tell each other of what they have let in. */
#include "store/box.h"

enum tbc_err
tbc_outbox_hear(struct tbc_outbox *box, const struct tbc_entry *entries, size_t n)
{
    enum tbc_err err = tbc_box_run(box, "BEGIN IMMEDIATE", NULL, 0);

    for (size_t i = 0; i < n && err == TBC_OK; i++) {
        const struct tbc_box_row row = { .entry = entries[i],
                                         .settled = true,
                                         .heard = true };

        if (entries[i].verdict < TBC_VERDICT_N && entries[i].act < TBC_ACT_N &&
            (err = tbc_box_insert_row(box, &row)) == TBC_ERR_EXISTS) {
            err = TBC_OK; /* the statement alone is undone */
        }
    }
    return tbc_box_finish(box, err);
}

enum tbc_err
tbc_outbox_newest(struct tbc_outbox *box, uint64_t *row)
{
    int64_t newest;
    enum tbc_err err =
        tbc_box_number(box, "SELECT coalesce(max(seq), 0) FROM entry", &newest);

    *row = err == TBC_OK && newest > 0 ? (uint64_t)newest : 0;
    return err;
}

/* The number stands behind the columns of the row. */
#define NUMBER_AT TBC_BOX_COLUMNS

/* From the statement's rows; the number of the last one is that of the page. */
static enum tbc_err
read_page(sqlite3_stmt *st, struct tbc_outbox_page *page)
{
    struct tbc_box_row row;
    int rc;

    while ((rc = sqlite3_step(st)) == SQLITE_ROW) {
        enum tbc_err err = tbc_box_read_row(st, &row);

        if (err != TBC_OK) {
            return err;
        }
        page->entries[page->n++] = row.entry;
        page->upto = (uint64_t)sqlite3_column_int64(st, NUMBER_AT);
    }
    return tbc_box_err(rc);
}

enum tbc_err
tbc_outbox_above(struct tbc_outbox *box, uint64_t above, struct tbc_utc since,
                 struct tbc_outbox_page *page)
{
    const struct tbc_sql_value args[] = {
        TBC_INT(above < INT64_MAX ? (int64_t)above : INT64_MAX),
        TBC_INT(since.s),
        TBC_INT(TBC_ACCEPTED),
        TBC_INT((int64_t)page->max),
    };
    sqlite3_stmt *st = NULL;
    uint64_t newest;
    enum tbc_err err = tbc_outbox_newest(box, &newest); /* first: none is passed over */

    page->n = 0;
    page->upto = above;
    if (err == TBC_OK &&
        (err = tbc_box_ask(box,
                           "SELECT " TBC_BOX_ROW ", seq FROM entry WHERE seq > ?"
                           " AND at >= ? AND verdict >= ? ORDER BY seq LIMIT ?",
                           args, sizeof args / sizeof *args, &st)) == TBC_OK) {
        err = read_page(st, page);
    }
    tbc_box_end(box, st);
    if (err != TBC_OK) {
        page->n = 0;
        page->upto = above;
    } else if (page->n < page->max && newest > above) {
        page->upto = newest;
    }
    return err;
}

_Static_assert(TBC_ACCEPTED + 2 == TBC_VERDICT_N, "what opens is the end of the list");
