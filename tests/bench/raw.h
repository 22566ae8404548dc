/* What the bare libraries do with the same bytes, on the same disk, in the same run. */
#ifndef TBC_BENCH_RAW_H
#define TBC_BENCH_RAW_H

#include <stddef.h>

/* Microseconds of one fsync after 4 KiB more in a file of that folder: the median of many. */
double raw_fsync_us(const char *folder);

/* One write of 4 KiB at the end of a file and its fsync, again and again, in microseconds. */
struct raw_file;
struct raw_file *raw_file_open(const char *folder);
double raw_file_sync_us(struct raw_file *f);
void raw_file_close(struct raw_file **f);

/* Remember the database of a stopped station as it is now. */
void raw_keep(const char *db);

/* Take the rows that a station has added to db since raw_keep, and put them into a copy of what
 * was kept with SQLite alone: the same schema and durability, one prepared statement a table,
 * `batch` rows a transaction, in the order in which they came.  Rows a second; *rows gets how many
 * there are.  Exits on failure. */
double raw_insert_rate(const char *db, size_t batch, size_t *rows);

#endif
