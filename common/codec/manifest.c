#include "codec/manifest.h"

#include <stdlib.h>
#include <string.h>

#define CLAIM_EXP      4
#define CLAIM_IAT      6
#define CLAIM_MANIFEST (-70004)

#define TRIP_FIELDS 9

#define INDEX_BITS_MAX 16
#define INDEX_ROWS     4 /* of one part, about */

void
tbc_manifest_fini(struct tbc_manifest *m)
{
    if (m->rows != NULL) {
        tbc_wipe(m->rows, m->rows_n * sizeof *m->rows);
    }
    free(m->trips);
    free(m->rows);
    free(m->starts);
    *m = (struct tbc_manifest){ 0 };
}

static int
row_order(const void *left, const void *right)
{
    const struct tbc_manifest_row *a = left;
    const struct tbc_manifest_row *b = right;
    int c = memcmp(a->holder, b->holder, sizeof a->holder);

    return c != 0 ? c : (a->trip > b->trip) - (a->trip < b->trip);
}

void
tbc_manifest_sort(struct tbc_manifest *m)
{
    free(m->starts);
    m->starts = NULL;
    m->bits = 0;
    if (m->rows_n > 0) {
        qsort(m->rows, m->rows_n, sizeof *m->rows, row_order);
    }
}

/* The part of the rows in which a holder is: its bits in front. */
static size_t
part_of(const uint8_t holder[static TBC_HOLDER_LEN], unsigned bits)
{
    return ((size_t)holder[0] << 16 | (size_t)holder[1] << 8 | holder[2]) >>
           (24 - bits);
}

enum tbc_err
tbc_manifest_index(struct tbc_manifest *m)
{
    size_t parts = 1;
    size_t row = 0;

    m->bits = 0;
    while (m->bits < INDEX_BITS_MAX && parts * INDEX_ROWS < m->rows_n) {
        m->bits++;
        parts *= 2;
    }
    free(m->starts);
    if ((m->starts = calloc(parts + 1, sizeof *m->starts)) == NULL) {
        m->bits = 0;
        return TBC_ERR_NO_MEMORY;
    }
    for (size_t part = 0; part <= parts; part++) {
        while (row < m->rows_n && part_of(m->rows[row].holder, m->bits) < part) {
            row++;
        }
        m->starts[part] = (uint32_t)row;
    }
    return TBC_OK;
}

const struct tbc_manifest_row *
tbc_manifest_find(const struct tbc_manifest *m,
                  const uint8_t holder[static TBC_HOLDER_LEN], size_t *n)
{
    const size_t part = m->bits == 0 ? 0 : part_of(holder, m->bits);
    size_t low = m->bits == 0 ? 0 : m->starts[part];
    size_t high = m->bits == 0 ? m->rows_n : m->starts[part + 1];
    size_t end;

    while (low < high) {
        size_t mid = low + (high - low) / 2;

        if (memcmp(m->rows[mid].holder, holder, TBC_HOLDER_LEN) < 0) {
            low = mid + 1;
        } else {
            high = mid;
        }
    }
    for (end = low;
         end < m->rows_n && memcmp(m->rows[end].holder, holder, TBC_HOLDER_LEN) == 0;) {
        end++;
    }
    *n = end - low;
    return *n > 0 ? &m->rows[low] : NULL;
}

static bool
is_sound(const struct tbc_manifest *m)
{
    return m->station[0] != '\0' && m->version > 0 && m->iat.s > 0 &&
           m->exp.s > m->iat.s && m->trips_n <= TBC_MANIFEST_TRIPS_MAX &&
           m->rows_n <= TBC_MANIFEST_ROWS_MAX;
}

static bool
row_is_sound(const struct tbc_manifest *m, size_t i)
{
    return m->rows[i].trip < m->trips_n &&
           (i == 0 || row_order(&m->rows[i - 1], &m->rows[i]) < 0);
}

static enum tbc_err
put_trip(struct tbc_buf *out, const struct tbc_trip *t)
{
    const char *const texts[] = { t->train,   t->from,  t->to,    t->from_zh,
                                  t->from_en, t->to_zh, t->to_en, t->platform };

    if (t->train[0] == '\0' || t->from[0] == '\0' || t->depart.s <= 0) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_array(out, TRIP_FIELDS);
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        tbc_cbor_put_text(out, texts[i]);
    }
    tbc_cbor_put_int(out, t->depart.s);
    return tbc_buf_status(out);
}

static enum tbc_err
put_row(struct tbc_buf *out, const struct tbc_manifest *m, size_t i)
{
    if (!row_is_sound(m, i)) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_array(out, 2);
    tbc_cbor_put_bytes(out, tbc_span_of(m->rows[i].holder, TBC_HOLDER_LEN));
    tbc_cbor_put_uint(out, m->rows[i].trip);
    return tbc_buf_status(out);
}

enum tbc_err
tbc_manifest_encode(const struct tbc_manifest *m, struct tbc_buf *out)
{
    enum tbc_err err = TBC_OK;
    size_t from = out->len;

    if (!is_sound(m)) {
        return TBC_ERR_RANGE;
    }
    tbc_cbor_put_map(out, 3);
    tbc_cbor_put_uint(out, CLAIM_EXP);
    tbc_cbor_put_int(out, m->exp.s);
    tbc_cbor_put_uint(out, CLAIM_IAT);
    tbc_cbor_put_int(out, m->iat.s);
    tbc_cbor_put_int(out, CLAIM_MANIFEST);
    tbc_cbor_put_array(out, 4);
    tbc_cbor_put_text(out, m->station);
    tbc_cbor_put_uint(out, m->version);
    tbc_cbor_put_array(out, m->trips_n);
    for (size_t i = 0; i < m->trips_n && err == TBC_OK; i++) {
        err = put_trip(out, &m->trips[i]);
    }
    tbc_cbor_put_array(out, m->rows_n);
    for (size_t i = 0; i < m->rows_n && err == TBC_OK; i++) {
        err = put_row(out, m, i);
    }
    return tbc_buf_whole(out, from, err);
}

