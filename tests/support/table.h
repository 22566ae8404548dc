/* The tables of tests/vectors: one row a line, fields parted by single spaces, "#" begins a comment.
 * A table that cannot be read, or a field that is not what is asked for, fails the running test. */
#ifndef TBC_TESTS_TABLE_H
#define TBC_TESTS_TABLE_H

#include "base/buf.h"

#define TBC_ROW_FIELDS 8

struct tbc_row {
    const char *field[TBC_ROW_FIELDS]; /* "" behind the last */
    size_t n;
    const char *line; /* whole, as it stands in the file, without its line end */
    unsigned number;  /* of the line, from 1 */
};

struct tbc_table; /* opaque */

/* A file of tests/vectors by its name; never NULL. */
struct tbc_table *tbc_table_open(const char *name);
/* The next row, borrowed until the next call. */
bool tbc_table_next(struct tbc_table *table, struct tbc_row *row);
void tbc_table_close(struct tbc_table **table);

bool tbc_row_is(const struct tbc_row *row, size_t i, const char *word);
/* The bytes of a hexadecimal field into out, which is emptied first; "-" is no bytes. */
void tbc_row_hex(const struct tbc_row *row, size_t i, struct tbc_buf *out);
/* All from field i to the end of the line. */
struct tbc_span tbc_row_rest(const struct tbc_row *row, size_t i);
/* What stands between the first bar and the last one of the line. */
struct tbc_span tbc_row_barred(const struct tbc_row *row);

/* Fails the running test and names the row on the way. */
void tbc_row_blame(const struct tbc_row *row, const char *what);

#endif
