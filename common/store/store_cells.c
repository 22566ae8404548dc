/* Sealed fields: AES-256-GCM with the cell's name as associated data. */
#include "crypto/digest.h"
#include "store/inner.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define AD_MAX 64

static struct tbc_span
cell_name(const struct tbc_cell *c, char out[static AD_MAX])
{
    int n = snprintf(out, AD_MAX, "%s|%s|%" PRId64, c->table, c->column, c->id);

    return tbc_span_of(out, n > 0 && n < AD_MAX ? (size_t)n : 0);
}

enum tbc_err
tbc_cell_seal(struct tbc_store *s, struct tbc_cell c, struct tbc_span plain,
              struct tbc_buf *out)
{
    char ad[AD_MAX];

    return tbc_seal(c.key == NULL ? s->seal_key : c.key, cell_name(&c, ad), plain, out);
}

enum tbc_err
tbc_cell_unseal(struct tbc_cell c, struct tbc_span sealed, struct tbc_buf *out)
{
    char ad[AD_MAX];

    return tbc_unseal(c.key, cell_name(&c, ad), sealed, out);
}

enum tbc_err
tbc_cell_open(struct tbc_store *s, struct tbc_cell c, struct tbc_span sealed,
              struct tbc_buf *out)
{
    enum tbc_err err;

    c.key = c.key == NULL ? s->seal_key : c.key;
    err = tbc_cell_unseal(c, sealed, out);
    return err == TBC_ERR_CORRUPT ? tbc_store_damaged(s, c.table) : err;
}

enum tbc_err
tbc_cell_text(struct tbc_store *s, struct tbc_cell c, struct tbc_span sealed, char *out,
              size_t size)
{
    struct tbc_buf plain = { 0 };
    enum tbc_err err = tbc_cell_open(s, c, sealed, &plain);

    if (err == TBC_OK && plain.len >= size) {
        err = tbc_store_damaged(s, c.table);
    }
    if (err == TBC_OK) {
        memset(out, 0, size);
        if (plain.len > 0) {
            memcpy(out, plain.ptr, plain.len);
        }
    }
    tbc_buf_fini(&plain);
    return err;
}

enum tbc_err
tbc_cell_fresh_id(int64_t *id)
{
    uint64_t bits = 0;
    enum tbc_err err = tbc_random(&bits, sizeof bits);

    *id = (int64_t)(bits >> 1) + 1;
    return err;
}
