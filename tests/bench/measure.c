#include "measure.h"

#include <stdlib.h>
#include <time.h>

double
measure_now_us(void)
{
    struct timespec t;

    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static int
order(const void *left, const void *right)
{
    const double a = *(const double *)left;
    const double b = *(const double *)right;

    return (a > b) - (a < b);
}

double
measure_quantile(double *values, size_t n, double share)
{
    qsort(values, n, sizeof *values, order);
    return values[(size_t)((double)(n - 1) * share)];
}
