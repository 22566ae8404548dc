#include "codec/cbor_any.h"
#include "suite.h"
#include "table.h"

/* What the row says of the bytes: TBC_OK, ERR_CONFLICT (not deterministic) or ERR_MALFORMED. */
static enum tbc_err
verdict_of(const struct tbc_row *row)
{
    return tbc_row_is(row, 1, "yes")  ? TBC_OK
           : tbc_row_is(row, 1, "no") ? TBC_ERR_CONFLICT
                                      : TBC_ERR_MALFORMED;
}

static void
check_row(const struct tbc_row *row, struct tbc_span in)
{
    struct tbc_fault fault = { 0 };
    enum tbc_err err = tbc_cbor_check(in, &fault);

    if (err != verdict_of(row)) {
        tbc_row_blame(row, fault.what == NULL ? "deterministic" : fault.what);
    }
    if (err != TBC_OK && (fault.what == NULL || fault.offset > in.len)) {
        tbc_row_blame(row, "an offence without a name and a place");
    }
}

static void
diag_row(const struct tbc_row *row, struct tbc_span in)
{
    struct tbc_buf out = { 0 };
    enum tbc_err err = tbc_cbor_diag(in, &out, NULL);

    if (verdict_of(row) == TBC_ERR_MALFORMED) {
        if (err != TBC_ERR_MALFORMED || out.len > 0) {
            tbc_row_blame(row, "a notation of what is malformed");
        }
    } else if (err != TBC_OK ||
               !tbc_span_equal(tbc_buf_span(&out), tbc_row_rest(row, 2))) {
        tbc_row_blame(row, tbc_buf_str(&out));
    }
    tbc_buf_fini(&out);
}

/* The strict reader of what this railway signs takes nothing that the check refuses. */
static void
strict_row(const struct tbc_row *row, struct tbc_span in)
{
    struct tbc_cbor_in strict;

    tbc_cbor_open(&strict, in);
    (void)tbc_cbor_skip(&strict, "row", NULL);
    if (tbc_cbor_close(&strict) == TBC_OK && verdict_of(row) != TBC_OK) {
        tbc_row_blame(row, "taken by the strict reader");
    }
}

static void
every_row_is_judged_printed_and_kept_from_the_strict_reader(void)
{
    struct tbc_table *table = tbc_table_open("cbor.txt");
    struct tbc_buf in = { 0 };
    struct tbc_row row;
    unsigned rows = 0;

    for (; tbc_table_next(table, &row); rows++) {
        tbc_row_hex(&row, 0, &in);
        check_row(&row, tbc_buf_span(&in));
        diag_row(&row, tbc_buf_span(&in));
        strict_row(&row, tbc_buf_span(&in));
    }
    CU_ASSERT(rows > 700);
    tbc_buf_fini(&in);
    tbc_table_close(&table);
}

/* Whatever is cut off an item that is whole, the rest is malformed (RFC 8949 sec. 5.3.1). */
static void
every_row_cut_short_is_malformed(void)
{
    struct tbc_table *table = tbc_table_open("cbor.txt");
    struct tbc_buf in = { 0 };
    struct tbc_row row;

    while (tbc_table_next(table, &row)) {
        tbc_row_hex(&row, 0, &in);
        for (size_t len = 0; verdict_of(&row) != TBC_ERR_MALFORMED && len < in.len;
             len++) {
            if (tbc_cbor_check(tbc_span_sub(tbc_buf_span(&in), 0, len), NULL) !=
                TBC_ERR_MALFORMED) {
                tbc_row_blame(&row, "whole although it was cut");
            }
        }
    }
    tbc_buf_fini(&in);
    tbc_table_close(&table);
}

TBC_SUITE("codec/cbor_vectors",
          TEST(every_row_is_judged_printed_and_kept_from_the_strict_reader),
          TEST(every_row_cut_short_is_malformed))
