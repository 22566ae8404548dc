#include "base/text.h"
#include "suite.h"
#include "table.h"

#include <string.h>

static void
good_row(const struct tbc_row *row)
{
    struct tbc_span text = tbc_row_barred(row);
    struct tbc_buf bytes = { 0 };
    struct tbc_buf out = { 0 };

    tbc_row_hex(row, 0, &bytes);
    if (tbc_base45_encode(tbc_buf_span(&bytes), &out) != TBC_OK ||
        !tbc_span_equal(tbc_buf_span(&out), text)) {
        tbc_row_blame(row, "encoded otherwise");
    }
    tbc_buf_clear(&out);
    if (tbc_base45_decode(text, &out, NULL) != TBC_OK ||
        !tbc_span_equal(tbc_buf_span(&out), tbc_buf_span(&bytes))) {
        tbc_row_blame(row, "decoded otherwise");
    }
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&out);
}

static void
bad_row(const struct tbc_row *row)
{
    struct tbc_buf bytes = { 0 };
    struct tbc_buf out = { 0 };
    struct tbc_span text;
    size_t at = SIZE_MAX;

    if (strchr(row->line, '|') != NULL) {
        text = tbc_row_barred(row);
    } else {
        tbc_row_hex(row, 1, &bytes);
        text = tbc_buf_span(&bytes);
    }
    if (tbc_base45_decode(text, &out, &at) != TBC_ERR_MALFORMED || at > text.len ||
        out.len > 0) {
        tbc_row_blame(row, "decoded, or refused without a place");
    }
    tbc_buf_fini(&bytes);
    tbc_buf_fini(&out);
}

static void
every_text_is_coded_both_ways_or_refused(void)
{
    struct tbc_table *table = tbc_table_open("base45.txt");
    struct tbc_row row;
    unsigned good = 0;
    unsigned bad = 0;

    while (tbc_table_next(table, &row)) {
        if (tbc_row_is(&row, 0, "bad")) {
            bad_row(&row);
            bad++;
        } else {
            good_row(&row);
            good++;
        }
    }
    CU_ASSERT(good >= 12 && bad >= 25);
    tbc_table_close(&table);
}

TBC_SUITE("base/base45_vectors", TEST(every_text_is_coded_both_ways_or_refused))