static void
read_trip(struct tbc_cbor_in *r, struct tbc_trip *t)
{
    size_t n;

    tbc_cbor_read_array(r, "trip", TRIP_FIELDS, &n);
    if (r->err == TBC_OK && n != TRIP_FIELDS) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "trip");
    }
    tbc_cbor_read_string(r, "train", t->train, sizeof t->train);
    tbc_cbor_read_string(r, "from", t->from, sizeof t->from);
    tbc_cbor_read_string(r, "to", t->to, sizeof t->to);
    tbc_cbor_read_string(r, "from, Chinese", t->from_zh, sizeof t->from_zh);
    tbc_cbor_read_string(r, "from, English", t->from_en, sizeof t->from_en);
    tbc_cbor_read_string(r, "to, Chinese", t->to_zh, sizeof t->to_zh);
    tbc_cbor_read_string(r, "to, English", t->to_en, sizeof t->to_en);
    tbc_cbor_read_string(r, "platform", t->platform, sizeof t->platform);
    tbc_cbor_read_time(r, "depart", &t->depart);
    if (r->err == TBC_OK && (t->train[0] == '\0' || t->from[0] == '\0')) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "trip");
    }
}

/* Counts were checked against their limits and against the bytes that are left: trips take at most
 * some 1.2 MB, rows 20 bytes for each of input. */
static void
read_trips(struct tbc_manifest *m, struct tbc_cbor_in *r)
{
    size_t n;

    if (tbc_cbor_read_array(r, "trips", TBC_MANIFEST_TRIPS_MAX, &n) != TBC_OK ||
        n == 0) {
        return;
    }
    if ((m->trips = calloc(n, sizeof *m->trips)) == NULL) {
        tbc_cbor_fail(r, TBC_ERR_NO_MEMORY, "trips");
        return;
    }
    for (; m->trips_n < n && r->err == TBC_OK; m->trips_n++) {
        read_trip(r, &m->trips[m->trips_n]);
    }
}

static void
read_row(struct tbc_manifest *m, struct tbc_cbor_in *r)
{
    struct tbc_manifest_row *row = &m->rows[m->rows_n];
    uint64_t trip;
    size_t n;

    tbc_cbor_read_array(r, "row", 2, &n);
    if (r->err == TBC_OK && n != 2) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "row");
    }
    tbc_cbor_read_fixed(r, "holder", row->holder, sizeof row->holder);
    tbc_cbor_read_uint(r, "trip of a row", &trip);
    row->trip = trip < UINT32_MAX ? (uint32_t)trip : UINT32_MAX;
    if (r->err == TBC_OK && !row_is_sound(m, m->rows_n)) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED,
                      row->trip < m->trips_n ? "order of rows" : "trip of a row");
    }
}

static void
read_rows(struct tbc_manifest *m, struct tbc_cbor_in *r)
{
    size_t n;

    if (tbc_cbor_read_array(r, "rows", TBC_MANIFEST_ROWS_MAX, &n) != TBC_OK || n == 0) {
        return;
    }
    if ((m->rows = calloc(n, sizeof *m->rows)) == NULL) {
        tbc_cbor_fail(r, TBC_ERR_NO_MEMORY, "rows");
        return;
    }
    for (; m->rows_n < n && r->err == TBC_OK; m->rows_n++) {
        read_row(m, r);
    }
}

static void
read_body(struct tbc_manifest *m, struct tbc_cbor_in *r)
{
    size_t n;

    tbc_cbor_read_array(r, "manifest", 4, &n);
    if (r->err == TBC_OK && n != 4) {
        tbc_cbor_fail(r, TBC_ERR_MALFORMED, "manifest");
    }
    tbc_cbor_read_string(r, "station", m->station, sizeof m->station);
    tbc_cbor_read_uint(r, "version", &m->version);
    read_trips(m, r);
    read_rows(m, r);
}

static enum tbc_err
read_claims(struct tbc_manifest *m, struct tbc_cbor_in *r)
{
    struct tbc_cbor_map claims;
    int64_t key;

    tbc_cbor_read_map(r, "claims", 3, &claims);
    while (tbc_cbor_next_int(r, &claims, &key)) {
        switch (key) {
        case CLAIM_EXP:
            tbc_cbor_read_time(r, "exp", &m->exp);
            break;
        case CLAIM_IAT:
            tbc_cbor_read_time(r, "iat", &m->iat);
            break;
        case CLAIM_MANIFEST:
            read_body(m, r);
            break;
        default:
            return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "unknown claim");
        }
    }
    if (tbc_cbor_close(r) == TBC_OK && !is_sound(m)) {
        return tbc_cbor_fail(r, TBC_ERR_MALFORMED, "manifest");
    }
    return r->err;
}

enum tbc_err
tbc_manifest_decode(struct tbc_manifest *m, struct tbc_span in, struct tbc_fault *fault)
{
    struct tbc_cbor_in r;

    *m = (struct tbc_manifest){ 0 };
    tbc_cbor_open(&r, in);
    if (read_claims(m, &r) == TBC_OK && tbc_manifest_index(m) != TBC_OK) {
        tbc_cbor_fail(&r, TBC_ERR_NO_MEMORY, "index");
    }
    if (r.err != TBC_OK) {
        tbc_manifest_fini(m);
        if (fault != NULL) {
            *fault = r.fault;
        }
    }
    return r.err;
}
