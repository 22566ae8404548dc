/* A table: no byte of a cell is lost or made up.  The rows written again, every cell in quotes, read
 * back as the same rows; without quotes in it the input is the cells and what parts them. */
#include "base/csv.h"

#include "base/text.h"
#include "fuzz.h"

#include <string.h>

static void
put_cell(struct tbc_buf *out, struct tbc_span cell)
{
    (void)tbc_buf_append_u8(out, '"');
    for (size_t i = 0; i < cell.len; i++) {
        (void)tbc_buf_append_str(out, cell.ptr[i] == '"' ? "\"" : "");
        (void)tbc_buf_append_u8(out, cell.ptr[i]);
    }
    (void)tbc_buf_append_u8(out, '"');
}

/* Read all of in and write it again; *bytes gets the bytes of its cells. */
static enum tbc_err
copy(struct tbc_span in, struct tbc_buf *out, size_t *bytes)
{
    struct tbc_csv csv;
    enum tbc_err err;

    *bytes = 0;
    tbc_csv_open(&csv, in);
    while ((err = tbc_csv_next(&csv)) == TBC_OK) {
        FUZZ_HOLDS(csv.n == csv.columns && csv.line > 0);
        for (size_t i = 0; i < csv.n; i++) {
            FUZZ_HOLDS(tbc_utf8_is_valid(csv.cells[i]));
            (void)tbc_buf_append_str(out, i == 0 ? "" : ",");
            put_cell(out, csv.cells[i]);
            *bytes += csv.cells[i].len;
        }
        (void)tbc_buf_append_u8(out, '\n');
    }
    FUZZ_HOLDS(err == TBC_ERR_NOT_FOUND ||
               (err == TBC_ERR_MALFORMED && csv.fault != NULL && csv.line > 0));
    tbc_csv_fini(&csv);
    return err;
}

static size_t
bytes_between_marks(struct tbc_span in)
{
    size_t n = 0;

    if (tbc_span_starts(in, tbc_span_str("\xef\xbb\xbf"))) {
        in = tbc_span_sub(in, 3, SIZE_MAX);
    }
    for (size_t i = 0; i < in.len; i++) {
        n += in.ptr[i] != ',' && in.ptr[i] != '\n' && in.ptr[i] != '\r' ? 1 : 0;
    }
    return n;
}

void
fuzz_target(struct tbc_span in)
{
    struct tbc_buf once = { 0 };
    struct tbc_buf twice = { 0 };
    size_t bytes;
    size_t again;

    if (copy(in, &once, &bytes) == TBC_ERR_NOT_FOUND) {
        FUZZ_HOLDS(copy(tbc_buf_span(&once), &twice, &again) == TBC_ERR_NOT_FOUND);
        FUZZ_HOLDS(fuzz_equal(&twice, tbc_buf_span(&once)) && again == bytes);
        FUZZ_HOLDS(in.len == 0 || memchr(in.ptr, '"', in.len) != NULL ||
                   bytes == bytes_between_marks(in));
    }
    tbc_buf_fini(&once);
    tbc_buf_fini(&twice);
}
