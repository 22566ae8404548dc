/* Certificates that were issued long ago, written straight into the database of a stopped station. */
#ifndef TBC_BENCH_SEED_H
#define TBC_BENCH_SEED_H

#include "stage.h"

#define SEED_REVOKED 50 /* one of so many is */

/* Write n certificates of n people, of the last twenty days, each with its leaf in the journal: rows of
 * the sizes and the spread of real ones, after the pattern of one that the station has issued.  Their
 * status indices fill the blocks behind the first at random; the next one is drawn from the block after
 * these.  Exits on failure. */
void seed_certificates(const struct stage *s, size_t n);

/* Bytes of the database's file. */
double seed_file_size(const struct stage *s);

#endif
