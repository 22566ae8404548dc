#include "base/metrics.h"
#include "suite.h"

static void
histograms_count_into_the_bucket_whose_bound_is_not_exceeded(void)
{
    struct tbc_histogram h = { 0 };
    static const int64_t values[] = { -5, 0, 1, 2, 3, 4, 5, 4096, 4097, INT64_MAX / 2 };

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        tbc_histogram_observe(&h, TBC_SCALE_COUNT, values[i]);
    }
    CU_ASSERT_EQUAL(h.n, 10);
    CU_ASSERT_EQUAL(h.counts[0], 3); /* <= 1 */
    CU_ASSERT_EQUAL(h.counts[1], 1); /* 2 */
    CU_ASSERT_EQUAL(h.counts[2], 2); /* 3, 4 */
    CU_ASSERT_EQUAL(h.counts[3], 1); /* 5 */
    CU_ASSERT_EQUAL(h.counts[TBC_BUCKETS - 1], 1);
    CU_ASSERT_EQUAL(h.counts[TBC_BUCKETS], 2);
}

static void
quantiles_are_bounds_of_buckets(void)
{
    struct tbc_histogram h = { 0 };

    CU_ASSERT_EQUAL(tbc_histogram_quantile(&h, TBC_SCALE_US, 0.5), 0);
    for (int i = 0; i < 99; i++) {
        tbc_histogram_observe(&h, TBC_SCALE_US, 90);
    }
    tbc_histogram_observe(&h, TBC_SCALE_US, 40000);
    CU_ASSERT_EQUAL(tbc_histogram_quantile(&h, TBC_SCALE_US, 0.5), 100);
    CU_ASSERT_EQUAL(tbc_histogram_quantile(&h, TBC_SCALE_US, 0.99), 100);
    CU_ASSERT_EQUAL(tbc_histogram_quantile(&h, TBC_SCALE_US, 1), 50000);
}

TBC_SUITE("base/metrics",
          TEST(histograms_count_into_the_bucket_whose_bound_is_not_exceeded),
          TEST(quantiles_are_bounds_of_buckets))
