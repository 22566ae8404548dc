/* What is held about one person, by pages. */
#include "store/inner.h"

typedef enum tbc_err (*take_fn)(struct tbc_store *s, struct tbc_sql_rows *q, void *out,
                                size_t n);

/* Read a query's rows, at most a page, into an array. */
static enum tbc_err
read_page(struct tbc_store *s, struct tbc_sql_rows *q, take_fn take, void *out,
          size_t *n)
{
    enum tbc_err err = TBC_OK;

    while (*n < TBC_WIRE_ROWS_MAX && (err = tbc_sql_step(q)) == TBC_OK &&
           (err = take(s, q, out, *n)) == TBC_OK) {
        (*n)++;
    }
    tbc_sql_done(q);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

static enum tbc_err
ask_page(struct tbc_store *s, enum tbc_store_statement which,
         const struct tbc_store_page *page, struct tbc_sql_rows **q)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(page->blind, TBC_BLIND_LEN),
                                            TBC_INT(TBC_WIRE_ROWS_MAX),
                                            TBC_INT(page->from) };

    return tbc_sql_query(s->sql, which, values, 3, q);
}

enum tbc_err
tbc_store_export_tickets(struct tbc_store *s, const struct tbc_store_page *page,
                         struct tbc_trip *out, size_t *n)
{
    const struct tbc_sql_value values[] = { TBC_BLOB(page->blind, TBC_BLIND_LEN),
                                            TBC_INT(0), TBC_INT(INT64_MAX),
                                            TBC_INT(TBC_WIRE_ROWS_MAX),
                                            TBC_INT(page->from) };
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = tbc_sql_query(s->sql, TBC_STORE_TRIPS, values, 5, &q);
    return err == TBC_OK ? read_page(s, q, tbc_ticket_take, out, n) : err;
}

enum tbc_err
tbc_store_export_certificates(struct tbc_store *s, const struct tbc_store_page *page,
                              struct tbc_store_certificate *out, size_t *n)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = ask_page(s, TBC_STORE_CERTIFICATES_OF, page, &q);
    return err == TBC_OK ? read_page(s, q, tbc_certificate_take, out, n) : err;
}

static enum tbc_err
take_entry(struct tbc_store *s, struct tbc_sql_rows *q, void *out, size_t n)
{
    struct tbc_export_entry *e = (struct tbc_export_entry *)out + n;

    *e = (struct tbc_export_entry){ .verdict = (uint64_t)tbc_column_int(q, 1),
                                    .at = tbc_column_time(q, 2),
                                    .depart = tbc_column_time(q, 4),
                                    .conflict = tbc_column_int(q, 6) != 0,
                                    .act = (uint64_t)tbc_column_int(q, 7) };
    return tbc_column_fixed(q, 0, e->cti, sizeof e->cti) &&
                   tbc_column_text(q, 3, e->train, sizeof e->train) &&
                   tbc_column_text(q, 5, e->device, sizeof e->device)
               ? TBC_OK
               : tbc_store_damaged(s, "entry");
}

enum tbc_err
tbc_store_export_entries(struct tbc_store *s, const struct tbc_store_page *page,
                         struct tbc_export_entry *out, size_t *n)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = ask_page(s, TBC_STORE_ENTRIES_OF, page, &q);
    return err == TBC_OK ? read_page(s, q, take_entry, out, n) : err;
}

static enum tbc_err
take_look(struct tbc_store *s, struct tbc_sql_rows *q, void *out, size_t n)
{
    struct tbc_export_look *l = (struct tbc_export_look *)out + n;

    *l = (struct tbc_export_look){ .at = tbc_column_time(q, 3) };
    return tbc_column_fixed(q, 0, l->cti, sizeof l->cti) &&
                   tbc_column_text(q, 1, l->device, sizeof l->device) &&
                   tbc_column_text(q, 2, l->reason, sizeof l->reason)
               ? TBC_OK
               : tbc_store_damaged(s, "access");
}

enum tbc_err
tbc_store_export_looks(struct tbc_store *s, const struct tbc_store_page *page,
                       struct tbc_export_look *out, size_t *n)
{
    struct tbc_sql_rows *q;
    enum tbc_err err;

    *n = 0;
    err = ask_page(s, TBC_STORE_LOOKS_OF, page, &q);
    return err == TBC_OK ? read_page(s, q, take_look, out, n) : err;
}
