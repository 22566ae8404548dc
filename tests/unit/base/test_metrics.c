#include "base/metrics.h"
#include "suite.h"

#include <string.h>

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

static void
a_sample_stands_below_its_help_and_type(void)
{
    struct tbc_buf out = { 0 };

    tbc_metrics_gauge(&out, "tbc_ready", "1 when it is", -3);
    tbc_metrics_counter(&out, "tbc_asked_total", "requests", UINT64_MAX);
    CU_ASSERT_STRING_EQUAL(tbc_buf_str(&out),
                           "# HELP tbc_ready 1 when it is\n# TYPE tbc_ready gauge\n"
                           "tbc_ready -3\n"
                           "# HELP tbc_asked_total requests\n"
                           "# TYPE tbc_asked_total counter\n"
                           "tbc_asked_total 18446744073709551615\n");
    tbc_buf_fini(&out);
}

static void
a_histogram_adds_up_and_shows_microseconds_as_seconds(void)
{
    struct tbc_histogram h = { 0 };
    struct tbc_buf out = { 0 };
    const char *text;

    tbc_histogram_observe(&h, TBC_SCALE_US, 200);
    tbc_histogram_observe(&h, TBC_SCALE_US, 6000000); /* above all bounds */
    tbc_metrics_histogram(&out, "tbc_wait_seconds", "waits", &h, TBC_SCALE_US);
    CU_ASSERT_FATAL((text = tbc_buf_str(&out)) != NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "# TYPE tbc_wait_seconds histogram\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "tbc_wait_seconds_bucket{le=\"0.000100\"} 0\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "tbc_wait_seconds_bucket{le=\"0.000250\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(
        strstr(text, "tbc_wait_seconds_bucket{le=\"5.000000\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tbc_wait_seconds_bucket{le=\"+Inf\"} 2\n"
                                        "tbc_wait_seconds_sum 6.000200\n"
                                        "tbc_wait_seconds_count 2\n"));
    tbc_buf_clear(&out);
    tbc_metrics_histogram(&out, "tbc_batch", "sizes", &h, TBC_SCALE_COUNT);
    CU_ASSERT_FATAL((text = tbc_buf_str(&out)) != NULL);
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tbc_batch_bucket{le=\"4096\"} 1\n"));
    CU_ASSERT_PTR_NOT_NULL(strstr(text, "tbc_batch_sum 6000200\n"));
    tbc_buf_fini(&out);
}

TBC_SUITE("base/metrics", TEST(a_sample_stands_below_its_help_and_type),
          TEST(a_histogram_adds_up_and_shows_microseconds_as_seconds),
          TEST(histograms_count_into_the_bucket_whose_bound_is_not_exceeded),
          TEST(quantiles_are_bounds_of_buckets))
