/* Comma-separated values (RFC 4180), UTF-8, with a header line.  Pure.
 *
 * Stricter than the RFC where a table moves between programs of an office: a byte order mark is
 * dropped, other encodings are refused; a cell that a spreadsheet would run (=, +, -, @, tab at
 * its start) is refused; every row has as many cells as the header. */
#ifndef TBC_BASE_CSV_H
#define TBC_BASE_CSV_H

#include "base/buf.h"

#define TBC_CSV_CELLS_MAX 32
#define TBC_CSV_ROW_MAX   16384 /* bytes of one row */

struct tbc_csv {
    struct tbc_span in;
    size_t at;
    size_t next_line;    /* 1 is the first */
    size_t columns;      /* cells of the header; 0 before it is read */
    struct tbc_buf text; /* the present row, unquoted */

    size_t line;       /* on which the present row begins, or where the fault is */
    const char *fault; /* static text; NULL while all is well */
    struct tbc_span cells[TBC_CSV_CELLS_MAX];
    size_t n;
};

/* Borrows in until the end.  { 0 } is a valid object to finish. */
void tbc_csv_open(struct tbc_csv *csv, struct tbc_span in);
void tbc_csv_fini(struct tbc_csv *csv);

/* The next row, the header first; lines without any character are stepped over.  Cells are
 * borrowed until the next call.  ERR_NOT_FOUND at the end; ERR_MALFORMED with line and fault. */
enum tbc_err tbc_csv_next(struct tbc_csv *csv) TBC_MUST_CHECK;

#endif
