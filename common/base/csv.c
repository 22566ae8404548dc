#include "base/csv.h"

#include "base/text.h"

#include <string.h>

static const char byte_order_mark[] = "\xef\xbb\xbf";

void
tbc_csv_open(struct tbc_csv *csv, struct tbc_span in)
{
    *csv = (struct tbc_csv){ .in = in, .next_line = 1, .line = 1 };
    if (tbc_span_starts(in, tbc_span_str(byte_order_mark))) {
        csv->at = sizeof byte_order_mark - 1;
    }
}

void
tbc_csv_fini(struct tbc_csv *csv)
{
    tbc_buf_fini(&csv->text);
    *csv = (struct tbc_csv){ 0 };
}

static enum tbc_err
complain(struct tbc_csv *csv, const char *fault)
{
    csv->fault = fault;
    csv->n = 0;
    return TBC_ERR_MALFORMED;
}

static bool
is_at_end(const struct tbc_csv *csv)
{
    return csv->at == csv->in.len;
}

/* The character at the cursor; NUL at the end (a NUL inside is refused elsewhere). */
static uint8_t
here(const struct tbc_csv *csv)
{
    return is_at_end(csv) ? 0 : csv->in.ptr[csv->at];
}

/* Step over a line end, LF or CR LF. */
static bool
skip_line_end(struct tbc_csv *csv)
{
    size_t len = 0;

    if (tbc_span_starts(tbc_span_sub(csv->in, csv->at, 2), tbc_span_str("\r\n"))) {
        len = 2;
    } else if (here(csv) == '\n') {
        len = 1;
    }
    csv->at += len;
    csv->next_line += len > 0 ? 1 : 0;
    return len > 0;
}

/* Inside quotes: everything, line ends too, up to a quote that is not doubled. */
static const char *
read_quoted(struct tbc_csv *csv)
{
    csv->at++;
    for (;;) {
        uint8_t c = here(csv);

        if (is_at_end(csv)) {
            return "a quote is not closed";
        }
        csv->at++;
        if (c == '"' && here(csv) != '"') {
            return NULL;
        }
        csv->at += c == '"' ? 1 : 0;
        csv->next_line += c == '\n' ? 1 : 0;
        (void)tbc_buf_append_u8(&csv->text, c);
    }
}

static const char *
read_plain(struct tbc_csv *csv)
{
    while (!is_at_end(csv) && here(csv) != ',' && here(csv) != '\n') {
        if (here(csv) == '"') {
            return "a quote in the middle of a cell";
        }
        if (here(csv) == '\r' &&
            tbc_span_starts(tbc_span_sub(csv->in, csv->at, 2), tbc_span_str("\r\n"))) {
            break;
        }
        (void)tbc_buf_append_u8(&csv->text, csv->in.ptr[csv->at++]);
    }
    return NULL;
}

/* What makes a spreadsheet run a cell when the table is opened there. */
static bool
is_formula_start(uint8_t c)
{
    return c == '=' || c == '+' || c == '-' || c == '@' || c == '\t';
}

static const char *
judge_cell(struct tbc_span cell)
{
    if (cell.len == 0) {
        return NULL;
    }
    if (is_formula_start(cell.ptr[0])) {
        return "a cell begins like a formula";
    }
    if (memchr(cell.ptr, '\0', cell.len) != NULL || memchr(cell.ptr, '\r', cell.len) ||
        memchr(cell.ptr, '\n', cell.len)) {
        return "a line break or NUL in a cell";
    }
    return tbc_utf8_is_valid(cell) ? NULL : "not UTF-8";
}

/* Cells of one row into text; ends[] gets where each ends.  The text may move while it grows, so
 * that spans are made from it afterwards. */
static const char *
read_cells(struct tbc_csv *csv, size_t ends[static TBC_CSV_CELLS_MAX])
{
    const char *fault;

    for (;;) {
        if (csv->n == TBC_CSV_CELLS_MAX) {
            return "too many cells";
        }
        fault = here(csv) == '"' ? read_quoted(csv) : read_plain(csv);
        if (fault != NULL) {
            return fault;
        }
        ends[csv->n++] = csv->text.len;
        if (csv->text.len > TBC_CSV_ROW_MAX) {
            return "the row is too long";
        }
        if (is_at_end(csv) || skip_line_end(csv)) {
            return NULL;
        }
        if (here(csv) != ',') {
            return "text behind a closing quote";
        }
        csv->at++;
    }
}

static const char *
judge_row(struct tbc_csv *csv, const size_t ends[static TBC_CSV_CELLS_MAX])
{
    size_t begin = 0;

    for (size_t i = 0; i < csv->n; i++) {
        const char *fault;

        csv->cells[i] = tbc_span_sub(tbc_buf_span(&csv->text), begin, ends[i] - begin);
        begin = ends[i];
        if ((fault = judge_cell(csv->cells[i])) != NULL) {
            return fault;
        }
    }
    if (csv->columns == 0) {
        csv->columns = csv->n;
    }
    if (csv->n != csv->columns) {
        return csv->n < csv->columns ? "fewer cells than the header"
                                     : "more cells than the header";
    }
    return NULL;
}

enum tbc_err
tbc_csv_next(struct tbc_csv *csv)
{
    size_t ends[TBC_CSV_CELLS_MAX];
    const char *fault;

    if (csv->fault != NULL) {
        return TBC_ERR_MALFORMED;
    }
    csv->n = 0;
    tbc_buf_clear(&csv->text);
    while (skip_line_end(csv)) {
    }
    csv->line = csv->next_line;
    if (is_at_end(csv)) {
        return TBC_ERR_NOT_FOUND;
    }
    fault = read_cells(csv, ends);
    if (tbc_buf_status(&csv->text) != TBC_OK) {
        return tbc_buf_status(&csv->text);
    }
    if (fault == NULL) {
        fault = judge_row(csv, ends);
    }
    return fault == NULL ? TBC_OK : complain(csv, fault);
}
