/* The outbox: rows, and the digest that each carries of itself. */
#include "codec/cbor.h"
#include "crypto/digest.h"
#include "store/box.h"

#include <string.h>

enum tbc_err
tbc_box_seal(const struct tbc_buf *row, uint8_t seal[static TBC_BOX_SEAL_LEN])
{
    uint8_t digest[TBC_SHA256_LEN];
    enum tbc_err err = tbc_buf_status(row);

    if (err == TBC_OK && (err = tbc_sha256(tbc_buf_span(row), digest)) == TBC_OK) {
        memcpy(seal, digest, TBC_BOX_SEAL_LEN);
    }
    return err;
}

/* Rows of the first format say nothing of these, and are sealed without them. */
static bool
is_of_today(const struct tbc_box_row *r)
{
    static const uint8_t none[TBC_EVENT_LEN];
    const struct tbc_entry *e = &r->entry;

    return r->heard || e->act != TBC_ACT_ENTER ||
           memcmp(e->of, none, sizeof none) != 0 ||
           memcmp(e->holder, none, sizeof none) != 0;
}

/* Bytes of that length, or none. */
static bool
read_optional(sqlite3_stmt *st, int at, uint8_t *out, size_t len)
{
    return tbc_box_bytes(st, at).len == 0 || tbc_box_fixed(st, at, out, len);
}

enum tbc_err
tbc_box_seal_row(const struct tbc_box_row *r, uint8_t seal[static TBC_BOX_SEAL_LEN])
{
    uint8_t storage[256];
    struct tbc_buf row;

    tbc_buf_init_fixed(&row, storage, sizeof storage);
    tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.event, sizeof r->entry.event));
    tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.cti, sizeof r->entry.cti));
    tbc_cbor_put_uint(&row, r->entry.verdict);
    tbc_cbor_put_int(&row, r->entry.at.s);
    tbc_cbor_put_text(&row, r->entry.train);
    tbc_cbor_put_int(&row, r->entry.depart.s);
    tbc_cbor_put_int(&row, r->earlier.s);
    tbc_cbor_put_bool(&row, r->settled);
    tbc_cbor_put_bool(&row, r->conflict);
    if (is_of_today(r)) {
        tbc_cbor_put_uint(&row, r->entry.act);
        tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.of, sizeof r->entry.of));
        tbc_cbor_put_bytes(&row, tbc_span_of(r->entry.holder, sizeof r->entry.holder));
        tbc_cbor_put_bool(&row, r->heard);
    }
    return tbc_box_seal(&row, seal);
}

enum tbc_err
tbc_box_read_row(sqlite3_stmt *st, struct tbc_box_row *r)
{
    struct tbc_span train = tbc_box_bytes(st, 4);
    uint8_t kept[TBC_BOX_SEAL_LEN];
    uint8_t seal[TBC_BOX_SEAL_LEN];
    enum tbc_err err;

    *r = (struct tbc_box_row){ 0 };
    if (!tbc_box_fixed(st, 0, r->entry.event, sizeof r->entry.event) ||
        !tbc_box_fixed(st, 1, r->entry.cti, sizeof r->entry.cti) ||
        !tbc_box_fixed(st, 9, kept, sizeof kept) || train.len > TBC_TRAIN_MAX ||
        !read_optional(st, 11, r->entry.of, sizeof r->entry.of) ||
        !read_optional(st, 12, r->entry.holder, sizeof r->entry.holder)) {
        return TBC_ERR_CORRUPT;
    }
    if (train.len > 0) {
        memcpy(r->entry.train, train.ptr, train.len);
    }
    r->entry.verdict = (uint64_t)sqlite3_column_int64(st, 2);
    r->entry.at.s = sqlite3_column_int64(st, 3);
    r->entry.depart.s = sqlite3_column_int64(st, 5);
    r->entry.told = true;
    r->entry.act = (uint64_t)sqlite3_column_int64(st, 10);
    r->earlier.s = sqlite3_column_int64(st, 6);
    r->settled = sqlite3_column_int64(st, 7) != 0;
    r->conflict = sqlite3_column_int64(st, 8) != 0;
    r->heard = sqlite3_column_int64(st, 13) != 0;
    err = tbc_box_seal_row(r, seal);
    if (err == TBC_OK && memcmp(seal, kept, sizeof seal) != 0) {
        err = TBC_ERR_CORRUPT;
    }
    return err;
}
