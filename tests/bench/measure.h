/* Taking times, and what they come to. */
#ifndef TBC_BENCH_MEASURE_H
#define TBC_BENCH_MEASURE_H

#include <stddef.h>

/* Microseconds on the steady clock. */
double measure_now_us(void);

/* The value below which that share (0..1) of n values lies; sorts them. */
double measure_quantile(double *values, size_t n, double share);

#endif
