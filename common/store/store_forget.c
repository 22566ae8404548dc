/* Forgetting: a certificate, a person. */
#include "store/inner.h"

#include <string.h>

/* Run statements that delete by one value; n counts their rows together. */
static enum tbc_err
drop(struct tbc_store *s, const size_t *which, size_t which_n, struct tbc_span by,
     uint64_t *n)
{
    const struct tbc_sql_value values[] = { TBC_SPAN(by) };
    uint64_t changed = 0;
    enum tbc_err err = TBC_OK;

    for (size_t i = 0; i < which_n && err == TBC_OK; i++) {
        err = tbc_sql_run(s->sql, which[i], values, 1, &changed);
        *n += err == TBC_OK ? changed : 0;
    }
    return err;
}

/* A status index names nobody; the certificate it stood for stays refused. */
static enum tbc_err
keep_index(struct tbc_store *s, const struct tbc_store_certificate *c)
{
    const struct tbc_sql_value values[] = { TBC_INT(c->status_idx),
                                            TBC_INT(c->expires.s) };

    return c->revoked.s == 0 ? TBC_OK
                             : tbc_sql_run(s->sql, TBC_STORE_GONE_PUT, values, 2, NULL);
}

enum tbc_err
tbc_store_certificate_forget(struct tbc_store *s, const struct tbc_store_certificate *c,
                             struct tbc_store_forgotten *n)
{
    static const size_t uses[] = { TBC_STORE_ENTRIES_DROP };
    static const size_t rest[] = { TBC_STORE_ACCESSES_DROP, TBC_STORE_REQUESTS_DROP };
    static const size_t row[] = { TBC_STORE_CERTIFICATE_DROP };
    const struct tbc_span cti = tbc_span_of(c->cti, sizeof c->cti);
    uint64_t others = 0;
    enum tbc_err err;

    if ((err = tbc_journal_forget(s, c->cti)) != TBC_OK ||
        (err = drop(s, uses, 1, cti, &n->entries)) != TBC_OK ||
        (err = drop(s, rest, 2, cti, &others)) != TBC_OK ||
        (err = keep_index(s, c)) != TBC_OK) {
        return err;
    }
    return drop(s, row, 1, cti, &n->certificates);
}

/* The key is overwritten where it stands before its row goes. */
static enum tbc_err
destroy_key(struct tbc_store *s, struct tbc_span blind, uint64_t *n)
{
    static const uint8_t blank[TBC_SEAL_KEY_LEN + TBC_SEAL_OVERHEAD];
    static const size_t row[] = { TBC_STORE_OWN_DROP };
    const struct tbc_sql_value values[] = { TBC_SPAN(blind),
                                            TBC_BLOB(blank, sizeof blank) };
    enum tbc_err err = tbc_sql_run(s->sql, TBC_STORE_OWN_BLANK, values, 2, NULL);

    return err == TBC_OK ? drop(s, row, 1, blind, n) : err;
}

static enum tbc_err
forget_certificates(struct tbc_store *s, const uint8_t *blind,
                    struct tbc_store_forgotten *n)
{
    struct tbc_store_certificate c;
    enum tbc_err err = tbc_store_certificate_of(s, blind, NULL, &c);

    while (err == TBC_OK && (err = tbc_store_certificate_forget(s, &c, n)) == TBC_OK) {
        err = tbc_store_certificate_of(s, blind, c.cti, &c);
    }
    tbc_wipe(&c, sizeof c);
    return err == TBC_ERR_NOT_FOUND ? TBC_OK : err;
}

enum tbc_err
tbc_store_person_forget(struct tbc_store *s, const uint8_t blind[static TBC_BLIND_LEN],
                        struct tbc_store_forgotten *n)
{
    static const size_t roster[] = { TBC_STORE_PERSON_DROP };
    static const size_t tickets[] = { TBC_STORE_TICKETS_DROP };
    static const size_t rest[] = { TBC_STORE_FAILURE_DROP };
    const struct tbc_span by = tbc_span_of(blind, TBC_BLIND_LEN);
    uint64_t others = 0;
    enum tbc_err err;

    *n = (struct tbc_store_forgotten){ 0 };
    if ((err = destroy_key(s, by, &others)) != TBC_OK ||
        (err = forget_certificates(s, blind, n)) != TBC_OK ||
        (err = drop(s, roster, 1, by, &n->people)) != TBC_OK ||
        (err = drop(s, tickets, 1, by, &n->tickets)) != TBC_OK ||
        (err = drop(s, rest, 1, by, &others)) != TBC_OK) {
        return err;
    }
    return n->people + n->tickets + n->certificates + others == 0 ? TBC_ERR_NOT_FOUND
                                                                  : TBC_OK;
}

enum tbc_err
tbc_store_scrub(struct tbc_store *s)
{
    return s->sql->driver->scrub(s->sql);
}
